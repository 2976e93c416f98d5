#include "engine/prefix_tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/prefix_node.h"

enum { GROUP_FULL = 0 };

// ---- nodes ----

static struct prefix_node *find_child(const struct prefix_node *node, token_id first)
{
    struct prefix_node *child = node->child;
    while (child && child->label[0] != first)
        child = child->sibling;
    return child;
}

static uint32_t common_length(const token_id *a, const token_id *b, uint32_t n)
{
    uint32_t i = 0;
    while (i < n && a[i] == b[i])
        i++;
    return i;
}

static void hold_pages(struct prefix_tree *tree, const struct prefix_node *node)
{
    for (uint32_t i = 0; i < node_n_pages(node); i++)
        kv_cache_hold(tree->kv, GROUP_FULL, node->pages[i], KV_MEMORY);
}

static void drop_pages(struct prefix_tree *tree, const struct prefix_node *node)
{
    for (uint32_t i = 0; i < node_n_pages(node); i++)
        kv_cache_drop(tree->kv, GROUP_FULL, node->pages[i], KV_MEMORY);
}

static bool has_pages(const struct prefix_tree *tree)
{
    return kv_cache_n_groups(tree->kv) > GROUP_FULL;
}

// Sets label and pages of a node with start and end from those of the whole token sequence.
static void set_content(struct prefix_tree *tree, struct prefix_node *node, const token_id *tokens,
                        const uint32_t *pages)
{
    uint32_t n_tokens = node->end - node->start;
    node->label = mem_new(token_id, n_tokens);
    memcpy(node->label, tokens + node->start, n_tokens * sizeof *tokens);
    if (!has_pages(tree))
        return;
    node->pages = mem_new(uint32_t, node_n_pages(node));
    memcpy(node->pages, pages + node_first_page(node), node_n_pages(node) * sizeof *pages);
    hold_pages(tree, node);
}

static void free_content(struct prefix_tree *tree, struct prefix_node *node)
{
    if (has_pages(tree))
        drop_pages(tree, node);
    free(node->label);
    free(node->pages);
    node->label = NULL;
    node->pages = NULL;
}

static struct prefix_node *add_child(struct prefix_tree *tree, struct prefix_node *parent,
                                     const token_id *tokens, uint32_t n_tokens,
                                     const uint32_t *pages)
{
    struct prefix_node *node = mem_new(struct prefix_node, 1);
    node->parent = parent;
    node->sibling = parent->child;
    parent->child = node;
    node->start = parent->end;
    node->end = n_tokens;
    node->used_at = tree->clock;
    set_content(tree, node, tokens, pages);
    tree->n_nodes++;
    return node;
}

// The link that leads to a node: its parent's `child` or a sibling's `sibling`.
static struct prefix_node **link_to(struct prefix_node *node)
{
    struct prefix_node **link = &node->parent->child;
    while (*link != node)
        link = &(*link)->sibling;
    return link;
}

// Puts a new node at position `at` into the edge above `node`, which keeps what lies behind.
static struct prefix_node *split(struct prefix_tree *tree, struct prefix_node *node, uint32_t at)
{
    assert(at > node->start && at < node->end);
    struct prefix_node *upper = mem_new(struct prefix_node, 1), **link = link_to(node);
    *upper = *node;
    upper->end = at;
    upper->snapshot = NULL;
    upper->is_awaited = false;
    upper->child = node;
    uint32_t n_tokens = at - upper->start, n_pages = node_n_pages(upper);
    upper->label = mem_new(token_id, n_tokens);
    memcpy(upper->label, node->label, n_tokens * sizeof(token_id));

    struct prefix_node lower = *node;
    lower.start = at;
    lower.parent = upper;
    lower.sibling = NULL;
    lower.label = mem_new(token_id, lower.end - at);
    memcpy(lower.label, node->label + n_tokens, (lower.end - at) * sizeof(token_id));
    if (has_pages(tree)) {
        upper->pages = mem_new(uint32_t, n_pages);
        memcpy(upper->pages, node->pages, n_pages * sizeof(uint32_t));
        lower.pages = mem_new(uint32_t, node_n_pages(&lower));
        memcpy(lower.pages, node->pages + (node_first_page(&lower) - node_first_page(node)),
               node_n_pages(&lower) * sizeof(uint32_t));
        hold_pages(tree, upper); // a page across the split is held by both
        hold_pages(tree, &lower);
    }
    free_content(tree, node);
    *node = lower;
    *link = upper;
    tree->n_nodes++;
    return upper;
}

void node_drop_snapshot(struct prefix_tree *tree, struct prefix_node *node)
{
    tree->n_snapshots -= node->snapshot != NULL;
    snapshot_discard(tree->snapshots, node->snapshot);
    node->snapshot = NULL;
}

void node_remove(struct prefix_tree *tree, struct prefix_node *leaf)
{
    assert(!leaf->child && leaf->parent);
    *link_to(leaf) = leaf->sibling;
    node_drop_snapshot(tree, leaf);
    free_content(tree, leaf);
    free(leaf);
    tree->n_nodes--;
}

