// products_256_avx2.c - K-quants and IQ4_XS.
#include "backend/cpu/kernels/layers.h"
#include "backend/cpu/kernels/products_avx2.h"

#define FORMAT(...) FORMAT_256(__VA_ARGS__, false)
FORMATS_K(FORMAT)

PRODUCTS(q2_k, 256, multiply_8_16_mins)
PRODUCTS(q3_k, 256, multiply_8_16_offset)
PRODUCTS(q4_k, 256, multiply_8_32_mins)
PRODUCTS(q5_k, 256, multiply_4_32_mins)
PRODUCTS(q6_k, 256, multiply_2_16_offset)
PRODUCTS(iq4_xs, 256, multiply_planes_32)

void fill_products_k_avx2(struct kernels *kernels)
{
#define FILL(dtype, name, depth, offset, group, dmin, mins)                                        \
    kernels->formats[DTYPE_##dtype] = (struct format_kernels){X_Q8_256, rows_##name, tile_##name};
    FORMATS_K(FILL)
}
