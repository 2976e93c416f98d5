#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/keyvalq_struct.h>

#include "base/memory.h"
#include "base/os.h"
#include "server/listener_state.h"

enum {
    UNSENT_SIZE_MAX = 1 << 20, // bytes on their way beyond which a worker waits
    SIZE_LARGE = 4 << 20,      // a body after which memory is given back to the system
};

// ---- the loop's side ----

static enum http_method method_of(struct evhttp_request *request)
{
    switch (evhttp_request_get_command(request)) {
    case EVHTTP_REQ_GET:
        return HTTP_GET;
    case EVHTTP_REQ_HEAD:
        return HTTP_HEAD;
    case EVHTTP_REQ_POST:
        return HTTP_POST;
    case EVHTTP_REQ_OPTIONS:
        return HTTP_OPTIONS;
    default:
        return HTTP_OTHER;
    }
}

static void copy_headers(struct exchange *exchange, struct evhttp_request *request)
{
    struct evkeyvalq *headers = evhttp_request_get_input_headers(request);
    size_t n = 0;
    for (struct evkeyval *h = headers->tqh_first; h; h = h->next.tqe_next)
        n++;
    exchange->headers = mem_new(struct header, n + 1);
    for (struct evkeyval *h = headers->tqh_first; h; h = h->next.tqe_next) {
        struct header *copy = &exchange->headers[exchange->n_headers++];
        *copy = (struct header){mem_copy_string(h->key), mem_copy_string(h->value)};
        for (char *c = copy->name; *c; c++)
            *c = (char)tolower((unsigned char)*c);
    }
}

struct exchange *exchange_open(struct listener *listener, struct evhttp_request *request)
{
    struct exchange *exchange = mem_new(struct exchange, 1);
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
    size_t size = 0;
    char *decoded = evhttp_uridecode(path && *path ? path : "/", 0, &size);
    bool is_text = decoded && strlen(decoded) == size; // no path of ours has a NUL in it
    char *peer = NULL;
    ev_uint16_t port;
    evhttp_connection_get_peer(evhttp_request_get_connection(request), &peer, &port);
    exchange->listener = listener;
    exchange->request = request;
    exchange->start_ns = os_time_ns();
    exchange->method = method_of(request);
    exchange->path = mem_copy_string(is_text ? decoded : path && *path ? path : "/");
    exchange->peer = mem_copy_string(peer ? peer : "?");
    exchange->n_references = 2; // the loop's and the worker's
    free(decoded);
    copy_headers(exchange, request);
    struct evbuffer *body = evhttp_request_get_input_buffer(request);
    struct evbuffer_iovec piece; // one after the other: a body is never there twice
    while (evbuffer_peek(body, -1, NULL, &piece, 1) > 0 && piece.iov_len) {
        buf_append(&exchange->body, piece.iov_base, piece.iov_len);
        evbuffer_drain(body, piece.iov_len);
    }
    pthread_mutex_init(&exchange->lock, NULL);
    pthread_cond_init(&exchange->changed, NULL);
    return exchange;
}

const char *exchange_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } rows[] = {{200, "OK"},
                {204, "No Content"},
                {400, "Bad Request"},
                {401, "Unauthorized"},
                {403, "Forbidden"},
                {404, "Not Found"},
                {405, "Method Not Allowed"},
                {408, "Request Timeout"},
                {413, "Content Too Large"},
                {429, "Too Many Requests"},
                {500, "Internal Server Error"},
                {501, "Not Implemented"},
                {503, "Service Unavailable"},
                {529, "Overloaded"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].status == status)
            return rows[i].reason;
    return "Unknown";
}

// With the lock held: what the socket has not taken yet, as far as the loop knows.
static size_t unsent_size(struct evhttp_request *request)
{
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    struct bufferevent *bev = evhttp_connection_get_bufferevent(connection);
    return evbuffer_get_length(bufferevent_get_output(bev));
}

void exchange_note_unsent(struct exchange *exchange, size_t size)
{
    pthread_mutex_lock(&exchange->lock);
    exchange->size_unsent = size;
    pthread_cond_broadcast(&exchange->changed);
    pthread_mutex_unlock(&exchange->lock);
}

static void chunk_sent(struct evhttp_connection *connection, void *context)
{
    (void)connection;
    exchange_note_unsent(context, 0);
}

