// backend.h - where arithmetic happens, and who owns the big memory.
//
// A backend holds the device form of weights, the activations, the KV pages and the recurrent
// states of one model, and offers the coarse operations of ops.h over them.  The CPU runs an
// operation when it is called; a GPU may record it and run at step_end().  Nothing is read back
// between the token ids going in and the logits coming out.
//
// One thread (the engine's) uses a backend.  Pages and states are opaque numbers below the limits
// given at open; who holds which is the engine's business (engine/kv_cache.h).
#ifndef HEARTH_BACKEND_BACKEND_H
#define HEARTH_BACKEND_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/token.h"
#include "tensor/dtype.h"

enum {
    KV_PAGE_TOKENS = 64, // tokens in a KV page; attention walks pages at absolute positions
    KV_GROUPS_MAX = 2,   // layers whose pages live equally long: full attention, sliding window
    ROPES_MAX = 2,
};

#define PAGE_NONE UINT32_MAX

// A stored matrix, or `n_experts` of them: y = W x, with n_out rows of n_in contiguous values.
// Vectors (norms, biases) are weights with n_out == 1.
struct weight {
    enum dtype dtype;
    uint32_t n_in, n_out, n_experts; // n_experts is 1 for a plain matrix
    size_t expert_size;              // bytes from one expert's first row to the next one's
    const void *data;                // host bytes; NULL: this weight is absent
    void *device;                    // the backend's own form, where it has one
};

// f32 activations, [n_rows, n_cols], rows contiguous.
struct tensor {
    void *memory; // the backend's; on the CPU a float *
    uint32_t n_rows, n_cols;
};

struct rope_spec {
    bool interleaved;        // pairs (2i, 2i+1) instead of (i, i + n_dims / 2)
    uint32_t n_dims;         // leading dims of a head that turn; 0: this rope is not used
    const double *frequency; // [n_dims / 2] radians per position, scaling included
    float magnitude;         // factor on cos and sin (YaRN)
};

struct kv_group {
    uint32_t n_layers, n_kv_heads, head_dim; // K and V have the same width
    uint32_t n_pages_max;
};

// What the caches of a model hold.
struct cache_spec {
    enum dtype k_type, v_type; // F32, F16, Q8_0, Q5_0 or Q4_0
    uint32_t n_groups;
    struct kv_group groups[KV_GROUPS_MAX];
    struct rope_spec ropes[ROPES_MAX];
    uint32_t n_state_layers;            // recurrent layers; 0: no states
    uint32_t n_conv_channels;           // DeltaNet: width of Q | K | V
    uint32_t n_conv_floats, n_s_floats; // per state and layer: conv window, then S
    uint32_t n_states_max;
    // Scratch is sized by these, so that a step allocates nothing.
    uint32_t n_rows_max; // most rows in a batch
    uint32_t n_model;    // width of the residual stream
    uint32_t n_cols_max; // widest row that is multiplied with a weight, FFN inner rows excepted
    uint32_t n_ff, n_ff_expert; // FFN inner widths: dense, and the widest of an expert; 0: none
    uint32_t n_heads, n_v_heads_state;  // query heads of attention; V heads of DeltaNet
    uint32_t n_experts, n_experts_used; // 0 without experts
};

// Consecutive rows of a batch that belong to one sequence.
struct batch_sequence {
    uint32_t n_rows;
    uint32_t position;                    // of the first row; rows continue it one by one
    uint32_t i_state;                     // recurrent state, updated in place
    const uint32_t *pages[KV_GROUPS_MAX]; // page of positions 64 i .. 64 i + 63; PAGE_NONE where a
                                          // window has left it behind
};

struct batch {
    const token_id *tokens; // [n_rows]
    uint32_t n_rows;
    const struct batch_sequence *sequences;
    uint32_t n_sequences;
};

struct backend_options {
    unsigned n_threads;    // 0: as many as there are cores for arithmetic
    unsigned cpu_features; // bits of enum cpu_feature the kernels may use; UINT_MAX: all there are
};

struct backend {
    const struct backend_ops *ops; // ops_table.h: for ops.c and the backends only
};

// `name` is "cpu" or "vulkan".  Fails with ERR_UNSUPPORTED when this build or machine lacks it.
enum err backend_open(struct backend **out, const char *name, const struct backend_options *options,
                      struct error *error);
void backend_close(struct backend *backend); // weights, tensors and caches go with it
const char *backend_name(const struct backend *backend);
const char *backend_description(const struct backend *backend); // "cpu, avx2, 2 threads"

// ---- memory ----
// Prepares a weight whose host bytes, dtype and shape are filled in.  ERR_UNSUPPORTED names a format
// the backend cannot compute with.  The host bytes must outlive the backend.
enum err backend_load_weight(struct backend *backend, struct weight *weight, struct error *error);
enum err backend_open_tensor(struct backend *backend, struct tensor *out, uint32_t n_rows,
                             uint32_t n_cols, struct error *error);
// Once, before the first step.  Memory is reserved here and committed as pages and states are used.
enum err backend_open_cache(struct backend *backend, const struct cache_spec *spec,
                            struct error *error);

// About what the CPU backend's scratch takes for such caches, for planning; bytes.
size_t backend_scratch_size(const struct cache_spec *spec, unsigned n_threads);

size_t backend_page_size(const struct backend *backend, uint32_t i_group); // bytes
size_t backend_state_size(const struct backend *backend);                  // bytes
// A page's first `n_tokens` tokens, all layers; what lies behind them is undefined afterwards.
void backend_copy_page(struct backend *backend, uint32_t i_group, uint32_t to, uint32_t from,
                       uint32_t n_tokens);
void backend_save_page(struct backend *backend, uint32_t i_group, uint32_t page, void *bytes);
void backend_restore_page(struct backend *backend, uint32_t i_group, uint32_t page,
                          const void *bytes);
// Whether any thread may restore a page that nothing else uses meanwhile.
bool backend_restores_anywhere(const struct backend *backend);
void backend_release_page(struct backend *backend, uint32_t i_group, uint32_t page);
void backend_reset_state(struct backend *backend, uint32_t state); // as at position 0
void backend_copy_state(struct backend *backend, uint32_t to, uint32_t from);
void backend_save_state(struct backend *backend, uint32_t state, void *bytes);
void backend_restore_state(struct backend *backend, uint32_t state, const void *bytes);
void backend_release_state(struct backend *backend, uint32_t state); // gives its memory back

// ---- bounds ----
// What the machine could do at best with this backend's threads; takes about a second.
struct backend_bounds {
    double bytes_per_s;         // reading memory
    double multiply_adds_per_s; // 8-bit, as in products with quantised weights
};
enum err backend_measure(struct backend *backend, struct backend_bounds *bounds,
                         struct error *error);

// ---- a step ----
// Operations between begin and end belong to one forward pass over `batch` (borrowed until end).
void backend_step_begin(struct backend *backend, const struct batch *batch);
enum err backend_step_end(struct backend *backend, struct error *error);
// The first n_rows rows of a tensor on the host, valid until the next step begins; after step_end.
const float *backend_read(struct backend *backend, const struct tensor *tensor, uint32_t n_rows);

#endif
