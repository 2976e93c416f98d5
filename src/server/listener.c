// A connection has a guard, which lives from accept to close; a sweep four times a second compares
// what the guards saw with the deadlines.  evhttp's own time-outs count silence only, so a client that
// sends a byte now and then would never meet them.
//
// What evhttp cannot read it answers with a page of HTML.  It never gets out: bytes that leave a
// connection while no exchange is being answered are evhttp's own, and before the loop writes them the
// connection is taken from it and answered in our words (refusals.h).
#include "server/listener.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>

#include "base/memory.h"
#include "base/os.h"
#include "server/listener_state.h"
#include "server/refusals.h"

enum {
    SWEEP_MS = 250,
    SIZE_AHEAD_MAX = 256 << 10, // bytes of a next request that are read while one is answered
    NEVER_S = 30 * 24 * 3600,   // evhttp's own time-out, which the guards replace
    HEAD_SIZE = 128,            // of a request's first line
    CROWDED_S = 2,              // of idleness, when others wait for a connection
    N_OTHER_FILES = 128,        // descriptors for everything but connections
    SIZE_SMALL = 1 << 20,       // a request is not refused for the size of others
};

struct guard {
    struct listener *listener;
    struct bufferevent *bev;
    struct exchange *exchange; // being answered, or NULL
    uint64_t since_ns;         // of the request's first byte, or of the idleness
    bool is_reading;           // a request has begun to arrive
    bool is_foreign;           // evhttp has written something of its own
    bool is_too_much;          // its request would exceed what may arrive at a time
    size_t size_arrived;       // bytes since the last answer
    char head[HEAD_SIZE];      // of the request that arrives
    size_t head_size;
    size_t size_unsent; // at the last change
    uint64_t unsent_ns; // when that was
    struct guard *next, **link;
};

struct listener {
    struct listener_config config;
    struct event_base *base;
    struct evhttp *http;
    struct evconnlistener *socket;
    struct event *sweep, *wake, *look; // `look`: at foreign answers
    int wake_pipe[2]; // a byte in it asks the loop to look at what is under the lock
    struct refusals *refusals;
    struct event *signals[4];
    size_t n_signals;
    int port;
    bool is_accepting;
    struct guard *guards;
    size_t n_guards;
    size_t size_arrived;   // of all guards
    struct exchange *live; // exchanges whose connection is there
    unsigned drain_s;
    uint64_t stop_ns; // when stopping began

    pthread_mutex_t lock;
    struct exchange *queued; // exchanges that want to be flushed, last first
    int n_stops;
};

// ---- exchanges ----

// From any thread.  Not event_active(): that writes with the loop's own lock held, which the loop wants
// as soon as it wakes, so each token of a stream would cost one more sleep.
static void wake(struct listener *listener)
{
    ssize_t n = write(listener->wake_pipe[1], "", 1);
    (void)n; // a full pipe wakes as well
}

void listener_queue(struct listener *listener, struct exchange *exchange)
{
    pthread_mutex_lock(&listener->lock);
    bool is_first = !listener->queued;
    exchange->next_queued = listener->queued;
    listener->queued = exchange;
    pthread_mutex_unlock(&listener->lock);
    if (is_first)
        wake(listener);
}

static void flush_queued(struct listener *listener)
{
    pthread_mutex_lock(&listener->lock);
    struct exchange *exchange = listener->queued;
    listener->queued = NULL;
    pthread_mutex_unlock(&listener->lock);
    while (exchange) {
        struct exchange *next = exchange->next_queued;
        pthread_mutex_lock(&exchange->lock);
        exchange->is_queued = false;
        pthread_mutex_unlock(&exchange->lock);
        exchange_flush(exchange);
        exchange_release(exchange);
        exchange = next;
    }
}

static void woken(evutil_socket_t fd, short what, void *context)
{
    char bytes[64];
    ssize_t n = read(fd, bytes, sizeof bytes);
    (void)n, (void)what; // what was asked for since is seen now, later ones wake again
    flush_queued(context);
}

