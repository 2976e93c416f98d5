// Where words end.  In the cases a bar stands between words; they were read off the regular
// expressions that pretokenize.c writes out by hand.
#include "base/buf.h"
#include "base/memory.h"
#include "base/rng.h"
#include "tests/test.h"
#include "text/pretokenize.h"

// clang-format off
static const struct {
    const char *pre, *words;
} cases[] = {
    {"qwen2", "I|'m| sure| THEY|'LL| | go|,| don|'t|\tyou|?"},
    {"qwen2", "x| =| |1|2|3|4|5|;\n\n|   | return| | y"},
    {"qwen2", "  \n \n| | word"},
    {"qwen2", "naïve|\u0301| e|\u0301te|\u0301| 日本語|。|1|2|3"},
    {"qwen2", "a|\u3000b| |\u00A0c"},
    {"qwen2", "'s|'S|s| ''|ll"},
    {"qwen2", " \t\r\n|\t"},
    {"qwen2", "!!!\r\n\n|??| \n"},
    {"llama-bpe", "123|456|7| |12| |½²³|4"},
    {"llama-bpe", "abc|123|def| |007|'d"},
    {"qwen35", "e\u0301te\u0301| ह\u093Fन\u094Dद\u0940| |1|2"},
    {"qwen35", "\u0301a| \u0301\u0302|!\u0301"},
    {"gpt-2", "don|'t| DON|'|T| 1234| ab|12"},
    {"gpt-2", "a|\n\n| b|\n"},
    {"gpt-2", " | two|  | three| "},
    {"gpt-2", "x|+=|1|;| //| ok"},
    {"starcoder", "v|1|.|2|3| =| |4|5|6|  "},
    {"starcoder", "a|  |1"},
    {"default", "a|+|b|=|c| |$|5| |123|45| |(|x|)"},
    {"default", "123|456|7|,| don|'|t"},
    {"falcon", "`|a|`| |123|45| b|+|c"},
    {"falcon", "123|456|7|^|89"},
    {"tekken", "HTTPServer| get|URLs| I|'m| ABC"},
    {"tekken", "É|COLE| École| é|A| aÉ|/| x| /\n/|b"},
    {"tekken", "1|2| a|\tB"},
    {"gpt-4o", "IT'S| We'll| |123|45| don't|."},
    {"gpt-4o", "Open|AI's|\n\n| | x"},
    {"deepseek-llm", "Hello|,| wOrld| |日本| |12|\n| | end|  "},
    {"deepseek-llm", "a|\u3000。|b| ---|  "},
    {"deepseek-coder", "if| (|x|1| == |2|3|)| {|\n|\ty|();"},
    {"deepseek-coder", "中文|abc|,| def| "},
    {"deepseek-v3", "123|45|abc| .|foo|(bar|)| $|x| |日本語かな| abc"},
    {"deepseek-v3", "a\u0301b| | !!\n\n| c|\001|\002d"},
    {"gemma4", "one two|\n\n\n|three|\n"},
    {"gemma4", "\n"},
};
// clang-format on

static const char *const all_rules[] = {
    "qwen2",        "qwen35",         "llama-bpe",   "gpt-2",  "starcoder", "default", "falcon",
    "deepseek-llm", "deepseek-coder", "deepseek-v3", "gemma4", "tekken",    "gpt-4o"};

static struct str without_bars(const char *words, struct buf *out)
{
    buf_reset(out);
    for (const char *at = words; *at; at++)
        if (*at != '|')
            buf_append_byte(out, *at);
    return (struct str){out->data, out->size};
}

TEST(pretokenize, words_end_where_the_expressions_say)
{
    (void)state;
    struct buf text = {0}, got = {0};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct splitter splitter;
        struct str word;
        buf_reset(&got);
        splitter_init(&splitter, split_rule_find(str_of(cases[i].pre)),
                      without_bars(cases[i].words, &text));
        while (splitter_next(&splitter, &word)) {
            if (got.size)
                buf_append_byte(&got, '|');
            buf_append(&got, word.data, word.size);
        }
        assert_string_equal(got.data, cases[i].words);
    }
    buf_release(&text);
    buf_release(&got);
}

