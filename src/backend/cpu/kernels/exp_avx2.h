// exp_avx2.h - exp.h for eight floats: the same operations in the same order.
#ifndef HEARTH_BACKEND_CPU_KERNELS_EXP_AVX2_H
#define HEARTH_BACKEND_CPU_KERNELS_EXP_AVX2_H

#include "backend/cpu/kernels/exp.h"
#include "backend/cpu/kernels/simd_avx2.h"

TEMPLATE __m256 exp_eight(__m256 x)
{
    const __m256 low = _mm256_set1_ps(EXP_LOW), round = _mm256_set1_ps(EXP_ROUND);
    // min and max give their second operand when one is NaN, as the scalar comparisons do.
    __m256 clamped = _mm256_max_ps(low, _mm256_min_ps(_mm256_set1_ps(EXP_HIGH), x));
    __m256 shifted = _mm256_fmadd_ps(clamped, _mm256_set1_ps(EXP_LOG2E), round);
    __m256 n = _mm256_sub_ps(shifted, round);
    __m256 r = _mm256_fmadd_ps(n, _mm256_set1_ps(-EXP_LN2_HI), clamped);
    r = _mm256_fmadd_ps(n, _mm256_set1_ps(-EXP_LN2_LO), r);
    __m256 p = _mm256_fmadd_ps(r, _mm256_set1_ps(EXP_C4), _mm256_set1_ps(EXP_C3));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(EXP_C2));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(EXP_C1));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(EXP_C0));
    p = _mm256_add_ps(_mm256_fmadd_ps(p, _mm256_mul_ps(r, r), r), _mm256_set1_ps(1));
    __m256i power = _mm256_add_epi32(_mm256_slli_epi32(_mm256_castps_si256(shifted), 23),
                                     _mm256_set1_epi32(0x3f800000));
    p = _mm256_mul_ps(p, _mm256_castsi256_ps(power));
    return _mm256_andnot_ps(_mm256_cmp_ps(x, low, _CMP_LT_OQ), p);
}

TEMPLATE __m256 negative(__m256 x)
{
    return _mm256_xor_ps(x, _mm256_set1_ps(-0.0f));
}

TEMPLATE __m256 sigmoid_divisor_eight(__m256 x)
{
    return _mm256_add_ps(_mm256_set1_ps(1), exp_eight(negative(x)));
}

TEMPLATE __m256 gelu_divisor_eight(__m256 x)
{
    __m256 u =
        _mm256_fmadd_ps(_mm256_mul_ps(x, x), _mm256_set1_ps(GELU_2U_X3), _mm256_set1_ps(GELU_2U_X));
    return _mm256_add_ps(_mm256_set1_ps(1), exp_eight(negative(_mm256_mul_ps(x, u))));
}

#endif
