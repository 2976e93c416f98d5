// recording.h - requests of a coding agent, as they were once on the wire.
//
// A recorded request is a JSON file {"url", "headers": [[name, value], ...], "body": {...}}.  Several
// of them, in order, are a session; what a recording left out between two requests of a conversation
// is filled in by cutting the later one before each answer, so that a single request with a long
// history is a whole session, too.
//
// A recording knows JSON: where the conversation's items are, which of them are the model's, and
// which ids the model's side gave.  It knows no token.
#ifndef HEARTH_SERVER_RECORDING_H
#define HEARTH_SERVER_RECORDING_H

#include <stdbool.h>
#include <stddef.h>

#include "api/dialect.h"

struct recording {
    char *name; // the file's, with "+k" for one that was filled in k items long
    char *key;  // of the conversation: from headers and body
    const struct api_dialect *dialect;
    struct json_object *body;
    size_t i_session; // as told when it was read
};

struct recording_options { // for small models; 0: everything is kept
    size_t
        n_text_max; // bytes of a text of the system prompt and of tools; what follows is folded into
                    // a few letters
    size_t n_tools_max; // the first tools only
};

struct recordings {
    struct recording *items; // [n]
    size_t n;
};

// Reads a file, or each .json of a folder by name, and appends what is there, gaps filled in.
// Requests that want no answer (a list of models, a count) are left out.
enum err recordings_read(struct recordings *recordings, const char *path, size_t i_session,
                         const struct recording_options *options, struct error *error);
// Takes turns between sessions instead of one after the other.
void recordings_alternate(struct recordings *recordings);
void recordings_release(struct recordings *recordings);

size_t recording_n_items(const struct recording *recording);

// Ids that the model's side gave: of calls, in order, and of thinking ("signature").
enum recorded_id { RECORDED_CALL, RECORDED_SIGNATURE };
// The i-th of its kind in the answer that begins at item `at`; NULL past the last.
const char *recording_id(const struct recording *recording, size_t at, enum recorded_id kind,
                         size_t i);
// Writes `to` wherever an item from `at` on has exactly the string `from`.
void recording_rename(struct recording *recording, size_t at, const char *from, const char *to);

#endif
