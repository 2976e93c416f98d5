// prompt.h - from a conversation to the token ids a model reads.
//
// The file's own template renders whatever it accepts, so the prompt is the one the model was
// trained on, byte for byte.  Turns that the template would refuse, reorder or drop are written in
// place by the family's row of the dialect table; answers whose sampled ids are remembered go in as
// exactly those ids, so the prompt begins with everything computed so far.  Rendering never fails
// because of what a conversation contains: it degrades, and says why.
//
// A writer is opened once per model; any thread may render with it.
#ifndef HEARTH_CHAT_PROMPT_H
#define HEARTH_CHAT_PROMPT_H

#include <time.h>

#include "chat/dialect_table.h"
#include "chat/prompt_turns.h"
#include "chat/spans.h"
#include "chat/turn_memory.h"
#include "text/tokenizer.h"

struct prompt_writer;

struct prompt_source {                 // read while opening; the tokenizer is borrowed until close
    const struct tokenizer *tokenizer; // NULL: spans only, for tests and fuzzing
    struct str chat_template;          // may be empty
    struct str architecture;
    const struct chat_dialect *dialect; // NULL: detected
};

// A template that does not compile is not an error: the row is used instead, see the note.
enum err prompt_writer_open(struct prompt_writer **out, const struct prompt_source *source,
                            struct error *error);
void prompt_writer_close(struct prompt_writer *writer);

const struct chat_dialect *prompt_writer_dialect(const struct prompt_writer *writer);
const char *prompt_writer_note(const struct prompt_writer *writer); // "" when all is well

struct prompt_options {
    struct turn_memory *memory; // may be NULL
    enum thinking_history history;
    enum thinking_mode thinking; // what the client's DEFAULT means; DEFAULT: the template's own
    bool continues_answer;       // a last assistant turn is the beginning of the answer
    struct json_object *template_arguments; // more variables for the template, or NULL
    struct tm now;                          // for templates that print the date
};

struct prompt {            // zero is empty; release with prompt_release()
    struct spans spans;    // what was rendered; SPAN_TOKENS are remembered answers
    struct token_list ids; // empty without a tokenizer
    struct buf opening;    // what stands between the answer's opening and its first token
    bool opens_thinking;   // the answer begins inside thinking
    unsigned char digest[TURN_DIGEST_SIZE]; // under which the answer's words are remembered
    size_t n_remembered;                    // answers put in as sampled
    char note[256];   // why the rendering is not the template's own; "" when it is
    bool is_note_new; // this writer did not say so before
};

void prompt_release(struct prompt *prompt);

// `prompt` is filled anew.  Fails only on limits of memory.
enum err prompt_render(const struct prompt_writer *writer, struct prompt *prompt,
                       const struct conversation *conversation,
                       const struct prompt_options *options, struct error *error);

// The places in `ids` where a turn begins, in order; at most `n_max`.  Good points to keep state at.
size_t prompt_turn_starts(const struct prompt_writer *writer, const struct prompt *prompt,
                          size_t *starts, size_t n_max);

#endif
