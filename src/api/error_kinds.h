// error_kinds.h - what can go wrong with a request, in the words each dialect's clients act upon.
//
// Clients read the HTTP status, a type or code and sometimes the sentence itself: the wording of
// API_ERROR_TOO_LONG makes coding agents compact their history, so it is spelt here, once.
#ifndef HEARTH_API_ERROR_KINDS_H
#define HEARTH_API_ERROR_KINDS_H

#include <stddef.h>

#include "base/error.h"

enum api_error_kind {
    API_ERROR_INVALID,     // the request makes no sense
    API_ERROR_TOO_LONG,    // the prompt does not fit the context
    API_ERROR_TOO_LARGE,   // more bytes than we take
    API_ERROR_KEY,         // no key, or a wrong one
    API_ERROR_FORBIDDEN,   // a Host or Origin that is not allowed
    API_ERROR_NOT_FOUND,   // no such route or thing
    API_ERROR_METHOD,      // the route exists, not for this method
    API_ERROR_TIMEOUT,     // the client was too slow
    API_ERROR_BUSY,        // the queue is full
    API_ERROR_LOADING,     // the model is not there yet
    API_ERROR_UNSUPPORTED, // this build or model cannot
    API_ERROR_INTERNAL,    // our fault
};

struct api_error {
    enum api_error_kind kind;
    char text[640];
    size_t n_prompt, n_max; // TOO_LONG: tokens
    unsigned retry_after_s; // 0: none
};

// Sentences about a field begin with its path and a colon, and with more of it within:
// "messages.2: content: must be ..." is about "messages[2].content", which goes to `out`; empty for a
// sentence about nothing in particular.
enum { API_ERROR_FIELD_SIZE = 100 };
void api_error_field(char out[API_ERROR_FIELD_SIZE], const struct api_error *error);

struct api_error_names {
    int status;              // HTTP
    int anthropic_status;    // where it differs, else 0
    const char *anthropic;   // error.type
    const char *openai;      // error.type
    const char *openai_code; // error.code, or NULL
};
const struct api_error_names *api_error_names(enum api_error_kind kind);

// For TOO_LONG the sentence is made from the numbers; otherwise it is error->text.
struct api_error api_error_of(const struct error *error);
struct api_error api_error_too_long(size_t n_prompt, size_t n_max);
struct api_error api_error_make(enum api_error_kind kind, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
