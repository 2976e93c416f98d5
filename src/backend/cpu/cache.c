// cache.c - KV pages, recurrent states and step scratch of the CPU backend.
#include "backend/cpu/cpu.h"
#include "base/os.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static enum err scratch_open(struct scratch *scratch, size_t size, struct error *error)
{
    scratch->memory = mem_try_aligned(size);
    scratch->size = size;
    if (!scratch->memory)
        return fail(error, ERR_MEMORY, "no memory for %zu bytes of scratch", size);
    return OK;
}

static void scratch_close(struct scratch *scratch)
{
    free(scratch->memory);
    *scratch = (struct scratch){0};
}

static enum err open_pages(struct cpu *cpu, uint32_t i, struct error *error)
{
    struct cpu_pages *pages = &cpu->pages[i];
    pages->group = cpu->spec.groups[i];
    uint32_t dim = pages->group.head_dim;
    const struct dtype_info *k = dtype_get(cpu->spec.k_type), *v = dtype_get(cpu->spec.v_type);
    if (dim % k->block_elements || dim % v->block_elements)
        return fail(error, ERR_UNSUPPORTED,
                    "KV cache as %s and %s needs heads in multiples of 32, this model's have %u",
                    k->name, v->name, dim);
    pages->k_row = dtype_row_size(k, dim);
    pages->v_row = dtype_row_size(v, dim);
    pages->layer_size =
        (size_t)pages->group.n_kv_heads * KV_PAGE_TOKENS * (pages->k_row + pages->v_row);
    pages->page_size = round_up(pages->layer_size * pages->group.n_layers, 4096);
    size_t size;
    if (!size_mul(pages->page_size, pages->group.n_pages_max, &size) ||
        !(pages->memory = os_reserve(size)))
        return fail(error, ERR_MEMORY, "cannot reserve %u KV pages of %zu bytes",
                    pages->group.n_pages_max, pages->page_size);
    return OK;
}

static enum err open_states(struct cpu *cpu, struct error *error)
{
    const struct cache_spec *spec = &cpu->spec;
    if (spec->n_state_layers == 0)
        return OK;
    cpu->state_floats =
        round_up((size_t)spec->n_state_layers * (spec->n_conv_floats + spec->n_s_floats), 1024);
    size_t size;
    if (!size_mul(cpu->state_floats * sizeof(float), spec->n_states_max, &size) ||
        !(cpu->states = os_reserve(size)))
        return fail(error, ERR_MEMORY, "cannot reserve %u recurrent states of %zu bytes",
                    spec->n_states_max, cpu->state_floats * sizeof(float));
    return OK;
}

static size_t thread_scratch_size(const struct cache_spec *spec)
{
    size_t dim_max = 0, size = spec->n_cols_max * sizeof(float); // a row of cpu_add_norm()
    for (uint32_t i = 0; i < spec->n_groups; i++)
        dim_max = spec->groups[i].head_dim > dim_max ? spec->groups[i].head_dim : dim_max;
    if (size < cpu_attention_scratch_size(dim_max))
        size = cpu_attention_scratch_size(dim_max);
    return round_up(size, 64);
}

struct scratch_rule {
    struct scratch *scratch;
    size_t size;
};

enum { SCRATCH_COUNT = 11 };

