// random.c - all bytes of a block random, then its scales set so that the values come out right.
//
// Every bit pattern of quants, signs and codebook indices is valid, so only scales need care: they
// are kept to the middle of their range, and d is the wanted deviation over that of a block with
// d = 1.  d varies by a quarter from block to block, so that mixing blocks up shows.
#include "tensor/random.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "tensor/blocks.h"
#include "tensor/half.h"

static void random_bytes(void *bytes, size_t size, struct rng *rng)
{
    unsigned char *at = bytes;
    for (; size >= 8; size -= 8, at += 8) {
        uint64_t word = rng_next(rng);
        memcpy(at, &word, 8);
    }
    uint64_t word = rng_next(rng);
    memcpy(at, &word, size);
}

// ---- scales: each function gets a block of random bytes ----

static int within(uint64_t *bits, int from, int n) // a number from..from + n - 1, n <= 32
{
    int number = from + (int)((*bits & 255) * (uint64_t)n >> 8);
    *bits = *bits >> 8 | *bits << 56;
    return number;
}

static void scale_q4_0(void *block, float d, struct rng *rng)
{
    (void)rng;
    ((struct block_q4_0 *)block)->d = f32_to_f16(d); // in Q5_0, Q8_0 and IQ4_NL at the same place
}

static void scale_q4_1(void *block, float d, struct rng *rng)
{
    (void)rng;
    struct block_q4_1 *b = block;
    b->d = f32_to_f16(d);
    b->m = f32_to_f16(-7.5f * d);
}

static void scale_q5_1(void *block, float d, struct rng *rng)
{
    (void)rng;
    struct block_q5_1 *b = block;
    b->d = f32_to_f16(d);
    b->m = f32_to_f16(-15.5f * d);
}

// Only powers of two: a d between two of them becomes one or the other, by chance and on average d.
static void scale_mxfp4(void *block, float d, struct rng *rng)
{
    uint32_t exponent = (f32_bits(d) + (uint32_t)(rng_next(rng) >> 41)) >> 23; // biased by 127
    ((struct block_mxfp4 *)block)->e = (uint8_t)(exponent < 254 ? exponent + 1 : 254);
}

static void scale_q2_k(void *block, float d, struct rng *rng)
{
    struct block_q2_k *b = block;
    uint64_t bits = rng_next(rng);
    for (int j = 0; j < 16; j++) {
        int scale = within(&bits, 6, 7);
        b->scales[j] = (uint8_t)(scale | scale << 4);
    }
    b->d = f32_to_f16(d);
    b->dmin = f32_to_f16(1.5f * d);
}

static void scale_q3_k(void *block, float d, struct rng *rng)
{
    struct block_q3_k *b = block;
    uint64_t bits = rng_next(rng);
    memset(b->scales, 0, sizeof b->scales);
    for (int j = 0; j < 16; j++) {
        int scale = within(&bits, 40, 17);
        b->scales[j % 8] |= (uint8_t)((scale & 15) << 4 * (j / 8));
        b->scales[8 + j % 4] |= (uint8_t)((scale >> 4) << 2 * (j / 4));
    }
    b->d = f32_to_f16(d);
}

// Equal scales and mins, with dmin the middle level times d: values are symmetric.
static void scale_pairs(uint8_t scales[12], struct rng *rng)
{
    uint64_t bits = rng_next(rng);
    int sc[8];
    for (int j = 0; j < 8; j++)
        sc[j] = within(&bits, 24, 17);
    for (int j = 0; j < 4; j++) {
        scales[j] = scales[j + 4] = (uint8_t)(sc[j] | (sc[j + 4] >> 4) << 6);
        scales[j + 8] = (uint8_t)((sc[j + 4] & 15) * 17);
    }
}

static void scale_q4_k(void *block, float d, struct rng *rng)
{
    struct block_q4_k *b = block;
    scale_pairs(b->scales, rng);
    b->d = f32_to_f16(d);
    b->dmin = f32_to_f16(7.5f * d);
}

static void scale_q5_k(void *block, float d, struct rng *rng)
{
    struct block_q5_k *b = block;
    scale_pairs(b->scales, rng);
    b->d = f32_to_f16(d);
    b->dmin = f32_to_f16(15.5f * d);
}

