// Rendering: equal to the file's template where that accepts the conversation, the nearest thing
// where it does not.
#include <json-c/json.h>

#include "api/dialect.h"
#include "base/memory.h"
#include "chat/jinja.h"
#include "chat/prompt.h"
#include "tests/test.h"

static const char *const published[] = {
    "Qwen3.5-4B",
    "Qwen3.6-reconstructed",
    "Qwen3.8",
    "Qwen3-Coder",
    "Qwen-Qwen3-0.6B",
    "Qwen-Qwen2.5-7B-Instruct",
    "Qwen-QwQ-32B",
    "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B",
    "deepseek-ai-DeepSeek-R1-Distill-Llama-8B",
    "meta-llama-Llama-3.1-8B-Instruct",
    "meta-llama-Llama-3.2-3B-Instruct",
    "meta-llama-Llama-3.3-70B-Instruct",
    "gemma-3-it",
    "google-gemma-2-2b-it",
    "google-gemma-4-31B-it",
    "google-gemma-4-31B-it-interleaved",
    "gemma-4-E2B-it",
    "gemma-4-31B-it-ollama",
};

static void read_conversation(struct api_request *request, const char *json)
{
    struct error error = {0};
    api_request_init(request);
    if (api_request_parse(request, str_of(json), &error) || api_chat.read(request, &error))
        fail_msg("%s: %s", json, error.text);
}

static struct prompt_writer *open_writer(struct str chat_template, const char *dialect)
{
    struct prompt_writer *writer;
    struct error error = {0};
    struct prompt_source source = {.chat_template = chat_template,
                                   .dialect = dialect ? dialect_find(dialect) : NULL};
    if (prompt_writer_open(&writer, &source, &error))
        fail_msg("%s", error.text);
    return writer;
}

static void render(const struct prompt_writer *writer, struct prompt *prompt, const char *json,
                   struct prompt_options options)
{
    struct api_request request;
    struct error error = {0};
    options.now = (struct tm){.tm_mday = 24, .tm_mon = 10, .tm_year = 126};
    read_conversation(&request, json);
    if (prompt_render(writer, prompt, &request.conversation, &options, &error))
        fail_msg("%s: %s", json, error.text);
    api_request_release(&request);
}

// ---- where the template accepts ----

#define TOOLS                                                                                      \
    "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"read\",\"description\":\"Reads."   \
    "\","                                                                                          \
    "\"parameters\":{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\","           \
    "\"description\":\"Where.\"},\"n\":{\"type\":\"integer\"}},\"required\":[\"path\"]}}}],"

static const char *const accepted[] = {
    "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi <b>\"}]}",
    "{\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\","
    "\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello.\"},{\"role\":\"user\","
    "\"content\":\" What now? \"}]}",
    "{" TOOLS "\"messages\":[{\"role\":\"user\",\"content\":\"Read a.c\"}]}",
    "{" TOOLS
    "\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":"
    "\"Read a.c\"},{\"role\":\"assistant\",\"content\":\"I look.\",\"reasoning_content\":\"Hm.\","
    "\"tool_calls\":[{\"id\":\"abcdefgh1\",\"type\":\"function\",\"function\":{\"name\":\"read\","
    "\"arguments\":\"{\\\"path\\\": \\\"a.c\\\", \\\"n\\\": 3, \\\"x\\\": {\\\"y\\\": "
    "[true, null]}}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"abcdefgh1\",\"content\":\"int "
    "x;\\n\"}]}",
    "{" TOOLS
    "\"messages\":[{\"role\":\"user\",\"content\":\"Both\"},{\"role\":\"assistant\",\"content\":"
    "\"\",\"reasoning_content\":\"\",\"tool_calls\":[{\"id\":\"abcdefgh1\",\"type\":\"function\","
    "\"function\":{\"name\":\"read\",\"arguments\":\"{\\\"path\\\": \\\"a\\\"}\"}},{\"id\":"
    "\"abcdefgh2\",\"type\":\"function\",\"function\":{\"name\":\"read\",\"arguments\":"
    "\"{\\\"path\\\": \\\"b\\\"}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"abcdefgh1\","
    "\"content\":\"A\"},{\"role\":\"tool\",\"tool_call_id\":\"abcdefgh2\",\"content\":\"B\"},"
    "{\"role\":\"assistant\",\"content\":\"Done.\",\"reasoning_content\":\"Old.\"},{\"role\":"
    "\"user\",\"content\":\"Thanks\"}]}",
};

