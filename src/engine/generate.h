// generate.h - one request on its way from prompt to stop.
//
// Created by the thread that submits, then run by the engine's thread alone: admitted (a session is
// opened), stepped (rows planned, logits received, tokens chosen and told), stopped.  Reader and
// engine each own it; the last to let go frees it.
#ifndef HEARTH_ENGINE_GENERATE_H
#define HEARTH_ENGINE_GENERATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "engine/engine.h"
#include "engine/guide.h"
#include "engine/mailbox.h"
#include "engine/session.h"

enum request_phase {
    REQUEST_WAITING, // in the queue
    REQUEST_PREFILL, // the prompt is being computed
    REQUEST_DECODE,  // tokens are being chosen
    REQUEST_STOPPED,
};

struct request {
    struct engine *engine;
    struct mailbox mailbox;
    struct request *next; // in the engine's inbox
    atomic_bool is_cancelled;
    atomic_int priority;
    atomic_uint n_owners;

    // ---- what is wanted; does not change ----
    token_id *prompt; // [n_known] and, after it was parked, the answer so far
    uint32_t n_prompt, n_known;
    uint32_t *boundaries;
    size_t n_boundaries;
    uint32_t max_tokens;   // 0: up to n_tokens_max
    uint32_t n_tokens_max; // prompt and answer
    uint32_t n_vocab, n_top;
    bool logprobs, prompt_logprobs, ignores_end, ignores_cache, detects_loops;
    token_id *script; // or NULL
    size_t n_script;

    // ---- where it is; the engine's thread ----
    uint64_t number;      // of arrival
    uint32_t n_overtaken; // see scheduler.h
    enum request_phase phase;
    struct session session; // while running
    struct sampler *sampler;
    struct guide guide;
    uint32_t n_generated;
    bool was_parked;
    struct arena tops;       // event.top
    uint64_t since_ns;       // up to when time is counted in `stats`
    enum stop_reason reason; // once stopped
    enum err error;
    struct request_stats stats;
};

// Copies the generation; its constraint is taken over in any case.  Errors as engine_submit()'s.
enum err request_create(struct request **out, const struct generation *generation,
                        uint32_t n_context, uint32_t n_vocab, const uint64_t *samplable,
                        void (*notify)(void *), void *context, struct error *error);
void request_let_go(struct request *request); // one owner less

// Opens the session; false when there is no room yet.
// Of the answer, n_reserved tokens are promised at once; it may still become longer.
bool request_admit(struct request *request, struct session_memory *memory, size_t n_snapshots_max,
                   uint32_t n_reserved);
// Back into the queue, what was computed remembered; admitted again, it goes on where it was.
void request_park(struct request *request);

// Whether its next rows are prompt, to be scheduled in chunks, and not what follows a chosen token.
bool request_is_prefilling(const struct request *request);
// How many of the next tokens to compute, given so much room, and for how many logits are wanted.
void request_plan(const struct request *request, uint32_t n_rows_max, uint32_t n_outputs_max,
                  uint32_t *n_rows, uint32_t *n_outputs);
// After a step: `logits` [n_outputs, n_vocab] belong to its last n_outputs rows.  Tells the reader, and
// stops when the answer is complete.
void request_receive(struct request *request, const struct tokenizer *tokenizer,
                     const float *logits, uint32_t n_outputs);
// Closes the session; what it computed stays cached unless there was an error.
void request_stop(struct request *request, enum stop_reason reason, enum err err);
// The last event; after request_stop(), when the engine's own numbers count the request no more.
void request_tell_stop(struct request *request);

#endif
