// Values that do not follow a schema: those that break one of its keywords.
#include "sample/schema_expand.h"

#include <string.h>

#include "base/memory.h"

// A value does not follow a schema when it breaks one of its keywords.  break_keyword() follows each
// way to do so; false when that cannot be said, and then the whole negation is left out.

static bool can_break(struct expansion *x, struct json_object *schema, unsigned depth)
{
    static const char *const undecided[] = {
        "oneOf",
        "if",
        "multipleOf",
        "format",
        "uniqueItems",
        "contains",
        "patternProperties",
        "additionalProperties",
        "propertyNames",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedProperties",
        "unevaluatedItems",
        "$dynamicRef",
        "$recursiveRef",
        "prefixItems",
        "additionalItems",
        "minContains",
        "maxContains",
    };
    if (depth > 16)
        return false;
    if (!json_object_is_type(schema, json_type_object))
        return json_object_is_type(schema, json_type_boolean);
    struct json_object *reference = schema_get(schema, "$ref");
    if (reference) {
        struct schema_document *document = schema_document_of(x->store, schema);
        struct json_object *target =
            document && json_object_is_type(reference, json_type_string)
                ? schema_resolve(x->store, document, json_object_get_string(reference))
                : NULL;
        if (!target || !can_break(x, target, depth + 1))
            return false;
        if (schema_ignores_siblings(x, schema))
            return true;
    }
    for (size_t i = 0; i < COUNT_OF(undecided); i++)
        if (schema_get(schema, undecided[i]))
            return false;
    static const char *const lists[] = {"anyOf", "allOf"};
    for (size_t l = 0; l < COUNT_OF(lists); l++) {
        struct json_object *list = schema_get(schema, lists[l]);
        for (size_t i = 0;
             json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++)
            if (!can_break(x, json_object_array_get_idx(list, i), depth + 1))
                return false;
    }
    struct json_object *pattern = schema_get(schema, "pattern");
    if (json_object_is_type(pattern, json_type_string)) {
        bool is_relaxed = false;
        schema_pattern(x->store, schema, "pattern", json_object_get_string(pattern),
                       (size_t)json_object_get_string_len(pattern), &is_relaxed);
        if (is_relaxed)
            return false;
    }
    struct json_object *items = schema_get(schema, "items");
    return !json_object_is_type(items, json_type_array);
}

static void break_enum(struct expansion *x, struct leaf *leaf, struct json_object *list,
                       bool is_list)
{
    size_t n =
        is_list && json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 1;
    for (size_t i = 0; i < n; i++) {
        struct json_object *value = is_list ? json_object_array_get_idx(list, i) : list;
        unsigned type = schema_type_bits(value);
        if (type & (TYPE_NULL | TYPE_TRUE | TYPE_FALSE))
            leaf->types &= ~type;
        else if (type & TYPE_SCALAR)
            schema_note_add(x, &leaf->not_values, value, NULL);
    }
}

static void break_properties(struct expansion *x, const struct leaf *leaf,
                             struct json_object *properties)
{
    if (!json_object_is_type(properties, json_type_object))
        return;
    json_object_object_foreach(properties, name, schema)
    {
        struct leaf next = *leaf;
        next.types &= TYPE_OBJECT;
        schema_note_add(x, &next.required, NULL, name);
        schema_note_add(x, &next.property_nots, schema, name);
        if (!json_object_is_type(schema, json_type_boolean) || schema_is_false(schema))
            schema_follow(x, next);
    }
}

