// Values that do not follow a schema: those that break one of its keywords.  Each way to do so is
// followed; where one of them cannot be said, the whole negation is left out.
#include "sample/schema_expand.h"

#include <string.h>

#include "base/memory.h"

#define ONE_OF_BROKEN_MAX 8 // options, of which each two are an alternative

// ---- whether it can be said ----

static bool can_break_pattern(struct expansion *x, struct json_object *schema,
                              struct json_object *pattern)
{
    bool is_relaxed = false;
    if (json_object_is_type(pattern, json_type_string))
        schema_pattern(x->store, schema, "pattern", json_object_get_string(pattern),
                       (size_t)json_object_get_string_len(pattern), &is_relaxed);
    return !is_relaxed;
}

static bool can_break_names(struct expansion *x, struct json_object *patterns)
{
    bool is_relaxed = false;
    if (!json_object_is_type(patterns, json_type_object))
        return true;
    json_object_object_foreach(patterns, text, value)
    {
        (void)value;
        schema_pattern(x->store, patterns, text, text, strlen(text), &is_relaxed);
        if (is_relaxed)
            return false;
    }
    return true;
}

// Only the schema's own keywords: what is inside them is negated in its turn.
static bool can_break(struct expansion *x, struct json_object *schema)
{
    static const char *const undecided[] = {
        "multipleOf",       "uniqueItems", "propertyNames", "unevaluatedProperties",
        "unevaluatedItems", "$dynamicRef", "$recursiveRef",
    };
    if (!json_object_is_type(schema, json_type_object))
        return false;
    struct json_object *reference = schema_get(schema, "$ref");
    if (reference && !schema_resolve(x->store, schema, reference))
        return false;
    if (reference && schema_ignores_siblings(x, schema))
        return true;
    for (size_t i = 0; i < COUNT_OF(undecided); i++)
        if (schema_get(schema, undecided[i]))
            return false;
    struct json_object *one_of = schema_get(schema, "oneOf"),
                       *format = schema_get(schema, "format");
    if (json_object_is_type(one_of, json_type_array) &&
        json_object_array_length(one_of) > ONE_OF_BROKEN_MAX)
        return false;
    return can_break_pattern(x, schema, schema_get(schema, "pattern")) &&
           can_break_names(x, schema_get(schema, "patternProperties")) &&
           (!json_object_is_type(format, json_type_string) ||
            schema_format_trust(json_object_get_string(format)) != FORMAT_ABOUT);
}

// ---- one keyword, broken ----

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
        else if (type == TYPE_ARRAY && !json_object_array_length(value))
            schema_bound(leaf, offsetof(struct leaf, min_items), true, 1);
        else if (type == TYPE_OBJECT && !json_object_object_length(value))
            schema_bound(leaf, offsetof(struct leaf, min_properties), true, 1);
        else if (leaf->types & type)
            schema_relax(x->store, list, NULL, "a constant array or object that is excluded");
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
        bool is_any = !schema_is_false(schema) && (json_object_is_type(schema, json_type_boolean) ||
                                                   !json_object_object_length(schema));
        if (!is_any && !schema_is_demanded(x, leaf, name, schema))
            schema_follow(x, next);
    }
}

// Follows `leaf` as an object that has `name`, and fails `schema` or lacks `missing`.
static void break_dependency(struct expansion *x, const struct leaf *leaf, const char *name,
                             struct json_object *schema, struct json_object *missing)
{
    struct leaf next = *leaf;
    next.types &= TYPE_OBJECT;
    schema_note_add(x, &next.required, NULL, name);
    if (schema)
        schema_branch_add(x, &next, BRANCH_NOT, schema, NULL);
    else if (json_object_is_type(missing, json_type_string))
        schema_note_add(x, &next.lacks, NULL, json_object_get_string(missing));
    else
        return;
    schema_follow(x, next);
}

static void break_dependencies(struct expansion *x, const struct leaf *leaf,
                               struct json_object *dependencies)
{
    if (!json_object_is_type(dependencies, json_type_object))
        return;
    json_object_object_foreach(dependencies, name, value)
    {
        if (json_object_is_type(value, json_type_string))
            break_dependency(x, leaf, name, NULL, value);
        else if (!json_object_is_type(value, json_type_array))
            break_dependency(x, leaf, name, value, NULL);
        for (size_t i = 0;
             json_object_is_type(value, json_type_array) && i < json_object_array_length(value);
             i++)
            break_dependency(x, leaf, name, NULL, json_object_array_get_idx(value, i));
    }
}

// Some property that `schema` says nothing of by name follows not its additionalProperties (pattern
// NULL), or one that matches the pattern follows not what is said there.
static void break_some_property(struct expansion *x, const struct leaf *leaf,
                                struct json_object *schema, const char *pattern,
                                struct json_object *value)
{
    struct leaf next = *leaf;
    next.types &= TYPE_OBJECT;
    bool is_any = !schema_is_false(value) && (json_object_is_type(value, json_type_boolean) ||
                                              !json_object_object_length(value));
    if (is_any) // nothing fails it
        return;
    struct note *witness = schema_note_add(x, &next.witness, value, pattern);
    witness->owner = schema;
    schema_follow(x, next);
}