void node_truncate(struct prefix_tree *tree, struct prefix_node *leaf, uint32_t end)
{
    assert(!leaf->child && !leaf->snapshot && end > leaf->start && end <= leaf->end);
    uint32_t n_pages = node_n_pages(leaf);
    leaf->end = end;
    leaf->is_awaited = false; // what was awaited is gone
    for (uint32_t i = node_n_pages(leaf); has_pages(tree) && i < n_pages; i++)
        kv_cache_drop(tree->kv, GROUP_FULL, leaf->pages[i], KV_MEMORY);
}

// ---- finding ----

// Whether `snapshot`, taken further on, also serves a sequence that continues at n_tokens: without
// recurrent state it is the window's pages alone, and they may reach back far enough.
static bool serves_before(const struct prefix_tree *tree, const struct snapshot *snapshot,
                          uint32_t n_tokens)
{
    return snapshot && snapshot->i_state == STATE_NONE &&
           snapshot->i_page * KV_PAGE_TOKENS <= snapshots_window_start(tree->snapshots, n_tokens);
}

static void consider(const struct prefix_tree *tree, struct prefix_match *match,
                     struct prefix_node *node, uint32_t n_usable)
{
    const struct snapshot *snapshot = NULL;
    if (snapshots_are_needed(tree->snapshots)) {
        snapshot = node->snapshot;
        if (!snapshot || (n_usable < node->end && !serves_before(tree, snapshot, n_usable)))
            return;
    }
    if (n_usable > match->n_usable) {
        match->n_usable = n_usable;
        match->node = node;
        match->snapshot = snapshot;
    }
}

void prefix_tree_find(struct prefix_tree *tree, struct prefix_match *match, const token_id *tokens,
                      uint32_t n_tokens, uint32_t n_usable_max)
{
    *match = (struct prefix_match){.node = &tree->root, .last = &tree->root};
    struct prefix_node *node = &tree->root;
    while (match->n_known < n_tokens && (node = find_child(node, tokens[match->n_known]))) {
        uint32_t n_label = node->end - node->start, n_left = n_tokens - node->start;
        uint32_t n_common =
            common_length(node->label, tokens + node->start, n_label < n_left ? n_label : n_left);
        match->n_known = node->start + n_common;
        match->last = node;
        consider(tree, match, node, match->n_known < n_usable_max ? match->n_known : n_usable_max);
        if (n_common < n_label)
            break;
    }
}

static const struct prefix_node *newest_child(const struct prefix_node *node)
{
    const struct prefix_node *newest = node->child;
    for (const struct prefix_node *child = newest; child; child = child->sibling)
        newest = child->used_at > newest->used_at ? child : newest;
    return newest;
}

uint32_t prefix_tree_other(const struct prefix_tree *tree, const struct prefix_match *match,
                           token_id *tokens, uint32_t n_max)
{
    (void)tree;
    uint32_t n = 0, at = match->n_known;
    for (const struct prefix_node *node = match->last; node && n < n_max; node = newest_child(node))
        for (; at < node->end && n < n_max; at++)
            tokens[n++] = node->label[at - node->start];
    return n;
}

void prefix_tree_use(struct prefix_tree *tree, const struct prefix_match *match)
{
    tree->clock++;
    if (match->snapshot) {
        match->node->snapshot->used_at = tree->clock;
        match->node->snapshot->n_uses++;
    }
    for (struct prefix_node *node = match->node; node; node = node->parent) {
        node->used_at = tree->clock;
        node->n_uses++;
    }
}

void prefix_tree_pages(const struct prefix_tree *tree, const struct prefix_match *match,
                       uint32_t *pages)
{
    uint32_t i_end = kv_pages_for(match->n_usable); // pages from here on are filled in
    if (!has_pages(tree))
        return;
    for (const struct prefix_node *node = match->node; node->parent; node = node->parent) {
        uint32_t i_first = node_first_page(node);
        for (uint32_t i = i_end; i-- > i_first;)
            pages[i] = node->pages[i - i_first];
        i_end = i_end < i_first ? i_end : i_first;
    }
    assert(i_end == 0);
}

// ---- remembering ----

// A leaf without a snapshot whose tokens the new sequence continues grows instead of getting a child:
// its last page may be partly filled, and the new sequence's page in that place holds more.
static void grow_leaf(struct prefix_tree *tree, struct prefix_node *leaf, const token_id *tokens,
                      uint32_t n_tokens, const uint32_t *pages)
{
    struct prefix_node before = *leaf;
    leaf->end = n_tokens;
    set_content(tree, leaf, tokens, pages);
    free_content(tree, &before);
}

