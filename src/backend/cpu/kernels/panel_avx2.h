// panel_avx2.h - many activation rows times many weight rows: prefill.
//
// Sixteen weight rows by 256 values are unpacked into a panel that stays in the first-level cache
// while all activation rows pass it.  The panel is interleaved: 32 bytes hold 4 values of each of 8
// rows, so that one broadcast of 4 activation bytes feeds eight rows and no sum runs across a
// register.  All formats end in the same few multiplications (panel_avx2.c); they differ in how
// many products an i16 can take before it must be widened.
#ifndef HEARTH_BACKEND_CPU_KERNELS_PANEL_AVX2_H
#define HEARTH_BACKEND_CPU_KERNELS_PANEL_AVX2_H

#include "backend/cpu/kernels.h"
#include "backend/cpu/kernels/formats_256_avx2.h"

enum { PANEL_ROWS = 16 };

// h counts halves of the panel, 8 rows each.  Quants of 8 bits are split in two planes of nibbles,
// value + 128 = 16 * high + low: twice the multiplications, but sums of eight fit an i16, which comes
// out ahead of widening every product.
struct panel {
    // [32 values][plane: 0 low or all, 1 high][4 values][h][8 rows x 4 values]
    _Alignas(32) uint8_t q[8][2][8][2][32];
    int16_t scales[16][2][16]; // [16 values][h]: eight rows' scales, each twice
    // [32 values][h]: per row two factors of the sums of 16 activations: mins, or scale * offset.
    int16_t factors[8][2][16];
    float d[8][2][8], m[8][2][8]; // [block][h]; one block of 256, or eight of 32
    size_t n_blocks;
};

// Adds panel . x to y (or sets y, when `first`): y[i * y_stride + r], r < n_rows <= PANEL_ROWS; x is
// the activation row's first block that meets the panel.
typedef void multiply_panel(float *y, size_t y_stride, size_t n_rows, const struct panel *panel,
                            const char *x, size_t x_size, size_t n_x, bool first);

// multiply_DEPTH_GROUP_FACTORS: how many products an i16 takes (or two planes), the values that share
// a scale (or blocks of 32), and what the factors are for.
multiply_panel multiply_planes_32, multiply_8_16_mins, multiply_8_16_offset, multiply_8_32_mins,
    multiply_4_16_offset, multiply_4_32_offset, multiply_4_32_mins, multiply_2_16_offset,
    multiply_1_16_offset, multiply_1_32_offset;
multiply_panel multiply_planes_blocks, multiply_8_blocks_less_8, multiply_4_blocks_less_16,
    multiply_8_blocks_mins, multiply_4_blocks_mins;

enum { PLANES_OFFSET = 128 };

// ---- unpacking ----

// Eight rows' 32 quants to the panel.
TEMPLATE void store_quants(struct panel *panel, int g, int h, __m256i rows[8], int depth)
{
    const __m256i low = _mm256_set1_epi8(15);
    transpose_8x8(rows);
    UNROLLED for (int k = 0; k < 8; k++)
    {
        if (depth) {
            store_256(panel->q[g][0][k][h], rows[k]);
            continue;
        }
        __m256i v = _mm256_xor_si256(rows[k], _mm256_set1_epi8((char)PLANES_OFFSET));
        store_256(panel->q[g][0][k][h], _mm256_and_si256(v, low));
        store_256(panel->q[g][1][k][h], _mm256_and_si256(_mm256_srli_epi16(v, 4), low));
    }
}

// The i16 scales of eight rows, one for 16 values each, to the panel.
TEMPLATE void store_scales(struct panel *panel, int h, __m256i rows[8], int group)
{
    const __m256i pick = _mm256_set1_epi64x(0x0504050401000100);
    const __m256i lane = _mm256_setr_epi64x(0, 0x0808080808080808, 0, 0x0808080808080808);
    const __m256i first = _mm256_add_epi8(pick, lane);
    transpose_8x8(rows);
    UNROLLED for (int g = 0; g < 8; g++)
    {
        if (group == 32) {
            store_256(panel->scales[2 * g][h], rows[g]);
            continue;
        }
        store_256(panel->scales[2 * g][h], _mm256_shuffle_epi8(rows[g], first));
        store_256(panel->scales[2 * g + 1][h],
                  _mm256_shuffle_epi8(rows[g], _mm256_add_epi8(first, _mm256_set1_epi8(2))));
    }
}

TEMPLATE void store_factors(struct panel *panel, int h, __m256i rows[8])
{
    transpose_8x8(rows);
    UNROLLED for (int g = 0; g < 8; g++) store_256(panel->factors[g][h], rows[g]);
}

TEMPLATE void fill_group_256(struct panel *panel, int g, int h, const char *const block[8],
                             const struct format_256 *f)
{
    __m256i rows[8];
    UNROLLED for (int r = 0; r < 8; r++) rows[r] = f->quants(block[r], g);
    store_quants(panel, g, h, rows, f->depth);
}

