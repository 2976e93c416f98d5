// cache.c - KV pages and recurrent states as regions of device memory, one per layer: a shader binds
// a layer's, and a page or state is a piece of each.
//
// All of it is reserved when the cache opens.  A page saved here can be restored only here: S lies
// transposed, and K and V are not in the CPU's order.
#include "backend/vulkan/vulkan.h"
#include "base/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static enum err reserve_layers(struct vulkan *v, struct region **out, uint32_t n_layers,
                               VkDeviceSize part, uint32_t n_parts, struct error *error)
{
    *out = arena_new(&v->arena, struct region, n_layers);
    enum err err = OK;
    for (uint32_t i = 0; i < n_layers && !err; i++)
        err = memory_reserve(&v->memory, &(*out)[i], MEMORY_DEVICE, part * n_parts, error);
    return err;
}

enum err vulkan_open_pages(struct vulkan *v, struct error *error)
{
    const struct cache_spec *spec = &v->spec;
    enum dtype dtype = spec->k_type;
    if (dtype != spec->v_type || !pipelines_support(OP_ATTEND, dtype))
        return fail(error, ERR_UNSUPPORTED,
                    "the Vulkan backend keeps K and V alike as F32 or F16, not as %s and %s",
                    dtype_name(spec->k_type), dtype_name(spec->v_type));
    for (uint32_t g = 0; g < spec->n_groups; g++) {
        const struct kv_group *group = &spec->groups[g];
        if (group->head_dim % 4 || group->head_dim > ATTEND_HEAD_DIM_MAX)
            return fail(error, ERR_UNSUPPORTED,
                        "the Vulkan backend needs heads in multiples of 4 up to %d, not of %u",
                        ATTEND_HEAD_DIM_MAX, group->head_dim);
        v->pages[g].part = (VkDeviceSize)group->n_kv_heads * KV_PAGE_TOKENS *
                           dtype_row_size(dtype_get(dtype), group->head_dim);
        enum err err = reserve_layers(v, &v->pages[g].k, group->n_layers, v->pages[g].part,
                                      group->n_pages_max, error);
        if (!err)
            err = reserve_layers(v, &v->pages[g].v, group->n_layers, v->pages[g].part,
                                 group->n_pages_max, error);
        if (err)
            return fail_within(error, "KV pages");
    }
    return OK;
}

enum err vulkan_open_states(struct vulkan *v, struct error *error)
{
    const struct cache_spec *spec = &v->spec;
    if (spec->n_state_layers == 0)
        return OK;
    v->delta_dim = (uint32_t)sqrt((double)spec->n_s_floats / spec->n_v_heads_state);
    assert(v->delta_dim * v->delta_dim * spec->n_v_heads_state == spec->n_s_floats);
    if (v->delta_dim % DELTA_LANES)
        return fail(error, ERR_UNSUPPORTED,
                    "the Vulkan backend needs DeltaNet heads in multiples of %d, not of %u",
                    DELTA_LANES, v->delta_dim);
    v->state_part = ((VkDeviceSize)spec->n_conv_floats + spec->n_s_floats) * sizeof(float);
    enum err err = reserve_layers(v, &v->states, spec->n_state_layers, v->state_part,
                                  spec->n_states_max, error);
    return err ? fail_within(error, "recurrent states") : OK;
}

// ---- pages ----

size_t vulkan_page_size(const struct backend *backend, uint32_t i_group)
{
    const struct vulkan *v = (const struct vulkan *)backend;
    return v->pages[i_group].part * 2 * v->spec.groups[i_group].n_layers;
}

// The pieces of a page, K and V of every layer; free() them.
static struct region *list_page(struct vulkan *v, uint32_t i_group, uint32_t page, uint32_t *n)
{
    const struct kv_group *group = &v->spec.groups[i_group];
    const struct vulkan_pages *pages = &v->pages[i_group];
    assert(page < group->n_pages_max);
    struct region *parts = mem_new(struct region, 2 * group->n_layers);
    for (uint32_t i = 0; i < group->n_layers; i++) {
        parts[2 * i] = region_part(&pages->k[i], page * pages->part, pages->part);
        parts[2 * i + 1] = region_part(&pages->v[i], page * pages->part, pages->part);
    }
    *n = 2 * group->n_layers;
    return parts;
}

