#include "base/memory.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The one piece of process-wide state in base: a test switch, 0 in production.
static _Atomic uint64_t fail_countdown;

static void die_of_memory(size_t n_items, size_t item_size)
{
    fprintf(stderr, "hearth: out of memory for %zu x %zu bytes of bookkeeping\n", n_items,
            item_size);
    abort();
}

static bool injected_failure(void)
{
    uint64_t left = atomic_load_explicit(&fail_countdown, memory_order_relaxed);
    if (left == 0)
        return false;
    if (left == 1)
        return true;
    atomic_store_explicit(&fail_countdown, left - 1, memory_order_relaxed);
    return false;
}

void *mem_alloc(size_t n_items, size_t item_size)
{
    void *memory = calloc(n_items ? n_items : 1, item_size ? item_size : 1);
    if (!memory)
        die_of_memory(n_items, item_size);
    return memory;
}

void *mem_resize(void *memory, size_t n_items, size_t item_size)
{
    size_t size;
    if (!size_mul(n_items, item_size, &size))
        die_of_memory(n_items, item_size);
    void *resized = realloc(memory, size ? size : 1);
    if (!resized)
        die_of_memory(n_items, item_size);
    return resized;
}

char *mem_copy_string(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(mem_alloc(size, 1), text, size);
}

void *mem_try_alloc(size_t n_items, size_t item_size)
{
    if (injected_failure())
        return NULL;
    return calloc(n_items ? n_items : 1, item_size ? item_size : 1);
}

void *mem_try_aligned(size_t size)
{
    if (injected_failure() || size > SIZE_MAX - 64)
        return NULL;
    return aligned_alloc(64, round_up(size ? size : 1, 64));
}

void mem_fail_after(uint64_t n)
{
    atomic_store(&fail_countdown, n);
}
