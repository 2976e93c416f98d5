// cpu.c - opening the CPU backend, and its table.
#include "backend/cpu/cpu.h"
#include "base/os.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static const char *cpu_description(const struct backend *backend)
{
    return ((const struct cpu *)backend)->description;
}

static void cpu_close(struct backend *backend)
{
    struct cpu *cpu = cpu_of(backend);
    cpu_close_cache(cpu);
    for (size_t i = 0; i < cpu->n_owned; i++)
        free(cpu->owned[i]);
    free(cpu->owned);
    pool_close(cpu->pool);
    free(cpu);
}

static enum err cpu_load_weight(struct backend *backend, struct weight *weight, struct error *error)
{
    struct cpu *cpu = cpu_of(backend);
    assert(weight->data);
    if (!cpu->kernels.formats[weight->dtype].rows)
        return fail(error, ERR_UNSUPPORTED, "the CPU backend cannot compute with %s weights",
                    dtype_name(weight->dtype));
    return OK;
}

static enum err cpu_open_tensor(struct backend *backend, struct tensor *out, uint32_t n_rows,
                                uint32_t n_cols, struct error *error)
{
    struct cpu *cpu = cpu_of(backend);
    size_t size;
    *out = (struct tensor){0};
    void *memory = NULL;
    if (size_mul(n_rows, n_cols, &size) && size_mul(size, sizeof(float), &size))
        memory = mem_try_aligned(size);
    if (!memory)
        return fail(error, ERR_MEMORY, "no memory for activations of %u x %u floats", n_rows,
                    n_cols);
    cpu->owned = mem_resize(cpu->owned, cpu->n_owned + 1, sizeof *cpu->owned);
    cpu->owned[cpu->n_owned++] = memory;
    *out = (struct tensor){memory, n_rows, n_cols};
    return OK;
}

static const struct backend_ops cpu_ops = {
    .name = "cpu",
    .description = cpu_description,
    .close = cpu_close,
    .load_weight = cpu_load_weight,
    .open_tensor = cpu_open_tensor,
    .open_cache = cpu_open_cache,
    .page_size = cpu_page_size,
    .state_size = cpu_state_size,
    .copy_page = cpu_copy_page,
    .save_page = cpu_save_page,
    .restore_page = cpu_restore_page,
    .restores_anywhere = true,
    .release_page = cpu_release_page,
    .reset_state = cpu_reset_state,
    .copy_state = cpu_copy_state,
    .save_state = cpu_save_state,
    .restore_state = cpu_restore_state,
    .release_state = cpu_release_state,
    .measure = cpu_measure,
    .step_begin = cpu_step_begin,
    .step_end = cpu_step_end,
    .read = cpu_read,
    .embed = cpu_embed,
    .norm = cpu_norm,
    .add_norm = cpu_add_norm,
    .project = cpu_project,
    .rope_store = cpu_rope_store,
    .attend = cpu_attend,
    .delta_net = cpu_delta_net,
    .ffn = cpu_ffn,
    .moe = cpu_moe,
    .gather = cpu_gather,
    .concat = cpu_concat,
};

enum err cpu_backend_open(struct backend **out, const struct backend_options *options,
                          struct error *error)
{
    struct cpu *cpu = mem_new(struct cpu, 1);
    cpu->backend.ops = &cpu_ops;
    kernels_select(&cpu->kernels, options->cpu_features & os_cpu_features());
    unsigned n_threads = options->n_threads ? options->n_threads : os_n_cores();
    enum err err = pool_open(&cpu->pool, n_threads, error);
    if (err) {
        free(cpu);
        return err;
    }
    snprintf(cpu->description, sizeof cpu->description, "cpu, %s, %u thread%s", cpu->kernels.name,
             n_threads, n_threads == 1 ? "" : "s");
    *out = &cpu->backend;
    return OK;
}
