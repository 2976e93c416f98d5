// ffn.c - the dense feed-forward block: gate, up and their product in one sweep, then down.
#include "backend/cpu/cpu.h"

#include <assert.h>

struct gate_up_job {
    struct cpu *cpu;
    const struct ffn *ffn;
    const struct x_rows *x;
    float *hidden; // [n_rows, n_ff]
    uint32_t task_rows;
};

// Rows [first, end) of gate and up for all activation rows, and their gated product.
static void gate_up_task(void *context, uint32_t i_task, unsigned i_thread)
{
    struct gate_up_job *job = context;
    const struct ffn *ffn = job->ffn;
    struct cpu *cpu = job->cpu;
    uint32_t n_ff = ffn->gate->n_out, first = i_task * job->task_rows;
    uint32_t end = first + job->task_rows < n_ff ? first + job->task_rows : n_ff;
    float *up = thread_block(cpu, i_thread);
    for (uint32_t r = first; r < end; r += BLOCK_ROWS) {
        uint32_t n = r + BLOCK_ROWS < end ? BLOCK_ROWS : end - r;
        float *gate = job->hidden + r;
        cpu_product(cpu, gate, n_ff, ffn->gate, 0, r, r + n, job->x, 0, job->x->n_rows);
        cpu_product(cpu, up, BLOCK_ROWS, ffn->up, 0, r, r + n, job->x, 0, job->x->n_rows);
        for (uint32_t x = 0; x < job->x->n_rows; x++) {
            float *h = gate + (size_t)x * n_ff;
            cpu->kernels.gate(h, h, up + (size_t)x * BLOCK_ROWS, n, ffn->activation);
        }
    }
}

void cpu_ffn(struct backend *backend, const struct ffn *ffn, struct tensor *y,
             const struct tensor *x, bool adds)
{
    struct cpu *cpu = cpu_of(backend);
    uint32_t n_rows = cpu->batch->n_rows, n_ff = ffn->gate->n_out;
    struct x_rows rows, hidden;
    cpu_quantize_rows(cpu, &rows, cpu->x_q, cpu_normed(cpu, x, ffn->norm, ffn->eps, n_rows), n_rows,
                      x->n_cols,
                      1u << cpu_x_format(cpu, ffn->gate) | 1u << cpu_x_format(cpu, ffn->up));
    struct gate_up_job job = {cpu, ffn, &rows, cpu->hidden.memory,
                              cpu_rows_per_task(cpu, ffn->gate, n_rows)};
    assert((size_t)n_rows * n_ff * sizeof(float) <= cpu->hidden.size);
    pool_run(cpu->pool, gate_up_task, &job, (n_ff + job.task_rows - 1) / job.task_rows);

    cpu_quantize_rows(cpu, &hidden, cpu->hidden_q, job.hidden, n_rows, n_ff,
                      1u << cpu_x_format(cpu, ffn->down));
    cpu_project_rows(cpu, &(struct projection){y, ffn->down, NULL, adds}, 1, &hidden);
}
