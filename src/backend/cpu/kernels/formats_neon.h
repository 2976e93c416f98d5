// formats_neon.h - every quantised format as the NEON templates see it: signed quants, 32 at a time.
#ifndef HEARTH_BACKEND_CPU_KERNELS_FORMATS_NEON_H
#define HEARTH_BACKEND_CPU_KERNELS_FORMATS_NEON_H

#include <arm_neon.h>
#include <stdbool.h>
#include <stddef.h>

#include "backend/cpu/kernels/scales.h"
#include "tensor/blocks.h"
#include "tensor/half.h"
#include "tensor/iq_tables.h"

// Templates are functions whose arguments become constants: they must be inlined to be any good.
#define TEMPLATE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("GCC unroll 16")

struct format {
    size_t block_size;
    int n_values; // 32: no scales, one d; 256
    int group;    // values that share a scale: 16 or 32
    bool has_mins;
    float (*d)(const void *block); // with the format's power of two
    float (*dmin)(const void *block);
    void (*scales)(int16_t s[16], const void *block); // one for 16 values each
    void (*mins)(int16_t s[16], const void *block);
    void (*quants)(int8x16_t q[2], const void *block, int g); // values 32 g .. 32 g + 31
};

// ---- shared pieces ----

TEMPLATE int8x16_t nibbles_low(uint8x16_t v)
{
    return vreinterpretq_s8_u8(vandq_u8(v, vdupq_n_u8(15)));
}
TEMPLATE int8x16_t nibbles_high(uint8x16_t v)
{
    return vreinterpretq_s8_u8(vshrq_n_u8(v, 4));
}
TEMPLATE void nibbles_32(int8x16_t q[2], const uint8_t *qs)
{
    uint8x16_t v = vld1q_u8(qs);
    q[0] = nibbles_low(v);
    q[1] = nibbles_high(v);
}
TEMPLATE void subtract(int8x16_t q[2], int offset)
{
    q[0] = vsubq_s8(q[0], vdupq_n_s8((int8_t)offset));
    q[1] = vsubq_s8(q[1], vdupq_n_s8((int8_t)offset));
}
TEMPLATE void levels_32(int8x16_t q[2], const uint8_t *qs, const int8_t levels[16])
{
    int8x16_t table = vld1q_s8(levels);
    nibbles_32(q, qs);
    q[0] = vqtbl1q_s8(table, vreinterpretq_u8_s8(q[0]));
    q[1] = vqtbl1q_s8(table, vreinterpretq_u8_s8(q[1]));
}
// Bit i of 16 bits to byte i: 0xff or 0.
TEMPLATE uint8x16_t spread_bits(const uint8_t bits[2])
{
    static const uint8_t bit[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    return vtstq_u8(vcombine_u8(vdup_n_u8(bits[0]), vdup_n_u8(bits[1])), vld1q_u8(bit));
}
// Bits `from` .. of each byte to bit `to`, masked.
TEMPLATE int8x16_t move_bits(uint8x16_t v, int from, int to, int mask)
{
    uint8x16_t moved = vshlq_u8(v, vdupq_n_s8((int8_t)(to - from)));
    return vreinterpretq_s8_u8(vandq_u8(moved, vdupq_n_u8((uint8_t)mask)));
}
// Eight bytes to sixteen i16, each twice.
TEMPLATE void twice(int16_t s[16], uint64_t bytes)
{
    int16x8_t wide = vreinterpretq_s16_u16(vmovl_u8(vcreate_u8(bytes)));
    vst1q_s16(s, vzip1q_s16(wide, wide));
    vst1q_s16(s + 8, vzip2q_s16(wide, wide));
}

#define D_FIELD(name, factor)                                                                      \
    TEMPLATE float d_##name(const void *block)                                                     \
    {                                                                                              \
        return f16_to_f32(((const struct block_##name *)block)->d) * (factor);                     \
    }
#define DMIN_FIELD(name, field, sign)                                                              \
    TEMPLATE float dmin_##name(const void *block)                                                  \
    {                                                                                              \
        return (sign)*f16_to_f32(((const struct block_##name *)block)->field);                     \
    }
#define QUANTS(name) TEMPLATE void quants_##name(int8x16_t q[2], const void *block, int g)
#define SCALES(name) TEMPLATE void scales_##name(int16_t s[16], const void *block)
#define BLOCK(name)  const struct block_##name *b = block

// ---- blocks of 32 ----
D_FIELD(q4_0, 1)
D_FIELD(q4_1, 1)
D_FIELD(q5_0, 1)
D_FIELD(q5_1, 1)
D_FIELD(q8_0, 1)
D_FIELD(iq4_nl, 1)
DMIN_FIELD(q4_1, m, -1)
DMIN_FIELD(q5_1, m, -1)

TEMPLATE float d_mxfp4(const void *block)
{
    return f32_from_bits(mxfp4_scale_bits(((const struct block_mxfp4 *)block)->e));
}
QUANTS(q4_0)
{
    BLOCK(q4_0);
    (void)g;
    nibbles_32(q, b->qs);
    subtract(q, 8);
}
QUANTS(q4_1)
{
    BLOCK(q4_1);
    (void)g;
    nibbles_32(q, b->qs);
}
TEMPLATE void quants_5(int8x16_t q[2], const uint8_t *qs, const uint8_t qh[4])
{
    const uint8x16_t sixteen = vdupq_n_u8(16);
    nibbles_32(q, qs);
    q[0] = vorrq_s8(q[0], vreinterpretq_s8_u8(vandq_u8(spread_bits(qh), sixteen)));
    q[1] = vorrq_s8(q[1], vreinterpretq_s8_u8(vandq_u8(spread_bits(qh + 2), sixteen)));
}
QUANTS(q5_0)
{
    BLOCK(q5_0);
    (void)g;
    quants_5(q, b->qs, b->qh);
    subtract(q, 16);
}
QUANTS(q5_1)
{
    BLOCK(q5_1);
    (void)g;
    quants_5(q, b->qs, b->qh);
}
QUANTS(q8_0)
{
    BLOCK(q8_0);
    (void)g;
    q[0] = vld1q_s8(b->qs);
    q[1] = vld1q_s8(b->qs + 16);
}
QUANTS(iq4_nl)
{
    static const int8_t levels[16] = IQ4_LEVELS;
    BLOCK(iq4_nl);
    (void)g;
    levels_32(q, b->qs, levels);
}
QUANTS(mxfp4)
{
    static const int8_t levels[16] = FP4_LEVELS;
    BLOCK(mxfp4);
    (void)g;
    levels_32(q, b->qs, levels);
}

// ---- K-quants ----
D_FIELD(q2_k, 1)
D_FIELD(q3_k, 1)
D_FIELD(q4_k, 1)
D_FIELD(q5_k, 1)
D_FIELD(q6_k, 1)
D_FIELD(iq4_xs, 1)
DMIN_FIELD(q2_k, dmin, 1)
DMIN_FIELD(q4_k, dmin, 1)
DMIN_FIELD(q5_k, dmin, 1)

TEMPLATE void store_bytes(int16_t s[16], int8x16_t v)
{
    vst1q_s16(s, vmovl_s8(vget_low_s8(v)));
    vst1q_s16(s + 8, vmovl_high_s8(v));
}
SCALES(q2_k)
{
    BLOCK(q2_k);
    store_bytes(s, nibbles_low(vld1q_u8(b->scales)));
}
TEMPLATE void mins_q2_k(int16_t s[16], const void *block)
{
    BLOCK(q2_k);
    store_bytes(s, nibbles_high(vld1q_u8(b->scales)));
}
QUANTS(q2_k)
{
    BLOCK(q2_k);
    for (int h = 0; h < 2; h++)
        q[h] = move_bits(vld1q_u8(b->qs + 32 * (g / 4) + 16 * h), 2 * (g % 4), 0, 3);
}
SCALES(q3_k)
{
    BLOCK(q3_k);
    int8x16_t bytes = vreinterpretq_s8_u64(vcombine_u64(vcreate_u64(scales_0_of_k3(b->scales)),
                                                        vcreate_u64(scales_8_of_k3(b->scales))));
    store_bytes(s, vsubq_s8(bytes, vdupq_n_s8(32)));
}
QUANTS(q3_k)
{
    BLOCK(q3_k);
    for (int h = 0; h < 2; h++)
        q[h] = vorrq_s8(move_bits(vld1q_u8(b->qs + 32 * (g / 4) + 16 * h), 2 * (g % 4), 0, 3),
                        move_bits(vld1q_u8(b->hmask + 16 * h), g, 2, 4));
    subtract(q, 4);
}
TEMPLATE int8x16_t half_of_bytes(const uint8_t *qs, int odd)
{
    return odd ? nibbles_high(vld1q_u8(qs)) : nibbles_low(vld1q_u8(qs));
}
SCALES(q4_k)
{
    BLOCK(q4_k);
    twice(s, scales_of_k4(b->scales));
}
TEMPLATE void mins_q4_k(int16_t s[16], const void *block)
{
    BLOCK(q4_k);
    twice(s, mins_of_k4(b->scales));
}
QUANTS(q4_k)
{
    BLOCK(q4_k);
    for (int h = 0; h < 2; h++)
        q[h] = half_of_bytes(b->qs + 32 * (g / 2) + 16 * h, g % 2);
}
SCALES(q5_k)
{
    BLOCK(q5_k);
    twice(s, scales_of_k4(b->scales));
}
TEMPLATE void mins_q5_k(int16_t s[16], const void *block)
{
    BLOCK(q5_k);
    twice(s, mins_of_k4(b->scales));
}
QUANTS(q5_k)
{
    BLOCK(q5_k);
    for (int h = 0; h < 2; h++)
        q[h] = vorrq_s8(half_of_bytes(b->qs + 32 * (g / 2) + 16 * h, g % 2),
                        move_bits(vld1q_u8(b->qh + 16 * h), g, 4, 16));
}
SCALES(q6_k)
{
    BLOCK(q6_k);
    store_bytes(s, vld1q_s8(b->scales));
}
QUANTS(q6_k)
{
    BLOCK(q6_k);
    int part = g / 4, k = g % 4;
    for (int h = 0; h < 2; h++)
        q[h] = vorrq_s8(half_of_bytes(b->ql + 64 * part + 32 * (k % 2) + 16 * h, k / 2),
                        move_bits(vld1q_u8(b->qh + 32 * part + 16 * h), 2 * k, 4, 48));
    subtract(q, 32);
}
SCALES(iq4_xs)
{
    BLOCK(iq4_xs);
    for (int g = 0; g < 8; g++) {
        int low = b->scales_l[g / 2] >> 4 * (g % 2) & 15, high = b->scales_h >> 2 * g & 3;
        s[2 * g] = s[2 * g + 1] = (int16_t)((low | high << 4) - 32);
    }
}
QUANTS(iq4_xs)
{
    static const int8_t levels[16] = IQ4_LEVELS;
    BLOCK(iq4_xs);
    levels_32(q, b->qs + 16 * g, levels);
}

// ---- codebooks ----
D_FIELD(iq2_xxs, 0.125f)
D_FIELD(iq2_xs, 0.125f)
D_FIELD(iq2_s, 0.125f)
D_FIELD(iq3_xxs, 0.25f)
D_FIELD(iq3_s, 1)
D_FIELD(iq1_s, 0.125f)
TEMPLATE float d_iq1_m(const void *block)
{
    BLOCK(iq1_m);
    return f16_to_f32(d_of_iq1_m(b->scales)) * 0.125f;
}

TEMPLATE uint32_t word_at(const void *bytes)
{
    return (uint32_t)word_32(bytes);
}
TEMPLATE int8x16_t two_rows_of_8(const void *a, const void *b)
{
    return vcombine_s8(vld1_s8(a), vld1_s8(b));
}
// Sixteen magnitudes, negative where the sign bit is set.
TEMPLATE int8x16_t negate_where(int8x16_t v, unsigned signs_0, unsigned signs_1)
{
    const uint8_t bits[2] = {(uint8_t)signs_0, (uint8_t)signs_1};
    int8x16_t mask = vreinterpretq_s8_u8(spread_bits(bits));
    return vsubq_s8(veorq_s8(v, mask), mask);
}
TEMPLATE int16_t odd(unsigned s)
{
    return (int16_t)(2 * s + 1);
}
TEMPLATE void odd_nibbles(int16_t s[16], const uint8_t scales[8])
{
    for (int b = 0; b < 8; b++) {
        s[2 * b] = odd(scales[b] & 15);
        s[2 * b + 1] = odd(scales[b] >> 4);
    }
}
SCALES(iq2_xxs)
{
    BLOCK(iq2_xxs);
    for (int g = 0; g < 8; g++)
        s[2 * g] = s[2 * g + 1] = odd(b->qs[4 * g + 3] >> 12);
}
QUANTS(iq2_xxs)
{
    BLOCK(iq2_xxs);
    const uint8_t *index = (const void *)(b->qs + 4 * g);
    uint32_t word = word_at(index + 4);
    for (int h = 0; h < 2; h++)
        q[h] =
            negate_where(two_rows_of_8(iq2_xxs_grid[index[2 * h]], iq2_xxs_grid[index[2 * h + 1]]),
                         iq_signs(word >> 14 * h & 127), iq_signs(word >> (14 * h + 7) & 127));
}
SCALES(iq2_xs)
{
    BLOCK(iq2_xs);
    odd_nibbles(s, b->scales);
}
QUANTS(iq2_xs)
{
    BLOCK(iq2_xs);
    for (int h = 0; h < 2; h++) {
        unsigned a = b->qs[4 * g + 2 * h], c = b->qs[4 * g + 2 * h + 1];
        q[h] = negate_where(two_rows_of_8(iq2_xs_grid[a & 511], iq2_xs_grid[c & 511]),
                            iq_signs(a >> 9), iq_signs(c >> 9));
    }
}
SCALES(iq2_s)
{
    BLOCK(iq2_s);
    odd_nibbles(s, b->scales);
}
QUANTS(iq2_s)
{
    BLOCK(iq2_s);
    const uint8_t *low = b->qs + 4 * g, *signs = b->signs + 4 * g;
    unsigned high = (unsigned)b->qh[g] << 8;
    for (int h = 0; h < 2; h++)
        q[h] =
            negate_where(two_rows_of_8(iq2_s_grid[low[2 * h] | (high >> 4 * h & 0x300)],
                                       iq2_s_grid[low[2 * h + 1] | (high >> (4 * h + 2) & 0x300)]),
                         signs[2 * h], signs[2 * h + 1]);
}
TEMPLATE int8x16_t four_rows_of_4(const void *a, const void *b, const void *c, const void *d)
{
    const uint32_t words[4] = {word_at(a), word_at(b), word_at(c), word_at(d)};
    return vreinterpretq_s8_u32(vld1q_u32(words));
}
SCALES(iq3_xxs)
{
    BLOCK(iq3_xxs);
    for (int g = 0; g < 8; g++)
        s[2 * g] = s[2 * g + 1] = odd(b->signs_scales[g][1] >> 12);
}
QUANTS(iq3_xxs)
{
    BLOCK(iq3_xxs);
    uint32_t word = word_at(b->signs_scales[g]);
    for (int h = 0; h < 2; h++) {
        const uint8_t *k = b->qs + 8 * g + 4 * h;
        q[h] = negate_where(four_rows_of_4(iq3_xxs_grid[k[0]], iq3_xxs_grid[k[1]],
                                           iq3_xxs_grid[k[2]], iq3_xxs_grid[k[3]]),
                            iq_signs(word >> 14 * h & 127), iq_signs(word >> (14 * h + 7) & 127));
    }
}
SCALES(iq3_s)
{
    BLOCK(iq3_s);
    for (int g = 0; g < 8; g++)
        s[2 * g] = s[2 * g + 1] = odd(b->scales[g / 2] >> 4 * (g % 2) & 15);
}
QUANTS(iq3_s)
{
    BLOCK(iq3_s);
    for (int h = 0; h < 2; h++) {
        const uint8_t *k = b->qs + 8 * g + 4 * h, *signs = b->signs + 4 * g + 2 * h;
        unsigned high = (unsigned)b->qh[g] << 8 >> 4 * h;
        q[h] = negate_where(four_rows_of_4(iq3_s_grid[k[0] | (high & 256)],
                                           iq3_s_grid[k[1] | (high >> 1 & 256)],
                                           iq3_s_grid[k[2] | (high >> 2 & 256)],
                                           iq3_s_grid[k[3] | (high >> 3 & 256)]),
                            signs[0], signs[1]);
    }
}
// Eight times the grid, one up or down.
TEMPLATE int8x16_t eighths(int8x16_t grid, bool down_0, bool down_1)
{
    int8x16_t shift = vcombine_s8(vdup_n_s8(down_0 ? -1 : 1), vdup_n_s8(down_1 ? -1 : 1));
    return vaddq_s8(vshlq_n_s8(grid, 3), shift);
}
SCALES(iq1_s)
{
    BLOCK(iq1_s);
    for (int g = 0; g < 8; g++)
        s[2 * g] = s[2 * g + 1] = odd(b->qh[g] >> 12 & 7);
}
QUANTS(iq1_s)
{
    BLOCK(iq1_s);
    const uint8_t *low = b->qs + 4 * g;
    unsigned bits = b->qh[g];
    for (int h = 0; h < 2; h++) {
        unsigned high = bits >> 6 * h;
        q[h] = eighths(two_rows_of_8(iq1_grid[low[2 * h] | (high << 8 & 0x700)],
                                     iq1_grid[low[2 * h + 1] | (high << 5 & 0x700)]),
                       bits & 0x8000, bits & 0x8000);
    }
}
SCALES(iq1_m)
{
    BLOCK(iq1_m);
    for (int g = 0; g < 16; g++)
        s[g] = odd(b->scales[g / 4] >> 3 * (g % 4) & 7);
}
QUANTS(iq1_m)
{
    BLOCK(iq1_m);
    for (int h = 0; h < 2; h++) {
        const uint8_t *low = b->qs + 4 * g + 2 * h;
        unsigned bits = b->qh[2 * g + h];
        q[h] = eighths(two_rows_of_8(iq1_grid[low[0] | (bits << 8 & 0x700)],
                                     iq1_grid[low[1] | (bits << 4 & 0x700)]),
                       bits & 8, bits & 0x80);
    }
}

// X(dtype suffix, name, group, dmin, mins): blocks of 256.
#define FORMATS_256_NEON(X)                                                                        \
    X(Q2_K, q2_k, 16, dmin_q2_k, mins_q2_k)                                                        \
    X(Q3_K, q3_k, 16, NULL, NULL)                                                                  \
    X(Q4_K, q4_k, 32, dmin_q4_k, mins_q4_k)                                                        \
    X(Q5_K, q5_k, 32, dmin_q5_k, mins_q5_k)                                                        \
    X(Q6_K, q6_k, 16, NULL, NULL)                                                                  \
    X(IQ4_XS, iq4_xs, 32, NULL, NULL)                                                              \
    X(IQ2_XXS, iq2_xxs, 32, NULL, NULL)                                                            \
    X(IQ2_XS, iq2_xs, 16, NULL, NULL)                                                              \
    X(IQ2_S, iq2_s, 16, NULL, NULL)                                                                \
    X(IQ3_XXS, iq3_xxs, 32, NULL, NULL)                                                            \
    X(IQ3_S, iq3_s, 32, NULL, NULL)                                                                \
    X(IQ1_S, iq1_s, 32, NULL, NULL)                                                                \
    X(IQ1_M, iq1_m, 16, NULL, NULL)

// X(dtype suffix, name, dmin): blocks of 32.
#define FORMATS_32_NEON(X)                                                                         \
    X(Q4_0, q4_0, NULL)                                                                            \
    X(Q4_1, q4_1, dmin_q4_1)                                                                       \
    X(Q5_0, q5_0, NULL)                                                                            \
    X(Q5_1, q5_1, dmin_q5_1)                                                                       \
    X(Q8_0, q8_0, NULL)                                                                            \
    X(IQ4_NL, iq4_nl, NULL)                                                                        \
    X(MXFP4, mxfp4, NULL)

#endif
