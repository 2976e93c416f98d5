// products_iq_avx2.c - the codebook formats.
#include "backend/cpu/kernels/formats_iq_avx2.h"
#include "backend/cpu/kernels/layers.h"
#include "backend/cpu/kernels/products_avx2.h"

// Seven bits pick a row: bit j of i, and the parity of all in the eighth.
#define SIGN(i, bit) ((i) >> (bit)&1 ? -1 : 1)
#define ODD(i)       (((i) ^ (i) >> 1 ^ (i) >> 2 ^ (i) >> 3 ^ (i) >> 4 ^ (i) >> 5 ^ (i) >> 6) & 1)
#define SIGNS(i)                                                                                   \
    {                                                                                              \
        SIGN(i, 0), SIGN(i, 1), SIGN(i, 2), SIGN(i, 3), SIGN(i, 4), SIGN(i, 5), SIGN(i, 6),        \
            ODD(i) ? -1 : 1                                                                        \
    }
#define SIGNS_4(i)  SIGNS(i), SIGNS(i + 1), SIGNS(i + 2), SIGNS(i + 3)
#define SIGNS_16(i) SIGNS_4(i), SIGNS_4(i + 4), SIGNS_4(i + 8), SIGNS_4(i + 12)
const int8_t iq_even_signs[128][8] = {SIGNS_16(0),  SIGNS_16(16), SIGNS_16(32), SIGNS_16(48),
                                      SIGNS_16(64), SIGNS_16(80), SIGNS_16(96), SIGNS_16(112)};

#define FORMAT(...) FORMAT_256(__VA_ARGS__, true)
FORMATS_IQ(FORMAT)

PRODUCTS(iq2_xxs, 256, multiply_1_32_offset)
PRODUCTS(iq2_xs, 256, multiply_1_16_offset)
PRODUCTS(iq2_s, 256, multiply_1_16_offset)
PRODUCTS(iq3_xxs, 256, multiply_1_32_offset)
PRODUCTS(iq3_s, 256, multiply_4_32_offset)
PRODUCTS(iq1_s, 256, multiply_4_32_offset)
PRODUCTS(iq1_m, 256, multiply_4_16_offset)

void fill_products_iq_avx2(struct kernels *kernels)
{
#define FILL(dtype, name, depth, offset, group, dmin, mins)                                        \
    kernels->formats[DTYPE_##dtype] = (struct format_kernels){X_Q8_256, rows_##name, tile_##name};
    FORMATS_IQ(FILL)
}
