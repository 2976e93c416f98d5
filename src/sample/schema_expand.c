// Multiplies the demands of a place out into leaves.  A leaf collects what each keyword says; where a
// keyword offers a choice (anyOf, if, a negation), a branch is noted and each option is followed in
// turn on a copy of the leaf.  Lists are shared tails, so a copy is a struct assignment.
#include "sample/schema_store.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

#define LEAVES_MAX      512 // alternatives of one place; past it, choices are left out
#define STEPS_MAX       60000
#define STORE_STEPS_MAX 3000000 // of all places; past it none is multiplied out
#define DEPTH_MAX       64
#define ONE_OF_MAX      12 // options up to which each excludes the others
#define DEPENDENCY_MAX  6  // conditional schemas of one object

struct expansion {
    struct schema_store *store;
    value_ref ref;
    void (*leaf)(struct schema_store *store, value_ref ref, struct leaf *leaf);
    size_t n_leaves, n_steps;
    size_t n_leaves_max;
    bool is_full;  // too many alternatives
    bool is_plain; // second attempt: oneOf is anyOf, negations are left out
};

static struct note *note_add(struct expansion *x, struct note **list, struct json_object *json,
                             const char *name)
{
    struct note *note = arena_new(&x->store->scratch, struct note, 1);
    if (!note) {
        x->is_full = true;
        static struct note spare; // written, never read: the leaf is given up
        return &spare;
    }
    *note = (struct note){.next = *list, .json = json, .name = name};
    *list = note;
    return note;
}

static void branch_add(struct expansion *x, struct leaf *leaf, enum branch_kind kind,
                       struct json_object *json, const char *name)
{
    struct branch *branch = arena_new(&x->store->scratch, struct branch, 1);
    if (!branch) {
        x->is_full = true;
        return;
    }
    *branch = (struct branch){leaf->branches, kind, json, name};
    leaf->branches = branch;
}

static void take_schema(struct expansion *x, struct leaf *leaf, struct json_object *schema);

// ---- types and values ----

static unsigned type_by_name(const char *name)
{
    static const struct {
        const char *name;
        unsigned bits;
    } types[] = {
        {"null", TYPE_NULL},       {"boolean", TYPE_TRUE | TYPE_FALSE},
        {"integer", TYPE_INTEGER}, {"number", TYPE_INTEGER | TYPE_FRACTION},
        {"string", TYPE_STRING},   {"array", TYPE_ARRAY},
        {"object", TYPE_OBJECT},   {"any", TYPE_ANY},
    };
    for (size_t i = 0; name && i < COUNT_OF(types); i++)
        if (!strcmp(types[i].name, name))
            return types[i].bits;
    return 0;
}

static unsigned types_of(struct expansion *x, struct json_object *schema, struct json_object *type)
{
    unsigned bits = 0;
    if (json_object_is_type(type, json_type_string)) {
        bits = type_by_name(json_object_get_string(type));
    } else if (json_object_is_type(type, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(type); i++) {
            struct json_object *one = json_object_array_get_idx(type, i);
            bits |= json_object_is_type(one, json_type_string)
                        ? type_by_name(json_object_get_string(one))
                        : TYPE_ANY;
        }
    }
    if (bits)
        return bits;
    schema_relax(x->store, schema, "type", "an unknown type");
    return TYPE_ANY;
}

unsigned schema_type_bits(struct json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return TYPE_NULL;
    case json_type_boolean:
        return json_object_get_boolean(value) ? TYPE_TRUE : TYPE_FALSE;
    case json_type_int:
        return TYPE_INTEGER;
    case json_type_double: {
        double number = json_object_get_double(value);
        return floor(number) == number ? TYPE_INTEGER : TYPE_FRACTION;
    }
    case json_type_string:
        return TYPE_STRING;
    case json_type_array:
        return TYPE_ARRAY;
    case json_type_object:
        return TYPE_OBJECT;
    }
    return 0;
}

