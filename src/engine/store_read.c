// store_read.c - the readers: files become buffers, checked, in the order they are wanted.
//
// Two of them, so that one checks and copies while the other waits for the disk.  What they read goes
// past the system's cache: to fill and copy that costs more than checking, and pushes out weights.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/memory.h"
#include "base/os.h"
#include "engine/store_state.h"

enum { PIECE = 4 * 1024 * 1024 }; // bytes in one read

// ---- one file ----

static enum err read_all(const struct store *store, int fd, unsigned char *bytes, uint64_t size,
                         struct error *error)
{
    os_file_bypass(fd, true);
    bool bypasses = true;
    for (uint64_t at = 0; at < size;) {
        if (atomic_load(&store->stops_reading))
            return fail(error, ERR_CANCELLED, "nobody waits for it any more");
        size_t n = size - at < PIECE ? round_up((size_t)(size - at), STORE_BLOCK) : PIECE;
        ssize_t done = pread(fd, bytes + at, n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0 && errno == EINVAL && bypasses) {
            os_file_bypass(fd, bypasses = false);
            continue;
        }
        if (done <= 0)
            return fail(error, done ? ERR_IO : ERR_FORMAT, "%s",
                        done ? strerror(errno) : "it ended while it was read");
        at += (uint64_t)done;
    }
    return OK;
}

static enum err check_file(const struct store_header *expected, struct store_buffer *buffer,
                           struct error *error)
{
    struct store_header *found = &buffer->block.header;
    enum err err = store_header_read(found, buffer->bytes, STORE_BLOCK, error);
    if (err)
        return err;
    if (!store_header_agrees(found, expected))
        return fail(error, ERR_FORMAT, "it holds something else than its name says");
    if (checksum(buffer->block.payload, found->payload_size) != found->payload_sum)
        return fail(error, ERR_FORMAT, "its checksum is wrong");
    return OK;
}

