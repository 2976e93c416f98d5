#include <math.h>

#include "base/memory.h"
#include "base/rng.h"
#include "sample/family_defaults.h"
#include "sample/penalties.h"
#include "sample/sampler.h"
#include "sample/select.h"
#include "tests/tensor/gguf_bytes.h"
#include "tests/test.h"

static struct sampler *open_sampler(uint32_t n_vocab, struct sampling sampling)
{
    struct sampler *sampler = NULL;
    struct error error = {0};
    if (sampler_open(&sampler, n_vocab, &sampling, &error))
        fail_msg("%s", error.text);
    return sampler;
}

static token_id sample(struct sampler *sampler, const float *logits, const uint64_t *mask)
{
    struct sample out;
    sampler_sample(sampler, logits, mask, &out);
    return out.token;
}

static void fill_normal(float *logits, uint32_t n, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    for (uint32_t i = 0; i < n; i++)
        logits[i] = 3 * rng_normal(&rng);
}

// ---- greedy ----

TEST(sampler, greedy_takes_the_best_and_the_lowest_id_among_equals)
{
    (void)state;
    float logits[200];
    for (int i = 0; i < 200; i++)
        logits[i] = (float)(i % 7);
    struct sampler *sampler = open_sampler(200, (struct sampling){0});
    assert_int_equal(sample(sampler, logits, NULL), 6);
    logits[170] = 6.5f;
    assert_int_equal(sample(sampler, logits, NULL), 170);
    logits[3] = NAN;
    logits[199] = INFINITY;
    assert_int_equal(sample(sampler, logits, NULL), 199);
    sampler_close(sampler);
}

TEST(sampler, a_mask_leaves_only_what_it_allows)
{
    (void)state;
    float logits[200];
    uint64_t mask[4] = {0};
    for (int i = 0; i < 200; i++)
        logits[i] = (float)i;
    const struct sampling ways[] = {{.temperature = 0},
                                    {.temperature = 1, .top_p = 1},
                                    {.temperature = 1, .top_p = 0.9f},
                                    {.temperature = 1, .top_k = 5, .top_p = 0.9f}};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct sampler *sampler = open_sampler(200, ways[i]);
        memset(mask, 0, sizeof mask);
        mask[3] = ~(uint64_t)0xFF; // tokens from 200 on do not exist
        assert_int_equal(sample(sampler, logits, mask), TOKEN_NONE);
        mask[1] = (uint64_t)1 << 9;
        for (int k = 0; k < 20; k++)
            assert_int_equal(sample(sampler, logits, mask), 73);
        sampler_close(sampler);
    }
}

TEST(sampler, logits_that_are_no_numbers_leave_nothing)
{
    (void)state;
    float logits[70];
    for (int i = 0; i < 70; i++)
        logits[i] = i % 2 ? NAN : -INFINITY;
    const struct sampling ways[] = {{.temperature = 0},
                                    {.temperature = 1, .top_p = 1},
                                    {.temperature = 1, .top_p = 0.9f},
                                    {.temperature = 1, .top_k = 5, .top_p = 0.9f}};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct sampler *sampler = open_sampler(70, ways[i]);
        assert_int_equal(sample(sampler, logits, NULL), TOKEN_NONE);
        sampler_close(sampler);
    }
}

// ---- truncation, by hand ----

// Probabilities 1/2, 1/4, 1/8, 1/16, 1/16 as logits, out of order.
static const float halves[5] = {-2.0794415f, -0.6931472f, -2.7725887f, -1.3862944f, -2.7725887f};

// Which tokens come up in 2000 draws, as bits.
static unsigned drawn(struct sampling sampling)
{
    struct sampler *sampler = open_sampler(5, sampling);
    unsigned seen = 0;
    for (int i = 0; i < 2000; i++)
        seen |= 1u << sample(sampler, halves, NULL);
    sampler_close(sampler);
    return seen;
}

