// OpenAI's Responses: what clients send there.  Items in a row that one assistant said become one
// message; results become one message of results; namespaces and free-form tools are hidden behind
// names and schemas that any model can use.
#include <stdio.h>

#include "api/fields.h"
#include "api/freeform.h"
#include "api/parts.h"
#include "api/readers.h"
#include "api/sampling_fields.h"
#include "base/memory.h"

#define AT(member) offsetof(struct api_request, member)
static const struct field fields[] = {
    {"model", FIELD_STRING, AT(model), 0, 0, "any name; the answer repeats it"},
    {"stream", FIELD_BOOL, AT(is_stream), 0, 0, "events as they come instead of one body"},
    {"max_output_tokens", FIELD_INTEGER, AT(max_tokens), 0, 1e12, "most tokens of the answer"},
    {"chat_template_kwargs", FIELD_OBJECT, AT(template_arguments), 0, 0, "for the template"},
};

static bool is_type(struct json_object *item, const char *type)
{
    return str_is(json_str_at(item, "type"), type);
}

static void fill_part(struct api_request *request, struct content *content,
                      struct json_object *part)
{
    content->kind = CONTENT_TEXT;
    if (json_is(part, json_type_string)) {
        content->text = json_str(part);
    } else if (json_at(part, "text")) { // input_text, output_text, reasoning_text
        content->text = json_str_at(part, "text");
    } else if (json_at(part, "refusal")) {
        content->text = json_str_at(part, "refusal");
    } else {
        bool is_image = is_type(part, "input_image");
        struct str data, url = json_str_at(part, is_image ? "image_url" : "file_data");
        api_split_data_url(url, &content->name, &data);
        content->kind = CONTENT_MEDIA;
        content->text = api_placeholder(request, is_image ? "image" : "file", content->name, data);
    }
}

static enum err read_message(struct api_request *request, struct json_object *item,
                             struct error *error)
{
    static const struct {
        const char *name;
        enum role role;
    } roles[] = {{"user", ROLE_USER},
                 {"assistant", ROLE_ASSISTANT},
                 {"system", ROLE_SYSTEM},
                 {"developer", ROLE_SYSTEM}};
    size_t i_role = 0;
    while (i_role < COUNT_OF(roles) && !str_is(json_str_at(item, "role"), roles[i_role].name))
        i_role++;
    if (i_role == COUNT_OF(roles))
        return fail(error, ERR_ARGUMENT, "role: must be user, assistant, system or developer");
    enum err err = api_check_content(item, error);
    if (err)
        return err;
    enum role role = roles[i_role].role;
    struct message *message = api_add_message(request, role, role == ROLE_ASSISTANT);
    if (!message)
        return api_too_big(request, error);
    struct json_object *value = json_at(item, "content");
    bool is_list = json_is(value, json_type_array);
    size_t n = is_list ? json_length(value) : value != NULL;
    for (size_t i = 0; i < n; i++) {
        struct content *content = api_add_content(request, message, CONTENT_TEXT);
        if (!content)
            return api_too_big(request, error);
        fill_part(request, content, is_list ? json_object_array_get_idx(value, i) : value);
    }
    return OK;
}

// Another block of what the assistant said.
static struct content *add_said(struct api_request *request, enum content_kind kind)
{
    struct message *message = api_add_message(request, ROLE_ASSISTANT, true);
    return message ? api_add_content(request, message, kind) : NULL;
}

// The thought itself where it was sent along, else its summary.
static enum err read_reasoning(struct api_request *request, struct json_object *item,
                               struct error *error)
{
    struct content *thinking = add_said(request, CONTENT_THINKING);
    if (!thinking)
        return api_too_big(request, error);
    struct json_object *parts = json_at(item, "content");
    if (json_length(parts) == 0)
        parts = json_at(item, "summary");
    struct buf text = {0};
    for (size_t i = 0; i < json_length(parts); i++) {
        struct str part = json_str_at(json_object_array_get_idx(parts, i), "text");
        buf_append(&text, part.data, part.size);
    }
    thinking->text = api_copy(request, (struct str){text.data, text.size});
    buf_release(&text);
    thinking->id = json_str_at(item, "encrypted_content");
    return OK;
}

