// output_parser_schema.h - which kind of value does a tool's parameter take?
//
// The XML form of tool calls writes a string and a number alike, so the parser asks the schema.  It
// reads `type`, `enum`, `const`, `anyOf`, `oneOf`, `allOf` and local `$ref`, to a bounded depth;
// what it does not understand allows everything.
#ifndef HEARTH_CHAT_OUTPUT_PARSER_SCHEMA_H
#define HEARTH_CHAT_OUTPUT_PARSER_SCHEMA_H

#include "base/buf.h"
#include "chat/chat.h"

enum value_type {
    VALUE_STRING = 1 << 0,
    VALUE_NUMBER = 1 << 1, // also integer
    VALUE_BOOLEAN = 1 << 2,
    VALUE_NULL = 1 << 3,
    VALUE_OBJECT = 1 << 4,
    VALUE_ARRAY = 1 << 5,
    VALUE_ANY = (1 << 6) - 1,
};

// Bits of enum value_type for parameter `key` of `tool`; VALUE_ANY when nobody says.
unsigned schema_parameter_types(const struct tool_def *tool, struct str key);

// Appends the JSON for a raw value, taking the reading that `types` allows: JSON of an allowed type,
// else (Python's spelling of) a value that was meant, else the text as a string.
void schema_write_value(struct buf *out, struct str raw, unsigned types);

// Appends `text` as the inside of a JSON string, without the quotes.
void json_escape(struct buf *out, struct str text);

#endif
