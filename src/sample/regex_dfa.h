// regex_dfa.h - the automaton of some regular expressions, built where it is walked.
//
// Each state is an expression of the pool; a row of successors is filled when a byte is first tried.
// No state is a trap: one from which no string can be completed is DFA_DEAD, which for intersections
// and complements takes a bounded search.  When the pool or the table is full, a state continues as
// its `fallback`, which accepts more: nothing that was accepted becomes impossible.
#ifndef HEARTH_SAMPLE_REGEX_DFA_H
#define HEARTH_SAMPLE_REGEX_DFA_H

#include "sample/regex.h"

typedef uint32_t dfa_state;
#define DFA_DEAD    ((dfa_state)0)
#define DFA_UNKNOWN UINT32_MAX

enum dfa_flag {
    DFA_ACCEPTS = 1, // the text may end here
    DFA_FINAL = 2,   // and cannot go on
    // Every text in a JSON string leads on from here: all strings but finitely many are in.
    // Inherited by the state after a plain character.
    DFA_OPEN = 4,
    // More, or not more, texts lead on than an array keeps items to differ from; neither: not counted.
    DFA_ROOMY = 8,
    DFA_CRAMPED = 16,
};

struct dfa_node {
    regex_id regex;
    dfa_state fallback;
    uint32_t *row; // 256 successors, or NULL until one is asked for
    uint8_t flags;
};

struct dfa {
    struct regex_pool *pool;
    struct dfa_node *nodes;
    size_t n_nodes, capacity, n_nodes_max;
    uint32_t *by_regex; // state + 1 of each expression
    size_t by_regex_size;
    unsigned n_undecided; // searches given up
    bool is_relaxed;      // a fallback was taken
};

void dfa_init(struct dfa *dfa, struct regex_pool *pool, size_t n_nodes_max);
void dfa_release(struct dfa *dfa);

// The state that accepts what `regex` does; DFA_DEAD when that is nothing.
dfa_state dfa_start(struct dfa *dfa, regex_id regex, dfa_state fallback, unsigned flags);
dfa_state dfa_step_slow(struct dfa *dfa, dfa_state state, unsigned byte);

static inline dfa_state dfa_step(struct dfa *dfa, dfa_state state, unsigned byte)
{
    const uint32_t *row = dfa->nodes[state].row;
    return row && row[byte] != DFA_UNKNOWN ? row[byte] : dfa_step_slow(dfa, state, byte);
}
static inline unsigned dfa_flags(const struct dfa *dfa, dfa_state state)
{
    return dfa->nodes[state].flags;
}
// Fills the rows of `state` and of the states it leads to that are new; for small automata that must
// go on working when nothing can be added.
void dfa_expand(struct dfa *dfa, dfa_state state);
// Whether the whole text is accepted.
bool dfa_matches(struct dfa *dfa, dfa_state state, struct str text);

#endif
