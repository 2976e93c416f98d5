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

TEST(scheduler, works_on_the_shortest_prompt_and_sometimes_on_the_oldest)
{
    (void)state;
    struct schedule_item items[] = {{.number = 1, .n_left = 90000}, {.number = 2, .n_left = 300}};
    int n_oldest = 0;
    for (uint64_t turn = 0; turn < 100; turn++)
        n_oldest += schedule_prefill(items, 2, turn) == 0;
    assert_int_equal(n_oldest, 25);
}

TEST(scheduler, leaves_background_prefill_until_nothing_else_is_there)
{
    (void)state;
    struct schedule_item items[] = {{.number = 1, .n_left = 10, .priority = -1},
                                    {.number = 2, .n_left = 5000}};
    for (uint64_t turn = 0; turn < 8; turn++)
        assert_int_equal(schedule_prefill(items, 2, turn), 1);
    assert_int_equal(schedule_prefill(items, 1, 0), 0);
}

// Chunks of a machine that needs base_ns + row_ns per row, for n_steps steps.
static uint64_t last_step_ns(double base_ns, double row_ns, int n_steps)
{
    struct pace pace = {0};
    uint64_t step_ns = 0;
    for (int i = 0; i < n_steps; i++) {
        uint32_t n_rows = pace_rows(&pace, 0, 300000000, 4096);
        step_ns = (uint64_t)(base_ns + row_ns * n_rows);
        pace_observe(&pace, 0, n_rows, step_ns);
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

TEST(scheduler, subtracts_decode_from_the_time_for_a_chunk)
{
    (void)state;
    struct pace pace = {.row_ns = 1e6, .decode_ns = 100e6};
    assert_int_equal(pace_rows(&pace, 3, 300000000, 4096), 200);
    assert_int_equal(pace_rows(&pace, 0, 300000000, 4096), 300);
    assert_int_equal(pace_rows(&pace, 0, 300000000, 64), 64);
}

RUN_TESTS(IS(scheduler, admits_by_priority_then_arrival),
          IS(scheduler, lets_nobody_past_one_overtaken_often),
          IS(scheduler, works_on_the_shortest_prompt_and_sometimes_on_the_oldest),
          IS(scheduler, leaves_background_prefill_until_nothing_else_is_there),
          IS(scheduler, fits_chunks_into_the_time_that_others_may_wait),
          IS(scheduler, subtracts_decode_from_the_time_for_a_chunk))
