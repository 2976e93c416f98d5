#include "chat/jinja_parse.h"
#include "base/memory.h"

// ---- tokens and nodes ----

void parser_advance(struct parser *p)
{
    if (p->has_next) {
        p->current = p->next;
        p->has_next = false;
    } else {
        lexer_next(&p->lexer, &p->current);
    }
    p->run->line = p->current.line;
}

const struct token *parser_look(struct parser *p)
{
    if (!p->has_next)
        lexer_next(&p->lexer, &p->next);
    p->has_next = true;
    p->run->line = p->current.line;
    return &p->next;
}

bool parser_at(const struct parser *p, enum op op)
{
    return p->current.kind == T_OPERATOR && p->current.op == op;
}

bool parser_at_name(const struct parser *p, const char *name)
{
    return p->current.kind == T_NAME && str_is(p->current.text, name);
}

bool parser_skip(struct parser *p, enum op op)
{
    bool found = parser_at(p, op);
    if (found)
        parser_advance(p);
    return found;
}

bool parser_skip_name(struct parser *p, const char *name)
{
    bool found = parser_at_name(p, name);
    if (found)
        parser_advance(p);
    return found;
}

void parser_fail_token(struct parser *p, const char *expected)
{
    static const char *const kinds[] = {
        [T_END] = "the end of the template",
        [T_DATA] = "text",
        [T_BLOCK_BEGIN] = "{%",
        [T_BLOCK_END] = "%}",
        [T_VARIABLE_BEGIN] = "{{",
        [T_VARIABLE_END] = "}}",
    };
    enum token_kind kind = p->current.kind;
    struct str text = kind >= T_NAME ? p->current.text : str_of(kinds[kind]);
    jinja_fail(p->run, ERR_FORMAT, "expected %s, found '%.*s'", expected,
               (int)(text.size > 100 ? 100 : text.size), text.data);
}

void parser_expect(struct parser *p, enum op op)
{
    char expected[8] = "'";
    if (parser_skip(p, op))
        return;
    const char *text = operator_text(op);
    size_t size = strlen(text);
    memcpy(expected + 1, text, size);
    expected[size + 1] = '\'';
    parser_fail_token(p, expected);
}

struct str parser_expect_name(struct parser *p)
{
    if (p->current.kind != T_NAME)
        parser_fail_token(p, "a name");
    struct str name = p->current.text;
    parser_advance(p);
    return name;
}

struct node *parser_node(struct parser *p, enum node_kind kind, uint32_t line)
{
    struct node *node = jinja_new(p->run, struct node, 1);
    node->kind = kind;
    node->line = line;
    return node;
}

void nodes_append(struct jinja_run *run, struct nodes *nodes, struct node *node)
{
    if (nodes->n_items == nodes->capacity)
        nodes->items =
            jinja_grow(run, nodes->items, nodes->n_items, &nodes->capacity, sizeof *nodes->items);
    nodes->items[nodes->n_items++] = node;
}

const struct jstr *parser_string(struct parser *p, struct str text)
{
    struct jstr *string = jstr_wrap(p->run, text, SPAN_MARKUP);
    jstr_n_chars(p->run, string); // threads share it from now on
    return string;
}

// ---- statements ----

static void parse_body(struct parser *p, struct nodes *body, const char *const *ends);

// The rest of a tag, then its body up to a tag in `ends` (whose name is then the current token).
static void parse_block(struct parser *p, struct nodes *body, const char *const *ends)
{
    parser_skip(p, OP_COLON);
    if (p->current.kind != T_BLOCK_END)
        parser_fail_token(p, "%}");
    parser_advance(p);
    parse_body(p, body, ends);
    if (p->current.kind == T_END)
        jinja_fail(p->run, ERR_FORMAT, "the template ends, but a block waits for {%% %s %%}",
                   ends[0]);
}

// The same where one tag can end it; that tag's name is skipped.
static void parse_block_until(struct parser *p, struct nodes *body, const char *end)
{
    parse_block(p, body, (const char *const[]){end, NULL});
    parser_advance(p);
}

static void mark_stored(struct parser *p, struct node *target)
{
    if (target->kind == N_TUPLE) {
        for (size_t i = 0; i < target->items.n_items; i++)
            mark_stored(p, target->items.items[i]);
        return;
    }
    if (target->kind != N_NAME)
        jinja_fail(p->run, ERR_FORMAT, "cannot assign to this expression");
    target->is_store = true;
}

static struct node *parse_target_name(struct parser *p)
{
    struct node *node = parser_node(p, N_NAME, p->current.line);
    static const char *const reserved[] = {"true", "True", "false", "False", "none", "None"};
    node->name = parser_string(p, parser_expect_name(p));
    for (size_t i = 0; i < COUNT_OF(reserved); i++)
        if (str_is(jstr_bytes(node->name), reserved[i]))
            jinja_fail(p->run, ERR_FORMAT, "cannot assign to %s", reserved[i]);
    node->is_store = true;
    return node;
}

