// loading.h - from a command line to a model that runs: file, backend, model, one sequence.
//
// For commands that need no scheduler (eval, bench): they run one sequence by hand.
#ifndef HEARTH_CLI_LOADING_H
#define HEARTH_CLI_LOADING_H

#include "backend/backend.h"
#include "cli/options.h"
#include "model/model.h"
#include "tensor/gguf_read.h"

struct loading_options {
    const char *model;         // path
    const char *backend, *cpu; // "cpu" or "vulkan"; "scalar", "avx2", "neon" or "auto"
    uint32_t n_threads, n_context, n_batch;
    unsigned wait_ms_max; // of engine.h; 0: the engine's own
    enum dtype k_type, v_type;
    bool no_mmap, mlock, drafts;
};

// The rows every command with a model shares, for a struct whose first member is loading_options.
#define LOADING_OPTIONS_ROWS                                                                         \
    {"--model",                                                                                      \
     "-m",                                                                                           \
     "FILE",                                                                                         \
     OPTION_TEXT,                                                                                    \
     offsetof(struct loading_options, model),                                                        \
     "model file (GGUF); without it: the built-in one"},                                             \
        {"--threads",                                                                                \
         "-t",                                                                                       \
         "N",                                                                                        \
         OPTION_U32,                                                                                 \
         offsetof(struct loading_options, n_threads),                                                \
         "threads (default: one per core)"},                                                         \
        {"--backend",                                                                                \
         NULL,                                                                                       \
         "NAME",                                                                                     \
         OPTION_TEXT,                                                                                \
         offsetof(struct loading_options, backend),                                                  \
         "cpu (default) or vulkan"},                                                                 \
        {"--batch-size",                                                                             \
         "-b",                                                                                       \
         "N",                                                                                        \
         OPTION_U32,                                                                                 \
         offsetof(struct loading_options, n_batch),                                                  \
         "tokens per prefill step (default 512)"},                                                   \
        {"--cpu",                                                                                    \
         NULL,                                                                                       \
         "LEVEL",                                                                                    \
         OPTION_TEXT,                                                                                \
         offsetof(struct loading_options, cpu),                                                      \
         "highest kernels to use: auto (default), scalar, avx2 or neon"},                            \
        {"--cache-type-k",                                                                           \
         "-ctk",                                                                                     \
         "TYPE",                                                                                     \
         OPTION_DTYPE,                                                                               \
         offsetof(struct loading_options, k_type),                                                   \
         "K cache: f32, f16 (default), q8_0, q5_0 or q4_0"},                                         \
        {"--cache-type-v",   "-ctv", "TYPE", OPTION_DTYPE, offsetof(struct loading_options, v_type), \
         "V cache, likewise"},                                                                       \
        {"--no-mmap",                                                                                \
         NULL,                                                                                       \
         NULL,                                                                                       \
         OPTION_FLAG,                                                                                \
         offsetof(struct loading_options, no_mmap),                                                  \
         "read the file into memory instead of mapping it"},                                         \
    {                                                                                                \
        "--mlock", NULL, NULL, OPTION_FLAG, offsetof(struct loading_options, mlock),                 \
            "keep the weights in RAM"                                                                \
    }

struct loaded {
    struct gguf *gguf;
    void *memory; // of a synthetic model
    struct backend *backend;
    struct model *model;
    uint32_t n_vocab, n_context, n_batch;
    uint32_t *pages; // the sequence's page table, the same numbers in each group
    uint32_t position;
};

void loading_defaults(struct loading_options *options);

// The file alone (or the built-in model, where none is named), with a progress bar on a terminal
// while it is read.
enum err loading_open_file(struct gguf **out, const struct loading_options *options,
                           struct error *error);
enum err loading_open_backend(struct backend **out, const struct loading_options *options,
                              struct error *error);
// All of it, with `n_context` tokens for one sequence.  When `loaded->gguf` is set already (say, a
// synthetic model in memory) it is used and owned from here on.
enum err loading_open(struct loaded *loaded, const struct loading_options *options,
                      uint32_t n_outputs_max, struct error *error);
void loading_close(struct loaded *loaded);

// The sequence: back to its start, and n more tokens (at most n_batch).  Logits of the last
// n_outputs rows, valid until the next call.
void loaded_reset(struct loaded *loaded);
enum err loaded_step(struct loaded *loaded, const token_id *tokens, uint32_t n, uint32_t n_outputs,
                     const float **logits, struct error *error);

// "error: ..." on stderr; returns the exit code that fits.
int report_error(const char *command, const struct error *error);

#endif
