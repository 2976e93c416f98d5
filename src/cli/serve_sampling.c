#include "cli/serve_sampling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/fields.h"
#include "api/sampling_fields.h"
#include "sample/steps.h"

// "15043+1.5" or "15043-inf".
static enum err read_bias(struct bias_wish *bias, const char *text, struct error *error)
{
    char *sign, *end;
    bias->id = strtoll(text, &sign, 10);
    bias->bias = sign > text && (*sign == '+' || *sign == '-') ? strtod(sign, &end) : NAN;
    if (isnan(bias->bias) || *end || bias->id < 0)
        return fail(error, ERR_ARGUMENT,
                    "--logit-bias takes a token's number, + or -, and a number, not '%s'", text);
    return OK;
}

// "top_k;temperature", or "kt".
static enum err read_order(struct sampling_order *order, const struct serve_options *o,
                           struct error *error)
{
    struct str names = str_of(o->samplers ? o->samplers : "");
    order->is_set = o->samplers || o->sampler_letters;
    enum err err = OK;
    for (size_t from = 0, end; from < names.size && !err; from = end + 1) {
        end = str_find(names, STR(";"), from);
        end = end == STR_NONE ? names.size : end;
        err = sampling_order_add(order, str_slice(names, from, end), error);
    }
    if (!err && o->sampler_letters)
        err = sampling_order_add_letters(order, str_of(o->sampler_letters), error);
    return err;
}

enum err serve_sampling_read(struct serve_sampling *out, const struct serve_options *o,
                             struct error *error)
{
    struct sampling_wish *wish = &out->wish;
    sampling_wish_init(wish);
    wish->temperature = o->temperature;
    wish->top_p = o->top_p;
    wish->min_p = o->min_p;
    wish->typical_p = o->typical_p;
    wish->top_n_sigma = o->top_n_sigma;
    wish->xtc_probability = o->xtc_probability;
    wish->xtc_threshold = o->xtc_threshold;
    wish->repeat_penalty = o->repeat_penalty;
    wish->presence_penalty = o->presence_penalty;
    wish->frequency_penalty = o->frequency_penalty;
    wish->dry_multiplier = o->dry_multiplier;
    wish->dry_base = o->dry_base;
    wish->dry_allowed_length = o->dry_allowed_length;
    wish->dry_last_n = o->dry_last_n;
    wish->dynatemp_range = o->dynatemp_range;
    wish->dynatemp_exponent = o->dynatemp_exponent;
    wish->mirostat = o->mirostat;
    wish->mirostat_tau = o->mirostat_tau;
    wish->mirostat_eta = o->mirostat_eta;
    wish->top_k = o->top_k;
    wish->repeat_last_n = o->repeat_last_n;
    wish->seed = o->seed < 0 ? FIELD_UNSET : o->seed;
    for (size_t i = 0; i < o->dry_breakers.n; i++)
        out->breakers[i] = str_of(o->dry_breakers.items[i]);
    wish->has_dry_breakers = o->dry_breakers.n > 0;
    wish->dry_breakers = out->breakers;
    bool has_none = o->dry_breakers.n == 1 && str_is(out->breakers[0], "none");
    wish->n_dry_breakers = has_none ? 0 : o->dry_breakers.n;
    wish->biases = out->biases;
    wish->n_biases = o->logit_biases.n;
    for (size_t i = 0; i < o->logit_biases.n; i++) {
        enum err err = read_bias(&out->biases[i], o->logit_biases.items[i], error);
        if (err)
            return err;
    }
    return read_order(&wish->order, o, error);
}
