// products_neon.c - products with quantised weights, by signed dot products of four bytes (SDOT).
//
// rows: four weight rows advance together, so that their sums end in one register; blocks are
// unpacked in registers for up to four activation rows.  tile: eight rows by 256 values are unpacked
// into a panel, interleaved so that 16 bytes hold 4 values of 4 rows, and meet a lane of 4
// activations each (SDOT by element).
#include "backend/cpu/kernels/formats_neon.h"
#include "backend/cpu/kernels/layers.h"

enum { X_MAX = 4, PANEL_ROWS = 8 };

TEMPLATE int32x4_t sum_rows(const int32x4_t v[4])
{
    return vpaddq_s32(vpaddq_s32(v[0], v[1]), vpaddq_s32(v[2], v[3]));
}

TEMPLATE void store_rows(float *y, float32x4_t acc, size_t n)
{
    float values[4];
    vst1q_f32(values, acc);
    memcpy(y, values, n * sizeof *y);
}

// acc += d d_x isum (- dmin d_x msum), for four rows.
TEMPLATE float32x4_t add_block(float32x4_t acc, const float d[4], const float dmin[4], float d_x,
                               int32x4_t isum, int32x4_t msum, bool has_mins)
{
    acc = vfmaq_f32(acc, vmulq_n_f32(vld1q_f32(d), d_x), vcvtq_f32_s32(isum));
    if (has_mins)
        acc = vfmsq_f32(acc, vmulq_n_f32(vld1q_f32(dmin), d_x), vcvtq_f32_s32(msum));
    return acc;
}

// ---- rows ----

TEMPLATE void dots_32(int32x4_t dots[X_MAX], const void *w, const char *x, size_t x_size,
                      size_t n_x, const struct format *f)
{
    int8x16_t q[2];
    f->quants(q, w, 0);
    UNROLLED for (size_t i = 0; i < n_x; i++)
    {
        const struct x_q8_32 *block = (const void *)(x + i * x_size);
        int32x4_t dot = vdotq_s32(vdupq_n_s32(0), q[0], vld1q_s8(block->q));
        dots[i] = vdotq_s32(dot, q[1], vld1q_s8(block->q + 16));
    }
}

TEMPLATE void dots_256(int32x4_t isums[X_MAX], int32x4_t msums[X_MAX], const void *w, const char *x,
                       size_t x_size, size_t n_x, const struct format *f)
{
    const int32x4_t zero = vdupq_n_s32(0);
    int16_t s[16];
    f->scales(s, w);
    UNROLLED for (size_t i = 0; i < n_x; i++) isums[i] = zero;
    UNROLLED for (int g = 0; g < 8; g++)
    {
        int8x16_t q[2];
        f->quants(q, w, g);
        UNROLLED for (size_t i = 0; i < n_x; i++)
        {
            const int8_t *x_q = ((const struct x_q8_256 *)(x + i * x_size))->q + 32 * g;
            int32x4_t a = vdotq_s32(zero, q[0], vld1q_s8(x_q));
            if (f->group == 32) {
                isums[i] = vmlaq_n_s32(isums[i], vdotq_s32(a, q[1], vld1q_s8(x_q + 16)), s[2 * g]);
            } else {
                isums[i] = vmlaq_n_s32(isums[i], a, s[2 * g]);
                isums[i] =
                    vmlaq_n_s32(isums[i], vdotq_s32(zero, q[1], vld1q_s8(x_q + 16)), s[2 * g + 1]);
            }
        }
    }
    if (!f->has_mins)
        return;
    f->mins(s, w);
    UNROLLED for (size_t i = 0; i < n_x; i++)
    {
        const int16_t *sums = ((const struct x_q8_256 *)(x + i * x_size))->sums;
        int16x8_t m_0 = vld1q_s16(s), m_1 = vld1q_s16(s + 8);
        int16x8_t x_0 = vld1q_s16(sums), x_1 = vld1q_s16(sums + 8);
        msums[i] = vmull_s16(vget_low_s16(m_0), vget_low_s16(x_0));
        msums[i] = vmlal_high_s16(msums[i], m_0, x_0);
        msums[i] = vmlal_s16(msums[i], vget_low_s16(m_1), vget_low_s16(x_1));
        msums[i] = vmlal_high_s16(msums[i], m_1, x_1);
    }
}

