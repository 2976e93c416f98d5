// hyperparams.h - the numbers of a model, read from its file and checked.
#ifndef HEARTH_MODEL_HYPERPARAMS_H
#define HEARTH_MODEL_HYPERPARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "model/arch_table.h"
#include "tensor/gguf_read.h"

enum { LAYERS_MAX = 1024 };

struct hyperparams {
    const struct arch *arch;
    uint32_t n_layers;        // main layers, MTP blocks not counted
    uint32_t n_mtp;           // MTP blocks behind them (0 or 1 are usable)
    uint32_t n_context_train; // tokens
    uint32_t n_model;         // width of the residual stream
    uint32_t n_vocab;         // rows of token_embd
    uint32_t n_heads, n_kv_heads, head_dim;
    uint32_t n_ff; // dense FFN width, 0 for pure MoE
    float eps;

    uint32_t rope_dims;
    double rope_theta, rope_theta_local;
    enum rope_scaling { ROPE_SCALING_NONE, ROPE_SCALING_LINEAR, ROPE_SCALING_YARN } rope_scaling;
    float rope_factor, rope_attn_factor, yarn_beta_fast, yarn_beta_slow, yarn_ext_factor;
    uint32_t rope_context_original;

    float attention_scale; // on q.k
    uint32_t window;       // of sliding layers; 0: none slide
    uint32_t n_experts, n_experts_used, n_ff_expert, n_ff_shared;
    float expert_scale;

    uint32_t ssm_conv, ssm_state, ssm_k_heads, ssm_v_heads; // DeltaNet
    bool is_recurrent[LAYERS_MAX]; // by layer: DeltaNet instead of attention
    bool is_sliding[LAYERS_MAX];   // by layer: attention sees `window` keys only
};

// Errors name the key and the numbers.
enum err hyperparams_read(struct hyperparams *hyperparams, const struct gguf *gguf,
                          struct error *error);

// The width of the Q | K | V vector that a DeltaNet layer convolves.
static inline uint32_t hyperparams_conv_channels(const struct hyperparams *h)
{
    return (2 * h->ssm_k_heads + h->ssm_v_heads) * h->ssm_state;
}

#endif