static struct region *list_state(struct vulkan *v, uint32_t state, uint32_t *n)
{
    assert(state < v->spec.n_states_max);
    struct region *parts = mem_new(struct region, v->spec.n_state_layers);
    for (uint32_t i = 0; i < v->spec.n_state_layers; i++)
        parts[i] = region_part(&v->states[i], state * v->state_part, v->state_part);
    *n = v->spec.n_state_layers;
    return parts;
}

// These run at once and return nothing: a failure stays in `commands` and ends the next step.
static void copy_parts(struct vulkan *v, struct region *to, struct region *from, uint32_t n)
{
    commands_begin(&v->commands);
    for (uint32_t i = 0; i < n; i++)
        commands_copy(&v->commands, &to[i], &from[i]);
    commands_run(&v->commands, NULL);
    free(to);
    free(from);
}

static void save_parts(struct vulkan *v, struct region *parts, uint32_t n, void *bytes)
{
    transfer_download(&v->transfer, bytes, parts, n, NULL);
    free(parts);
}

static void restore_parts(struct vulkan *v, struct region *parts, uint32_t n, const void *bytes)
{
    transfer_upload(&v->transfer, parts, n, bytes, NULL);
    free(parts);
}

void vulkan_copy_page(struct backend *backend, uint32_t i_group, uint32_t to, uint32_t from,
                      uint32_t n_tokens)
{
    struct vulkan *v = vulkan_of(backend);
    uint32_t n;
    struct region *to_parts = list_page(v, i_group, to, &n);
    (void)n_tokens; // the rest may be anything, and is a copy as well
    copy_parts(v, to_parts, list_page(v, i_group, from, &n), n);
}

void vulkan_save_page(struct backend *backend, uint32_t i_group, uint32_t page, void *bytes)
{
    struct vulkan *v = vulkan_of(backend);
    uint32_t n;
    struct region *parts = list_page(v, i_group, page, &n);
    save_parts(v, parts, n, bytes);
}

void vulkan_restore_page(struct backend *backend, uint32_t i_group, uint32_t page,
                         const void *bytes)
{
    struct vulkan *v = vulkan_of(backend);
    uint32_t n;
    struct region *parts = list_page(v, i_group, page, &n);
    restore_parts(v, parts, n, bytes);
}

void vulkan_release_page(struct backend *backend, uint32_t i_group, uint32_t page)
{
    (void)backend, (void)i_group, (void)page; // reserved memory stays
}

// ---- states ----

size_t vulkan_state_size(const struct backend *backend)
{
    const struct vulkan *v = (const struct vulkan *)backend;
    return v->state_part * v->spec.n_state_layers;
}

void vulkan_reset_state(struct backend *backend, uint32_t state)
{
    struct vulkan *v = vulkan_of(backend);
    uint32_t n;
    struct region *parts = list_state(v, state, &n);
    commands_begin(&v->commands);
    for (uint32_t i = 0; i < n; i++)
        commands_zero(&v->commands, &parts[i]);
    commands_run(&v->commands, NULL);
    free(parts);
}

void vulkan_copy_state(struct backend *backend, uint32_t to, uint32_t from)
{
    struct vulkan *v = vulkan_of(backend);
    uint32_t n;
    struct region *to_parts = list_state(v, to, &n);
    copy_parts(v, to_parts, list_state(v, from, &n), n);
}

void vulkan_save_state(struct backend *backend, uint32_t state, void *bytes)
{
    struct vulkan *v = vulkan_of(backend);
    uint32_t n;
    struct region *parts = list_state(v, state, &n);
    save_parts(v, parts, n, bytes);
}

void vulkan_restore_state(struct backend *backend, uint32_t state, const void *bytes)
{
    struct vulkan *v = vulkan_of(backend);
    uint32_t n;
    struct region *parts = list_state(v, state, &n);
    restore_parts(v, parts, n, bytes);
}

void vulkan_release_state(struct backend *backend, uint32_t state)
{
    (void)backend, (void)state;
}
