// welcome.h - how to connect to this server: commands to paste into another terminal.
#ifndef HEARTH_CLI_WELCOME_H
#define HEARTH_CLI_WELCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct welcome {
    const char *host; // as it listens: "127.0.0.1", "0.0.0.0"
    int port;
    const char *model; // its name
    size_t n_context;  // clients take it for larger than it is unless told
    bool is_built_in;  // then Claude Code is asked for its short prompt
    bool wants_key;
};

void welcome_print(FILE *out, const struct welcome *welcome);

#endif
