#include "engine/engine.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/os.h"
#include "base/thread.h"
#include "engine/batch.h"
#include "engine/capacity.h"
#include "engine/generate.h"
#include "engine/guide_worker.h"
#include "engine/scheduler.h"
#include "engine/spill.h"
#include "engine/vocabulary.h"

enum {
    ANSWER_SHARE = 16, // of the cache: what an answer is promised at once, and its bounds
    ANSWER_TOKENS_MIN = 64,
    ANSWER_TOKENS_MAX = 8192,
    SNAPSHOTS_A_PROMPT = 16, // at most, where they cost a state or window pages
    FLUSH_MS = 10000,        // for writing to disk when the engine closes
};

// A chunk may take so much longer than wait_ms_max when nobody is kept waiting by it but a request that
// comes meanwhile, whose first token may be 1 s late: small chunks read all weights for few rows.
static const double unwatched_factor = 2.5;

// A step is aimed so far below what it may take, for a machine with other work keeps no time exactly.
static const double aimed_share = 0.85;

struct engine {
    struct model *model;
    const struct tokenizer *tokenizer;
    struct engine_config config;
    uint64_t *samplable; // a bit per row of the head that stands for a real token; NULL: all do
    pthread_t thread;

    pthread_mutex_t lock; // for what follows
    pthread_cond_t work;  // something to do
    struct request *inbox, **inbox_end;
    uint64_t n_arrived;
    bool is_closing, has_news;   // has_news: somebody was cancelled or changed priority
    struct request_stats *slots; // [n_slots] of those running
    size_t n_slots;
    struct engine_stats stats; // n_running and n_waiting count requests from submit to stop

