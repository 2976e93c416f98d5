// dtype.h - what the numbers of a tensor are: one row per storage format.
//
// A format packs `block_elements` values into `block_size` bytes; rows are whole blocks.  The row
// also holds the scalar functions that define the format: every faster kernel must agree with them.
#ifndef HEARTH_TENSOR_DTYPE_H
#define HEARTH_TENSOR_DTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Values are the type ids of GGUF files (ggml's), so a file's number is the enum.
enum dtype {
    DTYPE_F32 = 0,
    DTYPE_F16 = 1,
    DTYPE_Q4_0 = 2,
    DTYPE_Q4_1 = 3,
    DTYPE_Q5_0 = 6,
    DTYPE_Q5_1 = 7,
    DTYPE_Q8_0 = 8,
    DTYPE_Q2_K = 10,
    DTYPE_Q3_K = 11,
    DTYPE_Q4_K = 12,
    DTYPE_Q5_K = 13,
    DTYPE_Q6_K = 14,
    DTYPE_Q8_K = 15, // activations only, never in a file
    DTYPE_IQ2_XXS = 16,
    DTYPE_IQ2_XS = 17,
    DTYPE_IQ3_XXS = 18,
    DTYPE_IQ1_S = 19,
    DTYPE_IQ4_NL = 20,
    DTYPE_IQ3_S = 21,
    DTYPE_IQ2_S = 22,
    DTYPE_IQ4_XS = 23,
    DTYPE_IQ1_M = 29,
    DTYPE_BF16 = 30,
    DTYPE_MXFP4 = 39,
    DTYPE_COUNT = 40,
};

struct dtype_info {
    const char *name; // "Q4_K"; NULL for ids that are no format of ours
    uint32_t block_elements, block_size;
    // [n] values of n / block_elements blocks; n is a multiple of block_elements.
    void (*dequantize)(float *values, const void *blocks, size_t n);
    // The inverse, for the formats that caches and tools write; NULL where there is none.
    void (*quantize)(void *blocks, const float *values, size_t n);
};

// The row of a format, or NULL when the id is unknown or unsupported.  Any number may be asked.
const struct dtype_info *dtype_find(uint32_t id);

// The row of a format known to exist (an assert otherwise).
const struct dtype_info *dtype_get(enum dtype dtype);

// Words for any id, also for formats we only know by name: "IQ2_K (ik_llama.cpp)", "an unknown
// format".  Errors add the number.
const char *dtype_name(uint32_t id);

// The format called `name` ("q8_0", any case), or -1.
int dtype_from_name(const char *name);

// Bytes of a row of n values; n must be a multiple of the block.
static inline size_t dtype_row_size(const struct dtype_info *info, size_t n)
{
    return n / info->block_elements * info->block_size;
}

#endif
