// cpu.h - the CPU backend's own object, shared by the files of this folder.
//
// cpu.c opens it and fills the table; basic.c, matmul.c, attention.c, delta_net.c and ffn.c hold the
// operations; cache.c the pages and states; kernels_*.c the inner loops; threads.c the pool.
#ifndef HEARTH_BACKEND_CPU_CPU_H
#define HEARTH_BACKEND_CPU_CPU_H

#include <math.h>

#include "backend/cpu/kernels.h"
#include "backend/cpu/threads.h"
#include "backend/ops_table.h"
#include "base/memory.h"

struct cpu_pages {
    struct kv_group group;
    unsigned char *memory; // reserved address space, [n_pages_max][page_size]
    size_t k_row, v_row;   // bytes of one token's K or V of one head
    size_t layer_size;     // bytes of one layer of a page: K of all heads, then V
    size_t page_size;
};

// Memory that grows to the largest use seen; sized at open, so it does not grow during steps.
struct scratch {
    void *memory;
    size_t size;
};

struct cpu {
    struct backend backend; // first
    struct kernels kernels;
    struct pool *pool;
    char description[64];

    struct cache_spec spec;
    struct cpu_pages pages[KV_GROUPS_MAX];
    float *states;       // reserved address space, [n_states_max][state_floats]
    size_t state_floats; // of one state: per layer conv window, then S

    const struct batch *batch; // during a step
    // cos and sin of every row of the batch: [n_rows][n_dims / 2] pairs, per rope.
    float *rope_table[ROPES_MAX];
    struct batch_row { // where each row of the batch belongs
        uint32_t i_sequence, position;
    } * rows; // [n_rows_max]

    // Step scratch, see cache.c for the sizes.
    struct scratch x_f32, x_q[X_FORMAT_COUNT];       // normed and quantised input of a product
    struct scratch hidden, hidden_q[X_FORMAT_COUNT]; // FFN activations between up and down
    struct scratch moe;                              // routing tables and expert outputs
    struct scratch attention;                        // partial results of decode
    struct scratch delta;                            // convolved channels
    struct scratch thread;                           // [n_threads][thread_scratch_size]
    size_t thread_scratch_size;
    struct scratch block; // [n_threads][n_rows_max][BLOCK_ROWS]

    void **owned; // tensors, freed at close
    size_t n_owned;
};

static inline struct cpu *cpu_of(struct backend *backend)
{
    return (struct cpu *)backend;
}
static inline const float *floats_of(const struct weight *weight)
{
    return weight->data;
}
static inline float *row_of(const struct tensor *tensor, uint32_t row)
{
    return (float *)tensor->memory + (size_t)row * tensor->n_cols;
}
static inline size_t weight_row_size(const struct weight *weight)
{
    return dtype_row_size(dtype_get(weight->dtype), weight->n_in);
}
static inline void *thread_scratch(struct cpu *cpu, unsigned i_thread)
{
    return (char *)cpu->thread.memory + i_thread * cpu->thread_scratch_size;
}

// A block of products on their way somewhere else: BLOCK_ROWS weight rows for all activation rows.
enum { BLOCK_ROWS = 64 };
static inline float *thread_block(struct cpu *cpu, unsigned i_thread)
{
    return (float *)cpu->block.memory + (size_t)i_thread * cpu->spec.n_rows_max * BLOCK_ROWS;
}

// ---- cache.c ----
enum err cpu_open_cache(struct backend *, const struct cache_spec *, struct error *);
void cpu_close_cache(struct cpu *cpu);
size_t cpu_page_size(const struct backend *, uint32_t i_group);
size_t cpu_state_size(const struct backend *);
void cpu_copy_page(struct backend *, uint32_t, uint32_t to, uint32_t from, uint32_t n_tokens);
void cpu_save_page(struct backend *, uint32_t, uint32_t page, void *);
void cpu_restore_page(struct backend *, uint32_t, uint32_t page, const void *);
void cpu_release_page(struct backend *, uint32_t, uint32_t page);
void cpu_reset_state(struct backend *, uint32_t);
void cpu_copy_state(struct backend *, uint32_t to, uint32_t from);
void cpu_save_state(struct backend *, uint32_t, void *);
void cpu_restore_state(struct backend *, uint32_t, const void *);
void cpu_release_state(struct backend *, uint32_t);
// K (or V, behind it) of one head of a page's layer: [KV_PAGE_TOKENS] rows.
unsigned char *cpu_page_k(struct cpu *cpu, uint32_t i_group, uint32_t page, uint32_t i_layer,
                          uint32_t i_head);