static void break_patterns(struct expansion *x, const struct leaf *leaf, struct json_object *schema,
                           struct json_object *patterns)
{
    if (!json_object_is_type(patterns, json_type_object))
        return;
    json_object_object_foreach(patterns, pattern, value)
        break_some_property(x, leaf, schema, pattern, value);
}

// One option of oneOf fewer or more than a single one.
static void break_one_of(struct expansion *x, const struct leaf *leaf, struct json_object *list)
{
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    struct leaf next = *leaf;
    for (size_t i = 0; i < n; i++)
        schema_branch_add(x, &next, BRANCH_NOT, json_object_array_get_idx(list, i), NULL);
    schema_follow(x, next);
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            next = *leaf;
            schema_take(x, &next, json_object_array_get_idx(list, i));
            schema_take(x, &next, json_object_array_get_idx(list, k));
            schema_follow(x, next);
        }
}

static void break_if(struct expansion *x, const struct leaf *leaf, struct json_object *schema)
{
    struct json_object *condition = schema_get(schema, "if");
    struct json_object *when_true = schema_get(schema, "then");
    struct json_object *when_false = schema_get(schema, "else");
    struct leaf next = *leaf;
    schema_take(x, &next, condition);
    schema_branch_add(x, &next, BRANCH_NOT, when_true, NULL);
    if (when_true)
        schema_follow(x, next);
    next = *leaf;
    schema_branch_add(x, &next, BRANCH_NOT, condition, NULL);
    schema_branch_add(x, &next, BRANCH_NOT, when_false, NULL);
    if (when_false)
        schema_follow(x, next);
}

// An array of which from `min` to `max` items match `schema` (do not, when negated), counted from
// item `from` on.
static void follow_counted(struct expansion *x, const struct leaf *leaf, struct json_object *schema,
                           bool is_negated, uint32_t from, uint32_t min, uint32_t max)
{
    struct leaf next = *leaf;
    next.types &= TYPE_ARRAY;
    struct note *note = schema_note_add(x, &next.contains, schema, NULL);
    note->is_negated = is_negated;
    note->from = from;
    note->min = min;
    note->max = max;
    schema_follow(x, next);
}

static void break_items(struct expansion *x, const struct leaf *leaf, struct json_object *schema,
                        struct json_object *value)
{
    struct item_rules rules = schema_item_rules(schema);
    if (value == rules.prefix) {
        for (size_t i = 0; i < rules.n_prefix; i++) {
            struct leaf next = *leaf;
            next.types &= TYPE_ARRAY;
            struct json_object *item = json_object_array_get_idx(value, i);
            schema_note_add(x, &next.item_nots, item, NULL)->min = (uint32_t)i;
            schema_bound(&next, offsetof(struct leaf, min_items), true, (uint32_t)i + 1);
            schema_follow(x, next);
        }
    } else if (value == rules.rest) {
        follow_counted(x, leaf, value, true, (uint32_t)rules.n_prefix, 1, SPEC_NO_LIMIT);
    }
}

static void break_contains(struct expansion *x, const struct leaf *leaf, struct json_object *schema,
                           struct json_object *value)
{
    uint32_t min = 1, max = SPEC_NO_LIMIT;
    schema_count_of(schema_get(schema, "minContains"), &min);
    if (min)
        follow_counted(x, leaf, value, false, 0, 0, min - 1);
    if (schema_count_of(schema_get(schema, "maxContains"), &max))
        follow_counted(x, leaf, value, false, 0, max + 1, SPEC_NO_LIMIT);
}

static void break_required(struct expansion *x, const struct leaf *leaf, struct json_object *list)
{
    for (size_t i = 0;
         json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
        struct json_object *name = json_object_array_get_idx(list, i);
        struct leaf next = *leaf;
        next.types &= TYPE_OBJECT;
        if (json_object_is_type(name, json_type_string))
            schema_note_add(x, &next.lacks, NULL, json_object_get_string(name));
        schema_follow(x, next);
    }
}

static void break_limit(struct expansion *x, const struct leaf *leaf, struct json_object *schema,
                        enum keyword keyword, struct json_object *value)
{
    double number;
    struct leaf next = *leaf;
    if (!schema_number_of(value, &number))
        return;
    next.types &= TYPE_INTEGER | TYPE_FRACTION;
    if (keyword == KEY_MINIMUM || keyword == KEY_EXCLUSIVE_MINIMUM)
        schema_at_most(&next.number, number,
                       keyword == KEY_MINIMUM &&
                           !schema_is_true(schema_get(schema, "exclusiveMinimum")));
    else
        schema_at_least(&next.number, number,
                        keyword == KEY_MAXIMUM &&
                            !schema_is_true(schema_get(schema, "exclusiveMaximum")));
    schema_follow(x, next);
}

