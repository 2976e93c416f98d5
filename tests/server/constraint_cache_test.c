#include "server/constraint_cache.h"

#include "sample/tool_constraint.h"
#include "tests/sample/vocabulary.h"
#include "tests/test.h"

static struct digest_key key_of(const char *text)
{
    struct digest *digest = digest_open();
    digest_add(digest, str_of(text));
    return digest_close(digest);
}

static struct constraint *open_schema(const struct constraint_vocabulary *vocabulary,
                                      const char *schema)
{
    return constraint_open_schema(vocabulary, str_of(schema), NULL);
}

TEST(digest, pieces_do_not_run_together)
{
    (void)state;
    struct digest *a = digest_open(), *b = digest_open();
    digest_add(a, STR("ab"));
    digest_add(a, STR("c"));
    digest_add(b, STR("a"));
    digest_add(b, STR("bc"));
    struct digest_key x = digest_close(a), y = digest_close(b), z = key_of("abc"),
                      w = key_of("abc");
    assert_false(digest_equal(&x, &y));
    assert_true(digest_equal(&z, &w));
}

TEST(constraint_cache, gives_back_what_was_added_and_forgets_what_was_used_longest_ago)
{
    (void)state;
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct constraint_cache cache;
    struct constraint *added[CONSTRAINT_CACHE_SLOTS + 1];
    char name[8];
    constraint_cache_init(&cache);
    for (size_t i = 0; i <= CONSTRAINT_CACHE_SLOTS; i++) {
        snprintf(name, sizeof name, "%zu", i);
        struct digest_key key = key_of(name), first = key_of("0");
        assert_null(constraint_cache_find(&cache, &key));
        added[i] = open_schema(vocabulary, "{}");
        constraint_cache_add(&cache, &key, added[i]);
        constraint_close(added[i]);
        struct constraint *used = constraint_cache_find(&cache, &first);
        assert_ptr_equal(used, added[0]); // in use all the time, so it stays
        constraint_close(used);
    }
    struct digest_key last = key_of(name), second = key_of("1");
    struct constraint *found = constraint_cache_find(&cache, &last);
    assert_ptr_equal(found, added[CONSTRAINT_CACHE_SLOTS]);
    constraint_close(found);
    assert_null(constraint_cache_find(&cache, &second));
    constraint_cache_release(&cache);
    constraint_vocabulary_close(vocabulary);
}

TEST(constraint_cache, what_is_in_use_outlives_its_place)
{
    (void)state;
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct constraint_cache cache;
    constraint_cache_init(&cache);
    struct digest_key key = key_of("a");
    struct constraint *constraint = open_schema(vocabulary, "{\"const\":1}");
    struct constraint_state *text = constraint_state_open(constraint);
    constraint_cache_add(&cache, &key, constraint);
    constraint_cache_add(&cache, &key, constraint); // a second time: nothing happens
    constraint_close(constraint);
    constraint_cache_release(&cache);
    assert_false(constraint_state_accept_bytes(text, STR("2")));
    assert_true(constraint_state_accept_bytes(text, STR("1")));
    constraint_state_close(text);
    constraint_vocabulary_close(vocabulary);
}

static void count(void *context, const struct relaxation *relaxation)
{
    size_t *n = context;
    assert_non_null(relaxation->cause);
    (*n)++;
}

TEST(constraint_cache, tells_each_relaxation_once)
{
    (void)state;
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct constraint_cache cache;
    size_t n_told = 0;
    constraint_cache_init(&cache);
    struct digest_key key = key_of("a");
    struct constraint *constraint =
        open_schema(vocabulary, "{\"type\":\"string\",\"pattern\":\"(?<=a)b\"}");
    struct constraint_state *text = constraint_state_open(constraint);
    constraint_state_accept_bytes(text, STR("\""));
    constraint_cache_add(&cache, &key, constraint);
    constraint_cache_tell(&cache, count, &n_told);
    assert_int_equal(n_told, 1);
    constraint_cache_tell(&cache, count, &n_told);
    assert_int_equal(n_told, 1);
    constraint_state_close(text);
    constraint_close(constraint);
    constraint_cache_release(&cache);
    constraint_vocabulary_close(vocabulary);
}

// Several workers with the same tools at a time.
struct crowd {
    struct constraint_cache cache;
    const struct constraint_vocabulary *vocabulary;
};

static void *use(void *context)
{
    struct crowd *crowd = context;
    for (int i = 0; i < 200; i++) {
        char name[12];
        snprintf(name, sizeof name, "%d", i % (CONSTRAINT_CACHE_SLOTS + 3));
        struct digest_key key = key_of(name);
        struct constraint *constraint = constraint_cache_find(&crowd->cache, &key);
        if (!constraint) {
            constraint = open_schema(crowd->vocabulary, "{\"type\":\"boolean\"}");
            constraint_cache_add(&crowd->cache, &key, constraint);
        }
        struct constraint_state *text = constraint_state_open(constraint);
        constraint_close(constraint);
        assert_true(constraint_state_accept_bytes(text, STR("true")));
        constraint_state_close(text);
    }
    return NULL;
}

TEST(constraint_cache, many_threads_share_it)
{
    (void)state;
    pthread_t threads[4];
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct crowd crowd = {.vocabulary = vocabulary};
    constraint_cache_init(&crowd.cache);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_create(&threads[i], NULL, use, &crowd);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    constraint_cache_release(&crowd.cache);
    constraint_vocabulary_close(vocabulary);
}

RUN_TESTS(IS(digest, pieces_do_not_run_together),
          IS(constraint_cache, gives_back_what_was_added_and_forgets_what_was_used_longest_ago),
          IS(constraint_cache, what_is_in_use_outlives_its_place),
          IS(constraint_cache, tells_each_relaxation_once),
          IS(constraint_cache, many_threads_share_it))
