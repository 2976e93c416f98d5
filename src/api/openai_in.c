// OpenAI's Chat Completions and Completions: what clients send there.
#include <math.h>
#include <stdio.h>

#include "api/fields.h"
#include "api/freeform.h"
#include "api/parts.h"
#include "api/readers.h"
#include "api/sampling_fields.h"
#include "base/memory.h"

#define AT(member) offsetof(struct api_request, member)

// Fields of all of OpenAI's and llama-server's bodies; those about sampling are elsewhere.
static const struct field common_fields[] = {
    {"model", FIELD_STRING, AT(model), 0, 0, "any name; the answer repeats it"},
    {"stream", FIELD_BOOL, AT(is_stream), 0, 0, "events as they come instead of one body"},
    {"stream_options.include_usage", FIELD_BOOL, AT(wants_usage), 0, 0, "a last event with counts"},
    {"n", FIELD_INTEGER, AT(n_choices), 1, 16, "answers to one prompt"},
    {"ignore_eos", FIELD_BOOL, AT(ignores_end), 0, 0, "go on after an end token"},
    {"cache_prompt", FIELD_BOOL, AT(reuses_cache), 0, 0, "go on from what is remembered"},
};

static const struct field chat_fields[] = {
    {"max_tokens", FIELD_INTEGER, AT(max_tokens), -1, 1e12, "most tokens of the answer"},
    {"max_completion_tokens", FIELD_INTEGER, AT(max_tokens), -1, 1e12, "the same"},
    {"n_predict", FIELD_INTEGER, AT(max_tokens), -1, 1e12, "the same"},
    {"logprobs", FIELD_BOOL, AT(wants_logprobs), 0, 0, "tell each token's log-probability"},
    {"top_logprobs", FIELD_INTEGER, AT(n_top), 0, 20, "with so many alternatives"},
    {"chat_template_kwargs", FIELD_OBJECT, AT(template_arguments), 0, 0, "for the template"},
};

static const struct field completion_fields[] = {
    {"max_tokens", FIELD_INTEGER, AT(max_tokens), -1, 1e12, "most tokens of the answer"},
    {"n_predict", FIELD_INTEGER, AT(max_tokens), -1, 1e12, "the same"},
    {"logprobs", FIELD_INTEGER, AT(n_top), 0, 20, "log-probabilities with so many alternatives"},
    {"echo", FIELD_BOOL, AT(wants_echo), 0, 0, "the prompt comes back in front"},
};

static const struct field llama_fields[] = {
    {"n_predict", FIELD_INTEGER, AT(max_tokens), -2, 1e12, "most tokens; -1: as many as fit"},
    {"max_tokens", FIELD_INTEGER, AT(max_tokens), -2, 1e12, "the same"},
    {"n_cmpl", FIELD_INTEGER, AT(n_choices), 1, 16, "answers to one prompt"},
    {"return_tokens", FIELD_BOOL, AT(returns_tokens), 0, 0, "the ids of the answer too"},
    {"n_probs", FIELD_INTEGER, AT(n_top), 0, 1e6, "log-probabilities with so many alternatives"},
};

static enum err read_fields(struct api_request *request, const struct field *fields,
                            size_t n_fields, struct error *error)
{
    enum err err =
        fields_read(common_fields, COUNT_OF(common_fields), request->body, request, error);
    if (!err)
        err = fields_read(fields, n_fields, request->body, request, error);
    return err ? err : sampling_fields_read(request, error);
}

// ---- chat: messages ----

// One part of a message's or result's content.
static void fill_part(struct api_request *request, struct content *content,
                      struct json_object *part)
{
    struct str type = json_str_at(part, "type");
    content->kind = CONTENT_TEXT;
    if (json_is(part, json_type_string)) {
        content->text = json_str(part);
    } else if (json_at(part, "text")) { // text, input_text, output_text
        content->text = json_str_at(part, "text");
    } else if (json_at(part, "refusal")) {
        content->text = json_str_at(part, "refusal");
    } else {
        struct str url = json_str_at(part, "image_url.url");
        const char *kind = str_is(type, "image_url") ? "image" : "file";
        if (str_is(type, "input_audio")) {
            kind = "audio";
            url = json_str_at(part, "input_audio.data");
            content->name = json_str_at(part, "input_audio.format");
        }
        struct str data = url, media_type = content->name;
        if (media_type.size == 0)
            api_split_data_url(url, &media_type, &data);
        content->kind = CONTENT_MEDIA;
        content->name = media_type;
        content->text = api_placeholder(request, kind, media_type, data);
    }
}

