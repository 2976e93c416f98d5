// integer_form.h - every quantised weight format as integers: the definition behind all products.
//
// One block becomes value[i] = d * scales[i / 16] * q[i] - dmin * mins[i / 16], exactly.  Formats
// with one scale per 32 values repeat it; blocks of 32 values have scales of 1 and no mins, or, for
// Q4_1 and Q5_1, mins of 1 with dmin = -m.  Factors such as the halves in the IQ scales and the
// eighths of IQ1 are moved from the scales and values into d, a power of two, so nothing rounds.
// The formulas are those of tensor/dequant_*.c.
#ifndef HEARTH_BACKEND_CPU_KERNELS_INTEGER_FORM_H
#define HEARTH_BACKEND_CPU_KERNELS_INTEGER_FORM_H

#include <stdint.h>

struct integer_block {
    float d, dmin; // dmin is set only in formats with mins
    int16_t scales[16], mins[16];
    int8_t q[256];
};

typedef void unpack_block(struct integer_block *out, const void *block);

unpack_block unpack_q4_0, unpack_q4_1, unpack_q5_0, unpack_q5_1, unpack_q8_0, unpack_iq4_nl,
    unpack_mxfp4;
unpack_block unpack_q2_k, unpack_q3_k, unpack_q4_k, unpack_q5_k, unpack_q6_k, unpack_iq4_xs;
unpack_block unpack_iq2_xxs, unpack_iq2_xs, unpack_iq2_s, unpack_iq3_xxs, unpack_iq3_s,
    unpack_iq1_s, unpack_iq1_m;

// The quantised formats: X(dtype suffix, name in lower case, values per block, has mins).
#define INTEGER_FORMATS(X)                                                                         \
    X(Q4_0, q4_0, 32, 0)                                                                           \
    X(Q4_1, q4_1, 32, 1)                                                                           \
    X(Q5_0, q5_0, 32, 0)                                                                           \
    X(Q5_1, q5_1, 32, 1)                                                                           \
    X(Q8_0, q8_0, 32, 0)                                                                           \
    X(IQ4_NL, iq4_nl, 32, 0)                                                                       \
    X(MXFP4, mxfp4, 32, 0)                                                                         \
    X(Q2_K, q2_k, 256, 1)                                                                          \
    X(Q3_K, q3_k, 256, 0)                                                                          \
    X(Q4_K, q4_k, 256, 1)                                                                          \
    X(Q5_K, q5_k, 256, 1)                                                                          \
    X(Q6_K, q6_k, 256, 0)                                                                          \
    X(IQ4_XS, iq4_xs, 256, 0)                                                                      \
    X(IQ2_XXS, iq2_xxs, 256, 0)                                                                    \
    X(IQ2_XS, iq2_xs, 256, 0)                                                                      \
    X(IQ2_S, iq2_s, 256, 0)                                                                        \
    X(IQ3_XXS, iq3_xxs, 256, 0)                                                                    \
    X(IQ3_S, iq3_s, 256, 0)                                                                        \
    X(IQ1_S, iq1_s, 256, 0)                                                                        \
    X(IQ1_M, iq1_m, 256, 0)

#endif
