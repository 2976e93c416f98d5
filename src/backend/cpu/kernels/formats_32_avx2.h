// formats_32_avx2.h - blocks of 32 values as the AVX2 templates see them.
#ifndef HEARTH_BACKEND_CPU_KERNELS_FORMATS_32_AVX2_H
#define HEARTH_BACKEND_CPU_KERNELS_FORMATS_32_AVX2_H

#include "backend/cpu/kernels/simd_avx2.h"
#include "tensor/blocks.h"
#include "tensor/half.h"

struct format_32 {
    size_t block_size;
    // How many maddubs results an i16 can hold the sum of; the quants are then unsigned bytes, and
    // value = d * (quant - offset).  0: not even one; the quants are signed bytes.
    int depth, offset;
    __m256i (*quants)(const void *block);
    size_t d; // byte offset of the f16 scale in the block; SCALE_E8M0: MXFP4's exponent
    size_t m; // of the f16 min; NO_MIN: the format has none
};

#define SCALE_E8M0 ((size_t)-1)
#define NO_MIN     ((size_t)-1)

// Sixteen bytes to 32 nibbles: the low halves, then the high halves.
TEMPLATE __m256i nibbles_32(const uint8_t *qs)
{
    __m128i bytes = load_128(qs);
    __m256i both = _mm256_set_m128i(_mm_srli_epi16(bytes, 4), bytes);
    return _mm256_and_si256(both, _mm256_set1_epi8(15));
}

// Bit i of 32 bits to byte i: 0xff or 0.
TEMPLATE __m256i spread_bits(const void *bits)
{
    __m256i spread = _mm256_shuffle_epi8(
        broadcast_u32(bits),
        _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303));
    __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201);
    return _mm256_cmpeq_epi8(_mm256_and_si256(spread, bit), bit);
}

TEMPLATE __m256i levels_32(const uint8_t *qs, const int8_t levels[16])
{
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(load_128(levels)), nibbles_32(qs));
}

TEMPLATE __m256i quants_q4_0(const void *block)
{
    return nibbles_32(((const struct block_q4_0 *)block)->qs);
}
TEMPLATE __m256i quants_q4_1(const void *block)
{
    return nibbles_32(((const struct block_q4_1 *)block)->qs);
}
TEMPLATE __m256i fifth_bits_32(const void *qh)
{
    return _mm256_and_si256(spread_bits(qh), _mm256_set1_epi8(16));
}
TEMPLATE __m256i quants_q5_0(const void *block)
{
    const struct block_q5_0 *b = block;
    return _mm256_or_si256(nibbles_32(b->qs), fifth_bits_32(b->qh));
}
TEMPLATE __m256i quants_q5_1(const void *block)
{
    const struct block_q5_1 *b = block;
    return _mm256_or_si256(nibbles_32(b->qs), fifth_bits_32(b->qh));
}
TEMPLATE __m256i quants_q8_0(const void *block)
{
    return load_256(((const struct block_q8_0 *)block)->qs);
}
TEMPLATE __m256i quants_iq4_nl(const void *block)
{
    static const int8_t levels[16] = IQ4_LEVELS;
    return levels_32(((const struct block_iq4_nl *)block)->qs, levels);
}
TEMPLATE __m256i quants_mxfp4(const void *block)
{
    // FP4_LEVELS plus 16
    static const int8_t levels[16] = {16, 17, 18, 19, 20, 22, 24, 28, 16, 15, 14, 13, 12, 10, 8, 4};
    return levels_32(((const struct block_mxfp4 *)block)->qs, levels);
}

#define D_OF(name) offsetof(struct block_##name, d)
#define M_OF(name) offsetof(struct block_##name, m)

// X(dtype suffix, name, depth, offset, d, m): the largest quant decides the depth, since a maddubs
// lane holds two products and activations are within 127: 2 * 127 * depth * largest <= 32767.
#define FORMATS_32(X)                                                                              \
    X(Q4_0, q4_0, 8, 8, D_OF(q4_0), NO_MIN)                                                        \
    X(Q4_1, q4_1, 8, 0, D_OF(q4_1), M_OF(q4_1))                                                    \
    X(Q5_0, q5_0, 4, 16, D_OF(q5_0), NO_MIN)                                                       \
    X(Q5_1, q5_1, 4, 0, D_OF(q5_1), M_OF(q5_1))                                                    \
    X(Q8_0, q8_0, 0, 0, D_OF(q8_0), NO_MIN)                                                        \
    X(IQ4_NL, iq4_nl, 0, 0, D_OF(iq4_nl), NO_MIN)                                                  \
    X(MXFP4, mxfp4, 4, 16, SCALE_E8M0, NO_MIN)

#endif
