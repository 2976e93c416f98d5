// gguf_parse.h - the bytes of one GGUF file, checked and laid open.  For gguf_read.c.
//
// A pure function from bytes to tables: no files, no other parts.  Tables borrow the bytes.
//
// The layout: magic, version, counts; keys with typed values; tensor names with shapes, types and
// offsets; padding; the data section.  Little-endian, nothing aligned before the data section.
#ifndef HEARTH_TENSOR_GGUF_PARSE_H
#define HEARTH_TENSOR_GGUF_PARSE_H

#include "tensor/gguf_read.h"

#define GGUF_MAGIC       0x46554747u // "GGUF"
#define GGUF_VERSION_MIN 2           // version 1 had 32-bit counts
#define GGUF_VERSION_MAX 3

#define GGUF_ALIGNMENT_DEFAULT 32
#define GGUF_ALIGNMENT_MIN     8 // so that every element of every format is aligned in memory
#define GGUF_ALIGNMENT_MAX     (1 << 20)

struct gguf_part {
    struct gguf_value *values;
    size_t n_values;
    struct gguf_tensor *tensors; // in file order; data points into the bytes
    size_t n_tensors;
    uint64_t header_size; // bytes before the padding
    uint64_t data_start;
};

// `bytes` must be 8-byte aligned.  `name` is for errors.  On failure the part is empty.
enum err gguf_part_parse(struct gguf_part *part, const unsigned char *bytes, size_t size,
                         const char *name, struct error *error);
void gguf_part_release(struct gguf_part *part);

// Bytes of one item of a type, 0 for strings, arrays and numbers that are no type.
size_t gguf_type_size(uint32_t type);

// An integer of any type (also bool), as sign and magnitude; false for other types.
bool gguf_item_integer(const struct gguf_value *value, uint64_t i, bool *negative,
                       uint64_t *magnitude);

#endif
