#include "model/synthetic.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "model/synthetic_shapes.h"
#include "model/synthetic_vocab.h"
#include "tensor/gguf_write.h"
#include "tensor/name_index.h"
#include "tensor/random.h"

enum { SSM_CONV = 4, FULL_ATTENTION_EVERY = 4 };

// ---- recipes ----

enum role { // what a weight is, as far as its type depends on it
    ROLE_OTHER,
    ROLE_EMBEDDING,
    ROLE_OUTPUT,
    ROLE_VALUE, // attn_v
    ROLE_ATTENTION_OUTPUT,
    ROLE_DOWN,
    ROLE_EXPERT, // gate and up
    ROLE_EXPERT_DOWN,
    ROLE_DECAY, // ssm_alpha, ssm_beta
    ROLE_COUNT,
};

struct recipe {
    const char *name;
    enum dtype types[ROLE_COUNT];
    enum dtype dense_more, expert_more; // attn_v and ffn_down in the layers that get more bits
};

// The mixtures that llama.cpp's quantiser makes, and the dynamic one published for Qwen3.6.
static const struct recipe recipes[] = {
    {"Q4_K_M",
     {DTYPE_Q4_K, DTYPE_Q4_K, DTYPE_Q6_K, DTYPE_Q4_K, DTYPE_Q4_K, DTYPE_Q4_K, DTYPE_Q4_K,
      DTYPE_Q4_K, DTYPE_Q8_0},
     DTYPE_Q6_K,
     DTYPE_Q6_K},
    {"Q5_K_M",
     {DTYPE_Q5_K, DTYPE_Q5_K, DTYPE_Q6_K, DTYPE_Q5_K, DTYPE_Q5_K, DTYPE_Q5_K, DTYPE_Q5_K,
      DTYPE_Q5_K, DTYPE_Q8_0},
     DTYPE_Q6_K,
     DTYPE_Q6_K},
    {"Q3_K_M",
     {DTYPE_Q3_K, DTYPE_Q3_K, DTYPE_Q6_K, DTYPE_Q4_K, DTYPE_Q4_K, DTYPE_Q4_K, DTYPE_Q3_K,
      DTYPE_Q4_K, DTYPE_Q8_0},
     DTYPE_Q4_K,
     DTYPE_Q4_K},
    {"Q2_K",
     {DTYPE_Q2_K, DTYPE_Q2_K, DTYPE_Q6_K, DTYPE_Q3_K, DTYPE_Q3_K, DTYPE_Q3_K, DTYPE_Q2_K,
      DTYPE_Q3_K, DTYPE_Q8_0},
     DTYPE_Q3_K,
     DTYPE_Q3_K},
    {"UD-Q4_K_M",
     {DTYPE_Q8_0, DTYPE_Q8_0, DTYPE_Q6_K, DTYPE_Q8_0, DTYPE_Q8_0, DTYPE_Q8_0, DTYPE_Q4_K,
      DTYPE_Q5_K, DTYPE_F32},
     DTYPE_Q8_0,
     DTYPE_Q5_K},
};

// The layers whose attn_v and ffn_down get more bits: the first and last eighth, and every third.
static bool layer_gets_more(uint32_t i, uint32_t n_layers)
{
    uint32_t eighth = n_layers / 8;
    return i < eighth || i >= 7 * n_layers / 8 || (i - eighth) % 3 == 2;
}

// ---- the plan: which tensors, and how each is filled ----

enum fill {
    FILL_WEIGHTS, // normal, with the tensor's deviation
    FILL_NORM,    // around 1
    FILL_BIAS,    // around 0
    FILL_DECAY,   // ssm_a: -exp(0..2)
    FILL_STEP,    // ssm_dt: -4..-1
    FILL_FREQS,   // rope_freqs of Llama 3.1
};

struct planned {
    enum dtype dtype;
    enum fill fill;
    uint64_t n, seed;
    float deviation;
};

struct plan {
    const struct shape *shape;
    struct synthetic_options options;
    struct recipe recipe;
    uint32_t n_layers, n_vocab;
    struct gguf_writer *writer;
    struct planned *tensors;
    size_t n_tensors, n_tensors_max;
};

