// family_defaults.h - how do a model's makers want it sampled?
//
// What applies when a client sends nothing: the file's own recommendation (general.sampling.*) where
// it has one, else the model card's, by family.  Families are the keys in chat/dialect_table.c.
#ifndef HEARTH_SAMPLE_FAMILY_DEFAULTS_H
#define HEARTH_SAMPLE_FAMILY_DEFAULTS_H

#include "sample/sampler.h"
#include "tensor/gguf_read.h"

// Fills all of `out`; its seed is 0.  An unknown family is sampled like llama.cpp does.  `thinks`
// says whether the answer begins with thinking, which some cards want sampled differently.  `gguf`
// may be NULL.
void sampling_defaults(struct sampling *out, const char *family, bool thinks,
                       const struct gguf *gguf);

#endif
