// q8_0.glsl - blocks of 32: an f16 scale, then 32 signed bytes, 34 bytes in all.
//
// The bytes are the file's, so every second block begins in the middle of a word.
#define HALF_WORD(words, i) (words[(i) >> 1] >> (((i)&1u) * 16u) & 0xffffu)
#define LOAD4(words, i)                                                                            \
    q8_0_values(HALF_WORD(words, (i) / 32 * 17), HALF_WORD(words, q8_0_half(i)),                   \
                HALF_WORD(words, q8_0_half(i) + 1))

// The 16-bit unit that holds values i and i + 1.
uint q8_0_half(uint i)
{
    return i / 32 * 17 + 1 + i % 32 / 2;
}

vec4 q8_0_values(uint scale, uint low, uint high)
{
    int q = int(low | high << 16);
    return unpackHalf2x16(scale).x * vec4(bitfieldExtract(q, 0, 8), bitfieldExtract(q, 8, 8),
                                          bitfieldExtract(q, 16, 8), bitfieldExtract(q, 24, 8));
}
