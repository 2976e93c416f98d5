// jinja_unicode.h - what Python's str knows about a character.
//
// Classes and case mappings as in Python 3.11 (Unicode 14), so that trim, upper, title, isdigit and
// repr treat every character as the reference does.  Strings are UTF-8; a byte that is no part of
// a well-formed character counts as one character of its own and belongs to no class.
#ifndef HEARTH_CHAT_JINJA_UNICODE_H
#define HEARTH_CHAT_JINJA_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum char_class {
    CHAR_SPACE,   // str.isspace
    CHAR_ALPHA,   // str.isalpha
    CHAR_DECIMAL, // str.isdecimal
    CHAR_DIGIT,   // str.isdigit
    CHAR_NUMERIC, // str.isnumeric
    CHAR_LOWER,   // the Lowercase property
    CHAR_UPPER,   // the Uppercase property
    CHAR_TITLE,   // category Lt
    CHAR_IGNORED, // skipped when a sigma asks whether it ends its word
    CHAR_HIDDEN,  // not str.isprintable
};
enum char_case { CASE_UPPER, CASE_LOWER, CASE_TITLE };

// Reads the character at bytes[0] (size > 0) into *c and returns its size.  A stray byte b is
// returned as CHAR_STRAY + b.
#define CHAR_STRAY 0x110000u
size_t char_read(const char *bytes, size_t size, uint32_t *c);

// Writes c as UTF-8 (a stray byte as itself) and returns its size, at most 4.
size_t char_write(char out[4], uint32_t c);

// Size of the character at bytes[0]: 1 for ASCII and for a byte that starts nothing well-formed.
size_t char_size_wide(const char *bytes, size_t size);
static inline size_t char_size(const char *bytes, size_t size)
{
    return (unsigned char)bytes[0] < 0x80 ? 1 : char_size_wide(bytes, size);
}
size_t char_count(const char *bytes, size_t size); // characters by that rule

bool char_is(uint32_t c, enum char_class wanted);
bool char_is_word(uint32_t c); // \w of Python's regular expressions: alphanumeric or _

// The characters that c becomes: 1 to 3 of them.
size_t char_to(uint32_t c, enum char_case wanted, uint32_t out[3]);

#endif
