// Formatting: `"%s" % x` and str.format.
#include "base/memory.h"
#include "chat/jinja_builtin.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct spec { // of one conversion, in either language
    bool left, plus, space, zero, alternate;
    char align; // '<', '>', '^', '=', or 0
    const struct jstr *fill;
    int64_t width;     // -1: none
    int64_t precision; // -1: none
    char thousands;    // ',' or '_' or 0
    char type;         // 0: none
};

enum { WIDTH_MAX = 1 << 20, DIGITS_MAX = 1200 };

static void pad(struct jinja_run *run, struct jstr_room *room, const struct jstr *fill, int64_t n)
{
    for (int64_t i = 0; i < n; i++, jinja_step(run, 1)) {
        if (fill)
            jroom_append_string(run, room, fill);
        else
            jroom_append(run, room, SPAN_MARKUP, 0, STR(" "));
    }
}

// A number's sign and prefix, its digits, zeros between them if asked for, within the width.
static void put_number(struct jinja_run *run, struct jstr_room *room, const struct spec *spec,
                       const char *sign, const char *digits)
{
    size_t n_sign = strlen(sign), n_digits = strlen(digits);
    int64_t missing = spec->width - (int64_t)(n_sign + n_digits);
    char align = spec->left ? '<' : spec->align ? spec->align : spec->zero ? '=' : '>';
    struct jstr zero = {.data = "0", .size = 1, .kind = SPAN_MARKUP};
    const struct jstr *fill = spec->fill ? spec->fill : align == '=' && spec->zero ? &zero : NULL;
    if (spec->zero && !spec->left && !spec->fill)
        fill = &zero;
    int64_t before = align == '^' ? missing / 2 : align == '<' ? 0 : missing;
    if (align != '=')
        pad(run, room, fill, before);
    jroom_append(run, room, SPAN_MARKUP, 0, str_of(sign));
    if (align == '=')
        pad(run, room, fill, missing);
    jroom_append(run, room, SPAN_MARKUP, 0, str_of(digits));
    if (align == '^' || align == '<')
        pad(run, room, fill, missing - before);
}

static const char *sign_of(const struct spec *spec, bool negative)
{
    return negative ? "-" : spec->plus ? "+" : spec->space ? " " : "";
}

// Puts separators into the digits in front of the first that is none.
static void group_digits(char *digits, size_t capacity, char separator, size_t group)
{
    size_t n = strcspn(digits, ".e%"), n_separators = n ? (n - 1) / group : 0;
    size_t size = strlen(digits);
    if (size + n_separators + 1 > capacity)
        return;
    memmove(digits + n + n_separators, digits + n, size - n + 1);
    for (size_t i = n, to = n + n_separators, count = 0; i-- > 0; count++) {
        if (count && count % group == 0)
            digits[--to] = separator;
        digits[--to] = digits[i];
    }
}

static void format_integer(struct jinja_run *run, struct jstr_room *room, const struct spec *spec,
                           int64_t value)
{
    static const struct {
        char type;
        int base;
        const char *prefix;
    } rows[] = {{'d', 10, ""}, {'x', 16, "0x"}, {'X', 16, "0X"}, {'o', 8, "0o"}, {'b', 2, "0b"}};
    char digits[DIGITS_MAX], sign[8], reversed[80];
    size_t row = 0, n = 0, at = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].type == spec->type)
            row = i;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        unsigned digit = (unsigned)(rest % (unsigned)rows[row].base);
        reversed[n++] = (spec->type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef")[digit];
        rest /= (unsigned)rows[row].base;
    } while (rest);
    for (int64_t i = (int64_t)n; i < spec->precision && at < DIGITS_MAX - 100; i++)
        digits[at++] = '0';
    while (n)
        digits[at++] = reversed[--n];
    digits[at] = 0;
    if (spec->thousands)
        group_digits(digits, sizeof digits, spec->thousands, rows[row].base == 10 ? 3 : 4);
    snprintf(sign, sizeof sign, "%s%s", sign_of(spec, value < 0),
             spec->alternate ? rows[row].prefix : "");
    put_number(run, room, spec, sign, digits);
}

