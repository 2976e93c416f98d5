// The engine's thread, what others ask of it, and its life.
#include "engine/engine.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/os.h"
#include "base/thread.h"
#include "engine/capacity.h"
#include "engine/engine_state.h"
#include "engine/vocabulary.h"

enum {
    ANSWER_SHARE = 16, // of the cache: what an answer is promised at once, and its bounds
    ANSWER_TOKENS_MIN = 64,
    ANSWER_TOKENS_MAX = 8192,
    SNAPSHOTS_A_PROMPT = 16, // at most, where they cost a state or window pages
    FLUSH_MS = 10000,        // for writing to disk when the engine closes
};

// ---- the inbox ----

static void wake(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->has_news = true;
    pthread_cond_signal(&engine->work);
    pthread_mutex_unlock(&engine->lock);
}

static void grow_lists(struct engine *engine, size_t n)
{
    if (n <= engine->n_items_max)
        return;
    engine->n_items_max = n * 2;
    engine->waiting = mem_resize(engine->waiting, n * 2, sizeof *engine->waiting);
    engine->items = mem_resize(engine->items, n * 2, sizeof *engine->items);
    engine->candidates = mem_resize(engine->candidates, n * 2, sizeof *engine->candidates);
    engine->tried = mem_resize(engine->tried, n * 2, sizeof *engine->tried);
}

void engine_enqueue(struct engine *engine, struct request *request)
{
    grow_lists(engine, engine->n_waiting + engine->config.n_parallel + 1);
    engine->waiting[engine->n_waiting++] = request;
}

// Whether somebody could go on now.
static bool has_work(const struct engine *engine)
{
    return engine->n_running > engine->n_awaiting ||
           (engine->n_running == 0 && engine->n_waiting > 0);
}

// Moves what was submitted into the queue; with nothing to do, sleeps until there is.  False when
// the engine closes.
static bool take_inbox(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    while (!engine->inbox && !engine->has_news && !engine->is_closing && !has_work(engine)) {
        if (engine->disk_ms == SPILL_IDLE)
            pthread_cond_wait(&engine->work, &engine->lock);
        else if (!cond_wait_ms(&engine->work, &engine->lock, engine->disk_ms))
            break;
    }
    struct request *request = engine->inbox;
    engine->inbox = NULL;
    engine->inbox_end = &engine->inbox;
    engine->has_news = false;
    bool goes_on = !engine->is_closing;
    pthread_mutex_unlock(&engine->lock);
    while (request) {
        struct request *next = request->next;
        engine_enqueue(engine, request);
        request = next;
    }
    return goes_on;
}

// ---- leaving ----

// Takes stopped requests out of a list, of which `n_published` is the number others see, and lets
// them go.
static size_t sweep(struct engine *engine, struct request **list, size_t n, uint32_t *n_published)
{
    size_t n_left = 0;
    for (size_t i = 0; i < n; i++) {
        struct request *request = list[i];
        if (request->phase != REQUEST_STOPPED) {
            list[n_left++] = request;
            continue;
        }
        pthread_mutex_lock(&engine->lock);
        engine->stats.n_prompt_tokens += request->stats.n_prompt;
        engine->stats.n_reused_tokens += request->stats.n_reused;
        engine->stats.n_disk_tokens += request->stats.n_from_disk;
        engine->stats.n_generated_tokens += request->stats.n_generated;
        engine->stats.prefill_ns += request->stats.prefill_ns;
        engine->stats.decode_ns += request->stats.decode_ns;
        if (request->stats.logits_hash)
            engine->stats.logits_hash = request->stats.logits_hash;
        --*n_published;
        pthread_mutex_unlock(&engine->lock);
        request_tell_stop(request);
        request_let_go(request);
    }
    return n_left;
}

static void publish(struct engine *engine)
{
    for (size_t i = 0; i < engine->n_running; i++)
        mailbox_notify(&engine->running[i]->mailbox);
    engine->n_running = sweep(engine, engine->running, engine->n_running, &engine->stats.n_running);
    engine->n_waiting = sweep(engine, engine->waiting, engine->n_waiting, &engine->stats.n_waiting);
    const struct kv_cache *kv = engine->memory.kv;
    pthread_mutex_lock(&engine->lock);
    if (kv_cache_n_groups(kv) > 0) {
        engine->stats.n_pages_total = kv_cache_n_total(kv, 0);
        engine->stats.n_pages_used = kv_cache_n_total(kv, 0) - kv_cache_n_free(kv, 0);
    }
    engine->stats.state_size_used = snapshots_size_used(engine->memory.snapshots);
    engine->stats.n_steps = engine->n_steps;
    engine->stats.n_steps_shared = engine->n_steps_shared;
    for (size_t i = 0; i < engine->n_running; i++) {
        const struct request_stats *stats = &engine->running[i]->stats;
        uint32_t n_tokens = stats->n_prompt + stats->n_generated;
        if (n_tokens > engine->stats.n_tokens_max)
            engine->stats.n_tokens_max = n_tokens;
        engine->slots[i] = *stats;
    }
    engine->n_slots = engine->n_running;
    engine->stats.n_running = (uint32_t)engine->n_running;
    engine->stats.n_waiting = (uint32_t)engine->n_waiting;
    for (const struct request *request = engine->inbox; request; request = request->next)
        engine->stats.n_waiting++;
    pthread_mutex_unlock(&engine->lock);
}

