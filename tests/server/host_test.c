// The server over a real engine: a tiny model of random weights behind every route.
#include <math.h>

#include "tests/engine/cache_folder.h"
#include "tests/server/double.h"

#include "api/sampling_fields.h"
#include "base/memory.h"
#include "base/os.h"
#include "server/host.h"
#include "server/host_script.h"

struct stage {
    struct host *host;
    struct harness h;
    char script[64];
    char line[1000]; // the newest of the server's log
    FILE *trace;     // or NULL
};

static void keep_line(void *context, const char *line)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // workers may be at it together
    pthread_mutex_lock(&lock);
    snprintf(context, sizeof((struct stage *)0)->line, "%s", line);
    pthread_mutex_unlock(&lock);
}

static void stage_open(struct stage *stage, struct host_config config, const char *script)
{
    struct error error;
    config.synthetic = "tiny-qwen3";
    config.backend = "cpu";
    config.cpu_features = UINT32_MAX;
    config.k_type = config.v_type = DTYPE_F16;
    if (!config.n_context)
        config.n_context = 2048;
    sampling_wish_init(&config.sampling);
    config.sampling.temperature = 0;
    config.sampling.seed = 1;
    if (script) {
        snprintf(stage->script, sizeof stage->script, "/tmp/hearth-script-%d", (int)getpid());
        FILE *file = fopen(stage->script, "w");
        fputs(script, file);
        fclose(file);
        config.script = stage->script;
    }
    if (host_open(&stage->host, &config, &error))
        fail_msg("%s", error.text);
    stage->h.side = host_side(stage->host);
    while (stage->h.side.state(stage->host, &error) == MODEL_LOADING)
        double_pause(5);
    struct server_config server = {.model = &stage->h.side,
                                   .host = "127.0.0.1",
                                   .log = keep_line,
                                   .log_context = stage->line,
                                   .trace = stage->trace};
    if (server_open(&stage->h.server, &server, &error))
        fail_msg("%s", error.text);
    stage->h.port = server_port(stage->h.server);
    pthread_create(&stage->h.thread, NULL, harness_run, stage->h.server);
}

static void stage_close(struct stage *stage)
{
    harness_close(&stage->h);
    host_close(stage->host);
    if (stage->script[0])
        unlink(stage->script);
}

// The JSON body of an answer, for json_object_put().
static struct json_object *ask(const struct stage *stage, const char *path, const char *body)
{
    char *response = client_ask(&stage->h, "POST", path, "", body);
    const char *text = strstr(response, "\r\n\r\n");
    struct json_object *value = NULL;
    struct error error;
    if (!text || json_read(&value, str_of(text + 4), &error))
        fail_msg("no JSON in %s", response);
    free(response);
    return value;
}

static const char hi[] = "{\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

TEST(host, greedy_answers_repeat_and_the_second_comes_from_the_cache)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){0}, NULL);
    struct json_object *first = ask(&stage, "/v1/messages", hi);
    struct json_object *second = ask(&stage, "/v1/messages", hi);
    struct json_object *a = json_object_array_get_idx(json_at(first, "content"), 0);
    struct json_object *b = json_object_array_get_idx(json_at(second, "content"), 0);
    assert_true(str_equal(json_str_at(a, "text"), json_str_at(b, "text")));
    assert_int_equal(json_object_get_int(json_at(first, "usage.cache_read_input_tokens")), 0);
    assert_true(json_object_get_int(json_at(second, "usage.cache_read_input_tokens")) > 5);
    assert_int_equal(json_object_get_int(json_at(second, "usage.output_tokens")), 8);
    assert_true(str_is(json_str_at(second, "stop_reason"), "max_tokens"));
    assert_true(str_is(json_str_at(second, "model"), "tiny-qwen3"));
    json_object_put(first);
    json_object_put(second);
    stage_close(&stage);
}

TEST(host, the_log_tells_what_was_reused_and_what_was_different)
{
    (void)state;
    static const char question[] =
        "{\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";
    static const char *const words[] = {"one two\\nthree", "one two four"};
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){0}, NULL);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        char body[200];
        snprintf(body, sizeof body, question, words[i]);
        json_object_put(ask(&stage, "/v1/messages", body));
    }
    harness_close(&stage.h); // the line is written behind the answer
    unsigned n_reused, n_prompt, n_same;
    const char *told = strstr(stage.line, "reused ");
    assert_non_null(told);
    assert_int_equal(sscanf(told, "reused %u of %u tokens (RAM), first difference at %u: ",
                            &n_reused, &n_prompt, &n_same),
                     3);
    assert_int_equal(n_reused, n_same); // no recurrent layers: all that is the same
    assert_true(n_same > 5 && n_same < n_prompt);
    assert_non_null(strstr(told, ": \"\\nthree<|im_end|>\\n")); // escaped
    assert_non_null(strstr(told, " -> \" four<|im_end|>"));
    host_close(stage.host);
}

