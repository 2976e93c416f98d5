// prompt_template.h - a model file's chat template, and what it can be asked to show.
//
// Templates disagree about what a conversation may look like; instead of knowing each of them, we
// show every template a few tiny conversations when the model is opened and look at what comes out.
//
// A turn can be rendered as a placeholder: an assistant turn whose text is one token run.  prompt.c
// puts there what the model sampled, or a turn the template would have refused.
//
// Immutable after opening; any thread may render.
#ifndef HEARTH_CHAT_PROMPT_TEMPLATE_H
#define HEARTH_CHAT_PROMPT_TEMPLATE_H

#include <time.h>

#include "base/buf.h"
#include "chat/dialect_table.h"
#include "chat/prompt_turns.h"
#include "chat/spans.h"

struct prompt_template;

struct template_traits {
    bool is_known;             // its assistant turns open as the dialect's row says
    bool takes_system;         // in front
    bool takes_system_inside;  // and shows it in place
    bool takes_repeated_turns; // two user turns in a row
    bool takes_parallel_calls; // and shows two results after them
    bool shows_tools;
    bool shows_calls; // one at least
    bool shows_results;
    bool wants_null;     // as the text of an answer that only calls, or it hides the calls
    bool prints_python;  // True, False and None in the arguments of calls
    bool reads_thinking; // enable_thinking makes a difference
    bool reads_preserve; // preserve_thinking is a variable of it
};

struct template_job {
    const struct turn *turns;
    size_t n_turns;
    const bool *is_placeholder; // for each turn; NULL: none
    const struct tool_def *tools;
    size_t n_tools;
    enum thinking_mode thinking; // DEFAULT: the template's own default
    struct str effort;
    bool keeps_thinking;           // of earlier turns
    bool adds_opening;             // of the answer to come
    struct json_object *arguments; // more variables, which win; or NULL
    struct tm now;
};

// `source` is read and not kept.  Errors are those of jinja_compile().
enum err prompt_template_open(struct prompt_template **out, struct str source,
                              const struct chat_dialect *dialect, struct str bos, struct str eos,
                              struct error *error);
void prompt_template_close(struct prompt_template *t);

const struct template_traits *prompt_template_traits(const struct prompt_template *t);

// Appends the rendering.  A placeholder is a SPAN_TOKENS with i_run the turn's index.  Errors are
// those of jinja_render(), and ERR_UNSUPPORTED when a placeholder did not come out exactly once.
enum err prompt_template_render(const struct prompt_template *t, struct spans *out,
                                const struct template_job *job, struct error *error);

#endif