static void stop_cancelled(struct request **list, size_t n, bool all)
{
    for (size_t i = 0; i < n; i++)
        if (all || atomic_load(&list[i]->is_cancelled))
            request_stop(list[i], STOP_CANCELLED, OK);
}

// ---- the disk ----

// Reads for one sequence at a time, in the order they came, and writes a little.
static void serve_disk(struct engine *engine)
{
    struct spill *spill = engine->memory.spill;
    if (!spill)
        return;
    bool is_busy = engine->n_running > engine->n_awaiting;
    engine->n_awaiting = 0;
    for (size_t i = 0; i < engine->n_running; i++) {
        struct session *session = &engine->running[i]->session;
        if (session->awaits_disk)
            session->awaits_disk = spill_read(spill, session, is_busy) == SPILL_WAITS;
        engine->n_awaiting += session->awaits_disk;
    }
    engine->disk_ms = spill_step(spill, engine->n_running > 0);
}

static void *run(void *context)
{
    struct engine *engine = context;
    bool goes_on;
    do {
        goes_on = take_inbox(engine);
        stop_cancelled(engine->running, engine->n_running, !goes_on);
        stop_cancelled(engine->waiting, engine->n_waiting, !goes_on);
        publish(engine);
        engine_admit(engine);
        engine_stop_hopeless(engine);
        publish(engine);
        serve_disk(engine);
        if (engine->n_running > engine->n_awaiting)
            engine_step(engine);
        publish(engine);
    } while (goes_on);
    return NULL;
}

// ---- life ----

static void wake_for_disk(void *context)
{
    wake(context);
}

// Without the disk everything works, so what stands against it is said and no error.
static void open_disk(struct engine *engine)
{
    const struct store_options *options = engine->config.disk;
    struct session_memory *memory = &engine->memory;
    struct store *store;
    struct error error;
    char line[600];
    if (store_open(&store, options, model_caches(engine->model),
                   model_hyperparams(engine->model)->window, memory->backend, wake_for_disk, engine,
                   &error) == OK) {
        memory->spill = spill_open(store, memory, options);
    } else if (options->log) {
        snprintf(line, sizeof line, "nothing is kept on disk: %s", error.text);
        options->log(options->log_context, line);
    }
}

static void open_memory(struct engine *engine)
{
    struct session_memory *memory = &engine->memory;
    const struct cache_spec *spec = model_caches(engine->model);
    memory->backend = model_backend(engine->model);
    memory->kv = kv_cache_open(memory->backend, spec);
    memory->snapshots =
        snapshots_open(memory->backend, memory->kv, spec, model_hyperparams(engine->model)->window);
    memory->tree = prefix_tree_open(memory->kv, memory->snapshots);
    engine->disk_ms = SPILL_IDLE;
    if (engine->config.disk)
        open_disk(engine);
    engine->n_snapshots_max = SNAPSHOTS_A_PROMPT;
    if (spec->n_state_layers > 0) {
        // Half of what is there: the other half is other conversations'.
        size_t n = (spec->n_states_max - engine->config.n_parallel) / 2;
        engine->n_snapshots_max = n < 2 ? 2 : n < SNAPSHOTS_A_PROMPT ? n : SNAPSHOTS_A_PROMPT;
    }
}

static void close_memory(struct engine *engine)
{
    spill_close(engine->memory.spill, FLUSH_MS);
    prefix_tree_close(engine->memory.tree);
    snapshots_close(engine->memory.snapshots);
    kv_cache_close(engine->memory.kv);
}

// What the configuration needs, checked against what the model was opened with.
static enum err check_room(const struct engine *engine, struct model_options *needed,
                           struct error *error)
{
    const struct cache_spec *spec = model_caches(engine->model);
    *needed = (struct model_options){.k_type = spec->k_type, .v_type = spec->v_type};
    engine_model_options(model_hyperparams(engine->model), &engine->config, needed);
    for (uint32_t g = 0; g < spec->n_groups; g++)
        if (spec->groups[g].n_pages_max < needed->n_pages_max[g])
            return fail(error, ERR_ARGUMENT, "the model was opened with %u KV pages, not %u",
                        spec->groups[g].n_pages_max, needed->n_pages_max[g]);
    if (spec->n_rows_max < needed->n_rows_max ||
        (spec->n_state_layers && spec->n_states_max < needed->n_states_max))
        return fail(error, ERR_ARGUMENT,
                    "the model was opened for fewer rows or states than needed");
    return OK;
}

