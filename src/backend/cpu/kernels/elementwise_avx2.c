// elementwise_avx2.c - norms, sums, gates, the short convolution, and conversions of rows.
#include <math.h>

#include "backend/cpu/kernels/exp_avx2.h"
#include "backend/cpu/kernels/formats_32_avx2.h"
#include "backend/cpu/kernels/layers.h"

// ---- norm ----

TEMPLATE float sum_of_squares(const float *x, size_t n)
{
    __m256 sums[4];
    float s[32];
    UNROLLED for (int j = 0; j < 4; j++) sums[j] = _mm256_setzero_ps();
    size_t i = 0;
    for (; i + 32 <= n; i += 32)
        UNROLLED for (size_t j = 0; j < 4; j++)
        {
            __m256 v = _mm256_loadu_ps(x + i + 8 * j);
            sums[j] = _mm256_fmadd_ps(v, v, sums[j]);
        }
    UNROLLED for (int j = 0; j < 4; j++) _mm256_storeu_ps(s + 8 * j, sums[j]);
    for (; i < n; i++)
        s[i % 32] = fmaf(x[i], x[i], s[i % 32]);
    for (int half = 16; half; half /= 2)
        for (int j = 0; j < half; j++)
            s[j] += s[j + half];
    return s[0];
}

static void norm(float *y, const float *x, const float *weight, size_t n, float eps)
{
    float scale = 1.0f / sqrtf(sum_of_squares(x, n) / (float)n + eps);
    __m256 scales = _mm256_set1_ps(scale);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256 v = _mm256_mul_ps(_mm256_loadu_ps(x + i), scales);
        _mm256_storeu_ps(y + i, weight ? _mm256_mul_ps(v, _mm256_loadu_ps(weight + i)) : v);
    }
    for (; i < n; i++)
        y[i] = weight ? x[i] * scale * weight[i] : x[i] * scale;
}

// ---- element by element ----

static void add(float *y, const float *x, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(y + i, _mm256_add_ps(_mm256_loadu_ps(y + i), _mm256_loadu_ps(x + i)));
    for (; i < n; i++)
        y[i] += x[i];
}

static void add_scaled(float *y, const float *x, float scale, size_t n)
{
    __m256 scales = _mm256_set1_ps(scale);
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(y + i,
                         _mm256_fmadd_ps(_mm256_loadu_ps(x + i), scales, _mm256_loadu_ps(y + i)));
    for (; i < n; i++)
        y[i] = fmaf(x[i], scale, y[i]);
}

static void gate(float *y, const float *gate_x, const float *up, size_t n, enum activation act)
{
    for (size_t i = 0; i < n; i += 8) {
        size_t n_here = n - i < 8 ? n - i : 8;
        __m256 g = load_floats(gate_x + i, n_here);
        __m256 divisor = act == ACT_SILU ? sigmoid_divisor_eight(g) : gelu_divisor_eight(g);
        __m256 v = _mm256_mul_ps(_mm256_div_ps(g, divisor), load_floats(up + i, n_here));
        store_floats(y + i, v, n_here);
    }
}

static void gate_sigmoid(float *y, const float *gate_x, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        size_t n_here = n - i < 8 ? n - i : 8;
        __m256 divisor = sigmoid_divisor_eight(load_floats(gate_x + i, n_here));
        store_floats(y + i, _mm256_div_ps(load_floats(y + i, n_here), divisor), n_here);
    }
}

// ---- convolution: eight channels at a time, their window and weights in registers or close by ----

enum { TAPS_MAX = 8 };

// The weights [n channels][taps] of up to eight channels, tap by tap.
TEMPLATE void load_taps(__m256 weights[TAPS_MAX], const float *weight, size_t n, size_t taps)
{
    for (size_t tap = 0; tap < taps; tap++) {
        float column[8] = {0};
        for (size_t c = 0; c < n; c++)
            column[c] = weight[c * taps + tap];
        weights[tap] = _mm256_loadu_ps(column);
    }
}

