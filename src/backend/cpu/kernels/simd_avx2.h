// simd_avx2.h - words the AVX2 kernels share.  Only *_avx2.c files include it.
#ifndef HEARTH_BACKEND_CPU_KERNELS_SIMD_AVX2_H
#define HEARTH_BACKEND_CPU_KERNELS_SIMD_AVX2_H

#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Templates are functions whose arguments become constants: they must be inlined to be any good.
#define TEMPLATE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("GCC unroll 16")

// Sums are meant to be made in the order written: compilers that make trees of them run out of
// registers.
#define IN_ORDER(v) __asm__("" : "+x"(v))
// The same for sums that are touched seldom: they live on the stack, and registers stay free.
#define IN_MEMORY(v) __asm__("" : "+m"(v))

TEMPLATE __m256i load_256(const void *bytes)
{
    return _mm256_loadu_si256(bytes);
}
TEMPLATE __m128i load_128(const void *bytes)
{
    return _mm_loadu_si128(bytes);
}
TEMPLATE void store_256(void *bytes, __m256i v)
{
    _mm256_storeu_si256(bytes, v);
}
TEMPLATE uint16_t load_u16(const void *bytes)
{
    uint16_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}
TEMPLATE uint32_t load_u32(const void *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}
TEMPLATE uint64_t load_u64(const void *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}
TEMPLATE __m256i broadcast_u32(const void *bytes)
{
    return _mm256_set1_epi32((int)load_u32(bytes));
}

// The first n <= 8 floats of a row; the others read as 0.
TEMPLATE __m256 load_floats(const float *x, size_t n)
{
    float values[8] = {0};
    if (n == 8)
        return _mm256_loadu_ps(x);
    memcpy(values, x, n * sizeof *x);
    return _mm256_loadu_ps(values);
}
TEMPLATE void store_floats(float *y, __m256 v, size_t n)
{
    float values[8];
    if (n == 8) {
        _mm256_storeu_ps(y, v);
        return;
    }
    _mm256_storeu_ps(values, v);
    memcpy(y, values, n * sizeof *y);
}

// Eight vectors of eight i32 to the vector of their sums.
TEMPLATE __m256i sum_rows_i32(const __m256i v[8])
{
    __m256i a = _mm256_hadd_epi32(_mm256_hadd_epi32(v[0], v[1]), _mm256_hadd_epi32(v[2], v[3]));
    __m256i b = _mm256_hadd_epi32(_mm256_hadd_epi32(v[4], v[5]), _mm256_hadd_epi32(v[6], v[7]));
    return _mm256_add_epi32(_mm256_permute2x128_si256(a, b, 0x20),
                            _mm256_permute2x128_si256(a, b, 0x31));
}

// The same for floats: neighbours first, then neighbours of neighbours, then the halves.
TEMPLATE __m256 sum_rows_f32(const __m256 v[8])
{
    __m256 a = _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
    __m256 b = _mm256_hadd_ps(_mm256_hadd_ps(v[4], v[5]), _mm256_hadd_ps(v[6], v[7]));
    return _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
}

// Rows of eight 32-bit words to columns, in place.
TEMPLATE void transpose_8x8(__m256i v[8])
{
    __m256i t[8], u[8];
    UNROLLED for (int i = 0; i < 4; i++)
    {
        t[2 * i] = _mm256_unpacklo_epi32(v[2 * i], v[2 * i + 1]);
        t[2 * i + 1] = _mm256_unpackhi_epi32(v[2 * i], v[2 * i + 1]);
    }
    UNROLLED for (int i = 0; i < 2; i++)
    {
        u[4 * i] = _mm256_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
        u[4 * i + 1] = _mm256_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
        u[4 * i + 2] = _mm256_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
        u[4 * i + 3] = _mm256_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
    UNROLLED for (int i = 0; i < 4; i++)
    {
        v[i] = _mm256_permute2x128_si256(u[i], u[i + 4], 0x20);
        v[i + 4] = _mm256_permute2x128_si256(u[i], u[i + 4], 0x31);
    }
}

#endif
