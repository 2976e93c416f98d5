// What each keyword demands, collected in a leaf.
#include "sample/schema_expand.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

#define DEPENDENCY_MAX 6 // conditional schemas of one object

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

unsigned schema_types_of(struct expansion *x, struct json_object *schema, struct json_object *type)
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

void schema_take_value(struct expansion *x, struct leaf *leaf, struct json_object *value)
{
    unsigned type = schema_type_bits(value);
    leaf->types &= type;
    if (type == TYPE_OBJECT)
        schema_note_add(x, &leaf->object_value, value, NULL);
    else if (type == TYPE_ARRAY)
        schema_note_add(x, &leaf->array_value, value, NULL);
    else
        schema_note_add(x, &leaf->enums, value, NULL)->max = 1;
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
        schema_branch_add(x, leaf, BRANCH_ENUM, list, NULL);
    else
        schema_note_add(x, &leaf->enums, list, NULL);
}

// ---- numbers and counts ----

bool schema_number_of(struct json_object *value, double *out)
{
    if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double))
        return false;
    *out = json_object_get_double(value);
    return isfinite(*out);
}

void schema_at_least(struct number_spec *spec, double min, bool is_excluded)
{
    if (spec->has_min && (min < spec->min || (min == spec->min && !is_excluded)))
        return;
    spec->has_min = true;
    spec->min = min;
    spec->excludes_min = is_excluded;
}

void schema_at_most(struct number_spec *spec, double max, bool is_excluded)
{
    if (spec->has_max && (max > spec->max || (max == spec->max && !is_excluded)))
        return;
    spec->has_max = true;
    spec->max = max;
    spec->excludes_max = is_excluded;
}

bool schema_count_of(struct json_object *value, uint32_t *out)
{
    double number;
    if (!schema_number_of(value, &number) || number < 0)
        return false;
    *out = number > SPEC_NO_LIMIT - 1 ? SPEC_NO_LIMIT - 1 : (uint32_t)number;
    return true;
}

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

bool schema_keyword_find(const char *name, enum keyword *out)
{
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (!strcmp(keywords[i].name, name)) {
            *out = keywords[i].keyword;
            return true;
        }
    return false;
}

static const struct count_bound count_bounds[] = {
    {KEY_MIN_LENGTH, TYPE_STRING, true, offsetof(struct leaf, min_length),
     offsetof(struct leaf, max_length)},
    {KEY_MAX_LENGTH, TYPE_STRING, false, offsetof(struct leaf, max_length),
     offsetof(struct leaf, min_length)},
    {KEY_MIN_ITEMS, TYPE_ARRAY, true, offsetof(struct leaf, min_items),
     offsetof(struct leaf, max_items)},
    {KEY_MAX_ITEMS, TYPE_ARRAY, false, offsetof(struct leaf, max_items),
     offsetof(struct leaf, min_items)},
    {KEY_MIN_PROPERTIES, TYPE_OBJECT, true, offsetof(struct leaf, min_properties),
     offsetof(struct leaf, max_properties)},
    {KEY_MAX_PROPERTIES, TYPE_OBJECT, false, offsetof(struct leaf, max_properties),
     offsetof(struct leaf, min_properties)},
};

const struct count_bound *schema_count_bound(enum keyword keyword)
{
    for (size_t i = 0; i < COUNT_OF(count_bounds); i++)
        if (count_bounds[i].keyword == keyword)
            return &count_bounds[i];
    return NULL;
}

void schema_bound(struct leaf *leaf, size_t offset, bool is_min, uint32_t count)
{
    uint32_t *bound = (uint32_t *)((char *)leaf + offset);
    if (is_min ? count > *bound : count < *bound)
        *bound = count;
}

// ---- objects ----

