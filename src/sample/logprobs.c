#include "sample/logprobs.h"

#include <assert.h>
#include <math.h>

#include "sample/select.h"

double logits_log_sum(const float *logits, uint32_t n_vocab)
{
    token_id best = select_best(logits, n_vocab, NULL);
    if (best == TOKEN_NONE)
        return -INFINITY;
    double sum = 0, top = (double)logits[best];
    for (uint32_t i = 0; i < n_vocab; i++) {
        double depth = (double)logits[i] - top;
        if (depth > -60) // exp(-60) times a vocabulary is below a double's last bit
            sum += exp(depth);
    }
    return top + log(sum);
}

uint32_t logits_top(const float *logits, uint32_t n_vocab, double log_sum,
                    struct token_logprob *out, uint32_t n_max)
{
    struct candidate best[SAMPLING_LOGPROBS_MAX];
    assert(n_max <= SAMPLING_LOGPROBS_MAX);
    uint32_t n = select_top_k(best, logits, n_vocab, NULL, n_max);
    for (uint32_t i = 0; i < n; i++)
        out[i] = (struct token_logprob){best[i].token, (float)((double)best[i].logit - log_sum)};
    return n;
}
