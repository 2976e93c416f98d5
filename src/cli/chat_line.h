// chat_line.h - what the person types: one message at a time, however many lines it has.
#ifndef HEARTH_CLI_CHAT_LINE_H
#define HEARTH_CLI_CHAT_LINE_H

#include <stdbool.h>

#include "base/buf.h"

struct chat_line {
    bool is_terminal;
    char history[1024]; // file; empty: none is kept
};

void chat_line_open(struct chat_line *line);
void chat_line_close(struct chat_line *line);

// Reads the next message; false at the end of input.  On a terminal, lines that arrive together (a
// paste) are one message, and so are lines between two lines of """.
bool chat_line_read(struct chat_line *line, struct buf *message, const char *prompt);

#endif
