#include "chat/json_text.h"
#include "chat/jinja_unicode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t json_text_plain(struct str text, bool ascii)
{
    size_t n = 0;
    while (n < text.size) {
        unsigned char c = (unsigned char)text.data[n];
        if (c < 0x20 || c == '"' || c == '\\' || (ascii && c >= 0x7f))
            break;
        n++;
    }
    return n;
}

size_t json_text_escape(char out[JSON_TEXT_ESCAPE_MAX], struct str text, size_t *n_taken)
{
    static const char letters[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char hex[32]; // two escapes at most; the compiler cannot know that they are short
    uint32_t c;
    *n_taken = char_read(text.data, text.size, &c);
    out[0] = '\\';
    if (c == '"' || c == '\\' || (c < 0x20 && letters[c])) {
        out[1] = c < 0x20 ? letters[c] : (char)c;
        return 2;
    }
    if (c >= CHAR_STRAY)
        c = 0xfffd;
    size_t size = c < 0x10000 ? 6 : 12;
    if (c < 0x10000)
        snprintf(hex, sizeof hex, "\\u%04x", (unsigned)c & 0xffff);
    else
        snprintf(hex, sizeof hex, "\\u%04x\\u%04x",
                 (unsigned)(0xd800 + ((c - 0x10000) >> 10 & 0x3ff)),
                 (unsigned)(0xdc00 + (c & 0x3ff)));
    memcpy(out, hex, size);
    return size;
}

// Adds one to the last digit of "d.ddde+xx"; nines that would carry past the first are left alone.
static void increment_digits(char text[40])
{
    char *p = strchr(text, 'e') - 1;
    while (p > text && (*p == '9' || *p == '.')) {
        if (*p == '9')
            *p = '0';
        p--;
    }
    if (*p >= '0' && *p < '9')
        ++*p;
}

// Shortest digits that read back as the number, as "d.ddde+xx".
static void shortest_digits(char out[40], double number)
{
    // 15 digits are enough for every normal number that has a short form; only subnormals may
    // need fewer than what 15 digits round to.
    int n_digits = fabs(number) < 2.3e-308 ? 1 : 15;
    for (; n_digits <= 17; n_digits++) {
        snprintf(out, 40, "%.*e", n_digits - 1, number);
        if (strtod(out, NULL) == number)
            return;
        // Around a power of two the closest decimal may belong to the neighbour below, and the next
        // one up still to the number.
        increment_digits(out);
        if (strtod(out, NULL) == number)
            return;
    }
    snprintf(out, 40, "%.16e", number);
}

size_t json_text_float_repr(char out[JSON_TEXT_FLOAT_MAX], double number)
{
    if (isnan(number) || isinf(number))
        return (size_t)snprintf(out, JSON_TEXT_FLOAT_MAX, "%s",
                                isnan(number) ? "nan"
                                : number < 0  ? "-inf"
                                              : "inf");
    char text[40], digits[20];
    shortest_digits(text, number);
    const char *sign = text[0] == '-' ? "-" : "";
    size_t n = 0;
    const char *p = text + (*sign != 0);
    for (; *p && *p != 'e'; p++)
        if (*p != '.')
            digits[n++] = *p;
    int exponent = atoi(p + 1);
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = 0;
    if (exponent < -4 || exponent >= 16)
        return (size_t)snprintf(out, JSON_TEXT_FLOAT_MAX, "%s%c%s%se%c%02d", sign, digits[0],
                                n > 1 ? "." : "", digits + 1, exponent < 0 ? '-' : '+',
                                abs(exponent));
    if (exponent < 0)
        return (size_t)snprintf(out, JSON_TEXT_FLOAT_MAX, "%s0.%.*s%s", sign, -exponent - 1, "0000",
                                digits);
    if ((size_t)exponent + 1 >= n)
        return (size_t)snprintf(out, JSON_TEXT_FLOAT_MAX, "%s%s%.*s.0", sign, digits,
                                exponent + 1 - (int)n, "0000000000000000");
    return (size_t)snprintf(out, JSON_TEXT_FLOAT_MAX, "%s%.*s.%s", sign, exponent + 1, digits,
                            digits + exponent + 1);
}

size_t json_text_float(char out[JSON_TEXT_FLOAT_MAX], double number)
{
    if (isnan(number) || isinf(number))
        return (size_t)snprintf(out, JSON_TEXT_FLOAT_MAX, "%s",
                                isnan(number) ? "NaN"
                                : number < 0  ? "-Infinity"
                                              : "Infinity");
    return json_text_float_repr(out, number);
}

void json_text_append_string(struct buf *buf, struct str text)
{
    buf_append_byte(buf, '"');
    while (text.size) {
        size_t n = json_text_plain(text, false);
        buf_append(buf, text.data, n);
        text = str_slice(text, n, text.size);
        if (text.size) {
            char escape[JSON_TEXT_ESCAPE_MAX];
            buf_append(buf, escape, json_text_escape(escape, text, &n));
            text = str_slice(text, n, text.size);
        }
    }
    buf_append_byte(buf, '"');
}

static void append_object(struct buf *buf, struct json_object *object)
{
    const char *separator = "";
    buf_append_byte(buf, '{');
    json_object_object_foreach(object, key, value)
    {
        buf_append_text(buf, separator);
        json_text_append_string(buf, str_of(key));
        buf_append_text(buf, ": ");
        json_text_append(buf, value);
        separator = ", ";
    }
    buf_append_byte(buf, '}');
}

void json_text_append(struct buf *buf, struct json_object *value)
{
    char number[JSON_TEXT_FLOAT_MAX];
    switch (json_object_get_type(value)) {
    case json_type_null:
        buf_append_text(buf, "null");
        break;
    case json_type_boolean:
        buf_append_text(buf, json_object_get_boolean(value) ? "true" : "false");
        break;
    case json_type_double:
        buf_append(buf, number, json_text_float(number, json_object_get_double(value)));
        break;
    case json_type_int:
        buf_append_text(buf, json_object_to_json_string(value));
        break;
    case json_type_string:
        json_text_append_string(buf, (struct str){json_object_get_string(value),
                                                  (size_t)json_object_get_string_len(value)});
        break;
    case json_type_array:
        buf_append_byte(buf, '[');
        for (size_t i = 0; i < json_object_array_length(value); i++) {
            if (i)
                buf_append_text(buf, ", ");
            json_text_append(buf, json_object_array_get_idx(value, i));
        }
        buf_append_byte(buf, ']');
        break;
    case json_type_object:
        append_object(buf, value);
        break;
    }
}