// The node at the end of the tokens, made when it does not exist.  Without `exact`, no node is made
// inside an edge.
static struct prefix_node *insert_path(struct prefix_tree *tree, const token_id *tokens,
                                       uint32_t n_tokens, const uint32_t *pages, bool exact)
{
    struct prefix_node *node = &tree->root;
    while (node->end < n_tokens) {
        struct prefix_node *child = find_child(node, tokens[node->end]);
        if (!child) {
            if (node->parent && !node->child && !node->snapshot)
                grow_leaf(tree, node, tokens, n_tokens, pages);
            else
                node = add_child(tree, node, tokens, n_tokens, pages);
            break;
        }
        uint32_t n_label = child->end - child->start, n_left = n_tokens - child->start;
        uint32_t n_common =
            common_length(child->label, tokens + child->start, n_label < n_left ? n_label : n_left);
        child->used_at = tree->clock;
        if (n_common == n_left && n_common < n_label && !exact)
            return child;
        node = n_common < n_label ? split(tree, child, child->start + n_common) : child;
    }
    return node;
}

void prefix_tree_insert(struct prefix_tree *tree, const token_id *tokens, uint32_t n_tokens,
                        const uint32_t *pages, struct snapshot *snapshot)
{
    assert(!snapshot || snapshot->n_tokens == n_tokens);
    struct prefix_node *node =
        n_tokens ? insert_path(tree, tokens, n_tokens, pages, snapshot != NULL) : &tree->root;
    if (snapshot && !node->snapshot && node->parent) {
        node->snapshot = snapshot;
        snapshot->used_at = tree->clock;
        tree->n_snapshots++;
    } else if (snapshot) {
        if (node->snapshot && snapshot->kind < node->snapshot->kind)
            node->snapshot->kind = snapshot->kind; // known as a trunk is known for good
        snapshot_discard(tree->snapshots, snapshot);
    }
    for (; node && node->reach < n_tokens; node = node->parent)
        node->reach = n_tokens;
}

void prefix_tree_await(struct prefix_tree *tree, const token_id *tokens, uint32_t n_tokens,
                       bool is_awaited)
{
    struct prefix_match match;
    prefix_tree_find(tree, &match, tokens, n_tokens, 0);
    if (match.n_known == n_tokens)
        match.last->is_awaited = is_awaited;
}

uint64_t prefix_tree_n_spared(const struct prefix_tree *tree)
{
    return tree->n_spared;
}

// ---- taking ----

uint32_t prefix_tree_take_page(struct prefix_tree *tree, uint32_t i_group)
{
    uint32_t page;
    while ((page = kv_cache_take(tree->kv, i_group)) == PAGE_NONE)
        if (!(i_group == GROUP_FULL ? prefix_tree_evict_page(tree)
                                    : prefix_tree_evict_snapshot(tree)))
            return PAGE_NONE;
    return page;
}

uint32_t prefix_tree_take_state(struct prefix_tree *tree)
{
    uint32_t i_state;
    while ((i_state = snapshots_take_state(tree->snapshots)) == STATE_NONE)
        if (!snapshots_have_states(tree->snapshots) || !prefix_tree_evict_snapshot(tree))
            return STATE_NONE;
    return i_state;
}

// ---- life ----

struct prefix_tree *prefix_tree_open(struct kv_cache *kv, struct snapshots *snapshots)
{
    struct prefix_tree *tree = mem_new(struct prefix_tree, 1);
    tree->kv = kv;
    tree->snapshots = snapshots;
    return tree;
}

void prefix_tree_close(struct prefix_tree *tree)
{
    if (!tree)
        return;
    struct prefix_node *node = &tree->root;
    while (node->child) {
        while (node->child)
            node = node->child;
        struct prefix_node *parent = node->parent;
        node_remove(tree, node);
        node = parent->child ? parent : &tree->root;
    }
    free(tree);
}

uint32_t prefix_tree_n_nodes(const struct prefix_tree *tree)
{
    return tree->n_nodes;
}

uint32_t prefix_tree_n_snapshots(const struct prefix_tree *tree)
{
    return tree->n_snapshots;
}

static void check_node(const struct prefix_tree *tree, const struct prefix_node *node)
{
    assert(node->start == node->parent->end && node->start < node->end);
    assert(node->reach >= node->end && node->parent->reach >= node->reach);
    for (const struct prefix_node *other = node->sibling; other; other = other->sibling)
        assert(other->label[0] != node->label[0]);
    for (uint32_t i = 0; has_pages(tree) && i < node_n_pages(node); i++)
        assert(kv_cache_n_holders(tree->kv, GROUP_FULL, node->pages[i], KV_MEMORY) > 0);
    assert(!node->snapshot || node->snapshot->n_tokens == node->end);
}

void prefix_tree_check(const struct prefix_tree *tree)
{
    uint32_t n_nodes = 0, n_snapshots = 0;
    for (const struct prefix_node *node = node_next(&tree->root); node; node = node_next(node)) {
        check_node(tree, node);
        n_nodes++;
        n_snapshots += node->snapshot != NULL;
    }
    assert(n_nodes == tree->n_nodes && n_snapshots == tree->n_snapshots);
    (void)n_nodes, (void)n_snapshots;
}
