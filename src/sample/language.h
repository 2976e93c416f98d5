// language.h - how many texts lead on from a state of an automaton, or from a prefix of a bounded number?
//
// Items that must differ need to know whether there are enough.  One owner at a time, that of the
// automaton.
#ifndef HEARTH_SAMPLE_LANGUAGE_H
#define HEARTH_SAMPLE_LANGUAGE_H

#include "sample/number_spec.h"
#include "sample/regex_dfa.h"

struct language { // of one of them, the other is NULL
    struct dfa *dfa;
    struct number_table *numbers;
    size_t n_steps; // work done
};

// Whether `rest` is one of the texts that lead on from `state`.
bool language_has(struct language *language, uint32_t state, struct str rest);
// Whether more than `n` texts lead on from `state` (the empty one counts).  Without an answer in reach
// there are: every state leads somewhere.
bool language_has_more_than(struct language *language, uint32_t state, size_t n);

#endif
