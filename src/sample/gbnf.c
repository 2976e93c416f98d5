#include "sample/gbnf.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "sample/charset.h"

#define DEPTH_MAX        200
#define REPEAT_MAX       2000 // of what recurs; automata count on their own
#define RULES_MAX        20000
#define GRAMMAR_SIZE_MAX (1 * MIB)

enum kind { TEXT, NAME, SEQUENCE, CHOICE, REPEAT };

struct part {
    enum kind kind;
    regex_id regex;    // TEXT
    uint32_t i_rule;   // NAME
    struct part *kids; // SEQUENCE, CHOICE: a list through `next`; REPEAT: one
    struct part *next;
    uint32_t min, max; // REPEAT
};

struct named_rule {
    struct str name;
    struct part *body; // NULL until defined
    bool is_recursive; // reaches itself
    bool is_visited, is_open;
    enum { UNKNOWN, REGULAR, IRREGULAR } regularity;
    bool has_regex; // `regex` is computed
    regex_id regex;
    uint32_t rule; // in the grammar, for recursive ones
};

struct parser {
    struct grammar *grammar;
    struct regex_pool *pool;
    struct dfa *dfa;
    struct str text;
    size_t at;
    int depth;
    struct arena arena;
    struct named_rule *rules;
    size_t n_rules, rules_capacity;
    struct error *error;
    bool has_failed;
};

static struct part *refuse(struct parser *p, enum err code, const char *what)
{
    size_t line = 1;
    for (size_t i = 0; i < p->at && i < p->text.size; i++)
        line += p->text.data[i] == '\n';
    if (!p->has_failed)
        fail(p->error, code, "line %zu: %s", line, what);
    p->has_failed = true;
    return NULL;
}

static struct part *part_new(struct parser *p, enum kind kind)
{
    struct part *part = arena_new(&p->arena, struct part, 1);
    if (!part)
        return refuse(p, ERR_LIMIT, "too many parts");
    part->kind = kind;
    return part;
}

static int peek(const struct parser *p)
{
    return p->at < p->text.size ? (unsigned char)p->text.data[p->at] : -1;
}

// Blanks and comments; line ends too when `lines`.
static void skip_space(struct parser *p, bool lines)
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

static struct str read_name(struct parser *p)
{
    size_t start = p->at;
    while (is_name_char(peek(p)))
        p->at++;
    return str_slice(p->text, start, p->at);
}

static uint32_t rule_index(struct parser *p, struct str name)
{
    for (size_t i = 0; i < p->n_rules; i++)
        if (str_equal(p->rules[i].name, name))
            return (uint32_t)i;
    if (p->n_rules == p->rules_capacity) {
        p->rules_capacity = p->rules_capacity ? p->rules_capacity * 2 : 32;
        p->rules = mem_resize(p->rules, p->rules_capacity, sizeof *p->rules);
    }
    p->rules[p->n_rules] = (struct named_rule){.name = name};
    return (uint32_t)p->n_rules++;
}

// One character of a literal or class, escapes read.
static bool read_char(struct parser *p, uint32_t *out)
{
    static const char letters[] = "nrt", codes[] = "\n\r\t";
    if (peek(p) < 0 || peek(p) == '\n')
        return refuse(p, ERR_FORMAT, "a literal or class that does not end"), false;
    if (peek(p) != '\\') {
        *out = utf8_next(p->text, &p->at);
        return true;
    }
    p->at++;
    int c = peek(p);
    if (c < 0)
        return refuse(p, ERR_FORMAT, "a backslash at the end"), false;
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
            return refuse(p, ERR_FORMAT, "hexadecimal digits expected"), false;
        *out = *out << 4 | (uint32_t)(d <= '9' ? d - '0' : lower - 'a' + 10);
    }
    return true;
}