static void unlink_exchange(struct exchange *exchange)
{
    *exchange->link_live = exchange->next_live;
    if (exchange->next_live)
        exchange->next_live->link_live = exchange->link_live;
    if (exchange->guard)
        exchange->guard->exchange = NULL;
    exchange_release(exchange);
}

// Of the bytes that came last, those that fit into the head.
static void copy_head(struct guard *guard, struct evbuffer *buffer, size_t n_new)
{
    struct evbuffer_ptr at;
    size_t room = HEAD_SIZE - guard->head_size, size = evbuffer_get_length(buffer);
    if (room == 0 || n_new == 0 || evbuffer_ptr_set(buffer, &at, size - n_new, EVBUFFER_PTR_SET))
        return;
    ev_ssize_t n = evbuffer_copyout_from(buffer, &at, guard->head + guard->head_size,
                                         n_new < room ? n_new : room);
    guard->head_size += n > 0 ? (size_t)n : 0;
}

// The connection is ready for a request, of which some may be there already.
static void begin_request(struct guard *guard)
{
    struct evbuffer *input = bufferevent_get_input(guard->bev);
    size_t size = evbuffer_get_length(input);
    guard->listener->size_arrived -= guard->size_arrived - size;
    guard->size_arrived = size;
    guard->is_reading = size > 0;
    guard->since_ns = os_time_ns();
    guard->head_size = 0;
    copy_head(guard, input, size);
}

static void answer_sent(struct evhttp_request *request, void *context)
{
    struct exchange *exchange = context;
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    struct guard *guard = exchange->guard;
    bufferevent_setwatermark(evhttp_connection_get_bufferevent(connection), EV_READ, 0, 0);
    if (guard)
        begin_request(guard);
    exchange_note_unsent(exchange, 0);
    unlink_exchange(exchange);
}

static struct guard *find_guard(struct listener *listener, struct bufferevent *bev)
{
    for (struct guard *guard = listener->guards; guard; guard = guard->next)
        if (guard->bev == bev)
            return guard;
    return NULL;
}

// A whole request is there.  While it is answered nobody reads the connection, so evhttp would not
// learn that the client closes it: reading goes on, into a bounded buffer that nobody parses (evhttp
// takes its callbacks back when it sends the answer).
static void request_arrived(struct evhttp_request *request, void *context)
{
    struct listener *listener = context;
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    struct bufferevent *bev = evhttp_connection_get_bufferevent(connection);
    struct exchange *exchange = exchange_open(listener, request);
    exchange->guard = find_guard(listener, bev);
    if (exchange->guard)
        exchange->guard->exchange = exchange;
    exchange->next_live = listener->live;
    exchange->link_live = &listener->live;
    if (listener->live)
        listener->live->link_live = &exchange->next_live;
    listener->live = exchange;
    evhttp_request_set_on_complete_cb(request, answer_sent, exchange);
    bufferevent_event_cb event_callback = NULL;
    void *callback_context = NULL;
    bufferevent_getcb(bev, NULL, NULL, &event_callback, &callback_context);
    bufferevent_setcb(bev, NULL, NULL, event_callback, callback_context);
    bufferevent_setwatermark(bev, EV_READ, 0, SIZE_AHEAD_MAX);
    bufferevent_enable(bev, EV_READ);
    listener->config.serve(listener->config.context, exchange);
}

// ---- guards ----

static void bytes_arrived(struct evbuffer *buffer, const struct evbuffer_cb_info *info,
                          void *context)
{
    struct guard *guard = context;
    struct listener *listener = guard->listener;
    if (info->n_added == 0)
        return;
    guard->size_arrived += info->n_added;
    listener->size_arrived += info->n_added;
    if (guard->exchange)
        return;
    if (listener->size_arrived > listener->config.size_arriving_max &&
        guard->size_arrived > SIZE_SMALL) {
        guard->is_too_much = true;
        event_active(listener->look, 0, 0);
    }
    if (!guard->is_reading) {
        guard->is_reading = true;
        guard->since_ns = os_time_ns();
    }
    copy_head(guard, buffer, info->n_added);
}

