// schema_store.h - what the files behind json_schema.h share; nobody else includes it.
//
// schema_expand.c multiplies the demands of a place out into leaves; schema_shapes.c makes a leaf's
// shapes, schema_array.c and schema_object.c the larger ones; schema_names.c resolves references;
// schema_exists.c says where a value exists at all; json_schema.c owns the store.
#ifndef HEARTH_SAMPLE_SCHEMA_STORE_H
#define HEARTH_SAMPLE_SCHEMA_STORE_H

#include <json-c/json.h>

#include "sample/json_schema.h"
#include "sample/pattern.h"

enum demand_kind {
    DEMAND_SCHEMA,       // follow the schema `json`
    DEMAND_NOT,          // do not
    DEMAND_VALUE,        // be equal to `json`
    DEMAND_CANNOT_EXIST, // no value at all
};

struct demand {
    enum demand_kind kind;
    struct json_object *json;
};

struct place {
    uint32_t first_demand, n_demands; // in store->demands
    struct value_spec spec;
    bool is_expanded, is_pruned;
    uint8_t existence; // of enum existence
};

enum existence { EXISTENCE_UNKNOWN, EXISTENCE_YES, EXISTENCE_NO, EXISTENCE_ASKED };

enum json_type_bit {
    TYPE_NULL = 1,
    TYPE_TRUE = 2,
    TYPE_FALSE = 4,
    TYPE_INTEGER = 8,
    TYPE_FRACTION = 16, // numbers that are no integers
    TYPE_STRING = 32,
    TYPE_ARRAY = 64,
    TYPE_OBJECT = 128,
    TYPE_SCALAR = 63,
    TYPE_ANY = 255,
};

// Inside a schema with "unevaluatedProperties" or "unevaluatedItems", what it and the schemas applied
// in place say of names and items counts as evaluated.
struct scope {
    const struct scope *parent;
};

struct note { // a link of a list in the scratch arena; leaves share tails
    struct note *next;
    struct json_object *json;
    const char *name;
    const struct scope *scope; // where it was said; NULL outside all
    struct json_object *owner; // of a witness: the schema it fails
    bool is_negated;
    uint32_t min, max, from;
};

enum branch_kind {
    BRANCH_ANY_OF,
    BRANCH_ONE_OF,
    BRANCH_NOT,
    BRANCH_IF,
    BRANCH_ENUM,
    BRANCH_DEPENDS
};

struct branch {
    struct branch *next;
    enum branch_kind kind;
    struct json_object *json;
    const char *name;
    const struct scope *scope;
};

// Demands that were multiplied out so far: no alternatives are left when `branches` is empty.
struct leaf {
    unsigned types; // of enum json_type_bit
    struct branch *branches;
    struct note *seen;  // schemas taken, against reference cycles
    struct note *enums; // lists (or is_negated: a single value, max 1) of allowed scalars
    struct note *not_values;
    struct note *patterns, *formats;
    uint32_t min_length, max_length;
    struct number_spec number;
    uint32_t min_items, max_items, min_properties, max_properties;
    struct note *required;      // name
    struct note *lacks;         // name
    struct note *property_nots; // name, json
    struct note *witness;       // some property fails `json`: one that `owner` leaves to
        // additionalProperties (no name), or that matches the pattern `name`
    struct note *implications;  // name: if present; json: string, then required
    struct note *name_schemas;  // propertyNames
    struct note *objects;       // schemas with properties, patternProperties, additionalProperties
    struct note *object_value;  // a constant object
    struct note *arrays;        // schemas with items ...
    struct note *array_value;   // a constant array
    struct note *item_nots;     // json; min: of which item
    struct note *contains;      // json; min to max of the items, counted from `from` on
    struct json_object *unique; // the schema that says so, or NULL
    struct note *unevaluated;   // schemas with unevaluatedProperties or unevaluatedItems
    bool evaluates_unknown;     // a reference was not followed: what it evaluates is not known
    unsigned depth;             // of negations and references
};

struct schema_resource { // a schema with a name of its own, and what is inside it
    struct json_object *root;
    char *base; // its URI, "" where it says none
    uint32_t i_document;
};

struct schema_anchor { // "$anchor" and its older forms
    char *name;
    struct json_object *schema;
    uint32_t i_resource;
    bool is_dynamic;
};

struct schema_document {
    struct json_object *root;
    int draft;          // 4, 6, 7, 2019, 2020
    bool is_draft_sure; // it says so itself
    bool has_names;     // its resources and anchors were collected
};

struct schema_store {
    struct regex_pool *pool;
    struct dfa dfa;
    struct number_table numbers;
    struct arena arena;   // specs, for good
    struct arena scratch; // of one expansion
    struct schema_document *documents;
    struct json_object *object_root; // {"type": "object"}, or NULL so far; a document's
    size_t n_documents;
    struct schema_resource *resources;
    size_t n_resources, resources_capacity;
    struct schema_anchor *anchors;
    size_t n_anchors, anchors_capacity;
    struct demand *demands;
    size_t n_demands, demands_capacity;
    struct place *places;
    size_t n_places, places_capacity;
    uint32_t *place_table;
    size_t place_table_size;
    struct array_spec *arrays;
    size_t n_arrays, arrays_capacity;
    struct object_spec *objects;
    size_t n_objects, objects_capacity;
    struct literal_set *literals;
    size_t n_literals, literals_capacity;
    struct relaxation *relaxations;
    size_t n_relaxations;
    struct { // patterns compiled so far
        const void *key;
        enum text_form form;
        bool is_relaxed;
        regex_id regex;
    } * patterns;
    size_t n_patterns, patterns_capacity;
    dfa_state free_string, free_number, free_integer; // before the first byte, except the string
    regex_id any_character, any_text, quote;          // inside a JSON string; the quote itself
    size_t n_steps;
    struct note spare;      // what found no room is written here, and never read
    unsigned n_nested;      // questions about existence that wait for another
    unsigned n_assumed;     // questions about existence answered "no" for being asked already
    enum text_form form;    // of strings: TEXT_JSON; TEXT_RAW for braces and inside schema_text
    bool is_bare_text;      // inside schema_text: literals without quotes
    bool has_bare_names;    // braces
    const char *quote_text; // around a string
    regex_id text;          // collected by schema_text
    unsigned other_types;
};

