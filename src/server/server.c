#include "server/server.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/os.h"
#include "server/server_state.h"

enum { WORKER_STACK_SIZE = 8 << 20, RETRY_S = 2, CLIENT_SHOWN = 24 };
#define HEADERS_SIZE_MAX ((size_t)64 * KIB)

static const char json_content[] = "application/json; charset=utf-8";

// ---- what handlers use ----

void call_note(struct call *call, const char *format, ...)
{
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    buf_append_byte(&call->note, ' ');
    buf_append_text(&call->note, text);
}

const char *call_stop_word(enum chat_stop stop)
{
    static const char *const words[] = {
        [CHAT_STOP_NONE] = "none",         [CHAT_STOP_END_TURN] = "end",
        [CHAT_STOP_TOOL_CALLS] = "calls",  [CHAT_STOP_SEQUENCE] = "sequence",
        [CHAT_STOP_MAX_TOKENS] = "length", [CHAT_STOP_CANCELLED] = "cancelled",
    };
    return words[stop];
}

static void open_trace_line(struct buf *line, const struct call *call, const char *what)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    json_print(line, "{'time':%f,'call':%l,'path':%s,'what':%s",
               (double)now.tv_sec + (double)now.tv_nsec / 1e9, (long long)call->i_call,
               exchange_path(call->exchange), what);
}

static void close_trace_line(struct buf *line, struct server *server)
{
    pthread_mutex_lock(&server->lock);
    fprintf(server->config.trace, "%s}\n", line->data);
    fflush(server->config.trace);
    pthread_mutex_unlock(&server->lock);
    buf_release(line);
}

void call_trace(struct call *call, const char *what, struct str bytes)
{
    struct buf line = {0};
    if (!call->server->config.trace)
        return;
    open_trace_line(&line, call, what);
    json_print(&line, ",'text':%S", bytes);
    close_trace_line(&line, call->server);
}

void call_trace_event(struct call *call, size_t i_choice, const struct chat_event *event)
{
    static const char *const kinds[] = {
        [CHAT_EVENT_THINKING] = "thinking",  [CHAT_EVENT_THINKING_END] = "thinking_end",
        [CHAT_EVENT_TEXT] = "text",          [CHAT_EVENT_CALL_START] = "call_begin",
        [CHAT_EVENT_CALL_ARGS] = "argument", [CHAT_EVENT_CALL_END] = "call_end",
        [CHAT_EVENT_CALL_CUT] = "call_cut",  [CHAT_EVENT_STOP] = "stop",
    };
    struct buf line = {0};
    open_trace_line(&line, call, "event");
    json_print(&line, ",'choice':%z,'event':%s,'text':%S", i_choice, kinds[event->kind],
               event->text);
    if (event->id.size)
        json_print(&line, ",'id':%S", event->id);
    if (event->name.size)
        json_print(&line, ",'name':%S", event->name);
    if (event->kind == CHAT_EVENT_STOP)
        json_print(&line, ",'stop':%s", call_stop_word(event->stop));
    close_trace_line(&line, call->server);
}

void call_respond_json(struct call *call, const struct buf *body)
{
    struct str text = {body->data ? body->data : "", body->size};
    call_trace(call, "answer", text);
    exchange_respond(call->exchange, 200, json_content, text);
}

static int dialect_status(const struct api_dialect *dialect, enum api_error_kind kind)
{
    const struct api_error_names *names = api_error_names(kind);
    return dialect == &api_anthropic && names->anthropic_status ? names->anthropic_status
                                                                : names->status;
}

void call_respond_error(struct call *call, const struct api_error *error)
{
    const struct api_dialect *dialect =
        call->route ? call->route->dialect
                    : route_dialect(exchange_path(call->exchange),
                                    exchange_header(call->exchange, "anthropic-version") != NULL);
    int status = dialect_status(dialect, error->kind);
    if (error->retry_after_s) {
        char seconds[20];
        snprintf(seconds, sizeof seconds, "%u", error->retry_after_s);
        exchange_add_header(call->exchange, "Retry-After", seconds);
    }
    struct buf body = {0};
    dialect->put_error(&body, error);
    call_note(call, "error=\"%s\"", error->text);
    call_trace(call, "answer", (struct str){body.data, body.size});
    exchange_respond(call->exchange, status, json_content, (struct str){body.data, body.size});
    buf_release(&body);
}

