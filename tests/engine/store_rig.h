// store_rig.h - a store over a backend of sizes only, and sequences of made-up bytes to put into it.
//
// The payload of a file is a stream of numbers that follow from its key, so what comes back can be
// checked against nothing but the tokens.
#ifndef HEARTH_TESTS_STORE_RIG_H
#define HEARTH_TESTS_STORE_RIG_H

#include <pthread.h>

#include "backend/ops_table.h"
#include "base/memory.h"
#include "engine/kv_cache.h"
#include "engine/store.h"
#include "tests/engine/cache_folder.h"

struct store_rig {
    struct backend backend;
    struct cache_spec spec;
    struct store *store;
    bool places;          // chunks are taken on the reading threads
    pthread_mutex_t lock; // of what follows
    uint32_t n_placed;    // tokens of those
    unsigned n_lines;
    char last_line[600];
    char lines[4000]; // the first of them
};

enum { RIG_PAGE = 1000, RIG_STATE = 10000 };

static inline size_t rig_page_size(const struct backend *backend, uint32_t i_group)
{
    (void)backend;
    return RIG_PAGE + 24 * i_group;
}

static inline size_t rig_state_size(const struct backend *backend)
{
    (void)backend;
    return RIG_STATE;
}

static inline const char *rig_description(const struct backend *backend)
{
    (void)backend;
    return "rig, 2 threads";
}

static inline void rig_log(void *context, const char *line)
{
    struct store_rig *rig = context;
    pthread_mutex_lock(&rig->lock);
    rig->n_lines++;
    snprintf(rig->last_line, sizeof rig->last_line, "%s", line);
    size_t used = strlen(rig->lines);
    snprintf(rig->lines + used, sizeof rig->lines - used, "%s\n", line);
    pthread_mutex_unlock(&rig->lock);
}

static inline void rig_no_wake(void *context)
{
    (void)context;
}

static inline enum err store_rig_try(struct store_rig *rig, const char *folder,
                                     const struct store_options *more, struct error *error)
{
    static const struct backend_ops ops = {
        .description = rig_description, .page_size = rig_page_size, .state_size = rig_state_size};
    *rig = (struct store_rig){.backend.ops = &ops, .places = true};
    pthread_mutex_init(&rig->lock, NULL);
    rig->spec = (struct cache_spec){.k_type = DTYPE_F16,
                                    .v_type = DTYPE_F16,
                                    .n_groups = 2,
                                    .groups = {{4, 2, 64, 100}, {4, 2, 64, 100}},
                                    .n_state_layers = 3};
    struct store_options options = more ? *more : (struct store_options){0};
    options.folder = folder;
    options.log = rig_log;
    options.log_context = rig;
    return store_open(&rig->store, &options, &rig->spec, 100, &rig->backend, rig_no_wake, NULL,
                      error);
}

static inline void store_rig_open(struct store_rig *rig, const char *folder,
                                  const struct store_options *more)
{
    struct error error;
    if (store_rig_try(rig, folder, more, &error))
        fail_msg("%s", error.text);
}

static inline void store_rig_close(struct store_rig *rig)
{
    store_close(rig->store);
    rig->store = NULL;
    pthread_mutex_destroy(&rig->lock);
}

static inline void rig_tokens(token_id *tokens, uint32_t n_tokens, uint32_t seed)
{
    for (uint32_t i = 0; i < n_tokens; i++)
        tokens[i] = (token_id)((i * 2654435761u + seed * 40503u) % 100000);
}

static inline unsigned char rig_byte(const struct store_key *key, uint64_t i)
{
    return (unsigned char)(key->bytes[i % STORE_KEY_SIZE] + i * 167 + (i >> 8) * 13);
}

// Waits for a buffer and writes one file; false when nothing can be written.
static inline bool rig_write_file(struct store_rig *rig, const struct store_file *file,
                                  const token_id *tokens)
{
    struct store_header header;
    struct store_block *block;
    store_header_make(&header, store_shape(rig->store), file, tokens);
    while (!(block = store_begin(rig->store, &header))) {
        if (!store_can_write(rig->store))
            return false;
        store_wait_buffer(rig->store, header.payload_size, 100);
    }
    for (uint64_t i = 0; i < header.payload_size; i++)
        block->payload[i] = rig_byte(&file->key, i);
    store_write(rig->store, block);
    return true;
}

// Writes chunks and a state behind all tokens; what is there already is left out.
static inline bool rig_write(struct store_rig *rig, const token_id *tokens, uint32_t n_tokens,
                             enum store_kind kind)
{
    struct store_chain chain;
    bool done = true;
    store_chain_make(&chain, &store_shape(rig->store)->model, tokens, n_tokens);
    for (uint32_t i = 0; i < chain.n_chunks && done; i++) {
        struct store_file file = {STORE_CHUNK, chain.keys[i + 1], chain.keys[i],
                                  i * STORE_CHUNK_TOKENS, (i + 1) * STORE_CHUNK_TOKENS};
        if (!store_has(rig->store, &file.key))
            done = rig_write_file(rig, &file, tokens);
    }
    struct store_file file = {.kind = kind,
                              .parent = chain.keys[chain.n_chunks],
                              .n_start = chain.n_chunks * STORE_CHUNK_TOKENS,
                              .n_tokens = n_tokens};
    store_key_state(&file.key, &file.parent, tokens + file.n_start, n_tokens - file.n_start);
    if (done && !store_has(rig->store, &file.key))
        done = rig_write_file(rig, &file, tokens);
    store_chain_release(&chain);
    return done;
}

static inline void rig_check(const struct store_block *block)
{
    for (uint64_t i = 0; i < block->header.payload_size; i++)
        if (block->payload[i] != rig_byte(&block->header.file.key, i))
            fail_msg("byte %u of a file is wrong", (unsigned)i);
}

static inline void rig_place(void *context, const struct store_block *block)
{
    struct store_rig *rig = context;
    rig_check(block);
    pthread_mutex_lock(&rig->lock);
    rig->n_placed += block->header.file.n_tokens - block->header.file.n_start;
    pthread_mutex_unlock(&rig->lock);
}

// Reads what there is of the tokens, fails the test when a byte is not what was written, and returns
// behind how many tokens a sequence could continue.
static inline uint32_t rig_read(struct store_rig *rig, const token_id *tokens, uint32_t n_tokens)
{
    struct store_chain chain;
    struct store_match match;
    struct store_block *block;
    enum store_reading reading;
    struct store_placer placer = {rig_place, rig};
    uint32_t n_read = rig->n_placed = 0;
    store_chain_make(&chain, &store_shape(rig->store)->model, tokens, n_tokens);
    store_find(rig->store, &match, &chain, tokens, n_tokens);
    store_read(rig->store, &match, &chain, tokens, n_tokens, 0, rig->places ? &placer : NULL);
    while ((reading = store_read_next(rig->store, &block)) != STORE_END) {
        if (reading == STORE_BROKEN)
            break;
        if (reading == STORE_WAITING) {
            usleep(50);
            continue;
        }
        const struct store_file *file = &block->header.file;
        if (rig->places)
            n_read = rig->n_placed; // the state comes when all chunks are there
        assert_true(file->n_start == n_read || file->n_tokens == n_read);
        n_read = file->n_tokens;
        rig_check(block);
        store_release(rig->store, block);
        assert_int_equal(store_n_read(rig->store), n_read);
    }
    if (reading == STORE_END)
        assert_int_equal(n_read, match.n_tokens);
    store_read_stop(rig->store);
    store_chain_release(&chain);
    return reading == STORE_END ? n_read : 0;
}

#endif
