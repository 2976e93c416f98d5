// live_line.h - the bottom line of the terminal: how is the server doing just now?
//
//     ember  1 running, 0 waiting | context 3,412 of 32,768 | 412 tokens/s | 87 % reused
//
// Log lines and this line share a terminal, so both are written here, under one lock: a log line
// wipes the live line, is written whole, and the live line is drawn anew below it.  Where the
// output is no terminal there is only the log.  docs/design/built-in.md says what the numbers mean.
#ifndef HEARTH_CLI_LIVE_LINE_H
#define HEARTH_CLI_LIVE_LINE_H

#include <stdbool.h>
#include <stdio.h>

#include "server/model_side.h"

struct live_line;

// On `terminal`, which stays the caller's; NULL where that is none, and every function below takes
// NULL for "only the log".
struct live_line *live_line_open(FILE *terminal);
void live_line_close(struct live_line *live); // wipes it

// One line of the log, with its end of line, to `log` (which may be the terminal).  From any thread.
void live_line_say(struct live_line *live, FILE *log, const char *line);

// Draws the line twice a second from now on.  `side` must stay until live_line_close().
void live_line_watch(struct live_line *live, const struct model_side *side);

#endif
