#include "api/parts.h"

struct str api_placeholder(struct api_request *request, const char *kind, struct str media_type,
                           struct str data)
{
    if (media_type.size == 0)
        return api_format(request, "[%s, not shown: this model reads text only]", kind);
    size_t size = data.size / 4 * 3; // base64
    return api_format(request, "[%s: %.*s, %zu %s, not shown: this model reads text only]", kind,
                      (int)(media_type.size < 100 ? media_type.size : 100), media_type.data,
                      size < 10000 ? size : size / 1000, size < 10000 ? "bytes" : "kB");
}

void api_split_data_url(struct str url, struct str *media_type, struct str *data)
{
    *media_type = (struct str){0};
    *data = url;
    if (!str_starts(url, STR("data:")))
        return;
    const char *comma = memchr(url.data, ',', url.size);
    if (!comma)
        return;
    size_t i_comma = (size_t)(comma - url.data);
    struct str type = str_slice(url, 5, i_comma);
    const char *semicolon = memchr(type.data, ';', type.size);
    *media_type = semicolon ? str_slice(type, 0, (size_t)(semicolon - type.data)) : type;
    *data = str_slice(url, i_comma + 1, url.size);
}

enum err api_read_strings(struct api_request *request, struct json_object *value, const char *name,
                          const struct str **out, size_t *n_out, struct error *error)
{
    *out = NULL;
    *n_out = 0;
    if (!value)
        return OK;
    bool is_list = json_is(value, json_type_array);
    size_t n = is_list ? json_length(value) : 1;
    struct str *strings = arena_new(&request->arena, struct str, n);
    if (n && !strings)
        return api_too_big(request, error);
    for (size_t i = 0; i < n; i++) {
        struct json_object *item = is_list ? json_object_array_get_idx(value, i) : value;
        if (!json_is(item, json_type_string))
            return fail(error, ERR_ARGUMENT, "%s: must be a string or a list of strings", name);
        strings[i] = json_str(item);
        if (strings[i].size) // an empty one would stop everything
            strings[(*n_out)++] = strings[i];
    }
    *out = strings;
    return OK;
}

enum err api_read_answer_form(struct api_request *request, struct json_object *format,
                              const char *name, struct error *error)
{
    struct answer_wish *answer = &request->conversation.answer;
    struct str type = json_str_at(format, "type");
    struct json_object *schema = json_at(format, "schema");
    if (!schema)
        schema = json_at(format, "json_schema.schema");
    if (str_is(type, "json_schema") || (str_is(type, "json_object") && schema)) {
        answer->form = schema ? ANSWER_SCHEMA : ANSWER_JSON;
        answer->schema = schema;
    } else if (str_is(type, "json_object")) {
        answer->form = ANSWER_JSON;
    } else if (format && !str_is(type, "text")) {
        return fail(error, ERR_ARGUMENT, "%s.type: must be text, json_object or json_schema", name);
    }
    return OK;
}

enum err api_read_list(const struct api_request *request, struct json_object **out,
                       const char *name, struct error *error)
{
    *out = json_at(request->body, name);
    if (*out && !json_is(*out, json_type_array))
        return fail(error, ERR_ARGUMENT, "%s: must be a list", name);
    return OK;
}

enum err api_check_content(struct json_object *message, struct error *error)
{
    if (str_is(json_str_at(message, "role"), "user") &&
        !json_object_object_get_ex(message, "content", NULL))
        return fail(error, ERR_ARGUMENT, "content: required");
    return OK;
}

enum err api_check_tool_choice(const struct api_request *request, struct error *error)
{
    const struct conversation *c = &request->conversation;
    const struct tool_choice *choice = &c->tool_choice;
    struct json_object *listed = json_at(request->body, "tools");
    if (choice->kind != TOOL_CHOICE_NAMED)
        return OK;
    for (size_t i = 0; i < c->n_tools; i++)
        if (str_equal(c->tools[i].name, choice->name))
            return OK;
    for (size_t i = 0; i < json_length(listed); i++)
        if (str_equal(json_str_at(json_object_array_get_idx(listed, i), "name"), choice->name))
            return OK;
    return fail(error, ERR_ARGUMENT, "tool_choice: no tool is called %.*s",
                (int)(choice->name.size < 100 ? choice->name.size : 100), choice->name.data);
}
