// model.h - tokens to logits.
//
// A model is a file's weights bound to a backend, with the row of arch_table.h that says how its
// blocks are built.  One thread runs it.  It keeps no conversation: positions, pages and states come
// with each batch.
#ifndef HEARTH_MODEL_MODEL_H
#define HEARTH_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/backend.h"
#include "model/hyperparams.h"
#include "tensor/gguf_read.h"

struct model;

struct model_options {
    enum dtype k_type, v_type;           // of the KV cache
    uint32_t n_rows_max;                 // most rows in one batch (at least 1)
    uint32_t n_outputs_max;              // most rows whose logits are wanted in one batch
    uint32_t n_pages_max[KV_GROUPS_MAX]; // per group, as model_cache_spec() counts groups
    uint32_t n_states_max;
    bool drafts; // also load the MTP block, where the file has one
};

// Reads hyperparameters, binds every weight and opens the backend's caches.  Errors tell which key or
// tensor is missing or of which wrong shape.  `gguf` and `backend` must outlive the model.
enum err model_open(struct model **out, const struct gguf *gguf, struct backend *backend,
                    const struct model_options *options, struct error *error);
void model_close(struct model *model); // NULL does nothing; backend and file stay open

const struct hyperparams *model_hyperparams(const struct model *model);
bool model_has_drafts(const struct model *model);
struct backend *model_backend(const struct model *model);
const struct cache_spec *model_caches(const struct model *model); // as opened
// Weight bytes that decoding one token reads: over memory bandwidth, the bound on its speed.
uint64_t model_bytes_per_token(const struct model *model);
// Multiply-adds that prefilling one token needs (the head's left out): over the integer peak, likewise.
uint64_t model_products_per_token(const struct model *model);

// What the caches of such a file hold with these options; for planning before anything is opened.
void model_cache_spec(const struct hyperparams *hyperparams, const struct model_options *options,
                      struct cache_spec *spec);
// Bytes of activations and scratch that model_open() will ask for, apart from weights and caches.
size_t model_scratch_size(const struct hyperparams *hyperparams,
                          const struct model_options *options, unsigned n_threads);

// Runs the batch through all layers, updating its pages and states.  *logits then holds
// [n_outputs, n_vocab] for the rows listed in `outputs`, valid until the next call.
enum err model_forward(struct model *model, const struct batch *batch, const uint32_t *outputs,
                       uint32_t n_outputs, const float **logits, struct error *error);

// After model_forward over a batch whose rows were all outputs of one sequence: runs the MTP block on
// n - 1 rows, row k made of the main model's vector of row k and of token k + 1, and gives their
// logits [n_rows - 1, n_vocab], which predict the token after next (models.md section 3.6).
enum err model_draft(struct model *model, const struct batch *batch, const float **logits,
                     struct error *error);

#endif
