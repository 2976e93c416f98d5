// Reads a grammar in llama.cpp's notation into parts.
#include "sample/gbnf_parts.h"

#include <string.h>

#include "base/memory.h"
#include "sample/charset.h"

#define DEPTH_MAX 200

struct gbnf_part *gbnf_refuse(struct gbnf_parser *p, enum err code, const char *what)
{
    size_t line = 1;
    for (size_t i = 0; i < p->at && i < p->text.size; i++)
        line += p->text.data[i] == '\n';
    if (!p->has_failed)
        fail(p->error, code, "line %zu: %s", line, what);
    p->has_failed = true;
    return NULL;
}

static struct gbnf_part *part_new(struct gbnf_parser *p, enum gbnf_part_kind kind)
{
    struct gbnf_part *part = arena_new(&p->arena, struct gbnf_part, 1);
    if (!part)
        return gbnf_refuse(p, ERR_LIMIT, "too many parts");
    part->kind = kind;
    return part;
}

static int peek(const struct gbnf_parser *p)
{
    return p->at < p->text.size ? (unsigned char)p->text.data[p->at] : -1;
}

// Blanks and comments; line ends too when `lines`.
static void skip_space(struct gbnf_parser *p, bool lines)
{
    for (;;) {
        int c = peek(p);
        if (c == '#') {
            while (peek(p) >= 0 && peek(p) != '\n')
                p->at++;
        } else if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == '\r'))) {
            p->at++;
        } else {
            return;
        }
    }
}

