// Reads a pattern into parts.
#include "sample/pattern_parts.h"

#include <string.h>

#include "base/memory.h"

#define PATTERN_DEPTH_MAX 200
// Counted repeats inside counted repeats multiply; this bounds the product.
#define PATTERN_COUNT_MAX 200000

static struct pattern_part *part_new(struct pattern_parser *parser, enum pattern_part_kind kind)
{
    struct pattern_part *part = arena_new(&parser->arena, struct pattern_part, 1);
    if (!part) {
        fail(parser->error, ERR_LIMIT, "the pattern has too many parts");
        return NULL;
    }
    part->kind = kind;
    return part;
}

static struct pattern_part *refuse(struct pattern_parser *parser, const char *what)
{
    fail(parser->error, ERR_FORMAT, "%s at byte %zu of the pattern", what, parser->at);
    return NULL;
}

static int peek(const struct pattern_parser *parser)
{
    return parser->at < parser->text.size ? (unsigned char)parser->text.data[parser->at] : -1;
}

static bool take(struct pattern_parser *parser, const char *literal)
{
    size_t size = strlen(literal);
    if (parser->text.size - parser->at < size ||
        memcmp(parser->text.data + parser->at, literal, size))
        return false;
    parser->at += size;
    return true;
}

static struct pattern_part *part_set(struct pattern_parser *parser, struct charset *set)
{
    struct pattern_part *part = part_new(parser, SET);
    charset_normalise(set);
    if (parser->options->ignores_case)
        charset_fold_case(set);
    if (part)
        part->set = charset_regex(parser->pool, set, parser->options->form);
    charset_release(set);
    return part;
}

// ---- escapes and classes ----

static bool hex_value(struct pattern_parser *parser, size_t n_digits, uint32_t *out)
{
    uint32_t value = 0;
    if (parser->text.size - parser->at < n_digits)
        return false;
    for (size_t i = 0; i < n_digits; i++) {
        int c = parser->text.data[parser->at + i];
        int digit = c >= '0' && c <= '9'                 ? c - '0'
                    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                         : -1;
        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
    }
    parser->at += n_digits;
    *out = value;
    return true;
}

static uint32_t escaped_unicode(struct pattern_parser *parser)
{
    uint32_t c = 0, low = 0;
    if (take(parser, "{")) {
        while (peek(parser) != '}' && peek(parser) >= 0 && c <= CODE_POINT_MAX) {
            uint32_t digit;
            if (!hex_value(parser, 1, &digit))
                break;
            c = c << 4 | digit;
        }
        take(parser, "}");
        return c > CODE_POINT_MAX ? 0xfffd : c;
    }
    if (!hex_value(parser, 4, &c))
        return 'u';
    size_t before = parser->at;
    if (c >= 0xd800 && c < 0xdc00 && take(parser, "\\u") && hex_value(parser, 4, &low) &&
        low >= 0xdc00 && low < 0xe000)
        return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    parser->at = before;
    return c;
}

static bool add_property(struct pattern_parser *parser, struct charset *set, bool is_inverted)
{
    struct charset property = {0};
    size_t start, end;
    if (take(parser, "{")) {
        start = parser->at;
        while (peek(parser) >= 0 && peek(parser) != '}')
            parser->at++;
        end = parser->at;
        take(parser, "}");
    } else {
        start = parser->at;
        end = parser->at < parser->text.size ? ++parser->at : parser->at;
    }
    bool is_exact = charset_add_property(&property, str_slice(parser->text, start, end));
    if (!is_exact) {
        parser->relaxed = "\\p with this property";
        charset_release(&property);
        charset_add(set, 0, CODE_POINT_MAX);
        return true;
    }
    charset_normalise(&property);
    if (is_inverted)
        charset_invert(&property);
    charset_add_set(set, &property);
    charset_release(&property);
    return true;
}

// After a backslash: adds what the escape stands for; *single is the code point or UINT32_MAX.
static void add_escape(struct pattern_parser *parser, struct charset *set, uint32_t *single)
{
    static const char controls[][2] = {{'t', '\t'}, {'n', '\n'}, {'r', '\r'}, {'f', '\f'},
                                       {'v', '\v'}, {'0', '\0'}, {'a', '\a'}};
    *single = UINT32_MAX;
    uint32_t c = utf8_next(parser->text, &parser->at);
    if (c < 0x80 && charset_add_class(set, (char)c))
        return;
    if (c == 'p' || c == 'P') {
        add_property(parser, set, c == 'P');
        return;
    }
    if (c == 'h') { // PCRE: a blank
        charset_add(set, ' ', ' ');
        charset_add(set, '\t', '\t');
        return;
    }
    uint32_t value;
    if (c == 'x')
        c = hex_value(parser, 2, &value) ? value : 'x';
    else if (c == 'u')
        c = escaped_unicode(parser);
    else if (c == 'c' && peek(parser) >= 'A')
        c = (uint32_t)parser->text.data[parser->at++] & 31;
    else
        for (size_t i = 0; i < COUNT_OF(controls); i++)
            if (c == (uint32_t)controls[i][0]) {
                c = (uint32_t)controls[i][1];
                break;
            }
    charset_add(set, c, c);
    *single = c;
}

