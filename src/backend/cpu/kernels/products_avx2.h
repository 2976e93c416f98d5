// products_avx2.h - the two products of every quantised format, made from the templates.
#ifndef HEARTH_BACKEND_CPU_KERNELS_PRODUCTS_AVX2_H
#define HEARTH_BACKEND_CPU_KERNELS_PRODUCTS_AVX2_H

#include "backend/cpu/kernels/panel_avx2.h"
#include "backend/cpu/kernels/rows_avx2.h"

// With fewer activation rows than this, unpacking into a panel costs more than it saves.
enum { TILE_X_MIN = 7 };

// rows() and tile() of format `name`, which is described by format_##name; width is 32 or 256.
#define PRODUCTS(name, width, multiply)                                                            \
    static void rows_##name(float *y, const void *w, size_t row_size, size_t n_rows,               \
                            const void *x, size_t n_in)                                            \
    {                                                                                              \
        rows_##width(y, 0, w, row_size, n_rows, x, 0, 1, n_in, &format_##name);                    \
    }                                                                                              \
    static void few_##name(float *y, size_t y_stride, const void *w, size_t row_size,              \
                           size_t n_rows, const void *x, size_t x_size, size_t n_x, size_t n_in)   \
    {                                                                                              \
        if (n_x == 1)                                                                              \
            rows_##name(y, w, row_size, n_rows, x, n_in);                                          \
        else if (n_x == 2)                                                                         \
            rows_##width(y, y_stride, w, row_size, n_rows, x, x_size, 2, n_in, &format_##name);    \
        else                                                                                       \
            rows_##width(y, y_stride, w, row_size, n_rows, x, x_size, 4, n_in, &format_##name);    \
    }                                                                                              \
    static void tile_##name(float *y, size_t y_stride, const void *w, size_t row_size,             \
                            size_t n_rows, const void *x, size_t x_size, size_t n_x, size_t n_in)  \
    {                                                                                              \
        if (n_x >= TILE_X_MIN)                                                                     \
            tile_##width(y, y_stride, w, row_size, n_rows, x, x_size, n_x, n_in, &format_##name,   \
                         multiply);                                                                \
        else                                                                                       \
            few_rows(y, y_stride, w, row_size, n_rows, x, x_size, n_x, n_in, few_##name);          \
    }

// Activation rows in fours, twos and ones; eight weight rows at a time, so that each is read from
// memory once.
typedef void few_x(float *y, size_t y_stride, const void *w, size_t row_size, size_t n_rows,
                   const void *x, size_t x_size, size_t n_x, size_t n_in);
static inline void few_rows(float *y, size_t y_stride, const char *w, size_t row_size,
                            size_t n_rows, const char *x, size_t x_size, size_t n_x, size_t n_in,
                            few_x *few)
{
    size_t at_once = n_x == 1 || n_x == 2 || n_x == 4 ? n_rows : 8;
    for (size_t r = 0; r < n_rows; r += at_once)
        for (size_t i = 0, n; i < n_x; i += n) {
            n = n_x - i >= 4 ? 4 : n_x - i >= 2 ? 2 : 1;
            few(y + i * y_stride + r, y_stride, w + r * row_size, row_size,
                n_rows - r < at_once ? n_rows - r : at_once, x + i * x_size, x_size, n, n_in);
        }
}

#define FORMAT_256(dtype, name, depth, offset, group, dmin, mins, has_tables)                      \
    static const struct format_256 format_##name = {sizeof(struct block_##name),                   \
                                                    depth,                                         \
                                                    offset,                                        \
                                                    group,                                         \
                                                    (offset) == 0 && (dmin) != 0,                  \
                                                    has_tables,                                    \
                                                    d_##name,                                      \
                                                    dmin,                                          \
                                                    scales_##name,                                 \
                                                    mins,                                          \
                                                    quants_##name};

#endif
