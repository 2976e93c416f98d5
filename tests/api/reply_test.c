// Answers of all dialects.  tests/cases/api/NAME.events says what the model did; beside it stand the
// expected NAME.DIALECT.sse and NAME.DIALECT.body.  Streams that real clients accepted are compared
// with ours event by event: every member they have, ours has too.
#include "api/dialect.h"
#include "base/memory.h"
#include "tests/api/expected.h"

struct fixture {
    struct api_request request;
    struct reply reply;
};

static void fixture_open(struct fixture *f, const struct api_dialect *dialect, bool is_stream,
                         const char *body)
{
    struct error error;
    api_request_init(&f->request);
    if (api_request_parse(&f->request, str_of(body), &error) || dialect->read(&f->request, &error))
        fail_msg("%s", error.text);
    f->request.is_stream = is_stream;
    reply_init(&f->reply, dialect, &f->request, 1, 1, 1700000000);
    f->reply.usage = (struct usage){.n_prompt = 100};
    f->reply.thinks = f->request.conversation.thinking.mode == THINKING_ON;
}

static void fixture_close(struct fixture *f)
{
    reply_release(&f->reply);
    api_request_release(&f->request);
}

static void add(struct reply *reply, enum chat_event_kind kind, const char *text, const char *id,
                const char *name)
{
    struct chat_event event = {
        .kind = kind, .text = str_of(text), .id = str_of(id), .name = str_of(name)};
    reply_add(reply, 0, &event);
}

static void stop(struct reply *reply, enum chat_stop why, const char *sequence)
{
    struct chat_event event = {.kind = CHAT_EVENT_STOP, .stop = why, .text = str_of(sequence)};
    reply->usage =
        (struct usage){.n_prompt = 100, .n_reused = 80, .n_generated = 25, .n_thinking = 5};
    reply_add(reply, 0, &event);
    reply_finish(reply);
}

// One line of an events file: a word, then the text up to the end of the line (\n is a line end).
static void play_line(struct reply *reply, char *line)
{
    char *text = line + strcspn(line, " ");
    if (*text)
        *text++ = 0;
    char *to = text;
    for (char *from = text; *from; from++)
        *to++ = from[0] == '\\' && from[1] == 'n' ? (from++, '\n') : *from;
    *to = 0;
    static const struct {
        const char *word;
        enum chat_stop stop;
    } stops[] = {{"end_turn", CHAT_STOP_END_TURN},
                 {"tool_calls", CHAT_STOP_TOOL_CALLS},
                 {"sequence", CHAT_STOP_SEQUENCE},
                 {"max_tokens", CHAT_STOP_MAX_TOKENS}};
    if (!strcmp(line, "think")) {
        add(reply, CHAT_EVENT_THINKING, text, "", "");
    } else if (!strcmp(line, "signed")) {
        add(reply, CHAT_EVENT_THINKING_END, "", text, "");
    } else if (!strcmp(line, "text")) {
        add(reply, CHAT_EVENT_TEXT, text, "", "");
    } else if (!strcmp(line, "call")) {
        char *name = strchr(text, ' ');
        *name++ = 0;
        add(reply, CHAT_EVENT_CALL_START, "", text, name);
    } else if (!strcmp(line, "args")) {
        add(reply, CHAT_EVENT_CALL_ARGS, text, "", "");
    } else if (!strcmp(line, "end")) {
        add(reply, CHAT_EVENT_CALL_END, "", "", "");
    } else if (!strcmp(line, "cut")) {
        add(reply, CHAT_EVENT_CALL_CUT, "", "", "");
    } else if (!strcmp(line, "beat")) {
        reply_beat(reply);
    } else {
        for (size_t i = 0; i < COUNT_OF(stops); i++)
            if (!strcmp(line, stops[i].word))
                stop(reply, stops[i].stop, text);
    }
}

static void play_file(struct reply *reply, const char *path)
{
    char *events = test_read_file(path, NULL);
    reply_start(reply);
    for (char *line = events, *next; *line; line = next) {
        next = line + strcspn(line, "\n");
        if (*next)
            *next++ = 0;
        play_line(reply, line);
    }
    assert_true(reply->is_finished);
    free(events);
}

static const char plain_chat[] = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":"
                                 "\"x\"}],\"stream_options\":{\"include_usage\":true}}";
static const char thinking_anthropic[] =
    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"thinking\":{\"type\":"
    "\"adaptive\"}}";
static const char tools_responses[] =
    "{\"model\":\"m\",\"input\":[],\"tools\":[{\"type\":\"custom\",\"name\":\"apply_patch\"},"
    "{\"type\":\"namespace\",\"name\":\"agents\",\"tools\":[{\"type\":\"function\","
    "\"name\":\"spawn\"}]}]}";

