// str.h - a view of bytes somebody else owns.
#ifndef HEARTH_BASE_STR_H
#define HEARTH_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *data; // not NUL-terminated; may hold NULs
    size_t size;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

static inline struct str str_of(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}
static inline bool str_equal(struct str a, struct str b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}
// The order of their bytes, the shorter one first where it begins the other: below, at or above 0.
static inline int str_compare(struct str a, struct str b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size ? memcmp(a.data, b.data, size) : 0;
    return order ? order : a.size < b.size ? -1 : a.size > b.size;
}
static inline bool str_is(struct str a, const char *text)
{
    return str_equal(a, str_of(text));
}
static inline bool str_starts(struct str a, struct str prefix)
{
    return a.size >= prefix.size &&
           (prefix.size == 0 || memcmp(a.data, prefix.data, prefix.size) == 0);
}
static inline bool str_ends(struct str a, struct str suffix)
{
    return a.size >= suffix.size && (suffix.size == 0 || memcmp(a.data + a.size - suffix.size,
                                                                suffix.data, suffix.size) == 0);
}
// Where `needle` first stands in `a` at or after `from`; STR_NONE when nowhere.
#define STR_NONE SIZE_MAX
static inline size_t str_find(struct str a, struct str needle, size_t from)
{
    for (size_t i = from; needle.size && i < a.size && a.size - i >= needle.size; i++) {
        const char *hit = memchr(a.data + i, needle.data[0], a.size - i - needle.size + 1);
        if (!hit)
            return STR_NONE;
        i = (size_t)(hit - a.data);
        if (memcmp(hit, needle.data, needle.size) == 0)
            return i;
    }
    return needle.size || from > a.size ? STR_NONE : from;
}
// Bytes [from, to) of `a`, clamped to it.
static inline struct str str_slice(struct str a, size_t from, size_t to)
{
    to = to > a.size ? a.size : to;
    from = from > to ? to : from;
    return (struct str){a.data ? a.data + from : a.data, to - from};
}

#endif