// All scratch of a backend with such caches: what is opened, and what planning adds up.
static void list_scratch(struct cpu *cpu, const struct cache_spec *spec, unsigned n_threads,
                         struct scratch_rule *rules)
{
    size_t n_rows = spec->n_rows_max, n_cols = round_up(spec->n_cols_max, 256);
    size_t n_pairs = n_rows * (spec->n_experts_used + 1); // (row, expert), the shared one included
    size_t n_dense = n_rows * round_up(spec->n_ff, 256);
    size_t n_expert = n_pairs * round_up(spec->n_ff_expert, 256);
    size_t n_hidden = n_dense > n_expert ? n_dense : n_expert;
    const struct scratch_rule all[SCRATCH_COUNT] = {
        {&cpu->x_f32, n_rows * spec->n_model * sizeof(float)}, // only the residual stream is normed
        {&cpu->x_q[X_Q8_32], n_rows * x_row_size(X_Q8_32, n_cols)},
        {&cpu->x_q[X_Q8_256], n_rows * x_row_size(X_Q8_256, n_cols)},
        {&cpu->hidden, n_hidden * sizeof(float)},
        {&cpu->hidden_q[X_Q8_32], x_row_size(X_Q8_32, n_hidden)},
        {&cpu->hidden_q[X_Q8_256], x_row_size(X_Q8_256, n_hidden)},
        {&cpu->moe, cpu_moe_scratch_size(spec)},
        {&cpu->thread, thread_scratch_size(spec) * n_threads},
        {&cpu->block, n_threads * n_rows * BLOCK_ROWS * sizeof(float)},
        {&cpu->attention, cpu_attention_partials_size(spec)},
        {&cpu->delta, spec->n_state_layers ? cpu_delta_net_scratch_size(spec) : 0},
    };
    memcpy(rules, all, sizeof all);
}

size_t cpu_scratch_size(const struct cache_spec *spec, unsigned n_threads)
{
    struct cpu *unused = mem_new(struct cpu, 1);
    struct scratch_rule rules[SCRATCH_COUNT];
    list_scratch(unused, spec, n_threads, rules);
    size_t size = 0;
    for (size_t i = 0; i < SCRATCH_COUNT; i++)
        size += rules[i].size;
    free(unused);
    return size;
}

static enum err open_scratch(struct cpu *cpu, struct error *error)
{
    const struct cache_spec *spec = &cpu->spec;
    struct scratch_rule rules[SCRATCH_COUNT];
    list_scratch(cpu, spec, pool_n_threads(cpu->pool), rules);
    cpu->thread_scratch_size = thread_scratch_size(spec);
    for (size_t i = 0; i < SCRATCH_COUNT; i++) {
        enum err err = scratch_open(rules[i].scratch, rules[i].size, error);
        if (err)
            return err;
    }
    for (int r = 0; r < ROPES_MAX; r++) {
        size_t n = (size_t)spec->n_rows_max * (spec->ropes[r].n_dims + 1);
        cpu->rope_table[r] = mem_try_alloc(n, sizeof(float));
        if (!cpu->rope_table[r])
            return fail(error, ERR_MEMORY, "no memory for rope tables");
    }
    cpu->rows = mem_new(struct batch_row, spec->n_rows_max);
    return OK;
}

enum err cpu_open_cache(struct backend *backend, const struct cache_spec *spec, struct error *error)
{
    struct cpu *cpu = cpu_of(backend);
    assert(!cpu->rows); // once
    cpu->spec = *spec;
    enum err err = OK;
    for (uint32_t i = 0; i < spec->n_groups && !err; i++)
        err = open_pages(cpu, i, error);
    if (!err)
        err = open_states(cpu, error);
    if (!err)
        err = open_scratch(cpu, error);
    return err;
}

void cpu_close_cache(struct cpu *cpu)
{
    for (uint32_t i = 0; i < KV_GROUPS_MAX; i++)
        os_unreserve(cpu->pages[i].memory,
                     cpu->pages[i].page_size * cpu->pages[i].group.n_pages_max);
    os_unreserve(cpu->states, cpu->state_floats * sizeof(float) * cpu->spec.n_states_max);
    struct scratch_rule rules[SCRATCH_COUNT];
    list_scratch(cpu, &cpu->spec, pool_n_threads(cpu->pool), rules);
    for (size_t i = 0; i < SCRATCH_COUNT; i++)
        scratch_close(rules[i].scratch);
    for (int r = 0; r < ROPES_MAX; r++)
        free(cpu->rope_table[r]);
    free(cpu->rows);
}

// ---- pages ----

static unsigned char *page_at(struct cpu *cpu, uint32_t i_group, uint32_t page)
{
    struct cpu_pages *pages = &cpu->pages[i_group];
    assert(page < pages->group.n_pages_max);
    return pages->memory + pages->page_size * page;
}

