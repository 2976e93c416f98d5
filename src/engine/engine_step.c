// One step: whose rows the model computes together.
#include <assert.h>

#include "base/os.h"
#include "engine/engine_state.h"

// A chunk may take so much longer than wait_ms_max when nobody is kept waiting by it but a request that
// comes meanwhile, whose first token may be 1 s late: small chunks read all weights for few rows.
static const double unwatched_factor = 2.5;

// A step is aimed so far below what it may take, for a machine with other work keeps no time exactly.
static const double aimed_share = 0.85;

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
        engine->items[n++] = engine_item_of(engine->running[i]);
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

void engine_step(struct engine *engine)
{
    uint32_t n_prefill;
    do { // until someone can go on
        batch_reset(&engine->batch);
        bool brings_first = add_decode_rows(engine);
        n_prefill = add_prefill_rows(engine, brings_first);
    } while (engine->batch.n_rows == 0 && engine->n_running > 1 && engine_park_youngest(engine));
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