static void take_value(struct expansion *x, struct leaf *leaf, struct json_object *value)
{
    unsigned type = schema_type_bits(value);
    leaf->types &= type;
    if (type == TYPE_OBJECT)
        note_add(x, &leaf->object_value, value, NULL);
    else if (type == TYPE_ARRAY)
        note_add(x, &leaf->array_value, value, NULL);
    else
        note_add(x, &leaf->enums, value, NULL)->max = 1;
}

static void take_enum(struct expansion *x, struct leaf *leaf, struct json_object *schema,
                      struct json_object *list)
{
    if (!json_object_is_type(list, json_type_array)) {
        schema_relax(x->store, schema, "enum", "not a list");
        return;
    }
    unsigned types = 0;
    size_t n = json_object_array_length(list);
    for (size_t i = 0; i < n; i++)
        types |= schema_type_bits(json_object_array_get_idx(list, i));
    leaf->types &= types;
    if (types & (TYPE_ARRAY | TYPE_OBJECT))
        branch_add(x, leaf, BRANCH_ENUM, list, NULL);
    else
        note_add(x, &leaf->enums, list, NULL);
}

// ---- numbers and counts ----

static bool number_of(struct json_object *value, double *out)
{
    if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double))
        return false;
    *out = json_object_get_double(value);
    return isfinite(*out);
}

static void at_least(struct number_spec *spec, double min, bool is_excluded)
{
    if (spec->has_min && (min < spec->min || (min == spec->min && !is_excluded)))
        return;
    spec->has_min = true;
    spec->min = min;
    spec->excludes_min = is_excluded;
}

static void at_most(struct number_spec *spec, double max, bool is_excluded)
{
    if (spec->has_max && (max > spec->max || (max == spec->max && !is_excluded)))
        return;
    spec->has_max = true;
    spec->max = max;
    spec->excludes_max = is_excluded;
}

static bool count_of(struct json_object *value, uint32_t *out)
{
    double number;
    if (!number_of(value, &number) || number < 0)
        return false;
    *out = number > SPEC_NO_LIMIT - 1 ? SPEC_NO_LIMIT - 1 : (uint32_t)number;
    return true;
}

static bool is_true(struct json_object *value)
{
    return json_object_is_type(value, json_type_boolean) && json_object_get_boolean(value);
}

enum keyword {
    KEY_TYPE,
    KEY_ENUM,
    KEY_CONST,
    KEY_REF,
    KEY_ALL_OF,
    KEY_ANY_OF,
    KEY_ONE_OF,
    KEY_NOT,
    KEY_IF,
    KEY_MINIMUM,
    KEY_MAXIMUM,
    KEY_EXCLUSIVE_MINIMUM,
    KEY_EXCLUSIVE_MAXIMUM,
    KEY_MULTIPLE_OF,
    KEY_MIN_LENGTH,
    KEY_MAX_LENGTH,
    KEY_PATTERN,
    KEY_FORMAT,
    KEY_ITEMS,
    KEY_MIN_ITEMS,
    KEY_MAX_ITEMS,
    KEY_UNIQUE_ITEMS,
    KEY_CONTAINS,
    KEY_PROPERTIES,
    KEY_OBJECT_PART,
    KEY_REQUIRED,
    KEY_MIN_PROPERTIES,
    KEY_MAX_PROPERTIES,
    KEY_PROPERTY_NAMES,
    KEY_DEPENDENCIES,
    KEY_DEPENDENT_REQUIRED,
    KEY_DEPENDENT_SCHEMAS,
    KEY_UNEVALUATED_PROPERTIES,
    KEY_UNEVALUATED_ITEMS,
    KEY_DYNAMIC_REF,
};

