// panel_avx2.c - the multiplications that all formats share in prefill.
//
// Two halves of a panel (or two planes of one) times four activation rows are eight accumulators.  The
// multiply ports are the bound: with quants below 16 one maddubs and one add do 32 multiply-adds.
#include "backend/cpu/kernels/panel_avx2.h"

enum { X_MAX = 4 }; // activation rows at once

enum factors { FACTORS_NONE, FACTORS_OFFSET, FACTORS_MINS };

// What a multiplication is made for; constants in every instance.
struct shape {
    size_t n_x;
    int depth;  // products that fit an i16; 0: two planes
    int group;  // values with one scale; 0: none have any
    int offset; // of unsigned quants in blocks of 32; a power of two
    enum factors factors;
};

// The quants of activation rows, 32 values for each step of the walk along a panel.
struct walk {
    const char *q[X_MAX];
};

TEMPLATE void walk_begin(struct walk *walk, const char *x, size_t x_size, size_t q, struct shape s)
{
    UNROLLED for (size_t i = 0; i < s.n_x; i++) walk->q[i] = x + i * x_size + q;
}
TEMPLATE void walk_on(struct walk *walk, size_t size, struct shape s)
{
    UNROLLED for (size_t i = 0; i < s.n_x; i++)
    {
        walk->q[i] += size;
        __asm__("" : "+r"(walk->q[i])); // one register each, not sums of indices
    }
}

// Where sums go: registers are scarce, so the seldom touched ones live in memory.  Blocks of 32 have
// one sum of each kind, which nothing is added to.
TEMPLATE void add_to(__m256i *sum, __m256i v, bool first, struct shape s)
{
    if (s.group == 0 && first) {
        *sum = v;
        return;
    }
    *sum = _mm256_add_epi32(*sum, v);
    if (s.group == 0 || s.depth == 1 || s.depth == 2)
        IN_ORDER(*sum);
    else
        IN_MEMORY(*sum);
}

TEMPLATE __m256i scale_of(const struct panel *panel, size_t g, size_t h, struct shape s)
{
    return s.group ? load_256(panel->scales[g][h]) : _mm256_set1_epi16(1);
}

// sums[h][i] += quants of s.depth (1 or 2) fours from k on . x, times one scale.  Two registers of
// products are enough here.
TEMPLATE void add_shallow(__m256i sums[2][X_MAX], const struct panel *panel, size_t g, int k,
                          const struct walk *x, struct shape s)
{
    size_t i_scale = 2 * g + (s.group == 16 ? (size_t)k / 4 : 0);
    UNROLLED for (size_t i = 0; i < s.n_x; i++)
    {
        __m256i x_0 = broadcast_u32(x->q[i] + 4 * k), x_1 = broadcast_u32(x->q[i] + 4 * k + 4);
        UNROLLED for (size_t h = 0; h < 2; h++)
        {
            __m256i p = _mm256_maddubs_epi16(load_256(panel->q[g][0][k][h]), x_0);
            if (s.depth == 2)
                p = _mm256_add_epi16(p,
                                     _mm256_maddubs_epi16(load_256(panel->q[g][0][k + 1][h]), x_1));
            add_to(&sums[h][i], _mm256_madd_epi16(p, scale_of(panel, i_scale, h, s)), k == 0, s);
        }
    }
}

// The same for 4 or 8 fours, with all pairs in registers.
TEMPLATE void add_deep(__m256i sums[2][X_MAX], const struct panel *panel, size_t g, int k,
                       int steps, const struct walk *x, struct shape s)
{
    __m256i pairs[2][X_MAX];
    UNROLLED for (int j = 0; j < steps; j++)
    {
        UNROLLED for (size_t i = 0; i < s.n_x; i++)
        {
            __m256i x_j = broadcast_u32(x->q[i] + 4 * (k + j));
            UNROLLED for (size_t h = 0; h < 2; h++)
            {
                __m256i p = _mm256_maddubs_epi16(load_256(panel->q[g][0][k + j][h]), x_j);
                pairs[h][i] = j == 0 ? p : _mm256_add_epi16(pairs[h][i], p);
                IN_ORDER(pairs[h][i]);
            }
        }
    }
    UNROLLED for (size_t h = 0; h < 2; h++)
    {
        __m256i scale = scale_of(panel, 2 * g + (s.group == 16 ? (size_t)k / 4 : 0), h, s);
        UNROLLED for (size_t i = 0; i < s.n_x; i++)
            add_to(&sums[h][i], _mm256_madd_epi16(pairs[h][i], scale), k == 0, s);
    }
}

