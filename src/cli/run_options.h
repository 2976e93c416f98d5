// run_options.h - what `hearth run` can be told.
#ifndef HEARTH_CLI_RUN_OPTIONS_H
#define HEARTH_CLI_RUN_OPTIONS_H

#include "cli/disk_cache.h"
#include "cli/loading.h"
#include "sample/sampler.h"

struct run_options {
    struct loading_options loading; // first
    struct disk_cache_options disk;
    const char *prompt, *prompt_file;
    uint32_t n_predict;
    bool special, ignore_eos, quiet;
    bool tools, yes; // in a chat: offer a shell; run its commands without asking
    float temperature, top_k, top_p, min_p, repeat_penalty; // below 0: the model's default
    uint64_t seed;                                          // 0: from the clock
};

void run_options_defaults(struct run_options *options);

// Overrides the model's defaults by what was given.
void run_options_apply(const struct run_options *options, struct sampling *sampling);

#endif
