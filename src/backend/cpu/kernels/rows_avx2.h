// rows_avx2.h - a few activation rows times many weight rows, straight from the stored blocks.
//
// Eight weight rows advance together, so that their eight sums end in one register and the float
// arithmetic between blocks is done for eight rows at once.  Each block is unpacked in registers and
// meets all (up to four) activation rows there.  This is decoding: it should run as fast as memory
// delivers weights, so the rows of the next eight are asked for while these are computed.
#ifndef HEARTH_BACKEND_CPU_KERNELS_ROWS_AVX2_H
#define HEARTH_BACKEND_CPU_KERNELS_ROWS_AVX2_H

#include "backend/cpu/kernels.h"
#include "backend/cpu/kernels/formats_256_avx2.h"

enum { ROWS_X_MAX = 4 }; // activation rows at once

// How far ahead to prefetch: the next eight rows, or, where those are long, a little further on.
TEMPLATE size_t prefetch_distance(size_t row_size)
{
    return row_size <= 4096 ? 8 * row_size : 4096;
}
TEMPLATE void prefetch(const char *bytes, size_t size)
{
    for (size_t at = 0; at < size; at += 64)
        _mm_prefetch(bytes + at, _MM_HINT_T0);
}

// Pairwise products of quants, as i16: unsigned quants as they are, signed ones by their magnitude
// with the sign moved to the activation.
TEMPLATE __m256i products(__m256i quants, __m256i x, int depth)
{
    return depth ? _mm256_maddubs_epi16(quants, x)
                 : _mm256_maddubs_epi16(_mm256_abs_epi8(quants), _mm256_sign_epi8(x, quants));
}

// ---- blocks of 32 ----

// The f16 at byte `field` of the eight blocks that lie at[r] bytes behind w.
TEMPLATE __m256 scales_of_8(const char *w, const size_t at[8], size_t field)
{
    if (field == SCALE_E8M0) {
        __m128i bytes = _mm_setzero_si128();
#define INSERT(r) bytes = _mm_insert_epi8(bytes, w[at[r]], r)
        INSERT(0);
        INSERT(1);
        INSERT(2);
        INSERT(3);
        INSERT(4);
        INSERT(5);
        INSERT(6);
        INSERT(7);
#undef INSERT
        // As mxfp4_scale_bits().
        __m256i e = _mm256_cvtepu8_epi32(bytes);
        __m256i subnormal = _mm256_sllv_epi32(_mm256_set1_epi32(0x00200000), e);
        __m256i normal = _mm256_slli_epi32(_mm256_sub_epi32(e, _mm256_set1_epi32(1)), 23);
        return _mm256_castsi256_ps(
            _mm256_blendv_epi8(normal, subnormal, _mm256_cmpgt_epi32(_mm256_set1_epi32(2), e)));
    }
    __m128i halves = _mm_cvtsi32_si128(load_u16(w + at[0] + field));
#define INSERT(r) halves = _mm_insert_epi16(halves, load_u16(w + at[r] + field), r)
    INSERT(1);
    INSERT(2);
    INSERT(3);
    INSERT(4);
    INSERT(5);
    INSERT(6);
    INSERT(7);
#undef INSERT
    return _mm256_cvtph_ps(halves);
}

// acc += block (of 8 rows) . x
TEMPLATE __m256 add_blocks_32(__m256 acc, const __m256i dots[8], __m256 d, __m256 m,
                              const struct x_q8_32 *x, int offset, bool has_m)
{
    __m256 dx = _mm256_set1_ps(x->d);
    __m256i isum = sum_rows_i32(dots);
    if (offset)
        isum = _mm256_sub_epi32(isum, _mm256_set1_epi32(offset * x->sum));
    acc = _mm256_fmadd_ps(_mm256_mul_ps(d, dx), _mm256_cvtepi32_ps(isum), acc);
    if (has_m)
        acc = _mm256_fmadd_ps(_mm256_mul_ps(m, dx), _mm256_set1_ps((float)x->sum), acc);
    return acc;
}

