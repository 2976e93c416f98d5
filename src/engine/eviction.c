// eviction.c - what the prefix tree forgets first.
//
// Pages leave from the leaves: a trunk is a leaf only once nothing builds on it any more, so it
// outlives its branches.  Among leaves the stalest goes, where each use makes up for some age.
//
// Snapshots are weighed one by one, for two reasons.  Anything may go on anywhere: what is lost with a
// snapshot is the work from the one before it; how likely that is missed falls with its age and with
// its distance from the conversation's end, which thins interior ones out geometrically, and rises
// with its uses and its kind.  Age and uses are the snapshot's own: what a conversation has left behind
// is not used by its going on.  But a conversation most likely goes on behind its last answer, or,
// where the client writes that answer in other words, behind its last prompt: the snapshot that serves
// either best is weighed by what the next turn would compute again without it.  A little does not
// count, so that one of several close together is kept, and it does not matter which.
//
// What is still to be written to disk goes after everything else.
#include <assert.h>

#include "engine/prefix_node.h"

enum {
    GROUP_FULL = 0,
    USES_COUNTED_MAX = 15,
    AGAIN_TOKENS = 256, // what a turn may compute again
};

// How likely the next turn keeps the last answer, or not, against all else; and what AGAIN_TOKENS count.
static const double weight_answer = 1, weight_prompt = 0.5, weight_of_little = 0.1;

static double kind_weight(enum snapshot_kind kind)
{
    static const double weights[] = {
        [SNAPSHOT_TRUNK] = 64,  // serves conversations that do not exist yet
        [SNAPSHOT_MESSAGE] = 2, // survives when the client rewrites the last answer
        [SNAPSHOT_TIP] = 1,
    };
    return weights[kind];
}

static double uses_of(uint32_t n_uses)
{
    return 1 + (n_uses < USES_COUNTED_MAX ? n_uses : USES_COUNTED_MAX);
}

static double age_of(const struct prefix_tree *tree, uint64_t used_at)
{
    return (double)(tree->clock - used_at + 1);
}

// ---- pages ----

// Whether dropping the node frees a page: nobody else holds it.
static bool is_own_page(const struct prefix_tree *tree, uint32_t page)
{
    return kv_cache_n_holders(tree->kv, GROUP_FULL, page, KV_SEQUENCE) == 0 &&
           kv_cache_n_holders(tree->kv, GROUP_FULL, page, KV_MEMORY) == 1;
}

static bool frees_a_page(const struct prefix_tree *tree, const struct prefix_node *node)
{
    for (uint32_t i = node_n_pages(node); i-- > 0;)
        if (is_own_page(tree, node->pages[i]))
            return true;
    return false;
}

// The stalest leaf among those that free a page; when there is none, the stalest of all, for it may
// stand in front of a node that does.  Of those that nobody awaits, or else of the others.
static struct prefix_node *stalest_leaf(struct prefix_tree *tree, bool is_awaited)
{
    struct prefix_node *stalest = NULL;
    double worst = 0;
    bool stalest_frees = false;
    for (struct prefix_node *node = node_next(&tree->root); node; node = node_next(node)) {
        if (node->child || node->is_awaited != is_awaited) {
            tree->n_spared += !node->child && node->is_awaited;
            continue;
        }
        double staleness = age_of(tree, node->used_at) / uses_of(node->n_uses);
        if (stalest && stalest_frees && staleness <= worst)
            continue;
        bool frees = frees_a_page(tree, node);
        if (!stalest || frees > stalest_frees || (frees == stalest_frees && staleness > worst)) {
            stalest = node;
            worst = staleness;
            stalest_frees = frees;
        }
    }
    return stalest;
}

// Removes a leaf, and upwards what is of no use without it: where continuing needs snapshots, tokens
// behind the last one lead nowhere.
static void remove_branch(struct prefix_tree *tree, struct prefix_node *leaf)
{
    bool needs_snapshots = snapshots_are_needed(tree->snapshots);
    do {
        struct prefix_node *parent = leaf->parent;
        node_remove(tree, leaf);
        leaf = parent;
    } while (needs_snapshots && leaf->parent && !leaf->child && !leaf->snapshot);
}

