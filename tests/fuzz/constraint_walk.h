// constraint_walk.h - follows a constraint where the fuzzer's bytes lead, and holds it to its word:
// the mask is never empty, what it allows is taken, what it forbids is not, forced bytes are taken.
#ifndef HEARTH_TESTS_FUZZ_CONSTRAINT_WALK_H
#define HEARTH_TESTS_FUZZ_CONSTRAINT_WALK_H

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sample/constraint.h"

#define WALK_WORDS 5 // of a mask: 256 bytes and a few words

static struct constraint_vocabulary *walk_vocabulary;

static inline void walk_check(bool is_true)
{
    if (!is_true)
        abort();
}

static inline void walk_open_vocabulary(void)
{
    static const char *const words[] = {"\": ", "\", \"", "\"}",      "{\"", "[{",
                                        ", ",   "true",   "name",     "12",  "abc",
                                        "\n  ", "\\u00",  "\xc3\xa9", "</",  "<tool_call>"};
    struct buf blob = {0};
    uint32_t offsets[256 + COUNT_OF(words) + 2];
    uint8_t roles[256 + COUNT_OF(words) + 1] = {0};
    size_t n = 0;
    if (walk_vocabulary)
        return;
    for (; n < 256; n++) {
        offsets[n] = (uint32_t)blob.size;
        buf_append_byte(&blob, (int)n);
    }
    for (size_t w = 0; w < COUNT_OF(words); w++, n++) {
        offsets[n] = (uint32_t)blob.size;
        buf_append_text(&blob, words[w]);
    }
    offsets[n] = (uint32_t)blob.size;
    roles[n++] = TOKEN_ROLE_END;
    offsets[n] = (uint32_t)blob.size;
    constraint_vocabulary_open(&walk_vocabulary,
                               &(struct token_vocabulary){blob.data, offsets, roles, n}, NULL);
    buf_release(&blob);
}

static inline size_t walk_n_allowed(const uint64_t *mask)
{
    size_t n = 0;
    for (size_t w = 0; w < WALK_WORDS; w++)
        n += (size_t)__builtin_popcountll(mask[w]);
    return n;
}

static token_id walk_pick(const uint64_t *mask, size_t i)
{
    for (token_id id = 0;; id++)
        if (mask_has(mask, id) && i-- == 0)
            return id;
}

static inline void walk_forced(struct constraint_state *state)
{
    struct buf forced = {0};
    struct constraint_state *copy = constraint_state_copy(state);
    constraint_state_forced(state, &forced);
    walk_check(!forced.size ||
               constraint_state_accept_bytes(copy, (struct str){forced.data, forced.size}));
    constraint_state_close(copy);
    buf_release(&forced);
}

// Takes one token for each byte of `choices`, and closes the constraint.
static inline void walk_constraint(struct constraint *constraint, const uint8_t *choices, size_t n)
{
    struct constraint_state *state = constraint_state_open(constraint);
    for (size_t i = 0; i < n; i++) {
        uint64_t mask[WALK_WORDS] = {0};
        constraint_state_mask(state, mask);
        size_t n_allowed = walk_n_allowed(mask);
        walk_check(n_allowed > 0);
        token_id other = (token_id)(choices[i] ^ 0x55);
        if (!mask_has(mask, other))
            walk_check(!constraint_state_accept(state, other));
        if (i % 8 == 0)
            walk_forced(state);
        token_id id = walk_pick(mask, choices[i] % n_allowed);
        walk_check(constraint_state_accept(state, id));
        if (constraint_state_is_complete(state))
            break;
    }
    constraint_state_close(state);
    constraint_close(constraint);
}

#endif
