// dequant_iq.c - the codebook formats, and IQ4_XS: 256 values per block.
//
// b counts groups of 32 values, l groups of 8 within them.
#include "tensor/dequant.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "tensor/blocks.h"
#include "tensor/half.h"
#include "tensor/iq_tables.h"

// Eight values: scale times the magnitudes, negative where the sign bit is set.
static void write_signed(float *values, float scale, const uint8_t *grid, uint8_t signs, int first,
                         int count)
{
    for (int j = 0; j < count; j++)
        values[j] = scale * (float)grid[j] * (signs >> (first + j) & 1 ? -1.0f : 1.0f);
}

static uint32_t word_at(const void *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

DEQUANTIZE(iq4_xs)
{
    static const int8_t levels[16] = IQ4_LEVELS;
    const struct block_iq4_xs *block = blocks;
    for (; n; n -= 256, block++, values += 256) {
        float d = f16_to_f32(block->d);
        for (int b = 0; b < 8; b++) {
            int low = block->scales_l[b / 2] >> 4 * (b % 2) & 15,
                high = block->scales_h >> 2 * b & 3;
            float scale = d * (float)((low | high << 4) - 32);
            const uint8_t *qs = block->qs + 16 * b;
            for (int j = 0; j < 16; j++) {
                values[32 * b + j] = scale * (float)levels[qs[j] & 15];
                values[32 * b + j + 16] = scale * (float)levels[qs[j] >> 4];
            }
        }
    }
}

DEQUANTIZE(iq2_xxs)
{
    const struct block_iq2_xxs *block = blocks;
    for (; n; n -= 256, block++, values += 256) {
        float d = f16_to_f32(block->d);
        for (int b = 0; b < 8; b++) {
            uint32_t indices = word_at(block->qs + 4 * b), word = word_at(block->qs + 4 * b + 2);
            float scale = d * (0.5f + (float)(word >> 28)) * 0.25f;
            for (int l = 0; l < 4; l++)
                write_signed(values + 32 * b + 8 * l, scale, iq2_xxs_grid[indices >> 8 * l & 255],
                             iq_signs(word >> 7 * l & 127), 0, 8);
        }
    }
}

// The 4-bit scales of IQ2_XS and IQ2_S, one for 16 values.
static float iq2_scale(float d, const uint8_t scales[8], int b, int l)
{
    return d * (0.5f + (float)(scales[b] >> 4 * (l / 2) & 15)) * 0.25f;
}

DEQUANTIZE(iq2_xs)
{
    const struct block_iq2_xs *block = blocks;
    for (; n; n -= 256, block++, values += 256) {
        float d = f16_to_f32(block->d);
        for (int b = 0; b < 8; b++)
            for (int l = 0; l < 4; l++) {
                uint16_t code = block->qs[4 * b + l];
                write_signed(values + 32 * b + 8 * l, iq2_scale(d, block->scales, b, l),
                             iq2_xs_grid[code & 511], iq_signs(code >> 9), 0, 8);
            }
    }
}

DEQUANTIZE(iq2_s)
{
    const struct block_iq2_s *block = blocks;
    for (; n; n -= 256, block++, values += 256) {
        float d = f16_to_f32(block->d);
        for (int b = 0; b < 8; b++)
            for (int l = 0; l < 4; l++) {
                int index = block->qs[4 * b + l] | (block->qh[b] >> 2 * l & 3) << 8;
                write_signed(values + 32 * b + 8 * l, iq2_scale(d, block->scales, b, l),
                             iq2_s_grid[index], block->signs[4 * b + l], 0, 8);
            }
    }
}

DEQUANTIZE(iq3_xxs)
{
    const struct block_iq3_xxs *block = blocks;
    for (; n; n -= 256, block++, values += 256) {
        float d = f16_to_f32(block->d);
        for (int b = 0; b < 8; b++) {
            uint32_t word = word_at(block->signs_scales[b]);
            float scale = d * (0.5f + (float)(word >> 28)) * 0.5f;
            for (int k = 0; k < 8; k++) // fours
                write_signed(values + 32 * b + 4 * k, scale, iq3_xxs_grid[block->qs[8 * b + k]],
                             iq_signs(word >> 7 * (k / 2) & 127), 4 * (k % 2), 4);
        }
    }
}

DEQUANTIZE(iq3_s)
{
    const struct block_iq3_s *block = blocks;
    for (; n; n -= 256, block++, values += 256) {
        float d = f16_to_f32(block->d);
        for (int b = 0; b < 8; b++) {
            float scale = d * (float)(1 + 2 * (block->scales[b / 2] >> 4 * (b % 2) & 15));
            for (int k = 0; k < 8; k++) { // fours
                int index = block->qs[8 * b + k] | (block->qh[b] >> k & 1) << 8;
                write_signed(values + 32 * b + 4 * k, scale, iq3_s_grid[index],
                             block->signs[4 * b + k / 2], 4 * (k % 2), 4);
            }
        }
    }
}

// Eight values of the IQ1 formats: -1, 0 or 1, all shifted by an eighth.
static void write_shifted(float *values, float scale, const int8_t *grid, bool down)
{
    for (int j = 0; j < 8; j++)
        values[j] = scale * ((float)grid[j] + (down ? -0.125f : 0.125f));
}

DEQUANTIZE(iq1_s)
{
    const struct block_iq1_s *block = blocks;
    for (; n; n -= 256, block++, values += 256) {
        float d = f16_to_f32(block->d);
        for (int b = 0; b < 8; b++) {
            uint16_t h = block->qh[b];
            float scale = d * (float)(2 * (h >> 12 & 7) + 1);
            for (int l = 0; l < 4; l++) {
                int index = block->qs[4 * b + l] | (h >> 3 * l & 7) << 8;
                write_shifted(values + 32 * b + 8 * l, scale, iq1_grid[index], h & 0x8000);
            }
        }
    }
}

DEQUANTIZE(iq1_m)
{
    const struct block_iq1_m *block = blocks;
    for (; n; n -= 256, block++, values += 256) {
        const uint16_t *sc = block->scales;
        float d = f16_to_f32((uint16_t)(sc[0] >> 12 | (sc[1] >> 12) << 4 | (sc[2] >> 12) << 8 |
                                        (sc[3] >> 12) << 12));
        for (int g = 0; g < 32; g++) { // eights
            int b = g / 4, n_bits = block->qh[g / 2] >> 4 * (g % 2) & 15;
            float scale = d * (float)(2 * (sc[b / 2] >> (6 * (b % 2) + 3 * (g % 4 / 2)) & 7) + 1);
            write_shifted(values + 8 * g, scale, iq1_grid[block->qs[g] | (n_bits & 7) << 8],
                          n_bits & 8);
        }
    }
}
