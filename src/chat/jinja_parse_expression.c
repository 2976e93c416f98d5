#include "chat/jinja_parse.h"
#include "base/memory.h"

static struct node *binary(struct parser *p, enum node_kind kind, struct node *a, struct node *b,
                           uint32_t line)
{
    struct node *node = parser_node(p, kind, line);
    node->a = a;
    node->b = b;
    return node;
}

static struct node *constant(struct parser *p, struct jv value, uint32_t line)
{
    struct node *node = parser_node(p, N_CONST, line);
    node->value = value;
    return node;
}

// ---- primaries ----

static struct node *parse_name(struct parser *p)
{
    static const struct {
        const char *name;
        struct jv value;
    } constants[] = {
        {"true", {.type = JV_BOOL, .boolean = true}},
        {"True", {.type = JV_BOOL, .boolean = true}},
        {"false", {.type = JV_BOOL, .boolean = false}},
        {"False", {.type = JV_BOOL, .boolean = false}},
        {"none", {.type = JV_NONE}},
        {"None", {.type = JV_NONE}},
    };
    struct token token = p->current;
    parser_advance(p);
    for (size_t i = 0; i < COUNT_OF(constants); i++)
        if (str_is(token.text, constants[i].name))
            return constant(p, constants[i].value, token.line);
    struct node *node = parser_node(p, N_NAME, token.line);
    node->name = parser_string(p, token.text);
    return node;
}

// Neighbouring string literals are one.
static struct node *parse_constant(struct parser *p)
{
    struct token token = p->current;
    parser_advance(p);
    if (token.value.type != JV_STRING)
        return constant(p, token.value, token.line);
    const struct jstr *string = token.value.string;
    while (p->current.kind == T_CONST && p->current.value.type == JV_STRING) {
        string = jstr_concat(p->run, string, p->current.value.string);
        parser_advance(p);
    }
    jstr_n_chars(p->run, string);
    // Constants are shared by threads: nobody may append behind them in place.
    struct jstr *shared = jstr_slice(p->run, string, 0, string->size);
    shared->room = NULL;
    return constant(p, jv_string(shared), token.line);
}

static struct node *parse_list(struct parser *p)
{
    struct node *node = parser_node(p, N_LIST, p->current.line);
    parser_expect(p, OP_LBRACKET);
    while (!parser_at(p, OP_RBRACKET)) {
        if (node->items.n_items)
            parser_expect(p, OP_COMMA);
        if (parser_at(p, OP_RBRACKET))
            break;
        nodes_append(p->run, &node->items, parse_expression(p));
    }
    parser_expect(p, OP_RBRACKET);
    return node;
}

static struct node *parse_dict(struct parser *p)
{
    struct node *node = parser_node(p, N_DICT, p->current.line);
    parser_expect(p, OP_LBRACE);
    while (!parser_at(p, OP_RBRACE)) {
        if (node->items.n_items)
            parser_expect(p, OP_COMMA);
        if (parser_at(p, OP_RBRACE))
            break;
        nodes_append(p->run, &node->items, parse_expression(p));
        parser_expect(p, OP_COLON);
        nodes_append(p->run, &node->items, parse_expression(p));
    }
    parser_expect(p, OP_RBRACE);
    return node;
}

struct node *parse_primary(struct parser *p)
{
    struct node *node;
    if (p->current.kind == T_NAME)
        return parse_name(p);
    if (p->current.kind == T_CONST)
        return parse_constant(p);
    if (parser_at(p, OP_LBRACKET))
        return parse_list(p);
    if (parser_at(p, OP_LBRACE))
        return parse_dict(p);
    if (!parser_skip(p, OP_LPAREN))
        parser_fail_token(p, "an expression");
    node = parse_tuple(p, TUPLE_IN_PARENTHESES, NULL);
    parser_expect(p, OP_RPAREN);
    return node;
}

static bool at_tuple_end(const struct parser *p, const char *end)
{
    return p->current.kind == T_VARIABLE_END || p->current.kind == T_BLOCK_END ||
           parser_at(p, OP_RPAREN) || (end && parser_at_name(p, end));
}

