// gguf_write.h - making a GGUF file (v3).
//
// First say what goes in: keys and tensors, in the order they shall have.  Then either stream the
// tensors' bytes into a file, which appears under its name only when complete, or take the header
// and the offsets and lay out the file in memory of your own.  One owner at a time.
//
//     writer = gguf_writer_open();
//     gguf_writer_put_str(writer, "general.architecture", STR("llama"));  ...
//     gguf_writer_add_tensor(writer, "token_embd.weight", DTYPE_Q8_0, 2, ne);  ...
//     gguf_writer_create(writer, path, error);
//     gguf_writer_append(writer, bytes, size, error);  ...
//     gguf_writer_publish(writer, error);
//     gguf_writer_close(writer);  // in any case
#ifndef HEARTH_TENSOR_GGUF_WRITE_H
#define HEARTH_TENSOR_GGUF_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "tensor/dtype.h"
#include "tensor/gguf_read.h"

struct gguf_writer;

struct gguf_writer *gguf_writer_open(void);
void gguf_writer_close(struct gguf_writer *writer); // discards a file that was not published

// ---- keys; each may be put once ----
void gguf_writer_put_u32(struct gguf_writer *writer, const char *key, uint32_t value);
void gguf_writer_put_f32(struct gguf_writer *writer, const char *key, float value);
void gguf_writer_put_bool(struct gguf_writer *writer, const char *key, bool value);
void gguf_writer_put_str(struct gguf_writer *writer, const char *key, struct str value);
// A number of any type: `value` points to its bytes.
void gguf_writer_put_number(struct gguf_writer *writer, const char *key, enum gguf_type type,
                            const void *value);
void gguf_writer_put_array(struct gguf_writer *writer, const char *key, enum gguf_type type,
                           const void *items, size_t n_items);
void gguf_writer_put_strings(struct gguf_writer *writer, const char *key, const struct str *items,
                             size_t n_items);
// A value of another file.  Those that describe that file (general.alignment, split.*) are left out.
void gguf_writer_put_value(struct gguf_writer *writer, const struct gguf_value *value);

// ---- tensors, in the order of their data ----
// Returns the tensor's number.  ne[0] is a multiple of the format's block.
size_t gguf_writer_add_tensor(struct gguf_writer *writer, const char *name, enum dtype dtype,
                              uint32_t n_dims, const uint64_t *ne);

// ---- the layout; from here on nothing can be added ----
// The header with its padding, belonging to the writer.
struct str gguf_writer_header(struct gguf_writer *writer);
uint64_t gguf_writer_file_size(struct gguf_writer *writer);
// Where in the file tensor i lies.
uint64_t gguf_writer_offset(struct gguf_writer *writer, size_t i);
uint64_t gguf_writer_tensor_size(const struct gguf_writer *writer, size_t i);

// ---- a file ----
enum err gguf_writer_create(struct gguf_writer *writer, const char *path, struct error *error);
// The next bytes of the tensors' data, in any portions; padding between tensors is added here.
enum err gguf_writer_append(struct gguf_writer *writer, const void *bytes, size_t size,
                            struct error *error);
// Makes the file permanent under its name, replacing an older one.  Every tensor must be complete.
enum err gguf_writer_publish(struct gguf_writer *writer, struct error *error);

#endif
