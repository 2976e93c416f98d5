// host_sampling.h - how one answer is sampled.  For the host's files only.
#ifndef HEARTH_SERVER_HOST_SAMPLING_H
#define HEARTH_SERVER_HOST_SAMPLING_H

#include "api/request.h"
#include "sample/sampler.h"

struct host;

struct host_sampling {
    struct sampling sampling; // points to what follows
    struct token_bias *biases;
    token_id *breakers;
};

// `thinks`: the answer begins with thinking, which some makers want sampled differently.
void host_sampling_make(const struct host *host, struct host_sampling *out,
                        const struct api_request *request, bool thinks, size_t i_choice);
// The same where a request says nothing, every field set.
void host_sampling_tell(const struct host *host, struct sampling_wish *out);
void host_sampling_release(struct host_sampling *sampling);

#endif
