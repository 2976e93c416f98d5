// logprobs.h - how likely did the model itself find a token?
//
// Logarithms of the softmax over all logits, without mask, penalties or temperature; sums are in
// double precision.
#ifndef HEARTH_SAMPLE_LOGPROBS_H
#define HEARTH_SAMPLE_LOGPROBS_H

#include "sample/sampler.h"

// log(sum(exp(logits))); -INFINITY when nothing is finite.  A token's log-probability is its logit
// minus this.
double logits_log_sum(const float *logits, uint32_t n_vocab);

// The n_max most likely tokens, most likely first, the lowest id first among equals; returns how many.
uint32_t logits_top(const float *logits, uint32_t n_vocab, double log_sum,
                    struct token_logprob *out, uint32_t n_max);

#endif
