// Clients that misbehave, by accident or not: the server goes on serving, its memory stays flat, and
// whoever can still listen is told what was wrong in the words of the API that was asked.
#include <sys/resource.h>

#include "tests/server/double.h"

#include "base/memory.h"

static const struct double_event hello[] = {
    {CHAT_EVENT_TEXT, "Hello", "", "", CHAT_STOP_NONE},
    {CHAT_EVENT_TEXT, " world", "", "", CHAT_STOP_NONE},
    {CHAT_EVENT_STOP, "", "", "", CHAT_STOP_END_TURN},
};
static const char message[] =
    "{\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
static const char stream[] = "{\"max_tokens\":50,\"stream\":true,\"messages\":[{\"role\":\"user\","
                             "\"content\":\"Hi\"}]}";

static const char anthropic_error[] = "{\"type\":\"error\",\"error\":{\"type\":\"";
static const char openai_error[] = "{\"error\":{\"message\":\"";
static const char llama_error[] = "{\"error\":{\"code\":";

// ---- a client of bytes ----

static void send_bytes(int fd, const void *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t n = send(fd, (const char *)bytes + at, size - at, MSG_NOSIGNAL);
        if (n <= 0)
            return; // the server does not want more
        at += (size_t)n;
    }
}

static void send_text(int fd, const char *text)
{
    send_bytes(fd, text, strlen(text));
}

// Closes so that the server gets a reset.
static void reset_connection(int fd)
{
    const struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

static void expect_in(const char *response, const char *part, const char *what)
{
    if (!response || !strstr(response, part))
        fail_msg("%.100s: no %s in\n%.600s", what, part, response ? response : "nothing");
}

// What the server says to these bytes, until it closes; for free().
static char *answer_to(const struct harness *h, const void *bytes, size_t size)
{
    int fd = client_connect(h);
    struct buf text = {0};
    send_bytes(fd, bytes, size);
    client_read_until(fd, &text, "\1");
    close(fd);
    buf_append_text(&text, "");
    return buf_take(&text);
}

static void expect_service(const struct harness *h)
{
    char *response = client_ask(h, "POST", "/v1/messages", "", message);
    expect_in(response, "Hello world", "an honest client");
    free(response);
}

static void wait_until_zero(atomic_int *number)
{
    for (int i = 0; *number; i++) {
        if (i > 300)
            fail_msg("still %d", *number);
        double_pause(10);
    }
}

// Resident memory may differ by this much between a first and a later round of the same abuse: what
// the allocator keeps of each thread's arena.  Sanitizers keep what was freed.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const size_t growth_max = 4096 * MIB;
#else
static const size_t growth_max = 24 * MIB;
#endif

static void expect_flat(size_t before)
{
    size_t now = 0;
    for (int i = 0; i < 200; i++) { // the last to let go may be a thread that still works on it
        now = os_memory_resident();
        if (now <= before + growth_max)
            return;
        double_pause(10);
    }
    fail_msg("memory grew from %zu to %zu MiB", before / MIB, now / MIB);
}

// ---- requests that end early ----

static void send_halves(const struct harness *h)
{
    char request[300];
    int size =
        snprintf(request, sizeof request,
                 "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n%s",
                 strlen(message), message);
    for (int cut = 1; cut < size; cut += 3) {
        int fd = client_connect(h);
        send_bytes(fd, request, (size_t)cut);
        if (cut % 2)
            reset_connection(fd);
        else
            close(fd);
    }
}

TEST(misbehaviour, half_requests_leave_nothing_behind)
{
    (void)state;
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){0});
    send_halves(&h);
    expect_service(&h);
    size_t before = os_memory_resident();
    for (int i = 0; i < 5; i++)
        send_halves(&h);
    expect_service(&h);
    expect_flat(before);
    harness_close(&h);
    assert_int_equal(h.model.n_open, 0);
    assert_int_equal(h.model.n_held, 0);
}

