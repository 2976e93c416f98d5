// model_rig.h - a model with its backend, and the shortest way to run tokens through it.
//
// For tests.  A rig has one page pool and `n_slots` sequences; everything that fails ends the test.
#ifndef HEARTH_TESTS_SUPPORT_MODEL_RIG_H
#define HEARTH_TESTS_SUPPORT_MODEL_RIG_H

#include "backend/backend.h"
#include "model/model.h"
#include "tensor/gguf_read.h"

struct rig_options {
    const char *backend;   // NULL: "cpu"
    unsigned n_threads;    // 0: 2
    unsigned cpu_features; // 0: all
    enum dtype k_type, v_type;
    uint32_t n_rows_max; // 0: 512
    uint32_t n_slots;    // sequences; 0: 1
    uint32_t n_context;  // tokens per sequence; 0: 1024
    bool drafts;
};

struct rig {
    struct gguf *gguf;
    struct backend *backend;
    struct model *model;
    struct rig_options options;
    uint32_t n_vocab;
    uint32_t **pages;   // [slot * KV_GROUPS_MAX + group]: its page table
    uint32_t *position; // [slot]
};

void rig_open(struct rig *rig, const char *path, const struct rig_options *options);
void rig_close(struct rig *rig);

// Forgets a sequence: the next tokens start at position 0.
void rig_reset(struct rig *rig, uint32_t slot);

// Continues a sequence with n tokens, at most `chunk` a step.  logits: [n, n_vocab], or NULL.
void rig_run(struct rig *rig, uint32_t slot, const token_id *tokens, uint32_t n, uint32_t chunk,
             float *logits);

// One step over several sequences: n[i] tokens of sequence slots[i], from tokens[i].
// logits: for every row in order, [sum of n, n_vocab].
void rig_step(struct rig *rig, const uint32_t *slots, const token_id *const *tokens,
              const uint32_t *n, uint32_t n_sequences, float *logits);

// The MTP block's logits after one step over n tokens of a fresh sequence: [n - 1, n_vocab].
void rig_drafts(struct rig *rig, const token_id *tokens, uint32_t n, float *logits);

// log softmax of a row, in place.
void log_softmax(float *row, uint32_t n);

#endif
