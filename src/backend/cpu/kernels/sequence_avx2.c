// sequence_avx2.c - attention over a page and the delta rule, in the order of sequence_scalar.c.
#include <math.h>

#include "backend/cpu/kernels/exp_avx2.h"
#include "backend/cpu/kernels/layers.h"

// ---- attention ----
// Rows with the same limits (the heads of a token) are taken four or two at a time: a page of keys does
// not fit the first-level cache beside its values, so each key loaded should meet several rows.  Rows
// times keys, and rows times registers of values, make eight sums.

enum { ROWS_MAX = 4, SUMS = 8 };

// sums[r * n_keys + j] = lanes of row r . key j
TEMPLATE void some_scores(__m256 sums[SUMS], const struct attend_row *rows, size_t n_rows,
                          const float *k, size_t n_keys, size_t head_dim)
{
    UNROLLED for (size_t a = 0; a < n_rows * n_keys; a++) sums[a] = _mm256_setzero_ps();
    for (size_t i = 0; i < head_dim; i += 8)
        UNROLLED for (size_t a = 0; a < n_rows * n_keys; a++)
        {
            __m256 q = _mm256_loadu_ps(rows[a / n_keys].q + i);
            __m256 key = _mm256_loadu_ps(k + a % n_keys * head_dim + i);
            sums[a] = _mm256_fmadd_ps(key, q, sums[a]);
        }
}

// The sums of four vectors, each added like sum_rows_f32.
TEMPLATE __m128 sum_four(const __m256 v[4])
{
    __m256 a = _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
    return _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
}

// scores[r][j .. j + n_keys)
TEMPLATE void store_scores(float scores[ROWS_MAX][KV_PAGE_TOKENS], size_t j, __m256 sums[SUMS],
                           size_t n_rows, size_t n_keys, float scale)
{
    float values[SUMS];
    UNROLLED for (size_t a = n_rows * n_keys; a % 4; a++) sums[a] = sums[0];
    UNROLLED for (size_t a = 0; a < n_rows * n_keys; a += 4)
        _mm_storeu_ps(values + a, _mm_mul_ps(_mm_set1_ps(scale), sum_four(sums + a)));
    UNROLLED for (size_t r = 0; r < n_rows; r++)
        memcpy(scores[r] + j, values + r * n_keys, n_keys * sizeof *values);
}

// scores[row][first..end), everything else -INFINITY.
TEMPLATE void page_scores(float scores[ROWS_MAX][KV_PAGE_TOKENS], const struct attend_row *rows,
                          size_t n_rows, const float *k, size_t head_dim, float scale)
{
    const uint32_t n_keys = n_rows == 4 ? 2 : 4;
    __m256 sums[SUMS];
    uint32_t j = rows->first;
    for (; j + n_keys <= rows->end; j += n_keys) {
        some_scores(sums, rows, n_rows, k + j * head_dim, n_keys, head_dim);
        store_scores(scores, j, sums, n_rows, n_keys, scale);
    }
    for (; j < rows->end; j++) {
        some_scores(sums, rows, n_rows, k + j * head_dim, 1, head_dim);
        store_scores(scores, j, sums, n_rows, 1, scale);
    }
}

TEMPLATE float largest(__m256 v)
{
    __m128 m = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    m = _mm_max_ps(m, _mm_movehl_ps(m, m));
    return _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
}