// What templates are given by everybody else: arguments parsed, thinking a string.
static struct json_object *messages_for_template(struct json_object *body, bool wants_null)
{
    struct json_object *messages = json_object_object_get(body, "messages"), *calls;
    for (size_t i = 0; i < json_object_array_length(messages); i++) {
        struct json_object *message = json_object_array_get_idx(messages, i);
        const char *role = json_object_get_string(json_object_object_get(message, "role"));
        if (!strcmp(role, "assistant") && !json_object_object_get(message, "reasoning_content"))
            json_object_object_add(message, "reasoning_content", json_object_new_string(""));
        if (!json_object_object_get_ex(message, "tool_calls", &calls))
            continue;
        if (wants_null && !json_object_get_string_len(json_object_object_get(message, "content")))
            json_object_object_add(message, "content", NULL);
        for (size_t k = 0; k < json_object_array_length(calls); k++) {
            struct json_object *function =
                json_object_object_get(json_object_array_get_idx(calls, k), "function");
            struct json_object *arguments = json_object_object_get(function, "arguments");
            if (json_object_is_type(arguments, json_type_string))
                json_object_object_add(function, "arguments",
                                       json_tokener_parse(json_object_get_string(arguments)));
        }
    }
    return messages;
}

static enum err render_plainly(const struct jinja_template *jinja, struct spans *out,
                               struct json_object *body, bool thinks, bool preserves,
                               bool wants_null)
{
    struct json_object *yes = json_object_new_boolean(true), *no = json_object_new_boolean(false);
    struct json_object *nothing = json_object_new_string("");
    struct json_object *tools = json_object_object_get(body, "tools");
    struct jinja_variable variables[] = {
        {"messages", messages_for_template(body, wants_null), SPAN_TEXT},
        {"add_generation_prompt", yes, SPAN_MARKUP},
        {"enable_thinking", thinks ? yes : no, SPAN_MARKUP},
        {"bos_token", nothing, SPAN_MARKUP},
        {"eos_token", nothing, SPAN_MARKUP},
        {"preserve_thinking", preserves ? yes : no, SPAN_MARKUP},
        {"tools", tools, SPAN_TEXT},
    };
    enum err err =
        jinja_render(jinja, out,
                     &(struct jinja_inputs){.variables = variables,
                                            .n_variables = COUNT_OF(variables) - (tools == NULL),
                                            .now = {.tm_mday = 24, .tm_mon = 10, .tm_year = 126}},
                     NULL);
    json_object_put(yes);
    json_object_put(no);
    json_object_put(nothing);
    return err;
}

