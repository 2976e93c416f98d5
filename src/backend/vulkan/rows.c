// rows.c - operations that treat each row by itself: embedding, norms, products, FFN, copies.
#include "backend/vulkan/vulkan.h"

#include <assert.h>
#include <string.h>

// ---- what other files record as well ----

void vulkan_norm_parts(struct vulkan *v, enum norm_mode mode, const struct region *y,
                       const struct region *x, const struct weight *weight, struct parts parts,
                       float eps)
{
    struct {
        uint32_t n, row_stride, head_stride, mode;
        float eps;
    } push = {parts.n_cols, parts.row_stride, parts.head_stride, mode, eps};
    VULKAN_DISPATCH(v, .op = OP_NORM, .buffers = {y, x, weight ? weight_region(weight) : NULL},
                    PUSH(push), .n_groups = {parts.n_heads, parts.n_rows});
}

static void norm_rows(struct vulkan *v, enum norm_mode mode, const struct region *y,
                      const struct tensor *x, const struct weight *weight, float eps,
                      uint32_t n_rows)
{
    struct parts whole = {n_rows, x->n_cols, 1, 0, x->n_cols};
    commands_barrier(&v->commands);
    vulkan_norm_parts(v, mode, y, tensor_region(x), weight, whole, eps);
}

const struct region *vulkan_normed(struct vulkan *v, const struct tensor *x,
                                   const struct weight *norm, float eps, uint32_t n_rows)
{
    const struct region *rows = tensor_region(x);
    if (norm) {
        norm_rows(v, NORM_PLAIN, &v->normed, x, norm, eps, n_rows);
        rows = &v->normed;
    }
    commands_barrier(&v->commands);
    return rows;
}

void vulkan_gate_rows(struct vulkan *v, const struct region *y, const struct region *gate,
                      const struct region *up, enum activation activation, uint32_t n_rows,
                      uint32_t n_cols)
{
    struct {
        uint32_t n_cols, activation;
    } push = {n_cols, activation};
    VULKAN_DISPATCH(v, .op = OP_GATE, .buffers = {y, gate, up}, PUSH(push),
                    .n_groups = {groups_of(n_cols, ELEMENT_LANES), n_rows});
}

// Bytes of a weight, as a number of values.
static uint32_t values_of(const struct weight *weight, size_t size)
{
    const struct dtype_info *info = dtype_get(weight->dtype);
    return (uint32_t)(size / info->block_size * info->block_elements);
}

void vulkan_product(struct vulkan *v, const struct product *p)
{
    const struct weight *w = p->weight;
    const struct device_weight *device = w->device;
    bool is_tile = p->has_experts ? groups_pairs(p->n_rows, w->n_experts) : p->n_rows > 1;
    uint32_t n_tiles = !is_tile         ? p->n_rows
                       : p->has_experts ? tiles_max(p->n_rows, w->n_experts)
                                        : groups_of(p->n_rows, PRODUCT_TILE_ROWS);
    struct {
        uint32_t n_in, n_out, n_rows, first, expert_stride, rows_per_x, has_experts, has_bias, adds;
    } push = {
        .n_in = w->n_in,
        .n_out = w->n_out,
        .n_rows = p->n_rows,
        .first = values_of(w, (size_t)((const char *)w->data - (const char *)device->data)),
        .expert_stride = values_of(w, w->expert_size),
        .rows_per_x = p->rows_per_x ? p->rows_per_x : 1,
        .has_experts = p->has_experts,
        .has_bias = p->bias != NULL,
        .adds = p->adds,
    };
    const struct region *experts = !p->has_experts ? NULL : is_tile ? &v->tiles : &v->chosen;
    VULKAN_DISPATCH(v, .op = is_tile ? OP_PRODUCT_TILE : OP_PRODUCT, .dtype = w->dtype,
                    .buffers = {p->y, &device->region, p->x,
                                p->bias ? weight_region(p->bias) : NULL, experts,
                                p->has_experts ? &v->order : NULL},
                    PUSH(push), .n_groups = {groups_of(w->n_out, PRODUCT_OUT_TILE), n_tiles});
}

