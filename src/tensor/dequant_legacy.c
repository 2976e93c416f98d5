// dequant_legacy.c - plain floats and the formats with 32 values per block.
#include "tensor/dequant.h"

#include <stdint.h>
#include <string.h>

#include "tensor/blocks.h"
#include "tensor/half.h"

DEQUANTIZE(f32)
{
    memcpy(values, blocks, n * sizeof *values);
}

DEQUANTIZE(f16)
{
    const uint16_t *halves = blocks;
    for (size_t i = 0; i < n; i++)
        values[i] = f16_to_f32(halves[i]);
}

DEQUANTIZE(bf16)
{
    const uint16_t *halves = blocks;
    for (size_t i = 0; i < n; i++)
        values[i] = bf16_to_f32(halves[i]);
}

DEQUANTIZE(q4_0)
{
    const struct block_q4_0 *b = blocks;
    for (; n; n -= 32, b++, values += 32) {
        float d = f16_to_f32(b->d);
        for (int j = 0; j < 16; j++) {
            values[j] = d * (float)((b->qs[j] & 15) - 8);
            values[j + 16] = d * (float)((b->qs[j] >> 4) - 8);
        }
    }
}

DEQUANTIZE(q4_1)
{
    const struct block_q4_1 *b = blocks;
    for (; n; n -= 32, b++, values += 32) {
        float d = f16_to_f32(b->d), m = f16_to_f32(b->m);
        for (int j = 0; j < 16; j++) {
            values[j] = d * (float)(b->qs[j] & 15) + m;
            values[j + 16] = d * (float)(b->qs[j] >> 4) + m;
        }
    }
}

// Value i's fifth bit, in place.
static int fifth_bit(const uint8_t qh[4], int i)
{
    return (qh[i / 8] >> i % 8 & 1) << 4;
}

DEQUANTIZE(q5_0)
{
    const struct block_q5_0 *b = blocks;
    for (; n; n -= 32, b++, values += 32) {
        float d = f16_to_f32(b->d);
        for (int j = 0; j < 16; j++) {
            values[j] = d * (float)(((b->qs[j] & 15) | fifth_bit(b->qh, j)) - 16);
            values[j + 16] = d * (float)(((b->qs[j] >> 4) | fifth_bit(b->qh, j + 16)) - 16);
        }
    }
}

DEQUANTIZE(q5_1)
{
    const struct block_q5_1 *b = blocks;
    for (; n; n -= 32, b++, values += 32) {
        float d = f16_to_f32(b->d), m = f16_to_f32(b->m);
        for (int j = 0; j < 16; j++) {
            values[j] = d * (float)((b->qs[j] & 15) | fifth_bit(b->qh, j)) + m;
            values[j + 16] = d * (float)((b->qs[j] >> 4) | fifth_bit(b->qh, j + 16)) + m;
        }
    }
}

DEQUANTIZE(q8_0)
{
    const struct block_q8_0 *b = blocks;
    for (; n; n -= 32, b++, values += 32) {
        float d = f16_to_f32(b->d);
        for (int j = 0; j < 32; j++)
            values[j] = d * (float)b->qs[j];
    }
}

DEQUANTIZE(iq4_nl)
{
    static const int8_t levels[16] = IQ4_LEVELS;
    const struct block_iq4_nl *b = blocks;
    for (; n; n -= 32, b++, values += 32) {
        float d = f16_to_f32(b->d);
        for (int j = 0; j < 16; j++) {
            values[j] = d * (float)levels[b->qs[j] & 15];
            values[j + 16] = d * (float)levels[b->qs[j] >> 4];
        }
    }
}

DEQUANTIZE(mxfp4)
{
    static const int8_t levels[16] = FP4_LEVELS;
    const struct block_mxfp4 *b = blocks;
    for (; n; n -= 32, b++, values += 32) {
        float d = f32_from_bits(mxfp4_scale_bits(b->e));
        for (int j = 0; j < 16; j++) {
            values[j] = d * (float)levels[b->qs[j] & 15];
            values[j + 16] = d * (float)levels[b->qs[j] >> 4];
        }
    }
}
