// reply.h - an answer on its way to the client: events go in, a dialect's bytes come out.
//
// The reply is the state machine between chat events and a dialect's writers.  It opens, fills and
// closes blocks one after another, so a dialect cannot emit them out of order, and it keeps what was
// said, from which whole bodies and closing events are written.  One thread at a time.
#ifndef HEARTH_API_REPLY_H
#define HEARTH_API_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "api/request.h"
#include "base/buf.h"
#include "base/rng.h"
#include "chat/chat.h"

struct api_dialect;
struct api_error;

enum block_kind { BLOCK_TEXT, BLOCK_THINKING, BLOCK_CALL };

struct block {
    enum block_kind kind;
    size_t i_block;  // among the blocks of its choice
    size_t i_call;   // CALL: 0 for the first call of the choice
    struct buf text; // so far; CALL: the arguments
    char *id;        // CALL: the call's.  THINKING: the signature, or NULL
    char *name;      // CALL
    char *item_id;   // the dialect's own id of the block, or NULL
    bool is_closed;
    bool is_cut; // CALL: the arguments are unfinished
};

struct token_report { // one token of the answer, when log-probabilities were asked for
    token_id id;
    struct str bytes;               // may be a part of a character
    double logprob;                 // NAN: not known (the first token of a prompt)
    const struct token_report *top; // alternatives, best first
    size_t n_top;
};

struct choice {
    size_t i_choice;
    struct block **blocks;
    size_t n_blocks, capacity;
    bool is_finished;
    enum chat_stop stop;
    char *stop_sequence; // CHAT_STOP_SEQUENCE
    struct token_report *reports;
    size_t n_reports, reports_capacity;
    size_t n_reports_sent; // how many of them are already on their way
    token_id *tokens;      // of raw completions
    size_t n_tokens, tokens_capacity;
    size_t n_tokens_sent;
    struct buf prompt; // as the model read it, for dialects that show it
    size_t n_prompt;   // its tokens
};

struct usage {
    size_t n_prompt, n_reused; // n_reused of n_prompt came from the cache
    size_t n_generated, n_thinking;
    double prompt_ms, generated_ms;
};

struct reply {
    const struct api_dialect *dialect;
    const struct api_request *request; // must outlive the reply
    struct buf out;                    // for the client; the server sends and resets it
    struct rng rng;                    // for ids
    struct arena arena;                // of token reports
    char *id;
    int64_t created_s; // Unix time
    struct choice *choices;
    size_t n_choices;
    struct usage usage;
    struct sampling_wish sampling; // how the answer is sampled, for dialects that show it
    size_t n_context;
    size_t n_events; // written so far, for dialects that number them
    bool thinks;     // the answer begins with thinking, as far as one knows
    bool is_started, is_finished;
    // Sees each event of the model before it is written, for traces; or NULL.
    void (*watch)(void *context, size_t i_choice, const struct chat_event *event);
    void *watch_context;
};

// `seed` makes the ids; `created_s` is the wall clock.
void reply_init(struct reply *reply, const struct api_dialect *dialect,
                const struct api_request *request, size_t n_choices, uint64_t seed,
                int64_t created_s);
void reply_release(struct reply *reply);

// Streaming: writes the first events, and opens the first block where the dialect wants that.
// reply->usage.n_prompt and reply->thinks should be known.
void reply_start(struct reply *reply);
// Streaming: something that keeps the client waiting, for which a dialect that needs an open block gets
// an empty one.  Does nothing otherwise.
void reply_beat(struct reply *reply);
// Takes a chat event.  Events of one choice follow chat.h's order; nothing may follow its STOP.
void reply_add(struct reply *reply, size_t i_choice, const struct chat_event *event);
// A token of a raw completion, before the event that its text is in.
void reply_add_token(struct reply *reply, size_t i_choice, token_id id);
// Takes what is known about the next token of the choice, before the event that its text is in.
void reply_report(struct reply *reply, size_t i_choice, const struct token_report *report);
// The answer is complete: the last events, or the whole body.  reply->usage must be final.
void reply_finish(struct reply *reply);
// After reply_start(): ends the stream with an error.  Blocks that are open stay unfinished.
void reply_fail(struct reply *reply, const struct api_error *error);

// "prefix" and 24 random letters and digits, for free().
char *reply_make_id(struct reply *reply, const char *prefix);

#endif
