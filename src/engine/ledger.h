// ledger.h - does this model fit this machine, byte by byte?
//
// One table of everything that will be needed at the full context, made before anything is opened,
// so that failing happens at start, with numbers, and not in the middle of an answer.  The same
// table is printed by `inspect`, checked by `serve` and compared with the measured size in `bench`.
#ifndef HEARTH_ENGINE_LEDGER_H
#define HEARTH_ENGINE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "engine/engine.h"

struct ledger_line {
    const char *name;
    uint64_t size; // bytes
    bool is_ours;  // this process takes it; else it is left to others
    char note[64]; // how it comes about: "262144 tokens x 20480 bytes"
};

enum { LEDGER_LINES_MAX = 11 };

struct ledger {
    struct ledger_line lines[LEDGER_LINES_MAX]; // those of size 0 left out
    size_t n_lines;
    uint64_t total;         // of all lines
    uint64_t memory_total;  // what there is
    uint32_t n_context;     // as planned
    uint32_t n_context_fit; // the longest context up to that of training that fits; 0: none does
    // The KV tokens that sequences and memory can share at n_context, up to n_parallel contexts; at
    // least n_context when the plan fits.  For engine_config.n_cache_tokens.
    uint32_t n_cache_tokens_fit;
};

struct ledger_input {
    const struct hyperparams *hyperparams;
    uint64_t weights_size; // gguf_file_size(): mapped, but needed in RAM to run at full speed
    const struct engine_config *config;
    struct model_options types; // k_type, v_type, drafts; the rest is computed
    unsigned n_threads;
    uint64_t memory_total;     // os_memory_total()
    uint64_t constraints_size; // most that compiled schemas and tool sets may hold
};

void ledger_plan(struct ledger *ledger, const struct ledger_input *input);

static inline bool ledger_fits(const struct ledger *ledger)
{
    return ledger->total <= ledger->memory_total;
}

// The table, a line each, sizes in MiB.
void ledger_print(const struct ledger *ledger, struct buf *out);
// OK, or ERR_MEMORY with the two totals and the context that would fit.
enum err ledger_check(const struct ledger *ledger, struct error *error);

#endif