// Scores to weights relative to the new maximum; returns the factor of what was there before.  Scores
// outside the row's limits are -INFINITY, which makes them weights of 0.
TEMPLATE float softmax_page(float *p, struct attend_row *row)
{
    const uint32_t start = row->first / 8 * 8;
    __m256 sums = _mm256_setzero_ps(), maxs = _mm256_set1_ps(row->max);
    for (uint32_t j = start; j < row->end; j += 8)
        maxs = _mm256_max_ps(maxs, _mm256_loadu_ps(p + j));
    float max = largest(maxs), rescale = exp_f32(row->max - max);
    for (uint32_t j = start; j < row->end; j += 8) {
        __m256 weight = exp_eight(_mm256_sub_ps(_mm256_loadu_ps(p + j), _mm256_set1_ps(max)));
        _mm256_storeu_ps(p + j, weight);
        sums = _mm256_add_ps(sums, weight);
    }
    const __m256 alone[4] = {sums, sums, sums, sums};
    row->sum = fmaf(row->sum, rescale, _mm_cvtss_f32(sum_four(alone)));
    bool is_new = row->max == -INFINITY;
    row->max = max;
    return is_new ? NAN : rescale; // NaN: there was nothing
}

// o = o * rescale + sum of p[j] v[j], for `width` vectors of eight from `at` on.
TEMPLATE void add_values(const struct attend_row *rows, size_t n_rows,
                         float p[ROWS_MAX][KV_PAGE_TOKENS], const float rescale[ROWS_MAX],
                         const float *v, size_t head_dim, size_t at, size_t width)
{
    __m256 o[ROWS_MAX][4];
    UNROLLED for (size_t a = 0; a < n_rows * width; a++)
    {
        size_t r = a / width, c = a % width;
        o[r][c] = isnan(rescale[r]) ? _mm256_setzero_ps()
                                    : _mm256_mul_ps(_mm256_loadu_ps(rows[r].o + at + 8 * c),
                                                    _mm256_set1_ps(rescale[r]));
    }
    for (uint32_t j = rows->first; j < rows->end; j++)
        UNROLLED for (size_t a = 0; a < n_rows * width; a++)
        {
            size_t r = a / width, c = a % width;
            o[r][c] = _mm256_fmadd_ps(_mm256_set1_ps(p[r][j]),
                                      _mm256_loadu_ps(v + j * head_dim + at + 8 * c), o[r][c]);
        }
    UNROLLED for (size_t a = 0; a < n_rows * width; a++)
        _mm256_storeu_ps(rows[a / width].o + at + 8 * (a % width), o[a / width][a % width]);
}

TEMPLATE void attend_some(struct attend_row *rows, size_t n_rows, const float *k, const float *v,
                          size_t head_dim, float scale)
{
    float p[ROWS_MAX][KV_PAGE_TOKENS], rescale[ROWS_MAX];
    for (size_t i = 0; i < n_rows * KV_PAGE_TOKENS; i += 8)
        _mm256_storeu_ps(&p[0][0] + i, _mm256_set1_ps(-INFINITY));
    page_scores(p, rows, n_rows, k, head_dim, scale);
    for (size_t r = 0; r < n_rows; r++)
        rescale[r] = softmax_page(p[r], &rows[r]);
    size_t at = 0;
    const size_t width = n_rows == 4 ? 2 : 4;
    for (; at + 8 * width <= head_dim; at += 8 * width)
        add_values(rows, n_rows, p, rescale, v, head_dim, at, width);
    for (; at < head_dim; at += 8)
        add_values(rows, n_rows, p, rescale, v, head_dim, at, 1);
}

// How many of the first n_q rows have the limits of the first: 4, 2 or 1.
static size_t same_limits(const struct attend_row *rows, size_t n_q)
{
    size_t n = 1;
    while (n < n_q && n < 4 && rows[n].first == rows->first && rows[n].end == rows->end)
        n++;
    return n == 3 ? 2 : n;
}

static void attend_page(struct attend_row *rows, size_t n_q, const float *k, const float *v,
                        size_t head_dim, float scale)
{
    for (size_t n; n_q; rows += n, n_q -= n) {
        n = same_limits(rows, n_q);
        if (rows->first >= rows->end)
            continue;
        if (n == 4)
            attend_some(rows, 4, k, v, head_dim, scale);
        else if (n == 2)
            attend_some(rows, 2, k, v, head_dim, scale);
        else
            attend_some(rows, 1, k, v, head_dim, scale);
    }
}

