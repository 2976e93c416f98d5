#include "base/memory.h"
#include "base/rng.h"
#include "tests/test.h"
#include "text/merge.h"

#define N_IDS 6 // a symbol's id is below this, merged or not

struct table {
    struct join joins[N_IDS][N_IDS];
    size_t n_calls;
};

static struct join rule(const void *context, const struct symbol *left, const struct symbol *right)
{
    struct table *table = (struct table *)context;
    table->n_calls++;
    return table->joins[left->id][right->id];
}

static void fill(struct table *table, struct rng *rng, uint64_t n_ranks)
{
    *table = (struct table){0};
    for (int i = 0; i < N_IDS; i++)
        for (int k = 0; k < N_IDS; k++)
            table->joins[i][k] =
                (struct join){rng_below(rng, 3) ? (uint32_t)rng_below(rng, n_ranks) : MERGE_NEVER,
                              (token_id)rng_below(rng, N_IDS)};
}

// The definition: look at all pairs, join the first of the lowest rank, start over.
static size_t join_slowly(const struct table *table, token_id *ids, size_t n)
{
    for (;;) {
        size_t best = n;
        uint32_t rank = MERGE_NEVER;
        for (size_t i = 0; i + 1 < n; i++) {
            if (table->joins[ids[i]][ids[i + 1]].rank < rank) {
                rank = table->joins[ids[i]][ids[i + 1]].rank;
                best = i;
            }
        }
        if (best == n)
            return n;
        ids[best] = table->joins[ids[best]][ids[best + 1]].id;
        memmove(ids + best + 1, ids + best + 2, (n - best - 2) * sizeof *ids);
        n--;
    }
}

static void vocab_of_ids(struct vocab *vocab)
{
    *vocab = (struct vocab){0};
    for (int i = 0; i < 256; i++)
        vocab->byte_ids[i] = i % N_IDS;
}

TEST(merge, does_what_rescanning_would_do)
{
    (void)state;
    struct rng rng;
    struct vocab vocab;
    struct merger merger = {0};
    struct token_list got = {0};
    rng_seed(&rng, 3);
    vocab_of_ids(&vocab);
    for (int round = 0; round < 4000; round++) {
        struct table table;
        char bytes[200];
        token_id ids[200];
        size_t n = rng_below(&rng, round % 4 ? 30 : sizeof bytes);
        fill(&table, &rng, 1 + rng_below(&rng, 40));
        for (size_t i = 0; i < n; i++) {
            bytes[i] = (char)rng_below(&rng, N_IDS);
            ids[i] = bytes[i];
        }
        size_t n_want = join_slowly(&table, ids, n);
        got.n_ids = 0;
        merger_start_bytes(&merger, &vocab, (struct str){bytes, n});
        merger_run(&merger, rule, &table);
        merger_emit(&merger, &vocab, (struct str){bytes, n}, &got);
        assert_int_equal(got.n_ids, n_want);
        if (n_want)
            assert_memory_equal(got.ids, ids, n_want * sizeof *ids);
    }
    token_list_release(&got);
    merger_release(&merger);
}

TEST(merge, asks_the_rule_three_times_a_symbol_at_most)
{
    (void)state;
    struct vocab vocab;
    struct merger merger = {0};
    struct table table = {.n_calls = 0}; // everything joins to 0, from the left
    vocab_of_ids(&vocab);
    char *bytes = mem_alloc(MIB, 1);
    merger_start_bytes(&merger, &vocab, (struct str){bytes, MIB});
    merger_run(&merger, rule, &table);
    assert_int_equal(merger.symbols[0].size, MIB);
    assert_true(table.n_calls <= 3 * MIB);
    assert_true(merger.heap_capacity <= 4 * MIB);
    free(bytes);
    merger_release(&merger);
}

RUN_TESTS(IS(merge, does_what_rescanning_would_do),
          IS(merge, asks_the_rule_three_times_a_symbol_at_most))
