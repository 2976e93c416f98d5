#include "server/recording.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "server/server_state.h"

// ---- the items of a conversation ----

static struct json_object *items_of(struct json_object *body)
{
    struct json_object *items = json_at(body, "messages");
    return items ? items : json_at(body, "input");
}

size_t recording_n_items(const struct recording *recording)
{
    return json_length(items_of(recording->body));
}

static bool is_models(struct json_object *item)
{
    static const char *const types[] = {"reasoning", "function_call", "custom_tool_call",
                                        "local_shell_call", "tool_search_call"};
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_is(json_str_at(item, "type"), types[i]))
            return true;
    return str_is(json_str_at(item, "role"), "assistant");
}

static struct json_object *item_at(const struct recording *recording, size_t i)
{
    return json_object_array_get_idx(items_of(recording->body), i);
}

// ---- reading ----

static struct json_object *copy_of(struct json_object *value)
{
    struct json_object *copy = NULL;
    json_object_deep_copy(value, &copy, NULL);
    return copy;
}

// The text's beginning and a digest of the rest: different texts stay different, where they differed
// or right behind.
static struct json_object *cut_text(struct str text, size_t n_max)
{
    uint64_t hash = 0xcbf29ce484222325u;
    while (n_max > 0 && ((unsigned char)text.data[n_max] & 0xc0) == 0x80)
        n_max--;
    for (size_t i = n_max; i < text.size; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * 0x100000001b3u;
    char *cut = NULL;
    struct buf out = {0};
    buf_append(&out, text.data, n_max);
    buf_printf(&out, " %06x", (unsigned)(hash & 0xffffff));
    cut = buf_take(&out);
    struct json_object *value = json_object_new_string(cut);
    free(cut);
    return value;
}

// The value itself, or what stands for it when texts are cut.
static struct json_object *shortened(struct json_object *value, size_t n_max)
{
    struct json_object *copy = NULL;
    if (json_is(value, json_type_string) && json_str(value).size > n_max)
        return cut_text(json_str(value), n_max);
    if (json_is(value, json_type_array)) {
        copy = json_object_new_array();
        for (size_t i = 0; i < json_length(value); i++)
            json_object_array_add(copy, shortened(json_object_array_get_idx(value, i), n_max));
        return copy;
    }
    if (!json_is(value, json_type_object))
        return json_object_get(value);
    copy = json_object_new_object();
    json_object_object_foreach(value, key, member)
    {
        json_object_object_add(copy, key, shortened(member, n_max));
    }
    return copy;
}

static void shorten(struct json_object *body, size_t n_max)
{
    static const char *const parts[] = {"system", "tools", "instructions"};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        struct json_object *part = json_at(body, parts[i]);
        if (part)
            json_object_object_add(body, parts[i], shortened(part, n_max));
    }
    // OpenAI's dialects have the system prompt among the items, Claude Code its reminders.
    struct json_object *items = items_of(body);
    for (size_t i = 0; i < json_length(items) && i < 4; i++) {
        struct json_object *item = json_object_array_get_idx(items, i);
        if (!is_models(item))
            json_object_array_put_idx(items, i, shortened(item, n_max));
    }
}

static void drop_tools(struct json_object *body, size_t n_max)
{
    struct json_object *tools = json_at(body, "tools");
    size_t n = json_length(tools);
    if (n > n_max)
        json_object_array_del_idx(tools, n_max, n - n_max);
}

struct headers {
    struct json_object *pairs;
};

static const char *find_header(void *context, const char *name)
{
    const struct headers *headers = context;
    for (size_t i = 0; i < json_length(headers->pairs); i++) {
        struct json_object *pair = json_object_array_get_idx(headers->pairs, i);
        const char *key = json_object_get_string(json_object_array_get_idx(pair, 0));
        if (key && strcasecmp(key, name) == 0)
            return json_object_get_string(json_object_array_get_idx(pair, 1));
    }
    return NULL;
}

static char *key_of(struct json_object *body, struct json_object *pairs)
{
    struct api_request request;
    struct headers headers = {pairs};
    api_request_init(&request);
    request.body = json_object_get(body);
    struct str key = api_session_key(&request, &(struct header_source){find_header, &headers});
    struct buf copy = {0};
    buf_append(&copy, key.data, key.size);
    api_request_release(&request);
    char *text = buf_take(&copy);
    return text ? text : mem_copy_string("");
}

static const struct route *route_of(struct json_object *file)
{
    char path[200];
    bool is_known;
    struct str url = json_str_at(file, "url");
    size_t n = 0;
    while (n < url.size && n < sizeof path - 1 && url.data[n] != '?')
        n++;
    memcpy(path, url.data ? url.data : "", n);
    path[n] = 0;
    return route_find(HTTP_POST, path, &is_known);
}

// ---- filling gaps ----

static struct recording *append(struct recordings *recordings)
{
    recordings->items = mem_resize(recordings->items, recordings->n + 1, sizeof *recordings->items);
    return &recordings->items[recordings->n++];
}

// How many items of the conversation are known: those when it was last seen, 0 when nothing of its
// session was, and all when it is not what was seen that goes on.
static size_t n_items_before(const struct recordings *recordings, const struct recording *next)
{
    size_t n_tools = json_length(json_at(next->body, "tools"));
    bool is_known = false;
    for (size_t i = recordings->n; i-- > 0;) {
        const struct recording *before = &recordings->items[i];
        if (before->i_session != next->i_session || before->dialect != next->dialect ||
            strcmp(before->key, next->key) != 0)
            continue;
        is_known = true;
        if (json_length(json_at(before->body, "tools")) == n_tools &&
            recording_n_items(before) < recording_n_items(next))
            return recording_n_items(before);
    }
    return is_known ? recording_n_items(next) : 0;
}

