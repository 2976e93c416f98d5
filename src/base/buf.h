// buf.h - a growing string of bytes.
//
// Zero is a valid empty buffer.  The bytes are always followed by a NUL that is not counted, so
// buf.data (once anything was appended) is also a C string.  With a `size_max` the buffer stops
// growing there, drops what does not fit and remembers it in `overflowed`; 0 means no ceiling.
#ifndef HEARTH_BASE_BUF_H
#define HEARTH_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data;
    size_t size, capacity;
    size_t size_max;
    bool overflowed;
};

void buf_release(struct buf *buf);
void buf_reset(struct buf *buf);                                  // size 0, memory and ceiling kept
bool buf_append(struct buf *buf, const void *bytes, size_t size); // false: over the ceiling
bool buf_append_text(struct buf *buf, const char *text);
bool buf_append_byte(struct buf *buf, int byte);
bool buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_consume(struct buf *buf, size_t size); // removes the first `size` bytes

// Moves the bytes out as a NUL-terminated string for free(); the buffer is empty afterwards.
char *buf_take(struct buf *buf);

#endif
