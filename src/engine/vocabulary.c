#include "engine/vocabulary.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/memory.h"

static enum token_role role_of(const struct tokenizer *tokenizer, token_id id)
{
    if (tokenizer_is_end(tokenizer, id))
        return TOKEN_ROLE_END;
    if (!tokenizer_is_samplable(tokenizer, id))
        return TOKEN_ROLE_UNUSED;
    switch (tokenizer_kind(tokenizer, id)) {
    case TOKEN_CONTROL:
        return TOKEN_ROLE_CONTROL;
    case TOKEN_USER_DEFINED:
        return TOKEN_ROLE_MARK;
    case TOKEN_UNUSED:
    case TOKEN_UNKNOWN:
        return TOKEN_ROLE_UNUSED;
    default:
        return TOKEN_ROLE_TEXT;
    }
}

enum err vocabulary_open(struct constraint_vocabulary **out, const struct tokenizer *tokenizer,
                         struct error *error)
{
    size_t n = tokenizer_n_tokens(tokenizer);
    struct buf blob = {0};
    uint32_t *offsets = mem_new(uint32_t, n + 1);
    uint8_t *roles = mem_new(uint8_t, n);
    for (size_t i = 0; i < n; i++) {
        struct str text = tokenizer_bytes(tokenizer, (token_id)i);
        offsets[i] = (uint32_t)blob.size;
        roles[i] = (uint8_t)role_of(tokenizer, (token_id)i);
        buf_append(&blob, text.data, text.size);
    }
    offsets[n] = (uint32_t)blob.size;
    struct token_vocabulary vocabulary = {
        .blob = blob.data ? blob.data : "", .offsets = offsets, .roles = roles, .n_tokens = n};
    enum err err = constraint_vocabulary_open(out, &vocabulary, error);
    buf_release(&blob);
    free(offsets);
    free(roles);
    return err;
}

uint64_t *vocabulary_samplable(const struct tokenizer *tokenizer, uint32_t n_vocab)
{
    uint64_t *mask = mem_new(uint64_t, (n_vocab + 63) / 64);
    uint32_t n = 0;
    for (uint32_t id = 0; tokenizer && id < n_vocab; id++)
        if (id < tokenizer_n_tokens(tokenizer) && tokenizer_is_samplable(tokenizer, (token_id)id)) {
            mask[id / 64] |= UINT64_C(1) << id % 64;
            n++;
        }
    if (tokenizer && n > 0 && n < n_vocab)
        return mask;
    free(mask);
    return NULL;
}