// The number of conversations that the template accepts.
static size_t check_accepted(struct str chat_template, const char *name, bool thinks,
                             bool preserves)
{
    struct jinja_template *jinja;
    size_t n_accepted = 0;
    assert_int_equal(jinja_compile(&jinja, chat_template, NULL), OK);
    // Where the template has no such switch, we say it for the template: nothing to compare with.
    if ((!thinks && !jinja_reads(jinja, "enable_thinking")) ||
        (preserves && !jinja_reads(jinja, "preserve_thinking"))) {
        jinja_close(jinja);
        return 0;
    }
    struct prompt_writer *writer = open_writer(chat_template, NULL);
    struct prompt prompt = {0};
    for (size_t i = 0; i < COUNT_OF(accepted); i++) {
        struct json_object *body = json_tokener_parse(accepted[i]);
        struct spans plain = {0};
        // An answer that only calls has no content; templates that cannot bear that get "".
        bool is_accepted = render_plainly(jinja, &plain, body, thinks, preserves, true) == OK;
        if (!is_accepted || strstr(plain.text.data, "None")) {
            spans_reset(&plain);
            json_object_put(body);
            body = json_tokener_parse(accepted[i]);
            is_accepted = render_plainly(jinja, &plain, body, thinks, preserves, false) == OK;
        }
        // A template that says nothing of the tools hides them, which is no acceptance.
        bool has_tools = json_object_object_get(body, "tools") != NULL;
        is_accepted = is_accepted && (!has_tools || strstr(plain.text.data, "Reads."));
        if (is_accepted) {
            n_accepted++;
            render(writer, &prompt, accepted[i],
                   (struct prompt_options){.history = preserves ? HISTORY_KEEP : HISTORY_DROP,
                                           .thinking = thinks ? THINKING_ON : THINKING_OFF});
            if (strcmp(plain.text.data, prompt.spans.text.data) != 0)
                fail_msg("%s, conversation %zu (%s)\nthe template:\n%s\nwe:\n%s", name, i,
                         prompt.note, plain.text.data, prompt.spans.text.data);
        }
        spans_release(&plain);
        json_object_put(body);
    }
    prompt_release(&prompt);
    prompt_writer_close(writer);
    jinja_close(jinja);
    return n_accepted;
}

static char *read_template(const char *folder, const char *name, struct str *chat_template)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s.jinja", folder, name);
    char *text = test_read_file(path, &chat_template->size);
    chat_template->data = text;
    return text;
}

TEST(prompt, equals_our_own_strict_template_where_it_accepts)
{
    (void)state;
    struct str chat_template;
    char *text = read_template("tests/cases/chat", "strict", &chat_template);
    assert_int_equal(check_accepted(chat_template, "strict", true, false), COUNT_OF(accepted));
    assert_int_equal(check_accepted(chat_template, "strict", false, false), COUNT_OF(accepted));
    free(text);
}

TEST(prompt, equals_published_templates_where_they_accept)
{
    NEED_DATA(folder);
    char templates[400];
    snprintf(templates, sizeof templates, "%s/data/templates", folder);
    for (size_t i = 0; i < COUNT_OF(published); i++) {
        struct str chat_template;
        char *text = read_template(templates, published[i], &chat_template);
        assert_true(check_accepted(chat_template, published[i], true, false) >= 1);
        check_accepted(chat_template, published[i], false, false);
        check_accepted(chat_template, published[i], true, true);
        free(text);
    }
}

// ---- where it does not ----

