// Anthropic's Messages: what clients send there.  Unknown fields, blocks and betas are tolerated;
// cache_control never enters the conversation; a string and a list of one text block are the same.
#include <stdio.h>

#include "api/readers.h"
#include "api/sampling_fields.h"
#include "api/fields.h"
#include "api/parts.h"
#include "base/memory.h"

#define AT(member) offsetof(struct api_request, member)
static const struct field fields[] = {
    {"model", FIELD_STRING, AT(model), 0, 0, "any name; the answer repeats it"},
    {"max_tokens", FIELD_INTEGER, AT(max_tokens), 0, 1e12, "most tokens of the answer"},
    {"stream", FIELD_BOOL, AT(is_stream), 0, 0, "events as they come instead of one body"},
    {"chat_template_kwargs", FIELD_OBJECT, AT(template_arguments), 0, 0, "for the template"},
};

// A tool's definition in the words the model would see in front; for results that refer to it.
static struct str describe_tool(struct api_request *request, struct json_object *tool)
{
    struct buf text = {0};
    json_print(&text, "{'name':%S,'description':%S,'parameters':%o}", json_str_at(tool, "name"),
               json_str_at(tool, "description"), json_at(tool, "input_schema"));
    struct str copy = api_copy(request, (struct str){text.data, text.size});
    buf_release(&text);
    return copy;
}

static struct json_object *find_tool(struct api_request *request, struct str name)
{
    struct json_object *tools = json_at(request->body, "tools");
    for (size_t i = 0; i < json_length(tools); i++) {
        struct json_object *tool = json_object_array_get_idx(tools, i);
        if (str_equal(json_str_at(tool, "name"), name))
            return tool;
    }
    return NULL;
}

// The text of a document that brings its own, or an empty view.
static struct str document_text(struct api_request *request, struct json_object *block)
{
    struct json_object *source = json_at(block, "source");
    struct str type = json_str_at(source, "type");
    struct buf text = {0};
    if (json_str_at(block, "title").size) {
        struct str title = json_str_at(block, "title");
        buf_append(&text, title.data, title.size);
        buf_append_text(&text, "\n\n");
    }
    size_t size_title = text.size;
    struct json_object *content = json_at(source, "content");
    struct str words = str_is(type, "text") ? json_str_at(source, "data") : json_str(content);
    buf_append(&text, words.data, words.size);
    for (size_t i = 0; i < json_length(content); i++) {
        words = json_str_at(json_object_array_get_idx(content, i), "text");
        buf_append(&text, words.data, words.size);
    }
    struct str copy = {0};
    if (text.size > size_title)
        copy = api_copy(request, (struct str){text.data, text.size});
    buf_release(&text);
    return copy;
}

// Text and media, which may stand in a message and in a tool result.
static void fill_visible(struct api_request *request, struct content *content,
                         struct json_object *block)
{
    struct str type = json_str_at(block, "type");
    content->kind = CONTENT_TEXT;
    if (str_is(type, "text")) {
        content->text = json_str_at(block, "text");
    } else if (str_is(type, "tool_reference")) {
        struct json_object *tool = find_tool(request, json_str_at(block, "tool_name"));
        content->text = tool ? describe_tool(request, tool) : json_str_at(block, "tool_name");
    } else if (str_is(type, "image") || str_is(type, "document")) {
        bool is_image = str_is(type, "image");
        content->text = is_image ? (struct str){0} : document_text(request, block);
        if (content->text.size)
            return;
        content->kind = CONTENT_MEDIA;
        content->name = json_str_at(block, "source.media_type");
        content->text = api_placeholder(request, is_image ? "image" : "document", content->name,
                                        json_str_at(block, "source.data"));
    } else { // search results, server tools' results, whatever comes next: as their JSON
        content->text = json_text_in(&request->arena, block);
    }
}

static enum err read_tool_result(struct api_request *request, struct message *message,
                                 struct json_object *block, struct error *error)
{
    struct content *result = api_add_content(request, message, CONTENT_TOOL_RESULT);
    if (!result)
        return api_too_big(request, error);
    result->id = json_str_at(block, "tool_use_id");
    result->is_error = json_object_get_boolean(json_at(block, "is_error"));
    struct json_object *content = json_at(block, "content");
    bool is_list = json_is(content, json_type_array);
    size_t n_items = is_list ? json_length(content) : content != NULL;
    for (size_t i = 0; i < n_items; i++) {
        struct content *item = api_add_result_item(request, result, CONTENT_TEXT);
        if (!item)
            return api_too_big(request, error);
        if (is_list)
            fill_visible(request, item, json_object_array_get_idx(content, i));
        else
            item->text = json_is(content, json_type_string)
                             ? json_str(content)
                             : json_text_in(&request->arena, content);
    }
    return OK;
}