TEST(reply, every_case_gives_the_expected_stream_and_body)
{
    static const char *const cases[] = {"calls", "cut", "words"};
    static const struct {
        const struct api_dialect *dialect;
        const char *body;
    } ways[] = {{&api_anthropic, thinking_anthropic},
                {&api_chat, plain_chat},
                {&api_responses, tools_responses}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (size_t j = 0; j < COUNT_OF(ways); j++)
            for (int is_stream = 0; is_stream < 2; is_stream++) {
                char path[200], events[200];
                struct fixture f;
                fixture_open(&f, ways[j].dialect, is_stream, ways[j].body);
                snprintf(events, sizeof events, "tests/cases/api/%s.events", cases[i]);
                snprintf(path, sizeof path, "tests/cases/api/%s.%s.%s", cases[i],
                         ways[j].dialect->name, is_stream ? "sse" : "body");
                play_file(&f.reply, events);
                compare_file(path, &f.reply.out);
                fixture_close(&f);
            }
}

// ---- accepted streams ----

// Whether all members of `theirs` are in `ours`, with the same types (null fits everything).
static bool has_shape(struct json_object *ours, struct json_object *theirs)
{
    if (!theirs || !ours)
        return true;
    if (json_object_get_type(ours) != json_object_get_type(theirs))
        return false;
    if (json_is(theirs, json_type_array)) {
        size_t n = json_length(theirs);
        if (n != json_length(ours))
            return false;
        for (size_t i = 0; i < n; i++)
            if (!has_shape(json_object_array_get_idx(ours, i),
                           json_object_array_get_idx(theirs, i)))
                return false;
    } else if (json_is(theirs, json_type_object)) {
        json_object_object_foreach(theirs, key, member)
        {
            struct json_object *mine = NULL;
            if (!json_object_object_get_ex(ours, key, &mine) || !has_shape(mine, member))
                return false;
            // Words are compared too where they are not somebody's own.
            bool is_type = !strcmp(key, "type") || !strcmp(key, "object");
            if (is_type && !str_equal(json_str(mine), json_str(member)))
                return false;
        }
    }
    return true;
}

static char *next_event(char **at)
{
    char *event = *at;
    char *end = strstr(event, "\n\n");
    if (!end)
        return NULL;
    *end = 0;
    *at = end + 2;
    return event;
}

static struct json_object *event_json(const char *event)
{
    const char *data = strstr(event, "data: ");
    struct json_object *value = NULL;
    if (data)
        json_read(&value, str_of(data + 6), NULL);
    return value;
}

static bool matches(const char *ours, const char *theirs)
{
    if (strncmp(theirs, "event:", 6) == 0 && strncmp(ours, theirs, strcspn(theirs, "\n") + 1) != 0)
        return false;
    struct json_object *mine = event_json(ours), *other = event_json(theirs);
    bool is_match = has_shape(mine, other) && (mine != NULL) == (other != NULL);
    json_object_put(mine);
    json_object_put(other);
    return is_match;
}

// The same events in the same order, except those that differ by choice: empty first blocks, summaries
// of reasoning, and into how many pieces a text is cut.
static void compare_stream(const char *path, const struct buf *ours)
{
    char *theirs = test_read_file(path, NULL), *mine = mem_copy_string(ours->data);
    char *their_at = theirs, *my_at = mine, *event;
    size_t n_matched = 0;
    char *my_event = next_event(&my_at);
    while ((event = next_event(&their_at))) {
        if (strstr(event, "reasoning_summary"))
            continue;
        while (my_event && !matches(my_event, event))
            my_event = next_event(&my_at);
        if (!my_event)
            fail_msg("%s: after %zu events ours lack\n%s\nours:\n%s", path, n_matched, event,
                     ours->data);
        n_matched++;
        my_event = next_event(&my_at);
    }
    if (my_event)
        fail_msg("%s: ours go on with %s", path, my_event);
    free(theirs);
    free(mine);
}

static void play_accepted(const char *data, const char *name, const struct api_dialect *dialect,
                          const char *body, const char *const *lines)
{
    struct fixture f;
    char path[512], line[300];
    fixture_open(&f, dialect, true, body);
    reply_start(&f.reply);
    for (; *lines; lines++) {
        snprintf(line, sizeof line, "%s", *lines);
        play_line(&f.reply, line);
    }
    snprintf(path, sizeof path, "%s/wire/captures/accepted-responses/%s", data, name);
    compare_stream(path, &f.reply.out);
    fixture_close(&f);
}

TEST(reply, streams_have_the_shape_that_clients_accepted)
{
    NEED_DATA(data);
    static const char silent[] =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    play_accepted(data, "anthropic-heartbeat-empty-text_delta.sse", &api_anthropic, silent,
                  (const char *[]){"beat", "beat", "beat", "text Survived.", "end_turn", NULL});
    play_accepted(
        data, "anthropic-heartbeat-empty-thinking_delta.sse", &api_anthropic, thinking_anthropic,
        (const char *[]){"beat", "beat", "beat", "think Hmm.", "text Survived.", "end_turn", NULL});
    play_accepted(data, "anthropic-thinking-text-tool_use.sse", &api_anthropic, thinking_anthropic,
                  (const char *[]){"think a", "think b", "think c", "signed s", "text Reading.",
                                   "call t1 Read", "args {\"a\":", "args 1}", "end", "tool_calls",
                                   NULL});
    play_accepted(data, "openai-chat-reasoning-text-tool_call.sse", &api_chat, plain_chat,
                  (const char *[]){"think a", "think b", "text Reading.", "call c1 read",
                                   "args {\"a\":", "args 1}", "end", "tool_calls", NULL});
    play_accepted(data, "openai-chat-parallel-tool_calls.sse", &api_chat, plain_chat,
                  (const char *[]){"think a", "think b", "call c1 bash", "args {\"a\":", "args 1",
                                   "args }", "end", "call c2 read", "args {", "args }", "end",
                                   "tool_calls", NULL});
    play_accepted(data, "responses-parallel-function_calls.sse", &api_responses, tools_responses,
                  (const char *[]){"call c1 exec", "args {\"a\":", "args 1}", "end", "call c2 exec",
                                   "args {}", "end", "tool_calls", NULL});
    play_accepted(data, "anthropic-text-end_turn.sse", &api_anthropic, silent,
                  (const char *[]){"text a", "text b", "end_turn", NULL});
}

// ---- single claims ----

TEST(reply, a_call_without_arguments_is_an_empty_object)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, &api_anthropic, false,
                 "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    reply_start(&f.reply);
    add(&f.reply, CHAT_EVENT_CALL_START, "", "t1", "List");
    add(&f.reply, CHAT_EVENT_CALL_END, "", "", "");
    stop(&f.reply, CHAT_STOP_TOOL_CALLS, "");
    assert_non_null(strstr(f.reply.out.data, "\"name\":\"List\",\"input\":{}}"));
    fixture_close(&f);
}

