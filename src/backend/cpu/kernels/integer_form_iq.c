// integer_form_iq.c - the codebook formats.  b counts groups of 32 values, l eights, k fours.
#include "backend/cpu/kernels/integer_form.h"

#include <stdbool.h>

#include "tensor/blocks.h"
#include "tensor/half.h"
#include "tensor/iq_tables.h"

static uint32_t word_at(const void *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

// Magnitudes of a codebook row, negative where the sign bit is set.
static void signed_row(int8_t *q, const uint8_t *grid, unsigned signs, int n)
{
    for (int j = 0; j < n; j++)
        q[j] = (int8_t)(signs >> j & 1 ? -grid[j] : grid[j]);
}

// Scales of IQ2 are (s + 1/2) / 4, those of IQ3_XXS (s + 1/2) / 2: here 2 s + 1, with the rest in d.
static int16_t odd(unsigned s)
{
    return (int16_t)(2 * s + 1);
}

void unpack_iq2_xxs(struct integer_block *out, const void *block)
{
    const struct block_iq2_xxs *w = block;
    out->d = f16_to_f32(w->d) * 0.125f;
    for (int b = 0; b < 8; b++) {
        uint32_t indices = word_at(w->qs + 4 * b), word = word_at(w->qs + 4 * b + 2);
        out->scales[2 * b] = out->scales[2 * b + 1] = odd(word >> 28);
        for (int l = 0; l < 4; l++)
            signed_row(out->q + 32 * b + 8 * l, iq2_xxs_grid[indices >> 8 * l & 255],
                       iq_signs(word >> 7 * l & 127), 8);
    }
}

static void nibble_scales(struct integer_block *out, const uint8_t scales[8])
{
    for (int b = 0; b < 8; b++) {
        out->scales[2 * b] = odd(scales[b] & 15);
        out->scales[2 * b + 1] = odd(scales[b] >> 4);
    }
}

void unpack_iq2_xs(struct integer_block *out, const void *block)
{
    const struct block_iq2_xs *w = block;
    out->d = f16_to_f32(w->d) * 0.125f;
    nibble_scales(out, w->scales);
    for (int g = 0; g < 32; g++)
        signed_row(out->q + 8 * g, iq2_xs_grid[w->qs[g] & 511], iq_signs(w->qs[g] >> 9), 8);
}

void unpack_iq2_s(struct integer_block *out, const void *block)
{
    const struct block_iq2_s *w = block;
    out->d = f16_to_f32(w->d) * 0.125f;
    nibble_scales(out, w->scales);
    for (int g = 0; g < 32; g++) {
        int index = w->qs[g] | (w->qh[g / 4] >> 2 * (g % 4) & 3) << 8;
        signed_row(out->q + 8 * g, iq2_s_grid[index], w->signs[g], 8);
    }
}

void unpack_iq3_xxs(struct integer_block *out, const void *block)
{
    const struct block_iq3_xxs *w = block;
    out->d = f16_to_f32(w->d) * 0.25f;
    for (int b = 0; b < 8; b++) {
        uint32_t word = word_at(w->signs_scales[b]);
        out->scales[2 * b] = out->scales[2 * b + 1] = odd(word >> 28);
        for (int k = 0; k < 8; k++)
            signed_row(out->q + 32 * b + 4 * k, iq3_xxs_grid[w->qs[8 * b + k]],
                       iq_signs(word >> 7 * (k / 2) & 127) >> 4 * (k % 2), 4);
    }
}

void unpack_iq3_s(struct integer_block *out, const void *block)
{
    const struct block_iq3_s *w = block;
    out->d = f16_to_f32(w->d);
    for (int b = 0; b < 8; b++) {
        out->scales[2 * b] = out->scales[2 * b + 1] = odd(w->scales[b / 2] >> 4 * (b % 2) & 15);
        for (int k = 0; k < 8; k++) {
            int index = w->qs[8 * b + k] | (w->qh[b] >> k & 1) << 8;
            signed_row(out->q + 32 * b + 4 * k, iq3_s_grid[index],
                       (unsigned)w->signs[4 * b + k / 2] >> 4 * (k % 2), 4);
        }
    }
}

// -1, 0 or 1, shifted by an eighth: in eighths.
static void shifted_row(int8_t q[8], const int8_t grid[8], bool down)
{
    for (int j = 0; j < 8; j++)
        q[j] = (int8_t)(8 * grid[j] + (down ? -1 : 1));
}

void unpack_iq1_s(struct integer_block *out, const void *block)
{
    const struct block_iq1_s *w = block;
    out->d = f16_to_f32(w->d) * 0.125f;
    for (int b = 0; b < 8; b++) {
        uint16_t h = w->qh[b];
        out->scales[2 * b] = out->scales[2 * b + 1] = odd(h >> 12 & 7);
        for (int l = 0; l < 4; l++)
            shifted_row(out->q + 32 * b + 8 * l, iq1_grid[w->qs[4 * b + l] | (h >> 3 * l & 7) << 8],
                        h & 0x8000);
    }
}

void unpack_iq1_m(struct integer_block *out, const void *block)
{
    const struct block_iq1_m *w = block;
    const uint16_t *sc = w->scales;
    uint16_t d = (uint16_t)(sc[0] >> 12 | sc[1] >> 12 << 4 | sc[2] >> 12 << 8 | sc[3] >> 12 << 12);
    out->d = f16_to_f32(d) * 0.125f;
    for (int g = 0; g < 16; g++)
        out->scales[g] = odd(sc[g / 4] >> 3 * (g % 4) & 7);
    for (int g = 0; g < 32; g++) {
        int bits = w->qh[g / 2] >> 4 * (g % 2) & 15;
        shifted_row(out->q + 8 * g, iq1_grid[w->qs[g] | (bits & 7) << 8], bits & 8);
    }
}