static struct part *part_set(struct parser *p, struct charset *set, bool is_inverted)
{
    struct part *part = part_new(p, TEXT);
    charset_normalise(set);
    if (is_inverted)
        charset_invert(set);
    if (part)
        part->regex = charset_regex(p->pool, set, TEXT_RAW);
    charset_release(set);
    return part;
}

static struct part *read_class(struct parser *p)
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

static struct part *read_literal(struct parser *p)
{
    struct part *part = part_new(p, TEXT);
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

static struct part *read_choice(struct parser *p, bool in_group);

static struct part *read_atom(struct parser *p)
{
    struct charset all = {0};
    struct part *part;
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
            return refuse(p, ERR_FORMAT, "a group that does not end");
        p->at++;
        return part;
    case '<':
    case '!':
        return refuse(p, ERR_UNSUPPORTED, "tokens cannot be named here");
    default:
        if (!is_name_char(peek(p)))
            return refuse(p, ERR_FORMAT, "a literal, class, group or name expected");
        part = part_new(p, NAME);
        if (part)
            part->i_rule = rule_index(p, read_name(p));
        return part;
    }
}

static bool read_number(struct parser *p, uint32_t *out)
{
    size_t start = p->at;
    uint64_t value = 0;
    for (; peek(p) >= '0' && peek(p) <= '9'; p->at++)
        if (value < UINT32_MAX)
            value = value * 10 + (uint64_t)(peek(p) - '0');
    *out = value >= REGEX_NO_LIMIT ? REGEX_NO_LIMIT - 1 : (uint32_t)value;
    return p->at > start;
}

static bool read_counts(struct parser *p, uint32_t *min, uint32_t *max)
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
        return refuse(p, ERR_FORMAT, "a count expected"), false;
    }
    if (peek(p) != '}' || *max < *min)
        return refuse(p, ERR_FORMAT, "a wrong count"), false;
    p->at++;
    return true;
}

static struct part *read_term(struct parser *p, bool in_group)
{
    struct part *part = read_atom(p);
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
        struct part *repeat = part_new(p, REPEAT);
        if (!repeat)
            return NULL;
        repeat->kids = part;
        repeat->min = min;
        repeat->max = max;
        part = repeat;
    }
    return part;
}

