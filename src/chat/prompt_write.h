// prompt_write.h - one turn in a family's own markup, without its template.
//
// Used where a template would refuse a turn, hide something or drop it, and for files without a
// template.  Everything people, files and tools said goes out as text spans, only the dialect's
// strings as markup.  Never fails; writes the nearest thing it can.
#ifndef HEARTH_CHAT_PROMPT_WRITE_H
#define HEARTH_CHAT_PROMPT_WRITE_H

#include "chat/dialect_table.h"
#include "chat/prompt_turns.h"
#include "chat/spans.h"

enum write_flag {
    WRITE_THINKING = 1 << 0,      // the thinking of an answer, even where it is empty
    WRITE_PYTHON_VALUES = 1 << 1, // True, False and None in XML parameters
};

// A whole turn with its opening and closing; a system turn as user words where the family has no
// system turns.  `flags` are enum write_flag.
void write_turn(struct spans *out, const struct chat_dialect *dialect, const struct turn *turn,
                unsigned flags);

// What an assistant turn says, without opening and closing: canonical thinking, text and calls.
void write_answer(struct spans *out, const struct chat_dialect *dialect, const struct turn *turn,
                  unsigned flags);

// The opening of the answer to come.
void write_opening(struct spans *out, const struct chat_dialect *dialect, bool thinks);

// What tools there are and how to call them, in words of our own.
void write_tools(struct spans *out, const struct chat_dialect *dialect,
                 const struct tool_def *tools, size_t n_tools);

// One tool as templates expect it: {"type":"function","function":{...}}.  For json_object_put().
struct json_object *tool_to_json(const struct tool_def *tool);

#endif
