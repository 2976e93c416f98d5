// listener.h - sockets: HTTP/1.1 over libevent's evhttp, with the limits that evhttp lacks.
//
// One thread runs the loop; for each whole request it calls `serve` on that thread, which hands the
// exchange to a worker.  Here live the deadlines for whole requests, idle connections and readers
// that do not read, the bound on connections, and the drain at the end.
#ifndef HEARTH_SERVER_LISTENER_H
#define HEARTH_SERVER_LISTENER_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "server/exchange.h"

enum refusal_cause {
    REFUSED_MALFORMED,
    REFUSED_METHOD,
    REFUSED_SIZE, // headers or body
    REFUSED_SLOW, // not whole in time
    REFUSED_BUSY, // too much arrives at a time
};

struct listener_config {
    const char *host;                       // an address or a name of this machine
    int port;                               // 0: any free one
    size_t size_headers_max, size_body_max; // bytes
    size_t size_arriving_max;               // bytes of all requests that are there at a time
    size_t n_connections_max;               // fewer where the system allows fewer
    unsigned request_s;                     // from a request's first byte to its last
    unsigned idle_s;                        // a connection without a request
    unsigned stall_s;                       // a client that takes no bytes
    void (*serve)(void *context, struct exchange *exchange); // now owns one reference
    // A request that never became whole: appends the whole HTTP response to `out`.  `head` is the
    // beginning of the request as it came, perhaps empty.
    void (*refuse)(void *context, enum refusal_cause cause, struct str head, struct buf *out);
    void *context;
};

// Binds and listens.  ERR_IO names address and port.
enum err listener_open(struct listener **out, const struct listener_config *config,
                       struct error *error);
int listener_port(const struct listener *listener);

// Serves until listener_stop(); then accepts nothing new and returns when the last exchange has
// ended or `drain_s` have passed.
void listener_run(struct listener *listener, unsigned drain_s);
// From any thread, or a signal handler of the loop.  A second call ends the drain at once.
void listener_stop(struct listener *listener);
bool listener_is_stopping(struct listener *listener);
// After listener_run(): cuts the connections that are left, so that workers see their clients gone.
void listener_disconnect(struct listener *listener);
// When no worker has an exchange any more.
void listener_close(struct listener *listener);

// Has `callback` run on the loop's thread when the process gets the signal.
void listener_on_signal(struct listener *listener, int number,
                        void (*callback)(struct listener *listener));

#endif
