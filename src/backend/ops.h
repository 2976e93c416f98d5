// ops.h - the operations a forward pass is made of.
//
// Shapes are checked here, once for all backends.  Every tensor's n_rows is the room it has; an
// operation touches the rows of the running batch (or `n_rows` where it says so).  A row's result
// depends neither on the other rows of the batch nor on the number of threads.
//
// Reductions and everything delicate (norms, softmax, router, gates, convolution, recurrent state,
// RoPE) are f32; products with quantised weights take activations rounded to 8 bits per block, the
// same way in every kernel (docs/design/cpu.md).
#ifndef HEARTH_BACKEND_OPS_H
#define HEARTH_BACKEND_OPS_H

#include "backend/backend.h"

enum activation { ACT_SILU, ACT_GELU_TANH };

// x[r] = scale * row tokens[r] of `table`, for the batch's tokens.
void op_embed(struct backend *backend, struct tensor *x, const struct weight *table, float scale);

// y = norm(x) for n_rows rows; norm(x) = x * weight / sqrt(mean(x^2) + eps).
void op_norm(struct backend *backend, struct tensor *y, const struct tensor *x,
             const struct weight *weight, float eps, uint32_t n_rows);

// x += norm(a), over the batch.
void op_add_norm(struct backend *backend, struct tensor *x, const struct tensor *a,
                 const struct weight *weight, float eps);

// out = weight * in + bias, or out += ... when `adds`.
struct projection {
    struct tensor *out; // [n_rows, weight->n_out]
    const struct weight *weight;
    const struct weight *bias; // [n_out] F32, or NULL
    bool adds;
};
// Several projections of one input, normed first when `norm` is given, for n_rows rows.
void op_project(struct backend *backend, const struct projection *projections, uint32_t n,
                const struct tensor *x, const struct weight *norm, float eps, uint32_t n_rows);

struct attention {
    uint32_t n_heads, n_kv_heads, head_dim;
    bool gated; // q rows hold per head head_dim of q, then head_dim of gate
    const struct weight *q_norm, *k_norm; // per-head norms [head_dim] before RoPE, or NULL
    float eps;
    uint32_t i_rope;           // of cache_spec.ropes
    float scale;               // on q.k
    uint32_t window;           // a query at p sees keys p - window + 1 .. p; 0: all
    uint32_t i_group, i_layer; // where K and V are kept
};
// Norms and rotates q (in place) and k, and stores k and v at their positions.
void op_rope_store(struct backend *backend, const struct attention *attention, struct tensor *q,
                   struct tensor *k, const struct tensor *v);
// out = attention over the stored K and V, times sigmoid(gate) when gated.  out: [n, heads * dim].
void op_attend(struct backend *backend, const struct attention *attention, struct tensor *out,
               const struct tensor *q);

// Gated DeltaNet (models.md section 3.3): convolution, normalised q and k, the recurrence, and the
// gated norm of its output.  Updates the state of each sequence.
struct delta_net {
    uint32_t n_k_heads, n_v_heads, head_dim, conv_kernel;
    const struct weight *conv;   // [channels, conv_kernel], oldest tap first
    const struct weight *dt, *a; // [n_v_heads]; a is -exp(A_log)
    const struct weight *norm;   // [head_dim]
    float eps;
    uint32_t i_layer; // among the recurrent layers
};
// u: [n, channels] with Q | K | V; z: [n, n_v_heads * head_dim]; alpha, beta: [n, n_v_heads].
void op_delta_net(struct backend *backend, const struct delta_net *delta_net, struct tensor *out,
                  const struct tensor *u, const struct tensor *z, const struct tensor *alpha,
                  const struct tensor *beta);

// y = down (act(gate x') * up x') with x' = norm(x); y += ... when `adds`.
struct ffn {
    const struct weight *norm, *gate, *up, *down;
    enum activation activation;
    float eps;
};
void op_ffn(struct backend *backend, const struct ffn *ffn, struct tensor *y,
            const struct tensor *x, bool adds);

// Routed experts and an optional shared one.  The n_used largest router logits (ties: lowest
// index) are weighted by softmax over themselves, times `scale`.
struct moe {
    const struct weight *norm, *router;
    const struct weight *gate, *up, *down; // n_experts matrices each
    uint32_t n_used;
    float scale, eps;
    const struct weight *shared_router; // [d], or NULL: no shared expert
    const struct weight *shared_gate, *shared_up, *shared_down;
};
void op_moe(struct backend *backend, const struct moe *moe, struct tensor *y,
            const struct tensor *x, bool adds);

// y[i] = x[rows[i]] for n_rows rows.
void op_gather(struct backend *backend, struct tensor *y, const struct tensor *x,
               const uint32_t *rows, uint32_t n_rows);

// y = a | b, column-wise, for n_rows rows.
void op_concat(struct backend *backend, struct tensor *y, const struct tensor *a,
               const struct tensor *b, uint32_t n_rows);

#endif
