// Sizes, and the model itself: loaded on a thread of its own, put to sleep, woken.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/os.h"
#include "base/thread.h"
#include "engine/ledger.h"
#include "engine/store_folder.h"
#include "server/host_state.h"

enum { SLEEP_CHECK_MS = 500 };

static void settle_disk(struct host *host)
{
    const struct host_config *config = &host->config;
    struct stat info;
    bool is_file = !config->synthetic && stat(config->model_path, &info) == 0;
    if (!config->cache_folder)
        return;
    host->disk = (struct store_options){
        .folder = config->cache_folder,
        .size_max = config->disk_size_max,
        .model = {.name = host->name,
                  .file_size = gguf_file_size(host->gguf),
                  .file_time_s = is_file ? info.st_mtime : 0},
        .log = config->log,
        .log_context = config->log_context,
    };
    host->engine_config.disk = &host->disk;
}

static void settle_sizes(struct host *host)
{
    const struct host_config *config = &host->config;
    struct engine_config *engine = &host->engine_config;
    uint32_t n_train = host->hyperparams->n_context_train;
    *engine = (struct engine_config){
        .n_context = config->n_context ? config->n_context : n_train,
        .n_parallel = config->n_parallel ? config->n_parallel : 4,
        .n_queue_max = config->n_queue_max ? config->n_queue_max : 64,
        .n_batch = config->n_batch ? config->n_batch : 512,
        .snapshot_size_max = config->cache_size_max ? config->cache_size_max : 1536 * MIB,
    };
    if (n_train && engine->n_context > n_train) {
        host_say(host, "n_ctx (%u) > n_ctx_train (%u): capped", engine->n_context, n_train);
        engine->n_context = n_train;
    }
    if (config->wants_full_windows)
        host_say(host, host->hyperparams->window
                           ? "swa_full: windows are restored from remembered pages, a full-size "
                             "cache is not needed"
                           : "swa_full is not supported by this model, it will be disabled");
}

