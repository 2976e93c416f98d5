#include "sample/sampler.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "sample/chain.h"
#include "sample/logprobs.h"
#include "sample/loop_detector.h"
#include "sample/mirostat.h"
#include "sample/steps.h"

// A bias beyond this would only make infinities.
#define BIAS_MAX 1e6f

struct sampler {
    struct sampling sampling;
    uint32_t n_vocab;
    struct rng rng;
    struct penalties penalties;
    struct dry dry;
    struct token_bias *biases;   // [sampling.n_biases]
    struct sampling_order order; // of the steps after the biases
    struct mirostat mirostat;
    float *logits;                // [n_vocab] changed ones; NULL when nothing changes them
    struct candidate *candidates; // NULL when greedy
    struct loop_detector *loop;   // NULL when not watched
    struct token_logprob top[SAMPLING_LOGPROBS_MAX];
};

static bool is_in(float value, float least, float most)
{
    return value >= least && value <= most; // false for what is not a number
}

static enum err check(const struct sampling *sampling, uint32_t n_vocab, struct error *error)
{
    const struct {
        const char *name;
        float value, least, most;
    } ranges[] = {
        {"temperature", sampling->temperature, 0, 100},
        {"top_p", sampling->top_p, 0, 1},
        {"min_p", sampling->min_p, 0, 1},
        {"typical_p", sampling->typical_p, 0, 1},
        {"top_n_sigma", sampling->top_n_sigma, 0, 1000},
        {"XTC probability", sampling->xtc_probability, 0, 1},
        {"XTC threshold", sampling->xtc_threshold, 0, 1},
        {"range of the dynamic temperature", sampling->dynatemp_range, 0, 100},
        {"exponent of the dynamic temperature", sampling->dynatemp_exponent, 0, 100},
        {"version of mirostat", (float)sampling->mirostat, 0, 2},
        {"surprise of mirostat", sampling->mirostat_tau, 0, 1000},
        {"learning rate of mirostat", sampling->mirostat_eta, 0, 1000},
        {"repeat penalty", sampling->repeat_penalty, 0, 100},
        {"presence penalty", sampling->presence_penalty, -100, 100},
        {"frequency penalty", sampling->frequency_penalty, -100, 100},
        {"DRY multiplier", sampling->dry_multiplier, 0, 1000},
        {"DRY base", sampling->dry_base, 0, 1000},
        {"penalty window", (float)sampling->penalty_last_n, 0, SAMPLING_LAST_N_MAX},
        {"DRY window", (float)sampling->dry_last_n, 0, SAMPLING_LAST_N_MAX},
        {"number of log-probabilities", (float)sampling->n_logprobs, 0, SAMPLING_LOGPROBS_MAX},
    };
    if (n_vocab == 0 || n_vocab > INT32_MAX)
        return fail(error, ERR_ARGUMENT, "a vocabulary of %u tokens cannot be sampled", n_vocab);
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (!is_in(ranges[i].value, ranges[i].least, ranges[i].most))
            return fail(error, ERR_ARGUMENT, "the %s is %g; it must be from %g to %g",
                        ranges[i].name, (double)ranges[i].value, (double)ranges[i].least,
                        (double)ranges[i].most);
    for (size_t i = 0; i < sampling->n_biases; i++)
        if (sampling->biases[i].token < 0 || (uint32_t)sampling->biases[i].token >= n_vocab ||
            isnan(sampling->biases[i].bias))
            return fail(error, ERR_ARGUMENT, "a bias of %g for token %d of %u makes no sense",
                        (double)sampling->biases[i].bias, sampling->biases[i].token, n_vocab);
    return OK;
}

// Always the most likely token, whatever truncation would say.
static bool is_greedy(const struct sampling *sampling)
{
    return sampling->temperature == 0 && !chain_needs_room(sampling);
}

static enum err copy_biases(struct sampler *sampler, struct error *error)
{
    struct sampling *sampling = &sampler->sampling;
    if (sampling->n_biases == 0)
        return OK;
    sampler->biases = mem_try_alloc(sampling->n_biases, sizeof *sampler->biases);
    if (!sampler->biases)
        return fail(error, ERR_MEMORY, "no memory for %zu biases", sampling->n_biases);
    for (size_t i = 0; i < sampling->n_biases; i++) {
        float bias = sampling->biases[i].bias;
        bias = bias < -BIAS_MAX ? -BIAS_MAX : bias > BIAS_MAX ? BIAS_MAX : bias;
        sampler->biases[i] = (struct token_bias){sampling->biases[i].token, bias};
    }
    return OK;
}