static struct node *parse_target(struct parser *p, const char *end, bool with_namespace)
{
    const struct token *next = parser_look(p);
    if (with_namespace && next->kind == T_OPERATOR && next->op == OP_DOT) {
        struct node *node = parser_node(p, N_NSREF, p->current.line);
        node->a = parser_node(p, N_NAME, p->current.line);
        node->a->name = parser_string(p, parser_expect_name(p));
        parser_advance(p);
        node->name = parser_string(p, parser_expect_name(p));
        return node;
    }
    struct node *target = parse_tuple(p, TUPLE_TARGETS, end);
    mark_stored(p, target);
    return target;
}

static struct node *parse_set(struct parser *p, uint32_t line)
{
    struct node *node = parser_node(p, N_SET, line);
    node->a = parse_target(p, NULL, true);
    if (parser_skip(p, OP_ASSIGN)) {
        node->b = parse_tuple(p, TUPLE_FULL, NULL);
        return node;
    }
    node->kind = N_SET_BLOCK;
    node->b = parse_filters(p, NULL, false);
    parse_block_until(p, &node->items, "endset");
    return node;
}

static struct node *parse_for(struct parser *p, uint32_t line)
{
    struct node *node = parser_node(p, N_FOR, line);
    node->loop = jinja_new(p->run, struct loop, 1);
    node->a = parse_target(p, "in", false);
    if (!parser_skip_name(p, "in"))
        parser_fail_token(p, "'in'");
    node->b = parse_tuple(p, TUPLE_NO_CONDITION, "recursive");
    if (parser_skip_name(p, "if"))
        node->c = parse_expression(p);
    node->loop->recursive = parser_skip_name(p, "recursive");
    parse_block(p, &node->items, (const char *const[]){"endfor", "else", NULL});
    bool has_else = parser_at_name(p, "else");
    parser_advance(p);
    if (has_else)
        parse_block_until(p, &node->others, "endfor");
    return node;
}

static struct node *parse_if(struct parser *p, uint32_t line)
{
    static const char *const ends[] = {"endif", "elif", "else", NULL};
    struct node *first = parser_node(p, N_IF, line), *node = first;
    for (;;) {
        node->a = parse_tuple(p, TUPLE_NO_CONDITION, NULL);
        parse_block(p, &node->items, ends);
        if (!parser_at_name(p, "elif"))
            break;
        node = parser_node(p, N_IF, p->current.line);
        parser_advance(p);
        nodes_append(p->run, &first->elifs, node);
    }
    bool has_else = parser_at_name(p, "else");
    parser_advance(p);
    if (has_else)
        parse_block_until(p, &first->others, "endif");
    return first;
}

static struct node *parse_with(struct parser *p, uint32_t line)
{
    struct node *node = parser_node(p, N_WITH, line);
    while (p->current.kind != T_BLOCK_END) {
        if (node->others.n_items)
            parser_expect(p, OP_COMMA);
        struct node *target = parse_target(p, NULL, false);
        nodes_append(p->run, &node->others, target);
        parser_expect(p, OP_ASSIGN);
        nodes_append(p->run, &node->elifs, parse_expression(p));
    }
    parse_block_until(p, &node->items, "endwith");
    return node;
}

static void parse_signature(struct parser *p, struct function *function)
{
    parser_expect(p, OP_LPAREN);
    while (!parser_at(p, OP_RPAREN)) {
        if (function->params.n_items)
            parser_expect(p, OP_COMMA);
        struct node *param = parse_target_name(p);
        param->is_param = true;
        for (size_t i = 0; i < function->params.n_items; i++)
            if (str_equal(jstr_bytes(function->params.items[i]->name), jstr_bytes(param->name)))
                jinja_fail(p->run, ERR_FORMAT, "two parameters have the same name");
        if (parser_skip(p, OP_ASSIGN))
            nodes_append(p->run, &function->defaults, parse_expression(p));
        else if (function->defaults.n_items)
            jinja_fail(p->run, ERR_FORMAT, "a parameter without default follows one with default");
        nodes_append(p->run, &function->params, param);
    }
    parser_expect(p, OP_RPAREN);
}

static struct node *parse_macro(struct parser *p, uint32_t line)
{
    struct node *node = parser_node(p, N_MACRO, line);
    node->function = jinja_new(p->run, struct function, 1);
    node->a = parse_target_name(p);
    node->name = node->function->name = node->a->name;
    parse_signature(p, node->function);
    parse_block_until(p, &node->function->body, "endmacro");
    return node;
}

