#include "engine/kv_cache.h"
#include "tests/engine/fake_model.h"
#include "tests/test.h"

// A cache of n_pages pages in group 0.
static struct kv_cache *open_cache(struct model **model, uint32_t n_pages)
{
    struct model_options options = {.n_pages_max = {n_pages}, .n_rows_max = 8};
    *model = fake_open((struct fake_config){.has_full = true}, &options);
    return kv_cache_open(&(*model)->backend, &(*model)->spec);
}

TEST(kv_cache, hands_out_each_page_once)
{
    (void)state;
    struct model *model;
    struct kv_cache *cache = open_cache(&model, 5);
    assert_true(kv_cache_reserve(cache, 5));
    bool seen[5] = {0};
    for (int i = 0; i < 5; i++) {
        uint32_t page = kv_cache_take(cache, 0);
        assert_true(page < 5 && !seen[page]);
        seen[page] = true;
    }
    assert_int_equal(kv_cache_take(cache, 0), PAGE_NONE);
    for (uint32_t page = 0; page < 5; page++)
        kv_cache_drop(cache, 0, page, KV_SEQUENCE);
    assert_int_equal(kv_cache_n_free(cache, 0), 5);
    kv_cache_close(cache);
    fake_close(model);
}

TEST(kv_cache, frees_a_page_with_its_last_holder)
{
    (void)state;
    struct model *model;
    struct kv_cache *cache = open_cache(&model, 2);
    assert_true(kv_cache_reserve(cache, 1));
    uint32_t page = kv_cache_take(cache, 0);
    kv_cache_hold(cache, 0, page, KV_MEMORY);
    kv_cache_hold(cache, 0, page, KV_MEMORY);
    kv_cache_drop(cache, 0, page, KV_SEQUENCE);
    kv_cache_drop(cache, 0, page, KV_MEMORY);
    assert_int_equal(kv_cache_n_free(cache, 0), 1);
    kv_cache_drop(cache, 0, page, KV_MEMORY);
    assert_int_equal(kv_cache_n_free(cache, 0), 2);
    kv_cache_close(cache);
    fake_close(model);
}

TEST(kv_cache, promises_what_can_be_forgotten_but_not_what_sequences_hold)
{
    (void)state;
    struct model *model;
    struct kv_cache *cache = open_cache(&model, 4);
    assert_true(kv_cache_reserve(cache, 2));
    uint32_t remembered = kv_cache_take(cache, 0), held = kv_cache_take(cache, 0);
    kv_cache_hold(cache, 0, remembered, KV_MEMORY);
    assert_false(kv_cache_reserve(cache, 3));
    kv_cache_drop(cache, 0, remembered, KV_SEQUENCE);
    assert_true(kv_cache_reserve(cache, 3));
    assert_false(kv_cache_reserve(cache, 1));
    kv_cache_unreserve(cache, 3);
    kv_cache_drop(cache, 0, remembered, KV_MEMORY);
    kv_cache_drop(cache, 0, held, KV_SEQUENCE);
    kv_cache_close(cache);
    fake_close(model);
}

TEST(kv_cache, takes_no_promise_for_a_page_another_sequence_holds)
{
    (void)state;
    struct model *model;
    struct kv_cache *cache = open_cache(&model, 4);
    assert_true(kv_cache_reserve(cache, 2));
    uint32_t page = kv_cache_take(cache, 0);
    kv_cache_hold(cache, 0, page, KV_SEQUENCE);
    assert_int_equal(kv_cache_n_reserved(cache), 1);
    kv_cache_drop(cache, 0, page, KV_SEQUENCE);
    kv_cache_drop(cache, 0, page, KV_SEQUENCE);
    kv_cache_unreserve(cache, 1);
    kv_cache_close(cache);
    fake_close(model);
}

TEST(kv_cache, copies_the_rows_asked_for)
{
    (void)state;
    struct model *model;
    struct kv_cache *cache = open_cache(&model, 2);
    assert_true(kv_cache_reserve(cache, 2));
    uint32_t from = kv_cache_take(cache, 0);
    for (uint32_t i = 0; i < KV_PAGE_TOKENS; i++)
        fake_page(model, 0, from)[i] = (struct fake_row){100 + i, i, true};
    uint32_t to = kv_cache_take_copy(cache, 0, from, 10);
    assert_int_equal(fake_page(model, 0, to)[9].value, 109);
    assert_false(fake_page(model, 0, to)[10].written);
    kv_cache_drop(cache, 0, from, KV_SEQUENCE);
    kv_cache_drop(cache, 0, to, KV_SEQUENCE);
    kv_cache_close(cache);
    fake_close(model);
}

RUN_TESTS(IS(kv_cache, hands_out_each_page_once), IS(kv_cache, frees_a_page_with_its_last_holder),
          IS(kv_cache, promises_what_can_be_forgotten_but_not_what_sequences_hold),
          IS(kv_cache, takes_no_promise_for_a_page_another_sequence_holds),
          IS(kv_cache, copies_the_rows_asked_for))
