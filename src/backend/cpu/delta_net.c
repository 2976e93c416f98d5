// delta_net.c - gated DeltaNet: convolution, unit q and k, the recurrence, the gated norm.
//
// The recurrence runs token by token, also in prefill: a row of S stays in the first-level cache while
// all tokens of the batch pass over it.  The chunked form would need fewer operations, but its result
// depends on where chunks begin, so a state saved in the middle of one could not be continued bit by
// bit (docs/design/cpu.md has the cost).
#include "backend/cpu/cpu.h"

#include <assert.h>

enum {
    CHANNELS_PER_TASK = 256,
    S_ROWS_PER_TASK = 32,
};

struct delta_job {
    struct cpu *cpu;
    const struct delta_net *d;
    const struct tensor *u, *z, *alpha, *beta;
    struct tensor *out;
    float *c;               // [n_rows, channels] after convolution, q and k normalised
    float *decay, *beta_of; // [n_rows, n_v_heads]
    uint32_t n_channels, n_channel_tasks, n_s_tasks;
    const uint32_t *first_row; // of each sequence
};

size_t cpu_delta_net_scratch_size(const struct cache_spec *spec)
{
    return (size_t)spec->n_rows_max *
               (spec->n_conv_channels + 2 * (size_t)spec->n_v_heads_state + 1) * sizeof(float) +
           256;
}

static void conv_task(void *context, uint32_t i_task, unsigned i_thread)
{
    (void)i_thread;
    struct delta_job *job = context;
    uint32_t s = i_task / job->n_channel_tasks, row = job->first_row[s];
    uint32_t first = i_task % job->n_channel_tasks * CHANNELS_PER_TASK;
    uint32_t n =
        job->n_channels - first < CHANNELS_PER_TASK ? job->n_channels - first : CHANNELS_PER_TASK;
    const struct batch_sequence *sequence = &job->cpu->batch->sequences[s];
    float *window = cpu_state_layer(job->cpu, sequence->i_state, job->d->i_layer) + first;
    job->cpu->kernels.conv_silu(
        job->c + (size_t)row * job->n_channels + first, job->n_channels,
        row_of(job->u, row) + first, job->n_channels, sequence->n_rows, n, window, job->n_channels,
        floats_of(job->d->conv) + (size_t)first * job->d->conv_kernel, job->d->conv_kernel);
}

// x / max(|x|, eps) * scale
static void make_unit(const struct kernels *kernels, float *x, uint32_t n, float eps, float scale)
{
    float square;
    kernels->formats[DTYPE_F32].rows(&square, x, n * sizeof(float), 1, x, n);
    float length = sqrtf(square);
    scale /= length > eps ? length : eps;
    for (uint32_t i = 0; i < n; i++)
        x[i] *= scale;
}

static void gates_task(void *context, uint32_t row, unsigned i_thread)
{
    (void)i_thread;
    struct delta_job *job = context;
    const struct delta_net *d = job->d;
    float *q = job->c + (size_t)row * job->n_channels, *k = q + d->n_k_heads * d->head_dim;
    float q_scale = 1.0f / sqrtf((float)d->head_dim);
    for (uint32_t h = 0; h < d->n_k_heads; h++) {
        make_unit(&job->cpu->kernels, q + h * d->head_dim, d->head_dim, d->eps, q_scale);
        make_unit(&job->cpu->kernels, k + h * d->head_dim, d->head_dim, d->eps, 1.0f);
    }
    const float *alpha = row_of(job->alpha, row), *beta = row_of(job->beta, row);
    for (uint32_t h = 0; h < d->n_v_heads; h++) {
        float x = alpha[h] + floats_of(d->dt)[h];
        float softplus = x > 20.0f ? x : log1pf(expf(x));
        size_t i = (size_t)row * d->n_v_heads + h;
        job->decay[i] = expf(floats_of(d->a)[h] * softplus);
        job->beta_of[i] = 1.0f / (1.0f + expf(-beta[h]));
    }
}

