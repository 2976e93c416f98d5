// exp_neon.h - exp.h for four floats: the same operations in the same order.
#ifndef HEARTH_BACKEND_CPU_KERNELS_EXP_NEON_H
#define HEARTH_BACKEND_CPU_KERNELS_EXP_NEON_H

#include <arm_neon.h>
#include <string.h>

#include "backend/cpu/kernels/exp.h"

// Templates are functions whose arguments become constants: they must be inlined to be any good.
#define TEMPLATE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("GCC unroll 16")

TEMPLATE float32x4_t exp_four(float32x4_t x)
{
    const float32x4_t low = vdupq_n_f32(EXP_LOW), high = vdupq_n_f32(EXP_HIGH);
    const float32x4_t round = vdupq_n_f32(EXP_ROUND);
    float32x4_t clamped = vbslq_f32(vcltq_f32(high, x), high, x); // NaN stays
    clamped = vbslq_f32(vcgtq_f32(low, clamped), low, clamped);
    float32x4_t shifted = vfmaq_f32(round, clamped, vdupq_n_f32(EXP_LOG2E));
    float32x4_t n = vsubq_f32(shifted, round);
    float32x4_t r = vfmaq_f32(clamped, n, vdupq_n_f32(-EXP_LN2_HI));
    r = vfmaq_f32(r, n, vdupq_n_f32(-EXP_LN2_LO));
    float32x4_t p = vfmaq_f32(vdupq_n_f32(EXP_C3), r, vdupq_n_f32(EXP_C4));
    p = vfmaq_f32(vdupq_n_f32(EXP_C2), p, r);
    p = vfmaq_f32(vdupq_n_f32(EXP_C1), p, r);
    p = vfmaq_f32(vdupq_n_f32(EXP_C0), p, r);
    p = vaddq_f32(vfmaq_f32(r, p, vmulq_f32(r, r)), vdupq_n_f32(1));
    uint32x4_t power =
        vaddq_u32(vshlq_n_u32(vreinterpretq_u32_f32(shifted), 23), vdupq_n_u32(0x3f800000));
    p = vmulq_f32(p, vreinterpretq_f32_u32(power));
    return vbslq_f32(vcltq_f32(x, low), vdupq_n_f32(0), p);
}

TEMPLATE float32x4_t sigmoid_divisor_four(float32x4_t x)
{
    return vaddq_f32(vdupq_n_f32(1), exp_four(vnegq_f32(x)));
}

TEMPLATE float32x4_t gelu_divisor_four(float32x4_t x)
{
    float32x4_t u = vfmaq_f32(vdupq_n_f32(GELU_2U_X), vmulq_f32(x, x), vdupq_n_f32(GELU_2U_X3));
    return vaddq_f32(vdupq_n_f32(1), exp_four(vnegq_f32(vmulq_f32(x, u))));
}

// The first n <= 4 floats of a row; the others read as 0.
TEMPLATE float32x4_t load_floats(const float *x, size_t n)
{
    float values[4] = {0};
    if (n == 4)
        return vld1q_f32(x);
    memcpy(values, x, n * sizeof *x);
    return vld1q_f32(values);
}
TEMPLATE void store_floats(float *y, float32x4_t v, size_t n)
{
    float values[4];
    if (n == 4) {
        vst1q_f32(y, v);
        return;
    }
    vst1q_f32(values, v);
    memcpy(y, values, n * sizeof *y);
}

#endif