// Rows that lie at[r] bytes behind w, times n_x <= ROWS_X_MAX activation rows.
TEMPLATE void eight_rows_32(__m256 acc[ROWS_X_MAX], const char *w, const size_t at[8], size_t ahead,
                            const char *x, size_t x_size, size_t n_x, size_t n_in,
                            const struct format_32 *f)
{
    for (size_t b = 0; b < n_in / 32; b++, w += f->block_size, x += sizeof(struct x_q8_32)) {
        __m256i dots[ROWS_X_MAX][8];
        UNROLLED for (size_t r = 0; r < 8; r++)
        {
            __m256i q = f->quants(w + at[r]);
            UNROLLED for (size_t i = 0; i < n_x; i++)
            {
                const struct x_q8_32 *block = (const void *)(x + i * x_size);
                dots[i][r] = _mm256_madd_epi16(products(q, load_256(block->q), f->depth),
                                               _mm256_set1_epi16(1));
            }
            if (b % 2 == 0)
                _mm_prefetch(w + at[r] + ahead, _MM_HINT_T0);
        }
        __m256 d = scales_of_8(w, at, f->d), m = _mm256_setzero_ps();
        if (f->m != NO_MIN)
            m = scales_of_8(w, at, f->m);
        UNROLLED for (size_t i = 0; i < n_x; i++) acc[i] = add_blocks_32(
            acc[i], dots[i], d, m, (const void *)(x + i * x_size), f->offset, f->m != NO_MIN);
    }
}

// ---- blocks of 256 ----

// The scales of group g of 32 values, spread over the lanes its products have: eight times that of
// the first sixteen values, eight times that of the others.  halves: scales 0-7 and 8-15, each twice.
TEMPLATE __m256i spread_scales(const __m256i halves[2], int g)
{
    static const uint64_t picks[4][4] = {
        {0x0100010001000100, 0x0100010001000100, 0x0302030203020302, 0x0302030203020302},
        {0x0504050405040504, 0x0504050405040504, 0x0706070607060706, 0x0706070607060706},
        {0x0908090809080908, 0x0908090809080908, 0x0b0a0b0a0b0a0b0a, 0x0b0a0b0a0b0a0b0a},
        {0x0d0c0d0c0d0c0d0c, 0x0d0c0d0c0d0c0d0c, 0x0f0e0f0e0f0e0f0e, 0x0f0e0f0e0f0e0f0e}};
    return _mm256_shuffle_epi8(halves[g / 4], load_256(picks[g % 4]));
}

struct block_sums { // of one weight block with one activation block
    __m256i isum, msum;
};

// sums[i].isum += group g of 32 weights . x
TEMPLATE void add_group_256(struct block_sums sums[ROWS_X_MAX], const char *w, int g,
                            const __m256i halves[2], const char *x, size_t x_size, size_t n_x,
                            const struct format_256 *f)
{
    __m256i q = f->quants(w, g), scale = spread_scales(halves, g);
    UNROLLED for (size_t i = 0; i < n_x; i++)
    {
        const struct x_q8_256 *block = (const void *)(x + i * x_size);
        __m256i dot = products(q, load_256(block->q + 32 * g), f->depth);
        sums[i].isum = _mm256_add_epi32(sums[i].isum, _mm256_madd_epi16(dot, scale));
    }
}

TEMPLATE void block_dots_256(struct block_sums sums[ROWS_X_MAX], const char *w, const char *x,
                             size_t x_size, size_t n_x, const struct format_256 *f)
{
    __m256i scales = f->scales(w);
    const __m256i halves[2] = {_mm256_permute2x128_si256(scales, scales, 0x00),
                               _mm256_permute2x128_si256(scales, scales, 0x11)};
    UNROLLED for (size_t i = 0; i < n_x; i++) sums[i].isum = _mm256_setzero_si256();
    if (f->has_tables && n_x > 1)
        for (int g = 0; g < 8; g++)
            add_group_256(sums, w, g, halves, x, x_size, n_x, f);
    else
        UNROLLED for (int g = 0; g < 8; g++) add_group_256(sums, w, g, halves, x, x_size, n_x, f);
    if (!f->offset && !f->has_mins)
        return;
    __m256i factors =
        f->has_mins ? f->mins(w) : _mm256_mullo_epi16(scales, _mm256_set1_epi16((short)f->offset));
    UNROLLED for (size_t i = 0; i < n_x; i++)
    {
        const struct x_q8_256 *block = (const void *)(x + i * x_size);
        sums[i].msum = _mm256_madd_epi16(factors, load_256(block->sums));
        if (f->offset)
            sums[i].isum = _mm256_sub_epi32(sums[i].isum, sums[i].msum);
    }
}

