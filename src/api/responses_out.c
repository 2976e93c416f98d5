// OpenAI's Responses: how answers are written there.  Every event is numbered; items are told when
// they begin, grow and end, and once more, all together, at the end.
#include <stdlib.h>

#include "api/dialect.h"
#include "api/freeform.h"
#include "api/readers.h"
#include "api/sse.h"

static void open_event(struct reply *reply, const char *type)
{
    sse_open(&reply->out, type);
    json_print(&reply->out, "{'type':%s,'sequence_number':%z", type, reply->n_events++);
}

static void close_event(struct reply *reply)
{
    buf_append_byte(&reply->out, '}');
    sse_close(&reply->out);
}

static struct str block_text(const struct block *block)
{
    return (struct str){block->text.data, block->text.size};
}

// ---- items ----

static const struct tool_alias *alias_of(const struct reply *reply, const struct block *block)
{
    return api_request_alias(reply->request, str_of(block->name));
}

static void put_call(struct buf *out, const struct reply *reply, const struct block *block,
                     const char *status)
{
    const struct tool_alias *alias = alias_of(reply, block);
    struct str name = alias ? alias->client_name : str_of(block->name);
    bool is_custom = freeform_is(reply, block);
    json_print(out, "{'type':%s,'id':%s,'call_id':%s,'name':%S,",
               is_custom ? "custom_tool_call" : "function_call", block->item_id, block->id, name);
    if (alias && alias->client_namespace.size)
        json_print(out, "'namespace':%S,", alias->client_namespace);
    json_print(out, is_custom ? "'input':" : "'arguments':");
    if (is_custom && block->is_closed)
        freeform_put_input(out, block);
    else
        json_put_string(out, is_custom ? STR("") : block_text(block));
    json_print(out, ",'status':%s}", status);
}

static void put_item(struct buf *out, const struct reply *reply, const struct block *block)
{
    const char *status = !block->is_closed ? "in_progress"
                         : block->is_cut   ? "incomplete"
                                           : "completed";
    bool is_empty = !block->is_closed;
    switch (block->kind) {
    case BLOCK_TEXT:
        json_print(out, "{'type':'message','id':%s,'role':'assistant','status':%s,'content':[",
                   block->item_id, status);
        if (!is_empty)
            json_print(out, "{'type':'output_text','text':%S,'annotations':[]}", block_text(block));
        buf_append_text(out, "]}");
        break;
    case BLOCK_THINKING:
        json_print(out, "{'type':'reasoning','id':%s,'summary':[],'content':[", block->item_id);
        if (!is_empty)
            json_print(out, "{'type':'reasoning_text','text':%S}", block_text(block));
        json_print(out, "],'encrypted_content':%s}", block->id);
        break;
    case BLOCK_CALL:
        put_call(out, reply, block, status);
        break;
    }
}

// ---- the response as a whole ----

static void put_usage(struct buf *out, const struct usage *usage)
{
    json_print(out,
               "{'input_tokens':%z,'input_tokens_details':{'cached_tokens':%z},"
               "'output_tokens':%z,'output_tokens_details':{'reasoning_tokens':%z},"
               "'total_tokens':%z}",
               usage->n_prompt, usage->n_reused, usage->n_generated, usage->n_thinking,
               usage->n_prompt + usage->n_generated);
}

static void put_error_object(struct buf *out, const struct api_error *error)
{
    const struct api_error_names *names = api_error_names(error->kind);
    json_print(out, "{'code':%s,'message':%s}",
               names->openai_code ? names->openai_code : names->openai, error->text);
}

static void put_response(struct reply *reply, const char *status, const struct api_error *error)
{
    struct buf *out = &reply->out;
    const struct choice *choice = &reply->choices[0];
    json_print(out, "{'id':%s,'object':'response','created_at':%l,'model':%S,'status':%s,",
               reply->id, (long long)reply->created_s, reply->request->model, status);
    json_print(out, "'error':");
    if (error)
        put_error_object(out, error);
    else
        buf_append_text(out, "null");
    bool is_cut = str_is(str_of(status), "incomplete");
    json_print(out, is_cut ? ",'incomplete_details':{'reason':'max_output_tokens'},'output':["
                           : ",'incomplete_details':null,'output':[");
    bool is_over = reply->is_finished && !error;
    for (size_t i = 0; i < choice->n_blocks && is_over; i++) {
        buf_append_text(out, i ? "," : "");
        put_item(out, reply, choice->blocks[i]);
    }
    json_print(out, "],'parallel_tool_calls':%b,'store':false,'usage':",
               !reply->request->conversation.tool_choice.is_single);
    if (is_over)
        put_usage(out, &reply->usage);
    else
        buf_append_text(out, "null");
    buf_append_byte(out, '}');
}

static void put_response_event(struct reply *reply, const char *type, const char *status,
                               const struct api_error *error)
{
    open_event(reply, type);
    json_print(&reply->out, ",'response':");
    put_response(reply, status, error);
    close_event(reply);
}

// ---- the stream ----

