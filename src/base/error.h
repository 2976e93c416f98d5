// error.h - what went wrong, as a code for the program and a sentence for the person.
//
// Functions that can fail on bad input or a failing world return `enum err` and take a trailing
// `struct error *`.  fail() fills it and returns the code, so a failure is one line.  Bugs of ours
// are asserts instead, and normal outcomes (nothing found, more bytes needed) are results.
#ifndef HEARTH_BASE_ERROR_H
#define HEARTH_BASE_ERROR_H

enum err {
    OK = 0,
    ERR_ARGUMENT,    // the caller, a user or a client asked for something that makes no sense
    ERR_FORMAT,      // bytes from outside do not follow their format
    ERR_UNSUPPORTED, // well-formed, but not something this build can do
    ERR_LIMIT,       // a bound of ours would be exceeded
    ERR_MEMORY,      // the system did not give the memory
    ERR_IO,          // the system refused a file, socket or device operation
    ERR_NOT_FOUND,   // a named thing does not exist
    ERR_BUSY,        // try again later
    ERR_CANCELLED,   // somebody asked us to stop
};

struct error {
    enum err code;
    char text[512]; // one sentence, without a final newline
};

// Fills `error` (which may be NULL) and returns `code`.
enum err fail(struct error *error, enum err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Puts "prefix: " in front of the sentence already in `error` and returns its code.
enum err fail_within(struct error *error, const char *prefix);

// The word for a code, for logs and exit messages: "format", "memory", ...
const char *err_name(enum err code);

#endif
