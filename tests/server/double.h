// double.h - a model side that answers from a script, and a client of raw sockets.
//
// The double's prompt has one token per four bytes of text; prefill takes `prefill_ms`, then one
// event of the script comes each `token_ms`.
#ifndef HEARTH_TESTS_SERVER_DOUBLE_H
#define HEARTH_TESTS_SERVER_DOUBLE_H

#include <arpa/inet.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/os.h"
#include "server/server.h"
#include "tests/test.h"

struct double_event {
    enum chat_event_kind kind;
    const char *text, *id, *name;
    enum chat_stop stop;
};

struct double_model {
    const struct double_event *script; // ends with a STOP
    unsigned prefill_ms, token_ms;
    size_t n_context, n_queue_max;
    enum model_state state;
    unsigned wake_ms;
    uint64_t wake_ns;
    atomic_int n_prepared, n_started, n_open, n_closed_early, n_demoted, n_promoted, n_held;
};

struct run {
    struct double_model *model;
    size_t n_prompt, n_max, n_generated, i_choice;
    uint64_t start_ns, token_ns;
    bool thinks;
    const struct double_event *next;
};

static inline void double_pause(unsigned ms)
{
    const struct timespec pause = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

static inline enum model_state double_state(void *self, struct error *why)
{
    struct double_model *model = self;
    if (model->state == MODEL_FAILED)
        fail(why, ERR_FORMAT, "no such tensor");
    return model->state;
}

// A sleeping model wakes after `wake_ms`, or never when that is UINT_MAX.
static inline enum err double_hold(void *self, unsigned timeout_ms, bool *is_held,
                                   struct error *error)
{
    struct double_model *model = self;
    uint64_t now = os_time_ns();
    if (model->state == MODEL_ASLEEP && !model->wake_ns)
        model->wake_ns = now + model->wake_ms * 1000000ull;
    double_pause(timeout_ms < 10 ? timeout_ms : 10);
    if (model->state == MODEL_ASLEEP && model->wake_ms == UINT_MAX && timeout_ms)
        return fail(error, ERR_MEMORY, "the file has gone");
    if (model->state == MODEL_ASLEEP && os_time_ns() >= model->wake_ns)
        model->state = MODEL_READY;
    *is_held = model->state == MODEL_READY;
    model->n_held += *is_held;
    return OK;
}

static inline void double_release(void *self)
{
    struct double_model *model = self;
    model->n_held--;
}

static inline void double_tell(void *self, struct model_facts *model, struct server_facts *server)
{
    struct double_model *d = self;
    *model = (struct model_facts){.name = "double",
                                  .path = "/double.gguf",
                                  .n_parallel = 1,
                                  .architecture = "none",
                                  .version = "test",
                                  .n_context = d->n_context};
    *server = (struct server_facts){.n_generated_tokens = 5};
}

static inline enum err double_tokenize(void *self, struct token_list *out, struct str text,
                                       bool adds_special, bool parses_special, struct error *error)
{
    (void)self, (void)adds_special, (void)parses_special, (void)error;
    for (size_t i = 0; i < text.size; i++)
        token_list_append(out, (unsigned char)text.data[i]);
    return OK;
}

static inline void double_put_token_text(void *self, struct buf *out, token_id id)
{
    (void)self;
    buf_append_byte(out, id);
}

static inline void double_put_text(struct buf *out, const struct conversation *c)
{
    for (size_t i = 0; i < c->n_messages; i++)
        for (size_t j = 0; j < c->messages[i].n_items; j++)
            buf_append(out, c->messages[i].items[j].text.data, c->messages[i].items[j].text.size);
}

static inline enum err double_put_prompt(void *self, struct buf *out,
                                         const struct api_request *request, struct error *error)
{
    (void)self, (void)error;
    double_put_text(out, &request->conversation);
    return OK;
}

static inline enum err double_prepare(void *self, struct run **out,
                                      const struct api_request *request, size_t i_choice,
                                      struct error *error)
{
    struct double_model *model = self;
    struct buf text = {0};
    (void)error;
    double_put_text(&text, &request->conversation);
    for (size_t i = 0; i < request->n_prompts; i++)
        buf_append(&text, request->prompts[i].text.data, request->prompts[i].text.size);
    struct run *run = calloc(1, sizeof *run);
    *run = (struct run){.model = model,
                        .n_prompt = text.size / 4 + 1,
                        .i_choice = i_choice,
                        .next = model->script,
                        .thinks = request->conversation.thinking.mode == THINKING_ON};
    buf_release(&text);
    model->n_prepared++;
    *out = run;
    return OK;
}

static inline size_t double_n_prompt(const struct run *run)
{
    return run->n_prompt;
}

static inline void double_put_run_text(const struct run *run, struct buf *out, bool is_answer)
{
    buf_append_text(out, is_answer ? "said" : "asked");
    (void)run;
}

static inline enum err double_start(struct run *run, size_t max_tokens, struct error *error)
{
    if (run->model->n_queue_max && (size_t)run->model->n_open >= run->model->n_queue_max)
        return fail(error, ERR_BUSY, "the queue is full");
    run->n_max = max_tokens;
    run->start_ns = run->token_ns = os_time_ns();
    run->model->n_started++;
    run->model->n_open++;
    return OK;
}

static inline enum run_state double_step(struct run *run, struct reply *reply, unsigned timeout_ms,
                                         struct error *error)
{
    struct double_model *model = run->model;
    (void)error;
    uint64_t ready_ns = run->start_ns + model->prefill_ms * 1000000ull;
    if (os_time_ns() < ready_ns) {
        double_pause(timeout_ms < 10 ? timeout_ms : 10);
        if (os_time_ns() < ready_ns)
            return RUN_PREFILL;
    }
    if (!reply)
        return RUN_ANSWERING;
    double_pause(model->token_ms);
    const struct double_event *e = run->next++;
    struct chat_event event = {.kind = e->kind,
                               .text = str_of(e->text),
                               .id = str_of(e->id),
                               .name = str_of(e->name),
                               .stop = e->stop};
    run->n_generated++;
    reply_add(reply, run->i_choice, &event);
    return e->kind == CHAT_EVENT_STOP ? RUN_DONE : RUN_ANSWERING;
}

static inline void double_tell_run(const struct run *run, struct run_numbers *numbers)
{
    *numbers =
        (struct run_numbers){.usage = {.n_prompt = run->n_prompt, .n_generated = run->n_generated}};
}

static inline void double_set_background(struct run *run, bool is_background)
{
    run->model->n_demoted += is_background;
    run->model->n_promoted += !is_background;
}

static inline void double_close(struct run *run)
{
    if (run->start_ns) {
        run->model->n_open--;
        run->model->n_closed_early +=
            run->next == run->model->script || run->next[-1].kind != CHAT_EVENT_STOP;
    }
    free(run);
}

static inline struct model_side double_side(struct double_model *model)
{
    return (struct model_side){
        .self = model,
        .state = double_state,
        .hold = double_hold,
        .release = double_release,
        .tell = double_tell,
        .tokenize = double_tokenize,
        .put_token_text = double_put_token_text,
        .put_prompt = double_put_prompt,
        .prepare = double_prepare,
        .n_prompt = double_n_prompt,
        .put_run_text = double_put_run_text,
        .start = double_start,
        .step = double_step,
        .tell_run = double_tell_run,
        .set_background = double_set_background,
        .close = double_close,
    };
}

// ---- a server in a thread ----

struct harness {
    struct double_model model;
    struct model_side side;
    struct server *server;
    pthread_t thread;
    int port;
};

static inline void *harness_run(void *context)
{
    server_run(context);
    return NULL;
}

static inline void harness_open(struct harness *h, struct server_config config)
{
    struct error error;
    if (!h->model.n_context)
        h->model.n_context = 4096;
    if (h->model.state == MODEL_LOADING)
        h->model.state = MODEL_READY;
    h->side = double_side(&h->model);
    config.model = &h->side;
    config.host = "127.0.0.1";
    if (server_open(&h->server, &config, &error))
        fail_msg("%s", error.text);
    h->port = server_port(h->server);
    pthread_create(&h->thread, NULL, harness_run, h->server);
}

static inline void harness_close(struct harness *h)
{
    server_stop(h->server);
    pthread_join(h->thread, NULL);
    server_close(h->server);
}

// ---- a client ----

static inline int client_connect(const struct harness *h)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)h->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (struct sockaddr *)&address, sizeof address))
        fail_msg("cannot connect");
    struct timeval timeout = {120, 0}; // sanitizers on a busy machine take their time
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    return fd;
}

