// exp.h - e^x in float, the same bits in every layer.
//
// x = n ln 2 + r with |r| <= ln 2 / 2 (Cody and Waite's two-part ln 2), e^r by a polynomial, then n
// goes into the exponent.  Relative error below 1.2e-7 (a unit in the last place) on [-87, 88]; above
// 88 the result is e^88, below -87 it is 0, and NaN stays NaN.  The vector layers do the same
// operations in the same order.
#ifndef HEARTH_BACKEND_CPU_KERNELS_EXP_H
#define HEARTH_BACKEND_CPU_KERNELS_EXP_H

#include <math.h>

#include "tensor/half.h"

#define EXP_LOW  (-87.0f)
#define EXP_HIGH 88.0f

// Adding this leaves the nearest integer in a float's low bits.
#define EXP_ROUND  12582912.0f
#define EXP_LOG2E  1.44269504f
#define EXP_LN2_HI 0.693145752f // 15 bits, so n * EXP_LN2_HI is exact
#define EXP_LN2_LO 1.42860677e-6f

// (e^r - 1 - r) / r^2 to degree 4: fitted on |r| <= 0.3466 for the least relative error of e^r.
#define EXP_C0 0.499999934f
#define EXP_C1 0.166665205f
#define EXP_C2 0.0416683899f
#define EXP_C3 0.00836873557f
#define EXP_C4 0.00138145595f

static inline float exp_f32(float x)
{
    float high = EXP_HIGH < x ? EXP_HIGH : x;
    float clamped = EXP_LOW > high ? EXP_LOW : high;
    float shifted = fmaf(clamped, EXP_LOG2E, EXP_ROUND), n = shifted - EXP_ROUND;
    float r = fmaf(n, -EXP_LN2_LO, fmaf(n, -EXP_LN2_HI, clamped));
    float p = fmaf(r, EXP_C4, EXP_C3);
    p = fmaf(p, r, EXP_C2);
    p = fmaf(p, r, EXP_C1);
    p = fmaf(p, r, EXP_C0);
    p = fmaf(p, r * r, r) + 1.0f;
    float power = f32_from_bits((f32_bits(shifted) << 23) + 0x3f800000);
    return x < EXP_LOW ? 0.0f : p * power;
}

// 1 / (1 + e^-x) is used as a divisor: silu(x) = x / sigmoid_divisor(x).
static inline float sigmoid_divisor(float x)
{
    return 1.0f + exp_f32(-x);
}

// GELU with tanh: x / 2 (1 + tanh u) = x / (1 + e^-2u), u = sqrt(2 / pi) (x + 0.044715 x^3).
#define GELU_2U_X  1.59576912f
#define GELU_2U_X3 0.0713548163f

static inline float gelu_divisor(float x)
{
    return 1.0f + exp_f32(-(x * fmaf(x * x, GELU_2U_X3, GELU_2U_X)));
}

#endif