static struct str model_name(struct api_request *request, struct str name, struct str space)
{
    if (space.size == 0)
        return name;
    return api_format(request, "%.*s__%.*s", (int)space.size, space.data, (int)name.size,
                      name.data);
}

static enum err read_call(struct api_request *request, struct json_object *item,
                          struct error *error)
{
    struct content *call = add_said(request, CONTENT_TOOL_CALL);
    if (!call)
        return api_too_big(request, error);
    call->id = json_str_at(item, "call_id");
    call->name = model_name(request, json_str_at(item, "name"), json_str_at(item, "namespace"));
    if (is_type(item, "custom_tool_call")) {
        call->arguments = freeform_arguments(request, json_at(item, "input"));
    } else {
        struct str arguments = json_str_at(item, "arguments");
        api_set_arguments(request, call, arguments.size ? arguments : STR("{}"));
    }
    return OK;
}

static enum err read_output(struct api_request *request, struct json_object *item,
                            struct error *error)
{
    struct message *message = api_add_message(request, ROLE_TOOL, true);
    struct content *result =
        message ? api_add_content(request, message, CONTENT_TOOL_RESULT) : NULL;
    if (!result)
        return api_too_big(request, error);
    result->id = json_str_at(item, "call_id");
    struct json_object *output = json_at(item, "output");
    bool is_list = json_is(output, json_type_array);
    size_t n = is_list ? json_length(output) : output != NULL;
    for (size_t i = 0; i < n; i++) {
        struct content *part = api_add_result_item(request, result, CONTENT_TEXT);
        if (!part)
            return api_too_big(request, error);
        struct json_object *value = is_list ? json_object_array_get_idx(output, i) : output;
        if (json_is(value, json_type_object) && !is_list)
            part->text = json_text_in(&request->arena, value);
        else
            fill_part(request, part, value);
    }
    return OK;
}

static enum err read_item(struct api_request *request, struct json_object *item,
                          struct error *error)
{
    static const struct {
        const char *type;
        enum err (*read)(struct api_request *, struct json_object *, struct error *);
    } types[] = {
        {"message", read_message},
        {"reasoning", read_reasoning},
        {"function_call", read_call},
        {"custom_tool_call", read_call},
        {"function_call_output", read_output},
        {"custom_tool_call_output", read_output},
    };
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (is_type(item, types[i].type))
            return types[i].read(request, item, error);
    if (is_type(item, "item_reference"))
        return fail(
            error, ERR_ARGUMENT,
            "items are not stored here, so send them whole (store: false), not as item_reference");
    if (json_at(item, "role")) // the short form of a message has no type
        return read_message(request, item, error);
    if (!json_is(item, json_type_object))
        return fail(error, ERR_ARGUMENT, "must be an object");
    return OK; // calls of hosted tools and whatever else is not for a local model
}

static enum err read_input(struct api_request *request, struct error *error)
{
    struct json_object *input = json_at(request->body, "input");
    struct json_object *instructions = json_at(request->body, "instructions");
    static const char *const stored[] = {"previous_response_id", "conversation"};
    for (size_t i = 0; i < COUNT_OF(stored); i++)
        if (json_at(request->body, stored[i]))
            return fail(error, ERR_ARGUMENT,
                        "%s: responses are not stored here; send the whole input", stored[i]);
    if (json_is(instructions, json_type_string)) {
        struct message *message = api_add_message(request, ROLE_SYSTEM, false);
        struct content *text = message ? api_add_content(request, message, CONTENT_TEXT) : NULL;
        if (!text)
            return api_too_big(request, error);
        text->text = json_str(instructions);
    }
    if (json_is(input, json_type_string)) {
        struct message *message = api_add_message(request, ROLE_USER, false);
        struct content *text = message ? api_add_content(request, message, CONTENT_TEXT) : NULL;
        if (!text)
            return api_too_big(request, error);
        text->text = json_str(input);
        return OK;
    }
    if (!json_is(input, json_type_array))
        return fail(error, ERR_ARGUMENT, "input: text or a list of items is required");
    for (size_t i = 0; i < json_length(input); i++) {
        enum err err = read_item(request, json_object_array_get_idx(input, i), error);
        if (err) {
            char prefix[40];
            snprintf(prefix, sizeof prefix, "input.%zu", i);
            return fail_within(error, prefix);
        }
    }
    return OK;
}