static void start(struct reply *reply)
{
    reply->id = reply_make_id(reply, "resp_");
    put_response_event(reply, "response.created", "in_progress", NULL);
    put_response_event(reply, "response.in_progress", "in_progress", NULL);
}

static void beat(struct reply *reply)
{
    put_response_event(reply, "response.in_progress", "in_progress", NULL);
}

static void name_item(struct reply *reply, struct block *block)
{
    static const char *const prefixes[] = {
        [BLOCK_TEXT] = "msg_", [BLOCK_THINKING] = "rs_", [BLOCK_CALL] = "fc_"};
    free(block->item_id);
    block->item_id =
        reply_make_id(reply, freeform_is(reply, block) ? "ctc_" : prefixes[block->kind]);
}

static void put_item_event(struct reply *reply, const char *type, const struct block *block)
{
    open_event(reply, type);
    json_print(&reply->out, ",'output_index':%z,'item':", block->i_block);
    put_item(&reply->out, reply, block);
    close_event(reply);
}

// The start of an event about a part of an item.
static void open_part_event(struct reply *reply, const char *type, const struct block *block)
{
    open_event(reply, type);
    json_print(&reply->out, ",'item_id':%s,'output_index':%z", block->item_id, block->i_block);
    if (block->kind != BLOCK_CALL)
        json_print(&reply->out, ",'content_index':0");
}

static void put_part(struct reply *reply, const char *type, const struct block *block)
{
    open_part_event(reply, type, block);
    json_print(&reply->out, ",'part':{'type':'output_text','text':%S,'annotations':[]}",
               block_text(block));
    close_event(reply);
}

static void open(struct reply *reply, struct choice *choice, struct block *block)
{
    (void)choice;
    name_item(reply, block);
    put_item_event(reply, "response.output_item.added", block);
    if (block->kind == BLOCK_TEXT)
        put_part(reply, "response.content_part.added", block);
}

static void fill(struct reply *reply, struct choice *choice, struct block *block, struct str text)
{
    static const char *const types[] = {
        [BLOCK_TEXT] = "response.output_text.delta",
        [BLOCK_THINKING] = "response.reasoning_text.delta",
        [BLOCK_CALL] = "response.function_call_arguments.delta",
    };
    (void)choice;
    if (freeform_is(reply, block))
        return; // told whole, when the arguments around it are complete
    open_part_event(reply, types[block->kind], block);
    json_print(&reply->out, ",'delta':%S", text);
    close_event(reply);
}

static void close_freeform(struct reply *reply, const struct block *block)
{
    static const char *const events[][2] = {
        {"response.custom_tool_call_input.delta", ",'delta':"},
        {"response.custom_tool_call_input.done", ",'input':"},
    };
    for (size_t i = 0; i < 2; i++) {
        open_part_event(reply, events[i][0], block);
        json_print(&reply->out, events[i][1]);
        freeform_put_input(&reply->out, block);
        close_event(reply);
    }
}

static void close(struct reply *reply, struct choice *choice, struct block *block)
{
    static const char *const types[][2] = {
        [BLOCK_TEXT] = {"response.output_text.done", "text"},
        [BLOCK_THINKING] = {"response.reasoning_text.done", "text"},
        [BLOCK_CALL] = {"response.function_call_arguments.done", "arguments"},
    };
    (void)choice;
    if (freeform_is(reply, block)) {
        close_freeform(reply, block);
    } else {
        open_part_event(reply, types[block->kind][0], block);
        json_print(&reply->out, ",%s:%S", types[block->kind][1], block_text(block));
        close_event(reply);
    }
    if (block->kind == BLOCK_TEXT)
        put_part(reply, "response.content_part.done", block);
    put_item_event(reply, "response.output_item.done", block);
}

static bool is_incomplete(const struct reply *reply)
{
    return reply->choices[0].stop == CHAT_STOP_MAX_TOKENS;
}

static void finish(struct reply *reply)
{
    bool is_cut = is_incomplete(reply);
    put_response_event(reply, is_cut ? "response.incomplete" : "response.completed",
                       is_cut ? "incomplete" : "completed", NULL);
}

static void fail_stream(struct reply *reply, const struct api_error *error)
{
    put_response_event(reply, "response.failed", "failed", error);
}

static void put_error(struct buf *out, const struct api_error *error)
{
    openai_put_error(out, error, "input");
}

static void whole(struct reply *reply)
{
    struct choice *choice = &reply->choices[0];
    reply->id = reply_make_id(reply, "resp_");
    for (size_t i = 0; i < choice->n_blocks; i++)
        name_item(reply, choice->blocks[i]);
    put_response(reply, is_incomplete(reply) ? "incomplete" : "completed", NULL);
}

const struct api_dialect api_responses = {
    .name = "responses",
    .read = responses_read,
    .start = start,
    .open = open,
    .fill = fill,
    .close = close,
    .beat = beat,
    .finish = finish,
    .fail = fail_stream,
    .whole = whole,
    .put_error = put_error,
};
