// server.h - the HTTP server: routes, workers and what keeps clients alive.
//
// The listener's thread hands each request to a worker thread, which runs the route's handler from
// beginning to end.  Nothing here prints but the log, through a callback.
#ifndef HEARTH_SERVER_SERVER_H
#define HEARTH_SERVER_SERVER_H

#include <stdio.h>

#include "base/error.h"
#include "server/listener.h"
#include "server/model_side.h"
#include "server/security.h"

struct server;

struct server_config {
    const char *host;
    int port;
    struct security security;
    const struct model_side *model; // must outlive the server
    unsigned beat_ms;               // between signs of life while a client waits; 0: 10 s
    unsigned orphan_ms;             // how long a prefill goes on for nobody; 0: two minutes
    unsigned timeout_s;             // for whole requests and stalled readers; 0: 60
    unsigned drain_s;               // at the end; 0: 30
    size_t n_workers_max;           // requests at work at a time; 0: 256
    size_t size_body_max;           // 0: 64 MiB
    uint32_t n_predict;             // most tokens where the request names none; 0: what fits
    size_t n_connections_max;       // 0: 2,048
    bool hides_slots;               // --no-slots
    bool hides_metrics;
    bool takes_signals; // SIGTERM and SIGINT stop it; for one server of a process
    void (*log)(void *context, const char *line); // one line per request; may be NULL
    void *log_context;
    FILE *trace; // bodies of requests and answers, one JSON object a line; or NULL
};

enum err server_open(struct server **out, const struct server_config *config, struct error *error);
int server_port(const struct server *server);
// Serves until server_stop() or a signal, then drains.
void server_run(struct server *server);
void server_stop(struct server *server);
void server_close(struct server *server);

#endif
