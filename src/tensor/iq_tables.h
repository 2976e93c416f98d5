// iq_tables.h - the codebooks of the IQ2, IQ3 and IQ1 formats.
//
// Groups of 8 (IQ3: 4) values have as magnitudes one row of a fixed table; a row's bytes may be
// loaded as one word.  The numbers are facts of the formats, from ggml's src/ggml-common.h.
#ifndef HEARTH_TENSOR_IQ_TABLES_H
#define HEARTH_TENSOR_IQ_TABLES_H

#include <stdint.h>

extern const uint8_t iq2_xxs_grid[256][8]; // 8, 25, 43
extern const uint8_t iq2_xs_grid[512][8];
extern const uint8_t iq2_s_grid[1024][8];
extern const uint8_t iq3_xxs_grid[256][4]; // 4, 12, 20, 28, 36, 44, 52, 62
extern const uint8_t iq3_s_grid[512][4];   // 1, 3, 5, ... 15
extern const int8_t iq1_grid[2048][8];     // -1, 0, 1

// Seven stored sign bits as eight (set: negative); the eighth makes the number of negatives even.
static inline uint8_t iq_signs(uint32_t seven)
{
    return (uint8_t)(seven | (uint32_t)__builtin_parity(seven) << 7);
}

#endif