TEST(misbehaviour, resets_in_mid_stream_free_their_places)
{
    (void)state;
    enum { N = 60 };
    static struct double_event endless[2000];
    for (size_t i = 0; i < COUNT_OF(endless); i++)
        endless[i] = hello[0];
    endless[COUNT_OF(endless) - 1] = hello[2];
    struct harness h = {.model = {.script = endless, .token_ms = 20}};
    int fds[N];
    harness_open(&h, (struct server_config){0});
    for (int i = 0; i < N; i++) {
        fds[i] = client_connect(&h);
        client_send(fds[i], "POST", i % 2 ? "/v1/messages" : "/v1/chat/completions", "", stream);
    }
    for (int i = 0; i < N; i++) {
        struct buf text = {0};
        assert_true(client_read_until(fds[i], &text, "Hello"));
        buf_release(&text);
        reset_connection(fds[i]);
    }
    uint64_t start = os_time_ns();
    wait_until_zero(&h.model.n_open);
    assert_true(os_time_ns() - start < 1000000000);
    assert_int_equal(h.model.n_closed_early, N);
    h.model.script = hello;
    expect_service(&h);
    harness_close(&h);
}

// ---- requests that never end ----

TEST(misbehaviour, requests_that_trickle_in_are_told_that_they_are_late)
{
    (void)state;
    static const struct {
        const char *start, *drop, *error;
    } cases[] = {
        {"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nX-A: ", "a", anthropic_error},
        {"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{",
         " ", openai_error},
        {"POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
         "1\r\n \r\n", openai_error},
        {"POST /completion HTTP/1.1\r\nHost: localhost\r\n", "X: y\r\n", llama_error},
    };
    struct harness h = {.model = {.script = hello}};
    int fds[COUNT_OF(cases)];
    harness_open(&h, (struct server_config){.timeout_s = 1});
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fds[i] = client_connect(&h);
        send_text(fds[i], cases[i].start);
    }
    for (int round = 0; round < 16; round++) {
        for (size_t i = 0; i < COUNT_OF(cases); i++)
            send_text(fds[i], cases[i].drop);
        double_pause(100);
    }
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf text = {0};
        assert_true(client_read_until(fds[i], &text, "}}"));
        expect_in(text.data, "HTTP/1.1 408 Request Timeout", cases[i].start);
        expect_in(text.data, cases[i].error, cases[i].start);
        expect_in(text.data, "did not arrive in time", cases[i].start);
        buf_release(&text);
        close(fds[i]);
    }
    assert_int_equal(h.model.n_prepared, 0); // none of it was work for the model
    expect_service(&h);
    harness_close(&h);
}

// ---- many ----

TEST(misbehaviour, a_thousand_clients_at_once_are_answered_or_told_to_come_back)
{
    (void)state;
    enum { N = 1000 };
    static int fds[N];
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    size_t n = limit.rlim_cur > 2 * N + 100 ? N : (size_t)limit.rlim_cur / 2 - 100;
    struct harness h = {.model = {.script = hello, .prefill_ms = 100}};
    harness_open(&h, (struct server_config){0});
    size_t before = os_memory_resident(), n_answered = 0, n_later = 0;
    for (size_t i = 0; i < n; i++)
        fds[i] = client_connect(&h);
    for (size_t i = 0; i < n; i++)
        client_send(fds[i], "POST", "/v1/messages", "Connection: close\r\n",
                    i % 2 ? message : stream);
    for (size_t i = 0; i < n; i++) {
        struct buf text = {0};
        client_read_until(fds[i], &text, "\1");
        n_answered += text.data && strstr(text.data, " world") != NULL;
        bool is_later = text.data && strstr(text.data, "HTTP/1.1 529");
        if (is_later) {
            expect_in(text.data, anthropic_error, "one of many");
            expect_in(text.data, "Retry-After: ", "one of many");
        }
        n_later += is_later;
        buf_release(&text);
        close(fds[i]);
    }
    assert_int_equal(n_answered + n_later, n);
    assert_true(n_answered >= 200);
    expect_service(&h);
    expect_flat(before + 32 * MIB); // each connection and stack that was in use at a time
    harness_close(&h);
    assert_int_equal(h.model.n_held, 0);
}

TEST(misbehaviour, idle_connections_make_room_when_there_is_none)
{
    (void)state;
    enum { N = 20 };
    int fds[N];
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){.n_connections_max = N});
    for (int i = 0; i < N; i++)
        fds[i] = client_connect(&h);
    uint64_t start = os_time_ns();
    expect_service(&h);
    assert_true(os_time_ns() - start < 10000000000);
    for (int i = 0; i < N; i++)
        close(fds[i]);
    expect_service(&h);
    harness_close(&h);
}

// ---- large ones ----

