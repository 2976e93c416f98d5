// OpenAI's Chat Completions and Completions: how answers are written there.
#include "api/dialect.h"
#include "api/freeform.h"
#include "api/readers.h"
#include "api/reports.h"
#include "api/sse.h"

static const char *finish_word(const struct choice *choice)
{
    static const char *const words[] = {
        [CHAT_STOP_NONE] = "stop",
        [CHAT_STOP_END_TURN] = "stop",
        [CHAT_STOP_TOOL_CALLS] = "tool_calls",
        [CHAT_STOP_SEQUENCE] = "stop",
        [CHAT_STOP_MAX_TOKENS] = "length",
        [CHAT_STOP_CANCELLED] = "stop",
    };
    return words[choice->stop];
}

static void put_usage(struct buf *out, const struct usage *usage)
{
    json_print(out,
               "{'prompt_tokens':%z,'completion_tokens':%z,'total_tokens':%z,"
               "'prompt_tokens_details':{'cached_tokens':%z},"
               "'completion_tokens_details':{'reasoning_tokens':%z}}",
               usage->n_prompt, usage->n_generated, usage->n_prompt + usage->n_generated,
               usage->n_reused, usage->n_thinking);
}

void openai_put_error(struct buf *out, const struct api_error *error, const char *prompt_field)
{
    const struct api_error_names *names = api_error_names(error->kind);
    char field[API_ERROR_FIELD_SIZE];
    api_error_field(field, error);
    const char *param = error->kind == API_ERROR_TOO_LONG ? prompt_field : field[0] ? field : NULL;
    json_print(out, "{'error':{'message':%s,'type':%s,'param':%s,'code':%s", error->text,
               names->openai, param, names->openai_code);
    if (error->kind == API_ERROR_TOO_LONG) // llama-server's clients look here
        json_print(out, ",'n_prompt_tokens':%z,'n_ctx':%z", error->n_prompt, error->n_max);
    buf_append_text(out, "}}");
}

static void put_chat_error(struct buf *out, const struct api_error *error)
{
    openai_put_error(out, error, "messages");
}

static void put_completions_error(struct buf *out, const struct api_error *error)
{
    openai_put_error(out, error, "prompt");
}

static void fail_stream(struct reply *reply, const struct api_error *error)
{
    sse_open(&reply->out, NULL);
    reply->dialect->put_error(&reply->out, error);
    sse_close(&reply->out);
}

// Comments are enough for this dialect's clients.
static void beat(struct reply *reply)
{
    buf_append_text(&reply->out, ": still working\n\n");
}

static void done(struct reply *reply)
{
    buf_append_text(&reply->out, "data: [DONE]\n\n");
}

// ---- chat ----

static void open_chunk(struct reply *reply)
{
    sse_open(&reply->out, NULL);
    json_print(&reply->out, "{'id':%s,'object':'chat.completion.chunk','created':%l,'model':%S,",
               reply->id, (long long)reply->created_s, reply->request->model);
}

// Up to the choice's delta, which the caller writes.
static void open_delta(struct reply *reply, const struct choice *choice)
{
    open_chunk(reply);
    json_print(&reply->out, "'choices':[{'index':%z,'delta':", choice->i_choice);
}

static void close_delta(struct reply *reply, struct choice *choice, const char *finish)
{
    struct buf *out = &reply->out;
    if (choice->n_reports_sent < choice->n_reports) {
        json_print(out, ",'logprobs':{'content':[");
        reports_put(out, choice, choice->n_reports_sent, choice->n_reports, false);
        buf_append_text(out, "]}");
        choice->n_reports_sent = choice->n_reports;
    }
    json_print(out, ",'finish_reason':%s}]}", finish);
    sse_close(out);
}

static void chat_start(struct reply *reply)
{
    reply->id = reply_make_id(reply, "chatcmpl-");
    for (size_t i = 0; i < reply->n_choices; i++) {
        open_delta(reply, &reply->choices[i]);
        json_print(&reply->out, "{'role':'assistant','content':''}");
        close_delta(reply, &reply->choices[i], NULL);
    }
}

static void chat_open(struct reply *reply, struct choice *choice, struct block *block)
{
    if (block->kind != BLOCK_CALL)
        return;
    bool is_custom = freeform_is(reply, block);
    open_delta(reply, choice);
    json_print(&reply->out,
               is_custom ? "{'tool_calls':[{'index':%z,'id':%s,'type':'custom',"
                           "'custom':{'name':%s,'input':''}}]}"
                         : "{'tool_calls':[{'index':%z,'id':%s,'type':'function',"
                           "'function':{'name':%s,'arguments':''}}]}",
               block->i_call, block->id, block->name);
    close_delta(reply, choice, NULL);
}