static void bytes_leave(struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *context)
{
    struct guard *guard = context;
    (void)buffer;
    if (info->n_added && !guard->exchange && !guard->is_foreign) {
        guard->is_foreign = true;
        event_active(guard->listener->look, 0, 0); // comes before the loop writes
    }
}

// Takes the connection from evhttp and tells its client why.
static void refuse(struct guard *guard, enum refusal_cause cause)
{
    struct listener *listener = guard->listener;
    struct buf response = {0};
    void *connection = NULL;
    int fd = dup(bufferevent_getfd(guard->bev));
    struct str head = {guard->head, guard->head_size};
    listener->config.refuse(listener->config.context, cause, head, &response);
    bufferevent_getcb(guard->bev, NULL, NULL, NULL, &connection);
    if (fd >= 0) // first, as evhttp closes our side of what it frees
        refusals_add(listener->refusals, fd, (struct str){response.data, response.size});
    evhttp_connection_free(connection); // and with it the guard
    buf_release(&response);
}

// What evhttp wanted to say; false when that may pass.
static bool read_cause(struct guard *guard, enum refusal_cause *cause)
{
    char status[16] = "";
    evbuffer_copyout(bufferevent_get_output(guard->bev), status, sizeof status - 1);
    size_t at = strcspn(status, " ");
    int number = atoi(status + at);
    bool is_big = number == 413 || guard->size_arrived > guard->listener->config.size_headers_max;
    *cause = number == 501 || number == 405 ? REFUSED_METHOD
             : is_big                       ? REFUSED_SIZE
                                            : REFUSED_MALFORMED;
    return number != 100; // "Continue", for clients that ask before they send a body
}

static void look(evutil_socket_t fd, short what, void *context)
{
    struct listener *listener = context;
    (void)fd, (void)what;
    for (struct guard *guard = listener->guards, *next; guard; guard = next) {
        enum refusal_cause cause;
        next = guard->next;
        if (guard->is_too_much)
            refuse(guard, REFUSED_BUSY);
        else if (guard->is_foreign && read_cause(guard, &cause))
            refuse(guard, cause);
        else
            guard->is_foreign = false;
    }
}

static void connection_closed(struct evhttp_connection *connection, void *context)
{
    struct guard *guard = context;
    (void)connection;
    if (guard->exchange) {
        exchange_lose(guard->exchange);
        unlink_exchange(guard->exchange);
    }
    guard->listener->n_guards--;
    guard->listener->size_arrived -= guard->size_arrived;
    *guard->link = guard->next;
    if (guard->next)
        guard->next->link = guard->link;
    free(guard);
}

// evhttp has set up its connection by now and is the context of the bufferevent's callbacks; before
// the first request there is no other way to it.  Nothing can have been read in between.
static void connection_ready(evutil_socket_t fd, short what, void *context)
{
    struct guard *guard = context;
    void *connection = NULL;
    (void)fd, (void)what;
    bufferevent_getcb(guard->bev, NULL, NULL, NULL, &connection);
    assert(evhttp_connection_get_bufferevent(connection) == guard->bev);
    evhttp_connection_set_closecb(connection, connection_closed, guard);
}

static struct bufferevent *connection_accepted(struct event_base *base, void *context)
{
    struct listener *listener = context;
    struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
    if (!bev)
        return NULL;
    struct guard *guard = mem_new(struct guard, 1);
    *guard = (struct guard){.listener = listener,
                            .bev = bev,
                            .since_ns = os_time_ns(),
                            .next = listener->guards,
                            .link = &listener->guards};
    if (listener->guards)
        listener->guards->link = &guard->next;
    listener->guards = guard;
    evbuffer_add_cb(bufferevent_get_input(bev), bytes_arrived, guard);
    evbuffer_add_cb(bufferevent_get_output(bev), bytes_leave, guard);
    event_base_once(base, -1, EV_TIMEOUT, connection_ready, guard, NULL);
    if (++listener->n_guards >= listener->config.n_connections_max && listener->is_accepting) {
        listener->is_accepting = false;
        evconnlistener_disable(listener->socket);
    }
    return bev;
}

