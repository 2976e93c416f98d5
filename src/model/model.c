// model.c - opening a model: weights, caches and activations.
#include "model/model.h"
#include "base/memory.h"
#include "model/model_parts.h"
#include "model/rope.h"

#include <stdlib.h>

static uint32_t max_u32(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void count_layers(const struct hyperparams *h, bool drafts, uint32_t *n_full,
                         uint32_t *n_sliding, uint32_t *n_recurrent)
{
    *n_full = *n_sliding = *n_recurrent = 0;
    for (uint32_t i = 0; i < h->n_layers; i++)
        ++*(h->is_recurrent[i] ? n_recurrent : h->is_sliding[i] ? n_sliding : n_full);
    if (drafts && h->n_mtp)
        ++*n_full;
}

// Widths of activation rows that are multiplied with weights.
static uint32_t widest_row(const struct hyperparams *h)
{
    uint32_t widest = max_u32(h->n_model * (h->n_mtp ? 2 : 1), h->n_heads * h->head_dim);
    return max_u32(widest, h->ssm_state * h->ssm_v_heads);
}

void model_cache_spec(const struct hyperparams *h, const struct model_options *options,
                      struct cache_spec *spec)
{
    uint32_t n_full, n_sliding, n_recurrent;
    count_layers(h, options->drafts, &n_full, &n_sliding, &n_recurrent);
    *spec = (struct cache_spec){
        .k_type = options->k_type,
        .v_type = options->v_type,
        .n_groups = n_sliding ? 2 : 1,
        .n_rows_max = options->n_rows_max,
        .n_model = h->n_model,
        .n_cols_max = widest_row(h),
        .n_ff = h->n_ff,
        .n_ff_expert = max_u32(h->n_ff_expert, h->n_ff_shared),
        .n_heads = h->n_heads,
        .n_experts = h->n_experts,
        .n_experts_used = h->n_experts_used,
    };
    spec->groups[GROUP_FULL] =
        (struct kv_group){n_full, h->n_kv_heads, h->head_dim, options->n_pages_max[GROUP_FULL]};
    if (n_sliding)
        spec->groups[GROUP_SLIDING] = (struct kv_group){n_sliding, h->n_kv_heads, h->head_dim,
                                                        options->n_pages_max[GROUP_SLIDING]};
    if (n_recurrent) {
        spec->n_state_layers = n_recurrent;
        spec->n_conv_channels = hyperparams_conv_channels(h);
        spec->n_conv_floats = (h->ssm_conv - 1) * spec->n_conv_channels;
        spec->n_s_floats = h->ssm_v_heads * h->ssm_state * h->ssm_state;
        spec->n_states_max = options->n_states_max;
        spec->n_v_heads_state = h->ssm_v_heads;
    }
}

// Every activation tensor: its rows, its columns, and when there is one.
struct tensor_rule {
    struct tensor *tensor;
    uint32_t n_rows, n_cols;
};

enum { TENSORS_MAX = 20 };

static size_t list_tensors(struct model *m, const struct hyperparams *h,
                           const struct model_options *o, struct tensor_rule *rules)
{
    uint32_t rows = o->n_rows_max, outputs = max_u32(o->n_outputs_max, 1);
    bool is_hybrid = h->arch->traits & ARCH_HYBRID, drafts = o->drafts && h->n_mtp;
    uint32_t n_v = h->ssm_state * h->ssm_v_heads;
    const struct tensor_rule all[] = {
        {&m->x, rows, h->n_model},
        {&m->part, h->arch->traits & ARCH_POST_NORM || drafts ? rows : 0, h->n_model},
        {&m->q, rows, h->n_heads * h->head_dim * (is_hybrid ? 2 : 1)},
        {&m->k, rows, h->n_kv_heads * h->head_dim},
        {&m->v, rows, h->n_kv_heads * h->head_dim},
        {&m->attended, rows, h->n_heads * h->head_dim},
        {&m->u, is_hybrid ? rows : 0, hyperparams_conv_channels(h)},
        {&m->z, is_hybrid ? rows : 0, n_v},
        {&m->alpha, is_hybrid ? rows : 0, h->ssm_v_heads},
        {&m->beta, is_hybrid ? rows : 0, h->ssm_v_heads},
        {&m->delta, is_hybrid ? rows : 0, n_v},
        {&m->picked, outputs, h->n_model},
        {&m->hidden, outputs, h->n_model},
        {&m->logits, outputs, h->n_vocab},
        {&m->mtp_token, drafts ? rows : 0, h->n_model},
        {&m->mtp_previous, drafts ? rows : 0, h->n_model},
        {&m->mtp_pair, drafts ? rows : 0, 2 * h->n_model},
    };
    _Static_assert(COUNT_OF(all) <= TENSORS_MAX, "room for every tensor");
    for (size_t i = 0; i < COUNT_OF(all); i++)
        rules[i] = all[i];
    return COUNT_OF(all);
}

size_t model_scratch_size(const struct hyperparams *h, const struct model_options *options,
                          unsigned n_threads)
{
    struct model *unused = mem_new(struct model, 1);
    struct tensor_rule rules[TENSORS_MAX];
    size_t n = list_tensors(unused, h, options, rules), size = 0;
    for (size_t i = 0; i < n; i++)
        size += (size_t)rules[i].n_rows * rules[i].n_cols * sizeof(float);
    free(unused);
    struct cache_spec spec;
    model_cache_spec(h, options, &spec);
    return size + backend_scratch_size(&spec, n_threads);
}

static enum err open_tensors(struct model *m, struct error *error)
{
    struct tensor_rule rules[TENSORS_MAX];
    size_t n = list_tensors(m, &m->hyperparams, &m->options, rules);
    for (size_t i = 0; i < n; i++) {
        if (rules[i].n_rows == 0)
            continue;
        enum err err = backend_open_tensor(m->backend, rules[i].tensor, rules[i].n_rows,
                                           rules[i].n_cols, error);
        if (err)
            return err;
    }
    return OK;
}

static void open_ropes(struct model *m, struct cache_spec *spec)
{
    const struct hyperparams *h = &m->hyperparams;
    const float *divisors = m->weights.rope_divisors.data;
    for (int i = 0; i < ROPES_MAX; i++) {
        bool is_local = i == ROPE_LOCAL;
        if (is_local && spec->n_groups < 2)
            continue;
        m->rope_frequency[i] = mem_new(double, h->rope_dims / 2);
        float magnitude =
            rope_frequencies(m->rope_frequency[i], h, is_local, is_local ? NULL : divisors);
        spec->ropes[i] = (struct rope_spec){h->arch->rope_interleaved, h->rope_dims,
                                            m->rope_frequency[i], magnitude};
    }
}

enum err model_open(struct model **out, const struct gguf *gguf, struct backend *backend,
                    const struct model_options *options, struct error *error)
{
    struct model *m = mem_new(struct model, 1);
    *out = NULL;
    m->backend = backend;
    m->options = *options;
    enum err err = hyperparams_read(&m->hyperparams, gguf, error);
    if (!err)
        err = weights_open(&m->weights, gguf, &m->hyperparams, options->drafts, backend, error);
    if (err)
        goto failed;
    model_cache_spec(&m->hyperparams, options, &m->caches);
    open_ropes(m, &m->caches);
    err = backend_open_cache(backend, &m->caches, error);
    if (!err)
        err = open_tensors(m, error);
    if (err)
        goto failed;
    *out = m;
    return OK;
failed:
    model_close(m);
    return err;
}

void model_close(struct model *m)
{
    if (!m)
        return;
    weights_close(&m->weights);
    for (int i = 0; i < ROPES_MAX; i++)
        free(m->rope_frequency[i]);
    free(m);
}

const struct hyperparams *model_hyperparams(const struct model *m)
{
    return &m->hyperparams;
}

bool model_has_drafts(const struct model *m)
{
    return m->weights.n_mtp > 0;
}

struct backend *model_backend(const struct model *m)
{
    return m->backend;
}

const struct cache_spec *model_caches(const struct model *m)
{
    return &m->caches;
}

uint64_t model_bytes_per_token(const struct model *m)
{
    return weights_bytes_per_token(&m->weights, &m->hyperparams);
}

uint64_t model_products_per_token(const struct model *m)
{
    return weights_products_per_token(&m->weights, &m->hyperparams);
}