static bool is_name_char(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

static struct str read_name(struct gbnf_parser *p)
{
    size_t start = p->at;
    while (is_name_char(peek(p)))
        p->at++;
    return str_slice(p->text, start, p->at);
}

uint32_t gbnf_rule_index(struct gbnf_parser *p, struct str name)
{
    for (size_t i = 0; i < p->n_rules; i++)
        if (str_equal(p->rules[i].name, name))
            return (uint32_t)i;
    if (p->n_rules == p->rules_capacity) {
        p->rules_capacity = p->rules_capacity ? p->rules_capacity * 2 : 32;
        p->rules = mem_resize(p->rules, p->rules_capacity, sizeof *p->rules);
    }
    p->rules[p->n_rules] = (struct gbnf_rule){.name = name};
    return (uint32_t)p->n_rules++;
}

// One character of a literal or class, escapes read.
static bool read_char(struct gbnf_parser *p, uint32_t *out)
{
    static const char letters[] = "nrt", codes[] = "\n\r\t";
    if (peek(p) < 0 || peek(p) == '\n')
        return gbnf_refuse(p, ERR_FORMAT, "a literal or class that does not end"), false;
    if (peek(p) != '\\') {
        *out = utf8_next(p->text, &p->at);
        return true;
    }
    p->at++;
    int c = peek(p);
    if (c < 0)
        return gbnf_refuse(p, ERR_FORMAT, "a backslash at the end"), false;
    p->at++;
    const char *letter = strchr(letters, c);
    size_t n_digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    *out = letter ? (uint32_t)codes[letter - letters] : (uint32_t)c;
    if (!n_digits)
        return true;
    *out = 0;
    for (size_t i = 0; i < n_digits; i++, p->at++) {
        int d = peek(p), lower = d | 32;
        if (!((d >= '0' && d <= '9') || (lower >= 'a' && lower <= 'f')))
            return gbnf_refuse(p, ERR_FORMAT, "hexadecimal digits expected"), false;
        *out = *out << 4 | (uint32_t)(d <= '9' ? d - '0' : lower - 'a' + 10);
    }
    return true;
}

static struct gbnf_part *part_set(struct gbnf_parser *p, struct charset *set, bool is_inverted)
{
    struct gbnf_part *part = part_new(p, TEXT);
    charset_normalise(set);
    if (is_inverted)
        charset_invert(set);
    if (part)
        part->regex = charset_regex(p->pool, set, TEXT_RAW);
    charset_release(set);
    return part;
}

static struct gbnf_part *read_class(struct gbnf_parser *p)
{
    struct charset set = {0};
    bool is_inverted = peek(p) == '^';
    p->at += is_inverted;
    while (peek(p) != ']') {
        uint32_t from, to;
        if (!read_char(p, &from)) {
            charset_release(&set);
            return NULL;
        }
        to = from;
        if (peek(p) == '-' && p->at + 1 < p->text.size && p->text.data[p->at + 1] != ']') {
            p->at++;
            if (!read_char(p, &to)) {
                charset_release(&set);
                return NULL;
            }
        }
        if (to >= from)
            charset_add(&set, from, to > CODE_POINT_MAX ? CODE_POINT_MAX : to);
    }
    p->at++;
    return part_set(p, &set, is_inverted);
}

static struct gbnf_part *read_literal(struct gbnf_parser *p)
{
    struct gbnf_part *part = part_new(p, TEXT);
    regex_id all = REGEX_EPSILON;
    while (part && peek(p) != '"') {
        uint32_t c;
        if (!read_char(p, &c))
            return NULL;
        struct charset_range range = {c, c};
        all = regex_concat(
            p->pool, all,
            charset_regex(p->pool, &(struct charset){.ranges = &range, .n_ranges = 1}, TEXT_RAW));
    }
    p->at++;
    if (part)
        part->regex = all;
    return part;
}

static struct gbnf_part *read_choice(struct gbnf_parser *p, bool in_group);

static struct gbnf_part *read_atom(struct gbnf_parser *p)
{
    struct charset all = {0};
    struct gbnf_part *part;
    switch (peek(p)) {
    case '"':
        p->at++;
        return read_literal(p);
    case '[':
        p->at++;
        return read_class(p);
    case '.':
        p->at++;
        return part_set(p, &all, true);
    case '(':
        p->at++;
        skip_space(p, true);
        part = read_choice(p, true);
        if (part && peek(p) != ')')
            return gbnf_refuse(p, ERR_FORMAT, "a group that does not end");
        p->at++;
        return part;
    case '<':
    case '!':
        return gbnf_refuse(p, ERR_UNSUPPORTED, "tokens cannot be named here");
    default:
        if (!is_name_char(peek(p)))
            return gbnf_refuse(p, ERR_FORMAT, "a literal, class, group or name expected");
        part = part_new(p, NAME);
        if (part)
            part->i_rule = gbnf_rule_index(p, read_name(p));
        return part;
    }
}

static bool read_number(struct gbnf_parser *p, uint32_t *out)
{
    size_t start = p->at;
    uint64_t value = 0;
    for (; peek(p) >= '0' && peek(p) <= '9'; p->at++)
        if (value < UINT32_MAX)
            value = value * 10 + (uint64_t)(peek(p) - '0');
    *out = value >= REGEX_NO_LIMIT ? REGEX_NO_LIMIT - 1 : (uint32_t)value;
    return p->at > start;
}

static bool read_counts(struct gbnf_parser *p, uint32_t *min, uint32_t *max)
{
    p->at++;
    skip_space(p, false);
    bool has_min = read_number(p, min);
    *max = *min;
    skip_space(p, false);
    if (peek(p) == ',') {
        p->at++;
        skip_space(p, false);
        if (!has_min)
            *min = 0;
        if (!read_number(p, max))
            *max = REGEX_NO_LIMIT;
        skip_space(p, false);
    } else if (!has_min) {
        return gbnf_refuse(p, ERR_FORMAT, "a count expected"), false;
    }
    if (peek(p) != '}' || *max < *min)
        return gbnf_refuse(p, ERR_FORMAT, "a wrong count"), false;
    p->at++;
    return true;
}

static struct gbnf_part *read_term(struct gbnf_parser *p, bool in_group)
{
    struct gbnf_part *part = read_atom(p);
    while (part) {
        uint32_t min = 0, max = REGEX_NO_LIMIT;
        skip_space(p, in_group);
        int c = peek(p);
        if (c == '*' || c == '+' || c == '?') {
            p->at++;
            min = c == '+';
            max = c == '?' ? 1 : REGEX_NO_LIMIT;
        } else if (c != '{') {
            break;
        } else if (!read_counts(p, &min, &max)) {
            return NULL;
        }
        struct gbnf_part *repeat = part_new(p, REPEAT);
        if (!repeat)
            return NULL;
        repeat->kids = part;
        repeat->min = min;
        repeat->max = max;
        part = repeat;
    }
    return part;
}

static struct gbnf_part *read_sequence(struct gbnf_parser *p, bool in_group)
{
    struct gbnf_part *sequence = part_new(p, SEQUENCE);
    if (!sequence)
        return NULL;
    struct gbnf_part **end = &sequence->kids;
    for (;;) {
        skip_space(p, in_group);
        int c = peek(p);
        if (c < 0 || c == '|' || c == ')' || c == '\n' || c == '\r')
            return sequence;
        *end = read_term(p, in_group);
        if (!*end)
            return NULL;
        end = &(*end)->next;
    }
}

static struct gbnf_part *read_choice(struct gbnf_parser *p, bool in_group)
{
    struct gbnf_part *choice = part_new(p, CHOICE);
    if (!choice)
        return NULL;
    if (++p->depth > DEPTH_MAX)
        return gbnf_refuse(p, ERR_LIMIT, "nested too deeply");
    struct gbnf_part **end = &choice->kids;
    for (;;) {
        *end = read_sequence(p, in_group);
        if (!*end)
            return NULL;
        end = &(*end)->next;
        if (peek(p) != '|')
            break;
        p->at++;
        skip_space(p, true);
    }
    p->depth--;
    return choice;
}

void gbnf_read(struct gbnf_parser *p)
{
    for (skip_space(p, true); peek(p) >= 0 && !p->has_failed; skip_space(p, true)) {
        struct str name = read_name(p);
        skip_space(p, false);
        if (!name.size || p->text.size - p->at < 3 || memcmp(p->text.data + p->at, "::=", 3)) {
            gbnf_refuse(p, ERR_FORMAT, "\"name ::= ...\" expected");
            return;
        }
        p->at += 3;
        skip_space(p, true);
        uint32_t i = gbnf_rule_index(p, name);
        if (p->n_rules > GBNF_RULES_MAX) {
            gbnf_refuse(p, ERR_LIMIT, "too many rules");
            return;
        }
        struct gbnf_part *body = read_choice(p, false);
        if (!body)
            return;
        p->rules[i].body = body; // the last definition counts, as in llama.cpp
        if (peek(p) >= 0 && peek(p) != '\n' && peek(p) != '\r')
            gbnf_refuse(p, ERR_FORMAT, "the rule does not end here");
    }
}
