// charset.h - sets of Unicode code points, and how their characters are written in bytes.
//
// Patterns speak of characters; the automata read bytes.  A set becomes an expression over UTF-8, or
// over what may stand between the quotes of a JSON string: there a character can also be written
// \uXXXX (two of them above U+FFFF), and quote, backslash and control characters must be escaped.
// Printable ASCII is expected as itself: spelling a letter \u0061 is legal JSON that nobody writes,
// and allowing it would leave no text forced.
#ifndef HEARTH_SAMPLE_CHARSET_H
#define HEARTH_SAMPLE_CHARSET_H

#include "sample/regex.h"

#define CODE_POINT_MAX 0x10ffffu

struct charset { // sorted, disjoint, not touching once charset_normalise ran; zero is empty
    struct charset_range {
        uint32_t from, to;
    } * ranges;
    size_t n_ranges, capacity;
};

void charset_release(struct charset *set);
void charset_add(struct charset *set, uint32_t from, uint32_t to);
void charset_add_set(struct charset *set, const struct charset *other);
void charset_normalise(struct charset *set); // before any of the functions below
void charset_invert(struct charset *set);
void charset_fold_case(struct charset *set); // adds the other case of ASCII letters
// Adds a class by its letter, d w s (and D W S, inverted) as in ECMAScript; false: no such class.
bool charset_add_class(struct charset *set, char letter);
// Adds \p{name}: general categories, a few scripts, the usual binary properties.  False: unknown.
bool charset_add_property(struct charset *set, struct str name);

enum text_form {
    TEXT_RAW,  // the characters in UTF-8
    TEXT_JSON, // as written inside the quotes of a JSON string
};
regex_id charset_regex(struct regex_pool *pool, const struct charset *set, enum text_form form);
// One character of any kind.
regex_id charset_any(struct regex_pool *pool, enum text_form form);
// The characters of a text (UTF-8; bytes that are not are dropped), in the forms allowed above.
regex_id charset_text_regex(struct regex_pool *pool, struct str text, enum text_form form);

// Reads one code point and moves `at`; returns U+FFFD and moves by one byte where it is not UTF-8.
uint32_t utf8_next(struct str text, size_t *at);

#endif
