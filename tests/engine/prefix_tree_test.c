#include "engine/prefix_tree.h"
#include "tests/engine/fake_model.h"
#include "tests/test.h"

// A tree over n_pages pages of a model with or without recurrent states.
struct fixture {
    struct model *model;
    struct kv_cache *kv;
    struct snapshots *snapshots;
    struct prefix_tree *tree;
};

static struct fixture open_tree(struct fake_config config, uint32_t n_pages, uint32_t n_states)
{
    struct model_options options = {
        .n_pages_max = {n_pages, n_pages}, .n_states_max = n_states, .n_rows_max = 8};
    struct fixture f = {.model = fake_open(config, &options)};
    f.kv = kv_cache_open(&f.model->backend, &f.model->spec);
    f.snapshots = snapshots_open(&f.model->backend, f.kv, &f.model->spec, config.window);
    f.tree = prefix_tree_open(f.kv, f.snapshots);
    return f;
}

static void close_tree(struct fixture *f)
{
    prefix_tree_check(f->tree);
    prefix_tree_close(f->tree);
    snapshots_close(f->snapshots);
    kv_cache_close(f->kv); // asserts that every page came back
    fake_close(f->model);
}

static const struct fake_config plain = {.has_full = true};
static const struct fake_config hybrid = {.has_full = true, .has_states = true};
static const struct fake_config sliding = {.has_full = true, .window = 100};

// n tokens that count up from `first`, changing to `other` from position `parts_at` on.
static const token_id *tokens_of(uint32_t n, uint32_t parts_at, token_id other)
{
    static token_id tokens[4096];
    for (uint32_t i = 0; i < n; i++)
        tokens[i] = i < parts_at ? (token_id)i : other + (token_id)i;
    return tokens;
}

// Computes nothing, but leaves the tokens in the tree as a sequence would, and returns its pages.
static const uint32_t *remember(struct fixture *f, const token_id *tokens, uint32_t n,
                                enum snapshot_kind kind)
{
    static uint32_t pages[KV_GROUPS_MAX][64];
    uint32_t n_pages = kv_pages_for(n), n_groups = kv_cache_n_groups(f->kv);
    assert_true(kv_cache_reserve(f->kv, n_pages));
    for (uint32_t g = 0; g < n_groups; g++)
        for (uint32_t i = 0; i < n_pages; i++)
            pages[g][i] = prefix_tree_take_page(f->tree, g);
    struct snapshot *snapshot = NULL;
    if (snapshots_are_needed(f->snapshots))
        snapshot =
            snapshot_create(f->snapshots, kind, n, prefix_tree_take_state(f->tree), pages[1]);
    prefix_tree_insert(f->tree, tokens, n, pages[0], snapshot);
    for (uint32_t g = 0; g < n_groups; g++)
        for (uint32_t i = 0; i < n_pages; i++)
            kv_cache_drop(f->kv, g, pages[g][i], KV_SEQUENCE);
    prefix_tree_check(f->tree);
    return pages[0];
}

static struct prefix_match look(struct fixture *f, const token_id *tokens, uint32_t n)
{
    struct prefix_match match;
    prefix_tree_find(f->tree, &match, tokens, n, n);
    return match;
}

TEST(prefix_tree, finds_the_common_prefix_at_any_token)
{
    (void)state;
    struct fixture f = open_tree(plain, 16, 0);
    remember(&f, tokens_of(200, 200, 0), 200, SNAPSHOT_TIP);
    for (uint32_t n = 1; n < 200; n += 7) {
        struct prefix_match match = look(&f, tokens_of(200, n, 1000), 200);
        assert_int_equal(match.n_known, n);
        assert_int_equal(match.n_usable, n);
    }
    close_tree(&f);
}

