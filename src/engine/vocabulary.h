// vocabulary.h - a tokenizer's tokens as constraints want them: bytes, and what each stands for.
#ifndef HEARTH_ENGINE_VOCABULARY_H
#define HEARTH_ENGINE_VOCABULARY_H

#include "sample/constraint.h"
#include "text/tokenizer.h"

// Copies what it needs.  Close with constraint_vocabulary_close().  ERR_MEMORY.
enum err vocabulary_open(struct constraint_vocabulary **out, const struct tokenizer *tokenizer,
                         struct error *error);

#endif
