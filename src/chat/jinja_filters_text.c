// Filters on text and numbers.
#include "base/memory.h"
#include "chat/jinja_builtin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Strings as they are (Markup stays Markup), all else by str().
static struct jv soft(struct jinja_run *run, struct jv v)
{
    return v.type == JV_STRING ? v : jv_string(jv_to_string(run, v));
}

static struct jv call_method(struct jinja_run *run, const char *name, struct jv self)
{
    struct jargs none = {0};
    struct jv method = jv_getattr(run, self, jstr_wrap(run, str_of(name), SPAN_MARKUP));
    return jinja_call(run, method, &none);
}

// ---- case and white space ----

JINJA_FUNCTION(filter_upper)
{
    (void)args, (void)call;
    return jinja_change_case(run, soft(run, self), CASE_UPPER);
}

JINJA_FUNCTION(filter_lower)
{
    (void)args, (void)call;
    return jinja_change_case(run, soft(run, self), CASE_LOWER);
}

JINJA_FUNCTION(filter_capitalize)
{
    (void)args, (void)call;
    return call_method(run, "capitalize", soft(run, self));
}

static bool begins_word(uint32_t c)
{
    return c == '-' || c == '(' || c == '{' || c == '[' || c == '<' || char_is(c, CHAR_SPACE);
}

// Words are what stands between spaces, hyphens and opening brackets.
JINJA_FUNCTION(filter_title)
{
    (void)args, (void)call;
    const struct jstr *s = soft(run, self).string;
    struct jstr_room *room = jroom_new(run, s->size);
    for (size_t i = 0; i < s->size;) {
        uint32_t c;
        size_t first = char_read(s->data + i, s->size - i, &c), end = i + first;
        struct jv head = jv_string(jstr_slice(run, s, i, end));
        if (begins_word(c)) {
            jroom_append_string(run, room, head.string);
            i = end;
            continue;
        }
        while (end < s->size) {
            size_t size = char_read(s->data + end, s->size - end, &c);
            if (begins_word(c))
                break;
            end += size;
        }
        struct jv tail = jv_string(jstr_slice(run, s, i + first, end));
        jroom_append_string(run, room, jinja_change_case(run, head, CASE_UPPER).string);
        jroom_append_string(run, room, jinja_change_case(run, tail, CASE_LOWER).string);
        i = end;
    }
    return jv_string(jroom_string(run, room));
}

JINJA_FUNCTION(filter_trim)
{
    (void)call;
    return jinja_strip(run, soft(run, self), args[0], true, true);
}

JINJA_FUNCTION(filter_center)
{
    (void)call;
    int64_t width = jv_given(args[0]) ? jinja_need_int(run, args[0]) : 80;
    return jinja_pad(run, soft(run, self), width, (struct jv){0}, 0);
}

JINJA_FUNCTION(filter_string)
{
    (void)args, (void)call;
    return soft(run, self);
}

JINJA_FUNCTION(filter_indent)
{
    (void)call;
    struct jv width = jv_given(args[0]) ? args[0] : jv_int(4);
    const struct jstr *s = jinja_need_string(run, self, "the indented value");
    const struct jstr *by = width.string;
    if (width.type != JV_STRING)
        by = jinja_repeat_string(run, jv_literal(run, " "), jinja_need_int(run, width)).string;
    bool blank = jv_is_true(run, args[2]);
    s = jstr_concat(run, s, jstr_wrap(run, STR("\n"), SPAN_MARKUP));
    struct jv lines = jinja_splitlines(run, jv_string(s), false);
    struct jstr_room *room = jroom_new(run, s->size + by->size * 4);
    if (jv_is_true(run, args[1]))
        jroom_append_string(run, room, by);
    for (size_t i = 0; i < lines.list->n_items; i++) {
        const struct jstr *line = lines.list->items[i].string;
        if (i) {
            // The newline was the text's own.
            enum span_kind kind = jstr_kind_changed(self.string, 0);
            jroom_append(run, room, kind, 0, STR("\n"));
            if (blank || line->size)
                jroom_append_string(run, room, by);
        }
        jroom_append_string(run, room, line);
    }
    struct jv result = jv_string(jroom_string(run, room));
    result.html = self.html;
    return result;
}

