#include "tests/server/double.h"

#include "base/memory.h"

static const struct double_event hello[] = {
    {CHAT_EVENT_TEXT, "Hello", "", "", CHAT_STOP_NONE},
    {CHAT_EVENT_TEXT, " world", "", "", CHAT_STOP_NONE},
    {CHAT_EVENT_STOP, "", "", "", CHAT_STOP_END_TURN},
};

static const char message[] =
    "{\"model\":\"any\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\","
    "\"content\":\"Hi there\"}]}";
static const char stream[] = "{\"model\":\"any\",\"max_tokens\":50,\"stream\":true,\"messages\":["
                             "{\"role\":\"user\",\"content\":\"Hi there\"}]}";

static void expect(const char *response, const char *part)
{
    if (!strstr(response, part))
        fail_msg("no %s in\n%s", part, response);
}

static void expect_answer(const struct harness *h, const char *method, const char *path,
                          const char *headers, const char *body, const char *const *parts)
{
    char *response = client_ask(h, method, path, headers, body);
    for (; *parts; parts++)
        expect(response, *parts);
    free(response);
}
#define PARTS(...) ((const char *const[]){__VA_ARGS__, NULL})

TEST(server, every_dialect_is_answered_whole_and_streamed)
{
    (void)state;
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){0});
    expect_answer(&h, "POST", "/v1/messages?beta=true", "", message,
                  PARTS("HTTP/1.1 200", "\"text\":\"Hello world\"", "\"stop_reason\":\"end_turn\"",
                        "\"model\":\"any\""));
    expect_answer(&h, "POST", "/v1/messages", "", stream,
                  PARTS("text/event-stream", "event: message_start", "\"text\":\" world\"",
                        "event: message_stop"));
    expect_answer(&h, "POST", "/v1/chat/completions", "", message,
                  PARTS("HTTP/1.1 200", "\"content\":\"Hello world\""));
    expect_answer(&h, "POST", "/v1/chat/completions", "", stream,
                  PARTS("\"content\":\"Hello\"", "data: [DONE]"));
    expect_answer(&h, "POST", "/v1/responses", "", "{\"input\":\"Hi\",\"stream\":true}",
                  PARTS("response.created", "response.completed", "Hello world"));
    expect_answer(&h, "POST", "/v1/completions", "", "{\"prompt\":\"Hi\"}",
                  PARTS("\"text\":\"Hello world\""));
    expect_answer(&h, "POST", "/completion", "", "{\"prompt\":\"Hi\"}",
                  PARTS("\"content\":\"Hello world\"", "\"stop_type\":\"eos\""));
    harness_close(&h);
    assert_int_equal(h.model.n_open, 0);
    assert_int_equal(h.model.n_held, 0);
}

TEST(server, the_small_routes_answer)
{
    (void)state;
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){0});
    expect_answer(&h, "HEAD", "/", "", NULL, PARTS("HTTP/1.1 200"));
    expect_answer(&h, "GET", "/health", "", NULL, PARTS("{\"status\":\"ok\"}"));
    expect_answer(&h, "GET", "/v1/models", "", NULL, PARTS("\"object\":\"list\""));
    expect_answer(&h, "GET", "/v1/models?limit=1000", "anthropic-version: 2023-06-01\r\n", NULL,
                  PARTS("\"has_more\":false", "\"type\":\"model\""));
    expect_answer(&h, "GET", "/v1/models/claude-x", "", NULL, PARTS("\"id\":\"claude-x\""));
    expect_answer(&h, "GET", "/props", "", NULL, PARTS("\"n_ctx\":4096"));
    expect_answer(&h, "GET", "/slots", "", NULL, PARTS("\"is_processing\":false"));
    expect_answer(&h, "GET", "/metrics", "", NULL, PARTS("llamacpp:tokens_predicted_total 5"));
    expect_answer(&h, "POST", "/tokenize", "", "{\"content\":\"ab\"}",
                  PARTS("{\"tokens\":[97,98]}"));
    expect_answer(&h, "POST", "/tokenize", "", "{\"content\":[\"ab\",7,\"c\"]}",
                  PARTS("{\"tokens\":[97,98,7,99]}"));
    expect_answer(&h, "POST", "/tokenize", "", "{\"content\":\"a\",\"with_pieces\":true}",
                  PARTS("{\"tokens\":[{\"id\":97,\"piece\":\"a\"}]}"));
    expect_answer(
        &h, "POST", "/tokenize", "", "{\"content\":\"\xc3\xa1\",\"with_pieces\":true}",
        PARTS("{\"tokens\":[{\"id\":195,\"piece\":[195]},{\"id\":161,\"piece\":[161]}]}"));
    expect_answer(&h, "GET", "/lora-adapters", "", NULL, PARTS("\r\n\r\n[]"));
    expect_answer(&h, "POST", "/detokenize", "", "{\"tokens\":[104,105]}",
                  PARTS("{\"content\":\"hi\"}"));
    expect_answer(&h, "POST", "/apply-template", "", message, PARTS("{\"prompt\":\"Hi there\"}"));
    expect_answer(&h, "POST", "/v1/messages/count_tokens?beta=true", "", message,
                  PARTS("{\"input_tokens\":3}"));
    expect_answer(&h, "POST", "/api/event_logging/batch", "", "{}", PARTS("200 OK"));
    expect_answer(&h, "POST", "/v1/embeddings", "", "{}", PARTS("501", "not_supported_error"));
    expect_answer(&h, "GET", "/nothing", "", NULL, PARTS("HTTP/1.1 404", "no such path"));
    expect_answer(&h, "GET", "/v1/messages", "", NULL, PARTS("HTTP/1.1 405"));
    assert_int_equal(h.model.n_started, 0);
    harness_close(&h);
}

