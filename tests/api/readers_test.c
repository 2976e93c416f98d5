// Requests of all dialects: cases of our own (tests/cases/api/NAME.DIALECT.json beside the expected
// NAME.DIALECT.txt), refusals, and every recorded request of real clients.
#include <dirent.h>

#include "api/dialect.h"
#include "base/memory.h"
#include "tests/api/dump.h"
#include "tests/api/expected.h"

static const struct api_dialect *const dialects[] = {&api_anthropic, &api_chat, &api_completions,
                                                     &api_responses, &api_llama};

static const struct api_dialect *find_dialect(const char *name, size_t size)
{
    for (size_t i = 0; i < COUNT_OF(dialects); i++)
        if (strlen(dialects[i]->name) == size && !strncmp(dialects[i]->name, name, size))
            return dialects[i];
    fail_msg("no dialect %.*s", (int)size, name);
    return NULL;
}

TEST(readers, every_case_gives_the_expected_neutral_request)
{
    (void)state;
    DIR *folder = opendir("tests/cases/api");
    assert_non_null(folder);
    size_t n_cases = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        const char *dot = strchr(entry->d_name, '.');
        const char *end = strstr(entry->d_name, ".json");
        if (entry->d_name[0] == '.' || !end || end == dot)
            continue;
        const struct api_dialect *dialect = find_dialect(dot + 1, (size_t)(end - dot - 1));
        char path[600];
        snprintf(path, sizeof path, "tests/cases/api/%s", entry->d_name);
        size_t size;
        char *text = test_read_file(path, &size);
        struct api_request request;
        struct error error;
        api_request_init(&request);
        if (api_request_parse(&request, (struct str){text, size}, &error) ||
            dialect->read(&request, &error))
            fail_msg("%s: %s", path, error.text);
        struct buf dump = {0};
        dump_request(&dump, &request);
        snprintf(path + strlen(path) - 5, 8, ".txt");
        compare_file(path, &dump);
        buf_release(&dump);
        api_request_release(&request);
        free(text);
        n_cases++;
    }
    closedir(folder);
    assert_true(n_cases >= 8);
}

static void expect_refusal(const struct api_dialect *dialect, const char *body, const char *message)
{
    struct api_request request;
    struct error error = {0};
    api_request_init(&request);
    enum err err = api_request_parse(&request, str_of(body), &error);
    if (!err)
        err = dialect->read(&request, &error);
    if (!err)
        fail_msg("%s: accepted %s", dialect->name, body);
    assert_string_equal(error.text, message);
    api_request_release(&request);
}

#define ONE_MESSAGE "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"

