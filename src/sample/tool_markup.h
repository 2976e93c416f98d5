// tool_markup.h - how a model family writes a tool call.
//
// Plain strings, filled in by chat/dialect_table.c.  The constraint compiles them into what may be
// sampled; the output parser and the prompt renderer in chat/ read the same row, so that what is
// forced, what is understood and what is shown to the model are one form.
//
// A call in canonical form is the concatenation
//
//     opener name_prefix NAME name_suffix ARGUMENTS arguments_suffix closer
//
// Several calls: list_open CALL separator CALL ... list_close.  With text in front of the first one
// comes text_separator.  No pointer is NULL once `form` is not TOOL_FORM_NONE; most rows use "".
#ifndef HEARTH_SAMPLE_TOOL_MARKUP_H
#define HEARTH_SAMPLE_TOOL_MARKUP_H

enum tool_form {
    TOOL_FORM_NONE, // the family was not trained to call tools
    // ARGUMENTS is one JSON object.  name_prefix opens the envelope object, which the model may
    // also write with other white space or with its two keys the other way round.
    TOOL_FORM_JSON,
    // ARGUMENTS is any number of
    //     parameter_prefix KEY parameter_suffix VALUE value_suffix
    // where a string is written raw and everything else as JSON.
    TOOL_FORM_XML,
    // ARGUMENTS is {key:value,...} without quotes around keys; strings stand between
    // string_quote marks, numbers, booleans, lists and objects as in JSON (Gemma 4).
    TOOL_FORM_BRACES,
};

struct tool_markup {
    enum tool_form form;
    const char *list_open;        // before the first call of an answer
    const char *opener;           // what tells a call from text: "<tool_call>"
    const char *name_prefix;      // "\n<function="
    const char *name_suffix;      // ">\n"
    const char *parameter_prefix; // XML: "<parameter="
    const char *parameter_suffix; // XML: ">\n", after the key
    const char *value_suffix;     // XML: "\n</parameter>\n", after the value
    const char *string_quote;     // BRACES: "<|\"|>"
    const char *arguments_suffix; // "</function>\n"
    const char *closer;           // "</tool_call>"
    const char *separator;        // between two calls: "\n"
    const char *text_separator;   // between text and the first call: "\n\n"
    const char *list_close;       // after the last call
    const char *name_key;         // JSON envelope: "name"; NULL when the name stands outside
    const char *arguments_key;    // JSON envelope: "arguments", "parameters"; NULL likewise
};

#endif
