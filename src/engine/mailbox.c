#include "engine/mailbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/os.h"
#include "base/thread.h"

void mailbox_init(struct mailbox *mailbox, void (*notify)(void *), void *context)
{
    *mailbox = (struct mailbox){.notify = notify, .context = context};
    pthread_mutex_init(&mailbox->lock, NULL);
    cond_init(&mailbox->changed);
}

void mailbox_release(struct mailbox *mailbox)
{
    free(mailbox->events);
    pthread_mutex_destroy(&mailbox->lock);
    pthread_cond_destroy(&mailbox->changed);
}

static void make_room(struct mailbox *mailbox)
{
    if (mailbox->n_events < mailbox->capacity)
        return;
    size_t n_left = mailbox->n_events - mailbox->i_next;
    if (mailbox->i_next < mailbox->n_events / 2 || mailbox->capacity == 0) {
        mailbox->capacity = mailbox->capacity ? mailbox->capacity * 2 : 64;
        mailbox->events = mem_resize(mailbox->events, mailbox->capacity, sizeof *mailbox->events);
    }
    memmove(mailbox->events, mailbox->events + mailbox->i_next, n_left * sizeof *mailbox->events);
    mailbox->i_next = 0;
    mailbox->n_events = n_left;
}

void mailbox_put(struct mailbox *mailbox, const struct event *event)
{
    pthread_mutex_lock(&mailbox->lock);
    bool replaces = event->kind == EVENT_PREFILL && mailbox->n_events > mailbox->i_next &&
                    mailbox->events[mailbox->n_events - 1].kind == EVENT_PREFILL;
    if (!mailbox->is_closed) {
        if (replaces)
            mailbox->n_events--;
        make_room(mailbox);
        mailbox->events[mailbox->n_events++] = *event;
        mailbox->has_news = true;
    }
    mailbox->is_finished |= event->kind == EVENT_STOP;
    pthread_mutex_unlock(&mailbox->lock);
    pthread_cond_signal(&mailbox->changed); // after the lock, which the reader wants first of all
}

void mailbox_notify(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    bool calls = mailbox->has_news && mailbox->notify && !mailbox->is_closed;
    mailbox->has_news = false;
    if (calls) {
        mailbox->is_notifying = true;
        pthread_mutex_unlock(&mailbox->lock);
        mailbox->notify(mailbox->context);
        pthread_mutex_lock(&mailbox->lock);
        mailbox->is_notifying = false;
        pthread_cond_broadcast(&mailbox->changed);
    }
    pthread_mutex_unlock(&mailbox->lock);
}

void mailbox_set_stats(struct mailbox *mailbox, const struct request_stats *stats)
{
    pthread_mutex_lock(&mailbox->lock);
    mailbox->stats = *stats;
    pthread_mutex_unlock(&mailbox->lock);
}

bool mailbox_take(struct mailbox *mailbox, struct event *event, unsigned timeout_ms)
{
    uint64_t until_ns = os_time_ns() + (uint64_t)timeout_ms * 1000000;
    pthread_mutex_lock(&mailbox->lock);
    while (mailbox->i_next == mailbox->n_events && timeout_ms > 0) {
        uint64_t now_ns = os_time_ns();
        if (now_ns >= until_ns)
            break;
        cond_wait_ms(&mailbox->changed, &mailbox->lock,
                     (unsigned)((until_ns - now_ns + 999999) / 1000000));
    }
    bool found = mailbox->i_next < mailbox->n_events;
    if (found)
        *event = mailbox->events[mailbox->i_next++];
    pthread_mutex_unlock(&mailbox->lock);
    return found;
}

void mailbox_get_stats(struct mailbox *mailbox, struct request_stats *stats)
{
    pthread_mutex_lock(&mailbox->lock);
    *stats = mailbox->stats;
    pthread_mutex_unlock(&mailbox->lock);
}

bool mailbox_is_finished(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    bool finished = mailbox->is_finished;
    pthread_mutex_unlock(&mailbox->lock);
    return finished;
}

void mailbox_close(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    mailbox->is_closed = true;
    mailbox->i_next = mailbox->n_events = 0;
    while (mailbox->is_notifying)
        pthread_cond_wait(&mailbox->changed, &mailbox->lock);
    pthread_mutex_unlock(&mailbox->lock);
}