struct node *parse_tuple(struct parser *p, enum tuple_style style, const char *end)
{
    struct node *tuple = parser_node(p, N_TUPLE, p->current.line);
    bool is_tuple = false;
    for (;;) {
        if (tuple->items.n_items)
            parser_expect(p, OP_COMMA);
        if (at_tuple_end(p, end))
            break;
        struct node *item = style == TUPLE_TARGETS        ? parse_primary(p)
                            : style == TUPLE_NO_CONDITION ? parse_expression_plain(p)
                                                          : parse_expression(p);
        nodes_append(p->run, &tuple->items, item);
        if (!parser_at(p, OP_COMMA))
            break;
        is_tuple = true;
    }
    if (is_tuple)
        return tuple;
    if (tuple->items.n_items)
        return tuple->items.items[0];
    if (style != TUPLE_IN_PARENTHESES)
        parser_fail_token(p, "an expression");
    return tuple;
}

// ---- what follows a primary ----

// One part of a[...]: an expression or a slice.
static struct node *parse_subscript_part(struct parser *p)
{
    uint32_t line = p->current.line;
    struct node *start = parser_at(p, OP_COLON) ? NULL : parse_expression(p);
    if (!parser_at(p, OP_COLON))
        return start;
    struct node *slice = parser_node(p, N_SLICE, line);
    slice->a = start;
    for (int i = 0; i < 2 && parser_skip(p, OP_COLON); i++) {
        struct node **part = i == 0 ? &slice->b : &slice->c;
        if (!parser_at(p, OP_COLON) && !parser_at(p, OP_RBRACKET) && !parser_at(p, OP_COMMA))
            *part = parse_expression(p);
    }
    return slice;
}

static struct node *parse_subscript(struct parser *p, struct node *object)
{
    uint32_t line = p->current.line;
    if (parser_skip(p, OP_DOT)) {
        struct token token = p->current;
        parser_advance(p);
        if (token.kind == T_NAME) {
            struct node *node = parser_node(p, N_GETATTR, line);
            node->a = object;
            node->name = parser_string(p, token.text);
            return node;
        }
        if (token.kind != T_CONST || token.value.type != JV_INT)
            jinja_fail(p->run, ERR_FORMAT, "expected a name or number behind the dot");
        return binary(p, N_GETITEM, object, constant(p, token.value, line), line);
    }
    parser_expect(p, OP_LBRACKET);
    struct node *parts = parser_node(p, N_TUPLE, line);
    while (!parser_at(p, OP_RBRACKET)) {
        if (parts->items.n_items)
            parser_expect(p, OP_COMMA);
        nodes_append(p->run, &parts->items, parse_subscript_part(p));
    }
    parser_expect(p, OP_RBRACKET);
    bool single = parts->items.n_items == 1;
    for (size_t i = 0; i < parts->items.n_items && !single; i++)
        if (parts->items.items[i]->kind == N_SLICE)
            jinja_fail(p->run, ERR_FORMAT, "a slice cannot be part of a tuple");
    return binary(p, N_GETITEM, object, single ? parts->items.items[0] : parts, line);
}

static void parse_keyword(struct parser *p, struct call_args *args)
{
    if (args->n_keywords == args->capacity)
        args->keywords = jinja_grow(p->run, args->keywords, args->n_keywords, &args->capacity,
                                    sizeof *args->keywords);
    struct keyword *keyword = &args->keywords[args->n_keywords++];
    keyword->name = parser_string(p, p->current.text);
    for (size_t i = 0; i + 1 < args->n_keywords; i++)
        if (str_equal(jstr_bytes(args->keywords[i].name), jstr_bytes(keyword->name)))
            jinja_fail(p->run, ERR_FORMAT, "keyword argument repeated: %.*s",
                       (int)(keyword->name->size % 100), keyword->name->data);
    parser_advance(p);
    parser_advance(p);
    struct node *value = parse_expression(p);
    args->keywords[args->n_keywords - 1].value = value;
}

static struct call_args *parse_call_args(struct parser *p)
{
    struct call_args *args = jinja_new(p->run, struct call_args, 1);
    bool needs_comma = false;
    parser_expect(p, OP_LPAREN);
    while (!parser_at(p, OP_RPAREN)) {
        if (needs_comma) {
            parser_expect(p, OP_COMMA);
            if (parser_at(p, OP_RPAREN))
                break;
        }
        needs_comma = true;
        const struct token *next = parser_look(p);
        bool is_keyword =
            p->current.kind == T_NAME && next->kind == T_OPERATOR && next->op == OP_ASSIGN;
        bool in_order = !args->star_star && (is_keyword || parser_at(p, OP_POW) || !args->star);
        if (!in_order ||
            (!is_keyword && !parser_at(p, OP_POW) && !parser_at(p, OP_MUL) && args->n_keywords))
            jinja_fail(p->run, ERR_FORMAT, "invalid order of arguments in a call");
        if (parser_skip(p, OP_MUL))
            args->star = parse_expression(p);
        else if (parser_skip(p, OP_POW))
            args->star_star = parse_expression(p);
        else if (is_keyword)
            parse_keyword(p, args);
        else
            nodes_append(p->run, &args->positional, parse_expression(p));
    }
    parser_expect(p, OP_RPAREN);
    return args;
}

