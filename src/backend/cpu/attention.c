// attention.c - RoPE, the KV pages, and attention over them with an online softmax.
//
// The order of every sum is fixed by absolute position.  A query walks the pages of its keys in
// order; SEGMENT_PAGES pages from an absolute multiple form a segment with a softmax of its own, and
// segments are merged in order.  Decode runs segments in parallel, prefill one after the other in
// blocks of rows: the bits are the same.
#include "backend/cpu/cpu.h"

#include <assert.h>
#include <string.h>

enum {
    SEGMENT_PAGES = 8,
    QUERIES_PER_TASK = 64, // query vectors (rows times heads of a group) that share one K/V page
};

// ---- RoPE and storing ----

struct rope_job {
    struct cpu *cpu;
    const struct attention *a;
    float *q, *k;
    const float *v;
    size_t q_cols, kv_cols;
};

static void rotate(float *x, const float *cos_sin, const struct rope_spec *rope)
{
    uint32_t half = rope->n_dims / 2;
    for (uint32_t i = 0; i < half; i++) {
        uint32_t first = rope->interleaved ? 2 * i : i,
                 second = rope->interleaved ? first + 1 : i + half;
        float a = x[first], b = x[second], c = cos_sin[2 * i], s = cos_sin[2 * i + 1];
        x[first] = a * c - b * s;
        x[second] = a * s + b * c;
    }
}

static void norm_and_rotate(struct rope_job *job, float *x, const struct weight *norm, uint32_t row)
{
    const struct attention *a = job->a;
    const struct rope_spec *rope = &job->cpu->spec.ropes[a->i_rope];
    if (norm)
        job->cpu->kernels.norm(x, x, floats_of(norm), a->head_dim, a->eps);
    rotate(x, job->cpu->rope_table[a->i_rope] + (size_t)row * (rope->n_dims / 2 * 2), rope);
}

static void rope_store_row(void *context, uint32_t row, unsigned i_thread)
{
    (void)i_thread;
    struct rope_job *job = context;
    struct cpu *cpu = job->cpu;
    const struct attention *a = job->a;
    const struct cpu_pages *pages = &cpu->pages[a->i_group];
    size_t q_head = (size_t)a->head_dim * (a->gated ? 2 : 1);
    for (uint32_t h = 0; h < a->n_heads; h++)
        norm_and_rotate(job, job->q + row * job->q_cols + h * q_head, a->q_norm, row);

    struct batch_row where = cpu->rows[row];
    const struct batch_sequence *sequence = &cpu->batch->sequences[where.i_sequence];
    uint32_t page = sequence->pages[a->i_group][where.position / KV_PAGE_TOKENS];
    size_t i_token = where.position % KV_PAGE_TOKENS;
    for (uint32_t h = 0; h < a->n_kv_heads; h++) {
        float *k = job->k + row * job->kv_cols + (size_t)h * a->head_dim;
        const float *v = job->v + row * job->kv_cols + (size_t)h * a->head_dim;
        norm_and_rotate(job, k, a->k_norm, row);
        cpu->kernels.quantize_kv[cpu->spec.k_type](
            cpu_page_k(cpu, a->i_group, page, a->i_layer, h) + i_token * pages->k_row, k,
            a->head_dim);
        cpu->kernels.quantize_kv[cpu->spec.v_type](
            cpu_page_v(cpu, a->i_group, page, a->i_layer, h) + i_token * pages->v_row, v,
            a->head_dim);
    }
}

void cpu_rope_store(struct backend *backend, const struct attention *attention, struct tensor *q,
                    struct tensor *k, const struct tensor *v)
{
    struct cpu *cpu = cpu_of(backend);
    struct rope_job job = {cpu, attention, q->memory, k->memory, v->memory, q->n_cols, k->n_cols};
    pool_run(cpu->pool, rope_store_row, &job, cpu->batch->n_rows);
}

// ---- attention ----

// A finished softmax of one query over some keys: o is relative to max.
struct partial {
    float max, sum;
};

// Some rows of one sequence, for one KV head: their queries share each page they visit.
struct unit {
    uint32_t i_sequence, row, n_rows, i_kv_head;
    uint32_t segment, n_segments; // the segments that any of its rows can see
    uint32_t first_task;          // split units: one task per segment from here on
};