// ERR_NOT_FOUND: somebody has removed it, which is no fault.  ERR_FORMAT: it is not what it should be.
// ERR_IO: the system does not let us read it, which may pass.
static enum err read_file(const struct store *store, const char *path,
                          const struct store_header *expected, struct store_buffer *buffer,
                          struct error *error)
{
    struct stat info;
    uint64_t size = STORE_BLOCK + expected->payload_size;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return fail(error, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", strerror(errno));
    enum err err = OK;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        err = fail(error, ERR_FORMAT, "it is not a regular file");
    else if ((uint64_t)info.st_size != size)
        err = fail(error, ERR_FORMAT, "it has %lld bytes, not %llu", (long long)info.st_size,
                   (unsigned long long)size);
    if (!err)
        err = read_all(store, fd, buffer->bytes, size, error);
    if (!err)
        err = check_file(expected, buffer, error);
    if (!err)
        futimens(fd, NULL); // last used now
    os_file_forget(fd);
    close(fd);
    return err;
}

// ---- the job ----

static void release_job(struct read_job *job)
{
    store_chain_release(&job->chain);
    free(job->tokens);
    free(job->is_placed);
    *job = (struct read_job){.i_broken = UINT32_MAX};
}

// File i of the job: a chunk, or behind the last one the state.
static void file_of(const struct read_job *job, uint32_t i, struct store_file *file)
{
    if (i == job->match.n_chunks) {
        *file = job->match.state;
        return;
    }
    *file = (struct store_file){
        .kind = STORE_CHUNK,
        .key = job->chain.keys[i + 1],
        .parent = job->chain.keys[i],
        .n_start = i * STORE_CHUNK_TOKENS,
        .n_tokens = (i + 1) * STORE_CHUNK_TOKENS,
    };
}

static void header_of(const struct store *store, uint32_t i, struct store_header *header)
{
    struct store_file file;
    file_of(&store->job, i, &file);
    store_header_make(header, &store->shape, &file, store->job.tokens);
}

// Takes the next file of the job and a buffer for it; false when there is none of either.  The state is
// the first: it is the largest, and the engine copies it alone when all chunks are there.
static bool begin_file(struct store *store, struct store_header *expected,
                       struct store_buffer **buffer)
{
    struct read_job *job = &store->job;
    uint32_t i = job->begins_state ? job->match.n_chunks : job->i_next;
    if (!job->is_active || i >= job->i_end || i > job->i_broken ||
        (!job->begins_state && i == job->match.n_chunks))
        return false;
    header_of(store, i, expected);
    *buffer = store_find_buffer(store, expected->payload_size);
    if (!*buffer)
        return false;
    (*buffer)->use = BUFFER_READING;
    (*buffer)->ticket = i;
    job->i_next += !job->begins_state;
    job->begins_state = false;
    job->n_in_hand++;
    return true;
}

static void pass_placed(struct read_job *job)
{
    while (job->i_wanted < job->match.n_chunks && job->is_placed[job->i_wanted])
        job->i_wanted++;
}

static bool has_state(const struct store *store)
{
    return store->shape.state_size || store->shape.page_size[1];
}

// After a file was read, with the lock held.  True when the engine should look.
static bool settle(struct store *store, struct store_buffer *buffer,
                   const struct store_header *expected, enum err err, bool is_placed)
{
    struct read_job *job = &store->job;
    job->n_in_hand--;
    buffer->use = err || is_placed || !job->is_active ? BUFFER_FREE : BUFFER_READ;
    if (err) {
        if (err != ERR_CANCELLED)
            store_index_forget(&store->index, &expected->file.key);
        store->stats.n_files_dropped += err == ERR_FORMAT;
        // Without its state a model that has one cannot continue anywhere here.
        uint32_t i = (uint32_t)buffer->ticket;
        bool is_fatal = i == job->match.n_chunks && has_state(store);
        if (i < job->i_broken)
            job->i_broken = is_fatal ? 0 : i;
        return true;
    }
    store->stats.n_files_read++;
    store->stats.size_read += STORE_BLOCK + expected->payload_size;
    if (is_placed)
        job->is_placed[buffer->ticket] = true;
    pass_placed(job);
    return !is_placed || job->i_wanted == job->match.n_chunks || job->i_wanted >= job->i_broken;
}

// Says what is wrong with a file; one that is not what it should be is removed.
static void reject(const struct store *store, const char *path, enum err err,
                   const struct error *error)
{
    if (err != ERR_FORMAT && err != ERR_IO)
        return;
    store_say(store, "disk cache: %s %s: %s", path,
              err == ERR_FORMAT ? "dropped" : "cannot be read", error->text);
    if (err == ERR_FORMAT)
        unlink(path);
}

// ---- where the tokens part from what is known ----

static bool read_block(const struct store *store, const struct store_file *file,
                       struct store_header *header)
{
    char path[STORE_PATH];
    unsigned char block[STORE_BLOCK];
    int fd = store_path(store, file, path) ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (fd < 0)
        return false;
    ssize_t n = read(fd, block, sizeof block);
    os_file_forget(fd);
    close(fd);
    return n > 0 && store_header_read(header, block, (size_t)n, NULL) == OK &&
           store_key_equal(&header->file.key, &file->key) && header->file.n_start == file->n_start;
}

// With the lock held, which is free while the disk is asked.  `header` is scratch.
static void look(struct store *store, struct store_header *header)
{
    struct read_job *job = &store->job;
    struct store_file file = job->match.other;
    job->has_looked = true;
    job->n_in_hand++; // the job stays until this is done
    pthread_mutex_unlock(&store->lock);
    bool is_good = read_block(store, &file, header);
    pthread_mutex_lock(&store->lock);
    uint32_t n = file.n_start, n_end = is_good ? header->file.n_tokens : file.n_start;
    while (n < n_end && n < job->n_tokens && header->tokens[n - file.n_start] == job->tokens[n])
        n++;
    job->n_known = n;
    job->n_other = n < job->n_tokens ? n_end - n : 0; // else they only go on
    memcpy(job->other, header->tokens + (n - file.n_start), job->n_other * sizeof *job->other);
    job->n_in_hand--;
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->lock);
    store->wake(store->wake_context);
    pthread_mutex_lock(&store->lock);
}

// ---- the thread ----

