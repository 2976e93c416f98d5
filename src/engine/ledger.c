#include "engine/ledger.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/os.h"
#include "engine/capacity.h"
#include "engine/kv_cache.h"
#include "engine/store.h"

enum {
    GROUP_FULL = 0,
    GROUP_WINDOW = 1,
    CONTEXT_STEP = 1024, // contexts that are tried
    // Measured as the resident size of a program that waits, and of the tables of nine vocabularies of
    // 32,000 to 152,000 tokens (34 to 98 bytes each).
    PROGRAM_SIZE = 4 << 20,
    VOCABULARY_ENTRY_SIZE = 96,
};

// What the system and the programs beside us are left: an eighth of the machine, within bounds.  A
// laptop with 36 GiB keeps 4.5 for its desktop, editor and browser; a box with less than two is small
// in all it does, and half of it is ours.
static uint64_t system_share(uint64_t memory_total)
{
    uint64_t share = memory_total / 8;
    if (share < 1 * GIB)
        share = memory_total < 2 * GIB ? memory_total / 2 : 1 * GIB;
    return share > 6 * GIB ? 6 * GIB : share;
}

static void add_line(struct ledger *ledger, const char *name, uint64_t size)
{
    if (size == 0)
        return;
    ledger->lines[ledger->n_lines++] =
        (struct ledger_line){.name = name, .size = size, .is_ours = true};
    ledger->total += size;
}

#define NOTE(ledger, ...)                                                                          \
    snprintf((ledger)->lines[(ledger)->n_lines - 1].note, sizeof(ledger)->lines[0].note,           \
             __VA_ARGS__)

static void add_caches(struct ledger *ledger, const struct cache_spec *spec,
                       const struct engine_config *config)
{
    uint64_t page_size = capacity_page_size(spec, GROUP_FULL);
    uint32_t n_pages = spec->groups[GROUP_FULL].n_pages_max;
    add_line(ledger, "KV cache", page_size * n_pages);
    if (page_size)
        NOTE(ledger, "%u tokens x %llu bytes", n_pages * KV_PAGE_TOKENS,
             (unsigned long long)page_size / KV_PAGE_TOKENS);
    if (spec->n_groups > GROUP_WINDOW) {
        page_size = capacity_page_size(spec, GROUP_WINDOW);
        n_pages = spec->groups[GROUP_WINDOW].n_pages_max;
        add_line(ledger, "KV cache of sliding windows", page_size * n_pages);
        NOTE(ledger, "%u tokens x %llu bytes", n_pages * KV_PAGE_TOKENS,
             (unsigned long long)page_size / KV_PAGE_TOKENS);
    }
    uint64_t state_size = capacity_state_size(spec);
    if (state_size == 0)
        return;
    uint32_t n_snapshots = spec->n_states_max - config->n_parallel;
    add_line(ledger, "recurrent states", state_size * config->n_parallel);
    NOTE(ledger, "%u x %llu bytes", config->n_parallel, (unsigned long long)state_size);
    if (n_snapshots) {
        add_line(ledger, "snapshots of states", state_size * n_snapshots);
        NOTE(ledger, "%u x %llu bytes", n_snapshots, (unsigned long long)state_size);
    }
}

static void add_disk_buffers(struct ledger *ledger, const struct ledger_input *input,
                             const struct cache_spec *spec)
{
    struct store_shape shape = {.state_size = capacity_state_size(spec)};
    for (uint32_t g = 0; g < spec->n_groups; g++)
        shape.page_size[g] = capacity_page_size(spec, g);
    shape.window = spec->n_groups > GROUP_WINDOW ? input->hyperparams->window : 0;
    add_line(ledger, "buffers of the disk cache", store_memory_size(&shape));
}

