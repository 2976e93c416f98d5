// token_mask.h - which tokens may come next?
//
// Most places in a constrained text are inside one token of text (a string, a name, a file body).
// There the answer has two parts.  Tokens that stay inside depend on the automaton's state alone:
// they are found once and kept, as a set.  Tokens that leave (a closing quote and more) are kept as
// the places in the tree where they leave, and walked on from there with what follows.
#ifndef HEARTH_SAMPLE_TOKEN_MASK_H
#define HEARTH_SAMPLE_TOKEN_MASK_H

#include "sample/machine.h"

struct text_mask {
    uint64_t *mask;  // tokens that stay inside, or end with it
    uint32_t *exits; // tree nodes where the text may end and that have children
    size_t n_exits;
};

struct mask_cache { // zero is empty; of one automaton and one tree
    struct text_mask **by_state;
    size_t n_states, size, size_max;
    regex_id any_character, quote; // as in the strings of the automaton
    // Inside any string: the same for all schemas, so that it may be lent by the vocabulary.
    const struct text_mask *free_string;
    dfa_state free_string_state;
};

void mask_cache_release(struct mask_cache *cache);

// The part of a mask that depends on the state alone.  Owned by the cache until the next call.
const struct text_mask *mask_cache_find(struct mask_cache *cache, struct dfa *dfa,
                                        const struct token_trie *trie, dfa_state state);
struct text_mask *text_mask_open(const struct mask_cache *cache, struct dfa *dfa,
                                 const struct token_trie *trie, dfa_state state);
void text_mask_close(struct text_mask *mask);

// Adds to `mask` the text tokens that the threads [first, first + n) can follow.
void token_mask_add(struct machine *machine, struct mask_cache *cache,
                    const struct token_trie *trie, size_t first, size_t n, uint64_t *mask);

#endif
