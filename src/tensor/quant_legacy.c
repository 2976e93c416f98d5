// quant_legacy.c - plain floats, the formats with 32 values per block, and Q8_K.
//
// No search: the range of a block decides its scale.
#include "tensor/quant.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "tensor/blocks.h"
#include "tensor/half.h"
#include "tensor/quant_search.h"

QUANTIZE(f32)
{
    memcpy(blocks, values, n * sizeof *values);
}

QUANTIZE(f16)
{
    uint16_t *halves = blocks;
    for (size_t i = 0; i < n; i++)
        halves[i] = f32_to_f16(values[i]);
}

QUANTIZE(bf16)
{
    uint16_t *halves = blocks;
    for (size_t i = 0; i < n; i++)
        halves[i] = f32_to_bf16(values[i]);
}

struct range {
    float min, max;
};

static struct range range_of(const float *values, int n)
{
    struct range range = {values[0], values[0]};
    for (int i = 1; i < n; i++) {
        range.min = values[i] < range.min ? values[i] : range.min;
        range.max = values[i] > range.max ? values[i] : range.max;
    }
    return range;
}

// x cut off to a whole number within 0..max; NaN counts as 0.
static uint8_t truncated(float x, int max)
{
    return (uint8_t)(x > 0 ? x < (float)max ? (int)x : max : 0);
}

// One over x, and 0 for 0.
static float inverse(float x)
{
    return x != 0 ? 1.0f / x : 0.0f;
}

// Levels 0..2 * half - 1 around an offset of half, the extreme at level 0.
static float symmetric_levels(uint8_t levels[32], const float *values, int half)
{
    float d = signed_extreme(values, 32) / (float)-half, id = inverse(d);
    for (int i = 0; i < 32; i++)
        levels[i] = truncated(values[i] * id + ((float)half + 0.5f), 2 * half - 1);
    return d;
}

// Levels 0..max from the block's minimum to its maximum.
static float ranged_levels(uint8_t levels[32], const float *values, int max, float *min)
{
    struct range range = range_of(values, 32);
    float d = (range.max - range.min) / (float)max, id = inverse(d);
    for (int i = 0; i < 32; i++)
        levels[i] = truncated((values[i] - range.min) * id + 0.5f, max);
    *min = range.min;
    return d;
}

static void pack_nibbles(uint8_t qs[16], const uint8_t levels[32])
{
    for (int j = 0; j < 16; j++)
        qs[j] = (uint8_t)((levels[j] & 15) | (levels[j + 16] & 15) << 4);
}

static void pack_fifth_bits(uint8_t qh[4], const uint8_t levels[32])
{
    memset(qh, 0, 4);
    for (int i = 0; i < 32; i++)
        qh[i / 8] |= (uint8_t)((levels[i] >> 4) << i % 8);
}

QUANTIZE(q4_0)
{
    struct block_q4_0 *b = blocks;
    uint8_t levels[32];
    for (; n; n -= 32, b++, values += 32) {
        b->d = f32_to_f16(symmetric_levels(levels, values, 8));
        pack_nibbles(b->qs, levels);
    }
}

QUANTIZE(q4_1)
{
    struct block_q4_1 *b = blocks;
    uint8_t levels[32];
    for (; n; n -= 32, b++, values += 32) {
        float min;
        b->d = f32_to_f16(ranged_levels(levels, values, 15, &min));
        b->m = f32_to_f16(min);
        pack_nibbles(b->qs, levels);
    }
}

QUANTIZE(q5_0)
{
    struct block_q5_0 *b = blocks;
    uint8_t levels[32];
    for (; n; n -= 32, b++, values += 32) {
        b->d = f32_to_f16(symmetric_levels(levels, values, 16));
        pack_nibbles(b->qs, levels);
        pack_fifth_bits(b->qh, levels);
    }
}

QUANTIZE(q5_1)
{
    struct block_q5_1 *b = blocks;
    uint8_t levels[32];
    for (; n; n -= 32, b++, values += 32) {
        float min;
        b->d = f32_to_f16(ranged_levels(levels, values, 31, &min));
        b->m = f32_to_f16(min);
        pack_nibbles(b->qs, levels);
        pack_fifth_bits(b->qh, levels);
    }
}

QUANTIZE(q8_0)
{
    struct block_q8_0 *b = blocks;
    for (; n; n -= 32, b++, values += 32) {
        float d = fabsf(signed_extreme(values, 32)) / 127.0f, id = inverse(d);
        b->d = f32_to_f16(d);
        for (int i = 0; i < 32; i++) {
            float q = values[i] * id;
            q = q > -127 ? q < 127 ? q : 127 : -127;
            // Halves away from zero.  The largest float below 0.5: 0.5 itself would take it to 1.
            b->qs[i] = (int8_t)(q + copysignf(0x1.fffffep-2f, q));
        }
    }
}

// The extreme becomes -127, so that no value needs clamping but those of rounding at +127.
QUANTIZE(q8_k)
{
    struct block_q8_k *b = blocks;
    for (; n; n -= 256, b++, values += 256) {
        float extreme = signed_extreme(values, 256);
        float scale = extreme != 0 ? -127.0f / extreme : 0;
        b->d = extreme != 0 ? 1.0f / scale : 0;
        for (int i = 0; i < 256; i++) {
            b->qs[i] = (int8_t)round_within(values[i] * scale, -128, 127);
        }
        for (int j = 0; j < 16; j++) {
            int sum = 0;
            for (int i = 0; i < 16; i++)
                sum += b->qs[16 * j + i];
            b->bsums[j] = (int16_t)sum;
        }
    }
}
