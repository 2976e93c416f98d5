#include "sample/charset.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static int compare_ranges(const void *a, const void *b)
{
    const struct charset_range *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

// ---- UTF-8 ----

static unsigned utf8_size(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

static void utf8_write(uint32_t c, unsigned size, unsigned char *out)
{
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (unsigned i = size; i-- > 1; c >>= 6)
        out[i] = (unsigned char)(0x80 | (c & 0x3f));
    out[0] = (unsigned char)(first[size] | c);
}

// Strings of `n` digits between `low` and `high`, both `n` long; digit k may be lowest[k]..highest[k].
// UTF-8 bytes, hexadecimal digits and surrogate pairs all compare like numbers, digit by digit.
struct digits {
    const unsigned *lowest, *highest; // of digits after the first
    regex_id (*digit)(struct regex_pool *pool, unsigned position, unsigned from, unsigned to);
};

static regex_id digits_between(struct regex_pool *pool, const struct digits *how, unsigned at,
                               unsigned n, const unsigned *low, const unsigned *high)
{
    if (at == n)
        return REGEX_EPSILON;
    bool is_low_free = true, is_high_free = true; // everything after this digit is unrestricted
    for (unsigned i = at + 1; i < n; i++) {
        is_low_free = is_low_free && low[i] == how->lowest[i];
        is_high_free = is_high_free && high[i] == how->highest[i];
    }
    if (low[at] == high[at])
        return regex_concat(pool, how->digit(pool, at, low[at], high[at]),
                            digits_between(pool, how, at + 1, n, low, high));
    unsigned from = low[at], to = high[at];
    regex_id parts[3] = {REGEX_EMPTY, REGEX_EMPTY, REGEX_EMPTY};
    if (!is_low_free) {
        parts[0] = regex_concat(pool, how->digit(pool, at, from, from),
                                digits_between(pool, how, at + 1, n, low, how->highest));
        from++;
    }
    if (!is_high_free) {
        parts[1] = regex_concat(pool, how->digit(pool, at, to, to),
                                digits_between(pool, how, at + 1, n, how->lowest, high));
        to--;
    }
    if (from <= to)
        parts[2] = regex_concat(pool, how->digit(pool, at, from, to),
                                digits_between(pool, how, at + 1, n, how->lowest, how->highest));
    return regex_or(pool, parts, 3);
}

static regex_id byte_digit(struct regex_pool *pool, unsigned position, unsigned from, unsigned to)
{
    (void)position;
    return regex_byte_range(pool, from, to);
}

static regex_id utf8_between(struct regex_pool *pool, uint32_t from, uint32_t to)
{
    static const unsigned lowest[] = {0, 0x80, 0x80, 0x80}, highest[] = {0, 0xbf, 0xbf, 0xbf};
    static const struct digits how = {lowest, highest, byte_digit};
    unsigned size = utf8_size(from);
    unsigned char low[4], high[4];
    utf8_write(from, size, low);
    utf8_write(to, size, high);
    unsigned l[4], h[4];
    for (unsigned i = 0; i < size; i++) {
        l[i] = low[i];
        h[i] = high[i];
    }
    return digits_between(pool, &how, 0, size, l, h);
}

// ---- \uXXXX ----

static regex_id hex_digit(struct regex_pool *pool, unsigned position, unsigned from, unsigned to)
{
    struct byte_set set = {{0}};
    (void)position;
    for (unsigned d = from; d <= to; d++) {
        byte_set_add_range(&set, "0123456789abcdef"[d], "0123456789abcdef"[d]);
        byte_set_add_range(&set, "0123456789ABCDEF"[d], "0123456789ABCDEF"[d]);
    }
    return regex_bytes(pool, &set);
}

static regex_id hex_between(struct regex_pool *pool, uint32_t from, uint32_t to)
{
    static const unsigned lowest[4] = {0}, highest[] = {15, 15, 15, 15};
    static const struct digits how = {lowest, highest, hex_digit};
    unsigned low[4], high[4];
    for (unsigned i = 0; i < 4; i++) {
        low[i] = from >> (12 - 4 * i) & 15;
        high[i] = to >> (12 - 4 * i) & 15;
    }
    regex_id escape = regex_literal(pool, STR("\\u"));
    return regex_concat(pool, escape, digits_between(pool, &how, 0, 4, low, high));
}

static regex_id surrogate_digit(struct regex_pool *pool, unsigned position, unsigned from,
                                unsigned to)
{
    unsigned base = position ? 0xdc00 : 0xd800;
    return hex_between(pool, base + from, base + to);
}

static regex_id surrogates_between(struct regex_pool *pool, uint32_t from, uint32_t to)
{
    static const unsigned lowest[2] = {0}, highest[] = {1023, 1023};
    static const struct digits how = {lowest, highest, surrogate_digit};
    unsigned low[] = {(from - 0x10000) >> 10, (from - 0x10000) & 1023};
    unsigned high[] = {(to - 0x10000) >> 10, (to - 0x10000) & 1023};
    return digits_between(pool, &how, 0, 2, low, high);
}

// ---- sets to expressions ----

struct parts {
    regex_id *ids;
    size_t n, capacity;
};

static void parts_add(struct parts *parts, regex_id id)
{
    if (parts->n == parts->capacity) {
        parts->capacity = parts->capacity ? parts->capacity * 2 : 16;
        parts->ids = mem_resize(parts->ids, parts->capacity, sizeof(regex_id));
    }
    parts->ids[parts->n++] = id;
}

// Calls `add` with the part of from..to inside low..high.
static void add_part(struct regex_pool *pool, struct parts *parts, struct charset_range range,
                     uint32_t low, uint32_t high,
                     regex_id (*between)(struct regex_pool *, uint32_t, uint32_t))
{
    uint32_t from = range.from > low ? range.from : low, to = range.to < high ? range.to : high;
    if (from <= to)
        parts_add(parts, between(pool, from, to));
}

static void add_raw(struct regex_pool *pool, struct parts *parts, struct charset_range range)
{
    static const uint32_t borders[][2] = {
        {0x80, 0x7ff}, {0x800, 0xd7ff}, {0xe000, 0xffff}, {0x10000, CODE_POINT_MAX}};
    for (size_t i = 0; i < COUNT_OF(borders); i++)
        add_part(pool, parts, range, borders[i][0], borders[i][1], utf8_between);
}

static void add_escaped(struct regex_pool *pool, struct parts *parts, struct charset_range range)
{
    add_part(pool, parts, range, 0, 0x1f, hex_between);
    add_part(pool, parts, range, 0x7f, 0xd7ff, hex_between);
    add_part(pool, parts, range, 0xe000, 0xffff, hex_between);
    add_part(pool, parts, range, 0x10000, CODE_POINT_MAX, surrogates_between);
}

static bool has(const struct charset *set, uint32_t c)
{
    for (size_t i = 0; i < set->n_ranges; i++)
        if (c >= set->ranges[i].from && c <= set->ranges[i].to)
            return true;
    return false;
}

static regex_id short_escapes(struct regex_pool *pool, const struct charset *set)
{
    static const char codes[] = "\"\\/\b\f\n\r\t", letters[] = "\"\\/bfnrt";
    struct byte_set bytes = {{0}};
    for (size_t i = 0; codes[i]; i++)
        if (has(set, (unsigned char)codes[i]))
            byte_set_add_range(&bytes, (unsigned char)letters[i], (unsigned char)letters[i]);
    return regex_concat(pool, regex_byte_range(pool, '\\', '\\'), regex_bytes(pool, &bytes));
}

regex_id charset_regex(struct regex_pool *pool, const struct charset *set, enum text_form form)
{
    struct parts parts = {0};
    struct byte_set ascii = {{0}};
    for (size_t i = 0; i < set->n_ranges; i++) {
        struct charset_range range = set->ranges[i];
        for (uint32_t c = range.from; c <= range.to && c < 0x80; c++)
            if (form == TEXT_RAW || (c >= 0x20 && c != '"' && c != '\\'))
                byte_set_add_range(&ascii, c, c);
        add_raw(pool, &parts, range);
        if (form == TEXT_JSON)
            add_escaped(pool, &parts, range);
    }
    parts_add(&parts, regex_bytes(pool, &ascii));
    if (form == TEXT_JSON)
        parts_add(&parts, short_escapes(pool, set));
    regex_id id = regex_or(pool, parts.ids, parts.n);
    free(parts.ids);
    return id;
}

regex_id charset_any(struct regex_pool *pool, enum text_form form)
{
    struct charset_range all = {0, CODE_POINT_MAX};
    return charset_regex(pool, &(struct charset){.ranges = &all, .n_ranges = 1}, form);
}

regex_id charset_text_regex(struct regex_pool *pool, struct str text, enum text_form form)
{
    regex_id *characters = mem_new(regex_id, text.size + 1);
    size_t n = 0;
    for (size_t at = 0; at < text.size;) {
        uint32_t c = utf8_next(text, &at);
        struct charset_range one = {c, c};
        const struct charset set = {.ranges = &one, .n_ranges = 1};
        // A slash is expected bare, as every JSON writer in use leaves it.
        characters[n++] = c >= 0x20 && c < 0x7f && c != '"' && c != '\\'
                              ? regex_byte_range(pool, c, c)
                              : charset_regex(pool, &set, form);
    }
    regex_id id = REGEX_EPSILON;
    while (n > 0)
        id = regex_concat(pool, characters[--n], id);
    free(characters);
    return id;
}

// ---- the sets themselves ----

void charset_release(struct charset *set)
{
    free(set->ranges);
    *set = (struct charset){0};
}

void charset_add(struct charset *set, uint32_t from, uint32_t to)
{
    if (set->n_ranges == set->capacity) {
        set->capacity = set->capacity ? set->capacity * 2 : 8;
        set->ranges = mem_resize(set->ranges, set->capacity, sizeof *set->ranges);
    }
    set->ranges[set->n_ranges++] = (struct charset_range){from, to};
}

void charset_add_set(struct charset *set, const struct charset *other)
{
    for (size_t i = 0; i < other->n_ranges; i++)
        charset_add(set, other->ranges[i].from, other->ranges[i].to);
}

void charset_normalise(struct charset *set)
{
    size_t n = 0;
    if (set->n_ranges)
        qsort(set->ranges, set->n_ranges, sizeof *set->ranges, compare_ranges);
    for (size_t i = 0; i < set->n_ranges; i++) {
        struct charset_range range = set->ranges[i];
        if (n && range.from <= set->ranges[n - 1].to + 1) {
            if (range.to > set->ranges[n - 1].to)
                set->ranges[n - 1].to = range.to;
        } else {
            set->ranges[n++] = range;
        }
    }
    set->n_ranges = n;
}

void charset_invert(struct charset *set)
{
    struct charset inverted = {0};
    uint32_t next = 0;
    for (size_t i = 0; i < set->n_ranges; i++) {
        if (set->ranges[i].from > next)
            charset_add(&inverted, next, set->ranges[i].from - 1);
        next = set->ranges[i].to + 1;
    }
    if (next <= CODE_POINT_MAX)
        charset_add(&inverted, next, CODE_POINT_MAX);
    charset_release(set);
    *set = inverted;
}

void charset_fold_case(struct charset *set)
{
    size_t n = set->n_ranges;
    for (uint32_t upper = 'A'; upper <= 'Z'; upper++) {
        const struct charset before = {.ranges = set->ranges, .n_ranges = n};
        bool has_upper = has(&before, upper), has_lower = has(&before, upper + 32);
        if (has_upper != has_lower)
            charset_add(set, has_upper ? upper + 32 : upper, has_upper ? upper + 32 : upper);
    }
    charset_normalise(set);
}

bool charset_add_class(struct charset *set, char letter)
{
    static const struct {
        char letter;
        uint32_t ranges[11][2]; // up to the first {0, 0}
    } classes[] = {
        {'d', {{'0', '9'}}},
        {'w', {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
        {'s',
         {{9, 13},
          {32, 32},
          {0xa0, 0xa0},
          {0x1680, 0x1680},
          {0x2000, 0x200a},
          {0x2028, 0x2029},
          {0x202f, 0x202f},
          {0x205f, 0x205f},
          {0x3000, 0x3000},
          {0xfeff, 0xfeff}}},
    };
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        if (classes[i].letter != (letter | 32))
            continue;
        struct charset class = {0};
        for (size_t r = 0; classes[i].ranges[r][1]; r++)
            charset_add(&class, classes[i].ranges[r][0], classes[i].ranges[r][1]);
        charset_normalise(&class);
        if (letter != classes[i].letter)
            charset_invert(&class);
        charset_add_set(set, &class);
        charset_release(&class);
        return true;
    }
    return false;
}

uint32_t utf8_next(struct str text, size_t *at)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char b = (unsigned char)text.data[(*at)++];
    unsigned size = b < 0x80 ? 1 : b >= 0xf0 && b < 0xf8 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 0;
    if (size == 1)
        return b;
    if (!size || b >= 0xf8 || *at + size - 1 > text.size)
        return 0xfffd;
    uint32_t c = b & (0xffu >> (size + 1));
    for (unsigned i = 0; i + 1 < size; i++) {
        unsigned char next = (unsigned char)text.data[*at + i];
        if ((next & 0xc0) != 0x80)
            return 0xfffd;
        c = c << 6 | (next & 0x3f);
    }
    if (c < smallest[size] || c > CODE_POINT_MAX || (c >= 0xd800 && c < 0xe000))
        return 0xfffd;
    *at += size - 1;
    return c;
}
