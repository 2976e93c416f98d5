// random.h - random weights in the shape of a model.
//
// Blocks of any format with valid, finite values of a wanted deviation: enough to measure speed
// and memory, and to compare two ways of computing the same.  They are no quantisation of anything.
#ifndef HEARTH_TENSOR_RANDOM_H
#define HEARTH_TENSOR_RANDOM_H

#include <stddef.h>

#include "base/rng.h"
#include "tensor/dtype.h"

// Fills n_blocks blocks (of one value for plain floats) with values of mean about 0 and standard
// deviation about `deviation`.  The same on every machine for the same state of `rng`.
void random_blocks(enum dtype dtype, void *blocks, size_t n_blocks, float deviation,
                   struct rng *rng);

// n floats around `mean`, uniformly within `spread` of it: for norms and biases.
void random_floats(float *values, size_t n, float mean, float spread, struct rng *rng);

#endif
