// jinja_scope.h - which variable a name means.
//
// Private to chat/jinja_*.  Jinja2 decides at compile time where each name lives: loops, macros and
// captured blocks have variables of their own, branches of an `if` do not, and a name that a scope
// assigns starts there as a copy of the outer one.  The rules here are those of Jinja2's idtracking
// and compiler, so that even odd templates see the values they see there.
#ifndef HEARTH_CHAT_JINJA_SCOPE_H
#define HEARTH_CHAT_JINJA_SCOPE_H

#include "chat/jinja_ast.h"

// Fills in all places and scopes of the template's tree, its context names, and the filters and
// tests.  Fails through the run for what Jinja2's compiler refuses.
void jinja_resolve(struct jinja_run *run, struct jinja_template *template);

#endif