// Claude Code gives up after 300 s without an event other than ping, also between two calls.
TEST(reply, a_sign_of_life_is_always_a_piece_of_an_open_block)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, &api_anthropic, true,
                 "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    reply_start(&f.reply);
    add(&f.reply, CHAT_EVENT_CALL_START, "", "t1", "List");
    reply_beat(&f.reply);
    assert_non_null(strstr(f.reply.out.data,
                           "\"index\":1,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":"
                           "\"\"}"));
    add(&f.reply, CHAT_EVENT_CALL_END, "", "", "");
    buf_reset(&f.reply.out);
    reply_beat(&f.reply);
    reply_beat(&f.reply);
    add(&f.reply, CHAT_EVENT_CALL_START, "", "t2", "List");
    static const char piece[] = "event: content_block_delta\n"
                                "data: {\"type\":\"content_block_delta\",\"index\":2,\"delta\":{"
                                "\"type\":\"text_delta\",\"text\":\"\"}}\n\n";
    struct buf expected = {0};
    buf_printf(&expected,
               "event: content_block_start\n"
               "data: {\"type\":\"content_block_start\",\"index\":2,\"content_block\":"
               "{\"type\":\"text\",\"text\":\"\"}}\n\n%s%sevent: content_block_stop\n"
               "data: {\"type\":\"content_block_stop\",\"index\":2}\n\n",
               piece, piece);
    assert_memory_equal(f.reply.out.data, expected.data, expected.size);
    add(&f.reply, CHAT_EVENT_CALL_END, "", "", "");
    stop(&f.reply, CHAT_STOP_TOOL_CALLS, "");
    buf_release(&expected);
    fixture_close(&f);
}

