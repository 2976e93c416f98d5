// Arithmetic as Python does it, in 64 bits: past them is an error, never a wrong number.
#include "chat/jinja_ast.h"
#include "chat/jinja_builtin.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *operator_name(int op)
{
    static const char *const names[] = {"+", "-", "*", "/", "//", "%", "** or pow()"};
    return names[op - N_ADD];
}

_Noreturn static void fail_operands(struct jinja_run *run, int op, struct jv a, struct jv b)
{
    jinja_fail(run, ERR_FORMAT, "unsupported operand type(s) for %s: '%s' and '%s'",
               operator_name(op), jv_type_name(a), jv_type_name(b));
}

_Noreturn static void fail_overflow(struct jinja_run *run)
{
    jinja_fail(run, ERR_LIMIT, "an integer needs more than 64 bits");
}

_Noreturn static void fail_zero(struct jinja_run *run)
{
    jinja_fail(run, ERR_FORMAT, "division by zero");
}

static struct jv floor_divide(struct jinja_run *run, int64_t a, int64_t b, bool rest)
{
    if (b == 0)
        fail_zero(run);
    if (b == -1) { // the only divisor that can overflow
        if (rest)
            return jv_int(0);
        if (a == INT64_MIN)
            fail_overflow(run);
        return jv_int(-a);
    }
    int64_t quotient = a / b, remainder = a % b;
    if (remainder && (remainder < 0) != (b < 0)) {
        quotient--;
        remainder += b;
    }
    return jv_int(rest ? remainder : quotient);
}

static struct jv integer_power(struct jinja_run *run, int64_t base, int64_t exponent)
{
    int64_t result = 1;
    if (exponent < 0) {
        if (base == 0)
            fail_zero(run);
        return jv_float(pow((double)base, (double)exponent));
    }
    while (exponent) {
        if ((exponent & 1) && __builtin_mul_overflow(result, base, &result))
            fail_overflow(run);
        exponent >>= 1;
        if (exponent && __builtin_mul_overflow(base, base, &base))
            fail_overflow(run);
    }
    return jv_int(result);
}

static struct jv integer_arithmetic(struct jinja_run *run, int op, int64_t a, int64_t b)
{
    int64_t result = 0;
    bool overflow = false;
    switch (op) {
    case N_ADD:
        overflow = __builtin_add_overflow(a, b, &result);
        break;
    case N_SUB:
        overflow = __builtin_sub_overflow(a, b, &result);
        break;
    case N_MUL:
        overflow = __builtin_mul_overflow(a, b, &result);
        break;
    case N_DIV:
        if (b == 0)
            fail_zero(run);
        return jv_float((double)((long double)a / (long double)b));
    case N_FLOORDIV:
    case N_MOD:
        return floor_divide(run, a, b, op == N_MOD);
    default:
        return integer_power(run, a, b);
    }
    if (overflow)
        fail_overflow(run);
    return jv_int(result);
}

// Python's float % and //: the remainder has the divisor's sign.
static struct jv float_divide(struct jinja_run *run, double a, double b, bool rest)
{
    if (b == 0)
        fail_zero(run);
    double remainder = fmod(a, b), quotient = (a - remainder) / b;
    if (remainder != 0) {
        if ((remainder < 0) != (b < 0)) {
            remainder += b;
            quotient -= 1;
        }
    } else {
        remainder = copysign(0.0, b);
    }
    if (rest)
        return jv_float(remainder);
    if (quotient == 0)
        return jv_float(copysign(0.0, a / b));
    double whole = floor(quotient);
    return jv_float(quotient - whole > 0.5 ? whole + 1 : whole);
}

static struct jv float_power(struct jinja_run *run, double a, double b)
{
    if (a == 0 && b < 0)
        fail_zero(run);
    if (a < 0 && isfinite(a) && isfinite(b) && b != floor(b))
        jinja_fail(run, ERR_UNSUPPORTED, "complex numbers are not supported");
    double result = pow(a, b);
    if (isinf(result) && isfinite(a) && isfinite(b))
        jinja_fail(run, ERR_FORMAT, "a power is too big for a float");
    return jv_float(result);
}

