// merge.h - join the best pair of neighbours until none is left to join.
//
// The heart of both kinds of vocabulary: a word starts as symbols (bytes or characters), and the
// adjacent pair with the lowest rank becomes one symbol, leftmost first among equals.  What a pair
// becomes and its rank is the caller's rule.  n symbols cost O(n log n) and 3 n uses of the rule.
// A merger is scratch memory that words take turns in; zero is empty.
#ifndef HEARTH_TEXT_MERGE_H
#define HEARTH_TEXT_MERGE_H

#include "text/vocab.h"

#define MERGE_NEVER UINT32_MAX // the rank of a pair that does not join
#define MERGE_END   UINT32_MAX // the neighbour of the last symbol

struct symbol {
    uint32_t start, size; // bytes within the word
    uint32_t previous, next;
    uint32_t rank;   // of joining with `next`
    token_id joined; // what that gives
    token_id id;     // TOKEN_NONE: a character that is no token
};

struct join {
    uint32_t rank;
    token_id id;
};

typedef struct join join_rule(const void *context, const struct symbol *left,
                              const struct symbol *right);

struct merger {
    struct symbol *symbols;
    uint64_t *heap; // rank << 32 | position of the left symbol
    size_t n_symbols, capacity, n_heap, heap_capacity;
};

void merger_release(struct merger *merger);

// Fill the merger with a word, one symbol per byte or per character.
void merger_start_bytes(struct merger *merger, const struct vocab *vocab, struct str word);
void merger_start_characters(struct merger *merger, const struct vocab *vocab, struct str word);

void merger_run(struct merger *merger, join_rule *rule, const void *context);

// Appends the tokens; a symbol that is none becomes its bytes' tokens, or the unknown one.
void merger_emit(const struct merger *merger, const struct vocab *vocab, struct str word,
                 struct token_list *out);

#endif
