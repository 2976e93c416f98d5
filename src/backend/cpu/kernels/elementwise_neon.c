// elementwise_neon.c - norms, sums, gates, the short convolution, and activations in 8 bits.
#include <math.h>
#include <stdbool.h>

#include "backend/cpu/kernels/exp_neon.h"
#include "backend/cpu/kernels/layers.h"

// ---- activations ----

// The largest magnitude of n values, a multiple of 4, as its bits: NaN is above infinity.
TEMPLATE uint32_t max_bits(const float *x, size_t n)
{
    uint32x4_t max = vdupq_n_u32(0);
    for (size_t i = 0; i < n; i += 4)
        max = vmaxq_u32(max, vreinterpretq_u32_f32(vabsq_f32(vld1q_f32(x + i))));
    return vmaxvq_u32(max);
}

TEMPLATE float block_scale(uint32_t bits, bool *is_zero)
{
    float max = f32_from_bits(bits);
    *is_zero = bits >= 0x7f800000 || max < X_MAX_TINY;
    return max < X_MAX_TINY ? 0 : max / 127;
}

// Sixteen quants.
TEMPLATE int8x16_t quantize_16(const float *x, float d, bool is_zero)
{
    int32x4_t q[4];
    if (is_zero)
        return vdupq_n_s8(0);
    UNROLLED for (int i = 0; i < 4; i++) q[i] =
        vcvtnq_s32_f32(vdivq_f32(vld1q_f32(x + 4 * i), vdupq_n_f32(d)));
    return vcombine_s8(vmovn_s16(vcombine_s16(vmovn_s32(q[0]), vmovn_s32(q[1]))),
                       vmovn_s16(vcombine_s16(vmovn_s32(q[2]), vmovn_s32(q[3]))));
}

static void quantize_q8_32(void *x_q, const float *x, size_t n)
{
    for (struct x_q8_32 *block = x_q; n; n -= 32, x += 32, block++) {
        bool is_zero;
        block->d = block_scale(max_bits(x, 32), &is_zero);
        int8x16_t q_0 = quantize_16(x, block->d, is_zero);
        int8x16_t q_1 = quantize_16(x + 16, block->d, is_zero);
        vst1q_s8(block->q, q_0);
        vst1q_s8(block->q + 16, q_1);
        block->sum = vaddlvq_s8(q_0) + vaddlvq_s8(q_1);
    }
}

static void quantize_q8_256(void *x_q, const float *x, size_t n)
{
    for (struct x_q8_256 *block = x_q; n; n -= 256, block++) {
        bool is_zero;
        block->d = block_scale(max_bits(x, 256), &is_zero);
        for (int g = 0; g < 16; g++, x += 16) {
            int8x16_t q = quantize_16(x, block->d, is_zero);
            vst1q_s8(block->q + 16 * g, q);
            block->sums[g] = vaddlvq_s8(q);
        }
    }
}

// ---- norm ----

static float sum_of_squares(const float *x, size_t n)
{
    float32x4_t sums[8];
    float s[32];
    UNROLLED for (int j = 0; j < 8; j++) sums[j] = vdupq_n_f32(0);
    size_t i = 0;
    for (; i + 32 <= n; i += 32)
        UNROLLED for (size_t j = 0; j < 8; j++)
        {
            float32x4_t v = vld1q_f32(x + i + 4 * j);
            sums[j] = vfmaq_f32(sums[j], v, v);
        }
    UNROLLED for (int j = 0; j < 8; j++) vst1q_f32(s + 4 * j, sums[j]);
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
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        float32x4_t v = vmulq_n_f32(vld1q_f32(x + i), scale);
        vst1q_f32(y + i, weight ? vmulq_f32(v, vld1q_f32(weight + i)) : v);
    }
    for (; i < n; i++)
        y[i] = weight ? x[i] * scale * weight[i] : x[i] * scale;
}

// ---- element by element ----

