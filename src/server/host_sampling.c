// Whose word counts about sampling: the request's, then the command line's, then that of the model's
// makers.
#include "server/host_sampling.h"

#include <math.h>
#include <stdlib.h>

#include "api/fields.h"
#include "base/memory.h"
#include "base/os.h"
#include "sample/family_defaults.h"
#include "server/host_state.h"

// llama.cpp's, where a client asks for DRY, XTC or mirostat and says no more.
#define DRY_BASE           1.75f
#define DRY_ALLOWED_LENGTH 2
#define XTC_THRESHOLD      0.1f
#define MIROSTAT_TAU       5.0f
#define MIROSTAT_ETA       0.1f
static const struct str dry_breakers[] = {{"\n", 1}, {":", 1}, {"\"", 1}, {"*", 1}};

static void take_number(float *out, double wish)
{
    if (!isnan(wish))
        *out = (float)wish;
}

// A window in llama-server's words: -1 is as far as we can look.
static uint32_t window_of(int64_t last_n)
{
    return last_n < 0 || last_n > SAMPLING_LAST_N_MAX ? SAMPLING_LAST_N_MAX : (uint32_t)last_n;
}

static void apply(struct sampling *out, const struct sampling_wish *wish)
{
    take_number(&out->temperature, wish->temperature);
    take_number(&out->top_p, wish->top_p);
    take_number(&out->min_p, wish->min_p);
    take_number(&out->typical_p, wish->typical_p);
    take_number(&out->top_n_sigma, wish->top_n_sigma < 0 ? 0 : wish->top_n_sigma);
    take_number(&out->xtc_probability, wish->xtc_probability);
    take_number(&out->xtc_threshold, wish->xtc_threshold);
    take_number(&out->repeat_penalty, wish->repeat_penalty);
    take_number(&out->presence_penalty, wish->presence_penalty);
    take_number(&out->frequency_penalty, wish->frequency_penalty);
    take_number(&out->dry_multiplier, wish->dry_multiplier);
    take_number(&out->dry_base, wish->dry_base);
    take_number(&out->dynatemp_range, wish->dynatemp_range);
    take_number(&out->dynatemp_exponent, wish->dynatemp_exponent);
    take_number(&out->mirostat_tau, wish->mirostat_tau);
    take_number(&out->mirostat_eta, wish->mirostat_eta);
    if (wish->mirostat != FIELD_UNSET)
        out->mirostat = (uint32_t)wish->mirostat;
    if (wish->order.is_set)
        out->order = wish->order;
    if (wish->top_k != FIELD_UNSET)
        out->top_k = wish->top_k > 0 ? (uint32_t)wish->top_k : 0;
    if (wish->repeat_last_n != FIELD_UNSET)
        out->penalty_last_n = window_of(wish->repeat_last_n);
    if (wish->repeat_last_n == 0)
        out->repeat_penalty = out->presence_penalty = out->frequency_penalty = 0;
    if (wish->dry_allowed_length != FIELD_UNSET)
        out->dry_allowed_length = window_of(wish->dry_allowed_length);
    if (wish->dry_last_n != FIELD_UNSET)
        out->dry_last_n = window_of(wish->dry_last_n);
    if (wish->dry_last_n == 0)
        out->dry_multiplier = 0;
    if (wish->seed != FIELD_UNSET && wish->seed >= 0)
        out->seed = (uint64_t)wish->seed;
}

// What a request without wishes is sampled with.
static void set_defaults(const struct host *host, struct sampling *sampling, bool thinks)
{
    *sampling = (struct sampling){0};
    sampling_defaults(sampling, chat_model_sampling(host->chat), thinks, host->gguf);
    sampling->dry_base = DRY_BASE;
    sampling->dry_allowed_length = DRY_ALLOWED_LENGTH;
    sampling->xtc_threshold = XTC_THRESHOLD;
    sampling->dynatemp_exponent = 1;
    sampling->mirostat_tau = MIROSTAT_TAU;
    sampling->mirostat_eta = MIROSTAT_ETA;
    sampling->seed = os_time_ns();
    apply(sampling, &host->config.sampling);
}

// ---- what needs the vocabulary ----

static void add_bias(struct host_sampling *out, size_t n_vocab, int64_t id, double bias)
{
    if (id < 0 || (size_t)id >= n_vocab) // of another model's vocabulary, perhaps
        return;
    size_t n = out->sampling.n_biases++;
    out->biases = mem_resize(out->biases, n + 1, sizeof *out->biases);
    out->biases[n] = (struct token_bias){(token_id)id, (float)bias};
}

