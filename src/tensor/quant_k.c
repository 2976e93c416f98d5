// quant_k.c - floats to the K formats.
//
// In each: search a scale (and minimum) per group, express the scales in whole multiples of the
// super-block's d, then choose all levels anew with the scales as they were rounded.
#include "tensor/quant.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "tensor/blocks.h"
#include "tensor/half.h"
#include "tensor/quant_search.h"

// ---- packing levels: the inverse of two_bits() and its like in dequant_k.c ----

static void pack_two_bits(uint8_t qs[64], const uint8_t levels[256])
{
    memset(qs, 0, 64);
    for (int i = 0; i < 256; i++)
        qs[32 * (i / 128) + i % 32] |= (uint8_t)((levels[i] & 3) << 2 * (i % 128 / 32));
}

static void pack_four_bits(uint8_t qs[128], const uint8_t levels[256])
{
    memset(qs, 0, 128);
    for (int i = 0; i < 256; i++)
        qs[32 * (i / 64) + i % 32] |= (uint8_t)((levels[i] & 15) << 4 * (i / 32 % 2));
}

static void pack_one_bit(uint8_t qh[32], const uint8_t levels[256], int bit)
{
    memset(qh, 0, 32);
    for (int i = 0; i < 256; i++)
        qh[i % 32] |= (uint8_t)((levels[i] >> bit & 1) << i / 32);
}

static float maximum(const float *values, int n)
{
    float max = 0;
    for (int i = 0; i < n; i++)
        max = values[i] > max ? values[i] : max;
    return max;
}

// ---- scales with minimums: Q2_K, Q4_K, Q5_K ----

// Levels of n values for value = scale * level - min; a scale of 0 leaves them as they are.
static void choose_levels(uint8_t *levels, const float *values, int n, float scale, float min,
                          int max)
{
    if (scale == 0)
        return;
    for (int i = 0; i < n; i++)
        levels[i] = (uint8_t)round_within((values[i] + min) / scale, 0, max);
}

QUANTIZE(q2_k)
{
    static const struct range_search search = {3, -0.5f, 0.1f, 15, true};
    struct block_q2_k *b = blocks;
    for (; n; n -= 256, b++, values += 256) {
        uint8_t levels[256];
        float scales[16], mins[16], weights[16];
        for (int j = 0; j < 16; j++) {
            for (int i = 0; i < 16; i++)
                weights[i] = fabsf(values[16 * j + i]);
            scales[j] =
                search_range(&search, levels + 16 * j, &mins[j], values + 16 * j, weights, 16);
        }
        float max_scale = maximum(scales, 16), max_min = maximum(mins, 16);
        float to_scale = max_scale > 0 ? 15 / max_scale : 0,
              to_min = max_min > 0 ? 15 / max_min : 0;
        b->d = f32_to_f16(max_scale / 15);
        b->dmin = f32_to_f16(max_min / 15);
        float d = f16_to_f32(b->d), dmin = f16_to_f32(b->dmin);
        for (int j = 0; j < 16; j++) {
            int sc = round_within(to_scale * scales[j], 0, 15);
            int m = round_within(to_min * mins[j], 0, 15);
            b->scales[j] = (uint8_t)(sc | m << 4);
            choose_levels(levels + 16 * j, values + 16 * j, 16, d * (float)sc, dmin * (float)m, 3);
        }
        pack_two_bits(b->qs, levels);
    }
}

// The inverse of scale_min_k4() for all eight.
static void pack_scale_min_k4(uint8_t packed[12], const uint8_t scales[8], const uint8_t mins[8])
{
    for (int j = 0; j < 4; j++) {
        packed[j] = (uint8_t)(scales[j] | (scales[j + 4] >> 4) << 6);
        packed[j + 4] = (uint8_t)(mins[j] | (mins[j + 4] >> 4) << 6);
        packed[j + 8] = (uint8_t)((scales[j + 4] & 15) | (mins[j + 4] & 15) << 4);
    }
}

struct k4_header { // how both Q4_K and Q5_K begin
    uint16_t d, dmin;
    uint8_t scales[12];
};

