#include "engine/generate.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/os.h"
#include "sample/logprobs.h"

enum {
    FOLLOW_ROWS_MAX = 64, // rows at once behind a chosen token: those that a constraint forced
};

// ---- creation ----

static enum err check(const struct generation *generation, uint32_t n_context, uint32_t n_vocab,
                      struct error *error)
{
    if (generation->n_tokens == 0)
        return fail(error, ERR_ARGUMENT, "the prompt is empty");
    if (generation->n_tokens >= n_context)
        return fail(error, ERR_LIMIT,
                    "the prompt is too long: %zu tokens, and the context holds %u",
                    generation->n_tokens, n_context);
    for (size_t i = 0; i < generation->n_tokens; i++)
        if (generation->tokens[i] < 0 || (uint32_t)generation->tokens[i] >= n_vocab)
            return fail(error, ERR_ARGUMENT, "token %zu of the prompt is %d, which is none of %u",
                        i, generation->tokens[i], n_vocab);
    return OK;
}

// Boundaries are hints: what is out of order or out of range is left out.
static void copy_boundaries(struct request *request, const struct generation *generation)
{
    request->boundaries = mem_new(uint32_t, generation->n_boundaries);
    uint32_t last = 0;
    for (size_t i = 0; i < generation->n_boundaries; i++) {
        uint32_t boundary = generation->boundaries[i];
        if (boundary <= last || boundary > request->n_prompt)
            continue;
        request->boundaries[request->n_boundaries++] = last = boundary;
    }
}

static void copy_script(struct request *request, const struct generation *generation)
{
    if (!generation->script)
        return;
    request->script = mem_new(token_id, generation->n_script + 1);
    memcpy(request->script, generation->script, generation->n_script * sizeof(token_id));
    request->n_script = generation->n_script;
}

enum err request_create(struct request **out, const struct generation *generation,
                        uint32_t n_context, uint32_t n_vocab, const uint64_t *samplable,
                        void (*notify)(void *), void *context, struct error *error)
{
    *out = NULL;
    struct sampler *sampler = NULL;
    enum err err = check(generation, n_context, n_vocab, error);
    if (!err)
        err = sampler_open(&sampler, n_vocab, &generation->sampling, error);
    if (err) {
        constraint_state_close(generation->constraint);
        return err;
    }
    struct request *request = mem_new(struct request, 1);
    uint32_t n_prompt = (uint32_t)generation->n_tokens, n_room = n_context - n_prompt;
    uint32_t max_tokens = generation->max_tokens;
    mailbox_init(&request->mailbox, notify, context);
    atomic_init(&request->priority, generation->priority);
    atomic_init(&request->n_owners, 2);
    arena_init(&request->tops, SIZE_MAX);
    request->prompt = mem_new(token_id, n_prompt);
    memcpy(request->prompt, generation->tokens, n_prompt * sizeof(token_id));
    request->n_prompt = request->n_known = n_prompt;
    copy_boundaries(request, generation);
    request->max_tokens = max_tokens;
    request->n_tokens_max = n_prompt + (max_tokens && max_tokens < n_room ? max_tokens : n_room);
    request->n_vocab = n_vocab;
    request->n_top = generation->sampling.n_logprobs < SAMPLING_LOGPROBS_MAX
                         ? generation->sampling.n_logprobs
                         : SAMPLING_LOGPROBS_MAX;
    request->logprobs = generation->sampling.logprobs;
    request->prompt_logprobs = generation->prompt_logprobs;
    request->ignores_end = generation->ignores_end;
    request->ignores_cache = generation->ignores_cache;
    copy_script(request, generation);
    request->detects_loops = generation->sampling.detects_loops;
    request->sampler = sampler;
    guide_init(&request->guide, generation->constraint, samplable, n_vocab);
    request->since_ns = os_time_ns();
    request->stats.n_prompt = n_prompt;
    request->mailbox.stats = request->stats;
    *out = request;
    return OK;
}

void request_let_go(struct request *request)
{
    if (atomic_fetch_sub(&request->n_owners, 1) > 1)
        return;
    mailbox_release(&request->mailbox);
    sampler_close(request->sampler);
    guide_release(&request->guide);
    arena_release(&request->tops);
    free(request->prompt);
    free(request->boundaries);
    free(request->script);
    free(request);
}

// ---- phases and numbers ----

static void note_difference(struct request_stats *stats, const struct session *session)
{
    stats->first_difference = session->first_difference;
    stats->n_other = session->n_other;
    memcpy(stats->other, session->other, sizeof stats->other);
}