// n <= 4 rows times n_x <= X_MAX activation rows, block by block.
TEMPLATE void four_rows(float *y, size_t y_stride, const char *w, size_t row_size, size_t n,
                        const char *x, size_t x_size, size_t n_x, size_t n_in,
                        const struct format *f)
{
    const size_t x_block = f->n_values == 32 ? sizeof(struct x_q8_32) : sizeof(struct x_q8_256);
    float32x4_t acc[X_MAX];
    int32x4_t isums[X_MAX][4], msums[X_MAX][4];
    float d[4] = {0}, dmin[4] = {0};
    UNROLLED for (size_t i = 0; i < n_x; i++)
    {
        acc[i] = vdupq_n_f32(0);
        UNROLLED for (size_t r = 0; r < 4; r++) isums[i][r] = msums[i][r] = vdupq_n_s32(0);
    }
    for (size_t b = 0; b < n_in / (size_t)f->n_values; b++, x += x_block, w += f->block_size) {
        for (size_t r = 0; r < n; r++) {
            const char *block = w + r * row_size;
            int32x4_t isum[X_MAX], msum[X_MAX];
            __builtin_prefetch(block + 4 * row_size);
            if (f->n_values == 32)
                dots_32(isum, block, x, x_size, n_x, f);
            else
                dots_256(isum, msum, block, x, x_size, n_x, f);
            UNROLLED for (size_t i = 0; i < n_x; i++)
            {
                isums[i][r] = isum[i];
                if (f->has_mins && f->n_values == 256)
                    msums[i][r] = msum[i];
            }
            d[r] = f->d(block);
            if (f->has_mins)
                dmin[r] = f->dmin(block);
        }
        UNROLLED for (size_t i = 0; i < n_x; i++)
        {
            const char *block = x + i * x_size; // begins with d in both formats
            float d_x;
            memcpy(&d_x, block, sizeof d_x);
            int32x4_t msum = f->n_values == 32
                                 ? vdupq_n_s32(((const struct x_q8_32 *)(const void *)block)->sum)
                                 : sum_rows(msums[i]);
            acc[i] = add_block(acc[i], d, dmin, d_x, sum_rows(isums[i]), msum, f->has_mins);
        }
    }
    UNROLLED for (size_t i = 0; i < n_x; i++) store_rows(y + i * y_stride, acc[i], n);
}

TEMPLATE void rows_by_some(float *y, size_t y_stride, const char *w, size_t row_size, size_t n_rows,
                           const char *x, size_t x_size, size_t n_x, size_t n_in,
                           const struct format *f)
{
    for (size_t r = 0; r < n_rows; r += 4)
        four_rows(y + r, y_stride, w + r * row_size, row_size, n_rows - r < 4 ? n_rows - r : 4, x,
                  x_size, n_x, n_in, f);
}

// ---- tile ----

struct panel {             // h: rows 0-3, rows 4-7
    int8_t q[8][8][2][16]; // [32 values][4 values][h][4 rows x 4 values]
    int16_t scales[16][2][4], mins[16][2][4];
    float d[8][2][4], dmin[8][2][4]; // [block][h]; one block of 256, or eight of 32
};

// Four rows' 16 quants to columns of 4.
TEMPLATE void transpose_4x4(int8x16_t v[4])
{
    int32x4_t a = vreinterpretq_s32_s8(v[0]), b = vreinterpretq_s32_s8(v[1]);
    int32x4_t c = vreinterpretq_s32_s8(v[2]), d = vreinterpretq_s32_s8(v[3]);
    int64x2_t ab_even = vreinterpretq_s64_s32(vtrn1q_s32(a, b));
    int64x2_t ab_odd = vreinterpretq_s64_s32(vtrn2q_s32(a, b));
    int64x2_t cd_even = vreinterpretq_s64_s32(vtrn1q_s32(c, d));
    int64x2_t cd_odd = vreinterpretq_s64_s32(vtrn2q_s32(c, d));
    v[0] = vreinterpretq_s8_s64(vtrn1q_s64(ab_even, cd_even));
    v[1] = vreinterpretq_s8_s64(vtrn1q_s64(ab_odd, cd_odd));
    v[2] = vreinterpretq_s8_s64(vtrn2q_s64(ab_even, cd_even));
    v[3] = vreinterpretq_s8_s64(vtrn2q_s64(ab_odd, cd_odd));
}

