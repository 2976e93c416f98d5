#include "server/refusals.h"

#include <stdlib.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "base/memory.h"

enum {
    SILENCE_S = 2,   // a client that sends no more has read its answer, or never will
    LINGER_S = 20,   // and one that never ends
    WAITING_MAX = 64 // beyond, sockets are closed at once
};

struct refusal {
    struct refusals *refusals;
    struct bufferevent *bev;
    struct event *end;
    struct refusal *next, **link;
};

struct refusals {
    struct event_base *base;
    struct refusal *first;
    size_t n;
};

struct refusals *refusals_open(struct event_base *base)
{
    struct refusals *refusals = mem_new(struct refusals, 1);
    refusals->base = base;
    return refusals;
}

static void end_refusal(struct refusal *refusal)
{
    refusal->refusals->n--;
    *refusal->link = refusal->next;
    if (refusal->next)
        refusal->next->link = refusal->link;
    event_free(refusal->end);
    bufferevent_free(refusal->bev);
    free(refusal);
}

void refusals_close(struct refusals *refusals)
{
    if (!refusals)
        return;
    while (refusals->first)
        end_refusal(refusals->first);
    free(refusals);
}

static void bytes_came(struct bufferevent *bev, void *context)
{
    struct evbuffer *input = bufferevent_get_input(bev);
    (void)context;
    evbuffer_drain(input, evbuffer_get_length(input));
}

static void something_happened(struct bufferevent *bev, short what, void *context)
{
    (void)bev, (void)what; // the client's end, an error or silence
    end_refusal(context);
}

static void time_is_up(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    end_refusal(context);
}

void refusals_add(struct refusals *refusals, int fd, struct str response)
{
    const struct timeval silence = {SILENCE_S, 0}, linger = {LINGER_S, 0};
    send(fd, response.data, response.size, MSG_DONTWAIT); // nothing is before it in the buffer
    shutdown(fd, SHUT_WR);
    struct bufferevent *bev = NULL;
    if (refusals->n < WAITING_MAX)
        bev = bufferevent_socket_new(refusals->base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (!bev) {
        evutil_closesocket(fd);
        return;
    }
    struct refusal *refusal = mem_new(struct refusal, 1);
    *refusal = (struct refusal){.refusals = refusals,
                                .bev = bev,
                                .end = evtimer_new(refusals->base, time_is_up, refusal),
                                .next = refusals->first,
                                .link = &refusals->first};
    if (refusals->first)
        refusals->first->link = &refusal->next;
    refusals->first = refusal;
    refusals->n++;
    evtimer_add(refusal->end, &linger);
    bufferevent_setcb(bev, bytes_came, NULL, something_happened, refusal);
    bufferevent_set_timeouts(bev, &silence, NULL);
    bufferevent_enable(bev, EV_READ);
}