static void begin(struct exchange *exchange)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(exchange->request);
    for (size_t i = 0; i < exchange->n_out_headers; i++)
        evhttp_add_header(headers, exchange->out_headers[i].name, exchange->out_headers[i].value);
    if (listener_is_stopping(exchange->listener))
        evhttp_add_header(headers, "Connection", "close");
    exchange->is_begun = true;
}

// Gives a piece of a stream to the socket at once, in HTTP's chunks, when nothing waits before it: by
// way of evhttp it costs two changes of what the loop waits for and two more turns of it.  What the
// socket does not take is left to the connection.  False when nothing was sent.
static bool send_at_once(struct evhttp_request *request, struct str piece)
{
    struct bufferevent *bev =
        evhttp_connection_get_bufferevent(evhttp_request_get_connection(request));
    const char *coding =
        evhttp_find_header(evhttp_request_get_output_headers(request), "Transfer-Encoding");
    char head[24];
    if (!coding || strcmp(coding, "chunked") != 0 || unsent_size(request))
        return false;
    size_t head_size = (size_t)snprintf(head, sizeof head, "%zx\r\n", piece.size);
    struct iovec parts[] = {
        {head, head_size}, {(void *)piece.data, piece.size}, {(void *)"\r\n", 2}};
    ssize_t n = writev(bufferevent_getfd(bev), parts, COUNT_OF(parts));
    if (n <= 0) // full, or the connection is broken, which evhttp finds out
        return false;
    for (size_t i = 0, n_sent = (size_t)n; i < COUNT_OF(parts); i++) {
        size_t n_here = n_sent < parts[i].iov_len ? n_sent : parts[i].iov_len;
        n_sent -= n_here;
        if (n_here < parts[i].iov_len)
            bufferevent_write(bev, (char *)parts[i].iov_base + n_here, parts[i].iov_len - n_here);
    }
    return true;
}

static void send_piece(struct exchange *exchange, struct evhttp_request *request, struct str piece)
{
    if (!send_at_once(request, piece)) {
        struct evbuffer *bytes = evbuffer_new();
        evbuffer_add(bytes, piece.data, piece.size);
        evhttp_send_reply_chunk_with_cb(request, bytes, chunk_sent, exchange);
        evbuffer_free(bytes);
    }
    size_t size = unsent_size(request);
    if (size != exchange->size_unsent) // which only the loop changes
        exchange_note_unsent(exchange, size);
}

static void send_whole(struct evhttp_request *request, int status, struct str body)
{
    struct evbuffer *bytes = evbuffer_new();
    evbuffer_add(bytes, body.data, body.size);
    evhttp_send_reply(request, status, exchange_reason(status), bytes);
    evbuffer_free(bytes);
}

void exchange_flush(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    struct evhttp_request *request = exchange->request;
    if (!request || !exchange->is_wanted_begun) {
        pthread_mutex_unlock(&exchange->lock);
        return;
    }
    bool is_first = !exchange->is_begun, is_ended = exchange->is_ended;
    bool is_whole = exchange->is_whole;
    int status = exchange->status;
    if (is_first)
        begin(exchange);
    struct buf taken = exchange->pending;
    exchange->pending = exchange->taken; // its room is used again
    exchange->taken = taken;
    if (is_ended)
        exchange->request = NULL; // evhttp's own from here on
    pthread_mutex_unlock(&exchange->lock);
    // evhttp may call back into this exchange, so its lock must be free.
    struct str piece = {taken.data, taken.size};
    if (is_whole) {
        send_whole(request, status, piece);
    } else {
        if (is_first)
            evhttp_send_reply_start(request, status, exchange_reason(status));
        if (piece.size)
            send_piece(exchange, request, piece);
        if (is_ended)
            evhttp_send_reply_end(request);
    }
    buf_reset(&exchange->taken);
}

void exchange_lose(struct exchange *exchange)
{
    // A request that evhttp has cut off from its connection is ours to free; others it frees itself.
    if (exchange->request && !evhttp_request_get_connection(exchange->request))
        evhttp_request_free(exchange->request);
    pthread_mutex_lock(&exchange->lock);
    exchange->request = NULL;
    exchange->is_gone = true;
    buf_reset(&exchange->pending);
    pthread_cond_broadcast(&exchange->changed);
    pthread_mutex_unlock(&exchange->lock);
}

// ---- the worker's side ----

// Has the loop look at the exchange, whose lock it will want.
static void unlock_and_wake(struct exchange *exchange)
{
    bool is_new = !exchange->is_queued;
    exchange->is_queued = true;
    exchange->n_references += is_new; // the queue's
    pthread_mutex_unlock(&exchange->lock);
    if (is_new)
        listener_queue(exchange->listener, exchange);
}

