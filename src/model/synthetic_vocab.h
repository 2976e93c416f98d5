// synthetic_vocab.h - the vocabulary of a synthetic model.  For synthetic.c.
#ifndef HEARTH_MODEL_SYNTHETIC_VOCAB_H
#define HEARTH_MODEL_SYNTHETIC_VOCAB_H

#include "tensor/gguf_write.h"

enum { SYNTHETIC_VOCAB_MIN = 320 };

// Puts the tokenizer's keys: n_tokens >= SYNTHETIC_VOCAB_MIN tokens of byte-level BPE, cut by the
// pre-tokenizer `pre`, and a ChatML template.
void synthetic_vocab_put(struct gguf_writer *writer, const char *pre, uint32_t n_tokens);

#endif
