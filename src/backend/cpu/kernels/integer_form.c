// integer_form.c - the formats whose quants are plain bits: legacy blocks, K-quants and IQ4.
#include "backend/cpu/kernels/integer_form.h"

#include "tensor/blocks.h"
#include "tensor/half.h"

static const int8_t iq4_levels[16] = IQ4_LEVELS, fp4_levels[16] = FP4_LEVELS;

// ---- 32 values ----

static void one_scale(struct integer_block *out, float d)
{
    out->d = d;
    out->scales[0] = out->scales[1] = 1;
}

static void one_min(struct integer_block *out, float m)
{
    out->dmin = -m;
    out->mins[0] = out->mins[1] = 1;
}

// Byte j holds value j in its low half and value j + 16 in its high half.
static void nibbles(int8_t q[32], const uint8_t qs[16], int offset)
{
    for (int j = 0; j < 16; j++) {
        q[j] = (int8_t)((qs[j] & 15) - offset);
        q[j + 16] = (int8_t)((qs[j] >> 4) - offset);
    }
}

static void fifth_bits(int8_t q[32], const uint8_t qh[4])
{
    for (int j = 0; j < 32; j++)
        q[j] = (int8_t)(q[j] + ((qh[j / 8] >> j % 8 & 1) << 4));
}

static void levels(int8_t q[32], const uint8_t qs[16], const int8_t table[16])
{
    for (int j = 0; j < 16; j++) {
        q[j] = table[qs[j] & 15];
        q[j + 16] = table[qs[j] >> 4];
    }
}

void unpack_q4_0(struct integer_block *out, const void *block)
{
    const struct block_q4_0 *b = block;
    one_scale(out, f16_to_f32(b->d));
    nibbles(out->q, b->qs, 8);
}

void unpack_q4_1(struct integer_block *out, const void *block)
{
    const struct block_q4_1 *b = block;
    one_scale(out, f16_to_f32(b->d));
    one_min(out, f16_to_f32(b->m));
    nibbles(out->q, b->qs, 0);
}

void unpack_q5_0(struct integer_block *out, const void *block)
{
    const struct block_q5_0 *b = block;
    one_scale(out, f16_to_f32(b->d));
    nibbles(out->q, b->qs, 16);
    fifth_bits(out->q, b->qh);
}

void unpack_q5_1(struct integer_block *out, const void *block)
{
    const struct block_q5_1 *b = block;
    one_scale(out, f16_to_f32(b->d));
    one_min(out, f16_to_f32(b->m));
    nibbles(out->q, b->qs, 0);
    fifth_bits(out->q, b->qh);
}

void unpack_q8_0(struct integer_block *out, const void *block)
{
    const struct block_q8_0 *b = block;
    one_scale(out, f16_to_f32(b->d));
    memcpy(out->q, b->qs, sizeof b->qs);
}

void unpack_iq4_nl(struct integer_block *out, const void *block)
{
    const struct block_iq4_nl *b = block;
    one_scale(out, f16_to_f32(b->d));
    levels(out->q, b->qs, iq4_levels);
}

void unpack_mxfp4(struct integer_block *out, const void *block)
{
    const struct block_mxfp4 *b = block;
    one_scale(out, f32_from_bits(mxfp4_scale_bits(b->e)));
    levels(out->q, b->qs, fp4_levels);
}

// ---- 256 values ----

void unpack_q2_k(struct integer_block *out, const void *block)
{
    const struct block_q2_k *b = block;
    out->d = f16_to_f32(b->d);
    out->dmin = f16_to_f32(b->dmin);
    for (int g = 0; g < 16; g++) {
        out->scales[g] = b->scales[g] & 15;
        out->mins[g] = b->scales[g] >> 4;
    }
    for (int i = 0; i < 256; i++)
        out->q[i] = b->qs[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
}

void unpack_q3_k(struct integer_block *out, const void *block)
{
    const struct block_q3_k *b = block;
    out->d = f16_to_f32(b->d);
    for (int g = 0; g < 16; g++)
        out->scales[g] = (int16_t)scale_k3(b->scales, g);
    for (int i = 0; i < 256; i++) {
        int low = b->qs[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
        int high = b->hmask[i % 32] >> i / 32 & 1;
        out->q[i] = (int8_t)(low + 4 * high - 4);
    }
}

static void scales_mins_k4(struct integer_block *out, const uint8_t scales[12])
{
    for (int j = 0; j < 8; j++) {
        uint8_t scale, min;
        scale_min_k4(scales, j, &scale, &min);
        out->scales[2 * j] = out->scales[2 * j + 1] = scale;
        out->mins[2 * j] = out->mins[2 * j + 1] = min;
    }
}

void unpack_q4_k(struct integer_block *out, const void *block)
{
    const struct block_q4_k *b = block;
    out->d = f16_to_f32(b->d);
    out->dmin = f16_to_f32(b->dmin);
    scales_mins_k4(out, b->scales);
    for (int i = 0; i < 256; i++)
        out->q[i] = b->qs[i / 64 * 32 + i % 32] >> i / 32 % 2 * 4 & 15;
}

void unpack_q5_k(struct integer_block *out, const void *block)
{
    const struct block_q5_k *b = block;
    out->d = f16_to_f32(b->d);
    out->dmin = f16_to_f32(b->dmin);
    scales_mins_k4(out, b->scales);
    for (int i = 0; i < 256; i++) {
        int low = b->qs[i / 64 * 32 + i % 32] >> i / 32 % 2 * 4 & 15;
        out->q[i] = (int8_t)(low + 16 * (b->qh[i % 32] >> i / 32 & 1));
    }
}

void unpack_q6_k(struct integer_block *out, const void *block)
{
    const struct block_q6_k *b = block;
    out->d = f16_to_f32(b->d);
    for (int g = 0; g < 16; g++)
        out->scales[g] = b->scales[g];
    for (int i = 0; i < 256; i++) {
        int half = i / 128, k = i % 128;
        int low = b->ql[64 * half + k % 64] >> 4 * (k / 64) & 15;
        int high = b->qh[32 * half + k % 32] >> 2 * (k / 32) & 3;
        out->q[i] = (int8_t)((low | high << 4) - 32);
    }
}

void unpack_iq4_xs(struct integer_block *out, const void *block)
{
    const struct block_iq4_xs *b = block;
    out->d = f16_to_f32(b->d);
    for (int g = 0; g < 8; g++) {
        int low = b->scales_l[g / 2] >> 4 * (g % 2) & 15, high = b->scales_h >> 2 * g & 3;
        out->scales[2 * g] = out->scales[2 * g + 1] = (int16_t)((low | high << 4) - 32);
        levels(out->q + 32 * g, b->qs + 16 * g, iq4_levels);
    }
}