TEST(host, tokens_and_prompts_agree_with_counts)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){0}, NULL);
    struct json_object *prompt = ask(&stage, "/apply-template", hi);
    struct json_object *count = ask(&stage, "/v1/messages/count_tokens", hi);
    struct json_object *question = json_object_new_object();
    json_object_object_add(question, "content", json_object_get(json_at(prompt, "prompt")));
    struct json_object *tokens = ask(&stage, "/tokenize", json_object_to_json_string(question));
    assert_int_equal(json_length(json_at(tokens, "tokens")),
                     json_object_get_int(json_at(count, "input_tokens")));
    struct json_object *text = ask(&stage, "/detokenize", json_object_to_json_string(tokens));
    assert_true(str_equal(json_str_at(text, "content"), json_str_at(prompt, "prompt")));
    json_object_put(prompt);
    json_object_put(count);
    json_object_put(question);
    json_object_put(tokens);
    json_object_put(text);
    stage_close(&stage);
}

TEST(host, an_answer_of_no_tokens_only_warms_the_cache)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){0}, NULL);
    struct json_object *answer =
        ask(&stage, "/v1/messages",
            "{\"max_tokens\":0,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
    assert_int_equal(json_length(json_at(answer, "content")), 0);
    assert_true(str_is(json_str_at(answer, "stop_reason"), "max_tokens"));
    assert_int_equal(json_object_get_int(json_at(answer, "usage.output_tokens")), 0);
    json_object_put(answer);
    answer = ask(&stage, "/v1/messages", hi);
    assert_true(json_object_get_int(json_at(answer, "usage.cache_read_input_tokens")) > 4);
    json_object_put(answer);
    stage_close(&stage);
}

TEST(host, prompts_that_do_not_fit_are_told_so_in_numbers)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){.n_context = 256}, NULL);
    struct buf body = {0};
    buf_append_text(&body, "{\"max_tokens\":999,\"messages\":[{\"role\":\"user\",\"content\":\"");
    for (int i = 0; i < 600; i++)
        buf_append_byte(&body, "qjxz"[i % 4]);
    buf_append_text(&body, "\"}]}");
    struct json_object *answer = ask(&stage, "/v1/messages", body.data);
    struct str message = json_str_at(answer, "error.message");
    assert_true(str_starts(message, STR("prompt is too long: ")));
    assert_true(str_ends(message, STR(" tokens > 224 maximum")));
    json_object_put(answer);
    buf_release(&body);
    stage_close(&stage);
}

TEST(host, scripted_answers_become_thinking_text_and_calls)
{
    (void)state;
    static const char script[] =
        "== make\nI will.\n\n<tool_call>\n{\"name\": \"Bash\", \"arguments\": {\"command\": "
        "\"ls\"}}\n</tool_call>\n==\nDone.\n";
    static const char question[] =
        "{\"max_tokens\":500,\"messages\":[{\"role\":\"user\",\"content\":\"please make it\"}],"
        "\"tools\":[{\"name\":\"Bash\",\"input_schema\":{\"type\":\"object\",\"properties\":{"
        "\"command\":{\"type\":\"string\"}}}}]}";
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){.reasoning = REASONING_OFF}, script);
    struct json_object *answer = ask(&stage, "/v1/messages", question);
    struct json_object *content = json_at(answer, "content");
    assert_int_equal(json_length(content), 2);
    struct json_object *call = json_object_array_get_idx(content, 1);
    assert_true(str_is(json_str_at(call, "name"), "Bash"));
    assert_true(str_is(json_str_at(call, "input.command"), "ls"));
    assert_true(str_is(json_str_at(answer, "stop_reason"), "tool_use"));
    json_object_put(answer);
    answer = ask(&stage, "/v1/messages", hi);
    content = json_at(answer, "content");
    assert_true(str_is(json_str_at(json_object_array_get_idx(content, 0), "text"), "Done."));
    json_object_put(answer);
    stage_close(&stage);
}

