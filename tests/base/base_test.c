#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/os.h"
#include "base/rng.h"
#include "base/str.h"
#include "tests/test.h"

#define UNUSED (void)state

TEST(error, carries_code_and_sentence)
{
    UNUSED;
    struct error error = {0};
    assert_int_equal(fail(&error, ERR_LIMIT, "%d messages", 7), ERR_LIMIT);
    assert_string_equal(error.text, "7 messages");
    assert_int_equal(fail_within(&error, "request"), ERR_LIMIT);
    assert_string_equal(error.text, "request: 7 messages");
}

TEST(arena, stops_at_its_ceiling)
{
    UNUSED;
    struct arena arena;
    arena_init(&arena, 1000);
    assert_non_null(arena_alloc(&arena, 10, 50));
    assert_null(arena_alloc(&arena, 10, 51));
    assert_non_null(arena_alloc(&arena, 1, 400));
    arena_release(&arena);
    assert_non_null(arena_alloc(&arena, 10, 51));
    arena_release(&arena);
}

TEST(arena, rejects_sizes_that_overflow)
{
    UNUSED;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    assert_null(arena_alloc(&arena, SIZE_MAX / 2, 3));
    assert_null(arena_alloc(&arena, SIZE_MAX, 1));
    arena_release(&arena);
}

TEST(arena, hands_out_zeroed_aligned_memory)
{
    UNUSED;
    struct arena arena;
    arena_init(&arena, MIB);
    for (size_t size = 1; size < 300; size++) {
        unsigned char *bytes = arena_alloc(&arena, size, 1);
        assert_int_equal((uintptr_t)bytes % 16, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(bytes[i], 0);
        memset(bytes, 0xff, size);
    }
    arena_release(&arena);
}

TEST(memory, reported_allocations_fail_when_told_to)
{
    UNUSED;
    mem_fail_after(2);
    void *first = mem_try_alloc(1, 8);
    assert_non_null(first);
    assert_null(mem_try_alloc(1, 8));
    assert_null(mem_try_aligned(8));
    mem_fail_after(0);
    free(first);
}

TEST(buf, grows_and_keeps_a_terminator)
{
    UNUSED;
    struct buf buf = {0};
    for (int i = 0; i < 1000; i++)
        buf_printf(&buf, "%d,", i);
    assert_int_equal(buf.size, 3890);
    assert_int_equal(buf.data[buf.size], 0);
    buf_consume(&buf, 2);
    assert_memory_equal(buf.data, "1,2,", 4);
    buf_release(&buf);
}

TEST(buf, remembers_that_its_ceiling_was_hit)
{
    UNUSED;
    struct buf buf = {.size_max = 4};
    assert_true(buf_append_text(&buf, "abcd"));
    assert_false(buf_append_byte(&buf, 'e'));
    assert_true(buf.overflowed);
    assert_string_equal(buf.data, "abcd");
    buf_release(&buf);
}

TEST(str, bytes_give_the_order_and_a_beginning_comes_first)
{
    (void)state;
    assert_true(str_compare(STR("abc"), STR("abd")) < 0);
    assert_true(str_compare(STR("b"), STR("abc")) > 0);
    assert_true(str_compare(STR("\xff"), STR("a")) > 0); // bytes, not chars
    assert_true(str_compare(STR("ab"), STR("abc")) < 0 && str_compare(STR("abc"), STR("ab")) > 0);
    assert_true(str_compare((struct str){0}, STR("a")) < 0);
    assert_int_equal(str_compare((struct str){0}, STR("")), 0);
    assert_int_equal(str_compare(STR("same"), STR("same")), 0);
}

TEST(str, slices_are_clamped)
{
    UNUSED;
    struct str text = STR("hearth");
    assert_true(str_is(str_slice(text, 2, 100), "arth"));
    assert_int_equal(str_slice(text, 9, 12).size, 0);
    assert_true(str_starts(text, STR("hea")) && str_ends(text, STR("rth")));
}

TEST(rng, follows_the_published_sequence)
{
    UNUSED;
    // splitmix64 from seed 0 gives e220a8397b1dcdaf first (Vigna's reference values).
    struct rng rng;
    rng_seed(&rng, 0);
    assert_true(rng.state[0] == 0xe220a8397b1dcdafu);
    double sum = 0;
    for (int i = 0; i < 10000; i++)
        sum += rng_uniform(&rng);
    assert_true(sum > 4800 && sum < 5200);
}

TEST(os, knows_this_machine)
{
    UNUSED;
    assert_true(os_n_cores() >= 1);
    assert_true(os_memory_total() > 64 * MIB);
    assert_true(os_memory_available() <= os_memory_total());
    assert_true(os_memory_peak() > MIB);
    uint64_t before = os_time_ns();
    assert_true(os_time_ns() >= before);
}

TEST(os, mapping_a_missing_file_names_it)
{
    UNUSED;
    struct os_map map;
    struct error error;
    assert_int_equal(os_map_file(&map, "/nonexistent/model.gguf", &error), ERR_NOT_FOUND);
    assert_non_null(strstr(error.text, "/nonexistent/model.gguf"));
}

RUN_TESTS(IS(error, carries_code_and_sentence), IS(arena, stops_at_its_ceiling),
          IS(arena, rejects_sizes_that_overflow), IS(arena, hands_out_zeroed_aligned_memory),
          IS(memory, reported_allocations_fail_when_told_to), IS(buf, grows_and_keeps_a_terminator),
          IS(buf, remembers_that_its_ceiling_was_hit),
          IS(str, bytes_give_the_order_and_a_beginning_comes_first), IS(str, slices_are_clamped),
          IS(rng, follows_the_published_sequence), IS(os, knows_this_machine),
          IS(os, mapping_a_missing_file_names_it))
