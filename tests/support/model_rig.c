#include "tests/support/model_rig.h"
#include "base/memory.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(enum err err, const struct error *error)
{
    if (err) {
        fprintf(stderr, "rig: %s\n", error->text);
        abort();
    }
}

static uint32_t pages_per_slot(const struct rig *rig)
{
    return (rig->options.n_context + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS;
}

void rig_open(struct rig *rig, const char *path, const struct rig_options *options)
{
    *rig = (struct rig){.options = options ? *options : (struct rig_options){0}};
    struct rig_options *o = &rig->options;
    o->backend = o->backend ? o->backend : "cpu";
    o->n_threads = o->n_threads ? o->n_threads : 2;
    o->cpu_features = o->cpu_features ? o->cpu_features : UINT_MAX;
    o->n_rows_max = o->n_rows_max ? o->n_rows_max : 512;
    o->n_slots = o->n_slots ? o->n_slots : 1;
    o->n_context = o->n_context ? o->n_context : 1024;
    struct error error;
    must(gguf_open(&rig->gguf, path, &(struct gguf_options){.mode = GGUF_MAP}, &error), &error);
    struct backend_options backend_options = {o->n_threads, o->cpu_features};
    must(backend_open(&rig->backend, o->backend, &backend_options, &error), &error);
    struct model_options model_options = {
        .k_type = o->k_type,
        .v_type = o->v_type,
        .n_rows_max = o->n_rows_max,
        .n_outputs_max = o->n_rows_max,
        .n_states_max = o->n_slots,
        .drafts = o->drafts,
    };
    for (int g = 0; g < KV_GROUPS_MAX; g++)
        model_options.n_pages_max[g] = pages_per_slot(rig) * o->n_slots;
    must(model_open(&rig->model, rig->gguf, rig->backend, &model_options, &error), &error);
    rig->n_vocab = model_hyperparams(rig->model)->n_vocab;
    rig->pages = mem_new(uint32_t *, o->n_slots * KV_GROUPS_MAX);
    rig->position = mem_new(uint32_t, o->n_slots);
    for (uint32_t slot = 0; slot < o->n_slots; slot++)
        for (int g = 0; g < KV_GROUPS_MAX; g++) {
            uint32_t *pages = mem_new(uint32_t, pages_per_slot(rig));
            for (uint32_t i = 0; i < pages_per_slot(rig); i++)
                pages[i] = i * o->n_slots + slot; // interleaved, so that order must not matter
            rig->pages[slot * KV_GROUPS_MAX + g] = pages;
        }
}

void rig_close(struct rig *rig)
{
    for (uint32_t i = 0; i < rig->options.n_slots * KV_GROUPS_MAX; i++)
        free(rig->pages[i]);
    free(rig->pages);
    free(rig->position);
    model_close(rig->model);
    backend_close(rig->backend);
    gguf_close(rig->gguf);
}

void rig_reset(struct rig *rig, uint32_t slot)
{
    rig->position[slot] = 0;
    if (backend_state_size(rig->backend))
        backend_reset_state(rig->backend, slot);
}

static struct batch_sequence sequence_of(const struct rig *rig, uint32_t slot, uint32_t n)
{
    return (struct batch_sequence){
        .n_rows = n,
        .position = rig->position[slot],
        .i_state = slot,
        .pages = {rig->pages[slot * KV_GROUPS_MAX], rig->pages[slot * KV_GROUPS_MAX + 1]},
    };
}

void rig_step(struct rig *rig, const uint32_t *slots, const token_id *const *tokens,
              const uint32_t *n, uint32_t n_sequences, float *logits)
{
    uint32_t n_rows = 0;
    struct batch_sequence *sequences = mem_new(struct batch_sequence, n_sequences);
    for (uint32_t i = 0; i < n_sequences; i++)
        n_rows += n[i];
    token_id *all = mem_new(token_id, n_rows);
    uint32_t *outputs = mem_new(uint32_t, n_rows);
    for (uint32_t i = 0, row = 0; i < n_sequences; i++) {
        sequences[i] = sequence_of(rig, slots[i], n[i]);
        memcpy(all + row, tokens[i], n[i] * sizeof *all);
        row += n[i];
        rig->position[slots[i]] += n[i];
    }
    for (uint32_t i = 0; i < n_rows; i++)
        outputs[i] = i;
    struct batch batch = {all, n_rows, sequences, n_sequences};
    const float *result;
    struct error error;
    must(model_forward(rig->model, &batch, outputs, logits ? n_rows : 0, &result, &error), &error);
    if (logits)
        memcpy(logits, result, (size_t)n_rows * rig->n_vocab * sizeof *logits);
    free(outputs);
    free(all);
    free(sequences);
}

void rig_run(struct rig *rig, uint32_t slot, const token_id *tokens, uint32_t n, uint32_t chunk,
             float *logits)
{
    for (uint32_t i = 0; i < n; i += chunk) {
        uint32_t n_step = n - i < chunk ? n - i : chunk;
        const token_id *step = tokens + i;
        rig_step(rig, &slot, &step, &n_step, 1, logits ? logits + (size_t)i * rig->n_vocab : NULL);
    }
}

void rig_drafts(struct rig *rig, const token_id *tokens, uint32_t n, float *logits)
{
    rig_reset(rig, 0);
    struct batch_sequence sequence = sequence_of(rig, 0, n);
    struct batch batch = {tokens, n, &sequence, 1};
    uint32_t *outputs = mem_new(uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        outputs[i] = i;
    const float *result;
    struct error error;
    must(model_forward(rig->model, &batch, outputs, n, &result, &error), &error);
    must(model_draft(rig->model, &batch, &result, &error), &error);
    memcpy(logits, result, (size_t)(n - 1) * rig->n_vocab * sizeof *logits);
    free(outputs);
}

void log_softmax(float *row, uint32_t n)
{
    float max = row[0];
    for (uint32_t i = 1; i < n; i++)
        max = row[i] > max ? row[i] : max;
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += exp((double)row[i] - max);
    double log_sum = max + log(sum);
    for (uint32_t i = 0; i < n; i++)
        row[i] = (float)(row[i] - log_sum);
}