TEST(host, a_scripted_answer_takes_the_time_it_is_told)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){.reasoning = REASONING_OFF},
               "==\n=: wait_s 1\n=: wait_at 2\n=: pace_ms 40\none two three four\n");
    uint64_t start_ns = os_time_ns();
    struct json_object *answer =
        ask(&stage, "/v1/messages",
            "{\"max_tokens\":99,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
    uint64_t ms = (os_time_ns() - start_ns) / 1000000;
    struct json_object *content = json_at(answer, "content");
    assert_true(
        str_is(json_str_at(json_object_array_get_idx(content, 0), "text"), "one two three four"));
    assert_true(ms >= 1000 + 4 * 40);
    json_object_put(answer);
    stage_close(&stage);
}

TEST(host, a_script_with_an_unknown_setting_is_refused)
{
    (void)state;
    static const char path[] = "/tmp/hearth-script-setting";
    struct host_script *script = NULL;
    struct error error;
    FILE *file = fopen(path, "w");
    fputs("==\n=: haste 3\nOK\n", file);
    fclose(file);
    assert_int_equal(host_script_open(&script, path, &error), ERR_FORMAT);
    assert_non_null(strstr(error.text, "haste"));
    unlink(path);
}

TEST(host, raw_completions_stop_at_their_sequences_and_score_their_prompt)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){0}, NULL);
    struct json_object *answer =
        ask(&stage, "/v1/completions",
            "{\"prompt\":\"abcd\",\"max_tokens\":0,\"echo\":true,\"logprobs\":2}");
    struct json_object *choice = json_object_array_get_idx(json_at(answer, "choices"), 0);
    assert_true(str_is(json_str_at(choice, "text"), "abcd"));
    struct json_object *scores = json_at(choice, "logprobs.token_logprobs");
    assert_true(json_length(scores) >= 2);
    assert_null(json_object_array_get_idx(scores, 0));
    assert_true(json_object_get_double(json_object_array_get_idx(scores, 1)) < 0);
    json_object_put(answer);
    answer = ask(&stage, "/completion", "{\"prompt\":\"abcd\",\"n_predict\":6,\"n_probs\":1}");
    char *text = mem_copy_string(json_str_at(answer, "content").data);
    assert_int_equal(json_length(json_at(answer, "completion_probabilities")), 6);
    json_object_put(answer);
    assert_true(strlen(text) > 3);
    char body[200];
    snprintf(body, sizeof body, "{\"prompt\":\"abcd\",\"n_predict\":6,\"stop\":[\"%c%c\"]}",
             text[1], text[2]);
    answer = ask(&stage, "/completion", body);
    assert_true(str_is(json_str_at(answer, "stop_type"), "word"));
    assert_true(str_starts(str_of(text), json_str_at(answer, "content")));
    assert_true(json_str_at(answer, "content").size <= 1);
    json_object_put(answer);
    free(text);
    stage_close(&stage);
}

TEST(host, completions_show_settings_prompt_and_tokens_like_llama_server)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){.n_context = 64}, NULL);
    struct json_object *answer =
        ask(&stage, "/completion",
            "{\"prompt\":\"abcd\",\"n_predict\":6,\"temperature\":0.5,\"top_k\":3,\"seed\":9,"
            "\"stop\":[\"never\"],\"return_tokens\":true,\"logit_bias\":[[1,-2]]}");
    static const char *const names[] = {"index",
                                        "content",
                                        "tokens",
                                        "id_slot",
                                        "stop",
                                        "model",
                                        "tokens_predicted",
                                        "tokens_evaluated",
                                        "generation_settings",
                                        "prompt",
                                        "has_new_line",
                                        "truncated",
                                        "stop_type",
                                        "stopping_word",
                                        "tokens_cached",
                                        "timings"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (!json_at(answer, names[i]))
            fail_msg("no %s in %s", names[i], json_object_to_json_string(answer));
    assert_true(str_is(json_str_at(answer, "prompt"), "abcd"));
    assert_int_equal(json_length(json_at(answer, "tokens")), 6);
    struct json_object *settings = json_at(answer, "generation_settings");
    assert_true(json_object_get_double(json_at(settings, "temperature")) == 0.5);
    assert_true(json_object_get_double(json_at(settings, "min_p")) > 0); // the default
    assert_int_equal(json_object_get_int(json_at(settings, "top_k")), 3);
    assert_int_equal(json_object_get_int(json_at(settings, "seed")), 9);
    assert_int_equal(json_object_get_int(json_at(settings, "n_predict")), 6);
    assert_int_equal(json_length(json_at(settings, "stop")), 1);
    assert_int_equal(json_length(json_at(settings, "logit_bias")), 1);
    assert_false(json_object_get_boolean(json_at(answer, "truncated")));
    assert_true(str_is(json_str_at(answer, "stop_type"), "limit"));
    // The same tokens make the same text.
    struct json_object *text = ask(&stage, "/detokenize", json_object_to_json_string(answer));
    assert_true(str_equal(json_str_at(text, "content"), json_str_at(answer, "content")));
    json_object_put(text);
    json_object_put(answer);
    answer = ask(&stage, "/completion", "{\"prompt\":\"abcd\",\"ignore_eos\":true}");
    assert_true(json_object_get_boolean(json_at(answer, "truncated")));
    json_object_put(answer);
    stage_close(&stage);
}

