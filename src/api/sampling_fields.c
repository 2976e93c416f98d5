#include "api/sampling_fields.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "api/fields.h"
#include "api/parts.h"
#include "base/memory.h"
#include "sample/steps.h"

enum { BIASES_MAX = 4096 };

#define AT(member) offsetof(struct sampling_wish, member)
static const struct field fields[] = {
    {"temperature", FIELD_NUMBER, AT(temperature), 0, 100, "0: always the likeliest"},
    {"top_k", FIELD_INTEGER, AT(top_k), -1e9, 1e9, "the k likeliest; 0: all"},
    {"top_p", FIELD_NUMBER, AT(top_p), 0, 1, "sample from this much probability"},
    {"min_p", FIELD_NUMBER, AT(min_p), 0, 1, "least probability beside the best"},
    {"typical_p", FIELD_NUMBER, AT(typical_p), 0, 1, "this much of the most typical; 1: all"},
    {"top_n_sigma", FIELD_NUMBER, AT(top_n_sigma), -1, 1000, "deviations below the best; -1: all"},
    {"xtc_probability", FIELD_NUMBER, AT(xtc_probability), 0, 1, "how often; 0: never"},
    {"xtc_threshold", FIELD_NUMBER, AT(xtc_threshold), 0, 1, "of which the last stays"},
    {"repeat_penalty", FIELD_NUMBER, AT(repeat_penalty), 0, 100, "1: none"},
    {"presence_penalty", FIELD_NUMBER, AT(presence_penalty), -100, 100, "0: none"},
    {"frequency_penalty", FIELD_NUMBER, AT(frequency_penalty), -100, 100, "0: none"},
    {"repeat_last_n", FIELD_INTEGER, AT(repeat_last_n), -1, 1e9, "tokens back; -1: all, 0: none"},
    {"dry_multiplier", FIELD_NUMBER, AT(dry_multiplier), 0, 1000, "0: none"},
    {"dry_base", FIELD_NUMBER, AT(dry_base), 0, 1000, "growth with each repeated token"},
    {"dry_allowed_length", FIELD_INTEGER, AT(dry_allowed_length), 0, 1e9, "free of penalty"},
    {"dry_penalty_last_n", FIELD_INTEGER, AT(dry_last_n), -1, 1e9, "tokens back; -1: all, 0: none"},
    {"dynatemp_range", FIELD_NUMBER, AT(dynatemp_range), 0, 100, "temperature +- this; 0: fixed"},
    {"dynatemp_exponent", FIELD_NUMBER, AT(dynatemp_exponent), 0, 100, "how it follows entropy"},
    {"mirostat", FIELD_INTEGER, AT(mirostat), 0, 2, "version; 0: off"},
    {"mirostat_tau", FIELD_NUMBER, AT(mirostat_tau), 0, 1000, "surprise to hold, in bits"},
    {"mirostat_eta", FIELD_NUMBER, AT(mirostat_eta), 0, 1000, "learning rate"},
    {"seed", FIELD_INTEGER, AT(seed), 0, 0, "equal seeds give equal answers"},
    {"grammar", FIELD_VALUE, AT(grammar), 0, 0, "GBNF that the answer follows"},
};

// Fields that ask for something we do not do, unless they hold nothing, 0, -1 or false.
static const char *const ignored[] = {
    "adaptive_target",
    "min_keep",
    "n_indent",
    "t_max_predict_ms",
    "lora",
    "n_cache_reuse",
    "suffix",
    "post_sampling_probs",
    "timings_per_token",
    "return_progress",
    "response_fields",
};

void sampling_wish_init(struct sampling_wish *wish)
{
    *wish = (struct sampling_wish){0};
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        void *place = (char *)wish + fields[i].offset;
        if (fields[i].type == FIELD_NUMBER)
            *(double *)place = NAN;
        else if (fields[i].type == FIELD_INTEGER)
            *(int64_t *)place = FIELD_UNSET;
    }
}

void sampling_wish_apply(struct sampling_wish *wish, const struct sampling_wish *over)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        char *place = (char *)wish + fields[i].offset;
        const char *from = (const char *)over + fields[i].offset;
        if (fields[i].type == FIELD_NUMBER && !isnan(*(const double *)from))
            *(double *)place = *(const double *)from;
        else if (fields[i].type == FIELD_INTEGER && *(const int64_t *)from != FIELD_UNSET)
            *(int64_t *)place = *(const int64_t *)from;
    }
    if (over->has_biases) {
        wish->biases = over->biases;
        wish->n_biases = over->n_biases;
    }
    if (over->has_dry_breakers) {
        wish->dry_breakers = over->dry_breakers;
        wish->n_dry_breakers = over->n_dry_breakers;
    }
    if (over->order.is_set)
        wish->order = over->order;
    wish->grammar = over->grammar;
}

