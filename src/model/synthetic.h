// synthetic.h - a model of random weights in the exact shape of a published one.
//
// For measuring speed and memory without a download, and for tests: the file is complete, with a
// small byte-level vocabulary and a chat template, but what it says is noise.  Shapes that begin
// with "tiny-" cover every architecture in a few megabytes or less.
#ifndef HEARTH_MODEL_SYNTHETIC_H
#define HEARTH_MODEL_SYNTHETIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct synthetic_options {
    // Types of the weights: a mixture as published ("Q4_K_M", "Q5_K_M", "Q3_K_M", "Q2_K",
    // "UD-Q4_K_M") or the name of one format.  NULL: "Q4_K_M".
    const char *recipe;
    uint64_t seed;
    uint32_t n_layers, n_vocab, n_context; // 0: as the shape has them
    bool mtp;                              // with the block that drafts (qwen35 and qwen35moe)
    bool tied;                             // without output.weight
    const char *rope_scaling;              // NULL, "linear", "yarn" or "llama3" (rope_freqs)
    float rope_factor;
    uint32_t rope_context; // original context; 0: not stated
};

// The names of shapes; NULL past the end.
const char *synthetic_name_at(size_t i);

// How large it would be.
enum err synthetic_measure(uint64_t *size, size_t *n_tensors, const char *name,
                           const struct synthetic_options *options, struct error *error);

// The model as the bytes of a GGUF file, for gguf_open_memory() and, later, free().
enum err synthetic_make(void **bytes, size_t *size, const char *name,
                        const struct synthetic_options *options, struct error *error);

// The same bytes as a file.
enum err synthetic_write(const char *path, const char *name,
                         const struct synthetic_options *options, struct error *error);

#endif
