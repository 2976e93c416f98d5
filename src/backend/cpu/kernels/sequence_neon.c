// sequence_neon.c - attention over a page and the delta rule, in the order of sequence_scalar.c:
// eight partial sums are two registers, `low` for elements 0-3 of eight and `high` for 4-7.
#include <math.h>
#include <stdbool.h>

#include "backend/cpu/kernels/exp_neon.h"
#include "backend/cpu/kernels/layers.h"

struct eight {
    float32x4_t low, high;
};

TEMPLATE struct eight load_eight(const float *x)
{
    return (struct eight){vld1q_f32(x), vld1q_f32(x + 4)};
}
TEMPLATE struct eight zero_eight(void)
{
    return (struct eight){vdupq_n_f32(0), vdupq_n_f32(0)};
}
TEMPLATE struct eight fma_eight(struct eight a, struct eight b, struct eight acc)
{
    return (struct eight){vfmaq_f32(acc.low, a.low, b.low), vfmaq_f32(acc.high, a.high, b.high)};
}
TEMPLATE float sum_eight(struct eight v)
{
    float32x4_t pairs = vpaddq_f32(v.low, v.high), fours = vpaddq_f32(pairs, pairs);
    return vpadds_f32(vget_low_f32(fours));
}

// ---- attention ----

// Scores of four keys for one row, or of the first one only.
TEMPLATE void some_scores(float *scores, const float *q, const float *k, size_t n_keys,
                          size_t head_dim, float scale)
{
    struct eight sums[4];
    UNROLLED for (size_t a = 0; a < n_keys; a++) sums[a] = zero_eight();
    for (size_t i = 0; i < head_dim; i += 8)
        UNROLLED for (size_t a = 0; a < n_keys; a++) sums[a] =
            fma_eight(load_eight(k + a * head_dim + i), load_eight(q + i), sums[a]);
    UNROLLED for (size_t a = 0; a < n_keys; a++) scores[a] = scale * sum_eight(sums[a]);
}

TEMPLATE float max_score(const float *p, const struct attend_row *row)
{
    float max = row->max;
    for (uint32_t j = row->first; j < row->end; j++)
        max = max > p[j] ? max : p[j];
    return max;
}

// Scores to weights in place, 0 outside [first, end); p is padded to whole eights.
TEMPLATE float weights_of(float p[KV_PAGE_TOKENS], uint32_t first, uint32_t end, float max)
{
    struct eight sums = zero_eight();
    for (uint32_t j = first / 8 * 8; j < end; j += 8) {
        float32x4_t low = exp_four(vsubq_f32(vld1q_f32(p + j), vdupq_n_f32(max)));
        float32x4_t high = exp_four(vsubq_f32(vld1q_f32(p + j + 4), vdupq_n_f32(max)));
        vst1q_f32(p + j, low);
        vst1q_f32(p + j + 4, high);
        for (uint32_t i = j; i < j + 8; i++)
            if (i < first || i >= end)
                p[i] = 0;
        sums.low = vaddq_f32(sums.low, vld1q_f32(p + j));
        sums.high = vaddq_f32(sums.high, vld1q_f32(p + j + 4));
    }
    return sum_eight(sums);
}

// o = o * rescale + sum of p[j] v[j], for `width` registers of four from `at` on.
TEMPLATE void add_values(const struct attend_row *row, const float *p, bool is_new, float rescale,
                         const float *v, size_t head_dim, size_t at, size_t width)
{
    float32x4_t o[8];
    UNROLLED for (size_t c = 0; c < width; c++) o[c] =
        is_new ? vdupq_n_f32(0) : vmulq_n_f32(vld1q_f32(row->o + at + 4 * c), rescale);
    for (uint32_t j = row->first; j < row->end; j++)
        UNROLLED for (size_t c = 0; c < width; c++) o[c] =
            vfmaq_n_f32(o[c], vld1q_f32(v + j * head_dim + at + 4 * c), p[j]);
    UNROLLED for (size_t c = 0; c < width; c++) vst1q_f32(row->o + at + 4 * c, o[c]);
}

