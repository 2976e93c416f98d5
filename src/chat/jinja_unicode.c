#include "chat/jinja_unicode.h"
#include "base/memory.h"

struct char_range {
    uint32_t first, last, step;
};
struct case_range {
    uint32_t first, last, step;
    int32_t delta;
};
struct case_special {
    uint32_t c, to[3];
};

// clang-format off
#include "chat/jinja_unicode.inc"
// clang-format on

static const struct {
    const struct char_range *ranges;
    size_t n;
} classes[] = {
    [CHAR_SPACE] = {space_ranges, COUNT_OF(space_ranges)},
    [CHAR_ALPHA] = {alpha_ranges, COUNT_OF(alpha_ranges)},
    [CHAR_DECIMAL] = {decimal_ranges, COUNT_OF(decimal_ranges)},
    [CHAR_DIGIT] = {digit_ranges, COUNT_OF(digit_ranges)},
    [CHAR_NUMERIC] = {numeric_ranges, COUNT_OF(numeric_ranges)},
    [CHAR_LOWER] = {lower_ranges, COUNT_OF(lower_ranges)},
    [CHAR_UPPER] = {upper_ranges, COUNT_OF(upper_ranges)},
    [CHAR_TITLE] = {title_ranges, COUNT_OF(title_ranges)},
    [CHAR_IGNORED] = {ignorable_ranges, COUNT_OF(ignorable_ranges)},
    [CHAR_HIDDEN] = {unprintable_ranges, COUNT_OF(unprintable_ranges)},
};

static const struct {
    const struct case_range *ranges;
    size_t n;
    const struct case_special *special;
    size_t n_special;
} cases[] = {
    [CASE_UPPER] = {to_upper, COUNT_OF(to_upper), to_upper_special, COUNT_OF(to_upper_special)},
    [CASE_LOWER] = {to_lower, COUNT_OF(to_lower), to_lower_special, COUNT_OF(to_lower_special)},
    [CASE_TITLE] = {to_title, COUNT_OF(to_title), to_title_special, COUNT_OF(to_title_special)},
};

size_t char_size_wide(const char *bytes, size_t size)
{
    const unsigned char *b = (const unsigned char *)bytes;
    size_t n = b[0] >= 0xf5 || b[0] < 0xc2 ? 1 : b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (n > size)
        return 1;
    for (size_t i = 1; i < n; i++)
        if ((b[i] & 0xc0) != 0x80)
            return 1;
    bool overlong = (b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xf0 && b[1] < 0x90);
    bool too_big = b[0] == 0xf4 && b[1] > 0x8f;
    return overlong || too_big ? 1 : n;
}

size_t char_read(const char *bytes, size_t size, uint32_t *c)
{
    unsigned char lead = (unsigned char)bytes[0];
    size_t n = char_size(bytes, size);
    if (n == 1) {
        *c = lead < 0x80 ? lead : CHAR_STRAY + lead;
        return 1;
    }
    *c = lead & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        *c = *c << 6 | ((unsigned char)bytes[i] & 0x3f);
    return n;
}

size_t char_write(char out[4], uint32_t c)
{
    if (c >= CHAR_STRAY || c < 0x80) {
        out[0] = (char)(c >= CHAR_STRAY ? c - CHAR_STRAY : c);
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((0xf00u >> n & 0xff) | c);
    return n;
}

size_t char_count(const char *bytes, size_t size)
{
    size_t n = 0, i = 0;
    while (i < size) {
        i += char_size(bytes + i, size - i);
        n++;
    }
    return n;
}

bool char_is(uint32_t c, enum char_class wanted)
{
    const struct char_range *ranges = classes[wanted].ranges;
    size_t low = 0, high = classes[wanted].n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > ranges[middle].last)
            low = middle + 1;
        else if (c < ranges[middle].first)
            high = middle;
        else
            return (c - ranges[middle].first) % ranges[middle].step == 0;
    }
    return wanted == CHAR_HIDDEN && ((c >= 0xd800 && c < 0xe000) || c >= CHAR_STRAY);
}

bool char_is_word(uint32_t c)
{
    return c == '_' || char_is(c, CHAR_ALPHA) || char_is(c, CHAR_NUMERIC);
}

size_t char_to(uint32_t c, enum char_case wanted, uint32_t out[3])
{
    out[0] = c;
    if (c < 0x80) {
        if (wanted == CASE_LOWER ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z')
            out[0] = c ^ 0x20;
        return 1;
    }
    for (size_t i = 0; i < cases[wanted].n_special; i++)
        if (cases[wanted].special[i].c == c) {
            size_t n = 0;
            for (; n < 3 && cases[wanted].special[i].to[n]; n++)
                out[n] = cases[wanted].special[i].to[n];
            return n;
        }
    const struct case_range *ranges = cases[wanted].ranges;
    size_t low = 0, high = cases[wanted].n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > ranges[middle].last) {
            low = middle + 1;
        } else if (c < ranges[middle].first) {
            high = middle;
        } else {
            if ((c - ranges[middle].first) % ranges[middle].step == 0)
                out[0] = c + (uint32_t)ranges[middle].delta;
            break;
        }
    }
    return 1;
}
