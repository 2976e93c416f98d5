// fields.h - the simple fields of a request, as tables.
//
// A row says where a field stands in the JSON, of what type it is, where its value goes, which
// values make sense and what it is for.  Absent and null leave the target as it was.
#ifndef HEARTH_API_FIELDS_H
#define HEARTH_API_FIELDS_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum field_type {
    FIELD_BOOL,    // bool
    FIELD_INTEGER, // int64_t; a whole number, also written 1.0
    FIELD_NUMBER,  // double
    FIELD_STRING,  // struct str, borrowed from the JSON
    FIELD_VALUE,   // struct json_object *, any value, borrowed
    FIELD_OBJECT,  // the same, an object
};

#define FIELD_UNSET INT64_MIN // what integers that nobody set hold, by agreement

struct field {
    const char *name; // "temperature", "stream_options.include_usage"
    enum field_type type;
    size_t offset;    // in the target
    double min, max;  // of numbers, both included; both 0: any
    const char *help; // one line, for people
};

// ERR_ARGUMENT names the field, what was expected and, for numbers, what came.
enum err fields_read(const struct field *fields, size_t n_fields, struct json_object *body,
                     void *target, struct error *error);

#endif