static void format_float(struct jinja_run *run, struct jstr_room *room, const struct spec *spec,
                         double value)
{
    char digits[DIGITS_MAX], format[16];
    bool percent = spec->type == '%';
    char type = percent ? 'f' : spec->type ? spec->type : 'g';
    int precision = spec->precision < 0 ? 6 : (int)spec->precision;
    if (precision > 800)
        jinja_fail(run, ERR_LIMIT, "a number is formatted with more than 800 digits");
    if (percent)
        value *= 100;
    snprintf(format, sizeof format, "%%%s.*%c", spec->alternate ? "#" : "", type);
    // The format is put together from a closed set of letters just above.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(digits, sizeof digits, format, precision, fabs(value));
#pragma GCC diagnostic pop
    if (percent)
        strncat(digits, "%", sizeof digits - strlen(digits) - 1);
    if (spec->thousands)
        group_digits(digits, sizeof digits, spec->thousands, 3);
    put_number(run, room, spec, sign_of(spec, signbit(value) && !isnan(value)), digits);
}

static void format_string(struct jinja_run *run, struct jstr_room *room, const struct spec *spec,
                          const struct jstr *s)
{
    int64_t n = (int64_t)jstr_n_chars(run, s);
    if (spec->precision >= 0 && spec->precision < n) {
        s = jstr_slice_chars(run, s, 0, (size_t)spec->precision);
        n = spec->precision;
    }
    int64_t missing = spec->width - n;
    bool right = spec->align ? spec->align == '>' : !spec->left;
    int64_t before = spec->align == '^' ? missing / 2 : right ? missing : 0;
    pad(run, room, spec->fill, before);
    jroom_append_string(run, room, s);
    pad(run, room, spec->fill, missing - (before > 0 ? before : 0));
}

// ---- percent ----

struct percent {
    struct jinja_run *run;
    struct jstr_room *room;
    const struct jstr *format;
    size_t at;
    struct jv args;
    size_t i_arg; // next of a tuple, or whether the only argument was taken
};

static bool is_mapping(struct jv v)
{
    return v.type == JV_DICT || v.type == JV_LIST || v.type == JV_RANGE || v.type == JV_UNDEFINED;
}

static struct jv next_arg(struct percent *p)
{
    if (p->args.type == JV_TUPLE) {
        if (p->i_arg < p->args.list->n_items)
            return p->args.list->items[p->i_arg++];
    } else if (p->i_arg++ == 0) {
        return p->args;
    }
    jinja_fail(p->run, ERR_FORMAT, "not enough arguments for format string");
}

static char peek(const struct percent *p)
{
    if (p->at >= p->format->size)
        jinja_fail(p->run, ERR_FORMAT, "incomplete format");
    return p->format->data[p->at];
}

static int64_t read_count(struct percent *p)
{
    int64_t n = 0;
    if (peek(p) == '*') {
        p->at++;
        n = jinja_need_int(p->run, next_arg(p));
    }
    while (peek(p) >= '0' && peek(p) <= '9' && n < WIDTH_MAX)
        n = n * 10 + (p->format->data[p->at++] - '0');
    if (n > WIDTH_MAX || n < -WIDTH_MAX)
        jinja_fail(p->run, ERR_LIMIT, "a format is wider than %d", WIDTH_MAX);
    return n;
}

static struct spec read_spec(struct percent *p)
{
    struct spec spec = {.width = -1, .precision = -1};
    for (;; p->at++) {
        char c = peek(p);
        bool *flag = c == '-'   ? &spec.left
                     : c == '+' ? &spec.plus
                     : c == ' ' ? &spec.space
                     : c == '0' ? &spec.zero
                     : c == '#' ? &spec.alternate
                                : NULL;
        if (!flag)
            break;
        *flag = true;
    }
    spec.width = read_count(p);
    if (spec.width < 0) {
        spec.left = true;
        spec.width = -spec.width;
    }
    if (peek(p) == '.') {
        p->at++;
        spec.precision = read_count(p);
        if (spec.precision < 0)
            spec.precision = 0;
    }
    while (strchr("hlL", peek(p)))
        p->at++;
    spec.type = peek(p);
    p->at++;
    return spec;
}