static void find_biases(const struct host *host, struct host_sampling *out,
                        const struct sampling_wish *wish)
{
    size_t n_vocab = tokenizer_n_tokens(host->tokenizer);
    for (size_t i = 0; i < wish->n_biases; i++) {
        const struct bias_wish *bias = &wish->biases[i];
        if (bias->id >= 0) {
            add_bias(out, n_vocab, bias->id, bias->bias);
            continue;
        }
        struct token_list tokens = {0};
        tokenizer_encode(host->tokenizer, &tokens, bias->text, false);
        for (size_t j = 0; j < tokens.n_ids; j++)
            add_bias(out, n_vocab, tokens.ids[j], bias->bias);
        token_list_release(&tokens);
    }
    out->sampling.biases = out->biases;
}

static bool holds_any(struct str text, const struct str *parts, size_t n_parts)
{
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i].size && str_find(text, parts[i], 0) < text.size)
            return true;
    return false;
}

// Breakers are texts; a token that holds one is a breaker.
static void find_breakers(const struct host *host, struct host_sampling *out,
                          const struct str *breakers, size_t n_breakers)
{
    size_t n_vocab = tokenizer_n_tokens(host->tokenizer), n = 0;
    out->breakers = mem_new(token_id, n_vocab);
    for (size_t i = 0; i < n_vocab; i++)
        if (holds_any(tokenizer_bytes(host->tokenizer, (token_id)i), breakers, n_breakers))
            out->breakers[n++] = (token_id)i;
    out->sampling.dry_breakers = out->breakers;
    out->sampling.n_dry_breakers = n;
}

void host_sampling_make(const struct host *host, struct host_sampling *out,
                        const struct api_request *request, bool thinks, size_t i_choice)
{
    const struct sampling_wish *mine = &host->config.sampling, *theirs = &request->sampling;
    struct sampling *sampling = &out->sampling;
    *out = (struct host_sampling){0};
    set_defaults(host, sampling, thinks);
    apply(sampling, theirs);
    sampling->seed += i_choice; // choices differ, and a given seed gives the same ones again
    sampling->logprobs = request->wants_logprobs;
    if (request->wants_logprobs && request->n_top > 0)
        sampling->n_logprobs = request->n_top > SAMPLING_LOGPROBS_MAX ? SAMPLING_LOGPROBS_MAX
                                                                      : (uint32_t)request->n_top;
    sampling->detects_loops = request->task == API_CHAT;
    find_biases(host, out, theirs->has_biases ? theirs : mine);
    const struct sampling_wish *wish = theirs->has_dry_breakers ? theirs : mine;
    if (sampling->dry_multiplier > 0 && wish->has_dry_breakers)
        find_breakers(host, out, wish->dry_breakers, wish->n_dry_breakers);
    else if (sampling->dry_multiplier > 0)
        find_breakers(host, out, dry_breakers, COUNT_OF(dry_breakers));
}

void host_sampling_tell(const struct host *host, struct sampling_wish *out)
{
    struct sampling s;
    set_defaults(host, &s, false);
    *out = host->config.sampling; // its lists and its seed
    out->temperature = (double)s.temperature;
    out->top_k = s.top_k;
    out->top_p = (double)s.top_p;
    out->min_p = (double)s.min_p;
    out->typical_p = s.typical_p > 0 ? (double)s.typical_p : 1;
    out->top_n_sigma = s.top_n_sigma > 0 ? (double)s.top_n_sigma : -1;
    out->xtc_probability = (double)s.xtc_probability;
    out->xtc_threshold = (double)s.xtc_threshold;
    out->dynatemp_range = (double)s.dynatemp_range;
    out->dynatemp_exponent = (double)s.dynatemp_exponent;
    out->mirostat = s.mirostat;
    out->mirostat_tau = (double)s.mirostat_tau;
    out->mirostat_eta = (double)s.mirostat_eta;
    out->repeat_penalty = s.repeat_penalty > 0 ? (double)s.repeat_penalty : 1;
    out->presence_penalty = (double)s.presence_penalty;
    out->frequency_penalty = (double)s.frequency_penalty;
    out->repeat_last_n = s.penalty_last_n ? s.penalty_last_n : SAMPLING_LAST_N;
    out->dry_multiplier = (double)s.dry_multiplier;
    out->dry_base = (double)s.dry_base;
    out->dry_allowed_length = s.dry_allowed_length;
    out->dry_last_n = s.dry_last_n ? s.dry_last_n : SAMPLING_DRY_LAST_N;
    if (!out->has_dry_breakers) {
        out->dry_breakers = dry_breakers;
        out->n_dry_breakers = COUNT_OF(dry_breakers);
    }
}

void host_sampling_release(struct host_sampling *sampling)
{
    free(sampling->biases);
    free(sampling->breakers);
    *sampling = (struct host_sampling){0};
}