static void chat_fill(struct reply *reply, struct choice *choice, struct block *block,
                      struct str text)
{
    if (freeform_is(reply, block))
        return; // told whole, when the arguments around it are complete
    open_delta(reply, choice);
    if (block->kind == BLOCK_CALL)
        json_print(&reply->out, "{'tool_calls':[{'index':%z,'function':{'arguments':%S}}]}",
                   block->i_call, text);
    else
        json_print(&reply->out, "{%s:%S}",
                   block->kind == BLOCK_TEXT ? "content" : "reasoning_content", text);
    close_delta(reply, choice, NULL);
}

static void chat_close(struct reply *reply, struct choice *choice, struct block *block)
{
    if (!freeform_is(reply, block))
        return;
    open_delta(reply, choice);
    json_print(&reply->out, "{'tool_calls':[{'index':%z,'custom':{'input':", block->i_call);
    freeform_put_input(&reply->out, block);
    buf_append_text(&reply->out, "}}]}");
    close_delta(reply, choice, NULL);
}

static void chat_finish(struct reply *reply)
{
    for (size_t i = 0; i < reply->n_choices; i++) {
        open_delta(reply, &reply->choices[i]);
        buf_append_text(&reply->out, "{}");
        close_delta(reply, &reply->choices[i], finish_word(&reply->choices[i]));
    }
    if (reply->request->wants_usage) {
        open_chunk(reply);
        json_print(&reply->out, "'choices':[],'usage':");
        put_usage(&reply->out, &reply->usage);
        json_print(&reply->out, ",'timings':");
        timings_put(&reply->out, &reply->usage);
        buf_append_byte(&reply->out, '}');
        sse_close(&reply->out);
    }
    done(reply);
}

// All blocks of one kind, joined; false when there are none.
static bool gather(struct buf *text, const struct choice *choice, enum block_kind kind)
{
    bool is_any = false;
    for (size_t i = 0; i < choice->n_blocks; i++) {
        const struct block *block = choice->blocks[i];
        if (block->kind != kind)
            continue;
        is_any = true;
        buf_append(text, block->text.data, block->text.size);
    }
    return is_any;
}

static size_t count_calls(const struct choice *choice)
{
    size_t n_calls = 0;
    for (size_t i = 0; i < choice->n_blocks; i++)
        n_calls += choice->blocks[i]->kind == BLOCK_CALL;
    return n_calls;
}

static void put_call(struct buf *out, const struct reply *reply, const struct block *block)
{
    if (freeform_is(reply, block)) {
        json_print(out, "{'id':%s,'type':'custom','custom':{'name':%s,'input':", block->id,
                   block->name);
        freeform_put_input(out, block);
        buf_append_text(out, "}}");
    } else {
        json_print(out, "{'id':%s,'type':'function','function':{'name':%s,'arguments':%S}}",
                   block->id, block->name, (struct str){block->text.data, block->text.size});
    }
}

static void put_calls(struct buf *out, const struct reply *reply, const struct choice *choice)
{
    json_print(out, ",'tool_calls':[");
    for (size_t i = 0; i < choice->n_blocks; i++) {
        const struct block *block = choice->blocks[i];
        if (block->kind != BLOCK_CALL)
            continue;
        buf_append_text(out, block->i_call ? "," : "");
        put_call(out, reply, block);
    }
    buf_append_byte(out, ']');
}

static void put_message(struct buf *out, const struct reply *reply, const struct choice *choice)
{
    struct buf text = {0}, thinking = {0};
    bool has_text = gather(&text, choice, BLOCK_TEXT);
    bool has_calls = count_calls(choice) > 0;
    json_print(out, "{'role':'assistant','content':");
    if (has_text || !has_calls)
        json_put_string(out, (struct str){text.data, text.size});
    else
        buf_append_text(out, "null");
    if (gather(&thinking, choice, BLOCK_THINKING))
        json_print(out, ",'reasoning_content':%S", (struct str){thinking.data, thinking.size});
    if (has_calls)
        put_calls(out, reply, choice);
    buf_append_byte(out, '}');
    buf_release(&text);
    buf_release(&thinking);
}

