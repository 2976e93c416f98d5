// f16.glsl - two values in a word.
#define LOAD4(words, i)                                                                            \
    vec4(unpackHalf2x16(words[(i) / 2]), unpackHalf2x16(words[(i) / 2 + 1]))
#define STORE4(words, i, v)                                                                        \
    words[(i) / 2] = pack_nearest((v).xy), words[(i) / 2 + 1] = pack_nearest((v).zw)

// packHalf2x16, rounding to nearest even: Vulkan leaves the rounding of the built-in one open.
uint half_nearest(float value)
{
    uint bits = floatBitsToUint(value), sign = bits >> 16 & 0x8000u, size = bits & 0x7fffffffu;
    if (size >= 0x47800000u) // 65536 and more, infinities and NaNs
        return sign | (size > 0x7f800000u ? 0x7e00u : 0x7c00u);
    if (size < 0x38800000u) // below 2^-14: a multiple of 2^-24, rounded by adding 0.5
        return sign | (floatBitsToUint(uintBitsToFloat(size) + 0.5) - 0x3f000000u);
    uint odd = size >> 13 & 1u;
    return sign | (size - 0x38000000u + 0xfffu + odd >> 13);
}

uint pack_nearest(vec2 v)
{
    return half_nearest(v.x) | half_nearest(v.y) << 16;
}
