#include "sample/number_spec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define DIGITS_MAX 25 // of an integer part, when looking how far a prefix can grow

static const char alphabet[] = "0123456789-+.eE";

// Where a prefix stands.
struct scan {
    bool is_negative, has_exponent, has_sign_only, ends_in_digit, is_zero_led;
    bool has_point;
    size_t n_integer, n_fraction; // digits
    double value;                 // of what stands there so far, without sign
    uint64_t scaled;              // all digits as one integer, when `is_exact`
    bool is_exact;
    bool is_fraction_zero; // no digit but 0 after the point
    bool is_malformed;
};

static bool digit_fits(uint64_t value)
{
    return value < UINT64_MAX / 10 - 1;
}

static struct scan scan_text(struct str text)
{
    struct scan s = {.is_exact = true, .is_fraction_zero = true};
    size_t at = 0;
    char copy[NUMBER_TEXT_MAX + 1];
    if (text.size && text.data[0] == '-') {
        s.is_negative = true;
        at++;
    }
    s.has_sign_only = at == text.size;
    for (; at < text.size && text.data[at] >= '0' && text.data[at] <= '9'; at++, s.n_integer++) {
        if (s.n_integer == 1 && s.is_zero_led)
            s.is_malformed = true;
        s.is_zero_led = s.is_zero_led || (s.n_integer == 0 && text.data[at] == '0');
        s.is_exact = s.is_exact && digit_fits(s.scaled);
        s.scaled = s.scaled * 10 + (uint64_t)(text.data[at] - '0');
    }
    s.ends_in_digit = s.n_integer > 0;
    if (at < text.size && s.n_integer == 0)
        s.is_malformed = true;
    if (at < text.size && text.data[at] == '.') {
        s.has_point = true;
        s.ends_in_digit = false;
        for (at++; at < text.size && text.data[at] >= '0' && text.data[at] <= '9'; at++) {
            s.n_fraction++;
            s.ends_in_digit = true;
            s.is_fraction_zero = s.is_fraction_zero && text.data[at] == '0';
            s.is_exact = s.is_exact && digit_fits(s.scaled);
            s.scaled = s.scaled * 10 + (uint64_t)(text.data[at] - '0');
        }
        if (at < text.size && s.n_fraction == 0)
            s.is_malformed = true;
    }
    if (at < text.size && (text.data[at] | 32) == 'e') {
        s.has_exponent = true;
        s.ends_in_digit = false;
        at++;
        if (at < text.size && (text.data[at] == '+' || text.data[at] == '-'))
            at++;
        for (; at < text.size && text.data[at] >= '0' && text.data[at] <= '9'; at++)
            s.ends_in_digit = true;
    }
    if (at < text.size || text.size > NUMBER_TEXT_MAX)
        s.is_malformed = true;
    if (!s.is_malformed) {
        memcpy(copy, text.data, text.size);
        copy[text.size] = 0;
        s.value = fabs(strtod(copy, NULL));
    }
    return s;
}

static bool within(const struct number_spec *spec, double value)
{
    if (spec->has_min && (spec->excludes_min ? value <= spec->min : value < spec->min))
        return false;
    return !spec->has_max || (spec->excludes_max ? value < spec->max : value <= spec->max);
}

// Whether [low, high), negated when is_negative, meets the bounds; a single point when low == high.
static bool meets(const struct number_spec *spec, double low, double high, bool is_negative)
{
    if (low == high)
        return within(spec, is_negative ? -low : low);
    double from = is_negative ? -high : low, to = is_negative ? -low : high;
    // One end is open: (from, to] or [from, to).
    bool opens_low = is_negative, opens_high = !is_negative;
    if (spec->has_min &&
        (to < spec->min || (to == spec->min && (spec->excludes_min || opens_high))))
        return false;
    return !(spec->has_max &&
             (from > spec->max || (from == spec->max && (spec->excludes_max || opens_low))));
}

// Whether an allowed multiple of `step` lies in [low, high] (both inclusive, without sign).
static bool meets_multiple(const struct number_spec *spec, double low, double high, double step,
                           bool is_negative)
{
    double min = spec->has_min ? spec->min : -INFINITY, max = spec->has_max ? spec->max : INFINITY;
    double from = is_negative ? -high : low, to = is_negative ? -low : high;
    from = from > min ? from : min;
    to = to < max ? to : max;
    double slack = step * 1e-9; // 3 * 0.1 is not 0.3
    double first = ceil((from - slack) / step) * step;
    if (spec->excludes_min && first <= min + slack)
        first += step;
    if (spec->excludes_max && first >= max - slack)
        return false;
    return first <= to + slack;
}