static void class_member(struct pattern_parser *parser, struct charset *set, uint32_t *single)
{
    if (take(parser, "\\")) {
        if (peek(parser) < 0) { // the class does not end either
            *single = '\\';
            return;
        }
        if (take(parser, "b")) {
            charset_add(set, 8, 8);
            *single = 8;
            return;
        }
        add_escape(parser, set, single);
        return;
    }
    *single = utf8_next(parser->text, &parser->at);
    charset_add(set, *single, *single);
}

static bool posix_class(struct pattern_parser *parser, struct charset *set)
{
    static const struct {
        const char *name, *ranges;
    } classes[] = {
        {"[:alpha:]", "azAZ"},   {"[:digit:]", "09"},       {"[:alnum:]", "azAZ09"},
        {"[:upper:]", "AZ"},     {"[:lower:]", "az"},       {"[:xdigit:]", "afAF09"},
        {"[:space:]", "  \t\r"}, {"[:punct:]", "!/:@[`{~"}, {"[:word:]", "azAZ09__"},
    };
    for (size_t i = 0; i < COUNT_OF(classes); i++)
        if (take(parser, classes[i].name)) {
            for (const char *r = classes[i].ranges; *r; r += 2)
                charset_add(set, (uint32_t)r[0], (uint32_t)r[1]);
            return true;
        }
    return false;
}

static struct pattern_part *read_class(struct pattern_parser *parser)
{
    struct charset set = {0};
    bool is_inverted = take(parser, "^");
    while (peek(parser) != ']') {
        uint32_t from, to;
        if (peek(parser) < 0) {
            charset_release(&set);
            return refuse(parser, "a class that does not end");
        }
        if (posix_class(parser, &set))
            continue;
        class_member(parser, &set, &from);
        if (from == UINT32_MAX || peek(parser) != '-' || parser->at + 1 >= parser->text.size ||
            parser->text.data[parser->at + 1] == ']')
            continue;
        take(parser, "-");
        class_member(parser, &set, &to);
        if (to == UINT32_MAX) {
            charset_add(&set, '-', '-');
        } else if (to < from) {
            charset_release(&set);
            return refuse(parser, "a class range that runs backwards");
        } else {
            charset_add(&set, from, to);
        }
    }
    parser->at++;
    charset_normalise(&set);
    if (parser->options->ignores_case)
        charset_fold_case(&set);
    if (is_inverted)
        charset_invert(&set);
    return part_set(parser, &set);
}

// ---- terms ----

static struct pattern_part *read_choice(struct pattern_parser *parser);

static struct pattern_part *read_group(struct pattern_parser *parser)
{
    static const struct {
        const char *opening;
        enum pattern_part_kind kind;
    } openings[] = {
        {"?:", SEQUENCE}, {"?=", AHEAD},    {"?!", NOT_AHEAD}, {"?<=", DROPPED},
        {"?<!", DROPPED}, {"?>", SEQUENCE}, {"?P<", SEQUENCE}, {"?<", SEQUENCE},
    };
    enum pattern_part_kind kind = SEQUENCE;
    for (size_t i = 0; i < COUNT_OF(openings); i++) {
        if (!take(parser, openings[i].opening))
            continue;
        kind = openings[i].kind;
        if (strchr(openings[i].opening, '<') && kind == SEQUENCE) { // a name
            while (peek(parser) >= 0 && peek(parser) != '>')
                parser->at++;
            take(parser, ">");
        }
        break;
    }
    if (peek(parser) == '?')
        return refuse(parser, "an unknown group");
    struct pattern_part *inside = read_choice(parser);
    if (!inside)
        return NULL;
    if (!take(parser, ")"))
        return refuse(parser, "a group that does not end");
    if (kind == SEQUENCE)
        return inside;
    struct pattern_part *part = part_new(parser, kind);
    if (!part)
        return NULL;
    part->kids = inside;
    if (kind == DROPPED)
        parser->relaxed = "look-behind";
    return part;
}

static struct pattern_part *read_escape(struct pattern_parser *parser)
{
    int next = peek(parser);
    if (next < 0)
        return refuse(parser, "a backslash at the end");
    if (next == 'b' || next == 'B') {
        parser->at++;
        parser->relaxed = "\\b";
        return part_new(parser, DROPPED);
    }
    if (next == 'A' || next == 'Z' || next == 'z') { // Python and PCRE: the ends of the text
        parser->at++;
        return part_new(parser, next == 'A' ? START : END);
    }
    if ((next >= '1' && next <= '9') || next == 'k') {
        while (peek(parser) >= '0' && peek(parser) <= '9')
            parser->at++;
        if (next == 'k')
            while (peek(parser) >= 0 && parser->text.data[parser->at++] != '>')
                ;
        parser->relaxed = "a back reference";
        return part_new(parser, ANY_TEXT);
    }
    struct charset set = {0};
    uint32_t single;
    add_escape(parser, &set, &single);
    return part_set(parser, &set);
}

