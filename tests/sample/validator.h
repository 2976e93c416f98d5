// validator.h - whether a value follows a schema, said by a plain tree walk.
//
// Shares nothing with the constraint but json-c, so that one can be held against the other.  Knows
// the keywords of the recorded tools; formats are not looked at.
#ifndef HEARTH_TESTS_SAMPLE_VALIDATOR_H
#define HEARTH_TESTS_SAMPLE_VALIDATOR_H

#include <json-c/json.h>
#include <math.h>
#include <regex.h>
#include <stdbool.h>
#include <string.h>

struct validator {
    struct json_object *root; // for "#/..." references
};

static bool validate(const struct validator *v, struct json_object *schema,
                     struct json_object *value);

static struct json_object *member(struct json_object *object, const char *key)
{
    struct json_object *found = NULL;
    if (json_object_is_type(object, json_type_object))
        json_object_object_get_ex(object, key, &found);
    return found;
}

static bool type_is(const char *type, struct json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return !strcmp(type, "null");
    case json_type_boolean:
        return !strcmp(type, "boolean");
    case json_type_int:
        return !strcmp(type, "integer") || !strcmp(type, "number");
    case json_type_double:
        return !strcmp(type, "number") ||
               (!strcmp(type, "integer") &&
                json_object_get_double(value) == floor(json_object_get_double(value)));
    case json_type_string:
        return !strcmp(type, "string");
    case json_type_array:
        return !strcmp(type, "array");
    case json_type_object:
        return !strcmp(type, "object");
    }
    return false;
}

static size_t n_characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static bool validate_scalar(struct json_object *schema, struct json_object *value)
{
    struct json_object *limit;
    if (json_object_is_type(value, json_type_string)) {
        const char *text = json_object_get_string(value);
        size_t n = n_characters(text);
        if ((limit = member(schema, "minLength")) && n < (size_t)json_object_get_int64(limit))
            return false;
        if ((limit = member(schema, "maxLength")) && n > (size_t)json_object_get_int64(limit))
            return false;
        if ((limit = member(schema, "pattern"))) {
            regex_t regex;
            if (!regcomp(&regex, json_object_get_string(limit), REG_EXTENDED | REG_NOSUB)) {
                bool matches = !regexec(&regex, text, 0, NULL, 0);
                regfree(&regex);
                return matches;
            }
        }
        return true;
    }
    if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double))
        return true;
    double number = json_object_get_double(value);
    return !(
        ((limit = member(schema, "minimum")) && number < json_object_get_double(limit)) ||
        ((limit = member(schema, "maximum")) && number > json_object_get_double(limit)) ||
        ((limit = member(schema, "exclusiveMinimum")) && number <= json_object_get_double(limit)) ||
        ((limit = member(schema, "exclusiveMaximum")) && number >= json_object_get_double(limit)));
}

static bool validate_object(const struct validator *v, struct json_object *schema,
                            struct json_object *value)
{
    struct json_object *required = member(schema, "required");
    struct json_object *properties = member(schema, "properties");
    struct json_object *additional = member(schema, "additionalProperties");
    struct json_object *names = member(schema, "propertyNames");
    for (size_t i = 0; required && i < json_object_array_length(required); i++)
        if (!json_object_object_get_ex(
                value, json_object_get_string(json_object_array_get_idx(required, i)), NULL))
            return false;
    json_object_object_foreach(value, name, item)
    {
        struct json_object *own = member(properties, name);
        if (own ? !validate(v, own, item) : additional && !validate(v, additional, item))
            return false;
        struct json_object *text = json_object_new_string(name);
        bool is_name = !names || validate(v, names, text);
        json_object_put(text);
        if (!is_name)
            return false;
    }
    return true;
}

static bool validate_array(const struct validator *v, struct json_object *schema,
                           struct json_object *value)
{
    struct json_object *items = member(schema, "items"), *limit;
    size_t n = json_object_array_length(value);
    if ((limit = member(schema, "minItems")) && n < (size_t)json_object_get_int64(limit))
        return false;
    if ((limit = member(schema, "maxItems")) && n > (size_t)json_object_get_int64(limit))
        return false;
    for (size_t i = 0; items && i < n; i++)
        if (!validate(v, items, json_object_array_get_idx(value, i)))
            return false;
    return true;
}

static size_t n_matching(const struct validator *v, struct json_object *list,
                         struct json_object *value)
{
    size_t n = 0;
    for (size_t i = 0; i < json_object_array_length(list); i++)
        n += validate(v, json_object_array_get_idx(list, i), value);
    return n;
}

static bool validate(const struct validator *v, struct json_object *schema,
                     struct json_object *value)
{
    struct json_object *keyword;
    if (json_object_is_type(schema, json_type_boolean))
        return json_object_get_boolean(schema);
    if ((keyword = member(schema, "$ref"))) {
        struct json_object *target = NULL;
        const char *pointer = json_object_get_string(keyword);
        if (*pointer == '#' && !json_pointer_get(v->root, pointer + 1, &target))
            return validate(v, target, value);
    }
    if ((keyword = member(schema, "type"))) {
        bool is_any = false;
        if (json_object_is_type(keyword, json_type_string))
            is_any = type_is(json_object_get_string(keyword), value);
        for (size_t i = 0;
             json_object_is_type(keyword, json_type_array) && i < json_object_array_length(keyword);
             i++)
            is_any = is_any ||
                     type_is(json_object_get_string(json_object_array_get_idx(keyword, i)), value);
        if (!is_any)
            return false;
    }
    if ((keyword = member(schema, "const")) && !json_object_equal(keyword, value))
        return false;
    if ((keyword = member(schema, "enum"))) {
        bool is_any = false;
        for (size_t i = 0; i < json_object_array_length(keyword); i++)
            is_any = is_any || json_object_equal(json_object_array_get_idx(keyword, i), value);
        if (!is_any)
            return false;
    }
    if ((keyword = member(schema, "anyOf")) && !n_matching(v, keyword, value))
        return false;
    if ((keyword = member(schema, "oneOf")) && n_matching(v, keyword, value) != 1)
        return false;
    if ((keyword = member(schema, "allOf")) &&
        n_matching(v, keyword, value) != json_object_array_length(keyword))
        return false;
    if ((keyword = member(schema, "not")) && validate(v, keyword, value))
        return false;
    if (json_object_is_type(value, json_type_object))
        return validate_object(v, schema, value);
    if (json_object_is_type(value, json_type_array))
        return validate_array(v, schema, value);
    return validate_scalar(schema, value);
}

#endif
