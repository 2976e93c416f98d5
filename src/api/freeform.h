// freeform.h - tools that take one text instead of arguments, and how any model can call them.
//
// OpenAI's dialects call them custom tools.  The model sees a tool with one string, "input", and
// calls it like every other; the client gets the string alone.
#ifndef HEARTH_API_FREEFORM_H
#define HEARTH_API_FREEFORM_H

#include "api/reply.h"

// Makes `tool`, whose name and description are set, one that takes a text.  `grammar` may be empty; by
// its syntax a regular expression binds the model, any other ("lark") is told in words.
void freeform_fill(struct api_request *request, struct tool_def *tool, struct str syntax,
                   struct str grammar);

// An earlier call's text, a JSON string, as the model wrote it.
struct json_object *freeform_arguments(struct api_request *request, struct json_object *input);

bool freeform_is(const struct reply *reply, const struct block *block);

// What the tool gets, as a JSON string: the "input" of the arguments, or all of them if they have none.
void freeform_put_input(struct buf *out, const struct block *block);

#endif