// Gives up the last page of a leaf, or the whole leaf when a part of it is of no use or frees nothing.
static void shorten(struct prefix_tree *tree, struct prefix_node *leaf)
{
    uint32_t n_pages = node_n_pages(leaf);
    bool can_truncate = !snapshots_are_needed(tree->snapshots) && n_pages > 1 &&
                        is_own_page(tree, leaf->pages[n_pages - 1]);
    if (can_truncate)
        node_truncate(tree, leaf, (node_first_page(leaf) + n_pages - 1) * KV_PAGE_TOKENS);
    else
        remove_branch(tree, leaf);
}

bool prefix_tree_evict_page(struct prefix_tree *tree)
{
    uint32_t n_free = kv_cache_n_free(tree->kv, GROUP_FULL);
    while (kv_cache_n_free(tree->kv, GROUP_FULL) == n_free) {
        struct prefix_node *leaf = stalest_leaf(tree, false);
        if (!leaf)
            leaf = stalest_leaf(tree, true);
        if (!leaf)
            return false;
        shorten(tree, leaf);
    }
    return true;
}

// ---- snapshots ----

static struct prefix_node *snapshot_before(const struct prefix_node *node)
{
    do
        node = node->parent;
    while (node && !node->snapshot);
    return (struct prefix_node *)node;
}

static uint32_t end_of_snapshot_before(const struct prefix_node *node)
{
    const struct prefix_node *before = snapshot_before(node);
    return before ? before->end : 0;
}

static double cost_of(uint32_t n_again)
{
    return n_again > AGAIN_TOKENS ? n_again : n_again * weight_of_little;
}

// The conversation that ends below `deepest`, its last snapshot, may go on at n_tokens: adds what that
// saves by the snapshot that serves it.
static void add_need(const struct prefix_tree *tree, struct prefix_node *deepest, uint32_t n_tokens,
                     double weight)
{
    struct prefix_node *node = deepest;
    while (node && node->end > n_tokens)
        node = snapshot_before(node);
    if (!node)
        return;
    double saved = cost_of(deepest->reach - end_of_snapshot_before(node)) -
                   cost_of(deepest->reach - node->end);
    node->need += weight * saved / age_of(tree, deepest->snapshot->used_at);
}

static void find_needs(struct prefix_tree *tree)
{
    struct prefix_node *node, *before;
    for (node = node_next(&tree->root); node; node = node_next(node)) {
        node->need = 0;
        node->leads_on = false;
    }
    for (node = node_next(&tree->root); node; node = node_next(node))
        if (node->snapshot && (before = snapshot_before(node)))
            before->leads_on = true;
    for (node = node_next(&tree->root); node; node = node_next(node))
        if (node->snapshot && !node->leads_on) {
            add_need(tree, node, node->reach, weight_answer);
            add_need(tree, node, node->snapshot->n_prompt, weight_prompt);
        }
}

static double snapshot_value(const struct prefix_tree *tree, const struct prefix_node *node)
{
    double n_lost = node->end - end_of_snapshot_before(node);
    double to_tip = node->reach - node->end + KV_PAGE_TOKENS;
    const struct snapshot *snapshot = node->snapshot;
    return n_lost * uses_of(snapshot->n_uses) * kind_weight(snapshot->kind) /
               (age_of(tree, snapshot->used_at) * to_tip) +
           node->need;
}

// Of those that nobody awaits, or else of the others.
static struct prefix_node *least_valuable(struct prefix_tree *tree, bool is_awaited)
{
    struct prefix_node *least = NULL;
    double least_value = 0;
    find_needs(tree);
    for (struct prefix_node *node = node_next(&tree->root); node; node = node_next(node)) {
        if (!node->snapshot || node->is_awaited != is_awaited) {
            tree->n_spared += node->snapshot && node->is_awaited;
            continue;
        }
        double value = snapshot_value(tree, node);
        if (!least || value < least_value) {
            least = node;
            least_value = value;
        }
    }
    return least;
}

bool prefix_tree_evict_snapshot(struct prefix_tree *tree)
{
    struct prefix_node *least = least_valuable(tree, false);
    if (!least)
        least = least_valuable(tree, true);
    if (!least)
        return false;
    least->is_awaited = false;
    node_drop_snapshot(tree, least);
    if (!least->child)
        remove_branch(tree, least);
    return true;
}