TEST(reply, an_error_in_a_stream_has_the_dialects_form)
{
    (void)state;
    static const struct {
        const struct api_dialect *dialect;
        const char *body, *expected;
    } rows[] = {
        {&api_anthropic, thinking_anthropic,
         "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":"
         "\"the device is gone\"}}\n\n"},
        {&api_chat, plain_chat,
         "data: {\"error\":{\"message\":\"the device is gone\",\"type\":\"server_error\",\"param\":"
         "null,\"code\":null}}\n\n"},
        {&api_responses, tools_responses,
         "\"status\":\"failed\",\"error\":{\"code\":\"server_error\",\"message\":"
         "\"the device is gone\"}"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fixture f;
        fixture_open(&f, rows[i].dialect, true, rows[i].body);
        reply_start(&f.reply);
        struct api_error error = api_error_make(API_ERROR_INTERNAL, "the device is gone");
        reply_fail(&f.reply, &error);
        assert_non_null(strstr(f.reply.out.data, rows[i].expected));
        fixture_close(&f);
    }
}

TEST(reply, too_long_prompts_are_told_in_the_words_clients_act_upon)
{
    (void)state;
    struct api_error error = api_error_too_long(210000, 200000);
    struct buf out = {0};
    api_anthropic.put_error(&out, &error);
    assert_string_equal(out.data,
                        "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
                        "\"message\":\"prompt is too long: 210000 tokens > 200000 "
                        "maximum\"}}");
    buf_reset(&out);
    api_chat.put_error(&out, &error);
    assert_non_null(strstr(out.data, "\"code\":\"context_length_exceeded\""));
    assert_int_equal(api_error_names(error.kind)->status, 400);
    buf_release(&out);
}

TEST(reply, a_custom_tools_text_comes_without_the_arguments_around_it)
{
    (void)state;
    static const char body[] =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":["
        "{\"type\":\"custom\",\"custom\":{\"name\":\"patch\"}}]}";
    for (int is_stream = 0; is_stream < 2; is_stream++) {
        struct fixture f;
        fixture_open(&f, &api_chat, is_stream, body);
        reply_start(&f.reply);
        add(&f.reply, CHAT_EVENT_CALL_START, "", "c1", "patch");
        add(&f.reply, CHAT_EVENT_CALL_ARGS, "{\"input\": \"a \\\"b\\\"", "", "");
        add(&f.reply, CHAT_EVENT_CALL_ARGS, "\\n\"}", "", "");
        add(&f.reply, CHAT_EVENT_CALL_END, "", "", "");
        add(&f.reply, CHAT_EVENT_CALL_START, "", "c2", "read");
        add(&f.reply, CHAT_EVENT_CALL_END, "", "", "");
        stop(&f.reply, CHAT_STOP_TOOL_CALLS, "");
        const char *parts[2][2] = {
            {"{\"id\":\"c1\",\"type\":\"custom\",\"custom\":{\"name\":\"patch\",\"input\":"
             "\"a \\\"b\\\"\\n\"}}",
             "{\"id\":\"c2\",\"type\":\"function\",\"function\":{\"name\":\"read\",\"arguments\":"
             "\"{}\"}}"},
            {"{\"index\":0,\"id\":\"c1\",\"type\":\"custom\",\"custom\":{\"name\":\"patch\","
             "\"input\":\"\"}}",
             "{\"tool_calls\":[{\"index\":0,\"custom\":{\"input\":\"a \\\"b\\\"\\n\"}}]}"}};
        for (int i = 0; i < 2; i++)
            if (!strstr(f.reply.out.data, parts[is_stream][i]))
                fail_msg("no %s in %s", parts[is_stream][i], f.reply.out.data);
        fixture_close(&f);
    }
}

TEST(reply, openais_errors_name_the_field)
{
    (void)state;
    static const struct {
        const char *text, *param;
    } rows[] = {
        {"temperature: must be a number", "\"temperature\""},
        {"stream_options.include_usage: must be true or false", "\"stream_options.include_usage\""},
        {"messages.12: content: must be a string or a list of parts", "\"messages[12].content\""},
        {"tools.0.function.name: required", "\"tools[0].function.name\""},
        {"input.0: must be an object", "\"input[0]\""},
        {"invalid JSON at byte 3: unexpected character", "null"},
        {"the body must be a JSON object", "null"},
    };
    struct buf out = {0};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char expected[100];
        snprintf(expected, sizeof expected, "\"param\":%s,", rows[i].param);
        struct api_error error = api_error_make(API_ERROR_INVALID, "%s", rows[i].text);
        buf_reset(&out);
        api_chat.put_error(&out, &error);
        if (!strstr(out.data, expected))
            fail_msg("no %s in %s", expected, out.data);
    }
    struct api_error error = api_error_too_long(9, 8);
    static const struct api_dialect *const dialects[] = {&api_chat, &api_completions,
                                                         &api_responses};
    static const char *const fields[] = {"messages", "prompt", "input"};
    for (size_t i = 0; i < COUNT_OF(dialects); i++) {
        char expected[100];
        snprintf(expected, sizeof expected, "\"param\":\"%s\",", fields[i]);
        buf_reset(&out);
        dialects[i]->put_error(&out, &error);
        assert_non_null(strstr(out.data, expected));
    }
    error = api_error_make(API_ERROR_INTERNAL, "device: is gone"); // nobody's field
    buf_reset(&out);
    api_chat.put_error(&out, &error);
    assert_non_null(strstr(out.data, "\"param\":null"));
    buf_release(&out);
}

