// pattern.h - a regular expression as people write it, as an expression over bytes.
//
// Reads ECMAScript's syntax as JSON Schema uses it: classes, \d \w \s \p{..}, groups, counted and
// lazy quantifiers, anchors, look-ahead.  The result speaks of the whole text, so a pattern without
// anchors may stand anywhere in it, unless `is_anchored` says that it is the whole.
//
// What cannot be expressed makes the result wider, never narrower, and is told in `relaxed`: \b,
// look-behind, a look-ahead followed by something bounded (dropped), a back reference (any text).
#ifndef HEARTH_SAMPLE_PATTERN_H
#define HEARTH_SAMPLE_PATTERN_H

#include "base/error.h"
#include "sample/charset.h"

struct pattern_options {
    enum text_form form;
    bool is_anchored;   // the pattern is the whole text
    bool ignores_case;  // ASCII letters
    bool dot_takes_all; // `.` also matches line ends
};

// ERR_FORMAT: no such syntax; ERR_LIMIT: too long, too deep or counting too far.  `relaxed` is NULL
// or the constant name of what was widened.
enum err pattern_compile(struct regex_pool *pool, regex_id *out, struct str pattern,
                         const struct pattern_options *options, const char **relaxed,
                         struct error *error);

#endif