enum err engine_open(struct engine **out, struct model *model, const struct tokenizer *tokenizer,
                     const struct engine_config *config, struct error *error)
{
    *out = NULL;
    struct engine *engine = mem_new(struct engine, 1);
    engine->model = model;
    engine->tokenizer = tokenizer;
    engine->config = capacity_config(model_hyperparams(model), config);
    struct model_options needed;
    enum err err = check_room(engine, &needed, error);
    if (err) {
        free(engine);
        return err;
    }
    engine->inbox_end = &engine->inbox;
    pthread_mutex_init(&engine->lock, NULL);
    cond_init(&engine->work);
    open_memory(engine);
    engine->samplable = vocabulary_samplable(tokenizer, model_hyperparams(model)->n_vocab);
    batch_init(&engine->batch, needed.n_rows_max, needed.n_outputs_max, engine->config.n_parallel);
    engine->running = mem_new(struct request *, engine->config.n_parallel);
    engine->guides = mem_new(struct guide *, engine->config.n_parallel);
    engine->guide_worker = guide_worker_open();
    engine->slots = mem_new(struct request_stats, engine->config.n_parallel);
    uint32_t n_answer = engine->config.n_cache_tokens / ANSWER_SHARE;
    engine->n_answer_reserved = n_answer < ANSWER_TOKENS_MIN   ? ANSWER_TOKENS_MIN
                                : n_answer > ANSWER_TOKENS_MAX ? ANSWER_TOKENS_MAX
                                                               : n_answer;
    grow_lists(engine, engine->config.n_parallel + 1);
    int failed = pthread_create(&engine->thread, NULL, run, engine);
    if (failed) {
        engine->is_closing = true;
        err = fail(error, ERR_MEMORY, "cannot start the engine's thread: %s", strerror(failed));
    }
    *out = engine;
    if (failed) {
        engine_close(engine);
        *out = NULL;
    }
    return err;
}

void engine_close(struct engine *engine)
{
    if (!engine)
        return;
    pthread_mutex_lock(&engine->lock);
    bool has_thread = !engine->is_closing;
    engine->is_closing = true;
    pthread_cond_signal(&engine->work);
    pthread_mutex_unlock(&engine->lock);
    if (has_thread)
        pthread_join(engine->thread, NULL);
    close_memory(engine);
    guide_worker_close(engine->guide_worker);
    free(engine->guides);
    batch_release(&engine->batch);
    pthread_mutex_destroy(&engine->lock);
    pthread_cond_destroy(&engine->work);
    free(engine->waiting);
    free(engine->running);
    free(engine->slots);
    free(engine->samplable);
    free(engine->items);
    free(engine->candidates);
    free(engine->tried);
    free(engine);
}

// ---- what other threads call ----

enum err engine_submit(struct engine *engine, struct request **out,
                       const struct generation *generation, void (*notify)(void *), void *context,
                       struct error *error)
{
    struct request *request;
    enum err err = request_create(&request, generation, engine->config.n_context,
                                  model_hyperparams(engine->model)->n_vocab, engine->samplable,
                                  notify, context, error);
    *out = NULL;
    if (err)
        return err;
    request->engine = engine;
    pthread_mutex_lock(&engine->lock);
    uint32_t n_taken = engine->stats.n_waiting + engine->stats.n_running;
    uint32_t n_places = engine->config.n_parallel + engine->config.n_queue_max;
    if (n_taken >= n_places || engine->is_closing) {
        err =
            fail(error, ERR_BUSY, "%u requests are running or waiting, no more are taken", n_taken);
    } else {
        request->number = request->stats.number = engine->n_arrived++;
        *engine->inbox_end = request;
        engine->inbox_end = &request->next;
        engine->stats.n_waiting++;
        pthread_cond_signal(&engine->work);
    }
    pthread_mutex_unlock(&engine->lock);
    if (err) {
        request_let_go(request);
        request_let_go(request);
        return err;
    }
    *out = request;
    return OK;
}

bool request_next(struct request *request, struct event *event, unsigned timeout_ms)
{
    return mailbox_take(&request->mailbox, event, timeout_ms);
}

void request_cancel(struct request *request)
{
    if (!atomic_exchange(&request->is_cancelled, true) && !mailbox_is_finished(&request->mailbox))
        wake(request->engine);
}

void request_set_priority(struct request *request, int priority)
{
    atomic_store(&request->priority, priority);
    if (!mailbox_is_finished(&request->mailbox))
        wake(request->engine);
}

void request_stats(struct request *request, struct request_stats *stats)
{
    mailbox_get_stats(&request->mailbox, stats);
}

uint64_t request_number(const struct request *request)
{
    return request->number;
}

void request_close(struct request *request)
{
    if (!request)
        return;
    request_cancel(request);
    mailbox_close(&request->mailbox);
    request_let_go(request);
}

void engine_stats(struct engine *engine, struct engine_stats *stats)
{
    pthread_mutex_lock(&engine->lock);
    *stats = engine->stats;
    pthread_mutex_unlock(&engine->lock);
}

size_t engine_slots(struct engine *engine, struct request_stats *slots, size_t n_max)
{
    pthread_mutex_lock(&engine->lock);
    size_t n = engine->n_slots < n_max ? engine->n_slots : n_max;
    memcpy(slots, engine->slots, n * sizeof *slots);
    pthread_mutex_unlock(&engine->lock);
    return n;
}
