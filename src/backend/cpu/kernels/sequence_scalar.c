// sequence_scalar.c - what looks at other tokens: attention over a page, and the delta rule.
//
// Dot products here have eight partial sums (element i goes to sum i % 8, by fma, in order of i),
// added as neighbours, then neighbours of neighbours, then halves: what the wide layers get from
// transposing eight registers.
#include <math.h>
#include <string.h>

#include "backend/cpu/kernels/exp.h"
#include "backend/cpu/kernels/layers.h"

static float add_eight(const float s[8])
{
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

static float dot(const float *a, const float *b, size_t n)
{
    float sums[8] = {0};
    for (size_t i = 0; i < n; i++)
        sums[i % 8] = fmaf(a[i], b[i], sums[i % 8]);
    return add_eight(sums);
}

static void attend_one(struct attend_row *row, const float *k, const float *v, size_t head_dim,
                       float scale)
{
    float p[KV_PAGE_TOKENS], max = row->max, sums[8] = {0};
    for (uint32_t j = row->first; j < row->end; j++) {
        p[j] = scale * dot(row->q, k + j * head_dim, head_dim);
        max = max > p[j] ? max : p[j];
    }
    float rescale = exp_f32(row->max - max);
    for (uint32_t j = row->first; j < row->end; j++) {
        p[j] = exp_f32(p[j] - max);
        sums[j % 8] += p[j];
    }
    row->sum = fmaf(row->sum, rescale, add_eight(sums));
    bool is_new = row->max == -INFINITY;
    row->max = max;
    for (size_t i = 0; i < head_dim; i++) {
        float o = is_new ? 0 : row->o[i] * rescale;
        for (uint32_t j = row->first; j < row->end; j++)
            o = fmaf(p[j], v[j * head_dim + i], o);
        row->o[i] = o;
    }
}

static void attend_page(struct attend_row *rows, size_t n_q, const float *k, const float *v,
                        size_t head_dim, float scale)
{
    for (size_t i = 0; i < n_q; i++)
        if (rows[i].first < rows[i].end)
            attend_one(&rows[i], k, v, head_dim, scale);
}

static void delta_rows(float *s, size_t n_rows, size_t dim, const float *q, const float *k,
                       size_t stride, const float *v, size_t v_stride, const float *decay,
                       const float *beta, size_t gate_stride, float *out, size_t out_stride,
                       size_t n)
{
    for (size_t t = 0; t < n; t++)
        for (size_t j = 0; j < n_rows; j++) {
            float *row = s + j * dim;
            const float *k_t = k + t * stride;
            for (size_t i = 0; i < dim; i++)
                row[i] *= decay[t * gate_stride];
            float r = beta[t * gate_stride] * (v[t * v_stride + j] - dot(row, k_t, dim));
            for (size_t i = 0; i < dim; i++)
                row[i] = fmaf(k_t[i], r, row[i]);
            out[t * out_stride + j] = dot(row, q + t * stride, dim);
        }
}

void fill_sequence_scalar(struct kernels *kernels)
{
    kernels->attend_page = attend_page;
    kernels->delta_rows = delta_rows;
}