// ---- delta rule ----

enum { DELTA_ROWS = 8 };

// sums[j] = (row j of S, decayed) . k
TEMPLATE void recall(__m256 sums[DELTA_ROWS], const float *s, size_t n_rows, size_t dim,
                     const float *k, __m256 decay)
{
    UNROLLED for (size_t j = 0; j < n_rows; j++) sums[j] = _mm256_setzero_ps();
    for (size_t i = 0; i < dim; i += 8) {
        __m256 key = _mm256_loadu_ps(k + i);
        UNROLLED for (size_t j = 0; j < n_rows; j++) sums[j] =
            _mm256_fmadd_ps(_mm256_mul_ps(_mm256_loadu_ps(s + j * dim + i), decay), key, sums[j]);
    }
}

// One token for n_rows (8 or 1) rows of S.  Two passes: what a row recalls for k must be known before k
// is written to it.  The decay is multiplied twice, which is cheaper than storing between the passes.
TEMPLATE void delta_some(float *s, size_t n_rows, size_t dim, const float *q, const float *k,
                         const float *v, float decay, float beta, float *out)
{
    __m256 sums[DELTA_ROWS], r[DELTA_ROWS];
    const __m256 decays = _mm256_set1_ps(decay);
    float values[DELTA_ROWS];
    recall(sums, s, n_rows, dim, k, decays);
    UNROLLED for (size_t j = n_rows; j < DELTA_ROWS; j++) sums[j] = sums[0];
    __m256 rest = _mm256_sub_ps(load_floats(v, n_rows), sum_rows_f32(sums));
    _mm256_storeu_ps(values, _mm256_mul_ps(_mm256_set1_ps(beta), rest));
    UNROLLED for (size_t j = 0; j < n_rows; j++)
    {
        r[j] = _mm256_set1_ps(values[j]);
        sums[j] = _mm256_setzero_ps();
    }
    for (size_t i = 0; i < dim; i += 8) {
        __m256 key = _mm256_loadu_ps(k + i), query = _mm256_loadu_ps(q + i);
        UNROLLED for (size_t j = 0; j < n_rows; j++)
        {
            __m256 row = _mm256_mul_ps(_mm256_loadu_ps(s + j * dim + i), decays);
            row = _mm256_fmadd_ps(key, r[j], row);
            _mm256_storeu_ps(s + j * dim + i, row);
            sums[j] = _mm256_fmadd_ps(row, query, sums[j]);
        }
    }
    UNROLLED for (size_t j = n_rows; j < DELTA_ROWS; j++) sums[j] = sums[0];
    store_floats(out, sum_rows_f32(sums), n_rows);
}

static void delta_rows(float *s, size_t n_rows, size_t dim, const float *q, const float *k,
                       size_t stride, const float *v, size_t v_stride, const float *decay,
                       const float *beta, size_t gate_stride, float *out, size_t out_stride,
                       size_t n)
{
    // Rows outside, tokens inside: eight rows stay in the first-level cache for all tokens.
    for (size_t j = 0; j < n_rows; j += j + DELTA_ROWS <= n_rows ? DELTA_ROWS : 1)
        for (size_t t = 0; t < n; t++) {
            const float *v_t = v + t * v_stride + j;
            float *out_t = out + t * out_stride + j;
            float decay_t = decay[t * gate_stride], beta_t = beta[t * gate_stride];
            if (j + DELTA_ROWS <= n_rows)
                delta_some(s + j * dim, DELTA_ROWS, dim, q + t * stride, k + t * stride, v_t,
                           decay_t, beta_t, out_t);
            else
                delta_some(s + j * dim, 1, dim, q + t * stride, k + t * stride, v_t, decay_t,
                           beta_t, out_t);
        }
}

void fill_sequence_avx2(struct kernels *kernels)
{
    kernels->attend_page = attend_page;
    kernels->delta_rows = delta_rows;
}
