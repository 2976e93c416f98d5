// Any bytes as an answer, in any dialect: events must be well nested, whole calls must be JSON, and
// the way the bytes are cut must not matter.
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include <json-c/json.h>

#include "base/buf.h"
#include "chat/json_scan.h"
#include "chat/output_parser.h"

struct record {
    struct buf log, args;
    int in_call; // -1, or the kind of the last delta, to join neighbours
    bool is_open, is_over;
};

static void sink(void *context, const struct chat_event *event)
{
    struct record *r = context;
    assert(!r->is_over);
    bool is_delta = event->kind == CHAT_EVENT_TEXT || event->kind == CHAT_EVENT_THINKING ||
                    event->kind == CHAT_EVENT_CALL_ARGS;
    if (!is_delta || r->in_call != (int)event->kind)
        buf_printf(&r->log, "\n%d|", event->kind);
    r->in_call = (int)event->kind;
    buf_append(&r->log, event->text.data, event->text.size);
    buf_append(&r->log, event->name.data, event->name.size);
    if (event->kind == CHAT_EVENT_CALL_START) {
        assert(!r->is_open && event->id.size);
        r->is_open = true;
        buf_reset(&r->args);
    }
    if (event->kind == CHAT_EVENT_CALL_ARGS) {
        assert(r->is_open);
        buf_append(&r->args, event->text.data, event->text.size);
    }
    if (event->kind == CHAT_EVENT_CALL_END || event->kind == CHAT_EVENT_CALL_CUT) {
        assert(r->is_open);
        r->is_open = false;
        if (event->kind == CHAT_EVENT_CALL_END)
            assert(json_is_valid((struct str){r->args.data, r->args.size}));
    }
    r->is_over = event->kind == CHAT_EVENT_STOP;
}

static void parse(struct record *r, const struct output_parser_options *base, struct str text,
                  size_t piece)
{
    struct output_parser_options options = *base;
    options.sink = sink;
    options.context = r;
    r->in_call = -1;
    struct output_parser *parser = output_parser_open(&options);
    for (size_t at = 0; at < text.size; at += piece)
        output_parser_push(parser, str_slice(text, at, at + piece), false);
    output_parser_finish(parser, CHAT_STOP_END_TURN);
    output_parser_close(parser);
    assert(r->is_over && !r->is_open);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 4096)
        return 0;
    size_t n_dialects = 0;
    while (dialect_at(n_dialects))
        n_dialects++;
    static const char schema_text[] = "{\"properties\":{\"s\":{\"type\":\"string\"},"
                                      "\"n\":{\"type\":\"number\"},\"o\":{\"type\":\"object\"}}}";
    struct json_object *schema = json_tokener_parse(schema_text);
    struct tool_def tool = {.name = STR("f"), .schema = schema};
    struct str stop = STR("END");
    struct output_parser_options options = {.dialect = dialect_at(data[0] % n_dialects),
                                            .tools = &tool,
                                            .n_tools = 1,
                                            .stop_sequences = &stop,
                                            .n_stop_sequences = 1,
                                            .starts_in_thinking = data[1] & 1};
    struct str text = {(const char *)data + 2, size - 2};
    struct record whole = {0}, cut = {0};
    parse(&whole, &options, text, text.size ? text.size : 1);
    parse(&cut, &options, text, 1 + (data[1] >> 4));
    assert(str_equal((struct str){whole.log.data, whole.log.size},
                     (struct str){cut.log.data, cut.log.size}));
    buf_release(&whole.log);
    buf_release(&whole.args);
    buf_release(&cut.log);
    buf_release(&cut.args);
    json_object_put(schema);
    return 0;
}
