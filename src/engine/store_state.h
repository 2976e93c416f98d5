// store_state.h - what store.c, store_write.c and store_read.c share.  For them only.
#ifndef HEARTH_ENGINE_STORE_STATE_H
#define HEARTH_ENGINE_STORE_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/store.h"

enum {
    STORE_READERS = 2,
    STORE_BUFFERS_MIN = 4, // for chunks
    STORE_BUFFERS_MAX = 8,
    STORE_PATH = 4096,
};

enum buffer_use {
    BUFFER_FREE,
    BUFFER_FILLING, // by the engine
    BUFFER_WRITING, // in the queue or in the writer's hands
    BUFFER_READING, // in a reader's hands
    BUFFER_READ,    // the next file or a later one, checked
    BUFFER_TAKEN,   // in the engine's hands again
};

struct store_buffer {
    struct store_block block; // first: the engine's pointers are to it
    unsigned char *bytes;     // [capacity] as in the file
    uint64_t capacity;
    enum buffer_use use;
    uint64_t ticket; // writing: the order of the queue; reading: which file of the job
};

struct read_job { // the files of one match, in order
    bool is_active;
    struct store_match match;
    struct store_chain chain; // a copy
    token_id *tokens;         // [n_tokens]
    uint32_t n_tokens;
    bool has_looked;                    // at match.other, or need not
    uint32_t n_known, n_other;          // tokens until they part, and those in `other`
    token_id other[STORE_CHUNK_TOKENS]; // what it has there
    struct store_placer placer;
    bool *is_placed;   // [match.n_chunks]
    bool begins_state; // the state is still to be begun; it is the first, and file match.n_chunks
    uint32_t i_next;   // the chunks from here on are still to be begun
    uint32_t i_wanted; // the first file that is neither placed nor handed out
    uint32_t i_end;
    uint32_t i_broken;  // the first that is gone or bad; UINT32_MAX
    uint32_t n_in_hand; // files that readers are working on
};

struct store {
    struct store_options options; // with strings of our own
    char *folder;
    char *model_name;
    struct store_shape shape;
    uint64_t size_max;
    atomic_bool stops_reading; // the engine waits for readers to let go
    void (*wake)(void *context);
    void *wake_context;

    pthread_mutex_t lock; // for everything below
    pthread_cond_t changed;
    struct store_index index;
    struct store_buffer buffers[STORE_BUFFERS_MAX + 1]; // one more where states are larger
    size_t n_buffers;
    uint64_t n_tickets;       // given out to writes
    uint64_t writes_again_ns; // no writing before
    bool has_complained, is_closing;
    struct read_job job;
    struct store_stats stats;

    pthread_t threads[1 + STORE_READERS];
    size_t n_threads;
};

void store_say(const struct store *store, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool store_path(const struct store *store, const struct store_file *file, char path[STORE_PATH]);
// A free buffer for so much payload, the smallest that will do; NULL.  With the lock held.
struct store_buffer *store_find_buffer(struct store *store, uint64_t payload_size);

void *store_writer(void *store);
void *store_reader(void *store);

#endif
