// weights.h - which tensors a model has, and whether the file holds them.
//
// One table names every tensor of every architecture with its shape and when it is wanted; loading
// walks it, so the first missing or mis-shaped tensor is reported by name with both shapes.
#ifndef HEARTH_MODEL_WEIGHTS_H
#define HEARTH_MODEL_WEIGHTS_H

#include "model/hyperparams.h"

enum weight_slot {
    W_ATTN_NORM,
    W_ATTN_Q,
    W_ATTN_K,
    W_ATTN_V,
    W_ATTN_OUT,
    W_ATTN_Q_BIAS,
    W_ATTN_K_BIAS,
    W_ATTN_V_BIAS,
    W_ATTN_OUT_BIAS,
    W_ATTN_Q_NORM,
    W_ATTN_K_NORM,
    W_ATTN_POST_NORM,
    W_DELTA_QKV,
    W_DELTA_Z,
    W_DELTA_CONV,
    W_DELTA_DT,
    W_DELTA_A,
    W_DELTA_ALPHA,
    W_DELTA_BETA,
    W_DELTA_NORM,
    W_DELTA_OUT,
    W_FFN_NORM,
    W_FFN_GATE,
    W_FFN_UP,
    W_FFN_DOWN,
    W_FFN_POST_NORM,
    W_ROUTER,
    W_EXPERT_GATE,
    W_EXPERT_UP,
    W_EXPERT_DOWN,
    W_SHARED_ROUTER,
    W_SHARED_GATE,
    W_SHARED_UP,
    W_SHARED_DOWN,
    W_MTP_PROJ,
    W_MTP_TOKEN_NORM,
    W_MTP_HIDDEN_NORM,
    W_MTP_HEAD_NORM,
    W_LAYER_COUNT,
};

struct layer {
    struct weight w[W_LAYER_COUNT]; // data NULL: absent
    bool is_recurrent, is_sliding, is_moe;
    uint32_t i_cache; // among the layers of its KV group, or among the recurrent layers
};

struct weights {
    struct weight embedding, output_norm, output; // output is the embedding when tied
    struct weight rope_divisors;                  // optional, [rope_dims / 2]
    struct layer *layers;                         // [n_layers + n_mtp_used]
    uint32_t n_layers, n_mtp;
};

// Binds every tensor to the backend.  With `drafts` the MTP block is bound too.
enum err weights_open(struct weights *weights, const struct gguf *gguf,
                      const struct hyperparams *hyperparams, bool drafts, struct backend *backend,
                      struct error *error);
void weights_close(struct weights *weights);

// Bytes a forward pass over one row reads, by what the row touches (used experts only).
uint64_t weights_bytes_per_token(const struct weights *weights,
                                 const struct hyperparams *hyperparams);
// Multiply-adds with weights for one row, the head's left out (a prefill needs it once).
uint64_t weights_products_per_token(const struct weights *weights,
                                    const struct hyperparams *hyperparams);

#endif