TEST(readers, nonsense_is_refused_with_its_place)
{
    (void)state;
    expect_refusal(&api_anthropic, "{}", "messages: a list is required");
    expect_refusal(&api_anthropic, "{\"messages\":[]}",
                   "messages: at least one message is required");
    expect_refusal(&api_chat, "{\"messages\":[]}", "messages: at least one message is required");
    expect_refusal(&api_anthropic, "{\"messages\":[{\"role\":\"user\"}]}",
                   "messages.0: content: required");
    expect_refusal(&api_chat, "{\"messages\":[{\"role\":\"user\"}]}",
                   "messages.0: content: required");
    expect_refusal(&api_responses, "{\"input\":[{\"role\":\"user\"}]}",
                   "input.0: content: required");
    expect_refusal(&api_chat, ONE_MESSAGE "\"tools\":\"x\"}", "tools: must be a list");
    expect_refusal(&api_chat, ONE_MESSAGE "\"response_format\":{\"type\":\"xml\"}}",
                   "response_format.type: must be text, json_object or json_schema");
    expect_refusal(&api_anthropic,
                   ONE_MESSAGE "\"tools\":[{\"name\":\"a\"}],"
                               "\"tool_choice\":{\"type\":\"tool\",\"name\":\"b\"}}",
                   "tool_choice: no tool is called b");
    expect_refusal(&api_responses, "{\"input\":\"x\",\"conversation\":\"c\"}",
                   "conversation: responses are not stored here; send the whole input");
    expect_refusal(&api_anthropic, "[]", "the body must be a JSON object");
    expect_refusal(&api_anthropic, "{\"messages\":[{\"role\":\"king\",\"content\":\"x\"}]}",
                   "messages.0.role: must be user, assistant or system");
    expect_refusal(&api_anthropic, "{\"messages\":[{\"role\":\"user\",\"content\":5}]}",
                   "messages.0: content: must be a string or a list of blocks");
    expect_refusal(&api_anthropic,
                   "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"temperature\":\"hot\"}",
                   "temperature: must be a number");
    expect_refusal(&api_anthropic,
                   "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":1.5}",
                   "max_tokens: 1.5 is not a whole number");
    expect_refusal(&api_anthropic,
                   "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"top_p\":1.5}",
                   "top_p: 1.5 is not between 0 and 1");
    expect_refusal(&api_chat, "{\"messages\":[{\"role\":\"user\",\"content\":{}}]}",
                   "messages.0: content: must be a string or a list of parts");
    expect_refusal(&api_completions, "{\"prompt\":[1,-5]}", "prompt: item 1 is no token id");
    expect_refusal(&api_llama, "{\"prompt\":[1,\"a\",-2]}",
                   "prompt: item 2 is neither text nor a token id");
    expect_refusal(&api_llama, "{\"prompt\":{\"prompt_string\":\"a\",\"multimodal_data\":[\"x\"]}}",
                   "prompt: images and sound cannot be read here");
    expect_refusal(&api_chat, ONE_MESSAGE "\"tools\":[null]}", "tools.0: must be an object");
    expect_refusal(&api_anthropic, ONE_MESSAGE "\"tools\":[7]}", "tools.0: must be an object");
    expect_refusal(&api_responses, "{\"input\":\"x\",\"tools\":[null]}",
                   "tools.0: must be an object");
    expect_refusal(&api_chat, ONE_MESSAGE "\"functions\":{}}", "functions: must be a list");
    expect_refusal(&api_chat, ONE_MESSAGE "\"chat_template_kwargs\":[]}",
                   "chat_template_kwargs: must be an object");
    expect_refusal(&api_responses, "{\"input\":[7]}", "input.0: must be an object");
    expect_refusal(&api_responses, "{\"input\":\"x\",\"previous_response_id\":\"r\"}",
                   "previous_response_id: responses are not stored here; send the whole input");
    expect_refusal(&api_responses, "{\"input\":[{\"type\":\"item_reference\",\"id\":\"m\"}]}",
                   "input.0: items are not stored here, so send them whole (store: false), not as "
                   "item_reference");
}

static void read_wishes(struct api_request *request, const struct api_dialect *dialect,
                        const char *fields)
{
    char body[1000];
    struct error error = {0};
    snprintf(body, sizeof body,
             "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"input\":\"x\",\"prompt\":"
             "\"x\",%s}",
             fields);
    api_request_init(request);
    if (api_request_parse(request, str_of(body), &error) || dialect->read(request, &error))
        fail_msg("%s: %s", dialect->name, error.text);
}

TEST(readers, sampling_is_understood_alike_in_all_dialects)
{
    (void)state;
    static const char fields[] =
        "\"temperature\":0.5,\"top_k\":7,\"top_p\":0.9,\"min_p\":0.1,\"typical_p\":0.8,"
        "\"top_n_sigma\":2,\"xtc_probability\":0.3,\"xtc_threshold\":0.2,\"repeat_penalty\":1.1,"
        "\"presence_penalty\":0.25,\"frequency_penalty\":-1,\"repeat_last_n\":0,"
        "\"dry_multiplier\":0.75,\"dry_base\":2,\"dry_allowed_length\":3,"
        "\"dry_penalty_last_n\":-1,\"dry_sequence_breakers\":[\"x\",\"yz\"],\"seed\":11,"
        "\"mirostat\":2,\"mirostat_tau\":4,\"mirostat_eta\":0.2,\"dynatemp_range\":0.4,"
        "\"dynatemp_exponent\":2,\"samplers\":[\"top_k\",\"infill\",\"temperature\"],"
        "\"adaptive_target\":0.5,\"lora\":[]";
    for (size_t i = 0; i < COUNT_OF(dialects); i++) {
        struct api_request request;
        read_wishes(&request, dialects[i], fields);
        const struct sampling_wish *w = &request.sampling;
        assert_true(w->temperature == 0.5 && w->top_p == 0.9 && w->min_p == 0.1);
        assert_true(w->typical_p == 0.8 && w->top_n_sigma == 2 && w->xtc_probability == 0.3);
        assert_true(w->xtc_threshold == 0.2 && w->repeat_penalty == 1.1);
        assert_true(w->presence_penalty == 0.25 && w->frequency_penalty == -1);
        assert_true(w->dry_multiplier == 0.75 && w->dry_base == 2);
        assert_true(w->top_k == 7 && w->repeat_last_n == 0 && w->seed == 11);
        assert_true(w->dry_allowed_length == 3 && w->dry_last_n == -1);
        assert_true(w->n_dry_breakers == 2 && str_is(w->dry_breakers[1], "yz"));
        assert_true(w->mirostat == 2 && w->mirostat_tau == 4 && w->mirostat_eta == 0.2);
        assert_true(w->dynatemp_range == 0.4 && w->dynatemp_exponent == 2);
        assert_true(w->order.is_set && w->order.n == 2);
        assert_int_equal(w->order.steps[1], STEP_TEMPERATURE);
        assert_true(str_is(request.ignored, "adaptive_target"));
        api_request_release(&request);
    }
}

