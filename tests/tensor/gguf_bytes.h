// gguf_bytes.h - GGUF files byte by byte, for tests that need them wrong in one place.
#ifndef HEARTH_TESTS_TENSOR_GGUF_BYTES_H
#define HEARTH_TESTS_TENSOR_GGUF_BYTES_H

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "tensor/gguf_read.h"

static inline void put_u32(struct buf *buf, uint32_t value)
{
    buf_append(buf, &value, sizeof value);
}

static inline void put_u64(struct buf *buf, uint64_t value)
{
    buf_append(buf, &value, sizeof value);
}

static inline void put_string(struct buf *buf, const char *text)
{
    put_u64(buf, strlen(text));
    buf_append_text(buf, text);
}

static inline void put_head(struct buf *buf, uint64_t n_tensors, uint64_t n_values)
{
    buf_append_text(buf, "GGUF");
    put_u32(buf, 3);
    put_u64(buf, n_tensors);
    put_u64(buf, n_values);
}

static inline void put_key(struct buf *buf, const char *key, enum gguf_type type)
{
    put_string(buf, key);
    put_u32(buf, type);
}

static inline void put_array(struct buf *buf, const char *key, enum gguf_type type,
                             uint64_t n_items)
{
    put_key(buf, key, GGUF_ARRAY);
    put_u32(buf, type);
    put_u64(buf, n_items);
}

static inline void put_tensor(struct buf *buf, const char *name, uint64_t ne0, uint64_t ne1,
                              uint32_t dtype, uint64_t offset)
{
    put_string(buf, name);
    put_u32(buf, 2);
    put_u64(buf, ne0);
    put_u64(buf, ne1);
    put_u32(buf, dtype);
    put_u64(buf, offset);
}

static inline void put_padding(struct buf *buf, size_t alignment)
{
    while (buf->size % alignment)
        buf_append_byte(buf, 0);
}

// Touches every value, string and tensor (first and last byte): under a sanitizer, all of what an
// opened file promises.  The sum keeps the compiler from leaving reads out.
static inline uint64_t walk(const struct gguf *gguf)
{
    uint64_t sum = gguf_fingerprint(gguf);
    for (size_t i = 0; i < gguf_n_values(gguf); i++) {
        const struct gguf_value *value = gguf_value_at(gguf, i);
        uint64_t step = value->n_items > 1000 ? value->n_items / 1000 : 1;
        for (uint64_t j = 0; j < value->n_items; j += step) {
            struct str text;
            int64_t integer;
            float number;
            if (gguf_item_str(value, j, &text) && text.size)
                sum += (unsigned char)text.data[0] + (unsigned char)text.data[text.size - 1];
            if (gguf_item_i64(value, j, &integer))
                sum += (uint64_t)integer;
            if (gguf_item_f32(value, j, &number))
                sum += number > 0;
        }
    }
    for (size_t i = 0; i < gguf_n_tensors(gguf); i++) {
        const struct gguf_tensor *tensor = gguf_tensor_at(gguf, i);
        const unsigned char *data = tensor->data;
        if (data)
            sum += data[0] + data[tensor->size - 1];
    }
    return sum;
}

#endif