// Group g of the panel's half h from block `g_block`'s group of four rows.
TEMPLATE void fill_group(struct panel *panel, int g, int h, const char *const block[4], int g_block,
                         const struct format *f)
{
    int8x16_t q[4][2], columns[4];
    UNROLLED for (int r = 0; r < 4; r++) f->quants(q[r], block[r], g_block);
    UNROLLED for (int part = 0; part < 2; part++)
    {
        UNROLLED for (int r = 0; r < 4; r++) columns[r] = q[r][part];
        transpose_4x4(columns);
        UNROLLED for (int k = 0; k < 4; k++) vst1q_s8(panel->q[g][4 * part + k][h], columns[k]);
    }
}

// n rows (the missing ones repeat the last), n_blocks blocks of each, to half h.
TEMPLATE void fill_half(struct panel *panel, int h, const char *w, size_t row_size, size_t n,
                        size_t n_blocks, const struct format *f)
{
    for (size_t b = 0; b < n_blocks; b++) {
        const char *block[4];
        for (size_t r = 0; r < 4; r++) {
            block[r] = w + (r < n ? r : n - 1) * row_size + b * f->block_size;
            panel->d[b][h][r] = f->d(block[r]);
            if (f->has_mins)
                panel->dmin[b][h][r] = f->dmin(block[r]);
        }
        if (f->n_values == 32) {
            fill_group(panel, (int)b, h, block, 0, f);
            continue;
        }
        for (int g = 0; g < 8; g++)
            fill_group(panel, g, h, block, g, f);
        for (int r = 0; r < 4; r++) {
            int16_t s[16];
            f->scales(s, block[r]);
            for (int g = 0; g < 16; g++)
                panel->scales[g][h][r] = s[g];
            if (!f->has_mins)
                continue;
            f->mins(s, block[r]);
            for (int g = 0; g < 16; g++)
                panel->mins[g][h][r] = s[g];
        }
    }
}

// dots[h][i] = four columns of the panel (16 values) from k on, . x
TEMPLATE void add_columns(int32x4_t dots[2][X_MAX], const struct panel *panel, size_t g, int k,
                          const int8_t *x, size_t x_size, size_t n_x)
{
    UNROLLED for (size_t i = 0; i < n_x; i++)
    {
        int8x16_t x_q = vld1q_s8(x + i * x_size + 4 * k);
        UNROLLED for (size_t h = 0; h < 2; h++)
        {
            dots[h][i] = vdotq_laneq_s32(dots[h][i], vld1q_s8(panel->q[g][k][h]), x_q, 0);
            dots[h][i] = vdotq_laneq_s32(dots[h][i], vld1q_s8(panel->q[g][k + 1][h]), x_q, 1);
            dots[h][i] = vdotq_laneq_s32(dots[h][i], vld1q_s8(panel->q[g][k + 2][h]), x_q, 2);
            dots[h][i] = vdotq_laneq_s32(dots[h][i], vld1q_s8(panel->q[g][k + 3][h]), x_q, 3);
        }
    }
}

#define FOR_EACH_SUM(h, i, n_x)                                                                    \
    UNROLLED for (size_t h = 0; h < 2; h++) UNROLLED for (size_t i = 0; i < (n_x); i++)