static struct pattern_part *read_atom(struct pattern_parser *parser)
{
    struct charset set = {0};
    switch (peek(parser)) {
    case '(':
        parser->at++;
        return read_group(parser);
    case '[':
        parser->at++;
        return read_class(parser);
    case '\\':
        parser->at++;
        return read_escape(parser);
    case '^':
        parser->at++;
        return part_new(parser, START);
    case '$':
        parser->at++;
        return part_new(parser, END);
    case '.':
        parser->at++;
        if (!parser->options->dot_takes_all) {
            charset_add(&set, '\n', '\n');
            charset_add(&set, '\r', '\r');
            charset_add(&set, 0x2028, 0x2029);
        }
        charset_normalise(&set);
        charset_invert(&set);
        return part_set(parser, &set);
    case '*':
    case '+':
    case '?':
        return refuse(parser, "nothing to repeat");
    default: {
        uint32_t c = utf8_next(parser->text, &parser->at);
        charset_add(&set, c, c);
        return part_set(parser, &set);
    }
    }
}

static bool read_number(struct pattern_parser *parser, uint32_t *out)
{
    uint64_t value = 0;
    size_t start = parser->at;
    while (peek(parser) >= '0' && peek(parser) <= '9') {
        value = value * 10 + (uint64_t)(peek(parser) - '0');
        value = value > REGEX_NO_LIMIT - 1 ? REGEX_NO_LIMIT - 1 : value;
        parser->at++;
    }
    *out = (uint32_t)value;
    return parser->at > start;
}

// Reads {n}, {n,}, {n,m} or {,m}; anything else after a brace is a brace.
static bool read_counts(struct pattern_parser *parser, uint32_t *min, uint32_t *max)
{
    size_t before = parser->at;
    parser->at++;
    bool has_min = read_number(parser, min);
    *max = *min;
    if (take(parser, ",")) {
        if (!has_min)
            *min = 0;
        if (!read_number(parser, max)) {
            *max = REGEX_NO_LIMIT;
            has_min = has_min && true;
        } else {
            has_min = true;
        }
    }
    if (has_min && take(parser, "}"))
        return true;
    parser->at = before;
    return false;
}

static struct pattern_part *read_term(struct pattern_parser *parser)
{
    struct pattern_part *part = read_atom(parser);
    while (part) {
        uint32_t min, max;
        int next = peek(parser);
        if (next == '*' || next == '+' || next == '?') {
            parser->at++;
            min = next == '+';
            max = next == '?' ? 1 : REGEX_NO_LIMIT;
        } else if (next != '{' || !read_counts(parser, &min, &max)) {
            break;
        }
        if (max < min)
            return refuse(parser, "a count that runs backwards");
        if (!take(parser, "?")) // lazy and possessive forms match the same texts
            take(parser, "+");
        struct pattern_part *repeat = part_new(parser, REPEAT);
        if (!repeat)
            return NULL;
        repeat->kids = part;
        repeat->min = min;
        repeat->max = max;
        part = repeat;
    }
    return part;
}

static struct pattern_part *read_sequence(struct pattern_parser *parser)
{
    struct pattern_part *sequence = part_new(parser, SEQUENCE);
    if (!sequence)
        return NULL;
    struct pattern_part **end = &sequence->kids;
    while (peek(parser) >= 0 && peek(parser) != '|' && peek(parser) != ')') {
        struct pattern_part *term = read_term(parser);
        if (!term)
            return NULL;
        *end = term;
        end = &term->next;
    }
    return sequence;
}

static struct pattern_part *read_choice(struct pattern_parser *parser)
{
    struct pattern_part *choice = part_new(parser, CHOICE);
    if (!choice)
        return NULL;
    if (++parser->depth > PATTERN_DEPTH_MAX) {
        fail(parser->error, ERR_LIMIT, "the pattern nests too deeply");
        return NULL;
    }
    struct pattern_part **end = &choice->kids;
    do {
        struct pattern_part *sequence = read_sequence(parser);
        if (!sequence)
            return NULL;
        *end = sequence;
        end = &sequence->next;
    } while (take(parser, "|"));
    parser->depth--;
    return choice;
}

// How far counted repeats count, those inside others multiplied.
static uint64_t count_product(const struct pattern_part *part)
{
    uint64_t most = 1;
    for (const struct pattern_part *kid = part->kids; kid; kid = kid->next) {
        uint64_t inside = count_product(kid);
        most = inside > most ? inside : most;
        if (part->kind == REPEAT)
            break;
    }
    if (part->kind == REPEAT) {
        uint64_t own = part->max == REGEX_NO_LIMIT ? part->min : part->max;
        most *= own > 1 ? own : 1;
    }
    return most > UINT32_MAX ? UINT32_MAX : most;
}

struct pattern_part *pattern_read(struct pattern_parser *parser)
{
    struct pattern_part *part = read_choice(parser);
    if (part && parser->at < parser->text.size)
        return refuse(parser, "an unopened group");
    if (part && count_product(part) > PATTERN_COUNT_MAX) {
        fail(parser->error, ERR_LIMIT, "the pattern counts too far");
        return NULL;
    }
    return part;
}
