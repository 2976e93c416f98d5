// formats_iq_avx2.h - the codebook formats as the AVX2 templates see them.
#ifndef HEARTH_BACKEND_CPU_KERNELS_FORMATS_IQ_AVX2_H
#define HEARTH_BACKEND_CPU_KERNELS_FORMATS_IQ_AVX2_H

#include "backend/cpu/kernels/formats_256_avx2.h"
#include "tensor/iq_tables.h"

// Row i: the bytes 1 or -1 of the eight signs whose first seven are the bits of i (iq_signs).
extern const int8_t iq_even_signs[128][8];

TEMPLATE __m256i four_rows_of_8(const void *a, const void *b, const void *c, const void *d)
{
    return _mm256_setr_epi64x((long long)load_u64(a), (long long)load_u64(b),
                              (long long)load_u64(c), (long long)load_u64(d));
}
TEMPLATE __m256i odd_scales(__m256i s) // 2 s + 1 of i16
{
    return _mm256_add_epi16(_mm256_add_epi16(s, s), _mm256_set1_epi16(1));
}
TEMPLATE __m256i four_even_signs(uint32_t word)
{
    return four_rows_of_8(iq_even_signs[word & 127], iq_even_signs[word >> 7 & 127],
                          iq_even_signs[word >> 14 & 127], iq_even_signs[word >> 21 & 127]);
}
// Values whose sign bit is set are negated.
TEMPLATE __m256i negate_where(__m256i values, const void *sign_bits)
{
    return _mm256_sign_epi8(values, _mm256_or_si256(spread_bits(sign_bits), _mm256_set1_epi8(1)));
}
// Sixteen scales from eight bytes, low half first.
TEMPLATE __m256i nibble_scales_16(const uint8_t scales[8])
{
    __m128i bytes = _mm_loadl_epi64((const void *)scales);
    __m128i both = _mm_unpacklo_epi8(bytes, _mm_srli_epi16(bytes, 4));
    return odd_scales(_mm256_cvtepu8_epi16(_mm_and_si128(both, _mm_set1_epi8(15))));
}

// ---- IQ2: magnitudes up to 43, made unsigned by adding that ----
TEMPLATE __m256i plus(__m256i v, int offset)
{
    return _mm256_add_epi8(v, _mm256_set1_epi8((char)offset));
}
TEMPLATE float d_iq2_xxs(const void *block)
{
    return f16_to_f32(((const struct block_iq2_xxs *)block)->d) * 0.125f;
}
TEMPLATE __m256i scales_iq2_xxs(const void *block)
{
    const uint16_t *qs = ((const struct block_iq2_xxs *)block)->qs;
    __m256 words = _mm256_shuffle_ps(_mm256_castsi256_ps(load_256(qs)),
                                     _mm256_castsi256_ps(load_256(qs + 16)), 0xdd);
    __m256i ordered = _mm256_permute4x64_epi64(_mm256_castps_si256(words), 0xd8);
    return odd_scales(twice(_mm256_srli_epi32(ordered, 28)));
}
TEMPLATE __m256i quants_iq2_xxs(const void *block, int g)
{
    const uint8_t *index = (const void *)(((const struct block_iq2_xxs *)block)->qs + 4 * g);
    __m256i grid = four_rows_of_8(iq2_xxs_grid[index[0]], iq2_xxs_grid[index[1]],
                                  iq2_xxs_grid[index[2]], iq2_xxs_grid[index[3]]);
    return plus(_mm256_sign_epi8(grid, four_even_signs(load_u32(index + 4))), 43);
}

