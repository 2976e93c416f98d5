#include "sample/chain.h"

#include <math.h>
#include <string.h>

// Without truncation tokens so far below the best, in units of temperature, are left out: all of a
// vocabulary of 250,000 there is drawn less than once in 10^8 times.
#define TEMPERATURES_DEEP 32.0f
// How far steps look that need an order: beyond, a vocabulary of 250,000 has less than 10^-7 together.
#define ORDER_DEEP 28.0f

// ---- from logits to a list ----

// Lists what is at most `depth` below the best, in units of the temperature so far.
static void list_near(struct chain *chain, float depth)
{
    if (chain->is_list)
        return;
    chain->n = select_near(chain->candidates, chain->logits, chain->n_vocab, chain->mask,
                           depth * chain->temperature);
    chain->is_list = true;
}

static void take_over_logits(struct chain *chain)
{
    if (chain->logits != chain->own_logits)
        memcpy(chain->own_logits, chain->logits, chain->n_vocab * sizeof *chain->logits);
    chain->logits = chain->own_logits;
}

// Divides by the temperature so far: what follows looks at probabilities.
static void settle(struct chain *chain)
{
    float scale = 1 / chain->temperature;
    if (chain->temperature == 1)
        return;
    for (uint32_t i = 0; chain->is_list && i < chain->n; i++)
        chain->candidates[i].logit *= scale;
    if (!chain->is_list)
        take_over_logits(chain);
    for (uint32_t i = 0; !chain->is_list && i < chain->n_vocab; i++)
        chain->own_logits[i] *= scale;
    chain->temperature = 1;
}

// The list, in order, with probabilities.
static void put_in_order(struct chain *chain)
{
    const struct sampling *sampling = chain->sampling;
    float drawn = TEMPERATURES_DEEP * (sampling->temperature + sampling->dynatemp_range);
    list_near(chain, fmaxf(ORDER_DEEP, drawn));
    settle(chain);
    if (!chain->is_sorted)
        sort_candidates(chain->candidates, chain->n);
    chain->is_sorted = true;
}

// ---- the steps ----

// What changes the logits of some tokens; those of a list go through the room for all.
static void change_logits(struct chain *chain, enum sampling_step step)
{
    settle(chain);
    if (!chain->is_list)
        take_over_logits(chain);
    for (uint32_t i = 0; chain->is_list && i < chain->n; i++)
        chain->own_logits[chain->candidates[i].token] = chain->candidates[i].logit;
    if (step == STEP_PENALTIES)
        penalties_apply(chain->penalties, chain->sampling, chain->own_logits);
    else
        dry_apply(chain->dry, chain->sampling, chain->own_logits);
    for (uint32_t i = 0; chain->is_list && i < chain->n; i++)
        chain->candidates[i].logit = chain->own_logits[chain->candidates[i].token];
    chain->is_sorted = false;
}

// The deviation grows with the logits, so a temperature changes nothing.
static void keep_within_sigma(struct chain *chain)
{
    float n_sigma = chain->sampling->top_n_sigma, least;
    if (chain->is_list) {
        least = sigma_floor_of(chain->candidates, chain->n, n_sigma);
    } else {
        token_id best = select_best(chain->logits, chain->n_vocab, chain->mask);
        least = sigma_floor(chain->logits, chain->n_vocab, chain->mask, n_sigma);
        float depth = best == TOKEN_NONE ? 0 : chain->logits[best] - least;
        list_near(chain, (depth * 1.01f + 0.01f) / chain->temperature); // more, for rounding
    }
    chain->n = keep_above(chain->candidates, chain->n, least);
}

static void keep_k(struct chain *chain)
{
    uint32_t k = chain->sampling->top_k;
    if (!chain->is_list) {
        chain->n = select_top_k(chain->candidates, chain->logits, chain->n_vocab, chain->mask, k);
        chain->is_list = chain->is_sorted = true;
    } else if (chain->n > k) {
        put_in_order(chain);
        chain->n = k;
    }
}

static void keep_share(struct chain *chain)
{
    float top_p = chain->sampling->top_p;
    settle(chain);
    if (chain->is_list) {
        put_in_order(chain);
        chain->n = keep_top_p(chain->candidates, chain->n, top_p);
    } else {
        chain->n =
            select_top_p(chain->candidates, chain->logits, chain->n_vocab, chain->mask, top_p);
        chain->is_list = true;
    }
}

static void keep_likely(struct chain *chain)
{
    list_near(chain, -logf(chain->sampling->min_p));
    settle(chain);
    chain->n = keep_min_p(chain->candidates, chain->n, chain->sampling->min_p);
}

