// json_schema.h - a JSON Schema (draft 4 to 2020-12) as places for values.
//
// The schema is not translated as a whole.  A place is a set of demands: schemas that a value must
// follow, or must not follow.  When a text first gets to a place, the demands are multiplied out into
// alternatives of one shape each (value_spec.h); equal sets of demands are one place, so recursion
// closes, and what no text reaches costs nothing.
//
// Where a keyword cannot be decided while writing, it is left out: more is accepted, never less.
// Each such relaxation is kept, once, with the place in the schema and the cause.  The same happens
// past a bound (alternatives, automaton states): that one place is relaxed.
//
// One owner at a time.
#ifndef HEARTH_SAMPLE_JSON_SCHEMA_H
#define HEARTH_SAMPLE_JSON_SCHEMA_H

#include "base/arena.h"
#include "base/error.h"
#include "sample/value_spec.h"

struct json_object;

struct relaxation {
    char *pointer;     // JSON pointer into the schema: "/properties/name/pattern"
    const char *cause; // "look-behind"
};

struct schema_store;

struct schema_store *schema_store_open(size_t size_max); // bytes, about
void schema_store_close(struct schema_store *store);
// From now on values are written as in Gemma's calls: names bare and followed by a colon, strings raw
// between `quote` marks.  Before any schema is added.
void schema_store_use_braces(struct schema_store *store, struct str quote);
bool schema_has_bare_names(const struct schema_store *store);

// Adds a schema; the place of a value that follows it.  `schema` is copied; NULL means anything.
value_ref schema_add(struct schema_store *store, struct json_object *schema);
// From text.  Text that is no JSON or no schema gives anything, as a relaxation.
value_ref schema_add_text(struct schema_store *store, struct str schema);
// The arguments of a tool: an object that follows `schema` (NULL: any).  Where it lists properties
// and says nothing of others, there are no others.
value_ref schema_add_arguments(struct schema_store *store, struct json_object *schema);
// Any JSON value; any JSON object.
value_ref schema_anything(struct schema_store *store);
value_ref schema_any_object(struct schema_store *store);

// What is meant at a place; worked out at the first call.  No shape: no value is possible.
const struct value_spec *schema_value(struct schema_store *store, value_ref ref);
// Whether a whole value exists.
bool schema_value_exists(struct schema_store *store, value_ref ref);
// Before an object is opened: leaves out names whose values cannot exist.
struct object_spec *schema_object(struct schema_store *store, uint32_t i);
const struct array_spec *schema_array(const struct schema_store *store, uint32_t i);
// Whether `needed` more items that `contains` counts can come from item `count` on.
bool schema_array_can_find(struct schema_store *store, uint32_t i, uint32_t count, uint32_t needed);
const struct literal_set *schema_literals(const struct schema_store *store, uint32_t i);
struct dfa *schema_dfa(struct schema_store *store);
struct number_table *schema_numbers(struct schema_store *store);
struct regex_pool *schema_pool(struct schema_store *store);
regex_id schema_any_character(const struct schema_store *store); // of a JSON string
regex_id schema_quote(const struct schema_store *store);
dfa_state
schema_free_string(const struct schema_store *store); // inside any string, after its quote

// What a string at a place may be, without quotes: as characters, or as inside a JSON string.
// REGEX_EMPTY: no string is allowed.  `is_only_text`: nothing but strings is.
regex_id schema_text(struct schema_store *store, value_ref ref, bool is_raw, bool *is_only_text);
// The known properties of an object's place, in the order of the schema; false: not one object.
const struct object_spec *schema_only_object(struct schema_store *store, value_ref ref);

// Notes that a whole place was relaxed; SPEC_NONE: no place in particular.
void schema_relax_all(struct schema_store *store, value_ref ref, const char *cause);
const struct relaxation *schema_relaxations(const struct schema_store *store, size_t *n);
size_t schema_n_steps(const struct schema_store *store); // work done so far, for bounds in tests

#endif