TEST(sampler, keeps_what_the_limits_say)
{
    (void)state;
    const struct {
        struct sampling sampling;
        unsigned kept; // bits of token ids; by probability they are 1, 3, 0, 2 and 4
    } cases[] = {
        {{.temperature = 1, .top_p = 1}, 0x1F},
        {{.temperature = 1, .top_p = 1, .top_k = 1}, 0x02},
        {{.temperature = 1, .top_p = 1, .top_k = 2}, 0x0A},
        {{.temperature = 1, .top_p = 1, .top_k = 4}, 0x0F}, // 2 before its equal, 4
        {{.temperature = 1, .top_p = 0}, 0x02},
        {{.temperature = 1, .top_p = 0.45f}, 0x02},
        {{.temperature = 1, .top_p = 0.6f}, 0x0A},
        {{.temperature = 1, .top_p = 0.8f}, 0x0B},
        {{.temperature = 1, .top_p = 0.9f}, 0x0F},
        // Of the two best the first has 2/3.
        {{.temperature = 1, .top_p = 0.6f, .top_k = 2}, 0x02},
        {{.temperature = 1, .top_p = 0.7f, .top_k = 2}, 0x0A},
        {{.temperature = 1, .top_p = 1, .min_p = 0.24f}, 0x0B},
        {{.temperature = 1, .top_p = 1, .min_p = 0.3f}, 0x0A},
        {{.temperature = 1, .top_p = 0.8f, .min_p = 0.1f}, 0x0B},
        {{.temperature = 1, .top_p = 0.9f, .min_p = 0.24f}, 0x0B},
        {{.temperature = 1, .top_p = 1, .top_k = 4, .min_p = 0.3f}, 0x0A},
        // The expected surprise is 1.875 bits: the second best is nearest to it, then the best.
        {{.temperature = 1, .top_p = 1, .typical_p = 0.2f}, 0x08},
        {{.temperature = 1, .top_p = 1, .typical_p = 0.3f}, 0x0A},
        {{.temperature = 1, .top_p = 1, .typical_p = 0.8f}, 0x0B},
        {{.temperature = 1, .top_p = 1, .typical_p = 1}, 0x1F},
        {{.temperature = 1, .top_p = 0.6f, .typical_p = 0.8f}, 0x0A}, // top_p comes second
        // Of those above the threshold the least likely stays, and all below it.
        {{.temperature = 1, .top_p = 1, .xtc_probability = 1, .xtc_threshold = 0.1f}, 0x15},
        {{.temperature = 1, .top_p = 1, .xtc_probability = 1, .xtc_threshold = 0.2f}, 0x1D},
        {{.temperature = 1, .top_p = 1, .xtc_probability = 1, .xtc_threshold = 0.4f}, 0x1F},
        {{.temperature = 1, .top_p = 1, .xtc_probability = 1, .xtc_threshold = 0.6f}, 0x1F},
        {{.temperature = 1, .top_p = 1, .xtc_probability = 0.5f, .xtc_threshold = 0.1f}, 0x1F},
        {{.temperature = 1, .top_p = 1, .top_k = 2, .xtc_probability = 1, .xtc_threshold = 0.1f},
         0x08},
        // In bits the logits are -1 to -4, 1.17 their deviation.
        {{.temperature = 1, .top_p = 1, .top_n_sigma = 0.5f}, 0x02},
        {{.temperature = 1, .top_p = 1, .top_n_sigma = 1}, 0x0A},
        {{.temperature = 1, .top_p = 1, .top_n_sigma = 2}, 0x0B},
        {{.temperature = 1, .top_p = 1, .top_n_sigma = 2, .top_k = 2}, 0x0A},
        // The temperature weighs what was kept and keeps nothing more.
        {{.temperature = 50, .top_p = 0.6f}, 0x0A},
        {{.temperature = 0.01f, .top_p = 1}, 0x02},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (drawn(cases[i].sampling) != cases[i].kept)
            fail_msg("case %zu keeps %x", i, drawn(cases[i].sampling));
}

TEST(sampler, excludes_top_choices_as_often_as_asked)
{
    (void)state;
    enum { N = 20000 };
    struct sampler *sampler = open_sampler(
        5, (struct sampling){
               .temperature = 1, .top_p = 1, .xtc_probability = 0.25f, .xtc_threshold = 0.1f});
    int n_best = 0;
    for (int i = 0; i < N; i++)
        n_best += sample(sampler, halves, NULL) == 1;
    // The best one has 1/2 in three of four draws; five deviations are allowed.
    assert_true(fabs((double)n_best / N - 0.375) < 5 * sqrt(0.375 * 0.625 / N));
    sampler_close(sampler);
}

TEST(sampler, biases_move_logits_and_forbid_what_may_be_left_out)
{
    (void)state;
    const struct token_bias biases[] = {{4, 3}, {1, -INFINITY}};
    struct sampling sampling = {.biases = biases, .n_biases = 2, .logprobs = true};
    struct sampler *sampler = open_sampler(5, sampling);
    struct sample out;
    sampler_sample(sampler, halves, NULL, &out);
    assert_int_equal(out.token, 4);
    assert_true(fabsf(out.logprob - halves[4]) < 1e-5f); // the model's own, without the bias
    sampler_close(sampler);
    sampling.biases = &biases[1];
    sampling.n_biases = 1;
    sampler = open_sampler(5, sampling);
    assert_int_equal(sample(sampler, halves, NULL), 3);
    const uint64_t only = 1 << 1; // a constraint leaves nothing else
    assert_int_equal(sample(sampler, halves, &only), 1);
    sampler_close(sampler);
    const struct token_bias wrong = {5, 1};
    struct error error;
    sampling.biases = &wrong;
    assert_int_equal(sampler_open(&sampler, 5, &sampling, &error), ERR_ARGUMENT);
}

// ---- truncation, against sorting everything ----

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->logit != y->logit)
        return x->logit > y->logit ? -1 : 1;
    return x->token < y->token ? -1 : x->token > y->token;
}

