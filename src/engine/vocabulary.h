// vocabulary.h - a tokenizer's tokens as sampling wants them: which may be chosen, and for constraints
// their bytes and what each stands for.
#ifndef HEARTH_ENGINE_VOCABULARY_H
#define HEARTH_ENGINE_VOCABULARY_H

#include "sample/constraint.h"
#include "text/tokenizer.h"

// Copies what it needs.  Close with constraint_vocabulary_close().  ERR_MEMORY.
enum err vocabulary_open(struct constraint_vocabulary **out, const struct tokenizer *tokenizer,
                         struct error *error);

// The tokens that may be sampled, a bit each, [n_vocab / 64 rounded up]; logits have n_vocab rows, more
// than there are tokens where a vocabulary is padded to a round number.  NULL when there is nothing to
// forbid, or no tokenizer.  To be freed.
uint64_t *vocabulary_samplable(const struct tokenizer *tokenizer, uint32_t n_vocab);

#endif
