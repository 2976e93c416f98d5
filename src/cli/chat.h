// chat.h - a conversation in the terminal.
#ifndef HEARTH_CLI_CHAT_H
#define HEARTH_CLI_CHAT_H

#include "cli/run_options.h"
#include "cli/stack.h"

// Talks until the person leaves.  On a terminal: line editing, history, pasted text as one message,
// Ctrl-C stops an answer.  Otherwise each line of stdin is a message.
enum err chat_run(struct stack *stack, const struct run_options *options, struct error *error);

#endif
