// host_run_state.h - what the files of a run share.  For them only.
//
// A run is one answer: its prompt (host_prompt.c), the engine's work on it (host_generation.c), and what
// comes of that for the reply (host_run.c).
#ifndef HEARTH_SERVER_HOST_RUN_STATE_H
#define HEARTH_SERVER_HOST_RUN_STATE_H

#include "server/host_state.h"
#include "text/detokenize.h"

struct run {
    struct host *host;
    const struct api_request *wish;
    size_t i_choice;
    struct token_list tokens; // the prompt, then what was generated
    size_t n_prompt, n_max;   // n_max: tokens of the answer
    uint32_t *boundaries;
    size_t n_boundaries;

    struct conversation conversation; // the request's, with the server's word about thinking
    struct chat_turn *turn;           // API_CHAT
    bool opens_thinking;
    struct detokenizer detokenizer; // raw prompts
    struct buf text;                // decoded, not yet known to be free of stop sequences

    struct request *request; // of the engine
    struct live_run live;    // while there is one
    struct event event;      // looked at, not taken
    bool has_event, has_begun, is_over, is_scripted, has_scored;
    struct run_numbers numbers; // of generations before this one
    struct reply *reply;        // while events are given to it
    struct token_list forced;   // the answer, where it is known
    struct scripted_answer scripted;
    uint64_t held_until_ns; // by a scripted answer that takes its time
};

// ---- host_prompt.c ----
enum answer_place run_place(const struct run *run);

// ---- host_generation.c ----
// Hands prompt and answer so far to the engine, which goes on from there.
enum err run_submit(struct run *run, struct error *error);
void run_end_generation(struct run *run); // the engine's part; its numbers stay
void run_hold_back(struct run *run);      // sets when the next token of a scripted answer may come

#endif
