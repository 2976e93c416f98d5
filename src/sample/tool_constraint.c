#include "sample/tool_constraint.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sample/charset.h"
#include "sample/constraint_impl.h"

#define MARKUP_NODES 16384 // kept free for what is not schema

struct builder {
    struct constraint *c;
    struct regex_pool *pool;
    const struct tool_markup *markup;
    dfa_state any_value;
    regex_id space; // optional white space where JSON allows it
};

// Markup is expanded at once: it must work also when the schemas have used up the automata's room.
static struct symbol text_symbol(struct builder *b, regex_id regex)
{
    struct dfa *dfa = schema_dfa(b->c->store);
    dfa_state start = dfa_start(dfa, regex, DFA_DEAD, 0);
    dfa_expand(dfa, start);
    return (struct symbol){SYMBOL_TEXT, start};
}

static regex_id markup(struct builder *b, const char *text)
{
    return constraint_markup(b->c, text, false);
}

// Markup without the white space around it, spelled or as the tokens that it is made of.
static regex_id bare_markup(struct builder *b, const char *text)
{
    struct buf bare = {0};
    text += strspn(text, " \n");
    buf_append(&bare, text, strlen(text));
    while (bare.size && strchr(" \n", bare.data[bare.size - 1]))
        bare.size--;
    buf_append(&bare, "", 1);
    regex_id regex = markup(b, bare.data);
    buf_release(&bare);
    return regex;
}

// Text in front of the first closing mark, and the mark.  What a reader who takes white space lightly
// would see as an end is not in it: a closing mark and then another parameter or the end of the call.
static regex_id raw_until(struct builder *b)
{
    const struct tool_markup *m = b->markup;
    struct regex_pool *pool = b->pool;
    regex_id closer = bare_markup(b, m->closer);
    regex_id function = bare_markup(b, m->arguments_suffix);
    regex_id next[] = {bare_markup(b, m->parameter_prefix), function, closer};
    struct byte_set blanks = {{0}};
    byte_set_add_range(&blanks, ' ', ' ');
    byte_set_add_range(&blanks, '\t', '\n');
    byte_set_add_range(&blanks, '\r', '\r');
    regex_id space = regex_repeat(pool, regex_bytes(pool, &blanks), 0, REGEX_NO_LIMIT);
    regex_id ends[] = {
        regex_concat(pool, bare_markup(b, m->value_suffix),
                     regex_concat(pool, space, regex_or(pool, next, COUNT_OF(next)))),
        regex_concat(pool, function, regex_concat(pool, space, closer)),
    };
    regex_id has_end =
        regex_concat(pool, REGEX_ANYTHING,
                     regex_concat(pool, regex_or(pool, ends, COUNT_OF(ends)), REGEX_ANYTHING));
    return regex_and2(pool, regex_until(pool, regex_literal(pool, str_of(m->value_suffix))),
                      regex_not(pool, has_end));
}

// Any raw value, whatever the schema says; it works also when no automaton can grow any more.
static dfa_state any_value(struct builder *b)
{
    dfa_state any = dfa_start(schema_dfa(b->c->store), raw_until(b), DFA_DEAD, 0);
    if (any != b->any_value) {
        dfa_expand(schema_dfa(b->c->store), any);
        b->any_value = any;
    }
    return any;
}

// Markup that is JSON: white space may differ around its punctuation.
static regex_id json_markup(struct builder *b, const char *text)
{
    regex_id all = REGEX_EPSILON;
    if (b->markup->form != TOOL_FORM_JSON || !b->markup->name_key)
        return markup(b, text);
    for (size_t i = 0; text[i]; i++) {
        regex_id one = regex_literal(b->pool, (struct str){text + i, 1});
        if (strchr(" \n\t", text[i]))
            one = b->space;
        else if (strchr("{}:,", text[i]))
            one = regex_concat(b->pool, b->space, regex_concat(b->pool, one, b->space));
        all = regex_concat(b->pool, all, one);
    }
    return all;
}

