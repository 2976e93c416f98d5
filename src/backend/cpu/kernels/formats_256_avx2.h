// formats_256_avx2.h - blocks of 256 values with plain bits as the AVX2 templates see them.
#ifndef HEARTH_BACKEND_CPU_KERNELS_FORMATS_256_AVX2_H
#define HEARTH_BACKEND_CPU_KERNELS_FORMATS_256_AVX2_H

#include "backend/cpu/kernels/formats_32_avx2.h"
#include "backend/cpu/kernels/scales.h"

struct format_256 {
    size_t block_size;
    int depth, offset;                // as in format_32
    int group;                        // values that share a scale: 16 or 32
    bool has_mins;                    // never together with an offset
    bool has_tables;                  // quants come from tables: long code, which is not unrolled
    float (*d)(const void *block);    // with the format's power of two
    float (*dmin)(const void *block); // where it has mins
    __m256i (*scales)(const void *block);        // sixteen i16, one for 16 values each
    __m256i (*mins)(const void *block);          // likewise
    __m256i (*quants)(const void *block, int g); // values 32 g .. 32 g + 31
};

TEMPLATE __m256i low_nibbles(__m256i v)
{
    return _mm256_and_si256(v, _mm256_set1_epi8(15));
}
TEMPLATE __m256i high_nibbles(__m256i v)
{
    return low_nibbles(_mm256_srli_epi16(v, 4));
}
// Bits `from` and up of each byte to bits `to` and up; the rest is masked away.
TEMPLATE __m256i move_bits(__m256i v, int from, int to, int mask)
{
    __m256i moved = from > to ? _mm256_srli_epi16(v, from - to) : _mm256_slli_epi16(v, to - from);
    return _mm256_and_si256(moved, _mm256_set1_epi8((char)mask));
}
// Eight i32 to sixteen i16, each twice.
TEMPLATE __m256i twice(__m256i v)
{
    return _mm256_blend_epi16(v, _mm256_slli_epi32(v, 16), 0xaa);
}

// ---- Q2_K ----
TEMPLATE float d_q2_k(const void *block)
{
    return f16_to_f32(((const struct block_q2_k *)block)->d);
}
TEMPLATE float dmin_q2_k(const void *block)
{
    return f16_to_f32(((const struct block_q2_k *)block)->dmin);
}
TEMPLATE __m256i scales_q2_k(const void *block)
{
    __m128i bytes = load_128(((const struct block_q2_k *)block)->scales);
    return _mm256_cvtepu8_epi16(_mm_and_si128(bytes, _mm_set1_epi8(15)));
}
TEMPLATE __m256i mins_q2_k(const void *block)
{
    __m128i bytes = load_128(((const struct block_q2_k *)block)->scales);
    return _mm256_cvtepu8_epi16(_mm_and_si128(_mm_srli_epi16(bytes, 4), _mm_set1_epi8(15)));
}
TEMPLATE __m256i quants_q2_k(const void *block, int g)
{
    const struct block_q2_k *b = block;
    return move_bits(load_256(b->qs + 32 * (g / 4)), 2 * (g % 4), 0, 3);
}

// ---- Q3_K ----
TEMPLATE float d_q3_k(const void *block)
{
    return f16_to_f32(((const struct block_q3_k *)block)->d);
}
TEMPLATE __m256i scales_q3_k(const void *block)
{
    const uint8_t *s = ((const struct block_q3_k *)block)->scales;
    __m128i bytes = _mm_set_epi64x((long long)scales_8_of_k3(s), (long long)scales_0_of_k3(s));
    return _mm256_cvtepi8_epi16(_mm_sub_epi8(bytes, _mm_set1_epi8(32)));
}
TEMPLATE __m256i quants_q3_k(const void *block, int g)
{
    const struct block_q3_k *b = block;
    __m256i low = move_bits(load_256(b->qs + 32 * (g / 4)), 2 * (g % 4), 0, 3);
    return _mm256_or_si256(low, move_bits(load_256(b->hmask), g, 2, 4));
}

// ---- Q4_K and Q5_K ----
TEMPLATE __m256i bytes_twice(uint64_t bytes)
{
    return twice(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)bytes)));
}

