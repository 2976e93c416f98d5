// batch.h - the rows of one step, from several sequences.
//
// Filled anew for each step with stretches of sessions, then run through the model at once.  Engine
// thread only; a step allocates nothing.
#ifndef HEARTH_ENGINE_BATCH_H
#define HEARTH_ENGINE_BATCH_H

#include <stdint.h>

#include "base/error.h"
#include "engine/session.h"
#include "model/model.h"

struct batch_entry {
    struct session *session;
    uint32_t n_rows;    // its next tokens
    uint32_t i_output;  // its logits: rows i_output .. i_output + n_outputs - 1 of the step's
    uint32_t n_outputs; // for the last n_outputs of its rows
};

struct batch_builder {
    token_id *tokens;                 // [n_rows]
    uint32_t *outputs;                // [n_outputs]
    struct batch_sequence *sequences; // [n_entries]
    struct batch_entry *entries;      // [n_entries]
    uint32_t n_rows, n_outputs, n_entries;
    uint32_t n_rows_max, n_outputs_max, n_entries_max;
};

void batch_init(struct batch_builder *batch, uint32_t n_rows_max, uint32_t n_outputs_max,
                uint32_t n_entries_max);
void batch_release(struct batch_builder *batch);
void batch_reset(struct batch_builder *batch);

// Adds the session's next n_rows tokens, getting their pages, and asks for the logits of the last
// n_outputs of them.  There must be room.
void batch_add(struct batch_builder *batch, struct session *session, uint32_t n_rows,
               uint32_t n_outputs);
// Computes all rows and advances the sessions.  *logits holds [n_outputs, n_vocab] until the next
// run.  On an error no session has advanced, and what their pages and states hold is unknown.
enum err batch_run(struct batch_builder *batch, struct model *model, const float **logits,
                   struct error *error);

#endif
