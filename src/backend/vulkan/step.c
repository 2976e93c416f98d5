// step.c - a step's beginning, where all that the host knows is uploaded, and its end.
#include "backend/vulkan/vulkan.h"
#include "base/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_ALIGN = 256 };

struct row_input { // rows.glsl
    uint32_t position, tables[KV_GROUPS_MAX], unused;
};

struct sequence_input { // states.glsl
    uint32_t first_row, n_rows, i_state, unused;
};

static uint32_t n_tables(const struct batch_sequence *sequence)
{
    return (sequence->position + sequence->n_rows + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS;
}

static size_t upload_size(const struct vulkan *v, const struct batch *batch)
{
    const struct cache_spec *spec = &v->spec;
    size_t size = (6 + ROPES_MAX) * INPUT_ALIGN;
    size += batch->n_rows * (sizeof(token_id) + sizeof(struct row_input));
    size += batch->n_sequences * sizeof(struct sequence_input);
    for (uint32_t s = 0; s < batch->n_sequences; s++)
        size += (size_t)n_tables(&batch->sequences[s]) * spec->n_groups * sizeof(uint32_t);
    for (uint32_t i = 0; i < ROPES_MAX; i++)
        size += (size_t)batch->n_rows * spec->ropes[i].n_dims * sizeof(float);
    return size + spec->n_rows_max * sizeof(uint32_t);
}

// The upload region grows by doubling, when page tables do; what it had before is not used again.
static void ensure_upload(struct vulkan *v, const struct batch *batch)
{
    size_t size = upload_size(v, batch);
    if (size <= v->upload.size)
        return;
    struct error error;
    enum err err = memory_reserve(&v->memory, &v->upload, MEMORY_UPLOAD, 2 * size, &error);
    if (err && v->commands.result == VK_SUCCESS)
        v->commands.result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
}

static struct region cut(struct vulkan *v, size_t *used, size_t size)
{
    size = round_up(size ? size : 1, INPUT_ALIGN);
    struct region region = region_part(&v->upload, *used, size);
    *used += size;
    return region;
}

// cos and sin of every row's position, in f64 and then rounded, as the CPU has them.
static void fill_rope(const struct rope_spec *rope, float *out, const struct row_input *rows,
                      uint32_t n_rows)
{
    for (uint32_t r = 0; r < n_rows; r++)
        for (uint32_t i = 0; i < rope->n_dims / 2; i++) {
            double angle = (double)rows[r].position * rope->frequency[i];
            *out++ = (float)cos(angle) * rope->magnitude;
            *out++ = (float)sin(angle) * rope->magnitude;
        }
}

static void fill_tables(struct vulkan *v, const struct batch *batch)
{
    struct row_input *row = (struct row_input *)v->input.rows.host;
    struct sequence_input *sequence = (struct sequence_input *)v->input.sequences.host;
    uint32_t *pages = (uint32_t *)v->input.pages.host, n_pages = 0, n_rows = 0;
    for (uint32_t s = 0; s < batch->n_sequences; s++) {
        const struct batch_sequence *from = &batch->sequences[s];
        uint32_t tables[KV_GROUPS_MAX] = {0};
        for (uint32_t g = 0; g < v->spec.n_groups; g++) {
            tables[g] = n_pages;
            memcpy(pages + n_pages, from->pages[g], n_tables(from) * sizeof *pages);
            n_pages += n_tables(from);
        }
        *sequence++ = (struct sequence_input){n_rows, from->n_rows, from->i_state, 0};
        for (uint32_t i = 0; i < from->n_rows; i++, n_rows++) {
            *row = (struct row_input){.position = from->position + i};
            memcpy(row++->tables, tables, sizeof tables);
        }
    }
    assert(n_rows == batch->n_rows);
}

void vulkan_step_begin(struct backend *backend, const struct batch *batch)
{
    struct vulkan *v = vulkan_of(backend);
    assert(batch->n_rows <= v->spec.n_rows_max && !v->batch);
    v->batch = batch;
    ensure_upload(v, batch);
    commands_begin(&v->commands);
    if (v->commands.result != VK_SUCCESS)
        return;
    size_t used = 0, n_pages = 0;
    for (uint32_t s = 0; s < batch->n_sequences; s++)
        n_pages += (size_t)n_tables(&batch->sequences[s]) * v->spec.n_groups;
    v->input.tokens = cut(v, &used, batch->n_rows * sizeof(token_id));
    v->input.rows = cut(v, &used, batch->n_rows * sizeof(struct row_input));
    v->input.sequences = cut(v, &used, batch->n_sequences * sizeof(struct sequence_input));
    v->input.pages = cut(v, &used, n_pages * sizeof(uint32_t));
    v->input.picked = cut(v, &used, v->spec.n_rows_max * sizeof(uint32_t));
    memcpy(v->input.tokens.host, batch->tokens, batch->n_rows * sizeof(token_id));
    fill_tables(v, batch);
    for (uint32_t i = 0; i < ROPES_MAX; i++) {
        const struct rope_spec *rope = &v->spec.ropes[i];
        v->input.ropes[i] = cut(v, &used, (size_t)batch->n_rows * rope->n_dims * sizeof(float));
        fill_rope(rope, (float *)v->input.ropes[i].host, (struct row_input *)v->input.rows.host,
                  batch->n_rows);
    }
}

enum err vulkan_step_end(struct backend *backend, struct error *error)
{
    struct vulkan *v = vulkan_of(backend);
    v->batch = NULL;
    return commands_run(&v->commands, error);
}

const float *vulkan_read(struct backend *backend, const struct tensor *tensor, uint32_t n_rows)
{
    struct vulkan *v = vulkan_of(backend);
    size_t size = (size_t)n_rows * tensor->n_cols * sizeof(float);
    assert(n_rows <= tensor->n_rows);
    if (size > v->read_size) {
        v->read = mem_resize(v->read, size, 1);
        v->read_size = size;
    }
    struct region from = region_part(tensor_region(tensor), 0, size);
    transfer_download(&v->transfer, v->read, &from, 1, NULL);
    return v->read;
}
