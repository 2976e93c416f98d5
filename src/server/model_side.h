// model_side.h - what the HTTP side needs from the model side, as a table of functions.
//
// host.c implements it with a model, a tokenizer and an engine; tests with a double that answers
// from a script.  The HTTP side sees conversations, counts and events, and no token's meaning.  All
// functions may be called from any thread; a run belongs to one thread at a time.
#ifndef HEARTH_SERVER_MODEL_SIDE_H
#define HEARTH_SERVER_MODEL_SIDE_H

#include "api/error_kinds.h"
#include "api/facts.h"
#include "api/reply.h"
#include "api/request.h"
#include "text/tokenizer.h"

struct run; // one answer being made

enum model_state { MODEL_LOADING, MODEL_READY, MODEL_ASLEEP, MODEL_FAILED };

enum run_state {
    RUN_PREFILL, // waiting, or reading the prompt
    RUN_ANSWERING,
    RUN_DONE,   // the choice has its STOP
    RUN_FAILED, // see the error
};

enum { DIFFERENCE_SIZE = 100 };

struct run_numbers {
    struct usage usage;
    size_t n_remembered;     // earlier answers that went in as they were sampled
    size_t n_computed;       // prompt tokens, by the engine's count
    size_t n_from_disk;      // of the tokens reused
    size_t first_difference; // prompt tokens after which the cache parted from this prompt
    // The first words there: what is remembered, and what this prompt has instead, as JSON strings.
    // Empty when the prompt only goes on where a remembered one ends.
    char remembered[DIFFERENCE_SIZE], found[DIFFERENCE_SIZE];
    double queued_ms;
    bool thinks; // the answer begins with thinking, as far as one knows
};

struct model_side {
    void *self;

    // With MODEL_FAILED, `why` says so.
    enum model_state (*state)(void *self, struct error *why);
    // Keeps the model loaded until release, once *is_held; wakes it if it sleeps.  Waits at most
    // `timeout_ms`: ask again.
    enum err (*hold)(void *self, unsigned timeout_ms, bool *is_held, struct error *error);
    void (*release)(void *self);
    // The strings live as long as the model side.
    void (*tell)(void *self, struct model_facts *model, struct server_facts *server);

    // ---- text and tokens: these need no weights, so they work while the model loads or sleeps ----

    enum err (*tokenize)(void *self, struct token_list *out, struct str text, bool adds_special,
                         bool parses_special, struct error *error);
    void (*put_token_text)(void *self, struct buf *out, token_id id); // its bytes
    // Renders the conversation as the model gets it.
    enum err (*put_prompt)(void *self, struct buf *out, const struct api_request *request,
                           struct error *error);

    // Renders and tokenises: the answer to choice `i_choice` of the request, which must outlive the
    // run.  Nothing is queued yet.
    enum err (*prepare)(void *self, struct run **out, const struct api_request *request,
                        size_t i_choice, struct error *error);
    size_t (*n_prompt)(const struct run *run);
    // What the model reads, or what it has said so far, its own marks included.
    void (*put_run_text)(const struct run *run, struct buf *out, bool is_answer);
    void (*close)(struct run *run); // stops it at the next step; what was computed stays cached

    // ---- while held ----

    // Queues it.  ERR_BUSY when the queue is full.
    enum err (*start)(struct run *run, size_t max_tokens, struct error *error);
    // Waits until something happens or `timeout_ms` have passed and gives events to the reply.
    // Without a reply it only looks: the first token stays where it is.
    enum run_state (*step)(struct run *run, struct reply *reply, unsigned timeout_ms,
                           struct error *error);
    void (*tell_run)(const struct run *run, struct run_numbers *numbers);
    // Nobody waits for it now, so others go first; or somebody does again.
    void (*set_background)(struct run *run, bool is_background);
};

#endif
