#include "base/buf.h"
#include "base/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct buf *buf, size_t n_more)
{
    size_t wanted;
    if (!size_add(buf->size, n_more, &wanted) || wanted == SIZE_MAX ||
        (buf->size_max && wanted > buf->size_max)) {
        buf->overflowed = true;
        return false;
    }
    if (wanted + 1 <= buf->capacity)
        return true;
    size_t capacity = buf->capacity ? buf->capacity : 64;
    while (capacity < wanted + 1)
        capacity = capacity > SIZE_MAX / 2 ? wanted + 1 : capacity * 2;
    buf->data = mem_resize(buf->data, capacity, 1);
    buf->capacity = capacity;
    return true;
}

void buf_release(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){.size_max = buf->size_max};
}

void buf_reset(struct buf *buf)
{
    buf->size = 0;
    buf->overflowed = false;
    if (buf->data)
        buf->data[0] = 0;
}

bool buf_append(struct buf *buf, const void *bytes, size_t size)
{
    if (!reserve(buf, size))
        return false;
    if (size)
        memcpy(buf->data + buf->size, bytes, size);
    buf->size += size;
    buf->data[buf->size] = 0; // reserve() made room for it
    return true;
}

bool buf_append_text(struct buf *buf, const char *text)
{
    return buf_append(buf, text, strlen(text));
}

bool buf_append_byte(struct buf *buf, int byte)
{
    char c = (char)byte;
    return buf_append(buf, &c, 1);
}

bool buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    bool fits = size >= 0 && reserve(buf, (size_t)size);
    if (fits) {
        vsnprintf(buf->data + buf->size, (size_t)size + 1, format, again);
        buf->size += (size_t)size;
    }
    va_end(again);
    return fits;
}

void buf_consume(struct buf *buf, size_t size)
{
    assert(size <= buf->size);
    if (size == 0)
        return;
    buf->size -= size;
    memmove(buf->data, buf->data + size, buf->size + 1);
}

char *buf_take(struct buf *buf)
{
    if (!buf->data)
        buf_append(buf, "", 0);
    char *text = buf->data;
    *buf = (struct buf){.size_max = buf->size_max};
    return text;
}
