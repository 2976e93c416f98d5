// peak.h - what this machine could do at best, measured: the bounds beside our own figures.
#ifndef HEARTH_BACKEND_CPU_PEAK_H
#define HEARTH_BACKEND_CPU_PEAK_H

#include <stddef.h>
#include <stdint.h>

// `n` rounds of 8-bit multiply-adds on registers, as the product kernels do them; returns how many
// multiply-adds that was.  One per instruction set; the scalar one is plain C.
uint64_t peak_rounds_scalar(uint64_t n);
uint64_t peak_rounds_avx2(uint64_t n);
uint64_t peak_rounds_neon(uint64_t n);

#endif