TEST(readers, the_order_of_samplers_is_a_list_or_letters)
{
    (void)state;
    struct api_request request;
    read_wishes(&request, &api_llama, "\"samplers\":\"tk?\"");
    assert_int_equal(request.sampling.order.n, 2);
    assert_int_equal(request.sampling.order.steps[0], STEP_TEMPERATURE);
    api_request_release(&request);
    read_wishes(&request, &api_llama, "\"samplers\":[]");
    assert_true(request.sampling.order.is_set && request.sampling.order.n == 0);
    api_request_release(&request);
    read_wishes(&request, &api_llama, "\"samplers\":null");
    assert_false(request.sampling.order.is_set);
    api_request_release(&request);
}

TEST(readers, biases_come_as_an_object_or_as_pairs)
{
    (void)state;
    struct api_request request;
    read_wishes(&request, &api_chat, "\"logit_bias\":{\"15043\":-1.5,\"a word\":100,\"12x\":0}");
    const struct bias_wish *b = request.sampling.biases;
    assert_int_equal(request.sampling.n_biases, 3);
    assert_true(b[0].id == 15043 && b[0].bias == -1.5);
    assert_true(b[1].id == -1 && str_is(b[1].text, "a word") && b[1].bias == 100);
    assert_true(b[2].id == -1 && str_is(b[2].text, "12x"));
    api_request_release(&request);
    read_wishes(&request, &api_llama, "\"logit_bias\":[[5,false],[\"word\",-2],[\"7\",1]]");
    b = request.sampling.biases;
    assert_int_equal(request.sampling.n_biases, 3);
    assert_true(b[0].id == 5 && b[0].bias == -HUGE_VAL);
    assert_true(b[1].id == -1 && str_is(b[1].text, "word") && b[1].bias == -2);
    assert_true(b[2].id == 7 && b[2].bias == 1);
    api_request_release(&request);
    expect_refusal(&api_llama, "{\"prompt\":\"\",\"logit_bias\":[[1]]}",
                   "logit_bias: items must be [token, bias]");
    expect_refusal(&api_llama, "{\"prompt\":\"\",\"logit_bias\":[[1,\"x\"]]}",
                   "logit_bias: a bias must be a number or false");
    expect_refusal(&api_chat,
                   "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"logit_bias\":3}",
                   "logit_bias: must be an object or a list of pairs");
}

