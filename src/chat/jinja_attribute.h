// jinja_attribute.h - the methods of values, by type.
//
// Private to chat/jinja_*.
#ifndef HEARTH_CHAT_JINJA_ATTRIBUTE_H
#define HEARTH_CHAT_JINJA_ATTRIBUTE_H

#include "chat/jinja_builtin.h"

// NULL when the type has no such method.
const struct jinja_builtin *jinja_str_method(struct str name);
const struct jinja_builtin *jinja_method(enum jv_type type, struct str name);

#endif
