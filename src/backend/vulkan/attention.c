// attention.c - RoPE, storing of K and V, and attention over pages.
#include "backend/vulkan/vulkan.h"

// The heads of q or k begin `head_stride` values apart.
static void turn_heads(struct vulkan *v, const struct attention *a, const struct region *x,
                       uint32_t n_heads, uint32_t head_stride)
{
    const struct rope_spec *rope = &v->spec.ropes[a->i_rope];
    struct {
        uint32_t n_heads, head_stride, n_dims, interleaved;
    } push = {n_heads, head_stride, rope->n_dims, rope->interleaved};
    VULKAN_DISPATCH(
        v, .op = OP_ROPE, .buffers = {x, &v->input.ropes[a->i_rope]}, PUSH(push),
        .n_groups = {groups_of(n_heads * rope->n_dims / 2, ELEMENT_LANES), v->batch->n_rows});
}

static void norm_heads(struct vulkan *v, const struct attention *a, const struct region *x,
                       const struct weight *norm, uint32_t n_heads, uint32_t head_stride)
{
    struct parts heads = {.n_rows = v->batch->n_rows,
                          .row_stride = n_heads * head_stride,
                          .n_heads = n_heads,
                          .head_stride = head_stride,
                          .n_cols = a->head_dim};
    if (norm)
        vulkan_norm_parts(v, NORM_PLAIN, x, x, norm, heads, a->eps);
}

static void store(struct vulkan *v, const struct attention *a, const struct region *cache,
                  const struct tensor *x)
{
    struct {
        uint32_t n_heads, head_dim, i_group;
    } push = {a->n_kv_heads, a->head_dim, a->i_group};
    VULKAN_DISPATCH(v, .op = OP_STORE, .dtype = v->spec.k_type,
                    .buffers = {cache, tensor_region(x), &v->input.rows, &v->input.pages},
                    PUSH(push),
                    .n_groups = {groups_of(x->n_cols / 4, ELEMENT_LANES), v->batch->n_rows});
}

void vulkan_rope_store(struct backend *backend, const struct attention *a, struct tensor *q,
                       struct tensor *k, const struct tensor *v_rows)
{
    struct vulkan *v = vulkan_of(backend);
    const struct vulkan_pages *pages = &v->pages[a->i_group];
    uint32_t q_stride = a->head_dim * (a->gated ? 2 : 1);
    commands_barrier(&v->commands);
    norm_heads(v, a, tensor_region(q), a->q_norm, a->n_heads, q_stride);
    norm_heads(v, a, tensor_region(k), a->k_norm, a->n_kv_heads, a->head_dim);
    commands_barrier(&v->commands);
    turn_heads(v, a, tensor_region(q), a->n_heads, q_stride);
    turn_heads(v, a, tensor_region(k), a->n_kv_heads, a->head_dim);
    store(v, a, &pages->v[a->i_layer], v_rows);
    commands_barrier(&v->commands);
    store(v, a, &pages->k[a->i_layer], k);
}

void vulkan_attend(struct backend *backend, const struct attention *a, struct tensor *out,
                   const struct tensor *q)
{
    struct vulkan *v = vulkan_of(backend);
    const struct vulkan_pages *pages = &v->pages[a->i_group];
    struct {
        uint32_t n_heads, n_kv_heads, head_dim, gated, window, i_group;
        float scale;
    } push = {a->n_heads, a->n_kv_heads, a->head_dim, a->gated, a->window, a->i_group, a->scale};
    commands_barrier(&v->commands);
    VULKAN_DISPATCH(v, .op = OP_ATTEND, .dtype = v->spec.k_type,
                    .buffers = {tensor_region(out), tensor_region(q), &pages->k[a->i_layer],
                                &pages->v[a->i_layer], &v->input.rows, &v->input.pages},
                    PUSH(push), .n_groups = {a->n_heads, v->batch->n_rows});
}
