// quant.h - floats to blocks, for what caches and tools write; reached through dtype.h's rows.
//
// Each turns n values into n / (values per block) blocks.  For finite values the results are those
// of the formats' reference implementation without an importance matrix.  Values that are not
// finite give blocks that are valid, if useless.
#ifndef HEARTH_TENSOR_QUANT_H
#define HEARTH_TENSOR_QUANT_H

#include <stddef.h>

#define QUANTIZE(format) void quantize_##format(void *blocks, const float *values, size_t n)

QUANTIZE(f32);
QUANTIZE(f16);
QUANTIZE(bf16);
QUANTIZE(q4_0);
QUANTIZE(q4_1);
QUANTIZE(q5_0);
QUANTIZE(q5_1);
QUANTIZE(q8_0);
QUANTIZE(q8_k);

QUANTIZE(q2_k);
QUANTIZE(q3_k);
QUANTIZE(q4_k);
QUANTIZE(q5_k);
QUANTIZE(q6_k);

QUANTIZE(iq4_nl);
QUANTIZE(iq4_xs);
QUANTIZE(mxfp4);

#endif
