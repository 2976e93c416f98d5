// arch_table.h - the architectures we know: one row each, in sight.
#ifndef HEARTH_MODEL_ARCH_TABLE_H
#define HEARTH_MODEL_ARCH_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/ops.h"
#include "base/str.h"

enum arch_trait {
    ARCH_QK_NORM = 1 << 0,          // per-head norms of q and k before RoPE
    ARCH_QKV_BIAS = 1 << 1,         // biases on q, k, v are required
    ARCH_OPTIONAL_BIAS = 1 << 2,    // attention biases where the file has them
    ARCH_POST_NORM = 1 << 3,        // norms after attention and after the FFN
    ARCH_SCALED_EMBEDDING = 1 << 4, // embeddings times sqrt(n_model)
    ARCH_HYBRID = 1 << 5,           // gated DeltaNet layers; attention output is gated
    ARCH_MOE = 1 << 6,              // experts in every layer
    ARCH_MAYBE_MOE = 1 << 7,        // experts where the file has them
    ARCH_SHARED_EXPERT = 1 << 8,
    ARCH_SLIDING = 1 << 9, // some layers see a window only
};

struct arch {
    const char *name; // general.architecture
    unsigned traits;
    bool rope_interleaved;
    enum activation activation;
    const char *ffn_norm; // tensor name part of the norm before the FFN
};

const struct arch *arch_find(struct str name); // or NULL
const struct arch *arch_at(unsigned i);        // NULL past the end, for listings

#endif