TEST(prefix_tree, tells_what_the_newest_branch_has_where_a_prompt_parts)
{
    (void)state;
    struct fixture f = open_tree(plain, 16, 0);
    token_id other[8];
    remember(&f, tokens_of(200, 200, 0), 200, SNAPSHOT_TIP);
    struct prefix_match match = look(&f, tokens_of(200, 150, 1000), 200);
    assert_int_equal(prefix_tree_other(f.tree, &match, other, 8), 8);
    assert_memory_equal(other, tokens_of(200, 200, 0) + 150, sizeof other);
    match = look(&f, tokens_of(300, 196, 1000), 300);
    assert_int_equal(prefix_tree_other(f.tree, &match, other, 8), 4); // then the branch ends
    match = look(&f, tokens_of(300, 200, 0), 300);
    assert_int_equal(prefix_tree_other(f.tree, &match, other, 8), 0); // only goes on
    prefix_tree_use(f.tree, &match);
    remember(&f, tokens_of(200, 150, 2000), 200, SNAPSHOT_TIP);
    match = look(&f, tokens_of(200, 150, 1000), 200);
    assert_int_equal(prefix_tree_other(f.tree, &match, other, 8), 8);
    assert_memory_equal(other, tokens_of(200, 150, 2000) + 150, sizeof other);
    close_tree(&f);
}

TEST(prefix_tree, never_offers_more_than_asked_for)
{
    (void)state;
    struct fixture f = open_tree(plain, 16, 0);
    remember(&f, tokens_of(200, 200, 0), 200, SNAPSHOT_TIP);
    struct prefix_match match;
    prefix_tree_find(f.tree, &match, tokens_of(200, 200, 0), 200, 130);
    assert_int_equal(match.n_known, 200);
    assert_int_equal(match.n_usable, 130);
    close_tree(&f);
}

TEST(prefix_tree, gives_the_pages_of_the_branch_asked_for)
{
    (void)state;
    struct fixture f = open_tree(plain, 16, 0);
    uint32_t first[4], second[4], found[4];
    memcpy(first, remember(&f, tokens_of(200, 200, 0), 200, SNAPSHOT_TIP), sizeof first);
    memcpy(second, remember(&f, tokens_of(200, 100, 1000), 200, SNAPSHOT_TIP), sizeof second);
    struct prefix_match match = look(&f, tokens_of(200, 200, 0), 200);
    prefix_tree_pages(f.tree, &match, found);
    assert_memory_equal(found, first, sizeof found);
    match = look(&f, tokens_of(200, 100, 1000), 200);
    prefix_tree_pages(f.tree, &match, found);
    assert_int_equal(found[0], first[0]); // the trunk is the first one's
    assert_memory_equal(found + 1, second + 1, 3 * sizeof *found);
    close_tree(&f);
}

TEST(prefix_tree, keeps_one_copy_of_what_is_remembered_twice)
{
    (void)state;
    struct fixture f = open_tree(plain, 16, 0);
    remember(&f, tokens_of(192, 192, 0), 192, SNAPSHOT_TIP);
    remember(&f, tokens_of(192, 192, 0), 192, SNAPSHOT_TIP);
    remember(&f, tokens_of(192, 192, 0), 100, SNAPSHOT_TIP);
    assert_int_equal(kv_cache_n_free(f.kv, 0), 13);
    close_tree(&f);
}

TEST(prefix_tree, offers_recurrent_models_only_positions_with_a_snapshot)
{
    (void)state;
    struct fixture f = open_tree(hybrid, 32, 8);
    remember(&f, tokens_of(90, 90, 0), 90, SNAPSHOT_TRUNK);
    remember(&f, tokens_of(200, 200, 0), 200, SNAPSHOT_TIP);
    struct prefix_match match = look(&f, tokens_of(300, 250, 1000), 300);
    assert_int_equal(match.n_usable, 200);
    match = look(&f, tokens_of(300, 150, 1000), 300);
    assert_int_equal(match.n_known, 150);
    assert_int_equal(match.n_usable, 90);
    assert_int_equal(match.snapshot->n_tokens, 90);
    match = look(&f, tokens_of(300, 89, 1000), 300);
    assert_int_equal(match.n_usable, 0);
    close_tree(&f);
}