static void begin_large(int fd, const char *path, size_t size)
{
    char head[200];
    snprintf(head, sizeof head,
             "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n", path, size);
    send_text(fd, head);
}

static void expect_too_large(const struct harness *h, const char *path, const char *error,
                             const char *bytes, size_t size)
{
    int fd = client_connect(h);
    struct buf text = {0};
    begin_large(fd, path, size);
    send_bytes(fd, bytes, size); // all of it, before the answer is read
    client_read_until(fd, &text, "}}");
    expect_in(text.data, "HTTP/1.1 413", path);
    expect_in(text.data, error, path);
    expect_in(text.data, "larger than this server takes", path);
    buf_release(&text);
    close(fd);
}

TEST(misbehaviour, bodies_of_64_mebibytes_are_refused_in_the_dialects_words)
{
    (void)state;
    size_t size = 64 * MIB + 1;
    char *bytes = mem_new(char, size);
    memset(bytes, ' ', size);
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){0});
    expect_too_large(&h, "/v1/messages", anthropic_error, bytes, size);
    size_t before = os_memory_resident();
    expect_too_large(&h, "/v1/messages?beta=true", anthropic_error, bytes, size);
    expect_too_large(&h, "/v1/chat/completions", openai_error, bytes, size);
    expect_too_large(&h, "/v1/responses", openai_error, bytes, size);
    expect_too_large(&h, "/completion", llama_error, bytes, size);
    // One that is just not too large is read, and is no JSON.
    int fd = client_connect(&h);
    struct buf text = {0};
    begin_large(fd, "/v1/messages", size - 1);
    send_bytes(fd, bytes, size - 1);
    client_read_until(fd, &text, "}}");
    expect_in(text.data, "HTTP/1.1 400", "64 MiB");
    expect_in(text.data, anthropic_error, "64 MiB");
    buf_release(&text);
    close(fd);
    expect_service(&h);
    expect_flat(before);
    free(bytes);
    harness_close(&h);
}

TEST(misbehaviour, all_bodies_together_have_a_bound)
{
    (void)state;
    enum { N = 12 };
    size_t size = 8 * MIB;
    char *bytes = mem_new(char, size);
    memset(bytes, ' ', size);
    int fds[N];
    size_t n_later = 0;
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){.size_body_max = size});
    size_t before = os_memory_resident();
    for (int i = 0; i < N; i++) { // all but the last byte, so that they pile up
        fds[i] = client_connect(&h);
        begin_large(fds[i], "/v1/chat/completions", size);
        send_bytes(fds[i], bytes, size - 1);
    }
    double_pause(200);
    assert_true(os_memory_resident() < before + 5 * size + growth_max);
    expect_service(&h); // small requests pass meanwhile
    for (int i = 0; i < N; i++) {
        struct buf text = {0};
        send_text(fds[i], " ");
        client_read_until(fds[i], &text, "}}");
        expect_in(text.data, openai_error, "one of many bodies");
        n_later += strstr(text.data, "HTTP/1.1 429") != NULL;
        buf_release(&text);
        close(fds[i]);
    }
    assert_in_range(n_later, N - 5, N - 3);
    expect_service(&h);
    expect_flat(before);
    free(bytes);
    harness_close(&h);
}

// ---- bodies that are something else ----

static char *post(const struct harness *h, const char *path, const char *type, const char *body,
                  size_t size)
{
    struct buf text = {0};
    buf_printf(
        &text,
        "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s%s\r\nContent-Length: "
        "%zu\r\n\r\n",
        path, *type ? "Content-Type: " : "X: ", type, size);
    buf_append(&text, body, size);
    char *response = answer_to(h, text.data, text.size);
    buf_release(&text);
    return response;
}

TEST(misbehaviour, bodies_that_are_no_request_get_a_sentence)
{
    (void)state;
    static const struct {
        const char *path, *error;
    } routes[] = {{"/v1/messages", anthropic_error},
                  {"/v1/messages/count_tokens", anthropic_error},
                  {"/v1/chat/completions", openai_error},
                  {"/v1/completions", openai_error},
                  {"/v1/responses", openai_error},
                  {"/completion", llama_error},
                  {"/apply-template", openai_error},
                  {"/tokenize", llama_error},
                  {"/detokenize", llama_error}};
    static const struct {
        const char *bytes;
        size_t size;
    } bodies[] = {{"", 0},
                  {"{", 1},
                  {"[]", 2},
                  {"null", 4},
                  {"7", 1},
                  {"{\"a\":1}}", 8},
                  {"{\"a\":1\0}", 8},
                  {"\xff\xfe", 2},
                  {"{\"messages\":\"\xc3\x28\"}", 16},
                  {"a=b&c=d", 7}};
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){0});
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        for (size_t j = 0; j < COUNT_OF(bodies); j++) {
            char *response =
                post(&h, routes[i].path, "application/json", bodies[j].bytes, bodies[j].size);
            expect_in(response, "HTTP/1.1 400", routes[i].path);
            expect_in(response, routes[i].error, routes[i].path);
            free(response);
        }
    }
    assert_int_equal(h.model.n_started, 0);
    expect_service(&h);
    harness_close(&h);
}

