// rng.h - small, seedable random numbers (splitmix64 seeding xoshiro256**, Blackman and Vigna).
//
// Good for sampling and for tests; never for keys or signatures.
#ifndef HEARTH_BASE_RNG_H
#define HEARTH_BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t state[4];
};

void rng_seed(struct rng *rng, uint64_t seed);
uint64_t rng_next(struct rng *rng);              // 64 uniform bits
double rng_uniform(struct rng *rng);             // [0, 1), 53 bits
uint64_t rng_below(struct rng *rng, uint64_t n); // [0, n), n > 0, unbiased
float rng_normal(struct rng *rng);               // mean 0, deviation 1

#endif
