#include "text/vocab.h"

#include <stdlib.h>

#include "base/memory.h"
#include "text/unicode.h"

#define N_TOKENS_MAX ((uint64_t)1 << 24)

// Texts of tokens that end an answer in one model family or another.  Files often name only one of
// theirs by id.  "</s>" is not here: it is also the HTML tag, so only a control token counts.
static const char *const end_texts[] = {
    "<|eot_id|>",    "<|im_end|>",       "<|end|>",
    "<end_of_turn>", "<|endoftext|>",    "<|eom_id|>",
    "<EOT>",         "<|end_of_text|>",  "<eos>",
    "<turn|>",       "<|tool_response>", "<\uFF5Cend\u2581of\u2581sentence\uFF5C>",
    "<|fim_pad|>",   "<fim-pad>",        "<PAD>",
    "<|repo_name|>", "<|fim_repo|>",     "<fim-repo>",
    "<REPO>",        "<|file_sep|>",
};

static bool is_end_text(struct str text)
{
    if (text.size < 3 || text.data[0] != '<')
        return false;
    for (size_t i = 0; i < COUNT_OF(end_texts); i++)
        if (str_is(text, end_texts[i]))
            return true;
    return false;
}

// "[PAD" digits "]", as converters name the rows that only round a matrix up.
static bool is_padding_text(struct str text)
{
    if (text.size < 6 || !str_starts(text, STR("[PAD")) || text.data[text.size - 1] != ']')
        return false;
    for (size_t i = 4; i < text.size - 1; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return true;
}

// "<0xHH>" as a byte, or -1.
static int byte_text(struct str text)
{
    if (text.size != 6 || !str_starts(text, STR("<0x")) || text.data[5] != '>')
        return -1;
    char digits[3] = {text.data[3], text.data[4], 0}, *end;
    long byte = strtol(digits, &end, 16);
    return end == digits + 2 ? (int)byte : -1;
}

// The byte that a character of GPT-2's alphabet stands for, or -1.  Printable Latin-1 bytes stand
// for themselves; the other 68, in order, are U+0100 and up.
static int alphabet_byte(uint32_t code)
{
    if ((code >= 33 && code <= 126) || (code >= 161 && code <= 172) || (code >= 174 && code <= 255))
        return (int)code;
    if (code < 256 || code >= 256 + 68)
        return -1;
    unsigned i = code - 256;
    return i < 33 ? (int)i : i < 67 ? (int)(i - 33 + 127) : 173;
}

size_t vocab_decode(const struct vocab *vocab, struct str text, char *out)
{
    size_t n = 0;
    for (size_t at = 0; at < text.size;) {
        unsigned size;
        uint32_t code = utf8_decode(text, at, &size);
        int byte = code == 0x2581 ? ' ' : -1;
        if (vocab->model == VOCAB_BYTE_BPE)
            byte = alphabet_byte(code);
        if (byte >= 0) {
            out[n++] = (char)byte;
        } else {
            memcpy(out + n, text.data + at, size);
            n += size;
        }
        at += size;
    }
    return n;
}

static bool is_normal(const struct vocab *vocab, token_id id)
{
    return vocab->kinds[id] == TOKEN_NORMAL;
}

// The slot that holds a token of these bytes and of this sort, or the free one where it would go.
static struct vocab_slot *slot_of(const struct vocab *vocab, struct str bytes, bool normal)
{
    uint64_t hash = vocab_hash(bytes);
    uint32_t tag = (uint32_t)(hash >> 32);
    for (size_t i = hash & vocab->slot_mask;; i = (i + 1) & vocab->slot_mask) {
        struct vocab_slot *slot = &vocab->slots[i];
        if (!slot->next)
            return slot;
        token_id id = (token_id)(slot->next - 1);
        if (slot->tag == tag && str_equal(vocab_bytes(vocab, id), bytes) &&
            is_normal(vocab, id) == normal)
            return slot;
    }
}

token_id vocab_find_normal(const struct vocab *vocab, struct str bytes)
{
    return (token_id)slot_of(vocab, bytes, true)->next - 1;
}

token_id vocab_find(const struct vocab *vocab, struct str bytes)
{
    token_id special = (token_id)slot_of(vocab, bytes, false)->next - 1;
    return special != TOKEN_NONE ? special : vocab_find_normal(vocab, bytes);
}

static enum err index_tokens(struct vocab *vocab, struct error *error)
{
    size_t n_slots = 16;
    while (n_slots < 2 * vocab->n_tokens)
        n_slots *= 2;
    vocab->slots = mem_try_alloc(n_slots, sizeof *vocab->slots);
    if (!vocab->slots)
        return fail(error, ERR_MEMORY, "no memory to index %zu tokens", vocab->n_tokens);
    vocab->slot_mask = n_slots - 1;
    for (size_t i = 0; i < vocab->n_tokens; i++) {
        struct str bytes = vocab_bytes(vocab, (token_id)i);
        if (vocab->kinds[i] == TOKEN_BYTE || bytes.size == 0)
            continue;
        struct vocab_slot *slot = slot_of(vocab, bytes, vocab->kinds[i] == TOKEN_NORMAL);
        if (!slot->next) // of several tokens with one text the first is meant
            *slot = (struct vocab_slot){(uint32_t)(vocab_hash(bytes) >> 32), (uint32_t)i + 1};
    }
    return OK;
}

// Which token is a single byte.  Some byte-level files type the bytes that no UTF-8 has as
// user-defined tokens; those serve where no normal one does.
static void index_bytes(struct vocab *vocab)
{
    enum token_kind wanted = vocab->model == VOCAB_BYTE_BPE ? TOKEN_NORMAL : TOKEN_BYTE;
    for (int i = 0; i < 256; i++)
        vocab->byte_ids[i] = TOKEN_NONE;
    for (size_t i = 0; i < vocab->n_tokens; i++) {
        struct str bytes = vocab_bytes(vocab, (token_id)i);
        if (vocab->kinds[i] != wanted || bytes.size != 1)
            continue;
        token_id *id = &vocab->byte_ids[(unsigned char)bytes.data[0]];
        if (*id == TOKEN_NONE)
            *id = (token_id)i;
    }
    for (size_t i = 0; vocab->model == VOCAB_BYTE_BPE && i < vocab->n_tokens; i++) {
        struct str bytes = vocab_bytes(vocab, (token_id)i);
        struct unicode_char c = unicode_at(bytes, 0);
        int byte = c.size == bytes.size ? alphabet_byte(c.code) : -1;
        if (vocab->kinds[i] == TOKEN_USER_DEFINED && byte >= 0 &&
            vocab->byte_ids[byte] == TOKEN_NONE)
            vocab->byte_ids[byte] = (token_id)i;
    }
}

static enum err read_kinds(struct vocab *vocab, const struct gguf *gguf, struct error *error)
{
    const struct gguf_value *types = gguf_find(gguf, "tokenizer.ggml.token_type");
    if (types && (!types->is_array || types->n_items != vocab->n_tokens))
        return fail(error, ERR_FORMAT, "tokenizer.ggml.token_type has %llu items for %zu tokens",
                    (unsigned long long)types->n_items, vocab->n_tokens);
    for (size_t i = 0; i < vocab->n_tokens; i++) {
        int64_t kind = TOKEN_NORMAL;
        if (types && !gguf_item_i64(types, i, &kind))
            return fail(error, ERR_FORMAT, "tokenizer.ggml.token_type is not a list of integers");
        if (kind < 0 || kind > TOKEN_BYTE)
            return fail(error, ERR_FORMAT, "token %zu has type %lld; 1 to 6 are known", i,
                        (long long)kind);
        vocab->kinds[i] = (unsigned char)(kind == 0 ? TOKEN_NORMAL : kind);
    }
    return OK;
}

// Classifies a token by its text and appends its bytes at `out`; returns how many.
static size_t read_token(struct vocab *vocab, token_id id, struct str text, char *out)
{
    if (is_end_text(text)) {
        vocab->flags[id] |= VOCAB_END;
        if (vocab->kinds[id] == TOKEN_NORMAL) // sloppy files: nobody's text should write it
            vocab->kinds[id] = TOKEN_CONTROL;
    }
    if (vocab->kinds[id] == TOKEN_CONTROL && str_is(text, "</s>"))
        vocab->flags[id] |= VOCAB_END;
    if (vocab->kinds[id] == TOKEN_UNUSED || text.size == 0 || is_padding_text(text))
        vocab->flags[id] |= VOCAB_PADDING;
    if (vocab->kinds[id] == TOKEN_BYTE && byte_text(text) >= 0) {
        *out = (char)byte_text(text);
        return 1;
    }
    if (vocab->kinds[id] == TOKEN_NORMAL)
        return vocab_decode(vocab, text, out);
    if (text.size)
        memcpy(out, text.data, text.size);
    return text.size;
}

static enum err read_tokens(struct vocab *vocab, const struct gguf_value *tokens,
                            struct error *error)
{
    size_t size = 0;
    struct str text;
    for (uint64_t i = 0; i < vocab->n_tokens; i++) {
        if (!gguf_item_str(tokens, i, &text))
            return fail(error, ERR_FORMAT, "tokenizer.ggml.tokens is not a list of texts");
        size += text.size;
        if (size > INT32_MAX)
            return fail(error, ERR_LIMIT, "the texts of %zu tokens take over 2 GiB",
                        vocab->n_tokens);
    }
    vocab->bytes = mem_try_alloc(size + 1, 1);
    if (!vocab->bytes)
        return fail(error, ERR_MEMORY, "no memory for %zu bytes of tokens", size);
    size = 0;
    for (uint64_t i = 0; i < vocab->n_tokens; i++) {
        gguf_item_str(tokens, i, &text);
        vocab->starts[i] = (uint32_t)size;
        size += read_token(vocab, (token_id)i, text, vocab->bytes + size);
    }
    vocab->starts[vocab->n_tokens] = (uint32_t)size;
    return OK;
}

static token_id first_unknown(const struct vocab *vocab, const struct gguf *gguf)
{
    uint32_t id;
    if (gguf_get_u32(gguf, "tokenizer.ggml.unknown_token_id", &id) && id < vocab->n_tokens)
        return (token_id)id;
    for (size_t i = 0; i < vocab->n_tokens; i++)
        if (vocab->kinds[i] == TOKEN_UNKNOWN)
            return (token_id)i;
    return TOKEN_NONE;
}

enum err vocab_init(struct vocab *vocab, const struct gguf *gguf, enum vocab_model model,
                    struct error *error)
{
    *vocab = (struct vocab){.model = model};
    const struct gguf_value *tokens = gguf_find(gguf, "tokenizer.ggml.tokens");
    if (!tokens || !tokens->is_array || tokens->n_items == 0)
        return fail(error, ERR_FORMAT, "the file has no list of tokens (tokenizer.ggml.tokens)");
    if (tokens->n_items > N_TOKENS_MAX)
        return fail(error, ERR_LIMIT, "%llu tokens are more than the %llu we take",
                    (unsigned long long)tokens->n_items, (unsigned long long)N_TOKENS_MAX);
    vocab->n_tokens = (size_t)tokens->n_items;
    vocab->kinds = mem_try_alloc(vocab->n_tokens, 1);
    vocab->flags = mem_try_alloc(vocab->n_tokens, 1);
    vocab->starts = mem_try_alloc(vocab->n_tokens + 1, sizeof *vocab->starts);
    enum err err = OK;
    if (!vocab->kinds || !vocab->flags || !vocab->starts)
        err = fail(error, ERR_MEMORY, "no memory for %zu tokens", vocab->n_tokens);
    if (!err)
        err = read_kinds(vocab, gguf, error);
    if (!err)
        err = read_tokens(vocab, tokens, error);
    if (!err)
        err = index_tokens(vocab, error);
    if (err) {
        vocab_release(vocab);
        return err;
    }
    index_bytes(vocab);
    vocab->unknown = first_unknown(vocab, gguf);
    return OK;
}

void vocab_release(struct vocab *vocab)
{
    free(vocab->kinds);
    free(vocab->flags);
    free(vocab->bytes);
    free(vocab->starts);
    free(vocab->slots);
    *vocab = (struct vocab){0};
}
