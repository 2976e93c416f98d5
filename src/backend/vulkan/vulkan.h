// vulkan.h - the Vulkan backend's own object, shared by the files of this folder.
//
// vulkan.c opens it and fills the table; step.c begins and ends steps; rows.c, attention.c,
// delta_net.c and moe.c record operations; cache.c holds pages and states.  Below them, device.c,
// memory.c, pipelines.c, commands.c and transfer.c know Vulkan and nothing of models.
//
// An operation begins with a barrier, so it sees what earlier operations wrote, and puts one between
// those of its own dispatches that depend on each other.
#ifndef HEARTH_BACKEND_VULKAN_VULKAN_H
#define HEARTH_BACKEND_VULKAN_VULKAN_H

#include "backend/ops_table.h"
#include "backend/vulkan/transfer.h"
#include "base/arena.h"

// Bytes of a weight on the device, as the file has them.
struct device_weight {
    struct region region;
    const void *data; // the host's copy; a view of part of it has another weight.data
};

// K and V of one KV group.  Per layer: [n_pages_max][n_kv_heads][KV_PAGE_TOKENS][head_dim].
struct vulkan_pages {
    struct region *k, *v; // [n_layers]
    VkDeviceSize part;    // bytes of K (and of V) of one layer of a page
};

// What a step's shaders read beside activations and weights; cut from `upload` by step.c.
struct step_input {
    struct region tokens;           // [n_rows]
    struct region rows;             // [n_rows], rows.glsl
    struct region sequences;        // [n_sequences], states.glsl
    struct region pages;            // page tables, one after the other
    struct region ropes[ROPES_MAX]; // [n_rows][n_dims / 2] cos and sin
    struct region picked;           // rows of op_gather
};

struct vulkan {
    struct backend backend; // first
    struct device device;
    struct memory memory;
    struct commands commands;
    struct transfer transfer;
    struct pipelines pipelines;
    struct arena arena; // regions of weights, tensors and caches
    char description[VK_MAX_PHYSICAL_DEVICE_NAME_SIZE + 16];

    struct cache_spec spec;
    struct vulkan_pages pages[KV_GROUPS_MAX];
    struct region *states;   // per layer: [n_states_max][conv window, then S of all heads]
    VkDeviceSize state_part; // bytes of one layer of a state
    uint32_t delta_dim;

    const struct batch *batch; // during a step
    struct region upload;
    struct step_input input;
    float *read; // what vulkan_read() returned last
    size_t read_size;

    // Step scratch, [n_rows_max or pairs][...]; vulkan.c has the sizes.
    struct region normed;            // input of a product
    struct region gate, up, outputs; // FFN and experts
    struct region shared_output, shared_gate, logits, chosen, share, tiles, order;
    struct region convolved;
};

static inline struct vulkan *vulkan_of(struct backend *backend)
{
    return (struct vulkan *)backend;
}
static inline const struct region *tensor_region(const struct tensor *tensor)
{
    return tensor->memory;
}
static inline const struct region *weight_region(const struct weight *weight)
{
    return &((const struct device_weight *)weight->device)->region;
}
static inline uint32_t groups_of(uint32_t n, uint32_t group)
{
    return (n + group - 1) / group;
}

// Records a dispatch, by the fields of struct dispatch; .dtype is left out where no stored format is
// read (DTYPE_F32 is 0).  PUSH(values) are its push constants, in the order of the shader's block.
#define VULKAN_DISPATCH(vulkan, ...)                                                               \
    commands_dispatch(&(vulkan)->commands, &(vulkan)->pipelines, &(struct dispatch){__VA_ARGS__})
#define PUSH(values) .push = &(values), .push_size = sizeof(values)

// ---- cache.c ----
enum err vulkan_open_pages(struct vulkan *vulkan, struct error *error);
enum err vulkan_open_states(struct vulkan *vulkan, struct error *error);
size_t vulkan_page_size(const struct backend *, uint32_t i_group);
size_t vulkan_state_size(const struct backend *);
void vulkan_copy_page(struct backend *, uint32_t, uint32_t to, uint32_t from, uint32_t n_tokens);
void vulkan_save_page(struct backend *, uint32_t, uint32_t page, void *);
void vulkan_restore_page(struct backend *, uint32_t, uint32_t page, const void *);
void vulkan_release_page(struct backend *, uint32_t, uint32_t page);
void vulkan_reset_state(struct backend *, uint32_t);
void vulkan_copy_state(struct backend *, uint32_t to, uint32_t from);
void vulkan_save_state(struct backend *, uint32_t, void *);
void vulkan_restore_state(struct backend *, uint32_t, const void *);
void vulkan_release_state(struct backend *, uint32_t);

