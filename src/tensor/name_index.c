#include "tensor/name_index.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/os.h"

// The two halves of a 128-bit product, folded: one multiplication mixes 64 bits well.
static uint64_t fold(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t hash_bytes(uint64_t key, const void *bytes, size_t size)
{
    // Odd constants without structure: the fractional bits of the roots of 2, 3 and 5.
    static const uint64_t r2 = 0x6a09e667f3bcc909, r3 = 0xbb67ae8584caa73b, r5 = 0x3c6ef372fe94f82b;
    const unsigned char *at = bytes;
    uint64_t hash = fold(key ^ r2, size ^ r3), words[2];
    for (; size >= sizeof words; size -= sizeof words, at += sizeof words) {
        memcpy(words, at, sizeof words);
        hash = fold(words[0] ^ hash, words[1] ^ key ^ r5);
    }
    if (size) {
        memset(words, 0, sizeof words);
        memcpy(words, at, size);
        hash = fold(words[0] ^ hash, words[1] ^ key ^ r3);
    }
    return fold(hash ^ r5, key ^ r2);
}

static struct str name_of(const struct name_index *index, size_t i)
{
    return *(const struct str *)((const char *)index->items + i * index->item_size);
}

// The slot that holds `name`, or the free one where it belongs.
static size_t slot_of(const struct name_index *index, struct str name)
{
    size_t slot = hash_bytes(index->key, name.data, name.size) & (index->n_slots - 1);
    while (index->slots[slot] && !str_equal(name_of(index, index->slots[slot] - 1), name))
        slot = (slot + 1) & (index->n_slots - 1);
    return slot;
}

bool name_index_init(struct name_index *index, const void *items, size_t item_size, size_t n_items)
{
    size_t n_slots = 8;
    while (n_slots < 2 * n_items)
        n_slots *= 2;
    uint32_t *slots = mem_try_alloc(n_slots, sizeof *slots);
    uint64_t key = hash_bytes(os_time_ns(), &slots, sizeof slots);
    *index = (struct name_index){items, item_size, slots, slots ? n_slots : 0, key};
    return slots != NULL;
}

void name_index_release(struct name_index *index)
{
    free(index->slots);
    *index = (struct name_index){0};
}

bool name_index_add(struct name_index *index, size_t i)
{
    size_t slot = slot_of(index, name_of(index, i));
    if (index->slots[slot])
        return false;
    index->slots[slot] = (uint32_t)(i + 1);
    return true;
}

const void *name_index_find(const struct name_index *index, struct str name)
{
    if (!index->n_slots)
        return NULL;
    uint32_t item = index->slots[slot_of(index, name)];
    return item ? (const char *)index->items + (item - 1) * index->item_size : NULL;
}
