// forward.c - the forward pass: reads like the paper, computes nothing itself.
#include "model/model_parts.h"

#include <assert.h>
#include <math.h>

static const struct weight *optional(const struct weight *weight)
{
    return weight->n_in ? weight : NULL;
}

// out, normed again where the architecture wants it, joins the residual stream.
static void gated_attention(struct model *m, const struct layer *layer, struct tensor *out,
                            bool adds)
{
    const struct hyperparams *h = &m->hyperparams;
    const struct weight *w = layer->w;
    struct projection qkv[] = {
        {&m->q, &w[W_ATTN_Q], optional(&w[W_ATTN_Q_BIAS]), false},
        {&m->k, &w[W_ATTN_K], optional(&w[W_ATTN_K_BIAS]), false},
        {&m->v, &w[W_ATTN_V], optional(&w[W_ATTN_V_BIAS]), false},
    };
    struct attention attention = {
        .n_heads = h->n_heads,
        .n_kv_heads = h->n_kv_heads,
        .head_dim = h->head_dim,
        .gated = h->arch->traits & ARCH_HYBRID,
        .q_norm = optional(&w[W_ATTN_Q_NORM]),
        .k_norm = optional(&w[W_ATTN_K_NORM]),
        .eps = h->eps,
        .i_rope = layer->is_sliding ? ROPE_LOCAL : ROPE_FULL,
        .scale = h->attention_scale,
        .window = layer->is_sliding ? h->window : 0,
        .i_group = layer->is_sliding ? GROUP_SLIDING : GROUP_FULL,
        .i_layer = layer->i_cache,
    };
    uint32_t n_rows = m->x.n_rows;
    op_project(m->backend, qkv, 3, &m->x, &w[W_ATTN_NORM], h->eps, n_rows);
    op_rope_store(m->backend, &attention, &m->q, &m->k, &m->v);
    op_attend(m->backend, &attention, &m->attended, &m->q);
    struct projection o = {out, &w[W_ATTN_OUT], optional(&w[W_ATTN_OUT_BIAS]), adds};
    op_project(m->backend, &o, 1, &m->attended, NULL, 0, n_rows);
}

static void gated_delta_net(struct model *m, const struct layer *layer, struct tensor *out,
                            bool adds)
{
    const struct hyperparams *h = &m->hyperparams;
    const struct weight *w = layer->w;
    struct projection inputs[] = {
        {&m->u, &w[W_DELTA_QKV], NULL, false},
        {&m->z, &w[W_DELTA_Z], NULL, false},
        {&m->alpha, &w[W_DELTA_ALPHA], NULL, false},
        {&m->beta, &w[W_DELTA_BETA], NULL, false},
    };
    struct delta_net delta_net = {
        .n_k_heads = h->ssm_k_heads,
        .n_v_heads = h->ssm_v_heads,
        .head_dim = h->ssm_state,
        .conv_kernel = h->ssm_conv,
        .conv = &w[W_DELTA_CONV],
        .dt = &w[W_DELTA_DT],
        .a = &w[W_DELTA_A],
        .norm = &w[W_DELTA_NORM],
        .eps = h->eps,
        .i_layer = layer->i_cache,
    };
    op_project(m->backend, inputs, 4, &m->x, &w[W_ATTN_NORM], h->eps, m->x.n_rows);
    op_delta_net(m->backend, &delta_net, &m->delta, &m->u, &m->z, &m->alpha, &m->beta);
    struct projection o = {out, &w[W_DELTA_OUT], NULL, adds};
    op_project(m->backend, &o, 1, &m->delta, NULL, 0, m->x.n_rows);
}

static void feed_forward(struct model *m, const struct layer *layer, struct tensor *out, bool adds)
{
    const struct hyperparams *h = &m->hyperparams;
    const struct weight *w = layer->w;
    if (!layer->is_moe) {
        struct ffn ffn = {&w[W_FFN_NORM], &w[W_FFN_GATE],      &w[W_FFN_UP],
                          &w[W_FFN_DOWN], h->arch->activation, h->eps};
        op_ffn(m->backend, &ffn, out, &m->x, adds);
        return;
    }
    struct moe moe = {
        .norm = &w[W_FFN_NORM],
        .router = &w[W_ROUTER],
        .gate = &w[W_EXPERT_GATE],
        .up = &w[W_EXPERT_UP],
        .down = &w[W_EXPERT_DOWN],
        .n_used = h->n_experts_used,
        .scale = h->expert_scale,
        .eps = h->eps,
        .shared_router = optional(&w[W_SHARED_ROUTER]),
        .shared_gate = optional(&w[W_SHARED_GATE]),
        .shared_up = optional(&w[W_SHARED_UP]),
        .shared_down = optional(&w[W_SHARED_DOWN]),
    };
    op_moe(m->backend, &moe, out, &m->x, adds);
}

