// synthetic_shapes.h - the numbers of published models, and of small ones of the same build.
#ifndef HEARTH_MODEL_SYNTHETIC_SHAPES_H
#define HEARTH_MODEL_SYNTHETIC_SHAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shape {
    const char *name, *arch, *pre;
    uint32_t n_layers, n_model, n_heads, n_kv_heads, head_dim, n_ff, n_vocab, n_context;
    float theta, eps;
    uint32_t rope_dims, sections[4];                              // 0: head_dim
    uint32_t n_experts, n_experts_used, n_ff_expert, n_ff_shared; // 0: dense; no shared expert
    uint32_t ssm_state, ssm_k_heads, ssm_v_heads; // DeltaNet; 0: attention everywhere
    uint32_t window;                              // of sliding layers
    float rope_linear;
    bool qk_norm, qkv_bias, post_norm, tied;
};

// NULL past the end.
const struct shape *shape_at(size_t i);
const struct shape *shape_find(const char *name); // or NULL

#endif
