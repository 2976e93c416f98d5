// delta_net.c - gated DeltaNet: convolution, unit q and k, the recurrence, the gated norm.
//
// As on the CPU the recurrence runs token by token, so it does not depend on where a prefill is cut.
#include "backend/vulkan/vulkan.h"

static void convolve(struct vulkan *v, const struct delta_net *d, const struct tensor *u)
{
    struct {
        uint32_t n_channels, n_taps, state_stride;
    } push = {u->n_cols, d->conv_kernel, (uint32_t)(v->state_part / sizeof(float))};
    VULKAN_DISPATCH(v, .op = OP_CONV,
                    .buffers = {&v->convolved, tensor_region(u), weight_region(d->conv),
                                &v->states[d->i_layer], &v->input.sequences},
                    PUSH(push),
                    .n_groups = {groups_of(u->n_cols, ELEMENT_LANES), v->batch->n_sequences});
}

// q / |q| and k / |k|, where they stand in Q | K | V.
static void make_unit(struct vulkan *v, const struct delta_net *d, uint32_t n_channels)
{
    struct parts heads = {.n_rows = v->batch->n_rows,
                          .row_stride = n_channels,
                          .n_heads = 2 * d->n_k_heads,
                          .head_stride = d->head_dim,
                          .n_cols = d->head_dim};
    vulkan_norm_parts(v, NORM_UNIT, &v->convolved, &v->convolved, NULL, heads, d->eps);
}

static void recur(struct vulkan *v, const struct delta_net *d, const struct region *out,
                  const struct tensor *alpha, const struct tensor *beta)
{
    struct {
        uint32_t n_k_heads, n_v_heads, state_stride, s_first;
    } push = {d->n_k_heads, d->n_v_heads, (uint32_t)(v->state_part / sizeof(float)),
              v->spec.n_conv_floats};
    VULKAN_DISPATCH(v, .op = OP_DELTA_RULE,
                    .buffers = {out, &v->convolved, tensor_region(alpha), tensor_region(beta),
                                weight_region(d->dt), weight_region(d->a), &v->states[d->i_layer],
                                &v->input.sequences},
                    PUSH(push),
                    .n_groups = {d->head_dim / DELTA_LANES, d->n_v_heads, v->batch->n_sequences});
}

void vulkan_delta_net(struct backend *backend, const struct delta_net *d, struct tensor *out,
                      const struct tensor *u, const struct tensor *z, const struct tensor *alpha,
                      const struct tensor *beta)
{
    struct vulkan *v = vulkan_of(backend);
    const struct region *rows = tensor_region(out);
    struct parts heads = {.n_rows = v->batch->n_rows,
                          .row_stride = out->n_cols,
                          .n_heads = d->n_v_heads,
                          .head_stride = d->head_dim,
                          .n_cols = d->head_dim};
    commands_barrier(&v->commands);
    convolve(v, d, u);
    commands_barrier(&v->commands);
    make_unit(v, d, u->n_cols);
    commands_barrier(&v->commands);
    recur(v, d, rows, alpha, beta);
    commands_barrier(&v->commands);
    vulkan_norm_parts(v, NORM_PLAIN, rows, rows, d->norm, heads, d->eps);
    commands_barrier(&v->commands);
    vulkan_gate_rows(v, rows, tensor_region(z), rows, ACT_SILU, v->batch->n_rows, out->n_cols);
}
