// chain.h - one token's way from all logits to a draw, step by step, in any order.
//
// A chain begins with the model's logits and a mask.  The first step that rules tokens out makes a list
// of candidates of what is left; later ones shorten it.  Whatever comes before that looks at all
// logits at once, and nothing is sorted that need not be.  A temperature is only noted: it weighs at
// the draw, or when a step needs probabilities.
#ifndef HEARTH_SAMPLE_CHAIN_H
#define HEARTH_SAMPLE_CHAIN_H

#include "base/rng.h"
#include "sample/penalties.h"
#include "sample/select.h"

struct chain {
    const struct sampling *sampling;
    struct penalties *penalties;
    struct dry *dry;
    struct rng *rng;
    uint32_t n_vocab;
    const uint64_t *mask;
    const float *logits;          // while there is no list
    float *own_logits;            // [n_vocab] room for changed ones; NULL where no step needs it
    struct candidate *candidates; // [n_vocab] room; the list is [n]
    uint32_t n;
    bool is_list, is_sorted;
    float temperature; // that the logits are still to be divided by
};

// Whether steps may change logits that leave them alone in the default order: then own_logits is needed,
// as it is for penalties and biases.
bool chain_needs_room(const struct sampling *sampling);

void chain_do(struct chain *chain, enum sampling_step step);

// TOKEN_NONE when nothing is left.  *surprise, where wanted, is -log2 of the token's share of what was
// left.
token_id chain_draw(struct chain *chain, float *surprise);

#endif
