// Steps in any order, and mirostat, against a small reference that keeps all probabilities in an
// array, sorts it whole before each step and cuts it as the papers and llama.cpp's documentation say.
#include <math.h>

#include "base/memory.h"
#include "sample/mirostat.h"
#include "sample/sampler.h"
#include "sample/steps.h"
#include "tests/test.h"

// ---- the reference ----

enum { N = 48 };

struct item {
    double logit, p;
    token_id token;
};

struct list {
    struct item items[N];
    int n;
};

static int compare(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->logit != y->logit)
        return x->logit > y->logit ? -1 : 1;
    return x->token < y->token ? -1 : x->token > y->token;
}

static void softmax(struct list *list)
{
    double sum = 0;
    qsort(list->items, (size_t)list->n, sizeof list->items[0], compare);
    for (int i = 0; i < list->n; i++)
        sum += exp(list->items[i].logit - list->items[0].logit);
    for (int i = 0; i < list->n; i++)
        list->items[i].p = exp(list->items[i].logit - list->items[0].logit) / sum;
}

static double entropy_of(const struct list *list)
{
    double entropy = 0;
    for (int i = 0; i < list->n; i++)
        entropy -= list->items[i].p > 0 ? list->items[i].p * log(list->items[i].p) : 0;
    return entropy;
}

static void cut_sigma(struct list *list, double n_sigma)
{
    double mean = 0, variance = 0;
    for (int i = 0; i < list->n; i++)
        mean += list->items[i].logit / list->n;
    for (int i = 0; i < list->n; i++)
        variance += pow(list->items[i].logit - mean, 2) / list->n;
    int n = 0;
    while (n < list->n &&
           list->items[n].logit >= list->items[0].logit - n_sigma * sqrt(variance) - 1e-9)
        n++;
    list->n = n;
}

static void cut_typical(struct list *list, double typical_p)
{
    double entropy = entropy_of(list), sum = 0;
    struct list left = *list, kept = {.n = 0};
    do { // the nearest to the expected surprise that is left
        int best = 0;
        for (int i = 1; i < left.n; i++)
            if (fabs(-log(left.items[i].p) - entropy) < fabs(-log(left.items[best].p) - entropy))
                best = i;
        kept.items[kept.n++] = left.items[best];
        sum += left.items[best].p;
        memmove(&left.items[best], &left.items[best + 1],
                (size_t)(--left.n - best) * sizeof left.items[0]);
    } while (left.n && sum <= typical_p);
    *list = kept;
}

static void cut_share(struct list *list, double top_p)
{
    double sum = 0;
    int n = 0;
    while (n < list->n && (n == 0 || sum < top_p))
        sum += list->items[n++].p;
    list->n = n;
}

static void cut_unlikely(struct list *list, double min_p)
{
    int n = 1;
    while (n < list->n && list->items[n].p >= min_p * list->items[0].p)
        n++;
    list->n = n;
}

static void cut_top(struct list *list, double threshold)
{
    int n = 0;
    while (n < list->n && list->items[n].p >= threshold)
        n++;
    if (n < 2)
        return;
    memmove(list->items, &list->items[n - 1], (size_t)(list->n - n + 1) * sizeof list->items[0]);
    list->n -= n - 1;
}

static void heat(struct list *list, const struct sampling *s)
{
    double t = (double)s->temperature, range = (double)s->dynatemp_range;
    if (range > 0 && list->n < 2)
        return;
    if (range > 0)
        t = fmax(0, t - range) +
            (t + range - fmax(0, t - range)) *
                pow(entropy_of(list) / log(list->n), (double)s->dynatemp_exponent);
    if (t <= 0)
        list->n = 1;
    for (int i = 0; i < list->n && t > 0; i++)
        list->items[i].logit /= t;
}

static void penalise(struct list *list, const struct sampling *s, const int *counts)
{
    for (int i = 0; i < list->n; i++) {
        struct item *item = &list->items[i];
        if (counts[item->token])
            item->logit -= (double)s->presence_penalty;
        item->logit -= counts[item->token] * (double)s->frequency_penalty;
    }
}

