#include "base/checksum.h"
#include "base/rng.h"
#include "tests/test.h"

enum { SIZE = 1000 };

static void fill(unsigned char *bytes)
{
    struct rng rng;
    rng_seed(&rng, 3);
    for (int i = 0; i < SIZE; i++)
        bytes[i] = (unsigned char)rng_below(&rng, 256);
}

TEST(checksum, notices_every_flipped_bit)
{
    unsigned char bytes[SIZE];
    (void)state;
    fill(bytes);
    uint64_t before = checksum(bytes, SIZE);
    for (int bit = 0; bit < SIZE * 8; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_true(checksum(bytes, SIZE) != before);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    assert_true(checksum(bytes, SIZE) == before);
}

TEST(checksum, notices_every_truncation_and_appended_zeros)
{
    unsigned char bytes[SIZE + 100] = {0};
    (void)state;
    fill(bytes);
    uint64_t whole = checksum(bytes, SIZE);
    for (size_t size = 0; size < sizeof bytes; size++)
        assert_true((checksum(bytes, size) == whole) == (size == SIZE));
}

TEST(checksum, notices_swapped_words_and_blocks)
{
    unsigned char bytes[SIZE], other[SIZE];
    (void)state;
    fill(bytes);
    uint64_t before = checksum(bytes, SIZE);
    for (int step = 8; step <= 512; step *= 2) {
        memcpy(other, bytes, SIZE);
        memcpy(other, bytes + step, 8);
        memcpy(other + step, bytes, 8);
        assert_true(checksum(other, SIZE) != before);
    }
}

// Files outlive programs: the same bytes must have the same sum tomorrow and on another machine.
TEST(checksum, is_the_same_everywhere)
{
    (void)state;
    assert_true(checksum("hearth", 6) == UINT64_C(0x7d2976fe57278d97));
    assert_true(checksum("", 0) == UINT64_C(0x7efec6920b1514f8));
}

RUN_TESTS(IS(checksum, notices_every_flipped_bit),
          IS(checksum, notices_every_truncation_and_appended_zeros),
          IS(checksum, notices_swapped_words_and_blocks), IS(checksum, is_the_same_everywhere))
