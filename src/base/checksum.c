#include "base/checksum.h"

#include <string.h>

enum { BLOCK = 32 };

// Odd, bits evenly mixed (the golden ratio's, as in Fibonacci hashing).
#define MULTIPLIER UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t rotate(uint64_t x, int n)
{
    return x << n | x >> (64 - n);
}

static inline uint64_t absorb(uint64_t lane, uint64_t word)
{
    return rotate(lane ^ word, 29) * MULTIPLIER;
}

static inline uint64_t word_at(const unsigned char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

uint64_t checksum(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    size_t n_left = size;
    uint64_t a = MULTIPLIER, b = MULTIPLIER * 2, c = MULTIPLIER * 3, d = MULTIPLIER * 4;
    unsigned char last[BLOCK] = {0};
    for (;;) {
        if (n_left < BLOCK) { // zeros behind the rest; `size` tells them from zeros in the bytes
            if (n_left == 0)
                break;
            memcpy(last, at, n_left);
            at = last;
            n_left = BLOCK;
        }
        a = absorb(a, word_at(at));
        b = absorb(b, word_at(at + 8));
        c = absorb(c, word_at(at + 16));
        d = absorb(d, word_at(at + 24));
        at += BLOCK;
        n_left -= BLOCK;
    }
    uint64_t sum = absorb(absorb(absorb(absorb(size, a), b), c), d);
    sum ^= sum >> 32;
    sum *= MULTIPLIER;
    return sum ^ sum >> 29;
}
