#include "text/tokenizer.h"

#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/memory.h"
#include "text/bpe.h"
#include "text/pretokenize.h"
#include "text/special.h"
#include "text/spm.h"
#include "text/word_cache.h"

// A longer word is merged in pieces of this size: no language has one, and it bounds the scratch
// memory that a text can ask for.
#define WORD_SIZE_MAX (4 * MIB)

struct tokenizer {
    struct vocab vocab;
    struct specials specials;
    struct bpe bpe; // of byte-level BPE and Gemma 4
    struct spm spm; // of SentencePiece
    const struct split_rule *split;
    token_id bos, eos;
    bool adds_bos, adds_space;
    struct buf note;
};

struct model {
    const char *name;
    enum vocab_model model;
    token_id bos, eos; // where the file names none
    bool adds_bos, adds_space;
};

static const struct model models[] = {
    {"gpt2", VOCAB_BYTE_BPE, TOKEN_NONE, TOKEN_NONE, false, false},
    {"llama", VOCAB_SPM, 1, 2, true, true},
    {"gemma4", VOCAB_GEMMA4, TOKEN_NONE, TOKEN_NONE, true, false},
};

// ---- lists ----

static void list_reserve(struct token_list *list, size_t n_more)
{
    if (list->capacity - list->n_ids >= n_more)
        return;
    size_t capacity = list->capacity ? 2 * list->capacity : 64;
    while (capacity - list->n_ids < n_more)
        capacity *= 2;
    list->ids = mem_resize(list->ids, capacity, sizeof *list->ids);
    list->capacity = capacity;
}

void token_list_append(struct token_list *list, token_id id)
{
    list_reserve(list, 1);
    list->ids[list->n_ids++] = id;
}

void token_list_append_all(struct token_list *list, const token_id *ids, size_t n_ids)
{
    if (n_ids == 0)
        return;
    list_reserve(list, n_ids);
    memcpy(list->ids + list->n_ids, ids, n_ids * sizeof *ids);
    list->n_ids += n_ids;
}

void token_list_release(struct token_list *list)
{
    free(list->ids);
    *list = (struct token_list){0};
}

// ---- opening ----

static enum err find_model(const struct model **out, const struct gguf *gguf, struct error *error)
{
    struct str name;
    if (!gguf_get_str(gguf, "tokenizer.ggml.model", &name))
        return fail(error, ERR_FORMAT, "the file says no kind of tokenizer (tokenizer.ggml.model)");
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        if (str_is(name, models[i].name)) {
            *out = &models[i];
            return OK;
        }
    }
    return fail(error, ERR_UNSUPPORTED,
                "tokenizer model '%.*s' is not one we know: gpt2, llama, gemma4",
                (int)(name.size < 64 ? name.size : 64), name.data);
}

static void choose_split(struct tokenizer *tokenizer, const struct gguf *gguf)
{
    struct str pre = STR("gemma4");
    bool is_named =
        tokenizer->vocab.model == VOCAB_GEMMA4 || gguf_get_str(gguf, "tokenizer.ggml.pre", &pre);
    tokenizer->split = is_named ? split_rule_find(pre) : NULL;
    if (tokenizer->split)
        return;
    tokenizer->split = split_rule_default();
    if (is_named)
        buf_printf(&tokenizer->note,
                   "tokenizer.ggml.pre '%.*s' is not known; words are split by the default rule, "
                   "which may give other tokens than the model was trained on. ",
                   (int)(pre.size < 64 ? pre.size : 64), pre.data);
    else
        buf_append_text(
            &tokenizer->note,
            "The file has no tokenizer.ggml.pre; words are split by the default rule. ");
}

// The token a key names, or TOKEN_NONE; one that does not exist is noted and ignored.
static token_id special_id(struct tokenizer *tokenizer, const struct gguf *gguf, const char *key,
                           token_id otherwise)
{
    uint32_t id;
    if (!gguf_get_u32(gguf, key, &id))
        return otherwise >= 0 && (size_t)otherwise < tokenizer->vocab.n_tokens ? otherwise
                                                                               : TOKEN_NONE;
    if (id < tokenizer->vocab.n_tokens)
        return (token_id)id;
    buf_printf(&tokenizer->note, "%s is %u, but there are only %zu tokens; ignored. ", key, id,
               tokenizer->vocab.n_tokens);
    return TOKEN_NONE;
}

