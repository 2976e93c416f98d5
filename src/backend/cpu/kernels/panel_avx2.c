// panel_avx2.c - the multiplications that all formats share in prefill.
//
// Two halves of a panel times four activation rows are eight accumulators.  The multiply ports are
// the bound: with quants below 16 one maddubs and one add do 32 multiply-adds, with 8-bit quants it
// takes a sign, two multiplications and an add.
#include "backend/cpu/kernels/panel_avx2.h"

enum { X_MAX = 4 }; // activation rows at once

enum factors { FACTORS_NONE, FACTORS_OFFSET, FACTORS_MINS };

// What a multiplication is made for; constants in every instance.
struct shape {
    size_t n_halves, n_x;
    int depth;  // products that fit an i16; 0: signed quants
    int group;  // values with one scale; 0: none have any
    int offset; // of unsigned quants in blocks of 32
    enum factors factors;
};

// sums[h][i] += quants of `steps` fours from k on . x, times one scale.
TEMPLATE void add_steps(__m256i sums[2][X_MAX], const struct panel *panel, size_t g, int k,
                        int steps, const char *q, size_t x_size, struct shape s)
{
    __m256i pairs[2][X_MAX];
    UNROLLED for (int j = 0; j < steps; j++)
    {
        UNROLLED for (size_t i = 0; i < s.n_x; i++)
        {
            __m256i x = broadcast_u32(q + i * x_size + 4 * (k + j));
            UNROLLED for (size_t h = 0; h < s.n_halves; h++)
            {
                __m256i w = load_256(panel->q[g][k + j][h]);
                __m256i p = s.depth
                                ? _mm256_maddubs_epi16(w, x)
                                : _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
                pairs[h][i] = j == 0 ? p : _mm256_add_epi16(pairs[h][i], p);
                IN_ORDER(pairs[h][i]);
            }
        }
    }
    UNROLLED for (size_t h = 0; h < s.n_halves; h++)
    {
        __m256i scale = s.group ? load_256(panel->scales[2 * g + (s.group == 16 ? k / 4 : 0)][h])
                                : _mm256_set1_epi16(1);
        UNROLLED for (size_t i = 0; i < s.n_x; i++) sums[h][i] =
            _mm256_add_epi32(sums[h][i], _mm256_madd_epi16(pairs[h][i], scale));
    }
}

// The same for one group of 32 values.
TEMPLATE void add_group(__m256i sums[2][X_MAX], const struct panel *panel, size_t g, const char *q,
                        size_t x_size, struct shape s)
{
    const int longest = s.group == 16 ? 4 : 8;
    const int steps = s.depth == 0 ? 1 : s.depth < longest ? s.depth : longest;
    UNROLLED for (int k = 0; k < 8; k += steps) add_steps(sums, panel, g, k, steps, q, x_size, s);
}

// ---- blocks of 256 ----

TEMPLATE void add_factors(__m256i sums[2][X_MAX], const struct panel *panel, const char *x,
                          size_t x_size, struct shape s)
{
    UNROLLED for (size_t h = 0; h < s.n_halves; h++) UNROLLED for (size_t i = 0; i < s.n_x; i++)
        sums[h][i] = _mm256_setzero_si256();
    for (size_t g = 0; g < 8; g++)
        UNROLLED for (size_t i = 0; i < s.n_x; i++)
        {
            const struct x_q8_256 *block = (const void *)(x + i * x_size);
            __m256i pair = broadcast_u32(block->sums + 2 * g);
            UNROLLED for (size_t h = 0; h < s.n_halves; h++) sums[h][i] = _mm256_add_epi32(
                sums[h][i], _mm256_madd_epi16(load_256(panel->factors[g][h]), pair));
        }
}

TEMPLATE void multiply_256(float *y, size_t y_stride, size_t n_rows, const struct panel *panel,
                           const char *x, size_t x_size, bool first, struct shape s)
{
    __m256i dots[2][X_MAX], factored[2][X_MAX];
    UNROLLED for (size_t h = 0; h < s.n_halves; h++) UNROLLED for (size_t i = 0; i < s.n_x; i++)
        dots[h][i] = _mm256_setzero_si256();
    for (size_t g = 0; g < 8; g++)
        add_group(dots, panel, g, x + offsetof(struct x_q8_256, q) + 32 * g, x_size, s);
    if (s.factors)
        add_factors(factored, panel, x, x_size, s);
    UNROLLED for (size_t h = 0; h < s.n_halves; h++)
    {
        size_t n = n_rows - 8 * h < 8 ? n_rows - 8 * h : 8;
        UNROLLED for (size_t i = 0; i < s.n_x; i++)
        {
            float *out = y + i * y_stride + 8 * h;
            __m256 acc = first ? _mm256_setzero_ps() : load_floats(out, n);
            __m256 dx = _mm256_set1_ps(((const struct x_q8_256 *)(x + i * x_size))->d);
            __m256 d = _mm256_mul_ps(_mm256_loadu_ps(panel->d[0][h]), dx);
            __m256i dot = dots[h][i];
            if (s.factors == FACTORS_OFFSET)
                dot = _mm256_sub_epi32(dot, factored[h][i]);
            acc = _mm256_fmadd_ps(d, _mm256_cvtepi32_ps(dot), acc);
            if (s.factors == FACTORS_MINS)
                acc = _mm256_fnmadd_ps(_mm256_mul_ps(_mm256_loadu_ps(panel->m[0][h]), dx),
                                       _mm256_cvtepi32_ps(factored[h][i]), acc);
            store_floats(out, acc, n);
        }
    }
}

// ---- blocks of 32 ----

