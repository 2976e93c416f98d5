// prompt_plan.h - one rendering on its way.  For prompt*.c only.
//
// prompt.c decides how each turn gets into the prompt; prompt_fill.c puts turns into the places the
// template left for them; prompt_row.c writes a whole prompt without the template; prompt_flat.c
// makes a conversation of words only, for templates that take nothing else.
#ifndef HEARTH_CHAT_PROMPT_PLAN_H
#define HEARTH_CHAT_PROMPT_PLAN_H

#include <pthread.h>

#include "chat/prompt.h"
#include "chat/prompt_template.h"

#define N_NOTES_MAX 32

struct prompt_writer {
    const struct tokenizer *tokenizer;
    const struct chat_dialect *dialect;
    struct prompt_template *template; // NULL: the row alone
    char note[256];
    pthread_mutex_t lock;           // of what follows
    unsigned reported[N_NOTES_MAX]; // hashes of notes given before
    size_t n_reported;
};

// How a turn gets into the prompt.
enum how {
    BY_TEMPLATE,
    BY_ROW,    // in a placeholder, written by prompt_write.h
    BY_MEMORY, // in a placeholder, the ids that were sampled
    BY_PREFIX, // BY_ROW without its close: the answer goes on from here
};

struct run { // a remembered answer
    struct token_list ids;
    struct buf opening;
};

// One rendering on its way.
struct plan {
    const struct prompt_writer *writer;
    const struct conversation *conversation;
    const struct prompt_options *options;
    struct prompt *prompt;
    struct arena arena;
    struct turns turns;
    enum how *how;
    bool *is_placeholder;
    struct run *runs;   // by turn
    size_t i_last_user; // index of the last turn in which a user speaks
    enum thinking_mode thinking;
    bool keeps_thinking;
    bool is_full; // the arena is, and words were left out
};

// ---- prompt.c ----
void plan_note(struct plan *plan, const char *text); // the first one stays
size_t plan_n_listed_tools(const struct plan *plan);

// ---- prompt_fill.c ----
struct str spans_text(const struct spans *spans);
void spans_cut(struct spans *spans, size_t size); // keeps the first `size` bytes
size_t text_find_last(struct str text, struct str needle, size_t from);
struct str text_without_prefix(struct str text, struct str prefix);
// Removes the opening of the assistant turn that `out` ends with.  False: it ends with none, since
// the answer goes on in a turn that was open already.
bool plan_cut_opening(struct spans *out, const struct chat_dialect *dialect);
struct str plan_end_of_run(const struct plan *plan, size_t i);
void plan_append_run(struct plan *plan, struct spans *out, size_t i);
unsigned plan_answer_flags(const struct plan *plan, size_t i); // enum write_flag
void plan_fill_placeholders(struct plan *plan, struct spans *out, const struct spans *in);
// Notes what the prompt puts in front of the answer's first token.
void plan_find_opening(struct plan *plan, const struct spans *spans);

// ---- prompt_row.c ----
void plan_render_by_row(struct plan *plan, struct spans *out);

// ---- prompt_flat.c ----
// Makes results that answer no call words of the user: there is no turn they could belong to.
void plan_adopt_orphans(struct plan *plan);
// Brings the turns into a form that the template can show.
enum err plan_adapt(struct plan *plan, const struct template_traits *traits, struct error *error);

#endif
