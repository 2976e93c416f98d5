// scheduler.h - who runs next, and for how many rows?
//
// Pure policy: it sees numbers, not requests.  Three questions are asked in each round:
//
// - Which waiting request is admitted?  The highest priority, then the first to come.  One that does
//   not fit yet may be overtaken by later ones that do, but only so many times.
// - Whose prompt is worked on?  The one with least left, so that a short request never waits for a
//   long one; every fourth time the one that came first, so that a long one cannot starve.
// - How many rows of it?  As many as fit into the time that running streams may wait, by the times
//   measured in earlier steps.
#ifndef HEARTH_ENGINE_SCHEDULER_H
#define HEARTH_ENGINE_SCHEDULER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHEDULE_NONE SIZE_MAX

enum { OVERTAKEN_MAX = 16 }; // admissions of later requests that a waiting one puts up with

struct schedule_item {
    uint64_t number;      // rises with arrival
    int priority;         // higher first
    uint32_t n_left;      // prompt tokens to compute
    uint32_t n_overtaken; // waiting ones: later requests admitted before
};

// The waiting item to try next, not counting those that `tried` says were tried; SCHEDULE_NONE when
// nobody may be admitted now.
size_t schedule_admission(const struct schedule_item *items, const bool *tried, size_t n_items);

// Of the sequences in prefill, the one to work on; `turn` counts these decisions.
size_t schedule_prefill(const struct schedule_item *items, size_t n_items, uint64_t turn);

struct pace {         // how fast this model runs here, smoothed over steps
    double row_ns;    // one more row of prefill; 0: not measured yet
    double decode_ns; // a step of decode rows alone
};

// After a step of n_decode and n_prefill rows.
void pace_observe(struct pace *pace, uint32_t n_decode, uint32_t n_prefill, uint64_t step_ns);
// Prefill rows for a step of about step_ns that also has n_decode decode rows; at least 1, at most
// n_rows_max.
uint32_t pace_rows(const struct pace *pace, uint32_t n_decode, uint64_t step_ns,
                   uint32_t n_rows_max);

#endif
