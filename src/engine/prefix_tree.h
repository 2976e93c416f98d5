// prefix_tree.h - how much of this prompt have we already computed?
//
// One radix tree over token ids for all conversations.  The edge into a node owns the KV pages of
// its tokens, so prompts that begin alike share pages until they part; a node may own a snapshot,
// which is what models with recurrent or sliding layers need to go on there.
//
// Finding pins nothing: a sequence that wants what was found takes hold of the pages and copies the
// state at once (session.c), and from then on they are its own, whatever is forgotten here.  So
// remembering never stands in the way of an answer: everything in the tree can be given up.
//
// Engine thread only.  Pages and states are numbers from kv_cache.h and snapshots.h; no tensors here.
#ifndef HEARTH_ENGINE_PREFIX_TREE_H
#define HEARTH_ENGINE_PREFIX_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/token.h"
#include "engine/kv_cache.h"
#include "engine/snapshots.h"

struct prefix_tree;
struct prefix_node;

struct prefix_match {
    uint32_t n_known;                // leading tokens that the tree has seen
    uint32_t n_usable;               // of these, how many a sequence can continue behind
    struct prefix_node *node;        // private: on the edge into it the last usable token lies
    struct prefix_node *last;        // private: on the edge into it the last known token lies
    const struct snapshot *snapshot; // what to continue from; NULL where pages alone are enough
};

// `kv` and `snapshots` must outlive the tree.
struct prefix_tree *prefix_tree_open(struct kv_cache *kv, struct snapshots *snapshots);
void prefix_tree_close(struct prefix_tree *tree); // forgets everything

// Looks for the longest prefix of `tokens`, not longer than n_usable_max, behind which the model can
// really continue.  Finding nothing is not an error: n_usable is 0.  The match is valid until the
// tree is next changed.
void prefix_tree_find(struct prefix_tree *tree, struct prefix_match *match, const token_id *tokens,
                      uint32_t n_tokens, uint32_t n_usable_max);
// Notes that a new sequence continues there: what is used is forgotten later.
void prefix_tree_use(struct prefix_tree *tree, const struct prefix_match *match);
// The pages of group 0 that hold the first n_usable tokens: pages[kv_pages_for(n_usable)].
void prefix_tree_pages(const struct prefix_tree *tree, const struct prefix_match *match,
                       uint32_t *pages);

// What the tree knows behind the known tokens instead of what the prompt has there: up to n_max tokens
// of the branch that was used last.  Returns how many; 0 when nothing is known to go on there.
uint32_t prefix_tree_other(const struct prefix_tree *tree, const struct prefix_match *match,
                           token_id *tokens, uint32_t n_max);

// Remembers that `pages` (group 0) hold these tokens.  What is known already stays as it is.
// `snapshot` (may be NULL, is the tree's from now on) belongs to the end of the tokens.
void prefix_tree_insert(struct prefix_tree *tree, const token_id *tokens, uint32_t n_tokens,
                        const uint32_t *pages, struct snapshot *snapshot);

// Somebody still has to copy what these tokens end with: as long as there is anything else to forget,
// that goes first.  Until it is told that nobody has, or forgets it all the same.
void prefix_tree_await(struct prefix_tree *tree, const token_id *tokens, uint32_t n_tokens,
                       bool is_awaited);
// How often something was spared for that reason: it is time to hurry when this grows.
uint64_t prefix_tree_n_spared(const struct prefix_tree *tree);

// ---- forgetting, least useful first (eviction.c) ----
// Frees at least one page of group 0; false when there is nothing left to forget.
bool prefix_tree_evict_page(struct prefix_tree *tree);
// Gives up one snapshot, and with it its state and window pages; false when there is none.
bool prefix_tree_evict_snapshot(struct prefix_tree *tree);

// ---- taking for a sequence, forgetting as needed ----
// Group 0: never fails within what was reserved.  Group 1: never fails within the room that
// engine_model_options() leaves each sequence.
uint32_t prefix_tree_take_page(struct prefix_tree *tree, uint32_t i_group);
// STATE_NONE when all states are in other sequences.
uint32_t prefix_tree_take_state(struct prefix_tree *tree);

// ---- for tests and tracing ----
uint32_t prefix_tree_n_nodes(const struct prefix_tree *tree);
uint32_t prefix_tree_n_snapshots(const struct prefix_tree *tree);
// Asserts what must hold between nodes, pages and snapshots.  O(size).
void prefix_tree_check(const struct prefix_tree *tree);

#endif
