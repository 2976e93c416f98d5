#include "text/spm.h"

#include <stdlib.h>

#include "base/memory.h"

// Floats order like their bits once negative ones are flipped; upside down, as high scores go first.
static uint32_t score_rank(float score)
{
    uint32_t bits;
    memcpy(&bits, &score, sizeof bits);
    if (score != score)
        return MERGE_NEVER - 1;
    uint32_t ascending = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
    uint32_t rank = ~ascending;
    return rank == MERGE_NEVER ? MERGE_NEVER - 1 : rank;
}

static bool has_inner_space(struct str bytes)
{
    for (size_t i = 1; i < bytes.size; i++)
        if (bytes.data[i] == ' ' && bytes.data[i - 1] != ' ')
            return true;
    return false;
}

enum err spm_init(struct spm *spm, const struct vocab *vocab, const struct gguf *gguf,
                  struct error *error)
{
    *spm = (struct spm){.vocab = vocab, .has_words = true};
    const struct gguf_value *scores = gguf_find(gguf, "tokenizer.ggml.scores");
    if (!scores || !scores->is_array || scores->n_items != vocab->n_tokens)
        return fail(error, ERR_FORMAT,
                    "tokenizer.ggml.scores has %llu items for %zu tokens, and a SentencePiece "
                    "vocabulary needs one each",
                    (unsigned long long)(scores ? scores->n_items : 0), vocab->n_tokens);
    spm->ranks = mem_try_alloc(vocab->n_tokens, sizeof *spm->ranks);
    if (!spm->ranks)
        return fail(error, ERR_MEMORY, "no memory for the scores of %zu tokens", vocab->n_tokens);
    for (size_t i = 0; i < vocab->n_tokens; i++) {
        float score;
        if (!gguf_item_f32(scores, i, &score)) {
            spm_release(spm);
            return fail(error, ERR_FORMAT, "tokenizer.ggml.scores is not a list of numbers");
        }
        spm->ranks[i] = score_rank(score);
        struct str bytes = vocab_bytes(vocab, (token_id)i);
        if (vocab->kinds[i] != TOKEN_NORMAL)
            continue;
        spm->size_max = bytes.size > spm->size_max ? bytes.size : spm->size_max;
        spm->has_words = spm->has_words && !has_inner_space(bytes);
    }
    return OK;
}

void spm_release(struct spm *spm)
{
    free(spm->ranks);
    *spm = (struct spm){0};
}

size_t spm_word_size(const struct spm *spm, struct str text)
{
    if (!spm->has_words)
        return text.size;
    size_t end = 0;
    while (end < text.size && text.data[end] == ' ')
        end++;
    while (end < text.size && text.data[end] != ' ')
        end++;
    return end;
}

struct spm_word {
    const struct spm *spm;
    struct str text;
};

static struct join join_texts(const void *context, const struct symbol *left,
                              const struct symbol *right)
{
    const struct spm_word *word = context;
    size_t size = (size_t)left->size + right->size;
    if (size > word->spm->size_max)
        return (struct join){MERGE_NEVER, TOKEN_NONE};
    struct str both = {word->text.data + left->start, size};
    token_id id = vocab_find_normal(word->spm->vocab, both);
    return (struct join){id == TOKEN_NONE ? MERGE_NEVER : word->spm->ranks[id], id};
}

void spm_encode(const struct spm *spm, struct merger *merger, struct token_list *out,
                struct str word)
{
    struct spm_word context = {spm, word};
    merger_start_characters(merger, spm->vocab, word);
    merger_run(merger, join_texts, &context);
    merger_emit(merger, spm->vocab, word, out);
}
