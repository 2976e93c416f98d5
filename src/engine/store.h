// store.h - prompt states on disk: files in, files out, at the disk's speed and beside the engine.
//
// The engine's thread fills buffers and takes filled ones; a writer and two readers of the store's own
// do everything that waits for a disk, and the readers put chunks in their place.  Files are
// immutable and appear by rename (store_folder.h), so servers share a folder without locks.  A file
// that is torn, foreign, stale or altered is dropped with a line in the log.  When writing fails, the
// disk being full or the folder read-only, that is said once, and for five minutes nothing more is
// written; reading goes on.
//
// Which state is worth a file, and when, is decided in spill.h.  All functions are for the engine's
// thread.
#ifndef HEARTH_ENGINE_STORE_H
#define HEARTH_ENGINE_STORE_H

#include <sys/types.h>

#include "engine/store_index.h"

struct store;

struct store_options { // strings are copied
    const char *folder;
    uint64_t size_max; // bytes of all files in the folder; 0: store_folder_default_size()
    struct store_model model;
    void (*log)(void *context, const char *line); // from any thread; may be NULL
    void *log_context;
    // ---- for tests ----
    uint32_t n_tokens_min; // shorter states are not worth a file; 0: STORE_CHUNK_TOKENS
    unsigned quiet_ms;     // how long a conversation rests before its end is written; 0: 2000
    unsigned look_ms;      // how often the folder is looked at for the files of others; 0: 10000
    bool no_sync;
    ssize_t (*write)(int fd, const void *bytes, size_t size); // in place of write(2)
};

// Bytes of RAM that buffers take, for pages and states of these sizes.
uint64_t store_memory_size(const struct store_shape *shape);

// `wake` is called, from any thread and without locks, when a buffer has become free or filled.
// ERR_IO: the folder can be neither made nor read; ERR_LIMIT: the disk is too small to be useful.
enum err store_open(struct store **out, const struct store_options *options,
                    const struct cache_spec *spec, uint32_t window, struct backend *backend,
                    void (*wake)(void *context), void *context, struct error *error);
// What was given to store_write() is still written; store_wait() first where that may take too long.
void store_close(struct store *store);

const struct store_shape *store_shape(const struct store *store);
bool store_has(struct store *store, const struct store_key *key); // or is writing it
// The longest prefix of the tokens, not over n_max, that can be read.
void store_find(struct store *store, struct store_match *match, const struct store_chain *chain,
                const token_id *tokens, uint32_t n_max);

struct store_stats {
    uint64_t n_files_written, n_files_read, n_files_dropped;
    uint64_t size_written, size_read; // bytes
    uint64_t folder_size;             // all models
};
void store_stats(struct store *store, struct store_stats *stats);

// ---- a file on its way: header and payload, in one of the store's buffers ----
struct store_block {
    struct store_header header;
    unsigned char *payload; // [header.payload_size]
};

// ---- writing ----
bool store_can_write(struct store *store);
// A buffer for such a file; NULL while there is none, or nothing can be written.  Fill its payload,
// then give it to store_write(), after which it is the store's.
struct store_block *store_begin(struct store *store, const struct store_header *header);
void store_write(struct store *store, struct store_block *block);
// Waits until everything is written; false when timeout_ms passed before.
bool store_wait(struct store *store, unsigned timeout_ms);
// Waits for a buffer of this payload's size to become free, likewise.
bool store_wait_buffer(struct store *store, uint64_t payload_size, unsigned timeout_ms);

// ---- reading, one sequence at a time ----
enum store_reading {
    STORE_WAITING, // the next file is not here yet
    STORE_READY,   // *block is the next file, checked; give it back with store_release()
    STORE_END,     // that was the last one
    STORE_BROKEN,  // the next file is gone or bad; what came before is good
};
struct store_placer { // what takes chunks, once checked, on the reading threads, in any order
    void (*place)(void *context, const struct store_block *block);
    void *context; // used until the end, or store_read_stop()
};
// Starts reading the match's files, from chunk i_chunk on, and looks where the n_tokens part from what
// the disk has.  Without a placer chunks are handed out by store_read_next() as well.
void store_read(struct store *store, const struct store_match *match,
                const struct store_chain *chain, const token_id *tokens, uint32_t n_tokens,
                uint32_t i_chunk, const struct store_placer *placer);
enum store_reading store_read_next(struct store *store, struct store_block **block);
uint32_t store_n_read(struct store *store); // leading tokens whose files were placed or handed out
// Where the tokens part from match.other, and up to n_max of what it has there; 0: they do not, or
// nobody has looked yet.
uint32_t store_other(struct store *store, uint32_t *at, token_id *tokens, uint32_t n_max);
void store_release(struct store *store, struct store_block *block);
void store_read_stop(struct store *store); // after the end as well as in the middle

#endif