static void append_cut(struct recordings *recordings, const struct recording *whole, size_t n_items)
{
    char name[300];
    struct json_object *body = copy_of(whole->body), *items = items_of(body);
    json_object_array_del_idx(items, n_items, json_length(items) - n_items);
    snprintf(name, sizeof name, "%s+%zu", whole->name, n_items);
    *append(recordings) = (struct recording){.name = mem_copy_string(name),
                                             .key = mem_copy_string(whole->key),
                                             .dialect = whole->dialect,
                                             .body = body,
                                             .i_session = whole->i_session};
}

// What came between the last request of the conversation and this one: a cut before each answer.
static void append_gap(struct recordings *recordings, const struct recording *next)
{
    size_t n_before = n_items_before(recordings, next), n_items = recording_n_items(next);
    for (size_t i = n_before + 1; i < n_items; i++)
        if (is_models(item_at(next, i)) && !is_models(item_at(next, i - 1)))
            append_cut(recordings, next, i);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static enum err read_file(struct recordings *recordings, const char *path, size_t i_session,
                          const struct recording_options *options, struct error *error)
{
    struct json_object *file = json_object_from_file(path);
    if (!file)
        return fail(error, ERR_FORMAT, "%s is no JSON file", path);
    const struct route *route = route_of(file);
    struct json_object *body = json_at(file, "body");
    if (route && route->handle == handle_answer && items_of(body)) {
        struct recording next = {.name = mem_copy_string(name_of(path)),
                                 .key = key_of(body, json_at(file, "headers")),
                                 .dialect = route->dialect,
                                 .body = json_object_get(body),
                                 .i_session = i_session};
        if (options->n_text_max)
            shorten(next.body, options->n_text_max);
        if (options->n_tools_max)
            drop_tools(next.body, options->n_tools_max);
        append_gap(recordings, &next);
        *append(recordings) = next;
    }
    json_object_put(file);
    return OK;
}

static int is_json(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return size > 5 && strcmp(entry->d_name + size - 5, ".json") == 0;
}

enum err recordings_read(struct recordings *recordings, const char *path, size_t i_session,
                         const struct recording_options *options, struct error *error)
{
    struct dirent **entries;
    int n = scandir(path, &entries, is_json, alphasort);
    enum err err = OK;
    if (n < 0)
        return read_file(recordings, path, i_session, options, error);
    for (int i = 0; i < n; i++) {
        char file[1000];
        snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        if (!err)
            err = read_file(recordings, file, i_session, options, error);
        free(entries[i]);
    }
    free(entries);
    return err;
}

void recordings_alternate(struct recordings *recordings)
{
    struct recording *sorted = mem_new(struct recording, recordings->n);
    size_t n_sessions = 0, n = 0;
    for (size_t i = 0; i < recordings->n; i++)
        if (recordings->items[i].i_session >= n_sessions)
            n_sessions = recordings->items[i].i_session + 1;
    size_t *next = mem_new(size_t, n_sessions);
    while (n < recordings->n) {
        for (size_t s = 0; s < n_sessions; s++) {
            while (next[s] < recordings->n && recordings->items[next[s]].i_session != s)
                next[s]++;
            if (next[s] < recordings->n)
                sorted[n++] = recordings->items[next[s]++];
        }
    }
    free(next);
    free(recordings->items);
    recordings->items = sorted;
}

void recordings_release(struct recordings *recordings)
{
    for (size_t i = 0; i < recordings->n; i++) {
        free(recordings->items[i].name);
        free(recordings->items[i].key);
        json_object_put(recordings->items[i].body);
    }
    free(recordings->items);
    *recordings = (struct recordings){0};
}

// ---- ids ----

static const char *id_in(struct json_object *part, enum recorded_id kind)
{
    struct str type = json_str_at(part, "type");
    const char *key = NULL;
    if (kind == RECORDED_SIGNATURE)
        key = str_is(type, "thinking") ? "signature" : NULL;
    else if (str_is(type, "tool_use") || str_is(type, "function"))
        key = "id";
    else if (str_is(type, "function_call") || str_is(type, "custom_tool_call"))
        key = "call_id";
    struct json_object *id = key ? json_at(part, key) : NULL;
    return json_is(id, json_type_string) ? json_object_get_string(id) : NULL;
}

const char *recording_id(const struct recording *recording, size_t at, enum recorded_id kind,
                         size_t i)
{
    struct json_object *item;
    for (; (item = item_at(recording, at)) && is_models(item); at++) {
        const char *id = id_in(item, kind);
        if (id && i-- == 0)
            return id;
        struct json_object *parts[] = {json_at(item, "content"), json_at(item, "tool_calls")};
        for (size_t k = 0; k < COUNT_OF(parts); k++) {
            size_t n = json_is(parts[k], json_type_array) ? json_length(parts[k]) : 0;
            for (size_t j = 0; j < n; j++) {
                id = id_in(json_object_array_get_idx(parts[k], j), kind);
                if (id && i-- == 0)
                    return id;
            }
        }
    }
    return NULL;
}

static void rename_in(struct json_object *value, const char *from, const char *to)
{
    if (json_is(value, json_type_array)) {
        for (size_t i = 0; i < json_length(value); i++)
            rename_in(json_object_array_get_idx(value, i), from, to);
    } else if (json_is(value, json_type_object)) {
        json_object_object_foreach(value, key, member)
        {
            (void)key;
            rename_in(member, from, to);
        }
    } else if (json_is(value, json_type_string) && str_is(json_str(value), from)) {
        json_object_set_string(value, to);
    }
}

void recording_rename(struct recording *recording, size_t at, const char *from, const char *to)
{
    for (struct json_object *item; (item = item_at(recording, at)); at++)
        rename_in(item, from, to);
}
