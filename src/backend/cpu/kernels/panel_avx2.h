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

// h counts halves of the panel, 8 rows each.
struct panel {
    _Alignas(32) int8_t q[8][8][2][32]; // [32 values][4 values][h][8 rows x 4 values]
    int16_t scales[16][2][16];          // [16 values][h]: eight rows' scales, each twice
    // [32 values][h]: per row two factors of the sums of 16 activations: mins, or scale * offset.
    int16_t factors[8][2][16];
    float d[8][2][8], m[8][2][8]; // [block][h]; one block of 256, or eight of 32
    size_t n_blocks;
};

// Adds panel . x to y (or sets y, when `first`): y[i * y_stride + r], r < n_rows <= PANEL_ROWS; x is
// the activation row's first block that meets the panel.
typedef void multiply_panel(float *y, size_t y_stride, size_t n_rows, const struct panel *panel,
                            const char *x, size_t x_size, size_t n_x, bool first);

// multiply_DEPTH_GROUP_FACTORS: how many products an i16 takes (or signed quants), the values that
// share a scale (or blocks of 32), and what the factors are for.
multiply_panel multiply_signed_16, multiply_signed_32, multiply_8_16_mins, multiply_8_16_offset,
    multiply_8_32_mins, multiply_4_16_offset, multiply_4_32_offset, multiply_4_32_mins,
    multiply_2_16_offset;
multiply_panel multiply_signed_blocks, multiply_8_blocks_less_8, multiply_4_blocks_less_16,
    multiply_4_blocks_less_12, multiply_8_blocks_mins, multiply_4_blocks_mins;

// ---- unpacking ----

// Eight rows' 32 quants to the panel.
TEMPLATE void store_quants(struct panel *panel, int g, int h, __m256i rows[8])
{
    transpose_8x8(rows);
    UNROLLED for (int k = 0; k < 8; k++) store_256(panel->q[g][k][h], rows[k]);
}

// The i16 scales of eight rows, one for 16 values each, to the panel.
TEMPLATE void store_scales(struct panel *panel, int h, __m256i rows[8], int group)
{
    const __m256i first = _mm256_set1_epi32(0x01000100), step = _mm256_set1_epi32(0x04040404);
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 0, 1, 2, 3);
    __m256i pick = _mm256_add_epi8(first, _mm256_mullo_epi32(lane, step));
    transpose_8x8(rows);
    UNROLLED for (int g = 0; g < 8; g++)
    {
        if (group == 32) {
            store_256(panel->scales[2 * g][h], rows[g]);
            continue;
        }
        store_256(panel->scales[2 * g][h], _mm256_shuffle_epi8(rows[g], pick));
        store_256(panel->scales[2 * g + 1][h],
                  _mm256_shuffle_epi8(rows[g], _mm256_add_epi8(pick, _mm256_set1_epi8(2))));
    }
}

TEMPLATE void store_factors(struct panel *panel, int h, __m256i rows[8])
{
    transpose_8x8(rows);
    UNROLLED for (int g = 0; g < 8; g++) store_256(panel->factors[g][h], rows[g]);
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
    UNROLLED for (int g = 0; g < 8; g++)
    {
        UNROLLED for (int r = 0; r < 8; r++) rows[r] = f->quants(block[r], g);
        store_quants(panel, g, h, rows);
    }
    for (int r = 0; r < 8; r++)
        rows[r] = f->scales(block[r]);
    store_scales(panel, h, rows, f->group);
    if (!f->has_mins && !f->offset)
        return;
    for (int r = 0; r < 8; r++)
        rows[r] = f->has_mins ? f->mins(block[r])
                              : _mm256_mullo_epi16(f->scales(block[r]),
                                                   _mm256_set1_epi16((short)f->offset));
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
        store_quants(panel, (int)b, h, rows);
    }
}

// ---- all rows ----

TEMPLATE void tile_256(float *y, size_t y_stride, const char *w, size_t row_size, size_t n_rows,
                       const char *x, size_t x_size, size_t n_x, size_t n_in,
                       const struct format_256 *f, multiply_panel *multiply)
{
    struct panel panel;
    panel.n_blocks = 1;
    for (size_t r = 0; r < n_rows; r += PANEL_ROWS) {
        size_t n = n_rows - r < PANEL_ROWS ? n_rows - r : PANEL_ROWS;
        for (size_t b = 0; b < n_in / 256; b++) {
            const char *blocks = w + r * row_size + b * f->block_size;
            for (size_t h = 0; 8 * h < n; h++)
                fill_half_256(&panel, (int)h, blocks + 8 * h * row_size, row_size,
                              n - 8 * h < 8 ? n - 8 * h : 8, f);
            multiply(y + r, y_stride, n, &panel, x + b * sizeof(struct x_q8_256), x_size, n_x,
                     b == 0);
        }
    }
}

TEMPLATE void tile_32(float *y, size_t y_stride, const char *w, size_t row_size, size_t n_rows,
                      const char *x, size_t x_size, size_t n_x, size_t n_in,
                      const struct format_32 *f, multiply_panel *multiply)
{
    struct panel panel;
    size_t n_blocks = n_in / 32;
    for (size_t r = 0; r < n_rows; r += PANEL_ROWS) {
        size_t n = n_rows - r < PANEL_ROWS ? n_rows - r : PANEL_ROWS;
        for (size_t b = 0; b < n_blocks; b += 8) {
            const char *blocks = w + r * row_size + b * f->block_size;
            panel.n_blocks = n_blocks - b < 8 ? n_blocks - b : 8;
            for (size_t h = 0; 8 * h < n; h++)
                fill_half_32(&panel, (int)h, blocks + 8 * h * row_size, row_size,
                             n - 8 * h < 8 ? n - 8 * h : 8, f);
            multiply(y + r, y_stride, n, &panel, x + b * sizeof(struct x_q8_32), x_size, n_x,
                     b == 0);
        }
    }
}

#endif
