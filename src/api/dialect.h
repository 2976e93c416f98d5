// dialect.h - how one client family writes requests and wants answers written.
//
// A dialect is a struct of functions over the neutral request and reply.  It sees no socket and no
// token.  The server finds it by route; reply.c calls its writers, in an order that cannot go wrong:
// start, then per block open, fill..., close, then finish.
#ifndef HEARTH_API_DIALECT_H
#define HEARTH_API_DIALECT_H

#include "api/error_kinds.h"
#include "api/reply.h"
#include "api/request.h"

struct header_source { // looks a request header up by its lower-case name; NULL when absent
    const char *(*get)(void *context, const char *name);
    void *context;
};

struct api_dialect {
    const char *name; // for logs

    // Translates request->body.  ERR_ARGUMENT for what makes no sense, ERR_LIMIT for too much.
    enum err (*read)(struct api_request *request, struct error *error);

    // Streaming: each appends whole events to reply->out.
    void (*start)(struct reply *reply);
    void (*open)(struct reply *reply, struct choice *choice, struct block *block);
    void (*fill)(struct reply *reply, struct choice *choice, struct block *block, struct str text);
    void (*close)(struct reply *reply, struct choice *choice, struct block *block);
    void (*beat)(struct reply *reply); // shows that the server is at work
    void (*finish)(struct reply *reply);
    void (*fail)(struct reply *reply, const struct api_error *error);

    // Not streaming: appends the whole body to reply->out.
    void (*whole)(struct reply *reply);
    // The body of an HTTP error.
    void (*put_error)(struct buf *out, const struct api_error *error);

    bool shows_settings; // answers tell prompt and sampling, which the server then fills in
    // Signs of life are pieces of an open block: start() is followed by the first one, before any token
    // is there, and beat() finds one.
    bool needs_open_block;
};

extern const struct api_dialect api_anthropic;   // /v1/messages
extern const struct api_dialect api_chat;        // /v1/chat/completions
extern const struct api_dialect api_completions; // /v1/completions
extern const struct api_dialect api_responses;   // /v1/responses
extern const struct api_dialect api_llama;       // /completion

// {"error": {...}}, as all of OpenAI's dialects write it; `prompt_field` is where the prompt stands.
void openai_put_error(struct buf *out, const struct api_error *error, const char *prompt_field);

// Which conversation a request belongs to, from what clients send along; empty when nothing does.
struct str api_session_key(struct api_request *request, const struct header_source *headers);

#endif
