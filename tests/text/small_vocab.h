// small_vocab.h - vocabularies of our own, small enough to follow by hand, as GGUF bytes.
#ifndef HEARTH_TESTS_TEXT_SMALL_VOCAB_H
#define HEARTH_TESTS_TEXT_SMALL_VOCAB_H

#include "tests/tensor/gguf_bytes.h"
#include "text/detokenize.h"

struct small_token {
    const char *text;
    int kind;
    float score;
};

struct small_vocab {
    const char *model, *pre;
    const char *const *merges;        // their results are tokens, in order; NULL ends the list
    const struct small_token *tokens; // after bytes and merges; a NULL text ends the list
    int bos, eos;                     // -1: no key
    const char *bad_merge;            // one more, which makes no token
    bool no_bytes, no_types, no_merges, no_scores;
    int n_types_missing;
};

static inline void put_char(struct buf *buf, unsigned code) // below U+0800
{
    if (code < 0x80) {
        buf_append_byte(buf, (int)code);
    } else {
        buf_append_byte(buf, (int)(0xC0 | code >> 6));
        buf_append_byte(buf, (int)(0x80 | (code & 0x3F)));
    }
}

// GPT-2's letter for a byte.
static inline void put_byte_letter(struct buf *buf, unsigned byte)
{
    unsigned n = 0;
    for (unsigned b = 0; b < 256; b++) {
        bool is_own = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
        if (b == byte)
            put_char(buf, is_own ? b : 256 + n);
        n += !is_own;
    }
}

static inline void put_sized(struct buf *out, const struct buf *text)
{
    put_u64(out, text->size);
    buf_append(out, text->data, text->size);
}

struct small_lists {
    struct buf texts, kinds, scores;
    uint32_t n;
};

static inline void put_small_token(struct small_lists *lists, const struct buf *text, int kind,
                                   float score)
{
    put_sized(&lists->texts, text);
    put_u32(&lists->kinds, (uint32_t)kind);
    buf_append(&lists->scores, &score, sizeof score);
    lists->n++;
}

// All 256 bytes, first: as letters for byte-level BPE, as <0xHH> for SentencePiece.
static inline void put_small_bytes(struct small_lists *lists, bool is_byte_level)
{
    for (unsigned b = 0; b < 256; b++) {
        struct buf text = {0};
        if (is_byte_level)
            put_byte_letter(&text, b);
        else
            buf_printf(&text, "<0x%02X>", b);
        put_small_token(lists, &text, is_byte_level ? TOKEN_NORMAL : TOKEN_BYTE, 0);
        buf_release(&text);
    }
}

static inline void put_merge_results(struct small_lists *lists, const char *const *merges)
{
    for (; merges && *merges; merges++) {
        struct buf text = {0};
        const char *space = strchr(*merges + 1, ' ');
        buf_append(&text, *merges, (size_t)(space - *merges));
        buf_append_text(&text, space + 1);
        put_small_token(lists, &text, TOKEN_NORMAL, 0);
        buf_release(&text);
    }
}

static inline void put_small_arrays(struct buf *out, const struct small_vocab *vocab,
                                    const struct small_lists *lists)
{
    put_array(out, "tokenizer.ggml.tokens", GGUF_STRING, lists->n);
    buf_append(out, lists->texts.data, lists->texts.size);
    if (!vocab->no_types) {
        uint32_t n = lists->n - (uint32_t)vocab->n_types_missing;
        put_array(out, "tokenizer.ggml.token_type", GGUF_I32, n);
        buf_append(out, lists->kinds.data, 4 * (size_t)n);
    }
    if (!vocab->no_scores) {
        put_array(out, "tokenizer.ggml.scores", GGUF_F32, lists->n);
        buf_append(out, lists->scores.data, lists->scores.size);
    }
    if (!vocab->no_merges) {
        uint64_t n = 0;
        while (vocab->merges && vocab->merges[n])
            n++;
        put_array(out, "tokenizer.ggml.merges", GGUF_STRING, n + (vocab->bad_merge != NULL));
        for (uint64_t i = 0; i < n; i++)
            put_string(out, vocab->merges[i]);
        if (vocab->bad_merge)
            put_string(out, vocab->bad_merge);
    }
}

static inline struct buf small_vocab_bytes(const struct small_vocab *vocab)
{
    struct buf out = {0};
    struct small_lists lists = {0};
    bool is_byte_level = strcmp(vocab->model, "gpt2") == 0;
    if (!vocab->no_bytes)
        put_small_bytes(&lists, is_byte_level);
    put_merge_results(&lists, vocab->merges);
    for (const struct small_token *token = vocab->tokens; token && token->text; token++) {
        struct buf text = {0};
        buf_append_text(&text, token->text);
        put_small_token(&lists, &text, token->kind, token->score);
        buf_release(&text);
    }
    put_head(&out, 0,
             2 + (uint64_t)(vocab->pre != NULL) + !vocab->no_types + !vocab->no_scores +
                 !vocab->no_merges + (vocab->bos >= 0) + (vocab->eos >= 0));
    put_key(&out, "tokenizer.ggml.model", GGUF_STRING);
    put_string(&out, vocab->model);
    if (vocab->pre) {
        put_key(&out, "tokenizer.ggml.pre", GGUF_STRING);
        put_string(&out, vocab->pre);
    }
    put_small_arrays(&out, vocab, &lists);
    if (vocab->bos >= 0) {
        put_key(&out, "tokenizer.ggml.bos_token_id", GGUF_U32);
        put_u32(&out, (uint32_t)vocab->bos);
    }
    if (vocab->eos >= 0) {
        put_key(&out, "tokenizer.ggml.eos_token_id", GGUF_U32);
        put_u32(&out, (uint32_t)vocab->eos);
    }
    buf_release(&lists.texts);
    buf_release(&lists.kinds);
    buf_release(&lists.scores);
    return out;
}

struct small {
    struct buf bytes;
    struct gguf *gguf;
    struct tokenizer *tokenizer;
};

static inline enum err small_open(struct small *small, const struct small_vocab *vocab,
                                  struct error *error)
{
    *small = (struct small){.bytes = small_vocab_bytes(vocab)};
    enum err err =
        gguf_open_memory(&small->gguf, small->bytes.data, small->bytes.size, "small", error);
    return err ? err : tokenizer_open(&small->tokenizer, small->gguf, error);
}

static inline void small_close(struct small *small)
{
    tokenizer_close(small->tokenizer);
    gguf_close(small->gguf);
    buf_release(&small->bytes);
    *small = (struct small){0};
}

// What a stream of these tokens shows, as a C string.
static inline struct buf text_of(const struct tokenizer *tokenizer, const token_id *ids,
                                 size_t n_ids, bool shows_control)
{
    struct buf out = {0};
    struct detokenizer d;
    detokenizer_init(&d, tokenizer, shows_control);
    for (size_t i = 0; i < n_ids; i++)
        detokenizer_push(&d, &out, ids[i]);
    detokenizer_finish(&d, &out);
    buf_append(&out, "", 0);
    return out;
}

#endif
