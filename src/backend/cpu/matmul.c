// matmul.c - products with weights: threads and tiling around the format kernels.
//
// A product is cut along the weight's rows into tasks.  Within a task the activation rows go in
// blocks that stay in the second-level cache while several panels of weight rows pass over them.
#include "backend/cpu/cpu.h"

#include <assert.h>
#include <string.h>

enum {
    X_BLOCK_ROWS = 128,         // activation rows per pass over a task's weights
    PANEL_ROWS = 16,            // tasks are multiples of this, so that panels are full
    TASK_BYTES_MIN = 64 * 1024, // of weights in decode, else starting the task costs more
};

enum x_format cpu_x_format(const struct cpu *cpu, const struct weight *weight)
{
    return cpu->kernels.formats[weight->dtype].x_format;
}

struct quantize_job {
    struct cpu *cpu;
    const float *x;
    struct x_rows *rows;
    unsigned formats;
};

static void quantize_row(void *context, uint32_t row, unsigned i_thread)
{
    (void)i_thread;
    struct quantize_job *job = context;
    for (int f = X_Q8_32; f < X_FORMAT_COUNT; f++)
        if (job->formats & 1u << f)
            job->cpu->kernels.quantize[f]((char *)job->rows->data[f] + row * job->rows->row_size[f],
                                          job->x + (size_t)row * job->rows->n_cols,
                                          job->rows->n_cols);
}

void cpu_quantize_rows(struct cpu *cpu, struct x_rows *rows, struct scratch *out, const float *x,
                       uint32_t n_rows, uint32_t n_cols, unsigned formats)
{
    *rows = (struct x_rows){.n_rows = n_rows, .n_cols = n_cols};
    rows->data[X_F32] = x;
    rows->row_size[X_F32] = n_cols * sizeof(float);
    for (int f = X_Q8_32; f < X_FORMAT_COUNT; f++)
        if (formats & 1u << f) {
            rows->data[f] = out[f].memory;
            rows->row_size[f] = x_row_size((enum x_format)f, n_cols);
            assert(rows->row_size[f] * n_rows <= out[f].size);
        }
    if (formats & ~(1u << X_F32))
        pool_run(cpu->pool, quantize_row, &(struct quantize_job){cpu, x, rows, formats}, n_rows);
}

void cpu_product(struct cpu *cpu, float *y, size_t y_stride, const struct weight *weight,
                 uint32_t i_expert, uint32_t first, uint32_t end, const struct x_rows *x,
                 uint32_t x_first, uint32_t n_x)
{
    const struct format_kernels *format = &cpu->kernels.formats[weight->dtype];
    size_t row_size = weight_row_size(weight), x_size = x->row_size[format->x_format];
    const char *w = (const char *)weight->data + weight->expert_size * i_expert + row_size * first;
    const char *rows = (const char *)x->data[format->x_format] + x_size * x_first;
    uint32_t n_rows = end - first;
    if (n_x == 1 || !format->tile) {
        for (uint32_t i = 0; i < n_x; i++)
            format->rows(y + i * y_stride, w, row_size, n_rows, rows + i * x_size, weight->n_in);
        return;
    }
    for (uint32_t i = 0; i < n_x; i += X_BLOCK_ROWS) {
        uint32_t n = n_x - i < X_BLOCK_ROWS ? n_x - i : X_BLOCK_ROWS;
        format->tile(y + i * y_stride, y_stride, w, row_size, n_rows, rows + i * x_size, x_size, n,
                     weight->n_in);
    }
}

uint32_t cpu_rows_per_task(const struct cpu *cpu, const struct weight *weight, uint32_t n_x)
{
    uint32_t wanted;
    if (n_x == 1) {
        wanted = (uint32_t)(TASK_BYTES_MIN / weight_row_size(weight)) + 1;
    } else {
        wanted = 64; // enough panels to reuse a block of activations
    }
    // At least four tasks a thread, so that a slow thread does not hold up the others for long.
    uint32_t share = weight->n_out / (pool_n_threads(cpu->pool) * 4) + 1;
    if (wanted > share)
        wanted = share;
    return (uint32_t)round_up(wanted, PANEL_ROWS);
}

struct project_job {
    struct cpu *cpu;
    const struct projection *projections;
    uint32_t n;
    const struct x_rows *x;
    uint32_t task_rows[16], first_task[17]; // per projection
};

static void project_task(void *context, uint32_t i_task, unsigned i_thread)
{
    struct project_job *job = context;
    const struct kernels *kernels = &job->cpu->kernels;
    uint32_t i = 0;
    while (i_task >= job->first_task[i + 1])
        i++;
    const struct projection *p = &job->projections[i];
    uint32_t first = (i_task - job->first_task[i]) * job->task_rows[i];
    uint32_t end = first + job->task_rows[i], n_x = job->x->n_rows;
    end = end < p->weight->n_out ? end : p->weight->n_out;
    if (!p->adds) {
        cpu_product(job->cpu, row_of(p->out, 0) + first, p->out->n_cols, p->weight, 0, first, end,
                    job->x, 0, n_x);
        for (uint32_t x = 0; p->bias && x < n_x; x++)
            kernels->add(row_of(p->out, x) + first, floats_of(p->bias) + first, end - first);
        return;
    }
    float *block = thread_block(job->cpu, i_thread);
    for (uint32_t r = first; r < end; r += BLOCK_ROWS) {
        uint32_t n = r + BLOCK_ROWS < end ? BLOCK_ROWS : end - r;
        cpu_product(job->cpu, block, BLOCK_ROWS, p->weight, 0, r, r + n, job->x, 0, n_x);
        for (uint32_t x = 0; x < n_x; x++) {
            if (p->bias)
                kernels->add(block + x * BLOCK_ROWS, floats_of(p->bias) + r, n);
            kernels->add(row_of(p->out, x) + r, block + x * BLOCK_ROWS, n);
        }
    }
}

void cpu_project_rows(struct cpu *cpu, const struct projection *projections, uint32_t n,
                      const struct x_rows *x)
{
    struct project_job job = {cpu, projections, n, x, {0}, {0}};
    assert(n <= COUNT_OF(job.task_rows));
    for (uint32_t i = 0; i < n; i++) {
        const struct weight *weight = projections[i].weight;
        job.task_rows[i] = cpu_rows_per_task(cpu, weight, x->n_rows);
        job.first_task[i + 1] =
            job.first_task[i] + (weight->n_out + job.task_rows[i] - 1) / job.task_rows[i];
    }
    pool_run(cpu->pool, project_task, &job, job.first_task[n]);
}

void cpu_project(struct backend *backend, const struct projection *projections, uint32_t n,
                 const struct tensor *x, const struct weight *norm, float eps, uint32_t n_rows)
{
    struct cpu *cpu = cpu_of(backend);
    unsigned formats = 0;
    for (uint32_t i = 0; i < n; i++)
        formats |= 1u << cpu_x_format(cpu, projections[i].weight);
    struct x_rows rows;
    cpu_quantize_rows(cpu, &rows, cpu->x_q, cpu_normed(cpu, x, norm, eps, n_rows), n_rows,
                      x->n_cols, formats);
    cpu_project_rows(cpu, projections, n, &rows);
}