static struct part *read_sequence(struct parser *p, bool in_group)
{
    struct part *sequence = part_new(p, SEQUENCE);
    if (!sequence)
        return NULL;
    struct part **end = &sequence->kids;
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

static struct part *read_choice(struct parser *p, bool in_group)
{
    struct part *choice = part_new(p, CHOICE);
    if (!choice)
        return NULL;
    if (++p->depth > DEPTH_MAX)
        return refuse(p, ERR_LIMIT, "nested too deeply");
    struct part **end = &choice->kids;
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

static void read_rules(struct parser *p)
{
    for (skip_space(p, true); peek(p) >= 0 && !p->has_failed; skip_space(p, true)) {
        struct str name = read_name(p);
        skip_space(p, false);
        if (!name.size || p->text.size - p->at < 3 || memcmp(p->text.data + p->at, "::=", 3)) {
            refuse(p, ERR_FORMAT, "\"name ::= ...\" expected");
            return;
        }
        p->at += 3;
        skip_space(p, true);
        uint32_t i = rule_index(p, name);
        if (p->n_rules > RULES_MAX) {
            refuse(p, ERR_LIMIT, "too many rules");
            return;
        }
        struct part *body = read_choice(p, false);
        if (!body)
            return;
        p->rules[i].body = body; // the last definition counts, as in llama.cpp
        if (peek(p) >= 0 && peek(p) != '\n' && peek(p) != '\r')
            refuse(p, ERR_FORMAT, "the rule does not end here");
    }
}

// ---- which rules recur ----

static void mark_recursive(struct parser *p, const struct part *part, int depth);

static void visit_rule(struct parser *p, uint32_t i, int depth)
{
    struct named_rule *rule = &p->rules[i];
    if (rule->is_open)
        rule->is_recursive = true;
    if (rule->is_visited || p->has_failed)
        return;
    if (!rule->body) {
        fail(p->error, ERR_FORMAT, "grammar: the rule \"%.*s\" is not defined",
             (int)(rule->name.size > 80 ? 80 : rule->name.size), rule->name.data);
        p->has_failed = true;
        return;
    }
    rule->is_visited = rule->is_open = true;
    mark_recursive(p, rule->body, depth + 1);
    p->rules[i].is_open = false;
}

static void mark_recursive(struct parser *p, const struct part *part, int depth)
{
    if (depth > 20 * DEPTH_MAX) {
        refuse(p, ERR_LIMIT, "rules nest too deeply");
        return;
    }
    if (part->kind == NAME)
        visit_rule(p, part->i_rule, depth);
    for (const struct part *kid = part->kids; kid; kid = kid->next)
        mark_recursive(p, kid, depth + 1);
}

// Whether the part is without recursion, all the way down.
static bool is_regular(struct parser *p, const struct part *part);

static bool rule_is_regular(struct parser *p, uint32_t i)
{
    struct named_rule *rule = &p->rules[i];
    if (rule->regularity == UNKNOWN)
        rule->regularity = !rule->is_recursive && is_regular(p, rule->body) ? REGULAR : IRREGULAR;
    return rule->regularity == REGULAR;
}

static bool is_regular(struct parser *p, const struct part *part)
{
    if (part->kind == NAME)
        return rule_is_regular(p, part->i_rule);
    for (const struct part *kid = part->kids; kid; kid = kid->next)
        if (!is_regular(p, kid))
            return false;
    return true;
}

static regex_id regex_of(struct parser *p, const struct part *part)
{
    regex_id all;
    switch (part->kind) {
    case TEXT:
        return part->regex;
    case NAME: {
        uint32_t i = part->i_rule;
        if (!p->rules[i].has_regex) {
            regex_id regex = regex_of(p, p->rules[i].body);
            p->rules[i].regex = regex;
            p->rules[i].has_regex = true;
        }
        return p->rules[i].regex;
    }
    case SEQUENCE:
        all = REGEX_EPSILON;
        for (const struct part *kid = part->kids; kid; kid = kid->next)
            all = regex_concat(p->pool, all, regex_of(p, kid));
        return all;
    case CHOICE:
        all = REGEX_EMPTY;
        for (const struct part *kid = part->kids; kid; kid = kid->next)
            all = regex_or2(p->pool, all, regex_of(p, kid));
        return all;
    case REPEAT:
        return regex_repeat(p->pool, regex_of(p, part->kids), part->min, part->max);
    }
    return REGEX_EMPTY;
}

// ---- rules ----

static struct symbol symbol_of(struct parser *p, const struct part *part);

static struct symbol text_symbol(struct parser *p, regex_id regex)
{
    dfa_state anything = dfa_start(p->dfa, REGEX_ANYTHING, DFA_DEAD, 0);
    dfa_expand(p->dfa, anything);
    return (struct symbol){SYMBOL_TEXT, dfa_start(p->dfa, regex, anything, 0)};
}

static struct symbol new_rule(struct parser *p)
{
    if (p->grammar->n_rules >= RULES_MAX)
        refuse(p, ERR_LIMIT, "too many rules");
    return (struct symbol){SYMBOL_RULE, grammar_add_rule(p->grammar)};
}

// Appends the parts from `part` on; neighbours without recursion become one text.
static void add_run(struct parser *p, uint32_t rule, const struct part *part, struct symbol last,
                    bool has_last)
{
    size_t n = 0, capacity = 8;
    struct symbol *symbols = mem_new(struct symbol, capacity);
    while (part && !p->has_failed) {
        struct symbol symbol;
        if (is_regular(p, part)) {
            regex_id all = REGEX_EPSILON;
            for (; part && is_regular(p, part); part = part->next)
                all = regex_concat(p->pool, all, regex_of(p, part));
            symbol = text_symbol(p, all);
        } else {
            symbol = symbol_of(p, part);
            part = part->next;
        }
        if (n + 2 > capacity)
            symbols = mem_resize(symbols, capacity *= 2, sizeof *symbols);
        symbols[n++] = symbol;
    }
    if (has_last)
        symbols[n++] = last;
    grammar_add_alternative(p->grammar, rule, symbols, n);
    free(symbols);
}

static struct symbol repeat_symbol(struct parser *p, const struct part *part)
{
    struct symbol kid = symbol_of(p, part->kids);
    uint32_t max = part->max;
    if (part->min > REPEAT_MAX || (max != REGEX_NO_LIMIT && max > REPEAT_MAX)) {
        refuse(p, ERR_LIMIT, "a count of more than 2000 over something recursive");
        return kid;
    }
    struct symbol rest = new_rule(p); // what may follow the part taken last
    grammar_add_alternative(p->grammar, rest.i, NULL, 0);
    if (max == REGEX_NO_LIMIT)
        grammar_add_alternative(p->grammar, rest.i, (struct symbol[]){kid, rest}, 2);
    for (uint32_t i = part->min; max != REGEX_NO_LIMIT && i < max; i++) {
        struct symbol more = new_rule(p);
        grammar_add_alternative(p->grammar, more.i, NULL, 0);
        grammar_add_alternative(p->grammar, more.i, (struct symbol[]){kid, rest}, 2);
        rest = more;
    }
    for (uint32_t i = 0; i < part->min; i++) {
        struct symbol more = new_rule(p);
        grammar_add_alternative(p->grammar, more.i, (struct symbol[]){kid, rest}, 2);
        rest = more;
    }
    return rest;
}

static struct symbol symbol_of(struct parser *p, const struct part *part)
{
    if (p->has_failed)
        return (struct symbol){SYMBOL_END, 0};
    if (is_regular(p, part))
        return text_symbol(p, regex_of(p, part));
    struct symbol rule;
    switch (part->kind) {
    case NAME:
        return (struct symbol){SYMBOL_RULE, p->rules[part->i_rule].rule};
    case REPEAT:
        return repeat_symbol(p, part);
    case CHOICE:
        rule = new_rule(p);
        for (const struct part *kid = part->kids; kid; kid = kid->next)
            add_run(p, rule.i, kid->kids, rule, false);
        return rule;
    default:
        rule = new_rule(p);
        add_run(p, rule.i, part->kids, rule, false);
        return rule;
    }
}

static bool begins_with(const struct part *sequence, uint32_t i)
{
    return sequence->kids && sequence->kids->kind == NAME && sequence->kids->i_rule == i;
}

// A ::= A x | y  is  A ::= y B,  B ::= x B | nothing.
static void add_rule(struct parser *p, uint32_t i)
{
    const struct part *body = p->rules[i].body;
    uint32_t rule = p->rules[i].rule;
    struct symbol tail = {SYMBOL_END, 0};
    bool is_left = false;
    for (const struct part *kid = body->kids; kid; kid = kid->next)
        is_left = is_left || begins_with(kid, i);
    if (is_left) {
        tail = new_rule(p);
        grammar_add_alternative(p->grammar, tail.i, NULL, 0);
    }
    for (const struct part *kid = body->kids; kid && !p->has_failed; kid = kid->next)
        if (begins_with(kid, i))
            add_run(p, tail.i, kid->kids->next, tail, true);
        else
            add_run(p, rule, kid->kids, tail, is_left);
}

// ---- left recursion that is left ----

struct left_search {
    const struct grammar *grammar;
    struct dfa *dfa;
    uint8_t *state;    // of each rule: 0 new, 1 open, 2 done
    bool *is_nullable; // of each rule
};

static bool symbol_is_nullable(const struct left_search *s, struct symbol symbol)
{
    return symbol.kind == SYMBOL_TEXT ? (dfa_flags(s->dfa, symbol.i) & DFA_ACCEPTS) != 0
                                      : symbol.kind == SYMBOL_RULE && s->is_nullable[symbol.i];
}

static void find_nullable(struct left_search *s)
{
    for (bool changes = true; changes;) {
        changes = false;
        for (size_t r = 0; r < s->grammar->n_rules; r++) {
            const struct rule *rule = &s->grammar->rules[r];
            for (size_t a = 0; a < rule->n_alternatives && !s->is_nullable[r]; a++) {
                const struct symbol *symbol = &s->grammar->symbols[rule->alternatives[a]];
                while (symbol->kind != SYMBOL_END && symbol_is_nullable(s, *symbol))
                    symbol++;
                if (symbol->kind == SYMBOL_END)
                    s->is_nullable[r] = changes = true;
            }
        }
    }
}

static bool recurs_left(struct left_search *s, uint32_t r, int depth)
{
    if (s->state[r])
        return s->state[r] == 1;
    if (depth > 3000)
        return true;
    s->state[r] = 1;
    const struct rule *rule = &s->grammar->rules[r];
    for (size_t a = 0; a < rule->n_alternatives; a++) {
        const struct symbol *symbol = &s->grammar->symbols[rule->alternatives[a]];
        for (; symbol->kind != SYMBOL_END; symbol++) {
            if (symbol->kind == SYMBOL_RULE && recurs_left(s, symbol->i, depth + 1))
                return true;
            if (!symbol_is_nullable(s, *symbol))
                break;
        }
    }
    s->state[r] = 2;
    return false;
}

static void check_left(struct parser *p)
{
    struct left_search s = {.grammar = p->grammar, .dfa = p->dfa};
    s.state = mem_new(uint8_t, p->grammar->n_rules + 1);
    s.is_nullable = mem_new(bool, p->grammar->n_rules + 1);
    find_nullable(&s);
    for (size_t r = 0; r < p->grammar->n_rules && !p->has_failed; r++)
        if (recurs_left(&s, (uint32_t)r, 0)) {
            fail(p->error, ERR_UNSUPPORTED, "grammar: a rule begins with itself through others");
            p->has_failed = true;
        }
    free(s.state);
    free(s.is_nullable);
}

enum err gbnf_compile(struct grammar *grammar, struct dfa *dfa, struct symbol *symbol,
                      struct str text, struct error *error)
{
    struct error own = {0};
    struct parser p = {
        .grammar = grammar, .pool = dfa->pool, .dfa = dfa, .text = text, .error = &own};
    if (text.size > GRAMMAR_SIZE_MAX)
        return fail(error, ERR_LIMIT, "a grammar of %zu bytes", text.size);
    arena_init(&p.arena, 32 * MIB);
    read_rules(&p);
    uint32_t root = rule_index(&p, STR("root"));
    if (!p.has_failed)
        visit_rule(&p, root, 0);
    for (size_t i = 0; i < p.n_rules && !p.has_failed; i++)
        if (p.rules[i].is_visited && !rule_is_regular(&p, (uint32_t)i))
            p.rules[i].rule = new_rule(&p).i;
    for (size_t i = 0; i < p.n_rules && !p.has_failed; i++)
        if (p.rules[i].is_visited && !rule_is_regular(&p, (uint32_t)i))
            add_rule(&p, (uint32_t)i);
    if (!p.has_failed)
        *symbol = symbol_of(&p, &(struct part){.kind = NAME, .i_rule = root});
    if (!p.has_failed && regex_pool_is_full(p.pool)) {
        fail(&own, ERR_LIMIT, "grammar: its automata are too large");
        p.has_failed = true;
    }
    if (!p.has_failed)
        check_left(&p);
    arena_release(&p.arena);
    free(p.rules);
    return p.has_failed ? fail(error, own.code, "%s", own.text) : OK;
}
