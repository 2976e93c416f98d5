// replay.h - what would these recorded sessions cost here, turn by turn?
//
// Sends recorded requests through what a request goes through in the server - reading, rendering,
// tokenising, engine, cache, parsing - with a host in this process.  The answers are not the model's
// choice: each is forced to what the conversation's next request says it was, so that the session grows
// as it did in reality, and the ids made here replace the recorded ones in what the client sends back.
//
// For `hearth bench --session` and tests.  One thread at a time.
#ifndef HEARTH_SERVER_REPLAY_H
#define HEARTH_SERVER_REPLAY_H

#include "server/host.h"
#include "server/recording.h"

struct replay;

struct replay_options {
    size_t n_free_tokens; // length of an answer that the recordings do not know; 0: 8
    // Answers use other tokens for the same text than a tokenizer would, as models sometimes do.
    bool splits_tokens;
};

enum replay_kind {
    REPLAY_NEW,    // the first prompt of its conversation
    REPLAY_APPEND, // begins with all that a prompt of the session and its answer said, as the first
    REPLAY_FORK,   // of a session seen before, and says something else somewhere
};

struct replay_turn {
    const char *name; // the recording's
    size_t i_session;
    enum replay_kind kind;
    bool is_forced;                                     // the answer was the recording's
    size_t n_prompt, n_reused, n_computed, n_generated; // tokens, by the engine's count
    size_t n_from_disk;                                 // of those reused
    size_t n_new;        // prompt tokens behind the longest turn it goes on from
    size_t n_remembered; // earlier answers that went in as they were sampled
    size_t first_difference;
    char remembered[DIFFERENCE_SIZE], found[DIFFERENCE_SIZE]; // see run_numbers
    double first_token_ms; // from the request to the answer's first token
};

// The recordings are borrowed and changed.
struct replay *replay_open(struct recordings *recordings, const struct replay_options *options);
void replay_close(struct replay *replay);

// Replays the next request; false when there are no more.  The host may be another than the last
// time, say, one opened after a restart.
bool replay_next(struct replay *replay, struct host *host, struct replay_turn *turn, enum err *err,
                 struct error *error);

#endif