// Adds `share` of the probabilities that the steps from `i_step` on leave.
static void walk(struct list list, const struct sampling *s, const int *counts, int i_step,
                 double share, double *probabilities)
{
    for (; i_step < s->order.n; i_step++) {
        softmax(&list);
        switch ((enum sampling_step)s->order.steps[i_step]) {
        case STEP_PENALTIES:
            penalise(&list, s, counts);
            break;
        case STEP_TOP_N_SIGMA:
            cut_sigma(&list, (double)s->top_n_sigma);
            break;
        case STEP_TOP_K:
            list.n = list.n < (int)s->top_k ? list.n : (int)s->top_k;
            break;
        case STEP_TYPICAL_P:
            cut_typical(&list, (double)s->typical_p);
            break;
        case STEP_TOP_P:
            cut_share(&list, (double)s->top_p);
            break;
        case STEP_MIN_P:
            cut_unlikely(&list, (double)s->min_p);
            break;
        case STEP_XTC: { // one time in two, as the cases below have it
            struct list cut = list;
            cut_top(&cut, (double)s->xtc_threshold);
            walk(cut, s, counts, i_step + 1, share / 2, probabilities);
            share /= 2;
            break;
        }
        case STEP_TEMPERATURE:
            heat(&list, s);
            break;
        default:
            break;
        }
    }
    softmax(&list);
    for (int i = 0; i < list.n; i++)
        probabilities[list.items[i].token] += share * list.items[i].p;
}

static struct list list_of(const float *logits, const uint64_t *mask)
{
    struct list list = {.n = 0};
    for (int i = 0; i < N; i++)
        if (*mask >> i & 1)
            list.items[list.n++] = (struct item){(double)logits[i], 0, i};
    return list;
}

// ---- orders ----

static struct sampling random_sampling(struct rng *rng)
{
    struct sampling s = {
        .temperature = 0.3f + 1.5f * (float)rng_uniform(rng),
        .dynatemp_range = rng_below(rng, 2) ? 0.8f * (float)rng_uniform(rng) : 0,
        .dynatemp_exponent = 0.5f + 1.5f * (float)rng_uniform(rng),
        .top_k = 1 + (uint32_t)rng_below(rng, N - 1),
        .top_p = 0.3f + 0.69f * (float)rng_uniform(rng),
        .min_p = 0.2f * (float)rng_uniform(rng),
        .typical_p = 0.3f + 0.69f * (float)rng_uniform(rng),
        .top_n_sigma = 0.5f + 2 * (float)rng_uniform(rng),
        .xtc_probability = 0.5f,
        .xtc_threshold = 0.05f + 0.2f * (float)rng_uniform(rng),
        .presence_penalty = (float)rng_uniform(rng),
        .frequency_penalty = (float)rng_uniform(rng),
        .order = {.is_set = true},
        .seed = rng_next(rng),
    };
    s.order.n = (uint8_t)rng_below(rng, 7);
    for (int i = 0; i < s.order.n; i++) {
        uint8_t step = (uint8_t)rng_below(rng, SAMPLING_N_STEPS);
        s.order.steps[i] = step == STEP_DRY ? STEP_TEMPERATURE : step;
    }
    return s;
}

// As often as the reference says, and never what it says is impossible.
static void check_draws(struct sampler *sampler, const float *logits, const uint64_t *mask,
                        const double *probabilities, int round)
{
    enum { N_DRAWS = 8000 };
    int drawn[N] = {0};
    for (int i = 0; i < N_DRAWS; i++) {
        struct sample out;
        sampler_sample(sampler, logits, mask, &out);
        assert_true(out.token >= 0 && out.token < N);
        drawn[out.token]++;
    }
    for (int i = 0; i < N; i++) {
        double p = probabilities[i], off = drawn[i] - N_DRAWS * p;
        if (p == 0 && drawn[i])
            fail_msg("round %d: token %d was ruled out and came %d times", round, i, drawn[i]);
        if (fabs(off) > 6 * sqrt(N_DRAWS * p * (1 - p)) + 6)
            fail_msg("round %d: token %d came %d times, not %.0f", round, i, drawn[i], N_DRAWS * p);
    }
}

