// schema_expand.h - multiplying a place's demands out into leaves: what the files doing it share;
// nobody else includes it.
//
// schema_expand.c follows the choices, schema_keyword.c says what a keyword demands of a leaf, and
// schema_negate.c in which ways it can be broken.
#ifndef HEARTH_SAMPLE_SCHEMA_EXPAND_H
#define HEARTH_SAMPLE_SCHEMA_EXPAND_H

#include "sample/schema_store.h"

#define STEPS_MAX 60000 // of one place
#define DEPTH_MAX 64    // of negations and references

struct expansion {
    struct schema_store *store;
    value_ref ref;
    void (*leaf)(struct schema_store *store, value_ref ref, struct leaf *leaf);
    size_t n_leaves, n_steps;
    size_t n_leaves_max;
    bool is_full;              // too many alternatives
    bool is_plain;             // second attempt: oneOf is anyOf, negations are left out
    const struct scope *scope; // of what is being taken
};

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

// A keyword that bounds how long or large something of one type is.
struct count_bound {
    enum keyword keyword;
    unsigned type; // of enum json_type_bit
    bool is_min;
    size_t own, other; // where a leaf keeps this bound, and the one of the other side
};

// ---- schema_expand.c ----

struct note *schema_note_add(struct expansion *x, struct note **list, struct json_object *json,
                             const char *name);
void schema_branch_add(struct expansion *x, struct leaf *leaf, enum branch_kind kind,
                       struct json_object *json, const char *name);
// Takes the leaf's next branch, each option in turn; a leaf without branches is an alternative.
void schema_follow(struct expansion *x, struct leaf leaf);

// ---- schema_keyword.c ----

bool schema_keyword_find(const char *name, enum keyword *out);
const struct count_bound *schema_count_bound(enum keyword keyword); // NULL: none
// Narrows the bound at `offset` of the leaf.
void schema_bound(struct leaf *leaf, size_t offset, bool is_min, uint32_t count);
// Adds to the leaf what the schema demands.
void schema_take(struct expansion *x, struct leaf *leaf, struct json_object *schema);
void schema_take_value(struct expansion *x, struct leaf *leaf, struct json_object *value);
// Draft 7 and before: nothing beside "$ref" counts.
bool schema_ignores_siblings(struct expansion *x, struct json_object *schema);
unsigned schema_types_of(struct expansion *x, struct json_object *schema, struct json_object *type);
bool schema_number_of(struct json_object *value, double *out);
bool schema_count_of(struct json_object *value, uint32_t *out);
void schema_at_least(struct number_spec *spec, double min, bool is_excluded);
void schema_at_most(struct number_spec *spec, double max, bool is_excluded);

// ---- schema_compare.c ----

// Whether two options have no value of `types` in common: other types, other constants, a property
// that one needs and the other forbids.
bool schema_are_apart(struct expansion *x, struct json_object *a, struct json_object *b,
                      unsigned types, int depth);
// Whether an object would need a name that it must not have.
bool schema_is_contradictory(struct expansion *x, const struct leaf *leaf);
// Whether the leaf itself demands that property `name` follows `schema`.
bool schema_is_demanded(struct expansion *x, const struct leaf *leaf, const char *name,
                        struct json_object *schema);
// Whether no value of the leaf follows `schema`.
bool schema_refutes(struct expansion *x, const struct leaf *leaf, struct json_object *schema);

// ---- schema_negate.c ----

// Follows each way in which a value can fail the schema; where they cannot be said, the negation is
// left out and noted.
void schema_follow_not(struct expansion *x, struct leaf *leaf, struct json_object *schema);

#endif
