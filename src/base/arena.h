// arena.h - many small allocations that end together, with a ceiling.
//
// An arena hands out zeroed, 16-byte aligned memory from blocks it grows as needed and gives all
// of it back at once.  Past `size_max` bytes it returns NULL, so one request can never cost more
// than its arena says.  Not thread-safe: one owner at a time.
#ifndef HEARTH_BASE_ARENA_H
#define HEARTH_BASE_ARENA_H

#include <stddef.h>

struct arena {
    struct arena_block *blocks; // newest first
    size_t size_used;           // bytes handed out, padding included
    size_t size_max;
};

void arena_init(struct arena *arena, size_t size_max);
void arena_release(struct arena *arena); // frees everything; the arena is then empty and usable

// NULL when the ceiling is reached or the system has no memory; sizes are overflow-checked.
void *arena_alloc(struct arena *arena, size_t n_items, size_t item_size);
#define arena_new(arena, type, n_items) ((type *)arena_alloc((arena), (n_items), sizeof(type)))

// A NUL-terminated copy of `size` bytes, or NULL.
char *arena_copy(struct arena *arena, const char *bytes, size_t size);

#endif