TEST(chain, steps_in_any_order_agree_with_a_reference)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 17);
    for (int round = 0; round < 250; round++) {
        float logits[N];
        int counts[N] = {0};
        double probabilities[N] = {0};
        struct error error;
        struct sampler *sampler = NULL;
        struct sampling sampling = random_sampling(&rng);
        const uint64_t mask = round % 2 ? rng_next(&rng) | 1 : ~(uint64_t)0;
        for (int i = 0; i < N; i++)
            logits[i] = 2 * rng_normal(&rng);
        assert_int_equal(sampler_open(&sampler, N, &sampling, &error), OK);
        for (int i = 0; i < 20; i++) {
            token_id token = (token_id)rng_below(&rng, N);
            sampler_accept(sampler, token);
            counts[token]++;
        }
        walk(list_of(logits, &mask), &sampling, counts, 0, 1, probabilities);
        check_draws(sampler, logits, &mask, probabilities, round);
        sampler_close(sampler);
    }
}

TEST(chain, the_default_order_named_is_the_default_order)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 23);
    for (int round = 0; round < 50; round++) {
        struct sampling sampling = random_sampling(&rng);
        struct sampler *unnamed = NULL, *named = NULL;
        struct error error;
        float logits[N];
        sampling.order = (struct sampling_order){0};
        sampling.dynatemp_range = 0;
        assert_int_equal(sampler_open(&unnamed, N, &sampling, &error), OK);
        sampling.order = sampling_order_default();
        sampling.order.is_set = true;
        assert_int_equal(sampler_open(&named, N, &sampling, &error), OK);
        for (int i = 0; i < 100; i++) {
            struct sample a, b;
            for (int k = 0; k < N; k++)
                logits[k] = 2 * rng_normal(&rng);
            sampler_sample(unnamed, logits, NULL, &a);
            sampler_sample(named, logits, NULL, &b);
            assert_int_equal(a.token, b.token);
            sampler_accept(unnamed, a.token);
            sampler_accept(named, b.token);
        }
        sampler_close(unnamed);
        sampler_close(named);
    }
}

TEST(chain, a_temperature_of_zero_takes_the_best_of_what_is_left)
{
    (void)state;
    const float logits[4] = {3, 2.9f, 2.8f, -9};
    struct sampling sampling = {.top_k = 3,
                                .top_p = 1,
                                .xtc_probability = 1,
                                .xtc_threshold = 0.1f,
                                .order = {true, 3, {STEP_TOP_K, STEP_XTC, STEP_TEMPERATURE}}};
    struct sampler *sampler = NULL;
    struct error error;
    struct sample out;
    assert_int_equal(sampler_open(&sampler, 4, &sampling, &error), OK);
    sampler_sample(sampler, logits, NULL, &out);
    assert_int_equal(out.token, 2);
    sampler_close(sampler);
}

// ---- names ----

TEST(steps, are_known_by_names_and_letters)
{
    (void)state;
    static const char *const names[] = {"dry",         "top_k",     "typ_p", "typical_p",
                                        "top_p",       "min_p",     "xtc",   "temp",
                                        "temperature", "penalties", "infill"};
    struct sampling_order order = {0}, letters = {0};
    struct error error;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_int_equal(sampling_order_add(&order, str_of(names[i]), &error), OK);
    assert_int_equal(order.n, 10); // what names no step is left out
    assert_int_equal(order.steps[2], order.steps[3]);
    assert_string_equal(sampling_step_name(order.steps[3]), "typ_p");
    assert_int_equal(sampling_order_add_letters(&letters, STR("dkyypmxtte?"), &error), OK);
    assert_int_equal(letters.n, 10);
    assert_memory_equal(letters.steps, order.steps, 10);
    assert_int_equal(sampling_order_add_letters(&letters, STR("kkkkkkk"), &error), ERR_ARGUMENT);
}

// ---- mirostat ----

// What is kept of the list at `mu` bits.
static void cut_mirostat(struct list *list, int version, double mu)
{
    softmax(list);
    int n = 1;
    if (version == 2) {
        while (n < list->n && -log2(list->items[n].p) <= mu)
            n++;
    } else {
        double products = 0, squares = 0;
        for (int i = 0; i + 1 < list->n && i + 1 < 100; i++) {
            double rank = log((i + 2.0) / (i + 1.0));
            products += rank * log(list->items[i].p / list->items[i + 1].p);
            squares += rank * rank;
        }
        double s = products / squares, e = s - 1;
        double k = pow(e * pow(2, mu) / (1 - pow(N, -e)), 1 / s);
        n = k < 1 ? 1 : k > list->n ? list->n : (int)k;
    }
    list->n = n;
    softmax(list);
}