static void keep_most_typical(struct chain *chain)
{
    put_in_order(chain);
    chain->n = keep_typical(chain->candidates, chain->n, chain->sampling->typical_p);
}

static void exclude_top(struct chain *chain)
{
    const struct sampling *sampling = chain->sampling;
    if (rng_uniform(chain->rng) > (double)sampling->xtc_probability)
        return;
    put_in_order(chain);
    chain->n = drop_top_choices(chain->candidates, chain->n, sampling->xtc_threshold);
}

static void keep_best(struct chain *chain)
{
    struct candidate best = {-INFINITY, TOKEN_NONE};
    if (!chain->is_list) {
        best.token = select_best(chain->logits, chain->n_vocab, chain->mask);
        best.logit = best.token == TOKEN_NONE ? 0 : chain->logits[best.token];
    }
    for (uint32_t i = 0; chain->is_list && i < chain->n; i++) {
        struct candidate item = chain->candidates[i];
        bool is_better = item.logit > best.logit;
        if (is_better || (item.logit == best.logit && item.token < best.token))
            best = item;
    }
    chain->candidates[0] = best;
    chain->n = best.token != TOKEN_NONE;
    chain->is_list = chain->is_sorted = true;
}

static void weigh(const struct chain *chain, struct weighing *out)
{
    if (chain->is_list)
        weigh_candidates(out, chain->candidates, chain->n, chain->temperature);
    else
        weigh_logits(out, chain->logits, chain->n_vocab, chain->mask, chain->temperature);
}

// As far between its ends as the entropy is between none and that of as many equals; one token alone
// needs no temperature.
static float dynamic_temperature(const struct chain *chain)
{
    const struct sampling *s = chain->sampling;
    float least = fmaxf(0, s->temperature - s->dynatemp_range);
    float most = s->temperature + s->dynatemp_range;
    struct weighing weighing;
    weigh(chain, &weighing);
    if (weighing.n < 2)
        return 1;
    double share = weighing.entropy / log((double)weighing.n);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return least + (most - least) * (float)pow(share, (double)s->dynatemp_exponent);
}

static void set_temperature(struct chain *chain)
{
    float temperature = chain->sampling->temperature;
    if (chain->sampling->dynatemp_range > 0)
        temperature = dynamic_temperature(chain);
    if (temperature > 0)
        chain->temperature *= temperature;
    else
        keep_best(chain);
}

bool chain_needs_room(const struct sampling *s)
{
    return s->order.is_set || s->mirostat || s->dynatemp_range > 0;
}

static bool has_effect(const struct chain *chain, enum sampling_step step)
{
    const struct sampling *s = chain->sampling;
    switch (step) {
    case STEP_PENALTIES:
        return chain->penalties->counts;
    case STEP_DRY:
        return chain->dry->lengths;
    case STEP_TOP_N_SIGMA:
        return s->top_n_sigma > 0;
    case STEP_TOP_K:
        return s->top_k > 0 && s->top_k < chain->n_vocab;
    case STEP_TYPICAL_P:
        return s->typical_p > 0 && s->typical_p < 1;
    case STEP_TOP_P:
        return s->top_p < 1;
    case STEP_MIN_P:
        return s->min_p > 0;
    case STEP_XTC:
        return s->xtc_probability > 0 && s->xtc_threshold <= 0.5f;
    default:
        return true;
    }
}

void chain_do(struct chain *chain, enum sampling_step step)
{
    static void (*const steps[])(struct chain *) = {
        [STEP_TOP_N_SIGMA] = keep_within_sigma,
        [STEP_TOP_K] = keep_k,
        [STEP_TYPICAL_P] = keep_most_typical,
        [STEP_TOP_P] = keep_share,
        [STEP_MIN_P] = keep_likely,
        [STEP_XTC] = exclude_top,
        [STEP_TEMPERATURE] = set_temperature,
    };
    if (!has_effect(chain, step))
        return;
    if (step == STEP_PENALTIES || step == STEP_DRY)
        change_logits(chain, step);
    else
        steps[step](chain);
}

token_id chain_draw(struct chain *chain, float *surprise)
{
    list_near(chain, TEMPERATURES_DEEP);
    if (chain->n == 0)
        return TOKEN_NONE;
    double u = rng_uniform(chain->rng);
    struct candidate drawn =
        chain->candidates[draw(chain->candidates, chain->n, chain->temperature, u)];
    if (surprise) {
        struct weighing weighing;
        weigh(chain, &weighing);
        double depth = (weighing.best - (double)drawn.logit) / (double)chain->temperature;
        *surprise = (float)((depth + log(weighing.total)) / log(2));
    }
    return drawn.token;
}