static enum err read_parts(struct api_request *request, struct message *message,
                           struct json_object *value, struct error *error)
{
    bool is_list = json_is(value, json_type_array);
    if (value && !is_list && !json_is(value, json_type_string))
        return fail(error, ERR_ARGUMENT, "content: must be a string or a list of parts");
    size_t n = is_list ? json_length(value) : value != NULL;
    for (size_t i = 0; i < n; i++) {
        struct json_object *part = is_list ? json_object_array_get_idx(value, i) : value;
        // What an assistant message without words holds is not said by anyone.
        if (message->role == ROLE_ASSISTANT && json_is(part, json_type_string) &&
            json_str(part).size == 0)
            continue;
        struct content *content = api_add_content(request, message, CONTENT_TEXT);
        if (!content)
            return api_too_big(request, error);
        fill_part(request, content, part);
    }
    return OK;
}

static enum err read_result(struct api_request *request, struct message *message,
                            struct json_object *item, struct error *error)
{
    struct content *result = api_add_content(request, message, CONTENT_TOOL_RESULT);
    if (!result)
        return api_too_big(request, error);
    result->id = json_str_at(item, "tool_call_id");
    if (result->id.size == 0)
        result->id = json_str_at(item, "name"); // a "function" message has no id
    struct json_object *value = json_at(item, "content");
    bool is_list = json_is(value, json_type_array);
    size_t n = is_list ? json_length(value) : value != NULL;
    for (size_t i = 0; i < n; i++) {
        struct content *part = api_add_result_item(request, result, CONTENT_TEXT);
        if (!part)
            return api_too_big(request, error);
        fill_part(request, part, is_list ? json_object_array_get_idx(value, i) : value);
    }
    return OK;
}

static enum err read_call(struct api_request *request, struct message *message, struct str id,
                          struct json_object *function, struct error *error)
{
    struct content *call = api_add_content(request, message, CONTENT_TOOL_CALL);
    if (!call)
        return api_too_big(request, error);
    call->id = id;
    call->name = json_str_at(function, "name");
    struct json_object *arguments = json_at(function, "arguments");
    struct str text = json_str(arguments);
    if (json_is(arguments, json_type_object))
        call->arguments = arguments;
    else
        api_set_arguments(request, call, text.size ? text : STR("{}"));
    return OK;
}

// One of tool_calls: of a function, or of a custom tool, whose text goes in as the model wrote it.
static enum err read_tool_call(struct api_request *request, struct message *message,
                               struct json_object *item, struct error *error)
{
    struct json_object *function = json_at(item, "function"), *custom = json_at(item, "custom");
    if (function || !custom)
        return read_call(request, message, json_str_at(item, "id"), function, error);
    struct content *call = api_add_content(request, message, CONTENT_TOOL_CALL);
    if (!call)
        return api_too_big(request, error);
    call->id = json_str_at(item, "id");
    call->name = json_str_at(custom, "name");
    call->arguments = freeform_arguments(request, json_at(custom, "input"));
    return OK;
}

static enum err read_assistant(struct api_request *request, struct message *message,
                               struct json_object *item, struct error *error)
{
    struct str thought = json_str_at(item, "reasoning_content");
    if (thought.size == 0)
        thought = json_str_at(item, "reasoning");
    if (thought.size) {
        struct content *thinking = api_add_content(request, message, CONTENT_THINKING);
        if (!thinking)
            return api_too_big(request, error);
        thinking->text = thought;
    }
    enum err err = read_parts(request, message, json_at(item, "content"), error);
    struct json_object *calls = json_at(item, "tool_calls");
    for (size_t i = 0; i < json_length(calls) && !err; i++) {
        err = read_tool_call(request, message, json_object_array_get_idx(calls, i), error);
    }
    struct json_object *function = json_at(item, "function_call");
    if (!err && function)
        err = read_call(request, message, json_str_at(function, "name"), function, error);
    return err;
}

