// json_text.h - JSON as Python's json.dumps(ensure_ascii=False) writes it.
//
// Models were trained on prompts whose tools and arguments went through that function, so its
// exact form matters: ", " and ": " between things, floats by Python's repr, only quotes,
// backslashes and control characters escaped.
#ifndef HEARTH_CHAT_JSON_TEXT_H
#define HEARTH_CHAT_JSON_TEXT_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

// Appends a whole value.  Numbers keep Python's form: 1.0 stays "1.0", 1e5 becomes "100000.0",
// infinities are "Infinity".  NULL is null.
void json_text_append(struct buf *buf, struct json_object *value);
void json_text_append_string(struct buf *buf, struct str text); // with its quotes

// Parts, for writers with another kind of output.  Bytes at the front that are written as they
// are, in ASCII only if `ascii` (ensure_ascii=True); then the escape of the character behind them,
// which returns its size and sets how many bytes it stands for.
#define JSON_TEXT_ESCAPE_MAX 12
size_t json_text_plain(struct str text, bool ascii);
size_t json_text_escape(char out[JSON_TEXT_ESCAPE_MAX], struct str text, size_t *n_taken);

// Python's repr of a float ("1e-07", "inf", "3.0"), and json.dumps' ("Infinity").
#define JSON_TEXT_FLOAT_MAX 32
size_t json_text_float_repr(char out[JSON_TEXT_FLOAT_MAX], double number);
size_t json_text_float(char out[JSON_TEXT_FLOAT_MAX], double number);

#endif