// sums[h][i] += both planes of one group of 32 values in half h . x, times their scale.
TEMPLATE void add_planes(__m256i sums[2][X_MAX], const struct panel *panel, size_t g, size_t h,
                         struct walk *x, struct shape s)
{
    __m256i pairs[2][X_MAX];
    walk_on(x, 0, s); // or the broadcasts are kept on the stack for the other half
    UNROLLED for (int j = 0; j < 8; j++)
    {
        UNROLLED for (size_t i = 0; i < s.n_x; i++)
        {
            __m256i x_j = broadcast_u32(x->q[i] + 4 * j);
            UNROLLED for (size_t plane = 0; plane < 2; plane++)
            {
                __m256i p = _mm256_maddubs_epi16(load_256(panel->q[g][plane][j][h]), x_j);
                pairs[plane][i] = j == 0 ? p : _mm256_add_epi16(pairs[plane][i], p);
                IN_ORDER(pairs[plane][i]);
            }
        }
    }
    __m256i scale = scale_of(panel, 2 * g, h, s), scale_16 = _mm256_slli_epi16(scale, 4);
    UNROLLED for (size_t i = 0; i < s.n_x; i++)
    {
        __m256i low = _mm256_madd_epi16(pairs[0][i], scale);
        __m256i high = _mm256_madd_epi16(pairs[1][i], scale_16);
        add_to(&sums[h][i], _mm256_add_epi32(low, high), true, s);
    }
}

// sums[h][i] += one group of 32 values . x, times their scales.
TEMPLATE void add_group(__m256i sums[2][X_MAX], const struct panel *panel, size_t g, struct walk *x,
                        struct shape s)
{
    const int longest = s.group == 16 ? 4 : 8, steps = s.depth < longest ? s.depth : longest;
    if (s.depth == 0)
        UNROLLED for (size_t h = 0; h < 2; h++) add_planes(sums, panel, g, h, x, s);
    else if (s.depth <= 2)
        UNROLLED for (int k = 0; k < 8; k += steps) add_shallow(sums, panel, g, k, x, s);
    else
        UNROLLED for (int k = 0; k < 8; k += steps) add_deep(sums, panel, g, k, steps, x, s);
}

TEMPLATE size_t rows_of_half(size_t n_rows, size_t h)
{
    return n_rows < 8 * h ? 0 : n_rows - 8 * h < 8 ? n_rows - 8 * h : 8;
}

// ---- blocks of 256 ----

TEMPLATE void add_factors(__m256i sums[2][X_MAX], const struct panel *panel, const char *x,
                          size_t x_size, struct shape s)
{
    UNROLLED for (size_t h = 0; h < 2; h++) UNROLLED for (size_t i = 0; i < s.n_x; i++) sums[h][i] =
        _mm256_setzero_si256();
    struct walk walk;
    walk_begin(&walk, x, x_size, offsetof(struct x_q8_256, sums), s);
    for (size_t g = 0; g < 8; g++) {
        UNROLLED for (size_t i = 0; i < s.n_x; i++)
        {
            __m256i pair = broadcast_u32(walk.q[i]);
            UNROLLED for (size_t h = 0; h < 2; h++)
            {
                __m256i p = _mm256_madd_epi16(load_256(panel->factors[g][h]), pair);
                sums[h][i] = _mm256_add_epi32(sums[h][i], p);
                IN_ORDER(sums[h][i]);
            }
        }
        walk_on(&walk, 4, s);
    }
}