void *store_reader(void *context)
{
    struct store *store = context;
    struct store_header *expected = mem_new(struct store_header, 1);
    struct store_buffer *buffer;
    char path[STORE_PATH];
    pthread_mutex_lock(&store->lock);
    for (;;) {
        while (!store->is_closing && !begin_file(store, expected, &buffer))
            if (store->job.is_active && !store->job.has_looked)
                look(store, expected);
            else
                pthread_cond_wait(&store->changed, &store->lock);
        if (store->is_closing)
            break;
        struct store_placer placer = store->job.placer;
        pthread_mutex_unlock(&store->lock);

        struct error error;
        enum err err = ERR_NOT_FOUND;
        if (store_path(store, &expected->file, path))
            err = read_file(store, path, expected, buffer, &error);
        if (err)
            reject(store, path, err, &error);
        bool is_placed = !err && placer.place && expected->file.kind == STORE_CHUNK;
        if (is_placed)
            placer.place(placer.context, &buffer->block);

        pthread_mutex_lock(&store->lock);
        bool is_news = settle(store, buffer, expected, err, is_placed);
        pthread_cond_broadcast(&store->changed);
        pthread_mutex_unlock(&store->lock);
        if (is_news)
            store->wake(store->wake_context);
        pthread_mutex_lock(&store->lock);
    }
    pthread_mutex_unlock(&store->lock);
    free(expected);
    return NULL;
}

// ---- the engine's side ----

void store_read(struct store *store, const struct store_match *match,
                const struct store_chain *chain, const token_id *tokens, uint32_t n_tokens,
                uint32_t i_chunk, const struct store_placer *placer)
{
    pthread_mutex_lock(&store->lock);
    struct read_job *job = &store->job;
    *job = (struct read_job){.is_active = true, .match = *match, .i_broken = UINT32_MAX};
    job->chain.n_chunks = match->n_chunks;
    job->chain.keys = mem_new(struct store_key, match->n_chunks + 1);
    memcpy(job->chain.keys, chain->keys, (match->n_chunks + 1) * sizeof *chain->keys);
    job->tokens = mem_new(token_id, n_tokens);
    memcpy(job->tokens, tokens, n_tokens * sizeof *tokens);
    job->n_tokens = n_tokens;
    job->has_looked = !match->has_other;
    job->is_placed = mem_new(bool, match->n_chunks);
    if (placer)
        job->placer = *placer;
    job->i_next = job->i_wanted = store->shape.page_size[0] ? i_chunk : match->n_chunks;
    job->i_end = match->n_chunks + match->has_state;
    job->begins_state = match->has_state;
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->lock);
}

enum store_reading store_read_next(struct store *store, struct store_block **block)
{
    enum store_reading reading = STORE_WAITING;
    pthread_mutex_lock(&store->lock);
    struct read_job *job = &store->job;
    if (job->i_wanted >= job->i_end)
        reading = job->has_looked && job->n_in_hand == 0 ? STORE_END : STORE_WAITING;
    else if (job->i_wanted >= job->i_broken)
        reading = STORE_BROKEN;
    for (size_t i = 0; reading == STORE_WAITING && i < store->n_buffers; i++) {
        struct store_buffer *buffer = &store->buffers[i];
        if (buffer->use != BUFFER_READ || buffer->ticket != job->i_wanted)
            continue;
        buffer->use = BUFFER_TAKEN;
        job->i_wanted++;
        pass_placed(job);
        *block = &buffer->block;
        reading = STORE_READY;
    }
    pthread_mutex_unlock(&store->lock);
    return reading;
}

uint32_t store_n_read(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    const struct read_job *job = &store->job;
    uint32_t n = job->i_wanted > job->match.n_chunks ? job->match.n_tokens
                                                     : job->i_wanted * STORE_CHUNK_TOKENS;
    pthread_mutex_unlock(&store->lock);
    return n;
}

uint32_t store_other(struct store *store, uint32_t *at, token_id *tokens, uint32_t n_max)
{
    pthread_mutex_lock(&store->lock);
    const struct read_job *job = &store->job;
    uint32_t n = job->n_other < n_max ? job->n_other : n_max;
    *at = job->n_known;
    memcpy(tokens, job->other, n * sizeof *tokens);
    pthread_mutex_unlock(&store->lock);
    return n;
}

void store_release(struct store *store, struct store_block *block)
{
    struct store_buffer *buffer = (struct store_buffer *)block;
    pthread_mutex_lock(&store->lock);
    buffer->use = BUFFER_FREE;
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->lock);
}

void store_read_stop(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    struct read_job *job = &store->job;
    job->is_active = false;
    atomic_store(&store->stops_reading, true);
    while (job->n_in_hand > 0) // no longer than one read takes
        pthread_cond_wait(&store->changed, &store->lock);
    atomic_store(&store->stops_reading, false);
    for (size_t i = 0; i < store->n_buffers; i++)
        if (store->buffers[i].use == BUFFER_READ)
            store->buffers[i].use = BUFFER_FREE;
    release_job(job);
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->lock);
}
