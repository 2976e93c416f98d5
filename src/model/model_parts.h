// model_parts.h - the inside of a model, for the files of this folder only.
#ifndef HEARTH_MODEL_MODEL_PARTS_H
#define HEARTH_MODEL_MODEL_PARTS_H

#include "model/model.h"
#include "model/weights.h"

struct model {
    struct hyperparams hyperparams;
    struct weights weights;
    struct backend *backend;
    struct model_options options;
    struct cache_spec caches;
    double *rope_frequency[ROPES_MAX]; // 0: full attention, 1: sliding layers

    // Activations, [n_rows_max, ...].  `part` is what a block adds to x, where it is normed first.
    struct tensor x, part;
    struct tensor q, k, v, attended;
    struct tensor u, z, alpha, beta, delta;
    struct tensor picked, hidden, logits; // [n_outputs_max, ...]
    struct tensor mtp_token, mtp_pair;    // [n_rows_max, n_model], [n_rows_max, 2 n_model]
    struct tensor mtp_previous;
};

enum { ROPE_FULL = 0, ROPE_LOCAL = 1 };
enum { GROUP_FULL = 0, GROUP_SLIDING = 1 };

// One block of the network over the running batch, in place (forward.c).
void forward_block(struct model *model, const struct layer *layer);

#endif