void forward_block(struct model *m, const struct layer *layer)
{
    const struct hyperparams *h = &m->hyperparams;
    bool post_norm = h->arch->traits & ARCH_POST_NORM;
    struct tensor *out = post_norm ? &m->part : &m->x;
    if (layer->is_recurrent)
        gated_delta_net(m, layer, out, !post_norm);
    else
        gated_attention(m, layer, out, !post_norm);
    if (post_norm)
        op_add_norm(m->backend, &m->x, &m->part, &layer->w[W_ATTN_POST_NORM], h->eps);
    feed_forward(m, layer, out, !post_norm);
    if (post_norm)
        op_add_norm(m->backend, &m->x, &m->part, &layer->w[W_FFN_POST_NORM], h->eps);
}

// Tensors have room for the largest batch; operations want the running one's rows.
static void set_rows(struct model *m, uint32_t n_rows)
{
    struct tensor *all[] = {&m->x,        &m->part,      &m->q,        &m->k,           &m->v,
                            &m->attended, &m->u,         &m->z,        &m->alpha,       &m->beta,
                            &m->delta,    &m->mtp_token, &m->mtp_pair, &m->mtp_previous};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i]->memory)
            all[i]->n_rows = n_rows;
}

enum err model_forward(struct model *m, const struct batch *batch, const uint32_t *outputs,
                       uint32_t n_outputs, const float **logits, struct error *error)
{
    const struct hyperparams *h = &m->hyperparams;
    assert(batch->n_rows >= 1 && batch->n_rows <= m->options.n_rows_max);
    assert(n_outputs <= m->options.n_outputs_max);
    set_rows(m, batch->n_rows);
    backend_step_begin(m->backend, batch);
    op_embed(m->backend, &m->x, &m->weights.embedding,
             h->arch->traits & ARCH_SCALED_EMBEDDING ? sqrtf((float)h->n_model) : 1.0f);
    for (uint32_t i = 0; i < m->weights.n_layers; i++)
        forward_block(m, &m->weights.layers[i]);
    if (n_outputs) {
        op_gather(m->backend, &m->picked, &m->x, outputs, n_outputs);
        op_norm(m->backend, &m->hidden, &m->picked, &m->weights.output_norm, h->eps, n_outputs);
        struct projection head = {&m->logits, &m->weights.output, NULL, false};
        op_project(m->backend, &head, 1, &m->hidden, NULL, 0, n_outputs);
    }
    enum err err = backend_step_end(m->backend, error);
    if (!err && logits)
        *logits = n_outputs ? backend_read(m->backend, &m->logits, n_outputs) : NULL;
    return err;
}

// The MTP block: a row is made of the main model's vector for the token before and of the token.
enum err model_draft(struct model *m, const struct batch *batch, const float **logits,
                     struct error *error)
{
    const struct hyperparams *h = &m->hyperparams;
    assert(m->weights.n_mtp == 1 && batch->n_sequences == 1 && batch->n_rows >= 2);
    assert(batch->n_rows <= m->options.n_outputs_max && batch->n_rows <= m->options.n_rows_max);
    const struct layer *layer = &m->weights.layers[m->weights.n_layers];
    const struct weight *w = layer->w;
    uint32_t n_rows = batch->n_rows - 1;

    // The block's row k joins the main model's vector k with token k + 1 and stands at position k:
    // there is no row for the sequence's first token, and RoPE only sees differences.
    struct batch_sequence sequence = batch->sequences[0];
    sequence.n_rows = n_rows;
    struct batch drafts = {batch->tokens + 1, n_rows, &sequence, 1};
    set_rows(m, n_rows);
    backend_step_begin(m->backend, &drafts);
    op_embed(m->backend, &m->part, &m->weights.embedding, 1.0f);
    op_norm(m->backend, &m->mtp_token, &m->part, &w[W_MTP_TOKEN_NORM], h->eps, n_rows);
    op_norm(m->backend, &m->mtp_previous, &m->hidden, &w[W_MTP_HIDDEN_NORM], h->eps, n_rows);
    op_concat(m->backend, &m->mtp_pair, &m->mtp_token, &m->mtp_previous, n_rows);
    struct projection into = {&m->x, &w[W_MTP_PROJ], NULL, false};
    op_project(m->backend, &into, 1, &m->mtp_pair, NULL, 0, n_rows);
    forward_block(m, layer);
    const struct weight *head_norm = optional(&w[W_MTP_HEAD_NORM]);
    op_norm(m->backend, &m->picked, &m->x, head_norm ? head_norm : &m->weights.output_norm, h->eps,
            n_rows);
    struct projection head = {&m->logits, &m->weights.output, NULL, false};
    op_project(m->backend, &head, 1, &m->picked, NULL, 0, n_rows);
    enum err err = backend_step_end(m->backend, error);
    if (!err)
        *logits = backend_read(m->backend, &m->logits, n_rows);
    return err;
}