static const struct {
    const char *name;
    enum keyword keyword;
} keywords[] = {
    {"type", KEY_TYPE},
    {"enum", KEY_ENUM},
    {"const", KEY_CONST},
    {"$ref", KEY_REF},
    {"allOf", KEY_ALL_OF},
    {"anyOf", KEY_ANY_OF},
    {"oneOf", KEY_ONE_OF},
    {"not", KEY_NOT},
    {"if", KEY_IF},
    {"minimum", KEY_MINIMUM},
    {"maximum", KEY_MAXIMUM},
    {"exclusiveMinimum", KEY_EXCLUSIVE_MINIMUM},
    {"exclusiveMaximum", KEY_EXCLUSIVE_MAXIMUM},
    {"multipleOf", KEY_MULTIPLE_OF},
    {"minLength", KEY_MIN_LENGTH},
    {"maxLength", KEY_MAX_LENGTH},
    {"pattern", KEY_PATTERN},
    {"format", KEY_FORMAT},
    {"items", KEY_ITEMS},
    {"prefixItems", KEY_ITEMS},
    {"additionalItems", KEY_ITEMS},
    {"minItems", KEY_MIN_ITEMS},
    {"maxItems", KEY_MAX_ITEMS},
    {"uniqueItems", KEY_UNIQUE_ITEMS},
    {"contains", KEY_CONTAINS},
    {"properties", KEY_PROPERTIES},
    {"patternProperties", KEY_OBJECT_PART},
    {"additionalProperties", KEY_OBJECT_PART},
    {"required", KEY_REQUIRED},
    {"minProperties", KEY_MIN_PROPERTIES},
    {"maxProperties", KEY_MAX_PROPERTIES},
    {"propertyNames", KEY_PROPERTY_NAMES},
    {"dependencies", KEY_DEPENDENCIES},
    {"dependentRequired", KEY_DEPENDENT_REQUIRED},
    {"dependentSchemas", KEY_DEPENDENT_SCHEMAS},
    {"unevaluatedProperties", KEY_UNEVALUATED_PROPERTIES},
    {"unevaluatedItems", KEY_UNEVALUATED_ITEMS},
    {"$dynamicRef", KEY_DYNAMIC_REF},
    {"$recursiveRef", KEY_DYNAMIC_REF},
};

static bool keyword_find(const char *name, enum keyword *out)
{
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (!strcmp(keywords[i].name, name)) {
            *out = keywords[i].keyword;
            return true;
        }
    return false;
}

// ---- objects ----

static void take_required(struct expansion *x, struct leaf *leaf, struct json_object *list)
{
    for (size_t i = 0;
         json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
        struct json_object *name = json_object_array_get_idx(list, i);
        if (json_object_is_type(name, json_type_string))
            note_add(x, &leaf->required, NULL, json_object_get_string(name));
    }
}

// `dependencies` of drafts up to 7 mixes the two later keywords.
static void take_dependencies(struct expansion *x, struct leaf *leaf, struct json_object *schema,
                              struct json_object *dependencies)
{
    unsigned n_conditional = 0;
    if (!json_object_is_type(dependencies, json_type_object))
        return;
    json_object_object_foreach(dependencies, name, value)
    {
        if (json_object_is_type(value, json_type_array)) {
            for (size_t i = 0; i < json_object_array_length(value); i++)
                note_add(x, &leaf->implications, json_object_array_get_idx(value, i), name);
        } else if (json_object_is_type(value, json_type_string)) {
            note_add(x, &leaf->implications, value, name);
        } else if (++n_conditional <= DEPENDENCY_MAX) {
            branch_add(x, leaf, BRANCH_DEPENDS, value, name);
        } else {
            schema_relax(x->store, schema, "dependencies", "too many conditional schemas");
        }
    }
}

// ---- references ----

static void take_reference(struct expansion *x, struct leaf *leaf, struct json_object *schema,
                           struct json_object *reference)
{
    struct schema_document *document = schema_document_of(x->store, schema);
    struct json_object *target = NULL;
    if (document && json_object_is_type(reference, json_type_string))
        target = schema_resolve(x->store, document, json_object_get_string(reference));
    if (target)
        take_schema(x, leaf, target);
    else
        schema_relax(x->store, schema, "$ref", "a reference that leads nowhere here");
}

static bool ignores_siblings(struct expansion *x, struct json_object *schema)
{
    struct schema_document *document = schema_document_of(x->store, schema);
    return document && document->draft <= 7;
}

// ---- one keyword, demanded ----