TEST(host, a_prompt_is_computed_anew_where_the_client_wants_that)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){0}, NULL);
    static const char *const bodies[] = {
        "{\"prompt\":\"a prompt of some length\",\"n_predict\":1}",
        "{\"prompt\":\"a prompt of some length\",\"n_predict\":1}",
        "{\"prompt\":\"a prompt of some length\",\"n_predict\":1,\"cache_prompt\":false}"};
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        struct json_object *answer = ask(&stage, "/completion", bodies[i]);
        int n_reused = json_object_get_int(json_at(answer, "timings.cache_n"));
        assert_int_equal(n_reused > 0, i == 1);
        json_object_put(answer);
    }
    stage_close(&stage);
}

TEST(host, answers_follow_their_schema_and_calls_their_tool)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){.reasoning = REASONING_OFF}, NULL);
    struct json_object *answer =
        ask(&stage, "/v1/chat/completions",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":200,"
            "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{"
            "\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[1,2]},\"b\":{\"type\":"
            "\"boolean\"}},\"required\":[\"a\",\"b\"],\"additionalProperties\":false}}}}");
    struct json_object *choice = json_object_array_get_idx(json_at(answer, "choices"), 0);
    struct json_object *value = NULL;
    struct error error;
    if (json_read(&value, json_str_at(choice, "message.content"), &error))
        fail_msg("%s: %s", error.text, json_object_to_json_string(answer));
    assert_true(json_is(json_at(value, "b"), json_type_boolean));
    json_object_put(value);
    json_object_put(answer);
    answer = ask(&stage, "/v1/messages",
                 "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":300,"
                 "\"tool_choice\":{\"type\":\"any\",\"disable_parallel_tool_use\":true},"
                 "\"tools\":[{\"name\":\"pick\",\"input_schema\":{\"type\":\"object\","
                 "\"properties\":{\"n\":{\"enum\":[3,4]}},\"required\":[\"n\"]}}]}");
    struct json_object *call = json_object_array_get_idx(json_at(answer, "content"), 0);
    if (!str_is(json_str_at(call, "name"), "pick"))
        fail_msg("%s", json_object_to_json_string(answer));
    assert_in_range(json_object_get_int(json_at(call, "input.n")), 3, 4);
    json_object_put(answer);
    stage_close(&stage);
}

TEST(host, a_raw_completion_follows_a_grammar)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){0}, NULL);
    struct json_object *answer =
        ask(&stage, "/completion",
            "{\"prompt\":\"abc\",\"n_predict\":50,\"grammar\":\"root ::= \\\"yes\\\" | "
            "\\\"no\\\"\"}");
    struct str content = json_str_at(answer, "content");
    if (!str_is(content, "yes") && !str_is(content, "no"))
        fail_msg("%s", json_object_to_json_string(answer));
    json_object_put(answer);
    stage_close(&stage);
}

// The text of a completion of six tokens of "abcd"; for free().
static char *complete(const struct stage *stage, const char *fields)
{
    char body[400];
    snprintf(body, sizeof body, "{\"prompt\":\"abcd\",\"n_predict\":6,%s}", fields);
    struct json_object *answer = ask(stage, "/completion", body);
    char *text = mem_copy_string(json_str_at(answer, "content").data);
    json_object_put(answer);
    return text;
}

static void expect_completion(const struct stage *stage, const char *fields, const char *expected)
{
    char *text = complete(stage, fields);
    if (strcmp(text, expected) != 0)
        fail_msg("%s gives \"%s\", not \"%s\"", fields, text, expected);
    free(text);
}

TEST(host, a_grammar_that_makes_no_sense_is_refused)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){0}, NULL);
    char *answer =
        client_ask(&stage.h, "POST", "/completion", "",
                   "{\"prompt\":\"x\",\"n_predict\":4,\"stream\":true,\"grammar\":\"root\"}");
    assert_non_null(strstr(answer, "400 Bad Request"));
    assert_non_null(strstr(answer, "grammar: line 1"));
    free(answer);
    stage_close(&stage);
}

