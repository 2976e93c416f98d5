// stack.h - everything from a model file up to a running engine, for commands that generate.
#ifndef HEARTH_CLI_STACK_H
#define HEARTH_CLI_STACK_H

#include "cli/disk_cache.h"
#include "cli/loading.h"
#include "engine/engine.h"
#include "engine/ledger.h"
#include "text/tokenizer.h"

struct stack {
    struct gguf *gguf;
    struct backend *backend;
    struct model *model;
    struct tokenizer *tokenizer;
    struct engine *engine;
    uint32_t n_context;
    struct ledger ledger;      // of the engine's configuration
    struct store_options disk; // folder NULL: nothing is kept on disk
    char cache_folder[DISK_CACHE_PATH];
};

// options->n_context 0 is the model's own, cut to 32768.  Refuses, with the table of bytes, what does
// not fit the machine.  `disk` NULL: nothing is kept on disk.
enum err stack_open(struct stack *stack, const struct loading_options *options, uint32_t n_parallel,
                    const struct disk_cache_options *disk, struct error *error);
void stack_close(struct stack *stack);

#endif
