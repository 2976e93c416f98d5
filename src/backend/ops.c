// ops.c - shapes are checked here, then the backend runs.
#include "backend/ops.h"
#include "backend/ops_table.h"

#include <assert.h>

static void check_vector(const struct weight *weight, uint32_t n)
{
    assert(weight->dtype == DTYPE_F32);
    assert(weight->n_in == n && weight->n_out == 1 && weight->n_experts == 1);
}

static void check_matrix(const struct weight *weight, uint32_t n_in, uint32_t n_out)
{
    assert(weight->data || weight->device);
    assert(weight->n_in == n_in && weight->n_out == n_out);
}

void op_embed(struct backend *backend, struct tensor *x, const struct weight *table, float scale)
{
    check_matrix(table, x->n_cols, table->n_out);
    backend->ops->embed(backend, x, table, scale);
}

void op_norm(struct backend *backend, struct tensor *y, const struct tensor *x,
             const struct weight *weight, float eps, uint32_t n_rows)
{
    check_vector(weight, x->n_cols);
    assert(y->n_cols == x->n_cols && n_rows <= x->n_rows && n_rows <= y->n_rows);
    backend->ops->norm(backend, y, x, weight, eps, n_rows);
}

void op_add_norm(struct backend *backend, struct tensor *x, const struct tensor *a,
                 const struct weight *weight, float eps)
{
    check_vector(weight, x->n_cols);
    assert(a->n_cols == x->n_cols);
    backend->ops->add_norm(backend, x, a, weight, eps);
}

void op_project(struct backend *backend, const struct projection *projections, uint32_t n,
                const struct tensor *x, const struct weight *norm, float eps, uint32_t n_rows)
{
    assert(n > 0 && n_rows <= x->n_rows);
    if (norm)
        check_vector(norm, x->n_cols);
    for (uint32_t i = 0; i < n; i++) {
        const struct projection *p = &projections[i];
        check_matrix(p->weight, x->n_cols, p->out->n_cols);
        assert(n_rows <= p->out->n_rows && p->out->memory != x->memory);
        if (p->bias)
            check_vector(p->bias, p->out->n_cols);
    }
    backend->ops->project(backend, projections, n, x, norm, eps, n_rows);
}

static void check_attention(const struct attention *a)
{
    assert(a->n_heads % a->n_kv_heads == 0);
    assert(a->i_group < KV_GROUPS_MAX && a->i_rope < ROPES_MAX);
    if (a->q_norm)
        check_vector(a->q_norm, a->head_dim);
    if (a->k_norm)
        check_vector(a->k_norm, a->head_dim);
}

void op_rope_store(struct backend *backend, const struct attention *attention, struct tensor *q,
                   struct tensor *k, const struct tensor *v)
{
    check_attention(attention);
    assert(q->n_cols == attention->n_heads * attention->head_dim * (attention->gated ? 2 : 1));
    assert(k->n_cols == attention->n_kv_heads * attention->head_dim && v->n_cols == k->n_cols);
    backend->ops->rope_store(backend, attention, q, k, v);
}

void op_attend(struct backend *backend, const struct attention *attention, struct tensor *out,
               const struct tensor *q)
{
    check_attention(attention);
    assert(q->n_cols == attention->n_heads * attention->head_dim * (attention->gated ? 2 : 1));
    assert(out->n_cols == attention->n_heads * attention->head_dim);
    backend->ops->attend(backend, attention, out, q);
}

void op_delta_net(struct backend *backend, const struct delta_net *d, struct tensor *out,
                  const struct tensor *u, const struct tensor *z, const struct tensor *alpha,
                  const struct tensor *beta)
{
    uint32_t channels = (2 * d->n_k_heads + d->n_v_heads) * d->head_dim;
    assert(d->n_v_heads % d->n_k_heads == 0 && d->conv_kernel >= 2);
    assert(u->n_cols == channels && z->n_cols == d->n_v_heads * d->head_dim);
    assert(out->n_cols == z->n_cols && alpha->n_cols == d->n_v_heads);
    assert(beta->n_cols == d->n_v_heads);
    check_matrix(d->conv, d->conv_kernel, channels);
    assert(d->conv->dtype == DTYPE_F32);
    check_vector(d->dt, d->n_v_heads);
    check_vector(d->a, d->n_v_heads);
    check_vector(d->norm, d->head_dim);
    backend->ops->delta_net(backend, d, out, u, z, alpha, beta);
}

void op_ffn(struct backend *backend, const struct ffn *ffn, struct tensor *y,
            const struct tensor *x, bool adds)
{
    check_vector(ffn->norm, x->n_cols);
    check_matrix(ffn->gate, x->n_cols, ffn->down->n_in);
    check_matrix(ffn->up, x->n_cols, ffn->down->n_in);
    check_matrix(ffn->down, ffn->gate->n_out, y->n_cols);
    backend->ops->ffn(backend, ffn, y, x, adds);
}

void op_moe(struct backend *backend, const struct moe *moe, struct tensor *y,
            const struct tensor *x, bool adds)
{
    check_vector(moe->norm, x->n_cols);
    check_matrix(moe->router, x->n_cols, moe->gate->n_experts);
    check_matrix(moe->gate, x->n_cols, moe->down->n_in);
    check_matrix(moe->up, x->n_cols, moe->down->n_in);
    check_matrix(moe->down, moe->gate->n_out, y->n_cols);
    assert(moe->n_used >= 1 && moe->n_used <= moe->gate->n_experts);
    assert(moe->up->n_experts == moe->gate->n_experts);
    assert(moe->down->n_experts == moe->gate->n_experts);
    if (moe->shared_router) {
        check_vector(moe->shared_router, x->n_cols);
        check_matrix(moe->shared_gate, x->n_cols, moe->shared_down->n_in);
        check_matrix(moe->shared_up, x->n_cols, moe->shared_down->n_in);
        check_matrix(moe->shared_down, moe->shared_gate->n_out, y->n_cols);
    }
    backend->ops->moe(backend, moe, y, x, adds);
}

void op_gather(struct backend *backend, struct tensor *y, const struct tensor *x,
               const uint32_t *rows, uint32_t n_rows)
{
    assert(y->n_cols == x->n_cols && n_rows <= y->n_rows);
    for (uint32_t i = 0; i < n_rows; i++)
        assert(rows[i] < x->n_rows);
    backend->ops->gather(backend, y, x, rows, n_rows);
}

void op_concat(struct backend *backend, struct tensor *y, const struct tensor *a,
               const struct tensor *b, uint32_t n_rows)
{
    assert(y->n_cols == a->n_cols + b->n_cols);
    assert(n_rows <= y->n_rows && n_rows <= a->n_rows && n_rows <= b->n_rows);
    backend->ops->concat(backend, y, a, b, n_rows);
}
