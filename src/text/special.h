// special.h - is one of the tokens that are found by their text written here?
//
// Control, unknown and user-defined tokens, sorted by text.  Where several match, the longest counts.
// Those that need markup are found only when they end before a limit the caller gives.
#ifndef HEARTH_TEXT_SPECIAL_H
#define HEARTH_TEXT_SPECIAL_H

#include "text/vocab.h"

#define SPECIAL_SIZE_MAX 512 // longer texts are not looked for: the walk stays short

struct special {
    struct str text;
    token_id id;
    bool needs_markup;
};

struct specials {
    struct special *items; // sorted, each text once
    size_t n_items;
    uint64_t starts[1024]; // one bit per pair of bytes that begins one of them
};

void specials_init(struct specials *specials, const struct vocab *vocab);
void specials_release(struct specials *specials);

// From now on the token needs markup.
void specials_mark(struct specials *specials, const struct vocab *vocab, token_id id);

// The longest token written at `at` or TOKEN_NONE; one that needs markup must end by `markup_end`.
token_id specials_find(const struct specials *specials, struct str text, size_t at,
                       size_t markup_end, size_t *size);

// A cheap first look: false when no token begins at `at`.
static inline bool specials_may_start(const struct specials *specials, struct str text, size_t at)
{
    unsigned first = (unsigned char)text.data[at];
    unsigned second = at + 1 < text.size ? (unsigned char)text.data[at + 1] : 0;
    unsigned pair = first << 8 | second;
    return specials->starts[pair / 64] >> (pair % 64) & 1;
}

#endif
