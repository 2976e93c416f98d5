// ops_table.h - what a backend implements.  For backend.c, ops.c and the backends only.
//
// Entries mirror backend.h and ops.h one to one; ops.c has checked the shapes before it calls.
#ifndef HEARTH_BACKEND_OPS_TABLE_H
#define HEARTH_BACKEND_OPS_TABLE_H

#include "backend/ops.h"

struct backend_ops {
    const char *name;
    const char *(*description)(const struct backend *);
    void (*close)(struct backend *);

    enum err (*load_weight)(struct backend *, struct weight *, struct error *);
    enum err (*open_tensor)(struct backend *, struct tensor *, uint32_t n_rows, uint32_t n_cols,
                            struct error *);
    enum err (*open_cache)(struct backend *, const struct cache_spec *, struct error *);
    size_t (*page_size)(const struct backend *, uint32_t i_group);
    size_t (*state_size)(const struct backend *);
    void (*copy_page)(struct backend *, uint32_t, uint32_t, uint32_t, uint32_t);
    void (*save_page)(struct backend *, uint32_t, uint32_t, void *);
    void (*restore_page)(struct backend *, uint32_t, uint32_t, const void *);
    bool restores_anywhere; // see backend.h
    void (*release_page)(struct backend *, uint32_t, uint32_t);
    void (*reset_state)(struct backend *, uint32_t);
    void (*copy_state)(struct backend *, uint32_t, uint32_t);
    void (*save_state)(struct backend *, uint32_t, void *);
    void (*restore_state)(struct backend *, uint32_t, const void *);
    void (*release_state)(struct backend *, uint32_t);
    enum err (*measure)(struct backend *, struct backend_bounds *, struct error *); // optional
    void (*step_begin)(struct backend *, const struct batch *);
    enum err (*step_end)(struct backend *, struct error *);
    const float *(*read)(struct backend *, const struct tensor *, uint32_t n_rows);

    void (*embed)(struct backend *, struct tensor *, const struct weight *, float);
    void (*norm)(struct backend *, struct tensor *, const struct tensor *, const struct weight *,
                 float, uint32_t);
    void (*add_norm)(struct backend *, struct tensor *, const struct tensor *,
                     const struct weight *, float);
    void (*project)(struct backend *, const struct projection *, uint32_t, const struct tensor *,
                    const struct weight *, float, uint32_t);
    void (*rope_store)(struct backend *, const struct attention *, struct tensor *, struct tensor *,
                       const struct tensor *);
    void (*attend)(struct backend *, const struct attention *, struct tensor *,
                   const struct tensor *);
    void (*delta_net)(struct backend *, const struct delta_net *, struct tensor *,
                      const struct tensor *, const struct tensor *, const struct tensor *,
                      const struct tensor *);
    void (*ffn)(struct backend *, const struct ffn *, struct tensor *, const struct tensor *, bool);
    void (*moe)(struct backend *, const struct moe *, struct tensor *, const struct tensor *, bool);
    void (*gather)(struct backend *, struct tensor *, const struct tensor *, const uint32_t *,
                   uint32_t);
    void (*concat)(struct backend *, struct tensor *, const struct tensor *, const struct tensor *,
                   uint32_t);
};

// The backends of this build; each is one folder.
enum err cpu_backend_open(struct backend **out, const struct backend_options *options,
                          struct error *error);
// Scratch of the CPU backend for such caches; for planning before anything is opened.
size_t cpu_scratch_size(const struct cache_spec *spec, unsigned n_threads);
enum err vulkan_backend_open(struct backend **out, const struct backend_options *options,
                             struct error *error);

#endif
