// serve_models.h - where on this machine is the file of a Hugging Face repository?
#ifndef HEARTH_CLI_SERVE_MODELS_H
#define HEARTH_CLI_SERVE_MODELS_H

#include "base/error.h"

// Looks for "user/model[:quant]" (and `file`, or NULL) in the caches of llama.cpp and of the Hugging
// Face tools; without a quant Q4_K_M is preferred.  *out is the caller's to free.  ERR_NOT_FOUND says
// which file to download, and where to put it.
enum err serve_find_model(char **out, const char *repo, const char *file, struct error *error);

#endif