// ---- tools ----

static enum err add_alias(struct api_request *request, struct json_object *item, struct str space,
                          struct str name, struct error *error)
{
    struct tool_alias *alias = api_add_alias(request);
    if (!alias)
        return api_too_big(request, error);
    alias->name = name;
    alias->client_name = json_str_at(item, "name");
    alias->client_namespace = space;
    alias->is_freeform = is_type(item, "custom");
    return OK;
}

static enum err read_tool(struct api_request *request, struct json_object *item, struct str space,
                          struct error *error)
{
    bool is_freeform = is_type(item, "custom");
    if (!json_is(item, json_type_object))
        return fail(error, ERR_ARGUMENT, "must be an object");
    if (!is_freeform && !is_type(item, "function"))
        return OK; // hosted tools, which nobody here can run
    if (json_str_at(item, "name").size == 0)
        return fail(error, ERR_ARGUMENT, "name: required");
    struct tool_def *tool = api_add_tool(request);
    if (!tool)
        return api_too_big(request, error);
    tool->name = model_name(request, json_str_at(item, "name"), space);
    tool->description = json_str_at(item, "description");
    tool->schema = json_at(item, "parameters");
    if (is_freeform)
        freeform_fill(request, tool, json_str_at(item, "format.syntax"),
                      json_str_at(item, "format.definition"));
    if (is_freeform || space.size)
        return add_alias(request, item, space, tool->name, error);
    return OK;
}

static enum err read_tools(struct api_request *request, struct error *error)
{
    struct json_object *tools;
    if (api_read_list(request, &tools, "tools", error))
        return error->code;
    for (size_t i = 0; i < json_length(tools); i++) {
        struct json_object *item = json_object_array_get_idx(tools, i);
        enum err err = OK;
        if (is_type(item, "namespace")) {
            struct json_object *members = json_at(item, "tools");
            for (size_t j = 0; j < json_length(members) && !err; j++)
                err = read_tool(request, json_object_array_get_idx(members, j),
                                json_str_at(item, "name"), error);
        } else {
            err = read_tool(request, item, (struct str){0}, error);
        }
        if (err) {
            char prefix[40];
            snprintf(prefix, sizeof prefix, "tools.%zu", i);
            return fail_within(error, prefix);
        }
    }
    return OK;
}

static void read_tool_choice(struct api_request *request)
{
    struct tool_choice *out = &request->conversation.tool_choice;
    struct json_object *choice = json_at(request->body, "tool_choice");
    struct str word =
        is_type(choice, "allowed_tools") ? json_str_at(choice, "mode") : json_str(choice);
    if (str_is(word, "none"))
        out->kind = TOOL_CHOICE_NONE;
    else if (str_is(word, "required"))
        out->kind = TOOL_CHOICE_REQUIRED;
    else if (json_str_at(choice, "name").size) {
        out->kind = TOOL_CHOICE_NAMED;
        out->name =
            model_name(request, json_str_at(choice, "name"), json_str_at(choice, "namespace"));
    }
    struct json_object *parallel = json_at(request->body, "parallel_tool_calls");
    out->is_single = parallel && !json_object_get_boolean(parallel);
}

static void read_thinking(struct api_request *request)
{
    struct thinking_wish *wish = &request->conversation.thinking;
    wish->effort = json_str_at(request->body, "reasoning.effort");
    if (wish->effort.size)
        wish->mode = str_is(wish->effort, "none") ? THINKING_OFF : THINKING_ON;
}

enum err responses_read(struct api_request *request, struct error *error)
{
    enum err err = fields_read(fields, COUNT_OF(fields), request->body, request, error);
    if (!err)
        err = sampling_fields_read(request, error);
    if (!err)
        err = read_tools(request, error);
    if (!err)
        err = read_input(request, error);
    if (err)
        return err;
    read_tool_choice(request);
    read_thinking(request);
    err = api_check_tool_choice(request, error);
    if (!err)
        err = api_read_answer_form(request, json_at(request->body, "text.format"), "text.format",
                                   error);
    return err;
}