// ---- one raw value ----

// Text that `text` accepts, up to the first closing mark.
static regex_id raw_value(struct builder *b, regex_id text)
{
    struct str mark = str_of(b->markup->value_suffix);
    regex_id any = regex_repeat(b->pool, charset_any(b->pool, TEXT_RAW), 0, REGEX_NO_LIMIT);
    regex_id until = raw_until(b);
    if (text == any || text == REGEX_ANYTHING)
        return until;
    return regex_and2(b->pool, until, regex_concat(b->pool, text, regex_literal(b->pool, mark)));
}

// What follows a parameter's opening; returns its first symbol.
static uint32_t parameter_value(struct builder *b, value_ref ref)
{
    struct grammar *grammar = &b->c->grammar;
    bool is_only_text;
    regex_id text = schema_text(b->c->store, ref, true, &is_only_text);
    regex_id any = regex_repeat(b->pool, charset_any(b->pool, TEXT_RAW), 0, REGEX_NO_LIMIT);
    dfa_state fallback = any_value(b);
    dfa_state start = dfa_start(schema_dfa(b->c->store), raw_value(b, text), fallback, 0);
    if (start == DFA_DEAD && !is_only_text)
        text = REGEX_EMPTY;
    struct symbol raw = {SYMBOL_TEXT, start == DFA_DEAD ? fallback : start};
    if (is_only_text || text == any) // other values are text as well
        return grammar_add_symbols(grammar, &raw, 1);
    struct symbol json[] = {{SYMBOL_VALUE, ref},
                            text_symbol(b, markup(b, b->markup->value_suffix))};
    if (text == REGEX_EMPTY)
        return grammar_add_symbols(grammar, json, 2);
    uint32_t rule = grammar_add_rule(grammar);
    grammar_add_alternative(grammar, rule, &raw, 1);
    grammar_add_alternative(grammar, rule, json, 2);
    return grammar_add_symbols(grammar, &(struct symbol){SYMBOL_RULE, rule}, 1);
}

// ---- lists of openings ----

struct opening {
    struct str text;
    uint32_t owner;
};

static int compare_openings(const void *a, const void *b)
{
    const struct opening *x = a, *y = b;
    return str_compare(x->text, y->text);
}

static struct str opening_text(const char *before, struct str name, const char *after)
{
    struct buf text = {0};
    buf_append_text(&text, before);
    buf_append(&text, name.data, name.size);
    buf_append_text(&text, after);
    size_t size = text.size;
    return (struct str){buf_take(&text), size};
}

// Moves the openings, `n` of them, into `list`.
static void take_openings(struct parameter_list *list, struct opening *openings, size_t n)
{
    if (n)
        qsort(openings, n, sizeof *openings, compare_openings);
    list->openings.texts = mem_new(struct str, n + 1);
    list->openings.owners = mem_new(uint32_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        list->openings.texts[i] = openings[i].text;
        list->openings.owners[i] = openings[i].owner;
    }
    list->openings.n_texts = n;
    list->openings.n_owners = list->n;
    free(openings);
}

static uint32_t list_add(struct grammar *grammar, const struct parameter_list *list)
{
    if (grammar->n_parameters == grammar->parameters_capacity) {
        grammar->parameters_capacity =
            grammar->parameters_capacity ? grammar->parameters_capacity * 2 : 16;
        grammar->parameters =
            mem_resize(grammar->parameters, grammar->parameters_capacity, sizeof *list);
    }
    grammar->parameters[grammar->n_parameters] = *list;
    return (uint32_t)grammar->n_parameters++;
}

// ---- arguments in XML style ----