static int compare_ids(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->token < y->token ? -1 : x->token > y->token;
}

static uint32_t sorted_allowed(struct candidate *out, const float *logits, uint32_t n,
                               const uint64_t *mask)
{
    uint32_t n_out = 0;
    for (uint32_t i = 0; i < n; i++)
        if (!mask || mask[i / 64] >> (i % 64) & 1)
            out[n_out++] = (struct candidate){logits[i], (token_id)i};
    qsort(out, n_out, sizeof *out, compare_candidates);
    return n_out;
}

TEST(select, agrees_with_sorting_everything)
{
    (void)state;
    enum { N = 3000 };
    static float logits[N];
    static struct candidate want[N], got[N];
    struct rng rng;
    rng_seed(&rng, 4);
    for (int round = 0; round < 300; round++) {
        uint32_t n = 1 + (uint32_t)rng_below(&rng, N);
        float spread = (float)(round % 10) * 0.7f;
        uint64_t mask[N / 64 + 1], *use = round % 3 ? mask : NULL;
        for (uint32_t i = 0; i < n; i++) // quarters: many are equal
            logits[i] =
                round % 2 ? spread * rng_normal(&rng) : roundf(spread * rng_normal(&rng) * 4) / 4;
        for (size_t i = 0; i < COUNT_OF(mask); i++)
            mask[i] = rng_below(&rng, 4) ? ~(uint64_t)0 : rng_next(&rng) & rng_next(&rng);
        uint32_t n_allowed = sorted_allowed(want, logits, n, use);
        uint32_t k = 1 + (uint32_t)rng_below(&rng, 100);
        uint32_t n_got = select_top_k(got, logits, n, use, k);
        assert_int_equal(n_got, k < n_allowed ? k : n_allowed);
        if (n_got)
            assert_memory_equal(got, want, n_got * sizeof *got);

        double total = 0, sum = 0;
        for (uint32_t i = 0; i < n_allowed; i++)
            total += exp((double)want[i].logit);
        float top_p = (float)rng_uniform(&rng);
        uint32_t n_want = 0;
        while (n_want < n_allowed && (n_want == 0 || sum < (double)top_p * total))
            sum += exp((double)want[n_want++].logit);
        n_got = select_top_p(got, logits, n, use, top_p);
        // Weights are floats: the last one may fall on the other side of the line.
        assert_true(n_got + 1 >= n_want && n_got <= n_want + 1);
        if (n_got == n_want && n_got) {
            qsort(got, n_got, sizeof *got, compare_candidates);
            assert_memory_equal(got, want, n_got * sizeof *got);
        }
        uint32_t n_near = select_near(got, logits, n, use, 2.5f);
        n_want = 0;
        while (n_want < n_allowed && want[n_want].logit >= want[0].logit - 2.5f)
            n_want++;
        assert_int_equal(n_near, n_want);
        qsort(want, n_want, sizeof *want, compare_ids);
        if (n_want)
            assert_memory_equal(got, want, n_want * sizeof *got);
    }
}

