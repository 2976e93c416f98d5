// jinja.h - a chat template, compiled once and rendered as often as wanted.
//
// The language of Python's Jinja2 with trim_blocks and lstrip_blocks, break/continue, and what
// Hugging Face's transformers add (tojson without HTML escapes, raise_exception, strftime_now,
// {% generation %}).  Output is equal to theirs, byte for byte.  A template sees its variables and
// nothing else: no files, no includes, no clock, no environment.
//
// Provenance.  The output is spans (chat/spans.h), and every operation on strings keeps them:
// - literals and text of the template, numbers and dates are SPAN_MARKUP;
// - strings of the context are what the caller says, SPAN_TEXT unless told otherwise;
// - all of a tojson, and of a list or dict that is printed, is SPAN_TEXT, so that nothing inside
//   data can become a control token (token runs that pass unchanged stay runs);
// - an operation that cuts through or changes a token run leaves SPAN_MARKUP, because the model wrote
//   it; inside of such data it is SPAN_TEXT, too.
//
// A template is immutable after compiling: any number of threads may render it at once.
#ifndef HEARTH_CHAT_JINJA_H
#define HEARTH_CHAT_JINJA_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/error.h"
#include "base/str.h"
#include "chat/spans.h"

struct jinja_template;

// `source` is read and not kept.  ERR_FORMAT for what Jinja2 refuses, with the line;
// ERR_UNSUPPORTED for include, import, extends, block and autoescape; ERR_LIMIT past 1 MiB or
// about 200 levels of nesting.
enum err jinja_compile(struct jinja_template **out, struct str source, struct error *error);
void jinja_close(struct jinja_template *template);

// Whether the template reads a variable of this name from its context ("tools", "enable_thinking").
bool jinja_reads(const struct jinja_template *template, const char *variable);

struct jinja_variable {
    const char *name;
    struct json_object *value; // borrowed while rendering; NULL is none
    enum span_kind kind;       // of all strings in it that `spans_of` does not know: MARKUP or TEXT
};

// What a string of the context is made of, when that is not simply its variable's kind; NULL
// otherwise.  The spans' bytes then take the place of the JSON string's.  Called once for each
// string value (not for keys); `string` is the very object the caller put into the context.
typedef const struct spans *(*jinja_spans_fn)(void *user, struct json_object *string);

struct jinja_limits {       // zero means the default
    uint64_t n_steps_max;   // 100 million: nodes evaluated, items visited, 64-byte blocks copied
    size_t size_memory_max; // 512 MiB: all strings and lists made while rendering
    size_t size_output_max; // 64 MiB
    unsigned depth_max;     // 600: nesting of evaluation, macro calls and data, together
};

struct jinja_inputs {
    const struct jinja_variable *variables; // a later one of the same name wins
    size_t n_variables;
    jinja_spans_fn spans_of; // may be NULL
    void *user;              // of spans_of
    struct tm now;           // what strftime_now formats
    struct jinja_limits limits;
};

// Appends the rendered prompt to `out`; after an error `out` is as before.  The codes:
// ERR_ARGUMENT  the template called raise_exception; the sentence is the template's own text
// ERR_FORMAT    everything else that Jinja2 would raise, with the line
// ERR_LIMIT     one of the limits, or an integer past 64 bits
// ERR_MEMORY    the system gave no memory
enum err jinja_render(const struct jinja_template *template, struct spans *out,
                      const struct jinja_inputs *inputs, struct error *error);

#endif
