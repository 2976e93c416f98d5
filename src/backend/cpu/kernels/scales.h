// scales.h - packed scales of the K-quants, eight bytes in one word: what several layers begin with.
#ifndef HEARTH_BACKEND_CPU_KERNELS_SCALES_H
#define HEARTH_BACKEND_CPU_KERNELS_SCALES_H

#include <stdint.h>
#include <string.h>

static inline uint64_t word_32(const uint8_t *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

// The eight 6-bit scales, and the mins, of Q4_K and Q5_K (tensor/blocks.h, scale_min_k4).
static inline uint64_t scales_of_k4(const uint8_t s[12])
{
    uint64_t high = (word_32(s + 8) & 0x0f0f0f0f) | (word_32(s) >> 2 & 0x30303030);
    return (word_32(s) & 0x3f3f3f3f) | high << 32;
}
static inline uint64_t mins_of_k4(const uint8_t s[12])
{
    uint64_t high = (word_32(s + 8) >> 4 & 0x0f0f0f0f) | (word_32(s + 4) >> 2 & 0x30303030);
    return (word_32(s + 4) & 0x3f3f3f3f) | high << 32;
}

// The first and the last eight of the sixteen 6-bit scales of Q3_K, still 32 too large (scale_k3).
static inline uint64_t scales_0_of_k3(const uint8_t s[12])
{
    uint64_t low = word_32(s) | word_32(s + 4) << 32, high = word_32(s + 8);
    return (low & 0x0f0f0f0f0f0f0f0f) | ((high | high << 30) & 0x0303030303030303) << 4;
}
static inline uint64_t scales_8_of_k3(const uint8_t s[12])
{
    uint64_t low = word_32(s) | word_32(s + 4) << 32, high = word_32(s + 8);
    return (low >> 4 & 0x0f0f0f0f0f0f0f0f) | ((high >> 4 | high << 26) & 0x0303030303030303) << 4;
}

// The bits of IQ1_M's f16 scale, kept in the top nibbles of four words.
static inline uint16_t d_of_iq1_m(const uint16_t scales[4])
{
    return (uint16_t)(scales[0] >> 12 | (scales[1] >> 8 & 0xf0) | (scales[2] >> 4 & 0xf00) |
                      (scales[3] & 0xf000));
}

#endif
