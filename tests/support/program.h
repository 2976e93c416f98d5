// program.h - the program under test.
#ifndef HEARTH_TESTS_SUPPORT_PROGRAM_H
#define HEARTH_TESTS_SUPPORT_PROGRAM_H

#include <stdlib.h>
#include <unistd.h>

#include "tests/test.h"

// Its path; skips the test where the runner built none.
static inline const char *program(void)
{
    const char *path = getenv("HEARTH");
    if (!path || access(path, X_OK) != 0) {
        print_message("skipped: no program (set HEARTH)\n");
        skip();
    }
    return path;
}

#endif