TEST(reply, log_probabilities_travel_with_the_next_text)
{
    (void)state;
    struct fixture f;
    struct token_report top = {.id = 5, .bytes = STR("\xc3"), .logprob = -0.5};
    struct token_report report = {
        .id = 5, .bytes = STR("\xc3"), .logprob = -0.5, .top = &top, .n_top = 1};
    fixture_open(&f, &api_chat, true,
                 "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                 "\"logprobs\":true,\"top_logprobs\":1}");
    reply_start(&f.reply);
    buf_reset(&f.reply.out);
    reply_report(&f.reply, 0, &report);
    add(&f.reply, CHAT_EVENT_TEXT, "a", "", "");
    assert_non_null(strstr(f.reply.out.data,
                           "\"delta\":{\"content\":\"a\"},\"logprobs\":{\"content\":[{\"token\":"
                           "\"\xef\xbf\xbd\",\"logprob\":-0.5,\"bytes\":[195],\"top_logprobs\":["
                           "{\"token\":\"\xef\xbf\xbd\",\"logprob\":-0.5,\"bytes\":[195]}]}]},"));
    buf_reset(&f.reply.out);
    add(&f.reply, CHAT_EVENT_TEXT, "b", "", "");
    assert_null(strstr(f.reply.out.data, "logprobs"));
    stop(&f.reply, CHAT_STOP_END_TURN, "");
    fixture_close(&f);
}

TEST(reply, completions_tell_columns_and_llama_rows)
{
    (void)state;
    struct token_report top = {.id = 7, .bytes = STR("x"), .logprob = -0.25};
    struct token_report report = {
        .id = 7, .bytes = STR("x"), .logprob = -0.25, .top = &top, .n_top = 1};
    struct fixture f;
    fixture_open(&f, &api_completions, false, "{\"prompt\":\"a\",\"logprobs\":1}");
    reply_start(&f.reply);
    reply_report(&f.reply, 0, &report);
    add(&f.reply, CHAT_EVENT_TEXT, "x", "", "");
    stop(&f.reply, CHAT_STOP_MAX_TOKENS, "");
    assert_non_null(strstr(f.reply.out.data,
                           "\"logprobs\":{\"tokens\":[\"x\"],\"token_logprobs\":[-0.25],"
                           "\"top_logprobs\":[{\"x\":-0.25}],\"text_offset\":[0]},"
                           "\"finish_reason\":\"length\""));
    fixture_close(&f);
    fixture_open(&f, &api_llama, false, "{\"prompt\":\"a\",\"n_probs\":1}");
    reply_start(&f.reply);
    reply_report(&f.reply, 0, &report);
    add(&f.reply, CHAT_EVENT_TEXT, "x", "", "");
    stop(&f.reply, CHAT_STOP_SEQUENCE, "END");
    assert_non_null(strstr(f.reply.out.data, "\"stop_type\":\"word\",\"stopping_word\":\"END\""));
    assert_non_null(strstr(f.reply.out.data,
                           "\"completion_probabilities\":[{\"id\":7,\"token\":\"x\",\"logprob\":"
                           "-0.25,\"bytes\":[120],\"top_logprobs\":[{\"id\":7,\"token\":\"x\","));
    fixture_close(&f);
}

RUN_TESTS(IS(reply, every_case_gives_the_expected_stream_and_body),
          IS(reply, streams_have_the_shape_that_clients_accepted),
          IS(reply, a_call_without_arguments_is_an_empty_object),
          IS(reply, a_sign_of_life_is_always_a_piece_of_an_open_block),
          IS(reply, an_error_in_a_stream_has_the_dialects_form),
          IS(reply, too_long_prompts_are_told_in_the_words_clients_act_upon),
          IS(reply, a_custom_tools_text_comes_without_the_arguments_around_it),
          IS(reply, openais_errors_name_the_field),
          IS(reply, log_probabilities_travel_with_the_next_text),
          IS(reply, completions_tell_columns_and_llama_rows))
