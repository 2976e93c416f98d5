// threads.h - a pool that runs the tasks of one operation at a time.
//
// pool_run() returns when every task is done; the caller's thread works too.  Tasks are taken one by
// one from a shared counter, so a worker whose core is busy elsewhere costs its share and no more:
// nobody waits for a thread that has taken no task.  Workers spin for a few microseconds after a job,
// since the next one usually follows at once, then sleep.
#ifndef HEARTH_BACKEND_CPU_THREADS_H
#define HEARTH_BACKEND_CPU_THREADS_H

#include <stdint.h>

#include "base/error.h"

struct pool;

// i_thread < pool_n_threads() tells tasks which scratch is theirs.
typedef void (*pool_task)(void *context, uint32_t i_task, unsigned i_thread);

enum err pool_open(struct pool **out, unsigned n_threads, struct error *error);
void pool_close(struct pool *pool);
unsigned pool_n_threads(const struct pool *pool);
void pool_run(struct pool *pool, pool_task task, void *context, uint32_t n_tasks);

#endif