TEMPLATE void multiply_256(float *y, size_t y_stride, size_t n_rows, const struct panel *panel,
                           const char *x, size_t x_size, bool first, struct shape s)
{
    __m256i dots[2][X_MAX], factored[2][X_MAX];
    UNROLLED for (size_t h = 0; h < 2; h++) UNROLLED for (size_t i = 0; i < s.n_x; i++) dots[h][i] =
        _mm256_setzero_si256();
    struct walk walk;
    walk_begin(&walk, x, x_size, offsetof(struct x_q8_256, q), s);
    for (size_t g = 0; g < 8; g++) {
        add_group(dots, panel, g, &walk, s);
        walk_on(&walk, 32, s);
    }
    if (s.factors)
        add_factors(factored, panel, x, x_size, s);
    UNROLLED for (size_t h = 0; h < 2; h++)
    {
        size_t n = rows_of_half(n_rows, h);
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
    if (s.offset) {
        __m256i sum = broadcast_u32(&x->sum);
        dot = _mm256_sub_epi32(dot, _mm256_slli_epi32(sum, __builtin_ctz((unsigned)s.offset)));
    }
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
    UNROLLED for (size_t h = 0; h < 2; h++) UNROLLED for (size_t i = 0; i < s.n_x; i++) acc[h][i] =
        first ? _mm256_setzero_ps()
              : load_floats(y + i * y_stride + 8 * h, rows_of_half(n_rows, h));
    struct walk walk;
    walk_begin(&walk, x, x_size, offsetof(struct x_q8_32, q), s);
    for (size_t b = 0; b < panel->n_blocks; b++) {
        __m256i dots[2][X_MAX];
        add_group(dots, panel, b, &walk, s);
        UNROLLED for (size_t h = 0; h < 2; h++)
        {
            UNROLLED for (size_t i = 0; i < s.n_x; i++)
            {
                const void *block = walk.q[i] - offsetof(struct x_q8_32, q);
                acc[h][i] = add_block_32(acc[h][i], dots[h][i], panel, b, h, block, s);
                IN_MEMORY(acc[h][i]);
            }
        }
        walk_on(&walk, sizeof(struct x_q8_32), s);
    }
    UNROLLED for (size_t h = 0; h < 2; h++) UNROLLED for (size_t i = 0; i < s.n_x; i++)
        store_floats(y + i * y_stride + 8 * h, acc[h][i], rows_of_half(n_rows, h));
}

// ---- all activation rows, in fours and then one by one ----

typedef void multiply_some(float *y, size_t y_stride, size_t n_rows, const struct panel *panel,
                           const char *x, size_t x_size, bool first, struct shape s);

TEMPLATE void multiply_all(float *y, size_t y_stride, size_t n_rows, const struct panel *panel,
                           const char *x, size_t x_size, size_t n_x, bool first, struct shape s,
                           multiply_some *multiply)
{
    s.n_x = X_MAX;
    for (; n_x >= X_MAX; n_x -= X_MAX, x += X_MAX * x_size, y += X_MAX * y_stride)
        multiply(y, y_stride, n_rows, panel, x, x_size, first, s);
    s.n_x = 1;
    for (; n_x; n_x--, x += x_size, y += y_stride)
        multiply(y, y_stride, n_rows, panel, x, x_size, first, s);
}

#define MULTIPLY(name, multiply, depth, group, offset, factors)                                    \
    void multiply_##name(float *y, size_t y_stride, size_t n_rows, const struct panel *panel,      \
                         const char *x, size_t x_size, size_t n_x, bool first)                     \
    {                                                                                              \
        multiply_all(y, y_stride, n_rows, panel, x, x_size, n_x, first,                            \
                     (struct shape){0, depth, group, offset, factors}, multiply);                  \
    }

MULTIPLY(planes_32, multiply_256, 0, 32, 0, FACTORS_OFFSET)
MULTIPLY(8_16_mins, multiply_256, 8, 16, 0, FACTORS_MINS)
MULTIPLY(8_16_offset, multiply_256, 8, 16, 0, FACTORS_OFFSET)
MULTIPLY(8_32_mins, multiply_256, 8, 32, 0, FACTORS_MINS)
MULTIPLY(4_16_offset, multiply_256, 4, 16, 0, FACTORS_OFFSET)
MULTIPLY(4_32_offset, multiply_256, 4, 32, 0, FACTORS_OFFSET)
MULTIPLY(4_32_mins, multiply_256, 4, 32, 0, FACTORS_MINS)
MULTIPLY(1_16_offset, multiply_256, 1, 16, 0, FACTORS_OFFSET)
MULTIPLY(1_32_offset, multiply_256, 1, 32, 0, FACTORS_OFFSET)
MULTIPLY(2_16_offset, multiply_256, 2, 16, 0, FACTORS_OFFSET)

MULTIPLY(planes_blocks, multiply_32, 0, 0, PLANES_OFFSET, FACTORS_NONE)
MULTIPLY(8_blocks_less_8, multiply_32, 8, 0, 8, FACTORS_NONE)
MULTIPLY(4_blocks_less_16, multiply_32, 4, 0, 16, FACTORS_NONE)
MULTIPLY(8_blocks_mins, multiply_32, 8, 0, 0, FACTORS_MINS)
MULTIPLY(4_blocks_mins, multiply_32, 4, 0, 0, FACTORS_MINS)