// The token is an id, an id as text (keys of an object are), or text.
static void set_token(struct bias_wish *bias, struct str text)
{
    char digits[24], *end = digits;
    if (text.size && text.size < sizeof digits) {
        memcpy(digits, text.data, text.size);
        digits[text.size] = 0;
        bias->id = strtoll(digits, &end, 10);
    }
    if (end == digits || *end) {
        bias->id = -1;
        bias->text = text;
    }
}

static enum err set_bias(struct bias_wish *bias, struct json_object *value, struct error *error)
{
    bool is_number = json_is(value, json_type_int) || json_is(value, json_type_double);
    if (!is_number && !json_is(value, json_type_boolean))
        return fail(error, ERR_ARGUMENT, "logit_bias: a bias must be a number or false");
    bias->bias = is_number                        ? json_object_get_double(value)
                 : json_object_get_boolean(value) ? 0
                                                  : -HUGE_VAL;
    if (isnan(bias->bias))
        return fail(error, ERR_ARGUMENT, "logit_bias: a bias must be a number or false");
    return OK;
}

// One [token, bias] of llama-server's list.
static enum err read_pair(struct bias_wish *bias, struct json_object *pair, struct error *error)
{
    struct json_object *token = json_length(pair) == 2 ? json_object_array_get_idx(pair, 0) : NULL;
    if (json_is(token, json_type_int))
        bias->id = json_object_get_int64(token);
    else if (json_is(token, json_type_string))
        set_token(bias, json_str(token));
    else
        return fail(error, ERR_ARGUMENT, "logit_bias: items must be [token, bias]");
    return set_bias(bias, json_object_array_get_idx(pair, 1), error);
}

// {"15043": -1, "word": 2} as OpenAI has it, or [[15043, -1], ["word", false]].
static enum err read_biases(struct api_request *request, struct error *error)
{
    struct sampling_wish *wish = &request->sampling;
    struct json_object *value = json_at(request->body, "logit_bias");
    if (!value)
        return OK;
    bool is_list = json_is(value, json_type_array);
    if (!is_list && !json_is(value, json_type_object))
        return fail(error, ERR_ARGUMENT, "logit_bias: must be an object or a list of pairs");
    size_t n = is_list ? json_length(value) : (size_t)json_object_object_length(value);
    if (n > BIASES_MAX)
        return fail(error, ERR_LIMIT, "logit_bias: %zu tokens are more than %d", n, BIASES_MAX);
    struct bias_wish *biases = arena_new(&request->arena, struct bias_wish, n + 1);
    if (!biases)
        return api_too_big(request, error);
    wish->biases = biases;
    wish->has_biases = true;
    enum err err = OK;
    if (is_list) {
        for (size_t i = 0; i < n && !err; i++)
            err = read_pair(&biases[i], json_object_array_get_idx(value, i), error);
        wish->n_biases = n;
        return err;
    }
    json_object_object_foreach(value, token, bias)
    {
        set_token(&biases[wish->n_biases], str_of(token));
        err = set_bias(&biases[wish->n_biases++], bias, error);
        if (err)
            return err;
    }
    return OK;
}

// Names in a list, or letters.
static enum err read_order(struct api_request *request, struct error *error)
{
    struct sampling_order *order = &request->sampling.order;
    struct json_object *value = json_at(request->body, "samplers");
    bool is_list = json_is(value, json_type_array);
    if (!value)
        return OK;
    if (!is_list && !json_is(value, json_type_string))
        return fail(error, ERR_ARGUMENT, "samplers: must be a list of names or text of letters");
    order->is_set = true;
    enum err err = is_list ? OK : sampling_order_add_letters(order, json_str(value), error);
    for (size_t i = 0; is_list && i < json_length(value) && !err; i++)
        err = sampling_order_add(order, json_str(json_object_array_get_idx(value, i)), error);
    return err;
}

static bool asks_for_something(struct json_object *value)
{
    if (json_is(value, json_type_array))
        return json_length(value) > 0;
    if (json_is(value, json_type_string))
        return json_str(value).size > 0;
    return json_object_get_double(value) > 0; // true is 1, an object 0
}

static void list_ignored(struct api_request *request)
{
    struct buf names = {0};
    for (size_t i = 0; i < COUNT_OF(ignored); i++) {
        struct json_object *value = json_at(request->body, ignored[i]);
        if (value && asks_for_something(value))
            buf_printf(&names, "%s%s", names.size ? "," : "", ignored[i]);
    }
    request->ignored = api_copy(request, (struct str){names.data, names.size});
    buf_release(&names);
}

enum err sampling_fields_read(struct api_request *request, struct error *error)
{
    struct sampling_wish *wish = &request->sampling;
    enum err err = fields_read(fields, COUNT_OF(fields), request->body, wish, error);
    if (!err)
        err = read_biases(request, error);
    if (!err)
        err = read_order(request, error);
    struct json_object *breakers = json_at(request->body, "dry_sequence_breakers");
    wish->has_dry_breakers = breakers != NULL;
    if (!err)
        err = api_read_strings(request, breakers, "dry_sequence_breakers", &wish->dry_breakers,
                               &wish->n_dry_breakers, error);
    if (!err)
        list_ignored(request);
    return err;
}