static void take_required(struct expansion *x, struct leaf *leaf, struct json_object *list)
{
    for (size_t i = 0;
         json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
        struct json_object *name = json_object_array_get_idx(list, i);
        if (json_object_is_type(name, json_type_string))
            schema_note_add(x, &leaf->required, NULL, json_object_get_string(name));
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
                schema_note_add(x, &leaf->implications, json_object_array_get_idx(value, i), name);
        } else if (json_object_is_type(value, json_type_string)) {
            schema_note_add(x, &leaf->implications, value, name);
        } else if (++n_conditional <= DEPENDENCY_MAX) {
            schema_branch_add(x, leaf, BRANCH_DEPENDS, value, name);
        } else {
            schema_relax(x->store, schema, "dependencies", "too many conditional schemas");
        }
    }
}

// ---- references ----

static void take_reference(struct expansion *x, struct leaf *leaf, struct json_object *schema,
                           struct json_object *reference, bool is_dynamic)
{
    struct json_object *target = is_dynamic ? schema_resolve_dynamic(x->store, schema, reference)
                                            : schema_resolve(x->store, schema, reference);
    if (target) {
        schema_take(x, leaf, target);
        return;
    }
    leaf->evaluates_unknown = true;
    schema_relax(x->store, schema, is_dynamic ? NULL : "$ref",
                 "a reference that leads nowhere here");
}

bool schema_ignores_siblings(struct expansion *x, struct json_object *schema)
{
    struct schema_document *document = schema_document_of(x->store, schema);
    return document && document->draft <= 7;
}

// ---- one keyword, demanded ----

// Draft 4 says beside a limit whether it is excluded.
static void take_limit(struct leaf *leaf, struct json_object *schema, enum keyword keyword,
                       struct json_object *value)
{
    double number;
    if (!schema_number_of(value, &number))
        return;
    if (keyword == KEY_MINIMUM || keyword == KEY_EXCLUSIVE_MINIMUM)
        schema_at_least(&leaf->number, number,
                        keyword == KEY_EXCLUSIVE_MINIMUM ||
                            schema_is_true(schema_get(schema, "exclusiveMinimum")));
    else
        schema_at_most(&leaf->number, number,
                       keyword == KEY_EXCLUSIVE_MAXIMUM ||
                           schema_is_true(schema_get(schema, "exclusiveMaximum")));
}

