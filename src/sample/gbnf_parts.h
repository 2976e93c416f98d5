// gbnf_parts.h - what gbnf_read.c reads and gbnf.c makes rules and expressions of; nobody else includes
// it.
#ifndef HEARTH_SAMPLE_GBNF_PARTS_H
#define HEARTH_SAMPLE_GBNF_PARTS_H

#include "base/arena.h"
#include "sample/gbnf.h"

#define GBNF_RULES_MAX 20000

enum gbnf_part_kind { TEXT, NAME, SEQUENCE, CHOICE, REPEAT };

struct gbnf_part {
    enum gbnf_part_kind kind;
    regex_id regex;         // TEXT
    uint32_t i_rule;        // NAME
    struct gbnf_part *kids; // SEQUENCE, CHOICE: a list through `next`; REPEAT: one
    struct gbnf_part *next;
    uint32_t min, max; // REPEAT
};

struct gbnf_rule {
    struct str name;
    struct gbnf_part *body; // NULL until defined
    bool is_recursive;      // reaches itself
    bool is_visited, is_open;
    enum { UNKNOWN, REGULAR, IRREGULAR } regularity;
    bool has_regex; // `regex` is computed
    regex_id regex;
    uint32_t rule; // in the grammar, for recursive ones
};

struct gbnf_parser {
    struct grammar *grammar;
    struct regex_pool *pool;
    struct dfa *dfa;
    struct str text;
    size_t at;
    int depth;
    struct arena arena;
    struct gbnf_rule *rules;
    size_t n_rules, rules_capacity;
    struct error *error;
    bool has_failed;
};

// Reads the grammar's text into parser->rules, whose bodies live in the parser's arena; has_failed and
// error say what is wrong with it.
void gbnf_read(struct gbnf_parser *parser);
// Notes the first failure, with the line; returns NULL.
struct gbnf_part *gbnf_refuse(struct gbnf_parser *parser, enum err code, const char *what);
// The rule of that name, added when it is new.
uint32_t gbnf_rule_index(struct gbnf_parser *parser, struct str name);

#endif
