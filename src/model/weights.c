#include "model/weights.h"
#include "base/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum dim {
    DIM_ONE,
    DIM_MODEL,
    DIM_VOCAB,
    DIM_Q,     // heads * head width, twice that where queries carry a gate
    DIM_HEADS, // heads * head width
    DIM_KV,    // KV heads * head width
    DIM_HEAD,  // one head's width
    DIM_FF,
    DIM_FF_EXPERT,
    DIM_FF_SHARED,
    DIM_EXPERTS,
    DIM_CHANNELS, // DeltaNet's Q | K | V
    DIM_V,        // DeltaNet's V
    DIM_V_HEADS,
    DIM_STATE,
    DIM_CONV,
    DIM_TWO_MODEL,
};

enum kind { // of layer parts a tensor belongs to
    KIND_ALWAYS,
    KIND_ATTENTION,
    KIND_DELTA,
    KIND_DENSE,
    KIND_MOE,
    KIND_MTP,
};

enum { OPTIONAL = 1, VECTOR = 2, PER_EXPERT = 4 }; // VECTOR: must be F32

static const struct weight_rule {
    enum weight_slot slot;
    const char *name; // behind "blk.N."; "@" stands for the architecture's FFN norm
    enum dim columns, rows;
    enum kind kind;
    unsigned flags;
    unsigned traits; // wanted only with one of these; 0: always
} rules[] = {
    {W_ATTN_NORM, "attn_norm.weight", DIM_MODEL, DIM_ONE, KIND_ALWAYS, VECTOR, 0},
    {W_ATTN_Q, "attn_q.weight", DIM_MODEL, DIM_Q, KIND_ATTENTION, 0, 0},
    {W_ATTN_K, "attn_k.weight", DIM_MODEL, DIM_KV, KIND_ATTENTION, 0, 0},
    {W_ATTN_V, "attn_v.weight", DIM_MODEL, DIM_KV, KIND_ATTENTION, 0, 0},
    {W_ATTN_OUT, "attn_output.weight", DIM_HEADS, DIM_MODEL, KIND_ATTENTION, 0, 0},
    {W_ATTN_Q_BIAS, "attn_q.bias", DIM_Q, DIM_ONE, KIND_ATTENTION, VECTOR, ARCH_QKV_BIAS},
    {W_ATTN_K_BIAS, "attn_k.bias", DIM_KV, DIM_ONE, KIND_ATTENTION, VECTOR, ARCH_QKV_BIAS},
    {W_ATTN_V_BIAS, "attn_v.bias", DIM_KV, DIM_ONE, KIND_ATTENTION, VECTOR, ARCH_QKV_BIAS},
    {W_ATTN_Q_BIAS, "attn_q.bias", DIM_Q, DIM_ONE, KIND_ATTENTION, VECTOR | OPTIONAL,
     ARCH_OPTIONAL_BIAS},
    {W_ATTN_K_BIAS, "attn_k.bias", DIM_KV, DIM_ONE, KIND_ATTENTION, VECTOR | OPTIONAL,
     ARCH_OPTIONAL_BIAS},
    {W_ATTN_V_BIAS, "attn_v.bias", DIM_KV, DIM_ONE, KIND_ATTENTION, VECTOR | OPTIONAL,
     ARCH_OPTIONAL_BIAS},
    {W_ATTN_OUT_BIAS, "attn_output.bias", DIM_MODEL, DIM_ONE, KIND_ATTENTION, VECTOR | OPTIONAL,
     ARCH_OPTIONAL_BIAS},
    {W_ATTN_Q_NORM, "attn_q_norm.weight", DIM_HEAD, DIM_ONE, KIND_ATTENTION, VECTOR, ARCH_QK_NORM},
    {W_ATTN_K_NORM, "attn_k_norm.weight", DIM_HEAD, DIM_ONE, KIND_ATTENTION, VECTOR, ARCH_QK_NORM},
    {W_ATTN_POST_NORM, "post_attention_norm.weight", DIM_MODEL, DIM_ONE, KIND_ALWAYS, VECTOR,
     ARCH_POST_NORM},
    {W_DELTA_QKV, "attn_qkv.weight", DIM_MODEL, DIM_CHANNELS, KIND_DELTA, 0, 0},
    {W_DELTA_Z, "attn_gate.weight", DIM_MODEL, DIM_V, KIND_DELTA, 0, 0},
    {W_DELTA_CONV, "ssm_conv1d.weight", DIM_CONV, DIM_CHANNELS, KIND_DELTA, VECTOR, 0},
    {W_DELTA_DT, "ssm_dt.bias", DIM_V_HEADS, DIM_ONE, KIND_DELTA, VECTOR, 0},
    {W_DELTA_A, "ssm_a", DIM_V_HEADS, DIM_ONE, KIND_DELTA, VECTOR, 0},
    {W_DELTA_ALPHA, "ssm_alpha.weight", DIM_MODEL, DIM_V_HEADS, KIND_DELTA, 0, 0},
    {W_DELTA_BETA, "ssm_beta.weight", DIM_MODEL, DIM_V_HEADS, KIND_DELTA, 0, 0},
    {W_DELTA_NORM, "ssm_norm.weight", DIM_STATE, DIM_ONE, KIND_DELTA, VECTOR, 0},
    {W_DELTA_OUT, "ssm_out.weight", DIM_V, DIM_MODEL, KIND_DELTA, 0, 0},
    {W_FFN_NORM, "@", DIM_MODEL, DIM_ONE, KIND_ALWAYS, VECTOR, 0},
    {W_FFN_GATE, "ffn_gate.weight", DIM_MODEL, DIM_FF, KIND_DENSE, 0, 0},
    {W_FFN_UP, "ffn_up.weight", DIM_MODEL, DIM_FF, KIND_DENSE, 0, 0},
    {W_FFN_DOWN, "ffn_down.weight", DIM_FF, DIM_MODEL, KIND_DENSE, 0, 0},
    {W_FFN_POST_NORM, "post_ffw_norm.weight", DIM_MODEL, DIM_ONE, KIND_ALWAYS, VECTOR,
     ARCH_POST_NORM},
    {W_ROUTER, "ffn_gate_inp.weight", DIM_MODEL, DIM_EXPERTS, KIND_MOE, 0, 0},
    {W_EXPERT_GATE, "ffn_gate_exps.weight", DIM_MODEL, DIM_FF_EXPERT, KIND_MOE, PER_EXPERT, 0},
    {W_EXPERT_UP, "ffn_up_exps.weight", DIM_MODEL, DIM_FF_EXPERT, KIND_MOE, PER_EXPERT, 0},
    {W_EXPERT_DOWN, "ffn_down_exps.weight", DIM_FF_EXPERT, DIM_MODEL, KIND_MOE, PER_EXPERT, 0},
    {W_SHARED_ROUTER, "ffn_gate_inp_shexp.weight", DIM_MODEL, DIM_ONE, KIND_MOE, VECTOR,
     ARCH_SHARED_EXPERT},
    {W_SHARED_GATE, "ffn_gate_shexp.weight", DIM_MODEL, DIM_FF_SHARED, KIND_MOE, 0,
     ARCH_SHARED_EXPERT},
    {W_SHARED_UP, "ffn_up_shexp.weight", DIM_MODEL, DIM_FF_SHARED, KIND_MOE, 0, ARCH_SHARED_EXPERT},
    {W_SHARED_DOWN, "ffn_down_shexp.weight", DIM_FF_SHARED, DIM_MODEL, KIND_MOE, 0,
     ARCH_SHARED_EXPERT},
    {W_MTP_PROJ, "nextn.eh_proj.weight", DIM_TWO_MODEL, DIM_MODEL, KIND_MTP, 0, 0},
    {W_MTP_TOKEN_NORM, "nextn.enorm.weight", DIM_MODEL, DIM_ONE, KIND_MTP, VECTOR, 0},
    {W_MTP_HIDDEN_NORM, "nextn.hnorm.weight", DIM_MODEL, DIM_ONE, KIND_MTP, VECTOR, 0},
    {W_MTP_HEAD_NORM, "nextn.shared_head_norm.weight", DIM_MODEL, DIM_ONE, KIND_MTP,
     VECTOR | OPTIONAL, 0},
};