void vulkan_gated_ffn(struct vulkan *v, const struct region *y, const struct region *x,
                      const struct weight *gate, const struct weight *up, const struct weight *down,
                      enum activation activation, bool adds)
{
    uint32_t n_rows = v->batch->n_rows;
    struct product product = {.y = &v->gate, .x = x, .weight = gate, .n_rows = n_rows};
    vulkan_product(v, &product);
    product.y = &v->up;
    product.weight = up;
    vulkan_product(v, &product);
    commands_barrier(&v->commands);
    vulkan_gate_rows(v, &v->gate, &v->gate, &v->up, activation, n_rows, gate->n_out);
    commands_barrier(&v->commands);
    product =
        (struct product){.y = y, .x = &v->gate, .weight = down, .n_rows = n_rows, .adds = adds};
    vulkan_product(v, &product);
}

// ---- operations ----

void vulkan_embed(struct backend *backend, struct tensor *x, const struct weight *table,
                  float scale)
{
    struct vulkan *v = vulkan_of(backend);
    struct {
        uint32_t n_cols;
        float scale;
    } push = {x->n_cols, scale};
    commands_barrier(&v->commands);
    VULKAN_DISPATCH(v, .op = OP_EMBED, .dtype = table->dtype,
                    .buffers = {tensor_region(x), weight_region(table), &v->input.tokens},
                    PUSH(push),
                    .n_groups = {groups_of(x->n_cols / 4, ELEMENT_LANES), v->batch->n_rows});
}

void vulkan_norm(struct backend *backend, struct tensor *y, const struct tensor *x,
                 const struct weight *weight, float eps, uint32_t n_rows)
{
    norm_rows(vulkan_of(backend), NORM_PLAIN, tensor_region(y), x, weight, eps, n_rows);
}

void vulkan_add_norm(struct backend *backend, struct tensor *x, const struct tensor *a,
                     const struct weight *weight, float eps)
{
    struct vulkan *v = vulkan_of(backend);
    norm_rows(v, NORM_ADD, tensor_region(x), a, weight, eps, v->batch->n_rows);
}

void vulkan_project(struct backend *backend, const struct projection *projections, uint32_t n,
                    const struct tensor *x, const struct weight *norm, float eps, uint32_t n_rows)
{
    struct vulkan *v = vulkan_of(backend);
    const struct region *rows = vulkan_normed(v, x, norm, eps, n_rows);
    for (uint32_t i = 0; i < n; i++)
        vulkan_product(v, &(struct product){
                              .y = tensor_region(projections[i].out),
                              .x = rows,
                              .weight = projections[i].weight,
                              .bias = projections[i].bias,
                              .n_rows = n_rows,
                              .adds = projections[i].adds,
                          });
}

void vulkan_ffn(struct backend *backend, const struct ffn *ffn, struct tensor *y,
                const struct tensor *x, bool adds)
{
    struct vulkan *v = vulkan_of(backend);
    const struct region *rows = vulkan_normed(v, x, ffn->norm, ffn->eps, v->batch->n_rows);
    vulkan_gated_ffn(v, tensor_region(y), rows, ffn->gate, ffn->up, ffn->down, ffn->activation,
                     adds);
}

static void copy_rows(struct vulkan *v, struct tensor *y, uint32_t y_first, const struct tensor *x,
                      const struct region *rows, uint32_t n_rows)
{
    struct {
        uint32_t n_cols, y_stride, y_first, has_rows;
    } push = {x->n_cols, y->n_cols, y_first, rows != NULL};
    VULKAN_DISPATCH(v, .op = OP_COPY_ROWS, .buffers = {tensor_region(y), tensor_region(x), rows},
                    PUSH(push), .n_groups = {groups_of(x->n_cols, ELEMENT_LANES), n_rows});
}

void vulkan_gather(struct backend *backend, struct tensor *y, const struct tensor *x,
                   const uint32_t *rows, uint32_t n_rows)
{
    struct vulkan *v = vulkan_of(backend);
    assert(n_rows <= v->spec.n_rows_max);
    if (v->commands.result == VK_SUCCESS) // the input exists only then
        memcpy(v->input.picked.host, rows, n_rows * sizeof *rows);
    commands_barrier(&v->commands);
    copy_rows(v, y, 0, x, &v->input.picked, n_rows);
}

void vulkan_concat(struct backend *backend, struct tensor *y, const struct tensor *a,
                   const struct tensor *b, uint32_t n_rows)
{
    struct vulkan *v = vulkan_of(backend);
    commands_barrier(&v->commands);
    copy_rows(v, y, 0, a, NULL, n_rows);
    copy_rows(v, y, a->n_cols, b, NULL, n_rows);
}
