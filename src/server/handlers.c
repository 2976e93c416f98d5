// The small routes: what the server tells about itself, and text to tokens and back.
#include <stdlib.h>

#include "base/memory.h"
#include "server/server_state.h"
#include "text/unicode.h"

static void facts_of(struct call *call, struct model_facts *model, struct server_facts *server)
{
    const struct model_side *side = call->server->config.model;
    *model = (struct model_facts){0};
    *server = (struct server_facts){0};
    side->tell(side->self, model, server);
    pthread_mutex_lock(&call->server->lock);
    server->n_requests = call->server->n_requests;
    pthread_mutex_unlock(&call->server->lock);
}

void handle_health(struct call *call)
{
    const struct model_side *side = call->server->config.model;
    struct error why = {0};
    struct buf body = {0};
    enum model_state state = side->state(side->self, &why);
    if (state == MODEL_LOADING || state == MODEL_FAILED) {
        struct api_error error = api_error_make(
            API_ERROR_LOADING, "%s", state == MODEL_LOADING ? "Loading model" : why.text);
        call_respond_error(call, &error);
        return;
    }
    json_print(&body, "{'status':'ok'}");
    call_respond_json(call, &body);
    buf_release(&body);
}

void handle_root(struct call *call)
{
    exchange_respond(call->exchange, 200, "text/plain; charset=utf-8", STR("hearth is running\n"));
}

// Anthropic's clients name their version, and want their own shape.
static bool is_anthropic(struct call *call)
{
    return exchange_header(call->exchange, "anthropic-version") != NULL;
}

void handle_models(struct call *call)
{
    struct model_facts model;
    struct server_facts server;
    struct buf body = {0};
    facts_of(call, &model, &server);
    if (is_anthropic(call))
        facts_put_models_anthropic(&body, &model);
    else
        facts_put_models_openai(&body, &model);
    call_respond_json(call, &body);
    buf_release(&body);
}

void handle_model(struct call *call)
{
    struct model_facts model;
    struct server_facts server;
    struct buf body = {0};
    const char *id = exchange_path(call->exchange) + strlen("/v1/models/");
    facts_of(call, &model, &server);
    if (is_anthropic(call))
        facts_put_model_anthropic(&body, &model, id);
    else
        facts_put_model_openai(&body, &model, id);
    call_respond_json(call, &body);
    buf_release(&body);
}

void handle_props(struct call *call)
{
    struct model_facts model;
    struct server_facts server;
    struct buf body = {0};
    facts_of(call, &model, &server);
    facts_put_props(&body, &model);
    call_respond_json(call, &body);
    buf_release(&body);
}

static void refuse(struct call *call, const char *sentence)
{
    struct api_error error = api_error_make(API_ERROR_UNSUPPORTED, "%s", sentence);
    call_respond_error(call, &error);
}

void handle_slots(struct call *call)
{
    struct model_facts model;
    struct server_facts server;
    struct buf body = {0};
    if (call->server->config.hides_slots) {
        refuse(call, "this server was started with --no-slots");
        return;
    }
    facts_of(call, &model, &server);
    facts_put_slots(&body, &model, &server);
    call_respond_json(call, &body);
    buf_release(&body);
}

void handle_metrics(struct call *call)
{
    struct model_facts model;
    struct server_facts server;
    struct buf body = {0};
    facts_of(call, &model, &server);
    facts_put_metrics(&body, &server);
    exchange_respond(call->exchange, 200, "text/plain; version=0.0.4",
                     (struct str){body.data, body.size});
    buf_release(&body);
}

void handle_nothing(struct call *call)
{
    struct buf body = {0};
    buf_append_text(&body, "{}");
    call_respond_json(call, &body);
    buf_release(&body);
}

void handle_no_adapters(struct call *call)
{
    struct buf body = {0};
    buf_append_text(&body, "[]");
    call_respond_json(call, &body);
    buf_release(&body);
}

void handle_unsupported(struct call *call)
{
    refuse(call, "this server generates text and does nothing else");
}

// ---- text and tokens ----

// The body's JSON, for routes that are no dialect's; responds and is NULL when it is none.
static struct json_object *read_body(struct call *call)
{
    struct json_object *body = NULL;
    struct error error;
    enum err err = json_read(&body, exchange_body(call->exchange), &error);
    if (!err && json_is(body, json_type_object))
        return body;
    if (!err)
        fail(&error, ERR_ARGUMENT, "the body must be a JSON object");
    json_object_put(body);
    struct api_error api_error = api_error_of(&error);
    call_respond_error(call, &api_error);
    return NULL;
}