static double surprise_of(const struct list *list, token_id token)
{
    for (int i = 0; i < list->n; i++)
        if (list->items[i].token == token)
            return -log2(list->items[i].p);
    fail_msg("token %d was ruled out", token);
    return 0;
}

TEST(mirostat, keeps_and_learns_as_a_reference_does)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 29);
    for (int round = 0; round < 40; round++) {
        struct sampling sampling = {
            .temperature = 0.5f + (float)rng_uniform(&rng),
            .mirostat = 1 + round % 2,
            .mirostat_tau = 1 + 2 * (float)rng_uniform(&rng),
            .mirostat_eta = 0.05f + 0.2f * (float)rng_uniform(&rng),
        };
        double mu = 2 * (double)sampling.mirostat_tau;
        struct mirostat mirostat;
        mirostat_reset(&mirostat, &sampling);
        for (int i = 0; i < 200; i++) {
            float logits[N], room[N];
            struct candidate candidates[N];
            const uint64_t mask = i % 2 ? rng_next(&rng) | 1 : ~(uint64_t)0;
            for (int k = 0; k < N; k++)
                logits[k] = 3 * rng_normal(&rng);
            struct chain chain = {.sampling = &sampling,
                                  .rng = &rng,
                                  .n_vocab = N,
                                  .mask = &mask,
                                  .logits = logits,
                                  .own_logits = room,
                                  .candidates = candidates,
                                  .temperature = 1};
            struct list list = list_of(logits, &mask);
            for (int k = 0; k < list.n; k++)
                list.items[k].logit /= (double)sampling.temperature;
            cut_mirostat(&list, (int)sampling.mirostat, (double)mirostat.mu);
            token_id token = mirostat_draw(&mirostat, &chain);
            assert_int_equal(chain.n, list.n);
            double surprise = surprise_of(&list, token);
            assert_true(fabs(surprise - (double)mirostat.surprise) < 1e-4);
            mu -= (double)sampling.mirostat_eta * (surprise - (double)sampling.mirostat_tau);
            mirostat_accept(&mirostat, &sampling, token);
            assert_true(fabs(mu - (double)mirostat.mu) < 1e-3);
        }
    }
}

TEST(mirostat, a_token_that_was_forced_teaches_nothing)
{
    (void)state;
    const struct sampling sampling = {.mirostat = 2, .mirostat_tau = 5, .mirostat_eta = 0.1f};
    struct mirostat mirostat;
    mirostat_reset(&mirostat, &sampling);
    mirostat.token = 3;
    mirostat.surprise = 9;
    mirostat_accept(&mirostat, &sampling, 4);
    assert_true(mirostat.mu == 10);
    mirostat_accept(&mirostat, &sampling, 3); // not sampled again since
    assert_true(mirostat.mu == 10);
}

// Over a long answer the mean surprise, as the model sees it, is what was asked for.
TEST(mirostat, holds_the_surprise)
{
    (void)state;
    enum { WIDE = 2000, STEPS = 3000 };
    static float logits[WIDE];
    for (uint32_t version = 1; version <= 2; version++) {
        struct sampling sampling = {
            .temperature = 1, .mirostat = version, .mirostat_tau = 3, .mirostat_eta = 0.1f};
        struct sampler *sampler = NULL;
        struct error error;
        double sum = 0;
        assert_int_equal(sampler_open(&sampler, WIDE, &sampling, &error), OK);
        for (int i = 0; i < WIDE; i++) // Zipf's law
            logits[i] = -1.1f * logf((float)i + 1);
        for (int i = 0; i < STEPS; i++) {
            struct sample out;
            sampler_sample(sampler, logits, NULL, &out);
            sampler_accept(sampler, out.token);
            sum += out.token;
        }
        // As many equals as 3 bits tell apart have a mean rank of 3.5; without mirostat it is hundreds.
        assert_true(sum / STEPS > 1.5 && sum / STEPS < 5);
        sampler_close(sampler);
    }
}

RUN_TESTS(IS(chain, steps_in_any_order_agree_with_a_reference),
          IS(chain, the_default_order_named_is_the_default_order),
          IS(chain, a_temperature_of_zero_takes_the_best_of_what_is_left),
          IS(steps, are_known_by_names_and_letters),
          IS(mirostat, keeps_and_learns_as_a_reference_does),
          IS(mirostat, a_token_that_was_forced_teaches_nothing), IS(mirostat, holds_the_surprise))