static struct jv read_key(struct percent *p)
{
    size_t start = ++p->at;
    for (int depth = 1; depth; p->at++) {
        char c = peek(p);
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    if (!is_mapping(p->args))
        jinja_fail(p->run, ERR_FORMAT, "format requires a mapping");
    struct jv key = jv_string(jstr_slice(p->run, p->format, start, p->at - 1));
    if (p->args.type == JV_DICT) {
        const struct jv *value = jdict_find(p->run, p->args.dict, key);
        if (value)
            return *value;
    }
    jinja_fail(p->run, ERR_FORMAT, "a format names a key that is not there");
}

static const struct jstr *character(struct jinja_run *run, int64_t c)
{
    char bytes[4];
    if (c < 0 || c > 0x10ffff)
        jinja_fail(run, ERR_FORMAT, "%%c arg not in range(0x110000)");
    size_t size = char_write(bytes, (uint32_t)c);
    return jstr_copy(run, (struct str){bytes, size}, SPAN_MARKUP);
}

static void convert_number(struct percent *p, struct spec *spec, struct jv v)
{
    if (!jv_is_number(v)) {
        if (v.type == JV_UNDEFINED)
            jv_fail_undefined(p->run, v);
        jinja_fail(p->run, ERR_FORMAT, "%%%c format: a real number is required, not %s", spec->type,
                   jv_type_name(v));
    }
    if (strchr("eEfFgG", spec->type)) {
        format_float(p->run, p->room, spec, jv_number(v));
        return;
    }
    if (v.type == JV_FLOAT && !strchr("diu", spec->type))
        jinja_fail(p->run, ERR_FORMAT, "%%%c format: an integer is required, not float",
                   spec->type);
    if (v.type == JV_FLOAT && !(fabs(v.number) < 9.2e18))
        jinja_fail(p->run, ERR_LIMIT, "an integer needs more than 64 bits");
    if (strchr("iu", spec->type))
        spec->type = 'd';
    format_integer(p->run, p->room, spec, v.type == JV_FLOAT ? (int64_t)v.number : jv_integer(v));
}

static void convert(struct percent *p, struct spec spec, struct jv v, bool html)
{
    struct jinja_run *run = p->run;
    switch (spec.type) {
    case 's':
        format_string(run, p->room, &spec,
                      html ? jinja_escape_html(run, v).string : jv_to_string(run, v));
        break;
    case 'r':
    case 'a':
        format_string(run, p->room, &spec, jv_repr(run, v));
        break;
    case 'c':
        if (v.type == JV_STRING && jstr_n_chars(run, v.string) == 1) {
            format_string(run, p->room, &spec, v.string);
            break;
        }
        format_string(run, p->room, &spec, character(run, jinja_need_int(run, v)));
        break;
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        convert_number(p, &spec, v);
        break;
    default:
        jinja_fail(run, ERR_FORMAT, "unsupported format character '%c'", spec.type);
    }
}

struct jv jinja_percent_format(struct jinja_run *run, struct jv format, struct jv args)
{
    struct percent p = {.run = run,
                        .room = jroom_new(run, format.string->size + 64),
                        .format = format.string,
                        .args = args};
    while (p.at < p.format->size) {
        size_t next = jstr_find(run, jstr_bytes(p.format), STR("%"), p.at);
        next = next == SIZE_MAX ? p.format->size : next;
        jroom_append_part(run, p.room, p.format, p.at, next);
        p.at = next + 1;
        if (next == p.format->size)
            break;
        struct jv value = {0};
        if (peek(&p) == '(')
            value = read_key(&p);
        struct spec spec = read_spec(&p);
        if (spec.type == '%') {
            jroom_append(run, p.room, jstr_kind_changed(p.format, next), 0, STR("%"));
            continue;
        }
        convert(&p, spec, value.type == JV_MISSING ? next_arg(&p) : value, format.html);
    }
    bool left_over =
        args.type == JV_TUPLE ? p.i_arg < args.list->n_items : p.i_arg == 0 && !is_mapping(args);
    if (left_over)
        jinja_fail(run, ERR_FORMAT, "not all arguments converted during string formatting");
    struct jv result = jv_string(jroom_string(run, p.room));
    result.html = format.html;
    return result;
}

// ---- str.format ----

struct braces {
    struct jinja_run *run;
    const struct jargs *call;
    size_t i_auto;
    bool used_auto, used_numbers;
};

static bool is_number(struct str text, size_t *value)
{
    *value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || i > 8)
            return false;
        *value = *value * 10 + (size_t)(text.data[i] - '0');
    }
    return text.size > 0;
}

