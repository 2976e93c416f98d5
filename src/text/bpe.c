#include "text/bpe.h"

#include <stdlib.h>

#include "base/memory.h"

static size_t pair_hash(const struct bpe *bpe, token_id left, token_id right)
{
    uint64_t key = (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
    key = (key ^ key >> 29) * 0x9E3779B97F4A7C15u;
    return (size_t)(key >> bpe->shift);
}

// The entry of a pair, or the free one where it would go.
static struct bpe_pair *pair_of(const struct bpe *bpe, token_id left, token_id right)
{
    for (size_t i = pair_hash(bpe, left, right);; i = (i + 1) & bpe->mask) {
        struct bpe_pair *pair = &bpe->pairs[i];
        if (pair->left == TOKEN_NONE || (pair->left == left && pair->right == right))
            return pair;
    }
}

static struct join join_tokens(const void *context, const struct symbol *left,
                               const struct symbol *right)
{
    if (left->id == TOKEN_NONE || right->id == TOKEN_NONE)
        return (struct join){MERGE_NEVER, TOKEN_NONE};
    const struct bpe_pair *pair = pair_of(context, left->id, right->id);
    if (pair->left == TOKEN_NONE)
        return (struct join){MERGE_NEVER, TOKEN_NONE};
    return (struct join){pair->rank, pair->merged};
}

// "left right" at the first space that is not its first character.
static bool split_merge(struct str merge, struct str *left, struct str *right)
{
    const char *space = merge.size > 1 ? memchr(merge.data + 1, ' ', merge.size - 1) : NULL;
    if (!space)
        return false;
    size_t at = (size_t)(space - merge.data);
    *left = str_slice(merge, 0, at);
    *right = str_slice(merge, at + 1, merge.size);
    return true;
}

static void add_merge(struct bpe *bpe, struct str left, struct str right, uint32_t rank,
                      char *scratch, token_id *last)
{
    const struct vocab *vocab = bpe->vocab;
    size_t left_size = vocab_decode(vocab, left, scratch);
    size_t size = left_size + vocab_decode(vocab, right, scratch + left_size);
    struct str merged = {scratch, size};
    token_id left_id = vocab_find_normal(vocab, str_slice(merged, 0, left_size));
    token_id right_id = vocab_find_normal(vocab, str_slice(merged, left_size, size));
    if (left_id == TOKEN_NONE || right_id == TOKEN_NONE)
        return;
    // Most vocabularies number tokens in the order of their merges: look at the next one first.
    token_id id = *last + 1;
    if ((size_t)id >= vocab->n_tokens || vocab->kinds[id] != TOKEN_NORMAL ||
        !str_equal(vocab_bytes(vocab, id), merged))
        id = vocab_find_normal(vocab, merged);
    if (id == TOKEN_NONE)
        return;
    *last = id;
    struct bpe_pair *pair = pair_of(bpe, left_id, right_id);
    if (pair->left == TOKEN_NONE) // the first mention of a pair is its rank
        *pair = (struct bpe_pair){left_id, right_id, id, rank};
}

static enum err read_merges(struct bpe *bpe, const struct gguf_value *merges, struct error *error)
{
    size_t capacity = 0;
    char *scratch = NULL;
    token_id last = TOKEN_NONE;
    enum err err = OK;
    for (uint64_t i = 0; i < merges->n_items && !err; i++) {
        struct str merge, left, right;
        if (!gguf_item_str(merges, i, &merge) || !split_merge(merge, &left, &right)) {
            err = fail(error, ERR_FORMAT, "merge %llu of tokenizer.ggml.merges is not two parts",
                       (unsigned long long)i);
            break;
        }
        if (merge.size > capacity) {
            capacity = 2 * merge.size;
            free(scratch);
            scratch = mem_try_alloc(capacity, 1);
        }
        if (!scratch)
            err = fail(error, ERR_MEMORY, "no memory for a merge of %zu bytes", merge.size);
        else
            add_merge(bpe, left, right, (uint32_t)i, scratch, &last);
    }
    free(scratch);
    return err;
}

enum err bpe_init(struct bpe *bpe, const struct vocab *vocab, const struct gguf *gguf,
                  bool takes_whole_words, struct error *error)
{
    *bpe = (struct bpe){.vocab = vocab, .takes_whole_words = takes_whole_words};
    const struct gguf_value *merges = gguf_find(gguf, "tokenizer.ggml.merges");
    if (!merges || !merges->is_array || merges->type != GGUF_STRING)
        return fail(error, ERR_FORMAT,
                    "the file has no list of merges (tokenizer.ggml.merges), which a BPE "
                    "vocabulary needs");
    if (merges->n_items >= (uint64_t)1 << 26)
        return fail(error, ERR_LIMIT, "%llu merges are more than we take",
                    (unsigned long long)merges->n_items);
    unsigned bits = 4;
    while (((uint64_t)1 << bits) * 5 < merges->n_items * 8) // at most five eighths full
        bits++;
    size_t n_pairs = (size_t)1 << bits;
    bpe->shift = 64 - bits;
    bpe->mask = n_pairs - 1;
    bpe->pairs = mem_try_alloc(n_pairs, sizeof *bpe->pairs);
    if (!bpe->pairs)
        return fail(error, ERR_MEMORY, "no memory for %llu merges",
                    (unsigned long long)merges->n_items);
    for (size_t i = 0; i < n_pairs; i++)
        bpe->pairs[i].left = TOKEN_NONE;
    enum err err = read_merges(bpe, merges, error);
    if (err)
        bpe_release(bpe);
    return err;
}

void bpe_release(struct bpe *bpe)
{
    free(bpe->pairs);
    *bpe = (struct bpe){0};
}

// Gemma 4's words are lines and runs of line ends; a run that is a token is taken whole.
static bool may_be_whole(const struct bpe *bpe, struct str word)
{
    return bpe->takes_whole_words || (bpe->vocab->model == VOCAB_GEMMA4 && word.data[0] == '\n');
}

void bpe_encode(const struct bpe *bpe, struct merger *merger, struct token_list *out,
                struct str word)
{
    if (may_be_whole(bpe, word)) {
        token_id whole = vocab_find_normal(bpe->vocab, word);
        if (whole != TOKEN_NONE) {
            token_list_append(out, whole);
            return;
        }
    }
    if (bpe->vocab->model == VOCAB_GEMMA4)
        merger_start_characters(merger, bpe->vocab, word);
    else
        merger_start_bytes(merger, bpe->vocab, word);
    merger_run(merger, join_tokens, bpe);
    merger_emit(merger, bpe->vocab, word, out);
}