static void break_keyword(struct expansion *x, const struct leaf *leaf, struct json_object *schema,
                          enum keyword keyword, struct json_object *value)
{
    struct leaf next = *leaf;
    double number;
    uint32_t count;
    switch (keyword) {
    case KEY_TYPE:
        next.types &= ~schema_types_of(x, schema, value);
        break;
    case KEY_ENUM:
    case KEY_CONST:
        break_enum(x, &next, value, keyword == KEY_ENUM);
        break;
    case KEY_REF: {
        struct schema_document *document = schema_document_of(x->store, schema);
        schema_branch_add(x, &next, BRANCH_NOT,
                          schema_resolve(x->store, document, json_object_get_string(value)), NULL);
        break;
    }
    case KEY_ANY_OF:
        for (size_t i = 0; i < json_object_array_length(value); i++)
            schema_branch_add(x, &next, BRANCH_NOT, json_object_array_get_idx(value, i), NULL);
        break;
    case KEY_ALL_OF:
        for (size_t i = 0; i < json_object_array_length(value); i++) {
            next = *leaf;
            schema_branch_add(x, &next, BRANCH_NOT, json_object_array_get_idx(value, i), NULL);
            schema_follow(x, next);
        }
        return;
    case KEY_NOT:
        schema_take(x, &next, value);
        break;
    case KEY_MINIMUM:
        if (!schema_number_of(value, &number))
            return;
        next.types &= TYPE_INTEGER | TYPE_FRACTION;
        schema_at_most(&next.number, number,
                       !schema_is_true(schema_get(schema, "exclusiveMinimum")));
        break;
    case KEY_MAXIMUM:
        if (!schema_number_of(value, &number))
            return;
        next.types &= TYPE_INTEGER | TYPE_FRACTION;
        schema_at_least(&next.number, number,
                        !schema_is_true(schema_get(schema, "exclusiveMaximum")));
        break;
    case KEY_EXCLUSIVE_MINIMUM:
        if (!schema_number_of(value, &number))
            return;
        next.types &= TYPE_INTEGER | TYPE_FRACTION;
        schema_at_most(&next.number, number, false);
        break;
    case KEY_EXCLUSIVE_MAXIMUM:
        if (!schema_number_of(value, &number))
            return;
        next.types &= TYPE_INTEGER | TYPE_FRACTION;
        schema_at_least(&next.number, number, false);
        break;
    case KEY_MIN_LENGTH:
        if (!schema_count_of(value, &count) || !count)
            return;
        next.types &= TYPE_STRING;
        next.max_length = count - 1 < next.max_length ? count - 1 : next.max_length;
        break;
    case KEY_MAX_LENGTH:
        if (!schema_count_of(value, &count))
            return;
        next.types &= TYPE_STRING;
        next.min_length = count + 1 > next.min_length ? count + 1 : next.min_length;
        break;
    case KEY_PATTERN:
        next.types &= TYPE_STRING;
        schema_note_add(x, &next.patterns, value, NULL)->is_negated = true;
        break;
    case KEY_ITEMS: {
        next.types &= TYPE_ARRAY;
        struct note *note = schema_note_add(x, &next.contains, value, NULL);
        note->is_negated = true;
        note->min = 1;
        note->max = SPEC_NO_LIMIT;
        break;
    }
    case KEY_MIN_ITEMS:
        if (!schema_count_of(value, &count) || !count)
            return;
        next.types &= TYPE_ARRAY;
        next.max_items = count - 1 < next.max_items ? count - 1 : next.max_items;
        break;
    case KEY_MAX_ITEMS:
        if (!schema_count_of(value, &count))
            return;
        next.types &= TYPE_ARRAY;
        next.min_items = count + 1 > next.min_items ? count + 1 : next.min_items;
        break;
    case KEY_PROPERTIES:
        break_properties(x, leaf, value);
        return;
    case KEY_REQUIRED:
        for (size_t i = 0;
             json_object_is_type(value, json_type_array) && i < json_object_array_length(value);
             i++) {
            struct json_object *name = json_object_array_get_idx(value, i);
            next = *leaf;
            next.types &= TYPE_OBJECT;
            if (json_object_is_type(name, json_type_string))
                schema_note_add(x, &next.lacks, NULL, json_object_get_string(name));
            schema_follow(x, next);
        }
        return;
    case KEY_MIN_PROPERTIES:
        if (!schema_count_of(value, &count) || !count)
            return;
        next.types &= TYPE_OBJECT;
        next.max_properties = count - 1 < next.max_properties ? count - 1 : next.max_properties;
        break;
    case KEY_MAX_PROPERTIES:
        if (!schema_count_of(value, &count))
            return;
        next.types &= TYPE_OBJECT;
        next.min_properties = count + 1 > next.min_properties ? count + 1 : next.min_properties;
        break;
    default: // can_break() refused these
        break;
    }
    schema_follow(x, next);
}

void schema_follow_not(struct expansion *x, struct leaf *leaf, struct json_object *schema)
{
    if (json_object_is_type(schema, json_type_boolean)) {
        if (schema_is_false(schema))
            schema_follow(x, *leaf);
        return;
    }
    if (x->is_plain || ++leaf->depth > DEPTH_MAX || !can_break(x, schema, 0)) {
        schema_relax(x->store, schema, NULL, "a negation that is not decided while writing");
        schema_follow(x, *leaf);
        return;
    }
    struct json_object *reference = schema_get(schema, "$ref");
    bool is_alone = reference && schema_ignores_siblings(x, schema);
    json_object_object_foreach(schema, name, value)
    {
        enum keyword keyword;
        if (schema_keyword_find(name, &keyword) && (!is_alone || keyword == KEY_REF))
            break_keyword(x, leaf, schema, keyword, value);
    }
}