TEST(readers, json_is_bounded_and_keeps_odd_strings)
{
    (void)state;
    char deep[2 * JSON_DEPTH_MAX + 10];
    memset(deep, '[', sizeof deep);
    struct json_object *value = NULL;
    struct error error;
    assert_int_equal(json_read(&value, (struct str){deep, sizeof deep}, &error), ERR_FORMAT);
    assert_null(value);
    const char *odd = "{\"b\":1.0e4,\"a\":\"x\\u0000y\\ud83d z\\ud83d\\ude00\"}";
    assert_int_equal(json_read(&value, str_of(odd), &error), OK);
    struct str a = json_str_at(value, "a");
    assert_int_equal(a.size, 12); // x NUL y U+FFFD space z, and one character of four bytes
    assert_memory_equal(a.data, "x\0y\xef\xbf\xbd z\xf0\x9f\x98\x80", 12);
    struct str text = json_text(value);
    assert_memory_equal(text.data, "{\"b\":1.0e4,", 11);
    json_object_put(value);
    assert_int_equal(json_read(&value, STR("\"\xff\""), &error), ERR_FORMAT);
    assert_int_equal(json_read(&value, STR("{} x"), &error), ERR_FORMAT);
    assert_int_equal(json_read(&value, STR(""), &error), ERR_FORMAT);
}

static enum err read_repeated(const char *head, const char *unit, size_t n, const char *tail)
{
    struct buf text = {0};
    struct json_object *value = NULL;
    buf_append_text(&text, head);
    for (size_t i = 0; i < n; i++)
        buf_append_text(&text, unit);
    buf_append_text(&text, tail);
    enum err err = json_read(&value, (struct str){text.data, text.size}, NULL);
    json_object_put(value);
    buf_release(&text);
    return err;
}

TEST(readers, json_has_a_bound_on_values_and_none_on_text)
{
    (void)state;
    assert_int_equal(read_repeated("[", "0,", JSON_VALUES_MAX + 1, "0]"), ERR_LIMIT);
    assert_int_equal(read_repeated("[", "[],", JSON_VALUES_MAX + 1, "0]"), ERR_LIMIT);
    assert_int_equal(read_repeated("[", "{},", JSON_VALUES_MAX + 1, "0]"), ERR_LIMIT);
    assert_int_equal(read_repeated("['\"',", "0,", JSON_VALUES_MAX + 1, "0]"), ERR_LIMIT);
    assert_int_equal(read_repeated("[", "0,", JSON_VALUES_MAX - 10, "0]"), OK);
    assert_int_equal(read_repeated("[\"", ",[\\\"", JSON_VALUES_MAX + 1, "\"]"), OK);
}

TEST(readers, written_strings_are_json_whatever_bytes_come)
{
    (void)state;
    struct buf out = {0};
    json_put_string(&out, STR("a\"\\\n\x01\0\xff\xc3\xa9\xed\xa0\x80\xf0\x9f\x98"));
    assert_string_equal(out.data, "\"a\\\"\\\\\\n\\u0001\\u0000\xef\xbf\xbd\xc3\xa9"
                                  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                                  "\xef\xbf\xbd\"");
    buf_release(&out);
}

// ---- recorded requests ----

static const struct api_dialect *dialect_of_url(struct str url)
{
    if (str_starts(url, STR("/v1/messages")))
        return &api_anthropic;
    if (str_starts(url, STR("/v1/chat/completions")))
        return &api_chat;
    if (str_starts(url, STR("/v1/responses")))
        return &api_responses;
    return NULL;
}

static bool holds(const struct content *content, struct str text)
{
    if (str_equal(content->text, text) || str_equal(content->id, text) ||
        str_equal(content->name, text))
        return true;
    if (content->name.size > text.size + 2 && str_ends(content->name, text)) // of a namespace
        return true;
    if (content->arguments) {
        struct json_object *value = NULL;
        if (!json_read(&value, text, NULL) && json_object_equal(value, content->arguments)) {
            json_object_put(value);
            return true;
        }
        json_object_put(value);
        if (str_equal(json_str_at(content->arguments, "input"), text))
            return true;
    }
    for (size_t i = 0; i < content->n_items; i++)
        if (holds(&content->items[i], text))
            return true;
    return false;
}

static bool conversation_holds(const struct conversation *c, struct str text)
{
    for (size_t i = 0; i < c->n_messages; i++)
        for (size_t j = 0; j < c->messages[i].n_items; j++)
            if (holds(&c->messages[i].items[j], text))
                return true;
    return false;
}

