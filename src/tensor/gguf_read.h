// gguf_read.h - what is in this model file?
//
// Opens a GGUF file (v2, v3), alone or split into -00001-of-0000N parts, checks everything that can
// be checked without knowing the architecture, and gives metadata and tensors by name.  Nothing in
// a file is trusted: every count, offset, length and shape is checked against the file's size, and
// an error is one sentence with the file, the field and the numbers.
//
// After gguf_open the object does not change; any thread may read it.
#ifndef HEARTH_TENSOR_GGUF_READ_H
#define HEARTH_TENSOR_GGUF_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct gguf;

enum gguf_type { // value types of metadata, numbered as in the file
    GGUF_U8,
    GGUF_I8,
    GGUF_U16,
    GGUF_I16,
    GGUF_U32,
    GGUF_I32,
    GGUF_F32,
    GGUF_BOOL,
    GGUF_STRING,
    GGUF_ARRAY,
    GGUF_U64,
    GGUF_I64,
    GGUF_F64,
};

struct gguf_value {
    struct str key;
    enum gguf_type type; // of the value, or of the elements when is_array
    bool is_array;
    uint64_t n_items;          // 1 when not an array
    const unsigned char *data; // the first item's bytes in the file, unaligned
    const uint64_t *string_at; // arrays of strings: [n_items] offsets from data to each length
};

struct gguf_tensor {
    struct str name;
    uint32_t dtype; // a ggml type id; dtype_find() says whether we know it
    uint32_t n_dims;
    uint64_t ne[4];   // ne[0] varies fastest; absent dimensions are 1
    const void *data; // NULL when the format is unknown or GGUF_HEADER_ONLY was asked
    size_t size;      // bytes, 0 when the format is unknown
    uint32_t i_part;  // which part of a split file
    uint64_t offset;  // of the data within that part's file
};

enum gguf_mode {
    GGUF_MAP,  // map the file (default): listening in milliseconds, shared with other programs
    GGUF_READ, // read it into memory
    GGUF_HEADER_ONLY, // metadata and shapes; tensor data is not touched
};

struct gguf_options {
    enum gguf_mode mode;
    bool lock; // keep the weights in RAM
    // Called while reading, with bytes done and bytes in all; returning false cancels.  May be NULL.
    bool (*progress)(void *context, uint64_t n_done, uint64_t n_total);
    void *context;
};

// `path` may be any part of a split file; all parts are opened.  Keys are those of the first part.
// NULL options: map the file.  A tensor of a format we do not know is no error here.
enum err gguf_open(struct gguf **out, const char *path, const struct gguf_options *options,
                   struct error *error);
void gguf_close(struct gguf *gguf);

// The same over bytes in memory, 8-byte aligned and borrowed until close; `name` stands in for the
// path in errors.  One part of a split file cannot be opened so.
enum err gguf_open_memory(struct gguf **out, const void *bytes, size_t size, const char *name,
                          struct error *error);

size_t gguf_n_values(const struct gguf *gguf);
size_t gguf_n_tensors(const struct gguf *gguf);
const struct gguf_value *gguf_value_at(const struct gguf *gguf, size_t i);
const struct gguf_tensor *gguf_tensor_at(const struct gguf *gguf, size_t i);
const struct gguf_value *gguf_find(const struct gguf *gguf, const char *key);
const struct gguf_tensor *gguf_find_tensor(const struct gguf *gguf, const char *name);
const char *gguf_path(const struct gguf *gguf);   // of the first part
uint64_t gguf_file_size(const struct gguf *gguf); // of all parts together
uint32_t gguf_n_parts(const struct gguf *gguf);

// 64 bits that differ when the metadata or the tensor list (names, types, shapes, offsets) differ
// and, sampled, the weights: ties cached states to the model that made them.
uint64_t gguf_fingerprint(const struct gguf *gguf);

// Typed access.  Integers accept any integer type that fits, floats any number, as writers vary.
// Each returns false, leaving *out alone, when the key is absent or of another kind.
bool gguf_get_u64(const struct gguf *gguf, const char *key, uint64_t *out);
bool gguf_get_u32(const struct gguf *gguf, const char *key, uint32_t *out);
bool gguf_get_f32(const struct gguf *gguf, const char *key, float *out);
bool gguf_get_bool(const struct gguf *gguf, const char *key, bool *out);
bool gguf_get_str(const struct gguf *gguf, const char *key, struct str *out);

// Items of an array (or the value itself as item 0); false when out of range or of another kind.
bool gguf_item_i64(const struct gguf_value *value, uint64_t i, int64_t *out);
bool gguf_item_f32(const struct gguf_value *value, uint64_t i, float *out);
bool gguf_item_str(const struct gguf_value *value, uint64_t i, struct str *out);

#endif