static struct jv first_of_field(struct braces *b, struct str name)
{
    size_t i;
    bool is_auto = name.size == 0;
    if (is_auto || is_number(name, &i)) {
        i = is_auto ? b->i_auto++ : i;
        b->used_auto |= is_auto;
        b->used_numbers |= !is_auto;
        if (b->used_auto && b->used_numbers)
            jinja_fail(b->run, ERR_FORMAT,
                       "cannot switch between automatic and manual field numbering");
        if (i >= b->call->n_items)
            jinja_fail(b->run, ERR_FORMAT,
                       "Replacement index %zu out of range for positional args tuple", i);
        return b->call->items[i];
    }
    for (size_t k = 0; k < b->call->n_keywords; k++)
        if (str_equal(jstr_bytes(b->call->keywords[k].name), name))
            return b->call->keywords[k].value;
    jinja_fail(b->run, ERR_FORMAT, "str.format names an argument that is not there");
}

// name.attribute[key] of a field.
static struct jv look_up_field(struct braces *b, struct str field)
{
    size_t end = 0;
    while (end < field.size && field.data[end] != '.' && field.data[end] != '[')
        end++;
    struct jv v = first_of_field(b, str_slice(field, 0, end));
    while (end < field.size) {
        bool is_item = field.data[end] == '[';
        size_t start = ++end, i;
        while (end < field.size && (is_item ? field.data[end] != ']'
                                            : field.data[end] != '.' && field.data[end] != '['))
            end++;
        struct str key = str_slice(field, start, end);
        end += is_item;
        const struct jstr *name = jstr_wrap(b->run, key, SPAN_MARKUP);
        if (!is_item)
            v = jv_getattr(b->run, v, name);
        else
            v = jv_getitem(b->run, v, is_number(key, &i) ? jv_int((int64_t)i) : jv_string(name));
    }
    return v;
}

static struct spec parse_spec(struct jinja_run *run, const struct jstr *text)
{
    struct spec spec = {.width = -1, .precision = -1};
    const char *s = text->data;
    size_t at = 0, size = text->size, first = size ? char_size(s, size) : 0;
    if (first < size && strchr("<>=^", s[first])) {
        spec.fill = jstr_slice(run, text, 0, first);
        spec.align = s[first];
        at = first + 1;
    } else if (size && strchr("<>=^", s[0])) {
        spec.align = s[at++];
    }
    if (at < size && strchr("+- ", s[at])) {
        spec.plus = s[at] == '+';
        spec.space = s[at++] == ' ';
    }
    if (at < size && s[at] == '#')
        spec.alternate = s[at++];
    if (at < size && s[at] == '0' && at++ < size)
        spec.zero = !spec.align;
    for (; at < size && s[at] >= '0' && s[at] <= '9' && spec.width < WIDTH_MAX; at++)
        spec.width = (spec.width < 0 ? 0 : spec.width) * 10 + (s[at] - '0');
    if (at < size && (s[at] == ',' || s[at] == '_'))
        spec.thousands = s[at++];
    if (at < size && s[at] == '.') {
        spec.precision = 0;
        for (at++; at < size && s[at] >= '0' && s[at] <= '9' && spec.precision < WIDTH_MAX; at++)
            spec.precision = spec.precision * 10 + (s[at] - '0');
    }
    if (at < size)
        spec.type = s[at++];
    if (at < size)
        jinja_fail(run, ERR_FORMAT, "Invalid format specifier");
    return spec;
}

