// dequant_k.c - the K formats: 256 values, scales of 16 or 32 values in whole multiples of d.
//
// i is a value's place in its super-block; each formula says where its bits come from.
#include "tensor/dequant.h"

#include <stdint.h>

#include "tensor/blocks.h"
#include "tensor/half.h"

// Two bits: each 32 bytes hold 128 values, in four layers.
static int two_bits(const uint8_t qs[64], int i)
{
    return qs[32 * (i / 128) + i % 32] >> 2 * (i % 128 / 32) & 3;
}

// Four bits: each 32 bytes hold 64 values, in two layers.
static int four_bits(const uint8_t qs[128], int i)
{
    return qs[32 * (i / 64) + i % 32] >> 4 * (i / 32 % 2) & 15;
}

// One bit: 32 bytes hold all 256, in eight layers.
static int one_bit(const uint8_t qh[32], int i)
{
    return qh[i % 32] >> i / 32 & 1;
}

DEQUANTIZE(q2_k)
{
    const struct block_q2_k *b = blocks;
    for (; n; n -= 256, b++, values += 256) {
        float d = f16_to_f32(b->d), dmin = f16_to_f32(b->dmin);
        for (int j = 0; j < 16; j++) {
            float scale = d * (float)(b->scales[j] & 15), min = dmin * (float)(b->scales[j] >> 4);
            for (int i = 16 * j; i < 16 * j + 16; i++)
                values[i] = scale * (float)two_bits(b->qs, i) - min;
        }
    }
}

DEQUANTIZE(q3_k)
{
    const struct block_q3_k *b = blocks;
    for (; n; n -= 256, b++, values += 256) {
        float d = f16_to_f32(b->d);
        for (int j = 0; j < 16; j++) {
            float scale = d * (float)scale_k3(b->scales, j);
            for (int i = 16 * j; i < 16 * j + 16; i++)
                values[i] = scale * (float)(two_bits(b->qs, i) + 4 * one_bit(b->hmask, i) - 4);
        }
    }
}

// What Q4_K and Q5_K share: eight scales and mins over 256 levels.
static void scale_levels(float *values, uint16_t d16, uint16_t dmin16, const uint8_t scales[12],
                         const uint8_t levels[256])
{
    float d = f16_to_f32(d16), dmin = f16_to_f32(dmin16);
    for (int j = 0; j < 8; j++) {
        uint8_t sc, m;
        scale_min_k4(scales, j, &sc, &m);
        float scale = d * (float)sc, min = dmin * (float)m;
        for (int i = 32 * j; i < 32 * j + 32; i++)
            values[i] = scale * (float)levels[i] - min;
    }
}

DEQUANTIZE(q4_k)
{
    uint8_t levels[256];
    const struct block_q4_k *b = blocks;
    for (; n; n -= 256, b++, values += 256) {
        for (int i = 0; i < 256; i++)
            levels[i] = (uint8_t)four_bits(b->qs, i);
        scale_levels(values, b->d, b->dmin, b->scales, levels);
    }
}

DEQUANTIZE(q5_k)
{
    uint8_t levels[256];
    const struct block_q5_k *b = blocks;
    for (; n; n -= 256, b++, values += 256) {
        for (int i = 0; i < 256; i++)
            levels[i] = (uint8_t)(four_bits(b->qs, i) | one_bit(b->qh, i) << 4);
        scale_levels(values, b->d, b->dmin, b->scales, levels);
    }
}

DEQUANTIZE(q6_k)
{
    const struct block_q6_k *b = blocks;
    for (; n; n -= 256, b++, values += 256) {
        float d = f16_to_f32(b->d);
        for (int i = 0; i < 256; i++) {
            int half = i / 128, k = i % 128;
            int low = b->ql[64 * half + k % 64] >> 4 * (k / 64) & 15;
            int high = b->qh[32 * half + k % 32] >> 2 * (k / 32) & 3;
            values[i] = d * (float)b->scales[i / 16] * (float)((low | high << 4) - 32);
        }
    }
}

DEQUANTIZE(q8_k)
{
    const struct block_q8_k *b = blocks;
    for (; n; n -= 256, b++, values += 256)
        for (int i = 0; i < 256; i++)
            values[i] = b->d * (float)b->qs[i];
}
