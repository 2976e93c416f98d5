// layers.h - the parts of each kernel layer.  Only kernels*.c and the files of this folder include it.
//
// A layer fills the entries it does better than the layers before it.
#ifndef HEARTH_BACKEND_CPU_KERNELS_LAYERS_H
#define HEARTH_BACKEND_CPU_KERNELS_LAYERS_H

#include "backend/cpu/kernels.h"

// Activation blocks whose largest magnitude is below this become zeros, so that d, a 127th of it, is
// always a normal float.
#define X_MAX_TINY 0x1p-119f

typedef void kernels_fill(struct kernels *kernels);

kernels_fill fill_products_scalar;    // rows, tile, quantize
kernels_fill fill_elementwise_scalar; // norm, add, gates, conv_silu, dequantize, quantize_kv
kernels_fill fill_sequence_scalar;    // attend_page, delta_rows

kernels_fill fill_products_32_avx2; // blocks of 32, quantize
kernels_fill fill_products_k_avx2;  // K-quants, IQ4_XS
kernels_fill fill_products_iq_avx2; // codebook formats
kernels_fill fill_floats_avx2;      // F32, F16, BF16
kernels_fill fill_elementwise_avx2;
kernels_fill fill_sequence_avx2;

kernels_fill fill_products_neon;    // all quantised formats
kernels_fill fill_floats_neon;      // F32, F16, BF16
kernels_fill fill_elementwise_neon; // also quantize
kernels_fill fill_sequence_neon;

#endif