// n <= 8 rows times n_x <= ROWS_X_MAX activation rows.
TEMPLATE void eight_rows_256(__m256 acc[ROWS_X_MAX], const char *w, size_t row_size, size_t n,
                             const char *x, size_t x_size, size_t n_x, size_t n_in,
                             const struct format_256 *f)
{
    size_t ahead = prefetch_distance(row_size);
    __m256i isums[ROWS_X_MAX][8], msums[ROWS_X_MAX][8];
    float d[8] = {0}, dmin[8] = {0};
    for (size_t i = 0; i < n_x; i++) // rows that are not there
        for (size_t r = n; r < 8; r++)
            isums[i][r] = msums[i][r] = _mm256_setzero_si256();
    for (size_t b = 0; b < n_in / 256; b++, w += f->block_size, x += sizeof(struct x_q8_256)) {
        for (size_t r = 0; r < n; r++) {
            const char *block = w + r * row_size;
            prefetch(block + ahead, f->block_size);
            struct block_sums sums[ROWS_X_MAX];
            block_dots_256(sums, block, x, x_size, n_x, f);
            UNROLLED for (size_t i = 0; i < n_x; i++)
            {
                isums[i][r] = sums[i].isum;
                if (f->has_mins)
                    msums[i][r] = sums[i].msum;
            }
            d[r] = f->d(block);
            if (f->has_mins)
                dmin[r] = f->dmin(block);
        }
        UNROLLED for (size_t i = 0; i < n_x; i++)
        {
            __m256 dx = _mm256_set1_ps(((const struct x_q8_256 *)(x + i * x_size))->d);
            acc[i] = _mm256_fmadd_ps(_mm256_mul_ps(_mm256_loadu_ps(d), dx),
                                     _mm256_cvtepi32_ps(sum_rows_i32(isums[i])), acc[i]);
            if (f->has_mins)
                acc[i] = _mm256_fnmadd_ps(_mm256_mul_ps(_mm256_loadu_ps(dmin), dx),
                                          _mm256_cvtepi32_ps(sum_rows_i32(msums[i])), acc[i]);
        }
    }
}

// ---- all rows ----

// y[i * y_stride + r], n_x <= ROWS_X_MAX a constant.
TEMPLATE void rows_256(float *y, size_t y_stride, const char *w, size_t row_size, size_t n_rows,
                       const char *x, size_t x_size, size_t n_x, size_t n_in,
                       const struct format_256 *f)
{
    for (size_t r = 0; r < n_rows; r += 8) {
        size_t n = n_rows - r < 8 ? n_rows - r : 8;
        __m256 acc[ROWS_X_MAX] = {0};
        eight_rows_256(acc, w + r * row_size, row_size, n, x, x_size, n_x, n_in, f);
        UNROLLED for (size_t i = 0; i < n_x; i++) store_floats(y + i * y_stride + r, acc[i], n);
    }
}

TEMPLATE void rows_32(float *y, size_t y_stride, const char *w, size_t row_size, size_t n_rows,
                      const char *x, size_t x_size, size_t n_x, size_t n_in,
                      const struct format_32 *f)
{
    size_t at[8], ahead = prefetch_distance(row_size);
    for (size_t r = 0; r < n_rows; r += 8) {
        size_t n = n_rows - r < 8 ? n_rows - r : 8;
        for (size_t i = 0; i < 8; i++) // rows that are not there are the last one again
            at[i] = (i < n ? i : n - 1) * row_size;
        __m256 acc[ROWS_X_MAX] = {0};
        eight_rows_32(acc, w + r * row_size, at, ahead, x, x_size, n_x, n_in, f);
        UNROLLED for (size_t i = 0; i < n_x; i++) store_floats(y + i * y_stride + r, acc[i], n);
    }
}

#endif