static void break_count(struct expansion *x, const struct leaf *leaf,
                        const struct count_bound *bound, struct json_object *value)
{
    uint32_t count;
    struct leaf next = *leaf;
    if (!schema_count_of(value, &count) || (bound->is_min && !count))
        return;
    next.types &= bound->type;
    schema_bound(&next, bound->other, !bound->is_min, bound->is_min ? count - 1 : count + 1);
    schema_follow(x, next);
}

// Keywords that are broken in one way.
static void break_once(struct expansion *x, const struct leaf *leaf, struct json_object *schema,
                       enum keyword keyword, struct json_object *value)
{
    struct leaf next = *leaf;
    switch (keyword) {
    case KEY_TYPE:
        next.types &= ~schema_types_of(x, schema, value);
        break;
    case KEY_ENUM:
    case KEY_CONST:
        break_enum(x, &next, value, keyword == KEY_ENUM);
        break;
    case KEY_REF:
        schema_branch_add(x, &next, BRANCH_NOT, schema_resolve(x->store, schema, value), NULL);
        break;
    case KEY_ANY_OF:
        for (size_t i = 0;
             json_object_is_type(value, json_type_array) && i < json_object_array_length(value);
             i++)
            schema_branch_add(x, &next, BRANCH_NOT, json_object_array_get_idx(value, i), NULL);
        break;
    case KEY_NOT:
        schema_take(x, &next, value);
        break;
    case KEY_PATTERN:
        next.types &= TYPE_STRING;
        schema_note_add(x, &next.patterns, value, NULL)->is_negated = true;
        break;
    case KEY_FORMAT:
        if (schema_format_trust(json_object_get_string(value)) == FORMAT_UNKNOWN)
            return; // says nothing, so it is never broken
        next.types &= TYPE_STRING;
        schema_note_add(x, &next.formats, schema, json_object_get_string(value))->is_negated = true;
        break;
    default:
        return; // says nothing by itself
    }
    schema_follow(x, next);
}

static void break_keyword(struct expansion *x, const struct leaf *leaf, struct json_object *schema,
                          const char *name, enum keyword keyword, struct json_object *value)
{
    const struct count_bound *bound = schema_count_bound(keyword);
    if (bound) {
        break_count(x, leaf, bound, value);
        return;
    }
    switch (keyword) {
    case KEY_ALL_OF:
        for (size_t i = 0;
             json_object_is_type(value, json_type_array) && i < json_object_array_length(value);
             i++) {
            struct leaf next = *leaf;
            schema_branch_add(x, &next, BRANCH_NOT, json_object_array_get_idx(value, i), NULL);
            schema_follow(x, next);
        }
        break;
    case KEY_ONE_OF:
        break_one_of(x, leaf, value);
        break;
    case KEY_IF:
        break_if(x, leaf, schema);
        break;
    case KEY_MINIMUM:
    case KEY_MAXIMUM:
    case KEY_EXCLUSIVE_MINIMUM:
    case KEY_EXCLUSIVE_MAXIMUM:
        break_limit(x, leaf, schema, keyword, value);
        break;
    case KEY_ITEMS:
        break_items(x, leaf, schema, value);
        break;
    case KEY_CONTAINS:
        break_contains(x, leaf, schema, value);
        break;
    case KEY_PROPERTIES:
        break_properties(x, leaf, value);
        break;
    case KEY_OBJECT_PART:
        if (!strcmp(name, "additionalProperties"))
            break_some_property(x, leaf, schema, NULL, value);
        else
            break_patterns(x, leaf, schema, value);
        break;
    case KEY_REQUIRED:
        break_required(x, leaf, value);
        break;
    case KEY_DEPENDENCIES:
    case KEY_DEPENDENT_REQUIRED:
    case KEY_DEPENDENT_SCHEMAS:
        break_dependencies(x, leaf, value);
        break;
    default:
        break_once(x, leaf, schema, keyword, value);
        break;
    }
}

void schema_follow_not(struct expansion *x, struct leaf *leaf, struct json_object *schema)
{
    if (json_object_is_type(schema, json_type_boolean)) {
        if (schema_is_false(schema))
            schema_follow(x, *leaf);
        return;
    }
    if (schema_refutes(x, leaf, schema)) {
        schema_follow(x, *leaf);
        return;
    }
    const struct scope *outer = x->scope;
    if (x->is_plain || ++leaf->depth > DEPTH_MAX || !can_break(x, schema)) {
        schema_relax(x->store, schema, NULL, "a negation that is not decided while writing");
        schema_follow(x, *leaf);
        return;
    }
    struct json_object *reference = schema_get(schema, "$ref");
    bool is_alone = reference && schema_ignores_siblings(x, schema);
    x->scope = NULL; // what stands in a negation evaluates nothing
    json_object_object_foreach(schema, name, value)
    {
        enum keyword keyword;
        if (schema_keyword_find(name, &keyword) && (!is_alone || keyword == KEY_REF))
            break_keyword(x, leaf, schema, name, keyword, value);
    }
    x->scope = outer;
}
