// moe.c - routed experts: the device chooses, and products look up which expert a row wants.
//
// A pair is (row, slot): slot k of a row is its k-th chosen expert.  Pairs are grouped by expert, so
// that an expert's weights are read once for a tile of them; outputs are kept per pair and summed in
// slot order, which keeps a row's result free of the company it travels in.
#include "backend/vulkan/vulkan.h"

#include <assert.h>

static void route(struct vulkan *v, const struct moe *moe, const struct region *rows)
{
    uint32_t n_rows = v->batch->n_rows;
    struct {
        uint32_t n_experts, n_used;
        float scale;
    } push = {moe->router->n_out, moe->n_used, moe->scale};
    assert(moe->n_used <= ROUTE_USED_MAX);
    vulkan_product(
        v, &(struct product){.y = &v->logits, .x = rows, .weight = moe->router, .n_rows = n_rows});
    commands_barrier(&v->commands);
    VULKAN_DISPATCH(v, .op = OP_ROUTE, .buffers = {&v->chosen, &v->share, &v->logits}, PUSH(push),
                    .n_groups = {n_rows});
}

static void group_pairs(struct vulkan *v, const struct moe *moe)
{
    uint32_t n_experts = moe->router->n_out, n_pairs = v->batch->n_rows * moe->n_used;
    struct {
        uint32_t n_experts, n_pairs, tile_rows, n_tiles;
    } push = {n_experts, n_pairs, PRODUCT_TILE_ROWS, tiles_max(n_pairs, n_experts)};
    if (!groups_pairs(n_pairs, n_experts))
        return; // vulkan_product() takes them one by one
    commands_barrier(&v->commands);
    VULKAN_DISPATCH(v, .op = OP_GROUP, .buffers = {&v->tiles, &v->order, &v->chosen}, PUSH(push),
                    .n_groups = {1});
}

// outputs[pair] = down (silu(gate x) * up x) of the pair's expert.
static void run_experts(struct vulkan *v, const struct moe *moe, const struct region *rows)
{
    uint32_t n_pairs = v->batch->n_rows * moe->n_used;
    struct product product = {
        .x = rows, .has_experts = true, .n_rows = n_pairs, .rows_per_x = moe->n_used};
    commands_barrier(&v->commands);
    product.y = &v->gate;
    product.weight = moe->gate;
    vulkan_product(v, &product);
    product.y = &v->up;
    product.weight = moe->up;
    vulkan_product(v, &product);
    commands_barrier(&v->commands);
    vulkan_gate_rows(v, &v->gate, &v->gate, &v->up, ACT_SILU, n_pairs, moe->gate->n_out);
    commands_barrier(&v->commands);
    product = (struct product){.y = &v->outputs,
                               .x = &v->gate,
                               .weight = moe->down,
                               .has_experts = true,
                               .n_rows = n_pairs};
    vulkan_product(v, &product);
}

static void run_shared(struct vulkan *v, const struct moe *moe, const struct region *rows)
{
    vulkan_product(v, &(struct product){.y = &v->shared_gate,
                                        .x = rows,
                                        .weight = moe->shared_router,
                                        .n_rows = v->batch->n_rows});
    vulkan_gated_ffn(v, &v->shared_output, rows, moe->shared_gate, moe->shared_up, moe->shared_down,
                     ACT_SILU, false);
}

static void combine(struct vulkan *v, const struct moe *moe, const struct tensor *y, bool adds)
{
    bool has_shared = moe->shared_router != NULL;
    struct {
        uint32_t n_cols, n_used, has_shared, adds;
    } push = {y->n_cols, moe->n_used, has_shared, adds};
    commands_barrier(&v->commands);
    VULKAN_DISPATCH(
        v, .op = OP_COMBINE,
        .buffers = {tensor_region(y), &v->outputs, &v->share, has_shared ? &v->shared_output : NULL,
                    has_shared ? &v->shared_gate : NULL},
        PUSH(push), .n_groups = {groups_of(y->n_cols, ELEMENT_LANES), v->batch->n_rows});
}

void vulkan_moe(struct backend *backend, const struct moe *moe, struct tensor *y,
                const struct tensor *x, bool adds)
{
    struct vulkan *v = vulkan_of(backend);
    const struct region *rows = vulkan_normed(v, x, moe->norm, moe->eps, v->batch->n_rows);
    route(v, moe, rows);
    group_pairs(v, moe);
    run_experts(v, moe, rows);
    if (moe->shared_router) {
        commands_barrier(&v->commands); // gate and up are used again
        run_shared(v, moe, rows);
    }
    combine(v, moe, y, adds);
}
