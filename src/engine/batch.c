#include "engine/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void batch_init(struct batch_builder *batch, uint32_t n_rows_max, uint32_t n_outputs_max,
                uint32_t n_entries_max)
{
    *batch = (struct batch_builder){
        .tokens = mem_new(token_id, n_rows_max),
        .outputs = mem_new(uint32_t, n_outputs_max),
        .sequences = mem_new(struct batch_sequence, n_entries_max),
        .entries = mem_new(struct batch_entry, n_entries_max),
        .n_rows_max = n_rows_max,
        .n_outputs_max = n_outputs_max,
        .n_entries_max = n_entries_max,
    };
}

void batch_release(struct batch_builder *batch)
{
    free(batch->tokens);
    free(batch->outputs);
    free(batch->sequences);
    free(batch->entries);
    *batch = (struct batch_builder){0};
}

void batch_reset(struct batch_builder *batch)
{
    batch->n_rows = batch->n_outputs = batch->n_entries = 0;
}

void batch_add(struct batch_builder *batch, struct session *session, uint32_t n_rows,
               uint32_t n_outputs)
{
    assert(n_rows > 0 && n_rows <= batch->n_rows_max - batch->n_rows);
    assert(n_outputs <= n_rows && n_outputs <= batch->n_outputs_max - batch->n_outputs);
    assert(batch->n_entries < batch->n_entries_max);
    session_extend(session, n_rows);
    struct batch_sequence *sequence = &batch->sequences[batch->n_entries];
    *sequence = (struct batch_sequence){
        .n_rows = n_rows,
        .position = session->n_computed,
        .i_state = session->i_state,
    };
    for (uint32_t g = 0; g < KV_GROUPS_MAX; g++)
        sequence->pages[g] = session->pages[g];
    batch->entries[batch->n_entries++] =
        (struct batch_entry){session, n_rows, batch->n_outputs, n_outputs};
    memcpy(batch->tokens + batch->n_rows, session->tokens + session->n_computed,
           n_rows * sizeof(token_id));
    batch->n_rows += n_rows;
    for (uint32_t i = n_outputs; i > 0; i--)
        batch->outputs[batch->n_outputs++] = batch->n_rows - i;
}

enum err batch_run(struct batch_builder *batch, struct model *model, const float **logits,
                   struct error *error)
{
    struct batch rows = {batch->tokens, batch->n_rows, batch->sequences, batch->n_entries};
    enum err err = model_forward(model, &rows, batch->outputs, batch->n_outputs, logits, error);
    if (err)
        return err;
    for (uint32_t i = 0; i < batch->n_entries; i++)
        session_advance(batch->entries[i].session, batch->entries[i].n_rows);
    return OK;
}
