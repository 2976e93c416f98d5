#include "engine/snapshots.h"
#include "tests/engine/fake_model.h"
#include "tests/test.h"

TEST(snapshots, choose_all_boundaries_when_there_are_few)
{
    (void)state;
    const uint32_t boundaries[] = {100, 200, 300};
    uint32_t marks[8];
    assert_int_equal(snapshots_choose(marks, 8, boundaries, 3, 0, 310), 3);
    assert_memory_equal(marks, boundaries, sizeof boundaries);
}

TEST(snapshots, choose_only_what_is_still_to_come)
{
    (void)state;
    const uint32_t boundaries[] = {100, 200, 300, 400};
    uint32_t marks[8];
    assert_int_equal(snapshots_choose(marks, 8, boundaries, 4, 100, 400), 2);
    assert_int_equal(marks[0], 200);
    assert_int_equal(marks[1], 300);
    assert_int_equal(snapshots_choose(marks, 8, boundaries, 4, 400, 500), 0);
    assert_int_equal(snapshots_choose(marks, 8, NULL, 0, 0, 500), 0);
}

TEST(snapshots, choose_ever_fewer_further_back_and_always_the_trunk)
{
    (void)state;
    uint32_t boundaries[400], marks[64];
    for (uint32_t i = 0; i < 400; i++)
        boundaries[i] = 1000 + i * 100;
    size_t n = snapshots_choose(marks, 64, boundaries, 400, 0, 41000);
    assert_in_range(n, 8, 24);
    assert_int_equal(marks[0], 1000);
    assert_int_equal(marks[n - 1], 40900);
    assert_int_equal(marks[n - 2], 40800);
    for (size_t i = 1; i < n; i++)
        assert_true(marks[i] > marks[i - 1]);
    for (uint32_t cut = 200; cut < 40000; cut += 100) {
        uint32_t at = 41000 - cut, best = 0;
        for (size_t i = 0; i < n; i++)
            best = marks[i] <= at ? marks[i] : best;
        assert_true(at - best <= cut / 2 + 100);
    }
}

TEST(snapshots, choose_the_trunk_and_the_end_when_places_are_few)
{
    (void)state;
    const uint32_t boundaries[] = {100, 200, 300, 400};
    uint32_t marks[2];
    assert_int_equal(snapshots_choose(marks, 2, boundaries, 4, 0, 500), 2);
    assert_int_equal(marks[0], 100);
    assert_int_equal(marks[1], 400);
    assert_int_equal(snapshots_choose(marks, 1, boundaries, 4, 0, 500), 1);
    assert_int_equal(marks[0], 100);
}

RUN_TESTS(IS(snapshots, choose_all_boundaries_when_there_are_few),
          IS(snapshots, choose_only_what_is_still_to_come),
          IS(snapshots, choose_ever_fewer_further_back_and_always_the_trunk),
          IS(snapshots, choose_the_trunk_and_the_end_when_places_are_few))