static void format_value(struct jinja_run *run, struct jstr_room *room, struct jv v,
                         const struct jstr *spec_text)
{
    struct spec spec = parse_spec(run, spec_text);
    if (spec_text->size == 0) {
        jv_write(run, room, v);
    } else if (v.type == JV_STRING) {
        if (spec.type && spec.type != 's')
            jinja_fail(run, ERR_FORMAT, "Unknown format code '%c' for object of type 'str'",
                       spec.type);
        if (spec.zero) { // as for numbers, but the text stays left
            spec.fill = jstr_wrap(run, STR("0"), SPAN_MARKUP);
        }
        spec.left = true;
        format_string(run, room, &spec, v.string);
    } else if (jv_is_integer(v) && (!spec.type || strchr("dbxXo", spec.type))) {
        spec.precision = -1;
        format_integer(run, room, &spec, jv_integer(v));
    } else if (jv_is_integer(v) && spec.type == 'c') {
        spec.left = true;
        format_string(run, room, &spec, character(run, jv_integer(v)));
    } else if (jv_is_number(v) && (!spec.type || strchr("eEfFgG%", spec.type))) {
        if (!spec.type && spec.precision < 0) { // the shortest form
            const struct jstr *text = jv_to_string(run, jv_float(fabs(v.number)));
            char digits[DIGITS_MAX];
            snprintf(digits, sizeof digits, "%.*s", (int)text->size, text->data);
            if (spec.thousands)
                group_digits(digits, sizeof digits, spec.thousands, 3);
            put_number(run, room, &spec, sign_of(&spec, signbit(v.number)), digits);
        } else {
            format_float(run, room, &spec, jv_number(v));
        }
    } else {
        jinja_fail(run, ERR_FORMAT, "unsupported format string for %s", jv_type_name(v));
    }
}

static const struct jstr *format_braces(struct braces *b, const struct jstr *format, int depth);

// One field, of format[from, to) between its braces.
static void put_field(struct braces *b, struct jstr_room *room, const struct jstr *format,
                      size_t from, size_t to, int depth)
{
    struct jinja_run *run = b->run;
    size_t colon = from, brackets = 0;
    while (colon < to && (brackets || (format->data[colon] != ':' && format->data[colon] != '!'))) {
        brackets += format->data[colon] == '[';
        brackets -= format->data[colon] == ']' && brackets;
        colon++;
    }
    struct jv v = look_up_field(b, (struct str){format->data + from, colon - from});
    if (colon < to && format->data[colon] == '!') {
        char conversion = colon + 1 < to ? format->data[colon + 1] : 0;
        if (conversion != 'r' && conversion != 's' && conversion != 'a')
            jinja_fail(run, ERR_FORMAT, "Unknown conversion specifier in str.format");
        v = jv_string(conversion == 's' ? jv_to_string(run, v) : jv_repr(run, v));
        colon += 2;
    }
    bool has_spec = colon < to && format->data[colon] == ':';
    if (colon < to && !has_spec)
        jinja_fail(run, ERR_FORMAT, "expected ':' after conversion specifier");
    const struct jstr *spec = jstr_slice(run, format, has_spec ? colon + 1 : to, to);
    format_value(run, room, v, format_braces(b, spec, depth + 1));
}

static const struct jstr *format_braces(struct braces *b, const struct jstr *format, int depth)
{
    struct jinja_run *run = b->run;
    struct jstr_room *room = jroom_new(run, format->size + 64);
    if (depth > 2)
        jinja_fail(run, ERR_FORMAT, "Max string recursion exceeded");
    for (size_t i = 0; i < format->size; i++) {
        char c = format->data[i];
        jinja_step(run, i % 16 == 0);
        if (c != '{' && c != '}') {
            jroom_append_part(run, room, format, i, i + 1);
            continue;
        }
        if (i + 1 < format->size && format->data[i + 1] == c) {
            jroom_append_part(run, room, format, i, i + 1);
            i++;
            continue;
        }
        if (c == '}')
            jinja_fail(run, ERR_FORMAT, "Single '}' encountered in format string");
        size_t end = i + 1;
        for (int open = 1; end < format->size; end++) {
            open += format->data[end] == '{' ? 1 : format->data[end] == '}' ? -1 : 0;
            if (!open)
                break;
        }
        if (end == format->size)
            jinja_fail(run, ERR_FORMAT, "expected '}' before end of string");
        put_field(b, room, format, i + 1, end, depth);
        i = end;
    }
    return jroom_string(run, room);
}

struct jv jinja_str_format(struct jinja_run *run, struct jv format, const struct jargs *call)
{
    struct braces braces = {.run = run, .call = call};
    struct jv result = jv_string(format_braces(&braces, format.string, 0));
    result.html = format.html;
    return result;
}
