#include <json-c/json.h>
#include <pthread.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/memory.h"
#include "chat/turn_meaning.h"
#include "chat/turn_memory.h"
#include "tests/test.h"

static bool same_arguments(const char *sampled, const char *back)
{
    struct turn_call call = {.arguments = json_tokener_parse(back)};
    if (!json_object_is_type(call.arguments, json_type_object))
        call.raw = str_of(back);
    struct turn_call as_text = {.raw = call.raw};
    bool is_same = meaning_same_arguments(str_of(sampled), call.raw.size ? &as_text : &call);
    json_object_put(call.arguments);
    return is_same;
}

TEST(turn_meaning, forgives_what_clients_do_to_arguments)
{
    (void)state;
    static const char *const same[][2] = {
        {"{\"file_path\":\"a\",\"old_string\":\"b\",\"new_string\":\"c\"}",
         "{\"replace_all\":false,\"file_path\":\"a\",\"old_string\":\"b\",\"new_string\":\"c\"}"},
        {"{\"content\":\"x\",\"file_path\":\"y\"}", "{\"file_path\":\"y\",\"content\":\"x\"}"},
        {"{\"offset\":\"1\",\"limit\":2}", "{\"offset\":1,\"limit\":\"2\"}"},
        {"{ \"a\" : 1.0e4 , \"b\":\"\\u00e9\" }", "{\"a\":10000,\"b\":\"é\"}"},
        {"{\"a\":\"true\"}", "{\"a\":true}"},
        {"{\"a\":null}", "{}"},
        {"{\"a\":[1,{\"b\":2,\"c\":3}]}", "{\"a\":[1,{\"c\":3,\"b\":2}]}"},
        {"{\"a\": oops", "{\"__unparsedToolInput\":{\"raw\":\"{\\\"a\\\": oops\",\"len\":10}}"},
        {"\"words\"", "words"},
        {"{\"a\": oops", "{\"a\": oops"},
    };
    for (size_t i = 0; i < COUNT_OF(same); i++)
        if (!same_arguments(same[i][0], same[i][1]))
            fail_msg("should be the same: %s and %s", same[i][0], same[i][1]);
}

TEST(turn_meaning, sees_real_differences)
{
    (void)state;
    static const char *const other[][2] = {
        {"{\"a\":1}", "{\"a\":2}"},
        {"{\"a\":1}", "{\"a\":1,\"b\":true}"},
        {"{\"a\":1,\"b\":2}", "{\"a\":1}"},
        {"{\"a\":\"x \"}", "{\"a\":\"x\"}"},
        {"{\"a\":[1,2]}", "{\"a\":[2,1]}"},
        {"{\"a\":{}}", "{\"a\":[]}"},
        {"{\"a\":false}", "{\"a\":0}"},
        {"{\"a\": oops", "{\"__unparsedToolInput\":{\"raw\":\"else\"}}"},
    };
    for (size_t i = 0; i < COUNT_OF(other); i++)
        if (same_arguments(other[i][0], other[i][1]))
            fail_msg("should differ: %s and %s", other[i][0], other[i][1]);
}

static const token_id ids[] = {5, 6, 7};

static struct sampled_turn sampled_text(const char *text, unsigned char digest)
{
    struct sampled_turn turn = {
        .ids = ids, .n_ids = 3, .opening = STR("<think>\n"), .text = str_of(text)};
    memset(turn.digest, digest, sizeof turn.digest);
    return turn;
}

static struct turn said(const char *text, unsigned char digest)
{
    struct turn turn = {.kind = TURN_ASSISTANT, .text = str_of(text)};
    memset(turn.digest, digest, sizeof turn.digest);
    return turn;
}

static bool finds(struct turn_memory *memory, const struct turn *turn)
{
    struct token_list list = {0};
    struct buf opening = {0};
    bool found = turn_memory_find(memory, turn, &list, &opening);
    if (found) {
        assert_int_equal(list.n_ids, 3);
        assert_int_equal(list.ids[2], 7);
        assert_string_equal(opening.data, "<think>\n");
    }
    token_list_release(&list);
    buf_release(&opening);
    return found;
}

TEST(turn_memory, knows_plain_text_only_behind_the_same_words)
{
    (void)state;
    struct turn_memory *memory = turn_memory_open(1 << 20);
    struct sampled_turn sampled = sampled_text("Done.\n\n", 1);
    turn_memory_add(memory, &sampled);
    struct turn same = said("Done.", 1), elsewhere = said("Done.", 2), other = said("Done!", 1);
    assert_true(finds(memory, &same));
    assert_false(finds(memory, &elsewhere));
    assert_false(finds(memory, &other));
    turn_memory_close(memory);
}