static void add(struct plan *plan, const char *name, enum fill fill, enum dtype dtype,
                float deviation, uint32_t n_dims, const uint64_t *ne)
{
    if (plan->n_tensors == plan->n_tensors_max) {
        plan->n_tensors_max = plan->n_tensors_max ? 2 * plan->n_tensors_max : 256;
        plan->tensors = mem_resize(plan->tensors, plan->n_tensors_max, sizeof *plan->tensors);
    }
    uint64_t n = 1;
    for (uint32_t d = 0; d < n_dims; d++)
        n *= ne[d];
    gguf_writer_add_tensor(plan->writer, name, dtype, n_dims, ne);
    plan->tensors[plan->n_tensors++] = (struct planned){
        dtype, fill, n, hash_bytes(plan->options.seed, name, strlen(name)), deviation};
}

static void add_vector(struct plan *plan, const char *name, enum fill fill, uint64_t n)
{
    add(plan, name, fill, DTYPE_F32, 0, 1, &n);
}

// A weight matrix {columns, rows}, or n of them; rows that do not fit the type's block get another.
static void add_weight(struct plan *plan, const char *name, enum dtype dtype, float deviation,
                       uint64_t columns, uint64_t rows, uint64_t n)
{
    if (columns % dtype_get(dtype)->block_elements)
        dtype = columns % 32 ? DTYPE_F16 : DTYPE_Q8_0;
    add(plan, name, FILL_WEIGHTS, dtype, deviation, n ? 3 : 2, (uint64_t[]){columns, rows, n});
}

// ---- one layer ----

struct layer {
    struct plan *plan;
    uint32_t i;
    bool more; // bits for attn_v and ffn_down
    char name[64];
};

static const char *layer_name(struct layer *layer, const char *part)
{
    snprintf(layer->name, sizeof layer->name, "blk.%u.%s", layer->i, part);
    return layer->name;
}

static void layer_vector(struct layer *layer, const char *part, enum fill fill, uint64_t n)
{
    add_vector(layer->plan, layer_name(layer, part), fill, n);
}

// n_experts is 0 for a plain matrix.
static void layer_weight(struct layer *layer, const char *part, enum role role, uint64_t columns,
                         uint64_t rows, uint64_t n_experts)
{
    const struct recipe *recipe = &layer->plan->recipe;
    enum dtype dtype = recipe->types[role];
    if (layer->more && (role == ROLE_VALUE || role == ROLE_DOWN))
        dtype = recipe->dense_more;
    if (layer->more && role == ROLE_EXPERT_DOWN)
        dtype = recipe->expert_more;
    add_weight(layer->plan, layer_name(layer, part), dtype, 1 / sqrtf((float)columns), columns,
               rows, n_experts);
}

static void add_delta_net(struct layer *layer)
{
    const struct shape *s = layer->plan->shape;
    uint64_t kd = s->ssm_state * s->ssm_k_heads, vd = s->ssm_state * s->ssm_v_heads;
    layer_weight(layer, "attn_qkv.weight", ROLE_OTHER, s->n_model, 2 * kd + vd, 0);
    layer_weight(layer, "attn_gate.weight", ROLE_OTHER, s->n_model, vd, 0);
    add_weight(layer->plan, layer_name(layer, "ssm_conv1d.weight"), DTYPE_F32, 0.5f, SSM_CONV,
               2 * kd + vd, 0);
    layer_vector(layer, "ssm_dt.bias", FILL_STEP, s->ssm_v_heads);
    layer_vector(layer, "ssm_a", FILL_DECAY, s->ssm_v_heads);
    layer_weight(layer, "ssm_beta.weight", ROLE_DECAY, s->n_model, s->ssm_v_heads, 0);
    layer_weight(layer, "ssm_alpha.weight", ROLE_DECAY, s->n_model, s->ssm_v_heads, 0);
    layer_vector(layer, "ssm_norm.weight", FILL_NORM, s->ssm_state);
    layer_weight(layer, "ssm_out.weight", ROLE_OTHER, vd, s->n_model, 0);
}

