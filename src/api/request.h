// request.h - one request of a client, in no dialect.
//
// A dialect's reader fills it from parsed JSON; chat/ gets the conversation, the server the rest.
// Everything lives in the arena or in the JSON, both of which the request owns.
#ifndef HEARTH_API_REQUEST_H
#define HEARTH_API_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "api/json.h"
#include "base/arena.h"
#include "base/token.h"
#include "chat/chat.h"
#include "sample/sampler.h"

enum api_task {
    API_CHAT,     // answer the conversation
    API_COMPLETE, // continue `prompts` as they are
    API_COUNT,    // say how many tokens the conversation has
};

struct bias_wish {   // of one token
    int64_t id;      // or -1: each token of the text
    struct str text; // borrowed
    double bias;     // minus infinity: never
};

// What the client says about sampling; NAN or FIELD_UNSET where it says nothing.
struct sampling_wish {
    double temperature, top_p, min_p, typical_p, top_n_sigma, xtc_probability, xtc_threshold;
    double repeat_penalty, presence_penalty, frequency_penalty;
    double dry_multiplier, dry_base;
    double dynatemp_range, dynatemp_exponent, mirostat_tau, mirostat_eta;
    int64_t top_k, repeat_last_n, seed, dry_allowed_length, dry_last_n, mirostat;
    const struct str *dry_breakers;
    size_t n_dry_breakers;
    const struct bias_wish *biases;
    size_t n_biases;
    bool has_dry_breakers, has_biases;
    struct sampling_order order;
    struct json_object *grammar; // llama-server's GBNF text; or NULL
};

// A tool whose name the model sees differs from what the client must get back.
struct tool_alias {
    struct str name; // the model's
    struct str client_name, client_namespace;
    bool is_freeform; // takes one string, which the model writes as {"input": ...}
};

struct raw_prompt { // of a completion: text, or token ids, or a list of both
    struct str text;
    token_id *ids; // NULL: text
    size_t n_ids;
    struct json_object *mixed; // strings and ids; or NULL
};

struct api_request {
    struct arena arena;
    struct json_object *body;   // the parsed JSON
    struct json_object *parsed; // an array of what was parsed out of strings in it

    enum api_task task;
    struct conversation conversation;
    struct raw_prompt *prompts; // API_COMPLETE
    size_t n_prompts;

    struct str model; // any name is fine; echoed
    struct str session_key;
    bool is_stream;
    bool wants_usage;    // in the stream
    bool wants_echo;     // the prompt comes back in front of the completion
    bool wants_logprobs; // with n_top alternatives for each token
    bool is_unbounded;   // llama-server's n_predict -1
    bool keeps_special;  // control tokens of the answer are written out
    bool ignores_end;
    bool reuses_cache;   // cache_prompt
    bool returns_tokens; // llama-server's: the ids too
    int64_t n_top;
    int64_t max_tokens; // FIELD_UNSET: the client does not say
    int64_t n_choices;
    struct sampling_wish sampling;
    struct str ignored; // names of fields that have no effect here, commas between
    struct json_object *template_arguments; // chat_template_kwargs, or NULL
    struct tool_alias *aliases;
    size_t n_aliases;
};

void api_request_init(struct api_request *request); // also sets every wish to unset
void api_request_release(struct api_request *request);

// Reads `text` into request->body.
enum err api_request_parse(struct api_request *request, struct str text, struct error *error);

// Parses JSON that came inside a string and keeps it as long as the request; NULL when it is none.
struct json_object *api_request_parse_inner(struct api_request *request, struct str text);

// Gives `object` to the request, which keeps it until release.
struct json_object *api_request_keep(struct api_request *request, struct json_object *object);

const struct tool_alias *api_request_alias(const struct api_request *request, struct str name);

// ---- for the readers: filling the conversation; NULL when the arena is full ----

// Appends a message, or goes on with the last one where `joins` and its role is the same.
struct message *api_add_message(struct api_request *request, enum role role, bool joins);
// Appends a block of zeros to the message.
struct content *api_add_content(struct api_request *request, struct message *message,
                                enum content_kind kind);
struct content *api_add_result_item(struct api_request *request, struct content *result,
                                    enum content_kind kind);
struct tool_def *api_add_tool(struct api_request *request);
struct tool_alias *api_add_alias(struct api_request *request);
// Formatted text in the arena.
struct str api_format(struct api_request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct str api_copy(struct api_request *request, struct str text);

// The message for a request that does not fit its arena.
enum err api_too_big(struct api_request *request, struct error *error);

// Arguments of a call that came as text: an object becomes content->arguments, the rest stays text.
void api_set_arguments(struct api_request *request, struct content *call, struct str text);

#endif
