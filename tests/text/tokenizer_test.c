#include "base/memory.h"
#include "base/rng.h"
#include "tests/test.h"
#include "tests/text/small_vocab.h"

static const char *const merges[] = {"l l",          "h e",           "he ll",         "hell o",
                                     "\u0120 hello", "a a",           "aa aa",         "i m",
                                     "q qq",         "\u010A \u010A", "\u00C3 \u00A9", NULL};

enum { // ids behind the 256 bytes and the 11 merges
    FIRST = 256 + 11,
    START = FIRST,
    END,
    THINK,
    THINK_TO,
    TOOL,
    SPARE,
    SLOPPY_END,
    PADDING,
    DOUBLE_END,
};

static const struct small_token tokens[] = {
    {"<|im_start|>", TOKEN_CONTROL, 0}, {"<|end|>", TOKEN_CONTROL, 0},
    {"<think>", TOKEN_USER_DEFINED, 0}, {"<think>ing", TOKEN_USER_DEFINED, 0},
    {"<tool>", TOKEN_USER_DEFINED, 0},  {"<spare>", TOKEN_UNUSED, 0},
    {"<|im_end|>", TOKEN_NORMAL, 0},    {"[PAD7]", TOKEN_NORMAL, 0},
    {"<|end|>", TOKEN_CONTROL, 0},      {NULL, 0, 0},
};

static const struct small_vocab bpe = {
    .model = "gpt2", .pre = "qwen2", .merges = merges, .tokens = tokens, .bos = -1, .eos = END};

static void open_small(struct small *small, const struct small_vocab *vocab)
{
    struct error error = {0};
    if (small_open(small, vocab, &error))
        fail_msg("%s", error.text);
}

// Encodes and compares with tokens given by their texts, NULL at the end.
static void check_tokens(const struct tokenizer *tokenizer, struct token_list *got,
                         const char *const *want)
{
    size_t n = 0;
    for (; want[n]; n++) {
        assert_true(n < got->n_ids);
        struct str bytes = tokenizer_bytes(tokenizer, got->ids[n]);
        if (!str_is(bytes, want[n]))
            fail_msg("token %zu is '%.*s', not '%s'", n, (int)bytes.size, bytes.data, want[n]);
    }
    assert_int_equal(got->n_ids, n);
    token_list_release(got);
}

static void check(const struct small *small, const char *text, bool is_markup,
                  const char *const *want)
{
    struct token_list got = {0};
    tokenizer_encode(small->tokenizer, &got, str_of(text), is_markup);
    check_tokens(small->tokenizer, &got, want);
}

#define TOKENS(...) ((const char *const[]){__VA_ARGS__, NULL})

TEST(bpe, merges_by_rank_and_from_the_left)
{
    (void)state;
    struct small small;
    open_small(&small, &bpe);
    check(&small, "hello hello", false, TOKENS("hello", " hello"));
    check(&small, "hhelll", false, TOKENS("h", "hell", "l")); // "l l" comes before "he ll"
    check(&small, "aaaaaaa", false, TOKENS("aaaa", "aa", "a"));
    check(&small, "\n\n\n", false, TOKENS("\n\n", "\n"));
    check(&small, "caf\u00E9", false, TOKENS("c", "a", "f", "\u00E9"));
    small_close(&small);
}

TEST(bpe, a_merge_of_something_unknown_never_happens)
{
    (void)state;
    struct small small;
    open_small(&small, &bpe);
    check(&small, "qqq", false, TOKENS("q", "q", "q")); // there is no "qq"
    assert_int_not_equal(tokenizer_find(small.tokenizer, STR("qqq")), TOKEN_NONE);
    small_close(&small);
}

TEST(bpe, takes_a_whole_word_where_the_model_does)
{
    (void)state;
    struct small small;
    struct small_vocab llama = bpe;
    llama.pre = "llama-bpe";
    open_small(&small, &llama);
    check(&small, "qqq", false, TOKENS("qqq"));
    small_close(&small);
}

