#include "backend/cpu/peak.h"

#include <arm_neon.h>

// Eight independent chains of 16 multiply-adds (sdot).
uint64_t peak_rounds_neon(uint64_t n)
{
    int32x4_t sums[8];
    int8x16_t w = vdupq_n_s8(3), x = vdupq_n_s8(5);
    for (int k = 0; k < 8; k++)
        sums[k] = vdupq_n_s32(0);
    for (uint64_t i = 0; i < n; i++) {
        for (int k = 0; k < 8; k++)
            sums[k] = vdotq_s32(sums[k], w, x);
        __asm__ volatile("" : "+w"(w), "+w"(x));
    }
    volatile int32_t sink;
    int32x4_t all = sums[0];
    for (int k = 1; k < 8; k++)
        all = veorq_s32(all, sums[k]);
    sink = vaddvq_s32(all);
    (void)sink;
    return n * 8 * 16;
}
