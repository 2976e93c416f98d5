#include "api/fields.h"

#include <math.h>

#include "api/json.h"

static const char *const type_words[] = {
    [FIELD_BOOL] = "true or false", [FIELD_INTEGER] = "a whole number",
    [FIELD_NUMBER] = "a number",    [FIELD_STRING] = "a string",
    [FIELD_VALUE] = "a value",      [FIELD_OBJECT] = "an object",
};

static bool is_number(struct json_object *value)
{
    return json_is(value, json_type_int) || json_is(value, json_type_double);
}

static enum err check_range(const struct field *field, double number, struct error *error)
{
    if (isnan(number) ||
        ((field->min != 0 || field->max != 0) && (number < field->min || number > field->max)))
        return fail(error, ERR_ARGUMENT, "%s: %g is not between %g and %g", field->name, number,
                    field->min, field->max);
    return OK;
}

static enum err read_integer(const struct field *field, struct json_object *value, int64_t *target,
                             struct error *error)
{
    if (json_is(value, json_type_double)) {
        double number = json_object_get_double(value);
        if (!(fabs(number) < 9e18) || number != floor(number))
            return fail(error, ERR_ARGUMENT, "%s: %g is not a whole number", field->name, number);
    }
    enum err err = check_range(field, json_object_get_double(value), error);
    if (!err)
        *target = json_object_get_int64(value);
    return err;
}

static enum err read_field(const struct field *field, struct json_object *value, void *target,
                           struct error *error)
{
    switch (field->type) {
    case FIELD_BOOL:
        if (!json_is(value, json_type_boolean))
            break;
        *(bool *)target = json_object_get_boolean(value);
        return OK;
    case FIELD_INTEGER:
        if (!is_number(value))
            break;
        return read_integer(field, value, target, error);
    case FIELD_NUMBER:
        if (!is_number(value))
            break;
        *(double *)target = json_object_get_double(value);
        return check_range(field, *(double *)target, error);
    case FIELD_STRING:
        if (!json_is(value, json_type_string))
            break;
        *(struct str *)target = json_str(value);
        return OK;
    case FIELD_OBJECT:
        if (!json_is(value, json_type_object))
            break;
        *(struct json_object **)target = value;
        return OK;
    case FIELD_VALUE:
        *(struct json_object **)target = value;
        return OK;
    }
    return fail(error, ERR_ARGUMENT, "%s: must be %s", field->name, type_words[field->type]);
}

enum err fields_read(const struct field *fields, size_t n_fields, struct json_object *body,
                     void *target, struct error *error)
{
    for (size_t i = 0; i < n_fields; i++) {
        struct json_object *value = json_at(body, fields[i].name);
        if (!value)
            continue;
        enum err err = read_field(&fields[i], value, (char *)target + fields[i].offset, error);
        if (err)
            return err;
    }
    return OK;
}
