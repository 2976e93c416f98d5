// output_parser_state.h - what the files of the output parser share.  For output_parser*.c only.
//
// The parser keeps the bytes it has not decided about in `pending` and repeats steps until none
// makes progress.  Each state has one step function; a step that sees only the beginning of what it
// looks for returns false and is called again with more bytes, or with `is_last` set.
#ifndef HEARTH_CHAT_OUTPUT_PARSER_STATE_H
#define HEARTH_CHAT_OUTPUT_PARSER_STATE_H

#include "base/buf.h"
#include "base/rng.h"
#include "chat/json_scan.h"
#include "chat/output_parser.h"
#include "chat/output_parser_schema.h"
#include "chat/white_space.h"

enum parser_state {
    IN_TEXT,
    IN_THINKING,
    IN_HEAD,       // an opener was seen; is it a call?
    IN_ENVELOPE,   // JSON: the name is not known yet
    IN_ARGUMENTS,  // JSON: the arguments are streaming
    IN_REST,       // JSON: what follows the arguments in the envelope
    IN_PARAMETERS, // XML: between parameters
    IN_VALUE,      // XML: in a parameter's value
    IN_BRACES,     // BRACES: the arguments are streaming
    IN_BROKEN,     // arguments that are not JSON, up to the closer
    IN_TAIL,       // after the arguments: closer and separators
    IN_NOTHING,    // over
};

enum trigger_kind {
    TRIGGER_STOP,
    TRIGGER_THINK_OPEN,
    TRIGGER_THINK_CLOSE,
    TRIGGER_OPENER,
    TRIGGER_LOOSE_CALL, // XML without its <tool_call>
    TRIGGER_LIST,       // list_open and list_close, which say nothing
};

struct trigger {
    struct str text;
    enum trigger_kind kind;
    bool needs_token;
};

struct output_parser {
    struct output_parser_options options;
    const struct tool_markup *markup;
    struct trigger *triggers;
    size_t n_triggers;
    struct rng rng;

    enum parser_state state, back; // back: the prose that a refused opener returns to
    struct buf pending;            // bytes not decided about
    struct buf marks;    // a byte for each of them: 0 text, 1 start of a markup token, 2 inside one
    size_t opener_at;    // IN_HEAD, IN_ENVELOPE: where in pending the opener stands
    size_t opener_size;  // its bytes; 0 for a bare one
    bool is_loose;       // no opener of its own: it takes more to believe in a call
    bool needs_tool;     // ... namely a declared tool
    size_t no_opener_to; // no opener begins before this offset of pending
    bool skips_space;    // white space here is markup
    bool has_answered;   // something was passed on
    bool has_text;
    struct str stop;

    // the call at hand
    const struct tool_def *tool; // NULL for an undeclared one
    bool in_call;
    size_t n_calls, n_whole;
    char call_id[64];
    struct buf args; // its JSON so far
    size_t n_params;
    struct buf keys; // XML: the keys seen, as "\nKEY\n..."
    unsigned types;
    bool skips_newline, drops_value; // XML value
    struct buf value;
    struct json_scan scan;   // of the envelope and its arguments
    size_t scan_at;          // IN_ENVELOPE: the next byte of pending to scan
    size_t key_at, value_at; // IN_ENVELOPE: start of the key or value at hand
    struct str_range {
        size_t from, to;
    } key, name, arguments; // IN_ENVELOPE: ranges of pending; to 0: not seen
    uint8_t base_depth;     // IN_ARGUMENTS: 1 inside an envelope
    bool has_begun, is_odd; // IN_ARGUMENTS: the value began; it is a string or null
    bool in_quotes, in_key; // IN_BRACES
};

enum match {
    MATCH_NO,
    MATCH_PART, // all bytes there are agree; more must come
    MATCH_YES,
};

// ---- output_parser.c ----
struct str parser_pending(const struct output_parser *p);
enum match parser_match(const struct output_parser *p, size_t at, struct str literal);
size_t parser_skip_space(const struct output_parser *p, size_t at);
void parser_consume(struct output_parser *p, size_t size);
void parser_refuse_opener(struct output_parser *p); // what looked like a call is prose
const struct tool_def *parser_find_tool(const struct output_parser *p, struct str name);
// Drops everything pending before `end` and begins a call; `name` may point into pending.
void parser_start_call(struct output_parser *p, struct str name, size_t end);
void parser_emit_args(struct output_parser *p, struct str json);
void parser_end_call(struct output_parser *p);        // whole if its JSON is; the tail comes next
const char *parser_without_space(const char *markup); // without white space in front

// ---- the steps ----
bool step_head(struct output_parser *p, bool is_last); // output_parser_head.c
bool step_tail(struct output_parser *p, bool is_last);
bool step_envelope(struct output_parser *p, bool is_last); // output_parser_json.c
bool step_arguments(struct output_parser *p, bool is_last);
bool step_rest(struct output_parser *p, bool is_last);
bool step_broken(struct output_parser *p, bool is_last);
bool step_braces(struct output_parser *p, bool is_last);     // output_parser_braces.c
bool step_parameters(struct output_parser *p, bool is_last); // output_parser_xml.c
bool step_value(struct output_parser *p, bool is_last);

#endif
