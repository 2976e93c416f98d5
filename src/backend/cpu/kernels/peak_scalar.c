#include "backend/cpu/peak.h"

uint64_t peak_rounds_scalar(uint64_t n)
{
    volatile int32_t sink;
    int32_t sums[8] = {0};
    int8_t w[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    for (uint64_t i = 0; i < n; i++)
        for (int k = 0; k < 8; k++)
            sums[k] += w[k] * (int8_t)(i + (uint64_t)k);
    sink = sums[0] ^ sums[7];
    (void)sink;
    return n * 8;
}