struct binder {
    const struct gguf *gguf;
    const struct hyperparams *h;
    struct backend *backend;
    struct error *error;
};

static uint32_t dim_of(const struct hyperparams *h, enum dim dim)
{
    switch (dim) {
    case DIM_ONE:
        return 1;
    case DIM_MODEL:
        return h->n_model;
    case DIM_VOCAB:
        return h->n_vocab;
    case DIM_Q:
        return h->n_heads * h->head_dim * (h->arch->traits & ARCH_HYBRID ? 2 : 1);
    case DIM_HEADS:
        return h->n_heads * h->head_dim;
    case DIM_KV:
        return h->n_kv_heads * h->head_dim;
    case DIM_HEAD:
        return h->head_dim;
    case DIM_FF:
        return h->n_ff;
    case DIM_FF_EXPERT:
        return h->n_ff_expert;
    case DIM_FF_SHARED:
        return h->n_ff_shared;
    case DIM_EXPERTS:
        return h->n_experts;
    case DIM_CHANNELS:
        return hyperparams_conv_channels(h);
    case DIM_V:
        return h->ssm_state * h->ssm_v_heads;
    case DIM_V_HEADS:
        return h->ssm_v_heads;
    case DIM_STATE:
        return h->ssm_state;
    case DIM_CONV:
        return h->ssm_conv;
    case DIM_TWO_MODEL:
        return 2 * h->n_model;
    }
    assert(0);
    return 0;
}