// Each has words Q1, Q2, ... that must come out in this order, once each.
static const struct {
    const char *name, *json;
    size_t n_words;
} refused[] = {
    {"a system message in the middle",
     "{\"messages\":[{\"role\":\"system\",\"content\":\"Q1\"},{\"role\":\"user\",\"content\":"
     "\"Q2\"},{\"role\":\"assistant\",\"content\":\"Q3\"},{\"role\":\"system\",\"content\":\"Q4\"},"
     "{\"role\":\"user\",\"content\":\"Q5\"}]}",
     5},
    {"a system message at the end",
     "{\"messages\":[{\"role\":\"user\",\"content\":\"Q1\"},{\"role\":\"system\",\"content\":"
     "\"Q2\"}]}",
     2},
    {"several system messages",
     "{\"messages\":[{\"role\":\"system\",\"content\":\"Q1\"},{\"role\":\"system\",\"content\":"
     "\"Q2\"},{\"role\":\"user\",\"content\":\"Q3\"}]}",
     3},
    {"only a system message", "{\"messages\":[{\"role\":\"system\",\"content\":\"Q1\"}]}", 1},
    {"blocks",
     "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Q1\"},"
     "{\"type\":\"text\",\"text\":\"Q2\"}]}]}",
     2},
    {"an answer first",
     "{\"messages\":[{\"role\":\"assistant\",\"content\":\"Q1\"},{\"role\":\"user\",\"content\":"
     "\"Q2\"}]}",
     2},
    {"two user messages",
     "{\"messages\":[{\"role\":\"user\",\"content\":\"Q1\"},{\"role\":\"user\",\"content\":\"Q2\"},"
     "{\"role\":\"assistant\",\"content\":\"Q3\"},{\"role\":\"assistant\",\"content\":\"Q4\"},"
     "{\"role\":\"user\",\"content\":\"Q5\"}]}",
     5},
    {"an empty answer",
     "{\"messages\":[{\"role\":\"user\",\"content\":\"Q1\"},{\"role\":\"assistant\",\"content\":"
     "\"\"},{\"role\":\"user\",\"content\":\"Q2\"}]}",
     2},
    {"results in another order than their calls",
     "{" TOOLS "\"messages\":[{\"role\":\"user\",\"content\":\"Q1\"},{\"role\":\"assistant\","
     "\"content\":null,\"tool_calls\":[{\"id\":\"abcdefgh1\",\"type\":\"function\",\"function\":"
     "{\"name\":\"read\",\"arguments\":\"{}\"}},{\"id\":\"abcdefgh2\",\"type\":\"function\","
     "\"function\":{\"name\":\"read\",\"arguments\":\"{}\"}}]},{\"role\":\"tool\","
     "\"tool_call_id\":\"abcdefgh2\",\"content\":\"Q3\"},{\"role\":\"tool\",\"tool_call_id\":"
     "\"abcdefgh1\",\"content\":\"Q2\"}]}",
     3},
    {"a result nobody asked for",
     "{\"messages\":[{\"role\":\"tool\",\"tool_call_id\":\"zzzzzzzz9\",\"content\":\"Q1\"},"
     "{\"role\":\"user\",\"content\":\"Q2\"}]}",
     2},
    {"a call of a tool that is gone, with arguments that are no object",
     "{\"messages\":[{\"role\":\"user\",\"content\":\"Q1\"},{\"role\":\"assistant\",\"content\":"
     "\"\",\"tool_calls\":[{\"id\":\"abcdefgh1\",\"type\":\"function\",\"function\":{\"name\":"
     "\"gone\",\"arguments\":\"Q2 is {no json\"}}]},{\"role\":\"tool\",\"tool_call_id\":"
     "\"abcdefgh1\",\"content\":\"Q3\"}]}",
     3},
};

static void check_refused(const struct prompt_writer *writer, const char *name, size_t i)
{
    struct prompt prompt = {0};
    render(writer, &prompt, refused[i].json, (struct prompt_options){0});
    struct str text = {prompt.spans.text.data, prompt.spans.text.size};
    size_t at = 0;
    for (size_t k = 1; k <= refused[i].n_words; k++) {
        char word[8];
        snprintf(word, sizeof word, "Q%zu", k);
        size_t found = str_find(text, str_of(word), 0);
        if (found == STR_NONE || found < at || str_find(text, str_of(word), found + 1) != STR_NONE)
            fail_msg("%s, %s: %s is not in its place (%s):\n%s", name, refused[i].name, word,
                     prompt.note, text.data);
        at = found;
    }
    prompt_release(&prompt);
}

TEST(prompt, shows_everything_in_place_without_a_template)
{
    (void)state;
    for (size_t i_dialect = 0; dialect_at(i_dialect); i_dialect++) {
        struct prompt_writer *writer = open_writer((struct str){0}, dialect_at(i_dialect)->name);
        for (size_t i = 0; i < COUNT_OF(refused); i++)
            check_refused(writer, dialect_at(i_dialect)->name, i);
        prompt_writer_close(writer);
    }
}

