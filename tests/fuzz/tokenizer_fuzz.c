// Any text, cut into any ranges, is the bytes of its tokens; control tokens come from markup only.
//
// Input: a byte that chooses the vocabulary, eight that cut the text into ranges, the text.
#include <stdlib.h>

#include "tests/text/small_vocab.h"
#include "text/detokenize.h"
#include "text/unicode.h"

static const char *const merges[] = {"l l",           "h e", "he ll", "hell o",
                                     "\u0120 hello",  "a a", "aa aa", "\u010A \u010A",
                                     "\u00C3 \u00A9", NULL};
static const struct small_token bpe_tokens[] = {{"<|end|>", TOKEN_CONTROL, 0},
                                                {"<think>", TOKEN_USER_DEFINED, 0},
                                                {"<|", TOKEN_USER_DEFINED, 0},
                                                {"aaa", TOKEN_CONTROL, 0},
                                                {NULL, 0, 0}};
static const struct small_token pieces[] = {{"<unk>", TOKEN_UNKNOWN, 0},
                                            {"<s>", TOKEN_CONTROL, 0},
                                            {"</s>", TOKEN_CONTROL, 0},
                                            {"\u2581", TOKEN_NORMAL, -9},
                                            {"a", TOKEN_NORMAL, -9},
                                            {"b", TOKEN_NORMAL, -9},
                                            {"aa", TOKEN_NORMAL, -1},
                                            {"aab", TOKEN_NORMAL, -2},
                                            {"\u2581a", TOKEN_NORMAL, -3},
                                            {"ba", TOKEN_NORMAL, -0.5f},
                                            {"\n\n", TOKEN_USER_DEFINED, 0},
                                            {"\u2581\u2581", TOKEN_NORMAL, -4},
                                            {NULL, 0, 0}};

static const struct small_vocab vocabs[] = {
    {.model = "gpt2", .pre = "qwen2", .merges = merges, .tokens = bpe_tokens, .bos = -1, .eos = -1},
    {.model = "gpt2",
     .pre = "deepseek-llm",
     .merges = merges,
     .tokens = bpe_tokens,
     .bos = -1,
     .eos = -1},
    {.model = "gpt2",
     .pre = "default",
     .merges = merges,
     .tokens = bpe_tokens,
     .bos = -1,
     .eos = -1},
    {.model = "gpt2",
     .pre = "deepseek-v3",
     .merges = merges,
     .tokens = bpe_tokens,
     .bos = -1,
     .eos = -1},
    {.model = "gpt2",
     .pre = "tekken",
     .merges = merges,
     .tokens = bpe_tokens,
     .bos = -1,
     .eos = -1},
    {.model = "llama", .tokens = pieces, .no_merges = true, .bos = 257, .eos = 258},
};
enum { N_VOCABS = sizeof vocabs / sizeof vocabs[0] };

static void require(bool condition)
{
    if (!condition)
        abort();
}

static bool is_valid_utf8(struct str text)
{
    for (size_t at = 0; at < text.size;) {
        struct unicode_char c = unicode_at(text, at);
        if (c.code == UNICODE_BROKEN)
            return false;
        at += c.size;
    }
    return true;
}

// Whether all of these bytes lie in one range of markup.
static bool is_in_markup(const struct text_range *ranges, size_t n_ranges, size_t start,
                         size_t size)
{
    for (size_t i = 0; i < n_ranges; i++)
        if (start >= ranges[i].start && start + size <= ranges[i].start + ranges[i].size)
            return ranges[i].is_markup;
    return false;
}

static void check(const struct tokenizer *tokenizer, struct str text,
                  const struct text_range *ranges, size_t n_ranges)
{
    struct token_list ids = {0};
    tokenizer_encode_ranges(tokenizer, &ids, text, ranges, n_ranges);
    size_t at = 0;
    bool at_start = true;
    for (size_t i = 0; i < ids.n_ids; i++) {
        struct str bytes = tokenizer_bytes(tokenizer, ids.ids[i]);
        enum token_kind kind = tokenizer_kind(tokenizer, ids.ids[i]);
        bool is_plain = kind == TOKEN_NORMAL || kind == TOKEN_BYTE;
        if (is_plain && at_start && tokenizer_adds_space(tokenizer)) {
            require(bytes.size && bytes.data[0] == ' ');
            bytes = str_slice(bytes, 1, bytes.size);
        }
        at_start = !is_plain;
        require(at + bytes.size <= text.size);
        require(bytes.size == 0 || memcmp(text.data + at, bytes.data, bytes.size) == 0);
        if (kind == TOKEN_CONTROL || kind == TOKEN_UNKNOWN)
            require(is_in_markup(ranges, n_ranges, at, bytes.size));
        at += bytes.size;
    }
    require(at == text.size);

    struct buf back = {0};
    struct detokenizer d;
    detokenizer_init(&d, tokenizer, true);
    for (size_t i = 0; i < ids.n_ids; i++) {
        detokenizer_push(&d, &back, ids.ids[i]);
        require(is_valid_utf8((struct str){back.data, back.size}));
    }
    detokenizer_finish(&d, &back);
    struct str given = {back.data, back.size};
    require(is_valid_utf8(given));
    if (!tokenizer_adds_space(tokenizer) && is_valid_utf8(text))
        require(str_equal(given, text));
    buf_release(&back);
    token_list_release(&ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct small opened[N_VOCABS]; // kept from input to input
    if (size < 9)
        return 0;
    struct small *small = &opened[data[0] % N_VOCABS];
    struct error error;
    if (!small->tokenizer)
        require(small_open(small, &vocabs[data[0] % N_VOCABS], &error) == OK);
    struct str text = {(const char *)data + 9, size - 9};
    struct text_range ranges[9];
    size_t n_ranges = 0, start = 0;
    for (size_t i = 0; i < 9; i++) {
        size_t left = text.size - start, range = i < 8 ? data[1 + i] / 2 : left;
        range = range < left ? range : left;
        ranges[n_ranges++] =
            (struct text_range){start, range, i < 8 ? data[1 + i] & 1 : data[0] >> 7};
        start += range;
    }
    check(small->tokenizer, text, ranges, n_ranges);
    return 0;
}
