#include "base/arena.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct arena_block {
    struct arena_block *older;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
};

enum { BLOCK_SIZE = 32 * 1024 };

void arena_init(struct arena *arena, size_t size_max)
{
    *arena = (struct arena){.size_max = size_max};
}

void arena_release(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    while (block) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
    arena->blocks = NULL;
    arena->size_used = 0;
}

void *arena_alloc(struct arena *arena, size_t n_items, size_t item_size)
{
    size_t size;
    if (!size_mul(n_items, item_size, &size) || size > SIZE_MAX - 16)
        return NULL;
    size = round_up(size ? size : 1, 16);
    if (size > arena->size_max - arena->size_used)
        return NULL;
    struct arena_block *block = arena->blocks;
    if (!block || block->size - block->used < size) {
        size_t block_size = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        if (block_size > SIZE_MAX - sizeof *block)
            return NULL;
        block = mem_try_alloc(1, sizeof *block + block_size);
        if (!block)
            return NULL;
        *block = (struct arena_block){.older = arena->blocks, .size = block_size};
        arena->blocks = block;
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    arena->size_used += size;
    return memory;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t size)
{
    if (size == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(arena, size + 1, 1);
    if (copy && size)
        memcpy(copy, bytes, size);
    return copy;
}