// ---- drawing ----

// Of two candidates the first is drawn up to its probability, 1 / (1 + exp(-depth / temperature)).
TEST(select, weighs_to_a_millionth)
{
    (void)state;
    for (int i = 0; i < 400; i++) {
        float depth = 0.05f * (float)i, temperature = i % 2 ? 0.7f : 1.3f;
        const struct candidate pair[2] = {{5 - depth, 0}, {5, 1}};
        double low = 0, high = 1; // the second is drawn from somewhere between on
        for (int step = 0; step < 50; step++) {
            double middle = (low + high) / 2;
            if (draw(pair, 2, temperature, middle) == 0)
                low = middle;
            else
                high = middle;
        }
        double odds = exp(-(double)(5 - pair[0].logit) / (double)temperature);
        double want = odds / (1 + odds);
        if (fabs(low - want) > 2e-6 * want + 1e-12)
            fail_msg("depth %g: %.9g, not %.9g", (double)depth, low, want);
    }
}

// Pearson's statistic over draws of the given weights; cells that expect under 5 are put together.
static double chi_square(const uint32_t *counts, const double *weights, uint32_t n,
                         uint32_t n_draws, uint32_t *n_cells)
{
    double total = 0, statistic = 0, rest_want = 0, rest_got = 0;
    *n_cells = 0;
    for (uint32_t i = 0; i < n; i++)
        total += weights[i];
    for (uint32_t i = 0; i < n; i++) {
        double want = weights[i] / total * n_draws, off = counts[i] - want;
        if (want < 5) {
            rest_want += want;
            rest_got += counts[i];
            continue;
        }
        statistic += off * off / want;
        ++*n_cells;
    }
    if (rest_want >= 5) {
        statistic += (rest_got - rest_want) * (rest_got - rest_want) / rest_want;
        ++*n_cells;
    }
    return statistic;
}

// The statistic's mean is n_cells - 1 and its variance twice that; six deviations is never luck.
static void check_draws(struct sampling sampling, float temperature, uint32_t n_vocab)
{
    enum { N_DRAWS = 40000 };
    float *logits = mem_new(float, n_vocab);
    double *weights = mem_new(double, n_vocab);
    uint32_t *counts = mem_new(uint32_t, n_vocab), n_cells;
    fill_normal(logits, n_vocab, 6);
    for (uint32_t i = 0; i < n_vocab; i++) {
        logits[i] /= 2;
        weights[i] = exp((double)logits[i] / (double)temperature);
    }
    struct sampler *sampler = open_sampler(n_vocab, sampling);
    for (int i = 0; i < N_DRAWS; i++)
        counts[sample(sampler, logits, NULL)]++;
    double statistic = chi_square(counts, weights, n_vocab, N_DRAWS, &n_cells);
    double mean = n_cells - 1;
    if (fabs(statistic - mean) > 6 * sqrt(2 * mean) + 6)
        fail_msg("chi square %g over %u cells", statistic, n_cells);
    sampler_close(sampler);
    free(logits);
    free(weights);
    free(counts);
}

TEST(sampler, draws_in_proportion)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        check_draws((struct sampling){.temperature = 1, .top_p = 1, .seed = seed}, 1, 300);
        check_draws((struct sampling){.temperature = 0.5f, .top_p = 1, .seed = seed}, 0.5f, 300);
        check_draws((struct sampling){.temperature = 2, .top_p = 1, .seed = seed}, 2, 300);
        check_draws((struct sampling){.temperature = 1, .top_p = 0.999999f, .seed = seed}, 1, 65);
        check_draws((struct sampling){.temperature = 1, .top_p = 1, .top_k = 99, .seed = seed}, 1,
                    99);
    }
}

