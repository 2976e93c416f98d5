#include "sample/pattern.h"

#include <string.h>

#include "base/arena.h"
#include "base/memory.h"

#define PATTERN_SIZE_MAX  4096
#define PATTERN_DEPTH_MAX 200
// Counted repeats inside counted repeats multiply; this bounds the product.
#define PATTERN_COUNT_MAX 200000

enum kind { SET, SEQUENCE, CHOICE, REPEAT, START, END, AHEAD, NOT_AHEAD, DROPPED, ANY_TEXT };

struct part {
    enum kind kind;
    regex_id set;      // SET
    struct part *kids; // SEQUENCE, CHOICE: a list through `next`; REPEAT, AHEAD: one
    struct part *next;
    uint32_t min, max; // REPEAT
};

struct parser {
    struct regex_pool *pool;
    struct str text;
    size_t at;
    int depth;
    struct arena arena;
    const struct pattern_options *options;
    const char *relaxed;
    struct error *error;
    regex_id any_character, any_text;
};

static struct part *part_new(struct parser *parser, enum kind kind)
{
    struct part *part = arena_new(&parser->arena, struct part, 1);
    if (!part) {
        fail(parser->error, ERR_LIMIT, "the pattern has too many parts");
        return NULL;
    }
    part->kind = kind;
    return part;
}

static struct part *refuse(struct parser *parser, const char *what)
{
    fail(parser->error, ERR_FORMAT, "%s at byte %zu of the pattern", what, parser->at);
    return NULL;
}

static int peek(const struct parser *parser)
{
    return parser->at < parser->text.size ? (unsigned char)parser->text.data[parser->at] : -1;
}

static bool take(struct parser *parser, const char *literal)
{
    size_t size = strlen(literal);
    if (parser->text.size - parser->at < size ||
        memcmp(parser->text.data + parser->at, literal, size))
        return false;
    parser->at += size;
    return true;
}

static struct part *part_set(struct parser *parser, struct charset *set)
{
    struct part *part = part_new(parser, SET);
    charset_normalise(set);
    if (parser->options->ignores_case)
        charset_fold_case(set);
    if (part)
        part->set = charset_regex(parser->pool, set, parser->options->form);
    charset_release(set);
    return part;
}

// ---- escapes and classes ----

static bool hex_value(struct parser *parser, size_t n_digits, uint32_t *out)
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

static uint32_t escaped_unicode(struct parser *parser)
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

static bool add_property(struct parser *parser, struct charset *set, bool is_inverted)
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
static void add_escape(struct parser *parser, struct charset *set, uint32_t *single)
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

static void class_member(struct parser *parser, struct charset *set, uint32_t *single)
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

static bool posix_class(struct parser *parser, struct charset *set)
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

static struct part *read_class(struct parser *parser)
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

static struct part *read_choice(struct parser *parser);

static struct part *read_group(struct parser *parser)
{
    static const struct {
        const char *opening;
        enum kind kind;
    } openings[] = {
        {"?:", SEQUENCE}, {"?=", AHEAD},    {"?!", NOT_AHEAD}, {"?<=", DROPPED},
        {"?<!", DROPPED}, {"?>", SEQUENCE}, {"?P<", SEQUENCE}, {"?<", SEQUENCE},
    };
    enum kind kind = SEQUENCE;
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
    struct part *inside = read_choice(parser);
    if (!inside)
        return NULL;
    if (!take(parser, ")"))
        return refuse(parser, "a group that does not end");
    if (kind == SEQUENCE)
        return inside;
    struct part *part = part_new(parser, kind);
    if (!part)
        return NULL;
    part->kids = inside;
    if (kind == DROPPED)
        parser->relaxed = "look-behind";
    return part;
}

static struct part *read_escape(struct parser *parser)
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

static struct part *read_atom(struct parser *parser)
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

static bool read_number(struct parser *parser, uint32_t *out)
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
static bool read_counts(struct parser *parser, uint32_t *min, uint32_t *max)
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

