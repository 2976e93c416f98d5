#include "backend/cpu/peak.h"

#include "backend/cpu/kernels/simd_avx2.h"

// Eight independent chains of: multiply 32 pairs of bytes, add neighbours to 16 bits (maddubs), and
// add to the sums.  Widening to 32 bits is left out: kernels do it once for several of these.
uint64_t peak_rounds_avx2(uint64_t n)
{
    __m256i sums[8], w = _mm256_set1_epi8(3), x = _mm256_set1_epi8(5);
    UNROLLED for (int k = 0; k < 8; k++) sums[k] = _mm256_setzero_si256();
    for (uint64_t i = 0; i < n; i++)
        UNROLLED for (int k = 0; k < 8; k++)
        {
            __asm__ volatile("" : "+x"(w)); // or one product would serve all sums
            sums[k] = _mm256_add_epi16(sums[k], _mm256_maddubs_epi16(w, x));
            IN_ORDER(sums[k]);
        }
    __m256i all = sums[0];
    UNROLLED for (int k = 1; k < 8; k++) all = _mm256_xor_si256(all, sums[k]);
    volatile int sink = _mm256_extract_epi32(all, 0);
    (void)sink;
    return n * 8 * 32;
}