static void find_special_ids(struct tokenizer *tokenizer, const struct gguf *gguf,
                             const struct model *model)
{
    static const char *const end_keys[] = {
        "tokenizer.ggml.eot_token_id",     "tokenizer.ggml.eom_token_id",
        "tokenizer.ggml.fim_pad_token_id", "tokenizer.ggml.fim_rep_token_id",
        "tokenizer.ggml.fim_sep_token_id",
    };
    tokenizer->bos = special_id(tokenizer, gguf, "tokenizer.ggml.bos_token_id", model->bos);
    tokenizer->eos = special_id(tokenizer, gguf, "tokenizer.ggml.eos_token_id", model->eos);
    if (tokenizer->eos != TOKEN_NONE)
        tokenizer->vocab.flags[tokenizer->eos] |= VOCAB_END;
    for (size_t i = 0; i < COUNT_OF(end_keys); i++) {
        token_id id = special_id(tokenizer, gguf, end_keys[i], TOKEN_NONE);
        if (id != TOKEN_NONE)
            tokenizer->vocab.flags[id] |= VOCAB_END;
    }
}

static enum err open_parts(struct tokenizer *tokenizer, const struct gguf *gguf,
                           struct error *error)
{
    const struct model *model = NULL;
    enum err err = find_model(&model, gguf, error);
    if (err)
        return err;
    err = vocab_init(&tokenizer->vocab, gguf, model->model, error);
    if (err)
        return err;
    tokenizer->adds_bos = model->adds_bos;
    tokenizer->adds_space = model->adds_space;
    if (model->model == VOCAB_SPM) {
        err = spm_init(&tokenizer->spm, &tokenizer->vocab, gguf, error);
    } else {
        choose_split(tokenizer, gguf);
        tokenizer->adds_bos |= split_rule_adds_bos(tokenizer->split);
        err = bpe_init(&tokenizer->bpe, &tokenizer->vocab, gguf,
                       split_rule_takes_whole_words(tokenizer->split), error);
    }
    if (err)
        return err;
    if (model->model != VOCAB_GEMMA4) // whose files say false and mean true
        gguf_get_bool(gguf, "tokenizer.ggml.add_bos_token", &tokenizer->adds_bos);
    if (model->model == VOCAB_SPM)
        gguf_get_bool(gguf, "tokenizer.ggml.add_space_prefix", &tokenizer->adds_space);
    find_special_ids(tokenizer, gguf, model);
    if (tokenizer->bos == TOKEN_NONE)
        tokenizer->adds_bos = false;
    specials_init(&tokenizer->specials, &tokenizer->vocab);
    return OK;
}

enum err tokenizer_open(struct tokenizer **out, const struct gguf *gguf, struct error *error)
{
    struct tokenizer *tokenizer = mem_new(struct tokenizer, 1);
    enum err err = open_parts(tokenizer, gguf, error);
    if (err) {
        tokenizer_close(tokenizer);
        return err;
    }
    if (tokenizer->note.size) // every sentence ends in a space
        tokenizer->note.data[--tokenizer->note.size] = 0;
    *out = tokenizer;
    return OK;
}

void tokenizer_close(struct tokenizer *tokenizer)
{
    if (!tokenizer)
        return;
    bpe_release(&tokenizer->bpe);
    spm_release(&tokenizer->spm);
    specials_release(&tokenizer->specials);
    vocab_release(&tokenizer->vocab);
    buf_release(&tokenizer->note);
    free(tokenizer);
}

const char *tokenizer_note(const struct tokenizer *tokenizer)
{
    return tokenizer->note.size ? tokenizer->note.data : NULL;
}

void tokenizer_mark_markup(struct tokenizer *tokenizer, token_id id)
{
    if (id >= 0 && (size_t)id < tokenizer->vocab.n_tokens)
        specials_mark(&tokenizer->specials, &tokenizer->vocab, id);
}

// ---- encoding ----

struct encoder { // of one call
    const struct tokenizer *tokenizer;
    struct token_list *out;
    struct str text;
    struct merger merger;
    struct word_cache cache;
};

static void merge_word(struct encoder *encoder, struct str word)
{
    const struct tokenizer *tokenizer = encoder->tokenizer;
    while (word.size) {
        size_t size = word.size;
        if (size > WORD_SIZE_MAX) { // not inside a character
            size = WORD_SIZE_MAX;
            for (int i = 0; i < 3 && ((unsigned char)word.data[size] & 0xC0) == 0x80; i++)
                size--;
        }
        struct str piece = str_slice(word, 0, size);
        if (tokenizer->vocab.model == VOCAB_SPM)
            spm_encode(&tokenizer->spm, &encoder->merger, encoder->out, piece);
        else
            bpe_encode(&tokenizer->bpe, &encoder->merger, encoder->out, piece);
        word = str_slice(word, size, word.size);
    }
}

static void encode_word(struct encoder *encoder, struct str word)
{
    struct token_list *out = encoder->out;
    struct cached_word *cached = word_cache_find(&encoder->cache, encoder->text, word);
    if (cached && cached->size) {
        list_reserve(out, cached->n_ids);
        memcpy(out->ids + out->n_ids, out->ids + cached->i_ids, cached->n_ids * sizeof *out->ids);
        out->n_ids += cached->n_ids;
        return;
    }
    size_t i_ids = out->n_ids;
    merge_word(encoder, word);
    if (cached && out->n_ids <= UINT32_MAX)
        *cached = (struct cached_word){.start = (uint32_t)(word.data - encoder->text.data),
                                       .i_ids = (uint32_t)i_ids,
                                       .size = (uint16_t)word.size,
                                       .n_ids = (uint16_t)(out->n_ids - i_ids)};
}

