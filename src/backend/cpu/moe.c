// moe.c - routed experts: route, gather, run each expert once over the rows that chose it, combine.
//
// A pair is (row, slot): slot k of a row is its k-th chosen expert.  Pairs are sorted by expert, so
// that an expert's weights are read once per batch; the shared expert is one more expert that every
// row chose.  Outputs are kept per pair and summed in slot order, which keeps a row's result free of
// the company it travels in.
#include "backend/cpu/cpu.h"

#include <assert.h>
#include <string.h>

struct moe_job {
    struct cpu *cpu;
    const struct moe *moe;
    uint32_t n_rows, n_experts, n_used, n_slots; // slots: n_used, and one for the shared expert
    uint32_t n_pairs;                            // routed and shared
    uint32_t n_ff, n_ff_shared, n_model;

    float *logits;    // [n_rows, n_experts]
    float *share;     // [n_rows, n_slots] weight of each slot
    uint32_t *chosen; // [n_rows, n_used] experts
    uint32_t *first;  // [n_experts + 2] first pair of each expert; the shared one is last
    uint32_t *row_of_pair, *pair_of_slot; // [n_pairs]
    float *outputs;                       // [n_pairs, n_model]

    struct x_rows x;        // quantised rows of x
    struct x_rows gathered; // the same by pair
    struct x_rows hidden;   // by pair
    float *hidden_f32;

    // Tasks of a phase: experts with pairs, each cut into chunks of weight rows.
    uint32_t n_active, *active, *first_task; // [n_experts + 1], [n_experts + 2]
    uint32_t task_rows;
    struct tensor *y;
    bool adds;
};

size_t cpu_moe_scratch_size(const struct cache_spec *spec)
{
    if (spec->n_experts == 0)
        return 0;
    size_t n_rows = spec->n_rows_max, n_slots = spec->n_experts_used + 1;
    size_t n_pairs = n_rows * n_slots, n_cols = round_up(spec->n_model, 256);
    return n_pairs * n_cols * sizeof(float)                                         // outputs
           + n_pairs * (x_row_size(X_Q8_32, n_cols) + x_row_size(X_Q8_256, n_cols)) // gathered rows
           + n_rows * spec->n_experts * sizeof(float)                               // router logits
           + n_pairs * (sizeof(float) + 3 * sizeof(uint32_t)) +
           4 * (spec->n_experts + 2) * sizeof(uint32_t) + 4096;
}

static void *carve(char **at, size_t size)
{
    void *memory = *at;
    *at += round_up(size, 64);
    return memory;
}

static void carve_scratch(struct moe_job *job)
{
    struct cpu *cpu = job->cpu;
    char *at = cpu->moe.memory;
    size_t n_pairs = job->n_pairs, n_experts = job->n_experts;
    job->logits = carve(&at, job->n_rows * n_experts * sizeof(float));
    job->share = carve(&at, n_pairs * sizeof(float));
    job->chosen = carve(&at, n_pairs * sizeof(uint32_t));
    job->row_of_pair = carve(&at, n_pairs * sizeof(uint32_t));
    job->pair_of_slot = carve(&at, n_pairs * sizeof(uint32_t));
    job->first = carve(&at, (n_experts + 2) * sizeof(uint32_t));
    job->active = carve(&at, (n_experts + 1) * sizeof(uint32_t));
    job->first_task = carve(&at, (n_experts + 2) * sizeof(uint32_t));
    job->outputs = carve(&at, n_pairs * job->n_model * sizeof(float));
    job->gathered = job->x;
    job->gathered.data[X_F32] = job->outputs; // read before the outputs are written
    for (int f = X_Q8_32; f < X_FORMAT_COUNT; f++)
        if (job->x.data[f])
            job->gathered.data[f] = carve(&at, n_pairs * job->x.row_size[f]);
    assert((size_t)(at - (char *)cpu->moe.memory) <= cpu->moe.size);
}

// The n_used largest logits of a row (ties: lowest index), with softmax over themselves.
static void route_row(void *context, uint32_t row, unsigned i_thread)
{
    (void)i_thread;
    struct moe_job *job = context;
    const float *logits = job->logits + (size_t)row * job->n_experts;
    uint32_t *chosen = job->chosen + (size_t)row * job->n_used, n = 0;
    float *share = job->share + (size_t)row * job->n_slots;
    for (uint32_t e = 0; e < job->n_experts; e++) { // insertion into a short descending list
        if (n == job->n_used && !(logits[e] > logits[chosen[n - 1]]))
            continue;
        uint32_t i = n < job->n_used ? n++ : n - 1;
        for (; i > 0 && logits[e] > logits[chosen[i - 1]]; i--)
            chosen[i] = chosen[i - 1];
        chosen[i] = e;
    }
    float sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += share[i] = expf(logits[chosen[i]] - logits[chosen[0]]);
    for (uint32_t i = 0; i < n; i++)
        share[i] = share[i] / sum * job->moe->scale;
}

