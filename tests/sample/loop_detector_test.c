#include "base/memory.h"
#include "base/rng.h"
#include "sample/loop_detector.h"
#include "tests/test.h"

// Pushes `unit` over and over; returns how many tokens it took to be found, or 0 after n_max.
static size_t tokens_until_found(struct loop_detector *detector, const token_id *unit, size_t size,
                                 size_t n_max)
{
    for (size_t i = 0; i < n_max; i++) {
        loop_detector_push(detector, unit[i % size]);
        if (loop_detector_found(detector))
            return i + 1;
    }
    return 0;
}

static void random_tokens(struct rng *rng, token_id *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (token_id)rng_below(rng, 50000);
}

TEST(loop_detector, finds_loops_of_every_period)
{
    (void)state;
    token_id unit[LOOP_PERIOD_MAX];
    struct rng rng;
    rng_seed(&rng, 1);
    struct loop_detector *detector = mem_new(struct loop_detector, 1);
    for (size_t size = 1; size <= LOOP_PERIOD_MAX; size += size < 20 ? 1 : 41) {
        *detector = (struct loop_detector){0};
        random_tokens(&rng, unit, size);
        size_t want = 4 * size > LOOP_TOKENS_MIN ? 4 * size : LOOP_TOKENS_MIN;
        assert_int_equal(tokens_until_found(detector, unit, size, 4000), want);
        assert_int_equal(detector->period, size);
    }
    free(detector);
}

TEST(loop_detector, finds_a_loop_after_any_beginning)
{
    (void)state;
    token_id text[1500], unit[7];
    struct rng rng;
    rng_seed(&rng, 2);
    struct loop_detector *detector = mem_new(struct loop_detector, 1);
    random_tokens(&rng, text, COUNT_OF(text));
    random_tokens(&rng, unit, COUNT_OF(unit));
    assert_int_equal(tokens_until_found(detector, text, COUNT_OF(text), COUNT_OF(text)), 0);
    assert_int_equal(tokens_until_found(detector, unit, COUNT_OF(unit), 1000), LOOP_TOKENS_MIN);
    free(detector);
}

TEST(loop_detector, leaves_alone_what_changes_a_little)
{
    (void)state;
    struct loop_detector *detector = mem_new(struct loop_detector, 1);
    for (token_id line = 0; line < 300; line++) { // a list whose lines differ in a number
        for (token_id i = 0; i < 12; i++) {
            loop_detector_push(detector, i == 5 ? 1000 + line : i);
            assert_false(loop_detector_found(detector));
        }
    }
    free(detector);
}

TEST(loop_detector, forgets_a_loop_that_ended)
{
    (void)state;
    const token_id dash = 7;
    struct loop_detector *detector = mem_new(struct loop_detector, 1);
    assert_int_equal(tokens_until_found(detector, &dash, 1, 1000), LOOP_TOKENS_MIN);
    loop_detector_push(detector, 8);
    assert_false(loop_detector_found(detector));
    free(detector);
}

RUN_TESTS(IS(loop_detector, finds_loops_of_every_period),
          IS(loop_detector, finds_a_loop_after_any_beginning),
          IS(loop_detector, leaves_alone_what_changes_a_little),
          IS(loop_detector, forgets_a_loop_that_ended))