TEST(sampler, the_same_seed_gives_the_same_tokens)
{
    (void)state;
    enum { N = 1000 };
    float logits[N];
    fill_normal(logits, N, 8);
    struct sampling sampling = {.temperature = 1, .top_p = 1, .seed = 12};
    struct sampler *a = open_sampler(N, sampling), *b = open_sampler(N, sampling);
    sampling.seed = 13;
    struct sampler *other = open_sampler(N, sampling);
    token_id first[50];
    int n_same = 0;
    for (int i = 0; i < 50; i++) {
        first[i] = sample(a, logits, NULL);
        assert_int_equal(first[i], sample(b, logits, NULL));
        n_same += first[i] == sample(other, logits, NULL);
    }
    assert_true(n_same < 25);
    sampler_reset(a);
    for (int i = 0; i < 50; i++)
        assert_int_equal(sample(a, logits, NULL), first[i]);
    sampler_close(a);
    sampler_close(b);
    sampler_close(other);
}

// ---- penalties ----

TEST(penalties, change_logits_as_written_down)
{
    (void)state;
    float logits[4] = {2, 1.9f, -1, 0};
    struct sampler *sampler = open_sampler(4, (struct sampling){.repeat_penalty = 1.2f});
    assert_int_equal(sample(sampler, logits, NULL), 0);
    sampler_accept(sampler, 0);
    assert_int_equal(sample(sampler, logits, NULL), 1); // 2 / 1.2 = 1.67
    sampler_accept(sampler, 1);
    assert_int_equal(sample(sampler, logits, NULL), 0); // 1.67 to 1.58
    sampler_close(sampler);

    float negative[2] = {-1, -1.1f};
    sampler = open_sampler(2, (struct sampling){.repeat_penalty = 1.2f});
    sampler_accept(sampler, 0);
    assert_int_equal(sample(sampler, negative, NULL), 1); // -1 * 1.2
    sampler_close(sampler);

    float close[2] = {1.5f, 1};
    sampler = open_sampler(2, (struct sampling){.frequency_penalty = 0.2f});
    for (int i = 0; i < 2; i++) {
        sampler_accept(sampler, 0);
        assert_int_equal(sample(sampler, close, NULL), 0); // 1.3, then 1.1
    }
    sampler_accept(sampler, 0);
    assert_int_equal(sample(sampler, close, NULL), 1); // 0.9
    sampler_close(sampler);

    sampler = open_sampler(2, (struct sampling){.presence_penalty = 0.4f});
    for (int i = 0; i < 5; i++) {
        sampler_accept(sampler, 0);
        assert_int_equal(sample(sampler, close, NULL), 0); // 1.1, however often
    }
    sampler_close(sampler);
    assert_true(logits[0] == 2 && close[0] == 1.5f); // the caller's stay as they are
}

TEST(penalties, count_within_the_window)
{
    (void)state;
    float logits[2] = {1, 0.5f};
    struct sampler *sampler =
        open_sampler(2, (struct sampling){.frequency_penalty = 0.2f, .penalty_last_n = 2});
    for (int i = 0; i < 9; i++)
        sampler_accept(sampler, 0);
    assert_int_equal(sample(sampler, logits, NULL), 0); // twice 0.2, not nine times
    sampler_close(sampler);
}

TEST(penalties, look_back_as_far_as_the_window)
{
    (void)state;
    float logits[3] = {2, 1, 0};
    struct sampler *sampler =
        open_sampler(3, (struct sampling){.presence_penalty = 5, .penalty_last_n = 2});
    sampler_accept(sampler, 0);
    assert_int_equal(sample(sampler, logits, NULL), 1);
    sampler_accept(sampler, 2);
    assert_int_equal(sample(sampler, logits, NULL), 1);
    sampler_accept(sampler, 2);
    assert_int_equal(sample(sampler, logits, NULL), 0); // forgotten
    sampler_accept(sampler, 0);
    sampler_reset(sampler);
    assert_int_equal(sample(sampler, logits, NULL), 0);
    sampler_close(sampler);
}