TEST(bpe, any_bytes_come_back)
{
    (void)state;
    struct small small;
    struct rng rng;
    rng_seed(&rng, 5);
    open_small(&small, &bpe);
    for (int round = 0; round < 300; round++) {
        char bytes[2000];
        size_t size = rng_below(&rng, round % 10 ? 40 : sizeof bytes), at = 0;
        for (size_t i = 0; i < size; i++)
            bytes[i] = (char)(round % 2 ? rng_next(&rng)
                                        : (uint64_t) "hel o\n\xC3\xA9"[rng_below(&rng, 8)]);
        struct token_list got = {0};
        tokenizer_encode(small.tokenizer, &got, (struct str){bytes, size}, false);
        for (size_t i = 0; i < got.n_ids; i++) {
            struct str token = tokenizer_bytes(small.tokenizer, got.ids[i]);
            assert_true(at + token.size <= size && memcmp(bytes + at, token.data, token.size) == 0);
            at += token.size;
        }
        assert_int_equal(at, size);
        token_list_release(&got);
    }
    small_close(&small);
}

// A text long enough for the word cache, against its lines one at a time.
TEST(bpe, a_long_text_is_its_lines)
{
    (void)state;
    struct small small;
    struct rng rng;
    struct buf text = {0};
    struct token_list whole = {0}, lines = {0};
    rng_seed(&rng, 11);
    open_small(&small, &bpe);
    for (int line = 0; line < 400; line++) {
        size_t start = text.size;
        for (uint64_t i = 0, n = 1 + rng_below(&rng, 6); i < n; i++) {
            for (uint64_t k = 0, size = 1 + rng_below(&rng, 5); k < size; k++)
                buf_append_byte(&text, "hela"[rng_below(&rng, 4)]);
            buf_append_text(&text, i + 1 < n ? " " : ";\n"); // ends the word, newline and all
        }
        tokenizer_encode(small.tokenizer, &lines,
                         (struct str){text.data + start, text.size - start}, false);
    }
    tokenizer_encode(small.tokenizer, &whole, (struct str){text.data, text.size}, false);
    assert_int_equal(whole.n_ids, lines.n_ids);
    assert_memory_equal(whole.ids, lines.ids, whole.n_ids * sizeof *whole.ids);
    token_list_release(&whole);
    token_list_release(&lines);
    buf_release(&text);
    small_close(&small);
}

TEST(tokenizer, control_tokens_are_found_in_markup_only)
{
    (void)state;
    struct small small;
    open_small(&small, &bpe);
    check(&small, "<|end|>hello", true, TOKENS("<|end|>", "hello"));
    check(&small, "<|end|>", false, TOKENS("<", "|", "e", "n", "d", "|", ">"));
    small_close(&small);
}

TEST(tokenizer, user_defined_tokens_are_found_anywhere_until_they_are_marked)
{
    (void)state;
    struct small small;
    open_small(&small, &bpe);
    check(&small, "a<tool>", false, TOKENS("a", "<tool>"));
    tokenizer_mark_markup(small.tokenizer, TOOL);
    check(&small, "a<tool>", false, TOKENS("a", "<", "t", "o", "o", "l", ">"));
    check(&small, "a<tool>", true, TOKENS("a", "<tool>"));
    check(&small, "<think>", false, TOKENS("<think>"));
    small_close(&small);
}

TEST(tokenizer, the_longest_special_text_counts)
{
    (void)state;
    struct small small;
    open_small(&small, &bpe);
    check(&small, "<think>ing<think>in", false, TOKENS("<think>ing", "<think>", "i", "n"));
    // When the longer one may not be taken here, the shorter one still is.
    tokenizer_mark_markup(small.tokenizer, THINK_TO);
    check(&small, "<think>ing", false, TOKENS("<think>", "i", "n", "g"));
    small_close(&small);
}

static void check_ranges(const struct small *small, const char *text,
                         const struct text_range *ranges, size_t n_ranges, const char *const *want)
{
    struct token_list got = {0};
    tokenizer_encode_ranges(small->tokenizer, &got, str_of(text), ranges, n_ranges);
    check_tokens(small->tokenizer, &got, want);
}

TEST(tokenizer, words_run_across_ranges_and_control_tokens_do_not)
{
    (void)state;
    struct small small;
    open_small(&small, &bpe);
    struct text_range words[] = {{0, 7, true}, {7, 3, false}, {10, 2, true}};
    check_ranges(&small, "<|end|>hello", words, 3, TOKENS("<|end|>", "hello"));
    struct text_range cut[] = {{0, 3, true}, {3, 4, false}};
    check_ranges(&small, "<|end|>", cut, 2, TOKENS("<", "|", "e", "n", "d", "|", ">"));
    struct text_range last[] = {{0, 7, false}, {7, 7, true}};
    check_ranges(&small, "<|end|><|end|>", last, 2,
                 TOKENS("<", "|", "e", "n", "d", "|", ">", "<|end|>"));
    struct text_range open[] = {{0, 4, true}, {4, 4, false}}; // a user-defined one may straddle
    check_ranges(&small, "a<think>", open, 2, TOKENS("a", "<think>"));
    small_close(&small);
}