TEST(server, errors_have_the_dialects_form_and_status)
{
    (void)state;
    struct harness h = {.model = {.script = hello, .n_context = 8}};
    harness_open(&h, (struct server_config){0});
    expect_answer(&h, "POST", "/v1/messages", "", "{", PARTS("HTTP/1.1 400", "\"type\":\"error\""));
    static const char longer[] =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a text of more than eight times four "
        "bytes\"}],\"stream\":true}";
    expect_answer(&h, "POST", "/v1/messages", "", longer,
                  PARTS("HTTP/1.1 400", "prompt is too long: 11 tokens > 7 maximum"));
    expect_answer(&h, "POST", "/v1/chat/completions", "", longer,
                  PARTS("HTTP/1.1 400", "context_length_exceeded"));
    harness_close(&h);
}

TEST(server, a_loading_model_and_a_full_queue_ask_to_come_back)
{
    (void)state;
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){0});
    h.model.state = MODEL_LOADING;
    expect_answer(&h, "POST", "/v1/messages", "", message,
                  PARTS("HTTP/1.1 503", "Retry-After: 2", "overloaded_error"));
    expect_answer(&h, "GET", "/health", "", NULL, PARTS("HTTP/1.1 503", "Loading model"));
    h.model.state = MODEL_READY;
    h.model.n_queue_max = 1;
    h.model.n_open = 1;
    expect_answer(&h, "POST", "/v1/messages", "", message,
                  PARTS("HTTP/1.1 529", "Retry-After", "overloaded_error"));
    expect_answer(&h, "POST", "/v1/chat/completions", "", message,
                  PARTS("HTTP/1.1 429", "Retry-After", "rate_limit_exceeded"));
    h.model.n_open = 0;
    harness_close(&h);
}

TEST(server, a_stream_begins_at_once_and_beats_during_the_prefill)
{
    (void)state;
    struct harness h = {.model = {.script = hello, .prefill_ms = 700}};
    harness_open(&h, (struct server_config){.beat_ms = 100});
    int fd = client_connect(&h);
    struct buf text = {0};
    uint64_t start = os_time_ns();
    client_send(fd, "POST", "/v1/messages", "Connection: close\r\n", stream);
    assert_true(client_read_until(fd, &text, "content_block_start"));
    assert_true(os_time_ns() - start < 300000000);
    assert_true(client_read_until(fd, &text, "message_stop"));
    size_t n_beats = 0;
    for (const char *at = text.data; (at = strstr(at, "\"text_delta\",\"text\":\"\"")); at++)
        n_beats++;
    assert_in_range(n_beats, 3, 8);
    close(fd);
    buf_release(&text);
    harness_close(&h);
}

