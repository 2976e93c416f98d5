// formats.glsl - the stored format this shader is compiled for.
//
// A format gives LOAD4(words, i): values i .. i + 3 (i a multiple of 4) of a buffer of 32-bit words.
// Formats that KV caches are kept in also give STORE4(words, i, v).  Buffers cannot be arguments of
// GLSL functions, therefore macros.  Only 32-bit words are read, so no device needs 8- or 16-bit
// storage.
#if defined(FORMAT_F32)
#include "f32.glsl"
#elif defined(FORMAT_F16)
#include "f16.glsl"
#elif defined(FORMAT_Q8_0)
#include "q8_0.glsl"
#endif
