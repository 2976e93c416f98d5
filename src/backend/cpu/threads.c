#include "backend/cpu/threads.h"
#include "base/memory.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SPINS_BEFORE_SLEEP = 4000, SPINS_BEFORE_YIELD = 2000 };

struct worker {
    struct pool *pool;
    pthread_t thread;
    unsigned i_thread;
};

struct pool {
    unsigned n_threads; // the caller's included
    struct worker *workers;

    // The job.  `ticket` is the job's number in the high half and its next task in the low half; a
    // task is taken by compare-and-swap, so a late worker with an old number takes nothing.  Odd
    // numbers stand for "being prepared": they have no task to take, and a worker that has seen any
    // field of the next job (acquire) also sees that the old ticket is gone.
    _Atomic(pool_task) task;
    _Atomic(void *) context;
    _Atomic uint32_t n_tasks;
    _Alignas(64) _Atomic uint64_t ticket;
    _Alignas(64) _Atomic uint32_t n_done;

    pthread_mutex_t mutex;
    pthread_cond_t wake;
    _Atomic unsigned n_asleep;
    _Atomic bool is_closing;
};

static inline void spin_pause(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static uint32_t job_of(uint64_t ticket)
{
    return (uint32_t)(ticket >> 32);
}

// Takes and runs tasks of job `job` until none is left.
static void run_tasks(struct pool *pool, uint32_t job, unsigned i_thread)
{
    pool_task task = atomic_load_explicit(&pool->task, memory_order_acquire);
    void *context = atomic_load_explicit(&pool->context, memory_order_acquire);
    uint32_t n_tasks = atomic_load_explicit(&pool->n_tasks, memory_order_acquire);
    uint64_t ticket = atomic_load_explicit(&pool->ticket, memory_order_acquire);
    for (;;) {
        if (job_of(ticket) != job || (uint32_t)ticket >= n_tasks)
            return;
        if (!atomic_compare_exchange_weak_explicit(&pool->ticket, &ticket, ticket + 1,
                                                   memory_order_acq_rel, memory_order_acquire))
            continue;
        task(context, (uint32_t)ticket, i_thread);
        atomic_fetch_add_explicit(&pool->n_done, 1, memory_order_release);
        ticket = atomic_load_explicit(&pool->ticket, memory_order_acquire);
    }
}

// Returns the number of the first job after `job`, or `job` when the pool closes.
static uint32_t wait_for_job(struct pool *pool, uint32_t job)
{
    for (int i = 0; i < SPINS_BEFORE_SLEEP; i++) {
        uint32_t now = job_of(atomic_load_explicit(&pool->ticket, memory_order_acquire));
        if (now != job)
            return now;
        spin_pause();
    }
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->n_asleep, 1);
    uint32_t now;
    while ((now = job_of(atomic_load(&pool->ticket))) == job && !atomic_load(&pool->is_closing))
        pthread_cond_wait(&pool->wake, &pool->mutex);
    atomic_fetch_sub(&pool->n_asleep, 1);
    pthread_mutex_unlock(&pool->mutex);
    return now;
}

static void *worker_main(void *argument)
{
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    uint32_t job = 0;
    for (;;) {
        uint32_t next = wait_for_job(pool, job);
        if (next == job)
            return NULL;
        job = next;
        run_tasks(pool, job, worker->i_thread);
    }
}

enum err pool_open(struct pool **out, unsigned n_threads, struct error *error)
{
    struct pool *pool = aligned_alloc(64, round_up(sizeof *pool, 64));
    if (!pool)
        return fail(error, ERR_MEMORY, "no memory for a thread pool");
    memset(pool, 0, sizeof *pool);
    pool->n_threads = 1;
    pool->workers = mem_new(struct worker, n_threads);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    for (unsigned i = 1; i < n_threads; i++) {
        struct worker *worker = &pool->workers[i];
        *worker = (struct worker){.pool = pool, .i_thread = i};
        int reason = pthread_create(&worker->thread, NULL, worker_main, worker);
        if (reason) {
            pool_close(pool);
            return fail(error, ERR_IO, "cannot start thread %u of %u: %s", i + 1, n_threads,
                        strerror(reason));
        }
        pool->n_threads++;
    }
    *out = pool;
    return OK;
}

void pool_close(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->is_closing, true);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 1; i < pool->n_threads; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->workers);
    free(pool);
}

unsigned pool_n_threads(const struct pool *pool)
{
    return pool->n_threads;
}

void pool_run(struct pool *pool, pool_task task, void *context, uint32_t n_tasks)
{
    if (n_tasks == 0)
        return;
    if (n_tasks == 1 || pool->n_threads == 1) {
        for (uint32_t i = 0; i < n_tasks; i++)
            task(context, i, 0);
        return;
    }
    uint32_t job = job_of(atomic_load_explicit(&pool->ticket, memory_order_relaxed)) + 2;
    atomic_store(&pool->ticket, (uint64_t)(job - 1) << 32 | UINT32_MAX);
    atomic_store_explicit(&pool->task, task, memory_order_release);
    atomic_store_explicit(&pool->context, context, memory_order_release);
    atomic_store_explicit(&pool->n_tasks, n_tasks, memory_order_release);
    atomic_store_explicit(&pool->n_done, 0, memory_order_release);
    atomic_store(&pool->ticket, (uint64_t)job << 32); // publishes the job
    if (atomic_load(&pool->n_asleep)) {
        pthread_mutex_lock(&pool->mutex);
        pthread_cond_broadcast(&pool->wake);
        pthread_mutex_unlock(&pool->mutex);
    }
    run_tasks(pool, job, 0);
    for (int i = 0; atomic_load_explicit(&pool->n_done, memory_order_acquire) != n_tasks; i++) {
        if (i < SPINS_BEFORE_YIELD)
            spin_pause();
        else
            sched_yield();
    }
}