TEST(server, a_stream_is_kept_alive_while_a_sleeping_model_comes_back)
{
    (void)state;
    static const char *const paths[] = {"/v1/messages", "/v1/chat/completions", "/completion"};
    static const char *const firsts[] = {"content_block_start", ": ", ": "};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct harness h = {.model = {.script = hello, .state = MODEL_ASLEEP, .wake_ms = 700}};
        harness_open(&h, (struct server_config){.beat_ms = 100});
        int fd = client_connect(&h);
        struct buf text = {0};
        char body[300];
        snprintf(body, sizeof body, "{\"prompt\":\"Hi\",%s", stream + 1);
        uint64_t start = os_time_ns();
        client_send(fd, "POST", paths[i], "Connection: close\r\n", body);
        assert_true(client_read_until(fd, &text, firsts[i]));
        assert_true(os_time_ns() - start < 500000000);
        // Counting and the like need no weights.
        expect_answer(&h, "POST", "/v1/messages/count_tokens", "", message,
                      PARTS("{\"input_tokens\":3}"));
        expect_answer(&h, "GET", "/health", "", NULL, PARTS("\"ok\""));
        assert_int_equal(h.model.n_started, 0);
        assert_true(client_read_until(fd, &text, " world"));
        assert_true(os_time_ns() - start >= 700000000);
        close(fd);
        buf_release(&text);
        harness_close(&h);
        assert_int_equal(h.model.n_held, 0);
    }
}

TEST(server, a_model_that_cannot_be_woken_is_told_in_the_stream_or_by_status)
{
    (void)state;
    struct harness h = {.model = {.script = hello, .state = MODEL_ASLEEP, .wake_ms = UINT_MAX}};
    harness_open(&h, (struct server_config){.beat_ms = 100});
    expect_answer(&h, "POST", "/v1/messages", "", message,
                  PARTS("HTTP/1.1 500", "\"type\":\"error\"", "the file has gone"));
    expect_answer(&h, "POST", "/v1/messages", "", stream,
                  PARTS("HTTP/1.1 200", "event: error", "the file has gone"));
    expect_answer(&h, "POST", "/v1/responses", "", "{\"input\":\"Hi\",\"stream\":true}",
                  PARTS("response.failed", "the file has gone"));
    // One that leaves meanwhile leaves nothing behind.
    int fd = client_connect(&h);
    h.model.wake_ms = 60000;
    client_send(fd, "POST", "/v1/messages", "", stream);
    double_pause(100);
    close(fd);
    harness_close(&h);
    assert_int_equal(h.model.n_started, 0);
    assert_int_equal(h.model.n_held, 0);
}

static void wait_until(atomic_int *number, int value)
{
    for (int i = 0; *number != value; i++) {
        if (i > 500)
            fail_msg("still %d, not %d", *number, value);
        double_pause(10);
    }
}

TEST(server, a_client_that_leaves_during_the_answer_stops_it)
{
    (void)state;
    static const struct double_event slow[] = {
        {CHAT_EVENT_TEXT, "a", "", "", CHAT_STOP_NONE},
        {CHAT_EVENT_TEXT, "b", "", "", CHAT_STOP_NONE},
        {CHAT_EVENT_TEXT, "c", "", "", CHAT_STOP_NONE},
        {CHAT_EVENT_TEXT, "d", "", "", CHAT_STOP_NONE},
        {CHAT_EVENT_TEXT, "e", "", "", CHAT_STOP_NONE},
        {CHAT_EVENT_STOP, "", "", "", CHAT_STOP_END_TURN},
    };
    struct harness h = {.model = {.script = slow, .token_ms = 150}};
    harness_open(&h, (struct server_config){0});
    int fd = client_connect(&h);
    struct buf text = {0};
    client_send(fd, "POST", "/v1/chat/completions", "", stream);
    assert_true(client_read_until(fd, &text, "\"content\":\"a\""));
    close(fd);
    uint64_t start = os_time_ns();
    wait_until(&h.model.n_closed_early, 1);
    assert_true(os_time_ns() - start < 400000000); // 200 ms to notice, and a token's 150
    buf_release(&text);
    harness_close(&h);
}

TEST(server, an_identical_request_joins_the_prefill_of_one_that_left)
{
    (void)state;
    struct harness h = {.model = {.script = hello, .prefill_ms = 1000}};
    harness_open(&h, (struct server_config){0});
    int fd = client_connect(&h);
    struct buf text = {0};
    client_send(fd, "POST", "/v1/messages", "", stream);
    assert_true(client_read_until(fd, &text, "message_start"));
    close(fd);
    buf_release(&text);
    wait_until(&h.model.n_demoted, 1);
    // The retry does not stream; another session's equal request does not join.
    int other = client_connect(&h);
    client_send(other, "POST", "/v1/messages", "x-session-id: other\r\n", stream);
    wait_until(&h.model.n_started, 2);
    expect_answer(&h, "POST", "/v1/messages", "", message, PARTS("HTTP/1.1 200", "Hello world"));
    assert_int_equal(h.model.n_started, 2);
    assert_int_equal(h.model.n_promoted, 1);
    close(other);
    harness_close(&h);
    assert_int_equal(h.model.n_open, 0);
}

