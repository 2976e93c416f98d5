// f32.glsl - a word is a value.
#define LOAD4(words, i)                                                                            \
    uintBitsToFloat(uvec4(words[i], words[(i) + 1], words[(i) + 2], words[(i) + 3]))
#define STORE4(words, i, v)                                                                        \
    words[i] = floatBitsToUint((v).x), words[(i) + 1] = floatBitsToUint((v).y),                    \
    words[(i) + 2] = floatBitsToUint((v).z), words[(i) + 3] = floatBitsToUint((v).w)