static void add_attention(struct layer *layer)
{
    const struct shape *s = layer->plan->shape;
    uint64_t q = (uint64_t)s->n_heads * s->head_dim, kv = (uint64_t)s->n_kv_heads * s->head_dim;
    uint64_t gated = s->ssm_state ? 2 : 1; // hybrid models' Q has a gate of its size behind it
    layer_weight(layer, "attn_q.weight", ROLE_OTHER, s->n_model, gated * q, 0);
    layer_weight(layer, "attn_k.weight", ROLE_OTHER, s->n_model, kv, 0);
    layer_weight(layer, "attn_v.weight", ROLE_VALUE, s->n_model, kv, 0);
    layer_weight(layer, "attn_output.weight", ROLE_ATTENTION_OUTPUT, q, s->n_model, 0);
    if (s->qkv_bias) {
        layer_vector(layer, "attn_q.bias", FILL_BIAS, q);
        layer_vector(layer, "attn_k.bias", FILL_BIAS, kv);
        layer_vector(layer, "attn_v.bias", FILL_BIAS, kv);
    }
    if (s->qk_norm) {
        layer_vector(layer, "attn_q_norm.weight", FILL_NORM, s->head_dim);
        layer_vector(layer, "attn_k_norm.weight", FILL_NORM, s->head_dim);
    }
}

static void add_experts(struct layer *layer)
{
    const struct shape *s = layer->plan->shape;
    uint64_t d = s->n_model, ff = s->n_ff_expert, shared = s->n_ff_shared, n = s->n_experts;
    add_weight(layer->plan, layer_name(layer, "ffn_gate_inp.weight"), DTYPE_F32,
               1 / sqrtf((float)d), d, n, 0);
    layer_weight(layer, "ffn_gate_exps.weight", ROLE_EXPERT, d, ff, n);
    layer_weight(layer, "ffn_up_exps.weight", ROLE_EXPERT, d, ff, n);
    layer_weight(layer, "ffn_down_exps.weight", ROLE_EXPERT_DOWN, ff, d, n);
    if (!shared)
        return;
    add(layer->plan, layer_name(layer, "ffn_gate_inp_shexp.weight"), FILL_WEIGHTS, DTYPE_F32,
        1 / sqrtf((float)d), 1, &d);
    layer_weight(layer, "ffn_gate_shexp.weight", ROLE_OTHER, d, shared, 0);
    layer_weight(layer, "ffn_up_shexp.weight", ROLE_OTHER, d, shared, 0);
    layer_weight(layer, "ffn_down_shexp.weight", ROLE_DOWN, shared, d, 0);
}

static void add_layer(struct plan *plan, uint32_t i)
{
    const struct shape *s = plan->shape;
    bool is_mtp = i >= plan->n_layers;
    bool recurrent = s->ssm_state && !is_mtp && (i + 1) % FULL_ATTENTION_EVERY != 0;
    struct layer layer = {.plan = plan, .i = i, .more = layer_gets_more(i, plan->n_layers)};
    layer_vector(&layer, "attn_norm.weight", FILL_NORM, s->n_model);
    if (recurrent)
        add_delta_net(&layer);
    else
        add_attention(&layer);
    if (s->ssm_state || s->post_norm)
        layer_vector(&layer, "post_attention_norm.weight", FILL_NORM, s->n_model);
    if (!s->ssm_state)
        layer_vector(&layer, "ffn_norm.weight", FILL_NORM, s->n_model);
    if (s->n_experts) {
        add_experts(&layer);
    } else {
        layer_weight(&layer, "ffn_gate.weight", ROLE_OTHER, s->n_model, s->n_ff, 0);
        layer_weight(&layer, "ffn_up.weight", ROLE_OTHER, s->n_model, s->n_ff, 0);
        layer_weight(&layer, "ffn_down.weight", ROLE_DOWN, s->n_ff, s->n_model, 0);
    }
    if (s->post_norm)
        layer_vector(&layer, "post_ffw_norm.weight", FILL_NORM, s->n_model);
    if (is_mtp) {
        layer_weight(&layer, "nextn.eh_proj.weight", ROLE_OTHER, 2 * s->n_model, s->n_model, 0);
        layer_vector(&layer, "nextn.enorm.weight", FILL_NORM, s->n_model);
        layer_vector(&layer, "nextn.hnorm.weight", FILL_NORM, s->n_model);
        layer_vector(&layer, "nextn.shared_head_norm.weight", FILL_NORM, s->n_model);
    }
}