// Half a panel from blocks of 256 that lie row_size bytes apart; rows from n on repeat the last.
TEMPLATE void fill_half_256(struct panel *panel, int h, const char *w, size_t row_size, size_t n,
                            const struct format_256 *f)
{
    const char *block[8];
    __m256i rows[8];
    for (size_t r = 0; r < 8; r++) {
        block[r] = w + (r < n ? r : n - 1) * row_size;
        panel->d[0][h][r] = f->d(block[r]);
        if (f->has_mins)
            panel->m[0][h][r] = f->dmin(block[r]);
    }
    if (f->has_tables)
        for (int g = 0; g < 8; g++)
            fill_group_256(panel, g, h, block, f);
    else
        UNROLLED for (int g = 0; g < 8; g++) fill_group_256(panel, g, h, block, f);
    for (int r = 0; r < 8; r++)
        rows[r] = f->scales(block[r]);
    store_scales(panel, h, rows, f->group);
    const int offset = f->depth ? f->offset : PLANES_OFFSET;
    if (!f->has_mins && !offset)
        return;
    for (int r = 0; r < 8; r++)
        rows[r] = f->has_mins
                      ? f->mins(block[r])
                      : _mm256_mullo_epi16(f->scales(block[r]), _mm256_set1_epi16((short)offset));
    store_factors(panel, h, rows);
}

TEMPLATE float scale_32(const char *block, size_t field)
{
    return field == SCALE_E8M0 ? f32_from_bits(mxfp4_scale_bits((uint8_t)block[0]))
                               : f16_to_f32(load_u16(block + field));
}

TEMPLATE void fill_half_32(struct panel *panel, int h, const char *w, size_t row_size, size_t n,
                           const struct format_32 *f)
{
    for (size_t b = 0; b < panel->n_blocks; b++) {
        __m256i rows[8];
        UNROLLED for (size_t r = 0; r < 8; r++)
        {
            const char *block = w + (r < n ? r : n - 1) * row_size + b * f->block_size;
            rows[r] = f->quants(block);
            panel->d[b][h][r] = scale_32(block, f->d);
            if (f->m != NO_MIN)
                panel->m[b][h][r] = scale_32(block, f->m);
        }
        store_quants(panel, (int)b, h, rows, f->depth);
    }
}

// ---- all rows ----

// The next blocks of these rows (or, at their end, the first ones of the next) while this panel is
// being multiplied: with few activation rows memory would be waited for otherwise.
TEMPLATE void prefetch_rows(const char *w, size_t row_size, size_t n_rows, size_t size)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t at = 0; at < size; at += 64)
            _mm_prefetch(w + r * row_size + at, _MM_HINT_T0);
}

TEMPLATE void tile_256(float *y, size_t y_stride, const char *w, size_t row_size, size_t n_rows,
                       const char *x, size_t x_size, size_t n_x, size_t n_in,
                       const struct format_256 *f, multiply_panel *multiply)
{
    struct panel panel = {.n_blocks = 1}; // rows that are not there are zeros, or old ones
    for (size_t r = 0; r < n_rows; r += PANEL_ROWS) {
        size_t n = n_rows - r < PANEL_ROWS ? n_rows - r : PANEL_ROWS;
        for (size_t b = 0; b < n_in / 256; b++) {
            const char *blocks = w + r * row_size + b * f->block_size;
            for (size_t h = 0; 8 * h < n; h++)
                fill_half_256(&panel, (int)h, blocks + 8 * h * row_size, row_size,
                              n - 8 * h < 8 ? n - 8 * h : 8, f);
            prefetch_rows(b + 1 < n_in / 256 ? blocks + f->block_size : w + (r + n) * row_size,
                          row_size, n, f->block_size);
            multiply(y + r, y_stride, n, &panel, x + b * sizeof(struct x_q8_256), x_size, n_x,
                     b == 0);
        }
    }
}

TEMPLATE void tile_32(float *y, size_t y_stride, const char *w, size_t row_size, size_t n_rows,
                      const char *x, size_t x_size, size_t n_x, size_t n_in,
                      const struct format_32 *f, multiply_panel *multiply)
{
    struct panel panel = {0};
    size_t n_blocks = n_in / 32;
    for (size_t r = 0; r < n_rows; r += PANEL_ROWS) {
        size_t n = n_rows - r < PANEL_ROWS ? n_rows - r : PANEL_ROWS;
        for (size_t b = 0; b < n_blocks; b += 8) {
            const char *blocks = w + r * row_size + b * f->block_size;
            panel.n_blocks = n_blocks - b < 8 ? n_blocks - b : 8;
            for (size_t h = 0; 8 * h < n; h++)
                fill_half_32(&panel, (int)h, blocks + 8 * h * row_size, row_size,
                             n - 8 * h < 8 ? n - 8 * h : 8, f);
            prefetch_rows(b + 8 < n_blocks ? blocks + 8 * f->block_size : w + (r + n) * row_size,
                          row_size, n, 8 * f->block_size);
            multiply(y + r, y_stride, n, &panel, x + b * sizeof(struct x_q8_32), x_size, n_x,
                     b == 0);
        }
    }
}

#endif