// Every string that says something must be in the neutral form.
static void check_strings(const char *path, const struct conversation *c, const char *key,
                          struct json_object *value)
{
    static const char *const told[] = {"text",      "thinking",  "content",          "output",
                                       "signature", "call_id",   "tool_use_id",      "tool_call_id",
                                       "name",      "arguments", "reasoning_content"};
    if (json_is(value, json_type_array)) {
        for (size_t i = 0; i < json_length(value); i++)
            check_strings(path, c, key, json_object_array_get_idx(value, i));
    } else if (json_is(value, json_type_object)) {
        bool is_reasoning = str_is(json_str_at(value, "type"), "reasoning");
        if (json_is(json_at(value, "input"), json_type_object)) {
            struct json_object *raw = json_at(value, "input.__unparsedToolInput.raw");
            if (!conversation_holds(c, raw ? json_str(raw) : json_text(json_at(value, "input"))))
                fail_msg("%s: lost input of %s", path, json_str_at(value, "id").data);
        }
        json_object_object_foreach(value, name, member)
        {
            if (!strcmp(name, "input") && str_is(json_str_at(value, "type"), "tool_use"))
                continue; // checked by its parsed value above
            if (is_reasoning && !strcmp(name, "summary") && json_at(value, "content"))
                continue;
            check_strings(path, c, name, member);
        }
    } else if (json_is(value, json_type_string)) {
        struct str text = json_str(value);
        bool is_told = false;
        for (size_t i = 0; i < COUNT_OF(told); i++)
            is_told |= !strcmp(told[i], key);
        if (is_told && text.size && !str_starts(text, STR("x-anthropic-billing-header")) &&
            !conversation_holds(c, text))
            fail_msg("%s: lost %s: %.200s", path, key, text.data);
    }
}

static size_t n_captures;

static void check_capture(const char *path)
{
    size_t size;
    char *text = test_read_file(path, &size);
    struct json_object *capture = NULL;
    struct error error;
    if (json_read(&capture, (struct str){text, size}, &error))
        fail_msg("%s: %s", path, error.text);
    struct json_object *body = json_at(capture, "body");
    const struct api_dialect *dialect = dialect_of_url(json_str_at(capture, "url"));
    if (body && dialect) {
        struct api_request request;
        api_request_init(&request);
        if (api_request_parse(&request, json_text(body), &error) || dialect->read(&request, &error))
            fail_msg("%s: %s", path, error.text);
        const struct conversation *c = &request.conversation;
        check_strings(path, c, "system", json_at(request.body, "system"));
        check_strings(path, c, "messages", json_at(request.body, "messages"));
        check_strings(path, c, "input", json_at(request.body, "input"));
        size_t n_items = json_length(json_at(body, "messages"));
        if (dialect == &api_anthropic)
            assert_int_equal(c->n_messages, n_items + (json_at(body, "system") != NULL));
        size_t n_tools = json_length(json_at(body, "tools"));
        if (dialect == &api_chat)
            assert_int_equal(c->n_tools, n_tools);
        else if (dialect == &api_responses && n_tools) // one namespace of five
            assert_true(c->n_tools >= n_tools - 2);
        api_request_release(&request);
        n_captures++;
    }
    json_object_put(capture);
    free(text);
}

static void walk(const char *path)
{
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char inner[1024];
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        size_t size = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "accepted-responses"))
            continue;
        if (size > 5 && !strcmp(entry->d_name + size - 5, ".json"))
            check_capture(inner);
        else if (!strchr(entry->d_name + 1, '.') || strchr(entry->d_name, '-'))
            walk(inner);
    }
    closedir(folder);
}

TEST(readers, nothing_that_real_clients_say_is_lost)
{
    NEED_DATA(data);
    char path[512];
    snprintf(path, sizeof path, "%s/wire/captures", data);
    n_captures = 0;
    walk(path);
    print_message("%zu recorded requests\n", n_captures);
    assert_true(n_captures > 60);
}

RUN_TESTS(IS(readers, every_case_gives_the_expected_neutral_request),
          IS(readers, nonsense_is_refused_with_its_place),
          IS(readers, sampling_is_understood_alike_in_all_dialects),
          IS(readers, the_order_of_samplers_is_a_list_or_letters),
          IS(readers, biases_come_as_an_object_or_as_pairs),
          IS(readers, json_is_bounded_and_keeps_odd_strings),
          IS(readers, json_has_a_bound_on_values_and_none_on_text),
          IS(readers, written_strings_are_json_whatever_bytes_come),
          IS(readers, nothing_that_real_clients_say_is_lost))
