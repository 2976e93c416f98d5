#include "cli/stack.h"
#include "base/memory.h"
#include "base/os.h"
#include "engine/ledger.h"

#include <stdio.h>
#include <stdlib.h>

enum { CONTEXT_DEFAULT_MAX = 32768, SNAPSHOTS_MAX = 512 };

// Refuses what does not fit; else lets the cache have the room there is.
static enum err check_memory(struct stack *stack, const struct hyperparams *hyperparams,
                             struct engine_config *config, const struct loading_options *options,
                             struct error *error)
{
    struct ledger *ledger = &stack->ledger;
    struct ledger_input input = {
        .hyperparams = hyperparams,
        .weights_size = gguf_file_size(stack->gguf),
        .config = config,
        .types = {.k_type = options->k_type, .v_type = options->v_type},
        .n_threads = options->n_threads,
        .memory_total = os_memory_total(),
    };
    ledger_plan(ledger, &input);
    if (ledger_fits(ledger)) {
        config->n_cache_tokens = ledger->n_cache_tokens_fit;
        ledger_plan(ledger, &input); // with all that may be remembered
    }
    enum err err = ledger_check(ledger, error);
    if (err) {
        struct buf table = {0};
        ledger_print(ledger, &table);
        fprintf(stderr, "%s", table.data ? table.data : "");
        buf_release(&table);
    }
    return err;
}

static enum err open_engine(struct stack *stack, const struct hyperparams *hyperparams,
                            const struct loading_options *options, uint32_t n_parallel,
                            struct error *error)
{
    uint32_t n_context = options->n_context;
    if (n_context == 0)
        n_context = hyperparams->n_context_train < CONTEXT_DEFAULT_MAX
                        ? hyperparams->n_context_train
                        : CONTEXT_DEFAULT_MAX;
    stack->n_context = n_context;
    uint64_t snapshots = os_memory_total() / 8;
    struct engine_config config = {
        .n_context = n_context,
        .n_parallel = n_parallel,
        .n_queue_max = 64,
        .n_batch = options->n_batch,
        .n_cache_tokens = n_context,
        .wait_ms_max = options->wait_ms_max,
        .snapshot_size_max = snapshots < SNAPSHOTS_MAX * MIB ? snapshots : SNAPSHOTS_MAX * MIB,
        .disk = stack->disk.folder ? &stack->disk : NULL,
    };
    struct model_options model_options = {
        .k_type = options->k_type,
        .v_type = options->v_type,
    };
    enum err err = check_memory(stack, hyperparams, &config, options, error);
    if (err)
        return err;
    engine_model_options(hyperparams, &config, &model_options);
    err = model_open(&stack->model, stack->gguf, stack->backend, &model_options, error);
    if (!err)
        err = engine_open(&stack->engine, stack->model, stack->tokenizer, &config, error);
    return err;
}

enum err stack_open(struct stack *stack, const struct loading_options *options, uint32_t n_parallel,
                    const struct disk_cache_options *disk, struct error *error)
{
    *stack = (struct stack){0};
    struct hyperparams *hyperparams = mem_new(struct hyperparams, 1);
    enum err err = loading_open_file(&stack->gguf, options, error);
    if (!err)
        err = hyperparams_read(hyperparams, stack->gguf, error);
    if (!err)
        err = tokenizer_open(&stack->tokenizer, stack->gguf, error);
    if (!err)
        err = loading_open_backend(&stack->backend, options, error);
    if (!err && disk && disk_cache_folder(stack->cache_folder, disk))
        disk_cache_store(&stack->disk, disk, stack->cache_folder, options->model, stack->gguf);
    if (!err)
        err = open_engine(stack, hyperparams, options, n_parallel, error);
    free(hyperparams);
    return err;
}

void stack_close(struct stack *stack)
{
    if (stack->engine)
        engine_close(stack->engine);
    model_close(stack->model);
    tokenizer_close(stack->tokenizer);
    backend_close(stack->backend);
    gguf_close(stack->gguf);
    *stack = (struct stack){0};
}