static void route(struct moe_job *job)
{
    struct cpu *cpu = job->cpu;
    struct tensor logits = {job->logits, job->n_rows, job->n_experts};
    cpu_project_rows(cpu, &(struct projection){&logits, job->moe->router, NULL, false}, 1, &job->x);
    pool_run(cpu->pool, route_row, job, job->n_rows);
    if (!job->moe->shared_router)
        return;
    const float *rows = job->x.data[X_F32];
    for (uint32_t r = 0; r < job->n_rows; r++) {
        float gate;
        cpu->kernels.formats[DTYPE_F32].rows(&gate, job->moe->shared_router->data,
                                             job->n_model * sizeof(float), 1,
                                             rows + (size_t)r * job->n_model, job->n_model);
        job->share[(size_t)r * job->n_slots + job->n_used] = 1.0f / (1.0f + expf(-gate));
    }
}

// Counting sort of the pairs by expert; within an expert, rows ascend.
static void sort_pairs(struct moe_job *job)
{
    uint32_t n_experts = job->n_experts, *first = job->first;
    memset(first, 0, (n_experts + 2) * sizeof *first);
    for (uint32_t i = 0; i < job->n_rows * job->n_used; i++)
        first[job->chosen[i] + 1]++;
    for (uint32_t e = 0; e < n_experts; e++)
        first[e + 1] += first[e];
    first[n_experts + 1] = job->n_pairs;
    uint32_t *next = job->first_task; // borrowed as counters
    memcpy(next, first, n_experts * sizeof *next);
    for (uint32_t r = 0; r < job->n_rows; r++) {
        for (uint32_t k = 0; k < job->n_used; k++) {
            uint32_t pair = next[job->chosen[(size_t)r * job->n_used + k]]++;
            job->row_of_pair[pair] = r;
            job->pair_of_slot[(size_t)r * job->n_slots + k] = pair;
        }
        if (job->n_slots > job->n_used) {
            uint32_t pair = first[n_experts] + r;
            job->row_of_pair[pair] = r;
            job->pair_of_slot[(size_t)r * job->n_slots + job->n_used] = pair;
        }
    }
    job->n_active = 0;
    for (uint32_t e = 0; e <= n_experts; e++)
        if (first[e + 1] > first[e])
            job->active[job->n_active++] = e;
}

static void gather_pair(void *context, uint32_t pair, unsigned i_thread)
{
    (void)i_thread;
    struct moe_job *job = context;
    for (int f = 0; f < X_FORMAT_COUNT; f++)
        if (job->x.data[f])
            memcpy((char *)job->gathered.data[f] + pair * job->x.row_size[f],
                   (const char *)job->x.data[f] + job->row_of_pair[pair] * job->x.row_size[f],
                   job->x.row_size[f]);
}

// Cuts a phase into tasks: per active expert, its weight rows in chunks.
static uint32_t plan_tasks(struct moe_job *job, bool is_down)
{
    const struct moe *moe = job->moe;
    const struct weight *weight = is_down ? moe->down : moe->gate;
    uint32_t mean = job->n_pairs / job->n_active;
    job->task_rows = cpu_rows_per_task(job->cpu, weight, mean ? mean : 1);
    if (job->task_rows < BLOCK_ROWS)
        job->task_rows = BLOCK_ROWS;
    job->first_task[0] = 0;
    for (uint32_t i = 0; i < job->n_active; i++) {
        bool is_shared = job->active[i] == job->n_experts;
        uint32_t n_out = is_down ? job->n_model : is_shared ? job->n_ff_shared : job->n_ff;
        job->first_task[i + 1] = job->first_task[i] + (n_out + job->task_rows - 1) / job->task_rows;
    }
    return job->first_task[job->n_active];
}

struct moe_task {
    uint32_t expert, i_expert; // which pairs; which matrix of the weight
    bool is_shared;
    uint32_t first, end; // weight rows
    uint32_t pair, n_pairs;
};

static struct moe_task find_task(const struct moe_job *job, uint32_t i_task, bool is_down)
{
    uint32_t low = 0, high = job->n_active; // last i with first_task[i] <= i_task
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        *(job->first_task[middle] <= i_task ? &low : &high) = middle;
    }
    struct moe_task task = {.expert = job->active[low]};
    task.is_shared = task.expert == job->n_experts;
    task.i_expert = task.is_shared ? 0 : task.expert;
    uint32_t n_out = is_down ? job->n_model : task.is_shared ? job->n_ff_shared : job->n_ff;
    task.first = (i_task - job->first_task[low]) * job->task_rows;
    task.end = task.first + job->task_rows < n_out ? task.first + job->task_rows : n_out;
    task.pair = job->first[task.expert];
    task.n_pairs = job->first[task.expert + 1] - task.pair;
    return task;
}

// Hidden rows are n_ff_max wide in memory, whichever expert they belong to.
static uint32_t hidden_cols(const struct moe_job *job)
{
    return job->n_ff > job->n_ff_shared ? job->n_ff : job->n_ff_shared;
}