static void attend_one(struct attend_row *row, const float *k, const float *v, size_t head_dim,
                       float scale)
{
    float p[KV_PAGE_TOKENS] = {0};
    uint32_t j = row->first;
    for (; j + 4 <= row->end; j += 4)
        some_scores(p + j, row->q, k + j * head_dim, 4, head_dim, scale);
    for (; j < row->end; j++)
        some_scores(p + j, row->q, k + j * head_dim, 1, head_dim, scale);
    float max = max_score(p, row), rescale = exp_f32(row->max - max);
    bool is_new = row->max == -INFINITY;
    row->sum = fmaf(row->sum, rescale, weights_of(p, row->first, row->end, max));
    row->max = max;
    size_t at = 0;
    for (; at + 32 <= head_dim; at += 32)
        add_values(row, p, is_new, rescale, v, head_dim, at, 8);
    for (; at < head_dim; at += 8)
        add_values(row, p, is_new, rescale, v, head_dim, at, 2);
}

static void attend_page(struct attend_row *rows, size_t n_q, const float *k, const float *v,
                        size_t head_dim, float scale)
{
    for (size_t i = 0; i < n_q; i++)
        if (rows[i].first < rows[i].end)
            attend_one(&rows[i], k, v, head_dim, scale);
}

// ---- delta rule ----

TEMPLATE void store_eight(float *x, struct eight v)
{
    vst1q_f32(x, v.low);
    vst1q_f32(x + 4, v.high);
}

// One token for n_rows rows of S.
TEMPLATE void delta_some(float *s, size_t n_rows, size_t dim, const float *q, const float *k,
                         const float *v, float decay, float beta, float *out)
{
    struct eight sums[4];
    float r[4];
    UNROLLED for (size_t j = 0; j < n_rows; j++) sums[j] = zero_eight();
    for (size_t i = 0; i < dim; i += 8)
        UNROLLED for (size_t j = 0; j < n_rows; j++)
        {
            struct eight row = load_eight(s + j * dim + i);
            row.low = vmulq_n_f32(row.low, decay);
            row.high = vmulq_n_f32(row.high, decay);
            store_eight(s + j * dim + i, row);
            sums[j] = fma_eight(row, load_eight(k + i), sums[j]);
        }
    UNROLLED for (size_t j = 0; j < n_rows; j++)
    {
        r[j] = beta * (v[j] - sum_eight(sums[j]));
        sums[j] = zero_eight();
    }
    for (size_t i = 0; i < dim; i += 8)
        UNROLLED for (size_t j = 0; j < n_rows; j++)
        {
            struct eight row = load_eight(s + j * dim + i), key = load_eight(k + i);
            row.low = vfmaq_n_f32(row.low, key.low, r[j]);
            row.high = vfmaq_n_f32(row.high, key.high, r[j]);
            store_eight(s + j * dim + i, row);
            sums[j] = fma_eight(row, load_eight(q + i), sums[j]);
        }
    UNROLLED for (size_t j = 0; j < n_rows; j++) out[j] = sum_eight(sums[j]);
}

static void delta_rows(float *s, size_t n_rows, size_t dim, const float *q, const float *k,
                       size_t stride, const float *v, size_t v_stride, const float *decay,
                       const float *beta, size_t gate_stride, float *out, size_t out_stride,
                       size_t n)
{
    // Rows outside, tokens inside: four rows stay in the first-level cache for all tokens.
    for (size_t j = 0; j < n_rows; j += j + 4 <= n_rows ? 4 : 1)
        for (size_t t = 0; t < n; t++) {
            const float *v_t = v + t * v_stride + j;
            float *out_t = out + t * out_stride + j;
            float decay_t = decay[t * gate_stride], beta_t = beta[t * gate_stride];
            if (j + 4 <= n_rows)
                delta_some(s + j * dim, 4, dim, q + t * stride, k + t * stride, v_t, decay_t,
                           beta_t, out_t);
            else
                delta_some(s + j * dim, 1, dim, q + t * stride, k + t * stride, v_t, decay_t,
                           beta_t, out_t);
        }
}

void fill_sequence_neon(struct kernels *kernels)
{
    kernels->attend_page = attend_page;
    kernels->delta_rows = delta_rows;
}