static void quantize_k4(struct k4_header *header, uint8_t levels[256], const float *values,
                        const struct range_search *search)
{
    float scales[8], mins[8], weights[32];
    uint8_t sc[8], m[8];
    for (int j = 0; j < 8; j++) {
        const float *x = values + 32 * j;
        float squares = 0;
        for (int i = 0; i < 32; i++)
            squares += x[i] * x[i];
        float rms = sqrtf(squares / 32);
        for (int i = 0; i < 32; i++)
            weights[i] = rms + fabsf(x[i]);
        scales[j] = search_range(search, levels + 32 * j, &mins[j], x, weights, 32);
    }
    float max_scale = maximum(scales, 8), max_min = maximum(mins, 8);
    float to_scale = max_scale > 0 ? 63 / max_scale : 0, to_min = max_min > 0 ? 63 / max_min : 0;
    header->d = f32_to_f16(max_scale / 63);
    header->dmin = f32_to_f16(max_min / 63);
    float d = f16_to_f32(header->d), dmin = f16_to_f32(header->dmin);
    for (int j = 0; j < 8; j++) {
        sc[j] = (uint8_t)round_within(to_scale * scales[j], 0, 63);
        m[j] = (uint8_t)round_within(to_min * mins[j], 0, 63);
        choose_levels(levels + 32 * j, values + 32 * j, 32, d * (float)sc[j], dmin * (float)m[j],
                      search->max);
    }
    pack_scale_min_k4(header->scales, sc, m);
}

QUANTIZE(q4_k)
{
    static const struct range_search search = {15, -1, 0.1f, 20, false};
    struct block_q4_k *b = blocks;
    for (; n; n -= 256, b++, values += 256) {
        struct k4_header header;
        uint8_t levels[256];
        quantize_k4(&header, levels, values, &search);
        memcpy(b, &header, sizeof header);
        pack_four_bits(b->qs, levels);
    }
}

QUANTIZE(q5_k)
{
    static const struct range_search search = {31, -0.5f, 0.1f, 15, false};
    struct block_q5_k *b = blocks;
    for (; n; n -= 256, b++, values += 256) {
        struct k4_header header;
        uint8_t levels[256];
        quantize_k4(&header, levels, values, &search);
        memcpy(b, &header, sizeof header);
        pack_four_bits(b->qs, levels);
        pack_one_bit(b->qh, levels, 4);
    }
}

// ---- scales alone: Q3_K, Q6_K ----

// Levels of 16 values around `half` for value = scale * (level - half).
static void choose_centred(uint8_t *levels, const float *values, float scale, int half)
{
    if (scale == 0)
        return;
    for (int i = 0; i < 16; i++)
        levels[i] = (uint8_t)(round_within(values[i] / scale, -half, half - 1) + half);
}

QUANTIZE(q3_k)
{
    struct block_q3_k *b = blocks;
    for (; n; n -= 256, b++, values += 256) {
        uint8_t levels[256];
        float scales[16];
        for (int j = 0; j < 16; j++)
            scales[j] = descend_symmetric(4, levels + 16 * j, values + 16 * j, 16);
        float extreme = signed_extreme(scales, 16);
        float to_scale = extreme != 0 ? -32 / extreme : 0;
        b->d = extreme != 0 ? f32_to_f16(1 / to_scale) : 0;
        memset(b->scales, 0, sizeof b->scales);
        for (int j = 0; j < 16 && extreme != 0; j++) {
            int sc = round_within(to_scale * scales[j], -32, 31) + 32;
            b->scales[j % 8] |= (uint8_t)((sc & 15) << 4 * (j / 8));
            b->scales[8 + j % 4] |= (uint8_t)((sc >> 4) << 2 * (j / 4));
        }
        float d = f16_to_f32(b->d);
        for (int j = 0; j < 16; j++)
            choose_centred(levels + 16 * j, values + 16 * j, d * (float)scale_k3(b->scales, j), 4);
        pack_one_bit(b->hmask, levels, 2);
        pack_two_bits(b->qs, levels);
    }
}

QUANTIZE(q6_k)
{
    struct block_q6_k *b = blocks;
    for (; n; n -= 256, b++, values += 256) {
        uint8_t levels[256];
        float scales[16];
        memset(b, 0, sizeof *b);
        for (int j = 0; j < 16; j++)
            scales[j] = search_symmetric(32, levels + 16 * j, values + 16 * j, 16);
        float extreme = signed_extreme(scales, 16);
        if (!(fabsf(extreme) >= QUANT_NEGLIGIBLE))
            continue;
        float to_scale = -128 / extreme;
        b->d = f32_to_f16(1 / to_scale);
        float d = f16_to_f32(b->d);
        for (int j = 0; j < 16; j++) {
            b->scales[j] = (int8_t)round_within(to_scale * scales[j], -128, 127);
            choose_centred(levels + 16 * j, values + 16 * j, d * (float)b->scales[j], 32);
        }
        for (int i = 0; i < 256; i++) {
            int half = i / 128, k = i % 128;
            b->ql[64 * half + k % 64] |= (uint8_t)((levels[i] & 15) << 4 * (k / 64));
            b->qh[32 * half + k % 32] |= (uint8_t)((levels[i] >> 4) << 2 * (k / 32));
        }
    }
}
