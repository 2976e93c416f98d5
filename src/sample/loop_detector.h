// loop_detector.h - does the end of this text go round in circles?
//
// Small models, and greedy decoding of any, fall into repeating a line or a paragraph for ever.  A
// loop is a tail that repeats with one period, at least four times and for at least
// LOOP_TOKENS_MIN tokens: more than a table of zeros or a ruled line normally takes.  For every
// period it counts how long the tail has matched itself, so a token costs LOOP_PERIOD_MAX
// comparisons, however long the text is.
#ifndef HEARTH_SAMPLE_LOOP_DETECTOR_H
#define HEARTH_SAMPLE_LOOP_DETECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/token.h"

#define LOOP_PERIOD_MAX  512 // tokens
#define LOOP_REPEATS_MIN 4
#define LOOP_TOKENS_MIN  384

struct loop_detector {                       // zero is empty
    token_id latest[2 * LOOP_PERIOD_MAX];    // twice, so that the last period is always contiguous
    uint32_t n_matched[LOOP_PERIOD_MAX + 1]; // per period: how many tokens equal the one before
    size_t at, n_tokens;
    uint32_t period; // of the loop that was found, or 0
};

void loop_detector_push(struct loop_detector *detector, token_id token);
bool loop_detector_found(const struct loop_detector *detector);

#endif
