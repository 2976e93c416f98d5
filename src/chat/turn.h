// turn.h - one turn of a conversation, from messages to events.
//
// What the server, `hearth run` and tests use of this folder: open a turn with a conversation, give
// its prompt to the engine, push every sampled token, finish.  Events come through the sink of the
// options; what was sampled is remembered for the next request.
//
// A chat_model is shared by all threads; a chat_turn belongs to one.
#ifndef HEARTH_CHAT_TURN_H
#define HEARTH_CHAT_TURN_H

#include <time.h>

#include "chat/chat.h"
#include "text/tokenizer.h"

struct chat_model;
struct json_object;
struct tool_markup; // sample/tool_markup.h

struct chat_model_source {
    struct tokenizer *tokenizer; // borrowed until close; its markup tokens are declared here
    struct str chat_template;    // read and not kept; may be empty
    struct str architecture;
    const char *dialect;    // a row's name; NULL: detected
    size_t memory_size_max; // for remembered answers; 0: 64 MiB
};

enum err chat_model_open(struct chat_model **out, const struct chat_model_source *source,
                         struct error *error);
void chat_model_close(struct chat_model *model);
// Remembers answers in this file, too, and takes up what it has; see turn_journal.h.  Once, while no
// turn is open.
enum err chat_model_keep(struct chat_model *model, const char *path, struct error *error);

const char *chat_model_dialect(const struct chat_model *model);  // the row's name
const char *chat_model_sampling(const struct chat_model *model); // key of the sampling defaults
const char *chat_model_note(const struct chat_model *model);     // "" when all is well
// How calls are written, for the constraint; and what begins and ends thinking, "" where there is none.
const struct tool_markup *chat_model_tools(const struct chat_model *model);
const char *chat_model_think_open(const struct chat_model *model);
const char *chat_model_think_close(const struct chat_model *model);

struct chat_turn_options {
    enum thinking_mode thinking; // what the client's silence means; DEFAULT: the template's default
    size_t n_thinking_max;       // budget where the client names none; 0: none
    enum thinking_history history;
    bool continues_answer; // a last assistant message is the beginning of the answer
    bool forgets;          // do not remember this answer
    struct json_object *template_arguments; // chat_template_kwargs, or NULL
    const char *id_prefix;                  // of call ids; NULL: "call_"
    uint64_t id_seed;                       // never the same twice; 0: from the clock
    struct tm now;
    chat_sink sink; // may be NULL for a turn that is only counted
    void *context;
};

struct chat_turn;

// Renders the prompt.  The conversation and what it borrows must outlive the turn.
enum err chat_turn_open(struct chat_turn **out, struct chat_model *model,
                        const struct conversation *conversation,
                        const struct chat_turn_options *options, struct error *error);
void chat_turn_close(struct chat_turn *turn);

struct chat_prompt_view {
    const token_id *ids;
    size_t n_ids;
    const size_t *turn_starts; // offsets in ids where a turn begins: good points to keep state at
    size_t n_turn_starts;
    bool opens_thinking; // the answer begins inside thinking
    size_t n_remembered; // earlier answers that went in as sampled
    const char *note;    // why the rendering is not the template's own; "" when it is
    bool is_note_new;    // said for the first time
};
struct chat_prompt_view chat_turn_prompt(const struct chat_turn *turn);

// The rendered text, remembered answers included, for --dump prompt.  The turn's.
struct str chat_turn_text(struct chat_turn *turn);

// A sampled (or forced) token.  False: the answer is over, do not sample on.
bool chat_turn_push(struct chat_turn *turn, token_id id);

// Tokens to feed now in place of sampling, because the thinking budget is used up: a closing
// sentence and the mark that ends thinking.  *n_ids is 0 otherwise.  Push them as if sampled.
const token_id *chat_turn_forced(const struct chat_turn *turn, size_t *n_ids);

bool chat_turn_in_thinking(const struct chat_turn *turn);
size_t chat_turn_n_thinking(const struct chat_turn *turn); // tokens so far

// Ends the answer: sends what was held back and the STOP event, and remembers the ids.  `why` is
// what the caller knows (END_TURN after a push returned false); returns the reason reported.
enum chat_stop chat_turn_finish(struct chat_turn *turn, enum chat_stop why);

#endif
