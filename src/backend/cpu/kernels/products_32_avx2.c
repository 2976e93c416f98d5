// products_32_avx2.c - the formats with blocks of 32 values, and the quantisation of activations.
#include "backend/cpu/kernels/layers.h"
#include "backend/cpu/kernels/products_avx2.h"

#define FORMAT_32(dtype, name, depth, offset, d, m)                                                \
    static const struct format_32 format_##name = {                                                \
        sizeof(struct block_##name), depth, offset, quants_##name, d, m};
FORMATS_32(FORMAT_32)

PRODUCTS(q4_0, 32, multiply_8_blocks_less_8)
PRODUCTS(q4_1, 32, multiply_8_blocks_mins)
PRODUCTS(q5_0, 32, multiply_4_blocks_less_16)
PRODUCTS(q5_1, 32, multiply_4_blocks_mins)
PRODUCTS(q8_0, 32, multiply_planes_blocks)
PRODUCTS(iq4_nl, 32, multiply_planes_blocks)
PRODUCTS(mxfp4, 32, multiply_4_blocks_less_16)

// ---- activations ----

// The largest magnitude of n values, a multiple of 32, as its bits: NaN is above infinity.
TEMPLATE uint32_t max_bits(const float *x, size_t n)
{
    __m256i max = _mm256_setzero_si256(), no_sign = _mm256_set1_epi32(0x7fffffff);
    for (size_t i = 0; i < n; i += 8)
        max = _mm256_max_epi32(max, _mm256_and_si256(load_256(x + i), no_sign));
    __m128i m = _mm_max_epi32(_mm256_castsi256_si128(max), _mm256_extracti128_si256(max, 1));
    m = _mm_max_epi32(m, _mm_shuffle_epi32(m, 0x4e));
    m = _mm_max_epi32(m, _mm_shuffle_epi32(m, 0xb1));
    return (uint32_t)_mm_cvtsi128_si32(m);
}

// Thirty-two quants, and the sums of the first and the second sixteen as two i32.
TEMPLATE __m256i quantize_32_values(const float *x, __m256 d)
{
    __m256i q[4];
    UNROLLED for (int i = 0; i < 4; i++) q[i] =
        _mm256_cvtps_epi32(_mm256_div_ps(_mm256_loadu_ps(x + 8 * i), d));
    __m256i bytes =
        _mm256_packs_epi16(_mm256_packs_epi32(q[0], q[1]), _mm256_packs_epi32(q[2], q[3]));
    return _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

// d of a block: max / 127, or 0 with is_zero set where all quants are 0 instead.
TEMPLATE float block_scale(uint32_t bits, bool *is_zero)
{
    float max = f32_from_bits(bits);
    *is_zero = bits >= 0x7f800000 || max < X_MAX_TINY;
    return max < X_MAX_TINY ? 0 : max / 127;
}

// Sums of sixteen quants: lane 0 (of four i32) of the first sixteen, lane 1 of the second.
TEMPLATE __m128i sums_of_16(__m256i q)
{
    __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), q);
    __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
    __m128i sums =
        _mm_hadd_epi32(_mm256_castsi256_si128(fours), _mm256_extracti128_si256(fours, 1));
    return _mm_hadd_epi32(sums, sums);
}

static void quantize_q8_32(void *x_q, const float *x, size_t n)
{
    for (struct x_q8_32 *block = x_q; n; n -= 32, x += 32, block++) {
        bool is_zero;
        block->d = block_scale(max_bits(x, 32), &is_zero);
        __m256i q =
            is_zero ? _mm256_setzero_si256() : quantize_32_values(x, _mm256_set1_ps(block->d));
        store_256(block->q, q);
        __m128i sums = sums_of_16(q);
        block->sum = _mm_cvtsi128_si32(sums) + _mm_extract_epi32(sums, 1);
    }
}

static void quantize_q8_256(void *x_q, const float *x, size_t n)
{
    for (struct x_q8_256 *block = x_q; n; n -= 256, block++) {
        bool is_zero;
        block->d = block_scale(max_bits(x, 256), &is_zero);
        for (int g = 0; g < 8; g++, x += 32) {
            __m256i q =
                is_zero ? _mm256_setzero_si256() : quantize_32_values(x, _mm256_set1_ps(block->d));
            store_256(block->q + 32 * g, q);
            __m128i sums = sums_of_16(q);
            block->sums[2 * g] = (int16_t)_mm_cvtsi128_si32(sums);
            block->sums[2 * g + 1] = (int16_t)_mm_extract_epi32(sums, 1);
        }
    }
}

void fill_products_32_avx2(struct kernels *kernels)
{
#define FILL(dtype, name, depth, offset, d, m)                                                     \
    kernels->formats[DTYPE_##dtype] = (struct format_kernels){X_Q8_32, rows_##name, tile_##name};
    FORMATS_32(FILL)
    kernels->quantize[X_Q8_32] = quantize_q8_32;
    kernels->quantize[X_Q8_256] = quantize_q8_256;
}
