// Bounded numbers: a prefix is live exactly when some continuation is in the set.
#include <math.h>

#include "sample/number_spec.h"
#include "tests/test.h"

// Whether a number of at most four more characters begins with `prefix`, by trying all of them.
static bool can_become(const struct number_spec *spec, char *text, size_t size, int n_more)
{
    static const char alphabet[] = "0123456789-.";
    if (size && number_spec_takes(spec, (struct str){text, size}))
        return true;
    for (const char *c = alphabet; *c && n_more; c++) {
        text[size] = *c;
        if (can_become(spec, text, size + 1, n_more - 1))
            return true;
    }
    return false;
}

static void check_prefixes(const struct number_spec *spec, struct number_table *table,
                           uint32_t node, char *text, size_t size)
{
    static const char alphabet[] = "0123456789-.";
    for (const char *c = alphabet; *c && size < 4; c++) {
        char copy[16];
        text[size] = *c;
        uint32_t next = number_step(table, node, (unsigned char)*c);
        memcpy(copy, text, size + 1);
        bool is_possible = can_become(spec, copy, size + 1, 4);
        if ((next != 0) != is_possible)
            fail_msg("%.*s is %s", (int)(size + 1), text, next ? "live but leads nowhere" : "dead");
        if (next)
            check_prefixes(spec, table, next, text, size + 1);
    }
}

TEST(number_spec, prefixes_are_live_exactly_when_they_can_be_completed)
{
    (void)state;
    static const struct number_spec specs[] = {
        {.takes_integers = true, .has_min = true, .min = 17, .has_max = true, .max = 230},
        {.takes_integers = true, .has_min = true, .min = -35, .has_max = true, .max = -4},
        {.takes_integers = true,
         .has_min = true,
         .min = -3,
         .excludes_min = true,
         .has_max = true,
         .max = 2},
        {.takes_integers = true,
         .factor = 7,
         .has_min = true,
         .min = 30,
         .has_max = true,
         .max = 60},
        {.takes_integers = true,
         .takes_fractions = true,
         .has_min = true,
         .min = 0.5,
         .has_max = true,
         .max = 1,
         .excludes_max = true},
        {.takes_integers = true,
         .takes_fractions = true,
         .has_min = true,
         .min = 9.5,
         .has_max = true,
         .max = 10.25},
    };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct number_table table = {0};
        char text[16];
        uint32_t i_spec = number_table_add(&table, &specs[i]);
        check_prefixes(&specs[i], &table, number_start(&table, i_spec), text, 0);
        number_table_release(&table);
    }
}

TEST(number_spec, multiples_of_two_factors_are_multiples_of_both)
{
    (void)state;
    struct number_spec spec = {.takes_integers = true, .takes_fractions = true};
    assert_true(number_spec_multiple_of(&spec, STR("0.5")));
    assert_true(number_spec_multiple_of(&spec, STR("0.75")));
    assert_true(number_spec_takes(&spec, STR("1.5")));
    assert_false(number_spec_takes(&spec, STR("0.75")));
    assert_false(number_spec_multiple_of(&spec, STR("-1")));
}

TEST(number_spec, bounds_that_cross_leave_nothing)
{
    (void)state;
    const struct number_spec crossed = {
        .takes_integers = true, .has_min = true, .min = 3, .has_max = true, .max = 2};
    const struct number_spec between = {
        .takes_integers = true, .has_min = true, .min = 2.1, .has_max = true, .max = 2.9};
    assert_true(number_spec_is_empty(&crossed));
    assert_true(number_spec_is_empty(&between));
}

RUN_TESTS(IS(number_spec, prefixes_are_live_exactly_when_they_can_be_completed),
          IS(number_spec, multiples_of_two_factors_are_multiples_of_both),
          IS(number_spec, bounds_that_cross_leave_nothing))