// The logit of each token that DRY leaves, measured against a second token that it does not touch.
static bool dry_costs(struct sampler *sampler, token_id token, float penalty)
{
    enum { N = 20, OTHER = 19 };
    float logits[N];
    for (int i = 0; i < N; i++)
        logits[i] = -100;
    logits[token] = 0;
    logits[OTHER] = -penalty - 0.01f;
    bool at_most = sample(sampler, logits, NULL) == token;
    logits[OTHER] = -penalty + 0.01f;
    return at_most && (penalty == 0 || sample(sampler, logits, NULL) == OTHER);
}

static void accept_all(struct sampler *sampler, const char *tokens) // "a" is 0
{
    for (; *tokens; tokens++)
        sampler_accept(sampler, *tokens - 'a');
}

TEST(penalties, dry_grows_with_the_length_of_the_repetition)
{
    (void)state;
    struct sampling sampling = {
        .dry_multiplier = 0.5f, .dry_base = 2, .dry_allowed_length = 2, .dry_last_n = 100};
    struct sampler *sampler = open_sampler(20, sampling);
    accept_all(sampler, "abcdefg");
    assert_true(dry_costs(sampler, 0, 0));
    accept_all(sampler, "a");
    assert_true(dry_costs(sampler, 1, 0)); // one token is no repetition yet
    accept_all(sampler, "b");
    assert_true(dry_costs(sampler, 2, 0.5f)); // "ab" again: 0.5 * 2^0
    assert_true(dry_costs(sampler, 3, 0));
    accept_all(sampler, "c");
    assert_true(dry_costs(sampler, 3, 1));
    accept_all(sampler, "d");
    assert_true(dry_costs(sampler, 4, 2));
    accept_all(sampler, "h"); // something new
    assert_true(dry_costs(sampler, 4, 0));
    sampler_close(sampler);
}

TEST(penalties, dry_takes_the_longest_of_several_and_overlapping_ones)
{
    (void)state;
    struct sampling sampling = {
        .dry_multiplier = 0.5f, .dry_base = 2, .dry_allowed_length = 2, .dry_last_n = 100};
    struct sampler *sampler = open_sampler(20, sampling);
    accept_all(sampler, "hbcdabcdabc");
    assert_true(dry_costs(sampler, 3, 0.5f * 16)); // six back from the end, not only three
    sampler_reset(sampler);
    accept_all(sampler, "aaaaa");
    assert_true(dry_costs(sampler, 0, 0.5f * 4)); // four of them were followed by another
    sampler_close(sampler);
}

// The longest suffix of the text that also stood, somewhere before, in front of `next`.
static uint32_t longest_repetition(const token_id *text, uint32_t n, token_id next)
{
    uint32_t longest = 0;
    for (uint32_t at = 0; at + 1 < n; at++) { // an occurrence that ends at `at`
        uint32_t length = 0;
        if (text[at + 1] != next)
            continue;
        while (length <= at && text[at - length] == text[n - 1 - length])
            length++;
        longest = length > longest ? length : longest;
    }
    return longest;
}

TEST(penalties, dry_finds_what_comparing_everything_finds)
{
    (void)state;
    enum { N_VOCAB = 3, WINDOW = 80 };
    const struct sampling sampling = {
        .dry_multiplier = 1, .dry_base = 1.25f, .dry_allowed_length = 1, .dry_last_n = WINDOW};
    struct rng rng;
    struct error error;
    rng_seed(&rng, 21);
    for (int round = 0; round < 500; round++) {
        struct dry dry;
        token_id text[200];
        uint32_t n = 1 + (uint32_t)rng_below(&rng, COUNT_OF(text));
        assert_int_equal(dry_init(&dry, N_VOCAB, &sampling, &error), OK);
        uint32_t period = 1 + (uint32_t)rng_below(&rng, 12);
        for (uint32_t i = 0; i < n; i++) { // every second text mostly repeats itself
            bool is_copied = round % 2 && i >= period && rng_below(&rng, 9);
            text[i] = is_copied ? text[i - period] : (token_id)rng_below(&rng, N_VOCAB);
            dry_accept(&dry, text[i]);
        }
        uint32_t start = n > WINDOW ? n - WINDOW : 0;
        float logits[N_VOCAB] = {0};
        dry_apply(&dry, &sampling, logits);
        for (token_id next = 0; next < N_VOCAB; next++) {
            uint32_t length = longest_repetition(text + start, n - start, next);
            float want = length ? powf(1.25f, (float)length - 1) : 0;
            want = want > 1e6f ? 1e6f : want;
            assert_true(fabsf(logits[next] + want) <= 1e-5f * want);
        }
        dry_release(&dry);
    }
}

