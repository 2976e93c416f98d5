#include "text/unicode.h"

unsigned unicode_classes(uint32_t code)
{
    if (code < 128)
        return unicode_ascii_classes[code];
    if ((code >= 0x4E00 && code <= 0x9FFF) || (code >= 0xAC00 && code <= 0xD7A3))
        return UNICODE_LETTER; // Han and Hangul, most of what is written outside the alphabets
    size_t low = 0, high = unicode_n_ranges;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (unicode_ranges[middle].last < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < unicode_n_ranges && unicode_ranges[low].first <= code ? unicode_ranges[low].class
                                                                       : 0;
}

unsigned utf8_size(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2)
        return 0; // a continuation byte, or an overlong form
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
}

bool utf8_continues(const unsigned char *held, size_t n_held, unsigned char next)
{
    unsigned char low = 0x80, high = 0xBF;
    if (n_held == 1) {
        switch (held[0]) {
        case 0xE0: // shorter forms exist below
            low = 0xA0;
            break;
        case 0xED: // surrogates above
            high = 0x9F;
            break;
        case 0xF0:
            low = 0x90;
            break;
        case 0xF4: // past U+10FFFF above
            high = 0x8F;
            break;
        }
    }
    return next >= low && next <= high;
}

uint32_t utf8_decode(struct str text, size_t at, unsigned *size)
{
    *size = at < text.size;
    if (at >= text.size)
        return UNICODE_BROKEN;
    const unsigned char *bytes = (const unsigned char *)text.data + at;
    unsigned n = utf8_size(bytes[0]);
    if (n == 0 || n > text.size - at)
        return UNICODE_BROKEN;
    uint32_t code = n == 1 ? bytes[0] : bytes[0] & (0x7Fu >> n);
    for (unsigned i = 1; i < n; i++) {
        if (!utf8_continues(bytes, i, bytes[i]))
            return UNICODE_BROKEN;
        code = code << 6 | (bytes[i] & 0x3F);
    }
    *size = n;
    return code;
}

struct unicode_char unicode_decode(struct str text, size_t at)
{
    unsigned size;
    uint32_t code = utf8_decode(text, at, &size);
    uint8_t classes = code == UNICODE_BROKEN ? 0 : (uint8_t)unicode_classes(code);
    return (struct unicode_char){code, classes, (uint8_t)size};
}