TEST(host, a_prompt_may_mix_text_and_tokens)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){0}, NULL);
    struct json_object *tokens = ask(&stage, "/tokenize", "{\"content\":\"two\"}");
    struct buf body = {0};
    buf_append_text(&body, "{\"n_predict\":4,\"prompt\":[\"one \"");
    struct json_object *ids = json_at(tokens, "tokens");
    for (size_t i = 0; i < json_length(ids); i++)
        buf_printf(&body, ",%d", json_object_get_int(json_object_array_get_idx(ids, i)));
    buf_append_text(&body, ",\" three\"]}");
    struct json_object *mixed = ask(&stage, "/completion", body.data);
    assert_true(str_is(json_str_at(mixed, "prompt"), "one two three"));
    json_object_put(tokens);
    json_object_put(mixed);
    mixed =
        ask(&stage, "/completion", "{\"n_predict\":1,\"prompt\":{\"prompt_string\":\"one two\"}}");
    assert_true(str_is(json_str_at(mixed, "prompt"), "one two"));
    json_object_put(mixed);
    buf_release(&body);
    stage_close(&stage);
}

TEST(host, sampling_fields_have_their_effect)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){0}, NULL);
    // The vocabulary of this model begins with single bytes, so "Z" is a token.
    expect_completion(&stage, "\"logit_bias\":[[\"Z\",1000]]", "ZZZZZZ");
    expect_completion(&stage, "\"logit_bias\":{\"Z\":1000}", "ZZZZZZ");
    expect_completion(&stage, "\"logit_bias\":{\"Z\":1000,\"Y\":995},\"frequency_penalty\":10",
                      "ZYZYZY");
    expect_completion(&stage,
                      "\"logit_bias\":{\"Z\":1000,\"Y\":995},\"frequency_penalty\":10,"
                      "\"repeat_last_n\":0",
                      "ZZZZZZ");
    expect_completion(&stage,
                      "\"logit_bias\":{\"Z\":1000,\"Y\":995},\"dry_multiplier\":10,"
                      "\"dry_allowed_length\":1",
                      "ZZYZZZ");
    expect_completion(&stage,
                      "\"logit_bias\":{\"Z\":1000,\"Y\":995},\"dry_multiplier\":10,"
                      "\"dry_allowed_length\":1,\"dry_sequence_breakers\":[\"Z\"]",
                      "ZZZZZZ");
    expect_completion(&stage,
                      "\"logit_bias\":{\"Z\":1000,\"Y\":990},\"temperature\":1,\"min_p\":0,\"top_"
                      "p\":1,\"top_k\":2,"
                      "\"xtc_probability\":1,\"xtc_threshold\":1e-9",
                      "YYYYYY");
    stage_close(&stage);
}

TEST(host, a_thinking_budget_ends_the_thinking_and_the_answer_goes_on)
{
    (void)state;
    static const char chat_template[] =
        "{%- for m in messages %}{{- '<|im_start|>' + m.role + '\\n' + m.content + "
        "'<|im_end|>\\n' }}{%- endfor %}{{- '<|im_start|>assistant\\n<think>\\n' }}";
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){.dialect = "qwq", .chat_template = chat_template},
               NULL);
    struct json_object *answer =
        ask(&stage, "/v1/messages",
            "{\"max_tokens\":80,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":8},"
            "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
    struct json_object *content = json_at(answer, "content");
    assert_int_equal(json_length(content), 2);
    struct json_object *thinking = json_object_array_get_idx(content, 0);
    struct json_object *text = json_object_array_get_idx(content, 1);
    assert_true(str_is(json_str_at(thinking, "type"), "thinking"));
    assert_true(json_str_at(thinking, "signature").size > 0);
    assert_true(json_str_at(text, "text").size > 0);
    assert_int_equal(json_object_get_int(json_at(answer, "usage.output_tokens")), 80);
    json_object_put(answer);
    stage_close(&stage);
}

