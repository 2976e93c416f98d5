// Anthropic's Messages: how answers are written there.  "event:" lines are required; only deltas
// count, so nothing is ever put into a content_block_start.
#include "api/dialect.h"
#include "api/readers.h"
#include "api/sse.h"

// input_tokens leaves out what came from the cache: the three input counts add up to the prompt.
static void put_usage(struct buf *out, const struct usage *usage, size_t n_output)
{
    json_print(out,
               "{'input_tokens':%z,'cache_creation_input_tokens':0,"
               "'cache_read_input_tokens':%z,'output_tokens':%z}",
               usage->n_prompt - usage->n_reused, usage->n_reused, n_output);
}

static const char *stop_word(enum chat_stop stop)
{
    static const char *const words[] = {
        [CHAT_STOP_NONE] = "end_turn",         [CHAT_STOP_END_TURN] = "end_turn",
        [CHAT_STOP_TOOL_CALLS] = "tool_use",   [CHAT_STOP_SEQUENCE] = "stop_sequence",
        [CHAT_STOP_MAX_TOKENS] = "max_tokens", [CHAT_STOP_CANCELLED] = "end_turn",
    };
    return words[stop];
}

static void start(struct reply *reply)
{
    struct buf *out = &reply->out;
    reply->id = reply_make_id(reply, "msg_");
    sse_open(out, "message_start");
    json_print(out,
               "{'type':'message_start','message':{'id':%s,'type':'message','role':'assistant',"
               "'model':%S,'content':[],'stop_reason':null,'stop_sequence':null,'usage':",
               reply->id, reply->request->model);
    put_usage(out, &reply->usage, 1);
    buf_append_text(out, "}}");
    sse_close(out);
}

static void open(struct reply *reply, struct choice *choice, struct block *block)
{
    struct buf *out = &reply->out;
    (void)choice;
    sse_open(out, "content_block_start");
    json_print(out, "{'type':'content_block_start','index':%z,'content_block':", block->i_block);
    switch (block->kind) {
    case BLOCK_TEXT:
        json_print(out, "{'type':'text','text':''}}");
        break;
    case BLOCK_THINKING:
        json_print(out, "{'type':'thinking','thinking':'','signature':''}}");
        break;
    case BLOCK_CALL:
        json_print(out, "{'type':'tool_use','id':%s,'name':%s,'input':{}}}", block->id,
                   block->name);
        break;
    }
    sse_close(out);
}

static void put_delta(struct buf *out, const struct block *block, const char *type,
                      const char *member, struct str text)
{
    sse_open(out, "content_block_delta");
    json_print(out, "{'type':'content_block_delta','index':%z,'delta':{'type':%s,%s:%S}}",
               block->i_block, type, member, text);
    sse_close(out);
}

static void fill(struct reply *reply, struct choice *choice, struct block *block, struct str text)
{
    static const char *const deltas[][2] = {
        [BLOCK_TEXT] = {"text_delta", "text"},
        [BLOCK_THINKING] = {"thinking_delta", "thinking"},
        [BLOCK_CALL] = {"input_json_delta", "partial_json"},
    };
    (void)choice;
    put_delta(&reply->out, block, deltas[block->kind][0], deltas[block->kind][1], text);
}

static void close(struct reply *reply, struct choice *choice, struct block *block)
{
    (void)choice;
    if (block->kind == BLOCK_THINKING && block->id)
        put_delta(&reply->out, block, "signature_delta", "signature", str_of(block->id));
    sse_open(&reply->out, "content_block_stop");
    json_print(&reply->out, "{'type':'content_block_stop','index':%z}", block->i_block);
    sse_close(&reply->out);
}

// Pings do not keep clients waiting; an empty piece of the open block does.
static void beat(struct reply *reply)
{
    struct choice *choice = &reply->choices[0];
    struct block *last = choice->n_blocks ? choice->blocks[choice->n_blocks - 1] : NULL;
    if (last && !last->is_closed)
        fill(reply, choice, last, STR(""));
}

static void finish(struct reply *reply)
{
    struct choice *choice = &reply->choices[0];
    struct buf *out = &reply->out;
    sse_open(out, "message_delta");
    json_print(out,
               "{'type':'message_delta','delta':{'stop_reason':%s,'stop_sequence':%s},'usage':",
               stop_word(choice->stop), choice->stop_sequence);
    put_usage(out, &reply->usage, reply->usage.n_generated);
    buf_append_byte(out, '}');
    sse_close(out);
    sse_open(out, "message_stop");
    json_print(out, "{'type':'message_stop'}");
    sse_close(out);
}

static void put_error(struct buf *out, const struct api_error *error)
{
    json_print(out, "{'type':'error','error':{'type':%s,'message':%s}}",
               api_error_names(error->kind)->anthropic, error->text);
}

static void fail_stream(struct reply *reply, const struct api_error *error)
{
    sse_open(&reply->out, "error");
    put_error(&reply->out, error);
    sse_close(&reply->out);
}

// A call that was cut has no complete input to show; it is left out.
static bool put_block(struct buf *out, const struct block *block, const char *separator)
{
    struct str text = {block->text.data, block->text.size};
    if (block->kind == BLOCK_CALL && block->is_cut)
        return false;
    buf_append_text(out, separator);
    switch (block->kind) {
    case BLOCK_TEXT:
        json_print(out, "{'type':'text','text':%S}", text);
        break;
    case BLOCK_THINKING:
        json_print(out, "{'type':'thinking','thinking':%S,'signature':%s}", text,
                   block->id ? block->id : "");
        break;
    case BLOCK_CALL:
        json_print(out, "{'type':'tool_use','id':%s,'name':%s,'input':%J}", block->id, block->name,
                   text);
        break;
    }
    return true;
}

static void whole(struct reply *reply)
{
    struct choice *choice = &reply->choices[0];
    struct buf *out = &reply->out;
    reply->id = reply_make_id(reply, "msg_");
    json_print(out, "{'id':%s,'type':'message','role':'assistant','model':%S,'content':[",
               reply->id, reply->request->model);
    const char *separator = "";
    for (size_t i = 0; i < choice->n_blocks; i++)
        if (put_block(out, choice->blocks[i], separator))
            separator = ",";
    json_print(out, "],'stop_reason':%s,'stop_sequence':%s,'usage':", stop_word(choice->stop),
               choice->stop_sequence);
    put_usage(out, &reply->usage, reply->usage.n_generated);
    buf_append_byte(out, '}');
}

const struct api_dialect api_anthropic = {
    .name = "anthropic",
    .read = anthropic_read,
    .start = start,
    .open = open,
    .fill = fill,
    .close = close,
    .beat = beat,
    .finish = finish,
    .fail = fail_stream,
    .whole = whole,
    .put_error = put_error,
    .needs_open_block = true,
};