unsigned char *cpu_page_v(struct cpu *cpu, uint32_t i_group, uint32_t page, uint32_t i_layer,
                          uint32_t i_head);
// A state's conv window of a layer; S follows it.
float *cpu_state_layer(struct cpu *cpu, uint32_t i_state, uint32_t i_layer);

// ---- measure.c ----
enum err cpu_measure(struct backend *, struct backend_bounds *, struct error *);

// ---- basic.c ----
void cpu_step_begin(struct backend *, const struct batch *);
enum err cpu_step_end(struct backend *, struct error *);
const float *cpu_read(struct backend *, const struct tensor *, uint32_t n_rows);
void cpu_embed(struct backend *, struct tensor *, const struct weight *, float);
void cpu_norm(struct backend *, struct tensor *, const struct tensor *, const struct weight *,
              float, uint32_t);
void cpu_add_norm(struct backend *, struct tensor *, const struct tensor *, const struct weight *,
                  float);
void cpu_gather(struct backend *, struct tensor *, const struct tensor *, const uint32_t *,
                uint32_t);
void cpu_concat(struct backend *, struct tensor *, const struct tensor *, const struct tensor *,
                uint32_t);

// ---- matmul.c ----
// Activations in the formats that some weights want, quantised once.
struct x_rows {
    const void *data[X_FORMAT_COUNT]; // NULL: not prepared
    size_t row_size[X_FORMAT_COUNT];
    uint32_t n_rows, n_cols;
};
// Prepares rows of x (f32, contiguous) in each format whose bit is set in `formats`, into `out`
// (X_F32 is x itself).
void cpu_quantize_rows(struct cpu *cpu, struct x_rows *rows, struct scratch *out, const float *x,
                       uint32_t n_rows, uint32_t n_cols, unsigned formats);
enum x_format cpu_x_format(const struct cpu *cpu, const struct weight *weight);
// One product on the calling thread: y[i * y_stride + r - first] for weight rows r in [first, end) of
// expert `i_expert` and activation rows x_first + i, i < n_x.
void cpu_product(struct cpu *cpu, float *y, size_t y_stride, const struct weight *weight,
                 uint32_t i_expert, uint32_t first, uint32_t end, const struct x_rows *x,
                 uint32_t x_first, uint32_t n_x);
// Weight rows per task so that tasks are neither crumbs nor too few.
uint32_t cpu_rows_per_task(const struct cpu *cpu, const struct weight *weight, uint32_t n_x);
void cpu_project_rows(struct cpu *cpu, const struct projection *projections, uint32_t n,
                      const struct x_rows *x);
void cpu_project(struct backend *, const struct projection *, uint32_t, const struct tensor *,
                 const struct weight *, float, uint32_t);
// norm(x) for all rows into x_f32 scratch; x itself when norm is NULL.
const float *cpu_normed(struct cpu *cpu, const struct tensor *x, const struct weight *norm,
                        float eps, uint32_t n_rows);

// ---- attention.c, delta_net.c, ffn.c, moe.c ----
void cpu_rope_store(struct backend *, const struct attention *, struct tensor *, struct tensor *,
                    const struct tensor *);
void cpu_attend(struct backend *, const struct attention *, struct tensor *, const struct tensor *);
void cpu_delta_net(struct backend *, const struct delta_net *, struct tensor *,
                   const struct tensor *, const struct tensor *, const struct tensor *,
                   const struct tensor *);
void cpu_ffn(struct backend *, const struct ffn *, struct tensor *, const struct tensor *, bool);
size_t cpu_attention_scratch_size(size_t head_dim); // per thread
size_t cpu_attention_partials_size(const struct cache_spec *spec);
size_t cpu_delta_net_scratch_size(const struct cache_spec *spec);
size_t cpu_moe_scratch_size(const struct cache_spec *spec);
void cpu_moe(struct backend *, const struct moe *, struct tensor *, const struct tensor *, bool);

#endif
