// options.h - command lines as tables.
//
// A command lists its options once: how they are written, what they take, where the value goes and
// what they are for.  The same rows parse, complain and print the help.
#ifndef HEARTH_CLI_OPTIONS_H
#define HEARTH_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum option_kind {
    OPTION_FLAG,  // bool, set to true
    OPTION_U32,   // uint32_t
    OPTION_U64,   // uint64_t
    OPTION_F32,   // float
    OPTION_TEXT,  // const char *
    OPTION_DTYPE, // enum dtype, by name
};

struct option {
    const char *name;  // "--threads"
    const char *brief; // "-t", or NULL
    const char *value; // what the help calls the value, "N"; NULL for flags
    enum option_kind kind;
    size_t offset;    // of the field in the command's struct
    const char *help; // one line
};

enum { ARGUMENTS_MAX = 16 };

struct arguments { // what is no option, in order
    const char *items[ARGUMENTS_MAX];
    int n;
};

// Fills the fields of `target` from argv[1..].  "--name=value" and "--name value" are the same.
// --help is left to the caller: *wants_help becomes true and parsing stops.
enum err options_parse(const struct option *options, size_t n_options, void *target, int argc,
                       char **argv, struct arguments *arguments, bool *wants_help,
                       struct error *error);

// The rows as lines of help on stdout.
void options_print(const struct option *options, size_t n_options);

// Numbers of a comma-separated list, at most `max`; false when something else is in it.
bool parse_numbers(const char *text, int64_t *numbers, size_t max, size_t *n);

#endif
