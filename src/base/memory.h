// memory.h - the two kinds of allocation.
//
// Small bookkeeping (mem_new and friends) ends the program when it fails: a recovery path that
// nobody can test is worse.  Anything big or sized from outside goes through mem_try_*, which
// returns NULL; tests make the n-th of those fail (mem_fail_after) and watch the caller report it.
#ifndef HEARTH_BASE_MEMORY_H
#define HEARTH_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KIB             ((size_t)1024)
#define MIB             (KIB * 1024)
#define GIB             (MIB * 1024)
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

// Zeroed memory for bookkeeping; never NULL.  Release with free().
void *mem_alloc(size_t n_items, size_t item_size);
void *mem_resize(void *memory, size_t n_items, size_t item_size); // new bytes are not zeroed
char *mem_copy_string(const char *text);
#define mem_new(type, n_items) ((type *)mem_alloc((n_items), sizeof(type)))

// Zeroed memory, or NULL.  Sizes are checked before they are multiplied.  Release with free().
void *mem_try_alloc(size_t n_items, size_t item_size);

// Like mem_try_alloc, aligned to 64 bytes and not zeroed: for tensors and scratch.  free() it.
void *mem_try_aligned(size_t size);

// For tests: the n-th reported allocation from now on (1 is the next) and all later ones return
// NULL; 0 ends that.  Process-wide, not for production code.
void mem_fail_after(uint64_t n);

// Overflow-safe arithmetic on sizes from outside: false when the result does not fit.
static inline bool size_mul(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}
static inline bool size_add(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

static inline size_t round_up(size_t n, size_t multiple)
{
    return (n + multiple - 1) / multiple * multiple;
}

#endif