// ---- metadata ----

static void put_u32(struct plan *plan, const char *part, uint32_t value)
{
    char key[96];
    snprintf(key, sizeof key, "%s.%s", plan->shape->arch, part);
    gguf_writer_put_u32(plan->writer, key, value);
}

static void put_f32(struct plan *plan, const char *part, float value)
{
    char key[96];
    snprintf(key, sizeof key, "%s.%s", plan->shape->arch, part);
    gguf_writer_put_f32(plan->writer, key, value);
}

static void put_rope(struct plan *plan)
{
    const struct shape *s = plan->shape;
    const struct synthetic_options *options = &plan->options;
    char key[96];
    put_f32(plan, "rope.freq_base", s->theta);
    put_u32(plan, "rope.dimension_count", s->rope_dims ? s->rope_dims : s->head_dim);
    if (s->sections[0]) {
        snprintf(key, sizeof key, "%s.rope.dimension_sections", s->arch);
        gguf_writer_put_array(plan->writer, key, GGUF_I32, s->sections, COUNT_OF(s->sections));
    }
    const char *scaling = options->rope_scaling;
    float factor = options->rope_factor;
    if (!scaling && s->rope_linear > 0) {
        scaling = "linear";
        factor = s->rope_linear;
    }
    if (!scaling || strcmp(scaling, "llama3") == 0)
        return;
    snprintf(key, sizeof key, "%s.rope.scaling.type", s->arch);
    gguf_writer_put_str(plan->writer, key, str_of(scaling));
    put_f32(plan, "rope.scaling.factor", factor);
    if (options->rope_context)
        put_u32(plan, "rope.scaling.original_context_length", options->rope_context);
}

static void put_metadata(struct plan *plan)
{
    const struct shape *s = plan->shape;
    const struct synthetic_options *options = &plan->options;
    char name[96];
    snprintf(name, sizeof name, "synthetic %s", s->name);
    gguf_writer_put_str(plan->writer, "general.architecture", str_of(s->arch));
    gguf_writer_put_str(plan->writer, "general.name", str_of(name));
    gguf_writer_put_u32(plan->writer, "general.quantization_version", 2);
    put_u32(plan, "block_count", plan->n_layers + options->mtp);
    put_u32(plan, "context_length", options->n_context ? options->n_context : s->n_context);
    put_u32(plan, "embedding_length", s->n_model);
    put_u32(plan, "feed_forward_length", s->n_ff ? s->n_ff : s->n_ff_expert);
    put_u32(plan, "attention.head_count", s->n_heads);
    put_u32(plan, "attention.head_count_kv", s->n_kv_heads);
    put_u32(plan, "attention.key_length", s->head_dim);
    put_u32(plan, "attention.value_length", s->head_dim);
    put_f32(plan, "attention.layer_norm_rms_epsilon", s->eps);
    put_rope(plan);
    if (s->window)
        put_u32(plan, "attention.sliding_window", s->window);
    if (s->n_experts) {
        put_u32(plan, "expert_count", s->n_experts);
        put_u32(plan, "expert_used_count", s->n_experts_used);
        put_u32(plan, "expert_feed_forward_length", s->n_ff_expert);
    }
    if (s->n_ff_shared)
        put_u32(plan, "expert_shared_feed_forward_length", s->n_ff_shared);
    if (s->ssm_state) {
        put_u32(plan, "ssm.conv_kernel", SSM_CONV);
        put_u32(plan, "ssm.state_size", s->ssm_state);
        put_u32(plan, "ssm.group_count", s->ssm_k_heads);
        put_u32(plan, "ssm.time_step_rank", s->ssm_v_heads);
        put_u32(plan, "ssm.inner_size", s->ssm_state * s->ssm_v_heads);
        put_u32(plan, "full_attention_interval", FULL_ATTENTION_EVERY);
    }
    if (options->mtp)
        put_u32(plan, "nextn_predict_layers", 1);
    synthetic_vocab_put(plan->writer, s->pre, plan->n_vocab);
}

