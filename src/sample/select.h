// select.h - cut a distribution down to the tokens that may be drawn.
//
// Candidates live in an array the caller owns, with room for n_vocab (top_k: for k).  What is not a
// number or minus infinity is never a candidate.  Nothing here sorts more than it must: a
// vocabulary has 250,000 tokens and a step has a millisecond.
#ifndef HEARTH_SAMPLE_SELECT_H
#define HEARTH_SAMPLE_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/token.h"

struct candidate {
    float logit;
    token_id token;
};

// The most likely allowed token, the lowest id among equals; TOKEN_NONE when there is none.
token_id select_best(const float *logits, uint32_t n_vocab, const uint64_t *mask);

// The k most likely allowed tokens, sorted: most likely first, the lowest id first among equals.
uint32_t select_top_k(struct candidate *out, const float *logits, uint32_t n_vocab,
                      const uint64_t *mask, uint32_t k);

// The fewest most likely tokens that together have `top_p` of the allowed tokens' probability, at
// least one; in no order.
uint32_t select_top_p(struct candidate *out, const float *logits, uint32_t n_vocab,
                      const uint64_t *mask, float top_p);

// All allowed tokens at most `depth` below the most likely one, by ascending id.
uint32_t select_near(struct candidate *out, const float *logits, uint32_t n_vocab,
                     const uint64_t *mask, float depth);

// The logit that is `n_sigma` standard deviations of the allowed tokens' logits below the greatest of
// them; minus infinity when there are none.
float sigma_floor(const float *logits, uint32_t n_vocab, const uint64_t *mask, float n_sigma);

// The same over candidates: of their own logits.
float sigma_floor_of(const struct candidate *candidates, uint32_t n, float n_sigma);

// A distribution as a whole, at a temperature.
struct weighing {
    double best;    // the greatest logit
    double total;   // the sum of exp((logit - best) / temperature)
    double entropy; // in nats
    uint32_t n;     // tokens with a probability
};
void weigh_logits(struct weighing *out, const float *logits, uint32_t n_vocab, const uint64_t *mask,
                  float temperature);
void weigh_candidates(struct weighing *out, const struct candidate *candidates, uint32_t n,
                      float temperature);

// Most likely first, the lowest id first among equals.
void sort_candidates(struct candidate *candidates, uint32_t n);

// Keeps those with at least this logit, in their order.
uint32_t keep_above(struct candidate *candidates, uint32_t n, float least);

// Keeps the fewest of the sorted candidates that together have `typical_p` of the probability, those
// whose surprise is nearest to the expected one first; at least one.  They stay sorted.
uint32_t keep_typical(struct candidate *sorted, uint32_t n, float typical_p);

// Of the sorted candidates that have at least `threshold` of the probability only the last stays.
uint32_t drop_top_choices(struct candidate *sorted, uint32_t n, float threshold);

// The same cut as select_top_p among candidates that are sorted.
uint32_t keep_top_p(const struct candidate *sorted, uint32_t n, float top_p);

// Keeps those that are at least min_p times as likely as the most likely one.
uint32_t keep_min_p(struct candidate *candidates, uint32_t n, float min_p);

// The index of the candidate that `u` in [0, 1) falls on, when each has the weight its logit over
// the temperature gives.
uint32_t draw(const struct candidate *candidates, uint32_t n, float temperature, double u);

#endif
