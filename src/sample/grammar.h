// grammar.h - sequences and choices around JSON values: what a constraint is compiled to.
//
// A rule has alternatives; an alternative is a run of symbols.  A symbol is a text that an automaton
// reads, a JSON value, another rule, or the parameters of a call.  Built once, then only read; the
// values behind it grow as texts get there (json_schema.h).
#ifndef HEARTH_SAMPLE_GRAMMAR_H
#define HEARTH_SAMPLE_GRAMMAR_H

#include "sample/json_schema.h"

enum symbol_kind {
    SYMBOL_END,        // of the alternative
    SYMBOL_TEXT,       // i: dfa_state
    SYMBOL_VALUE,      // i: value_ref, white space before it
    SYMBOL_RULE,       // i: rule
    SYMBOL_PARAMETERS, // i: parameter list
};

struct symbol {
    enum symbol_kind kind;
    uint32_t i;
};

struct rule {
    uint32_t *alternatives; // first symbols
    size_t n_alternatives;
};

// The parameters of one tool where each stands in its own markup, in any order, each once; or the names
// of tools, of which one is taken.
struct parameter_list {
    uint32_t i_object;           // what the parameters make together; SPEC_NONE: names
    struct literal_set openings; // markup with the name; owner: property
    uint32_t *values;            // [n] first symbol of what follows an opening
    size_t n, n_words;
    dfa_state other_opening; // names that are no property, DFA_DEAD when there may be none
    uint32_t other_value;    // first symbol
};

struct grammar {
    struct symbol *symbols;
    size_t n_symbols, symbols_capacity;
    struct rule *rules;
    size_t n_rules, rules_capacity;
    struct parameter_list *parameters;
    size_t n_parameters, parameters_capacity;
};

void grammar_release(struct grammar *grammar);
uint32_t grammar_add_rule(struct grammar *grammar); // without alternatives: matches nothing
// Adds an alternative of `n` symbols; returns its first symbol.
uint32_t grammar_add_alternative(struct grammar *grammar, uint32_t rule,
                                 const struct symbol *symbols, size_t n);
// A run of symbols that belongs to no rule.
uint32_t grammar_add_symbols(struct grammar *grammar, const struct symbol *symbols, size_t n);

#endif
