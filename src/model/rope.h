// rope.h - how fast each pair of dimensions turns, with every kind of context scaling.
#ifndef HEARTH_MODEL_ROPE_H
#define HEARTH_MODEL_ROPE_H

#include "model/hyperparams.h"

// Fills frequency[rope_dims / 2], radians per position, and returns the factor on cos and sin.
// `is_local`: for sliding layers, which are never stretched.  `divisors` (or NULL) are the file's
// rope_freqs, Llama 3's form of scaling.  Formulas: models.md section 0; YaRN: Peng et al. 2023.
float rope_frequencies(double *frequency, const struct hyperparams *hyperparams, bool is_local,
                       const float *divisors);

#endif