TEMPLATE __m256 add_block_32(__m256 acc, __m256i dot, const struct panel *panel, size_t b, size_t h,
                             const struct x_q8_32 *x, struct shape s)
{
    __m256 dx = _mm256_set1_ps(x->d);
    if (s.offset)
        dot = _mm256_sub_epi32(dot, _mm256_set1_epi32(s.offset * x->sum));
    acc = _mm256_fmadd_ps(_mm256_mul_ps(_mm256_loadu_ps(panel->d[b][h]), dx),
                          _mm256_cvtepi32_ps(dot), acc);
    if (s.factors == FACTORS_MINS)
        acc = _mm256_fmadd_ps(_mm256_mul_ps(_mm256_loadu_ps(panel->m[b][h]), dx),
                              _mm256_set1_ps((float)x->sum), acc);
    return acc;
}

TEMPLATE void multiply_32(float *y, size_t y_stride, size_t n_rows, const struct panel *panel,
                          const char *x, size_t x_size, bool first, struct shape s)
{
    __m256 acc[2][X_MAX];
    UNROLLED for (size_t h = 0; h < s.n_halves; h++) UNROLLED for (size_t i = 0; i < s.n_x; i++)
        acc[h][i] =
            first ? _mm256_setzero_ps()
                  : load_floats(y + i * y_stride + 8 * h, n_rows - 8 * h < 8 ? n_rows - 8 * h : 8);
    for (size_t b = 0; b < panel->n_blocks; b++, x += sizeof(struct x_q8_32)) {
        __m256i dots[2][X_MAX];
        UNROLLED for (size_t h = 0; h < s.n_halves; h++) UNROLLED for (size_t i = 0; i < s.n_x; i++)
            dots[h][i] = _mm256_setzero_si256();
        add_group(dots, panel, b, x + offsetof(struct x_q8_32, q), x_size, s);
        UNROLLED for (size_t h = 0; h < s.n_halves; h++) UNROLLED for (size_t i = 0; i < s.n_x; i++)
            acc[h][i] =
                add_block_32(acc[h][i], dots[h][i], panel, b, h, (const void *)(x + i * x_size), s);
    }
    UNROLLED for (size_t h = 0; h < s.n_halves; h++) UNROLLED for (size_t i = 0; i < s.n_x; i++)
        store_floats(y + i * y_stride + 8 * h, acc[h][i], n_rows - 8 * h < 8 ? n_rows - 8 * h : 8);
}

// ---- all activation rows, in fours and then what is left ----

typedef void multiply_some(float *y, size_t y_stride, size_t n_rows, const struct panel *panel,
                           const char *x, size_t x_size, bool first, struct shape s);

TEMPLATE void multiply_halves(float *y, size_t y_stride, size_t n_rows, const struct panel *panel,
                              const char *x, size_t x_size, size_t n_x, bool first, struct shape s,
                              multiply_some *multiply)
{
    s.n_x = X_MAX;
    for (; n_x >= X_MAX; n_x -= X_MAX, x += X_MAX * x_size, y += X_MAX * y_stride)
        multiply(y, y_stride, n_rows, panel, x, x_size, first, s);
    s.n_x = 2;
    if (n_x >= 2) {
        multiply(y, y_stride, n_rows, panel, x, x_size, first, s);
        n_x -= 2, x += 2 * x_size, y += 2 * y_stride;
    }
    s.n_x = 1;
    if (n_x)
        multiply(y, y_stride, n_rows, panel, x, x_size, first, s);
}

#define MULTIPLY(name, multiply, depth, group, offset, factors)                                    \
    void multiply_##name(float *y, size_t y_stride, size_t n_rows, const struct panel *panel,      \
                         const char *x, size_t x_size, size_t n_x, bool first)                     \
    {                                                                                              \
        if (n_rows > 8)                                                                            \
            multiply_halves(y, y_stride, n_rows, panel, x, x_size, n_x, first,                     \
                            (struct shape){2, 0, depth, group, offset, factors}, multiply);        \
        else                                                                                       \
            multiply_halves(y, y_stride, n_rows, panel, x, x_size, n_x, first,                     \
                            (struct shape){1, 0, depth, group, offset, factors}, multiply);        \
    }

MULTIPLY(signed_16, multiply_256, 0, 16, 0, FACTORS_NONE)
MULTIPLY(signed_32, multiply_256, 0, 32, 0, FACTORS_NONE)
MULTIPLY(8_16_mins, multiply_256, 8, 16, 0, FACTORS_MINS)
MULTIPLY(8_16_offset, multiply_256, 8, 16, 0, FACTORS_OFFSET)
MULTIPLY(8_32_mins, multiply_256, 8, 32, 0, FACTORS_MINS)
MULTIPLY(4_16_offset, multiply_256, 4, 16, 0, FACTORS_OFFSET)
MULTIPLY(4_32_offset, multiply_256, 4, 32, 0, FACTORS_OFFSET)
MULTIPLY(4_32_mins, multiply_256, 4, 32, 0, FACTORS_MINS)
MULTIPLY(2_16_offset, multiply_256, 2, 16, 0, FACTORS_OFFSET)

MULTIPLY(signed_blocks, multiply_32, 0, 0, 0, FACTORS_NONE)
MULTIPLY(8_blocks_less_8, multiply_32, 8, 0, 8, FACTORS_NONE)
MULTIPLY(4_blocks_less_16, multiply_32, 4, 0, 16, FACTORS_NONE)
MULTIPLY(4_blocks_less_12, multiply_32, 4, 0, 12, FACTORS_NONE)
MULTIPLY(8_blocks_mins, multiply_32, 8, 0, 0, FACTORS_MINS)
MULTIPLY(4_blocks_mins, multiply_32, 4, 0, 0, FACTORS_MINS)
