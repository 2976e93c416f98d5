// elementwise_scalar.c - norms, sums, gates, the short convolution, and conversions of rows.
#include <math.h>
#include <string.h>

#include "backend/cpu/kernels/exp.h"
#include "backend/cpu/kernels/layers.h"

// The sum of squares follows the definition of float products: 32 partial sums, added pairwise.
static float sum_of_squares(const float *x, size_t n)
{
    float sums[32] = {0};
    for (size_t i = 0; i < n; i++)
        sums[i % 32] = fmaf(x[i], x[i], sums[i % 32]);
    for (int half = 16; half; half /= 2)
        for (int j = 0; j < half; j++)
            sums[j] += sums[j + half];
    return sums[0];
}

static void norm(float *y, const float *x, const float *weight, size_t n, float eps)
{
    float scale = 1.0f / sqrtf(sum_of_squares(x, n) / (float)n + eps);
    for (size_t i = 0; i < n; i++)
        y[i] = weight ? x[i] * scale * weight[i] : x[i] * scale;
}

static void add(float *y, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += x[i];
}

static void add_scaled(float *y, const float *x, float scale, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = fmaf(x[i], scale, y[i]);
}

static void gate(float *y, const float *gate_x, const float *up, size_t n, enum activation act)
{
    for (size_t i = 0; i < n; i++) {
        float g = gate_x[i];
        y[i] = g / (act == ACT_SILU ? sigmoid_divisor(g) : gelu_divisor(g)) * up[i];
    }
}

static void gate_sigmoid(float *y, const float *gate_x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] /= sigmoid_divisor(gate_x[i]);
}

// The window's inputs, then the tokens', are one sequence; output t ends at its element
// taps - 1 + t.
static float conv_input(const float *window, size_t window_stride, const float *u, size_t stride,
                        size_t n_window, size_t i)
{
    return i < n_window ? window[i * window_stride] : u[(i - n_window) * stride];
}

static void conv_channel(float *out, size_t out_stride, const float *u, size_t stride, size_t n,
                         float *window, size_t window_stride, const float *weight, size_t taps)
{
    size_t n_window = taps - 1;
    for (size_t t = 0; t < n; t++) {
        float sum = 0;
        for (size_t tap = 0; tap < taps; tap++)
            sum = fmaf(weight[tap], conv_input(window, window_stride, u, stride, n_window, t + tap),
                       sum);
        out[t * out_stride] = sum / sigmoid_divisor(sum);
    }
    for (size_t i = 0; i < n_window; i++) // oldest first, so each is read before it is overwritten
        window[i * window_stride] = conv_input(window, window_stride, u, stride, n_window, n + i);
}

static void conv_silu(float *out, size_t out_stride, const float *u, size_t stride, size_t n,
                      size_t n_channels, float *window, size_t window_stride, const float *weight,
                      size_t taps)
{
    for (size_t c = 0; c < n_channels; c++)
        conv_channel(out + c, out_stride, u + c, stride, n, window + c, window_stride,
                     weight + c * taps, taps);
}

void fill_elementwise_scalar(struct kernels *kernels)
{
    for (uint32_t id = 0; id < DTYPE_COUNT; id++) {
        const struct dtype_info *info = dtype_find(id);
        kernels->dequantize[id] = info ? info->dequantize : NULL;
        kernels->quantize_kv[id] = info ? info->quantize : NULL;
    }
    kernels->norm = norm;
    kernels->add = add;
    kernels->add_scaled = add_scaled;
    kernels->gate = gate;
    kernels->gate_sigmoid = gate_sigmoid;
    kernels->conv_silu = conv_silu;
}