TEMPLATE void conv_eight(float *out, size_t out_stride, const float *u, size_t stride, size_t n,
                         size_t n_channels, float *window, size_t window_stride,
                         const float *weight, size_t taps)
{
    __m256 inputs[TAPS_MAX], weights[TAPS_MAX];
    load_taps(weights, weight, n_channels, taps);
    UNROLLED for (size_t i = 0; i + 1 < taps; i++) inputs[i + 1] =
        load_floats(window + i * window_stride, n_channels);
    for (size_t t = 0; t < n; t++) {
        UNROLLED for (size_t i = 0; i + 1 < taps; i++) inputs[i] = inputs[i + 1];
        inputs[taps - 1] = load_floats(u + t * stride, n_channels);
        __m256 sum = _mm256_setzero_ps();
        UNROLLED for (size_t tap = 0; tap < taps; tap++) sum =
            _mm256_fmadd_ps(weights[tap], inputs[tap], sum);
        store_floats(out + t * out_stride, _mm256_div_ps(sum, sigmoid_divisor_eight(sum)),
                     n_channels);
    }
    UNROLLED for (size_t i = 0; i + 1 < taps; i++)
        store_floats(window + i * window_stride, inputs[i + 1], n_channels);
}

static void conv_silu(float *out, size_t out_stride, const float *u, size_t stride, size_t n,
                      size_t n_channels, float *window, size_t window_stride, const float *weight,
                      size_t taps)
{
    for (size_t c = 0; c < n_channels; c += 8) {
        size_t n_here = n_channels - c < 8 ? n_channels - c : 8;
        if (taps == 4 && n_here == 8) // what the models have
            conv_eight(out + c, out_stride, u + c, stride, n, 8, window + c, window_stride,
                       weight + c * 4, 4);
        else
            conv_eight(out + c, out_stride, u + c, stride, n, n_here, window + c, window_stride,
                       weight + c * taps, taps);
    }
}

// ---- conversions ----

static void dequantize_f16(float *values, const void *blocks, size_t n)
{
    const uint16_t *halves = blocks;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(values + i, _mm256_cvtph_ps(load_128(halves + i)));
    for (; i < n; i++)
        values[i] = f16_to_f32(halves[i]);
}

static void dequantize_bf16(float *values, const void *blocks, size_t n)
{
    const uint16_t *halves = blocks;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        store_256(values + i, _mm256_slli_epi32(_mm256_cvtepu16_epi32(load_128(halves + i)), 16));
    for (; i < n; i++)
        values[i] = bf16_to_f32(halves[i]);
}

static void quantize_f16(void *blocks, const float *values, size_t n)
{
    uint16_t *halves = blocks;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm_storeu_si128((void *)(halves + i),
                         _mm256_cvtps_ph(_mm256_loadu_ps(values + i), _MM_FROUND_TO_NEAREST_INT));
    for (; i < n; i++)
        halves[i] = f32_to_f16(values[i]);
}

// Signed quants of a block times its scale.
TEMPLATE void scale_32(float *values, __m256i quants, float d)
{
    int8_t q[32];
    store_256(q, quants);
    UNROLLED for (int i = 0; i < 4; i++)
    {
        __m256i wide = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const void *)(q + 8 * i)));
        _mm256_storeu_ps(values + 8 * i,
                         _mm256_mul_ps(_mm256_cvtepi32_ps(wide), _mm256_set1_ps(d)));
    }
}

static void dequantize_q8_0(float *values, const void *blocks, size_t n)
{
    for (const struct block_q8_0 *b = blocks; n; n -= 32, b++, values += 32)
        scale_32(values, quants_q8_0(b), f16_to_f32(b->d));
}
static void dequantize_q5_0(float *values, const void *blocks, size_t n)
{
    for (const struct block_q5_0 *b = blocks; n; n -= 32, b++, values += 32)
        scale_32(values, _mm256_sub_epi8(quants_q5_0(b), _mm256_set1_epi8(16)), f16_to_f32(b->d));
}
static void dequantize_q4_0(float *values, const void *blocks, size_t n)
{
    for (const struct block_q4_0 *b = blocks; n; n -= 32, b++, values += 32)
        scale_32(values, _mm256_sub_epi8(quants_q4_0(b), _mm256_set1_epi8(8)), f16_to_f32(b->d));
}

void fill_elementwise_avx2(struct kernels *kernels)
{
    kernels->norm = norm;
    kernels->add = add;
    kernels->add_scaled = add_scaled;
    kernels->gate = gate;
    kernels->gate_sigmoid = gate_sigmoid;
    kernels->conv_silu = conv_silu;
    kernels->dequantize[DTYPE_F16] = dequantize_f16;
    kernels->dequantize[DTYPE_BF16] = dequantize_bf16;
    kernels->dequantize[DTYPE_Q8_0] = dequantize_q8_0;
    kernels->dequantize[DTYPE_Q5_0] = dequantize_q5_0;
    kernels->dequantize[DTYPE_Q4_0] = dequantize_q4_0;
    kernels->quantize_kv[DTYPE_F16] = quantize_f16;
}
