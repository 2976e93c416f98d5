// pattern_parts.h - what pattern_read.c reads and pattern.c makes expressions of; nobody else includes
// it.
#ifndef HEARTH_SAMPLE_PATTERN_PARTS_H
#define HEARTH_SAMPLE_PATTERN_PARTS_H

#include "base/arena.h"
#include "sample/pattern.h"

enum pattern_part_kind {
    SET,
    SEQUENCE,
    CHOICE,
    REPEAT,
    START,
    END,
    AHEAD,
    NOT_AHEAD,
    DROPPED,
    ANY_TEXT
};

struct pattern_part {
    enum pattern_part_kind kind;
    regex_id set;              // SET
    struct pattern_part *kids; // SEQUENCE, CHOICE: a list through `next`; REPEAT, AHEAD: one
    struct pattern_part *next;
    uint32_t min, max; // REPEAT
};

struct pattern_parser {
    struct regex_pool *pool;
    struct str text;
    size_t at;
    int depth;
    struct arena arena;
    const struct pattern_options *options;
    const char *relaxed;
    struct error *error;
    regex_id any_character, any_text;
};

// The whole pattern as one part; NULL when it is refused, which parser->error then says.  Parts live in
// the parser's arena.
struct pattern_part *pattern_read(struct pattern_parser *parser);

#endif
