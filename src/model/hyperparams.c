#include "model/hyperparams.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Reads keys of one architecture; remembers the first error and does nothing after it.
struct reader {
    const struct gguf *gguf;
    const char *arch;
    struct error *error;
    enum err err;
    char key[128];
};

static const char *key_of(struct reader *r, const char *name)
{
    snprintf(r->key, sizeof r->key, "%s.%s", r->arch, name);
    return r->key;
}

static void missing(struct reader *r)
{
    if (!r->err)
        r->err = fail(r->error, ERR_FORMAT, "%s: the key %s is missing or no number",
                      gguf_path(r->gguf), r->key);
}

static bool read_f32(struct reader *r, const char *name, float *out)
{
    return gguf_get_f32(r->gguf, key_of(r, name), out);
}

// An integer in [low, high].  Absent: `fallback`, or an error when that is negative.
static uint32_t read_u32(struct reader *r, const char *name, uint32_t low, uint32_t high,
                         int64_t fallback)
{
    uint32_t value = 0;
    if (r->err)
        return low;
    if (!gguf_get_u32(r->gguf, key_of(r, name), &value)) {
        if (fallback < 0)
            missing(r);
        return fallback < 0 ? low : (uint32_t)fallback;
    }
    if (value < low || value > high) {
        r->err = fail(r->error, ERR_FORMAT, "%s: %s is %u, expected %u to %u", gguf_path(r->gguf),
                      r->key, value, low, high);
        return low;
    }
    return value;
}

// A count that some files give per layer: the largest entry (recurrent layers hold a 0).
static uint32_t read_u32_max(struct reader *r, const char *name, uint32_t high, int64_t fallback)
{
    const struct gguf_value *value = gguf_find(r->gguf, key_of(r, name));
    if (r->err || !value || !value->is_array)
        return read_u32(r, name, 1, high, fallback);
    int64_t largest = 0, item;
    for (uint64_t i = 0; i < value->n_items; i++)
        if (gguf_item_i64(value, i, &item) && item > largest)
            largest = item;
    if (largest < 1 || largest > high) {
        r->err = fail(r->error, ERR_FORMAT, "%s: the largest entry of %s is %lld, expected 1 to %u",
                      gguf_path(r->gguf), r->key, (long long)largest, high);
        return 1;
    }
    return (uint32_t)largest;
}

// A finite number > 0, `fallback` when absent (an error when that is 0).
static float read_positive(struct reader *r, const char *name, float fallback)
{
    float value = fallback;
    if (r->err)
        return 1;
    if (!read_f32(r, name, &value) && fallback == 0)
        missing(r);
    if (!r->err && !(isfinite(value) && value > 0))
        r->err = fail(r->error, ERR_FORMAT, "%s: %s is %g, expected a number above 0",
                      gguf_path(r->gguf), r->key, (double)value);
    return value;
}

static uint64_t tensor_dim(const struct gguf *gguf, const char *name, unsigned i)
{
    const struct gguf_tensor *tensor = gguf_find_tensor(gguf, name);
    return tensor ? tensor->ne[i] : 0;
}

static void read_rope(struct reader *r, struct hyperparams *h)
{
    h->rope_dims = read_u32(r, "rope.dimension_count", 2, h->head_dim, h->head_dim);
    if (!r->err && h->rope_dims % 2)
        r->err = fail(r->error, ERR_FORMAT, "%s: %s.rope.dimension_count is odd: %u",
                      gguf_path(r->gguf), r->arch, h->rope_dims);
    h->rope_theta = read_positive(r, "rope.freq_base", 10000.0f);
    h->rope_theta_local = read_positive(r, "rope.freq_base_swa", 10000.0f);
    struct str type = STR("linear");
    gguf_get_str(r->gguf, key_of(r, "rope.scaling.type"), &type);
    if (str_is(type, "none"))
        h->rope_scaling = ROPE_SCALING_NONE;
    else if (str_is(type, "linear"))
        h->rope_scaling = ROPE_SCALING_LINEAR;
    else if (str_is(type, "yarn"))
        h->rope_scaling = ROPE_SCALING_YARN;
    else if (!r->err)
        r->err = fail(r->error, ERR_UNSUPPORTED, "%s: RoPE scaling '%.*s' is not supported",
                      gguf_path(r->gguf), (int)(type.size < 40 ? type.size : 40), type.data);
    float factor = 0;
    if (!read_f32(r, "rope.scaling.factor", &factor))
        read_f32(r, "rope.scale_linear", &factor);
    h->rope_factor = factor == 0 ? 1.0f : factor;
    if (!r->err && !(isfinite(h->rope_factor) && h->rope_factor > 0))
        r->err = fail(r->error, ERR_FORMAT, "%s: RoPE scaling factor is %g", gguf_path(r->gguf),
                      (double)factor);
    h->rope_context_original =
        read_u32(r, "rope.scaling.original_context_length", 1, UINT32_MAX, h->n_context_train);
    h->rope_attn_factor = read_positive(r, "rope.scaling.attn_factor", 1.0f);
    h->yarn_beta_fast = read_positive(r, "rope.scaling.yarn_beta_fast", 32.0f);
    h->yarn_beta_slow = read_positive(r, "rope.scaling.yarn_beta_slow", 1.0f);
    h->yarn_ext_factor = 1.0f;
    read_f32(r, "rope.scaling.yarn_ext_factor", &h->yarn_ext_factor);
}