static enum err read_message(struct api_request *request, struct json_object *item,
                             struct error *error)
{
    static const struct {
        const char *name;
        enum role role;
        enum err (*read)(struct api_request *, struct message *, struct json_object *,
                         struct error *);
    } roles[] = {{"system", ROLE_SYSTEM, NULL},    {"developer", ROLE_SYSTEM, NULL},
                 {"user", ROLE_USER, NULL},        {"assistant", ROLE_ASSISTANT, read_assistant},
                 {"tool", ROLE_TOOL, read_result}, {"function", ROLE_TOOL, read_result}};
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        if (!str_is(json_str_at(item, "role"), roles[i].name))
            continue;
        // Results of one answer's calls belong together.
        struct message *message =
            api_add_message(request, roles[i].role, roles[i].role == ROLE_TOOL);
        if (!message)
            return api_too_big(request, error);
        if (roles[i].read)
            return roles[i].read(request, message, item, error);
        return read_parts(request, message, json_at(item, "content"), error);
    }
    return fail(error, ERR_ARGUMENT, "role: must be system, developer, user, assistant or tool");
}

static enum err read_messages(struct api_request *request, struct error *error)
{
    struct json_object *messages = json_at(request->body, "messages");
    if (!json_is(messages, json_type_array))
        return fail(error, ERR_ARGUMENT, "messages: a list is required");
    if (json_length(messages) == 0)
        return fail(error, ERR_ARGUMENT, "messages: at least one message is required");
    for (size_t i = 0; i < json_length(messages); i++) {
        struct json_object *item = json_object_array_get_idx(messages, i);
        enum err err = api_check_content(item, error);
        if (!err)
            err = read_message(request, item, error);
        if (err) {
            char prefix[40];
            snprintf(prefix, sizeof prefix, "messages.%zu", i);
            return fail_within(error, prefix);
        }
    }
    return OK;
}

// ---- chat: tools and wishes ----

static enum err read_tool(struct api_request *request, struct json_object *function, size_t i,
                          struct error *error)
{
    if (json_str_at(function, "name").size == 0)
        return fail(error, ERR_ARGUMENT, "tools.%zu.function.name: required", i);
    struct tool_def *tool = api_add_tool(request);
    if (!tool)
        return api_too_big(request, error);
    tool->name = json_str_at(function, "name");
    tool->description = json_str_at(function, "description");
    tool->schema = json_at(function, "parameters");
    return OK;
}

static enum err read_custom_tool(struct api_request *request, struct json_object *custom, size_t i,
                                 struct error *error)
{
    struct str name = json_str_at(custom, "name");
    if (name.size == 0)
        return fail(error, ERR_ARGUMENT, "tools.%zu.custom.name: required", i);
    struct tool_def *tool = api_add_tool(request);
    struct tool_alias *alias = tool ? api_add_alias(request) : NULL;
    if (!alias)
        return api_too_big(request, error);
    tool->name = alias->name = alias->client_name = name;
    alias->is_freeform = true;
    tool->description = json_str_at(custom, "description");
    freeform_fill(request, tool, json_str_at(custom, "format.grammar.syntax"),
                  json_str_at(custom, "format.grammar.definition"));
    return OK;
}

static enum err read_tools(struct api_request *request, struct error *error)
{
    struct json_object *tools, *functions;
    enum err err = api_read_list(request, &tools, "tools", error);
    if (!err)
        err = api_read_list(request, &functions, "functions", error);
    if (err)
        return err;
    for (size_t i = 0; i < json_length(tools) && !err; i++) {
        struct json_object *item = json_object_array_get_idx(tools, i);
        struct json_object *function = json_at(item, "function");
        if (!json_is(item, json_type_object))
            err = fail(error, ERR_ARGUMENT, "tools.%zu: must be an object", i);
        else if (function || str_is(json_str_at(item, "type"), "function"))
            err = read_tool(request, function ? function : item, i, error);
        else if (str_is(json_str_at(item, "type"), "custom"))
            err = read_custom_tool(request, json_at(item, "custom"), i, error);
    }
    for (size_t i = 0; i < json_length(functions) && !err; i++)
        err = read_tool(request, json_object_array_get_idx(functions, i), i, error);
    return err;
}