bool call_read(struct call *call, struct api_request *request)
{
    struct error error;
    call_trace(call, "request", exchange_body(call->exchange));
    enum err err = api_request_parse(request, exchange_body(call->exchange), &error);
    if (!err)
        err = call->route->dialect->read(request, &error);
    exchange_forget_body(call->exchange); // all of it is in the request now
    if (err) {
        struct api_error api_error = api_error_of(&error);
        call_respond_error(call, &api_error);
        return false;
    }
    request->session_key = api_session_key(request, &call->headers);
    return true;
}

bool call_has_model(struct call *call)
{
    const struct model_side *model = call->server->config.model;
    struct error error = {0};
    struct api_error api_error = {0};
    switch (model->state(model->self, &error)) {
    case MODEL_READY:
    case MODEL_ASLEEP:
        return true;
    case MODEL_LOADING:
        api_error = api_error_make(API_ERROR_LOADING, "Loading model");
        api_error.retry_after_s = RETRY_S;
        break;
    case MODEL_FAILED:
        api_error = api_error_make(API_ERROR_INTERNAL, "%s", error.text);
        break;
    }
    call_respond_error(call, &api_error);
    return false;
}

// ---- one request ----

static void allow_page(struct call *call, const char *origin)
{
    if (!origin || !security_is_listed_origin(&call->server->config.security, origin))
        return;
    exchange_add_header(call->exchange, "Access-Control-Allow-Origin", origin);
    exchange_add_header(call->exchange, "Vary", "Origin");
}

static void answer_preflight(struct call *call)
{
    exchange_add_header(call->exchange, "Access-Control-Allow-Methods", "GET, POST");
    exchange_add_header(call->exchange, "Access-Control-Allow-Headers",
                        "authorization, content-type, x-api-key, anthropic-version, "
                        "anthropic-beta");
    exchange_respond(call->exchange, 204, NULL, STR(""));
}

// The route of a request that may pass; otherwise what is wrong with it.
static bool admit(struct call *call, struct api_error *error)
{
    const struct security *security = &call->server->config.security;
    struct exchange *exchange = call->exchange;
    const char *host = exchange_header(exchange, "host");
    const char *origin = exchange_header(exchange, "origin");
    bool is_known_path;
    call->route = route_find(exchange_method(exchange), exchange_path(exchange), &is_known_path);
    if (!security_allows_host(security, host)) {
        *error = api_error_make(API_ERROR_FORBIDDEN, "host \"%.200s\" is not allowed", host);
        return false;
    }
    if (!security_allows_origin(security, origin, host)) {
        *error = api_error_make(API_ERROR_FORBIDDEN, "origin \"%.200s\" is not allowed", origin);
        return false;
    }
    allow_page(call, origin);
    if (exchange_method(exchange) == HTTP_OPTIONS && is_known_path)
        return true;
    if (!call->route) {
        *error = is_known_path ? api_error_make(API_ERROR_METHOD, "this path takes another method")
                               : api_error_make(API_ERROR_NOT_FOUND, "no such path: %.200s",
                                                exchange_path(exchange));
        return false;
    }
    if (!call->route->is_open &&
        !security_opens(security, exchange_header(exchange, "authorization"),
                        exchange_header(exchange, "x-api-key"))) {
        *error = api_error_make(API_ERROR_KEY, "a valid API key is required");
        return false;
    }
    return true;
}

// Names and paths are the client's words: nothing in them may look like a line of ours.
static void blank_controls(struct buf *line)
{
    for (size_t i = 0; i < line->size; i++)
        if ((unsigned char)line->data[i] < 0x20 || line->data[i] == 0x7f)
            line->data[i] = '?';
}

// The client's program, as it calls itself: "claude-cli", "opencode", "codex_exec".
static void put_client(struct buf *line, const char *user_agent)
{
    size_t size = user_agent ? strcspn(user_agent, "/ ;,(\"") : 0;
    if (size)
        buf_printf(line, " client=%.*s", (int)(size < CLIENT_SHOWN ? size : CLIENT_SHOWN),
                   user_agent);
}

