// llama_settings.h - how llama-server shows what an answer is sampled with: the generation_settings of
// /completion and the params of /props and /slots.
#ifndef HEARTH_API_LLAMA_SETTINGS_H
#define HEARTH_API_LLAMA_SETTINGS_H

#include "api/request.h"

struct llama_settings {
    struct sampling_wish sampling; // every field set
    int64_t max_tokens;            // FIELD_UNSET: as many as fit
    int64_t n_top;
    bool is_stream, ignores_end;
};

// Without a request: what one gets that asks for nothing.
struct llama_settings llama_settings_of(const struct sampling_wish *sampling,
                                        const struct api_request *request);

// With `shows_texts` the texts and lists too: the request's, or without one the defaults'.
void llama_put_settings(struct buf *out, const struct llama_settings *settings, bool shows_texts,
                        const struct api_request *request);

#endif