static void take_keyword(struct expansion *x, struct leaf *leaf, struct json_object *schema,
                         enum keyword keyword, const char *name, struct json_object *value)
{
    double number;
    uint32_t count;
    switch (keyword) {
    case KEY_TYPE:
        leaf->types &= types_of(x, schema, value);
        break;
    case KEY_ENUM:
        take_enum(x, leaf, schema, value);
        break;
    case KEY_CONST:
        take_value(x, leaf, value);
        break;
    case KEY_REF:
    case KEY_DYNAMIC_REF:
        take_reference(x, leaf, schema, value);
        break;
    case KEY_ALL_OF:
        for (size_t i = 0;
             json_object_is_type(value, json_type_array) && i < json_object_array_length(value);
             i++)
            take_schema(x, leaf, json_object_array_get_idx(value, i));
        break;
    case KEY_ANY_OF:
    case KEY_ONE_OF:
        if (json_object_is_type(value, json_type_array) && json_object_array_length(value))
            branch_add(x, leaf, keyword == KEY_ANY_OF ? BRANCH_ANY_OF : BRANCH_ONE_OF, value, NULL);
        break;
    case KEY_NOT:
        branch_add(x, leaf, BRANCH_NOT, value, NULL);
        break;
    case KEY_IF:
        if (schema_get(schema, "then") || schema_get(schema, "else"))
            branch_add(x, leaf, BRANCH_IF, schema, NULL);
        break;
    case KEY_MINIMUM:
        if (number_of(value, &number))
            at_least(&leaf->number, number, is_true(schema_get(schema, "exclusiveMinimum")));
        break;
    case KEY_MAXIMUM:
        if (number_of(value, &number))
            at_most(&leaf->number, number, is_true(schema_get(schema, "exclusiveMaximum")));
        break;
    case KEY_EXCLUSIVE_MINIMUM:
        if (number_of(value, &number))
            at_least(&leaf->number, number, true);
        break;
    case KEY_EXCLUSIVE_MAXIMUM:
        if (number_of(value, &number))
            at_most(&leaf->number, number, true);
        break;
    case KEY_MULTIPLE_OF:
        if (!number_spec_multiple_of(&leaf->number, str_of(json_object_get_string(value))))
            schema_relax(x->store, schema, name, "multiples of this number");
        break;
    case KEY_MIN_LENGTH:
        if (count_of(value, &count) && count > leaf->min_length)
            leaf->min_length = count;
        break;
    case KEY_MAX_LENGTH:
        if (count_of(value, &count) && count < leaf->max_length)
            leaf->max_length = count;
        break;
    case KEY_PATTERN:
        if (json_object_is_type(value, json_type_string))
            note_add(x, &leaf->patterns, value, NULL);
        break;
    case KEY_FORMAT:
        if (json_object_is_type(value, json_type_string))
            note_add(x, &leaf->formats, schema, json_object_get_string(value));
        break;
    case KEY_ITEMS:
        if (!leaf->arrays || leaf->arrays->json != schema)
            note_add(x, &leaf->arrays, schema, NULL);
        break;
    case KEY_MIN_ITEMS:
        if (count_of(value, &count) && count > leaf->min_items)
            leaf->min_items = count;
        break;
    case KEY_MAX_ITEMS:
        if (count_of(value, &count) && count < leaf->max_items)
            leaf->max_items = count;
        break;
    case KEY_UNIQUE_ITEMS:
        if (is_true(value))
            leaf->unique = schema;
        break;
    case KEY_CONTAINS: {
        struct note *note = note_add(x, &leaf->contains, value, NULL);
        note->min = 1;
        note->max = SPEC_NO_LIMIT;
        if (count_of(schema_get(schema, "minContains"), &count))
            note->min = count;
        if (count_of(schema_get(schema, "maxContains"), &count))
            note->max = count;
        break;
    }
    case KEY_PROPERTIES:
    case KEY_OBJECT_PART:
        if (!leaf->objects || leaf->objects->json != schema)
            note_add(x, &leaf->objects, schema, NULL);
        break;
    case KEY_REQUIRED:
        take_required(x, leaf, value);
        break;
    case KEY_MIN_PROPERTIES:
        if (count_of(value, &count) && count > leaf->min_properties)
            leaf->min_properties = count;
        break;
    case KEY_MAX_PROPERTIES:
        if (count_of(value, &count) && count < leaf->max_properties)
            leaf->max_properties = count;
        break;
    case KEY_PROPERTY_NAMES:
        note_add(x, &leaf->name_schemas, value, NULL);
        break;
    case KEY_DEPENDENCIES:
    case KEY_DEPENDENT_REQUIRED:
    case KEY_DEPENDENT_SCHEMAS:
        take_dependencies(x, leaf, schema, value);
        break;
    case KEY_UNEVALUATED_PROPERTIES:
        leaf->unevaluated_properties = schema;
        break;
    case KEY_UNEVALUATED_ITEMS:
        schema_relax(x->store, schema, name, "not decided while writing");
        break;
    }
}