static void log_call(struct call *call)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "OPTIONS", "-"};
    const struct server_config *config = &call->server->config;
    if (!config->log)
        return;
    struct buf line = {0};
    double ms = (double)(os_time_ns() - exchange_start_ns(call->exchange)) / 1e6;
    buf_printf(&line, "%s %s %s %d %.0f ms", exchange_peer(call->exchange),
               methods[exchange_method(call->exchange)], exchange_path(call->exchange),
               exchange_status(call->exchange), ms);
    put_client(&line, exchange_header(call->exchange, "user-agent"));
    if (call->note.size)
        buf_append(&line, call->note.data, call->note.size);
    blank_controls(&line);
    config->log(config->log_context, line.data);
    buf_release(&line);
}

static void *work(void *context)
{
    struct call *call = context;
    struct server *server = call->server;
    struct api_error error;
    call->headers = (struct header_source){exchange_header, call->exchange};
    if (!admit(call, &error))
        call_respond_error(call, &error);
    else if (exchange_method(call->exchange) == HTTP_OPTIONS)
        answer_preflight(call);
    else
        call->route->handle(call);
    log_call(call);
    exchange_release(call->exchange);
    buf_release(&call->note);
    free(call);
    pthread_mutex_lock(&server->lock);
    server->n_workers--;
    pthread_cond_broadcast(&server->idle);
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

static bool start_worker(struct call *call)
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, WORKER_STACK_SIZE);
    bool is_started = pthread_create(&thread, &attributes, work, call) == 0;
    pthread_attr_destroy(&attributes);
    return is_started;
}

// On the listener's thread.
static void serve(void *context, struct exchange *exchange)
{
    struct server *server = context;
    struct call *call = mem_new(struct call, 1);
    *call = (struct call){.server = server, .exchange = exchange};
    pthread_mutex_lock(&server->lock);
    call->i_call = server->n_requests++;
    bool has_room = server->n_workers < server->config.n_workers_max;
    bool is_stopping = listener_is_stopping(server->listener);
    server->n_workers += has_room && !is_stopping;
    pthread_mutex_unlock(&server->lock);
    if (has_room && !is_stopping) {
        if (start_worker(call))
            return;
        pthread_mutex_lock(&server->lock);
        server->n_workers--;
        pthread_mutex_unlock(&server->lock);
    }
    bool is_known;
    call->route = route_find(exchange_method(exchange), exchange_path(exchange), &is_known);
    struct api_error error =
        api_error_make(is_stopping ? API_ERROR_LOADING : API_ERROR_BUSY, "%s",
                       is_stopping ? "the server is stopping" : "too many requests at a time");
    error.retry_after_s = RETRY_S;
    call_respond_error(call, &error);
    log_call(call);
    exchange_release(exchange);
    buf_release(&call->note);
    free(call);
}

// ---- requests that never became whole ----

// Method and path of a request's first line, as far as they are there.
static void read_head(struct str head, char method[16], char path[120])
{
    size_t at = 0;
    for (size_t n = 0; at < head.size && n < 15 && head.data[at] > ' '; n++)
        *method++ = head.data[at++];
    while (at < head.size && head.data[at] == ' ')
        at++;
    for (size_t n = 0; at < head.size && n < 119 && head.data[at] > ' ' && head.data[at] != '?';
         n++)
        *path++ = head.data[at++];
    *method = *path = 0;
}

static struct api_error refusal_error(const struct server *server, enum refusal_cause cause)
{
    static const struct {
        enum api_error_kind kind;
        const char *text;
    } rows[] = {
        [REFUSED_MALFORMED] = {API_ERROR_INVALID, "this is no HTTP request that can be understood"},
        [REFUSED_METHOD] = {API_ERROR_METHOD, "this path takes another method"},
        [REFUSED_SIZE] = {API_ERROR_TOO_LARGE, NULL},
        [REFUSED_SLOW] = {API_ERROR_TIMEOUT, "the request did not arrive in time"},
        [REFUSED_BUSY] = {API_ERROR_BUSY, "too many large requests at a time"},
    };
    if (cause == REFUSED_SIZE)
        return api_error_make(API_ERROR_TOO_LARGE,
                              "the request is larger than this server takes: %zu MiB of body, %zu "
                              "KiB of headers",
                              server->config.size_body_max / MIB, HEADERS_SIZE_MAX / KIB);
    struct api_error error = api_error_make(rows[cause].kind, "%s", rows[cause].text);
    error.retry_after_s = cause == REFUSED_BUSY ? RETRY_S : 0;
    return error;
}

