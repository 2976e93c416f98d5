// readers.h - from each dialect's JSON to the neutral request.  For the dialects' tables only.
#ifndef HEARTH_API_READERS_H
#define HEARTH_API_READERS_H

#include "api/request.h"

enum err anthropic_read(struct api_request *request, struct error *error);
enum err chat_read(struct api_request *request, struct error *error);
enum err completions_read(struct api_request *request, struct error *error);
enum err responses_read(struct api_request *request, struct error *error);
enum err llama_read(struct api_request *request, struct error *error);

#endif