JINJA_FUNCTION(filter_truncate)
{
    (void)call;
    int64_t length = jv_given(args[0]) ? jinja_need_int(run, args[0]) : 255;
    struct jv end = jv_given(args[2]) ? args[2] : jv_literal(run, "...");
    int64_t leeway =
        jv_given(args[3]) && args[3].type != JV_NONE ? jinja_need_int(run, args[3]) : 5;
    int64_t n_end = (int64_t)jstr_n_chars(run, jinja_need_string(run, end, "end"));
    if (length < n_end || leeway < 0)
        jinja_fail(run, ERR_FORMAT,
                   "truncate needs a length of at least %lld and no negative leeway",
                   (long long)n_end);
    int64_t n = jv_length(run, self);
    if (n <= length || n - length <= leeway)
        return self;
    const struct jstr *s = jinja_need_string(run, self, "the truncated value");
    struct jv cut = jv_string(jstr_slice_chars(run, s, 0, (size_t)(length - n_end)));
    if (!jv_is_true(run, args[1]))
        cut = jinja_split(run, cut, jv_literal(run, " "), 1, true).list->items[0];
    return jv_string(jstr_concat(run, cut.string, end.string));
}

JINJA_FUNCTION(filter_wordcount)
{
    (void)args, (void)call;
    const struct jstr *s = soft(run, self).string;
    int64_t n = 0;
    bool in_word = false;
    jinja_step_bytes(run, s->size);
    for (size_t i = 0; i < s->size;) {
        uint32_t c;
        i += char_read(s->data + i, s->size - i, &c);
        bool word = char_is_word(c);
        n += word && !in_word;
        in_word = word;
    }
    return jv_int(n);
}

JINJA_FUNCTION(filter_replace)
{
    (void)call;
    int64_t n_max =
        jv_given(args[2]) && args[2].type != JV_NONE ? jinja_need_int(run, args[2]) : -1;
    struct jv s = jv_string(jv_to_string(run, self));
    return jinja_replace(run, s, jv_to_string(run, args[0]), jv_to_string(run, args[1]), n_max);
}

JINJA_FUNCTION(filter_format)
{
    (void)args;
    struct jv values = jv_list(run, JV_TUPLE, call->n_items);
    for (size_t i = 0; i < call->n_items; i++)
        jlist_append(run, values.list, call->items[i]);
    if (call->n_items && call->n_keywords)
        jinja_fail(run, ERR_FORMAT,
                   "can't handle positional and keyword arguments at the same time");
    if (call->n_keywords) {
        values = jv_dict(run);
        for (size_t i = 0; i < call->n_keywords; i++)
            jdict_set(run, values.dict, jv_string(call->keywords[i].name), call->keywords[i].value);
    }
    return jinja_percent_format(run, soft(run, self), values);
}

// ---- HTML and URLs ----

JINJA_FUNCTION(filter_safe)
{
    (void)args, (void)call;
    struct jv safe = soft(run, self);
    safe.html = 1;
    return safe;
}

JINJA_FUNCTION(filter_escape)
{
    (void)args, (void)call;
    return jinja_escape_html(run, self);
}

JINJA_FUNCTION(filter_forceescape)
{
    (void)args, (void)call;
    return jinja_escape_html(run, jv_string(jv_to_string(run, self)));
}

static void quote_url(struct jinja_run *run, struct jstr_room *room, struct jv v, bool in_query)
{
    const struct jstr *s = jv_to_string(run, v);
    for (size_t i = 0; i < s->size; i++) {
        unsigned char c = (unsigned char)s->data[i];
        char hex[4];
        bool plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
                     (c && strchr(in_query ? "_.-~" : "_.-~/", c));
        if (plain && c < 0x80) {
            jroom_append_part(run, room, s, i, i + 1);
        } else {
            snprintf(hex, sizeof hex, "%%%02X", c);
            jroom_append(run, room, jstr_kind_changed(s, i), 0,
                         in_query && c == ' ' ? STR("+") : str_of(hex));
        }
        jinja_step(run, i % 16 == 0);
    }
}

JINJA_FUNCTION(filter_urlencode)
{
    (void)args, (void)call;
    struct jstr_room *room = jroom_new(run, 64);
    if (self.type == JV_STRING || !jv_is_iterable(self)) {
        quote_url(run, room, self, false);
        return jv_string(jroom_string(run, room));
    }
    struct jv pairs = self, item;
    if (self.type == JV_DICT)
        pairs = call_method(run, "items", self);
    struct jwalk walk = jwalk_start(run, pairs);
    for (size_t n = 0; jwalk_next(run, &walk, &item); n++) {
        struct jv pair = jv_to_list(run, item, JV_LIST);
        if (pair.list->n_items != 2)
            jinja_fail(run, ERR_FORMAT, "urlencode needs pairs");
        if (n)
            jroom_append(run, room, SPAN_MARKUP, 0, STR("&"));
        quote_url(run, room, pair.list->items[0], true);
        jroom_append(run, room, SPAN_MARKUP, 0, STR("="));
        quote_url(run, room, pair.list->items[1], true);
    }
    return jv_string(jroom_string(run, room));
}

