// What is obvious about two schemas, or about a schema and what a leaf demands: that nothing follows
// both.  "No" only means that it is not obvious.
#include "sample/schema_expand.h"

#include <string.h>

#include "base/memory.h"

#define COMPARE_DEPTH_MAX 2 // of properties in properties
#define REFUTE_DEPTH_MAX  8

static struct json_object *behind_reference(struct expansion *x, struct json_object *schema)
{
    for (int i = 0; i < 8; i++) {
        struct json_object *reference = schema_get(schema, "$ref");
        struct json_object *target = reference ? schema_resolve(x->store, schema, reference) : NULL;
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

// Whether objects of `a` have a name that `b` does not let in.
static bool needs_forbidden(struct json_object *a, struct json_object *b)
{
    struct json_object *list = schema_get(a, "required");
    struct json_object *properties = schema_get(b, "properties"), *found;
    bool is_closed = schema_is_false(schema_get(b, "additionalProperties")) &&
                     !schema_get(b, "patternProperties");
    for (size_t i = 0;
         json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
        struct json_object *name = json_object_array_get_idx(list, i);
        if (!json_object_is_type(name, json_type_string))
            continue;
        bool is_known = json_object_is_type(properties, json_type_object) &&
                        json_object_object_get_ex(properties, json_object_get_string(name), &found);
        if (is_known ? schema_is_false(found) : is_closed)
            return true;
    }
    return false;
}

// Whether two options obviously have no value of `types` in common: other types, other constants, a
// property that one needs and the other forbids.
bool schema_are_apart(struct expansion *x, struct json_object *a, struct json_object *b,
                      unsigned types, int depth)
{
    a = behind_reference(x, a);
    b = behind_reference(x, b);
    if (!json_object_is_type(a, json_type_object) || !json_object_is_type(b, json_type_object))
        return schema_is_false(a) || schema_is_false(b);
    struct json_object *type_a = schema_get(a, "type"), *type_b = schema_get(b, "type");
    types &= type_a ? schema_types_of(x, a, type_a) : TYPE_ANY;
    types &= type_b ? schema_types_of(x, b, type_b) : TYPE_ANY;
    if (!types)
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
    bool is_object = !(types & ~(unsigned)TYPE_OBJECT);
    if (is_object && (needs_forbidden(a, b) || needs_forbidden(b, a)))
        return true;
    if (depth >= COMPARE_DEPTH_MAX || !is_object ||
        !json_object_is_type(properties, json_type_object) ||
        !json_object_is_type(others, json_type_object))
        return false;
    json_object_object_foreach(properties, name, schema)
    {
        struct json_object *other = schema_get(others, name);
        if (other && is_required(a, name) && is_required(b, name) &&
            schema_are_apart(x, schema, other, TYPE_ANY, depth + 1))
            return true;
    }
    return false;
}

// ---- a leaf ----

static struct json_object *property_of(struct json_object *schema, const char *name)
{
    struct json_object *properties = schema_get(schema, "properties");
    return schema_get(properties, name);
}

static bool is_open_to(struct json_object *schema, const char *name)
{
    struct json_object *known = property_of(schema, name);
    if (known)
        return !schema_is_false(known);
    return schema_get(schema, "patternProperties") ||
           !schema_is_false(schema_get(schema, "additionalProperties"));
}

static bool lets_in(const struct leaf *leaf, const char *name)
{
    for (const struct note *note = leaf->lacks; note; note = note->next)
        if (!strcmp(note->name, name))
            return false;
    for (const struct note *note = leaf->objects; note; note = note->next)
        if (!is_open_to(note->json, name))
            return false;
    return true;
}

bool schema_is_contradictory(struct expansion *x, const struct leaf *leaf)
{
    size_t n = 0;
    for (const struct note *need = leaf->required; need; need = need->next) {
        x->n_steps += n++ % 64 == 63; // long lists count
        if (!lets_in(leaf, need->name))
            return true;
    }
    return false;
}

bool schema_is_demanded(struct expansion *x, const struct leaf *leaf, const char *name,
                        struct json_object *schema)
{
    for (const struct note *note = leaf->objects; note; note = note->next) {
        struct json_object *own = property_of(note->json, name);
        if (own && behind_reference(x, own) == behind_reference(x, schema))
            return true;
    }
    return false;
}

// Whether no object of the leaf follows what `schema` itself says of objects.
static bool refutes_object(struct expansion *x, const struct leaf *leaf, struct json_object *schema)
{
    struct json_object *list = schema_get(schema, "required");
    for (size_t i = 0;
         json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
        struct json_object *name = json_object_array_get_idx(list, i);
        if (json_object_is_type(name, json_type_string) &&
            !lets_in(leaf, json_object_get_string(name)))
            return true;
    }
    for (const struct note *need = leaf->required; need; need = need->next) {
        struct json_object *other = property_of(schema, need->name);
        if (!is_open_to(schema, need->name))
            return true;
        for (const struct note *note = leaf->objects; other && note; note = note->next) {
            struct json_object *own = property_of(note->json, need->name);
            if (own && schema_are_apart(x, own, other, TYPE_ANY, 1))
                return true;
        }
    }
    return false;
}

static bool refutes(struct expansion *x, const struct leaf *leaf, struct json_object *schema,
                    int depth)
{
    static const char *const choices[] = {"anyOf", "oneOf"};
    if (schema_is_false(schema))
        return true;
    if (!json_object_is_type(schema, json_type_object) || depth > REFUTE_DEPTH_MAX)
        return false;
    struct json_object *reference = schema_get(schema, "$ref");
    struct json_object *target = reference ? schema_resolve(x->store, schema, reference) : NULL;
    if (target && refutes(x, leaf, target, depth + 1))
        return true;
    if (reference && schema_ignores_siblings(x, schema))
        return false;
    struct json_object *type = schema_get(schema, "type");
    if (type && !(leaf->types & schema_types_of(x, schema, type)))
        return true;
    if (!(leaf->types & ~(unsigned)TYPE_OBJECT) && refutes_object(x, leaf, schema))
        return true;
    for (size_t c = 0; c < COUNT_OF(choices); c++) {
        struct json_object *list = schema_get(schema, choices[c]);
        size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
        size_t n_refuted = 0;
        while (n_refuted < n &&
               refutes(x, leaf, json_object_array_get_idx(list, n_refuted), depth + 1))
            n_refuted++;
        if (n && n_refuted == n)
            return true;
    }
    struct json_object *all = schema_get(schema, "allOf");
    for (size_t i = 0;
         json_object_is_type(all, json_type_array) && i < json_object_array_length(all); i++)
        if (refutes(x, leaf, json_object_array_get_idx(all, i), depth + 1))
            return true;
    return false;
}

bool schema_refutes(struct expansion *x, const struct leaf *leaf, struct json_object *schema)
{
    return refutes(x, leaf, schema, 0);
}