static void read_tool_choice(struct api_request *request)
{
    static const struct {
        const char *name;
        enum tool_choice_kind kind;
    } kinds[] = {{"auto", TOOL_CHOICE_AUTO},
                 {"none", TOOL_CHOICE_NONE},
                 {"required", TOOL_CHOICE_REQUIRED},
                 {"any", TOOL_CHOICE_REQUIRED}};
    struct tool_choice *out = &request->conversation.tool_choice;
    struct json_object *choice = json_at(request->body, "tool_choice");
    struct str word = json_is(choice, json_type_object) ? json_str_at(choice, "allowed_tools.mode")
                                                        : json_str(choice);
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(word, kinds[i].name))
            out->kind = kinds[i].kind;
    out->name = json_str_at(choice, "function.name");
    if (out->name.size == 0)
        out->name = json_str_at(choice, "custom.name");
    if (out->name.size)
        out->kind = TOOL_CHOICE_NAMED;
    struct json_object *parallel = json_at(request->body, "parallel_tool_calls");
    out->is_single = parallel && !json_object_get_boolean(parallel);
}

static void read_thinking(struct api_request *request)
{
    struct thinking_wish *wish = &request->conversation.thinking;
    wish->effort = json_str_at(request->body, "reasoning_effort");
    if (wish->effort.size == 0)
        wish->effort = json_str_at(request->body, "reasoning.effort");
    if (wish->effort.size)
        wish->mode = str_is(wish->effort, "none") ? THINKING_OFF : THINKING_ON;
    struct json_object *enable = json_at(request->template_arguments, "enable_thinking");
    if (enable)
        wish->mode = json_object_get_boolean(enable) ? THINKING_ON : THINKING_OFF;
    int64_t budget = json_object_get_int64(json_at(request->body, "thinking_budget_tokens"));
    if (budget > 0)
        wish->n_tokens_max = (size_t)budget;
}

static enum err read_stops(struct api_request *request, struct error *error)
{
    return api_read_strings(request, json_at(request->body, "stop"), "stop",
                            &request->conversation.stop_sequences,
                            &request->conversation.n_stop_sequences, error);
}

static enum err read_form(struct api_request *request, struct error *error)
{
    struct json_object *schema = json_at(request->body, "json_schema"); // llama-server's
    if (schema)
        request->conversation.answer = (struct answer_wish){ANSWER_SCHEMA, schema};
    return schema ? OK
                  : api_read_answer_form(request, json_at(request->body, "response_format"),
                                         "response_format", error);
}

// -1 and -2 (llama-server's "as many as fit") are what no wish at all means.
static void settle_max_tokens(struct api_request *request)
{
    if (request->max_tokens < 0) {
        request->is_unbounded = request->max_tokens != FIELD_UNSET;
        request->max_tokens = FIELD_UNSET;
    }
}

enum err chat_read(struct api_request *request, struct error *error)
{
    enum err err = read_fields(request, chat_fields, COUNT_OF(chat_fields), error);
    if (!err)
        err = read_tools(request, error);
    if (!err)
        err = read_messages(request, error);
    if (!err)
        err = read_stops(request, error);
    if (err)
        return err;
    settle_max_tokens(request);
    read_tool_choice(request);
    read_thinking(request);
    err = api_check_tool_choice(request, error);
    if (!err)
        err = read_form(request, error);
    return err;
}

// ---- completions: raw prompts ----

static enum err read_ids(struct api_request *request, struct raw_prompt *prompt,
                         struct json_object *list, struct error *error)
{
    prompt->n_ids = json_length(list);
    prompt->ids = arena_new(&request->arena, token_id, prompt->n_ids + 1);
    if (!prompt->ids)
        return api_too_big(request, error);
    for (size_t i = 0; i < prompt->n_ids; i++) {
        struct json_object *id = json_object_array_get_idx(list, i);
        int64_t value = json_is(id, json_type_int) ? json_object_get_int64(id) : -1;
        if (value < 0 || value > INT32_MAX)
            return fail(error, ERR_ARGUMENT, "prompt: item %zu is no token id", i);
        prompt->ids[i] = (token_id)value;
    }
    return OK;
}