static void scale_q6_k(void *block, float d, struct rng *rng)
{
    struct block_q6_k *b = block;
    uint64_t bits = rng_next(rng);
    for (int j = 0; j < 16; j++)
        b->scales[j] = (int8_t)within(&bits, 40, 50);
    b->d = f32_to_f16(d);
}

static void scale_q8_k(void *block, float d, struct rng *rng)
{
    (void)rng;
    struct block_q8_k *b = block;
    b->d = d;
    for (int j = 0; j < 16; j++) {
        int sum = 0;
        for (int i = 0; i < 16; i++)
            sum += b->qs[16 * j + i];
        b->bsums[j] = (int16_t)sum;
    }
}

static void scale_iq4_xs(void *block, float d, struct rng *rng)
{
    struct block_iq4_xs *b = block;
    uint64_t bits = rng_next(rng);
    b->scales_h = 0;
    memset(b->scales_l, 0, sizeof b->scales_l);
    for (int j = 0; j < 8; j++) {
        int scale = within(&bits, 38, 12);
        b->scales_l[j / 2] |= (uint8_t)((scale & 15) << 4 * (j % 2));
        b->scales_h |= (uint16_t)((scale >> 4) << 2 * j);
    }
    b->d = f32_to_f16(d);
}

// Brings the 4-bit number in the top of a byte, or both of its halves, to 4..11.
static uint8_t middle_high(uint8_t byte)
{
    return (uint8_t)((byte & 0x0f) | (4 + (byte >> 5)) << 4);
}

static void middle_both(uint8_t *scales, int n)
{
    for (int j = 0; j < n; j++)
        scales[j] = (uint8_t)((4 + (scales[j] & 7)) | (4 + (scales[j] >> 5)) << 4);
}

static void scale_iq2_xxs(void *block, float d, struct rng *rng)
{
    (void)rng;
    struct block_iq2_xxs *b = block;
    for (int j = 0; j < 8; j++) {
        uint16_t *top = &b->qs[4 * j + 3];
        *top = (uint16_t)((*top & 0xff) | middle_high((uint8_t)(*top >> 8)) << 8);
    }
    b->d = f32_to_f16(d);
}

static void scale_iq3_xxs(void *block, float d, struct rng *rng)
{
    (void)rng;
    struct block_iq3_xxs *b = block;
    for (int j = 0; j < 8; j++) {
        uint16_t *top = &b->signs_scales[j][1];
        *top = (uint16_t)((*top & 0xff) | middle_high((uint8_t)(*top >> 8)) << 8);
    }
    b->d = f32_to_f16(d);
}

static void scale_iq2_xs(void *block, float d, struct rng *rng)
{
    (void)rng;
    struct block_iq2_xs *b = block;
    middle_both(b->scales, 8);
    b->d = f32_to_f16(d);
}

static void scale_iq2_s(void *block, float d, struct rng *rng)
{
    (void)rng;
    struct block_iq2_s *b = block;
    middle_both(b->scales, 8);
    b->d = f32_to_f16(d);
}

static void scale_iq3_s(void *block, float d, struct rng *rng)
{
    (void)rng;
    struct block_iq3_s *b = block;
    middle_both(b->scales, 4);
    b->d = f32_to_f16(d);
}

static void scale_iq1_s(void *block, float d, struct rng *rng)
{
    (void)rng;
    struct block_iq1_s *b = block;
    for (int j = 0; j < 8; j++) // 3-bit scales, to 2..5
        b->qh[j] = (uint16_t)((b->qh[j] & 0x8fff) | (2 + (b->qh[j] >> 12 & 3)) << 12);
    b->d = f32_to_f16(d);
}

static void scale_iq1_m(void *block, float d, struct rng *rng)
{
    (void)rng;
    struct block_iq1_m *b = block;
    uint16_t half = f32_to_f16(d);
    for (int j = 0; j < 4; j++) {
        uint16_t scales = 0;
        for (int k = 0; k < 4; k++)
            scales |= (uint16_t)((2 + (b->scales[j] >> 3 * k & 3)) << 3 * k);
        b->scales[j] = (uint16_t)(scales | (half >> 4 * j & 15) << 12);
    }
}

// ---- formats ----