TEST(prefix_tree, offers_sliding_models_positions_whose_window_is_there)
{
    (void)state;
    struct fixture f = open_tree(sliding, 32, 0);
    remember(&f, tokens_of(300, 300, 0), 300, SNAPSHOT_TIP); // pages from token 192 on
    assert_int_equal(look(&f, tokens_of(400, 350, 1000), 400).n_usable, 300);
    assert_int_equal(look(&f, tokens_of(400, 295, 1000), 400).n_usable, 295);
    assert_int_equal(look(&f, tokens_of(400, 280, 1000), 400).n_usable, 0);
    close_tree(&f);
}

TEST(prefix_tree, gives_the_pages_before_a_node_that_lies_further_on)
{
    (void)state;
    struct fixture f = open_tree(sliding, 32, 0);
    uint32_t first[2], found[4] = {77, 77, 77, 77};
    memcpy(first, remember(&f, tokens_of(140, 140, 0), 140, SNAPSHOT_TIP), sizeof first);
    remember(&f, tokens_of(150, 150, 0), 150, SNAPSHOT_TRUNK);
    struct prefix_match match;
    prefix_tree_evict_snapshot(f.tree); // the one at 140: the one at 150 serves in its place
    prefix_tree_find(f.tree, &match, tokens_of(200, 200, 0), 200, 60);
    assert_int_equal(match.n_usable, 60);
    prefix_tree_pages(f.tree, &match, found);
    assert_int_equal(found[0], first[0]);
    assert_int_equal(found[1], 77); // beyond what was asked for
    close_tree(&f);
}

TEST(prefix_tree, forgets_branches_before_the_trunk_they_share)
{
    (void)state;
    struct fixture f = open_tree(plain, 10, 0);
    for (token_id branch = 1; branch < 40; branch++)
        remember(&f, tokens_of(256, 128, branch * 1000), 256, SNAPSHOT_TIP);
    assert_true(look(&f, tokens_of(200, 128, 99), 200).n_known == 128);
    close_tree(&f);
}

TEST(prefix_tree, forgets_the_trunk_snapshot_last)
{
    (void)state;
    struct fixture f = open_tree(hybrid, 64, 4);
    remember(&f, tokens_of(128, 128, 0), 128, SNAPSHOT_TRUNK);
    for (token_id branch = 1; branch < 12; branch++)
        remember(&f, tokens_of(256, 128, branch * 1000), 256, SNAPSHOT_TIP);
    assert_int_equal(prefix_tree_n_snapshots(f.tree), 4);
    assert_int_equal(look(&f, tokens_of(200, 128, 99), 200).n_usable, 128);
    close_tree(&f);
}

TEST(prefix_tree, keeps_the_end_of_an_idle_conversation_before_the_middle_of_a_busy_one)
{
    (void)state;
    struct fixture f = open_tree(hybrid, 64, 4);
    struct prefix_match match;
    remember(&f, tokens_of(256, 0, 1000), 256, SNAPSHOT_TIP);
    for (uint32_t n = 256; n <= 256 * 8; n += 256) {
        match = look(&f, tokens_of(n, n, 0), n); // each turn of the busy one goes on at its end
        prefix_tree_use(f.tree, &match);
        remember(&f, tokens_of(n, n, 0), n, SNAPSHOT_TIP);
    }
    assert_int_equal(look(&f, tokens_of(256, 0, 1000), 256).n_usable, 256);
    assert_int_equal(look(&f, tokens_of(2048, 2048, 0), 2048).n_usable, 2048);
    close_tree(&f);
}

TEST(prefix_tree, thins_old_snapshots_with_distance)
{
    (void)state;
    struct fixture f = open_tree(hybrid, 64, 6);
    for (uint32_t n = 64; n <= 64 * 32; n += 64)
        remember(&f, tokens_of(n, n, 0), n, SNAPSHOT_MESSAGE);
    // Cutting a stretch off the end costs at most about as much again.
    for (uint32_t cut = 64; cut <= 64 * 24; cut *= 2) {
        uint32_t n = 64 * 32 - cut;
        uint32_t n_usable = look(&f, tokens_of(n, n, 0), n).n_usable;
        assert_in_range(n - n_usable, 0, 2 * cut);
    }
    close_tree(&f);
}

