// listener_state.h - what listener.c and exchange.c share.  For those two only.
#ifndef HEARTH_SERVER_LISTENER_STATE_H
#define HEARTH_SERVER_LISTENER_STATE_H

#include <event2/http.h>
#include <pthread.h>

#include "base/buf.h"
#include "server/exchange.h"
#include "server/listener.h"

struct header {
    char *name, *value; // the name in lower case
};

struct exchange {
    struct listener *listener;
    // The request: set before a worker sees the exchange.
    enum http_method method;
    char *path, *peer;
    struct header *headers;
    size_t n_headers;
    struct buf body;
    bool is_large; // the body is, or was
    uint64_t start_ns;

    // The loop's own.
    struct evhttp_request *request; // NULL once answered or gone
    struct guard *guard;
    bool is_begun; // headers are sent
    struct exchange *next_live, **link_live;
    struct buf taken; // of `pending`, being sent

    pthread_mutex_t lock; // of all below
    pthread_cond_t changed;
    int n_references;
    bool is_gone, is_wanted_begun, is_whole, is_ended, is_queued;
    int status;
    struct header *out_headers;
    size_t n_out_headers;
    struct buf pending; // written by the worker, not yet taken by the loop
    size_t size_unsent; // taken by the loop, not yet taken by the socket
    struct exchange *next_queued;
};

// Asks the loop to look at the exchange, of which the queue has a reference now.
void listener_queue(struct listener *listener, struct exchange *exchange);

// The loop's side of an exchange.
struct exchange *exchange_open(struct listener *listener, struct evhttp_request *request);
void exchange_flush(struct exchange *exchange); // sends what is pending
void exchange_lose(struct exchange *exchange);  // the client has gone
void exchange_note_unsent(struct exchange *exchange, size_t size);

#endif