// Binds one tensor of an expected shape.  Absent: an error unless optional.
static enum err bind(const struct binder *b, struct weight *weight, const char *name, uint32_t n_in,
                     uint32_t n_out, uint32_t n_experts, unsigned flags)
{
    *weight = (struct weight){0};
    const struct gguf_tensor *tensor = gguf_find_tensor(b->gguf, name);
    if (!tensor) {
        if (flags & OPTIONAL)
            return OK;
        return fail(b->error, ERR_FORMAT, "%s: the tensor %s is missing", gguf_path(b->gguf), name);
    }
    const struct dtype_info *info = dtype_find(tensor->dtype);
    if (!info)
        return fail(b->error, ERR_UNSUPPORTED,
                    "%s: the tensor %s is stored as %s, which is not supported", gguf_path(b->gguf),
                    name, dtype_name(tensor->dtype));
    // A vector may be written {n} or {n, 1}.
    if (tensor->ne[0] != n_in || tensor->ne[1] != n_out || tensor->ne[2] != n_experts ||
        tensor->ne[3] != 1)
        return fail(
            b->error, ERR_FORMAT,
            "%s: the tensor %s has the shape {%llu, %llu, %llu, %llu}, expected {%u, %u, %u, 1}",
            gguf_path(b->gguf), name, (unsigned long long)tensor->ne[0],
            (unsigned long long)tensor->ne[1], (unsigned long long)tensor->ne[2],
            (unsigned long long)tensor->ne[3], n_in, n_out, n_experts);
    if (flags & VECTOR && tensor->dtype != DTYPE_F32)
        return fail(b->error, ERR_UNSUPPORTED, "%s: the tensor %s is stored as %s, expected F32",
                    gguf_path(b->gguf), name, info->name);
    *weight = (struct weight){
        .dtype = (enum dtype)tensor->dtype,
        .n_in = n_in,
        .n_out = n_out,
        .n_experts = n_experts,
        .expert_size = dtype_row_size(info, n_in) * n_out,
        .data = tensor->data,
    };
    if (!tensor->data) // only the header was read: shapes are all that is wanted
        return OK;
    return backend_load_weight(b->backend, weight, b->error);
}

static bool kind_wanted(const struct layer *layer, enum kind kind, bool is_mtp)
{
    switch (kind) {
    case KIND_ALWAYS:
        return true;
    case KIND_ATTENTION:
        return !layer->is_recurrent;
    case KIND_DELTA:
        return layer->is_recurrent;
    case KIND_DENSE:
        return !layer->is_moe;
    case KIND_MOE:
        return layer->is_moe;
    case KIND_MTP:
        return is_mtp;
    }
    return false;
}

// Some files hold gate and up of all experts in one tensor, gate rows first: two views of it.
static enum err bind_fused_experts(const struct binder *b, struct layer *layer, const char *name)
{
    const struct hyperparams *h = b->h;
    struct weight fused;
    enum err err = bind(b, &fused, name, h->n_model, 2 * h->n_ff_expert, h->n_experts, 0);
    if (err)
        return err;
    struct weight gate = fused;
    gate.n_out = h->n_ff_expert; // expert_size stays that of the fused matrix
    struct weight up = gate;
    if (fused.data)
        up.data = (const char *)fused.data + fused.expert_size / 2;
    layer->w[W_EXPERT_GATE] = gate;
    layer->w[W_EXPERT_UP] = up;
    return OK;
}

