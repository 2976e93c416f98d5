// Parts of a grammar to rules, and to expressions where nothing recurs.
#include "sample/gbnf.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sample/gbnf_parts.h"

#define DEPTH_MAX        200
#define REPEAT_MAX       2000 // of what recurs; automata count on their own
#define GRAMMAR_SIZE_MAX (1 * MIB)

// ---- which rules recur ----

static void mark_recursive(struct gbnf_parser *p, const struct gbnf_part *part, int depth);

static void visit_rule(struct gbnf_parser *p, uint32_t i, int depth)
{
    struct gbnf_rule *rule = &p->rules[i];
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

static void mark_recursive(struct gbnf_parser *p, const struct gbnf_part *part, int depth)
{
    if (depth > 20 * DEPTH_MAX) {
        gbnf_refuse(p, ERR_LIMIT, "rules nest too deeply");
        return;
    }
    if (part->kind == NAME)
        visit_rule(p, part->i_rule, depth);
    for (const struct gbnf_part *kid = part->kids; kid; kid = kid->next)
        mark_recursive(p, kid, depth + 1);
}

// Whether the part is without recursion, all the way down.
static bool is_regular(struct gbnf_parser *p, const struct gbnf_part *part);

static bool rule_is_regular(struct gbnf_parser *p, uint32_t i)
{
    struct gbnf_rule *rule = &p->rules[i];
    if (rule->regularity == UNKNOWN)
        rule->regularity = !rule->is_recursive && is_regular(p, rule->body) ? REGULAR : IRREGULAR;
    return rule->regularity == REGULAR;
}

static bool is_regular(struct gbnf_parser *p, const struct gbnf_part *part)
{
    if (part->kind == NAME)
        return rule_is_regular(p, part->i_rule);
    for (const struct gbnf_part *kid = part->kids; kid; kid = kid->next)
        if (!is_regular(p, kid))
            return false;
    return true;
}

static regex_id regex_of(struct gbnf_parser *p, const struct gbnf_part *part)
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
        for (const struct gbnf_part *kid = part->kids; kid; kid = kid->next)
            all = regex_concat(p->pool, all, regex_of(p, kid));
        return all;
    case CHOICE:
        all = REGEX_EMPTY;
        for (const struct gbnf_part *kid = part->kids; kid; kid = kid->next)
            all = regex_or2(p->pool, all, regex_of(p, kid));
        return all;
    case REPEAT:
        return regex_repeat(p->pool, regex_of(p, part->kids), part->min, part->max);
    }
    return REGEX_EMPTY;
}

// ---- rules ----

static struct symbol symbol_of(struct gbnf_parser *p, const struct gbnf_part *part);

static struct symbol text_symbol(struct gbnf_parser *p, regex_id regex)
{
    dfa_state anything = dfa_start(p->dfa, REGEX_ANYTHING, DFA_DEAD, 0);
    dfa_expand(p->dfa, anything);
    return (struct symbol){SYMBOL_TEXT, dfa_start(p->dfa, regex, anything, 0)};
}

static struct symbol new_rule(struct gbnf_parser *p)
{
    if (p->grammar->n_rules >= GBNF_RULES_MAX)
        gbnf_refuse(p, ERR_LIMIT, "too many rules");
    return (struct symbol){SYMBOL_RULE, grammar_add_rule(p->grammar)};
}

// Appends the parts from `part` on; neighbours without recursion become one text.
static void add_run(struct gbnf_parser *p, uint32_t rule, const struct gbnf_part *part,
                    struct symbol last, bool has_last)
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

static struct symbol repeat_symbol(struct gbnf_parser *p, const struct gbnf_part *part)
{
    struct symbol kid = symbol_of(p, part->kids);
    uint32_t max = part->max;
    if (part->min > REPEAT_MAX || (max != REGEX_NO_LIMIT && max > REPEAT_MAX)) {
        gbnf_refuse(p, ERR_LIMIT, "a count of more than 2000 over something recursive");
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

static struct symbol symbol_of(struct gbnf_parser *p, const struct gbnf_part *part)
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
        for (const struct gbnf_part *kid = part->kids; kid; kid = kid->next)
            add_run(p, rule.i, kid->kids, rule, false);
        return rule;
    default:
        rule = new_rule(p);
        add_run(p, rule.i, part->kids, rule, false);
        return rule;
    }
}

static bool begins_with(const struct gbnf_part *sequence, uint32_t i)
{
    return sequence->kids && sequence->kids->kind == NAME && sequence->kids->i_rule == i;
}

// A ::= A x | y  is  A ::= y B,  B ::= x B | nothing.
static void add_rule(struct gbnf_parser *p, uint32_t i)
{
    const struct gbnf_part *body = p->rules[i].body;
    uint32_t rule = p->rules[i].rule;
    struct symbol tail = {SYMBOL_END, 0};
    bool is_left = false;
    for (const struct gbnf_part *kid = body->kids; kid; kid = kid->next)
        is_left = is_left || begins_with(kid, i);
    if (is_left) {
        tail = new_rule(p);
        grammar_add_alternative(p->grammar, tail.i, NULL, 0);
    }
    for (const struct gbnf_part *kid = body->kids; kid && !p->has_failed; kid = kid->next)
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

static void check_left(struct gbnf_parser *p)
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
    struct gbnf_parser p = {
        .grammar = grammar, .pool = dfa->pool, .dfa = dfa, .text = text, .error = &own};
    if (text.size > GRAMMAR_SIZE_MAX)
        return fail(error, ERR_LIMIT, "a grammar of %zu bytes", text.size);
    arena_init(&p.arena, 32 * MIB);
    gbnf_read(&p);
    uint32_t root = gbnf_rule_index(&p, STR("root"));
    if (!p.has_failed)
        visit_rule(&p, root, 0);
    for (size_t i = 0; i < p.n_rules && !p.has_failed; i++)
        if (p.rules[i].is_visited && !rule_is_regular(&p, (uint32_t)i))
            p.rules[i].rule = new_rule(&p).i;
    for (size_t i = 0; i < p.n_rules && !p.has_failed; i++)
        if (p.rules[i].is_visited && !rule_is_regular(&p, (uint32_t)i))
            add_rule(&p, (uint32_t)i);
    if (!p.has_failed)
        *symbol = symbol_of(&p, &(struct gbnf_part){.kind = NAME, .i_rule = root});
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