// Clients put input that was no JSON object into {"__unparsedToolInput": {"raw": ...}}, or send it as
// a string; the model is shown what it wrote.
static void read_tool_input(struct api_request *request, struct content *call,
                            struct json_object *input)
{
    struct json_object *raw = json_at(input, "__unparsedToolInput.raw");
    if (json_is(raw, json_type_string) && json_object_object_length(input) == 1)
        call->text = json_str(raw);
    else if (json_is(input, json_type_object))
        call->arguments = input;
    else if (json_is(input, json_type_string))
        call->text = json_str(input);
    else
        call->text = input ? json_text_in(&request->arena, input) : STR("{}");
}

static enum err read_block(struct api_request *request, struct message *message,
                           struct json_object *block, struct error *error)
{
    struct str type = json_str_at(block, "type");
    if (str_is(type, "tool_result") || str_ends(type, STR("_tool_result")))
        return read_tool_result(request, message, block, error);
    struct content *content = api_add_content(request, message, CONTENT_TEXT);
    if (!content)
        return api_too_big(request, error);
    if (str_is(type, "tool_use") || str_ends(type, STR("_tool_use"))) {
        content->kind = CONTENT_TOOL_CALL;
        content->id = json_str_at(block, "id");
        content->name = json_str_at(block, "name");
        read_tool_input(request, content, json_at(block, "input"));
    } else if (str_is(type, "thinking")) {
        content->kind = CONTENT_THINKING;
        content->text = json_str_at(block, "thinking");
        content->id = json_str_at(block, "signature");
    } else if (str_is(type, "redacted_thinking")) {
        content->kind = CONTENT_THINKING;
        content->id = json_str_at(block, "data");
    } else if (json_is(block, json_type_string)) {
        content->text = json_str(block);
    } else if (type.size == 0) {
        return fail(error, ERR_ARGUMENT, "messages: each content block must have a type");
    } else {
        fill_visible(request, content, block);
    }
    return OK;
}

// A client's own label, which changes from request to request and means nothing to a model.
static bool is_billing_line(struct json_object *block)
{
    struct str text =
        json_is(block, json_type_string) ? json_str(block) : json_str_at(block, "text");
    return str_starts(text, STR("x-anthropic-billing-header:"));
}

static enum err read_content(struct api_request *request, struct message *message,
                             struct json_object *content, struct error *error)
{
    bool is_system = message->role == ROLE_SYSTEM;
    if (json_is(content, json_type_string)) {
        struct content *text = NULL;
        if (is_system && is_billing_line(content))
            return OK;
        text = api_add_content(request, message, CONTENT_TEXT);
        if (!text)
            return api_too_big(request, error);
        text->text = json_str(content);
        return OK;
    }
    if (content && !json_is(content, json_type_array))
        return fail(error, ERR_ARGUMENT, "content: must be a string or a list of blocks");
    for (size_t i = 0; i < json_length(content); i++) {
        struct json_object *block = json_object_array_get_idx(content, i);
        if (is_system && is_billing_line(block))
            continue;
        enum err err = read_block(request, message, block, error);
        if (err)
            return err;
    }
    return OK;
}

static enum err read_messages(struct api_request *request, struct error *error)
{
    struct json_object *system = json_at(request->body, "system");
    struct json_object *messages = json_at(request->body, "messages");
    if (!json_is(messages, json_type_array))
        return fail(error, ERR_ARGUMENT, "messages: a list is required");
    if (json_length(messages) == 0)
        return fail(error, ERR_ARGUMENT, "messages: at least one message is required");
    if (system) {
        struct message *message = api_add_message(request, ROLE_SYSTEM, false);
        enum err err =
            message ? read_content(request, message, system, error) : api_too_big(request, error);
        if (err)
            return fail_within(error, "system");
        if (message->n_items == 0) // only a label
            request->conversation.n_messages--;
    }
    for (size_t i = 0; i < json_length(messages); i++) {
        struct json_object *item = json_object_array_get_idx(messages, i);
        static const struct {
            const char *name;
            enum role role;
        } roles[] = {{"user", ROLE_USER}, {"assistant", ROLE_ASSISTANT}, {"system", ROLE_SYSTEM}};
        size_t i_role = 0;
        while (i_role < COUNT_OF(roles) && !str_is(json_str_at(item, "role"), roles[i_role].name))
            i_role++;
        if (i_role == COUNT_OF(roles))
            return fail(error, ERR_ARGUMENT, "messages.%zu.role: must be user, assistant or system",
                        i);
        struct message *message = api_add_message(request, roles[i_role].role, false);
        enum err err = message ? api_check_content(item, error) : api_too_big(request, error);
        if (!err)
            err = read_content(request, message, json_at(item, "content"), error);
        if (err) {
            char prefix[40];
            snprintf(prefix, sizeof prefix, "messages.%zu", i);
            return fail_within(error, prefix);
        }
    }
    return OK;
}