static bool is_overdue(const struct listener *listener, struct guard *guard, uint64_t now)
{
    uint64_t age_s = (now - guard->since_ns) / 1000000000;
    unsigned idle_s = listener->is_accepting ? listener->config.idle_s : CROWDED_S;
    if (!guard->exchange)
        return age_s >= (guard->is_reading ? listener->config.request_s : idle_s);
    size_t size = evbuffer_get_length(bufferevent_get_output(guard->bev));
    if (size == 0 || size != guard->size_unsent) {
        guard->size_unsent = size;
        guard->unsent_ns = now;
        exchange_note_unsent(guard->exchange, size);
    }
    return size && (now - guard->unsent_ns) / 1000000000 >= listener->config.stall_s;
}

static void check_drain(struct listener *listener, uint64_t now)
{
    pthread_mutex_lock(&listener->lock);
    int n_stops = listener->n_stops;
    pthread_mutex_unlock(&listener->lock);
    if (n_stops == 0)
        return;
    if (!listener->stop_ns) {
        listener->stop_ns = now;
        evconnlistener_disable(listener->socket);
    }
    bool is_late = (now - listener->stop_ns) / 1000000000 >= listener->drain_s;
    if (!listener->live || is_late || n_stops > 1)
        event_base_loopbreak(listener->base);
}

static void sweep(evutil_socket_t fd, short what, void *context)
{
    struct listener *listener = context;
    uint64_t now = os_time_ns();
    (void)fd, (void)what;
    for (struct guard *guard = listener->guards, *next; guard; guard = next) {
        next = guard->next;
        if (!is_overdue(listener, guard, now))
            continue;
        if (guard->is_reading && !guard->exchange)
            refuse(guard, REFUSED_SLOW);
        else // evhttp sees the end of the connection and cleans up
            shutdown(bufferevent_getfd(guard->bev), SHUT_RDWR);
    }
    if (!listener->is_accepting && !listener->stop_ns &&
        listener->n_guards < listener->config.n_connections_max) {
        listener->is_accepting = true;
        evconnlistener_enable(listener->socket);
    }
    check_drain(listener, now);
}

// ---- life ----

static int bound_port(struct evhttp_bound_socket *bound)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&address, &size))
        return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

// Connections that the process may have descriptors for, at most `n_wanted`.  Out of descriptors the
// loop would try in vain to accept, again and again.
static size_t connections_allowed(size_t n_wanted)
{
    struct rlimit limit;
    rlim_t n_needed = n_wanted + N_OTHER_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return n_wanted;
    if (limit.rlim_cur < n_needed) {
        limit.rlim_cur = n_needed < limit.rlim_max ? n_needed : limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= n_needed)
        return n_wanted;
    return limit.rlim_cur > 2 * N_OTHER_FILES ? limit.rlim_cur - N_OTHER_FILES : N_OTHER_FILES;
}

static bool open_wake_pipe(struct listener *listener)
{
    if (pipe(listener->wake_pipe)) {
        listener->wake_pipe[0] = listener->wake_pipe[1] = -1;
        return false;
    }
    for (int i = 0; i < 2; i++) {
        evutil_make_socket_nonblocking(listener->wake_pipe[i]);
        evutil_make_socket_closeonexec(listener->wake_pipe[i]);
    }
    listener->wake =
        event_new(listener->base, listener->wake_pipe[0], EV_READ | EV_PERSIST, woken, listener);
    return event_add(listener->wake, NULL) == 0;
}

static void close_wake_pipe(struct listener *listener)
{
    if (listener->wake)
        event_free(listener->wake);
    for (int i = 0; i < 2; i++)
        if (listener->wake_pipe[i] >= 0)
            close(listener->wake_pipe[i]);
}