struct recipe {
    float unit; // deviation of a block with d = 1
    void (*scale)(void *block, float d, struct rng *rng);
    bool lopsided; // levels reach further below zero: half of the blocks get a negative d
};

static const struct recipe recipes[DTYPE_COUNT] = {
    [DTYPE_Q4_0] = {4.6f, scale_q4_0, true},
    [DTYPE_Q4_1] = {4.6f, scale_q4_1, false},
    [DTYPE_Q5_0] = {9.2f, scale_q4_0, true},
    [DTYPE_Q5_1] = {9.2f, scale_q5_1, false},
    [DTYPE_Q8_0] = {74, scale_q4_0, false},
    [DTYPE_IQ4_NL] = {69, scale_q4_0, true},
    [DTYPE_MXFP4] = {6.57f, scale_mxfp4, false},
    [DTYPE_Q2_K] = {1.12f * 9, scale_q2_k, false},
    [DTYPE_Q3_K] = {2.3f * 16, scale_q3_k, true},
    [DTYPE_Q4_K] = {4.6f * 32, scale_q4_k, false},
    [DTYPE_Q5_K] = {9.2f * 32, scale_q5_k, false},
    [DTYPE_Q6_K] = {18.5f * 66, scale_q6_k, true},
    [DTYPE_Q8_K] = {74, scale_q8_k, false},
    [DTYPE_IQ4_XS] = {69 * 12, scale_iq4_xs, true},
    [DTYPE_IQ2_XXS] = {48.7f, scale_iq2_xxs, false},
    [DTYPE_IQ2_XS] = {50.9f, scale_iq2_xs, false},
    [DTYPE_IQ2_S] = {51.4f, scale_iq2_s, false},
    [DTYPE_IQ3_XXS] = {129.5f, scale_iq3_xxs, false},
    [DTYPE_IQ3_S] = {127.9f, scale_iq3_s, false},
    [DTYPE_IQ1_S] = {6.55f, scale_iq1_s, false},
    [DTYPE_IQ1_M] = {6.55f, scale_iq1_m, false},
};

// Two nearly normal numbers of deviation 1 from 64 bits: sums of four bytes each.
static void two_normals(uint64_t bits, float out[2])
{
    const uint64_t bytes = 0x00ff00ff00ff00ff, ones = 0x0001000100010001;
    // The top 16 bits of each product are the sum of four bytes.
    int a = (int)((bits & bytes) * ones >> 48), b = (int)((bits >> 8 & bytes) * ones >> 48);
    const float unit = 147.8f; // deviation of such a sum
    out[0] = ((float)a - 510) / unit;
    out[1] = ((float)b - 510) / unit;
}

static void random_plain(enum dtype dtype, void *out, size_t n, float deviation, struct rng *rng)
{
    float pair[2] = {0};
    for (size_t i = 0; i < n; i++) {
        if (i % 2 == 0)
            two_normals(rng_next(rng), pair);
        float value = pair[i % 2] * deviation;
        if (dtype == DTYPE_F32)
            ((float *)out)[i] = value;
        else
            ((uint16_t *)out)[i] = dtype == DTYPE_F16 ? f32_to_f16(value) : f32_to_bf16(value);
    }
}

void random_blocks(enum dtype dtype, void *blocks, size_t n_blocks, float deviation,
                   struct rng *rng)
{
    const struct dtype_info *info = dtype_get(dtype);
    const struct recipe *recipe = &recipes[dtype];
    if (!recipe->scale) {
        assert(info->block_elements == 1);
        random_plain(dtype, blocks, n_blocks, deviation, rng);
        return;
    }
    char *block = blocks;
    for (size_t i = 0; i < n_blocks; i++, block += info->block_size) {
        random_bytes(block, info->block_size, rng);
        float jitter = 0.75f + 0.5f * (float)(rng_next(rng) >> 40) * 0x1p-24f;
        float sign = recipe->lopsided && rng_next(rng) >> 63 ? -1.0f : 1.0f;
        recipe->scale(block, deviation / recipe->unit * jitter * sign, rng);
    }
}

void random_floats(float *values, size_t n, float mean, float spread, struct rng *rng)
{
    for (size_t i = 0; i < n; i++)
        values[i] = mean + spread * (2 * (float)(rng_next(rng) >> 40) * 0x1p-24f - 1);
}