static inline void client_send(int fd, const char *method, const char *path, const char *headers,
                               const char *body)
{
    struct buf text = {0};
    buf_printf(&text, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s", method, path, headers);
    if (body)
        buf_printf(&text, "Content-Length: %zu\r\n\r\n", strlen(body));
    else
        buf_append_text(&text, "\r\n");
    buf_append_text(&text, body ? body : "");
    assert_int_equal(send(fd, text.data, text.size, MSG_NOSIGNAL), (ssize_t)text.size);
    buf_release(&text);
}

// Reads until `end` is in what came, or the server closes.
static inline bool client_read_until(int fd, struct buf *text, const char *end)
{
    char bytes[4096];
    while (!text->data || !strstr(text->data, end)) {
        ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        if (n <= 0)
            return false;
        buf_append(text, bytes, (size_t)n);
    }
    return true;
}

// One request on a connection of its own; the whole response, for free().
static inline char *client_ask(const struct harness *h, const char *method, const char *path,
                               const char *headers, const char *body)
{
    int fd = client_connect(h);
    char close_headers[1000];
    struct buf text = {0};
    snprintf(close_headers, sizeof close_headers, "Connection: close\r\n%s", headers);
    client_send(fd, method, path, close_headers, body);
    client_read_until(fd, &text, "\1"); // never: to the end
    close(fd);
    if (!text.data)
        buf_append_text(&text, "");
    return buf_take(&text);
}

#endif
