// dequant.h - the scalar functions that define each format; reached through dtype.h's rows.
//
// Each writes n values from n / (values per block) blocks.  The order of operations is part of the
// definition: the products round exactly as the format's reference implementation does.
#ifndef HEARTH_TENSOR_DEQUANT_H
#define HEARTH_TENSOR_DEQUANT_H

#include <stddef.h>

#define DEQUANTIZE(format) void dequantize_##format(float *values, const void *blocks, size_t n)

DEQUANTIZE(f32);
DEQUANTIZE(f16);
DEQUANTIZE(bf16);
DEQUANTIZE(q4_0);
DEQUANTIZE(q4_1);
DEQUANTIZE(q5_0);
DEQUANTIZE(q5_1);
DEQUANTIZE(q8_0);
DEQUANTIZE(iq4_nl);
DEQUANTIZE(mxfp4);

DEQUANTIZE(q2_k);
DEQUANTIZE(q3_k);
DEQUANTIZE(q4_k);
DEQUANTIZE(q5_k);
DEQUANTIZE(q6_k);
DEQUANTIZE(q8_k);

DEQUANTIZE(iq4_xs);
DEQUANTIZE(iq2_xxs);
DEQUANTIZE(iq2_xs);
DEQUANTIZE(iq2_s);
DEQUANTIZE(iq3_xxs);
DEQUANTIZE(iq3_s);
DEQUANTIZE(iq1_s);
DEQUANTIZE(iq1_m);

#endif
