#include "api/freeform.h"

static struct json_object *schema_of(struct api_request *request, struct str pattern)
{
    struct buf text = {0};
    json_print(&text, "{'type':'object','properties':{'input':{'type':'string'");
    if (pattern.size)
        json_print(&text, ",'pattern':%S", pattern);
    json_print(&text, "}},'required':['input'],'additionalProperties':false}");
    struct json_object *schema =
        api_request_parse_inner(request, (struct str){text.data, text.size});
    buf_release(&text);
    return schema;
}

void freeform_fill(struct api_request *request, struct tool_def *tool, struct str syntax,
                   struct str grammar)
{
    struct str pattern = {0};
    if (grammar.size && str_is(syntax, "regex"))
        pattern = api_format(request, "^(?:%.*s)$", (int)grammar.size, grammar.data);
    tool->schema = schema_of(request, pattern);
    const char *separator = tool->description.size ? "\n\n" : "";
    if (grammar.size)
        tool->description = api_format(
            request, "%.*s%sThe text of `input` follows this grammar (%.*s):\n%.*s",
            (int)tool->description.size, tool->description.data ? tool->description.data : "",
            separator, (int)syntax.size, syntax.data ? syntax.data : "", (int)grammar.size,
            grammar.data);
}

struct json_object *freeform_arguments(struct api_request *request, struct json_object *input)
{
    struct json_object *arguments = api_request_keep(request, json_object_new_object());
    json_object_object_add(arguments, "input", json_object_get(input));
    return arguments;
}

bool freeform_is(const struct reply *reply, const struct block *block)
{
    if (block->kind != BLOCK_CALL)
        return false;
    const struct tool_alias *alias = api_request_alias(reply->request, str_of(block->name));
    return alias && alias->is_freeform;
}

void freeform_put_input(struct buf *out, const struct block *block)
{
    struct str text = {block->text.data, block->text.size};
    struct json_object *arguments = NULL;
    json_read(&arguments, text, NULL);
    struct json_object *input = json_at(arguments, "input");
    json_put_string(out, json_is(input, json_type_string) ? json_str(input) : text);
    json_object_put(arguments);
}