TEST(misbehaviour, deep_and_wide_json_is_refused_quickly)
{
    (void)state;
    enum { N = 4000000 };
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){0});
    char *body = mem_new(char, N);
    static const char *const repeated[] = {"[", "{\"a\":", "[[],", "[0,", "{}", "0,"};
    static const char head[] = "{\"messages\":[";
    for (size_t i = 0; i < COUNT_OF(repeated); i++) {
        size_t unit = strlen(repeated[i]);
        memcpy(body, head, strlen(head));
        for (size_t at = strlen(head); at + unit <= N; at += unit)
            memcpy(body + at, repeated[i], unit);
        uint64_t start = os_time_ns();
        char *response = post(&h, "/v1/messages", "application/json", body, N - 8);
        if (!strstr(response, "HTTP/1.1 4"))
            fail_msg("%s: %.300s", repeated[i], response);
        expect_in(response, anthropic_error, repeated[i]);
        assert_true(os_time_ns() - start < 5000000000);
        free(response);
    }
    free(body);
    expect_service(&h);
    harness_close(&h);
}

TEST(misbehaviour, odd_strings_and_types_are_taken_as_they_are)
{
    (void)state;
    static const char *const contents[] = {"\\ud83d", "\\ude00\\ud83d", "a\\u0000b",
                                           "\\uffff", "\\u202e",        "\xf4\x8f\xbf\xbf"};
    static const char *const types[] = {"text/plain", "application/x-www-form-urlencoded",
                                        "multipart/form-data; boundary=x", "",
                                        "application/json;;;"};
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){0});
    for (size_t i = 0; i < COUNT_OF(contents); i++) {
        char body[200];
        snprintf(body, sizeof body, "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}",
                 contents[i]);
        char *response = post(&h, "/v1/messages", types[i % COUNT_OF(types)], body, strlen(body));
        expect_in(response, "Hello world", contents[i]);
        free(response);
    }
    harness_close(&h);
}

// ---- what is no HTTP, or strange HTTP ----

TEST(misbehaviour, what_evhttp_cannot_read_is_answered_in_our_words)
{
    (void)state;
    static const struct {
        const char *request, *status, *error;
    } cases[] = {
        {"GARBAGE\r\n\r\n", "400", llama_error},
        {"\r\n\r\n\r\n\r\nnonsense\r\n\r\n", "400", llama_error},
        {"GET / HTTP/9.9\r\n\r\n", "400", llama_error},
        {"POST /v1/messages HTTP/1.1\r\nNoColon\r\n\r\n", "400", anthropic_error},
        {"POST /v1/messages HTTP/1.1\r\nContent-Length: -5\r\n\r\n", "400", anthropic_error},
        {"POST /v1/completions HTTP/1.1\r\nContent-Length: abc\r\n\r\n", "400", openai_error},
        {"POST /v1/messages HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", "4",
         anthropic_error},
        {"POST /v1/messages HTTP/1.1\r\nExpect: bananas\r\nContent-Length: 2\r\n\r\n{}", "400",
         anthropic_error},
        {"FOO /v1/messages HTTP/1.1\r\n\r\n", "405", anthropic_error},
        {"TRACE /v1/chat/completions HTTP/1.1\r\n\r\n", "405", openai_error},
        {"CONNECT example.org:443 HTTP/1.1\r\n\r\n", "405", llama_error},
        {"PATCH /v1/responses HTTP/1.1\r\nConnection: close\r\n\r\n", "405", openai_error},
        {"DELETE /v1/messages HTTP/1.1\r\nConnection: close\r\n\r\n", "405", anthropic_error},
        {"GET /v1/messages HTTP/1.1\r\nConnection: close\r\n\r\n", "405", anthropic_error},
        {"GET /v1/messages/batches HTTP/1.1\r\nConnection: close\r\n\r\n", "404", anthropic_error},
        {"GET /v1/threads HTTP/1.1\r\nConnection: close\r\n\r\n", "404", openai_error},
        {"GET /../../etc/passwd HTTP/1.1\r\nConnection: close\r\n\r\n", "404", llama_error},
        {"GET /%00%0a HTTP/1.1\r\nConnection: close\r\n\r\n", "404", llama_error},
    };
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){.timeout_s = 2});
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *response = answer_to(&h, cases[i].request, strlen(cases[i].request)), status[20];
        snprintf(status, sizeof status, "HTTP/1.1 %s", cases[i].status);
        expect_in(response, status, cases[i].request);
        expect_in(response, cases[i].error, cases[i].request);
        expect_in(response, "application/json", cases[i].request);
        assert_null(strstr(response, "<HTML>"));
        free(response);
    }
    expect_service(&h);
    harness_close(&h);
}

