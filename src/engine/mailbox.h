// mailbox.h - what the engine tells one reader.
//
// The engine puts events in and never waits: the queue grows as long as the reader does not come.
// The reader takes them when it likes, or is called (`notify`) when there is something to take.
// One writer, one reader, each in its own thread.
#ifndef HEARTH_ENGINE_MAILBOX_H
#define HEARTH_ENGINE_MAILBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/engine.h"

struct mailbox {
    pthread_mutex_t lock; // for everything below
    pthread_cond_t changed;
    struct event *events; // [i_next, n_events) are still to be taken
    size_t i_next, n_events, capacity;
    struct request_stats stats;
    bool has_news;     // put since the last mailbox_notify()
    bool is_notifying; // the reader's function is running
    bool is_closed;    // the reader is gone: events are dropped
    bool is_finished;  // EVENT_STOP was put
    void (*notify)(void *);
    void *context;
};

void mailbox_init(struct mailbox *mailbox, void (*notify)(void *), void *context);
void mailbox_release(struct mailbox *mailbox);

// ---- the engine's side ----
// A prefill event replaces the one before it when that was not taken yet.
void mailbox_put(struct mailbox *mailbox, const struct event *event);
// Calls the reader, without the lock, when something was put since the last time.
void mailbox_notify(struct mailbox *mailbox);
void mailbox_set_stats(struct mailbox *mailbox, const struct request_stats *stats);

// ---- the reader's side ----
bool mailbox_take(struct mailbox *mailbox, struct event *event, unsigned timeout_ms);
void mailbox_get_stats(struct mailbox *mailbox, struct request_stats *stats);
bool mailbox_is_finished(struct mailbox *mailbox);
// When this returns, `notify` is not running and will not be called again.  Not from within notify.
void mailbox_close(struct mailbox *mailbox);

#endif