static struct part *read_term(struct parser *parser)
{
    struct part *part = read_atom(parser);
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
        struct part *repeat = part_new(parser, REPEAT);
        if (!repeat)
            return NULL;
        repeat->kids = part;
        repeat->min = min;
        repeat->max = max;
        part = repeat;
    }
    return part;
}

static struct part *read_sequence(struct parser *parser)
{
    struct part *sequence = part_new(parser, SEQUENCE);
    if (!sequence)
        return NULL;
    struct part **end = &sequence->kids;
    while (peek(parser) >= 0 && peek(parser) != '|' && peek(parser) != ')') {
        struct part *term = read_term(parser);
        if (!term)
            return NULL;
        *end = term;
        end = &term->next;
    }
    return sequence;
}

static struct part *read_choice(struct parser *parser)
{
    struct part *choice = part_new(parser, CHOICE);
    if (!choice)
        return NULL;
    if (++parser->depth > PATTERN_DEPTH_MAX) {
        fail(parser->error, ERR_LIMIT, "the pattern nests too deeply");
        return NULL;
    }
    struct part **end = &choice->kids;
    do {
        struct part *sequence = read_sequence(parser);
        if (!sequence)
            return NULL;
        *end = sequence;
        end = &sequence->next;
    } while (take(parser, "|"));
    parser->depth--;
    return choice;
}

