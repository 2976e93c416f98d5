// llama_settings.h - how llama-server shows what an answer is sampled with: the generation_settings of
// /completion and the params of /props and /slots.
#ifndef HEARTH_API_LLAMA_SETTINGS_H
#define HEARTH_API_LLAMA_SETTINGS_H

#include "api/request.h"

// `sampling` has every field set; without a request they are the defaults.
void llama_put_settings(struct buf *out, const struct sampling_wish *sampling,
                        const struct api_request *request);

#endif
