// kernels_data.h - weights, activations and kernel tables for the tests of the CPU kernels.
#ifndef HEARTH_TESTS_BACKEND_KERNELS_DATA_H
#define HEARTH_TESTS_BACKEND_KERNELS_DATA_H

#include <math.h>

#include "backend/cpu/kernels.h"
#include "base/memory.h"
#include "base/os.h"
#include "tensor/half.h"
#include "tests/test.h"

// ---- numbers ----

static uint64_t test_seed = 0x9e3779b97f4a7c15u;

static inline uint32_t random_u32(void)
{
    test_seed = test_seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(test_seed >> 32);
}

static inline float random_float(float low, float high)
{
    return low + (high - low) * (float)(random_u32() >> 8) * 0x1p-24f;
}

static inline void fill_random(float *x, size_t n, float low, float high)
{
    for (size_t i = 0; i < n; i++)
        x[i] = random_float(low, high);
}

// ---- kernel tables this machine can run, each named after its highest layer ----

static inline size_t layers_here(struct kernels layers[4])
{
    static const unsigned masks[] = {0, CPU_AVX2 | CPU_FMA | CPU_F16C, CPU_NEON | CPU_DOTPROD,
                                     UINT32_MAX};
    size_t n = 0;
    for (size_t i = 0; i < COUNT_OF(masks); i++) {
        kernels_select(&layers[n], masks[i] & os_cpu_features());
        bool is_new = true;
        for (size_t j = 0; j < n; j++)
            is_new &= strcmp(layers[n].name, layers[j].name) != 0;
        n += is_new;
    }
    return n;
}

// ---- weights: any bytes are valid quants; the float fields get sane values ----

struct weight_format {
    enum dtype dtype;
    int d, dmin; // byte offsets of f16 fields in a block, -1 where there is none
};

static const struct weight_format weight_formats[] = {
    {DTYPE_Q4_0, 0, -1},    {DTYPE_Q4_1, 0, 2},     {DTYPE_Q5_0, 0, -1},   {DTYPE_Q5_1, 0, 2},
    {DTYPE_Q8_0, 0, -1},    {DTYPE_IQ4_NL, 0, -1},  {DTYPE_MXFP4, -1, -1}, {DTYPE_Q2_K, 80, 82},
    {DTYPE_Q3_K, 108, -1},  {DTYPE_Q4_K, 0, 2},     {DTYPE_Q5_K, 0, 2},    {DTYPE_Q6_K, 208, -1},
    {DTYPE_IQ4_XS, 0, -1},  {DTYPE_IQ2_XXS, 0, -1}, {DTYPE_IQ2_XS, 0, -1}, {DTYPE_IQ2_S, 0, -1},
    {DTYPE_IQ3_XXS, 0, -1}, {DTYPE_IQ3_S, 0, -1},   {DTYPE_IQ1_S, 0, -1},  {DTYPE_IQ1_M, -1, -1},
};

static inline void set_f16(unsigned char *bytes, float value)
{
    uint16_t half = f32_to_f16(value);
    memcpy(bytes, &half, sizeof half);
}

static inline void set_scales(const struct weight_format *format, unsigned char *block)
{
    if (format->d >= 0)
        set_f16(block + format->d, random_float(-0.02f, 0.02f));
    if (format->dmin >= 0)
        set_f16(block + format->dmin, random_float(-0.02f, 0.02f));
    if (format->dtype == DTYPE_MXFP4)
        block[0] = (unsigned char)(116 + random_u32() % 10);
    if (format->dtype == DTYPE_IQ1_M) { // the f16's nibbles are the top ones of four words
        uint16_t half = f32_to_f16(random_float(0.001f, 0.02f));
        for (int i = 0; i < 4; i++)
            block[49 + 2 * i] =
                (unsigned char)((block[49 + 2 * i] & 15) | (half >> 4 * i & 15) << 4);
    }
}

// n_rows rows of n_in values; quants are `fill` bytes, or random where fill is -1.  For free().
static inline unsigned char *make_weights(const struct weight_format *format, size_t n_rows,
                                          size_t n_in, int fill)
{
    const struct dtype_info *info = dtype_get(format->dtype);
    size_t size = n_rows * dtype_row_size(info, n_in);
    unsigned char *bytes = malloc(size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(fill < 0 ? random_u32() : (uint32_t)fill);
    for (size_t at = 0; at < size; at += info->block_size)
        set_scales(format, bytes + at);
    return bytes;
}

// n_rows activation rows quantised by the scalar layer.  For free().
static inline unsigned char *make_activations(enum x_format x_format, const float *x, size_t n_rows,
                                              size_t n_in)
{
    struct kernels scalar;
    kernels_select(&scalar, 0);
    size_t size = x_row_size(x_format, n_in);
    unsigned char *rows = malloc(n_rows * size);
    for (size_t i = 0; i < n_rows; i++)
        scalar.quantize[x_format](rows + i * size, x + i * n_in, n_in);
    return rows;
}

static inline void check_same_bits(const float *a, const float *b, size_t n, const char *what)
{
    for (size_t i = 0; i < n; i++)
        if (f32_bits(a[i]) != f32_bits(b[i]))
            fail_msg("%s: value %zu is %.9g, not %.9g", what, i, (double)b[i], (double)a[i]);
}

#endif
