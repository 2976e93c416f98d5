// vulkan.c - opening the Vulkan backend: weights, activations, scratch, and its table.
#include "backend/vulkan/vulkan.h"
#include "base/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static const size_t bookkeeping_max = 64 * MIB; // of regions: a few dozen bytes a weight

static const char *vulkan_description(const struct backend *backend)
{
    return ((const struct vulkan *)backend)->description;
}

static void vulkan_close(struct backend *backend)
{
    struct vulkan *v = vulkan_of(backend);
    pipelines_close(&v->pipelines);
    commands_close(&v->commands);
    memory_close(&v->memory);
    device_close(&v->device);
    arena_release(&v->arena);
    free(v->read);
    free(v);
}

static enum err vulkan_load_weight(struct backend *backend, struct weight *weight,
                                   struct error *error)
{
    struct vulkan *v = vulkan_of(backend);
    const char *format = dtype_name(weight->dtype);
    assert(weight->data);
    if (!pipelines_support(OP_PRODUCT, weight->dtype))
        return fail(error, ERR_UNSUPPORTED, "the Vulkan backend cannot compute with %s weights",
                    format);
    if (weight->n_out > 1 && weight->n_in % 4)
        return fail(error, ERR_UNSUPPORTED,
                    "the Vulkan backend needs %s rows in multiples of 4, not of %u", format,
                    weight->n_in);
    struct device_weight *device = arena_new(&v->arena, struct device_weight, 1);
    size_t size;
    if (!device || !size_mul(weight->expert_size, weight->n_experts, &size))
        return fail(error, ERR_LIMIT, "too many weights");
    enum err err = memory_reserve(&v->memory, &device->region, MEMORY_DEVICE, size, error);
    if (err)
        return err;
    device->data = weight->data;
    weight->device = device;
    struct region filled = region_part(&device->region, 0, size);
    return transfer_upload(&v->transfer, &filled, 1, weight->data, error);
}

static enum err vulkan_open_tensor(struct backend *backend, struct tensor *out, uint32_t n_rows,
                                   uint32_t n_cols, struct error *error)
{
    struct vulkan *v = vulkan_of(backend);
    struct region *region = arena_new(&v->arena, struct region, 1);
    *out = (struct tensor){0};
    if (!region)
        return fail(error, ERR_LIMIT, "too many tensors");
    enum err err = memory_reserve(&v->memory, region, MEMORY_DEVICE,
                                  (uint64_t)n_rows * n_cols * sizeof(float), error);
    if (!err)
        *out = (struct tensor){region, n_rows, n_cols};
    return err;
}

static enum err open_scratch(struct vulkan *v, struct error *error)
{
    const struct cache_spec *spec = &v->spec;
    uint64_t n_rows = spec->n_rows_max, n_pairs = n_rows * spec->n_experts_used;
    uint64_t n_dense = n_rows * (spec->n_ff > spec->n_ff_expert ? spec->n_ff : spec->n_ff_expert);
    uint64_t n_expert = n_pairs * spec->n_ff_expert;
    uint64_t n_hidden = n_dense > n_expert ? n_dense : n_expert;
    uint64_t n_shared = spec->n_experts ? n_rows : 0;
    const struct {
        struct region *region;
        uint64_t n_values; // of 4 bytes; 0: this model has no use for it
    } rules[] = {
        {&v->normed, n_rows * spec->n_cols_max},
        {&v->gate, n_hidden},
        {&v->up, n_hidden},
        {&v->outputs, n_pairs * spec->n_model},
        {&v->shared_output, n_shared * spec->n_model},
        {&v->shared_gate, n_shared},
        {&v->logits, n_rows * spec->n_experts},
        {&v->chosen, n_pairs},
        {&v->share, n_pairs},
        {&v->order, n_pairs},
        {&v->tiles, 3 * n_pairs},
        {&v->convolved, n_rows * spec->n_conv_channels},
    };
    enum err err = OK;
    for (size_t i = 0; i < COUNT_OF(rules) && !err; i++)
        if (rules[i].n_values)
            err = memory_reserve(&v->memory, rules[i].region, MEMORY_DEVICE,
                                 rules[i].n_values * sizeof(float), error);
    return err;
}

static enum err vulkan_open_cache(struct backend *backend, const struct cache_spec *spec,
                                  struct error *error)
{
    struct vulkan *v = vulkan_of(backend);
    assert(v->spec.n_rows_max == 0); // once
    v->spec = *spec;
    if (spec->n_experts > GROUP_EXPERTS_MAX || spec->n_experts_used > ROUTE_USED_MAX)
        return fail(error, ERR_UNSUPPORTED,
                    "the Vulkan backend runs at most %d of %d experts a token, not %u of %u",
                    ROUTE_USED_MAX, GROUP_EXPERTS_MAX, spec->n_experts_used, spec->n_experts);
    enum err err = vulkan_open_pages(v, error);
    if (!err)
        err = vulkan_open_states(v, error);
    if (!err)
        err = open_scratch(v, error);
    return err ? err : pipelines_open(&v->pipelines, &v->device, v->delta_dim, error);
}

static const struct backend_ops vulkan_ops = {
    .name = "vulkan",
    .description = vulkan_description,
    .close = vulkan_close,
    .load_weight = vulkan_load_weight,
    .open_tensor = vulkan_open_tensor,
    .open_cache = vulkan_open_cache,
    .page_size = vulkan_page_size,
    .state_size = vulkan_state_size,
    .copy_page = vulkan_copy_page,
    .save_page = vulkan_save_page,
    .restore_page = vulkan_restore_page,
    .release_page = vulkan_release_page,
    .reset_state = vulkan_reset_state,
    .copy_state = vulkan_copy_state,
    .save_state = vulkan_save_state,
    .restore_state = vulkan_restore_state,
    .release_state = vulkan_release_state,
    .step_begin = vulkan_step_begin,
    .step_end = vulkan_step_end,
    .read = vulkan_read,
    .embed = vulkan_embed,
    .norm = vulkan_norm,
    .add_norm = vulkan_add_norm,
    .project = vulkan_project,
    .rope_store = vulkan_rope_store,
    .attend = vulkan_attend,
    .delta_net = vulkan_delta_net,
    .ffn = vulkan_ffn,
    .moe = vulkan_moe,
    .gather = vulkan_gather,
    .concat = vulkan_concat,
};

enum err vulkan_backend_open(struct backend **out, const struct backend_options *options,
                             struct error *error)
{
    (void)options; // threads and instruction sets are the CPU's
    struct vulkan *v = mem_new(struct vulkan, 1);
    v->backend.ops = &vulkan_ops;
    arena_init(&v->arena, bookkeeping_max);
    enum err err = device_open(&v->device, error);
    if (!err) {
        memory_open(&v->memory, &v->device);
        err = commands_open(&v->commands, &v->device, error);
    }
    if (!err)
        err = transfer_open(&v->transfer, &v->memory, &v->commands, error);
    if (err) {
        vulkan_close(&v->backend);
        return err;
    }
    snprintf(v->description, sizeof v->description, "vulkan, %s", v->device.properties.deviceName);
    *out = &v->backend;
    return OK;
}
