// blocks.h - the bytes of every block format, as they lie in a file.
//
// All numbers are little-endian; a uint16_t called `d`, `dmin` or `m` is an f16.  No struct needs
// more than 2-byte alignment (block_q8_k, which is never in a file, needs 4), and none has padding.
// What the fields mean is in dequant_legacy.c, dequant_k.c and dequant_iq.c, one formula each.
#ifndef HEARTH_TENSOR_BLOCKS_H
#define HEARTH_TENSOR_BLOCKS_H

#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "blocks are read in place");

#define QK_LEGACY 32  // values in a block of Q4_0 ... Q8_0, IQ4_NL and MXFP4
#define QK_SUPER  256 // values in a super-block of the K and IQ formats

#define BLOCK_SIZE_IS(name, size) _Static_assert(sizeof(struct name) == (size), #name)

// ---- 32 values; nibble formats: byte j holds value j (low half) and value j + 16 (high half) ----

struct block_q4_0 {
    uint16_t d;
    uint8_t qs[16];
};
BLOCK_SIZE_IS(block_q4_0, 18);

struct block_q4_1 {
    uint16_t d, m;
    uint8_t qs[16];
};
BLOCK_SIZE_IS(block_q4_1, 20);

struct block_q5_0 {
    uint16_t d;
    uint8_t qh[4]; // fifth bits, bit i of the 32 belongs to value i
    uint8_t qs[16];
};
BLOCK_SIZE_IS(block_q5_0, 22);

struct block_q5_1 {
    uint16_t d, m;
    uint8_t qh[4];
    uint8_t qs[16];
};
BLOCK_SIZE_IS(block_q5_1, 24);

struct block_q8_0 {
    uint16_t d;
    int8_t qs[32];
};
BLOCK_SIZE_IS(block_q8_0, 34);

struct block_iq4_nl {
    uint16_t d;
    uint8_t qs[16];
};
BLOCK_SIZE_IS(block_iq4_nl, 18);

struct block_mxfp4 {
    uint8_t e; // scale 2^(e - 128) of the doubled FP4 values
    uint8_t qs[16];
};
BLOCK_SIZE_IS(block_mxfp4, 17);

// ---- 256 values ----

struct block_q2_k {
    uint8_t scales[16]; // low nibble scale, high nibble min, of 16 values each
    uint8_t qs[64];
    uint16_t d, dmin;
};
BLOCK_SIZE_IS(block_q2_k, 84);

struct block_q3_k {
    uint8_t hmask[32]; // third bits
    uint8_t qs[64];
    uint8_t scales[12]; // sixteen 6-bit scales, offset 32
    uint16_t d;
};
BLOCK_SIZE_IS(block_q3_k, 110);

struct block_q4_k {
    uint16_t d, dmin;
    uint8_t scales[12]; // eight 6-bit scales and eight 6-bit mins
    uint8_t qs[128];
};
BLOCK_SIZE_IS(block_q4_k, 144);

struct block_q5_k {
    uint16_t d, dmin;
    uint8_t scales[12];
    uint8_t qh[32]; // fifth bits
    uint8_t qs[128];
};
BLOCK_SIZE_IS(block_q5_k, 176);

struct block_q6_k {
    uint8_t ql[128];
    uint8_t qh[64]; // fifth and sixth bits
    int8_t scales[16];
    uint16_t d;
};
BLOCK_SIZE_IS(block_q6_k, 210);

struct block_q8_k { // activations
    float d;
    int8_t qs[256];
    int16_t bsums[16]; // sums of 16 qs each
};
BLOCK_SIZE_IS(block_q8_k, 292);

struct block_iq4_xs {
    uint16_t d;
    uint16_t scales_h; // upper two bits of eight 6-bit scales, offset 32
    uint8_t scales_l[4];
    uint8_t qs[128];
};
BLOCK_SIZE_IS(block_iq4_xs, 136);

struct block_iq2_xxs {
    uint16_t d;
    uint16_t qs[32]; // per 32 values: four index bytes, then 4 x 7 sign bits and a 4-bit scale
};
BLOCK_SIZE_IS(block_iq2_xxs, 66);

struct block_iq2_xs {
    uint16_t d;
    uint16_t qs[32]; // per 8 values: a 9-bit index and 7 sign bits
    uint8_t scales[8];
};
BLOCK_SIZE_IS(block_iq2_xs, 74);

struct block_iq2_s {
    uint16_t d;
    uint8_t qs[32]; // lower 8 bits of the index of 8 values
    uint8_t signs[32];
    uint8_t qh[8]; // upper two bits of four indices
    uint8_t scales[8];
};
BLOCK_SIZE_IS(block_iq2_s, 82);

struct block_iq3_xxs {
    uint16_t d;
    uint8_t qs[64];              // an index for 4 values each
    uint16_t signs_scales[8][2]; // a 32-bit word: 4 x 7 sign bits and a 4-bit scale
};
BLOCK_SIZE_IS(block_iq3_xxs, 98);

struct block_iq3_s {
    uint16_t d;
    uint8_t qs[64];
    uint8_t qh[8]; // ninth bit of eight indices
    uint8_t signs[32];
    uint8_t scales[4];
};
BLOCK_SIZE_IS(block_iq3_s, 110);

struct block_iq1_s {
    uint16_t d;
    uint8_t qs[32];
    uint16_t qh[8]; // 4 x 3 index bits, a 3-bit scale, the sign of the shift
};
BLOCK_SIZE_IS(block_iq1_s, 50);

struct block_iq1_m {
    uint8_t qs[32];
    uint8_t qh[16];     // per 8 values a nibble: three index bits, the sign of the shift
    uint16_t scales[4]; // four 3-bit scales each; the four top nibbles make up the f16 scale
};
BLOCK_SIZE_IS(block_iq1_m, 56);

// ---- values shared by several formats ----

// The sixteen levels of IQ4_NL and IQ4_XS, and of MXFP4 (E2M1, doubled to be whole).
#define IQ4_LEVELS                                                                                 \
    {                                                                                              \
        -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113                   \
    }
#define FP4_LEVELS                                                                                 \
    {                                                                                              \
        0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12                                    \
    }

// Scale j and min j (0..7) of the twelve bytes of Q4_K and Q5_K.
static inline void scale_min_k4(const uint8_t scales[12], int j, uint8_t *scale, uint8_t *min)
{
    if (j < 4) {
        *scale = scales[j] & 63;
        *min = scales[j + 4] & 63;
    } else {
        *scale = (uint8_t)((scales[j + 4] & 15) | (scales[j - 4] >> 6) << 4);
        *min = (uint8_t)((scales[j + 4] >> 4) | (scales[j] >> 6) << 4);
    }
}

// Scale j (0..15) of the twelve bytes of Q3_K, -32..31.
static inline int scale_k3(const uint8_t scales[12], int j)
{
    int low = j < 8 ? scales[j] & 15 : scales[j - 8] >> 4;
    int high = scales[8 + j % 4] >> 2 * (j / 4) & 3;
    return (low | high << 4) - 32;
}

// 2^(e - 128) for MXFP4's scale byte; the smallest two are subnormal floats.
static inline uint32_t mxfp4_scale_bits(uint8_t e)
{
    return e < 2 ? 0x00200000u << e : (uint32_t)(e - 1) << 23;
}

#endif