// Names that are no known parameter, where the schema allows them.
static void add_other_parameters(struct builder *b, struct parameter_list *list,
                                 const struct object_spec *object)
{
    if (!object->n_others)
        return;
    struct byte_set name_bytes = {{0}};
    byte_set_add_range(&name_bytes, '!', '~');
    name_bytes.bits['<' / 64] &= ~(UINT64_C(1) << ('<' % 64) | UINT64_C(1) << ('>' % 64));
    regex_id name = regex_repeat(b->pool, regex_bytes(b->pool, &name_bytes), 1, 256);
    for (size_t p = 0; p < object->n_properties; p++)
        name =
            regex_and2(b->pool, name,
                       regex_not(b->pool, regex_literal(b->pool, str_of(object->bare_names[p]))));
    regex_id opening = regex_concat(b->pool, markup(b, b->markup->parameter_prefix), name);
    opening = regex_concat(b->pool, opening, markup(b, b->markup->parameter_suffix));
    list->other_opening = dfa_start(schema_dfa(b->c->store), opening, DFA_DEAD, 0);
    value_ref value =
        object->n_others == 1 ? object->others[0].value : schema_anything(b->c->store);
    list->other_value = parameter_value(b, value);
}

static uint32_t xml_parameters(struct builder *b, uint32_t i_object)
{
    // Values are compiled from a copy: working on them may move the object.
    const struct object_spec object = *schema_object(b->c->store, i_object);
    struct parameter_list list = {
        .i_object = i_object, .n = object.n_properties, .n_words = object.n_words};
    struct opening *openings = mem_new(struct opening, object.n_properties + 1);
    size_t n = 0;
    list.values = mem_new(uint32_t, object.n_properties + 1);
    for (size_t p = 0; p < object.n_properties; p++) {
        if (!(object.allowed[p / 64] >> (p % 64) & 1))
            continue;
        openings[n++] =
            (struct opening){opening_text(b->markup->parameter_prefix, str_of(object.bare_names[p]),
                                          b->markup->parameter_suffix),
                             (uint32_t)p};
        list.values[p] = parameter_value(b, object.values[p]);
    }
    take_openings(&list, openings, n);
    add_other_parameters(b, &list, &object);
    return list_add(&b->c->grammar, &list);
}

// The arguments of one tool, as a symbol.
static struct symbol arguments(struct builder *b, value_ref ref)
{
    if (b->markup->form != TOOL_FORM_XML)
        return (struct symbol){SYMBOL_VALUE, ref};
    struct grammar *grammar = &b->c->grammar;
    uint32_t rule = grammar_add_rule(grammar);
    size_t n_shapes = schema_value(b->c->store, ref)->n_shapes;
    for (size_t s = 0; s < n_shapes; s++) {
        struct shape shape = schema_value(b->c->store, ref)->shapes[s];
        if (shape.kind != SHAPE_OBJECT)
            continue;
        struct symbol parameters = {SYMBOL_PARAMETERS, xml_parameters(b, shape.i)};
        grammar_add_alternative(grammar, rule, &parameters, 1);
    }
    return (struct symbol){SYMBOL_RULE, rule};
}

// ---- calls ----

struct call_tool {
    struct str name;
    value_ref ref;
};

// NAME and what follows it, for each tool.
static struct symbol named_calls(struct builder *b, const struct call_tool *tools, size_t n)
{
    const struct tool_markup *m = b->markup;
    struct grammar *grammar = &b->c->grammar;
    struct parameter_list list = {.n = n, .n_words = (n + 63) / 64, .i_object = SPEC_NONE};
    struct opening *openings = mem_new(struct opening, n + 1);
    list.values = mem_new(uint32_t, n + 1);
    bool is_json = m->form == TOOL_FORM_JSON && m->name_key;
    // In a JSON envelope the name's closing quote tells it from longer ones; the rest may be spaced.
    const char *at_once = is_json ? "\"" : m->name_suffix;
    const char *rest = is_json && m->name_suffix[0] == '"' ? m->name_suffix + 1 : "";
    regex_id end = regex_concat(b->pool, json_markup(b, m->arguments_suffix), markup(b, m->closer));
    for (size_t t = 0; t < n; t++) {
        openings[t] = (struct opening){opening_text("", tools[t].name, at_once), (uint32_t)t};
        struct symbol symbols[3];
        size_t n_symbols = 0;
        if (*rest)
            symbols[n_symbols++] = text_symbol(b, json_markup(b, rest));
        symbols[n_symbols++] = arguments(b, tools[t].ref);
        if (end != REGEX_EPSILON)
            symbols[n_symbols++] = text_symbol(b, end);
        list.values[t] = grammar_add_symbols(grammar, symbols, n_symbols);
    }
    take_openings(&list, openings, n);
    return (struct symbol){SYMBOL_PARAMETERS, list_add(grammar, &list)};
}

