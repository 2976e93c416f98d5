#include "engine/capacity.h"

#include "base/memory.h"
#include "engine/kv_cache.h"

enum {
    N_BATCH_DEFAULT = 512,
    WAIT_MS_DEFAULT = 300,
    SCORED_ROWS = 32, // logits for prompt_logprobs in one step, besides those of decode rows
    GROUP_FULL = 0,
    GROUP_WINDOW = 1,
    SYSTEM_PAGE = 4096, // the backend hands memory back in these
};

struct engine_config capacity_config(const struct hyperparams *hyperparams,
                                     const struct engine_config *config)
{
    struct engine_config full = *config;
    full.n_context = full.n_context ? full.n_context : hyperparams->n_context_train;
    full.n_parallel = full.n_parallel ? full.n_parallel : 1;
    full.n_batch = full.n_batch ? full.n_batch : N_BATCH_DEFAULT;
    full.n_batch = full.n_batch > full.n_parallel ? full.n_batch : full.n_parallel + 1;
    full.n_cache_tokens =
        full.n_cache_tokens > full.n_context ? full.n_cache_tokens : full.n_context;
    full.wait_ms_max = full.wait_ms_max ? full.wait_ms_max : WAIT_MS_DEFAULT;
    return full;
}

uint64_t capacity_page_size(const struct cache_spec *spec, uint32_t i_group)
{
    const struct kv_group *group = &spec->groups[i_group];
    uint64_t n_heads = (uint64_t)group->n_layers * group->n_kv_heads * KV_PAGE_TOKENS;
    uint64_t size = n_heads * (dtype_row_size(dtype_get(spec->k_type), group->head_dim) +
                               dtype_row_size(dtype_get(spec->v_type), group->head_dim));
    return round_up(size, SYSTEM_PAGE);
}

uint64_t capacity_state_size(const struct cache_spec *spec)
{
    uint64_t n_floats = (uint64_t)spec->n_conv_floats + spec->n_s_floats;
    return round_up(spec->n_state_layers * n_floats * sizeof(float), SYSTEM_PAGE);
}

void engine_model_options(const struct hyperparams *hyperparams, const struct engine_config *config,
                          struct model_options *options)
{
    struct engine_config full = capacity_config(hyperparams, config);
    options->n_rows_max = full.n_batch;
    options->n_outputs_max = full.n_parallel + SCORED_ROWS;
    options->n_states_max = full.n_parallel;
    // One page more for each sequence: it may have to copy one that is partly filled.
    options->n_pages_max[GROUP_FULL] = kv_pages_for(full.n_cache_tokens) + full.n_parallel;
    options->n_pages_max[GROUP_WINDOW] = 0;
    struct cache_spec spec;
    model_cache_spec(hyperparams, options, &spec);
    if (spec.n_state_layers > 0) {
        // One for every page is more than there are places to put them.
        uint64_t n_snapshots = full.snapshot_size_max / capacity_state_size(&spec);
        uint64_t n_pages = options->n_pages_max[GROUP_FULL];
        bool is_capped = spec.n_groups > 0 && n_snapshots > n_pages;
        options->n_states_max += (uint32_t)(is_capped ? n_pages : n_snapshots);
    }
    if (spec.n_groups <= GROUP_WINDOW)
        return;
    // A sequence holds its window, the rows of a step and a page while it is copied, each cut by
    // page boundaries; the rest serves snapshots, and more than every page once is of no use.
    uint32_t n_own = kv_pages_for(hyperparams->window) + kv_pages_for(full.n_batch) + 3;
    uint64_t n_remembered = full.snapshot_size_max / capacity_page_size(&spec, GROUP_WINDOW);
    if (n_remembered > options->n_pages_max[GROUP_FULL])
        n_remembered = options->n_pages_max[GROUP_FULL];
    options->n_pages_max[GROUP_WINDOW] = full.n_parallel * n_own + (uint32_t)n_remembered;
}
