// products_scalar.c - quantised activations and dot products, as kernels.h defines them.
#include <math.h>
#include <string.h>

#include "backend/cpu/kernels/integer_form.h"
#include "backend/cpu/kernels/layers.h"
#include "tensor/blocks.h"
#include "tensor/half.h"

// ---- activations ----

// d of a block, or 0 where its values are too small for d to be a normal float.
static float block_scale(const float *x, int n, float *max)
{
    *max = 0;
    for (int i = 0; i < n; i++)
        *max = fabsf(x[i]) > *max || isnan(x[i]) ? fabsf(x[i]) : *max;
    return *max < X_MAX_TINY ? 0 : *max / 127;
}

static void quantize_values(int8_t *q, const float *x, int n, float d, float max)
{
    for (int i = 0; i < n; i++)
        q[i] = d > 0 && isfinite(max) ? (int8_t)lrintf(x[i] / d) : 0;
}

static int32_t sum_of(const int8_t *q, int n)
{
    int32_t sum = 0;
    for (int i = 0; i < n; i++)
        sum += q[i];
    return sum;
}

static void quantize_f32(void *x_q, const float *x, size_t n)
{
    memcpy(x_q, x, n * sizeof *x);
}

static void quantize_q8_32(void *x_q, const float *x, size_t n)
{
    float max;
    for (struct x_q8_32 *block = x_q; n; n -= 32, x += 32, block++) {
        block->d = block_scale(x, 32, &max);
        quantize_values(block->q, x, 32, block->d, max);
        block->sum = sum_of(block->q, 32);
    }
}

static void quantize_q8_256(void *x_q, const float *x, size_t n)
{
    float max;
    for (struct x_q8_256 *block = x_q; n; n -= 256, x += 256, block++) {
        block->d = block_scale(x, 256, &max);
        quantize_values(block->q, x, 256, block->d, max);
        for (int g = 0; g < 16; g++)
            block->sums[g] = (int16_t)sum_of(block->q + 16 * g, 16);
    }
}

// ---- quantised weights ----

// A weight format, as far as this layer needs it.
struct format {
    unpack_block *unpack;
    size_t block_size;
    int n_values, has_mins;
};

// One block's contribution to a row's sum.
static float add_block(float acc, const struct integer_block *w, int n_groups, int has_mins,
                       float d_x, const int8_t *q, const int32_t *sums)
{
    int32_t isum = 0, msum = 0;
    for (int g = 0; g < n_groups; g++) {
        int32_t dot = 0;
        for (int j = 16 * g; j < 16 * g + 16; j++)
            dot += w->q[j] * q[j];
        isum += w->scales[g] * dot;
    }
    acc = fmaf(w->d * d_x, (float)isum, acc);
    if (!has_mins)
        return acc;
    for (int g = 0; g < n_groups; g++)
        msum += w->mins[g] * sums[g];
    return fmaf(-(w->dmin * d_x), (float)msum, acc);
}

static float add_block_32(float acc, const struct integer_block *w, int has_mins,
                          const struct x_q8_32 *x)
{
    return add_block(acc, w, 2, has_mins, x->d, x->q, (int32_t[]){x->sum, 0});
}

static float add_block_256(float acc, const struct integer_block *w, int has_mins,
                           const struct x_q8_256 *x)
{
    int32_t sums[16];
    for (int g = 0; g < 16; g++)
        sums[g] = x->sums[g];
    return add_block(acc, w, 16, has_mins, x->d, x->q, sums);
}

// All products are this: each block is unpacked once and meets every activation row.
static void multiply(float *y, size_t y_stride, const struct format *format, const void *w,
                     size_t row_size, size_t n_rows, const void *x, size_t x_size, size_t n_x,
                     size_t n_in)
{
    struct integer_block block;
    for (size_t r = 0; r < n_rows; r++) {
        const char *row = (const char *)w + r * row_size;
        for (size_t i = 0; i < n_x; i++)
            y[i * y_stride + r] = 0;
        for (size_t b = 0; b < n_in / (size_t)format->n_values; b++) {
            format->unpack(&block, row + b * format->block_size);
            for (size_t i = 0; i < n_x; i++) {
                const void *x_row = (const char *)x + i * x_size;
                float *acc = &y[i * y_stride + r];
                if (format->n_values == 32)
                    *acc = add_block_32(*acc, &block, format->has_mins,
                                        (const struct x_q8_32 *)x_row + b);
                else
                    *acc = add_block_256(*acc, &block, format->has_mins,
                                         (const struct x_q8_256 *)x_row + b);
            }
        }
    }
}

