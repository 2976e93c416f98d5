// tool_constraint.h - answers in which every tool call is one that was declared.
//
// What comes before a call is free: text, thinking.  From the opener on only a declared name, its
// parameters with the types of the schema, each at most once and the required ones before the end,
// and the family's own closing can be written.  Parameters that a schema names are the only ones,
// unless it says something about others itself.
//
// A raw value (XML-style parameters) follows what its schema says of strings and ends with the first
// closing mark; without anything said, it may hold anything.
#ifndef HEARTH_SAMPLE_TOOL_CONSTRAINT_H
#define HEARTH_SAMPLE_TOOL_CONSTRAINT_H

#include "sample/constraint.h"
#include "sample/tool_markup.h"

struct constraint_tool {
    struct str name;
    struct json_object *schema; // of the arguments; NULL: anything
};

enum constraint_choice {
    CONSTRAINT_CHOICE_AUTO, // text, calls, or text and then calls
    CONSTRAINT_CHOICE_NONE, // text without a call
    CONSTRAINT_CHOICE_ANY,  // calls only
    CONSTRAINT_CHOICE_NAMED // calls of one tool only
};

struct tool_constraint_options {
    enum constraint_choice choice;
    struct str named;      // CONSTRAINT_CHOICE_NAMED
    bool disable_parallel; // at most one call
    // Text before calls where they are demanded (thinking); otherwise text is free anyway.
    struct constraint_options base;
};

// Never fails: a family without calls, no tools, or an unknown `named` give free text.
struct constraint *constraint_open_tools(const struct constraint_vocabulary *vocabulary,
                                         const struct tool_markup *markup,
                                         const struct constraint_tool *tools, size_t n_tools,
                                         const struct tool_constraint_options *options);

#endif