struct attend_job {
    struct cpu *cpu;
    const struct attention *a;
    const float *q;
    float *out;
    size_t q_cols, out_cols;
    uint32_t group; // query heads per KV head
    struct unit *units;
    uint32_t n_units;
    bool is_split;            // every unit is one row, and its segments are tasks
    struct partial *partials; // [task][group]
    float *partial_o;         // [task][group][head_dim]
};

// What a thread works with: one page of K and V as f32, and its queries.
struct workspace {
    float *k, *v;            // [KV_PAGE_TOKENS][head_dim]
    struct attend_row *rows; // [QUERIES_PER_TASK]
    struct partial *totals;
    float *segment_o, *total_o; // [QUERIES_PER_TASK][head_dim]
};

size_t cpu_attention_scratch_size(size_t head_dim)
{
    return 2 * KV_PAGE_TOKENS * head_dim * sizeof(float) +
           QUERIES_PER_TASK *
               (sizeof(struct attend_row) + sizeof(struct partial) + 2 * head_dim * sizeof(float));
}

static struct workspace workspace_of(struct cpu *cpu, unsigned i_thread, uint32_t dim)
{
    float *at = thread_scratch(cpu, i_thread);
    struct workspace w;
    w.k = at;
    w.v = w.k + KV_PAGE_TOKENS * dim;
    w.segment_o = w.v + KV_PAGE_TOKENS * dim;
    w.total_o = w.segment_o + QUERIES_PER_TASK * dim;
    w.rows = (struct attend_row *)(w.total_o + QUERIES_PER_TASK * dim);
    w.totals = (struct partial *)(w.rows + QUERIES_PER_TASK);
    return w;
}

// Units at most, and room for the partial results of split ones; more than this runs unsplit.
static size_t units_max(const struct cache_spec *spec)
{
    return (size_t)spec->n_rows_max * (spec->n_heads ? spec->n_heads : 1);
}
static size_t partials_max(size_t n_heads, size_t n_pages)
{
    return n_heads * (n_pages / SEGMENT_PAGES + 64);
}

size_t cpu_attention_partials_size(const struct cache_spec *spec)
{
    size_t size = 0;
    for (uint32_t i = 0; i < spec->n_groups; i++) {
        const struct kv_group *group = &spec->groups[i];
        size_t n = partials_max(spec->n_heads, group->n_pages_max) *
                   (sizeof(struct partial) + group->head_dim * sizeof(float));
        size = n > size ? n : size;
    }
    return size + units_max(spec) * sizeof(struct unit);
}

static uint32_t first_key(const struct attention *a, uint32_t position)
{
    return a->window && position + 1 > a->window ? position + 1 - a->window : 0;
}

// total (o, max, sum) takes in a finished segment.
static void merge(float *o, struct partial *total, const float *segment_o, struct partial segment,
                  uint32_t dim)
{
    if (segment.sum == 0)
        return;
    float max = total->sum != 0 && total->max > segment.max ? total->max : segment.max;
    float old = total->sum == 0 ? 0.0f : expf(total->max - max), fresh = expf(segment.max - max);
    for (uint32_t i = 0; i < dim; i++)
        o[i] = o[i] * old + segment_o[i] * fresh;
    *total = (struct partial){max, total->sum * old + segment.sum * fresh};
}

static void load_page(struct attend_job *job, const struct unit *unit, struct workspace *w,
                      uint32_t i_page, const float **k, const float **v)
{
    struct cpu *cpu = job->cpu;
    const struct attention *a = job->a;
    uint32_t page = cpu->batch->sequences[unit->i_sequence].pages[a->i_group][i_page];
    const void *k_rows = cpu_page_k(cpu, a->i_group, page, a->i_layer, unit->i_kv_head);
    const void *v_rows = cpu_page_v(cpu, a->i_group, page, a->i_layer, unit->i_kv_head);
    // Rows that were never written hold zeros or old finite values: harmless, they are masked.
    uint32_t last = cpu->rows[unit->row + unit->n_rows - 1].position;
    size_t n_keys = last + 1 - (size_t)i_page * KV_PAGE_TOKENS;
    n_keys = n_keys < KV_PAGE_TOKENS ? n_keys : KV_PAGE_TOKENS;
    *k = k_rows;
    *v = v_rows;
    if (cpu->spec.k_type != DTYPE_F32) {
        cpu->kernels.dequantize[cpu->spec.k_type](w->k, k_rows, n_keys * a->head_dim);
        *k = w->k;
    }
    if (cpu->spec.v_type != DTYPE_F32) {
        cpu->kernels.dequantize[cpu->spec.v_type](w->v, v_rows, n_keys * a->head_dim);
        *v = w->v;
    }
}

