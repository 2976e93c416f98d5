// kernels.h - the inner loops of the CPU backend, chosen at run time.
//
// The scalar layer is complete and defines each operation; faster layers override what they do
// better (kernels.c lists them).  Kernels have no policy: no threads, no allocation, no tiling.
//
// How a product with quantised weights is defined.  An activation row is quantised per block of 32
// (Q8_32) or 256 (Q8_256) values: d = max|x| / 127, q = x / d rounded half to even.  Blocks too small
// for a normal d are zeros; infinities and NaNs go into d, with q = 0, so that they show in y.
// Every weight format is integers in disguise: value = d * scale[group] * q (- dmin * min[group]),
// with q an int8 and scales small integers.  Within a block the dot product is therefore an exact
// i32, in whatever order it is summed; across blocks of a row, floats are accumulated one after the
// other:
//     acc = fma(d_w * d_x, (float)isum, acc), then, where the format has mins,
//     acc = fma(-(dmin_w * d_x), (float)msum, acc).
// So every kernel, scalar or wide, one row or many, gives the same bits.
// F32, F16 and BF16 weights take f32 activations: 32 partial sums (element i goes to sum i % 32, by
// fma, in order of i), then added pairwise: s[j] += s[j + 16], then 8, 4, 2, 1.  n may be any number.
//
// The float kernels have one definition as well (the scalar files are it), down to the polynomial of
// exp (kernels/exp.h): every layer gives the same bits for every entry of the table.
#ifndef HEARTH_BACKEND_CPU_KERNELS_H
#define HEARTH_BACKEND_CPU_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "backend/ops.h"
#include "tensor/dtype.h"

enum x_format { X_F32, X_Q8_32, X_Q8_256, X_FORMAT_COUNT };

struct x_q8_32 {
    float d;
    int32_t sum; // of the 32 quants
    int8_t q[32];
};

struct x_q8_256 {
    float d;
    int16_t sums[16]; // of 16 quants each
    int8_t q[256];
};

// Products with one weight format.
struct format_kernels {
    enum x_format x_format;
    // y[r] = row r of w . x, r < n_rows, for one activation row of n_in values.
    void (*rows)(float *y, const void *w, size_t row_size, size_t n_rows, const void *x,
                 size_t n_in);
    // y[i * y_stride + r] = row r of w . x_i, i < n_x: each weight block is read once for all n_x
    // rows, which lie x_size bytes apart.
    void (*tile)(float *y, size_t y_stride, const void *w, size_t row_size, size_t n_rows,
                 const void *x, size_t x_size, size_t n_x, size_t n_in);
};

// One query row of attention while it walks the pages of its keys.
struct attend_row {
    const float *q;      // [head_dim]
    float *o;            // [head_dim], the weighted sum so far, relative to `max`
    float max, sum;      // start as -INFINITY, 0; then o is not read
    uint32_t first, end; // keys [first, end) of this page are visible; empty: untouched
};

struct kernels {
    const char *name; // of the highest layer in use: "scalar", "avx2", "neon"
    struct format_kernels formats[DTYPE_COUNT];
    void (*quantize[X_FORMAT_COUNT])(void *x_q, const float *x, size_t n); // X_F32: copies

    // Rows of cached K or V, or embeddings, to f32.
    void (*dequantize[DTYPE_COUNT])(float *values, const void *blocks, size_t n);
    void (*quantize_kv[DTYPE_COUNT])(void *blocks, const float *values, size_t n);

    // y may be x here, and gate or up.  norm: op_norm's formula; weight NULL means ones.
    void (*norm)(float *y, const float *x, const float *weight, size_t n, float eps);
    void (*add)(float *y, const float *x, size_t n);                     // y += x
    void (*add_scaled)(float *y, const float *x, float scale, size_t n); // y = fma(x, scale, y)
    void (*gate)(float *y, const float *gate, const float *up, size_t n, enum activation act);
    void (*gate_sigmoid)(float *y, const float *gate, size_t n); // y *= sigmoid(gate)

    // One page: scores, online softmax and weighted sum for n_q query rows over the same 64 keys.
    // k and v: [KV_PAGE_TOKENS][head_dim] f32; head_dim is a multiple of 8.  Keys that no row sees are
    // not read.  Rows with the same limits (the heads of one token) are best kept side by side.
    void (*attend_page)(struct attend_row *rows, size_t n_q, const float *k, const float *v,
                        size_t head_dim, float scale);

    // Causal depthwise convolution, then SiLU, over n tokens of `n_channels` channels that lie
    // `stride` floats apart.  window: [taps - 1][window_stride] raw inputs, oldest first, updated.
    // weight: [n_channels][taps], at most 8 taps.
    void (*conv_silu)(float *out, size_t out_stride, const float *u, size_t stride, size_t n,
                      size_t n_channels, float *window, size_t window_stride, const float *weight,
                      size_t taps);

    // Rows j of one head's state S [D][D] (S[j][i], i the key index), for n tokens in order:
    //   s = decay * S[j]; r = beta * (v[j] - s.k); S[j] = s + k r; o[j] = S[j].q.
    // dim is a multiple of 8, rows of S lie one after the other.  k and q of token t start at t *
    // stride, v at t * v_stride, out at t * out_stride.
    void (*delta_rows)(float *s, size_t n_rows, size_t dim, const float *q, const float *k,
                       size_t stride, const float *v, size_t v_stride, const float *decay,
                       const float *beta, size_t gate_stride, float *out, size_t out_stride,
                       size_t n);
};

// Bytes of an activation row of n values.
static inline size_t x_row_size(enum x_format format, size_t n)
{
    return format == X_F32     ? n * sizeof(float)
           : format == X_Q8_32 ? n / 32 * sizeof(struct x_q8_32)
                               : n / 256 * sizeof(struct x_q8_256);
}

// Fills the table for a machine with these features (bits of enum cpu_feature).
void kernels_select(struct kernels *kernels, unsigned features);

#endif