static void await(struct fixture *f, const token_id *tokens, uint32_t n, bool is_awaited)
{
    prefix_tree_await(f->tree, tokens, n, is_awaited);
    prefix_tree_check(f->tree);
}

TEST(prefix_tree, forgets_what_is_awaited_after_all_else)
{
    (void)state;
    const struct fake_config models[] = {plain, hybrid, sliding};
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        struct fixture f = open_tree(models[i], 24, 8);
        bool (*evict)(struct prefix_tree *) =
            snapshots_are_needed(f.snapshots) ? prefix_tree_evict_snapshot : prefix_tree_evict_page;
        for (token_id other = 1000; other <= 3000; other += 1000) // the first is the stalest
            remember(&f, tokens_of(100, 0, other), 100, SNAPSHOT_TIP);
        await(&f, tokens_of(100, 0, 1000), 100, true);
        await(&f, tokens_of(100, 0, 2000), 100, true);
        await(&f, tokens_of(100, 0, 2000), 100, false);
        while (look(&f, tokens_of(100, 0, 2000), 100).n_usable ||
               look(&f, tokens_of(100, 0, 3000), 100).n_usable) {
            assert_int_equal(look(&f, tokens_of(100, 0, 1000), 100).n_usable, 100);
            assert_true(evict(f.tree));
        }
        assert_true(prefix_tree_n_spared(f.tree) > 0);
        // And still can be given up.
        while (look(&f, tokens_of(100, 0, 1000), 100).n_usable)
            assert_true(evict(f.tree));
        assert_false(evict(f.tree));
        close_tree(&f);
    }
}

TEST(prefix_tree, spares_pages_that_sequences_hold_and_can_still_give_up_all_others)
{
    (void)state;
    struct fixture f = open_tree(plain, 8, 0);
    const uint32_t *pages = remember(&f, tokens_of(200, 200, 0), 200, SNAPSHOT_TIP);
    uint32_t held[2] = {pages[0], pages[1]};
    assert_true(kv_cache_reserve(f.kv, 2));
    kv_cache_hold(f.kv, 0, held[0], KV_SEQUENCE);
    kv_cache_hold(f.kv, 0, held[1], KV_SEQUENCE);
    assert_true(kv_cache_reserve(f.kv, 6));
    uint32_t taken[6];
    for (int i = 0; i < 6; i++) {
        taken[i] = prefix_tree_take_page(f.tree, 0);
        assert_int_not_equal(taken[i], PAGE_NONE);
        assert_true(taken[i] != held[0] && taken[i] != held[1]);
    }
    for (int i = 0; i < 6; i++)
        kv_cache_drop(f.kv, 0, taken[i], KV_SEQUENCE);
    kv_cache_drop(f.kv, 0, held[0], KV_SEQUENCE);
    kv_cache_drop(f.kv, 0, held[1], KV_SEQUENCE);
    close_tree(&f);
}

RUN_TESTS(IS(prefix_tree, finds_the_common_prefix_at_any_token),
          IS(prefix_tree, tells_what_the_newest_branch_has_where_a_prompt_parts),
          IS(prefix_tree, never_offers_more_than_asked_for),
          IS(prefix_tree, gives_the_pages_of_the_branch_asked_for),
          IS(prefix_tree, keeps_one_copy_of_what_is_remembered_twice),
          IS(prefix_tree, offers_recurrent_models_only_positions_with_a_snapshot),
          IS(prefix_tree, offers_sliding_models_positions_whose_window_is_there),
          IS(prefix_tree, gives_the_pages_before_a_node_that_lies_further_on),
          IS(prefix_tree, forgets_branches_before_the_trunk_they_share),
          IS(prefix_tree, forgets_the_trunk_snapshot_last),
          IS(prefix_tree, keeps_the_end_of_an_idle_conversation_before_the_middle_of_a_busy_one),
          IS(prefix_tree, thins_old_snapshots_with_distance),
          IS(prefix_tree, forgets_what_is_awaited_after_all_else),
          IS(prefix_tree, spares_pages_that_sequences_hold_and_can_still_give_up_all_others))
