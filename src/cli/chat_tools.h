// chat_tools.h - what the model may do in `hearth run --tools`: run a command in the current folder.
//
// One tool, Bash(command).  Nothing runs without consent: each command is shown and asked about on
// the terminal, unless --yes was given; without a terminal and without --yes nothing runs.
#ifndef HEARTH_CLI_CHAT_TOOLS_H
#define HEARTH_CLI_CHAT_TOOLS_H

#include "base/buf.h"
#include "chat/chat.h"

struct chat_tools;

struct chat_tools *chat_tools_open(bool runs_unasked);
void chat_tools_close(struct chat_tools *tools);

struct tool_def *chat_tools_defs(struct chat_tools *tools, size_t *n);

// One call, shown on stdout and, if the person agrees, performed.  `arguments` is a JSON object; what
// the model gets to read of it goes to `result`.  True when that tells of a failure.
bool chat_tools_run(struct chat_tools *tools, struct buf *result, struct str name,
                    struct json_object *arguments);

#endif
