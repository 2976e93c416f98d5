#include "api/json.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

// How many values a text holds at most: each but the first of a list follows a comma, the first a
// bracket.
static size_t count_values(struct str text)
{
    size_t n = 1;
    char quote = 0; // the reader takes single quotes too
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (quote && c == '\\')
            i++;
        else if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else
            n += c == ',' || c == '[' || c == '{';
    }
    return n;
}

enum err json_read(struct json_object **out, struct str text, struct error *error)
{
    *out = NULL;
    if (text.size > INT32_MAX)
        return fail(error, ERR_LIMIT, "%zu bytes of JSON are too many", text.size);
    if (text.size > JSON_VALUES_MAX && count_values(text) > JSON_VALUES_MAX)
        return fail(error, ERR_LIMIT, "JSON has more than %d values", JSON_VALUES_MAX);
    struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX);
    if (!tokener)
        return fail(error, ERR_MEMORY, "no memory to read JSON");
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *value = json_tokener_parse_ex(tokener, text.data, (int)text.size);
    size_t end = json_tokener_get_parse_end(tokener);
    enum json_tokener_error cause = json_tokener_get_error(tokener);
    if (cause == json_tokener_continue) { // a bare number ends only where the text does
        value = json_tokener_parse_ex(tokener, "", 1);
        cause = json_tokener_get_error(tokener);
        end = text.size;
    }
    enum err err = OK;
    if (cause == json_tokener_error_depth)
        err = fail(error, ERR_FORMAT, "JSON is nested deeper than %d levels", JSON_DEPTH_MAX);
    else if (cause != json_tokener_success)
        err = fail(error, ERR_FORMAT, "invalid JSON at byte %zu: %s", end,
                   json_tokener_error_desc(cause));
    json_tokener_free(tokener);
    if (!err)
        *out = value;
    else
        json_object_put(value);
    return err;
}

struct json_object *json_at(struct json_object *object, const char *path)
{
    char key[64];
    while (object) {
        size_t size = strcspn(path, ".");
        assert(size < sizeof key);
        memcpy(key, path, size);
        key[size] = 0;
        struct json_object *value = NULL;
        if (!json_object_is_type(object, json_type_object) ||
            !json_object_object_get_ex(object, key, &value))
            return NULL;
        object = value;
        if (path[size] == 0)
            return object;
        path += size + 1;
    }
    return NULL;
}

bool json_is(struct json_object *value, enum json_type type)
{
    return value && json_object_is_type(value, type);
}

struct str json_str(struct json_object *value)
{
    if (!json_is(value, json_type_string))
        return (struct str){0};
    return (struct str){json_object_get_string(value), (size_t)json_object_get_string_len(value)};
}

struct str json_str_at(struct json_object *object, const char *path)
{
    return json_str(json_at(object, path));
}

size_t json_length(struct json_object *value)
{
    return json_is(value, json_type_array) ? json_object_array_length(value) : 0;
}

struct str json_text(struct json_object *value)
{
    size_t size = 0;
    int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
    const char *text = json_object_to_json_string_length(value, flags, &size);
    return (struct str){text, size};
}

struct str json_text_in(struct arena *arena, struct json_object *value)
{
    struct str text = json_text(value);
    char *copy = arena_copy(arena, text.data, text.size);
    return copy ? (struct str){copy, text.size} : (struct str){0};
}

// Bytes of the UTF-8 character at `s`, or 0 when there is none.
static size_t character_size(const unsigned char *s, size_t size)
{
    static const struct {
        unsigned char mask, lead;
        unsigned min;
    } forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t n = 0; n < 4; n++) {
        if ((s[0] & forms[n].mask) != forms[n].lead)
            continue;
        if (n >= size)
            return 0;
        unsigned code = s[0] & (unsigned char)~forms[n].mask;
        for (size_t i = 1; i <= n; i++) {
            if ((s[i] & 0xc0) != 0x80)
                return 0;
            code = code << 6 | (s[i] & 0x3f);
        }
        bool is_surrogate = code >= 0xd800 && code < 0xe000;
        return code < forms[n].min || code > 0x10ffff || is_surrogate ? 0 : n + 1;
    }
    return 0;
}

void json_put_string(struct buf *out, struct str text)
{
    static const char short_forms[128] = {['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
                                          ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't'};
    buf_append_byte(out, '"');
    size_t start = 0; // of what is copied as it is
    for (size_t i = 0; i < text.size;) {
        unsigned char c = (unsigned char)text.data[i];
        size_t size = 1;
        if (c >= 0x80)
            size = character_size((const unsigned char *)text.data + i, text.size - i);
        if (size && c >= 0x20 && (c >= 0x80 || !short_forms[c])) {
            i += size;
            continue;
        }
        if (i > start)
            buf_append(out, text.data + start, i - start);
        if (!size)
            buf_append_text(out, "\xef\xbf\xbd");
        else if (short_forms[c])
            buf_printf(out, "\\%c", short_forms[c]);
        else
            buf_printf(out, "\\u%04x", c);
        start = ++i;
    }
    if (text.size > start)
        buf_append(out, text.data + start, text.size - start);
    buf_append_byte(out, '"');
}

// The shortest decimal form that reads back as the same number.
static void put_number(struct buf *out, double number)
{
    if (!isfinite(number)) {
        buf_append_text(out, "null");
        return;
    }
    char text[40];
    for (int precision = 6; precision <= 17; precision++) {
        snprintf(text, sizeof text, "%.*g", precision, number);
        if (strtod(text, NULL) == number)
            break;
    }
    buf_append_text(out, text);
}

static void put_c_string(struct buf *out, const char *text)
{
    if (text)
        json_put_string(out, str_of(text));
    else
        buf_append_text(out, "null");
}

void json_print(struct buf *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            buf_append_byte(out, *f == '\'' ? '"' : *f);
            continue;
        }
        struct str text;
        switch (*++f) {
        case 'S':
            json_put_string(out, va_arg(arguments, struct str));
            break;
        case 's':
            put_c_string(out, va_arg(arguments, const char *));
            break;
        case 'J':
            text = va_arg(arguments, struct str);
            buf_append(out, text.data, text.size);
            break;
        case 'o':
            text = json_text(va_arg(arguments, struct json_object *));
            buf_append(out, text.data, text.size);
            break;
        case 'z':
            buf_printf(out, "%zu", va_arg(arguments, size_t));
            break;
        case 'l':
            buf_printf(out, "%lld", va_arg(arguments, long long));
            break;
        case 'f':
            put_number(out, va_arg(arguments, double));
            break;
        case 'b':
            buf_append_text(out, va_arg(arguments, int) ? "true" : "false");
            break;
        default:
            assert(!"unknown directive");
        }
    }
    va_end(arguments);
}