TEMPLATE float d_iq2_xs(const void *block)
{
    return f16_to_f32(((const struct block_iq2_xs *)block)->d) * 0.125f;
}
TEMPLATE __m256i scales_iq2_xs(const void *block)
{
    return nibble_scales_16(((const struct block_iq2_xs *)block)->scales);
}
TEMPLATE __m256i quants_iq2_xs(const void *block, int g)
{
    const uint16_t *q = ((const struct block_iq2_xs *)block)->qs + 4 * g;
    __m256i grid = four_rows_of_8(iq2_xs_grid[q[0] & 511], iq2_xs_grid[q[1] & 511],
                                  iq2_xs_grid[q[2] & 511], iq2_xs_grid[q[3] & 511]);
    __m256i signs = four_rows_of_8(iq_even_signs[q[0] >> 9], iq_even_signs[q[1] >> 9],
                                   iq_even_signs[q[2] >> 9], iq_even_signs[q[3] >> 9]);
    return plus(_mm256_sign_epi8(grid, signs), 43);
}

TEMPLATE float d_iq2_s(const void *block)
{
    return f16_to_f32(((const struct block_iq2_s *)block)->d) * 0.125f;
}
TEMPLATE __m256i scales_iq2_s(const void *block)
{
    return nibble_scales_16(((const struct block_iq2_s *)block)->scales);
}
TEMPLATE __m256i quants_iq2_s(const void *block, int g)
{
    const struct block_iq2_s *b = block;
    const uint8_t *q = b->qs + 4 * g;
    unsigned high = (unsigned)b->qh[g] << 8;
    __m256i grid = four_rows_of_8(
        iq2_s_grid[q[0] | (high & 0x300)], iq2_s_grid[q[1] | (high >> 2 & 0x300)],
        iq2_s_grid[q[2] | (high >> 4 & 0x300)], iq2_s_grid[q[3] | (high >> 6 & 0x300)]);
    return plus(negate_where(grid, b->signs + 4 * g), 43);
}

// ---- IQ3: up to 62 and 15 ----
TEMPLATE __m256i eight_rows_of_4(const uint8_t (*grid)[4], const uint8_t q[8],
                                 const unsigned high[8])
{
#define ROW(k) (int)load_u32(grid[q[k] | high[k]])
    return _mm256_setr_epi32(ROW(0), ROW(1), ROW(2), ROW(3), ROW(4), ROW(5), ROW(6), ROW(7));
#undef ROW
}
TEMPLATE float d_iq3_xxs(const void *block)
{
    return f16_to_f32(((const struct block_iq3_xxs *)block)->d) * 0.25f;
}
TEMPLATE __m256i scales_iq3_xxs(const void *block)
{
    __m256i words = load_256(((const struct block_iq3_xxs *)block)->signs_scales);
    return odd_scales(twice(_mm256_srli_epi32(words, 28)));
}
TEMPLATE __m256i quants_iq3_xxs(const void *block, int g)
{
    const struct block_iq3_xxs *b = block;
    __m256i grid = eight_rows_of_4(iq3_xxs_grid, b->qs + 8 * g, (const unsigned[8]){0});
    return plus(_mm256_sign_epi8(grid, four_even_signs(load_u32(b->signs_scales[g]))), 62);
}

TEMPLATE float d_iq3_s(const void *block)
{
    return f16_to_f32(((const struct block_iq3_s *)block)->d);
}
TEMPLATE __m256i scales_iq3_s(const void *block)
{
    __m256i scales = _mm256_srlv_epi32(broadcast_u32(((const struct block_iq3_s *)block)->scales),
                                       _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28));
    return odd_scales(twice(_mm256_and_si256(scales, _mm256_set1_epi32(15))));
}
TEMPLATE __m256i quants_iq3_s(const void *block, int g)
{
    const struct block_iq3_s *b = block;
    unsigned h = b->qh[g], high[8];
    UNROLLED for (int k = 0; k < 8; k++) high[k] = h << (8 - k) & 256;
    __m256i grid = eight_rows_of_4(iq3_s_grid, b->qs + 8 * g, high);
    return plus(negate_where(grid, b->signs + 4 * g), 15);
}