static void put_tensors(struct plan *plan)
{
    const struct shape *s = plan->shape;
    bool tied = plan->options.tied || s->tied || s->post_norm; // Gemma's output is its embedding
    // Tied embeddings are read as outputs, so they are as small as those.
    float deviation = tied ? 1 / sqrtf((float)s->n_model) : 1;
    enum role role = tied ? ROLE_OUTPUT : ROLE_EMBEDDING;
    add_weight(plan, "token_embd.weight", plan->recipe.types[role], deviation, s->n_model,
               plan->n_vocab, 0);
    add_vector(plan, "output_norm.weight", FILL_NORM, s->n_model);
    if (!tied)
        add_weight(plan, "output.weight", plan->recipe.types[ROLE_OUTPUT],
                   1 / sqrtf((float)s->n_model), s->n_model, plan->n_vocab, 0);
    if (plan->options.rope_scaling && strcmp(plan->options.rope_scaling, "llama3") == 0)
        add_vector(plan, "rope_freqs.weight", FILL_FREQS,
                   (s->rope_dims ? s->rope_dims : s->head_dim) / 2);
    for (uint32_t i = 0; i < plan->n_layers + plan->options.mtp; i++)
        add_layer(plan, i);
}

// ---- opening a plan ----

static enum err find_recipe(struct recipe *recipe, const char *name, struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(recipes); i++)
        if (strcasecmp(recipes[i].name, name) == 0) {
            *recipe = recipes[i];
            return OK;
        }
    int dtype = dtype_from_name(name);
    if (dtype < 0 || dtype == DTYPE_Q8_K)
        return fail(error, ERR_ARGUMENT, "there is no format or mixture called %s", name);
    *recipe = (struct recipe){.name = name};
    for (int role = 0; role < ROLE_COUNT; role++)
        recipe->types[role] = (enum dtype)dtype;
    recipe->dense_more = recipe->expert_more = (enum dtype)dtype;
    return OK;
}

static void plan_release(struct plan *plan)
{
    gguf_writer_close(plan->writer);
    free(plan->tensors);
}

static enum err plan_init(struct plan *plan, const char *name,
                          const struct synthetic_options *options, struct error *error)
{
    *plan = (struct plan){0};
    plan->shape = shape_find(name);
    if (!plan->shape)
        return fail(error, ERR_NOT_FOUND, "there is no shape called %s", name);
    if (options)
        plan->options = *options;
    plan->n_layers = plan->options.n_layers ? plan->options.n_layers : plan->shape->n_layers;
    plan->n_vocab = plan->options.n_vocab ? plan->options.n_vocab : plan->shape->n_vocab;
    if (plan->n_vocab < SYNTHETIC_VOCAB_MIN || plan->n_layers > 1000)
        return fail(error, ERR_ARGUMENT, "%u tokens (at least %d) or %u layers (at most 1000)",
                    plan->n_vocab, SYNTHETIC_VOCAB_MIN, plan->n_layers);
    if (plan->options.mtp && !plan->shape->ssm_state)
        return fail(error, ERR_ARGUMENT, "%s has no block that drafts", name);
    const char *recipe = plan->options.recipe ? plan->options.recipe : "Q4_K_M";
    enum err err = find_recipe(&plan->recipe, recipe, error);
    if (err)
        return err;
    plan->writer = gguf_writer_open();
    put_metadata(plan);
    put_tensors(plan);
    return OK;
}

// ---- filling ----

// Llama 3.1's divisors of the rope frequencies: 1 for short wavelengths, the factor for long ones, a
// blend between.
static void fill_freqs(const struct plan *plan, float *values, uint64_t n)
{
    double factor = (double)plan->options.rope_factor, context = plan->options.rope_context;
    for (uint64_t i = 0; i < n; i++) {
        double wavelength =
            6.283185307179586 * pow((double)plan->shape->theta, (double)i / (double)n);
        double blend = (context / wavelength - 1) / (4 - 1);
        blend = blend < 0 ? 0 : blend > 1 ? 1 : blend;
        values[i] = (float)(1 / ((1 - blend) / factor + blend));
    }
}