JINJA_FUNCTION(filter_xmlattr)
{
    (void)call;
    struct jstr_room *room = jroom_new(run, 64);
    if (self.type != JV_DICT)
        jinja_fail(run, ERR_FORMAT, "xmlattr needs a dict, not %s", jv_type_name(self));
    for (size_t i = 0; i < self.dict->n_pairs; i++) {
        const struct jpair *pair = &self.dict->pairs[i];
        if (pair->value.type == JV_NONE || pair->value.type == JV_UNDEFINED)
            continue;
        const struct jstr *key = jinja_need_string(run, pair->key, "an attribute's name");
        for (size_t k = 0; k < key->size; k++)
            if (key->data[k] && strchr(" \t\n\r\f\v/>=", key->data[k]))
                jinja_fail(run, ERR_FORMAT, "Invalid character in attribute name");
        if (room->size || !jv_given(args[0]) || jv_truth(run, args[0]))
            jroom_append(run, room, SPAN_MARKUP, 0, STR(" "));
        jroom_append_string(run, room, jinja_escape_html(run, pair->key).string);
        jroom_append(run, room, SPAN_MARKUP, 0, STR("=\""));
        jroom_append_string(run, room, jinja_escape_html(run, pair->value).string);
        jroom_append(run, room, SPAN_MARKUP, 0, STR("\""));
    }
    return jv_string(jroom_string(run, room));
}

// ---- numbers ----

JINJA_FUNCTION(filter_abs)
{
    (void)args, (void)call;
    if (self.type == JV_FLOAT)
        return jv_float(fabs(self.number));
    if (jv_is_integer(self))
        return jv_integer(self) < 0 ? jv_negate(run, self) : jv_int(jv_integer(self));
    if (self.type == JV_UNDEFINED)
        jv_fail_undefined(run, self);
    jinja_fail(run, ERR_FORMAT, "bad operand type for abs(): '%s'", jv_type_name(self));
}

static struct jv truncate_float(struct jinja_run *run, double number, struct jv missing)
{
    if (isnan(number))
        return missing;
    if (isinf(number))
        jinja_fail(run, ERR_FORMAT, "cannot convert float infinity to integer");
    if (!(fabs(number) < 9223372036854775808.0))
        jinja_fail(run, ERR_LIMIT, "an integer needs more than 64 bits");
    return jv_int((int64_t)number);
}

JINJA_FUNCTION(filter_int)
{
    (void)call;
    struct jv missing = jv_given(args[0]) ? args[0] : jv_int(0);
    int64_t base = jv_given(args[1]) ? jinja_need_int(run, args[1]) : 10, value;
    bool too_big;
    double number;
    if (self.type == JV_UNDEFINED)
        jv_fail_undefined(run, self);
    if (self.type == JV_BIG)
        return self;
    if (jv_is_integer(self))
        return jv_int(jv_integer(self));
    if (self.type == JV_FLOAT)
        return truncate_float(run, self.number, missing);
    if (self.type != JV_STRING)
        return missing;
    bool has_base = base == 0 || (base >= 2 && base <= 36);
    if (has_base && jinja_parse_int(jstr_bytes(self.string), (int)base, &value, &too_big)) {
        if (too_big)
            jinja_fail(run, ERR_LIMIT, "an integer needs more than 64 bits");
        return jv_int(value);
    }
    if (jinja_parse_float(run, jstr_bytes(self.string), &number))
        return truncate_float(run, number, missing);
    return missing;
}

JINJA_FUNCTION(filter_float)
{
    (void)call;
    double number;
    if (self.type == JV_UNDEFINED)
        jv_fail_undefined(run, self);
    if (jv_is_number(self))
        return jv_float(jv_number(self));
    if ((self.type == JV_STRING || self.type == JV_BIG) &&
        jinja_parse_float(run, jstr_bytes(self.string), &number))
        return jv_float(number);
    return jv_given(args[0]) ? args[0] : jv_float(0);
}

// Half to even on the exact value, as Python rounds.
static double round_float(double number, int64_t precision)
{
    char digits[512];
    if (!isfinite(number) || precision > 300)
        return number;
    if (precision < -300)
        return copysign(0.0, number);
    if (precision < 0) {
        double unit = pow(10, (double)-precision);
        return nearbyint(number / unit) * unit;
    }
    if (precision > 60)
        return number;
    snprintf(digits, sizeof digits, "%.*f", (int)precision, number);
    return strtod(digits, NULL);
}