static struct node *parse_call(struct parser *p, struct node *callee)
{
    struct node *node = parser_node(p, N_CALL, p->current.line);
    node->a = callee;
    node->args = parse_call_args(p);
    return node;
}

static struct node *parse_postfix(struct parser *p, struct node *node)
{
    for (;;) {
        if (parser_at(p, OP_DOT) || parser_at(p, OP_LBRACKET))
            node = parse_subscript(p, node);
        else if (parser_at(p, OP_LPAREN))
            node = parse_call(p, node);
        else
            return node;
    }
}

// A filter's or test's name, which may have dots.
static const struct jstr *parse_dotted_name(struct parser *p)
{
    const struct jstr *name = parser_string(p, parser_expect_name(p));
    while (parser_skip(p, OP_DOT)) {
        name = jstr_concat(p->run, name, jstr_wrap(p->run, STR("."), SPAN_MARKUP));
        name = jstr_concat(p->run, name, parser_string(p, parser_expect_name(p)));
    }
    return name;
}

struct node *parse_filters(struct parser *p, struct node *node, bool first_is_bare)
{
    while (first_is_bare || parser_skip(p, OP_PIPE)) {
        first_is_bare = false;
        struct node *filter = parser_node(p, N_FILTER, p->current.line);
        filter->name = parse_dotted_name(p);
        filter->a = node;
        filter->args =
            parser_at(p, OP_LPAREN) ? parse_call_args(p) : jinja_new(p->run, struct call_args, 1);
        node = filter;
    }
    return node;
}

// Whether a test's only argument follows without parentheses: `x is divisibleby 3`.
static bool at_bare_argument(const struct parser *p)
{
    if (p->current.kind == T_CONST || parser_at(p, OP_LBRACKET) || parser_at(p, OP_LBRACE))
        return true;
    return p->current.kind == T_NAME && !parser_at_name(p, "else") && !parser_at_name(p, "or") &&
           !parser_at_name(p, "and");
}

static struct node *parse_test(struct parser *p, struct node *value)
{
    struct node *test = parser_node(p, N_TEST, p->current.line);
    parser_advance(p); // is
    bool negated = parser_skip_name(p, "not");
    test->name = parse_dotted_name(p);
    test->a = value;
    if (parser_at(p, OP_LPAREN)) {
        test->args = parse_call_args(p);
    } else {
        test->args = jinja_new(p->run, struct call_args, 1);
        if (at_bare_argument(p)) {
            if (parser_at_name(p, "is"))
                jinja_fail(p->run, ERR_FORMAT, "tests with `is` cannot be chained");
            nodes_append(p->run, &test->args->positional, parse_postfix(p, parse_primary(p)));
        }
    }
    return negated ? binary(p, N_NOT, test, NULL, test->line) : test;
}

static struct node *parse_filters_and_tests(struct parser *p, struct node *node)
{
    for (;;) {
        if (parser_at(p, OP_PIPE))
            node = parse_filters(p, node, false);
        else if (parser_at_name(p, "is"))
            node = parse_test(p, node);
        else if (parser_at(p, OP_LPAREN))
            node = parse_call(p, node);
        else
            return node;
    }
}

// ---- operators, from the tightest to the loosest ----

static struct node *parse_unary(struct parser *p, bool with_filters)
{
    uint32_t line = p->current.line;
    struct node *node;
    jinja_enter(p->run);
    if (parser_skip(p, OP_SUB))
        node = binary(p, N_NEG, parse_unary(p, false), NULL, line);
    else if (parser_skip(p, OP_ADD))
        node = binary(p, N_POS, parse_unary(p, false), NULL, line);
    else
        node = parse_primary(p);
    node = parse_postfix(p, node);
    if (with_filters)
        node = parse_filters_and_tests(p, node);
    jinja_leave(p->run);
    return node;
}

struct operator_row {
    enum op op;
    enum node_kind kind;
};

static enum node_kind match_operator(const struct parser *p, const struct operator_row *rows,
                                     size_t n_rows)
{
    for (size_t i = 0; i < n_rows; i++)
        if (parser_at(p, rows[i].op))
            return rows[i].kind;
    return N_CONST;
}

