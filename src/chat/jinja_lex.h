// jinja_lex.h - the words of a template, with Jinja2's rules for white space around tags.
//
// Private to chat/jinja_*.  trim_blocks and lstrip_blocks are on: the newline behind a block is dropped
// and so is white space before it on its line, unless `-` takes more or `+` keeps it.
#ifndef HEARTH_CHAT_JINJA_LEX_H
#define HEARTH_CHAT_JINJA_LEX_H

#include "chat/jinja_value.h"

enum token_kind {
    T_END,
    T_DATA, // text outside of tags
    T_BLOCK_BEGIN,
    T_BLOCK_END,
    T_VARIABLE_BEGIN,
    T_VARIABLE_END,
    T_NAME,
    T_CONST, // string, integer or float: `value`
    T_OPERATOR,
};

enum op {
    OP_NONE,
    OP_ADD,
    OP_SUB,
    OP_DIV,
    OP_FLOORDIV,
    OP_MUL,
    OP_MOD,
    OP_POW,
    OP_TILDE,
    OP_LBRACKET,
    OP_RBRACKET,
    OP_LPAREN,
    OP_RPAREN,
    OP_LBRACE,
    OP_RBRACE,
    OP_EQ,
    OP_NE,
    OP_GT,
    OP_GE,
    OP_LT,
    OP_LE,
    OP_ASSIGN,
    OP_DOT,
    OP_COLON,
    OP_PIPE,
    OP_COMMA,
    OP_SEMICOLON,
};

struct token {
    enum token_kind kind;
    enum op op;
    uint32_t line;
    struct str text; // as written; T_DATA: what is left of it
    struct jv value; // T_CONST
};

enum { LEX_NESTING_MAX = 256 };

struct lexer {
    struct jinja_run *run;
    struct str source; // newlines are \n
    size_t at;
    uint32_t line;
    enum { LEX_DATA, LEX_BLOCK, LEX_VARIABLE } state;
    bool line_starts; // what was read last ended a line
    size_t n_open;    // brackets
    char open[LEX_NESTING_MAX];
};

// `source` must live as long as the tokens; it is copied with its newlines made \n, less the last.
void lexer_init(struct lexer *lexer, struct jinja_run *run, struct str source);
void lexer_next(struct lexer *lexer, struct token *token);
const char *operator_text(enum op op);

#endif