// Adds the time since the last call to the present phase and publishes the numbers.
static void update_stats(struct request *request)
{
    struct request_stats *stats = &request->stats;
    uint64_t now_ns = os_time_ns(), spent_ns = now_ns - request->since_ns;
    request->since_ns = now_ns;
    switch (request->phase) {
    case REQUEST_WAITING:
        stats->queued_ns += spent_ns;
        break;
    case REQUEST_PREFILL:
        stats->prefill_ns += spent_ns;
        break;
    case REQUEST_DECODE:
        stats->decode_ns += spent_ns;
        break;
    case REQUEST_STOPPED:
        break;
    }
    const struct session *session = &request->session;
    if (session->memory) {
        uint32_t n_prompt_done =
            session->n_computed < request->n_prompt ? session->n_computed : request->n_prompt;
        if (!request->was_parked) { // or it is its own work that it takes up again
            stats->n_reused = session->n_reused;
            stats->n_from_disk = session->n_from_disk;
            note_difference(stats, session); // the disk may have known more than the tree
        }
        stats->n_computed = n_prompt_done > stats->n_reused ? n_prompt_done - stats->n_reused : 0;
    }
    stats->n_generated = request->n_generated;
    mailbox_set_stats(&request->mailbox, stats);
}

static void enter(struct request *request, enum request_phase phase)
{
    update_stats(request);
    request->phase = phase;
}

static void tell_progress(struct request *request)
{
    const struct session *session = &request->session;
    if (request->n_generated > 0)
        return; // taken up again in the middle of its answer
    struct event event = {
        .kind = EVENT_PREFILL,
        .n_done = session->n_computed < request->n_prompt ? session->n_computed : request->n_prompt,
        .n_total = request->n_prompt,
        .n_reused = request->stats.n_reused,
    };
    mailbox_put(&request->mailbox, &event);
}

bool request_admit(struct request *request, struct session_memory *memory, size_t n_snapshots_max,
                   uint32_t n_reserved)
{
    uint32_t n_room = request->n_tokens_max - request->n_known;
    bool scores = request->prompt_logprobs; // told once, so it must not have to step back
    struct session_options options = {
        .tokens = request->prompt,
        .n_tokens = request->n_known,
        .n_tokens_max = request->n_tokens_max,
        .n_tokens_reserved =
            request->n_known + (n_room < n_reserved || scores ? n_room : n_reserved),
        .boundaries = request->boundaries,
        .n_boundaries = request->n_boundaries,
        .n_snapshots_max = n_snapshots_max,
        .reuses = !scores && !request->ignores_cache,
    };
    if (!session_open(&request->session, memory, &options))
        return false;
    enter(request, REQUEST_PREFILL);
    update_stats(request);
    tell_progress(request);
    return true;
}

void request_park(struct request *request)
{
    const struct session *session = &request->session;
    assert(!request->prompt_logprobs);
    enter(request, REQUEST_WAITING);
    request->was_parked = true;
    request->n_known = session->n_tokens;
    request->prompt = mem_resize(request->prompt, session->n_tokens, sizeof *request->prompt);
    memcpy(request->prompt, session->tokens, session->n_tokens * sizeof *request->prompt);
    session_close(&request->session, true);
}

void request_stop(struct request *request, enum stop_reason reason, enum err err)
{
    enter(request, REQUEST_STOPPED);
    session_close(&request->session, reason != STOP_ERROR);
    request->reason = reason;
    request->error = err;
}

void request_tell_stop(struct request *request)
{
    struct event event = {.kind = EVENT_STOP, .stop = request->reason, .error = request->error};
    mailbox_put(&request->mailbox, &event);
    mailbox_notify(&request->mailbox);
}

// ---- tokens ----

static const struct token_logprob *keep_top(struct request *request,
                                            const struct token_logprob *top, uint32_t n_top)
{
    if (n_top == 0)
        return NULL;
    struct token_logprob *kept = arena_new(&request->tops, struct token_logprob, n_top);
    return kept ? memcpy(kept, top, n_top * sizeof *kept) : NULL;
}

static void tell_token(struct request *request, const struct sample *sample, bool is_end,
                       bool is_prompt)
{
    struct event event = {
        .kind = EVENT_TOKEN,
        .token = sample->token,
        .is_end = is_end,
        .is_prompt = is_prompt,
        .logprob = sample->logprob,
        .top = keep_top(request, sample->top, sample->n_top),
    };
    event.n_top = event.top ? sample->n_top : 0;
    mailbox_put(&request->mailbox, &event);
}

// Scores prompt token i by the logits of the token before it.
static void tell_score(struct request *request, uint32_t i, const float *logits)
{
    struct token_logprob top[SAMPLING_LOGPROBS_MAX];
    double log_sum = logits_log_sum(logits, request->n_vocab);
    struct sample score = {.token = request->prompt[i],
                           .logprob = (float)(logits[request->prompt[i]] - log_sum),
                           .top = top};
    score.n_top = logits_top(logits, request->n_vocab, log_sum, top, request->n_top);
    tell_token(request, &score, false, true);
}