TEST(host, a_model_may_open_its_thinking_before_a_constrained_answer)
{
    (void)state;
    static const char chat_template[] =
        "{%- for m in messages %}{{- '<|im_start|>' + m.role + '\\n' + m.content + "
        "'<|im_end|>\\n' }}{%- endfor %}{{- '<|im_start|>assistant\\n' }}";
    static const char *const modes[] = {"high", "none"};
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){.dialect = "qwq", .chat_template = chat_template},
               NULL);
    struct json_object *tokens = ask(&stage, "/tokenize", "{\"content\":\"<think>\"}");
    int mark = json_object_get_int(json_object_array_get_idx(json_at(tokens, "tokens"), 0));
    assert_int_equal(json_length(json_at(tokens, "tokens")), 1);
    json_object_put(tokens);
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        char body[500];
        snprintf(body, sizeof body,
                 "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":8,"
                 "\"reasoning_effort\":\"%s\",\"logit_bias\":[[%d,1000]],\"response_format\":"
                 "{\"type\":\"json_object\"}}",
                 modes[i], mark);
        struct json_object *answer = ask(&stage, "/v1/chat/completions", body);
        struct json_object *choice = json_object_array_get_idx(json_at(answer, "choices"), 0);
        bool is_json = json_str_at(choice, "message.content").size > 0;
        if (is_json != (i == 1))
            fail_msg("%s", json_object_to_json_string(answer));
        json_object_put(answer);
    }
    stage_close(&stage);
}

TEST(host, an_idle_model_sleeps_and_wakes)
{
    (void)state;
    struct stage stage = {0};
    struct error why;
    stage_open(&stage, (struct host_config){.sleep_s = 1}, NULL);
    for (int i = 0; stage.h.side.state(stage.host, &why) != MODEL_ASLEEP; i++) {
        if (i > 500)
            fail_msg("still awake");
        double_pause(10);
    }
    struct json_object *answer = ask(&stage, "/v1/messages/count_tokens", hi);
    assert_true(json_object_get_int(json_at(answer, "input_tokens")) > 4);
    assert_int_equal(stage.h.side.state(stage.host, &why), MODEL_ASLEEP); // no weights needed
    json_object_put(answer);
    answer = ask(&stage, "/v1/messages", hi);
    assert_int_equal(json_object_get_int(json_at(answer, "usage.output_tokens")), 8);
    assert_int_equal(stage.h.side.state(stage.host, &why), MODEL_READY);
    json_object_put(answer);
    stage_close(&stage);
}

static size_t n_running(const struct stage *stage)
{
    struct model_facts model;
    struct server_facts server = {0};
    stage->h.side.tell(stage->host, &model, &server);
    return server.n_running;
}

static void wait_for_running(const struct stage *stage, size_t n, unsigned at_most_ms)
{
    uint64_t start = os_time_ns();
    while (n_running(stage) != n) {
        if (os_time_ns() - start > at_most_ms * 1000000ull)
            fail_msg("still %zu run, not %zu", n_running(stage), n);
        double_pause(5);
    }
}

// GET /slots once the first answer has tokens, for json_object_put().
static struct json_object *slots_with_tokens(const struct stage *stage)
{
    for (int i = 0; i < 1000; i++) {
        char *response = client_ask(&stage->h, "GET", "/slots", "", NULL);
        struct json_object *slots = json_tokener_parse(strstr(response, "\r\n\r\n") + 4);
        struct json_object *next = json_at(json_object_array_get_idx(slots, 0), "next_token");
        free(response);
        if (json_object_get_int(json_at(json_object_array_get_idx(next, 0), "n_decoded")) > 0)
            return slots;
        json_object_put(slots);
        double_pause(5);
    }
    fail_msg("no answer has tokens");
    return NULL;
}

TEST(host, slots_show_how_running_answers_are_sampled)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){.n_parallel = 2, .n_context = 32768}, NULL);
    int fd = client_connect(&stage.h);
    struct buf text = {0};
    client_send(fd, "POST", "/completion", "",
                "{\"prompt\":\"a\",\"ignore_eos\":true,\"stream\":true,\"n_predict\":30000,"
                "\"temperature\":0.5,\"top_k\":3,\"seed\":7,\"stop\":[\"secret\"],"
                "\"samplers\":[\"top_k\",\"temperature\"],\"mirostat_tau\":4,\"n_probs\":2}");
    assert_true(client_read_until(fd, &text, "\"content\""));
    struct json_object *slots = slots_with_tokens(&stage);
    struct json_object *busy = json_object_array_get_idx(slots, 0);
    assert_null(strstr(json_object_to_json_string(slots), "secret")); // nobody's texts are shown
    struct json_object *params = json_at(busy, "params");
    assert_true(json_object_get_boolean(json_at(busy, "is_processing")));
    assert_true(json_object_get_double(json_at(params, "temperature")) == 0.5);
    assert_true(json_object_get_double(json_at(params, "mirostat_tau")) == 4);
    assert_int_equal(json_object_get_int(json_at(params, "top_k")), 3);
    assert_int_equal(json_object_get_int(json_at(params, "seed")), 7);
    assert_int_equal(json_object_get_int(json_at(params, "n_predict")), 30000);
    assert_int_equal(json_object_get_int(json_at(params, "n_probs")), 2);
    assert_int_equal(json_length(json_at(params, "samplers")), 2);
    struct json_object *next = json_object_array_get_idx(json_at(busy, "next_token"), 0);
    int n_decoded = json_object_get_int(json_at(next, "n_decoded"));
    assert_int_equal(json_object_get_int(json_at(next, "n_remain")), 30000 - n_decoded);
    struct json_object *idle = json_object_array_get_idx(slots, 1);
    assert_int_equal(json_object_get_int(json_at(idle, "id_task")), -1);
    assert_true(json_object_get_double(json_at(idle, "params.temperature")) == 0);
    close(fd);
    json_object_put(slots);
    buf_release(&text);
    stage_close(&stage);
}

