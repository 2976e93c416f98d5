#include "model/synthetic_vocab.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/token.h"

enum { KIND_NORMAL = 1, KIND_CONTROL = 3, KIND_USER_DEFINED = 4, KIND_UNUSED = 5 };

struct vocab {
    struct arena texts;
    struct str *tokens;
    int32_t *kinds;
    uint32_t n_tokens;
    struct str merges[1024];
    size_t n_merges;
    char bytes[256][4]; // each byte's character in the byte-level alphabet
};

static struct str keep(struct vocab *vocab, const char *text)
{
    size_t size = strlen(text);
    const char *copy = arena_copy(&vocab->texts, text, size);
    assert(copy); // the arena's ceiling is above what the largest vocabulary takes
    return (struct str){copy, size};
}

static void add_token(struct vocab *vocab, const char *text, int32_t kind)
{
    vocab->kinds[vocab->n_tokens] = kind;
    vocab->tokens[vocab->n_tokens++] = keep(vocab, text);
}

// Printable Latin-1 stands for itself, the other bytes for U+0100 and up, in order (GPT-2).
static void make_byte_alphabet(struct vocab *vocab)
{
    unsigned next = 256;
    for (unsigned byte = 0; byte < 256; byte++) {
        bool printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte != 173);
        unsigned code = printable ? byte : next++;
        char *text = vocab->bytes[byte];
        if (code < 0x80) {
            text[0] = (char)code;
        } else {
            text[0] = (char)(0xc0 | code >> 6);
            text[1] = (char)(0x80 | (code & 0x3f));
        }
    }
}

// A token made of two bytes' characters, and the merge that makes it.
static void add_pair(struct vocab *vocab, unsigned char left, unsigned char right)
{
    char text[16];
    snprintf(text, sizeof text, "%s %s", vocab->bytes[left], vocab->bytes[right]);
    vocab->merges[vocab->n_merges++] = keep(vocab, text);
    snprintf(text, sizeof text, "%s%s", vocab->bytes[left], vocab->bytes[right]);
    add_token(vocab, text, KIND_NORMAL);
}

// Bytes, pairs of the commonest letters and letters after a space, fillers, and markup at the end.
static void fill(struct vocab *vocab, uint32_t n_tokens)
{
    static const char letters[] = "etaoinshrdlucmfwypvbgkqjxz";
    static const struct {
        const char *text;
        int32_t kind;
    } markup[] = {
        {"<|endoftext|>", KIND_CONTROL},     {"<|im_start|>", KIND_CONTROL},
        {"<|im_end|>", KIND_CONTROL},        {"<think>", KIND_USER_DEFINED},
        {"</think>", KIND_USER_DEFINED},     {"<tool_call>", KIND_USER_DEFINED},
        {"</tool_call>", KIND_USER_DEFINED},
    };
    uint32_t n_plain = n_tokens - COUNT_OF(markup);
    for (unsigned byte = 0; byte < 256; byte++)
        add_token(vocab, vocab->bytes[byte], KIND_NORMAL);
    for (size_t i = 0; letters[i] && vocab->n_tokens < n_plain; i++)
        add_pair(vocab, ' ', (unsigned char)letters[i]);
    for (size_t i = 0; i < 20; i++)
        for (size_t j = 0; j < 20 && vocab->n_tokens < n_plain; j++)
            add_pair(vocab, (unsigned char)letters[i], (unsigned char)letters[j]);
    while (vocab->n_tokens < n_plain) {
        char text[32];
        snprintf(text, sizeof text, "[PAD%u]", vocab->n_tokens);
        add_token(vocab, text, KIND_UNUSED);
    }
    for (size_t i = 0; i < COUNT_OF(markup); i++)
        add_token(vocab, markup[i].text, markup[i].kind);
}

void synthetic_vocab_put(struct gguf_writer *writer, const char *pre, uint32_t n_tokens)
{
    assert(n_tokens >= SYNTHETIC_VOCAB_MIN);
    struct vocab *vocab = mem_new(struct vocab, 1);
    arena_init(&vocab->texts, 64 * (size_t)n_tokens + MIB);
    vocab->tokens = mem_new(struct str, n_tokens);
    vocab->kinds = mem_new(int32_t, n_tokens);
    make_byte_alphabet(vocab);
    fill(vocab, n_tokens);
    uint32_t end_of_text = n_tokens - 7, end_of_turn = n_tokens - 5;
    gguf_writer_put_str(writer, "tokenizer.ggml.model", STR("gpt2"));
    gguf_writer_put_str(writer, "tokenizer.ggml.pre", str_of(pre));
    gguf_writer_put_strings(writer, "tokenizer.ggml.tokens", vocab->tokens, n_tokens);
    gguf_writer_put_array(writer, "tokenizer.ggml.token_type", GGUF_I32, vocab->kinds, n_tokens);
    gguf_writer_put_strings(writer, "tokenizer.ggml.merges", vocab->merges, vocab->n_merges);
    gguf_writer_put_u32(writer, "tokenizer.ggml.bos_token_id", end_of_text);
    gguf_writer_put_u32(writer, "tokenizer.ggml.eos_token_id", end_of_turn);
    gguf_writer_put_u32(writer, "tokenizer.ggml.padding_token_id", end_of_text);
    gguf_writer_put_bool(writer, "tokenizer.ggml.add_bos_token", false);
    gguf_writer_put_str(
        writer, "tokenizer.chat_template",
        STR("{%- for m in messages %}{{- '<|im_start|>' + m.role + '\\n' + m.content + "
            "'<|im_end|>\\n' }}{%- endfor %}{%- if add_generation_prompt %}"
            "{{- '<|im_start|>assistant\\n' }}{%- endif %}"));
    arena_release(&vocab->texts);
    free(vocab->tokens);
    free(vocab->kinds);
    free(vocab);
}
