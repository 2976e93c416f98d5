#include "chat/turn_meaning.h"
#include "chat/json_scan.h"
#include "chat/white_space.h"

#include <json-c/json.h>
#include <stdlib.h>

#define DEPTH_MAX 64

bool meaning_same_words(struct str a, struct str b)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.size && str_is_space(a.data[i]))
            i++;
        while (j < b.size && str_is_space(b.data[j]))
            j++;
        if (i == a.size || j == b.size)
            return i == a.size && j == b.size;
        if (a.data[i++] != b.data[j++])
            return false;
    }
}

static bool is_type(struct json_object *value, enum json_type type)
{
    return json_object_is_type(value, type);
}

static bool is_scalar(struct json_object *value)
{
    return value && !is_type(value, json_type_object) && !is_type(value, json_type_array);
}

static bool is_number(struct json_object *value, double *number)
{
    const char *text = json_object_get_string(value);
    char *end = NULL;
    if (!text || is_type(value, json_type_boolean))
        return false;
    *number = strtod(text, &end);
    return end != text && *end == 0;
}

static bool same_scalar(struct json_object *a, struct json_object *b)
{
    size_t a_size = (size_t)json_object_get_string_len(a);
    size_t b_size = (size_t)json_object_get_string_len(b);
    if (is_type(a, json_type_string) && is_type(b, json_type_string))
        return a_size == b_size &&
               memcmp(json_object_get_string(a), json_object_get_string(b), a_size) == 0;
    double x, y;
    if (is_number(a, &x) && is_number(b, &y))
        return x == y;
    return strcmp(json_object_get_string(a), json_object_get_string(b)) == 0; // "true" and true
}

static bool is_added_default(struct json_object *value)
{
    return !value || (is_type(value, json_type_boolean) && !json_object_get_boolean(value));
}

static bool same_value(struct json_object *a, struct json_object *b, int depth);

static bool same_object(struct json_object *sampled, struct json_object *back, int depth)
{
    struct json_object *other;
    json_object_object_foreach(sampled, key, value)
    {
        bool is_there = json_object_object_get_ex(back, key, &other);
        if (is_there ? !same_value(value, other, depth + 1) : value != NULL)
            return false;
    }
    json_object_object_foreach(back, back_key, back_value)
    {
        if (!json_object_object_get_ex(sampled, back_key, &other) && !is_added_default(back_value))
            return false;
    }
    return true;
}

static bool same_array(struct json_object *a, struct json_object *b, int depth)
{
    size_t n = json_object_array_length(a);
    if (n != json_object_array_length(b))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!same_value(json_object_array_get_idx(a, i), json_object_array_get_idx(b, i),
                        depth + 1))
            return false;
    return true;
}

static bool same_value(struct json_object *a, struct json_object *b, int depth)
{
    if (depth > DEPTH_MAX)
        return false;
    if (!a || !b)
        return a == b;
    if (is_type(a, json_type_object) && is_type(b, json_type_object))
        return same_object(a, b, depth);
    if (is_type(a, json_type_array) && is_type(b, json_type_array))
        return same_array(a, b, depth);
    return is_scalar(a) && is_scalar(b) && same_scalar(a, b);
}

static struct str string_of(struct json_object *value)
{
    if (!is_type(value, json_type_string))
        return (struct str){0};
    return (struct str){json_object_get_string(value), (size_t)json_object_get_string_len(value)};
}

// {"__unparsedToolInput":{"raw":"...","len":21}} is what Claude Code makes of text that is no JSON.
static struct str unparsed_input(struct json_object *arguments)
{
    struct json_object *inner, *raw;
    if (!json_object_object_get_ex(arguments, "__unparsedToolInput", &inner))
        return (struct str){0};
    return is_type(inner, json_type_object) && json_object_object_get_ex(inner, "raw", &raw)
               ? string_of(raw)
               : string_of(inner);
}

static struct json_object *parse(struct str json)
{
    if (!json_is_valid(json) || json.size > INT32_MAX)
        return NULL;
    struct json_tokener *tokener = json_tokener_new_ex(JSON_SCAN_DEPTH_MAX + 1);
    struct json_object *value = json_tokener_parse_ex(tokener, json.data, (int)json.size);
    if (!value && json_tokener_get_error(tokener) == json_tokener_continue)
        value = json_tokener_parse_ex(tokener, "", -1); // a bare number ends with the text
    json_tokener_free(tokener);
    return value;
}

struct json_object *meaning_arguments(const struct turn_call *call)
{
    if (call->arguments)
        return json_object_get(call->arguments);
    struct json_object *value = parse(call->raw);
    if (is_type(value, json_type_object))
        return value;
    json_object_put(value);
    value = json_object_new_object();
    if (call->raw.size)
        json_object_object_add(value, "__unparsedToolInput",
                               json_object_new_string_len(call->raw.data, (int)call->raw.size));
    return value;
}

bool meaning_same_arguments(struct str sampled, const struct turn_call *back)
{
    struct json_object *value = parse(sampled), *arguments = meaning_arguments(back);
    bool is_same = false;
    if (is_type(value, json_type_object))
        is_same = same_object(value, arguments, 0);
    else if (!back->arguments)
        is_same = meaning_same_words(sampled, back->raw) ||
                  (is_type(value, json_type_string) && str_equal(string_of(value), back->raw));
    else
        is_same = meaning_same_words(sampled, unparsed_input(back->arguments));
    json_object_put(value);
    json_object_put(arguments);
    return is_same;
}

static const struct turn_call *find_call(const struct turn *turn, struct str id)
{
    for (size_t i = 0; i < turn->n_calls; i++)
        if (str_equal(turn->calls[i].id, id))
            return &turn->calls[i];
    return NULL;
}

static bool same_thinking(const struct sampled_turn *sampled, const struct turn *back)
{
    return back->thinking.size == 0 ||
           (back->signature.size && str_equal(sampled->signature, back->signature)) ||
           meaning_same_words(sampled->thinking, back->thinking);
}

bool meaning_same_turn(const struct sampled_turn *sampled, const struct turn *back)
{
    if (sampled->n_calls != back->n_calls || !same_thinking(sampled, back) ||
        !meaning_same_words(sampled->text, back->text))
        return false;
    for (size_t i = 0; i < sampled->n_calls; i++) {
        const struct turn_call *call = find_call(back, sampled->calls[i].id);
        if (!call || !str_equal(call->name, sampled->calls[i].name) ||
            !meaning_same_arguments(sampled->calls[i].arguments, call))
            return false;
    }
    return true;
}