TEST(penalties, dry_does_not_reach_across_breakers)
{
    (void)state;
    const token_id breakers[] = {'e' - 'a', 'c' - 'a'};
    struct sampling sampling = {.dry_multiplier = 0.5f,
                                .dry_base = 2,
                                .dry_allowed_length = 2,
                                .dry_breakers = breakers,
                                .n_dry_breakers = 2};
    struct sampler *sampler = open_sampler(20, sampling);
    accept_all(sampler, "abcfghabcf");
    assert_true(dry_costs(sampler, 'g' - 'a', 0)); // "f" alone since the breaker
    accept_all(sampler, "gh");
    assert_true(dry_costs(sampler, 0, 1)); // "fgh"
    accept_all(sampler, "ab");
    assert_true(dry_costs(sampler, 'c' - 'a', 0)); // a breaker itself costs nothing
    sampler_close(sampler);
}

// ---- log-probabilities ----

TEST(sampler, log_probabilities_are_the_models_own)
{
    (void)state;
    enum { N = 5000 };
    static float logits[N];
    uint64_t mask[N / 64 + 1];
    memset(mask, 0xFF, sizeof mask);
    fill_normal(logits, N, 9);
    double total = 0;
    for (int i = 0; i < N; i++)
        total += exp((double)logits[i]);
    struct sampler *sampler = open_sampler(N, (struct sampling){.temperature = 0.3f,
                                                                .top_k = 3,
                                                                .top_p = 1,
                                                                .presence_penalty = 2,
                                                                .logprobs = true,
                                                                .n_logprobs = 5});
    struct sample out;
    sampler_sample(sampler, logits, NULL, &out);
    token_id best = out.top[0].token;
    mask[best / 64] &= ~((uint64_t)1 << (best % 64));
    sampler_accept(sampler, out.token);
    sampler_sample(sampler, logits, mask, &out); // masks and penalties do not show
    assert_int_equal(out.n_top, 5);
    assert_int_equal(out.top[0].token, best);
    assert_int_not_equal(out.token, best);
    assert_true(fabs((double)out.logprob - ((double)logits[out.token] - log(total))) < 1e-6);
    for (uint32_t i = 0; i < out.n_top; i++) {
        double want = (double)logits[out.top[i].token] - log(total);
        assert_true(fabs((double)out.top[i].logprob - want) < 1e-6);
        assert_true(i == 0 || out.top[i].logprob <= out.top[i - 1].logprob);
    }
    sampler_close(sampler);
}

// ---- the rest ----