#define STORE_GROW(array, n, capacity, minimum)                                                    \
    do {                                                                                           \
        if ((n) == (capacity)) {                                                                   \
            (capacity) = (capacity) ? (capacity)*2 : (minimum);                                    \
            (array) = mem_resize((array), (capacity), sizeof *(array));                            \
        }                                                                                          \
    } while (0)

void schema_relax(struct schema_store *store, struct json_object *where, const char *keyword,
                  const char *cause);

// ---- schema_names.c ----
// A document was added: what is in it belongs to it.
void schema_mark(struct schema_store *store, uint32_t i_document);
void schema_names_release(struct schema_store *store);
// The document that `schema` belongs to; NULL for what is no object.
struct schema_document *schema_document_of(struct schema_store *store, struct json_object *schema);
// The schema that the "$ref" of `schema` means, NULL when it leads nowhere.
struct json_object *schema_resolve(struct schema_store *store, struct json_object *schema,
                                   struct json_object *reference);
// The same for "$dynamicRef" and "$recursiveRef"; NULL also when it depends on the way here.
struct json_object *schema_resolve_dynamic(struct schema_store *store, struct json_object *schema,
                                           struct json_object *reference);
// JSON pointer of `target` in the store's documents, for free().
char *schema_pointer(struct schema_store *store, struct json_object *target, const char *keyword);

// ---- schema_expand.c ----
// Calls schema_leaf() for each way to satisfy the demands.
void schema_expand(struct schema_store *store, value_ref ref,
                   void (*leaf)(struct schema_store *store, value_ref ref, struct leaf *leaf));

bool schema_is_within(const struct scope *scope, const struct scope *outer);
// Whether a scope inside that of `note` has the same keyword: then it evaluates everything.
bool schema_has_inner(const struct leaf *leaf, const struct note *note, const char *keyword);

// ---- schema_shapes.c ----
void schema_leaf_shapes(struct schema_store *store, value_ref ref, struct leaf *leaf);
void schema_merge_literals(struct schema_store *store, struct value_spec *spec);
regex_id schema_leaf_text(struct schema_store *store, const struct leaf *leaf);
uint32_t schema_leaf_literals(struct schema_store *store, const struct leaf *leaf);
// Collects the strings of a leaf in store->text, its other types in store->other_types.
void schema_collect_text(struct schema_store *store, value_ref ref, struct leaf *leaf);
void schema_add_shape(struct schema_store *store, value_ref ref, enum shape_kind kind, uint32_t i);

// ---- schema_array.c ----
struct item_rules {             // of one schema
    struct json_object *prefix; // a list or NULL
    struct json_object *rest;   // a schema or NULL
    size_t n_prefix;
};
struct item_rules schema_item_rules(struct json_object *schema);
void schema_leaf_array(struct schema_store *store, value_ref ref, struct leaf *leaf);

// ---- schema_object.c ----
void schema_leaf_object(struct schema_store *store, value_ref ref, struct leaf *leaf);

// ---- schema_text.c ----
regex_id schema_pattern(struct schema_store *store, struct json_object *where, const char *keyword,
                        const char *text, size_t size, bool *is_relaxed);
// The same for a pattern of ours (a constant) that is the whole text.
regex_id schema_whole_pattern(struct schema_store *store, struct json_object *where,
                              const char *keyword, const char *text);
regex_id schema_any_text(struct schema_store *store);
// The spellings of a text in JSON, `closing` appended; returns how many (1 or 2).
size_t schema_spell(struct schema_store *store, struct str text, const char *opening,
                    const char *closing, struct str *out);
bool schema_json_equal(struct json_object *a, struct json_object *b);

// ---- schema_format.c ----
enum format_trust {
    FORMAT_UNKNOWN, // a name of one's own: an annotation
    FORMAT_ABOUT,   // what is accepted is a little more than, or a little less than, what is meant
    FORMAT_EXACT,
};
enum format_trust schema_format_trust(const char *format);
regex_id schema_format(struct schema_store *store, struct json_object *where, const char *format);

// ---- schema_exists.c ----
// Leaves out properties whose companions are left out.
void schema_prune_implications(struct object_spec *object);

// ---- json_schema.c ----
// Gives the place its shapes, unless it has them or is just being given them.
void schema_work_out(struct schema_store *store, value_ref ref);
value_ref schema_place(struct schema_store *store, const struct demand *demands, size_t n);
struct demand_list {
    struct demand *items;
    size_t n, capacity;
};
void schema_demand_add(struct demand_list *list, enum demand_kind kind, struct json_object *json);
// The place with the listed demands; empties the list.
value_ref schema_demands_take(struct schema_store *store, struct demand_list *list);
unsigned schema_type_bits(struct json_object *value);

static inline struct json_object *schema_get(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;
    if (json_object_is_type(object, json_type_object))
        json_object_object_get_ex(object, key, &value);
    return value;
}
static inline bool schema_is_true(struct json_object *value)
{
    return json_object_is_type(value, json_type_boolean) && json_object_get_boolean(value);
}
static inline bool schema_is_false(struct json_object *schema)
{
    return json_object_is_type(schema, json_type_boolean) && !json_object_get_boolean(schema);
}

#endif
