#include "cli/loading.h"
#include "base/memory.h"
#include "base/os.h"
#include "cli/built_in.h"
#include "cli/commands.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void loading_defaults(struct loading_options *options)
{
    *options = (struct loading_options){
        .backend = "cpu",
        .cpu = "auto",
        .n_context = 4096,
        .n_batch = 512,
        .k_type = DTYPE_F16,
        .v_type = DTYPE_F16,
    };
}

static bool show_progress(void *context, uint64_t n_done, uint64_t n_total)
{
    int *shown = context, percent = (int)(n_total ? n_done * 100 / n_total : 100);
    if (percent != *shown) {
        *shown = percent;
        fprintf(stderr, "\rreading %3d %% of %.1f GiB [%-40.*s]%s", percent, (double)n_total / GIB,
                percent * 40 / 100, "########################################",
                percent == 100 ? "\n" : "");
    }
    return true;
}

enum err loading_open_file(struct gguf **out, const struct loading_options *options,
                           struct error *error)
{
    if (!options->model)
        return built_in_open(out, error);
    int shown = -1;
    struct gguf_options gguf_options = {
        .mode = options->no_mmap ? GGUF_READ : GGUF_MAP,
        .lock = options->mlock,
        .progress = options->no_mmap && isatty(STDERR_FILENO) ? show_progress : NULL,
        .context = &shown,
    };
    return gguf_open(out, options->model, &gguf_options, error);
}

enum err loading_open_backend(struct backend **out, const struct loading_options *options,
                              struct error *error)
{
    static const struct {
        const char *name;
        unsigned features;
    } levels[] = {
        {"auto", UINT_MAX},
        {"scalar", 0},
        {"avx2", CPU_AVX2 | CPU_FMA | CPU_F16C},
        {"neon", CPU_NEON | CPU_DOTPROD | CPU_FP16},
    };
    for (size_t i = 0; i < COUNT_OF(levels); i++)
        if (strcmp(options->cpu, levels[i].name) == 0) {
            struct backend_options backend_options = {options->n_threads, levels[i].features};
            return backend_open(out, options->backend, &backend_options, error);
        }
    return fail(error, ERR_ARGUMENT, "--cpu takes auto, scalar, avx2 or neon, not '%s'",
                options->cpu);
}

enum err loading_open(struct loaded *loaded, const struct loading_options *options,
                      uint32_t n_outputs_max, struct error *error)
{
    enum err err = OK;
    loaded->n_context = options->n_context;
    loaded->n_batch = options->n_batch;
    if (!loaded->gguf)
        err = loading_open_file(&loaded->gguf, options, error);
    if (!err)
        err = loading_open_backend(&loaded->backend, options, error);
    if (err)
        return err;
    uint32_t n_pages = (options->n_context + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS;
    struct model_options model_options = {
        .k_type = options->k_type,
        .v_type = options->v_type,
        .n_rows_max = options->n_batch,
        .n_outputs_max = n_outputs_max,
        .n_pages_max = {n_pages, n_pages},
        .n_states_max = 1,
        .drafts = options->drafts,
    };
    err = model_open(&loaded->model, loaded->gguf, loaded->backend, &model_options, error);
    if (err)
        return err;
    loaded->n_vocab = model_hyperparams(loaded->model)->n_vocab;
    loaded->pages = mem_new(uint32_t, n_pages);
    for (uint32_t i = 0; i < n_pages; i++)
        loaded->pages[i] = i;
    loaded_reset(loaded);
    return OK;
}

void loading_close(struct loaded *loaded)
{
    free(loaded->pages);
    model_close(loaded->model);
    backend_close(loaded->backend);
    gguf_close(loaded->gguf);
    free(loaded->memory);
    *loaded = (struct loaded){0};
}

void loaded_reset(struct loaded *loaded)
{
    loaded->position = 0;
    if (backend_state_size(loaded->backend))
        backend_reset_state(loaded->backend, 0);
}

enum err loaded_step(struct loaded *loaded, const token_id *tokens, uint32_t n, uint32_t n_outputs,
                     const float **logits, struct error *error)
{
    if (n > loaded->n_context - loaded->position)
        return fail(error, ERR_LIMIT, "%u tokens at position %u do not fit a context of %u", n,
                    loaded->position, loaded->n_context);
    struct batch_sequence sequence = {n, loaded->position, 0, {loaded->pages, loaded->pages}};
    struct batch batch = {tokens, n, &sequence, 1};
    uint32_t *outputs = mem_new(uint32_t, n_outputs);
    for (uint32_t i = 0; i < n_outputs; i++)
        outputs[i] = n - n_outputs + i;
    enum err err = model_forward(loaded->model, &batch, outputs, n_outputs, logits, error);
    free(outputs);
    loaded->position += n;
    return err;
}

int report_error(const char *command, const struct error *error)
{
    fprintf(stderr, "hearth %s: %s\n", command, error->text);
    return error->code == ERR_ARGUMENT ? EXIT_USAGE : EXIT_FAILED;
}