static struct jv float_arithmetic(struct jinja_run *run, int op, double a, double b)
{
    switch (op) {
    case N_ADD:
        return jv_float(a + b);
    case N_SUB:
        return jv_float(a - b);
    case N_MUL:
        return jv_float(a * b);
    case N_DIV:
        if (b == 0)
            fail_zero(run);
        return jv_float(a / b);
    case N_FLOORDIV:
    case N_MOD:
        return float_divide(run, a, b, op == N_MOD);
    default:
        return float_power(run, a, b);
    }
}

// ---- sequences ----

static struct jv add_lists(struct jinja_run *run, struct jv a, struct jv b)
{
    struct jv sum = jv_list(run, a.type, a.list->n_items + b.list->n_items);
    jinja_step(run, (a.list->n_items + b.list->n_items) / 4);
    for (size_t i = 0; i < a.list->n_items; i++)
        jlist_append(run, sum.list, a.list->items[i]);
    for (size_t i = 0; i < b.list->n_items; i++)
        jlist_append(run, sum.list, b.list->items[i]);
    return sum;
}

static struct jv add_strings(struct jinja_run *run, struct jv a, struct jv b)
{
    bool html = a.html || b.html; // Markup escapes what is added to it
    if (html) {
        a = jinja_escape_html(run, a);
        b = jinja_escape_html(run, b);
    }
    struct jv sum = jv_string(jstr_concat(run, a.string, b.string));
    sum.html = html;
    return sum;
}

static struct jv repeat(struct jinja_run *run, struct jv v, struct jv count)
{
    int64_t n = jv_integer(count);
    if (v.type == JV_STRING)
        return jinja_repeat_string(run, v, n);
    size_t size = v.list->n_items;
    struct jv list = jv_list(run, v.type, 0);
    for (int64_t i = 0; size && i < n; i++) {
        jinja_step(run, 1 + size / 4);
        for (size_t k = 0; k < size; k++)
            jlist_append(run, list.list, v.list->items[k]);
    }
    return list;
}

static bool is_sequence(struct jv v)
{
    return v.type == JV_STRING || v.type == JV_LIST || v.type == JV_TUPLE;
}

struct jv jv_arithmetic(struct jinja_run *run, int op, struct jv a, struct jv b)
{
    if (jv_is_integer(a) && jv_is_integer(b))
        return integer_arithmetic(run, op, jv_integer(a), jv_integer(b));
    if (jv_is_number(a) && jv_is_number(b))
        return float_arithmetic(run, op, jv_number(a), jv_number(b));
    if (op == N_MOD && a.type == JV_STRING)
        return jinja_percent_format(run, a, b);
    if (a.type == JV_UNDEFINED)
        jv_fail_undefined(run, a);
    if (b.type == JV_UNDEFINED)
        jv_fail_undefined(run, b);
    if (a.type == JV_BIG || b.type == JV_BIG)
        fail_overflow(run);
    if (op == N_ADD && a.type == b.type && is_sequence(a))
        return a.type == JV_STRING ? add_strings(run, a, b) : add_lists(run, a, b);
    if (op == N_MUL && is_sequence(a) && jv_is_integer(b))
        return repeat(run, a, b);
    if (op == N_MUL && is_sequence(b) && jv_is_integer(a))
        return repeat(run, b, a);
    fail_operands(run, op, a, b);
}

struct jv jv_negate(struct jinja_run *run, struct jv v)
{
    if (jv_is_integer(v))
        return integer_arithmetic(run, N_SUB, 0, jv_integer(v));
    if (v.type == JV_FLOAT)
        return jv_float(-v.number);
    if (v.type == JV_UNDEFINED)
        jv_fail_undefined(run, v);
    jinja_fail(run, ERR_FORMAT, "bad operand type for unary -: '%s'", jv_type_name(v));
}

