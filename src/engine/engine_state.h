// engine_state.h - what the files of the engine's thread share.  For them only.
#ifndef HEARTH_ENGINE_ENGINE_STATE_H
#define HEARTH_ENGINE_ENGINE_STATE_H

#include <pthread.h>

#include "engine/batch.h"
#include "engine/engine.h"
#include "engine/generate.h"
#include "engine/guide_worker.h"
#include "engine/scheduler.h"
#include "engine/spill.h"

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

void engine_enqueue(struct engine *engine, struct request *request); // behind those that wait

// ---- engine_admission.c ----
struct schedule_item engine_item_of(const struct request *request);
void engine_admit(struct engine *engine); // those that wait, as far as there is room
// Sends the one that came last back to the queue, for the others to go on; false when none may go.
bool engine_park_youngest(struct engine *engine);
// Ends the first that waits when nothing runs and it was not admitted: it never will be.
void engine_stop_hopeless(struct engine *engine);

// ---- engine_step.c ----
// Computes rows for some of those running and gives them what comes of it.
void engine_step(struct engine *engine);

#endif