// Bytes of blocks [first, first + n_blocks) of a tensor; called in order with the same rng.
static void fill_blocks(const struct plan *plan, const struct planned *tensor, void *out,
                        uint64_t n_blocks, struct rng *rng)
{
    float *values = out;
    switch (tensor->fill) {
    case FILL_WEIGHTS:
        random_blocks(tensor->dtype, out, n_blocks, tensor->deviation, rng);
        break;
    case FILL_NORM:
        random_floats(values, n_blocks, 1, 0.17f, rng);
        break;
    case FILL_BIAS:
        random_floats(values, n_blocks, 0, 0.17f, rng);
        break;
    case FILL_STEP:
        random_floats(values, n_blocks, -2.5f, 1.5f, rng);
        break;
    case FILL_DECAY:
        random_floats(values, n_blocks, 1, 1, rng);
        for (uint64_t i = 0; i < n_blocks; i++)
            values[i] = -expf(values[i]);
        break;
    case FILL_FREQS:
        fill_freqs(plan, values, n_blocks);
        break;
    }
}

const char *synthetic_name_at(size_t i)
{
    const struct shape *shape = shape_at(i);
    return shape ? shape->name : NULL;
}

enum err synthetic_measure(uint64_t *size, size_t *n_tensors, const char *name,
                           const struct synthetic_options *options, struct error *error)
{
    struct plan plan;
    enum err err = plan_init(&plan, name, options, error);
    *size = err ? 0 : gguf_writer_file_size(plan.writer);
    *n_tensors = plan.n_tensors;
    plan_release(&plan);
    return err;
}

enum err synthetic_make(void **bytes, size_t *size, const char *name,
                        const struct synthetic_options *options, struct error *error)
{
    *bytes = NULL;
    *size = 0;
    struct plan plan;
    enum err err = plan_init(&plan, name, options, error);
    char *file = NULL;
    uint64_t file_size = err ? 0 : gguf_writer_file_size(plan.writer);
    if (!err && !(file = mem_try_aligned(file_size)))
        err = fail(error, ERR_MEMORY, "no memory for the %llu bytes of a model like %s",
                   (unsigned long long)file_size, name);
    if (!err) {
        struct str header = gguf_writer_header(plan.writer);
        memcpy(file, header.data, header.size);
    }
    for (size_t i = 0; i < plan.n_tensors && !err; i++) {
        const struct planned *tensor = &plan.tensors[i];
        uint64_t start = gguf_writer_offset(plan.writer, i);
        uint64_t end = start + gguf_writer_tensor_size(plan.writer, i);
        uint64_t next = i + 1 < plan.n_tensors ? gguf_writer_offset(plan.writer, i + 1) : file_size;
        struct rng rng;
        rng_seed(&rng, tensor->seed);
        fill_blocks(&plan, tensor, file + start,
                    tensor->n / dtype_get(tensor->dtype)->block_elements, &rng);
        memset(file + end, 0, next - end);
    }
    *bytes = file;
    *size = file_size;
    plan_release(&plan);
    return err;
}

enum err synthetic_write(const char *path, const char *name,
                         const struct synthetic_options *options, struct error *error)
{
    enum { N_BLOCKS_MAX = 1 << 16 }; // even, as plain floats are made in pairs
    struct plan plan;
    enum err err = plan_init(&plan, name, options, error);
    if (!err)
        err = gguf_writer_create(plan.writer, path, error);
    void *blocks = mem_alloc(N_BLOCKS_MAX, sizeof(float) * 73); // of the largest block, Q8_K
    for (size_t i = 0; i < plan.n_tensors && !err; i++) {
        const struct planned *tensor = &plan.tensors[i];
        const struct dtype_info *info = dtype_get(tensor->dtype);
        uint64_t n_left = tensor->n / info->block_elements;
        struct rng rng;
        rng_seed(&rng, tensor->seed);
        assert(tensor->fill == FILL_WEIGHTS || n_left <= N_BLOCKS_MAX);
        while (n_left && !err) {
            uint64_t n = n_left < N_BLOCKS_MAX ? n_left : N_BLOCKS_MAX;
            fill_blocks(&plan, tensor, blocks, n, &rng);
            err = gguf_writer_append(plan.writer, blocks, n * info->block_size, error);
            n_left -= n;
        }
    }
    if (!err)
        err = gguf_writer_publish(plan.writer, error);
    free(blocks);
    plan_release(&plan);
    return err;
}
