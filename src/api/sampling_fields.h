// sampling_fields.h - what clients of all dialects may say about sampling, in llama-server's names.
//
// Anthropic's and OpenAI's own fields are among them, so one table serves every body.  What no sampler
// of ours does is not an error: it is listed, for the log.
#ifndef HEARTH_API_SAMPLING_FIELDS_H
#define HEARTH_API_SAMPLING_FIELDS_H

#include "api/request.h"

void sampling_wish_init(struct sampling_wish *wish); // nothing is said
// What `over` says replaces what `wish` says; the lists stay those of `over`.
void sampling_wish_apply(struct sampling_wish *wish, const struct sampling_wish *over);

// Reads request->body into request->sampling and request->ignored.  ERR_ARGUMENT names the field.
enum err sampling_fields_read(struct api_request *request, struct error *error);

#endif