TEST(tokenizer, knows_ends_and_padding)
{
    (void)state;
    struct small small;
    open_small(&small, &bpe);
    const struct tokenizer *t = small.tokenizer;
    assert_true(tokenizer_is_end(t, END) && tokenizer_is_end(t, SLOPPY_END));
    assert_false(tokenizer_is_end(t, START) || tokenizer_is_end(t, THINK));
    assert_int_equal(tokenizer_kind(t, SLOPPY_END), TOKEN_CONTROL);
    assert_true(tokenizer_is_samplable(t, 'a') && tokenizer_is_samplable(t, END));
    assert_false(tokenizer_is_samplable(t, SPARE) || tokenizer_is_samplable(t, PADDING));
    assert_false(tokenizer_is_samplable(t, (token_id)tokenizer_n_tokens(t)));
    assert_false(tokenizer_is_samplable(t, TOKEN_NONE) || tokenizer_is_end(t, TOKEN_NONE));
    assert_int_equal(tokenizer_find(t, STR("<|end|>")), END); // not its double
    assert_int_equal(tokenizer_find(t, STR("nothing")), TOKEN_NONE);
    assert_int_equal(tokenizer_eos(t), END);
    assert_int_equal(tokenizer_bos(t), TOKEN_NONE);
    assert_false(tokenizer_adds_bos(t) || tokenizer_adds_space(t));
    assert_null(tokenizer_note(t));
    small_close(&small);
}

TEST(tokenizer, oddities_are_noted_and_survived)
{
    (void)state;
    struct small small;
    struct small_vocab odd = bpe;
    odd.pre = "nobodys";
    odd.eos = 5000;
    open_small(&small, &odd);
    assert_non_null(strstr(tokenizer_note(small.tokenizer), "'nobodys' is not known"));
    assert_non_null(strstr(tokenizer_note(small.tokenizer), "eos_token_id is 5000"));
    assert_int_equal(tokenizer_eos(small.tokenizer), TOKEN_NONE);
    small_close(&small);
}

TEST(tokenizer, files_that_contradict_themselves_are_refused_in_words)
{
    (void)state;
    static const struct small_token bad_kind[] = {{"x", 9, 0}, {NULL, 0, 0}};
    const struct {
        struct small_vocab vocab;
        const char *says;
    } files[] = {
        {{.model = "bert", .bos = -1, .eos = -1}, "'bert' is not one we know"},
        {{.model = "gpt2", .no_merges = true, .bos = -1, .eos = -1}, "no list of merges"},
        {{.model = "gpt2", .n_types_missing = 3, .bos = -1, .eos = -1},
         "token_type has 253 items for 256 tokens"},
        {{.model = "gpt2", .tokens = bad_kind, .bos = -1, .eos = -1}, "token 256 has type 9"},
        {{.model = "gpt2", .bad_merge = "ab", .bos = -1, .eos = -1}, "merge 0 of"},
        {{.model = "llama", .no_scores = true, .bos = -1, .eos = -1}, "scores has 0 items"},
        {{.model = "llama", .no_bytes = true, .bos = -1, .eos = -1}, "no list of tokens"},
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct small small;
        struct error error = {0};
        assert_int_not_equal(small_open(&small, &files[i].vocab, &error), OK);
        if (!strstr(error.text, files[i].says))
            fail_msg("says '%s', not '%s'", error.text, files[i].says);
        small_close(&small);
    }
}

TEST(tokenizer, reports_every_allocation_that_fails)
{
    (void)state;
    struct small small;
    struct error error;
    bool is_open = false;
    for (uint64_t n = 1; n < 40 && !is_open; n++) {
        mem_fail_after(n);
        enum err err = small_open(&small, &bpe, &error);
        mem_fail_after(0);
        assert_true(err == OK || err == ERR_MEMORY);
        is_open = err == OK;
        small_close(&small);
    }
    assert_true(is_open);
}

// ---- SentencePiece ----

