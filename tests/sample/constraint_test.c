// One text under a constraint: its end, its copies, what is forced, what may stand before it.
#include <pthread.h>

#include "tests/sample/vocabulary.h"

static struct constraint_vocabulary *vocabulary;

static int open_all(void **state)
{
    (void)state;
    vocabulary = test_vocabulary();
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    constraint_vocabulary_close(vocabulary);
    return 0;
}

static struct constraint_state *begin(const char *schema, const struct constraint_options *options)
{
    struct constraint *constraint = constraint_open_schema(vocabulary, str_of(schema), options);
    struct constraint_state *text = constraint_state_open(constraint);
    constraint_close(constraint); // the state keeps it
    return text;
}

static bool take(struct constraint_state *text, const char *bytes)
{
    return constraint_state_accept_bytes(text, str_of(bytes));
}

TEST(constraint, end_tokens_are_allowed_exactly_where_the_text_may_end)
{
    (void)state;
    struct constraint_state *text = begin("{\"type\":\"integer\"}", NULL);
    assert_false(test_mask_has(text, TEST_END));
    assert_false(constraint_state_accept(text, TEST_END));
    assert_true(take(text, "-1"));
    assert_true(test_mask_has(text, TEST_END) && test_mask_has(text, '2'));
    assert_false(constraint_state_is_complete(text));
    assert_true(constraint_state_accept(text, TEST_END));
    assert_true(constraint_state_is_complete(text));
    assert_false(constraint_state_accept(text, '2'));
    assert_false(test_mask_has(text, '2'));
    constraint_state_close(text);
}

TEST(constraint, a_token_that_is_refused_changes_nothing)
{
    (void)state;
    struct constraint_state *text = begin("{\"enum\":[\"abc\",\"abd\"]}", NULL);
    assert_true(take(text, "\"ab"));
    assert_false(take(text, "c\"x"));
    assert_false(constraint_state_accept(text, TEST_CONTROL));
    assert_false(constraint_state_accept(text, -1));
    assert_false(constraint_state_accept(text, TEST_N_TOKENS));
    assert_true(take(text, "d\""));
    assert_true(constraint_state_can_end(text));
    constraint_state_close(text);
}

TEST(constraint, copies_part_and_a_reset_starts_over)
{
    (void)state;
    struct constraint_state *text = begin(
        "{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{}},\"additionalProperties\":false}",
        NULL);
    assert_true(take(text, "{\"a\": [1, "));
    struct constraint_state *copy = constraint_state_copy(text);
    assert_true(take(text, "2], \"b\": 0}"));
    assert_true(constraint_state_can_end(text) && !constraint_state_can_end(copy));
    assert_false(take(copy, "2], \"a\""));
    assert_true(take(copy, "[]]}"));
    constraint_state_reset(copy);
    assert_false(constraint_state_can_end(copy));
    assert_true(take(copy, "{}"));
    constraint_state_close(copy);
    constraint_state_close(text);
}

TEST(constraint, forced_bytes_are_those_without_a_choice)
{
    (void)state;
    struct buf forced = {0};
    struct constraint_state *text = begin("{\"type\":\"object\",\"properties\":{\"name\":{"
                                          "\"const\":\"Ada\"}},\"required\":[\"name\"],"
                                          "\"additionalProperties\":false}",
                                          NULL);
    assert_true(take(text, "{\""));
    assert_int_equal(constraint_state_forced(text, &forced), 5);
    assert_string_equal(forced.data, "name\"");
    assert_true(take(text, "name\": \""));
    buf_reset(&forced);
    constraint_state_forced(text, &forced);
    assert_string_equal(forced.data, "Ada\"");
    buf_release(&forced);
    constraint_state_close(text);
}

TEST(constraint, the_last_forced_tokens_wait_when_a_longer_one_could_be_meant)
{
    (void)state;
    // "name" cannot grow in this vocabulary, the quote behind it could become `": `.
    const size_t ends[] = {4, 5};
    assert_int_equal(constraint_stable_tokens(vocabulary, STR("name\""), ends, 2), 1);
    assert_int_equal(constraint_stable_tokens(vocabulary, STR("name\"x"), (size_t[]){4, 5, 6}, 3),
                     3);
    assert_int_equal(constraint_stable_tokens(vocabulary, STR("na"), (size_t[]){1, 2}, 2), 0);
}