static void chat_whole(struct reply *reply)
{
    struct buf *out = &reply->out;
    reply->id = reply_make_id(reply, "chatcmpl-");
    json_print(out, "{'id':%s,'object':'chat.completion','created':%l,'model':%S,'choices':[",
               reply->id, (long long)reply->created_s, reply->request->model);
    for (size_t i = 0; i < reply->n_choices; i++) {
        const struct choice *choice = &reply->choices[i];
        json_print(out, i ? ",{'index':%z,'message':" : "{'index':%z,'message':", i);
        put_message(out, reply, choice);
        buf_append_text(out, ",\"logprobs\":");
        if (reply->request->wants_logprobs) {
            json_print(out, "{'content':[");
            reports_put(out, choice, 0, choice->n_reports, false);
            buf_append_text(out, "]}");
        } else {
            buf_append_text(out, "null");
        }
        json_print(out, ",'finish_reason':%s}", finish_word(choice));
    }
    json_print(out, "],'usage':");
    put_usage(out, &reply->usage);
    json_print(out, ",'timings':");
    timings_put(out, &reply->usage);
    buf_append_byte(out, '}');
}

const struct api_dialect api_chat = {
    .name = "chat",
    .read = chat_read,
    .start = chat_start,
    .open = chat_open,
    .fill = chat_fill,
    .close = chat_close,
    .beat = beat,
    .finish = chat_finish,
    .fail = fail_stream,
    .whole = chat_whole,
    .put_error = put_chat_error,
};

// ---- completions ----

static void put_completion(struct reply *reply, struct choice *choice, struct str text,
                           size_t i_report, const char *finish)
{
    struct buf *out = &reply->out;
    json_print(out, "{'text':%S,'index':%z,'logprobs':", text, choice->i_choice);
    if (reply->request->wants_logprobs)
        reports_put_columns(out, choice, i_report, choice->n_reports);
    else
        buf_append_text(out, "null");
    json_print(out, ",'finish_reason':%s}", finish);
    choice->n_reports_sent = choice->n_reports;
}

static void open_completion(struct reply *reply)
{
    json_print(&reply->out,
               "{'id':%s,'object':'text_completion','created':%l,'model':%S,'choices':[", reply->id,
               (long long)reply->created_s, reply->request->model);
}

static void completions_start(struct reply *reply)
{
    reply->id = reply_make_id(reply, "cmpl-");
}

// A completion is one text.
static void completions_open_or_close(struct reply *reply, struct choice *choice,
                                      struct block *block)
{
    (void)reply, (void)choice, (void)block;
}

static void completion_chunk(struct reply *reply, struct choice *choice, struct str text,
                             const char *finish)
{
    sse_open(&reply->out, NULL);
    open_completion(reply);
    put_completion(reply, choice, text, choice->n_reports_sent, finish);
    buf_append_text(&reply->out, "]}");
    sse_close(&reply->out);
}

static void completions_fill(struct reply *reply, struct choice *choice, struct block *block,
                             struct str text)
{
    (void)block;
    completion_chunk(reply, choice, text, NULL);
}

static void completions_finish(struct reply *reply)
{
    for (size_t i = 0; i < reply->n_choices; i++)
        completion_chunk(reply, &reply->choices[i], STR(""), finish_word(&reply->choices[i]));
    if (reply->request->wants_usage) {
        sse_open(&reply->out, NULL);
        open_completion(reply);
        json_print(&reply->out, "],'usage':");
        put_usage(&reply->out, &reply->usage);
        buf_append_byte(&reply->out, '}');
        sse_close(&reply->out);
    }
    done(reply);
}

static void completions_whole(struct reply *reply)
{
    completions_start(reply);
    open_completion(reply);
    for (size_t i = 0; i < reply->n_choices; i++) {
        struct choice *choice = &reply->choices[i];
        struct buf text = {0};
        gather(&text, choice, BLOCK_TEXT);
        buf_append_text(&reply->out, i ? "," : "");
        put_completion(reply, choice, (struct str){text.data, text.size}, 0, finish_word(choice));
        buf_release(&text);
    }
    json_print(&reply->out, "],'usage':");
    put_usage(&reply->out, &reply->usage);
    buf_append_byte(&reply->out, '}');
}

const struct api_dialect api_completions = {
    .name = "completions",
    .read = completions_read,
    .start = completions_start,
    .open = completions_open_or_close,
    .fill = completions_fill,
    .close = completions_open_or_close,
    .beat = beat,
    .finish = completions_finish,
    .fail = fail_stream,
    .whole = completions_whole,
    .put_error = put_completions_error,
};