unsigned char *cpu_page_k(struct cpu *cpu, uint32_t i_group, uint32_t page, uint32_t i_layer,
                          uint32_t i_head)
{
    struct cpu_pages *pages = &cpu->pages[i_group];
    return page_at(cpu, i_group, page) + pages->layer_size * i_layer +
           pages->k_row * KV_PAGE_TOKENS * i_head;
}

unsigned char *cpu_page_v(struct cpu *cpu, uint32_t i_group, uint32_t page, uint32_t i_layer,
                          uint32_t i_head)
{
    struct cpu_pages *pages = &cpu->pages[i_group];
    return page_at(cpu, i_group, page) + pages->layer_size * i_layer +
           pages->k_row * KV_PAGE_TOKENS * pages->group.n_kv_heads +
           pages->v_row * KV_PAGE_TOKENS * i_head;
}

size_t cpu_page_size(const struct backend *backend, uint32_t i_group)
{
    return ((const struct cpu *)backend)->pages[i_group].page_size;
}

void cpu_copy_page(struct backend *backend, uint32_t i_group, uint32_t to, uint32_t from,
                   uint32_t n_tokens)
{
    struct cpu *cpu = cpu_of(backend);
    struct cpu_pages *pages = &cpu->pages[i_group];
    for (uint32_t layer = 0; layer < pages->group.n_layers; layer++)
        for (uint32_t head = 0; head < pages->group.n_kv_heads; head++) {
            memcpy(cpu_page_k(cpu, i_group, to, layer, head),
                   cpu_page_k(cpu, i_group, from, layer, head), pages->k_row * n_tokens);
            memcpy(cpu_page_v(cpu, i_group, to, layer, head),
                   cpu_page_v(cpu, i_group, from, layer, head), pages->v_row * n_tokens);
        }
}

void cpu_save_page(struct backend *backend, uint32_t i_group, uint32_t page, void *bytes)
{
    struct cpu *cpu = cpu_of(backend);
    memcpy(bytes, page_at(cpu, i_group, page), cpu->pages[i_group].page_size);
}

void cpu_restore_page(struct backend *backend, uint32_t i_group, uint32_t page, const void *bytes)
{
    struct cpu *cpu = cpu_of(backend);
    memcpy(page_at(cpu, i_group, page), bytes, cpu->pages[i_group].page_size);
}

void cpu_release_page(struct backend *backend, uint32_t i_group, uint32_t page)
{
    struct cpu *cpu = cpu_of(backend);
    os_decommit(page_at(cpu, i_group, page), cpu->pages[i_group].page_size);
}

// ---- states ----

static float *state_at(struct cpu *cpu, uint32_t state)
{
    assert(state < cpu->spec.n_states_max);
    return cpu->states + cpu->state_floats * state;
}

float *cpu_state_layer(struct cpu *cpu, uint32_t i_state, uint32_t i_layer)
{
    return state_at(cpu, i_state) +
           (size_t)i_layer * (cpu->spec.n_conv_floats + cpu->spec.n_s_floats);
}

size_t cpu_state_size(const struct backend *backend)
{
    return ((const struct cpu *)backend)->state_floats * sizeof(float);
}

void cpu_reset_state(struct backend *backend, uint32_t state)
{
    struct cpu *cpu = cpu_of(backend);
    memset(state_at(cpu, state), 0, cpu->state_floats * sizeof(float));
}

void cpu_copy_state(struct backend *backend, uint32_t to, uint32_t from)
{
    struct cpu *cpu = cpu_of(backend);
    memcpy(state_at(cpu, to), state_at(cpu, from), cpu->state_floats * sizeof(float));
}

void cpu_save_state(struct backend *backend, uint32_t state, void *bytes)
{
    struct cpu *cpu = cpu_of(backend);
    memcpy(bytes, state_at(cpu, state), cpu->state_floats * sizeof(float));
}

void cpu_restore_state(struct backend *backend, uint32_t state, const void *bytes)
{
    struct cpu *cpu = cpu_of(backend);
    memcpy(state_at(cpu, state), bytes, cpu->state_floats * sizeof(float));
}

void cpu_release_state(struct backend *backend, uint32_t state)
{
    struct cpu *cpu = cpu_of(backend);
    os_decommit(state_at(cpu, state), cpu->state_floats * sizeof(float));
}