TEMPLATE void panel_256(float32x4_t acc[2][X_MAX], const struct panel *panel, const char *x,
                        size_t x_size, size_t n_x, const struct format *f)
{
    const int8_t *q = (const int8_t *)x + offsetof(struct x_q8_256, q);
    int32x4_t isums[2][X_MAX], msums[2][X_MAX], dots[2][X_MAX];
    FOR_EACH_SUM(h, i, n_x) isums[h][i] = msums[h][i] = vdupq_n_s32(0);
    for (size_t g = 0; g < 8; g++) {
        FOR_EACH_SUM(h, i, n_x) dots[h][i] = vdupq_n_s32(0);
        UNROLLED for (int part = 0; part < 2; part++)
        {
            add_columns(dots, panel, g, 4 * part, q + 32 * g, x_size, n_x);
            if (f->group == 32 && part == 0)
                continue;
            FOR_EACH_SUM(h, i, n_x)
            {
                int32x4_t scale = vmovl_s16(vld1_s16(panel->scales[2 * g + (size_t)part][h]));
                isums[h][i] = vmlaq_s32(isums[h][i], dots[h][i], scale);
                dots[h][i] = vdupq_n_s32(0);
            }
        }
    }
    for (size_t g = 0; f->has_mins && g < 16; g++)
        FOR_EACH_SUM(h, i, n_x)
        {
            const struct x_q8_256 *block = (const void *)(x + i * x_size);
            msums[h][i] = vmlal_n_s16(msums[h][i], vld1_s16(panel->mins[g][h]), block->sums[g]);
        }
    FOR_EACH_SUM(h, i, n_x)
    acc[h][i] = add_block(acc[h][i], panel->d[0][h], panel->dmin[0][h],
                          ((const struct x_q8_256 *)(const void *)(x + i * x_size))->d, isums[h][i],
                          msums[h][i], f->has_mins);
}

TEMPLATE void panel_32(float32x4_t acc[2][X_MAX], const struct panel *panel, size_t n_blocks,
                       const char *x, size_t x_size, size_t n_x, const struct format *f)
{
    for (size_t b = 0; b < n_blocks; b++, x += sizeof(struct x_q8_32)) {
        const int8_t *q = (const int8_t *)x + offsetof(struct x_q8_32, q);
        int32x4_t dots[2][X_MAX];
        FOR_EACH_SUM(h, i, n_x) dots[h][i] = vdupq_n_s32(0);
        add_columns(dots, panel, b, 0, q, x_size, n_x);
        add_columns(dots, panel, b, 4, q, x_size, n_x);
        FOR_EACH_SUM(h, i, n_x)
        {
            const struct x_q8_32 *block = (const void *)(x + i * x_size);
            acc[h][i] = add_block(acc[h][i], panel->d[b][h], panel->dmin[b][h], block->d,
                                  dots[h][i], vdupq_n_s32(block->sum), f->has_mins);
        }
    }
}

// y (+)= panel . x for n_x <= X_MAX activation rows and n rows of the panel.
TEMPLATE void multiply_some(float *y, size_t y_stride, size_t n, const struct panel *panel,
                            size_t n_blocks, const char *x, size_t x_size, size_t n_x, bool first,
                            const struct format *f)
{
    float32x4_t acc[2][X_MAX];
    float values[PANEL_ROWS] = {0};
    UNROLLED for (size_t i = 0; i < n_x; i++)
    {
        if (!first)
            memcpy(values, y + i * y_stride, n * sizeof *y);
        acc[0][i] = vld1q_f32(values);
        acc[1][i] = vld1q_f32(values + 4);
    }
    if (f->n_values == 32)
        panel_32(acc, panel, n_blocks, x, x_size, n_x, f);
    else
        panel_256(acc, panel, x, x_size, n_x, f);
    UNROLLED for (size_t i = 0; i < n_x; i++)
    {
        vst1q_f32(values, acc[0][i]);
        vst1q_f32(values + 4, acc[1][i]);
        memcpy(y + i * y_stride, values, n * sizeof *y);
    }
}