static bool was_seen(const struct leaf *leaf, const struct json_object *schema)
{
    for (const struct note *note = leaf->seen; note; note = note->next)
        if (note->json == schema)
            return true;
    return false;
}

static void take_schema(struct expansion *x, struct leaf *leaf, struct json_object *schema)
{
    x->n_steps++;
    x->store->n_steps++;
    if (schema_is_false(schema))
        leaf->types = 0;
    if (!json_object_is_type(schema, json_type_object) || was_seen(leaf, schema) || !leaf->types)
        return;
    if (x->n_steps > STEPS_MAX || leaf->depth > DEPTH_MAX) {
        x->is_full = true;
        return;
    }
    note_add(x, &leaf->seen, schema, NULL);
    leaf->depth++;
    struct json_object *reference = schema_get(schema, "$ref");
    if (reference && ignores_siblings(x, schema)) {
        take_reference(x, leaf, schema, reference);
    } else {
        json_object_object_foreach(schema, name, value)
        {
            enum keyword keyword;
            if (keyword_find(name, &keyword))
                take_keyword(x, leaf, schema, keyword, name, value);
        }
    }
    leaf->depth--;
}

// ---- one keyword, broken ----
//
// A value does not follow a schema when it breaks one of its keywords.  break_keyword() follows each
// way to do so; false when that cannot be said, and then the whole negation is left out.

