// jinja_builtin.h - everything a template can call by name: filters, tests, globals and methods.
//
// Private to chat/jinja_*.  All are rows of the same shape: the name, the function, its parameters
// as Python spells them.  Arguments are bound to the parameters before the call; those not given are
// JV_MISSING.
#ifndef HEARTH_CHAT_JINJA_BUILTIN_H
#define HEARTH_CHAT_JINJA_BUILTIN_H

#include "chat/jinja_value.h"

struct jkeyword {
    const struct jstr *name;
    struct jv value;
};
struct jargs { // of a call, as written
    struct jv *items;
    size_t n_items;
    struct jkeyword *keywords;
    size_t n_keywords;
};

enum { JINJA_PARAMS_MAX = 6 };

struct jinja_builtin {
    const char *name;
    // `self`: the filtered or tested value, or the object of the method.  `args`: one for each
    // parameter.  `call`: all arguments as written, for functions that take any number.
    struct jv (*run)(struct jinja_run *run, struct jv self, const struct jv *args,
                     const struct jargs *call);
    const char *params[JINJA_PARAMS_MAX]; // "" cannot be given by name
    unsigned n_required;
    bool takes_any; // arguments are not bound, look at `call`
};

// Rows of tables: a name, its function, how many parameters it needs, and all of them (or NULL).
#define JINJA_ROW(text, function, required, ...)                                                   \
    {                                                                                              \
        .name = text, .run = function, .n_required = required, .params = { __VA_ARGS__ }           \
    }
#define JINJA_ANY(text, function)                                                                  \
    {                                                                                              \
        .name = text, .run = function, .takes_any = true                                           \
    }
// The head of such a function.
#define JINJA_FUNCTION(function)                                                                   \
    static struct jv function(struct jinja_run *run, struct jv self, const struct jv *args,        \
                              const struct jargs *call)

struct jfunction { // JV_FUNCTION: a global, or a method of `self`
    const struct jinja_builtin *builtin;
    struct jv self;
};

// NULL when there is none of that name.
const struct jinja_builtin *jinja_filter_find(struct str name);
const struct jinja_builtin *jinja_text_filter_find(struct str name); // some of the filters
const struct jinja_builtin *jinja_test_find(struct str name);
const struct jinja_builtin *jinja_global_find(struct str name);

struct jv jinja_builtin_call(struct jinja_run *run, const struct jinja_builtin *builtin,
                             struct jv self, const struct jargs *call);
struct jv jv_function(struct jinja_run *run, const struct jinja_builtin *builtin, struct jv self);

// The methods of a type (jinja_methods.c); of str (jinja_str_methods.c).
const struct jinja_builtin *jinja_method(enum jv_type type, struct str name);
const struct jinja_builtin *jinja_str_method(struct str name);

// value.name and value[key], with Jinja2's fallbacks: methods before keys, keys before methods.
// Nothing found is JV_UNDEFINED.
struct jv jv_getattr(struct jinja_run *run, struct jv v, const struct jstr *name);
struct jv jv_getitem(struct jinja_run *run, struct jv v, struct jv key);
// value[start:stop:step]; JV_MISSING or None for what is left out.
struct jv jv_slice(struct jinja_run *run, struct jv v, struct jv start, struct jv stop,
                   struct jv step);

// Calls any callable value (jinja_eval.c).
struct jv jinja_call(struct jinja_run *run, struct jv callee, const struct jargs *args);
int64_t jinja_loop_length(struct jinja_run *run, struct jloop *loop);
struct jv jinja_loop_attribute(struct jinja_run *run, struct jv loop, const struct jstr *name);

// Arithmetic (jinja_number.c).  `op` is an enum node_kind from N_ADD to N_POW.
struct jv jv_arithmetic(struct jinja_run *run, int op, struct jv a, struct jv b);
struct jv jv_negate(struct jinja_run *run, struct jv v);
int64_t jinja_need_int(struct jinja_run *run, struct jv v); // int or bool, else a TypeError
bool jinja_parse_int(struct str text, int base, int64_t *value, bool *too_big);
bool jinja_parse_float(struct jinja_run *run, struct str text, double *value);

// String operations that several filters and methods share (jinja_text.c, jinja_format.c).
const struct jstr *jinja_need_string(struct jinja_run *run, struct jv v, const char *what);
struct jv jinja_change_case(struct jinja_run *run, struct jv v, enum char_case wanted);
struct jv jinja_strip(struct jinja_run *run, struct jv v, struct jv chars, bool left, bool right);
struct jv jinja_replace(struct jinja_run *run, struct jv v, const struct jstr *from,
                        const struct jstr *to, int64_t n_max);
struct jv jinja_escape_html(struct jinja_run *run, struct jv v);
struct jv jinja_split(struct jinja_run *run, struct jv v, struct jv separator, int64_t n_max,
                      bool from_right);
struct jv jinja_splitlines(struct jinja_run *run, struct jv v, bool keep_ends);
struct jv jinja_join(struct jinja_run *run, struct jv separator, struct jv items, bool strict);
struct jv jinja_pad(struct jinja_run *run, struct jv v, int64_t width, struct jv fill, int side);
struct jv jinja_repeat_string(struct jinja_run *run, struct jv v, int64_t n);
struct jv jinja_percent_format(struct jinja_run *run, struct jv format, struct jv args);
struct jv jinja_str_format(struct jinja_run *run, struct jv format, const struct jargs *call);
bool jinja_is_case(struct jinja_run *run, const struct jstr *s, enum char_class wanted);

#endif