// Walks one segment for all queries of a unit; leaves o, max and sum in w->rows.
static void walk_segment(struct attend_job *job, const struct unit *unit, struct workspace *w,
                         uint32_t segment)
{
    const struct attention *a = job->a;
    uint32_t dim = a->head_dim, n_q = unit->n_rows * job->group;
    size_t q_head = (size_t)dim * (a->gated ? 2 : 1);
    const struct batch_row *rows = job->cpu->rows + unit->row;
    memset(w->segment_o, 0, (size_t)n_q * dim * sizeof(float));
    for (uint32_t i = 0; i < n_q; i++)
        w->rows[i] = (struct attend_row){
            .q = job->q + (unit->row + i / job->group) * job->q_cols +
                 (unit->i_kv_head * job->group + i % job->group) * q_head,
            .o = w->segment_o + (size_t)i * dim,
            .max = -INFINITY,
        };
    uint32_t last_page = rows[unit->n_rows - 1].position / KV_PAGE_TOKENS;
    uint32_t page = segment * SEGMENT_PAGES, end = page + SEGMENT_PAGES;
    uint32_t oldest = first_key(a, rows[0].position) / KV_PAGE_TOKENS;
    page = page > oldest ? page : oldest;
    end = end < last_page + 1 ? end : last_page + 1;
    for (; page < end; page++) {
        uint32_t base = page * KV_PAGE_TOKENS;
        for (uint32_t i = 0; i < n_q; i++) {
            uint32_t position = rows[i / job->group].position, first = first_key(a, position);
            w->rows[i].first = first > base ? first - base : 0;
            w->rows[i].end = position < base                        ? 0
                             : position - base + 1 > KV_PAGE_TOKENS ? KV_PAGE_TOKENS
                                                                    : position - base + 1;
        }
        const float *k, *v;
        load_page(job, unit, w, page, &k, &v);
        job->cpu->kernels.attend_page(w->rows, n_q, k, v, dim, a->scale);
    }
}

// o / sum, gated, to its place in the output.
static void finish_query(struct attend_job *job, uint32_t row, uint32_t head, const float *o,
                         struct partial total)
{
    const struct attention *a = job->a;
    float *out = job->out + row * job->out_cols + (size_t)head * a->head_dim;
    float scale = 1.0f / total.sum;
    for (uint32_t i = 0; i < a->head_dim; i++)
        out[i] = o[i] * scale;
    if (a->gated)
        job->cpu->kernels.gate_sigmoid(
            out, job->q + row * job->q_cols + (size_t)(2 * head + 1) * a->head_dim, a->head_dim);
}

static void whole_unit_task(void *context, uint32_t i_task, unsigned i_thread)
{
    struct attend_job *job = context;
    const struct unit *unit = &job->units[i_task];
    uint32_t dim = job->a->head_dim, n_q = unit->n_rows * job->group;
    struct workspace w = workspace_of(job->cpu, i_thread, dim);
    memset(w.total_o, 0, (size_t)n_q * dim * sizeof(float));
    memset(w.totals, 0, n_q * sizeof *w.totals);
    for (uint32_t s = unit->segment; s < unit->segment + unit->n_segments; s++) {
        walk_segment(job, unit, &w, s);
        for (uint32_t i = 0; i < n_q; i++)
            merge(w.total_o + (size_t)i * dim, &w.totals[i], w.rows[i].o,
                  (struct partial){w.rows[i].max, w.rows[i].sum}, dim);
    }
    for (uint32_t i = 0; i < n_q; i++)
        finish_query(job, unit->row + i / job->group, unit->i_kv_head * job->group + i % job->group,
                     w.total_o + (size_t)i * dim, w.totals[i]);
}