static void follow(struct expansion *x, struct leaf leaf);

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
        if (ignores_siblings(x, schema))
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
            note_add(x, &leaf->not_values, value, NULL);
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
        note_add(x, &next.required, NULL, name);
        note_add(x, &next.property_nots, schema, name);
        if (!json_object_is_type(schema, json_type_boolean) || schema_is_false(schema))
            follow(x, next);
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
        next.types &= ~types_of(x, schema, value);
        break;
    case KEY_ENUM:
    case KEY_CONST:
        break_enum(x, &next, value, keyword == KEY_ENUM);
        break;
    case KEY_REF: {
        struct schema_document *document = schema_document_of(x->store, schema);
        branch_add(x, &next, BRANCH_NOT,
                   schema_resolve(x->store, document, json_object_get_string(value)), NULL);
        break;
    }
    case KEY_ANY_OF:
        for (size_t i = 0; i < json_object_array_length(value); i++)
            branch_add(x, &next, BRANCH_NOT, json_object_array_get_idx(value, i), NULL);
        break;
    case KEY_ALL_OF:
        for (size_t i = 0; i < json_object_array_length(value); i++) {
            next = *leaf;
            branch_add(x, &next, BRANCH_NOT, json_object_array_get_idx(value, i), NULL);
            follow(x, next);
        }
        return;
    case KEY_NOT:
        take_schema(x, &next, value);
        break;
    case KEY_MINIMUM:
        if (!number_of(value, &number))
            return;
        next.types &= TYPE_INTEGER | TYPE_FRACTION;
        at_most(&next.number, number, !is_true(schema_get(schema, "exclusiveMinimum")));
        break;
    case KEY_MAXIMUM:
        if (!number_of(value, &number))
            return;
        next.types &= TYPE_INTEGER | TYPE_FRACTION;
        at_least(&next.number, number, !is_true(schema_get(schema, "exclusiveMaximum")));
        break;
    case KEY_EXCLUSIVE_MINIMUM:
        if (!number_of(value, &number))
            return;
        next.types &= TYPE_INTEGER | TYPE_FRACTION;
        at_most(&next.number, number, false);
        break;
    case KEY_EXCLUSIVE_MAXIMUM:
        if (!number_of(value, &number))
            return;
        next.types &= TYPE_INTEGER | TYPE_FRACTION;
        at_least(&next.number, number, false);
        break;
    case KEY_MIN_LENGTH:
        if (!count_of(value, &count) || !count)
            return;
        next.types &= TYPE_STRING;
        next.max_length = count - 1 < next.max_length ? count - 1 : next.max_length;
        break;
    case KEY_MAX_LENGTH:
        if (!count_of(value, &count))
            return;
        next.types &= TYPE_STRING;
        next.min_length = count + 1 > next.min_length ? count + 1 : next.min_length;
        break;
    case KEY_PATTERN:
        next.types &= TYPE_STRING;
        note_add(x, &next.patterns, value, NULL)->is_negated = true;
        break;
    case KEY_ITEMS: {
        next.types &= TYPE_ARRAY;
        struct note *note = note_add(x, &next.contains, value, NULL);
        note->is_negated = true;
        note->min = 1;
        note->max = SPEC_NO_LIMIT;
        break;
    }
    case KEY_MIN_ITEMS:
        if (!count_of(value, &count) || !count)
            return;
        next.types &= TYPE_ARRAY;
        next.max_items = count - 1 < next.max_items ? count - 1 : next.max_items;
        break;
    case KEY_MAX_ITEMS:
        if (!count_of(value, &count))
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
                note_add(x, &next.lacks, NULL, json_object_get_string(name));
            follow(x, next);
        }
        return;
    case KEY_MIN_PROPERTIES:
        if (!count_of(value, &count) || !count)
            return;
        next.types &= TYPE_OBJECT;
        next.max_properties = count - 1 < next.max_properties ? count - 1 : next.max_properties;
        break;
    case KEY_MAX_PROPERTIES:
        if (!count_of(value, &count))
            return;
        next.types &= TYPE_OBJECT;
        next.min_properties = count + 1 > next.min_properties ? count + 1 : next.min_properties;
        break;
    default: // can_break() refused these
        break;
    }
    follow(x, next);
}

static void follow_not(struct expansion *x, struct leaf *leaf, struct json_object *schema)
{
    if (json_object_is_type(schema, json_type_boolean)) {
        if (schema_is_false(schema))
            follow(x, *leaf);
        return;
    }
    if (x->is_plain || ++leaf->depth > DEPTH_MAX || !can_break(x, schema, 0)) {
        schema_relax(x->store, schema, NULL, "a negation that is not decided while writing");
        follow(x, *leaf);
        return;
    }
    struct json_object *reference = schema_get(schema, "$ref");
    bool is_alone = reference && ignores_siblings(x, schema);
    json_object_object_foreach(schema, name, value)
    {
        enum keyword keyword;
        if (keyword_find(name, &keyword) && (!is_alone || keyword == KEY_REF))
            break_keyword(x, leaf, schema, keyword, value);
    }
}

// ---- choices ----

static struct json_object *behind_reference(struct expansion *x, struct json_object *schema)
{
    for (int i = 0; i < 8; i++) {
        struct json_object *reference = schema_get(schema, "$ref");
        struct schema_document *document = schema_document_of(x->store, schema);
        if (!reference || !document || !json_object_is_type(reference, json_type_string))
            break;
        struct json_object *target =
            schema_resolve(x->store, document, json_object_get_string(reference));
        if (!target)
            break;
        schema = target;
    }
    return schema;
}

static bool is_required(struct json_object *schema, const char *name)
{
    struct json_object *list = schema_get(schema, "required");
    for (size_t i = 0;
         json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
        struct json_object *one = json_object_array_get_idx(list, i);
        if (json_object_is_type(one, json_type_string) &&
            !strcmp(json_object_get_string(one), name))
            return true;
    }
    return false;
}