static void moe_gate_up_task(void *context, uint32_t i_task, unsigned i_thread)
{
    struct moe_job *job = context;
    struct cpu *cpu = job->cpu;
    struct moe_task t = find_task(job, i_task, false);
    const struct weight *gate_w = t.is_shared ? job->moe->shared_gate : job->moe->gate;
    const struct weight *up_w = t.is_shared ? job->moe->shared_up : job->moe->up;
    float *up = thread_block(cpu, i_thread);
    uint32_t n_cols = hidden_cols(job);
    for (uint32_t r = t.first; r < t.end; r += BLOCK_ROWS) {
        uint32_t n = r + BLOCK_ROWS < t.end ? BLOCK_ROWS : t.end - r;
        float *gate = job->hidden_f32 + (size_t)t.pair * n_cols + r;
        cpu_product(cpu, gate, n_cols, gate_w, t.i_expert, r, r + n, &job->gathered, t.pair,
                    t.n_pairs);
        cpu_product(cpu, up, BLOCK_ROWS, up_w, t.i_expert, r, r + n, &job->gathered, t.pair,
                    t.n_pairs);
        for (uint32_t i = 0; i < t.n_pairs; i++) {
            float *h = gate + (size_t)i * n_cols;
            cpu->kernels.gate(h, h, up + (size_t)i * BLOCK_ROWS, n, ACT_SILU);
        }
    }
}

static void moe_down_task(void *context, uint32_t i_task, unsigned i_thread)
{
    (void)i_thread;
    struct moe_job *job = context;
    struct moe_task t = find_task(job, i_task, true);
    const struct weight *down = t.is_shared ? job->moe->shared_down : job->moe->down;
    cpu_product(job->cpu, job->outputs + (size_t)t.pair * job->n_model + t.first, job->n_model,
                down, t.i_expert, t.first, t.end, &job->hidden, t.pair, t.n_pairs);
}

static void combine_row(void *context, uint32_t row, unsigned i_thread)
{
    (void)i_thread;
    struct moe_job *job = context;
    const struct kernels *kernels = &job->cpu->kernels;
    float *y = row_of(job->y, row);
    if (!job->adds)
        memset(y, 0, job->n_model * sizeof *y);
    for (uint32_t k = 0; k < job->n_slots; k++) {
        size_t slot = (size_t)row * job->n_slots + k;
        kernels->add_scaled(y, job->outputs + (size_t)job->pair_of_slot[slot] * job->n_model,
                            job->share[slot], job->n_model);
    }
}

static unsigned formats_of(const struct cpu *cpu, const struct weight *routed,
                           const struct weight *shared)
{
    unsigned formats = 1u << cpu_x_format(cpu, routed);
    return shared ? formats | 1u << cpu_x_format(cpu, shared) : formats;
}

void cpu_moe(struct backend *backend, const struct moe *moe, struct tensor *y,
             const struct tensor *x, bool adds)
{
    struct cpu *cpu = cpu_of(backend);
    struct moe_job job = {
        .cpu = cpu,
        .moe = moe,
        .n_rows = cpu->batch->n_rows,
        .n_experts = moe->gate->n_experts,
        .n_used = moe->n_used,
        .n_slots = moe->n_used + (moe->shared_router ? 1 : 0),
        .n_ff = moe->gate->n_out,
        .n_ff_shared = moe->shared_router ? moe->shared_gate->n_out : 0,
        .n_model = x->n_cols,
        .y = y,
        .adds = adds,
    };
    job.n_pairs = job.n_rows * job.n_slots;
    unsigned formats =
        formats_of(cpu, moe->gate, moe->shared_gate) | formats_of(cpu, moe->up, moe->shared_up);
    unsigned needs_f32 = formats & 1u << X_F32; // gathering f32 rows too only for float experts
    cpu_quantize_rows(cpu, &job.x, cpu->x_q, cpu_normed(cpu, x, moe->norm, moe->eps, job.n_rows),
                      job.n_rows, job.n_model, formats | 1u << cpu_x_format(cpu, moe->router));
    const void *x_f32 = job.x.data[X_F32];
    carve_scratch(&job);
    route(&job);
    sort_pairs(&job);
    if (!needs_f32)
        job.x.data[X_F32] = NULL;
    pool_run(cpu->pool, gather_pair, &job, job.n_pairs);
    job.x.data[X_F32] = x_f32;

    uint32_t n_cols = hidden_cols(&job);
    job.hidden_f32 = cpu->hidden.memory;
    assert((size_t)job.n_pairs * n_cols * sizeof(float) <= cpu->hidden.size);
    pool_run(cpu->pool, moe_gate_up_task, &job, plan_tasks(&job, false));
    cpu_quantize_rows(cpu, &job.hidden, cpu->hidden_q, job.hidden_f32, job.n_pairs, n_cols,
                      formats_of(cpu, moe->down, moe->shared_down));
    pool_run(cpu->pool, moe_down_task, &job, plan_tasks(&job, true));
    pool_run(cpu->pool, combine_row, &job, job.n_rows);
}
