#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/os.h"
#include "base/thread.h"
#include "engine/store_state.h"

static const uint64_t buffers_size = 42 * MIB;
static const uint64_t least_size = 64 * MIB; // of a budget nobody asked for

// ---- for its files ----

void store_say(const struct store *store, const char *format, ...)
{
    char line[1000];
    va_list arguments;
    if (!store->options.log)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    store->options.log(store->options.log_context, line);
}

bool store_path(const struct store *store, const struct store_file *file, char path[STORE_PATH])
{
    struct store_entry entry = {.file = *file, .model = store->shape.model};
    return store_folder_path(path, STORE_PATH, store->folder, &entry);
}

struct store_buffer *store_find_buffer(struct store *store, uint64_t payload_size)
{
    struct store_buffer *best = NULL;
    for (size_t i = 0; i < store->n_buffers; i++) {
        struct store_buffer *buffer = &store->buffers[i];
        if (buffer->use == BUFFER_FREE && buffer->capacity >= STORE_BLOCK + payload_size &&
            (!best || buffer->capacity < best->capacity))
            best = buffer;
    }
    return best;
}

// ---- sizes ----

static bool has_large_states(const struct store_shape *shape)
{
    return store_state_size_max(shape) > store_chunk_size(shape);
}

// More of them where chunks are small, so that a thread that has to wait for its turn on a busy machine
// finds several when it comes.
static size_t n_chunk_buffers(const struct store_shape *shape)
{
    uint64_t n = buffers_size / store_chunk_size(shape);
    return n < STORE_BUFFERS_MIN   ? STORE_BUFFERS_MIN
           : n > STORE_BUFFERS_MAX ? STORE_BUFFERS_MAX
                                   : n;
}

uint64_t store_memory_size(const struct store_shape *shape)
{
    return n_chunk_buffers(shape) * store_chunk_size(shape) +
           (has_large_states(shape) ? store_state_size_max(shape) : 0);
}

// ---- asking ----

const struct store_shape *store_shape(const struct store *store)
{
    return &store->shape;
}

bool store_has(struct store *store, const struct store_key *key)
{
    pthread_mutex_lock(&store->lock);
    bool has = store_index_find(&store->index, key) != NULL;
    pthread_mutex_unlock(&store->lock);
    return has;
}

void store_find(struct store *store, struct store_match *match, const struct store_chain *chain,
                const token_id *tokens, uint32_t n_max)
{
    pthread_mutex_lock(&store->lock);
    store_index_match(&store->index, &store->shape, match, chain, tokens, n_max);
    pthread_mutex_unlock(&store->lock);
}

void store_stats(struct store *store, struct store_stats *stats)
{
    pthread_mutex_lock(&store->lock);
    *stats = store->stats;
    pthread_mutex_unlock(&store->lock);
}

// ---- life ----

static enum err open_buffers(struct store *store, struct error *error)
{
    size_t n_chunks = n_chunk_buffers(&store->shape);
    size_t n = n_chunks + has_large_states(&store->shape);
    for (; store->n_buffers < n; store->n_buffers++) {
        struct store_buffer *buffer = &store->buffers[store->n_buffers];
        uint64_t size = store->n_buffers < n_chunks ? store_chunk_size(&store->shape)
                                                    : store_state_size_max(&store->shape);
        buffer->capacity = round_up(size, STORE_BLOCK); // reads are of whole blocks
        buffer->bytes = os_reserve(buffer->capacity);
        if (!buffer->bytes)
            return fail(error, ERR_MEMORY, "no memory for a buffer of %llu bytes",
                        (unsigned long long)buffer->capacity);
        buffer->block.payload = buffer->bytes + STORE_BLOCK;
    }
    return OK;
}

static void set_shape(struct store *store, const struct cache_spec *spec, uint32_t window,
                      struct backend *backend)
{
    struct store_shape *shape = &store->shape;
    store_key_model(&shape->model, &store->options.model, spec, backend);
    snprintf(shape->name, sizeof shape->name, "%s", store->model_name);
    for (uint32_t g = 0; g < spec->n_groups; g++)
        shape->page_size[g] = backend_page_size(backend, g);
    shape->window = spec->n_groups > 1 ? window : 0;
    shape->state_size = spec->n_state_layers ? backend_state_size(backend) : 0;
}

static enum err open_folder(struct store *store, struct error *error)
{
    enum err err = store_folder_make(store->folder, &store->shape.model, error);
    if (err)
        return err;
    store->size_max = store->options.size_max ? store->options.size_max
                                              : store_folder_default_size(store->folder);
    if (store->size_max < least_size && !store->options.size_max)
        return fail(error, ERR_LIMIT, "the disk of %s has no room", store->folder);
    // What earlier runs left over the budget goes now; listing everything tells the size.
    store->stats.folder_size = store_folder_prune(store->folder, store->size_max, NULL);
    struct store_listing listing;
    store_folder_list(&listing, store->folder, &store->shape.model);
    store_index_fill(&store->index, &listing);
    store_listing_release(&listing);
    return OK;
}

static enum err start_threads(struct store *store, struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(store->threads); i++) {
        int failed =
            pthread_create(&store->threads[i], NULL, i ? store_reader : store_writer, store);
        if (failed)
            return fail(error, ERR_MEMORY, "cannot start a thread: %s", strerror(failed));
        store->n_threads++;
    }
    return OK;
}

enum err store_open(struct store **out, const struct store_options *options,
                    const struct cache_spec *spec, uint32_t window, struct backend *backend,
                    void (*wake)(void *context), void *context, struct error *error)
{
    *out = NULL;
    struct store *store = mem_new(struct store, 1);
    store->options = *options;
    store->folder = mem_copy_string(options->folder);
    store->model_name = mem_copy_string(options->model.name ? options->model.name : "");
    store->wake = wake;
    store->wake_context = context;
    pthread_mutex_init(&store->lock, NULL);
    cond_init(&store->changed);
    set_shape(store, spec, window, backend);
    enum err err = open_folder(store, error);
    if (!err)
        err = open_buffers(store, error);
    if (!err)
        err = start_threads(store, error);
    if (err) {
        store_close(store);
        return err;
    }
    *out = store;
    return OK;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    store_read_stop(store);
    pthread_mutex_lock(&store->lock);
    store->is_closing = true;
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->lock);
    for (size_t i = 0; i < store->n_threads; i++)
        pthread_join(store->threads[i], NULL);
    for (size_t i = 0; i < COUNT_OF(store->buffers); i++)
        os_unreserve(store->buffers[i].bytes, store->buffers[i].capacity);
    store_index_release(&store->index);
    free(store->folder);
    free(store->model_name);
    pthread_mutex_destroy(&store->lock);
    pthread_cond_destroy(&store->changed);
    free(store);
}