static bool lists_meet(struct json_object *a, struct json_object *b)
{
    for (size_t i = 0; i < json_object_array_length(a); i++)
        for (size_t k = 0; k < json_object_array_length(b); k++)
            if (schema_json_equal(json_object_array_get_idx(a, i), json_object_array_get_idx(b, k)))
                return true;
    return false;
}

// Whether two options obviously have no value in common: other types, or other constants.
static bool are_apart(struct expansion *x, struct json_object *a, struct json_object *b, int depth)
{
    a = behind_reference(x, a);
    b = behind_reference(x, b);
    if (!json_object_is_type(a, json_type_object) || !json_object_is_type(b, json_type_object))
        return schema_is_false(a) || schema_is_false(b);
    struct json_object *type_a = schema_get(a, "type"), *type_b = schema_get(b, "type");
    if (type_a && type_b && !(types_of(x, a, type_a) & types_of(x, b, type_b)))
        return true;
    struct json_object *const_a = schema_get(a, "const"), *const_b = schema_get(b, "const");
    if (const_a && const_b)
        return !schema_json_equal(const_a, const_b);
    struct json_object *enum_a = schema_get(a, "enum"), *enum_b = schema_get(b, "enum");
    if (json_object_is_type(enum_a, json_type_array) &&
        json_object_is_type(enum_b, json_type_array) &&
        json_object_array_length(enum_a) * json_object_array_length(enum_b) < 10000)
        return !lists_meet(enum_a, enum_b);
    struct json_object *properties = schema_get(a, "properties");
    struct json_object *others = schema_get(b, "properties");
    if (depth >= 2 || !type_a || !type_b || !json_object_is_type(properties, json_type_object) ||
        !json_object_is_type(others, json_type_object))
        return false;
    json_object_object_foreach(properties, name, schema)
    {
        struct json_object *other = schema_get(others, name);
        if (other && is_required(a, name) && is_required(b, name) &&
            are_apart(x, schema, other, depth + 1))
            return true;
    }
    return false;
}

static void follow_options(struct expansion *x, const struct leaf *leaf, struct json_object *list,
                           bool is_one_of)
{
    size_t n = json_object_array_length(list);
    bool excludes = is_one_of && !x->is_plain && n <= ONE_OF_MAX;
    for (size_t i = 0; i < n && !x->is_full; i++) {
        struct json_object *option = json_object_array_get_idx(list, i);
        struct leaf next = *leaf;
        take_schema(x, &next, option);
        for (size_t k = 0; excludes && k < n; k++) {
            struct json_object *other = json_object_array_get_idx(list, k);
            if (k == i || are_apart(x, option, other, 0))
                continue;
            branch_add(x, &next, BRANCH_NOT, other, NULL);
        }
        follow(x, next);
    }
}

static void follow_enum(struct expansion *x, const struct leaf *leaf, struct json_object *list)
{
    struct leaf next = *leaf;
    next.types &= TYPE_SCALAR;
    note_add(x, &next.enums, list, NULL);
    follow(x, next);
    for (size_t i = 0; i < json_object_array_length(list) && !x->is_full; i++) {
        struct json_object *value = json_object_array_get_idx(list, i);
        if (schema_type_bits(value) & TYPE_SCALAR)
            continue;
        next = *leaf;
        take_value(x, &next, value);
        follow(x, next);
    }
}

static void follow_if(struct expansion *x, const struct leaf *leaf, struct json_object *schema)
{
    struct json_object *condition = schema_get(schema, "if");
    struct json_object *when_true = schema_get(schema, "then");
    struct json_object *when_false = schema_get(schema, "else");
    struct leaf next = *leaf;
    take_schema(x, &next, condition);
    if (when_true)
        take_schema(x, &next, when_true);
    follow(x, next);
    next = *leaf;
    branch_add(x, &next, BRANCH_NOT, condition, NULL);
    if (when_false)
        take_schema(x, &next, when_false);
    follow(x, next);
}

