// guide.h - what may be said next, for the requests that have a constraint.
//
// Owns the constraint's state of one answer, the mask for the sampler, and the tokens that follow
// without a choice.  Without a constraint every question has the free answer.  Engine thread only, but for
// guide_prepare().
#ifndef HEARTH_ENGINE_GUIDE_H
#define HEARTH_ENGINE_GUIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sample/constraint.h"
#include "text/tokenizer.h"

struct guide {
    struct constraint_state *state; // NULL: free
    const uint64_t *samplable;      // what a free answer may hold; NULL: any token
    uint64_t *mask;
    bool has_mask;            // for the state as it is
    struct buf forced;        // scratch: bytes that must come next
    struct token_list tokens; // scratch: the same as tokens
    size_t *ends;             // scratch: where each ends among the bytes
    size_t n_ends_max;
};

// Takes the state over; NULL is free, among the tokens of `samplable` (a bit each, borrowed; NULL: all).
void guide_init(struct guide *guide, struct constraint_state *state, const uint64_t *samplable,
                uint32_t n_vocab);
void guide_release(struct guide *guide);

// Computes the mask ahead of the question.  From any thread, as long as no other uses the guide.
void guide_prepare(struct guide *guide);
// Allowed tokens, a bit each, for sampler_sample(); NULL: all.
const uint64_t *guide_mask(struct guide *guide);
// The token was chosen.  False when it may not come here, which no token of the mask does.
bool guide_accept(struct guide *guide, token_id token);
// Nothing can follow.
bool guide_is_complete(struct guide *guide);
// Tokens that come next without a choice, cut so that the model would have chosen them too: none that
// a longer token might have swallowed.  Valid until the next call; still to be accepted one by one.
const token_id *guide_forced(struct guide *guide, const struct tokenizer *tokenizer,
                             size_t *n_tokens);

#endif
