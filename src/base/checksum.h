// checksum.h - have these bytes changed since they were written?
//
// 64 bits over a stream, for files that only their own program writes.  It finds accidents (torn
// writes, flipped bits, other content), not attackers: who may write the file may write its checksum.
// A change within one aligned word of 8 bytes is always found, because each step maps the word and
// the lane's value one to one; any other goes unnoticed once in 2^64.
//
// Faster than a disk by an order of magnitude without any instruction set: four independent chains of
// xor, rotate and multiply keep the multiplier busy.
#ifndef HEARTH_BASE_CHECKSUM_H
#define HEARTH_BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

uint64_t checksum(const void *bytes, size_t size);

#endif