TEST(turn_memory, knows_thinking_by_its_signature)
{
    (void)state;
    struct turn_memory *memory = turn_memory_open(1 << 20);
    struct sampled_turn sampled = sampled_text("Done.", 1);
    sampled.thinking = STR("Hm.\n");
    sampled.signature = STR("sig-1");
    turn_memory_add(memory, &sampled);
    struct turn turn = said("Done.", 9); // the words before changed
    turn.thinking = STR("Hm.");
    turn.signature = STR("sig-1");
    assert_true(finds(memory, &turn));
    turn.signature = STR("sig-2");
    assert_false(finds(memory, &turn));
    struct turn without = said("Done.", 1); // a client that drops thinking
    assert_true(finds(memory, &without));
    struct turn edited = said("Done.", 1);
    edited.thinking = STR("Something else.");
    assert_false(finds(memory, &edited));
    turn_memory_close(memory);
}

TEST(turn_memory, knows_calls_by_their_ids)
{
    (void)state;
    struct turn_memory *memory = turn_memory_open(1 << 20);
    struct sampled_call calls[] = {{STR("call_1"), STR("Read"), STR("{\"a\":1}")},
                                   {STR("call_2"), STR("Bash"), STR("{}")}};
    struct sampled_turn sampled = sampled_text("I look. And run.", 1);
    sampled.calls = calls;
    sampled.n_calls = 2;
    turn_memory_add(memory, &sampled);
    struct json_object *a = json_tokener_parse("{\"a\":\"1\"}"), *b = json_object_new_object();
    struct turn_call back[] = {{STR("call_2"), STR("Bash"), b, {0}},
                               {STR("call_1"), STR("Read"), a, {0}}};
    struct turn turn = said("I look.\nAnd run.", 9);
    turn.calls = back;
    turn.n_calls = 2;
    assert_true(finds(memory, &turn));
    turn.n_calls = 1;
    assert_false(finds(memory, &turn));
    json_object_put(a);
    json_object_put(b);
    turn_memory_close(memory);
}

TEST(turn_memory, forgets_what_was_not_used_for_longest)
{
    (void)state;
    struct turn_memory *memory = turn_memory_open(1500);
    struct sampled_turn first = sampled_text("one", 1), second = sampled_text("two", 2),
                        third = sampled_text("three", 3);
    turn_memory_add(memory, &first);
    turn_memory_add(memory, &second);
    size_t size = turn_memory_stats(memory).size;
    assert_int_equal(turn_memory_stats(memory).n_turns, 2);
    turn_memory_close(memory);

    memory = turn_memory_open(size + size / 4);
    turn_memory_add(memory, &first);
    turn_memory_add(memory, &second);
    struct turn one = said("one", 1), two = said("two", 2), three = said("three", 3);
    assert_true(finds(memory, &one));
    turn_memory_add(memory, &third);
    assert_true(finds(memory, &one));
    assert_false(finds(memory, &two));
    assert_true(finds(memory, &three));
    assert_true(turn_memory_stats(memory).size <= size + size / 4);
    turn_memory_close(memory);
}

static size_t heap_in_use(void)
{
#ifdef __GLIBC__
    return mallinfo2().uordblks;
#else
    return 0;
#endif
}

TEST(turn_memory, takes_what_it_counts)
{
    (void)state;
    struct turn_memory *memory = turn_memory_open(1 << 20);
    size_t before = heap_in_use();
    for (unsigned i = 0; i < 1000; i++) {
        struct sampled_turn sampled = sampled_text("Done.", (unsigned char)i);
        turn_memory_add(memory, &sampled);
    }
    struct turn_memory_stats stats = turn_memory_stats(memory);
    assert_int_equal(stats.n_turns, 1000);
    if (heap_in_use() - before > stats.size * 5 / 4)
        fail_msg("%zu bytes taken for %zu counted", heap_in_use() - before, stats.size);
    turn_memory_close(memory);
}

static void *add_and_find(void *context)
{
    struct turn_memory *memory = context;
    for (unsigned i = 0; i < 2000; i++) {
        struct sampled_turn sampled = sampled_text("same", (unsigned char)i);
        turn_memory_add(memory, &sampled);
        struct turn turn = said("same", (unsigned char)(i / 2));
        finds(memory, &turn);
    }
    return NULL;
}

TEST(turn_memory, may_be_used_by_several_threads)
{
    (void)state;
    struct turn_memory *memory = turn_memory_open(20000);
    pthread_t threads[3];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_and_find, memory), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    struct turn_memory_stats stats = turn_memory_stats(memory);
    assert_int_equal(stats.n_found + stats.n_missed, 6000);
    assert_true(stats.size <= 20000);
    turn_memory_close(memory);
}

RUN_TESTS(IS(turn_meaning, forgives_what_clients_do_to_arguments),
          IS(turn_meaning, sees_real_differences),
          IS(turn_memory, knows_plain_text_only_behind_the_same_words),
          IS(turn_memory, knows_thinking_by_its_signature),
          IS(turn_memory, knows_calls_by_their_ids),
          IS(turn_memory, forgets_what_was_not_used_for_longest),
          IS(turn_memory, takes_what_it_counts), IS(turn_memory, may_be_used_by_several_threads))
