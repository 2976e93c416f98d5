// jinja_eval.h - walking the tree of a compiled template.
//
// Private to chat/jinja_*.  Statements write to run->output; expressions have values.
#ifndef HEARTH_CHAT_JINJA_EVAL_H
#define HEARTH_CHAT_JINJA_EVAL_H

#include "chat/jinja_ast.h"
#include "chat/jinja_builtin.h"

struct activation {           // the variables of one call of a function
    struct activation *outer; // where the function was defined
    struct jv slots[];
};

enum flow { FLOW_ON, FLOW_BREAK, FLOW_CONTINUE };

struct jv jinja_eval(struct jinja_run *run, struct activation *act, const struct node *node);
enum flow jinja_exec(struct jinja_run *run, struct activation *act, const struct nodes *body);

struct activation *activation_new(struct jinja_run *run, const struct function *function,
                                  struct activation *outer);
struct jv *activation_place(struct activation *act, struct place place);
void scope_enter(struct jinja_run *run, struct activation *act, const struct scope *scope);
void scope_leave(struct activation *act, const struct scope *scope);
void jinja_assign(struct jinja_run *run, struct activation *act, const struct node *target,
                  struct jv value);

// Sends output to a new room; returns the one it went to before.
struct jstr_room *output_capture(struct jinja_run *run);
struct jv output_release(struct jinja_run *run, struct jstr_room *before);
void output_write(struct jinja_run *run, struct jv v);

struct jmacro { // JV_MACRO
    const struct function *function;
    struct activation *outer;
};
struct jargs eval_args(struct jinja_run *run, struct activation *act, const struct call_args *args,
                       struct jv caller);

struct jloop { // JV_LOOP; also the state of loops that nobody looks at
    const struct node *node;
    struct activation *outer; // of the statement: the condition's variables, and recursion
    struct jwalk walk;
    struct jv previous, current, after; // after: JV_MISSING unless peeked
    struct jv last_changed;             // tuple, or JV_MISSING
    int64_t index0;
    int64_t length; // -1: not asked yet
    int64_t depth0;
};
enum flow loop_exec(struct jinja_run *run, struct activation *act, const struct node *node);
struct jv loop_call(struct jinja_run *run, struct jloop *loop, const struct jargs *args);

#endif