static void add(float *y, const float *x, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        vst1q_f32(y + i, vaddq_f32(vld1q_f32(y + i), vld1q_f32(x + i)));
    for (; i < n; i++)
        y[i] += x[i];
}

static void add_scaled(float *y, const float *x, float scale, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        vst1q_f32(y + i, vfmaq_n_f32(vld1q_f32(y + i), vld1q_f32(x + i), scale));
    for (; i < n; i++)
        y[i] = fmaf(x[i], scale, y[i]);
}

static void gate(float *y, const float *gate_x, const float *up, size_t n, enum activation act)
{
    for (size_t i = 0; i < n; i += 4) {
        size_t n_here = n - i < 4 ? n - i : 4;
        float32x4_t g = load_floats(gate_x + i, n_here);
        float32x4_t divisor = act == ACT_SILU ? sigmoid_divisor_four(g) : gelu_divisor_four(g);
        store_floats(y + i, vmulq_f32(vdivq_f32(g, divisor), load_floats(up + i, n_here)), n_here);
    }
}

static void gate_sigmoid(float *y, const float *gate_x, size_t n)
{
    for (size_t i = 0; i < n; i += 4) {
        size_t n_here = n - i < 4 ? n - i : 4;
        float32x4_t divisor = sigmoid_divisor_four(load_floats(gate_x + i, n_here));
        store_floats(y + i, vdivq_f32(load_floats(y + i, n_here), divisor), n_here);
    }
}

// ---- convolution: four channels at a time ----

enum { TAPS_MAX = 8 };

TEMPLATE void conv_four(float *out, size_t out_stride, const float *u, size_t stride, size_t n,
                        size_t n_channels, float *window, size_t window_stride, const float *weight,
                        size_t taps)
{
    float32x4_t inputs[TAPS_MAX], weights[TAPS_MAX];
    for (size_t tap = 0; tap < taps; tap++) {
        float column[4] = {0};
        for (size_t c = 0; c < n_channels; c++)
            column[c] = weight[c * taps + tap];
        weights[tap] = vld1q_f32(column);
    }
    UNROLLED for (size_t i = 0; i + 1 < taps; i++) inputs[i + 1] =
        load_floats(window + i * window_stride, n_channels);
    for (size_t t = 0; t < n; t++) {
        UNROLLED for (size_t i = 0; i + 1 < taps; i++) inputs[i] = inputs[i + 1];
        inputs[taps - 1] = load_floats(u + t * stride, n_channels);
        float32x4_t sum = vdupq_n_f32(0);
        UNROLLED for (size_t tap = 0; tap < taps; tap++) sum =
            vfmaq_f32(sum, weights[tap], inputs[tap]);
        store_floats(out + t * out_stride, vdivq_f32(sum, sigmoid_divisor_four(sum)), n_channels);
    }
    UNROLLED for (size_t i = 0; i + 1 < taps; i++)
        store_floats(window + i * window_stride, inputs[i + 1], n_channels);
}

static void conv_silu(float *out, size_t out_stride, const float *u, size_t stride, size_t n,
                      size_t n_channels, float *window, size_t window_stride, const float *weight,
                      size_t taps)
{
    for (size_t c = 0; c < n_channels; c += 4) {
        size_t n_here = n_channels - c < 4 ? n_channels - c : 4;
        if (taps == 4 && n_here == 4) // what the models have
            conv_four(out + c, out_stride, u + c, stride, n, 4, window + c, window_stride,
                      weight + c * 4, 4);
        else
            conv_four(out + c, out_stride, u + c, stride, n, n_here, window + c, window_stride,
                      weight + c * taps, taps);
    }
}

void fill_elementwise_neon(struct kernels *kernels)
{
    kernels->quantize[X_Q8_32] = quantize_q8_32;
    kernels->quantize[X_Q8_256] = quantize_q8_256;
    kernels->norm = norm;
    kernels->add = add;
    kernels->add_scaled = add_scaled;
    kernels->gate = gate;
    kernels->gate_sigmoid = gate_sigmoid;
    kernels->conv_silu = conv_silu;
}