#define PRODUCTS(dtype, name, n_values, has_mins)                                                  \
    static const struct format format_##name = {unpack_##name, sizeof(struct block_##name),        \
                                                n_values, has_mins};                               \
    static void rows_##name(float *y, const void *w, size_t row_size, size_t n_rows,               \
                            const void *x, size_t n_in)                                            \
    {                                                                                              \
        multiply(y, 0, &format_##name, w, row_size, n_rows, x, 0, 1, n_in);                        \
    }                                                                                              \
    static void tile_##name(float *y, size_t y_stride, const void *w, size_t row_size,             \
                            size_t n_rows, const void *x, size_t x_size, size_t n_x, size_t n_in)  \
    {                                                                                              \
        multiply(y, y_stride, &format_##name, w, row_size, n_rows, x, x_size, n_x, n_in);          \
    }
INTEGER_FORMATS(PRODUCTS)

// ---- F32, F16 and BF16 weights ----

static float load_f32(const void *w, size_t i)
{
    return ((const float *)w)[i];
}
static float load_f16(const void *w, size_t i)
{
    return f16_to_f32(((const uint16_t *)w)[i]);
}
static float load_bf16(const void *w, size_t i)
{
    return bf16_to_f32(((const uint16_t *)w)[i]);
}

static float dot_floats(float (*load)(const void *, size_t), const void *w, const float *x,
                        size_t n)
{
    float sums[32] = {0};
    for (size_t i = 0; i < n; i++)
        sums[i % 32] = fmaf(load(w, i), x[i], sums[i % 32]);
    for (int half = 16; half; half /= 2)
        for (int j = 0; j < half; j++)
            sums[j] += sums[j + half];
    return sums[0];
}

#define FLOAT_PRODUCTS(name)                                                                       \
    static void tile_##name(float *y, size_t y_stride, const void *w, size_t row_size,             \
                            size_t n_rows, const void *x, size_t x_size, size_t n_x, size_t n_in)  \
    {                                                                                              \
        for (size_t r = 0; r < n_rows; r++)                                                        \
            for (size_t i = 0; i < n_x; i++)                                                       \
                y[i * y_stride + r] =                                                              \
                    dot_floats(load_##name, (const char *)w + r * row_size,                        \
                               (const void *)((const char *)x + i * x_size), n_in);                \
    }                                                                                              \
    static void rows_##name(float *y, const void *w, size_t row_size, size_t n_rows,               \
                            const void *x, size_t n_in)                                            \
    {                                                                                              \
        tile_##name(y, 0, w, row_size, n_rows, x, 0, 1, n_in);                                     \
    }
FLOAT_PRODUCTS(f32)
FLOAT_PRODUCTS(f16)
FLOAT_PRODUCTS(bf16)

void fill_products_scalar(struct kernels *kernels)
{
    kernels->quantize[X_F32] = quantize_f32;
    kernels->quantize[X_Q8_32] = quantize_q8_32;
    kernels->quantize[X_Q8_256] = quantize_q8_256;

    kernels->formats[DTYPE_F32] = (struct format_kernels){X_F32, rows_f32, tile_f32};
    kernels->formats[DTYPE_F16] = (struct format_kernels){X_F32, rows_f16, tile_f16};
    kernels->formats[DTYPE_BF16] = (struct format_kernels){X_F32, rows_bf16, tile_bf16};
#define FILL(dtype, name, n_values, has_mins)                                                      \
    kernels->formats[DTYPE_##dtype] =                                                              \
        (struct format_kernels){(n_values) == 32 ? X_Q8_32 : X_Q8_256, rows_##name, tile_##name};
    INTEGER_FORMATS(FILL)
}