TEMPLATE float d_q4_k(const void *block)
{
    return f16_to_f32(((const struct block_q4_k *)block)->d);
}
TEMPLATE float dmin_q4_k(const void *block)
{
    return f16_to_f32(((const struct block_q4_k *)block)->dmin);
}
TEMPLATE __m256i scales_q4_k(const void *block)
{
    return bytes_twice(scales_of_k4(((const struct block_q4_k *)block)->scales));
}
TEMPLATE __m256i mins_q4_k(const void *block)
{
    return bytes_twice(mins_of_k4(((const struct block_q4_k *)block)->scales));
}
TEMPLATE __m256i quants_q4_k(const void *block, int g)
{
    __m256i bytes = load_256(((const struct block_q4_k *)block)->qs + 32 * (g / 2));
    return g % 2 ? high_nibbles(bytes) : low_nibbles(bytes);
}

TEMPLATE float d_q5_k(const void *block)
{
    return f16_to_f32(((const struct block_q5_k *)block)->d);
}
TEMPLATE float dmin_q5_k(const void *block)
{
    return f16_to_f32(((const struct block_q5_k *)block)->dmin);
}
TEMPLATE __m256i scales_q5_k(const void *block)
{
    return bytes_twice(scales_of_k4(((const struct block_q5_k *)block)->scales));
}
TEMPLATE __m256i mins_q5_k(const void *block)
{
    return bytes_twice(mins_of_k4(((const struct block_q5_k *)block)->scales));
}
TEMPLATE __m256i quants_q5_k(const void *block, int g)
{
    const struct block_q5_k *b = block;
    __m256i bytes = load_256(b->qs + 32 * (g / 2));
    return _mm256_or_si256(g % 2 ? high_nibbles(bytes) : low_nibbles(bytes),
                           move_bits(load_256(b->qh), g, 4, 16));
}

// ---- Q6_K ----
TEMPLATE float d_q6_k(const void *block)
{
    return f16_to_f32(((const struct block_q6_k *)block)->d);
}
TEMPLATE __m256i scales_q6_k(const void *block)
{
    return _mm256_cvtepi8_epi16(load_128(((const struct block_q6_k *)block)->scales));
}
TEMPLATE __m256i quants_q6_k(const void *block, int g)
{
    const struct block_q6_k *b = block;
    int half = g / 4, k = g % 4;
    __m256i bytes = load_256(b->ql + 64 * half + 32 * (k % 2));
    return _mm256_or_si256(k / 2 ? high_nibbles(bytes) : low_nibbles(bytes),
                           move_bits(load_256(b->qh + 32 * half), 2 * k, 4, 48));
}

// ---- IQ4_XS ----
TEMPLATE float d_iq4_xs(const void *block)
{
    return f16_to_f32(((const struct block_iq4_xs *)block)->d);
}
TEMPLATE __m256i scales_iq4_xs(const void *block)
{
    const struct block_iq4_xs *b = block;
    __m256i low = _mm256_srlv_epi32(broadcast_u32(b->scales_l),
                                    _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28));
    __m256i high = _mm256_srlv_epi32(_mm256_set1_epi32(b->scales_h << 4),
                                     _mm256_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14));
    __m256i scale = _mm256_or_si256(_mm256_and_si256(low, _mm256_set1_epi32(15)),
                                    _mm256_and_si256(high, _mm256_set1_epi32(48)));
    return twice(_mm256_sub_epi32(scale, _mm256_set1_epi32(32)));
}
TEMPLATE __m256i quants_iq4_xs(const void *block, int g)
{
    static const int8_t levels[16] = IQ4_LEVELS;
    return levels_32(((const struct block_iq4_xs *)block)->qs + 16 * g, levels);
}

// X(dtype suffix, name, depth, offset, group, dmin, mins)
#define FORMATS_K(X)                                                                               \
    X(Q2_K, q2_k, 8, 0, 16, dmin_q2_k, mins_q2_k)                                                  \
    X(Q3_K, q3_k, 8, 4, 16, NULL, NULL)                                                            \
    X(Q4_K, q4_k, 8, 0, 32, dmin_q4_k, mins_q4_k)                                                  \
    X(Q5_K, q5_k, 4, 0, 32, dmin_q5_k, mins_q5_k)                                                  \
    X(Q6_K, q6_k, 2, 32, 16, NULL, NULL)                                                           \
    X(IQ4_XS, iq4_xs, 0, 0, 32, NULL, NULL)

#endif