// ---- step.c ----
void vulkan_step_begin(struct backend *, const struct batch *);
enum err vulkan_step_end(struct backend *, struct error *);
const float *vulkan_read(struct backend *, const struct tensor *, uint32_t n_rows);

// ---- rows.c ----
// Parts of rows: head h of row r is the n_cols values from r * row_stride + h * head_stride.
struct parts {
    uint32_t n_rows, row_stride;
    uint32_t n_heads, head_stride, n_cols;
};
enum norm_mode { NORM_PLAIN, NORM_ADD, NORM_UNIT }; // norm.comp's
void vulkan_norm_parts(struct vulkan *vulkan, enum norm_mode mode, const struct region *y,
                       const struct region *x, const struct weight *weight, struct parts parts,
                       float eps);
// y = activation(gate) * up; y may be gate or up.
void vulkan_gate_rows(struct vulkan *vulkan, const struct region *y, const struct region *gate,
                      const struct region *up, enum activation activation, uint32_t n_rows,
                      uint32_t n_cols);
// norm(x) in scratch, behind a barrier; x itself when norm is NULL.
const struct region *vulkan_normed(struct vulkan *vulkan, const struct tensor *x,
                                   const struct weight *norm, float eps, uint32_t n_rows);
// y = weight x + bias.  Of a weight of several experts, row r of y uses expert chosen[r].
struct product {
    const struct region *y, *x;
    const struct weight *weight, *bias; // bias may be NULL
    uint32_t n_rows, rows_per_x;        // rows_per_x 0 stands for 1
    bool has_experts;                   // those of v->chosen, grouped by vulkan_moe()
    bool adds;
};
// Pairs of a row and an expert are grouped once an expert has more than one of them on average.
static inline bool groups_pairs(uint32_t n_pairs, uint32_t n_experts)
{
    return n_pairs > n_experts;
}
// Tiles of grouped pairs at most: one begun by each expert, the others full.
static inline uint32_t tiles_max(uint32_t n_pairs, uint32_t n_experts)
{
    uint32_t n = n_pairs / PRODUCT_TILE_ROWS + n_experts;
    return n < n_pairs ? n : n_pairs;
}
void vulkan_product(struct vulkan *vulkan, const struct product *product);
// y (+)= down (activation(gate x) * up x), by way of v->gate and v->up.
void vulkan_gated_ffn(struct vulkan *vulkan, const struct region *y, const struct region *x,
                      const struct weight *gate, const struct weight *up, const struct weight *down,
                      enum activation activation, bool adds);
void vulkan_embed(struct backend *, struct tensor *, const struct weight *, float);
void vulkan_norm(struct backend *, struct tensor *, const struct tensor *, const struct weight *,
                 float, uint32_t);
void vulkan_add_norm(struct backend *, struct tensor *, const struct tensor *,
                     const struct weight *, float);
void vulkan_project(struct backend *, const struct projection *, uint32_t, const struct tensor *,
                    const struct weight *, float, uint32_t);
void vulkan_ffn(struct backend *, const struct ffn *, struct tensor *, const struct tensor *, bool);
void vulkan_gather(struct backend *, struct tensor *, const struct tensor *, const uint32_t *,
                   uint32_t);
void vulkan_concat(struct backend *, struct tensor *, const struct tensor *, const struct tensor *,
                   uint32_t);

// ---- attention.c, delta_net.c, moe.c ----
void vulkan_rope_store(struct backend *, const struct attention *, struct tensor *, struct tensor *,
                       const struct tensor *);
void vulkan_attend(struct backend *, const struct attention *, struct tensor *,
                   const struct tensor *);
void vulkan_delta_net(struct backend *, const struct delta_net *, struct tensor *,
                      const struct tensor *, const struct tensor *, const struct tensor *,
                      const struct tensor *);
void vulkan_moe(struct backend *, const struct moe *, struct tensor *, const struct tensor *, bool);

#endif
