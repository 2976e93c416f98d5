// llama-server's own /completion: how answers are written there.
#include "api/dialect.h"
#include "api/readers.h"
#include "api/llama_settings.h"
#include "api/reports.h"
#include "api/sse.h"

static void start(struct reply *reply)
{
    (void)reply;
}

static void open_or_close(struct reply *reply, struct choice *choice, struct block *block)
{
    (void)reply, (void)choice, (void)block;
}

static void put_probabilities(struct reply *reply, struct choice *choice, size_t from)
{
    if (!reply->request->wants_logprobs)
        return;
    json_print(&reply->out, ",'completion_probabilities':[");
    reports_put(&reply->out, choice, from, choice->n_reports, true);
    buf_append_byte(&reply->out, ']');
    choice->n_reports_sent = choice->n_reports;
}

static void put_tokens(struct reply *reply, const struct choice *choice, size_t from)
{
    json_print(&reply->out, "'tokens':[");
    for (size_t i = from; i < choice->n_tokens; i++)
        buf_printf(&reply->out, i > from ? ",%d" : "%d", choice->tokens[i]);
    buf_append_byte(&reply->out, ']');
}

static void fill(struct reply *reply, struct choice *choice, struct block *block, struct str text)
{
    (void)block;
    sse_open(&reply->out, NULL);
    json_print(&reply->out, "{'index':%z,'content':%S,", choice->i_choice, text);
    put_tokens(reply, choice, choice->n_tokens_sent);
    choice->n_tokens_sent = choice->n_tokens;
    json_print(&reply->out,
               ",'stop':false,'id_slot':-1,'tokens_predicted':%z,'tokens_evaluated':%z",
               choice->n_tokens, choice->n_prompt);
    put_probabilities(reply, choice, choice->n_reports_sent);
    buf_append_byte(&reply->out, '}');
    sse_close(&reply->out);
}

static void beat(struct reply *reply)
{
    buf_append_text(&reply->out, ": still working\n\n");
}

static bool has_newline(const struct choice *choice)
{
    const struct buf *text = choice->n_blocks ? &choice->blocks[0]->text : NULL;
    return text && text->size && memchr(text->data, '\n', text->size) != NULL;
}

static void put_last(struct reply *reply, struct choice *choice, struct str content)
{
    static const char *const stop_types[] = {
        [CHAT_STOP_NONE] = "none",        [CHAT_STOP_END_TURN] = "eos",
        [CHAT_STOP_TOOL_CALLS] = "eos",   [CHAT_STOP_SEQUENCE] = "word",
        [CHAT_STOP_MAX_TOKENS] = "limit", [CHAT_STOP_CANCELLED] = "none",
    };
    const struct api_request *request = reply->request;
    size_t n_all = choice->n_prompt + choice->n_tokens;
    bool shows_tokens = !request->is_stream && request->returns_tokens;
    json_print(&reply->out, "{'index':%z,'content':%S,", choice->i_choice, content);
    put_tokens(reply, choice, shows_tokens ? 0 : choice->n_tokens);
    json_print(&reply->out,
               ",'id_slot':-1,'stop':true,'model':%S,'tokens_predicted':%z,'tokens_evaluated':%z,"
               "'generation_settings':",
               request->model, choice->n_tokens, choice->n_prompt);
    struct llama_settings settings = llama_settings_of(&reply->sampling, request);
    llama_put_settings(&reply->out, &settings, true, request);
    json_print(&reply->out,
               ",'prompt':%S,'has_new_line':%b,'truncated':%b,'stop_type':%s,'stopping_word':%s,"
               "'tokens_cached':%z,'timings':",
               (struct str){choice->prompt.data, choice->prompt.size}, has_newline(choice),
               reply->n_context && n_all >= reply->n_context, stop_types[choice->stop],
               choice->stop_sequence ? choice->stop_sequence : "", n_all);
    timings_put(&reply->out, &reply->usage);
}

static void finish(struct reply *reply)
{
    for (size_t i = 0; i < reply->n_choices; i++) {
        sse_open(&reply->out, NULL);
        put_last(reply, &reply->choices[i], STR(""));
        buf_append_byte(&reply->out, '}');
        sse_close(&reply->out);
    }
}

// One prompt answers with an object, several with a list.
static void whole(struct reply *reply)
{
    if (reply->n_choices > 1)
        buf_append_byte(&reply->out, '[');
    for (size_t i = 0; i < reply->n_choices; i++) {
        struct choice *choice = &reply->choices[i];
        struct str text = {0};
        if (choice->n_blocks)
            text = (struct str){choice->blocks[0]->text.data, choice->blocks[0]->text.size};
        buf_append_text(&reply->out, i ? "," : "");
        put_last(reply, choice, text);
        put_probabilities(reply, choice, 0);
        buf_append_byte(&reply->out, '}');
    }
    if (reply->n_choices > 1)
        buf_append_byte(&reply->out, ']');
}

static void put_error(struct buf *out, const struct api_error *error)
{
    const struct api_error_names *names = api_error_names(error->kind);
    const char *type =
        error->kind == API_ERROR_TOO_LONG ? "exceed_context_size_error" : names->openai;
    json_print(out, "{'error':{'code':%l,'message':%s,'type':%s", (long long)names->status,
               error->text, type);
    if (error->kind == API_ERROR_TOO_LONG)
        json_print(out, ",'n_prompt_tokens':%z,'n_ctx':%z", error->n_prompt, error->n_max);
    buf_append_text(out, "}}");
}

static void fail_stream(struct reply *reply, const struct api_error *error)
{
    sse_open(&reply->out, NULL);
    put_error(&reply->out, error);
    sse_close(&reply->out);
}

const struct api_dialect api_llama = {
    .name = "completion",
    .read = llama_read,
    .start = start,
    .open = open_or_close,
    .fill = fill,
    .close = open_or_close,
    .beat = beat,
    .finish = finish,
    .fail = fail_stream,
    .whole = whole,
    .put_error = put_error,
    .shows_settings = true,
};
