// parts.h - what the readers of all dialects share: content lists, media, schemas.
#ifndef HEARTH_API_PARTS_H
#define HEARTH_API_PARTS_H

#include "api/request.h"

// The words that stand for something the model cannot see: "[image: image/png, 12 kB, not shown]".
// `data` is base64 or an address; `kind` is "image", "document", ...
struct str api_placeholder(struct api_request *request, const char *kind, struct str media_type,
                           struct str data);

// The media type and payload of a "data:image/png;base64,..." address; other addresses come back as
// data with an empty type.
void api_split_data_url(struct str url, struct str *media_type, struct str *data);

// A list of strings or one string, in the arena.  ERR_ARGUMENT for anything else; null is none.
enum err api_read_strings(struct api_request *request, struct json_object *value, const char *name,
                          const struct str **out, size_t *n_out, struct error *error);

// {"type": "json_schema", "schema": ...}, {"type": "json_object"} and {"type": "text"} in the forms
// of all dialects; null leaves the answer free.  `name` is the field's, for the error.
enum err api_read_answer_form(struct api_request *request, struct json_object *format,
                              const char *name, struct error *error);

// The list `name` of the body, or NULL where the client says nothing.
enum err api_read_list(const struct api_request *request, struct json_object **out,
                       const char *name, struct error *error);

// What the user says may be empty or null but not missing.
enum err api_check_content(struct json_object *message, struct error *error);

// The name of a tool that is not there is the client's mistake.  Those that other servers run, which
// the conversation leaves out, are there.
enum err api_check_tool_choice(const struct api_request *request, struct error *error);

#endif
