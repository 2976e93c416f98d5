#include "base/memory.h"
#include "base/rng.h"
#include "tests/test.h"
#include "tests/text/small_vocab.h"
#include "text/detokenize.h"

#define BAD "\xEF\xBF\xBD" // U+FFFD

static const char *const merges[] = {"\u00C3 \u00A9", "h i", NULL}; // 256: e acute, 257: hi
static const struct small_token tokens[] = {{"<|end|>", TOKEN_CONTROL, 0},
                                            {"<t>", TOKEN_USER_DEFINED, 0},
                                            {"[PAD1]", TOKEN_UNUSED, 0},
                                            {NULL, 0, 0}};
enum { CONTROL = 258, USER, UNUSED };

static const struct small_vocab bpe = {
    .model = "gpt2", .pre = "qwen2", .merges = merges, .tokens = tokens, .bos = -1, .eos = -1};

static const struct small_token pieces[] = {{"<unk>", TOKEN_UNKNOWN, 0},
                                            {"<s>", TOKEN_CONTROL, 0},
                                            {"</s>", TOKEN_CONTROL, 0},
                                            {"\u2581hi", TOKEN_NORMAL, -1},
                                            {"\u2581", TOKEN_NORMAL, -1},
                                            {"\u2581\u2581", TOKEN_NORMAL, -1},
                                            {NULL, 0, 0}};
static const struct small_vocab spm = {
    .model = "llama", .tokens = pieces, .no_merges = true, .bos = 257, .eos = 258};

static void open_small(struct small *small, const struct small_vocab *vocab)
{
    struct error error = {0};
    if (small_open(small, vocab, &error))
        fail_msg("%s", error.text);
}

TEST(detokenize, replaces_each_maximal_invalid_prefix_once)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a\xC3\xA9z", "a\u00E9z"},
        {"\xF0\x9F\x99\x82", "\U0001F642"},
        {"\x80", BAD},
        {"\xC0\xAF", BAD BAD},                 // overlong
        {"\xE0\x80\xAF", BAD BAD BAD},         // overlong
        {"\xED\xA0\x80", BAD BAD BAD},         // a surrogate
        {"\xF4\x90\x80\x80", BAD BAD BAD BAD}, // past the last code point
        {"\xF0\x9F\x99", BAD},                 // ends too early
        {"\xF0\x9F\x99z", BAD "z"},
        {"\xF0\x9F\xC3\xA9", BAD "\u00E9"},
        {"\xE2\x82\xE2\x82\xAC", BAD "\u20AC"},
        {"\xFF\xFE", BAD BAD},
    };
    struct small small;
    open_small(&small, &bpe);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        token_id ids[8];
        size_t n = strlen(cases[i][0]);
        for (size_t k = 0; k < n; k++)
            ids[k] = (unsigned char)cases[i][0][k];
        struct buf text = text_of(small.tokenizer, ids, n, false);
        assert_string_equal(text.data, cases[i][1]);
        buf_release(&text);
    }
    small_close(&small);
}

TEST(detokenize, gives_a_character_when_its_last_byte_comes)
{
    (void)state;
    struct small small;
    struct detokenizer d;
    struct buf out = {0};
    open_small(&small, &bpe);
    detokenizer_init(&d, small.tokenizer, false);
    static const size_t sizes[] = {0, 0, 0, 4}; // after each byte of one emoji
    for (size_t i = 0; i < 4; i++) {
        detokenizer_push(&d, &out, (token_id)(unsigned char)"\xF0\x9F\x99\x82"[i]);
        assert_int_equal(out.size, sizes[i]);
    }
    detokenizer_push(&d, &out, 256);
    assert_int_equal(out.size, 6);
    buf_release(&out);
    small_close(&small);
}

TEST(detokenize, shows_control_tokens_when_asked)
{
    (void)state;
    struct small small;
    open_small(&small, &bpe);
    const token_id ids[] = {CONTROL, 257, USER, UNUSED, 99999, TOKEN_NONE, CONTROL};
    struct buf hidden = text_of(small.tokenizer, ids, COUNT_OF(ids), false);
    struct buf shown = text_of(small.tokenizer, ids, COUNT_OF(ids), true);
    assert_string_equal(hidden.data, "hi<t>");
    assert_string_equal(shown.data, "<|end|>hi<t><|end|>");
    buf_release(&hidden);
    buf_release(&shown);
    small_close(&small);
}

TEST(detokenize, drops_the_one_space_that_sentencepiece_adds)
{
    (void)state;
    struct small small;
    open_small(&small, &spm);
    const token_id hi[] = {257, 259, 259}, spaces[] = {261, 259}, byte[] = {'a', 259};
    struct buf text = text_of(small.tokenizer, hi, 3, false);
    assert_string_equal(text.data, "hi hi");
    buf_release(&text);
    text = text_of(small.tokenizer, hi, 3, true);
    assert_string_equal(text.data, "<s>hi hi");
    buf_release(&text);
    text = text_of(small.tokenizer, spaces, 2, false);
    assert_string_equal(text.data, "  hi");
    buf_release(&text);
    text = text_of(small.tokenizer, byte, 2, false);
    assert_string_equal(text.data, "a hi");
    buf_release(&text);
    small_close(&small);
}

// Valid UTF-8, token by token: whatever was given out so far is valid and a prefix of the text.
TEST(detokenize, never_gives_half_a_character)
{
    (void)state;
    static const char *const characters[] = {"a",          "hi", "\u00E9", "\u65E5",
                                             "\U0001F642", " ",  "\n"};
    struct small small;
    struct rng rng;
    rng_seed(&rng, 17);
    open_small(&small, &bpe);
    for (int round = 0; round < 500; round++) {
        struct buf text = {0}, out = {0};
        struct token_list ids = {0};
        struct detokenizer d;
        for (uint64_t i = 0, n = rng_below(&rng, 12); i < n; i++)
            buf_append_text(&text, characters[rng_below(&rng, COUNT_OF(characters))]);
        buf_append(&text, "", 0);
        tokenizer_encode(small.tokenizer, &ids, (struct str){text.data, text.size}, false);
        detokenizer_init(&d, small.tokenizer, false);
        for (size_t i = 0; i < ids.n_ids; i++) {
            detokenizer_push(&d, &out, ids.ids[i]);
            assert_true(out.size <= text.size);
            assert_int_equal(out.size ? memcmp(out.data, text.data, out.size) : 0, 0);
            assert_true((text.data[out.size] & 0xC0) != 0x80);
            assert_true(d.n_held <= 3);
        }
        assert_int_equal(out.size, text.size);
        token_list_release(&ids);
        buf_release(&text);
        buf_release(&out);
    }
    small_close(&small);
}

RUN_TESTS(IS(detokenize, replaces_each_maximal_invalid_prefix_once),
          IS(detokenize, gives_a_character_when_its_last_byte_comes),
          IS(detokenize, shows_control_tokens_when_asked),
          IS(detokenize, drops_the_one_space_that_sentencepiece_adds),
          IS(detokenize, never_gives_half_a_character))
