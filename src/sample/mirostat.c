#include "sample/mirostat.h"

#include <math.h>

enum { STEEPNESS_FROM = 100 }; // of the likeliest tokens

void mirostat_reset(struct mirostat *mirostat, const struct sampling *sampling)
{
    *mirostat = (struct mirostat){.mu = 2 * sampling->mirostat_tau, .token = TOKEN_NONE};
}

// The exponent of Zipf's law, p(i) ~ i^-s, by least squares on what neighbours have of each other.
static double steepness(const struct candidate *sorted, uint32_t n, float temperature)
{
    double products = 0, squares = 0;
    for (uint32_t i = 0; i + 1 < n; i++) {
        double rank = log((i + 2.0) / (i + 1.0));
        double share = (double)(sorted[i].logit - sorted[i + 1].logit) / (double)temperature;
        products += rank * share;
        squares += rank * rank;
    }
    return products / squares;
}

// How many tokens have a surprise of up to `mu` bits together, by that law.
static uint32_t k_of(double steepness, double mu, uint32_t n_vocab)
{
    double excess = steepness - 1;
    double k = pow(excess * exp2(mu) / (1 - pow((double)n_vocab, -excess)), 1 / steepness);
    return !(k >= 1) ? 1 : k < (double)n_vocab ? (uint32_t)k : n_vocab;
}

static void keep_by_steepness(struct chain *chain, float mu)
{
    const uint64_t *mask = chain->mask;
    uint32_t n_vocab = chain->n_vocab;
    uint32_t n = select_top_k(chain->candidates, chain->logits, n_vocab, mask, STEEPNESS_FROM);
    uint32_t k = k_of(steepness(chain->candidates, n, chain->temperature), (double)mu, n_vocab);
    chain->n = k < n ? k : n;
    if (k > n && n == STEEPNESS_FROM)
        chain->n = select_top_k(chain->candidates, chain->logits, n_vocab, mask, k);
    chain->is_list = chain->is_sorted = true;
}

static void keep_by_surprise(struct chain *chain, float mu)
{
    struct weighing weighing;
    weigh_logits(&weighing, chain->logits, chain->n_vocab, chain->mask, chain->temperature);
    double depth = ((double)mu * log(2) - log(weighing.total)) * (double)chain->temperature;
    chain->n = select_near(chain->candidates, chain->logits, chain->n_vocab, chain->mask,
                           depth > 0 ? (float)depth : 0);
    if (depth < 0 && chain->n > 1) // not even the best; equals are no better
        chain->n = 1;
    chain->is_list = true;
}

token_id mirostat_draw(struct mirostat *mirostat, struct chain *chain)
{
    chain_do(chain, STEP_TEMPERATURE);
    if (!chain->is_list && chain->sampling->mirostat == 1)
        keep_by_steepness(chain, mirostat->mu);
    else if (!chain->is_list)
        keep_by_surprise(chain, mirostat->mu);
    mirostat->token = chain_draw(chain, &mirostat->surprise);
    return mirostat->token;
}

void mirostat_accept(struct mirostat *mirostat, const struct sampling *sampling, token_id token)
{
    if (token == mirostat->token && token != TOKEN_NONE)
        mirostat->mu -= sampling->mirostat_eta * (mirostat->surprise - sampling->mirostat_tau);
    mirostat->token = TOKEN_NONE;
}