// Clients ask again in the moment in which they give up, before anybody knows that they left.
TEST(server, an_identical_request_joins_one_whose_client_is_just_leaving)
{
    (void)state;
    static const char session[] = "x-session-id: one\r\n";
    struct harness h = {.model = {.script = hello, .prefill_ms = 1000}};
    harness_open(&h, (struct server_config){0});
    for (int i = 0; i < 5; i++) {
        int fd = client_connect(&h);
        struct buf text = {0};
        client_send(fd, "POST", "/v1/messages", session, stream);
        assert_true(client_read_until(fd, &text, "message_start"));
        close(fd);
        buf_release(&text);
        expect_answer(&h, "POST", "/v1/messages", session, message,
                      PARTS("HTTP/1.1 200", "Hello world"));
        assert_int_equal(h.model.n_started, i + 1);
        assert_int_equal(h.model.n_promoted, i + 1);
    }
    harness_close(&h);
    assert_int_equal(h.model.n_open, 0);
}

TEST(server, a_prefill_that_nobody_joins_ends)
{
    (void)state;
    struct harness h = {.model = {.script = hello, .prefill_ms = 60000}};
    harness_open(&h, (struct server_config){.orphan_ms = 200});
    int fd = client_connect(&h);
    client_send(fd, "POST", "/v1/messages", "", message); // nothing is written while it waits
    wait_until(&h.model.n_started, 1);
    close(fd);
    uint64_t start = os_time_ns();
    wait_until(&h.model.n_demoted, 1);
    assert_true(os_time_ns() - start < 200000000); // noticed within 200 ms
    wait_until(&h.model.n_closed_early, 1);
    harness_close(&h);
}

TEST(server, several_choices_come_from_several_runs)
{
    (void)state;
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){0});
    expect_answer(&h, "POST", "/v1/chat/completions", "",
                  "{\"n\":2,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}",
                  PARTS("{\"index\":0,\"message\"", "{\"index\":1,\"message\""));
    expect_answer(&h, "POST", "/v1/completions", "", "{\"prompt\":[\"a\",\"b\"],\"stream\":true}",
                  PARTS("\"index\":0", "\"index\":1", "[DONE]"));
    assert_int_equal(h.model.n_started, 4);
    harness_close(&h);
}

TEST(server, a_connection_serves_many_requests_and_pipelined_ones)
{
    (void)state;
    struct harness h = {.model = {.script = hello, .prefill_ms = 50}};
    harness_open(&h, (struct server_config){0});
    int fd = client_connect(&h);
    for (int i = 0; i < 3; i++) {
        struct buf text = {0};
        client_send(fd, "POST", "/v1/messages", "", stream);
        assert_true(client_read_until(fd, &text, "0\r\n\r\n"));
        expect(text.data, "message_stop");
        buf_release(&text);
    }
    struct buf text = {0};
    client_send(fd, "POST", "/v1/messages", "", message);
    client_send(fd, "GET", "/health", "", NULL); // arrives while the first one waits
    assert_true(client_read_until(fd, &text, "\"status\":\"ok\""));
    expect(text.data, "Hello world");
    buf_release(&text);
    close(fd);
    harness_close(&h);
}

TEST(server, stopping_lets_answers_end)
{
    (void)state;
    struct harness h = {.model = {.script = hello, .prefill_ms = 400}};
    harness_open(&h, (struct server_config){0});
    int fd = client_connect(&h);
    struct buf text = {0};
    client_send(fd, "POST", "/v1/messages", "", stream);
    assert_true(client_read_until(fd, &text, "message_start"));
    harness_close(&h);
    assert_true(client_read_until(fd, &text, "message_stop"));
    close(fd);
    buf_release(&text);
}

static void keep_line(void *context, const char *line)
{
    snprintf(context, 1000, "%s", line);
}

TEST(server, each_request_is_one_line_of_the_log_whatever_it_says)
{
    (void)state;
    char line[1000] = "";
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){.log = keep_line, .log_context = line});
    expect_answer(&h, "POST", "/v1/messages", "x-session-id: 0123456789\r\n",
                  "{\"min_keep\":2,\"model\":\"a\\nfake "
                  "line\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                  PARTS("200 OK"));
    harness_close(&h);
    expect(line, "POST /v1/messages 200");
    expect(line, "model=a?fake line session=01234567 ");
    expect(line, "reused 0 of 1 tokens");
    expect(line, "ignored=min_keep"); // what it asks for and does not get
    assert_null(strchr(line, '\n'));
}