static void read_attention(struct reader *r, struct hyperparams *h)
{
    h->n_heads = read_u32_max(r, "attention.head_count", 4096, -1);
    h->n_kv_heads = read_u32_max(r, "attention.head_count_kv", 4096, h->n_heads);
    h->head_dim = read_u32(r, "attention.key_length", 1, 4096, h->n_model / h->n_heads);
    uint32_t v_dim = read_u32(r, "attention.value_length", 1, 4096, h->head_dim);
    if (r->err)
        return;
    if (h->n_heads % h->n_kv_heads || h->n_heads / h->n_kv_heads > 64)
        r->err = fail(r->error, ERR_FORMAT, "%s: %u query heads do not share %u KV heads",
                      gguf_path(r->gguf), h->n_heads, h->n_kv_heads);
    else if (v_dim != h->head_dim)
        r->err = fail(r->error, ERR_UNSUPPORTED, "%s: keys of width %u with values of width %u",
                      gguf_path(r->gguf), h->head_dim, v_dim);
    // The width that scores are scaled by; the 27B of Gemma 3 uses the model's, told by its 62 layers.
    bool is_gemma_27b = h->arch->traits & ARCH_SLIDING && h->n_layers == 62;
    double width = is_gemma_27b ? (double)h->n_model / h->n_heads : h->head_dim;
    h->attention_scale = read_positive(r, "attention.scale", (float)(1.0 / sqrt(width)));
}

// Layer kinds given as one period (every n-th layer differs) or one entry per layer.
static void read_pattern(struct reader *r, const char *name, uint32_t period, bool *is_usual,
                         uint32_t n_layers)
{
    const struct gguf_value *value = gguf_find(r->gguf, key_of(r, name));
    if (value && value->is_array) {
        if (value->n_items < n_layers && !r->err)
            r->err = fail(r->error, ERR_FORMAT, "%s: %s has %llu entries for %u layers",
                          gguf_path(r->gguf), r->key, (unsigned long long)value->n_items, n_layers);
        for (uint32_t i = 0; i < n_layers && !r->err; i++) {
            int64_t item = 0;
            gguf_item_i64(value, i, &item);
            is_usual[i] = item != 0;
        }
        return;
    }
    if (value)
        period = read_u32(r, name, 1, LAYERS_MAX, period);
    for (uint32_t i = 0; i < n_layers; i++)
        is_usual[i] = (i + 1) % period != 0;
}

static void read_delta_net(struct reader *r, struct hyperparams *h)
{
    h->ssm_conv = read_u32(r, "ssm.conv_kernel", 2, 16, -1);
    h->ssm_state = read_u32(r, "ssm.state_size", 1, 1024, -1);
    h->ssm_k_heads = read_u32(r, "ssm.group_count", 1, 1024, -1);
    h->ssm_v_heads = read_u32(r, "ssm.time_step_rank", 1, 1024, -1);
    uint32_t inner = read_u32(r, "ssm.inner_size", 1, 1u << 20, -1);
    if (r->err)
        return;
    if (h->ssm_v_heads % h->ssm_k_heads || inner != h->ssm_state * h->ssm_v_heads)
        r->err = fail(r->error, ERR_FORMAT,
                      "%s: DeltaNet sizes do not fit: %u K heads, %u V heads of %u, inner size %u",
                      gguf_path(r->gguf), h->ssm_k_heads, h->ssm_v_heads, h->ssm_state, inner);
    uint32_t interval = read_u32(r, "full_attention_interval", 1, LAYERS_MAX, 4);
    read_pattern(r, "attention.recurrent_layers", interval, h->is_recurrent, h->n_layers);
}