enum err listener_open(struct listener **out, const struct listener_config *config,
                       struct error *error)
{
    signal(SIGPIPE, SIG_IGN); // a client that has gone is news, not an end
    struct listener *listener = mem_new(struct listener, 1);
    listener->config = *config;
    listener->config.n_connections_max = connections_allowed(config->n_connections_max);
    listener->is_accepting = true;
    pthread_mutex_init(&listener->lock, NULL);
    listener->base = event_base_new();
    listener->http = evhttp_new(listener->base);
    evhttp_set_gencb(listener->http, request_arrived, listener);
    evhttp_set_bevcb(listener->http, connection_accepted, listener);
    evhttp_set_timeout(listener->http, NEVER_S);
    evhttp_set_max_headers_size(listener->http, (ev_ssize_t)config->size_headers_max);
    evhttp_set_max_body_size(listener->http, (ev_ssize_t)config->size_body_max);
    evhttp_set_allowed_methods(listener->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
                                                   EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PUT |
                                                   EVHTTP_REQ_DELETE | EVHTTP_REQ_PATCH);
    struct evhttp_bound_socket *bound =
        evhttp_bind_socket_with_handle(listener->http, config->host, (ev_uint16_t)config->port);
    int why = errno;
    listener->sweep = event_new(listener->base, -1, EV_PERSIST, sweep, listener);
    bool has_pipe = open_wake_pipe(listener);
    listener->look = event_new(listener->base, -1, EV_PERSIST, look, listener);
    listener->refusals = refusals_open(listener->base);
    enum err err = OK;
    if (!bound)
        err = fail(error, ERR_IO, "cannot listen on %s port %d: %s", config->host, config->port,
                   evutil_socket_error_to_string(why));
    else if (!has_pipe)
        err = fail(error, ERR_IO, "cannot make a pipe: %s", strerror(errno));
    if (err) {
        listener_close(listener);
        return err;
    }
    listener->socket = evhttp_bound_socket_get_listener(bound);
    listener->port = bound_port(bound);
    struct timeval interval = {0, SWEEP_MS * 1000};
    event_add(listener->sweep, &interval);
    *out = listener;
    return OK;
}

int listener_port(const struct listener *listener)
{
    return listener->port;
}

void listener_run(struct listener *listener, unsigned drain_s)
{
    listener->drain_s = drain_s;
    event_base_dispatch(listener->base);
}

void listener_stop(struct listener *listener)
{
    pthread_mutex_lock(&listener->lock);
    listener->n_stops++;
    pthread_mutex_unlock(&listener->lock);
    wake(listener);
}

bool listener_is_stopping(struct listener *listener)
{
    pthread_mutex_lock(&listener->lock);
    bool is_stopping = listener->n_stops > 0;
    pthread_mutex_unlock(&listener->lock);
    return is_stopping;
}

struct signal_context {
    struct listener *listener;
    void (*callback)(struct listener *);
};

static void signalled(evutil_socket_t number, short what, void *context)
{
    struct signal_context *signal_context = context;
    (void)number, (void)what;
    signal_context->callback(signal_context->listener);
}

void listener_on_signal(struct listener *listener, int number,
                        void (*callback)(struct listener *listener))
{
    assert(listener->n_signals < COUNT_OF(listener->signals));
    struct signal_context *context = mem_new(struct signal_context, 1);
    *context = (struct signal_context){listener, callback};
    struct event *event = evsignal_new(listener->base, number, signalled, context);
    event_add(event, NULL);
    listener->signals[listener->n_signals++] = event;
}

void listener_disconnect(struct listener *listener)
{
    flush_queued(listener); // what is written already may still arrive
    if (listener->http)
        evhttp_free(listener->http);
    listener->http = NULL;
    refusals_close(listener->refusals);
    listener->refusals = NULL;
}

void listener_close(struct listener *listener)
{
    if (!listener)
        return;
    listener_disconnect(listener);
    flush_queued(listener);
    assert(!listener->guards);
    for (size_t i = 0; i < listener->n_signals; i++) {
        free(event_get_callback_arg(listener->signals[i]));
        event_free(listener->signals[i]);
    }
    event_free(listener->sweep);
    close_wake_pipe(listener);
    event_free(listener->look);
    event_base_free(listener->base);
    pthread_mutex_destroy(&listener->lock);
    free(listener);
}