static void follow_dependency(struct expansion *x, const struct leaf *leaf, const char *name,
                              struct json_object *schema)
{
    struct leaf next = *leaf;
    note_add(x, &next.lacks, NULL, name); // says something about objects only
    follow(x, next);
    next = *leaf;
    next.types &= TYPE_OBJECT;
    note_add(x, &next.required, NULL, name);
    take_schema(x, &next, schema);
    follow(x, next);
}

static void follow(struct expansion *x, struct leaf leaf)
{
    x->store->n_steps++;
    if (x->is_full || !leaf.types)
        return;
    if (++x->n_steps > STEPS_MAX || x->n_leaves >= x->n_leaves_max) {
        x->is_full = true;
        return;
    }
    struct branch *branch = leaf.branches;
    if (!branch) {
        x->n_leaves++;
        x->leaf(x->store, x->ref, &leaf);
        return;
    }
    leaf.branches = branch->next;
    switch (branch->kind) {
    case BRANCH_ANY_OF:
    case BRANCH_ONE_OF:
        follow_options(x, &leaf, branch->json, branch->kind == BRANCH_ONE_OF);
        break;
    case BRANCH_NOT:
        follow_not(x, &leaf, branch->json);
        break;
    case BRANCH_IF:
        follow_if(x, &leaf, branch->json);
        break;
    case BRANCH_ENUM:
        follow_enum(x, &leaf, branch->json);
        break;
    case BRANCH_DEPENDS:
        follow_dependency(x, &leaf, branch->name, branch->json);
        break;
    }
}

// The leaf before any choice: what all alternatives have in common.
static struct leaf first_leaf(struct expansion *x)
{
    struct leaf leaf = {
        .types = TYPE_ANY,
        .max_length = SPEC_NO_LIMIT,
        .max_items = SPEC_NO_LIMIT,
        .max_properties = SPEC_NO_LIMIT,
    };
    struct place place = x->store->places[x->ref];
    for (uint32_t i = 0; i < place.n_demands; i++) {
        struct demand demand = x->store->demands[place.first_demand + i];
        switch (demand.kind) {
        case DEMAND_SCHEMA:
            take_schema(x, &leaf, demand.json);
            break;
        case DEMAND_NOT:
            branch_add(x, &leaf, BRANCH_NOT, demand.json, NULL);
            break;
        case DEMAND_VALUE:
            take_value(x, &leaf, demand.json);
            break;
        case DEMAND_CANNOT_EXIST:
            leaf.types = 0;
            break;
        }
    }
    return leaf;
}

static void ignore_leaf(struct schema_store *store, value_ref ref, struct leaf *leaf)
{
    (void)store;
    (void)ref;
    (void)leaf;
}

void schema_expand(struct schema_store *store, value_ref ref,
                   void (*leaf)(struct schema_store *store, value_ref ref, struct leaf *leaf))
{
    // Counted first: only a place that fits gets its shapes.  Three attempts: exactly; without
    // what excludes alternatives from each other; and without the choices.
    static const size_t leaves_max[] = {64, LEAVES_MAX};
    for (int attempt = 0; attempt < 2 && store->n_steps < STORE_STEPS_MAX; attempt++) {
        struct expansion x = {.store = store,
                              .ref = ref,
                              .leaf = ignore_leaf,
                              .n_leaves_max = leaves_max[attempt],
                              .is_plain = attempt > 0};
        struct leaf first = first_leaf(&x);
        if (first.branches)
            follow(&x, first);
        if (x.is_full)
            continue;
        x = (struct expansion){.store = store,
                               .ref = ref,
                               .leaf = leaf,
                               .n_leaves_max = LEAVES_MAX,
                               .is_plain = attempt > 0};
        follow(&x, first_leaf(&x));
        return;
    }
    struct expansion x = {.store = store, .ref = ref, .leaf = leaf, .n_leaves_max = 1};
    struct leaf first = first_leaf(&x);
    struct place place = store->places[ref];
    schema_relax(store, place.n_demands ? store->demands[place.first_demand].json : NULL, NULL,
                 "too many alternatives");
    first.branches = NULL;
    x.is_full = false;
    x.n_steps = 0;
    follow(&x, first);
}