// On the listener's thread: the answer, and its line of the log.
static void refuse(void *context, enum refusal_cause cause, struct str head, struct buf *out)
{
    struct server *server = context;
    char method[16], path[120];
    read_head(head, method, path);
    const struct api_dialect *dialect = route_dialect(path, false);
    struct api_error error = refusal_error(server, cause);
    int status = dialect_status(dialect, error.kind);
    struct buf body = {0};
    dialect->put_error(&body, &error);
    buf_printf(out, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n", status,
               exchange_reason(status), json_content, body.size);
    if (error.retry_after_s)
        buf_printf(out, "Retry-After: %u\r\n", error.retry_after_s);
    buf_append_text(out, "Connection: close\r\n\r\n");
    buf_append(out, body.data, strcmp(method, "HEAD") == 0 ? 0 : body.size);
    buf_release(&body);
    if (!server->config.log)
        return;
    struct buf line = {0};
    buf_printf(&line, "- %s %s %d refused=\"%s\"", method[0] ? method : "-", path[0] ? path : "-",
               status, error.text);
    blank_controls(&line);
    server->config.log(server->config.log_context, line.data);
    buf_release(&line);
}

// ---- life ----

static void set_defaults(struct server_config *config)
{
    config->beat_ms = config->beat_ms ? config->beat_ms : 10000;
    config->orphan_ms = config->orphan_ms ? config->orphan_ms : 120000;
    config->timeout_s = config->timeout_s ? config->timeout_s : 60;
    config->drain_s = config->drain_s ? config->drain_s : 30;
    config->n_workers_max = config->n_workers_max ? config->n_workers_max : 256;
    config->size_body_max = config->size_body_max ? config->size_body_max : 64 * MIB;
    config->n_connections_max = config->n_connections_max ? config->n_connections_max : 2048;
}

enum err server_open(struct server **out, const struct server_config *config, struct error *error)
{
    enum err err = security_check_bind(&config->security, config->host, error);
    if (err)
        return err;
    struct server *server = mem_new(struct server, 1);
    server->config = *config;
    set_defaults(&server->config);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->idle, NULL);
    flights_init(&server->flights);
    atomic_init(&server->n_seeds, os_time_ns());
    struct listener_config listener = {
        .host = config->host,
        .port = config->port,
        .size_headers_max = HEADERS_SIZE_MAX,
        .size_body_max = server->config.size_body_max,
        .size_arriving_max = 4 * server->config.size_body_max,
        .n_connections_max = server->config.n_connections_max,
        .request_s = server->config.timeout_s,
        .idle_s = 600,
        .stall_s = server->config.timeout_s,
        .serve = serve,
        .refuse = refuse,
        .context = server,
    };
    err = listener_open(&server->listener, &listener, error);
    if (err) {
        server_close(server);
        return err;
    }
    *out = server;
    return OK;
}

int server_port(const struct server *server)
{
    return listener_port(server->listener);
}

void server_run(struct server *server)
{
    if (server->config.takes_signals) {
        listener_on_signal(server->listener, SIGTERM, listener_stop);
        listener_on_signal(server->listener, SIGINT, listener_stop);
    }
    listener_run(server->listener, server->config.drain_s);
    listener_disconnect(server->listener);
    pthread_mutex_lock(&server->lock);
    while (server->n_workers)
        pthread_cond_wait(&server->idle, &server->lock);
    pthread_mutex_unlock(&server->lock);
}

void server_stop(struct server *server)
{
    listener_stop(server->listener);
}

void server_close(struct server *server)
{
    if (!server)
        return;
    listener_close(server->listener);
    flights_release(&server->flights);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->idle);
    free(server);
}