TEST(constraint, text_before_the_mark_is_free)
{
    (void)state;
    const struct constraint_options opened = {.free_until = "</think>"};
    struct constraint_state *text = begin("{\"type\":\"null\"}", &opened);
    assert_true(take(text, "{\"n\": </thin </think>"));
    assert_false(constraint_state_can_end(text));
    assert_false(take(text, "x"));
    assert_true(take(text, "\n\nnull"));
    assert_true(constraint_state_can_end(text));
    constraint_state_close(text);
    const struct constraint_options maybe = {.free_until = "</think>", .free_opener = "<think>"};
    text = begin("{\"type\":\"null\"}", &maybe);
    assert_true(take(text, "null"));
    constraint_state_reset(text);
    assert_true(take(text, "<think>x</think>null"));
    constraint_state_reset(text);
    assert_false(take(text, "x</think>null"));
    constraint_state_close(text);
}

TEST(constraint, white_space_is_allowed_and_bounded)
{
    (void)state;
    struct constraint_state *text = begin("true", NULL);
    assert_true(take(text, "{\r\n    \"a\" :\n\n [ 1 ,\n        2\n    ]\n}"));
    constraint_state_reset(text);
    assert_true(take(text, "["));
    size_t n = 0;
    while (n < 1000 && (take(text, " ") || take(text, "\n")))
        n++;
    assert_true(n > 20 && n < 200);
    assert_true(take(text, "1]"));
    constraint_state_close(text);
}

TEST(constraint, any_object_is_one)
{
    (void)state;
    struct constraint *constraint = constraint_open_json_object(vocabulary, NULL);
    assert_true(test_accepts(constraint, "{\"a\": [{}, null]}", 17));
    assert_false(test_accepts(constraint, "[]", 2));
    constraint_close(constraint);
}

// Reads the same text again and again; the tables grow under all threads at once.
static void *read_texts(void *argument)
{
    struct constraint *constraint = argument;
    size_t n_wrong = 0;
    for (int i = 0; i < 20; i++) {
        struct constraint_state *text = constraint_state_open(constraint);
        static const char whole[] = "{\"id\": \"ab-12\", \"n\": [17, 4]}";
        for (size_t k = 0; k < sizeof whole - 1; k++) {
            uint64_t mask[(TEST_N_TOKENS + 63) / 64];
            constraint_state_mask(text, mask);
            n_wrong += !mask_has(mask, (unsigned char)whole[k]) ||
                       !constraint_state_accept(text, (unsigned char)whole[k]);
        }
        n_wrong += !constraint_state_can_end(text);
        constraint_state_close(text);
    }
    return (void *)(uintptr_t)n_wrong;
}

TEST(constraint, threads_share_one)
{
    (void)state;
    struct constraint *constraint = constraint_open_schema(
        vocabulary,
        STR("{\"type\":\"object\",\"properties\":{\"id\":{\"pattern\":\"^[a-z]+-\\\\d{2}$\"},"
            "\"n\":{\"items\":{\"type\":\"integer\",\"maximum\":20}}}}"),
        NULL);
    pthread_t threads[4];
    for (size_t t = 0; t < COUNT_OF(threads); t++)
        pthread_create(&threads[t], NULL, read_texts, constraint);
    for (size_t t = 0; t < COUNT_OF(threads); t++) {
        void *n_wrong;
        pthread_join(threads[t], &n_wrong);
        assert_null(n_wrong);
    }
    constraint_close(constraint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IS(constraint, end_tokens_are_allowed_exactly_where_the_text_may_end),
        IS(constraint, a_token_that_is_refused_changes_nothing),
        IS(constraint, copies_part_and_a_reset_starts_over),
        IS(constraint, forced_bytes_are_those_without_a_choice),
        IS(constraint, the_last_forced_tokens_wait_when_a_longer_one_could_be_meant),
        IS(constraint, text_before_the_mark_is_free),
        IS(constraint, white_space_is_allowed_and_bounded),
        IS(constraint, any_object_is_one),
        IS(constraint, threads_share_one),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
