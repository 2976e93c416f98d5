#include "backend/backend.h"
#include "backend/ops_table.h"
#include "base/os.h"

#include <string.h>

enum err backend_open(struct backend **out, const char *name, const struct backend_options *options,
                      struct error *error)
{
    *out = NULL;
    if (strcmp(name, "cpu") == 0)
        return cpu_backend_open(out, options, error);
#ifdef HEARTH_VULKAN
    if (strcmp(name, "vulkan") == 0)
        return vulkan_backend_open(out, options, error);
#endif
    return fail(error, ERR_UNSUPPORTED, "this build has no backend called '%s'", name);
}

void backend_close(struct backend *backend)
{
    if (backend)
        backend->ops->close(backend);
}

const char *backend_name(const struct backend *backend)
{
    return backend->ops->name;
}

const char *backend_description(const struct backend *backend)
{
    return backend->ops->description(backend);
}

enum err backend_load_weight(struct backend *backend, struct weight *weight, struct error *error)
{
    return backend->ops->load_weight(backend, weight, error);
}

enum err backend_open_tensor(struct backend *backend, struct tensor *out, uint32_t n_rows,
                             uint32_t n_cols, struct error *error)
{
    return backend->ops->open_tensor(backend, out, n_rows, n_cols, error);
}

enum err backend_open_cache(struct backend *backend, const struct cache_spec *spec,
                            struct error *error)
{
    return backend->ops->open_cache(backend, spec, error);
}

size_t backend_scratch_size(const struct cache_spec *spec, unsigned n_threads)
{
    return cpu_scratch_size(spec, n_threads ? n_threads : os_n_cores());
}

size_t backend_page_size(const struct backend *backend, uint32_t i_group)
{
    return backend->ops->page_size(backend, i_group);
}

size_t backend_state_size(const struct backend *backend)
{
    return backend->ops->state_size(backend);
}

void backend_copy_page(struct backend *backend, uint32_t i_group, uint32_t to, uint32_t from,
                       uint32_t n_tokens)
{
    backend->ops->copy_page(backend, i_group, to, from, n_tokens);
}

void backend_save_page(struct backend *backend, uint32_t i_group, uint32_t page, void *bytes)
{
    backend->ops->save_page(backend, i_group, page, bytes);
}

void backend_restore_page(struct backend *backend, uint32_t i_group, uint32_t page,
                          const void *bytes)
{
    backend->ops->restore_page(backend, i_group, page, bytes);
}

bool backend_restores_anywhere(const struct backend *backend)
{
    return backend->ops->restores_anywhere;
}

void backend_release_page(struct backend *backend, uint32_t i_group, uint32_t page)
{
    backend->ops->release_page(backend, i_group, page);
}

void backend_reset_state(struct backend *backend, uint32_t state)
{
    backend->ops->reset_state(backend, state);
}

void backend_copy_state(struct backend *backend, uint32_t to, uint32_t from)
{
    backend->ops->copy_state(backend, to, from);
}

void backend_save_state(struct backend *backend, uint32_t state, void *bytes)
{
    backend->ops->save_state(backend, state, bytes);
}

void backend_restore_state(struct backend *backend, uint32_t state, const void *bytes)
{
    backend->ops->restore_state(backend, state, bytes);
}

void backend_release_state(struct backend *backend, uint32_t state)
{
    backend->ops->release_state(backend, state);
}

enum err backend_measure(struct backend *backend, struct backend_bounds *bounds,
                         struct error *error)
{
    if (!backend->ops->measure)
        return fail(error, ERR_UNSUPPORTED, "the %s backend does not measure its bounds",
                    backend->ops->name);
    return backend->ops->measure(backend, bounds, error);
}

void backend_step_begin(struct backend *backend, const struct batch *batch)
{
    backend->ops->step_begin(backend, batch);
}

enum err backend_step_end(struct backend *backend, struct error *error)
{
    return backend->ops->step_end(backend, error);
}

const float *backend_read(struct backend *backend, const struct tensor *tensor, uint32_t n_rows)
{
    return backend->ops->read(backend, tensor, n_rows);
}