static void read_experts(struct reader *r, struct hyperparams *h)
{
    h->n_experts = read_u32(r, "expert_count", 0, 1024, h->arch->traits & ARCH_MOE ? -1 : 0);
    if (h->n_experts == 0)
        return;
    h->n_experts_used = read_u32(r, "expert_used_count", 1, h->n_experts, -1);
    h->n_ff_expert = read_u32(r, "expert_feed_forward_length", 1, 1u << 20,
                              (int64_t)tensor_dim(r->gguf, "blk.0.ffn_down_exps.weight", 0));
    h->n_ff_shared = read_u32(r, "expert_shared_feed_forward_length", 0, 1u << 20,
                              (int64_t)tensor_dim(r->gguf, "blk.0.ffn_down_shexp.weight", 0));
    h->expert_scale = 1.0f;
    if (read_f32(r, "expert_weights_scale", &h->expert_scale) && h->expert_scale == 0)
        h->expert_scale = 1.0f;
    uint32_t gating = read_u32(r, "expert_gating_func", 0, 16, 1);
    if (!r->err && gating > 1)
        r->err = fail(r->error, ERR_UNSUPPORTED, "%s: expert gating function %u",
                      gguf_path(r->gguf), gating);
}

// Keys that would change the computation and that no model we support has.
static void refuse_unknown_scales(struct reader *r)
{
    static const char *const names[] = {"logit_scale", "residual_scale", "embedding_scale",
                                        "attn_logit_softcapping", "final_logit_softcapping"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        float value;
        if (read_f32(r, names[i], &value) && value != 1.0f && value != 0.0f && !r->err)
            r->err = fail(r->error, ERR_UNSUPPORTED, "%s: %s is %g, which is not supported",
                          gguf_path(r->gguf), r->key, (double)value);
    }
}

enum err hyperparams_read(struct hyperparams *h, const struct gguf *gguf, struct error *error)
{
    *h = (struct hyperparams){0};
    struct str name = {0};
    if (!gguf_get_str(gguf, "general.architecture", &name))
        return fail(error, ERR_FORMAT, "%s: the key general.architecture is missing",
                    gguf_path(gguf));
    h->arch = arch_find(name);
    if (!h->arch)
        return fail(error, ERR_UNSUPPORTED, "%s: architecture '%.*s' is not supported",
                    gguf_path(gguf), (int)(name.size < 40 ? name.size : 40), name.data);
    struct str type;
    if (gguf_get_str(gguf, "general.type", &type) && !str_is(type, "model"))
        return fail(error, ERR_UNSUPPORTED, "%s holds a '%.*s', not a model", gguf_path(gguf),
                    (int)(type.size < 40 ? type.size : 40), type.data);

    struct reader r = {.gguf = gguf, .arch = h->arch->name, .error = error};
    uint32_t n_blocks = read_u32(&r, "block_count", 1, LAYERS_MAX, -1);
    h->n_mtp = h->arch->traits & ARCH_HYBRID ? read_u32(&r, "nextn_predict_layers", 0, 16, 0) : 0;
    if (!r.err && h->n_mtp >= n_blocks)
        r.err = fail(error, ERR_FORMAT, "%s: %u of %u blocks are MTP blocks", gguf_path(gguf),
                     h->n_mtp, n_blocks);
    h->n_layers = r.err ? 1 : n_blocks - h->n_mtp;
    h->n_context_train = read_u32(&r, "context_length", 1, UINT32_MAX, -1);
    h->n_model = read_u32(&r, "embedding_length", 1, 1u << 20, -1);
    h->n_vocab = (uint32_t)tensor_dim(gguf, "token_embd.weight", 1);
    if (!r.err && (h->n_vocab < 1 || h->n_vocab > 1u << 24))
        r.err = fail(error, ERR_FORMAT, "%s: token_embd.weight is missing or has %u rows",
                     gguf_path(gguf), h->n_vocab);
    h->eps = read_positive(&r, "attention.layer_norm_rms_epsilon", 0);
    if (!r.err)
        read_attention(&r, h);
    if (!r.err)
        read_rope(&r, h);
    if (!r.err)
        read_experts(&r, h);
    if (!r.err && h->n_experts == 0)
        h->n_ff = read_u32(&r, "feed_forward_length", 1, 1u << 20, -1);
    if (!r.err && h->arch->traits & ARCH_HYBRID)
        read_delta_net(&r, h);
    if (!r.err && h->arch->traits & ARCH_SLIDING) {
        h->window = read_u32(&r, "attention.sliding_window", 1, UINT32_MAX, -1);
        read_pattern(&r, "attention.sliding_window_pattern", 6, h->is_sliding, h->n_layers);
    }
    refuse_unknown_scales(&r);
    return r.err;
}