static struct node *parse_call_block(struct parser *p, uint32_t line)
{
    struct node *node = parser_node(p, N_CALL_BLOCK, line);
    node->function = jinja_new(p->run, struct function, 1);
    if (parser_at(p, OP_LPAREN))
        parse_signature(p, node->function);
    node->a = parse_expression(p);
    if (node->a->kind != N_CALL)
        jinja_fail(p->run, ERR_FORMAT, "{%% call %%} needs a call");
    parse_block_until(p, &node->function->body, "endcall");
    return node;
}

static struct node *parse_generation(struct parser *p, uint32_t line)
{
    struct node *node = parser_node(p, N_GENERATION, line);
    node->function = jinja_new(p->run, struct function, 1);
    parse_block_until(p, &node->function->body, "endgeneration");
    return node;
}

static struct node *parse_filter_block(struct parser *p, uint32_t line)
{
    struct node *node = parser_node(p, N_FILTER_BLOCK, line);
    node->b = parse_filters(p, NULL, true);
    parse_block_until(p, &node->items, "endfilter");
    return node;
}

static struct node *parse_print(struct parser *p, uint32_t line)
{
    struct node *node = parser_node(p, N_OUTPUT, line);
    while (p->current.kind != T_BLOCK_END) {
        if (node->items.n_items)
            parser_expect(p, OP_COMMA);
        nodes_append(p->run, &node->items, parse_expression(p));
    }
    return node;
}

static struct node *parse_break(struct parser *p, uint32_t line)
{
    return parser_node(p, N_BREAK, line);
}

static struct node *parse_continue(struct parser *p, uint32_t line)
{
    return parser_node(p, N_CONTINUE, line);
}

static const struct statement {
    const char *name;
    struct node *(*parse)(struct parser *p, uint32_t line); // NULL: not supported
} statements[] = {
    {"set", parse_set},
    {"if", parse_if},
    {"for", parse_for},
    {"macro", parse_macro},
    {"call", parse_call_block},
    {"filter", parse_filter_block},
    {"with", parse_with},
    {"print", parse_print},
    {"break", parse_break},
    {"continue", parse_continue},
    {"generation", parse_generation},
    {"include", NULL},
    {"import", NULL},
    {"from", NULL},
    {"extends", NULL},
    {"block", NULL},
    {"autoescape", NULL},
};

static struct node *parse_statement(struct parser *p)
{
    uint32_t line = p->current.line;
    struct str name = p->current.text;
    if (p->current.kind != T_NAME)
        parser_fail_token(p, "a tag's name");
    for (size_t i = 0; i < COUNT_OF(statements); i++) {
        if (!str_is(name, statements[i].name))
            continue;
        if (!statements[i].parse)
            jinja_fail(p->run, ERR_UNSUPPORTED, "{%% %s %%} is not supported", statements[i].name);
        parser_advance(p);
        return statements[i].parse(p, line);
    }
    jinja_fail(p->run, ERR_FORMAT, "unknown or misplaced tag '%.*s'",
               (int)(name.size > 100 ? 100 : name.size), name.data);
}

// Appends to the output statement at the end of `body`, starting one if needed.
static void append_output(struct parser *p, struct nodes *body, struct node *item, bool *in_output)
{
    if (!*in_output)
        nodes_append(p->run, body, parser_node(p, N_OUTPUT, item->line));
    *in_output = true;
    nodes_append(p->run, &body->items[body->n_items - 1]->items, item);
}

static void parse_body(struct parser *p, struct nodes *body, const char *const *ends)
{
    bool in_output = false;
    jinja_enter(p->run);
    for (;;) {
        uint32_t line = p->current.line;
        struct node *item;
        switch (p->current.kind) {
        case T_DATA:
            item = parser_node(p, N_CONST, line);
            item->value = jv_string(parser_string(p, p->current.text));
            append_output(p, body, item, &in_output);
            parser_advance(p);
            break;
        case T_VARIABLE_BEGIN:
            parser_advance(p);
            append_output(p, body, parse_tuple(p, TUPLE_FULL, NULL), &in_output);
            if (p->current.kind != T_VARIABLE_END)
                parser_fail_token(p, "}}");
            parser_advance(p);
            break;
        case T_BLOCK_BEGIN:
            in_output = false;
            parser_advance(p);
            for (size_t i = 0; ends && ends[i]; i++)
                if (parser_at_name(p, ends[i])) {
                    jinja_leave(p->run);
                    return;
                }
            nodes_append(p->run, body, parse_statement(p));
            if (p->current.kind != T_BLOCK_END)
                parser_fail_token(p, "%}");
            parser_advance(p);
            break;
        default:
            jinja_leave(p->run);
            return;
        }
    }
}

void jinja_parse(struct jinja_run *run, struct str source, struct function *root)
{
    struct parser *p = jinja_new(run, struct parser, 1);
    p->run = run;
    lexer_init(&p->lexer, run, source);
    parser_advance(p);
    parse_body(p, &root->body, NULL);
}
