// Who runs: from the queue to the cache, and back when others need the room.
#include <string.h>

#include "engine/engine_state.h"

struct schedule_item engine_item_of(const struct request *request)
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
    engine_enqueue(engine, request);
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

bool engine_park_youngest(struct engine *engine)
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

void engine_admit(struct engine *engine)
{
    size_t n = engine->n_waiting; // those parked meanwhile wait for the next round
    for (size_t i = 0; i < n; i++) {
        engine->candidates[i] = engine->waiting[i];
        engine->items[i] = engine_item_of(engine->waiting[i]);
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
void engine_stop_hopeless(struct engine *engine)
{
    if (engine->n_running == 0 && engine->n_waiting > 0)
        request_stop(engine->waiting[0], STOP_ERROR, ERR_LIMIT);
}
