// quant_iq4.c - floats to the formats with sixteen uneven levels: IQ4_NL, IQ4_XS, MXFP4.
#include "tensor/quant.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "tensor/blocks.h"
#include "tensor/half.h"
#include "tensor/quant_search.h"

static const int8_t iq4_levels[16] = IQ4_LEVELS;

// The level nearest to x; of two equally near ones the higher.  NaN gives the first.
static int nearest_level(float x)
{
    // Half way between each level and the next.
    static const float borders[15] = {-115.5f, -93.5f, -74,   -57,   -42, -28.5f, -16, -4.5f,
                                      7,       19,     31.5f, 45.5f, 61,  79,     101};
    int i = x >= borders[7] ? 8 : 0;
    i += x >= borders[i + 3] ? 4 : 0;
    i += x >= borders[i + 1] ? 2 : 0;
    return i + (x >= borders[i]);
}

// With levels chosen by an inverse scale: the best scale for them, and how good it is.
struct fit {
    float scale, merit; // merit: what is explained of the weighted sum of x^2
    float xq, qq;
};

static struct fit fit_levels(const float *values, float inverse)
{
    struct fit fit = {0};
    for (int i = 0; i < 32; i++) {
        float q = (float)iq4_levels[nearest_level(inverse * values[i])], w = values[i] * values[i];
        fit.xq += w * q * values[i];
        fit.qq += w * q * q;
    }
    fit.scale = fit.qq > 0 ? fit.xq / fit.qq : 0;
    fit.merit = fit.scale * fit.xq;
    return fit;
}

// The best scale of 32 values, errors weighted by x^2.
static float search_scale(const float *values)
{
    enum { N_TRIES = 7 };
    float extreme = signed_extreme(values, 32), lowest = (float)iq4_levels[0];
    if (!(fabsf(extreme) >= QUANT_NEGLIGIBLE))
        return 0;
    float d = -extreme / lowest;
    struct fit best = fit_levels(values, 1 / d);
    for (int k = -N_TRIES; k <= N_TRIES; k++) {
        struct fit fit = fit_levels(values, ((float)k + lowest) / extreme);
        if (fit.qq > 0 && fit.xq * fit.xq > best.merit * fit.qq)
            best = fit;
    }
    return best.scale;
}

static void choose_levels(uint8_t qs[16], const float *values, float scale)
{
    float inverse = scale != 0 ? 1 / scale : 0;
    for (int j = 0; j < 16; j++)
        qs[j] = (uint8_t)(nearest_level(inverse * values[j]) |
                          nearest_level(inverse * values[j + 16]) << 4);
}

QUANTIZE(iq4_nl)
{
    struct block_iq4_nl *b = blocks;
    for (; n; n -= 32, b++, values += 32) {
        float scale = search_scale(values);
        b->d = f32_to_f16(scale);
        choose_levels(b->qs, values, scale);
    }
}

QUANTIZE(iq4_xs)
{
    struct block_iq4_xs *block = blocks;
    for (; n; n -= 256, block++, values += 256) {
        float scales[8];
        for (int b = 0; b < 8; b++)
            scales[b] = search_scale(values + 32 * b);
        float d = -signed_extreme(scales, 8) / 32, inverse = d != 0 ? 1 / d : 0;
        memset(block, 0, sizeof *block);
        block->d = f32_to_f16(d);
        for (int b = 0; b < 8; b++) {
            int sc = round_within(inverse * scales[b], -32, 31);
            choose_levels(block->qs + 16 * b, values + 32 * b, d * (float)sc);
            block->scales_l[b / 2] |= (uint8_t)(((sc + 32) & 15) << 4 * (b % 2));
            block->scales_h |= (uint16_t)((sc + 32) >> 4 << 2 * b);
        }
    }
}

// The FP4 level nearest to x; of two equally near ones the one closer to zero.
static int nearest_fp4(float x)
{
    static const float borders[7] = {0.5f, 1.5f, 2.5f, 3.5f, 5, 7, 10};
    int i = 0;
    for (int k = 0; k < 7; k++)
        i += fabsf(x) > borders[k];
    return i && x < 0 ? i + 8 : i;
}

// The scale is the power of two that brings the largest value to 4..8, of FP4's 6 at most (8..16
// of its doubled levels).
QUANTIZE(mxfp4)
{
    struct block_mxfp4 *b = blocks;
    for (; n; n -= 32, b++, values += 32) {
        float extreme = fabsf(signed_extreme(values, 32));
        int exponent = 0;
        frexpf(extreme, &exponent); // extreme < 2^exponent
        int e = extreme > 0 ? exponent - 1 - 2 + 127 : 0;
        b->e = (uint8_t)(e < 0 ? 0 : e > 254 ? 254 : e);
        float d = f32_from_bits(mxfp4_scale_bits(b->e));
        for (int j = 0; j < 16; j++)
            b->qs[j] = (uint8_t)(nearest_fp4(values[j] / d) | nearest_fp4(values[j + 16] / d) << 4);
    }
}
