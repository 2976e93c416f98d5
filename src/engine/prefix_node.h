// prefix_node.h - the inside of the prefix tree, for prefix_tree.c and eviction.c only.
//
// A node stands for the token sequence from the root to it; `end` is its length.  Its label is the
// stretch behind its parent's end.  `pages` covers the label: from the page that holds the first
// label token to the one that holds the last.  Where a label begins inside a page, that page holds
// the rows of the tokens before it too (the sequence that wrote it had copied or computed them), so a
// page table is read off from the leaf upwards, the lower node's page first.
#ifndef HEARTH_ENGINE_PREFIX_NODE_H
#define HEARTH_ENGINE_PREFIX_NODE_H

#include "engine/prefix_tree.h"

struct prefix_node {
    struct prefix_node *parent, *child, *sibling; // children begin with different tokens
    token_id *label;                              // [end - start]
    uint32_t *pages;                              // [kv_pages_for(end) - start / KV_PAGE_TOKENS]
    uint32_t start, end;                          // the root: 0, 0
    uint32_t reach;                               // the furthest `end` ever below or here
    struct snapshot *snapshot;                    // at `end`, or NULL
    uint64_t used_at;                             // tree->clock when last used or inserted
    uint32_t n_uses;                              // sequences that continued here or below
    bool is_awaited;                              // see prefix_tree_await()
    double need;                                  // scratch of eviction.c
    bool leads_on;                                // likewise
};

struct prefix_tree {
    struct kv_cache *kv;
    struct snapshots *snapshots;
    struct prefix_node root;
    uint64_t clock; // sequences so far
    uint32_t n_nodes, n_snapshots;
    uint64_t n_spared;
};

static inline uint32_t node_first_page(const struct prefix_node *node)
{
    return node->start / KV_PAGE_TOKENS;
}

static inline uint32_t node_n_pages(const struct prefix_node *node)
{
    return node->end == node->start ? 0 : kv_pages_for(node->end) - node_first_page(node);
}

// The next node in an order that visits parents first; NULL after the last.  Start at the root.
static inline struct prefix_node *node_next(const struct prefix_node *node)
{
    if (node->child)
        return node->child;
    while (node && !node->sibling)
        node = node->parent;
    return node ? node->sibling : NULL;
}

// Takes a leaf out of the tree and lets its pages and snapshot go.
void node_remove(struct prefix_tree *tree, struct prefix_node *leaf);
// Gives the node's snapshot up, if it has one.
void node_drop_snapshot(struct prefix_tree *tree, struct prefix_node *node);
// Shortens a leaf's label to `end` (> start), letting the pages behind it go.
void node_truncate(struct prefix_tree *tree, struct prefix_node *leaf, uint32_t end);

#endif
