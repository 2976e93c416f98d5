// scheduler.h - who runs next, and for how many rows?
//
// Pure policy: it sees numbers, not requests.  Three questions are asked in each round:
//
// - Which waiting request is admitted?  The highest priority, then the first to come.  One that does
//   not fit yet may be overtaken by later ones that do, but only so many times.
// - Whose prompt is worked on?  The one with least left, so that a short request does not wait for a
//   long one.  The one that came first puts up with OWED_MAX rows of others; where short ones keep
//   coming it has a quarter, so that it cannot starve, and its rows without them make up for the past.
// - How many rows of it?  As many as fit into the time that others may wait, by the times measured in
//   earlier steps.
#ifndef HEARTH_ENGINE_SCHEDULER_H
#define HEARTH_ENGINE_SCHEDULER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHEDULE_NONE SIZE_MAX

enum {
    OVERTAKEN_MAX = 16,    // admissions of later requests that a waiting one puts up with
    OWED_MAX = 2048,       // rows of other prompts that the one that came first puts up with
    FIRST_TOKEN_ROWS = 64, // what a step without a prompt counts for, see below
};

struct schedule_item {
    uint64_t number;      // rises with arrival
    int priority;         // higher first
    uint32_t n_left;      // prompt tokens to compute
    uint32_t n_overtaken; // waiting ones: later requests admitted before
};

// The waiting item to try next, not counting those that `tried` says were tried; SCHEDULE_NONE when
// nobody may be admitted now.
size_t schedule_admission(const struct schedule_item *items, const bool *tried, size_t n_items);

// Of the sequences in prefill, the one to work on.  The one that came first is owed n_owed rows: 0 at
// first, then what schedule_owed() says.
size_t schedule_prefill(const struct schedule_item *items, size_t n_items, uint32_t n_owed);
// After the choice, of which n_rows rows are computed.
uint32_t schedule_owed(const struct schedule_item *items, size_t n_items, size_t chosen,
                       uint32_t n_owed, uint32_t n_rows);
// Whether a step that brings somebody's first token goes without a chunk of another's prompt, which
// would delay it.  Then all prompts are owed FIRST_TOKEN_ROWS.
static inline bool schedule_spares_first_token(uint32_t n_owed)
{
    return n_owed < OWED_MAX;
}

// How fast this model runs here.  A step takes about decode_ns, whoever it is for, and row_ns for each
// row of prefill.
struct pace {
    double row_ns;            // one more row of prefill; 0: not measured yet
    double decode_ns;         // a step of decode rows alone
    double chunks_ns, n_rows; // of chunks so far without decode_ns, older ones counting ever less
};

// After a step with n_prefill rows of a prompt, maybe beside decode rows.
void pace_observe(struct pace *pace, uint32_t n_prefill, uint64_t step_ns);
// Prefill rows for a step of about step_ns, decode rows included; at least 1, at most n_rows_max.
uint32_t pace_rows(const struct pace *pace, uint64_t step_ns, uint32_t n_rows_max);

#endif
