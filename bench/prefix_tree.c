// prefix_tree.c - what finding, remembering and forgetting cost in the prefix tree.
//
// A trunk of 20,000 tokens, 64 conversations on it of 10 turns each, as coding agents make them, on
// a recurrent model with fewer pages and states than that takes.  Times are per call.
#include <stdio.h>
#include <stdlib.h>

#include "backend/ops_table.h"
#include "base/memory.h"
#include "base/os.h"
#include "base/rng.h"
#include "engine/prefix_tree.h"

enum {
    N_TRUNK = 20000,
    N_CONVERSATIONS = 64,
    N_TURNS = 10,
    N_TURN = 2000,
    N_PAGES = 8192,
    N_STATES = 64,
    N_TOKENS_MAX = N_TRUNK + N_TURNS * N_TURN,
};

// A backend whose pages and states hold nothing.
static size_t no_size(const struct backend *backend)
{
    (void)backend;
    return 1;
}

static void no_copy(struct backend *backend, uint32_t i_group, uint32_t to, uint32_t from,
                    uint32_t n_tokens)
{
    (void)backend, (void)i_group, (void)to, (void)from, (void)n_tokens;
}

static void no_page(struct backend *backend, uint32_t i_group, uint32_t page)
{
    (void)backend, (void)i_group, (void)page;
}

static void no_state(struct backend *backend, uint32_t state)
{
    (void)backend, (void)state;
}

static const struct backend_ops no_ops = {
    .state_size = no_size,
    .copy_page = no_copy,
    .release_page = no_page,
    .release_state = no_state,
};

struct timing {
    const char *name;
    uint64_t total_ns, worst_ns, n_calls;
};

static void count(struct timing *timing, uint64_t start_ns)
{
    uint64_t ns = os_time_ns() - start_ns;
    timing->total_ns += ns;
    timing->worst_ns = ns > timing->worst_ns ? ns : timing->worst_ns;
    timing->n_calls++;
}

struct bench {
    struct kv_cache *kv;
    struct snapshots *snapshots;
    struct prefix_tree *tree;
    struct timing find, pages, take, state, insert;
    uint64_t n_tokens, n_reused;
};

// One turn: what is found is held, the rest gets new pages, all of it is remembered.
static void turn(struct bench *b, const token_id *tokens, uint32_t n_tokens, uint32_t *pages)
{
    uint32_t n_pages = kv_pages_for(n_tokens);
    struct prefix_match match;
    uint64_t start_ns = os_time_ns();
    uint32_t i_state = prefix_tree_take_state(b->tree);
    count(&b->state, start_ns);
    start_ns = os_time_ns();
    prefix_tree_find(b->tree, &match, tokens, n_tokens, n_tokens - 1);
    count(&b->find, start_ns);
    prefix_tree_use(b->tree, &match);
    start_ns = os_time_ns();
    prefix_tree_pages(b->tree, &match, pages);
    count(&b->pages, start_ns);
    kv_cache_reserve(b->kv, n_pages);
    uint32_t n_found = match.n_usable / KV_PAGE_TOKENS;
    for (uint32_t i = 0; i < n_found; i++)
        kv_cache_hold(b->kv, 0, pages[i], KV_SEQUENCE);
    for (uint32_t i = n_found; i < n_pages; i++) {
        start_ns = os_time_ns();
        pages[i] = prefix_tree_take_page(b->tree, 0);
        count(&b->take, start_ns);
    }
    struct snapshot *snapshot =
        snapshot_create(b->snapshots, SNAPSHOT_MESSAGE, n_tokens, i_state, NULL);
    start_ns = os_time_ns();
    prefix_tree_insert(b->tree, tokens, n_tokens, pages, snapshot);
    count(&b->insert, start_ns);
    for (uint32_t i = 0; i < n_pages; i++)
        kv_cache_drop(b->kv, 0, pages[i], KV_SEQUENCE);
    b->n_tokens += n_tokens;
    b->n_reused += match.n_usable;
}

static void report(const struct timing *timing)
{
    printf("%-10s %8llu calls  mean %8.2f us  worst %8.1f us\n", timing->name,
           (unsigned long long)timing->n_calls,
           (double)timing->total_ns / 1e3 / (double)timing->n_calls,
           (double)timing->worst_ns / 1e3);
}

int main(void)
{
    struct backend backend = {.ops = &no_ops};
    struct cache_spec spec = {.n_groups = 1,
                              .groups = {{1, 1, 1, N_PAGES}},
                              .n_state_layers = 1,
                              .n_states_max = N_STATES};
    struct bench b = {.kv = kv_cache_open(&backend, &spec)};
    b.snapshots = snapshots_open(&backend, b.kv, &spec, 0);
    b.tree = prefix_tree_open(b.kv, b.snapshots);
    b.find.name = "find", b.pages.name = "pages", b.take.name = "take page";
    b.state.name = "take state", b.insert.name = "insert";
    struct rng rng;
    rng_seed(&rng, 1);
    token_id *tokens = mem_new(token_id, (size_t)N_CONVERSATIONS * N_TOKENS_MAX);
    uint32_t *pages = mem_new(uint32_t, kv_pages_for(N_TOKENS_MAX));
    for (size_t c = 0; c < N_CONVERSATIONS; c++)
        for (size_t i = 0; i < N_TOKENS_MAX; i++)
            tokens[c * N_TOKENS_MAX + i] =
                i < N_TRUNK ? (token_id)(i % 1000) : (token_id)rng_below(&rng, 100000);
    turn(&b, tokens, N_TRUNK, pages);
    for (uint32_t t = 1; t <= N_TURNS; t++)
        for (size_t c = 0; c < N_CONVERSATIONS; c++)
            turn(&b, tokens + c * N_TOKENS_MAX, N_TRUNK + t * N_TURN, pages);
    const struct timing *timings[] = {&b.find, &b.pages, &b.take, &b.state, &b.insert};
    for (size_t i = 0; i < COUNT_OF(timings); i++)
        report(timings[i]);
    printf("reused %.1f %% of %llu tokens; %u nodes, %u snapshots\n",
           100.0 * (double)b.n_reused / (double)b.n_tokens, (unsigned long long)b.n_tokens,
           prefix_tree_n_nodes(b.tree), prefix_tree_n_snapshots(b.tree));
    prefix_tree_close(b.tree);
    snapshots_close(b.snapshots);
    kv_cache_close(b.kv);
    free(tokens);
    free(pages);
    return 0;
}