// The envelope the other way round: arguments first, then the name.
static void add_reversed_calls(struct builder *b, uint32_t rule, const struct call_tool *tools,
                               size_t n)
{
    const struct tool_markup *m = b->markup;
    struct grammar *grammar = &b->c->grammar;
    struct buf text = {0};
    uint32_t choice = grammar_add_rule(grammar);
    buf_printf(&text, " {\"%s\":", m->arguments_key);
    struct symbol symbols[] = {text_symbol(b, json_markup(b, text.data)), {SYMBOL_RULE, choice}};
    grammar_add_alternative(grammar, rule, symbols, 2);
    for (size_t t = 0; t < n; t++) {
        buf_reset(&text);
        buf_printf(&text, ",\"%s\": \"", m->name_key);
        regex_id end = json_markup(b, text.data);
        end = regex_concat(b->pool, end, regex_literal(b->pool, tools[t].name));
        end = regex_concat(b->pool, end, json_markup(b, "\""));
        end = regex_concat(b->pool, end, json_markup(b, m->arguments_suffix));
        end = regex_concat(b->pool, end, markup(b, m->closer));
        struct symbol call[] = {{SYMBOL_VALUE, tools[t].ref}, text_symbol(b, end)};
        grammar_add_alternative(grammar, choice, call, 2);
    }
    buf_release(&text);
}

// The start of an answer whose first call is opened by `opening`, and what follows that opening.
static void add_answers(struct builder *b, const struct tool_constraint_options *options,
                        uint32_t after_opening)
{
    const struct tool_markup *m = b->markup;
    bool is_bare = !*m->list_open && !*m->opener; // calls are known by standing at the beginning
    const char *trigger = *m->list_open ? m->list_open : m->opener;
    regex_id mark = is_bare ? regex_concat(b->pool, b->space, json_markup(b, m->name_prefix))
                            : constraint_markup(b->c, trigger, true);
    bool is_demanded =
        options->choice == CONSTRAINT_CHOICE_ANY || options->choice == CONSTRAINT_CHOICE_NAMED;
    if (is_demanded) {
        struct symbol symbols[] = {text_symbol(b, regex_concat(b->pool, b->space, mark)),
                                   {SYMBOL_RULE, after_opening}};
        constraint_add_start(b->c, &options->base, symbols, 2);
        return;
    }
    regex_id with_mark = regex_concat(b->pool, mark, REGEX_ANYTHING);
    if (!is_bare)
        with_mark = regex_concat(b->pool, REGEX_ANYTHING, with_mark);
    struct symbol text = text_symbol(b, regex_not(b->pool, with_mark));
    constraint_add_start(b->c, NULL, &text, 1);
    if (options->choice == CONSTRAINT_CHOICE_NONE)
        return;
    regex_id before = mark;
    if (!is_bare)
        before = regex_until(b->pool, mark);
    else if (options->base.free_until)
        before = regex_concat(
            b->pool,
            regex_or2(
                b->pool, REGEX_EPSILON,
                regex_until(b->pool, constraint_markup(b->c, options->base.free_until, true))),
            mark);
    struct symbol symbols[] = {text_symbol(b, before), {SYMBOL_RULE, after_opening}};
    constraint_add_start(b->c, NULL, symbols, 2);
}

