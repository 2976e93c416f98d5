// server_state.h - what the files of server/ share.  For them only.
#ifndef HEARTH_SERVER_SERVER_STATE_H
#define HEARTH_SERVER_SERVER_STATE_H

#include <stdatomic.h>

#include "api/dialect.h"
#include "server/flights.h"
#include "server/server.h"

struct server {
    struct server_config config;
    struct listener *listener;
    struct flights flights;
    pthread_mutex_t lock; // of what follows, and of the trace
    pthread_cond_t idle;
    size_t n_workers;
    uint64_t n_requests;
    atomic_uint_fast64_t n_seeds; // of ids
};

// A request at work: what a handler gets, and what the log line tells.
struct call {
    struct server *server;
    struct exchange *exchange;
    const struct route *route;
    struct header_source headers;
    struct buf note; // " key=value" pieces for the log line
    uint64_t i_call; // counts requests, so that the trace can tell them apart
};

struct route {
    enum http_method method;
    const char *path;                  // ending in '*': everything that begins so
    bool is_open;                      // needs no key
    const struct api_dialect *dialect; // whose errors, and whose requests
    void (*handle)(struct call *call);
};

// In whose words errors about this path are told, whether it exists or not.
const struct api_dialect *route_dialect(const char *path, bool is_anthropic);
const struct route *route_find(enum http_method method, const char *path, bool *is_known_path);

// ---- answers ----
void call_respond_json(struct call *call, const struct buf *body);
void call_respond_error(struct call *call, const struct api_error *error);
void call_note(struct call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *call_stop_word(enum chat_stop stop); // for the log and the trace
// A line of the trace, if there is one: what is "request", "answer", ...
void call_trace(struct call *call, const char *what, struct str bytes);
// One of what the model said, as the parser understood it.
void call_trace_event(struct call *call, size_t i_choice, const struct chat_event *event);
// Reads the body into `request` by the route's dialect; responds and is false when it cannot.
bool call_read(struct call *call, struct api_request *request);
// Whether there is a model, awake or asleep; else it responds: the first loading is answered with a
// status that says when to come back.
bool call_has_model(struct call *call);

// ---- handlers ----
void handle_answer(struct call *call); // answer.c: the dialect's main route
void handle_count(struct call *call);
void handle_health(struct call *call);
void handle_root(struct call *call);
void handle_models(struct call *call);
void handle_model(struct call *call);
void handle_props(struct call *call);
void handle_slots(struct call *call);
void handle_metrics(struct call *call);
void handle_tokenize(struct call *call);
void handle_detokenize(struct call *call);
void handle_apply_template(struct call *call);
void handle_nothing(struct call *call); // telemetry: taken and forgotten
void handle_no_adapters(struct call *call);
void handle_unsupported(struct call *call); // what this server does not do

#endif