TEMPLATE void tile_by_panels(float *y, size_t y_stride, const char *w, size_t row_size,
                             size_t n_rows, const char *x, size_t x_size, size_t n_x, size_t n_in,
                             const struct format *f)
{
    const size_t at_once = f->n_values == 32 ? 8 : 1, n_blocks = n_in / (size_t)f->n_values;
    const size_t x_block = f->n_values == 32 ? sizeof(struct x_q8_32) : sizeof(struct x_q8_256);
    struct panel panel = {0};
    for (size_t r = 0; r < n_rows; r += PANEL_ROWS)
        for (size_t b = 0; b < n_blocks; b += at_once) {
            size_t n = n_rows - r < PANEL_ROWS ? n_rows - r : PANEL_ROWS;
            size_t n_here = n_blocks - b < at_once ? n_blocks - b : at_once, i = 0;
            for (size_t h = 0; 4 * h < n; h++)
                fill_half(&panel, (int)h, w + (r + 4 * h) * row_size + b * f->block_size, row_size,
                          n - 4 * h < 4 ? n - 4 * h : 4, n_here, f);
            for (; i + X_MAX <= n_x; i += X_MAX)
                multiply_some(y + i * y_stride + r, y_stride, n, &panel, n_here,
                              x + i * x_size + b * x_block, x_size, X_MAX, b == 0, f);
            for (; i < n_x; i++)
                multiply_some(y + i * y_stride + r, y_stride, n, &panel, n_here,
                              x + i * x_size + b * x_block, x_size, 1, b == 0, f);
        }
}

// ---- the table ----

enum { TILE_X_MIN = 7 }; // fewer activation rows do not repay a panel

#define PRODUCTS(name)                                                                             \
    static void rows_##name(float *y, const void *w, size_t row_size, size_t n_rows,               \
                            const void *x, size_t n_in)                                            \
    {                                                                                              \
        rows_by_some(y, 0, w, row_size, n_rows, x, 0, 1, n_in, &format_##name);                    \
    }                                                                                              \
    static void tile_##name(float *y, size_t y_stride, const void *w, size_t row_size,             \
                            size_t n_rows, const void *x, size_t x_size, size_t n_x, size_t n_in)  \
    {                                                                                              \
        if (n_x >= TILE_X_MIN) {                                                                   \
            tile_by_panels(y, y_stride, w, row_size, n_rows, x, x_size, n_x, n_in,                 \
                           &format_##name);                                                        \
            return;                                                                                \
        }                                                                                          \
        size_t i = 0;                                                                              \
        for (; i + 2 <= n_x; i += 2)                                                               \
            rows_by_some(y + i * y_stride, y_stride, w, row_size, n_rows,                          \
                         (const char *)x + i * x_size, x_size, 2, n_in, &format_##name);           \
        if (i < n_x)                                                                               \
            rows_##name(y + i * y_stride, w, row_size, n_rows, (const char *)x + i * x_size,       \
                        n_in);                                                                     \
    }

#define FORMAT_256(dtype, name, group, dmin, mins)                                                 \
    static const struct format format_##name = {sizeof(struct block_##name),                       \
                                                256,                                               \
                                                group,                                             \
                                                (group) && (dmin) != NULL,                         \
                                                d_##name,                                          \
                                                dmin,                                              \
                                                scales_##name,                                     \
                                                mins,                                              \
                                                quants_##name};                                    \
    PRODUCTS(name)
FORMATS_256_NEON(FORMAT_256)

#define FORMAT_32(dtype, name, dmin)                                                               \
    static const struct format format_##name = {sizeof(struct block_##name),                       \
                                                32,                                                \
                                                32,                                                \
                                                (dmin) != NULL,                                    \
                                                d_##name,                                          \
                                                dmin,                                              \
                                                NULL,                                              \
                                                NULL,                                              \
                                                quants_##name};                                    \
    PRODUCTS(name)
FORMATS_32_NEON(FORMAT_32)

void fill_products_neon(struct kernels *kernels)
{
#define FILL_256(dtype, name, group, dmin, mins)                                                   \
    kernels->formats[DTYPE_##dtype] = (struct format_kernels){X_Q8_256, rows_##name, tile_##name};
#define FILL_32(dtype, name, dmin)                                                                 \
    kernels->formats[DTYPE_##dtype] = (struct format_kernels){X_Q8_32, rows_##name, tile_##name};
    FORMATS_256_NEON(FILL_256)
    FORMATS_32_NEON(FILL_32)
}
