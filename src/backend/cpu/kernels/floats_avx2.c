// floats_avx2.c - products with F32, F16 and BF16 weights.
//
// One weight row meets three activation rows at a time: their 4 x 3 sums of eight lanes fill the
// registers, and each weight is loaded and widened once for the three.  The activation rows of a group
// stay in the first-level cache while all weight rows pass.
#include <math.h>

#include "backend/cpu/kernels/layers.h"
#include "backend/cpu/kernels/simd_avx2.h"
#include "tensor/half.h"

enum { X_MAX = 3 };

typedef __m256 load_eight(const void *w, size_t i);
typedef float load_one(const void *w, size_t i);

TEMPLATE __m256 eight_f32(const void *w, size_t i)
{
    return _mm256_loadu_ps((const float *)w + i);
}
TEMPLATE __m256 eight_f16(const void *w, size_t i)
{
    return _mm256_cvtph_ps(load_128((const uint16_t *)w + i));
}
TEMPLATE __m256 eight_bf16(const void *w, size_t i)
{
    __m256i wide = _mm256_cvtepu16_epi32(load_128((const uint16_t *)w + i));
    return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
}
TEMPLATE float one_f32(const void *w, size_t i)
{
    return ((const float *)w)[i];
}
TEMPLATE float one_f16(const void *w, size_t i)
{
    return f16_to_f32(((const uint16_t *)w)[i]);
}
TEMPLATE float one_bf16(const void *w, size_t i)
{
    return bf16_to_f32(((const uint16_t *)w)[i]);
}

// The 32 sums of which the last n % 32 elements still lack their products, and then their sum.
TEMPLATE float finish(const __m256 sums[4], const void *w, const float *x, size_t n, load_one *one)
{
    float s[32];
    UNROLLED for (int j = 0; j < 4; j++) _mm256_storeu_ps(s + 8 * j, sums[j]);
    for (size_t i = n / 32 * 32; i < n; i++)
        s[i % 32] = fmaf(one(w, i), x[i], s[i % 32]);
    __m256 a = _mm256_add_ps(_mm256_loadu_ps(s), _mm256_loadu_ps(s + 16));
    __m256 b = _mm256_add_ps(_mm256_loadu_ps(s + 8), _mm256_loadu_ps(s + 24));
    a = _mm256_add_ps(a, b);
    __m128 c = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    c = _mm_add_ps(c, _mm_movehl_ps(c, c));
    return _mm_cvtss_f32(_mm_add_ss(c, _mm_movehdup_ps(c)));
}

TEMPLATE void row_by_some(float *y, size_t y_stride, const char *w, const char *x, size_t x_size,
                          size_t n_x, size_t n, load_eight *eight, load_one *one)
{
    __m256 sums[X_MAX][4];
    UNROLLED for (size_t k = 0; k < 4 * n_x; k++) sums[k / 4][k % 4] = _mm256_setzero_ps();
    for (size_t i = 0; i + 32 <= n; i += 32)
        UNROLLED for (size_t k = 0; k < 4 * n_x; k++)
        {
            const float *x_row = (const void *)(x + k % n_x * x_size);
            size_t j = k / n_x;
            sums[k % n_x][j] = _mm256_fmadd_ps(
                eight(w, i + 8 * j), _mm256_loadu_ps(x_row + i + 8 * j), sums[k % n_x][j]);
        }
    UNROLLED for (size_t k = 0; k < n_x; k++) y[k * y_stride] =
        finish(sums[k], w, (const void *)(x + k * x_size), n, one);
}

// Decoding: the next weights are asked for, `ahead` bytes on.
TEMPLATE void rows_float(float *y, const char *w, size_t row_size, size_t n_rows, const char *x,
                         size_t n, load_eight *eight, load_one *one)
{
    const size_t ahead = 4096;
    for (size_t r = 0; r < n_rows; r++, w += row_size) {
        for (size_t at = 0; at < row_size; at += 64)
            _mm_prefetch(w + ahead + at, _MM_HINT_T0);
        row_by_some(y + r, 0, w, x, 0, 1, n, eight, one);
    }
}

TEMPLATE void tile_float(float *y, size_t y_stride, const char *w, size_t row_size, size_t n_rows,
                         const char *x, size_t x_size, size_t n_x, size_t n, load_eight *eight,
                         load_one *one)
{
    for (; n_x >= X_MAX; n_x -= X_MAX, x += X_MAX * x_size, y += X_MAX * y_stride)
        for (size_t r = 0; r < n_rows; r++)
            row_by_some(y + r, y_stride, w + r * row_size, x, x_size, X_MAX, n, eight, one);
    for (size_t r = 0; n_x == 2 && r < n_rows; r++)
        row_by_some(y + r, y_stride, w + r * row_size, x, x_size, 2, n, eight, one);
    for (size_t r = 0; n_x == 1 && r < n_rows; r++)
        row_by_some(y + r, y_stride, w + r * row_size, x, x_size, 1, n, eight, one);
}

#define PRODUCTS(name)                                                                             \
    static void rows_##name(float *y, const void *w, size_t row_size, size_t n_rows,               \
                            const void *x, size_t n_in)                                            \
    {                                                                                              \
        rows_float(y, w, row_size, n_rows, x, n_in, eight_##name, one_##name);                     \
    }                                                                                              \
    static void tile_##name(float *y, size_t y_stride, const void *w, size_t row_size,             \
                            size_t n_rows, const void *x, size_t x_size, size_t n_x, size_t n_in)  \
    {                                                                                              \
        tile_float(y, y_stride, w, row_size, n_rows, x, x_size, n_x, n_in, eight_##name,           \
                   one_##name);                                                                    \
    }
PRODUCTS(f32)
PRODUCTS(f16)
PRODUCTS(bf16)

void fill_floats_avx2(struct kernels *kernels)
{
    kernels->formats[DTYPE_F32] = (struct format_kernels){X_F32, rows_f32, tile_f32};
    kernels->formats[DTYPE_F16] = (struct format_kernels){X_F32, rows_f16, tile_f16};
    kernels->formats[DTYPE_BF16] = (struct format_kernels){X_F32, rows_bf16, tile_bf16};
}