static enum err open_parts(struct sampler *sampler, struct error *error)
{
    const struct sampling *sampling = &sampler->sampling;
    uint32_t n_vocab = sampler->n_vocab;
    enum err err = penalties_init(&sampler->penalties, n_vocab, sampling, error);
    if (!err)
        err = dry_init(&sampler->dry, n_vocab, sampling, error);
    if (!err)
        err = copy_biases(sampler, error);
    if (err)
        return err;
    bool has_penalties = sampler->penalties.counts || sampler->dry.lengths || sampler->biases;
    bool needs_logits = has_penalties || chain_needs_room(sampling);
    bool needs_list = !is_greedy(sampling);
    if (needs_logits)
        sampler->logits = mem_try_alloc(n_vocab, sizeof *sampler->logits);
    if (needs_list)
        sampler->candidates = mem_try_alloc(n_vocab, sizeof *sampler->candidates);
    if ((needs_logits && !sampler->logits) || (needs_list && !sampler->candidates))
        return fail(error, ERR_MEMORY, "no memory to sample from %u tokens", n_vocab);
    if (sampling->detects_loops)
        sampler->loop = mem_new(struct loop_detector, 1);
    return OK;
}

enum err sampler_open(struct sampler **out, uint32_t n_vocab, const struct sampling *sampling,
                      struct error *error)
{
    enum err err = check(sampling, n_vocab, error);
    if (err)
        return err;
    struct sampler *sampler = mem_new(struct sampler, 1);
    sampler->sampling = *sampling;
    sampler->n_vocab = n_vocab;
    err = open_parts(sampler, error);
    sampler->sampling.dry_breakers = NULL; // the caller's, like the biases: both are copied
    sampler->sampling.biases = NULL;
    if (err) {
        sampler_close(sampler);
        return err;
    }
    sampler->order = sampling->order.is_set ? sampling->order : sampling_order_default();
    mirostat_reset(&sampler->mirostat, sampling);
    rng_seed(&sampler->rng, sampling->seed);
    *out = sampler;
    return OK;
}

void sampler_close(struct sampler *sampler)
{
    if (!sampler)
        return;
    penalties_release(&sampler->penalties);
    dry_release(&sampler->dry);
    free(sampler->biases);
    free(sampler->logits);
    free(sampler->candidates);
    free(sampler->loop);
    free(sampler);
}

void sampler_reset(struct sampler *sampler)
{
    penalties_reset(&sampler->penalties);
    dry_reset(&sampler->dry);
    if (sampler->loop)
        *sampler->loop = (struct loop_detector){0};
    mirostat_reset(&sampler->mirostat, &sampler->sampling);
    rng_seed(&sampler->rng, sampler->sampling.seed);
}

void sampler_accept(struct sampler *sampler, token_id token)
{
    assert(token >= 0 && (uint32_t)token < sampler->n_vocab);
    penalties_accept(&sampler->penalties, token);
    dry_accept(&sampler->dry, token);
    if (sampler->sampling.mirostat)
        mirostat_accept(&sampler->mirostat, &sampler->sampling, token);
    if (sampler->loop)
        loop_detector_push(sampler->loop, token);
}

bool sampler_is_looping(const struct sampler *sampler)
{
    return sampler->loop && loop_detector_found(sampler->loop);
}

static const float *add_biases(struct sampler *sampler, const float *logits)
{
    size_t n = sampler->sampling.n_biases;
    if (n == 0)
        return logits;
    memcpy(sampler->logits, logits, sampler->n_vocab * sizeof *logits);
    for (size_t i = 0; i < n; i++)
        sampler->logits[sampler->biases[i].token] += sampler->biases[i].bias;
    return sampler->logits;
}

static token_id choose(struct sampler *sampler, const float *logits, const uint64_t *mask)
{
    const struct sampling *sampling = &sampler->sampling;
    struct chain chain = {
        .sampling = sampling,
        .penalties = &sampler->penalties,
        .dry = &sampler->dry,
        .rng = &sampler->rng,
        .n_vocab = sampler->n_vocab,
        .mask = mask,
        .logits = add_biases(sampler, logits),
        .own_logits = sampler->logits,
        .candidates = sampler->candidates,
        .temperature = 1,
    };
    if (is_greedy(sampling)) {
        chain_do(&chain, STEP_PENALTIES);
        chain_do(&chain, STEP_DRY);
        return select_best(chain.logits, chain.n_vocab, mask);
    }
    if (sampling->mirostat)
        return mirostat_draw(&sampler->mirostat, &chain);
    for (size_t i = 0; i < sampler->order.n; i++)
        chain_do(&chain, sampler->order.steps[i]);
    return chain_draw(&chain, NULL);
}

void sampler_sample(struct sampler *sampler, const float *logits, const uint64_t *mask,
                    struct sample *out)
{
    const struct sampling *sampling = &sampler->sampling;
    *out = (struct sample){.token = choose(sampler, logits, mask), .top = sampler->top};
    if (!sampling->logprobs && sampling->n_logprobs == 0)
        return;
    double log_sum = logits_log_sum(logits, sampler->n_vocab);
    if (out->token != TOKEN_NONE)
        out->logprob = (float)((double)logits[out->token] - log_sum);
    out->n_top = logits_top(logits, sampler->n_vocab, log_sum, sampler->top, sampling->n_logprobs);
}