static void recurrence_task(void *context, uint32_t i_task, unsigned i_thread)
{
    (void)i_thread;
    struct delta_job *job = context;
    const struct delta_net *d = job->d;
    uint32_t dim = d->head_dim, j = i_task % job->n_s_tasks * S_ROWS_PER_TASK;
    uint32_t h = i_task / job->n_s_tasks % d->n_v_heads;
    uint32_t s = i_task / job->n_s_tasks / d->n_v_heads, row = job->first_row[s];
    uint32_t n_j = dim - j < S_ROWS_PER_TASK ? dim - j : S_ROWS_PER_TASK;
    const struct batch_sequence *sequence = &job->cpu->batch->sequences[s];
    float *state = cpu_state_layer(job->cpu, sequence->i_state, d->i_layer) +
                   job->cpu->spec.n_conv_floats + ((size_t)h * dim + j) * dim;
    const float *c = job->c + (size_t)row * job->n_channels;
    uint32_t k_head = h % d->n_k_heads; // V heads are stored tiled, see models.md
    const float *q = c + (size_t)k_head * dim, *k = q + (size_t)d->n_k_heads * dim;
    const float *v = c + ((size_t)2 * d->n_k_heads + h) * dim + j;
    size_t gate = (size_t)row * d->n_v_heads + h;
    job->cpu->kernels.delta_rows(state, n_j, dim, q, k, job->n_channels, v, job->n_channels,
                                 job->decay + gate, job->beta_of + gate, d->n_v_heads,
                                 row_of(job->out, row) + (size_t)h * dim + j, job->out->n_cols,
                                 sequence->n_rows);
}

static void output_task(void *context, uint32_t row, unsigned i_thread)
{
    (void)i_thread;
    struct delta_job *job = context;
    const struct delta_net *d = job->d;
    const struct kernels *kernels = &job->cpu->kernels;
    for (uint32_t h = 0; h < d->n_v_heads; h++) {
        float *o = row_of(job->out, row) + (size_t)h * d->head_dim;
        kernels->norm(o, o, floats_of(d->norm), d->head_dim, d->eps);
        kernels->gate(o, row_of(job->z, row) + (size_t)h * d->head_dim, o, d->head_dim, ACT_SILU);
    }
}

void cpu_delta_net(struct backend *backend, const struct delta_net *d, struct tensor *out,
                   const struct tensor *u, const struct tensor *z, const struct tensor *alpha,
                   const struct tensor *beta)
{
    struct cpu *cpu = cpu_of(backend);
    const struct batch *batch = cpu->batch;
    struct delta_job job = {
        .cpu = cpu, .d = d, .u = u, .z = z, .alpha = alpha, .beta = beta, .out = out};
    job.n_channels = u->n_cols;
    job.n_channel_tasks = (job.n_channels + CHANNELS_PER_TASK - 1) / CHANNELS_PER_TASK;
    job.n_s_tasks = (d->head_dim + S_ROWS_PER_TASK - 1) / S_ROWS_PER_TASK;
    job.c = cpu->delta.memory;
    job.decay = job.c + (size_t)batch->n_rows * job.n_channels;
    job.beta_of = job.decay + (size_t)batch->n_rows * d->n_v_heads;
    uint32_t *first_row = (uint32_t *)(job.beta_of + (size_t)batch->n_rows * d->n_v_heads);
    job.first_row = first_row;
    for (uint32_t s = 0, row = 0; s < batch->n_sequences; row += batch->sequences[s++].n_rows)
        first_row[s] = row;
    pool_run(cpu->pool, conv_task, &job, batch->n_sequences * job.n_channel_tasks);
    pool_run(cpu->pool, gates_task, &job, batch->n_rows);
    pool_run(cpu->pool, recurrence_task, &job, batch->n_sequences * d->n_v_heads * job.n_s_tasks);
    pool_run(cpu->pool, output_task, &job, batch->n_rows);
}
