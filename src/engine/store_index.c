#include "engine/store_index.h"

#include <stdlib.h>

#include "base/memory.h"

enum { SLOTS_MIN = 256 };

void store_index_release(struct store_index *index)
{
    free(index->files);
    free(index->slots);
    *index = (struct store_index){0};
}

// ---- by key ----

// Where the key stands, or would.
static size_t slot_of(const struct store_index *index, const struct store_key *key)
{
    uint64_t hash; // keys are digests: any bits of them will do
    memcpy(&hash, key->bytes, sizeof hash);
    size_t mask = index->n_slots - 1, i = (size_t)hash & mask;
    while (index->slots[i] && !store_key_equal(&index->files[index->slots[i] - 1].file.key, key))
        i = (i + 1) & mask;
    return i;
}

static void grow_slots(struct store_index *index, size_t n_files)
{
    size_t n_slots = index->n_slots ? index->n_slots : SLOTS_MIN;
    while (n_slots < n_files * 2)
        n_slots *= 2;
    if (n_slots == index->n_slots)
        return;
    free(index->slots);
    index->slots = mem_new(uint32_t, n_slots);
    index->n_slots = n_slots;
    for (size_t i = 0; i < index->n_files; i++)
        index->slots[slot_of(index, &index->files[i].file.key)] = (uint32_t)i + 1;
}

struct store_known *store_index_find(const struct store_index *index, const struct store_key *key)
{
    if (index->n_slots == 0)
        return NULL;
    uint32_t place = index->slots[slot_of(index, key)];
    return place && !index->files[place - 1].is_gone ? &index->files[place - 1] : NULL;
}

struct store_known *store_index_add(struct store_index *index, const struct store_file *file,
                                    bool is_pending)
{
    grow_slots(index, index->n_files + 1);
    uint32_t *place = &index->slots[slot_of(index, &file->key)];
    if (!*place) {
        if (index->n_files == index->capacity) {
            index->capacity = index->capacity * 2 + 64;
            index->files = mem_resize(index->files, index->capacity, sizeof *index->files);
        }
        *place = (uint32_t)++index->n_files;
    }
    struct store_known *known = &index->files[*place - 1];
    *known = (struct store_known){.file = *file, .is_pending = is_pending};
    return known;
}

void store_index_forget(struct store_index *index, const struct store_key *key)
{
    struct store_known *known = store_index_find(index, key);
    if (known)
        known->is_gone = true; // its slot stays taken until the next filling
}

void store_index_fill(struct store_index *index, const struct store_listing *listing)
{
    struct store_index old = *index;
    *index = (struct store_index){0};
    for (size_t i = 0; i < listing->n_entries; i++)
        store_index_add(index, &listing->entries[i].file, false);
    for (size_t i = 0; i < old.n_files; i++)
        if (old.files[i].is_pending && !old.files[i].is_gone)
            store_index_add(index, &old.files[i].file, true);
    store_index_release(&old);
}

size_t store_index_size(const struct store_index *index)
{
    return index->capacity * sizeof *index->files + index->n_slots * sizeof *index->slots;
}

// ---- the longest prefix ----

static bool can_read(const struct store_index *index, const struct store_key *key)
{
    const struct store_known *known = store_index_find(index, key);
    return known && !known->is_pending;
}

// Whether a state file belongs to these tokens, n_chunks of whose chunks can be read.
static bool continues(const struct store_file *file, const struct store_chain *chain,
                      uint32_t n_chunks, const token_id *tokens, uint32_t n_max)
{
    uint32_t i_chunk = file->n_tokens / STORE_CHUNK_TOKENS;
    if (file->n_tokens > n_max || i_chunk > n_chunks ||
        !store_key_equal(&file->parent, &chain->keys[i_chunk]))
        return false;
    struct store_key key;
    store_key_state(&key, &file->parent, tokens + (size_t)i_chunk * STORE_CHUNK_TOKENS,
                    file->n_tokens % STORE_CHUNK_TOKENS);
    return store_key_equal(&key, &file->key);
}

// Whether a file goes on behind the chunks that are known, and tells more of it than the last one did.
static bool tells_more(const struct store_file *file, const struct store_match *match,
                       const struct store_key *parent, uint32_t n_start)
{
    if (!store_key_equal(&file->parent, parent) || file->n_tokens == n_start ||
        (match->has_state && store_key_equal(&file->key, &match->state.key)))
        return false;
    return !match->has_other || file->n_tokens > match->other.n_tokens;
}

static void find_other(const struct store_index *index, struct store_match *match,
                       const struct store_chain *chain, uint32_t n_chunks)
{
    for (size_t i = 0; i < index->n_files; i++) {
        const struct store_known *known = &index->files[i];
        uint32_t n_start = n_chunks * STORE_CHUNK_TOKENS;
        if (known->is_pending || known->is_gone ||
            !tells_more(&known->file, match, &chain->keys[n_chunks], n_start))
            continue;
        match->has_other = true;
        match->other = known->file;
        match->other.n_start = n_start;
    }
}

void store_index_match(const struct store_index *index, const struct store_shape *shape,
                       struct store_match *match, const struct store_chain *chain,
                       const token_id *tokens, uint32_t n_max)
{
    *match = (struct store_match){0};
    uint32_t n_chunks = 0, n_chunks_max = n_max / STORE_CHUNK_TOKENS;
    if (n_chunks_max > chain->n_chunks)
        n_chunks_max = chain->n_chunks;
    bool has_pages = shape->page_size[0] > 0;
    while (n_chunks < n_chunks_max && (!has_pages || can_read(index, &chain->keys[n_chunks + 1])))
        n_chunks++;
    if (shape->state_size == 0 && shape->page_size[1] == 0) {
        match->n_chunks = n_chunks;
        match->n_tokens = n_chunks * STORE_CHUNK_TOKENS;
    }
    for (size_t i = 0; i < index->n_files; i++) {
        const struct store_known *known = &index->files[i];
        const struct store_file *file = &known->file;
        if (file->kind == STORE_CHUNK || file->n_tokens <= match->n_tokens || known->is_pending ||
            known->is_gone || !continues(file, chain, n_chunks, tokens, n_max))
            continue;
        match->n_tokens = file->n_tokens;
        match->n_chunks = file->n_tokens / STORE_CHUNK_TOKENS;
        match->has_state = true;
        match->state = *file;
        match->state.n_start = match->n_chunks * STORE_CHUNK_TOKENS;
    }
    if (has_pages)
        find_other(index, match, chain, n_chunks);
}