int64_t jinja_need_int(struct jinja_run *run, struct jv v)
{
    if (v.type == JV_UNDEFINED)
        jv_fail_undefined(run, v);
    if (v.type == JV_BIG)
        fail_overflow(run);
    if (!jv_is_integer(v))
        jinja_fail(run, ERR_FORMAT, "'%s' object cannot be interpreted as an integer",
                   jv_type_name(v));
    return jv_integer(v);
}

// ---- numbers in strings, as int() and float() read them ----

static struct str strip_space(struct str text)
{
    size_t start = 0, end = 0, i = 0;
    bool begun = false;
    while (i < text.size) {
        uint32_t c;
        size_t size = char_read(text.data + i, text.size - i, &c);
        if (!char_is(c, CHAR_SPACE)) {
            if (!begun)
                start = i;
            begun = true;
            end = i + size;
        }
        i += size;
    }
    return str_slice(text, start, end);
}

// Whether an underscore at text[i] stands between two digits.
static bool underscore_allowed(struct str text, size_t i)
{
    return i > 0 && i + 1 < text.size && text.data[i - 1] != '_' && text.data[i + 1] != '_';
}

bool jinja_parse_int(struct str text, int base, int64_t *value, bool *too_big)
{
    static const char letters[] = "bBoOxX";
    static const int bases[] = {2, 2, 8, 8, 16, 16};
    text = strip_space(text);
    bool negative = text.size && text.data[0] == '-';
    if (text.size && (text.data[0] == '-' || text.data[0] == '+'))
        text = str_slice(text, 1, text.size);
    const char *prefix =
        text.size > 2 && text.data[0] == '0' ? strchr(letters, text.data[1]) : NULL;
    bool zeros_only = base == 0;
    if (prefix && *prefix && (base == 0 || base == bases[prefix - letters])) {
        base = bases[prefix - letters];
        zeros_only = false;
        text = str_slice(text, text.data[2] == '_' ? 3 : 2, text.size);
    } else if (base == 0) {
        base = 10;
    }
    *value = 0;
    *too_big = false;
    if (text.size == 0)
        return false;
    zeros_only = zeros_only && text.data[0] == '0';
    for (size_t i = 0; i < text.size; i++) {
        int c = text.data[i];
        int lower = c | 0x20;
        if (c == '_' && underscore_allowed(text, i))
            continue;
        int digit = c >= '0' && c <= '9'           ? c - '0'
                    : lower >= 'a' && lower <= 'z' ? lower - 'a' + 10
                                                   : 99;
        if (digit >= base || (zeros_only && digit))
            return false;
        *too_big |= __builtin_mul_overflow(*value, (int64_t)base, value) ||
                    __builtin_sub_overflow(*value, (int64_t)digit, value);
    }
    // Counted downwards, so that the smallest number fits, too.
    if (!negative && __builtin_sub_overflow((int64_t)0, *value, value))
        *too_big = true;
    return true;
}

bool jinja_parse_float(struct jinja_run *run, struct str text, double *value)
{
    static const char *const words[] = {"inf", "infinity", "nan"};
    text = strip_space(text);
    char *copy = jinja_alloc(run, text.size + 1, 1);
    size_t n = 0;
    bool has_digit = false, plain = true;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool digit = c >= '0' && c <= '9';
        if (c == '_') {
            bool between = underscore_allowed(text, i) && text.data[i - 1] >= '0' &&
                           text.data[i - 1] <= '9' && text.data[i + 1] >= '0' &&
                           text.data[i + 1] <= '9';
            if (!between)
                return false;
            continue;
        }
        has_digit |= digit;
        plain = plain && (digit || (c != 0 && strchr("+-.eE", c)));
        copy[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    bool is_word = false;
    for (size_t i = 0; i < 3; i++)
        is_word |= strcmp(copy + (copy[0] == '-' || copy[0] == '+'), words[i]) == 0;
    if (n == 0 || (!is_word && (!plain || !has_digit)) || strlen(copy) != n)
        return false;
    char *end;
    *value = strtod(copy, &end);
    return *end == 0;
}