static double power10(size_t n)
{
    double p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

// With an exponent a number can be as large or small as it likes, so only its sign may be bounded.
static bool takes_exponent(const struct number_spec *spec, bool is_negative)
{
    bool min_fits = !spec->has_min || (spec->min == 0 && !is_negative),
         max_fits = !spec->has_max || (spec->max == 0 && is_negative);
    return spec->takes_fractions && spec->takes_integers && !spec->factor && min_fits && max_fits;
}

static bool is_multiple(const struct number_spec *spec, const struct scan *s)
{
    if (!spec->factor)
        return true;
    if (!s->is_exact)
        return fmod(s->value * power10(spec->factor_decimals), (double)spec->factor) == 0;
    uint64_t scaled = s->scaled;
    size_t decimals = s->n_fraction;
    for (; decimals > spec->factor_decimals; decimals--, scaled /= 10)
        if (scaled % 10)
            return false;
    for (; decimals < spec->factor_decimals; decimals++) {
        if (!digit_fits(scaled))
            return true;
        scaled *= 10;
    }
    return scaled % spec->factor == 0;
}

static bool takes_scan(const struct number_spec *spec, const struct scan *s)
{
    double value = s->is_negative ? -s->value : s->value;
    if (s->is_malformed || !s->ends_in_digit || !within(spec, value) || !isfinite(value))
        return false;
    if (s->has_exponent && !takes_exponent(spec, s->is_negative))
        return false;
    if (s->has_point && !spec->takes_fractions) // 3.0 is an integer that nobody writes
        return false;
    bool is_integer = s->is_fraction_zero && !s->has_exponent;
    if (s->has_exponent)
        is_integer = floor(s->value) == s->value;
    if (!(is_integer ? spec->takes_integers : spec->takes_fractions))
        return false;
    for (size_t i = 0; i < spec->n_excluded; i++)
        if (spec->excluded[i] == value)
            return false;
    return is_multiple(spec, s);
}

bool number_spec_takes(const struct number_spec *spec, struct str text)
{
    struct scan s = scan_text(text);
    return takes_scan(spec, &s);
}

// Whether more digits can lead to a number of the set.  Fractions of decimals count as reachable
// wherever their interval meets the bounds; single excluded values never close an interval.
static bool grows(const struct number_spec *spec, const struct scan *s)
{
    double step = spec->factor ? (double)spec->factor / power10(spec->factor_decimals) : 1;
    if (s->has_exponent) // further digits lead away from 1: out of range once, out of range for good
        return takes_exponent(spec, s->is_negative) && isfinite(s->value) &&
               within(spec, s->is_negative ? -s->value : s->value);
    if (s->has_sign_only)
        return spec->factor || !spec->takes_fractions
                   ? meets_multiple(spec, 0, power10(DIGITS_MAX), step, s->is_negative)
                   : meets(spec, 0, INFINITY, s->is_negative);
    if (s->has_point) {
        double unit = 1 / power10(s->n_fraction);
        if (spec->factor_decimals || !spec->factor)
            return spec->takes_fractions &&
                   (!spec->factor || s->n_fraction <= spec->factor_decimals) &&
                   (spec->factor ? meets_multiple(spec, s->value, s->value + unit * (1 - 1e-9),
                                                  step, s->is_negative)
                                 : meets(spec, s->value, s->value + unit, s->is_negative));
        return false;
    }
    for (size_t more = 0; more <= DIGITS_MAX; more++) {
        double low = s->value * power10(more), high = (s->value + 1) * power10(more);
        bool fits = spec->takes_fractions && !spec->factor
                        ? meets(spec, low, high, s->is_negative)
                        : meets_multiple(spec, low, high - 1 / power10(spec->factor_decimals), step,
                                         s->is_negative);
        if (fits)
            return true;
        if (s->is_zero_led)
            break;
    }
    return takes_exponent(spec, s->is_negative);
}

static uint32_t node_add(struct number_table *table, uint32_t i_spec, struct str text)
{
    const struct number_spec *spec = &table->specs[i_spec];
    struct scan s = scan_text(text);
    if (s.is_malformed)
        return 0;
    bool accepts = takes_scan(spec, &s);
    if (text.size && !accepts && (text.size == NUMBER_TEXT_MAX || !grows(spec, &s)))
        return 0;
    if (table->n_nodes == table->nodes_capacity) {
        table->nodes_capacity = table->nodes_capacity ? table->nodes_capacity * 2 : 64;
        table->nodes = mem_resize(table->nodes, table->nodes_capacity, sizeof *table->nodes);
        if (!table->n_nodes)
            memset(&table->nodes[table->n_nodes++], 0, sizeof *table->nodes);
    }
    struct number_node *node = &table->nodes[table->n_nodes];
    *node = (struct number_node){.i_spec = i_spec, .size = (uint8_t)text.size, .accepts = accepts};
    memcpy(node->text, text.data, text.size);
    memset(node->next, 0xff, sizeof node->next);
    return (uint32_t)table->n_nodes++;
}

void number_table_release(struct number_table *table)
{
    for (size_t i = 0; i < table->n_specs; i++)
        free(table->specs[i].excluded);
    free(table->specs);
    free(table->nodes);
    *table = (struct number_table){0};
}

uint32_t number_table_add(struct number_table *table, const struct number_spec *spec)
{
    if (table->n_specs == table->specs_capacity) {
        table->specs_capacity = table->specs_capacity ? table->specs_capacity * 2 : 16;
        table->specs = mem_resize(table->specs, table->specs_capacity, sizeof *table->specs);
    }
    table->specs[table->n_specs] = *spec;
    return (uint32_t)table->n_specs++;
}

uint32_t number_start(struct number_table *table, uint32_t i_spec)
{
    if (!table->specs[i_spec].start)
        table->specs[i_spec].start = node_add(table, i_spec, STR(""));
    return table->specs[i_spec].start;
}

uint32_t number_step(struct number_table *table, uint32_t i_node, unsigned byte)
{
    const char *character = byte ? strchr(alphabet, (int)byte) : NULL;
    if (!character)
        return 0;
    size_t i = (size_t)(character - alphabet);
    struct number_node node = table->nodes[i_node];
    if (node.next[i] != UINT32_MAX)
        return node.next[i];
    uint32_t next = 0;
    if (node.size < NUMBER_TEXT_MAX) {
        char text[NUMBER_TEXT_MAX];
        memcpy(text, node.text, node.size);
        text[node.size] = (char)byte;
        next = node_add(table, node.i_spec, (struct str){text, node.size + 1u});
    }
    table->nodes[i_node].next[i] = next;
    return next;
}

void number_table_forget(struct number_table *table, size_t n_max)
{
    if (table->n_nodes <= n_max)
        return;
    for (size_t i = 0; i < table->n_specs; i++)
        table->specs[i].start = 0;
    free(table->nodes);
    table->nodes = NULL;
    table->n_nodes = table->nodes_capacity = 0;
}

bool number_spec_is_empty(const struct number_spec *spec)
{
    struct scan minus = {.is_negative = true, .has_sign_only = true};
    struct scan plus = {.has_sign_only = true};
    return !(spec->takes_integers || spec->takes_fractions) ||
           (!grows(spec, &minus) && !grows(spec, &plus));
}

bool number_spec_multiple_of(struct number_spec *spec, struct str decimal)
{
    struct scan s = scan_text(decimal);
    if (s.is_malformed || s.has_exponent || !s.is_exact || s.is_negative || !s.scaled ||
        s.n_fraction > 9 || s.scaled > UINT64_C(1) << 40)
        return false;
    uint64_t factor = s.scaled;
    unsigned decimals = (unsigned)s.n_fraction;
    for (; decimals && factor % 10 == 0; decimals--)
        factor /= 10;
    if (!spec->factor) {
        spec->factor = factor;
        spec->factor_decimals = decimals;
        return true;
    }
    // Both: the least common multiple, on one scale.
    for (; spec->factor_decimals < decimals; spec->factor_decimals++)
        spec->factor *= 10;
    for (; decimals < spec->factor_decimals; decimals++)
        factor *= 10;
    uint64_t a = spec->factor, b = factor;
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return !__builtin_mul_overflow(spec->factor / a, factor, &spec->factor);
}