// Refuses what cannot fit; a context that nobody asked for shrinks to what does.
static enum err check_memory(struct host *host, struct error *error)
{
    struct ledger ledger;
    struct engine_config *engine = &host->engine_config;
    struct ledger_input input = {
        .hyperparams = host->hyperparams,
        .weights_size = gguf_file_size(host->gguf),
        .config = engine,
        .types = {.k_type = host->config.k_type, .v_type = host->config.v_type},
        .n_threads = host->config.n_threads,
        .memory_total = os_memory_total(),
        .constraints_size = CONSTRAINT_CACHE_SLOTS * CONSTRAINT_SIZE_MAX,
    };
    ledger_plan(&ledger, &input);
    if (!ledger_fits(&ledger) && host->config.n_context == 0 && ledger.n_context_fit) {
        host_say(host, "n_ctx = %u: the model's own %u tokens do not fit", ledger.n_context_fit,
                 engine->n_context);
        engine->n_context = ledger.n_context_fit;
        ledger_plan(&ledger, &input);
    }
    engine->n_cache_tokens = ledger.n_cache_tokens_fit;
    ledger_plan(&ledger, &input); // with all that may be remembered
    struct buf table = {0};
    ledger_print(&ledger, &table);
    char *rest = NULL;
    for (char *line = strtok_r(table.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        host_say(host, "%s", line);
    buf_release(&table);
    return ledger_check(&ledger, error);
}

enum err host_plan(struct host *host, struct error *error)
{
    settle_sizes(host);
    settle_disk(host);
    return check_memory(host, error);
}

// ---- loading and sleeping ----

static enum err open_backend(struct host *host, struct error *error)
{
    struct backend_options options = {host->config.n_threads, host->config.cpu_features};
    if (host->config.backend)
        return backend_open(&host->backend, host->config.backend, &options, error);
    // Vulkan computes with few weight formats so far, so it runs only where it is asked for by name.
    if (host->config.wants_gpu)
        host_say(host,
                 "warning: no usable GPU found, --gpu-layers option will be ignored (GPUs are "
                 "an experiment so far: --backend vulkan)");
    return backend_open(&host->backend, "cpu", &options, error);
}

static void add_to_past(struct host *host)
{
    struct engine_stats stats;
    engine_stats(host->engine, &stats);
    host->past.n_prompt_tokens += stats.n_prompt_tokens;
    host->past.n_reused_tokens += stats.n_reused_tokens;
    host->past.n_disk_tokens += stats.n_disk_tokens;
    host->past.n_generated_tokens += stats.n_generated_tokens;
    host->past.prefill_ns += stats.prefill_ns;
    host->past.decode_ns += stats.decode_ns;
    host->past.n_steps += stats.n_steps;
    host->past.n_steps_shared += stats.n_steps_shared;
    if (stats.n_tokens_max > host->past.n_tokens_max)
        host->past.n_tokens_max = stats.n_tokens_max;
}

static void unload(struct host *host)
{
    engine_close(host->engine);
    model_close(host->model);
    backend_close(host->backend);
    host->engine = NULL;
    host->model = NULL;
    host->backend = NULL;
    os_trim_memory(); // others want it: that is what the model is put to sleep for
}

// What was answered lies beside the states; without it they would not be found again.
static void keep_answers(struct host *host)
{
    char path[1000];
    struct error error;
    if (host->keeps_answers || host->config.forgets)
        return;
    host->keeps_answers = true;
    if (!store_folder_answers_path(path, sizeof path, host->config.cache_folder,
                                   host->disk.model.fingerprint) ||
        store_folder_make(host->config.cache_folder, NULL, &error) ||
        chat_model_keep(host->chat, path, &error))
        host_say(host, "warning: answers are not kept over a restart");
}

static enum err load(struct host *host, struct error *error)
{
    uint64_t start = os_time_ns();
    if (host->engine_config
            .disk) // reads a little of every tensor, so it has no place before listening
        host->disk.model.fingerprint = gguf_fingerprint(host->gguf);
    if (host->engine_config.disk)
        keep_answers(host);
    struct model_options options = {.k_type = host->config.k_type, .v_type = host->config.v_type};
    engine_model_options(host->hyperparams, &host->engine_config, &options);
    enum err err = open_backend(host, error);
    if (!err)
        err = model_open(&host->model, host->gguf, host->backend, &options, error);
    if (!err)
        err = engine_open(&host->engine, host->model, host->tokenizer, &host->engine_config, error);
    if (err)
        unload(host);
    else
        host_say(host, "model loaded in %.1f s: %s, n_ctx = %u, n_parallel = %u",
                 (double)(os_time_ns() - start) / 1e9, backend_description(host->backend),
                 host->engine_config.n_context, host->engine_config.n_parallel);
    return err;
}

static void set_state(struct host *host, enum model_state state)
{
    host->state = state;
    host->idle_ns = os_time_ns();
    pthread_cond_broadcast(&host->changed);
}

// With the lock held, which is free while states are written to disk, for up to ten seconds, and memory
// is given back: nobody touches a model that is asleep.  Nobody may hold it.
static void fall_asleep(struct host *host)
{
    add_to_past(host);
    host->is_unloading = true;
    set_state(host, MODEL_ASLEEP);
    pthread_mutex_unlock(&host->lock);
    unload(host);
    pthread_mutex_lock(&host->lock);
    host->is_unloading = false;
    pthread_cond_broadcast(&host->changed);
}

// With the lock held.
static bool wants_sleep(const struct host *host)
{
    uint64_t idle_s = (os_time_ns() - host->idle_ns) / 1000000000;
    return host->config.sleep_s && host->state == MODEL_READY && host->n_holds == 0 &&
           idle_s >= host->config.sleep_s;
}

// With the lock held, which is free while loading, so that others can still be told what is going on.
static void load_now(struct host *host, enum model_state otherwise)
{
    struct error error = {0};
    pthread_mutex_unlock(&host->lock);
    enum err err = load(host, &error);
    pthread_mutex_lock(&host->lock);
    host->why = error;
    host->is_wanted = false;
    set_state(host, err ? otherwise : MODEL_READY);
}

// The loader's thread: loads, then watches for idleness and for somebody who wants the model back.
static void *load_and_watch(void *context)
{
    struct host *host = context;
    pthread_mutex_lock(&host->lock);
    load_now(host, MODEL_FAILED);
    bool has_failed = host->state == MODEL_FAILED;
    if (has_failed && host->config.failed)
        host->config.failed(host->config.failed_context, &host->why);
    while (!host->is_closing && !has_failed) {
        if (host->state == MODEL_ASLEEP && host->is_wanted && !host->is_unloading) {
            load_now(host, MODEL_ASLEEP);
        } else if (wants_sleep(host)) {
            fall_asleep(host);
            host_say(host, "idle for %u s: model unloaded", host->config.sleep_s);
        } else if (host->config.sleep_s) {
            cond_wait_ms(&host->changed, &host->lock, SLEEP_CHECK_MS);
        } else { // only host_sleep() puts it to sleep
            pthread_cond_wait(&host->changed, &host->lock);
        }
    }
    pthread_mutex_unlock(&host->lock);
    return NULL;
}

enum model_state host_state(void *self, struct error *why)
{
    struct host *host = self;
    pthread_mutex_lock(&host->lock);
    enum model_state state = host->state;
    if (state == MODEL_FAILED && why)
        *why = host->why;
    pthread_mutex_unlock(&host->lock);
    return state;
}

enum err host_hold(void *self, unsigned timeout_ms, bool *is_held, struct error *error)
{
    struct host *host = self;
    enum err err = OK;
    pthread_mutex_lock(&host->lock);
    bool is_asleep = host->state == MODEL_ASLEEP;
    if (is_asleep && !host->is_wanted && host->why.code == OK) {
        host->is_wanted = true;
        pthread_cond_broadcast(&host->changed);
    }
    if (timeout_ms && (host->is_wanted || host->state == MODEL_LOADING))
        cond_wait_ms(&host->changed, &host->lock, timeout_ms);
    *is_held = host->state == MODEL_READY;
    host->n_holds += *is_held;
    if (!*is_held && !host->is_wanted && host->why.code) {
        err = fail(error, host->why.code, "%s", host->why.text);
        if (host->state == MODEL_ASLEEP)
            host->why = (struct error){0}; // the next one tries again
    }
    pthread_mutex_unlock(&host->lock);
    return err;
}

void host_release(void *self)
{
    struct host *host = self;
    pthread_mutex_lock(&host->lock);
    host->n_holds--;
    host->idle_ns = os_time_ns();
    pthread_mutex_unlock(&host->lock);
}

bool host_sleep(struct host *host)
{
    pthread_mutex_lock(&host->lock);
    bool may = host->state == MODEL_READY && host->n_holds == 0;
    if (may)
        fall_asleep(host);
    pthread_mutex_unlock(&host->lock);
    return may;
}

enum err host_start_loading(struct host *host, struct error *error)
{
    host->has_loader = pthread_create(&host->loader, NULL, load_and_watch, host) == 0;
    return host->has_loader ? OK : fail(error, ERR_MEMORY, "cannot start a thread");
}

void host_stop_loading(struct host *host)
{
    pthread_mutex_lock(&host->lock);
    host->is_closing = true;
    pthread_cond_broadcast(&host->changed);
    pthread_mutex_unlock(&host->lock);
    if (host->has_loader)
        pthread_join(host->loader, NULL);
    unload(host);
}
