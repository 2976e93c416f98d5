// jinja_parse.h - from a template's words to its syntax tree, by the grammar of Jinja2's parser.
//
// Private to chat/jinja_*.  Fails through the run.  Variables are not resolved yet.
#ifndef HEARTH_CHAT_JINJA_PARSE_H
#define HEARTH_CHAT_JINJA_PARSE_H

#include "chat/jinja_ast.h"
#include "chat/jinja_lex.h"

struct parser {
    struct jinja_run *run;
    struct lexer lexer;
    struct token current, next;
    bool has_next;
};

// The whole template into root->body.
void jinja_parse(struct jinja_run *run, struct str source, struct function *root);

// ---- between jinja_parse.c (statements) and jinja_parse_expression.c ----

void parser_advance(struct parser *p);
const struct token *parser_look(struct parser *p); // the token behind the current one
bool parser_at(const struct parser *p, enum op op);
bool parser_at_name(const struct parser *p, const char *name);
bool parser_skip(struct parser *p, enum op op);
bool parser_skip_name(struct parser *p, const char *name);
void parser_expect(struct parser *p, enum op op);
struct str parser_expect_name(struct parser *p);
_Noreturn void parser_fail_token(struct parser *p, const char *expected);

struct node *parser_node(struct parser *p, enum node_kind kind, uint32_t line);
void nodes_append(struct jinja_run *run, struct nodes *nodes, struct node *node);
const struct jstr *parser_string(struct parser *p, struct str text);

struct node *parse_expression(struct parser *p);       // with `a if b else c`
struct node *parse_expression_plain(struct parser *p); // without
struct node *parse_primary(struct parser *p);
struct node *parse_filters(struct parser *p, struct node *node, bool first_is_bare);

enum tuple_style { TUPLE_FULL, TUPLE_NO_CONDITION, TUPLE_TARGETS, TUPLE_IN_PARENTHESES };
// One expression, or a tuple of them without parentheses; ends at the name `end` too, if not NULL.
struct node *parse_tuple(struct parser *p, enum tuple_style style, const char *end);

#endif