static const struct small_token pieces[] = {
    {"<unk>", TOKEN_UNKNOWN, 0},
    {"<s>", TOKEN_CONTROL, 0},
    {"</s>", TOKEN_CONTROL, 0},
    {"\u2581", TOKEN_NORMAL, -9},
    {"h", TOKEN_NORMAL, -9},
    {"e", TOKEN_NORMAL, -9},
    {"l", TOKEN_NORMAL, -9},
    {"o", TOKEN_NORMAL, -9},
    {"a", TOKEN_NORMAL, -9},
    {"he", TOKEN_NORMAL, -1},
    {"lo", TOKEN_NORMAL, -0.5f},
    {"ll", TOKEN_NORMAL, -2},
    {"\u2581he", TOKEN_NORMAL, -3},
    {"aa", TOKEN_NORMAL, -4},
    {"\u2581\u2581", TOKEN_NORMAL, -4},
    {"\n\n", TOKEN_USER_DEFINED, 0},
    {"<", TOKEN_NORMAL, -9},
    {"/s", TOKEN_NORMAL, -9},
    {"</s", TOKEN_NORMAL, -1},
    {"/", TOKEN_NORMAL, -9},
    {"s", TOKEN_NORMAL, -9},
    {">", TOKEN_NORMAL, -9},
    {NULL, 0, 0},
};

static const struct small_vocab spm = {
    .model = "llama", .tokens = pieces, .no_merges = true, .bos = 257, .eos = 258};

TEST(spm, merges_by_score_and_from_the_left)
{
    (void)state;
    struct small small;
    open_small(&small, &spm);
    check(&small, "hello", false, TOKENS(" he", "l", "lo")); // "lo", "he", then " he"
    check(&small, "aaa", false, TOKENS(" ", "aa", "a"));
    check(&small, "he he", false, TOKENS(" he", " he"));
    check(&small, "a  he", false, TOKENS(" ", "a", " ", " he"));
    small_close(&small);
}

TEST(spm, what_has_no_token_becomes_bytes)
{
    (void)state;
    struct small small;
    open_small(&small, &spm);
    check(&small, "\u00E9", false, TOKENS(" ", "\xC3", "\xA9"));
    // A text's own U+2581 is not a space, and comes back as itself.
    check(&small, "\u2581", false, TOKENS(" ", "\xE2", "\x96", "\x81"));
    small_close(&small);
}

TEST(spm, without_bytes_it_is_the_unknown_token)
{
    (void)state;
    struct small small;
    struct small_vocab poor = spm;
    poor.no_bytes = true;
    poor.bos = poor.eos = -1;
    open_small(&small, &poor);
    check(&small, "h\u00E9", false, TOKENS(" ", "h", "<unk>"));
    assert_int_equal(tokenizer_bos(small.tokenizer), 1);
    assert_true(tokenizer_adds_bos(small.tokenizer));
    small_close(&small);
}

TEST(spm, text_never_spells_a_control_token)
{
    (void)state;
    struct small small;
    open_small(&small, &spm);
    check(&small, "</s>", false, TOKENS(" ", "</s", ">"));
    check(&small, "</s>", true, TOKENS("</s>"));
    small_close(&small);
}

TEST(spm, a_space_begins_what_follows_a_special_token)
{
    (void)state;
    struct small small;
    open_small(&small, &spm);
    check(&small, "<s>he\n\nhe", true, TOKENS("<s>", " he", "\n\n", " he"));
    check(&small, "", true, (const char *const[]){NULL});
    small_close(&small);
}

// Cutting a text at its spaces changes nothing unless a token has one inside; then it is not cut.
TEST(spm, words_are_a_shortcut_and_no_difference)
{
    (void)state;
    struct small_token more[64] = {{NULL, 0, 0}};
    size_t n = 0;
    while (pieces[n].text) {
        more[n] = pieces[n];
        n++;
    }
    more[n] = (struct small_token){"z\u2581z", TOKEN_NORMAL, -1};
    struct small_vocab whole = spm;
    whole.tokens = more;
    struct small cut_small, whole_small;
    struct rng rng;
    rng_seed(&rng, 31);
    open_small(&cut_small, &spm);
    open_small(&whole_small, &whole);
    for (int round = 0; round < 500; round++) {
        char text[60];
        struct token_list a = {0}, b = {0};
        size_t size = rng_below(&rng, sizeof text);
        for (size_t i = 0; i < size; i++)
            text[i] = "helao  \n"[rng_below(&rng, 8)];
        tokenizer_encode(cut_small.tokenizer, &a, (struct str){text, size}, false);
        tokenizer_encode(whole_small.tokenizer, &b, (struct str){text, size}, false);
        assert_int_equal(a.n_ids, b.n_ids);
        if (a.n_ids)
            assert_memory_equal(a.ids, b.ids, a.n_ids * sizeof *a.ids);
        token_list_release(&a);
        token_list_release(&b);
    }
    small_close(&cut_small);
    check(&whole_small, "z z", false, TOKENS(" ", "z", " ", "z")); // no "z " to get there by
    small_close(&whole_small);
}

