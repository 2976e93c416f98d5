// engine.h - many generations on one model: who runs next, and what is remembered.
//
// Any thread submits token ids and gets a request; the engine's one thread prefills and decodes all
// of them together and puts events into each request's queue, which can hold a whole answer, so the
// engine never waits for a reader.  It knows tokens, not text.
#ifndef HEARTH_ENGINE_ENGINE_H
#define HEARTH_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/token.h"
#include "model/model.h"
#include "sample/sampler.h"
#include "text/tokenizer.h"

struct engine;
struct request;          // one submitted generation
struct constraint_state; // sample/constraint.h
struct store_options;    // engine/store.h

struct engine_config {
    uint32_t n_context;         // tokens one sequence may hold, prompt and answer
    uint32_t n_parallel;        // sequences at a time (>= 1); later ones wait in the queue
    uint32_t n_queue_max;       // waiting requests beyond which submit answers ERR_BUSY
    uint32_t n_batch;           // most rows in one step
    uint32_t n_cache_tokens;    // tokens whose KV all sequences and what is remembered may hold
                                // together; n_context at least
    uint64_t snapshot_size_max; // bytes of RAM for recurrent snapshots
    unsigned wait_ms_max;       // about the longest a stream waits for another's prefill; 0: 300
    const struct store_options *disk; // where states are kept on disk; NULL: nowhere
    uint64_t (*clock_ns)(
        void *context); // measures the steps; NULL: the system's, others are for tests
    void *clock_context;
};

enum stop_reason {
    STOP_NONE,
    STOP_END,       // an end-of-generation token
    STOP_LENGTH,    // max_tokens
    STOP_CONTEXT,   // the context is full
    STOP_CANCELLED, // engine_cancel, or the consumer asked for it
    STOP_COMPLETE,  // the constraint says that nothing can follow
    STOP_LOOP,      // the loop detector
    STOP_ERROR,     // see event.error
};

enum event_kind {
    EVENT_PREFILL, // progress: n_done of n_total prompt tokens, n_reused of them from the cache
    EVENT_TOKEN,   // one token was sampled (or forced by a constraint)
    EVENT_STOP,    // the last event
};

struct event {
    enum event_kind kind;
    uint32_t n_done, n_total, n_reused; // EVENT_PREFILL
    token_id token;                     // EVENT_TOKEN, also end tokens (before their EVENT_STOP)
    bool is_end;                        // the token ends the generation and is no part of the text
    bool is_prompt;                     // a prompt token's score (prompt_logprobs)
    float logprob; // of `token`, when logprobs were asked for; 0 for one a constraint forced
    const struct token_logprob *top; // [n_top], valid until the request is closed
    uint32_t n_top;
    enum stop_reason stop; // EVENT_STOP
    enum err error;        // STOP_ERROR
};

struct generation {         // what one request wants; copied by submit, pointers too
    const token_id *tokens; // the prompt
    size_t n_tokens;
    // Prompt lengths worth a snapshot (ascending): end of system and tools, ends of messages.
    const uint32_t *boundaries;
    size_t n_boundaries;
    uint32_t max_tokens; // 0: as many as fit the context
    struct sampling sampling;
    struct constraint_state *constraint; // owned by the engine from here on; NULL: free
    bool prompt_logprobs; // also score the prompt: EVENT_TOKEN for prompt tokens 1..n-1
    bool ignores_end;     // for benchmarks: end tokens do not stop
    bool ignores_cache;   // likewise: the whole prompt is computed
    // For tests of what stands above: the answer itself, taken token by token in the place of the
    // sampler's choice, then STOP_END; without a constraint.  The sampler is asked for logprobs only.
    // NULL: sample.
    const token_id *script;
    size_t n_script;
    int priority; // higher first; 0 normal, below 0: in the background (see below)
};

enum { ENGINE_DIFFERENCE_TOKENS = 16 };

struct request_stats {
    uint64_t number; // of the request, among all since open
    uint32_t n_prompt, n_reused, n_computed, n_generated;
    uint32_t n_from_disk;                      // of those reused
    uint64_t queued_ns, prefill_ns, decode_ns; // time in each state so far
    // Where the prompt parted from everything remembered, and what the closest branch has there (no
    // tokens: nothing was remembered behind it, the prompt only goes on).
    uint32_t first_difference, n_other;
    token_id other[ENGINE_DIFFERENCE_TOKENS];
    uint64_t logits_hash; // of the row that the last token was sampled from; set when it stops
};

struct engine_stats {
    uint32_t n_running, n_waiting;
    uint64_t n_prompt_tokens, n_reused_tokens, n_generated_tokens; // since open
    uint64_t n_disk_tokens;                                        // of those reused
    uint64_t prefill_ns, decode_ns;
    uint64_t n_steps, n_steps_shared;     // of the model; the sum of how many requests were in each
    uint32_t n_tokens_max;                // of the longest sequence there was
    uint32_t n_pages_used, n_pages_total; // group 0
    uint64_t state_size_used;
    uint64_t logits_hash; // of the answer that stopped last, for comparing runs
};

// `model` must have been opened with room for engine_model_options(); it and the tokenizer stay the
// caller's and must outlive the engine.
enum err engine_open(struct engine **out, struct model *model, const struct tokenizer *tokenizer,
                     const struct engine_config *config, struct error *error);
void engine_close(struct engine *engine); // cancels what runs and joins the thread

// Sets the model options that this configuration needs (pages, states, rows); the types of K and V and
// `drafts` are the caller's and must be set before.
void engine_model_options(const struct hyperparams *hyperparams, const struct engine_config *config,
                          struct model_options *options);

// Queues a generation.  `notify` (may be NULL) is called from the engine thread, without locks held,
// each time events were added; it must be quick.  ERR_LIMIT: prompt does not fit the context
// (nothing is queued); ERR_BUSY: the queue is full; ERR_ARGUMENT: no tokens, or ids that are none.
// The constraint is taken over in any case.
enum err engine_submit(struct engine *engine, struct request **out,
                       const struct generation *generation, void (*notify)(void *), void *context,
                       struct error *error);
// Takes the next event; false when there is none yet (or, after waiting timeout_ms, still none).
bool request_next(struct request *request, struct event *event, unsigned timeout_ms);
void request_cancel(struct request *request); // stops at the next step; its state stays cached
// Background requests (below 0) prefill when nobody else does, and step back, their state kept, when
// a foreground request needs their place.  A prompt goes on being read after its reader has left by
// giving it a lower priority instead of cancelling it; one that asks the same again cancels it and
// continues from what it left.
void request_set_priority(struct request *request, int priority);
void request_stats(struct request *request, struct request_stats *stats);
uint64_t request_number(const struct request *request); // known before any stats are
// Cancels if needed; no events and no `notify` after this.  Not from within notify.  May come after
// engine_close().
void request_close(struct request *request);

void engine_stats(struct engine *engine, struct engine_stats *stats);
// The numbers of the requests that run now, at most n_max.  Returns how many.
size_t engine_slots(struct engine *engine, struct request_stats *slots, size_t n_max);

#endif