// How far counted repeats count, those inside others multiplied.
static uint64_t count_product(const struct part *part)
{
    uint64_t most = 1;
    for (const struct part *kid = part->kids; kid; kid = kid->next) {
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

// ---- parts to expressions ----

// What stands before (or after) a part: other parts, the open end of the pattern, where any text may
// stand, or an end that an anchor has closed.
enum edge { INSIDE, OPEN, ANCHORED };

static regex_id compile(struct parser *parser, const struct part *part, enum edge start,
                        enum edge end);

static regex_id wrap(struct parser *parser, regex_id id, enum edge start, enum edge end)
{
    if (start == OPEN)
        id = regex_concat(parser->pool, parser->any_text, id);
    return end == OPEN ? regex_concat(parser->pool, id, parser->any_text) : id;
}

static bool is_zero_width(const struct part *part)
{
    return part->kind == START || part->kind == END || part->kind == AHEAD ||
           part->kind == NOT_AHEAD || part->kind == DROPPED;
}

static bool contains(const struct part *part, enum kind kind)
{
    if (part->kind == kind)
        return true;
    for (const struct part *kid = part->kids; kid; kid = kid->next)
        if (contains(kid, kind))
            return true;
    return false;
}

// Whether only `kind` stands from `part` on.
static bool is_only(const struct part *part, enum kind kind)
{
    for (const struct part *kid = part; kid; kid = kid->next)
        if (kid->kind != kind && kid->kind != DROPPED)
            return false;
    return true;
}

// A look-ahead and what follows it, up to the end of the pattern.
static regex_id compile_ahead(struct parser *parser, const struct part *ahead, regex_id rest)
{
    regex_id seen = compile(parser, ahead->kids, INSIDE, OPEN);
    if (ahead->kind == NOT_AHEAD)
        seen = regex_not(parser->pool, seen);
    return regex_and2(parser->pool, seen, rest);
}

static regex_id compile_sequence(struct parser *parser, const struct part *part, enum edge start,
                                 enum edge end)
{
    if (!part)
        return wrap(parser, REGEX_EPSILON, start, end);
    switch (part->kind) {
    case START: // in the middle it can never hold
        return start == INSIDE ? REGEX_EMPTY : compile_sequence(parser, part->next, ANCHORED, end);
    case END:
        return end != INSIDE && is_only(part, END) ? wrap(parser, REGEX_EPSILON, start, ANCHORED)
                                                   : REGEX_EMPTY;
    case DROPPED:
        return compile_sequence(parser, part->next, start, end);
    case AHEAD:
    case NOT_AHEAD: {
        regex_id rest = compile_sequence(parser, part->next, INSIDE, end);
        if (end != INSIDE)
            rest = compile_ahead(parser, part, rest);
        else
            parser->relaxed = "a look-ahead before the end";
        return wrap(parser, rest, start, INSIDE);
    }
    default:
        break;
    }
    bool is_last = !part->next;
    if (!is_last && end != INSIDE && is_only(part->next, END))
        return compile(parser, part, start, ANCHORED);
    regex_id first = compile(parser, part, start, is_last ? end : INSIDE);
    if (is_last)
        return first;
    return regex_concat(parser->pool, first, compile_sequence(parser, part->next, INSIDE, end));
}

static uint32_t one_less(uint32_t count)
{
    return count && count != REGEX_NO_LIMIT ? count - 1 : count;
}

// A repeat whose first or last turn may hold an anchor: that turn is compiled by itself.
static regex_id compile_edge_repeat(struct parser *parser, const struct part *part, enum edge start,
                                    enum edge end)
{
    struct regex_pool *pool = parser->pool;
    regex_id none = part->min ? REGEX_EMPTY : wrap(parser, REGEX_EPSILON, start, end);
    regex_id once = compile(parser, part->kids, start, end);
    if (part->max == 1)
        return regex_or2(pool, none, once);
    regex_id inner = regex_repeat(pool, compile(parser, part->kids, INSIDE, INSIDE),
                                  one_less(one_less(part->min)), one_less(one_less(part->max)));
    regex_id more =
        regex_concat(pool, compile(parser, part->kids, start, INSIDE),
                     regex_concat(pool, inner, compile(parser, part->kids, INSIDE, end)));
    if (part->min <= 1)
        more = regex_or2(pool, more, once);
    return regex_or2(pool, none, more);
}

static regex_id compile(struct parser *parser, const struct part *part, enum edge start,
                        enum edge end)
{
    regex_id id;
    switch (part->kind) {
    case SET:
        return wrap(parser, part->set, start, end);
    case ANY_TEXT:
        return parser->any_text;
    case SEQUENCE:
        return compile_sequence(parser, part->kids, start, end);
    case CHOICE:
        id = REGEX_EMPTY;
        for (const struct part *kid = part->kids; kid; kid = kid->next)
            id = regex_or2(parser->pool, id, compile(parser, kid, start, end));
        return id;
    case REPEAT:
        if (is_zero_width(part->kids))
            return wrap(parser, REGEX_EPSILON, start, end);
        if (part->max && ((start != INSIDE && contains(part->kids, START)) ||
                          (end != INSIDE && contains(part->kids, END))))
            return compile_edge_repeat(parser, part, start, end);
        id = compile(parser, part->kids, INSIDE, INSIDE);
        return wrap(parser, regex_repeat(parser->pool, id, part->min, part->max), start, end);
    default: // a lone assertion
        return compile_sequence(parser, &(struct part){.kind = part->kind, .kids = part->kids},
                                start, end);
    }
}

enum err pattern_compile(struct regex_pool *pool, regex_id *out, struct str pattern,
                         const struct pattern_options *options, const char **relaxed,
                         struct error *error)
{
    struct error own = {0};
    struct parser parser = {.pool = pool, .text = pattern, .options = options, .error = &own};
    *out = REGEX_EMPTY;
    *relaxed = NULL;
    if (pattern.size > PATTERN_SIZE_MAX)
        return fail(error, ERR_LIMIT, "a pattern of %zu bytes", pattern.size);
    arena_init(&parser.arena, 8 * MIB);
    parser.any_character = charset_any(pool, options->form);
    parser.any_text = regex_repeat(pool, parser.any_character, 0, REGEX_NO_LIMIT);
    struct part *part = read_choice(&parser);
    if (part && parser.at < pattern.size)
        part = refuse(&parser, "an unopened group");
    if (part && count_product(part) > PATTERN_COUNT_MAX) {
        fail(&own, ERR_LIMIT, "the pattern counts too far");
        part = NULL;
    }
    if (part)
        *out = compile(&parser, part, options->is_anchored ? ANCHORED : OPEN,
                       options->is_anchored ? ANCHORED : OPEN);
    *relaxed = parser.relaxed;
    arena_release(&parser.arena);
    if (part && regex_pool_is_full(pool)) {
        part = NULL;
        fail(&own, ERR_LIMIT, "the pattern is too large");
    }
    return part ? OK : fail(error, own.code, "%s", own.text);
}
