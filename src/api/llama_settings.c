#include "api/llama_settings.h"

#include <math.h>

#include "api/fields.h"
#include "api/sampling_fields.h"
#include "base/memory.h"
#include "sample/steps.h"

// As llama-server shows it: its random seeds are the greatest of 32 bits.
static long long seed_of(const struct sampling_wish *sampling)
{
    return sampling->seed == FIELD_UNSET || sampling->seed < 0 ? UINT32_MAX : sampling->seed;
}

static void put_strings(struct buf *out, const struct str *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        json_print(out, i ? ",%S" : "%S", items[i]);
}

static void put_penalties(struct buf *out, const struct sampling_wish *s)
{
    json_print(out,
               "'repeat_last_n':%l,'repeat_penalty':%f,'presence_penalty':%f,"
               "'frequency_penalty':%f,'dry_multiplier':%f,'dry_base':%f,'dry_allowed_length':%l,"
               "'dry_penalty_last_n':%l,",
               (long long)s->repeat_last_n, s->repeat_penalty, s->presence_penalty,
               s->frequency_penalty, s->dry_multiplier, s->dry_base,
               (long long)s->dry_allowed_length, (long long)s->dry_last_n);
    json_print(out, "'mirostat':%l,'mirostat_tau':%f,'mirostat_eta':%f,", (long long)s->mirostat,
               s->mirostat_tau, s->mirostat_eta);
}

static void put_biases(struct buf *out, const struct sampling_wish *s)
{
    json_print(out, "'logit_bias':[");
    for (size_t i = 0; i < s->n_biases; i++) {
        const struct bias_wish *bias = &s->biases[i];
        buf_append_text(out, i ? "," : "");
        if (bias->id >= 0)
            json_print(out, "{'token':%l,'bias':%f}", (long long)bias->id, bias->bias);
        else
            json_print(out, "{'token':%S,'bias':%f}", bias->text, bias->bias);
    }
    buf_append_text(out, "],");
}

static void put_order(struct buf *out, const struct sampling_order *given)
{
    struct sampling_order order = given->is_set ? *given : sampling_order_default();
    buf_append_byte(out, '[');
    for (size_t i = 0; i < order.n; i++)
        json_print(out, i ? ",%s" : "%s", sampling_step_name(order.steps[i]));
    buf_append_byte(out, ']');
}

// What belongs to one request, and to nobody else's eyes, or to everybody by default.
static void put_texts(struct buf *out, const struct sampling_wish *s,
                      const struct api_request *request)
{
    json_print(out, "'dry_sequence_breakers':[");
    put_strings(out, s->dry_breakers, s->n_dry_breakers);
    json_print(out, "],'stop':[");
    if (request)
        put_strings(out, request->conversation.stop_sequences,
                    request->conversation.n_stop_sequences);
    buf_append_text(out, "],");
    put_biases(out, s);
    json_print(out, "'grammar':%S,'grammar_lazy':false,", json_str(s->grammar));
}

struct llama_settings llama_settings_of(const struct sampling_wish *sampling,
                                        const struct api_request *request)
{
    struct llama_settings settings = {
        .sampling = *sampling, .max_tokens = FIELD_UNSET, .is_stream = true};
    if (request) {
        sampling_wish_apply(&settings.sampling, &request->sampling);
        settings.max_tokens = request->max_tokens;
        settings.n_top = request->n_top > 0 ? request->n_top : 0;
        settings.is_stream = request->is_stream;
        settings.ignores_end = request->ignores_end;
    }
    return settings;
}

void llama_put_settings(struct buf *out, const struct llama_settings *settings, bool shows_texts,
                        const struct api_request *request)
{
    const struct sampling_wish *s = &settings->sampling;
    long long n_predict = settings->max_tokens != FIELD_UNSET ? settings->max_tokens : -1;
    json_print(out,
               "{'n_predict':%l,'seed':%l,'temperature':%f,'dynatemp_range':%f,"
               "'dynatemp_exponent':%f,'top_k':%l,'top_p':%f,'min_p':%f,'top_n_sigma':%f,"
               "'xtc_probability':%f,'xtc_threshold':%f,'typical_p':%f,",
               n_predict, seed_of(s), s->temperature, s->dynatemp_range, s->dynatemp_exponent,
               (long long)s->top_k, s->top_p, s->min_p, s->top_n_sigma, s->xtc_probability,
               s->xtc_threshold, s->typical_p);
    put_penalties(out, s);
    if (shows_texts)
        put_texts(out, s, request);
    json_print(out,
               "'max_tokens':%l,'n_keep':0,'n_discard':0,'ignore_eos':%b,'stream':%b,"
               "'n_probs':%l,'min_keep':0,'samplers':",
               n_predict, settings->ignores_end, settings->is_stream, (long long)settings->n_top);
    put_order(out, &s->order);
    json_print(out, ",'timings_per_token':false,'post_sampling_probs':false,'lora':[]}");
}
