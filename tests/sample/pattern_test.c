// Patterns as schemas use them, against the texts they match and do not match.
#include "sample/pattern.h"
#include "sample/regex_dfa.h"
#include "tests/test.h"

struct row {
    const char *pattern;
    const char *matching[4], *other[4];
};

static void check(const struct row *rows, size_t n, bool is_relaxed)
{
    for (size_t r = 0; r < n; r++) {
        struct regex_pool *pool = regex_pool_open(200000);
        const struct pattern_options options = {.form = TEXT_RAW};
        const char *relaxed;
        struct error error;
        struct dfa dfa;
        regex_id regex;
        dfa_init(&dfa, pool, 20000);
        if (pattern_compile(pool, &regex, str_of(rows[r].pattern), &options, &relaxed, &error))
            fail_msg("%s: %s", rows[r].pattern, error.text);
        assert_int_equal(relaxed != NULL, is_relaxed);
        dfa_state start = dfa_start(&dfa, regex, DFA_DEAD, 0);
        for (size_t i = 0; i < 4 && rows[r].matching[i]; i++)
            if (!dfa_matches(&dfa, start, str_of(rows[r].matching[i])))
                fail_msg("%s does not match %s", rows[r].pattern, rows[r].matching[i]);
        for (size_t i = 0; i < 4 && rows[r].other[i]; i++)
            if (dfa_matches(&dfa, start, str_of(rows[r].other[i])))
                fail_msg("%s matches %s", rows[r].pattern, rows[r].other[i]);
        dfa_release(&dfa);
        regex_pool_close(pool);
    }
}

TEST(pattern, matches_what_ecmascript_matches)
{
    (void)state;
    static const struct row rows[] = {
        {"^a.c$",
         {"abc", "a\xe4\xb8\xad"
                 "c"},
         {"ac", "a\nc", "abcd"}},
        {"b+?", {"abbc", "b"}, {"ac", ""}},
        {"^[\\w-]{2,3}$", {"a-", "_9z"}, {"a", "abcd", "a\xc3\xa9"}},
        {"^[^\\d\\s]+$", {"a\xc3\xa9-"}, {"a1", "a b", "\xe2\x80\x83"}},
        {"^(?:ab|cd)*$", {"", "abcdab"}, {"abc"}},
        {"^a|b$", {"ax", "xb"}, {"xax"}},
        {"^(a|^b)c", {"ac", "bcd"}, {"xac"}},
        {"^([^,]+(,|$)){2,}$", {"a,b", "a,b,c"}, {"a", "a,,b"}},
        {"^\\u0041\\x42\\cJ$", {"AB\n"}, {"AB"}},
        {"^\\p{L}+$", {"a\xc3\xa9\xd0\xb6"}, {"a1"}},
        {"^\\P{N}$", {"a"}, {"1"}},
        {"^[[:alpha:]_]+$", {"ab_"}, {"a1"}},
        {"^(?<year>\\d{4})-$", {"2024-"}, {"204-"}},
        {"^(?!.*(foo|bar))[a-z]+$", {"baz", "fo"}, {"xfoo", "barx"}},
        {"(?=.*x)(?=.*y)", {"xy", "y-x"}, {"x", ""}},
        {"^a{,2}b{2,}c{0}$", {"bb", "aabbb"}, {"ab", "aaabb", "bbc"}},
        {"^{a}$", {"{a}"}, {"a"}},
        {"^(a{1,3}){1,3}$", {"a", "aaaaaaaaa"}, {"", "aaaaaaaaaa"}},
    };
    check(rows, sizeof rows / sizeof *rows, false);
}

TEST(pattern, what_has_no_automaton_matches_more_and_is_told)
{
    (void)state;
    static const struct row rows[] = {
        {"^\\bfoo\\b$", {"foo"}, {"fo"}},
        {"^(?<=x)a$", {"a"}, {"b"}},
        {"^(a|b)\\1$", {"aa", "ab"}, {"c"}},
        {"^(?=b)a?c$", {"ac"}, {"b"}},
    };
    for (size_t i = 0; i < 3; i++)
        check(&rows[i], 1, true);
}

TEST(pattern, wrong_syntax_is_refused)
{
    (void)state;
    static const char *const wrong[] = {"(",     "a)",    "[a",  "*a",  "a{3,2}",
                                        "[z-a]", "(?Xa)", "a\\", "[^\\"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct regex_pool *pool = regex_pool_open(10000);
        const struct pattern_options options = {.form = TEXT_RAW};
        const char *relaxed;
        struct error error;
        regex_id regex;
        assert_int_equal(
            pattern_compile(pool, &regex, str_of(wrong[i]), &options, &relaxed, &error),
            ERR_FORMAT);
        regex_pool_close(pool);
    }
}

RUN_TESTS(IS(pattern, matches_what_ecmascript_matches),
          IS(pattern, what_has_no_automaton_matches_more_and_is_told),
          IS(pattern, wrong_syntax_is_refused))