// The body of a response in HTTP's chunks, each of which must be as long as it says.
static void read_chunks(struct str response, struct buf *body)
{
    size_t at = str_find(response, STR("\r\n\r\n"), 0) + 4;
    for (size_t size = 1; size;) {
        size_t line_end = str_find(response, STR("\r\n"), at);
        assert_true(line_end != STR_NONE);
        size = strtoul(response.data + at, NULL, 16);
        at = line_end + 2;
        assert_true(at + size + 2 <= response.size);
        buf_append(body, response.data + at, size);
        at += size;
        assert_memory_equal(response.data + at, "\r\n", 2);
        at += 2;
    }
    assert_int_equal(at, response.size);
}

TEST(server, a_stream_without_chunks_is_there_for_old_clients)
{
    (void)state;
    static const char request[] = "POST /v1/completions HTTP/1.0\r\nContent-Length: 28\r\n\r\n"
                                  "{\"prompt\":\"a\",\"stream\":true}";
    struct harness h = {.model = {.script = hello}};
    harness_open(&h, (struct server_config){0});
    int fd = client_connect(&h);
    struct buf text = {0};
    assert_int_equal(send(fd, request, sizeof request - 1, 0), sizeof request - 1);
    assert_true(client_read_until(fd, &text, "[DONE]"));
    expect(text.data, "HTTP/1.0 200 OK");
    expect(text.data, "\r\n\r\ndata: ");
    assert_null(strstr(text.data, "chunked"));
    buf_release(&text);
    close(fd);
    harness_close(&h);
}

TEST(server, a_slow_reader_does_not_stop_the_others_and_loses_nothing)
{
    (void)state;
    enum { N_EVENTS = 3000, SIZE = 2000 };
    static char words[SIZE + 1];
    static struct double_event many[N_EVENTS + 1];
    memset(words, '~', SIZE);
    for (size_t i = 0; i < N_EVENTS; i++)
        many[i] = (struct double_event){CHAT_EVENT_TEXT, words, "", "", CHAT_STOP_NONE};
    many[N_EVENTS] = hello[2];
    struct harness h = {.model = {.script = many}};
    harness_open(&h, (struct server_config){0});
    int fd = client_connect(&h);
    client_send(fd, "POST", "/v1/completions", "Connection: close\r\n",
                "{\"prompt\":\"a\",\"stream\":true}");
    double_pause(300);
    expect_answer(&h, "GET", "/health", "", NULL, PARTS("ok"));
    struct buf response = {0}, body = {0};
    char bytes[65536];
    for (ssize_t n; (n = recv(fd, bytes, sizeof bytes, 0)) > 0;)
        buf_append(&response, bytes, (size_t)n);
    read_chunks((struct str){response.data, response.size}, &body);
    size_t n_seen = 0;
    for (size_t i = 0; i < body.size; i++)
        n_seen += body.data[i] == '~';
    assert_int_equal(n_seen, (size_t)N_EVENTS * SIZE);
    buf_release(&response);
    buf_release(&body);
    close(fd);
    harness_close(&h);
}

RUN_TESTS(IS(server, every_dialect_is_answered_whole_and_streamed),
          IS(server, the_small_routes_answer), IS(server, errors_have_the_dialects_form_and_status),
          IS(server, a_loading_model_and_a_full_queue_ask_to_come_back),
          IS(server, a_stream_begins_at_once_and_beats_during_the_prefill),
          IS(server, a_stream_is_kept_alive_while_a_sleeping_model_comes_back),
          IS(server, a_model_that_cannot_be_woken_is_told_in_the_stream_or_by_status),
          IS(server, a_client_that_leaves_during_the_answer_stops_it),
          IS(server, an_identical_request_joins_the_prefill_of_one_that_left),
          IS(server, an_identical_request_joins_one_whose_client_is_just_leaving),
          IS(server, a_prefill_that_nobody_joins_ends),
          IS(server, several_choices_come_from_several_runs),
          IS(server, a_connection_serves_many_requests_and_pipelined_ones),
          IS(server, stopping_lets_answers_end),
          IS(server, each_request_is_one_line_of_the_log_whatever_it_says),
          IS(server, a_stream_without_chunks_is_there_for_old_clients),
          IS(server, a_slow_reader_does_not_stop_the_others_and_loses_nothing))