TEST(misbehaviour, huge_headers_are_refused)
{
    (void)state;
    static const char *const starts[] = {"POST /v1/messages HTTP/1.1\r\nX-Big: ",
                                         "POST /v1/messages?q="};
    enum { N = 300000 };
    char *bytes = mem_new(char, N);
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){0});
    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        memset(bytes, 'a', N);
        memcpy(bytes, starts[i], strlen(starts[i]));
        char *response = answer_to(&h, bytes, N);
        expect_in(response, "HTTP/1.1 413", starts[i]);
        expect_in(response, anthropic_error, starts[i]);
        free(response);
    }
    memset(bytes, 0, N);
    struct buf many = {0}; // ten thousand small ones
    buf_append_text(&many, "POST /v1/messages HTTP/1.1\r\n");
    for (int i = 0; i < 10000; i++)
        buf_printf(&many, "X-%d: y\r\n", i);
    char *response = answer_to(&h, many.data, many.size);
    expect_in(response, "HTTP/1.1 413", "many headers");
    free(response);
    buf_release(&many);
    free(bytes);
    expect_service(&h);
    harness_close(&h);
}

TEST(misbehaviour, pipelined_requests_are_answered_in_order)
{
    (void)state;
    enum { N = 50 };
    struct harness h = {.model = {.script = hello}};
    struct buf requests = {0}, text = {0};
    harness_open(&h, (struct server_config){0});
    for (int i = 0; i < N; i++)
        buf_printf(&requests, "GET /v1/models/m%02d HTTP/1.1\r\nHost: localhost\r\n\r\n", i);
    buf_append_text(&requests, "NONSENSE\r\n\r\n");
    int fd = client_connect(&h);
    send_bytes(fd, requests.data, requests.size);
    client_read_until(fd, &text, "\1");
    const char *at = text.data;
    for (int i = 0; i < N; i++) {
        char id[20];
        snprintf(id, sizeof id, "\"id\":\"m%02d\"", i);
        at = strstr(at, id);
        if (!at)
            fail_msg("no %s in its place", id);
    }
    expect_in(at, "HTTP/1.1 400", "the last one");
    close(fd);
    buf_release(&requests);
    buf_release(&text);
    expect_service(&h);
    harness_close(&h);
}

RUN_TESTS(IS(misbehaviour, half_requests_leave_nothing_behind),
          IS(misbehaviour, resets_in_mid_stream_free_their_places),
          IS(misbehaviour, requests_that_trickle_in_are_told_that_they_are_late),
          IS(misbehaviour, a_thousand_clients_at_once_are_answered_or_told_to_come_back),

          IS(misbehaviour, idle_connections_make_room_when_there_is_none),
          IS(misbehaviour, bodies_of_64_mebibytes_are_refused_in_the_dialects_words),
          IS(misbehaviour, all_bodies_together_have_a_bound),
          IS(misbehaviour, bodies_that_are_no_request_get_a_sentence),
          IS(misbehaviour, deep_and_wide_json_is_refused_quickly),
          IS(misbehaviour, odd_strings_and_types_are_taken_as_they_are),
          IS(misbehaviour, what_evhttp_cannot_read_is_answered_in_our_words),
          IS(misbehaviour, huge_headers_are_refused),
          IS(misbehaviour, pipelined_requests_are_answered_in_order))