TEST(pretokenize, words_cover_any_bytes)
{
    (void)state;
    static const char alphabet[] = "aB1 \n\r'.\xC3\xA9\xE6\x97\xFF\x80";
    struct rng rng;
    rng_seed(&rng, 7);
    for (size_t i = 0; i < COUNT_OF(all_rules); i++) {
        for (int round = 0; round < 500; round++) {
            char bytes[40];
            size_t size = rng_below(&rng, sizeof bytes + 1), at = 0;
            for (size_t k = 0; k < size; k++)
                bytes[k] = round % 2 ? alphabet[rng_below(&rng, sizeof alphabet - 1)]
                                     : (char)rng_next(&rng);
            struct splitter splitter;
            struct str word;
            splitter_init(&splitter, split_rule_find(str_of(all_rules[i])),
                          (struct str){bytes, size});
            while (splitter_next(&splitter, &word)) {
                assert_ptr_equal(word.data, bytes + at);
                assert_true(word.size > 0);
                at += word.size;
            }
            assert_int_equal(at, size);
        }
    }
}

#define SIZE (256 * KIB)

// The runs that make careless splitters look at everything again from every place.
TEST(pretokenize, long_runs_take_one_pass)
{
    (void)state;
    static const char *const units[] = {" ", "\n",           "a",   "1", " \n", "\t", "'",
                                        ".", "\xE3\x80\x80", "\xFF"};
    char *bytes = malloc(SIZE + 8);
    for (size_t i = 0; i < COUNT_OF(all_rules); i++) {
        for (size_t k = 0; k < COUNT_OF(units); k++) {
            size_t unit = strlen(units[k]), size = 0, n_words = 0;
            for (; size < SIZE; size += unit)
                memcpy(bytes + size, units[k], unit);
            memcpy(bytes + size, "x", 1); // so that white space is not at the end
            struct splitter splitter;
            struct str word;
            splitter_init(&splitter, split_rule_find(str_of(all_rules[i])),
                          (struct str){bytes, size + 1});
            while (splitter_next(&splitter, &word))
                n_words++;
            assert_true(n_words >= 1);
        }
    }
    free(bytes);
}

TEST(pretokenize, knows_names_and_says_when_it_does_not)
{
    (void)state;
    assert_null(split_rule_find(STR("qwen2000")));
    assert_ptr_equal(split_rule_find(STR("default")), split_rule_default());
    assert_true(split_rule_takes_whole_words(split_rule_find(STR("llama-bpe"))));
    assert_false(split_rule_takes_whole_words(split_rule_find(STR("qwen2"))));
}

// A quarter of the texts of the Qwen 3.5 cases has marks or scripts; whatever the vocabulary, a word
// is at least one token.
TEST(pretokenize, qwen35_makes_no_more_words_than_published_tokens)
{
    NEED_DATA(folder);
    char path[4096];
    snprintf(path, sizeof path, "%s/data/tokenizers/qwen35-cases.tsv", folder);
    char *file = test_read_file(path, NULL);
    size_t n_cases = 0;
    for (char *line = strtok(file, "\n"); line; line = strtok(NULL, "\n")) {
        char *hex = strchr(line, '\t'), *ids = hex ? strchr(hex + 1, '\t') : NULL;
        if (line[0] == '#' || !ids || strstr(line, "3c7c")) // special tokens are found before
            continue;
        struct buf text = {0};
        for (hex++; hex + 1 < ids; hex += 2) {
            unsigned byte = 0;
            sscanf(hex, "%2x", &byte);
            buf_append_byte(&text, (int)byte);
        }
        size_t n_ids = 0, n_words = 0;
        for (char *at = ids; *at; at++)
            n_ids += (at[0] == '\t' || at[0] == ' ') && at[1] >= '0' && at[1] <= '9';
        struct splitter splitter;
        struct str word;
        splitter_init(&splitter, split_rule_find(STR("qwen35")),
                      (struct str){text.data, text.size});
        while (splitter_next(&splitter, &word))
            n_words++;
        if (n_words > n_ids)
            fail_msg("%s: %zu words, %zu tokens", line, n_words, n_ids);
        n_cases++;
        buf_release(&text);
    }
    free(file);
    assert_true(n_cases > 30);
}

RUN_TESTS(IS(pretokenize, words_end_where_the_expressions_say),
          IS(pretokenize, words_cover_any_bytes), IS(pretokenize, long_runs_take_one_pass),
          IS(pretokenize, knows_names_and_says_when_it_does_not),
          IS(pretokenize, qwen35_makes_no_more_words_than_published_tokens))