static const char *text_at(struct json_object *entry, const char *key)
{
    struct json_object *value = json_at(entry, key);
    return value ? json_object_get_string(value) : "";
}

TEST(host, the_trace_tells_what_the_parser_saw)
{
    (void)state;
    static const char script[] =
        "== make\nI will.\n\n<tool_call>\n{\"name\": \"Bash\", \"arguments\": {\"command\": "
        "\"ls\"}}\n</tool_call>\n";
    static const char question[] =
        "{\"max_tokens\":500,\"messages\":[{\"role\":\"user\",\"content\":\"please make it\"}],"
        "\"tools\":[{\"name\":\"Bash\",\"input_schema\":{\"type\":\"object\",\"properties\":{"
        "\"command\":{\"type\":\"string\"}}}}]}";
    struct stage stage = {.trace = tmpfile()};
    stage_open(&stage, (struct host_config){.reasoning = REASONING_OFF}, script);
    json_object_put(ask(&stage, "/v1/messages", question));
    FILE *trace = stage.trace;
    stage_close(&stage);
    rewind(trace);
    char line[10000], kinds[1000] = "";
    struct buf texts[2] = {0}; // of text, of arguments
    while (fgets(line, sizeof line, trace)) {
        struct json_object *entry = json_tokener_parse(line);
        struct str kind = json_str_at(entry, "event"), text = json_str_at(entry, "text");
        bool is_piece = str_is(kind, "text") || str_is(kind, "argument");
        if (is_piece)
            buf_append(&texts[str_is(kind, "argument")], text.data, text.size);
        else if (kind.size)
            snprintf(kinds + strlen(kinds), 100, "%s %s%s;", kind.data, text_at(entry, "name"),
                     text_at(entry, "stop"));
        json_object_put(entry);
    }
    assert_string_equal(kinds, "call_begin Bash;call_end ;stop calls;");
    assert_true(str_is((struct str){texts[0].data, texts[0].size}, "I will."));
    assert_true(str_is((struct str){texts[1].data, texts[1].size}, "{\"command\": \"ls\"}"));
    buf_release(&texts[0]);
    buf_release(&texts[1]);
    fclose(trace);
}