TEST(sampler, parameters_that_make_no_sense_are_named)
{
    (void)state;
    const struct {
        struct sampling sampling;
        const char *says;
    } cases[] = {
        {{.temperature = -1}, "temperature is -1"},
        {{.temperature = NAN}, "temperature"},
        {{.top_p = 1.5f}, "top_p is 1.5"},
        {{.min_p = -0.1f}, "min_p"},
        {{.typical_p = 2}, "typical_p is 2"},
        {{.xtc_threshold = -1}, "XTC threshold"},
        {{.presence_penalty = INFINITY}, "presence penalty"},
        {{.penalty_last_n = 1000000}, "penalty window"},
        {{.n_logprobs = 1000}, "log-probabilities is 1000"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sampler *sampler = NULL;
        struct error error = {0};
        assert_int_equal(sampler_open(&sampler, 10, &cases[i].sampling, &error), ERR_ARGUMENT);
        assert_non_null(strstr(error.text, cases[i].says));
    }
}

TEST(sampler, reports_every_allocation_that_fails)
{
    (void)state;
    const struct token_bias bias = {1, 1};
    const struct sampling sampling = {.temperature = 1,
                                      .top_p = 1,
                                      .repeat_penalty = 2,
                                      .dry_multiplier = 1,
                                      .biases = &bias,
                                      .n_biases = 1};
    struct sampler *sampler = NULL;
    struct error error;
    enum err err = ERR_MEMORY;
    for (uint64_t n = 1; n < 30 && err; n++) {
        mem_fail_after(n);
        err = sampler_open(&sampler, 100, &sampling, &error);
        mem_fail_after(0);
        assert_true(err == OK || (err == ERR_MEMORY && n < 15));
    }
    assert_int_equal(err, OK);
    sampler_close(sampler);
}

TEST(sampler, notices_loops_when_asked)
{
    (void)state;
    struct sampler *watching = open_sampler(10, (struct sampling){.detects_loops = true});
    struct sampler *not = open_sampler(10, (struct sampling){0});
    for (int i = 0; i < 1000; i++) {
        sampler_accept(watching, 3);
        sampler_accept(not, 3);
    }
    assert_true(sampler_is_looping(watching));
    assert_false(sampler_is_looping(not ));
    sampler_reset(watching);
    assert_false(sampler_is_looping(watching));
    sampler_close(watching);
    sampler_close(not );
}

TEST(family_defaults, come_from_the_family_unless_the_file_says)
{
    (void)state;
    struct sampling sampling;
    sampling_defaults(&sampling, "qwen3.5", true, NULL);
    assert_true(sampling.temperature == 0.6f && sampling.top_k == 20 && sampling.top_p == 0.95f);
    sampling_defaults(&sampling, "qwen3.5", false, NULL);
    assert_true(sampling.temperature == 0.7f && sampling.top_p == 0.8f);
    sampling_defaults(&sampling, "nobodys", false, NULL);
    assert_true(sampling.min_p == 0.05f);

    struct buf bytes = {0};
    struct gguf *gguf = NULL;
    struct error error = {0};
    put_head(&bytes, 0, 3);
    put_key(&bytes, "general.sampling.temp", GGUF_F32);
    const float temperature = 0.25f, too_much = 7;
    buf_append(&bytes, &temperature, sizeof temperature);
    put_key(&bytes, "general.sampling.top_k", GGUF_I32);
    put_u32(&bytes, 33);
    put_key(&bytes, "general.sampling.top_p", GGUF_F32);
    buf_append(&bytes, &too_much, sizeof too_much);
    assert_int_equal(gguf_open_memory(&gguf, bytes.data, bytes.size, "test", &error), OK);
    sampling_defaults(&sampling, "qwen3.5", true, gguf);
    assert_true(sampling.temperature == 0.25f && sampling.top_k == 33 && sampling.top_p == 0.95f);
    gguf_close(gguf);
    buf_release(&bytes);
}

RUN_TESTS(IS(sampler, greedy_takes_the_best_and_the_lowest_id_among_equals),
          IS(sampler, a_mask_leaves_only_what_it_allows),
          IS(sampler, logits_that_are_no_numbers_leave_nothing),
          IS(sampler, keeps_what_the_limits_say),
          IS(sampler, excludes_top_choices_as_often_as_asked),
          IS(sampler, biases_move_logits_and_forbid_what_may_be_left_out),
          IS(select, agrees_with_sorting_everything), IS(select, weighs_to_a_millionth),
          IS(sampler, draws_in_proportion), IS(sampler, the_same_seed_gives_the_same_tokens),
          IS(penalties, change_logits_as_written_down), IS(penalties, count_within_the_window),
          IS(penalties, look_back_as_far_as_the_window),
          IS(penalties, dry_grows_with_the_length_of_the_repetition),
          IS(penalties, dry_takes_the_longest_of_several_and_overlapping_ones),
          IS(penalties, dry_finds_what_comparing_everything_finds),
          IS(penalties, dry_does_not_reach_across_breakers),
          IS(sampler, log_probabilities_are_the_models_own),
          IS(sampler, parameters_that_make_no_sense_are_named),
          IS(sampler, reports_every_allocation_that_fails), IS(sampler, notices_loops_when_asked),
          IS(family_defaults, come_from_the_family_unless_the_file_says))
