// json.h - reading and writing the JSON of requests and answers.
//
// Reading is json-c's strict tokener with a bound on depth: the order of keys and the text of
// fractions are kept, NULs in strings survive, lone surrogates become U+FFFD, invalid UTF-8 is
// refused.  Writing is ours: a template shows the shape of what is written.
#ifndef HEARTH_API_JSON_H
#define HEARTH_API_JSON_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

enum {
    JSON_DEPTH_MAX = 100,
    JSON_VALUES_MAX = 500000, // a value of one byte costs a hundred once it is read
};

// ERR_FORMAT, with the place, for what is no JSON or is nested too deeply; ERR_LIMIT for too many
// values.  The value is the
// caller's, to give back with json_object_put().
enum err json_read(struct json_object **out, struct str text, struct error *error);

// The value at "key" or "key.key", or NULL where any of them is absent, null or no object.
struct json_object *json_at(struct json_object *object, const char *path);
// A string's bytes, or an empty view for anything else; borrowed from the value.
struct str json_str(struct json_object *value);
struct str json_str_at(struct json_object *object, const char *path);
bool json_is(struct json_object *value, enum json_type type);
size_t json_length(struct json_object *value); // of an array; 0 for anything else
// The compact JSON text of a value, as JavaScript would write it.
struct str json_text(struct json_object *value);
// A copy of json_text() that lives in the arena; empty when the arena is full.
struct str json_text_in(struct arena *arena, struct json_object *value);

// Appends `text` as a JSON string.  Bytes that are no UTF-8 become U+FFFD.
void json_put_string(struct buf *out, struct str text);

// Appends JSON by a template: ' stands for ", everything else for itself, except
//   %S  struct str, as a JSON string       %s  const char *, as a JSON string (NULL: null)
//   %J  struct str that is JSON already    %o  struct json_object * (NULL: null)
//   %z  size_t      %l  long long          %f  double, shortest form (not finite: null)
//   %b  int, as true or false
void json_print(struct buf *out, const char *format, ...);

#endif