static struct jv round_integer(struct jinja_run *run, int64_t number, int64_t precision)
{
    if (precision >= 0)
        return jv_int(number);
    if (precision < -18)
        return jv_int(0);
    int64_t unit = 1;
    for (int64_t i = 0; i < -precision; i++)
        unit *= 10;
    int64_t rest = number % unit, whole = number - rest;
    int64_t twice = rest < 0 ? -rest : rest;
    bool up = twice > unit - twice || (twice == unit - twice && (whole / unit) % 2 != 0);
    if (up && __builtin_add_overflow(whole, number < 0 ? -unit : unit, &whole))
        jinja_fail(run, ERR_LIMIT, "an integer needs more than 64 bits");
    return jv_int(whole);
}

JINJA_FUNCTION(filter_round)
{
    (void)call;
    int64_t precision = jv_given(args[0]) ? jinja_need_int(run, args[0]) : 0;
    struct str method = STR("common");
    if (jv_given(args[1]))
        method = jstr_bytes(jinja_need_string(run, args[1], "method"));
    bool common = str_is(method, "common"), ceiling = str_is(method, "ceil");
    if (!common && !ceiling && !str_is(method, "floor"))
        jinja_fail(run, ERR_FORMAT, "method must be common, ceil or floor");
    if (self.type == JV_UNDEFINED)
        jv_fail_undefined(run, self);
    if (!jv_is_number(self))
        jinja_fail(run, ERR_FORMAT, "type %s doesn't define __round__ method", jv_type_name(self));
    if (!common) {
        double unit = pow(10, (double)precision), scaled = jv_number(self) * unit;
        if (!isfinite(scaled))
            jinja_fail(run, ERR_FORMAT, "cannot convert float infinity or NaN to integer");
        return jv_float((ceiling ? ceil(scaled) : floor(scaled)) / unit);
    }
    return self.type == JV_FLOAT ? jv_float(round_float(self.number, precision))
                                 : round_integer(run, jv_integer(self), precision);
}

JINJA_FUNCTION(filter_filesizeformat)
{
    (void)call;
    static const char *const units[2][8] = {
        {"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"},
        {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"}};
    struct jargs none = {0};
    struct jv no_default[JINJA_PARAMS_MAX] = {jv_none()};
    struct jv number = filter_float(run, self, no_default, &none);
    if (number.type != JV_FLOAT)
        jinja_fail(run, ERR_FORMAT, "filesizeformat needs a number");
    double bytes = number.number;
    bool binary = jv_is_true(run, args[0]);
    double base = binary ? 1024 : 1000, unit = base;
    char text[400];
    int i = 0;
    while (i < 7 && bytes >= unit * base) {
        unit *= base;
        i++;
    }
    if (bytes == 1)
        snprintf(text, sizeof text, "1 Byte");
    else if (bytes < base)
        snprintf(text, sizeof text, "%lld Bytes", (long long)bytes);
    else
        snprintf(text, sizeof text, "%.1f %s", bytes / unit, units[binary][i]);
    return jv_string(jstr_copy(run, str_of(text), SPAN_MARKUP));
}

static const struct jinja_builtin filters[] = {
    JINJA_ROW("abs", filter_abs, 0, NULL),
    JINJA_ROW("capitalize", filter_capitalize, 0, NULL),
    JINJA_ROW("center", filter_center, 0, "width"),
    JINJA_ROW("e", filter_escape, 0, NULL),
    JINJA_ROW("escape", filter_escape, 0, NULL),
    JINJA_ROW("filesizeformat", filter_filesizeformat, 0, "binary"),
    JINJA_ROW("float", filter_float, 0, "default"),
    JINJA_ROW("forceescape", filter_forceescape, 0, NULL),
    JINJA_ANY("format", filter_format),
    JINJA_ROW("indent", filter_indent, 0, "width", "first", "blank"),
    JINJA_ROW("int", filter_int, 0, "default", "base"),
    JINJA_ROW("lower", filter_lower, 0, NULL),
    JINJA_ROW("replace", filter_replace, 2, "old", "new", "count"),
    JINJA_ROW("round", filter_round, 0, "precision", "method"),
    JINJA_ROW("safe", filter_safe, 0, NULL),
    JINJA_ROW("string", filter_string, 0, NULL),
    JINJA_ROW("title", filter_title, 0, NULL),
    JINJA_ROW("trim", filter_trim, 0, "chars"),
    JINJA_ROW("truncate", filter_truncate, 0, "length", "killwords", "end", "leeway"),
    JINJA_ROW("upper", filter_upper, 0, NULL),
    JINJA_ROW("urlencode", filter_urlencode, 0, NULL),
    JINJA_ROW("wordcount", filter_wordcount, 0, NULL),
    JINJA_ROW("xmlattr", filter_xmlattr, 0, "autospace"),
};

const struct jinja_builtin *jinja_text_filter_find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(filters); i++)
        if (str_is(name, filters[i].name))
            return &filters[i];
    return NULL;
}