// ---- IQ1: eight times the grid, one up or down; here nine more, to be unsigned ----
TEMPLATE __m256i eighths(__m256i grid, __m256i shift)
{
    __m256i double_grid = _mm256_add_epi8(grid, grid);
    __m256i times_8 = _mm256_add_epi8(_mm256_add_epi8(double_grid, double_grid),
                                      _mm256_add_epi8(double_grid, double_grid));
    return _mm256_add_epi8(times_8, shift);
}
TEMPLATE float d_iq1_s(const void *block)
{
    return f16_to_f32(((const struct block_iq1_s *)block)->d) * 0.125f;
}
TEMPLATE __m256i scales_iq1_s(const void *block)
{
    __m256i h = _mm256_cvtepu16_epi32(load_128(((const struct block_iq1_s *)block)->qh));
    return odd_scales(twice(_mm256_and_si256(_mm256_srli_epi32(h, 12), _mm256_set1_epi32(7))));
}
TEMPLATE __m256i quants_iq1_s(const void *block, int g)
{
    const struct block_iq1_s *b = block;
    const uint8_t *q = b->qs + 4 * g;
    unsigned h = b->qh[g];
    __m256i grid =
        four_rows_of_8(iq1_grid[q[0] | (h << 8 & 0x700)], iq1_grid[q[1] | (h << 5 & 0x700)],
                       iq1_grid[q[2] | (h << 2 & 0x700)], iq1_grid[q[3] | (h >> 1 & 0x700)]);
    return eighths(grid, _mm256_set1_epi8(h & 0x8000 ? 8 : 10));
}

TEMPLATE float d_iq1_m(const void *block)
{
    return f16_to_f32(d_of_iq1_m(((const struct block_iq1_m *)block)->scales)) * 0.125f;
}
TEMPLATE __m256i scales_iq1_m(const void *block)
{
    // Word g / 4 holds scale g at bit 3 (g % 4): a product moves it to the top three bits.
    __m256i words = _mm256_shuffle_epi8(
        _mm256_set1_epi64x((long long)load_u64(((const struct block_iq1_m *)block)->scales)),
        _mm256_setr_epi64x(0x0100010001000100, 0x0302030203020302, 0x0504050405040504,
                           0x0706070607060706));
    __m256i at_top = _mm256_mullo_epi16(words, _mm256_set1_epi64x(0x0010008004002000));
    return odd_scales(_mm256_srli_epi16(at_top, 13));
}
TEMPLATE __m256i quants_iq1_m(const void *block, int g)
{
    const struct block_iq1_m *b = block;
    const uint8_t *q = b->qs + 4 * g;
    unsigned h = load_u16(b->qh + 2 * g); // four nibbles
    __m256i grid =
        four_rows_of_8(iq1_grid[q[0] | (h << 8 & 0x700)], iq1_grid[q[1] | (h << 4 & 0x700)],
                       iq1_grid[q[2] | (h & 0x700)], iq1_grid[q[3] | (h >> 4 & 0x700)]);
    const long long up = 0x0a0a0a0a0a0a0a0a, down = 0x0808080808080808;
    return eighths(grid, _mm256_setr_epi64x(h & 8 ? down : up, h & 0x80 ? down : up,
                                            h & 0x800 ? down : up, h & 0x8000 ? down : up));
}

// X(dtype suffix, name, depth, offset, group, dmin, mins)
#define FORMATS_IQ(X)                                                                              \
    X(IQ2_XXS, iq2_xxs, 1, 43, 32, NULL, NULL)                                                     \
    X(IQ2_XS, iq2_xs, 1, 43, 16, NULL, NULL)                                                       \
    X(IQ2_S, iq2_s, 1, 43, 16, NULL, NULL)                                                         \
    X(IQ3_XXS, iq3_xxs, 1, 62, 32, NULL, NULL)                                                     \
    X(IQ3_S, iq3_s, 4, 15, 32, NULL, NULL)                                                         \
    X(IQ1_S, iq1_s, 4, 9, 32, NULL, NULL)                                                          \
    X(IQ1_M, iq1_m, 4, 9, 16, NULL, NULL)

#endif