enum http_method exchange_method(const struct exchange *exchange)
{
    return exchange->method;
}

const char *exchange_path(const struct exchange *exchange)
{
    return exchange->path;
}

struct str exchange_body(const struct exchange *exchange)
{
    return (struct str){exchange->body.data ? exchange->body.data : "", exchange->body.size};
}

void exchange_forget_body(struct exchange *exchange)
{
    exchange->is_large |= exchange->body.size > SIZE_LARGE;
    buf_release(&exchange->body);
}

const char *exchange_header(void *context, const char *name)
{
    struct exchange *exchange = context;
    for (size_t i = 0; i < exchange->n_headers; i++)
        if (strcmp(exchange->headers[i].name, name) == 0)
            return exchange->headers[i].value;
    return NULL;
}

const char *exchange_peer(const struct exchange *exchange)
{
    return exchange->peer;
}

uint64_t exchange_start_ns(const struct exchange *exchange)
{
    return exchange->start_ns;
}

void exchange_add_header(struct exchange *exchange, const char *name, const char *value)
{
    pthread_mutex_lock(&exchange->lock);
    assert(!exchange->is_wanted_begun);
    exchange->out_headers =
        mem_resize(exchange->out_headers, exchange->n_out_headers + 1, sizeof(struct header));
    exchange->out_headers[exchange->n_out_headers++] =
        (struct header){mem_copy_string(name), mem_copy_string(value)};
    pthread_mutex_unlock(&exchange->lock);
}

void exchange_respond(struct exchange *exchange, int status, const char *content_type,
                      struct str body)
{
    if (content_type)
        exchange_add_header(exchange, "Content-Type", content_type);
    pthread_mutex_lock(&exchange->lock);
    assert(!exchange->is_wanted_begun);
    exchange->status = status;
    exchange->is_wanted_begun = exchange->is_whole = exchange->is_ended = true;
    if (!exchange->is_gone && exchange->method != HTTP_HEAD)
        buf_append(&exchange->pending, body.data, body.size);
    unlock_and_wake(exchange);
}

void exchange_begin(struct exchange *exchange, int status, const char *content_type)
{
    exchange_add_header(exchange, "Content-Type", content_type);
    exchange_add_header(exchange, "Cache-Control", "no-cache");
    pthread_mutex_lock(&exchange->lock);
    exchange->status = status;
    exchange->is_wanted_begun = true;
    unlock_and_wake(exchange);
}

bool exchange_write(struct exchange *exchange, struct str bytes)
{
    pthread_mutex_lock(&exchange->lock);
    assert(exchange->is_wanted_begun && !exchange->is_ended);
    while (!exchange->is_gone && exchange->pending.size + exchange->size_unsent > UNSENT_SIZE_MAX)
        pthread_cond_wait(&exchange->changed, &exchange->lock);
    bool is_gone = exchange->is_gone;
    if (is_gone || bytes.size == 0) {
        pthread_mutex_unlock(&exchange->lock);
        return !is_gone;
    }
    buf_append(&exchange->pending, bytes.data, bytes.size);
    unlock_and_wake(exchange);
    return true;
}

void exchange_end(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    exchange->is_ended = true;
    unlock_and_wake(exchange);
}

bool exchange_is_gone(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    bool is_gone = exchange->is_gone;
    pthread_mutex_unlock(&exchange->lock);
    return is_gone;
}

int exchange_status(const struct exchange *exchange)
{
    return exchange->status;
}

static void release_headers(struct header *headers, size_t n_headers)
{
    for (size_t i = 0; i < n_headers; i++) {
        free(headers[i].name);
        free(headers[i].value);
    }
    free(headers);
}

void exchange_release(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    bool is_last = --exchange->n_references == 0;
    pthread_mutex_unlock(&exchange->lock);
    if (!is_last)
        return;
    exchange_forget_body(exchange);
    bool is_large = exchange->is_large;
    release_headers(exchange->headers, exchange->n_headers);
    release_headers(exchange->out_headers, exchange->n_out_headers);
    buf_release(&exchange->pending);
    buf_release(&exchange->taken);
    free(exchange->path);
    free(exchange->peer);
    pthread_mutex_destroy(&exchange->lock);
    pthread_cond_destroy(&exchange->changed);
    free(exchange);
    if (is_large)
        os_trim_memory();
}