static void add_calls(struct builder *b, const struct tool_constraint_options *options,
                      const struct call_tool *tools, size_t n)
{
    const struct tool_markup *m = b->markup;
    struct grammar *grammar = &b->c->grammar;
    bool has_list = *m->list_open, is_bare = !has_list && !*m->opener;
    // CALL, from behind its opener (and, where there is none, behind its name_prefix).
    uint32_t call = grammar_add_rule(grammar);
    struct symbol names = named_calls(b, tools, n);
    struct symbol prefixed[] = {text_symbol(b, json_markup(b, m->name_prefix)), names};
    if (is_bare || !*m->name_prefix)
        grammar_add_alternative(grammar, call, &names, 1);
    else
        grammar_add_alternative(grammar, call, prefixed, 2);
    if (m->name_key && m->arguments_key && !is_bare)
        add_reversed_calls(b, call, tools, n);
    // After a call: another one, or the end.
    uint32_t first = grammar_add_rule(grammar), next = grammar_add_rule(grammar);
    regex_id opener = constraint_markup(b->c, m->opener, true);
    regex_id again = regex_concat(b->pool, *m->separator ? markup(b, m->separator) : REGEX_EPSILON,
                                  is_bare ? json_markup(b, m->name_prefix) : opener);
    again = regex_or2(
        b->pool, again,
        regex_concat(b->pool, b->space, is_bare ? json_markup(b, m->name_prefix) : opener));
    struct symbol more[] = {text_symbol(b, again), {SYMBOL_RULE, call}, {SYMBOL_RULE, next}};
    if (!options->disable_parallel && !(is_bare && !*m->separator))
        grammar_add_alternative(grammar, next, more, 3);
    struct symbol end = text_symbol(
        b, regex_concat(b->pool, b->space,
                        has_list ? constraint_markup(b->c, m->list_close, false) : REGEX_EPSILON));
    grammar_add_alternative(grammar, next, &end, 1);
    struct symbol begin[] = {text_symbol(b, regex_concat(b->pool, b->space, opener)),
                             {SYMBOL_RULE, call},
                             {SYMBOL_RULE, next}};
    if (has_list)
        grammar_add_alternative(grammar, first, begin, 3);
    else
        grammar_add_alternative(grammar, first, begin + 1, 2);
    add_answers(b, options, first);
}

struct constraint *constraint_open_tools(const struct constraint_vocabulary *vocabulary,
                                         const struct tool_markup *markup_row,
                                         const struct constraint_tool *tools, size_t n_tools,
                                         const struct tool_constraint_options *options)
{
    struct constraint *c = constraint_new(vocabulary, &options->base);
    struct builder b = {.c = c, .pool = schema_pool(c->store), .markup = markup_row};
    struct byte_set blanks = {{0}};
    byte_set_add_range(&blanks, ' ', ' ');
    byte_set_add_range(&blanks, '\t', '\n');
    b.space = regex_repeat(b.pool, regex_bytes(b.pool, &blanks), 0, 8);
    if (markup_row->form == TOOL_FORM_BRACES) {
        schema_store_use_braces(c->store, constraint_mark_bytes(c, markup_row->string_quote));
        c->cache.free_string = NULL; // lent for JSON strings, as are lengths
        c->cache.quote = REGEX_EMPTY;
    }
    struct call_tool *wanted = mem_new(struct call_tool, n_tools + 1);
    size_t n = 0;
    for (size_t t = 0; t < n_tools; t++) {
        if (options->choice == CONSTRAINT_CHOICE_NAMED && !str_equal(tools[t].name, options->named))
            continue;
        wanted[n].name = tools[t].name;
        wanted[n++].ref = schema_add_arguments(c->store, tools[t].schema);
    }
    regex_pool_raise(b.pool, MARKUP_NODES);
    schema_dfa(c->store)->n_nodes_max += MARKUP_NODES;
    if (n && markup_row->form != TOOL_FORM_NONE) {
        add_calls(&b, options, wanted, n);
    } else {
        struct symbol text = text_symbol(&b, REGEX_ANYTHING);
        constraint_add_start(c, NULL, &text, 1);
    }
    free(wanted);
    return c;
}