static enum err bind_layer(const struct binder *b, struct layer *layer, uint32_t i_block,
                           bool is_mtp)
{
    const struct hyperparams *h = b->h;
    char name[64], fused[64];
    layer->is_moe = h->n_experts > 0;
    snprintf(fused, sizeof fused, "blk.%u.ffn_gate_up_exps.weight", i_block);
    bool has_fused = layer->is_moe && gguf_find_tensor(b->gguf, fused);
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        const struct weight_rule *rule = &rules[i];
        if (!kind_wanted(layer, rule->kind, is_mtp) ||
            (rule->traits && !(h->arch->traits & rule->traits)))
            continue;
        if (has_fused && (rule->slot == W_EXPERT_GATE || rule->slot == W_EXPERT_UP))
            continue;
        if (rule->name[0] == '@')
            snprintf(name, sizeof name, "blk.%u.%s.weight", i_block, h->arch->ffn_norm);
        else
            snprintf(name, sizeof name, "blk.%u.%s", i_block, rule->name);
        // Early files of another writer leave the suffix off.
        if (rule->slot == W_DELTA_DT && !gguf_find_tensor(b->gguf, name))
            snprintf(name, sizeof name, "blk.%u.ssm_dt", i_block);
        enum err err =
            bind(b, &layer->w[rule->slot], name, dim_of(h, rule->columns), dim_of(h, rule->rows),
                 rule->flags & PER_EXPERT ? h->n_experts : 1, rule->flags);
        if (err)
            return err;
    }
    return has_fused ? bind_fused_experts(b, layer, fused) : OK;
}

enum err weights_open(struct weights *weights, const struct gguf *gguf, const struct hyperparams *h,
                      bool drafts, struct backend *backend, struct error *error)
{
    struct binder b = {gguf, h, backend, error};
    *weights = (struct weights){.n_layers = h->n_layers, .n_mtp = drafts && h->n_mtp ? 1 : 0};
    enum err err = bind(&b, &weights->embedding, "token_embd.weight", h->n_model, h->n_vocab, 1, 0);
    if (!err)
        err = bind(&b, &weights->output_norm, "output_norm.weight", h->n_model, 1, 1, VECTOR);
    if (!err)
        err = bind(&b, &weights->output, "output.weight", h->n_model, h->n_vocab, 1, OPTIONAL);
    if (!err)
        err = bind(&b, &weights->rope_divisors, "rope_freqs.weight", h->rope_dims / 2, 1, 1,
                   OPTIONAL | VECTOR);
    if (err)
        return err;
    if (weights->output.n_in == 0)
        weights->output = weights->embedding;
    weights->layers = mem_new(struct layer, weights->n_layers + weights->n_mtp);
    uint32_t n_recurrent = 0, n_sliding = 0, n_full = 0;
    for (uint32_t i = 0; i < weights->n_layers + weights->n_mtp && !err; i++) {
        struct layer *layer = &weights->layers[i];
        bool is_mtp = i >= weights->n_layers;
        layer->is_recurrent = !is_mtp && h->is_recurrent[i];
        layer->is_sliding = !is_mtp && h->is_sliding[i];
        layer->i_cache = layer->is_recurrent ? n_recurrent++
                         : layer->is_sliding ? n_sliding++
                                             : n_full++;
        err = bind_layer(&b, layer, i, is_mtp);
    }
    if (err)
        weights_close(weights);
    return err;
}

void weights_close(struct weights *weights)
{
    free(weights->layers);
    *weights = (struct weights){0};
}

uint64_t weights_bytes_per_token(const struct weights *weights, const struct hyperparams *h)
{
    uint64_t total = weights->output.expert_size;
    for (uint32_t i = 0; i < weights->n_layers; i++)
        for (int slot = 0; slot < W_LAYER_COUNT; slot++) {
            const struct weight *w = &weights->layers[i].w[slot];
            if (w->n_in == 0)
                continue;
            uint64_t size = dtype_row_size(dtype_get(w->dtype), w->n_in) * (uint64_t)w->n_out;
            total += w->n_experts > 1 ? size * h->n_experts_used : size;
        }
    return total;
}

uint64_t weights_products_per_token(const struct weights *weights, const struct hyperparams *h)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < weights->n_layers; i++)
        for (int slot = 0; slot < W_LAYER_COUNT; slot++) {
            const struct weight *w = &weights->layers[i].w[slot];
            uint64_t size = (uint64_t)w->n_in * w->n_out;
            total += w->n_experts > 1 ? size * h->n_experts_used : w->n_out > 1 ? size : 0;
        }
    return total;
}