static struct node *parse_power(struct parser *p)
{
    uint32_t line = p->current.line;
    struct node *left = parse_unary(p, true);
    while (parser_skip(p, OP_POW)) {
        struct node *right = parse_unary(p, true);
        left = binary(p, N_POW, left, right, line);
    }
    return left;
}

static struct node *parse_product(struct parser *p)
{
    static const struct operator_row rows[] = {
        {OP_MUL, N_MUL}, {OP_DIV, N_DIV}, {OP_FLOORDIV, N_FLOORDIV}, {OP_MOD, N_MOD}};
    uint32_t line = p->current.line;
    struct node *left = parse_power(p);
    enum node_kind kind;
    while ((kind = match_operator(p, rows, COUNT_OF(rows))) != N_CONST) {
        parser_advance(p);
        struct node *right = parse_power(p);
        left = binary(p, kind, left, right, line);
    }
    return left;
}

static struct node *parse_concat(struct parser *p)
{
    struct node *node = parser_node(p, N_CONCAT, p->current.line);
    nodes_append(p->run, &node->items, parse_product(p));
    while (parser_skip(p, OP_TILDE))
        nodes_append(p->run, &node->items, parse_product(p));
    return node->items.n_items == 1 ? node->items.items[0] : node;
}

static struct node *parse_sum(struct parser *p)
{
    static const struct operator_row rows[] = {{OP_ADD, N_ADD}, {OP_SUB, N_SUB}};
    uint32_t line = p->current.line;
    struct node *left = parse_concat(p);
    enum node_kind kind;
    while ((kind = match_operator(p, rows, COUNT_OF(rows))) != N_CONST) {
        parser_advance(p);
        struct node *right = parse_concat(p);
        left = binary(p, kind, left, right, line);
    }
    return left;
}

// Reads a comparison's operator, if there is one.
static bool parse_comparison(struct parser *p, enum compare_operator *found)
{
    static const struct {
        enum op op;
        enum compare_operator comparison;
    } rows[] = {{OP_EQ, CMP_EQ}, {OP_NE, CMP_NE}, {OP_LT, CMP_LT},
                {OP_LE, CMP_LE}, {OP_GT, CMP_GT}, {OP_GE, CMP_GE}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (parser_skip(p, rows[i].op)) {
            *found = rows[i].comparison;
            return true;
        }
    *found = CMP_IN;
    if (parser_skip_name(p, "in"))
        return true;
    if (!parser_at_name(p, "not"))
        return false;
    const struct token *next = parser_look(p);
    if (next->kind != T_NAME || !str_is(next->text, "in"))
        return false;
    parser_advance(p);
    parser_advance(p);
    *found = CMP_NOT_IN;
    return true;
}

static struct node *parse_compare(struct parser *p)
{
    struct node *node = parser_node(p, N_COMPARE, p->current.line);
    enum compare_operator op;
    node->a = parse_sum(p);
    while (parse_comparison(p, &op)) {
        struct node *operand = parser_node(p, N_OPERAND, p->current.line);
        operand->op = op;
        operand->a = parse_sum(p);
        nodes_append(p->run, &node->items, operand);
    }
    return node->items.n_items ? node : node->a;
}

static struct node *parse_not(struct parser *p)
{
    uint32_t line = p->current.line;
    if (!parser_skip_name(p, "not"))
        return parse_compare(p);
    jinja_enter(p->run);
    struct node *node = binary(p, N_NOT, parse_not(p), NULL, line);
    jinja_leave(p->run);
    return node;
}

static struct node *parse_and(struct parser *p)
{
    uint32_t line = p->current.line;
    struct node *left = parse_not(p);
    while (parser_skip_name(p, "and")) {
        struct node *right = parse_not(p);
        left = binary(p, N_AND, left, right, line);
    }
    return left;
}

struct node *parse_expression_plain(struct parser *p)
{
    uint32_t line = p->current.line;
    struct node *left = parse_and(p);
    while (parser_skip_name(p, "or")) {
        struct node *right = parse_and(p);
        left = binary(p, N_OR, left, right, line);
    }
    return left;
}

struct node *parse_expression(struct parser *p)
{
    uint32_t line = p->current.line;
    jinja_enter(p->run);
    struct node *node = parse_expression_plain(p);
    while (parser_skip_name(p, "if")) {
        struct node *condition = parser_node(p, N_COND, line);
        condition->b = node;
        condition->a = parse_expression_plain(p);
        if (parser_skip_name(p, "else"))
            condition->c = parse_expression(p);
        node = condition;
        line = p->current.line;
    }
    jinja_leave(p->run);
    return node;
}
