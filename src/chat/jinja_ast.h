// jinja_ast.h - a compiled template: its syntax tree, with every variable resolved to a slot.
//
// Private to chat/jinja_*.  The parser (jinja_parse.h) builds the tree, jinja_scope.h fills in the
// slots, jinja_eval.h walks it.  After that nothing in it ever changes.
#ifndef HEARTH_CHAT_JINJA_AST_H
#define HEARTH_CHAT_JINJA_AST_H

#include "chat/jinja_value.h"

enum node_kind {
    // expressions
    N_CONST,   // value
    N_NAME,    // name, where: a variable, read or assigned
    N_NSREF,   // a (N_NAME), name: namespace attribute that is assigned
    N_TUPLE,   // items
    N_LIST,    // items
    N_DICT,    // items: key, value, key, value ...
    N_GETATTR, // a, name
    N_GETITEM, // a, b
    N_SLICE,   // a, b, c: start, stop, step, each may be NULL
    N_CALL,    // a, args
    N_FILTER,  // a (NULL: the captured block), name, args, builtin
    N_TEST,    // a, name, args, builtin
    N_NOT,     // a
    N_NEG,     // a
    N_POS,     // a
    N_ADD,     // a, b; likewise to N_POW
    N_SUB,
    N_MUL,
    N_DIV,
    N_FLOORDIV,
    N_MOD,
    N_POW,
    N_CONCAT,  // items
    N_AND,     // a, b
    N_OR,      // a, b
    N_COMPARE, // a, items: operands, each with its `op`
    N_OPERAND, // a, op
    N_COND,    // a: condition, b: then, c: else or NULL
    // statements
    N_OUTPUT,       // items: constants of the template and expressions
    N_SET,          // a: target, b: value
    N_SET_BLOCK,    // a: target, b: filter chain or NULL, items, scope
    N_FOR,          // a: target, b: iterable, c: condition or NULL, items, others: else; loop
    N_IF,           // a: condition, items, elifs (N_IF each), others: else
    N_MACRO,        // name, a: N_NAME that is assigned, function
    N_CALL_BLOCK,   // a: N_CALL, function: the caller
    N_GENERATION,   // function
    N_FILTER_BLOCK, // b: filter chain, items, scope
    N_WITH,         // targets in others, values in elifs, items, scope
    N_BREAK,
    N_CONTINUE,
};

enum compare_operator { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE, CMP_IN, CMP_NOT_IN };

struct nodes {
    struct node **items;
    size_t n_items, capacity;
};

struct keyword {
    const struct jstr *name;
    struct node *value;
};
struct call_args {
    struct nodes positional;
    struct keyword *keywords;
    size_t n_keywords, capacity;
    struct node *star, *star_star; // *args and **kwargs, or NULL
};

// A variable at run time: `n_out` activations outwards, then a slot.
struct place {
    uint32_t n_out, slot;
};

// What entering a scope does to its variables before its body runs, as Jinja2's compiler does it.
struct scope_load {
    uint32_t slot;
    enum { LOAD_UNSET, LOAD_CONTEXT, LOAD_OUTER } from;
    uint32_t i_context; // LOAD_CONTEXT: which of the template's context names
    struct place place; // LOAD_OUTER: the variable of the same name further out
};
struct scope {
    struct scope_load *loads;
    size_t n_loads;
    uint32_t *slots; // all of the scope, emptied when it ends
    size_t n_slots;
};

// Code with variables of its own: the template, a macro, a call block, a recursive loop.
struct function {
    const struct jstr *name; // NULL: anonymous
    struct nodes params;     // N_NAME
    struct nodes defaults;   // of the last params
    struct nodes body;
    struct scope scope;
    uint32_t n_slots;
    bool takes_caller, takes_kwargs, takes_varargs; // read in the body, not among the params
    uint32_t caller_slot, kwargs_slot, varargs_slot;
};

struct loop {
    bool recursive, extended; // extended: the body looks at `loop`
    struct place loop_place;
    struct scope body_scope, else_scope, test_scope;
    struct node *test_target;  // the target again, as the condition's own variable
    struct function *function; // of a recursive loop
};

struct node {
    enum node_kind kind;
    uint32_t line;
    struct node *a, *b, *c;
    struct nodes items, others, elifs;
    const struct jstr *name;
    union {
        struct jv value;
        struct place place;
        enum compare_operator op;
        const struct jinja_builtin *builtin; // NULL: unknown, an error once reached
    };
    struct call_args *args;
    struct scope *scope;
    struct function *function;
    struct loop *loop;
    bool is_store, is_param; // N_NAME
};

struct jinja_template {
    struct arena arena;
    struct function root;
    const struct jstr **context_names;
    size_t n_context_names, capacity_context_names;
};

#endif