// ---- Gemma 4 ----

TEST(gemma4, merges_characters_within_lines)
{
    (void)state;
    static const char *const gemma_merges[] = {"\u2581 a", "\u2581a b", "\n \n", NULL};
    static const struct small_token letters[] = {
        {"<bos>", TOKEN_CONTROL, 0}, {"\u2581", TOKEN_NORMAL, 0},
        {"a", TOKEN_NORMAL, 0},      {"b", TOKEN_NORMAL, 0},
        {"\n", TOKEN_NORMAL, 0},     {"\n\n\n", TOKEN_NORMAL, 0},
        {"<eos>", TOKEN_NORMAL, 0},  {NULL, 0, 0},
    };
    const struct small_vocab gemma = {
        .model = "gemma4", .merges = gemma_merges, .tokens = letters, .bos = 259, .eos = -1};
    struct small small;
    open_small(&small, &gemma);
    check(&small, "ab ab\n\n\n\u00E9\n", false,
          TOKENS("a", "b", " ab", "\n\n\n", "\xC3", "\xA9", "\n"));
    assert_true(tokenizer_adds_bos(small.tokenizer));
    assert_true(tokenizer_is_end(small.tokenizer, tokenizer_find(small.tokenizer, STR("<eos>"))));
    small_close(&small);
}

// ---- long texts ----

TEST(tokenizer, a_megabyte_without_spaces_is_no_trouble)
{
    (void)state;
    static const char *const units[] = {"a", " ", "\n", "hello", "\xC3\xA9", "<", "<think", "\xFF"};
    static const struct small_vocab *const vocabs[] = {&bpe, &spm};
    char *bytes = mem_alloc(MIB + 8, 1);
    for (size_t v = 0; v < COUNT_OF(vocabs); v++) {
        struct small small;
        open_small(&small, vocabs[v]);
        for (size_t i = 0; i < COUNT_OF(units); i++) {
            size_t size = 0, unit = strlen(units[i]), n = 0;
            for (; size < MIB; size += unit)
                memcpy(bytes + size, units[i], unit);
            struct token_list got = {0};
            tokenizer_encode(small.tokenizer, &got, (struct str){bytes, size}, false);
            for (size_t k = 0; k < got.n_ids; k++)
                n += tokenizer_bytes(small.tokenizer, got.ids[k]).size;
            n -= got.n_ids && tokenizer_bytes(small.tokenizer, got.ids[0]).data[0] == ' ' &&
                 bytes[0] != ' '; // the space that SentencePiece adds
            n -= bytes[0] == ' ' && tokenizer_adds_space(small.tokenizer);
            assert_int_equal(n, size);
            token_list_release(&got);
        }
        small_close(&small);
    }
    free(bytes);
}

RUN_TESTS(IS(bpe, merges_by_rank_and_from_the_left),
          IS(bpe, a_merge_of_something_unknown_never_happens),
          IS(bpe, takes_a_whole_word_where_the_model_does), IS(bpe, any_bytes_come_back),
          IS(bpe, a_long_text_is_its_lines), IS(tokenizer, control_tokens_are_found_in_markup_only),
          IS(tokenizer, user_defined_tokens_are_found_anywhere_until_they_are_marked),
          IS(tokenizer, the_longest_special_text_counts),
          IS(tokenizer, words_run_across_ranges_and_control_tokens_do_not),
          IS(tokenizer, knows_ends_and_padding), IS(tokenizer, oddities_are_noted_and_survived),
          IS(tokenizer, files_that_contradict_themselves_are_refused_in_words),
          IS(tokenizer, reports_every_allocation_that_fails),
          IS(spm, merges_by_score_and_from_the_left), IS(spm, what_has_no_token_becomes_bytes),
          IS(spm, without_bytes_it_is_the_unknown_token),
          IS(spm, text_never_spells_a_control_token),
          IS(spm, a_space_begins_what_follows_a_special_token),
          IS(spm, words_are_a_shortcut_and_no_difference),
          IS(gemma4, merges_characters_within_lines),
          IS(tokenizer, a_megabyte_without_spaces_is_no_trouble))
