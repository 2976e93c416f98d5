// built_in.h - Ember, the model inside the program.
//
// What commands use when nobody names a model.  It is there when models/ember.gguf was there at
// build time; docs/design/built-in.md says why it is part of the program.
#ifndef HEARTH_CLI_BUILT_IN_H
#define HEARTH_CLI_BUILT_IN_H

#include <stddef.h>

#include "base/error.h"

#define BUILT_IN_NAME "ember"

struct gguf;

// The file's bytes, for as long as the program runs; NULL and 0 when it was built without them.
const void *built_in_bytes(size_t *size);

// ERR_ARGUMENT, asking for a model of the user's, when there is none.
enum err built_in_check(struct error *error);
enum err built_in_open(struct gguf **out, struct error *error);

#endif
