// store_write.c - the writer: buffers become files, and the folder stays within its budget.
//
// A file is written under a name that readers pass over, synced and renamed.  Nothing depends on the
// sync, for a file torn by a power cut is found out when it is read; it is there so that written
// bytes do not pile up in the system's cache, from which they are then dropped: they would push out
// weights, and are wanted again only after a restart.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/memory.h"
#include "base/os.h"
#include "base/thread.h"
#include "engine/store_state.h"

enum {
    PIECE = 8 * 1024 * 1024, // bytes in one write
    LOOK_MS = 10000,         // how often a resting writer looks what others have done to the folder
};

static const uint64_t pause_ns = 300 * UINT64_C(1000000000);
static const uint64_t least_free = 256 * MIB; // of the disk; the rest is other programs'

// ---- one file ----

static enum err write_all(const struct store *store, int fd, const unsigned char *bytes,
                          uint64_t size, struct error *error)
{
    for (uint64_t at = 0; at < size;) {
        size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;
        ssize_t done = store->options.write ? store->options.write(fd, bytes + at, n)
                                            : write(fd, bytes + at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return fail(error, ERR_IO, "%s", strerror(done ? errno : ENOSPC));
        at += (uint64_t)done;
    }
    return OK;
}

static enum err write_file(const struct store *store, const struct store_buffer *buffer,
                           struct error *error)
{
    char path[STORE_PATH], unfinished[STORE_PATH];
    if (!store_path(store, &buffer->block.header.file, path))
        return fail(error, ERR_ARGUMENT, "the path is too long");
    // In the model's folder, under a name no other process or buffer has.
    int folder_size = (int)(strrchr(path, '/') - path);
    if (snprintf(unfinished, sizeof unfinished, "%.*s/.new-%ld-%p", folder_size, path,
                 (long)getpid(), (const void *)buffer) >= STORE_PATH)
        return fail(error, ERR_ARGUMENT, "the path is too long");
    uint64_t size = STORE_BLOCK + buffer->block.header.payload_size;
    if (os_disk_free(store->folder) < size + least_free)
        return fail(error, ERR_IO, "%s", strerror(ENOSPC));
    enum { FLAGS = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC };
    int fd = open(unfinished, FLAGS, 0600);
    if (fd < 0 && errno == ENOENT && // somebody has cleared the cache, folders and all
        store_folder_make(store->folder, &store->shape.model, NULL) == OK)
        fd = open(unfinished, FLAGS, 0600);
    if (fd < 0)
        return fail(error, ERR_IO, "%s", strerror(errno));
    enum err err = write_all(store, fd, buffer->bytes, size, error);
    if (!err && !store->options.no_sync && fsync(fd) != 0)
        err = fail(error, ERR_IO, "%s", strerror(errno));
    os_file_forget(fd);
    if (close(fd) != 0 && !err)
        err = fail(error, ERR_IO, "%s", strerror(errno));
    if (!err && rename(unfinished, path) != 0)
        err = fail(error, ERR_IO, "%s", strerror(errno));
    if (err)
        unlink(unfinished);
    return err;
}

// ---- the budget ----

// Removes what is over the budget and looks what is left; a tenth more goes, so that this is rare.
static void keep_budget(struct store *store)
{
    size_t n_removed;
    uint64_t size =
        store_folder_prune(store->folder, store->size_max - store->size_max / 10, &n_removed);
    struct store_listing listing;
    store_folder_list(&listing, store->folder, &store->shape.model);
    pthread_mutex_lock(&store->lock);
    store_index_fill(&store->index, &listing);
    store->stats.folder_size = size;
    pthread_mutex_unlock(&store->lock);
    store_listing_release(&listing);
    if (n_removed)
        store_say(store, "disk cache: %zu files removed, %.1f of at most %.1f GiB are left",
                  n_removed, (double)size / (double)GIB, (double)store->size_max / (double)GIB);
}

// Lists the folder anew when it has changed since the last time: other programs share it.
static void look_around(struct store *store, int64_t *changed_ns)
{
    char path[STORE_PATH];
    struct stat info;
    struct store_listing listing;
    struct store_file any = {0};
    if (!store_path(store, &any, path))
        return;
    *strrchr(path, '/') = 0;
    if (stat(path, &info) != 0 || os_modified_ns(&info) == *changed_ns)
        return;
    *changed_ns = os_modified_ns(&info);
    store_folder_list(&listing, store->folder, &store->shape.model);
    pthread_mutex_lock(&store->lock);
    store_index_fill(&store->index, &listing);
    pthread_mutex_unlock(&store->lock);
    store_listing_release(&listing);
}

// ---- the thread ----

static struct store_buffer *next_in_queue(struct store *store)
{
    struct store_buffer *next = NULL;
    for (size_t i = 0; i < store->n_buffers; i++) {
        struct store_buffer *buffer = &store->buffers[i];
        if (buffer->use == BUFFER_WRITING && (!next || buffer->ticket < next->ticket))
            next = buffer;
    }
    return next;
}

static unsigned look_ms(const struct store *store)
{
    return store->options.look_ms ? store->options.look_ms : LOOK_MS;
}

// With the lock held.
static bool is_paused(const struct store *store)
{
    return store->writes_again_ns && os_time_ns() < store->writes_again_ns;
}

// After the attempt, with the lock held.  True when the log should hear of it.
static bool settle(struct store *store, struct store_buffer *buffer, enum err err)
{
    const struct store_header *header = &buffer->block.header;
    buffer->use = BUFFER_FREE;
    if (err) {
        bool is_news = !store->has_complained;
        store_index_forget(&store->index, &header->file.key);
        store->writes_again_ns = os_time_ns() + pause_ns;
        store->has_complained = true;
        return is_news;
    }
    struct store_known *known = store_index_find(&store->index, &header->file.key);
    if (known)
        known->is_pending = false;
    store->stats.n_files_written++;
    store->stats.size_written += STORE_BLOCK + header->payload_size;
    store->stats.folder_size += STORE_BLOCK + header->payload_size;
    store->has_complained = false;
    store->writes_again_ns = 0;
    return false;
}

static void finish_header(struct store_buffer *buffer)
{
    struct store_header *header = &buffer->block.header;
    header->written_s = time(NULL);
    header->payload_sum = checksum(buffer->block.payload, header->payload_size);
    store_header_write(header, buffer->bytes);
}

void *store_writer(void *context)
{
    struct store *store = context;
    struct store_buffer *buffer;
    int64_t changed_ns = 0;
    pthread_mutex_lock(&store->lock);
    for (;;) {
        while (!(buffer = next_in_queue(store)) && !store->is_closing)
            if (!cond_wait_ms(&store->changed, &store->lock, look_ms(store))) {
                pthread_mutex_unlock(&store->lock);
                look_around(store, &changed_ns);
                pthread_mutex_lock(&store->lock);
            }
        if (!buffer)
            break;
        // What still waits when writing failed would fail as well.
        enum err err = is_paused(store) ? ERR_IO : OK;
        struct error error = {0};
        pthread_mutex_unlock(&store->lock);
        if (!err) {
            finish_header(buffer);
            err = write_file(store, buffer, &error);
        }
        pthread_mutex_lock(&store->lock);
        bool is_news = settle(store, buffer, err);
        bool is_over = !err && store->stats.folder_size > store->size_max;
        pthread_cond_broadcast(&store->changed);
        pthread_mutex_unlock(&store->lock);
        if (is_news)
            store_say(store,
                      "disk cache: cannot write to %s: %s; states stay in memory until it can",
                      store->folder, error.text);
        if (is_over)
            keep_budget(store);
        store->wake(store->wake_context);
        pthread_mutex_lock(&store->lock);
    }
    pthread_mutex_unlock(&store->lock);
    return NULL;
}

// ---- the engine's side ----

bool store_can_write(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    bool can = !is_paused(store);
    pthread_mutex_unlock(&store->lock);
    return can;
}

struct store_block *store_begin(struct store *store, const struct store_header *header)
{
    pthread_mutex_lock(&store->lock);
    struct store_buffer *buffer =
        is_paused(store) ? NULL : store_find_buffer(store, header->payload_size);
    if (buffer)
        buffer->use = BUFFER_FILLING;
    pthread_mutex_unlock(&store->lock);
    if (!buffer)
        return NULL;
    buffer->block.header = *header;
    return &buffer->block;
}

void store_write(struct store *store, struct store_block *block)
{
    struct store_buffer *buffer = (struct store_buffer *)block;
    pthread_mutex_lock(&store->lock);
    store_index_add(&store->index, &block->header.file, true);
    buffer->use = BUFFER_WRITING;
    buffer->ticket = store->n_tickets++;
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->lock);
}

static bool wait_until(struct store *store, bool (*holds)(struct store *store, uint64_t size),
                       uint64_t size, unsigned timeout_ms)
{
    uint64_t end_ns = os_time_ns() + (uint64_t)timeout_ms * 1000000, now_ns;
    bool held;
    pthread_mutex_lock(&store->lock);
    while (!(held = holds(store, size)) && (now_ns = os_time_ns()) < end_ns)
        cond_wait_ms(&store->changed, &store->lock, (unsigned)((end_ns - now_ns) / 1000000) + 1);
    pthread_mutex_unlock(&store->lock);
    return held;
}

static bool is_written(struct store *store, uint64_t size)
{
    (void)size;
    return !next_in_queue(store);
}

static bool has_buffer(struct store *store, uint64_t size)
{
    return store_find_buffer(store, size) != NULL;
}

bool store_wait(struct store *store, unsigned timeout_ms)
{
    return wait_until(store, is_written, 0, timeout_ms);
}

bool store_wait_buffer(struct store *store, uint64_t payload_size, unsigned timeout_ms)
{
    return wait_until(store, has_buffer, payload_size, timeout_ms);
}