static void take_keyword(struct expansion *x, struct leaf *leaf, struct json_object *schema,
                         enum keyword keyword, const char *name, struct json_object *value)
{
    uint32_t count;
    switch (keyword) {
    case KEY_TYPE:
        leaf->types &= schema_types_of(x, schema, value);
        break;
    case KEY_ENUM:
        take_enum(x, leaf, schema, value);
        break;
    case KEY_CONST:
        schema_take_value(x, leaf, value);
        break;
    case KEY_REF:
    case KEY_DYNAMIC_REF:
        take_reference(x, leaf, schema, value, keyword == KEY_DYNAMIC_REF);
        break;
    case KEY_ALL_OF:
        for (size_t i = 0;
             json_object_is_type(value, json_type_array) && i < json_object_array_length(value);
             i++)
            schema_take(x, leaf, json_object_array_get_idx(value, i));
        break;
    case KEY_ANY_OF:
    case KEY_ONE_OF:
        if (json_object_is_type(value, json_type_array) && json_object_array_length(value))
            schema_branch_add(x, leaf, keyword == KEY_ANY_OF ? BRANCH_ANY_OF : BRANCH_ONE_OF, value,
                              NULL);
        break;
    case KEY_NOT:
        schema_branch_add(x, leaf, BRANCH_NOT, value, NULL);
        break;
    case KEY_IF:
        if (x->scope || schema_get(schema, "then") || schema_get(schema, "else"))
            schema_branch_add(x, leaf, BRANCH_IF, schema, NULL);
        break;
    case KEY_MINIMUM:
    case KEY_MAXIMUM:
    case KEY_EXCLUSIVE_MINIMUM:
    case KEY_EXCLUSIVE_MAXIMUM:
        take_limit(leaf, schema, keyword, value);
        break;
    case KEY_MULTIPLE_OF:
        if (!number_spec_multiple_of(&leaf->number, str_of(json_object_get_string(value))))
            schema_relax(x->store, schema, name, "multiples of this number");
        break;
    case KEY_MIN_LENGTH:
    case KEY_MAX_LENGTH:
    case KEY_MIN_ITEMS:
    case KEY_MAX_ITEMS:
    case KEY_MIN_PROPERTIES:
    case KEY_MAX_PROPERTIES: {
        const struct count_bound *bound = schema_count_bound(keyword);
        if (schema_count_of(value, &count))
            schema_bound(leaf, bound->own, bound->is_min, count);
        break;
    }
    case KEY_PATTERN:
        if (json_object_is_type(value, json_type_string))
            schema_note_add(x, &leaf->patterns, value, NULL);
        break;
    case KEY_FORMAT:
        if (json_object_is_type(value, json_type_string))
            schema_note_add(x, &leaf->formats, schema, json_object_get_string(value));
        break;
    case KEY_ITEMS:
        if (!leaf->arrays || leaf->arrays->json != schema)
            schema_note_add(x, &leaf->arrays, schema, NULL);
        break;
    case KEY_UNIQUE_ITEMS:
        if (schema_is_true(value))
            leaf->unique = schema;
        break;
    case KEY_CONTAINS: {
        struct note *note = schema_note_add(x, &leaf->contains, value, NULL);
        note->min = 1;
        note->max = SPEC_NO_LIMIT;
        if (schema_count_of(schema_get(schema, "minContains"), &count))
            note->min = count;
        if (schema_count_of(schema_get(schema, "maxContains"), &count))
            note->max = count;
        break;
    }
    case KEY_PROPERTIES:
    case KEY_OBJECT_PART:
        if (!leaf->objects || leaf->objects->json != schema)
            schema_note_add(x, &leaf->objects, schema, NULL);
        break;
    case KEY_REQUIRED:
        take_required(x, leaf, value);
        break;
    case KEY_PROPERTY_NAMES:
        schema_note_add(x, &leaf->name_schemas, value, NULL);
        break;
    case KEY_DEPENDENCIES:
    case KEY_DEPENDENT_REQUIRED:
    case KEY_DEPENDENT_SCHEMAS:
        take_dependencies(x, leaf, schema, value);
        break;
    case KEY_UNEVALUATED_PROPERTIES:
    case KEY_UNEVALUATED_ITEMS:
        if (!leaf->unevaluated || leaf->unevaluated->json != schema)
            schema_note_add(x, &leaf->unevaluated, schema, NULL);
        break;
    }
}

static bool was_seen(const struct expansion *x, const struct leaf *leaf,
                     const struct json_object *schema)
{
    for (const struct note *note = leaf->seen; note; note = note->next)
        if (note->json == schema && (!x->scope || note->scope == x->scope))
            return true;
    return false;
}

// Whether names and items that nobody evaluated are asked for here.
static bool opens_scope(struct json_object *schema)
{
    return schema_get(schema, "unevaluatedProperties") || schema_get(schema, "unevaluatedItems");
}

void schema_take(struct expansion *x, struct leaf *leaf, struct json_object *schema)
{
    x->n_steps++;
    x->store->n_steps++;
    if (schema_is_false(schema))
        leaf->types = 0;
    if (!json_object_is_type(schema, json_type_object) || was_seen(x, leaf, schema) || !leaf->types)
        return;
    if (x->n_steps > STEPS_MAX || leaf->depth > DEPTH_MAX) {
        x->is_full = true;
        return;
    }
    schema_note_add(x, &leaf->seen, schema, NULL);
    const struct scope *outer = x->scope;
    if (opens_scope(schema)) {
        struct scope *scope = arena_new(&x->store->scratch, struct scope, 1);
        x->is_full = x->is_full || !scope;
        if (scope)
            scope->parent = outer;
        x->scope = scope ? scope : outer;
    }
    leaf->depth++;
    struct json_object *reference = schema_get(schema, "$ref");
    if (reference && schema_ignores_siblings(x, schema)) {
        take_reference(x, leaf, schema, reference, false);
    } else {
        json_object_object_foreach(schema, name, value)
        {
            enum keyword keyword;
            if (schema_keyword_find(name, &keyword))
                take_keyword(x, leaf, schema, keyword, name, value);
        }
    }
    leaf->depth--;
    x->scope = outer;
}