static void encode_words_spm(struct encoder *encoder, struct str text)
{
    const struct spm *spm = &encoder->tokenizer->spm;
    if (encoder->tokenizer->adds_space) { // the first word gets a space that the text lacks
        struct buf first = {0};
        size_t size = spm_word_size(spm, text);
        buf_append_byte(&first, ' ');
        buf_append(&first, text.data, size);
        merge_word(encoder, (struct str){first.data, first.size});
        buf_release(&first);
        text = str_slice(text, size, text.size);
    }
    while (text.size) {
        size_t size = spm_word_size(spm, text);
        encode_word(encoder, str_slice(text, 0, size));
        text = str_slice(text, size, text.size);
    }
}

// Ordinary text between tokens that were found by their text.
static void encode_fragment(struct encoder *encoder, size_t from, size_t to)
{
    struct str fragment = str_slice(encoder->text, from, to), word;
    if (fragment.size == 0)
        return;
    if (encoder->tokenizer->vocab.model == VOCAB_SPM) {
        encode_words_spm(encoder, fragment);
        return;
    }
    struct splitter splitter;
    splitter_init(&splitter, encoder->tokenizer->split, fragment);
    while (splitter_next(&splitter, &word))
        encode_word(encoder, word);
}

void tokenizer_encode_ranges(const struct tokenizer *tokenizer, struct token_list *out,
                             struct str text, const struct text_range *ranges, size_t n_ranges)
{
    assert(text.size <= UINT32_MAX);
    const struct specials *specials = &tokenizer->specials;
    struct encoder encoder = {.tokenizer = tokenizer, .out = out, .text = text};
    word_cache_init(&encoder.cache, text.size);
    size_t from = 0, i_range = 0;
    for (size_t at = 0, size; at < text.size;) {
        token_id id = TOKEN_NONE;
        if (specials_may_start(specials, text, at)) {
            while (i_range < n_ranges && ranges[i_range].start + ranges[i_range].size <= at)
                i_range++;
            bool is_markup = i_range < n_ranges && ranges[i_range].is_markup;
            size_t end = is_markup ? ranges[i_range].start + ranges[i_range].size : 0;
            id = specials_find(specials, text, at, end, &size);
        }
        if (id == TOKEN_NONE) {
            at++;
            continue;
        }
        encode_fragment(&encoder, from, at);
        token_list_append(out, id);
        at += size;
        from = at;
    }
    encode_fragment(&encoder, from, text.size);
    word_cache_release(&encoder.cache);
    merger_release(&encoder.merger);
}

void tokenizer_encode(const struct tokenizer *tokenizer, struct token_list *out, struct str text,
                      bool is_markup)
{
    struct text_range range = {0, text.size, is_markup};
    tokenizer_encode_ranges(tokenizer, out, text, &range, 1);
}

// ---- looking things up ----

static bool exists(const struct tokenizer *tokenizer, token_id id)
{
    return id >= 0 && (size_t)id < tokenizer->vocab.n_tokens;
}

size_t tokenizer_n_tokens(const struct tokenizer *tokenizer)
{
    return tokenizer->vocab.n_tokens;
}

enum token_kind tokenizer_kind(const struct tokenizer *tokenizer, token_id id)
{
    return exists(tokenizer, id) ? (enum token_kind)tokenizer->vocab.kinds[id] : TOKEN_UNUSED;
}

struct str tokenizer_bytes(const struct tokenizer *tokenizer, token_id id)
{
    return exists(tokenizer, id) ? vocab_bytes(&tokenizer->vocab, id) : (struct str){"", 0};
}

token_id tokenizer_find(const struct tokenizer *tokenizer, struct str text)
{
    return text.size ? vocab_find(&tokenizer->vocab, text) : TOKEN_NONE;
}

token_id tokenizer_bos(const struct tokenizer *tokenizer)
{
    return tokenizer->bos;
}

token_id tokenizer_eos(const struct tokenizer *tokenizer)
{
    return tokenizer->eos;
}

bool tokenizer_adds_bos(const struct tokenizer *tokenizer)
{
    return tokenizer->adds_bos;
}

bool tokenizer_adds_space(const struct tokenizer *tokenizer)
{
    return tokenizer->adds_space;
}

bool tokenizer_is_end(const struct tokenizer *tokenizer, token_id id)
{
    return exists(tokenizer, id) && (tokenizer->vocab.flags[id] & VOCAB_END);
}

bool tokenizer_is_samplable(const struct tokenizer *tokenizer, token_id id)
{
    return exists(tokenizer, id) && !(tokenizer->vocab.flags[id] & VOCAB_PADDING);
}