// 64 bits that differ when any bit of the row does, almost surely.
static uint64_t hash_logits(const float *logits, uint32_t n)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &logits[i], sizeof bits);
        hash = (hash ^ bits) * 0x100000001B3u; // FNV-1a over words
        hash ^= hash >> 32;
    }
    return hash;
}

// Why the answer ends with the token just counted, or STOP_NONE.
static enum stop_reason reason_to_stop(struct request *request, bool is_end)
{
    if (is_end && !request->ignores_end)
        return STOP_END;
    if (request->max_tokens && request->n_generated >= request->max_tokens)
        return STOP_LENGTH;
    if (request->n_prompt + request->n_generated >= request->n_tokens_max)
        return STOP_CONTEXT;
    if (guide_is_complete(&request->guide))
        return STOP_COMPLETE;
    if (request->detects_loops && !request->script && sampler_is_looping(request->sampler))
        return STOP_LOOP;
    return STOP_NONE;
}

// The sample is part of the answer from now on.  Returns why the answer ends with it.
static enum stop_reason take(struct request *request, const struct tokenizer *tokenizer,
                             const struct sample *sample)
{
    bool is_end = tokenizer_is_end(tokenizer, sample->token);
    sampler_accept(request->sampler, sample->token);
    request->n_generated++;
    tell_token(request, sample, is_end, false);
    enum stop_reason reason = reason_to_stop(request, is_end);
    if (reason == STOP_NONE)
        session_append(&request->session, sample->token);
    return reason;
}

// Appends what a constraint leaves no choice about; the next step computes it like a prompt.
static enum stop_reason take_forced(struct request *request, const struct tokenizer *tokenizer)
{
    size_t n_tokens;
    const token_id *tokens = guide_forced(&request->guide, tokenizer, &n_tokens);
    enum stop_reason reason = STOP_NONE;
    for (size_t i = 0; i < n_tokens && reason == STOP_NONE; i++) {
        if (!guide_accept(&request->guide, tokens[i]))
            break;
        reason = take(request, tokenizer, &(struct sample){.token = tokens[i]});
    }
    return reason;
}

static void choose(struct request *request, const struct tokenizer *tokenizer, const float *logits)
{
    struct sample sample = {.token = TOKEN_NONE};
    if (!request->script || request->logprobs)
        sampler_sample(request->sampler, logits, guide_mask(&request->guide), &sample);
    if (request->n_generated < request->n_script)
        sample.token = request->script[request->n_generated];
    // Nothing to choose from, as when the logits are no numbers, is an error.
    enum stop_reason reason = STOP_ERROR;
    if (request->script && request->n_generated == request->n_script)
        reason = STOP_END;
    else if (sample.token != TOKEN_NONE && guide_accept(&request->guide, sample.token))
        reason = take(request, tokenizer, &sample);
    if (reason == STOP_NONE)
        reason = take_forced(request, tokenizer);
    if (reason == STOP_NONE) {
        update_stats(request);
        return;
    }
    request->stats.logits_hash = hash_logits(logits, request->n_vocab);
    request_stop(request, reason, reason == STOP_ERROR ? ERR_FORMAT : OK);
}

// ---- steps ----

bool request_is_prefilling(const struct request *request)
{
    return request->phase == REQUEST_PREFILL && session_n_pending(&request->session) > 1;
}

void request_plan(const struct request *request, uint32_t n_rows_max, uint32_t n_outputs_max,
                  uint32_t *n_rows, uint32_t *n_outputs)
{
    const struct session *session = &request->session;
    if (request->phase == REQUEST_DECODE && n_rows_max > FOLLOW_ROWS_MAX)
        n_rows_max = FOLLOW_ROWS_MAX;
    bool scores = request->prompt_logprobs && request->phase == REQUEST_PREFILL;
    if (scores && n_rows_max > n_outputs_max)
        n_rows_max = n_outputs_max;
    *n_rows = session_cut(session, n_rows_max);
    *n_outputs = scores ? *n_rows : *n_rows == session_n_pending(session);
}

void request_receive(struct request *request, const struct tokenizer *tokenizer,
                     const float *logits, uint32_t n_outputs)
{
    const struct session *session = &request->session;
    if (request->phase == REQUEST_PREFILL) {
        update_stats(request);
        tell_progress(request);
        uint32_t first = session->n_computed - n_outputs; // the token of the first output
        for (uint32_t i = 0; request->prompt_logprobs && i < n_outputs; i++)
            if (first + i + 1 < request->n_prompt)
                tell_score(request, first + i + 1, logits + (size_t)i * request->n_vocab);
    }
    if (session_n_pending(session) > 0)
        return;
    assert(n_outputs > 0);
    if (request->phase == REQUEST_PREFILL)
        enter(request, REQUEST_DECODE);
    choose(request, tokenizer, logits + (size_t)(n_outputs - 1) * request->n_vocab);
}
