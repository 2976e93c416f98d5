// chat.h - a conversation and the events of an answer, in no client's dialect.
//
// api/ translates each dialect's JSON to a `struct conversation` and the events back; prompt.h turns
// the conversation into token ids, output_parser.h turns sampled text into events.  Everything here
// is plain data.  Structures and strings live in the request's arena; json_object pointers are
// borrowed from the parsed request, which must outlive the conversation.
#ifndef HEARTH_CHAT_CHAT_H
#define HEARTH_CHAT_CHAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct json_object;

// ---- what was said ----

enum role {
    ROLE_SYSTEM, // also "developer"; may stand anywhere and stays where it stands
    ROLE_USER,
    ROLE_ASSISTANT,
    ROLE_TOOL, // OpenAI's role for results; the same as a user message of results
};

enum content_kind {
    CONTENT_TEXT,
    CONTENT_THINKING,
    CONTENT_TOOL_CALL,
    CONTENT_TOOL_RESULT,
    CONTENT_MEDIA, // image or document: rendered as a placeholder until a model can see
};

// One block.  Which fields count depends on `kind`; all others are zero.
struct content {
    enum content_kind kind;
    struct str text; // TEXT, THINKING: the words.  MEDIA: words to show instead, may be empty.
                     // TOOL_CALL: the arguments as sent, where they are no JSON object
    struct str id;   // TOOL_CALL: its id.  TOOL_RESULT: the id of its call.
                     // THINKING: the signature handed out with it, may be empty
    struct str name; // TOOL_CALL: the tool.  MEDIA: the media type
    struct json_object *arguments; // TOOL_CALL: a JSON object, or NULL: then `text` holds them
    bool is_error;                 // TOOL_RESULT
    struct content *items;         // TOOL_RESULT: text and media
    size_t n_items;
};

struct message {
    enum role role;
    struct content *items; // a plain string is one TEXT item
    size_t n_items;
};

// ---- what is asked for ----

struct tool_def {
    struct str name; // as the client knows it; namespaces are api/'s business
    struct str description;
    struct json_object *schema; // JSON Schema of the arguments; NULL: anything
    // The definition stands in a tool result that referred to the tool; it may be called, but is not
    // listed in front, where a new tool would change the whole prompt behind it.
    bool is_deferred;
};

enum tool_choice_kind {
    TOOL_CHOICE_AUTO, // the model decides; also when the client is silent
    TOOL_CHOICE_NONE, // tools are shown (the prefix stays) but must not be called
    TOOL_CHOICE_REQUIRED,
    TOOL_CHOICE_NAMED, // exactly the tool `name`
};

struct tool_choice {
    enum tool_choice_kind kind;
    struct str name;
    bool is_single; // at most one call per answer
};

enum thinking_mode {
    THINKING_DEFAULT, // the client is silent: the server's setting decides
    THINKING_OFF,
    THINKING_ON,
};

struct thinking_wish {
    enum thinking_mode mode;
    size_t n_tokens_max; // budget; 0: none
    struct str effort;   // "low", "medium", "high", ...; empty: the template's default
};

// What happens to the thinking of earlier answers.
enum thinking_history {
    HISTORY_DEFAULT, // keep earlier thinking where the family allows it: the prefix stays
    HISTORY_KEEP,
    HISTORY_DROP, // as most templates do: only thinking since the last user turn
};

enum answer_form {
    ANSWER_FREE,
    ANSWER_JSON,   // any JSON value
    ANSWER_SCHEMA, // JSON that follows `schema`
};

struct answer_wish {
    enum answer_form form;
    struct json_object *schema;
};

struct conversation {
    struct message *messages;
    size_t n_messages;
    struct tool_def *tools;
    size_t n_tools;
    struct tool_choice tool_choice;
    struct thinking_wish thinking;
    struct answer_wish answer;
    const struct str *stop_sequences;
    size_t n_stop_sequences;
};

// ---- what comes back ----

enum chat_event_kind {
    CHAT_EVENT_THINKING,     // text: more thinking
    CHAT_EVENT_THINKING_END, // id: the signature under which it is remembered
    CHAT_EVENT_TEXT,         // text: more of the answer
    CHAT_EVENT_CALL_START,   // id, name, i_call
    CHAT_EVENT_CALL_ARGS,    // text: a piece of JSON; all pieces of a call make one object
    CHAT_EVENT_CALL_END,     // the call is whole: its arguments are one valid JSON object
    CHAT_EVENT_CALL_CUT,     // the answer ended inside the call, whose JSON stays unfinished
    CHAT_EVENT_STOP,         // the last event, once: stop, and for a stop sequence, text
};

enum chat_stop {
    CHAT_STOP_NONE,
    CHAT_STOP_END_TURN,   // the model was done
    CHAT_STOP_TOOL_CALLS, // the model was done and at least one call is whole
    CHAT_STOP_SEQUENCE,   // one of conversation.stop_sequences, which is not part of the text
    CHAT_STOP_MAX_TOKENS, // the caller's or the context's limit
    CHAT_STOP_CANCELLED,
};

struct chat_event {
    enum chat_event_kind kind;
    struct str text, id, name; // borrowed for the call of the sink
    size_t i_call;             // 0 for the first call of the answer
    enum chat_stop stop;
};

// Never fails and keeps nothing.  Order: any mix of thinking, text and calls; calls do not overlap;
// one STOP at the end.
typedef void (*chat_sink)(void *context, const struct chat_event *event);

#endif