    // ---- the engine's thread only ----
    struct session_memory memory;
    struct batch_builder batch;
    struct guide_worker *guide_worker;
    struct guide **guides; // of a step's answers, [n_parallel]
    struct pace pace;
    uint32_t n_owed; // rows, to the prompt that came first (scheduler.h)
    uint64_t n_steps, n_steps_shared;
    struct request **waiting; // [n_waiting]
    struct request **running; // [n_running]
    size_t n_waiting, n_running, n_waiting_max;
    size_t n_awaiting;           // of those running: the disk has something for them
    unsigned disk_ms;            // until there is something to write; SPILL_IDLE: nothing
    size_t n_snapshots_max;      // for one prompt
    uint32_t n_answer_reserved;  // tokens
    struct schedule_item *items; // scratch for the scheduler, [n_items_max]
    struct request **candidates; // the requests they stand for
    bool *tried;
    size_t n_items_max;
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

static void enqueue(struct engine *engine, struct request *request)
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
        enqueue(engine, request);
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

// ---- admission ----

static struct schedule_item item_of(const struct request *request)
{
    return (struct schedule_item){
        .number = request->number,
        .priority = atomic_load(&request->priority),
        .n_left = request->session.memory ? session_n_pending(&request->session) : 0,
        .n_overtaken = request->n_overtaken,
    };
}

static void park(struct engine *engine, size_t i)
{
    struct request *request = engine->running[i];
    request_park(request);
    engine->running[i] = engine->running[--engine->n_running];
    enqueue(engine, request);
}

// Sends a prefill in the background back to the queue to make room; false when there is none.
static bool park_for(struct engine *engine, int priority)
{
    for (size_t i = 0; i < engine->n_running; i++) {
        const struct request *request = engine->running[i];
        int own_priority = atomic_load(&request->priority);
        if (request->phase != REQUEST_PREFILL || request->prompt_logprobs || own_priority >= 0 ||
            own_priority >= priority)
            continue;
        park(engine, i);
        return true;
    }
    return false;
}

// Sends the one that came last back to the queue, so that the others can go on with their answers.
static bool park_youngest(struct engine *engine)
{
    size_t youngest = engine->n_running;
    for (size_t i = 0; i < engine->n_running; i++)
        if (!engine->running[i]->prompt_logprobs &&
            (youngest == engine->n_running ||
             engine->running[i]->number > engine->running[youngest]->number))
            youngest = i;
    if (youngest == engine->n_running)
        return false;
    park(engine, youngest);
    return true;
}

static bool try_to_admit(struct engine *engine, struct request *request)
{
    int priority = atomic_load(&request->priority);
    while (engine->n_running == engine->config.n_parallel ||
           !request_admit(request, &engine->memory, engine->n_snapshots_max,
                          engine->n_answer_reserved))
        if (!park_for(engine, priority))
            return false;
    engine->running[engine->n_running++] = request;
    return true;
}

static void remove_waiting(struct engine *engine, const struct request *request)
{
    size_t i = 0;
    while (engine->waiting[i] != request)
        i++;
    memmove(engine->waiting + i, engine->waiting + i + 1,
            (--engine->n_waiting - i) * sizeof *engine->waiting);
}

static void admit(struct engine *engine)
{
    size_t n = engine->n_waiting; // those parked meanwhile wait for the next round
    for (size_t i = 0; i < n; i++) {
        engine->candidates[i] = engine->waiting[i];
        engine->items[i] = item_of(engine->waiting[i]);
        engine->tried[i] = false;
    }
    for (;;) {
        size_t chosen = schedule_admission(engine->items, engine->tried, n);
        if (chosen == SCHEDULE_NONE)
            return;
        engine->tried[chosen] = true;
        if (!try_to_admit(engine, engine->candidates[chosen]))
            continue;
        remove_waiting(engine, engine->candidates[chosen]);
        for (size_t i = 0; i < n; i++)
            if (engine->tried[i] && engine->candidates[i]->phase == REQUEST_WAITING)
                engine->candidates[i]->n_overtaken++;
    }
}

// Each request fits alone, or it would not have been taken; should one not, it must not wait for ever.
static void stop_hopeless(struct engine *engine)
{
    if (engine->n_running == 0 && engine->n_waiting > 0)
        request_stop(engine->waiting[0], STOP_ERROR, ERR_LIMIT);
}

// ---- a step ----

// Nothing, when the answer has outgrown what it was promised and there is no more at present.
static void add_rows(struct engine *engine, struct request *request, uint32_t n_rows_max)
{
    uint32_t n_rows, n_outputs;
    request_plan(request, n_rows_max, engine->batch.n_outputs_max - engine->batch.n_outputs,
                 &n_rows, &n_outputs);
    if (session_make_room(&request->session, n_rows))
        batch_add(&engine->batch, &request->session, n_rows, n_outputs);
}

// What follows a chosen token, for everyone; each leaves a row for those after it.  Returns whether
// somebody's first token comes of it.
static bool add_decode_rows(struct engine *engine)
{
    uint32_t n_left = (uint32_t)engine->n_running;
    bool brings_first = false;
    for (size_t i = 0; i < engine->n_running; i++, n_left--) {
        struct request *request = engine->running[i];
        if (request_is_prefilling(request) || request->session.awaits_disk)
            continue;
        uint32_t n_before = engine->batch.n_rows;
        add_rows(engine, request, engine->batch.n_rows_max - n_before - (n_left - 1));
        brings_first |= engine->batch.n_rows > n_before && request->phase == REQUEST_PREFILL;
    }
    return brings_first;
}

// Those in prefill that could go on, as items.
static size_t list_prefills(struct engine *engine)
{
    size_t n = 0;
    for (size_t i = 0; i < engine->n_running; i++) {
        if (!request_is_prefilling(engine->running[i]) || engine->running[i]->session.awaits_disk)
            continue;
        engine->candidates[n] = engine->running[i];
        engine->items[n++] = item_of(engine->running[i]);
    }
    return n;
}

// Beside one who reads along, or whose pages come from disk between steps, a chunk is short.
static uint64_t chunk_step_ns(const struct engine *engine)
{
    bool is_watched = engine->batch.n_rows > 0 || engine->n_awaiting > 0;
    double longest_ns = engine->config.wait_ms_max * 1e6 * (is_watched ? 1 : unwatched_factor);
    return (uint64_t)(aimed_share * longest_ns);
}

// One chunk of one prompt.  Returns its rows.
static uint32_t add_prefill_rows(struct engine *engine, bool brings_first)
{
    uint32_t n_before = engine->batch.n_rows, n_room = engine->batch.n_rows_max - n_before;
    size_t n = list_prefills(engine);
    if (n == 0 || n_room == 0)
        return 0;
    if (brings_first && schedule_spares_first_token(engine->n_owed)) {
        engine->n_owed += FIRST_TOKEN_ROWS;
        return 0;
    }
    size_t chosen = schedule_prefill(engine->items, n, engine->n_owed);
    struct request *request = engine->candidates[chosen];
    session_catch_up(&request->session);
    add_rows(engine, request, pace_rows(&engine->pace, chunk_step_ns(engine), n_room));
    uint32_t n_rows = engine->batch.n_rows - n_before;
    engine->n_owed = schedule_owed(engine->items, n, chosen, engine->n_owed, n_rows);
    return n_rows;
}

static uint64_t clock_ns(const struct engine *engine)
{
    const struct engine_config *config = &engine->config;
    return config->clock_ns ? config->clock_ns(config->clock_context) : os_time_ns();
}

static struct request *request_of(struct engine *engine, const struct batch_entry *entry)
{
    size_t i = 0;
    while (&engine->running[i]->session != entry->session)
        i++;
    return engine->running[i];
}

// The masks of those who will choose after this step.
static void prepare_guides(struct engine *engine)
{
    size_t n = 0;
    for (uint32_t i = 0; i < engine->batch.n_entries; i++) {
        const struct batch_entry *entry = &engine->batch.entries[i];
        struct guide *guide = &request_of(engine, entry)->guide;
        if (entry->n_outputs > 0 && guide->state)
            engine->guides[n++] = guide;
    }
    guide_worker_start(engine->guide_worker, engine->guides, n);
}

static void step(struct engine *engine)
{
    uint32_t n_prefill;
    do { // until someone can go on
        batch_reset(&engine->batch);
        bool brings_first = add_decode_rows(engine);
        n_prefill = add_prefill_rows(engine, brings_first);
    } while (engine->batch.n_rows == 0 && engine->n_running > 1 && park_youngest(engine));
    if (engine->batch.n_rows == 0) { // the last one has all pages to itself; it waits for the disk
        assert(engine->n_awaiting > 0);
        return;
    }
    uint64_t start_ns = clock_ns(engine);
    const float *logits = NULL;
    struct error error;
    prepare_guides(engine);
    enum err err = batch_run(&engine->batch, engine->model, &logits, &error);
    guide_worker_wait(engine->guide_worker);
    engine->n_steps++;
    engine->n_steps_shared += engine->batch.n_entries;
    pace_observe(&engine->pace, n_prefill, clock_ns(engine) - start_ns);
    size_t n_vocab = model_hyperparams(engine->model)->n_vocab;
    for (uint32_t i = 0; i < engine->batch.n_entries; i++) {
        const struct batch_entry *entry = &engine->batch.entries[i];
        struct request *request = request_of(engine, entry);
        if (err)
            request_stop(request, STOP_ERROR, err);
        else
            request_receive(request, engine->tokenizer, logits + entry->i_output * n_vocab,
                            entry->n_outputs);
    }
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
        admit(engine);
        stop_hopeless(engine);
        publish(engine);
        serve_disk(engine);
        if (engine->n_running > engine->n_awaiting)
            step(engine);
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