// Tools that Anthropic's own servers run; nobody here can, and the model must not be told otherwise.
static bool is_server_tool(struct str type)
{
    static const struct str prefixes[] = {
        {"web_search_", 11},       {"web_fetch_", 10},  {"code_execution_", 15},
        {"tool_search_tool_", 17}, {"mcp_toolset", 11}, {"advisor_", 8},
    };
    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (str_starts(type, prefixes[i]))
            return true;
    return false;
}

static bool refers_to(struct json_object *content, struct str name)
{
    for (size_t i = 0; i < json_length(content); i++) {
        struct json_object *item = json_object_array_get_idx(content, i);
        if (str_is(json_str_at(item, "type"), "tool_reference") &&
            str_equal(json_str_at(item, "tool_name"), name))
            return true;
        if (str_is(json_str_at(item, "type"), "tool_result") &&
            refers_to(json_at(item, "content"), name))
            return true;
    }
    return false;
}

static bool is_referred_to(struct api_request *request, struct str name)
{
    struct json_object *messages = json_at(request->body, "messages");
    for (size_t i = 0; i < json_length(messages); i++)
        if (refers_to(json_at(json_object_array_get_idx(messages, i), "content"), name))
            return true;
    return false;
}

static enum err read_tools(struct api_request *request, struct error *error)
{
    struct json_object *tools;
    if (api_read_list(request, &tools, "tools", error))
        return error->code;
    for (size_t i = 0; i < json_length(tools); i++) {
        struct json_object *item = json_object_array_get_idx(tools, i);
        if (!json_is(item, json_type_object))
            return fail(error, ERR_ARGUMENT, "tools.%zu: must be an object", i);
        if (is_server_tool(json_str_at(item, "type")))
            continue;
        if (json_str_at(item, "name").size == 0)
            return fail(error, ERR_ARGUMENT, "tools.%zu.name: required", i);
        struct tool_def *tool = api_add_tool(request);
        if (!tool)
            return api_too_big(request, error);
        tool->name = json_str_at(item, "name");
        tool->description = json_str_at(item, "description");
        tool->schema = json_at(item, "input_schema");
        tool->is_deferred = json_object_get_boolean(json_at(item, "defer_loading")) &&
                            is_referred_to(request, tool->name);
    }
    return OK;
}

static void read_tool_choice(struct api_request *request)
{
    static const struct {
        const char *name;
        enum tool_choice_kind kind;
    } kinds[] = {{"auto", TOOL_CHOICE_AUTO},
                 {"any", TOOL_CHOICE_REQUIRED},
                 {"tool", TOOL_CHOICE_NAMED},
                 {"none", TOOL_CHOICE_NONE}};
    struct json_object *choice = json_at(request->body, "tool_choice");
    struct tool_choice *out = &request->conversation.tool_choice;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(json_str_at(choice, "type"), kinds[i].name))
            out->kind = kinds[i].kind;
    out->name = json_str_at(choice, "name");
    out->is_single = json_object_get_boolean(json_at(choice, "disable_parallel_tool_use"));
}

// Coding agents ask for thinking with every request that wants it: silence means no.
static void read_thinking(struct api_request *request)
{
    struct thinking_wish *wish = &request->conversation.thinking;
    struct str type = json_str_at(request->body, "thinking.type");
    wish->mode = str_is(type, "enabled") || str_is(type, "adaptive") ? THINKING_ON : THINKING_OFF;
    int64_t budget = json_object_get_int64(json_at(request->body, "thinking.budget_tokens"));
    if (str_is(type, "enabled") && budget > 0)
        wish->n_tokens_max = (size_t)budget;
    wish->effort = json_str_at(request->body, "output_config.effort");
}

enum err anthropic_read(struct api_request *request, struct error *error)
{
    enum err err = fields_read(fields, COUNT_OF(fields), request->body, request, error);
    if (!err)
        err = sampling_fields_read(request, error);
    if (!err)
        err = read_tools(request, error);
    if (!err)
        err = read_messages(request, error);
    if (!err)
        err = api_read_strings(request, json_at(request->body, "stop_sequences"), "stop_sequences",
                               &request->conversation.stop_sequences,
                               &request->conversation.n_stop_sequences, error);
    if (err)
        return err;
    read_tool_choice(request);
    read_thinking(request);
    err = api_check_tool_choice(request, error);
    if (!err)
        err = api_read_answer_form(request, json_at(request->body, "output_format"),
                                   "output_format", error);
    if (!err)
        err = api_read_answer_form(request, json_at(request->body, "output_config.format"),
                                   "output_config.format", error);
    return err;
}
