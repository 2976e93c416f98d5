// sampler.h - which token comes next?
//
// One sampler per sequence: it knows what was generated so far, as far as penalties look back, and
// draws from its own seeded random numbers, so the same logits and seed give the same text.  The
// steps, in order:
//
//     mask > biases > penalties > DRY > [temperature 0: the most likely token]
//          > top_n_sigma > top_k > typical_p > top_p > min_p > XTC > temperature > draw
//
// which is llama.cpp's default chain: truncation judges the model's own distribution, and the
// temperature then only weighs what was kept, so that a high one cannot let the tail back in.
// (Others put the temperature first; then the same top_p keeps fewer tokens below temperature 1.)
// A request may name another order, which leaves out what it does not name (steps.h), or mirostat,
// which puts temperature and its own truncation in place of everything after the biases.
//
// No step allocates.  Not thread-safe; one owner at a time.
#ifndef HEARTH_SAMPLE_SAMPLER_H
#define HEARTH_SAMPLE_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/token.h"

#define SAMPLING_LOGPROBS_MAX 128
#define SAMPLING_LAST_N_MAX   65536 // how far penalties can look back
#define SAMPLING_LAST_N       64    // how far they do; llama.cpp's
#define SAMPLING_DRY_LAST_N   1024

// What may be done to the logits, in the default order.
enum sampling_step {
    STEP_PENALTIES,
    STEP_DRY,
    STEP_TOP_N_SIGMA,
    STEP_TOP_K,
    STEP_TYPICAL_P,
    STEP_TOP_P,
    STEP_MIN_P,
    STEP_XTC,
    STEP_TEMPERATURE,
    SAMPLING_N_STEPS,
};

enum { SAMPLING_STEPS_MAX = 16 }; // some may come twice

struct sampling_order {
    bool is_set; // else the default
    uint8_t n, steps[SAMPLING_STEPS_MAX];
};

struct token_bias { // added to a token's logit; minus infinity: never, unless nothing else may come
    token_id token;
    float bias;
};

// What a request may choose.  Zero is greedy, without penalties.  See sampling_defaults() in
// family_defaults.h for what a model's makers recommend.
struct sampling {
    float temperature; // 0: always the most likely token, the lowest id among equals
    uint32_t top_k;    // only the k most likely; 0: all
    float top_p;       // only the most likely that together reach this share; 1: all
    float min_p;       // only those at least this much as likely as the most likely; 0: all
    // Only the most typical that together reach this share: those whose surprise, -log p, is nearest
    // to its expectation (Meister et al., Locally Typical Sampling, 2022).  0 or 1: all.
    float typical_p;
    // Only logits at most so many standard deviations of all logits below the greatest (Tang et al.,
    // Top-n-sigma, 2024).  0: all.
    float top_n_sigma;
    // Exclude top choices: now and then, of the tokens at least as likely as the threshold only the
    // least likely stays.  A probability of 0, or a threshold above 1/2: never.
    float xtc_probability, xtc_threshold;
    // The temperature follows the distribution's entropy, from `temperature` - range where one token
    // has it all to `temperature` + range where all are equal; the exponent bends the way between.
    float dynatemp_range; // 0: a fixed temperature
    float dynatemp_exponent;
    // Hold the answer's surprise at tau bits a token, at the learning rate eta (Basu et al.,
    // Mirostat, 2021); 0: off, 1: the paper's, by top_k, 2: its successor, by surprise.
    uint32_t mirostat;
    float mirostat_tau, mirostat_eta;
    struct sampling_order order;
    const struct token_bias *biases; // copied
    size_t n_biases;

    // Over the latest generated tokens, not over the prompt: what an agent copies from a file it was
    // shown is no repetition.
    float repeat_penalty;    // divides positive logits, multiplies negative ones; 1 or 0: none
    float presence_penalty;  // subtracted once from a token that occurred
    float frequency_penalty; // subtracted as often as it occurred
    uint32_t penalty_last_n; // how many tokens back; 0: SAMPLING_LAST_N

    // DRY: a token that would continue a repetition of n >= allowed_length tokens loses
    // multiplier * base^(n - allowed_length).
    float dry_multiplier; // 0: none
    float dry_base;
    uint32_t dry_allowed_length;
    uint32_t dry_last_n;          // how many tokens back; 0: SAMPLING_DRY_LAST_N
    const token_id *dry_breakers; // repetitions do not reach across these; copied
    size_t n_dry_breakers;

    uint64_t seed;
    bool logprobs;       // report the sampled token's log-probability
    uint32_t n_logprobs; // and those of the n most likely tokens
    bool detects_loops;  // watch for sampler_is_looping()
};

struct token_logprob {
    token_id token;
    float logprob;
};

struct sample {
    token_id token; // TOKEN_NONE when the mask or the logits leave nothing
    float logprob;  // of the model's own distribution over all tokens, before any step above
    const struct token_logprob *top; // [n_top], most likely first; valid until the next sample
    uint32_t n_top;
};

struct sampler;

// ERR_ARGUMENT names the parameter that makes no sense.
enum err sampler_open(struct sampler **out, uint32_t n_vocab, const struct sampling *sampling,
                      struct error *error);
void sampler_close(struct sampler *sampler);
void sampler_reset(struct sampler *sampler); // as just opened: nothing generated, seeded anew

// `logits` are n_vocab and stay as they are.  `mask` is a bit per token, 1 where it is allowed, in
// (n_vocab + 63) / 64 words; NULL allows all.  Does not count as generated until accepted.
void sampler_sample(struct sampler *sampler, const float *logits, const uint64_t *mask,
                    struct sample *out);

// This token was generated (sampled, or forced by a constraint).
void sampler_accept(struct sampler *sampler, token_id token);

// The end of what was generated goes round in circles (loop_detector.h); false when not watched.
bool sampler_is_looping(const struct sampler *sampler);

#endif