TEST(prompt, shows_everything_in_place_with_strict_templates)
{
    (void)state;
    static const char *const own[][2] = {{"strict", "qwen3.5"}, {"alternating", "gemma3"}};
    for (size_t k = 0; k < COUNT_OF(own); k++) {
        struct str chat_template;
        char *text = read_template("tests/cases/chat", own[k][0], &chat_template);
        struct prompt_writer *writer = open_writer(chat_template, own[k][1]);
        assert_string_equal(prompt_writer_note(writer), "");
        for (size_t i = 0; i < COUNT_OF(refused); i++)
            check_refused(writer, own[k][0], i);
        prompt_writer_close(writer);
        free(text);
    }
}

TEST(prompt, shows_everything_in_place_with_published_templates)
{
    NEED_DATA(folder);
    char templates[400];
    snprintf(templates, sizeof templates, "%s/data/templates", folder);
    for (size_t k = 0; k < COUNT_OF(published); k++) {
        struct str chat_template;
        char *text = read_template(templates, published[k], &chat_template);
        struct prompt_writer *writer = open_writer(chat_template, NULL);
        for (size_t i = 0; i < COUNT_OF(refused); i++)
            check_refused(writer, published[k], i);
        prompt_writer_close(writer);
        free(text);
    }
}

TEST(prompt, writes_a_system_message_where_it_stands)
{
    (void)state;
    struct str chat_template;
    char *text = read_template("tests/cases/chat", "strict", &chat_template);
    struct prompt_writer *writer = open_writer(chat_template, "qwen3.5");
    struct prompt prompt = {0};
    render(writer, &prompt, refused[0].json, (struct prompt_options){0});
    assert_string_equal(prompt.spans.text.data,
                        "<|im_start|>system\nQ1<|im_end|>\n<|im_start|>user\nQ2<|im_end|>\n"
                        "<|im_start|>assistant\n<think>\n\n</think>\n\nQ3<|im_end|>\n"
                        "<|im_start|>system\nQ4<|im_end|>\n<|im_start|>user\nQ5<|im_end|>\n"
                        "<|im_start|>assistant\n<think>\n");
    assert_true(prompt.is_note_new);
    render(writer, &prompt, refused[0].json, (struct prompt_options){0});
    assert_true(prompt.note[0] && !prompt.is_note_new);
    prompt_release(&prompt);
    prompt_writer_close(writer);
    free(text);
}

TEST(prompt, looks_the_same_however_the_client_writes_it)
{
    (void)state;
    static const char *const ways[] = {
        "{\"messages\":[{\"role\":\"system\",\"content\":\"A\"},{\"role\":\"user\",\"content\":"
        "\"B\\nC\"}]}",
        "{\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":"
        "\"x-anthropic-billing-header: cc=1;\"},{\"type\":\"text\",\"text\":\"A\"}]},{\"role\":"
        "\"user\",\"content\":[{\"type\":\"text\",\"text\":\"B\\n\"},{\"type\":\"text\",\"text\":"
        "\"C\",\"cache_control\":{\"type\":\"ephemeral\"}}]}]}",
        "{\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":\"A\"}]},"
        "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"B\"},{\"type\":\"text\","
        "\"text\":\"C\"}]}]}",
    };
    struct prompt_writer *writer = open_writer((struct str){0}, "chatml");
    struct prompt first = {0}, other = {0};
    render(writer, &first, ways[0], (struct prompt_options){0});
    assert_string_equal(first.spans.text.data,
                        "<|im_start|>system\nA<|im_end|>\n<|im_start|>user\nB\nC<|im_end|>\n"
                        "<|im_start|>assistant\n");
    for (size_t i = 1; i < COUNT_OF(ways); i++) {
        render(writer, &other, ways[i], (struct prompt_options){0});
        assert_string_equal(other.spans.text.data, first.spans.text.data);
        assert_memory_equal(other.digest, first.digest, TURN_DIGEST_SIZE);
    }
    prompt_release(&first);
    prompt_release(&other);
    prompt_writer_close(writer);
}

