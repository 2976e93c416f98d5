// name_index.h - which item of an array is called this?
//
// A hash table over an array of structs that each begin with a `struct str`, its name.  The array
// is borrowed and must not move or change.  Names may come from a hostile file: the hash is keyed
// anew for every index, so nobody can prepare names that collide.
#ifndef HEARTH_TENSOR_NAME_INDEX_H
#define HEARTH_TENSOR_NAME_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct name_index {
    const void *items;
    size_t item_size;
    uint32_t *slots; // item number + 1; 0 is free
    size_t n_slots;  // a power of two
    uint64_t key;
};

// Makes an empty index with room for n_items names; false when there is no memory.
bool name_index_init(struct name_index *index, const void *items, size_t item_size, size_t n_items);
void name_index_release(struct name_index *index);

// Adds item i.  False, and nothing changes, when an item of that name is there already.
bool name_index_add(struct name_index *index, size_t i);

// The item of that name, or NULL.
const void *name_index_find(const struct name_index *index, struct str name);

// 64 well-mixed bits of `size` bytes under a key.  With a constant key: a checksum, not a signature.
uint64_t hash_bytes(uint64_t key, const void *bytes, size_t size);

#endif