// Lines and total of one configuration.
static void tally(struct ledger *ledger, const struct ledger_input *input,
                  const struct engine_config *config)
{
    struct model_options options = input->types;
    struct cache_spec spec;
    engine_model_options(input->hyperparams, config, &options);
    model_cache_spec(input->hyperparams, &options, &spec);
    *ledger = (struct ledger){.memory_total = input->memory_total, .n_context = config->n_context};
    add_line(ledger, "weights", input->weights_size);
    NOTE(ledger, "mapped from the file");
    add_caches(ledger, &spec, config);
    if (config->disk)
        add_disk_buffers(ledger, input, &spec);
    unsigned n_threads = input->n_threads ? input->n_threads : os_n_cores();
    add_line(ledger, "activations and scratch",
             model_scratch_size(input->hyperparams, &options, n_threads));
    NOTE(ledger, "%u rows a step, %u threads", options.n_rows_max, n_threads);
    add_line(ledger, "program and vocabulary",
             PROGRAM_SIZE + (uint64_t)VOCABULARY_ENTRY_SIZE * input->hyperparams->n_vocab);
    add_line(ledger, "compiled schemas and tools", input->constraints_size);
    add_line(ledger, "left to the system", system_share(input->memory_total));
    ledger->lines[ledger->n_lines - 1].is_ours = false;
}

static bool fits(const struct ledger_input *input, struct engine_config config, uint32_t n_context,
                 uint32_t n_cache_tokens)
{
    struct ledger ledger;
    config.n_context = n_context;
    config.n_cache_tokens = n_cache_tokens;
    config = capacity_config(input->hyperparams, &config);
    tally(&ledger, input, &config);
    return ledger_fits(&ledger);
}

// The largest multiple of CONTEXT_STEP, or n_max itself, for which the predicate holds; 0: none.
static uint32_t largest_fit(const struct ledger_input *input, const struct engine_config *config,
                            uint32_t n_context, uint64_t n_max)
{
    uint32_t most = n_max > UINT32_MAX - CONTEXT_STEP ? UINT32_MAX - CONTEXT_STEP : (uint32_t)n_max;
    if (fits(input, *config, n_context ? n_context : most, most))
        return most;
    uint32_t low = 0, high = most / CONTEXT_STEP + 1; // low fits (or is nothing), high does not
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2, n = middle * CONTEXT_STEP;
        if (fits(input, *config, n_context ? n_context : n, n))
            low = middle;
        else
            high = middle;
    }
    return low * CONTEXT_STEP;
}

void ledger_plan(struct ledger *ledger, const struct ledger_input *input)
{
    struct engine_config config = capacity_config(input->hyperparams, input->config);
    tally(ledger, input, &config);
    ledger->n_context_fit = largest_fit(input, &config, 0, input->hyperparams->n_context_train);
    uint32_t n_shared = largest_fit(input, &config, config.n_context,
                                    (uint64_t)config.n_context * config.n_parallel);
    ledger->n_cache_tokens_fit = n_shared < config.n_context ? config.n_context : n_shared;
}

void ledger_print(const struct ledger *ledger, struct buf *out)
{
    for (size_t i = 0; i < ledger->n_lines; i++) {
        const struct ledger_line *line = &ledger->lines[i];
        buf_printf(out, "%-28s %10.1f MiB  %s\n", line->name, (double)line->size / (double)MIB,
                   line->note);
    }
    buf_printf(out, "%-28s %10.1f MiB\n", "needed", (double)ledger->total / (double)MIB);
    buf_printf(out, "%-28s %10.1f MiB\n", "this machine",
               (double)ledger->memory_total / (double)MIB);
}

enum err ledger_check(const struct ledger *ledger, struct error *error)
{
    if (ledger_fits(ledger))
        return OK;
    char advice[96] = "no context is short enough";
    if (ledger->n_context_fit)
        snprintf(advice, sizeof advice, "a context of %u tokens would fit", ledger->n_context_fit);
    return fail(error, ERR_MEMORY,
                "a context of %u tokens needs %.1f MiB and this machine has %.1f MiB: %s",
                ledger->n_context, (double)ledger->total / (double)MIB,
                (double)ledger->memory_total / (double)MIB, advice);
}
