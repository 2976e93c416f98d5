// jinja_run.h - one compilation or one rendering while it lasts: memory, budget and the way out.
//
// Private to chat/jinja_*.  The interpreter is deeply recursive and everything in it can fail, so
// failing is a jump: jinja_fail() fills the error and returns to the setjmp in jinja_compile() or
// jinja_render().  That is safe because all memory comes from the run's arena; code below those
// two functions must never hold a resource of another kind.
#ifndef HEARTH_CHAT_JINJA_RUN_H
#define HEARTH_CHAT_JINJA_RUN_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/arena.h"
#include "base/error.h"

struct jv;

struct jinja_run {
    jmp_buf escape;
    struct error *error; // may be NULL
    enum err err;        // what jinja_fail() was called with
    uint32_t line;       // of the node at hand, for the sentence
    struct arena *arena;
    uint64_t n_steps_left;
    unsigned depth, depth_max;

    // rendering only
    const struct jinja_template *template;
    struct jv *context;       // values of the template's context names
    struct jv *block;         // what a {% filter %} or {% set %} block captured, for its filter
    struct jstr_room *output; // what is being written: the prompt, or a capture
    size_t size_output_max;
    struct tm now;
};

// Ends the run.  ERR_ARGUMENT is for raise_exception alone; other sentences get their line.
_Noreturn void jinja_fail(struct jinja_run *run, enum err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Zeroed memory of the run's arena; never NULL.
void *jinja_alloc(struct jinja_run *run, size_t n_items, size_t item_size);
#define jinja_new(run, type, n_items) ((type *)jinja_alloc((run), (n_items), sizeof(type)))

// A doubled copy of an array of the arena, for lists that grow; *capacity is updated.
void *jinja_grow(struct jinja_run *run, const void *items, size_t n_items, size_t *capacity,
                 size_t item_size);

_Noreturn void jinja_fail_steps(struct jinja_run *run);
_Noreturn void jinja_fail_depth(struct jinja_run *run);

static inline void jinja_step(struct jinja_run *run, uint64_t n)
{
    if (run->n_steps_left < n)
        jinja_fail_steps(run);
    run->n_steps_left -= n;
}
// Work on `size` bytes.
static inline void jinja_step_bytes(struct jinja_run *run, size_t size)
{
    jinja_step(run, size / 64);
}

static inline void jinja_enter(struct jinja_run *run)
{
    if (++run->depth > run->depth_max)
        jinja_fail_depth(run);
}
static inline void jinja_leave(struct jinja_run *run)
{
    run->depth--;
}

#endif