static bool flag(struct json_object *body, const char *name, bool value)
{
    struct json_object *member = json_at(body, name);
    return member ? json_object_get_boolean(member) : value;
}

static bool is_text(struct str bytes)
{
    unsigned size;
    for (size_t at = 0; at < bytes.size; at += size)
        if (utf8_decode(bytes, at, &size) == UNICODE_BROKEN)
            return false;
    return true;
}

// A token's bytes: as text where they are some, else as a list of numbers.
static void put_piece(struct buf *out, struct str bytes)
{
    if (is_text(bytes)) {
        json_put_string(out, bytes);
        return;
    }
    for (size_t i = 0; i < bytes.size; i++)
        buf_printf(out, "%c%u", i ? ',' : '[', (unsigned char)bytes.data[i]);
    buf_append_byte(out, ']');
}

static void put_pieces(struct call *call, struct buf *out, const struct token_list *tokens,
                       bool with_text)
{
    const struct model_side *side = call->server->config.model;
    json_print(out, "{'tokens':[");
    for (size_t i = 0; i < tokens->n_ids; i++) {
        buf_append_text(out, i ? "," : "");
        if (with_text) {
            struct buf text = {0};
            side->put_token_text(side->self, &text, tokens->ids[i]);
            json_print(out, "{'id':%l,'piece':", (long long)tokens->ids[i]);
            put_piece(out, (struct str){text.data, text.size});
            buf_append_byte(out, '}');
            buf_release(&text);
        } else {
            buf_printf(out, "%d", tokens->ids[i]);
        }
    }
    buf_append_text(out, "]}");
}

// Text, or a list of texts and token ids.
static enum err tokenize_content(struct call *call, struct token_list *tokens,
                                 struct json_object *body, struct error *error)
{
    const struct model_side *side = call->server->config.model;
    struct json_object *content = json_at(body, "content");
    bool is_list = json_is(content, json_type_array);
    bool adds_special = flag(body, "add_special", false);
    enum err err = OK;
    for (size_t i = 0; i < (is_list ? json_length(content) : 1) && !err; i++) {
        struct json_object *piece = is_list ? json_object_array_get_idx(content, i) : content;
        if (json_is(piece, json_type_int))
            token_list_append(tokens, json_object_get_int(piece));
        else
            err = side->tokenize(side->self, tokens, json_str(piece), adds_special && i == 0,
                                 flag(body, "parse_special", true), error);
    }
    return err;
}

void handle_tokenize(struct call *call)
{
    struct json_object *body = read_body(call);
    if (!body)
        return;
    struct token_list tokens = {0};
    struct buf out = {0};
    struct error error;
    if (tokenize_content(call, &tokens, body, &error)) {
        struct api_error api_error = api_error_of(&error);
        call_respond_error(call, &api_error);
    } else {
        put_pieces(call, &out, &tokens, flag(body, "with_pieces", false));
        call_respond_json(call, &out);
    }
    token_list_release(&tokens);
    buf_release(&out);
    json_object_put(body);
}

void handle_detokenize(struct call *call)
{
    const struct model_side *side = call->server->config.model;
    struct json_object *body = read_body(call);
    if (!body)
        return;
    struct json_object *tokens = json_at(body, "tokens");
    struct buf text = {0}, out = {0};
    for (size_t i = 0; i < json_length(tokens); i++)
        side->put_token_text(side->self, &text,
                             json_object_get_int(json_object_array_get_idx(tokens, i)));
    json_print(&out, "{'content':%S}", (struct str){text.data, text.size});
    call_respond_json(call, &out);
    buf_release(&text);
    buf_release(&out);
    json_object_put(body);
}

void handle_apply_template(struct call *call)
{
    const struct model_side *side = call->server->config.model;
    struct api_request request;
    api_request_init(&request);
    if (call_read(call, &request)) {
        struct buf prompt = {0}, out = {0};
        struct error error;
        if (side->put_prompt(side->self, &prompt, &request, &error)) {
            struct api_error api_error = api_error_of(&error);
            call_respond_error(call, &api_error);
        } else {
            json_print(&out, "{'prompt':%S}", (struct str){prompt.data, prompt.size});
            call_respond_json(call, &out);
        }
        buf_release(&prompt);
        buf_release(&out);
    }
    api_request_release(&request);
}