static bool holds_any(struct json_object *list, enum json_type type)
{
    for (size_t i = 0; i < json_length(list); i++)
        if (json_is(json_object_array_get_idx(list, i), type))
            return true;
    return false;
}

// llama-server's: text and ids in one prompt.
static enum err read_mixed(struct raw_prompt *prompt, struct json_object *list, struct error *error)
{
    for (size_t i = 0; i < json_length(list); i++) {
        struct json_object *piece = json_object_array_get_idx(list, i);
        int64_t id = json_is(piece, json_type_int) ? json_object_get_int64(piece) : -1;
        if (!json_is(piece, json_type_string) && (id < 0 || id > INT32_MAX))
            return fail(error, ERR_ARGUMENT, "prompt: item %zu is neither text nor a token id", i);
    }
    prompt->mixed = list;
    return OK;
}

static enum err read_prompt(struct api_request *request, struct raw_prompt *prompt,
                            struct json_object *value, struct error *error)
{
    struct json_object *text = json_at(value, "prompt_string"); // llama-server's, with its media
    if (json_length(json_at(value, "multimodal_data")))
        return fail(error, ERR_ARGUMENT, "prompt: images and sound cannot be read here");
    if (json_is(value, json_type_object) && json_is(text, json_type_string))
        value = text;
    if (json_is(value, json_type_string)) {
        prompt->text = json_str(value);
        return OK;
    }
    if (json_is(value, json_type_array))
        return holds_any(value, json_type_string) ? read_mixed(prompt, value, error)
                                                  : read_ids(request, prompt, value, error);
    return fail(error, ERR_ARGUMENT, "prompt: must be text or token ids, or a list of either");
}

// One prompt: "text", [1, 2, 3] or ["text", 2].  Several: ["text", ...] or [[1, 2], "text", ...].
static enum err read_prompts(struct api_request *request, struct error *error)
{
    struct json_object *value = json_at(request->body, "prompt");
    if (!value)
        return fail(error, ERR_ARGUMENT, "prompt: required");
    bool is_list = json_is(value, json_type_array) && json_length(value) &&
                   !holds_any(value, json_type_int) && !holds_any(value, json_type_double);
    request->n_prompts = is_list ? json_length(value) : 1;
    if (request->n_prompts > 128)
        return fail(error, ERR_LIMIT, "prompt: %zu prompts are more than 128", request->n_prompts);
    request->prompts = arena_new(&request->arena, struct raw_prompt, request->n_prompts);
    if (!request->prompts)
        return api_too_big(request, error);
    enum err err = OK;
    for (size_t i = 0; i < request->n_prompts && !err; i++)
        err = read_prompt(request, &request->prompts[i],
                          is_list ? json_object_array_get_idx(value, i) : value, error);
    return err;
}

static enum err read_completion(struct api_request *request, const struct field *fields,
                                size_t n_fields, struct error *error)
{
    request->task = API_COMPLETE;
    enum err err = read_fields(request, fields, n_fields, error);
    if (!err)
        err = read_prompts(request, error);
    if (!err)
        err = read_stops(request, error);
    if (err)
        return err;
    settle_max_tokens(request);
    return read_form(request, error);
}

enum err completions_read(struct api_request *request, struct error *error)
{
    request->n_top = FIELD_UNSET;
    enum err err = read_completion(request, completion_fields, COUNT_OF(completion_fields), error);
    request->wants_logprobs = request->n_top != FIELD_UNSET;
    if (!request->wants_logprobs)
        request->n_top = 0;
    if (request->max_tokens == FIELD_UNSET && !request->is_unbounded)
        request->max_tokens = 16; // OpenAI's default
    return err;
}

enum err llama_read(struct api_request *request, struct error *error)
{
    enum err err = read_completion(request, llama_fields, COUNT_OF(llama_fields), error);
    request->wants_logprobs = request->n_top > 0;
    return err;
}
