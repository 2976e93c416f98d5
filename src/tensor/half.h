// half.h - 16-bit floating point numbers and float.
//
// f16 is IEEE half; bf16 is the upper half of a float.  Narrowing rounds to the nearest, ties to
// even; too large becomes infinite; NaN stays NaN and is made quiet.  The hardware instructions
// used where the target has them give the same bits as the plain code.
#ifndef HEARTH_TENSOR_HALF_H
#define HEARTH_TENSOR_HALF_H

#include <stdint.h>
#include <string.h>
#if defined(__F16C__)
#include <immintrin.h>
#endif

static inline uint32_t f32_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float f32_from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline float f16_to_f32_plain(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, rest = half & 0x7fff;
    if (rest < 0x0400) // zero and subnormals: an integer count of 2^-24
        return f32_from_bits(f32_bits((float)rest * 0x1p-24f) | sign);
    if (rest > 0x7c00) // NaN
        return f32_from_bits(sign | 0x7fc00000 | rest << 13);
    uint32_t rebias = rest == 0x7c00 ? 255 - 31 : 127 - 15; // infinity keeps the top exponent
    return f32_from_bits(sign | (rest + (rebias << 10)) << 13);
}

static inline uint16_t f32_to_f16_plain(float value)
{
    uint32_t bits = f32_bits(value), rest = bits & 0x7fffffff;
    uint32_t sign = bits >> 16 & 0x8000;
    if (rest > 0x7f800000) // NaN
        return (uint16_t)(sign | 0x7e00 | (rest >> 13 & 0x3ff));
    if (rest >= 0x47800000) // 2^16 and beyond
        return (uint16_t)(sign | 0x7c00);
    if (rest < 0x38800000) // below 2^-14: at 0.5 a float's last bit is 2^-24, so the sum rounds
        return (uint16_t)(sign | (f32_bits(f32_from_bits(rest) + 0.5f) - 0x3f000000));
    rest += 0xfff + (rest >> 13 & 1); // may carry into the exponent, up to infinity: as it should
    return (uint16_t)(sign | (rest - (112u << 23)) >> 13);
}

static inline float f16_to_f32(uint16_t half)
{
#if defined(__F16C__)
    return _cvtsh_ss(half);
#elif defined(__aarch64__)
    __fp16 value;
    memcpy(&value, &half, sizeof value);
    return (float)value;
#else
    return f16_to_f32_plain(half);
#endif
}

static inline uint16_t f32_to_f16(float value)
{
#if defined(__F16C__)
    return (uint16_t)_cvtss_sh(value, _MM_FROUND_TO_NEAREST_INT);
#elif defined(__aarch64__)
    __fp16 narrow = (__fp16)value;
    uint16_t half;
    memcpy(&half, &narrow, sizeof half);
    return half;
#else
    return f32_to_f16_plain(value);
#endif
}

static inline float bf16_to_f32(uint16_t half)
{
    return f32_from_bits((uint32_t)half << 16);
}

static inline uint16_t f32_to_bf16(float value)
{
    uint32_t bits = f32_bits(value);
    if ((bits & 0x7fffffff) > 0x7f800000)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

#endif
