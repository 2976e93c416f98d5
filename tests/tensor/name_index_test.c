#include "tensor/name_index.h"

#include "base/memory.h"
#include "tests/test.h"

#define UNUSED (void)state

struct item {
    struct str name;
    int number;
};

TEST(name_index, finds_what_was_added_and_nothing_else)
{
    UNUSED;
    enum { N = 20000 };
    struct item *items = mem_new(struct item, N);
    char(*texts)[16] = mem_alloc(N, sizeof *texts);
    struct name_index index;
    assert_true(name_index_init(&index, items, sizeof *items, N));
    for (int i = 0; i < N; i++) {
        int size = snprintf(texts[i], sizeof texts[i], "name.%d", i);
        items[i] = (struct item){{texts[i], (size_t)size}, i};
        assert_true(name_index_add(&index, (size_t)i));
    }
    for (int i = 0; i < N; i++) {
        const struct item *found = name_index_find(&index, items[i].name);
        assert_true(found && found->number == i);
    }
    assert_null(name_index_find(&index, STR("name.20000")));
    assert_null(name_index_find(&index, STR("name")));
    assert_null(name_index_find(&index, STR("")));
    name_index_release(&index);
    free(items);
    free(texts);
}

TEST(name_index, refuses_a_name_twice)
{
    UNUSED;
    struct item items[] = {{STR("a"), 1}, {STR("b"), 2}, {STR("a"), 3}};
    struct name_index index;
    assert_true(name_index_init(&index, items, sizeof *items, 3));
    assert_true(name_index_add(&index, 0) && name_index_add(&index, 1));
    assert_false(name_index_add(&index, 2));
    assert_int_equal(((const struct item *)name_index_find(&index, STR("a")))->number, 1);
    name_index_release(&index);
    assert_null(name_index_find(&index, STR("a")));
}

TEST(name_index, hashes_depend_on_every_byte_the_size_and_the_key)
{
    UNUSED;
    unsigned char bytes[40] = {0};
    uint64_t seen[2 * 40 + 2];
    size_t n = 0;
    for (size_t size = 0; size <= sizeof bytes; size++) // only sizes differ
        seen[n++] = hash_bytes(1, bytes, size);
    for (size_t i = 0; i < sizeof bytes; i++) { // one bit each
        bytes[i] = 1;
        seen[n++] = hash_bytes(1, bytes, sizeof bytes);
        bytes[i] = 0;
    }
    seen[n++] = hash_bytes(2, bytes, sizeof bytes);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            assert_true(seen[i] != seen[j]);
}

RUN_TESTS(IS(name_index, finds_what_was_added_and_nothing_else),
          IS(name_index, refuses_a_name_twice),
          IS(name_index, hashes_depend_on_every_byte_the_size_and_the_key))