TEST(host, a_client_that_leaves_frees_the_only_place)
{
    (void)state;
    struct stage stage = {0};
    stage_open(&stage, (struct host_config){.n_parallel = 1, .n_context = 32768}, NULL);
    // During the answer, which would take many seconds.
    int fd = client_connect(&stage.h);
    struct buf text = {0};
    client_send(fd, "POST", "/completion", "",
                "{\"prompt\":\"a\",\"ignore_eos\":true,\"stream\":true}");
    assert_true(client_read_until(fd, &text, "\"content\""));
    wait_for_running(&stage, 1, 1000);
    close(fd);
    wait_for_running(&stage, 0, 2000);
    // During the prefill, which goes on for whoever asks again, but behind everybody else.
    buf_reset(&text);
    buf_append_text(
        &text, "{\"max_tokens\":5,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"");
    for (int i = 0; i < 28000; i++)
        buf_append_byte(&text, "qjxz"[i * 7 % 5 % 4]);
    buf_append_text(&text, "\"}]}");
    fd = client_connect(&stage.h);
    client_send(fd, "POST", "/v1/messages", "", text.data);
    wait_for_running(&stage, 1, 2000);
    close(fd);
    double_pause(100);
    uint64_t start = os_time_ns();
    struct json_object *answer = ask(&stage, "/v1/messages", hi);
    assert_int_equal(json_object_get_int(json_at(answer, "usage.output_tokens")), 8);
    assert_true(os_time_ns() - start < 5000000000);
    json_object_put(answer);
    buf_release(&text);
    stage_close(&stage);
}

TEST(host, after_a_sleep_the_next_turn_computes_its_new_tokens_only)
{
    (void)state;
    struct stage stage = {0};
    struct error why;
    struct cache_folder folder;
    struct buf body = {0};
    cache_folder_make(&folder);
    stage_open(&stage, (struct host_config){.sleep_s = 1, .cache_folder = folder.path}, NULL);
    for (int turn = 0; turn < 2; turn++) {
        buf_reset(&body);
        buf_append_text(&body, "{\"n_predict\":1,\"prompt\":\"");
        for (int i = 0; i < 100; i++)
            buf_printf(&body, "word %d ", i);
        buf_append_text(&body, turn ? "and more\"}" : "\"}");
        struct json_object *answer = ask(&stage, "/completion", body.data);
        int n_computed = json_object_get_int(json_at(answer, "timings.prompt_n"));
        assert_true(turn ? n_computed < 20 : n_computed > 300);
        json_object_put(answer);
        for (int i = 0; turn == 0 && stage.h.side.state(stage.host, &why) != MODEL_ASLEEP; i++) {
            if (i > 2000)
                fail_msg("still awake");
            double_pause(10);
        }
    }
    stage_close(&stage);
    buf_release(&body);
    cache_folder_remove(&folder);
}

TEST(host, answers_at_the_same_time_are_those_given_alone)
{
    (void)state;
    enum { N = 4 };
    struct stage stage = {0};
    struct json_object *alone[N];
    int fds[N];
    stage_open(&stage, (struct host_config){.n_parallel = 2}, NULL);
    char body[N][200];
    for (int i = 0; i < N; i++) {
        snprintf(body[i], sizeof body[i],
                 "{\"max_tokens\":20,\"messages\":[{\"role\":\"user\",\"content\":\"text %d\"}]}",
                 i * 7919);
        alone[i] = ask(&stage, "/v1/messages", body[i]);
    }
    for (int i = 0; i < N; i++) {
        fds[i] = client_connect(&stage.h);
        client_send(fds[i], "POST", "/v1/messages", "Connection: close\r\n", body[i]);
    }
    for (int i = 0; i < N; i++) {
        struct buf response = {0};
        struct json_object *together = NULL;
        client_read_until(fds[i], &response, "\1");
        json_read(&together, str_of(strstr(response.data, "\r\n\r\n") + 4), NULL);
        struct json_object *a = json_object_array_get_idx(json_at(alone[i], "content"), 0);
        struct json_object *b = json_object_array_get_idx(json_at(together, "content"), 0);
        assert_true(json_str_at(a, "text").size > 0);
        assert_true(str_equal(json_str_at(a, "text"), json_str_at(b, "text")));
        json_object_put(alone[i]);
        json_object_put(together);
        buf_release(&response);
        close(fds[i]);
    }
    stage_close(&stage);
}

RUN_TESTS(IS(host, greedy_answers_repeat_and_the_second_comes_from_the_cache),
          IS(host, the_log_tells_what_was_reused_and_what_was_different),
          IS(host, tokens_and_prompts_agree_with_counts),
          IS(host, an_answer_of_no_tokens_only_warms_the_cache),
          IS(host, prompts_that_do_not_fit_are_told_so_in_numbers),
          IS(host, scripted_answers_become_thinking_text_and_calls),
          IS(host, a_scripted_answer_takes_the_time_it_is_told),
          IS(host, a_script_with_an_unknown_setting_is_refused),
          IS(host, raw_completions_stop_at_their_sequences_and_score_their_prompt),
          IS(host, completions_show_settings_prompt_and_tokens_like_llama_server),
          IS(host, a_prompt_is_computed_anew_where_the_client_wants_that),
          IS(host, answers_follow_their_schema_and_calls_their_tool),
          IS(host, a_raw_completion_follows_a_grammar),
          IS(host, a_grammar_that_makes_no_sense_is_refused),
          IS(host, a_prompt_may_mix_text_and_tokens), IS(host, sampling_fields_have_their_effect),
          IS(host, a_thinking_budget_ends_the_thinking_and_the_answer_goes_on),
          IS(host, a_model_may_open_its_thinking_before_a_constrained_answer),
          IS(host, an_idle_model_sleeps_and_wakes),
          IS(host, slots_show_how_running_answers_are_sampled),
          IS(host, the_trace_tells_what_the_parser_saw),
          IS(host, a_client_that_leaves_frees_the_only_place),
          IS(host, after_a_sleep_the_next_turn_computes_its_new_tokens_only),
          IS(host, answers_at_the_same_time_are_those_given_alone))
