// floats_neon.c - products with F32, F16 and BF16 weights: one weight row with two activation rows.
#include <arm_neon.h>
#include <math.h>
#include <string.h>

#include "backend/cpu/kernels/layers.h"
#include "tensor/half.h"

#define TEMPLATE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("GCC unroll 16")

enum { X_MAX = 2 };

typedef float32x4_t load_four(const void *w, size_t i);
typedef float load_one(const void *w, size_t i);

TEMPLATE float32x4_t four_f32(const void *w, size_t i)
{
    return vld1q_f32((const float *)w + i);
}
TEMPLATE float32x4_t four_f16(const void *w, size_t i)
{
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16((const uint16_t *)w + i)));
}
TEMPLATE float32x4_t four_bf16(const void *w, size_t i)
{
    return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16((const uint16_t *)w + i), 16));
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

// The 32 sums, of which the last n % 32 elements still lack their products, and then their sum.
TEMPLATE float finish(const float32x4_t sums[8], const void *w, const float *x, size_t n,
                      load_one *one)
{
    float s[32];
    UNROLLED for (int j = 0; j < 8; j++) vst1q_f32(s + 4 * j, sums[j]);
    for (size_t i = n / 32 * 32; i < n; i++)
        s[i % 32] = fmaf(one(w, i), x[i], s[i % 32]);
    for (int half = 16; half; half /= 2)
        for (int j = 0; j < half; j++)
            s[j] += s[j + half];
    return s[0];
}

TEMPLATE void row_by_some(float *y, size_t y_stride, const char *w, const char *x, size_t x_size,
                          size_t n_x, size_t n, load_four *four, load_one *one)
{
    float32x4_t sums[X_MAX][8];
    UNROLLED for (size_t k = 0; k < 8 * n_x; k++) sums[k / 8][k % 8] = vdupq_n_f32(0);
    for (size_t i = 0; i + 32 <= n; i += 32)
        UNROLLED for (size_t k = 0; k < 8 * n_x; k++)
        {
            const float *x_row = (const void *)(x + k % n_x * x_size);
            size_t j = k / n_x;
            sums[k % n_x][j] =
                vfmaq_f32(sums[k % n_x][j], four(w, i + 4 * j), vld1q_f32(x_row + i + 4 * j));
        }
    UNROLLED for (size_t k = 0; k < n_x; k++) y[k * y_stride] =
        finish(sums[k], w, (const void *)(x + k * x_size), n, one);
}

TEMPLATE void tile_float(float *y, size_t y_stride, const char *w, size_t row_size, size_t n_rows,
                         const char *x, size_t x_size, size_t n_x, size_t n, load_four *four,
                         load_one *one)
{
    for (; n_x >= X_MAX; n_x -= X_MAX, x += X_MAX * x_size, y += X_MAX * y_stride)
        for (size_t r = 0; r < n_rows; r++)
            row_by_some(y + r, y_stride, w + r * row_size, x, x_size, X_MAX, n, four, one);
    for (size_t r = 0; n_x == 1 && r < n_rows; r++)
        row_by_some(y + r, y_stride, w + r * row_size, x, x_size, 1, n, four, one);
}

#define PRODUCTS(name)                                                                             \
    static void tile_##name(float *y, size_t y_stride, const void *w, size_t row_size,             \
                            size_t n_rows, const void *x, size_t x_size, size_t n_x, size_t n_in)  \
    {                                                                                              \
        tile_float(y, y_stride, w, row_size, n_rows, x, x_size, n_x, n_in, four_##name,            \
                   one_##name);                                                                    \
    }                                                                                              \
    static void rows_##name(float *y, const void *w, size_t row_size, size_t n_rows,               \
                            const void *x, size_t n_in)                                            \
    {                                                                                              \
        tile_##name(y, 0, w, row_size, n_rows, x, 0, 1, n_in);                                     \
    }
PRODUCTS(f32)
PRODUCTS(f16)
PRODUCTS(bf16)

void fill_floats_neon(struct kernels *kernels)
{
    kernels->formats[DTYPE_F32] = (struct format_kernels){X_F32, rows_f32, tile_f32};
    kernels->formats[DTYPE_F16] = (struct format_kernels){X_F32, rows_f16, tile_f16};
    kernels->formats[DTYPE_BF16] = (struct format_kernels){X_F32, rows_bf16, tile_bf16};
}
