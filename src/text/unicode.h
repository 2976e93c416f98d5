// unicode.h - which character starts here, and what kind is it?
//
// Reads UTF-8 that may be broken: a byte that starts no valid character is a character of its own,
// of no class.  Valid is what RFC 3629 says (no overlong forms, no surrogates, up to U+10FFFF).
#ifndef HEARTH_TEXT_UNICODE_H
#define HEARTH_TEXT_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum unicode_class {
    UNICODE_LETTER = 1 << 0,
    UNICODE_MARK = 1 << 1,
    UNICODE_NUMBER = 1 << 2,
    UNICODE_PUNCTUATION = 1 << 3,
    UNICODE_SYMBOL = 1 << 4,
    UNICODE_SPACE = 1 << 5,
};

#define UNICODE_BROKEN 0x110000u // the code of a byte that is no character, and of the text's end

struct unicode_char {
    uint32_t code;
    uint8_t classes; // of enum unicode_class; 0: none of them
    uint8_t size;    // bytes; 0 at the end of the text
};

struct unicode_range {
    uint32_t first, last;
    unsigned char class;
};
extern const unsigned char unicode_ascii_classes[128];
extern const struct unicode_range unicode_ranges[]; // from U+0080 on, ascending
extern const size_t unicode_n_ranges;

unsigned unicode_classes(uint32_t code);

// How many bytes a character has that starts with `lead`; 0 when none does.
unsigned utf8_size(unsigned char lead);
// Whether `next` may follow the n_held >= 1 bytes of an unfinished character.
bool utf8_continues(const unsigned char *held, size_t n_held, unsigned char next);

// The character that starts at `at` and its bytes: UNICODE_BROKEN and 1, or 0 at the end.
uint32_t utf8_decode(struct str text, size_t at, unsigned *size);

struct unicode_char unicode_decode(struct str text, size_t at); // for anything but ASCII

static inline struct unicode_char unicode_at(struct str text, size_t at)
{
    if (at < text.size && (unsigned char)text.data[at] < 128) {
        unsigned char byte = (unsigned char)text.data[at];
        return (struct unicode_char){byte, unicode_ascii_classes[byte], 1};
    }
    return unicode_decode(text, at);
}

#endif