TEST(prompt, uses_the_row_when_a_template_does_not_compile)
{
    (void)state;
    struct prompt_writer *writer = open_writer(STR("{% if <|im_start|> %}"), NULL);
    struct prompt prompt = {0};
    assert_true(str_find(str_of(prompt_writer_note(writer)), STR("cannot be used"), 0) != STR_NONE);
    render(writer, &prompt, accepted[0], (struct prompt_options){0});
    assert_string_equal(prompt.spans.text.data,
                        "<|im_start|>user\nHi <b><|im_end|>\n<|im_start|>assistant\n");
    prompt_release(&prompt);
    prompt_writer_close(writer);
}

// Provenance changes which characters may be control tokens, and nothing else.
TEST(prompt, has_the_ids_of_its_text_where_nobody_writes_control_tokens)
{
    NEED_DATA(folder);
    char path[600];
    struct gguf *gguf;
    struct tokenizer *tokenizer;
    struct error error = {0};
    snprintf(path, sizeof path, "%s/data/vocab/ggml-vocab-qwen2-built.gguf", folder);
    if (gguf_open(&gguf, path, NULL, &error) || tokenizer_open(&tokenizer, gguf, &error))
        fail_msg("%s", error.text);
    snprintf(path, sizeof path, "%s/data/templates", folder);
    struct str chat_template;
    char *text = read_template(path, "Qwen-Qwen3-0.6B", &chat_template);
    struct prompt_writer *writer;
    struct prompt_source source = {.tokenizer = tokenizer, .chat_template = chat_template};
    assert_int_equal(prompt_writer_open(&writer, &source, &error), OK);
    struct prompt prompt = {0};
    for (size_t i = 0; i < COUNT_OF(accepted); i++) {
        struct token_list plain = {0};
        render(writer, &prompt, accepted[i], (struct prompt_options){0});
        tokenizer_encode(tokenizer, &plain,
                         (struct str){prompt.spans.text.data, prompt.spans.text.size}, true);
        assert_int_equal(prompt.ids.n_ids, plain.n_ids);
        assert_memory_equal(prompt.ids.ids, plain.ids, plain.n_ids * sizeof *plain.ids);
        token_list_release(&plain);
    }
    prompt_release(&prompt);
    prompt_writer_close(writer);
    tokenizer_close(tokenizer);
    gguf_close(gguf);
    free(text);
}

TEST(prompt, survives_a_conversation_of_nothing)
{
    (void)state;
    struct str chat_template;
    char *text = read_template("tests/cases/chat", "strict", &chat_template);
    struct prompt_writer *writer = open_writer(chat_template, "qwen3.5");
    struct prompt prompt = {0};
    struct conversation nothing = {0};
    assert_int_equal(prompt_render(writer, &prompt, &nothing, &(struct prompt_options){0}, NULL),
                     OK);
    assert_string_equal(prompt.spans.text.data, "<|im_start|>assistant\n<think>\n");
    assert_true(prompt.opens_thinking);
    prompt_release(&prompt);
    prompt_writer_close(writer);
    free(text);
}

RUN_TESTS(IS(prompt, equals_our_own_strict_template_where_it_accepts),
          IS(prompt, equals_published_templates_where_they_accept),
          IS(prompt, shows_everything_in_place_without_a_template),
          IS(prompt, shows_everything_in_place_with_strict_templates),
          IS(prompt, shows_everything_in_place_with_published_templates),
          IS(prompt, writes_a_system_message_where_it_stands),
          IS(prompt, looks_the_same_however_the_client_writes_it),
          IS(prompt, uses_the_row_when_a_template_does_not_compile),
          IS(prompt, has_the_ids_of_its_text_where_nobody_writes_control_tokens),
          IS(prompt, survives_a_conversation_of_nothing))
