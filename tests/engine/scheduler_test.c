#include "engine/scheduler.h"
#include "tests/test.h"

TEST(scheduler, admits_by_priority_then_arrival)
{
    (void)state;
    struct schedule_item items[] = {{.number = 5}, {.number = 3}, {.number = 9, .priority = 1}};
    bool tried[3] = {0};
    assert_int_equal(schedule_admission(items, tried, 3), 2);
    tried[2] = true;
    assert_int_equal(schedule_admission(items, tried, 3), 1);
    tried[1] = true;
    assert_int_equal(schedule_admission(items, tried, 3), 0);
    tried[0] = true;
    assert_int_equal(schedule_admission(items, tried, 3), SCHEDULE_NONE);
}

TEST(scheduler, lets_nobody_past_one_overtaken_often)
{
    (void)state;
    struct schedule_item items[] = {{.number = 1, .n_overtaken = OVERTAKEN_MAX - 1}, {.number = 2}};
    bool tried[] = {true, false};
    assert_int_equal(schedule_admission(items, tried, 2), 1);
    items[0].n_overtaken++;
    assert_int_equal(schedule_admission(items, tried, 2), SCHEDULE_NONE);
    items[1].priority = 1; // more urgent than the one overtaken
    assert_int_equal(schedule_admission(items, tried, 2), 1);
}

static const struct schedule_item long_and_short[] = {{.number = 1, .n_left = 90000},
                                                      {.number = 2, .n_left = 300}};

// Chunks of the first of n_items among 1,000 of 64 rows.
static int count_oldest(size_t n_items, uint32_t *n_owed)
{
    int n_oldest = 0;
    for (int i = 0; i < 1000; i++) {
        size_t chosen = schedule_prefill(long_and_short, n_items, *n_owed);
        *n_owed = schedule_owed(long_and_short, n_items, chosen, *n_owed, 64);
        n_oldest += chosen == 0;
    }
    return n_oldest;
}

TEST(scheduler, works_on_the_shortest_prompt_first)
{
    (void)state;
    uint32_t n_owed = 0;
    for (unsigned i = 0; i < OWED_MAX / 64; i++) {
        assert_int_equal(schedule_prefill(long_and_short, 2, n_owed), 1);
        n_owed = schedule_owed(long_and_short, 2, 1, n_owed, 64);
    }
    assert_int_equal(schedule_prefill(long_and_short, 2, n_owed), 0);
}

TEST(scheduler, gives_the_oldest_prompt_a_quarter_where_short_ones_keep_coming)
{
    (void)state;
    uint32_t n_owed = OWED_MAX;
    assert_in_range(count_oldest(2, &n_owed), 249, 251);
    assert_int_equal(count_oldest(1, &n_owed), 1000); // alone, which makes up for the past
    assert_int_equal(n_owed, 0);
}

TEST(scheduler, spares_first_tokens_until_the_oldest_prompt_has_waited_enough)
{
    (void)state;
    assert_true(schedule_spares_first_token(0));
    assert_false(schedule_spares_first_token(OWED_MAX));
}

TEST(scheduler, leaves_background_prefill_until_nothing_else_is_there)
{
    (void)state;
    struct schedule_item items[] = {{.number = 1, .n_left = 10, .priority = -1},
                                    {.number = 2, .n_left = 5000}};
    assert_int_equal(schedule_prefill(items, 2, 0), 1);
    assert_int_equal(schedule_prefill(items, 2, OWED_MAX), 1);
    assert_int_equal(schedule_prefill(items, 1, 0), 0);
    assert_int_equal(schedule_prefill(items, 0, 0), SCHEDULE_NONE);
}

// Chunks of a machine that needs base_ns + row_ns per row, for n_steps steps.
static uint64_t last_step_ns(double base_ns, double row_ns, int n_steps)
{
    struct pace pace = {0};
    uint64_t step_ns = 0;
    for (int i = 0; i < n_steps; i++) {
        uint32_t n_rows = pace_rows(&pace, 300000000, 4096);
        step_ns = (uint64_t)(base_ns + row_ns * n_rows);
        pace_observe(&pace, n_rows, step_ns);
    }
    return step_ns;
}

TEST(scheduler, fits_chunks_into_the_time_that_others_may_wait)
{
    (void)state;
    assert_in_range(last_step_ns(20e6, 1e6, 12), 250000000, 310000000);
    assert_in_range(last_step_ns(50e6, 10e6, 12), 200000000, 310000000);
    assert_in_range(last_step_ns(0, 150e6, 12), 1, 8 * 150000000u); // too slow: the smallest chunk
}

TEST(scheduler, subtracts_what_any_step_takes_from_the_time_for_a_chunk)
{
    (void)state;
    struct pace pace = {.row_ns = 1e6, .decode_ns = 100e6};
    assert_int_equal(pace_rows(&pace, 300000000, 4096), 200);
    assert_int_equal(pace_rows(&pace, 300000000, 64), 64);
    pace.decode_ns = 5000e6; // the machine was busy
    assert_int_equal(pace_rows(&pace, 300000000, 4096), 150);
}

TEST(scheduler, is_not_misled_by_a_short_chunk)
{
    (void)state;
    struct pace pace = {.decode_ns = 60e6};
    for (int i = 0; i < 8; i++)
        pace_observe(&pace, 64, 700000000);
    pace_observe(&pace, 2, 100000000); // a prompt's last rows
    assert_in_range(pace_rows(&pace, 700000000, 512), 60, 64);
}

RUN_TESTS(IS(scheduler, admits_by_priority_then_arrival),
          IS(scheduler, lets_nobody_past_one_overtaken_often),
          IS(scheduler, works_on_the_shortest_prompt_first),
          IS(scheduler, gives_the_oldest_prompt_a_quarter_where_short_ones_keep_coming),
          IS(scheduler, spares_first_tokens_until_the_oldest_prompt_has_waited_enough),
          IS(scheduler, leaves_background_prefill_until_nothing_else_is_there),
          IS(scheduler, fits_chunks_into_the_time_that_others_may_wait),
          IS(scheduler, subtracts_what_any_step_takes_from_the_time_for_a_chunk),
          IS(scheduler, is_not_misled_by_a_short_chunk))
