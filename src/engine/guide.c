#include "engine/guide.h"

#include <stdlib.h>

#include "base/memory.h"

void guide_init(struct guide *guide, struct constraint_state *state, const uint64_t *samplable,
                uint32_t n_vocab)
{
    *guide = (struct guide){.state = state, .samplable = samplable};
    if (!state)
        return;
    // The sampler reads a bit for each row of the head, the constraint writes one for each token.
    size_t n_tokens = constraint_vocabulary_n_tokens(constraint_state_vocabulary(state));
    size_t n_bits = n_tokens > n_vocab ? n_tokens : n_vocab;
    guide->mask = mem_new(uint64_t, (n_bits + 63) / 64);
}

void guide_release(struct guide *guide)
{
    constraint_state_close(guide->state);
    free(guide->mask);
    free(guide->ends);
    buf_release(&guide->forced);
    token_list_release(&guide->tokens);
    *guide = (struct guide){0};
}

void guide_prepare(struct guide *guide)
{
    if (!guide->state || guide->has_mask)
        return;
    constraint_state_mask(guide->state, guide->mask);
    guide->has_mask = true;
}

const uint64_t *guide_mask(struct guide *guide)
{
    guide_prepare(guide);
    return guide->state ? guide->mask : guide->samplable;
}

bool guide_accept(struct guide *guide, token_id token)
{
    guide->has_mask = false;
    return !guide->state || constraint_state_accept(guide->state, token);
}

bool guide_is_complete(struct guide *guide)
{
    return guide->state && constraint_state_is_complete(guide->state);
}

const token_id *guide_forced(struct guide *guide, const struct tokenizer *tokenizer,
                             size_t *n_tokens)
{
    *n_tokens = 0;
    if (!guide->state)
        return NULL;
    buf_reset(&guide->forced);
    guide->tokens.n_ids = 0;
    if (constraint_state_forced(guide->state, &guide->forced) == 0)
        return NULL;
    struct str bytes = {guide->forced.data, guide->forced.size};
    // As markup, so that a mark the constraint asks for is the one token it is in a prompt; where the
    // constraint means text that only looks like it, the token is not accepted and sampling decides.
    tokenizer_encode(tokenizer, &guide->tokens, bytes, true);
    if (guide->tokens.n_ids > guide->n_ends_max) {
        guide->n_ends_max = guide->tokens.capacity;
        guide->ends = mem_resize(guide->ends, guide->n_ends_max, sizeof *guide->ends);
    }
    size_t at = 0;
    for (size_t i = 0; i < guide->tokens.n_ids; i++)
        guide->ends[i] = at += tokenizer_bytes(tokenizer, guide->tokens.ids[i]).size;
    if (at != bytes.size)
        return NULL; // a tokenizer that adds to its text, as SentencePiece's leading space
    *n_tokens = constraint_stable_tokens(constraint_state_vocabulary(guide->state), bytes,
                                         guide->ends, guide->tokens.n_ids);
    return guide->tokens.ids;
}
