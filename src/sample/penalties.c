#include "sample/penalties.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

// Beyond this a token is out anyway, and infinity could leave a constraint nothing to choose.
#define DRY_PENALTY_MAX 1e6f

static bool window_init(struct token_window *window, uint32_t size)
{
    *window = (struct token_window){.tokens = mem_try_alloc(size, sizeof(token_id)), .size = size};
    return window->tokens != NULL;
}

// Returns the token that falls out, or TOKEN_NONE.
static token_id window_push(struct token_window *window, token_id token)
{
    token_id gone = window->n == window->size ? window->tokens[window->at] : TOKEN_NONE;
    window->tokens[window->at] = token;
    window->at = (window->at + 1) % window->size;
    window->n += window->n < window->size;
    return gone;
}

static void window_reset(struct token_window *window)
{
    window->n = window->at = 0;
}

// ---- repetition, presence, frequency ----

enum err penalties_init(struct penalties *penalties, uint32_t n_vocab,
                        const struct sampling *sampling, struct error *error)
{
    *penalties = (struct penalties){0};
    bool repeats = sampling->repeat_penalty != 0 && sampling->repeat_penalty != 1;
    if (!repeats && sampling->presence_penalty == 0 && sampling->frequency_penalty == 0)
        return OK;
    uint32_t last_n = sampling->penalty_last_n ? sampling->penalty_last_n : SAMPLING_LAST_N;
    penalties->counts = mem_try_alloc(n_vocab, sizeof *penalties->counts);
    if (penalties->counts && window_init(&penalties->window, last_n))
        return OK;
    penalties_release(penalties);
    return fail(error, ERR_MEMORY, "no memory for penalties over %u tokens", n_vocab);
}

void penalties_release(struct penalties *penalties)
{
    free(penalties->window.tokens);
    free(penalties->counts);
    *penalties = (struct penalties){0};
}

void penalties_reset(struct penalties *penalties)
{
    for (uint32_t i = 0; i < penalties->window.n; i++)
        penalties->counts[penalties->window.tokens[i]] = 0;
    window_reset(&penalties->window);
}

void penalties_accept(struct penalties *penalties, token_id token)
{
    if (!penalties->counts)
        return;
    token_id gone = window_push(&penalties->window, token);
    if (gone != TOKEN_NONE)
        penalties->counts[gone]--;
    penalties->counts[token]++;
}

void penalties_apply(struct penalties *penalties, const struct sampling *sampling, float *logits)
{
    const struct token_window *window = &penalties->window;
    float repeat = sampling->repeat_penalty != 0 ? sampling->repeat_penalty : 1;
    // Each token once: its count is negative while it is done.
    for (uint32_t i = 0; i < window->n; i++) {
        token_id token = window->tokens[i];
        int32_t *count = &penalties->counts[token];
        if (*count < 0)
            continue;
        float *logit = &logits[token];
        *logit = *logit > 0 ? *logit / repeat : *logit * repeat;
        *logit -= sampling->presence_penalty + sampling->frequency_penalty * (float)*count;
        *count = -*count;
    }
    for (uint32_t i = 0; i < window->n; i++) {
        int32_t *count = &penalties->counts[window->tokens[i]];
        *count = *count < 0 ? -*count : *count;
    }
}

// ---- DRY ----

static int compare_tokens(const void *a, const void *b)
{
    token_id x = *(const token_id *)a, y = *(const token_id *)b;
    return x < y ? -1 : x > y;
}

static bool is_breaker(const struct dry *dry, token_id token)
{
    return dry->n_breakers &&
           bsearch(&token, dry->breakers, dry->n_breakers, sizeof token, compare_tokens);
}

enum err dry_init(struct dry *dry, uint32_t n_vocab, const struct sampling *sampling,
                  struct error *error)
{
    *dry = (struct dry){0};
    if (sampling->dry_multiplier == 0)
        return OK;
    uint32_t last_n = sampling->dry_last_n ? sampling->dry_last_n : SAMPLING_DRY_LAST_N;
    size_t n_breakers = sampling->n_dry_breakers;
    dry->breakers = mem_try_alloc(n_breakers + 1, sizeof *dry->breakers);
    dry->backwards = mem_try_alloc(last_n, sizeof *dry->backwards);
    dry->matches = mem_try_alloc(last_n, sizeof *dry->matches);
    dry->lengths = mem_try_alloc(n_vocab, sizeof *dry->lengths);
    if (!dry->breakers || !dry->backwards || !dry->matches || !dry->lengths ||
        !window_init(&dry->window, last_n)) {
        dry_release(dry);
        return fail(error, ERR_MEMORY, "no memory for DRY over %u tokens", n_vocab);
    }
    if (n_breakers) {
        memcpy(dry->breakers, sampling->dry_breakers, n_breakers * sizeof *dry->breakers);
        qsort(dry->breakers, n_breakers, sizeof *dry->breakers, compare_tokens);
    }
    dry->n_breakers = n_breakers;
    return OK;
}

void dry_release(struct dry *dry)
{
    free(dry->window.tokens);
    free(dry->breakers);
    free(dry->backwards);
    free(dry->matches);
    free(dry->lengths);
    *dry = (struct dry){0};
}

void dry_reset(struct dry *dry)
{
    window_reset(&dry->window);
    dry->n_since_breaker = 0;
}

void dry_accept(struct dry *dry, token_id token)
{
    if (!dry->lengths)
        return;
    window_push(&dry->window, token);
    dry->n_since_breaker = is_breaker(dry, token) ? 0 : dry->n_since_breaker + 1;
}

// matches[i]: how many tokens from backwards[i] on equal those from backwards[0] on (the Z function:
// linear, as a stretch that matched is not compared again).
static void match_end(struct dry *dry, uint32_t n)
{
    const token_id *text = dry->backwards;
    uint32_t start = 0, end = 0; // the match that reaches furthest
    for (uint32_t i = 1; i < n; i++) {
        uint32_t length = 0;
        if (i < end)
            length = dry->matches[i - start] < end - i ? dry->matches[i - start] : end - i;
        while (i + length < n && text[length] == text[i + length])
            length++;
        dry->matches[i] = length;
        if (i + length > end) {
            start = i;
            end = i + length;
        }
    }
}

void dry_apply(struct dry *dry, const struct sampling *sampling, float *logits)
{
    const struct token_window *window = &dry->window;
    uint32_t n = window->n, limit = dry->n_since_breaker;
    if (n < 2 || limit == 0)
        return;
    limit = limit < UINT16_MAX ? limit : UINT16_MAX;
    for (uint32_t i = 0; i < n; i++)
        dry->backwards[i] = window->tokens[(window->at + window->size - 1 - i) % window->size];
    match_end(dry, n);
    for (uint32_t i = 1; i < n; i++) {
        uint32_t length = dry->matches[i] < limit ? dry->matches[i] : limit;
        token_id next = dry->backwards[i - 1]; // what came after, that time
        if (length && length >= sampling->dry_allowed_length && length > dry->lengths[next])
            dry->lengths[next] = (uint16_t)length;
    }
    for (uint32_t i = 0; i + 1 < n; i++) {
        token_id token = dry->backwards[i];
        if (!dry->lengths[token])
            continue;
        float excess = (float)dry->lengths[token] - (float)sampling->dry_allowed_length;
        float penalty = sampling->dry_multiplier * powf(sampling->dry_base, excess);
        dry->lengths[token] = 0;
        if (!is_breaker(dry, token))
            logits[token] -= penalty < DRY_PENALTY_MAX ? penalty : DRY_PENALTY_MAX;
    }
}
