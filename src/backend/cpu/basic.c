// basic.c - a step's beginning and end, and the operations that are one loop over rows.
#include "backend/cpu/cpu.h"

#include <assert.h>
#include <string.h>

// cos and sin of every row's position, in f64 and then rounded: at position 262,144 an f32 angle
// would already be 0.016 rad off.
static void fill_rope_table(struct cpu *cpu, uint32_t i_rope, uint32_t n_rows)
{
    const struct rope_spec *rope = &cpu->spec.ropes[i_rope];
    float *out = cpu->rope_table[i_rope];
    for (uint32_t r = 0; r < n_rows; r++)
        for (uint32_t i = 0; i < rope->n_dims / 2; i++) {
            double angle = (double)cpu->rows[r].position * rope->frequency[i];
            *out++ = (float)cos(angle) * rope->magnitude;
            *out++ = (float)sin(angle) * rope->magnitude;
        }
}

void cpu_step_begin(struct backend *backend, const struct batch *batch)
{
    struct cpu *cpu = cpu_of(backend);
    assert(batch->n_rows <= cpu->spec.n_rows_max && !cpu->batch);
    cpu->batch = batch;
    uint32_t row = 0;
    for (uint32_t s = 0; s < batch->n_sequences; s++)
        for (uint32_t i = 0; i < batch->sequences[s].n_rows; i++)
            cpu->rows[row++] = (struct batch_row){s, batch->sequences[s].position + i};
    assert(row == batch->n_rows);
    for (uint32_t r = 0; r < ROPES_MAX; r++)
        fill_rope_table(cpu, r, batch->n_rows);
}

enum err cpu_step_end(struct backend *backend, struct error *error)
{
    (void)error;
    cpu_of(backend)->batch = NULL;
    return OK;
}

const float *cpu_read(struct backend *backend, const struct tensor *tensor, uint32_t n_rows)
{
    (void)backend;
    assert(n_rows <= tensor->n_rows);
    return tensor->memory;
}

void cpu_embed(struct backend *backend, struct tensor *x, const struct weight *table, float scale)
{
    struct cpu *cpu = cpu_of(backend);
    size_t row_size = weight_row_size(table);
    for (uint32_t r = 0; r < cpu->batch->n_rows; r++) {
        token_id token = cpu->batch->tokens[r];
        assert(token >= 0 && (uint32_t)token < table->n_out);
        float *y = row_of(x, r);
        cpu->kernels.dequantize[table->dtype](
            y, (const char *)table->data + row_size * (size_t)token, table->n_in);
        if (scale != 1.0f)
            for (uint32_t i = 0; i < table->n_in; i++)
                y[i] *= scale;
    }
}

// ---- rows in parallel ----

struct norm_job {
    struct cpu *cpu;
    float *y;
    const float *x;
    const struct weight *weight;
    float eps;
    size_t n_cols;
    bool adds;
};

static void norm_row(void *context, uint32_t row, unsigned i_thread)
{
    struct norm_job *job = context;
    const struct kernels *k = &job->cpu->kernels;
    const float *x = job->x + row * job->n_cols;
    float *y = job->y + row * job->n_cols;
    if (job->adds) {
        float *normed = thread_scratch(job->cpu, i_thread);
        k->norm(normed, x, floats_of(job->weight), job->n_cols, job->eps);
        k->add(y, normed, job->n_cols);
    } else {
        k->norm(y, x, floats_of(job->weight), job->n_cols, job->eps);
    }
}

static void norm_rows(struct norm_job *job, uint32_t n_rows)
{
    pool_run(job->cpu->pool, norm_row, job, n_rows);
}

void cpu_norm(struct backend *backend, struct tensor *y, const struct tensor *x,
              const struct weight *weight, float eps, uint32_t n_rows)
{
    norm_rows(&(struct norm_job){cpu_of(backend), y->memory, x->memory, weight, eps, x->n_cols, 0},
              n_rows);
}

void cpu_add_norm(struct backend *backend, struct tensor *x, const struct tensor *a,
                  const struct weight *weight, float eps)
{
    struct cpu *cpu = cpu_of(backend);
    norm_rows(&(struct norm_job){cpu, x->memory, a->memory, weight, eps, x->n_cols, 1},
              cpu->batch->n_rows);
}

const float *cpu_normed(struct cpu *cpu, const struct tensor *x, const struct weight *norm,
                        float eps, uint32_t n_rows)
{
    if (!norm)
        return x->memory;
    float *y = cpu->x_f32.memory;
    assert((size_t)n_rows * x->n_cols * sizeof(float) <= cpu->x_f32.size);
    norm_rows(&(struct norm_job){cpu, y, x->memory, norm, eps, x->n_cols, 0}, n_rows);
    return y;
}

void cpu_gather(struct backend *backend, struct tensor *y, const struct tensor *x,
                const uint32_t *rows, uint32_t n_rows)
{
    (void)backend;
    for (uint32_t i = 0; i < n_rows; i++)
        memcpy(row_of(y, i), row_of(x, rows[i]), x->n_cols * sizeof(float));
}

void cpu_concat(struct backend *backend, struct tensor *y, const struct tensor *a,
                const struct tensor *b, uint32_t n_rows)
{
    (void)backend;
    for (uint32_t i = 0; i < n_rows; i++) {
        memcpy(row_of(y, i), row_of(a, i), a->n_cols * sizeof(float));
        memcpy(row_of(y, i) + a->n_cols, row_of(b, i), b->n_cols * sizeof(float));
    }
}