static void segment_task(void *context, uint32_t i_task, unsigned i_thread)
{
    struct attend_job *job = context;
    uint32_t i = 0, dim = job->a->head_dim;
    while (i + 1 < job->n_units && job->units[i + 1].first_task <= i_task)
        i++;
    const struct unit *unit = &job->units[i];
    struct workspace w = workspace_of(job->cpu, i_thread, dim);
    walk_segment(job, unit, &w, unit->segment + i_task - unit->first_task);
    for (uint32_t k = 0; k < job->group; k++)
        job->partials[(size_t)i_task * job->group + k] =
            (struct partial){w.rows[k].max, w.rows[k].sum};
    memcpy(job->partial_o + (size_t)i_task * job->group * dim, w.segment_o,
           (size_t)job->group * dim * sizeof(float));
}

static void merge_unit_task(void *context, uint32_t i_unit, unsigned i_thread)
{
    struct attend_job *job = context;
    const struct unit *unit = &job->units[i_unit];
    uint32_t dim = job->a->head_dim;
    struct workspace w = workspace_of(job->cpu, i_thread, dim);
    for (uint32_t k = 0; k < job->group; k++) {
        struct partial total = {0};
        memset(w.total_o, 0, dim * sizeof(float));
        for (uint32_t s = 0; s < unit->n_segments; s++) {
            size_t i = (size_t)(unit->first_task + s) * job->group + k;
            merge(w.total_o, &total, job->partial_o + i * dim, job->partials[i], dim);
        }
        finish_query(job, unit->row, unit->i_kv_head * job->group + k, w.total_o, total);
    }
}

// Cuts the batch into units; returns the number of (unit, segment) pairs.
static uint32_t plan_units(struct attend_job *job)
{
    const struct batch *batch = job->cpu->batch;
    const struct attention *a = job->a;
    uint32_t rows_max = QUERIES_PER_TASK / job->group, n_tasks = 0, row = 0;
    assert(rows_max > 0);
    job->is_split = true;
    for (uint32_t s = 0; s < batch->n_sequences; s++)
        for (uint32_t end = row + batch->sequences[s].n_rows; row < end;) {
            uint32_t n = end - row < rows_max ? end - row : rows_max;
            job->is_split = job->is_split && n == 1;
            uint32_t keys = KV_PAGE_TOKENS * SEGMENT_PAGES;
            uint32_t first = first_key(a, job->cpu->rows[row].position) / keys;
            uint32_t last = job->cpu->rows[row + n - 1].position / keys;
            for (uint32_t h = 0; h < a->n_kv_heads; h++) {
                job->units[job->n_units++] =
                    (struct unit){s, row, n, h, first, last - first + 1, n_tasks};
                n_tasks += last - first + 1;
            }
            row += n;
        }
    return n_tasks;
}

void cpu_attend(struct backend *backend, const struct attention *attention, struct tensor *out,
                const struct tensor *q)
{
    struct cpu *cpu = cpu_of(backend);
    struct attend_job job = {
        .cpu = cpu,
        .a = attention,
        .q = q->memory,
        .out = out->memory,
        .q_cols = q->n_cols,
        .out_cols = out->n_cols,
        .group = attention->n_heads / attention->n_kv_heads,
        .units = cpu->attention.memory,
    };
    uint32_t n_tasks = plan_units(&job);
    size_t n_partials =
        partials_max(attention->n_heads, cpu->pages[attention->i_group].group.n_pages_max);
    job.partials = (struct partial *)(job.units + units_max(&cpu->spec));
    job.partial_o = (float *)(job.partials + n_partials);
    // Splitting pays when there are too few units to keep every thread busy.
    bool splits = job.is_split && n_tasks > job.n_units &&
                  job.n_units < 4 * pool_n_threads(cpu->pool) &&
                  (size_t)n_tasks * job.group <= n_partials;
    if (splits) {
        pool_run(cpu->pool, segment_task, &job, n_tasks);
        pool_run(cpu->pool, merge_unit_task, &job, job.n_units);
    } else {
        pool_run(cpu->pool, whole_unit_task, &job, job.n_units);
    }
}
