// serve_sampling.h - how answers are sampled where a request says nothing: the command line's word.
#ifndef HEARTH_CLI_SERVE_SAMPLING_H
#define HEARTH_CLI_SERVE_SAMPLING_H

#include "api/request.h"
#include "cli/serve_flags.h"

struct serve_sampling {
    struct sampling_wish wish; // points to what follows
    struct str breakers[SERVE_LIST_MAX];
    struct bias_wish biases[SERVE_LIST_MAX];
};

// SERVE_UNSET and NAN stay unset.  ERR_ARGUMENT names the flag.
enum err serve_sampling_read(struct serve_sampling *out, const struct serve_options *options,
                             struct error *error);

#endif
