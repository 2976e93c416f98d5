#include "engine/guide_worker.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/thread.h"

struct guide_worker {
    pthread_t thread;
    pthread_mutex_t lock; // for what follows
    pthread_cond_t changed;
    struct guide *const *guides; // of the step in work
    size_t n_guides;             // 0: nothing to do
    bool is_closing;
};

static void *work(void *context)
{
    struct guide_worker *worker = context;
    pthread_mutex_lock(&worker->lock);
    for (;;) {
        while (worker->n_guides == 0 && !worker->is_closing)
            pthread_cond_wait(&worker->changed, &worker->lock);
        if (worker->n_guides == 0)
            break;
        struct guide *const *guides = worker->guides;
        size_t n_guides = worker->n_guides;
        pthread_mutex_unlock(&worker->lock);
        for (size_t i = 0; i < n_guides; i++)
            guide_prepare(guides[i]);
        pthread_mutex_lock(&worker->lock);
        worker->n_guides = 0;
        pthread_cond_broadcast(&worker->changed);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

struct guide_worker *guide_worker_open(void)
{
    struct guide_worker *worker = mem_new(struct guide_worker, 1);
    pthread_mutex_init(&worker->lock, NULL);
    cond_init(&worker->changed);
    if (pthread_create(&worker->thread, NULL, work, worker) == 0)
        return worker;
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
    return NULL;
}

void guide_worker_close(struct guide_worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->lock);
    worker->is_closing = true;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
}

void guide_worker_start(struct guide_worker *worker, struct guide *const *guides, size_t n_guides)
{
    if (!worker || n_guides == 0)
        return;
    pthread_mutex_lock(&worker->lock);
    worker->guides = guides;
    worker->n_guides = n_guides;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

void guide_worker_wait(struct guide_worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->lock);
    while (worker->n_guides > 0)
        pthread_cond_wait(&worker->changed, &worker->lock);
    pthread_mutex_unlock(&worker->lock);
}
