#include "api/request.h"

#include <stdarg.h>
#include <stdio.h>

#include "api/fields.h"
#include "api/sampling_fields.h"
#include "base/memory.h"

enum { REQUEST_SIZE_MAX = 256 }; // MiB: the most that one request may ever cost besides its JSON

void api_request_init(struct api_request *request)
{
    *request = (struct api_request){
        .max_tokens = FIELD_UNSET,
        .n_choices = 1,
        .reuses_cache = true,
    };
    sampling_wish_init(&request->sampling);
    arena_init(&request->arena, REQUEST_SIZE_MAX * MIB);
}

void api_request_release(struct api_request *request)
{
    json_object_put(request->parsed);
    json_object_put(request->body);
    arena_release(&request->arena);
    *request = (struct api_request){0};
}

enum err api_request_parse(struct api_request *request, struct str text, struct error *error)
{
    enum err err = json_read(&request->body, text, error);
    if (!err && !json_is(request->body, json_type_object))
        err = fail(error, ERR_ARGUMENT, "the body must be a JSON object");
    return err;
}

struct json_object *api_request_keep(struct api_request *request, struct json_object *object)
{
    if (!request->parsed)
        request->parsed = json_object_new_array();
    json_object_array_add(request->parsed, object);
    return object;
}

struct json_object *api_request_parse_inner(struct api_request *request, struct str text)
{
    struct json_object *value;
    if (json_read(&value, text, NULL))
        return NULL;
    return api_request_keep(request, value);
}

const struct tool_alias *api_request_alias(const struct api_request *request, struct str name)
{
    for (size_t i = 0; i < request->n_aliases; i++)
        if (str_equal(request->aliases[i].name, name))
            return &request->aliases[i];
    return NULL;
}

// One more zeroed item at the end of an arena's array, whose room doubles: 4, 8, 16, ...
static void *grow(struct arena *arena, void **items, size_t *n_items, size_t item_size)
{
    size_t n = *n_items;
    if (n == 0 || (n >= 4 && (n & (n - 1)) == 0)) {
        char *room = arena_alloc(arena, n ? n * 2 : 4, item_size);
        if (!room)
            return NULL;
        if (n)
            memcpy(room, *items, n * item_size);
        *items = room;
    }
    *n_items = n + 1;
    return (char *)*items + n * item_size;
}

#define GROW(request, items, n_items)                                                              \
    grow(&(request)->arena, (void **)&(items), &(n_items), sizeof *(items))

struct message *api_add_message(struct api_request *request, enum role role, bool joins)
{
    struct conversation *c = &request->conversation;
    if (joins && c->n_messages && c->messages[c->n_messages - 1].role == role)
        return &c->messages[c->n_messages - 1];
    struct message *message = GROW(request, c->messages, c->n_messages);
    if (message)
        message->role = role;
    return message;
}

struct content *api_add_content(struct api_request *request, struct message *message,
                                enum content_kind kind)
{
    struct content *content = GROW(request, message->items, message->n_items);
    if (content)
        content->kind = kind;
    return content;
}

struct content *api_add_result_item(struct api_request *request, struct content *result,
                                    enum content_kind kind)
{
    struct content *content = GROW(request, result->items, result->n_items);
    if (content)
        content->kind = kind;
    return content;
}

struct tool_def *api_add_tool(struct api_request *request)
{
    return GROW(request, request->conversation.tools, request->conversation.n_tools);
}

struct tool_alias *api_add_alias(struct api_request *request)
{
    return GROW(request, request->aliases, request->n_aliases);
}

struct str api_format(struct api_request *request, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = size < 0 ? NULL : arena_new(&request->arena, char, (size_t)size + 1);
    if (!text)
        return (struct str){0};
    va_start(arguments, format);
    vsnprintf(text, (size_t)size + 1, format, arguments);
    va_end(arguments);
    return (struct str){text, (size_t)size};
}

struct str api_copy(struct api_request *request, struct str text)
{
    char *copy = arena_copy(&request->arena, text.data, text.size);
    return copy ? (struct str){copy, text.size} : (struct str){0};
}

enum err api_too_big(struct api_request *request, struct error *error)
{
    return fail(error, ERR_LIMIT, "the request needs more than %zu MiB of memory",
                request->arena.size_max / MIB);
}

void api_set_arguments(struct api_request *request, struct content *call, struct str text)
{
    struct json_object *value = api_request_parse_inner(request, text);
    if (json_is(value, json_type_object))
        call->arguments = value;
    else
        call->text = text;
}
