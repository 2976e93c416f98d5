// Calls written as <function=NAME><parameter=KEY>VALUE</parameter></function>.
//
// A value is raw text and may hold anything, its own closer included (think of a file about tool
// calls).  So </parameter> ends a value only where the next thing is another parameter or the end of
// the call.
#include "chat/output_parser_state.h"
#include "base/memory.h"

#define KEY_SIZE_MAX    256
#define PARAMETER_OPEN  STR("<parameter=")
#define PARAMETER_CLOSE STR("</parameter>")
#define FUNCTION_CLOSE  STR("</function>")
#define CALL_CLOSE      STR("</tool_call>")

static bool is_new_key(struct output_parser *p, struct str key)
{
    struct buf line = {0};
    buf_append_byte(&line, '\n');
    buf_append(&line, key.data, key.size);
    buf_append_byte(&line, '\n');
    bool is_new = str_find((struct str){p->keys.data, p->keys.size},
                           (struct str){line.data, line.size}, 0) == STR_NONE;
    buf_append(&p->keys, line.data, line.size);
    buf_release(&line);
    return is_new;
}

static void begin_value(struct output_parser *p, struct str key, size_t end)
{
    p->drops_value = !is_new_key(p, key); // JSON has one value for a key: the first stays
    p->types = schema_parameter_types(p->tool, key);
    p->skips_newline = true;
    buf_reset(&p->value);
    if (!p->drops_value) {
        struct buf json = {0};
        buf_append_text(&json, p->n_params++ ? ",\"" : "{\"");
        json_escape(&json, key);
        buf_append_text(&json, p->types == VALUE_STRING ? "\":\"" : "\":");
        parser_emit_args(p, (struct str){json.data, json.size});
        buf_release(&json);
    }
    parser_consume(p, end);
    p->state = IN_VALUE;
}

static enum match read_parameter(struct output_parser *p)
{
    enum match match = parser_match(p, 0, PARAMETER_OPEN);
    if (match != MATCH_YES)
        return match;
    struct str text = parser_pending(p);
    for (size_t i = PARAMETER_OPEN.size; i < text.size; i++) {
        if (text.data[i] == '>') {
            begin_value(p, str_slice(text, PARAMETER_OPEN.size, i), i + 1);
            return MATCH_YES;
        }
        if (text.data[i] == '\n' || i > PARAMETER_OPEN.size + KEY_SIZE_MAX)
            return MATCH_NO;
    }
    return MATCH_PART;
}

static void end_function(struct output_parser *p, size_t size)
{
    parser_emit_args(p, p->n_params ? STR("}") : STR("{}"));
    parser_consume(p, size);
    parser_end_call(p);
}

bool step_parameters(struct output_parser *p, bool is_last)
{
    parser_consume(p, parser_skip_space(p, 0));
    if (p->pending.size == 0)
        return false;
    enum match parameter = read_parameter(p);
    if (parameter == MATCH_YES)
        return true;
    static const char *const closers[] = {"</function>", "</tool_call>"};
    bool may_begin = parameter == MATCH_PART;
    for (size_t i = 0; i < COUNT_OF(closers); i++) {
        struct str closer = str_of(closers[i]);
        enum match match = parser_match(p, 0, closer);
        if (match == MATCH_YES) {
            end_function(p, closer.size);
            return true;
        }
        may_begin |= match == MATCH_PART;
    }
    if (may_begin && !is_last)
        return false;
    parser_consume(p, 1); // words between parameters mean nothing
    return true;
}

// Does `at`, behind a possible end of the value, show that it was the end?
static enum match match_end_of_value(const struct output_parser *p, size_t at, bool is_function)
{
    at = parser_skip_space(p, at);
    enum match match = parser_match(p, at, CALL_CLOSE);
    if (is_function)
        return match;
    enum match function = parser_match(p, at, FUNCTION_CLOSE);
    enum match parameter = parser_match(p, at, PARAMETER_OPEN);
    match = function > match ? function : match;
    return parameter > match ? parameter : match;
}

// Where the value ends (*size: bytes of the closer) or might end (MATCH_PART); else all of pending.
static enum match find_end_of_value(const struct output_parser *p, bool is_last, size_t *at,
                                    size_t *size)
{
    for (*at = 0; *at < p->pending.size; ++*at) {
        if (p->pending.data[*at] != '<')
            continue;
        enum match closer = parser_match(p, *at, PARAMETER_CLOSE);
        enum match function = parser_match(p, *at, FUNCTION_CLOSE);
        bool is_function = function > closer;
        enum match match = is_function ? function : closer;
        if (match == MATCH_NO)
            continue;
        if (match == MATCH_YES) {
            size_t end = *at + (is_function ? FUNCTION_CLOSE.size : PARAMETER_CLOSE.size);
            match = match_end_of_value(p, end, is_function);
            *size = is_function ? 0 : end - *at; // </function> itself is read as such
            if (match == MATCH_PART && is_last && !is_function &&
                parser_skip_space(p, end) == p->pending.size)
                match = MATCH_YES;
        }
        if (match == MATCH_YES || (match == MATCH_PART && !is_last))
            return match;
    }
    return MATCH_NO;
}

static void push_value(struct output_parser *p, size_t size)
{
    struct str text = str_slice(parser_pending(p), 0, size);
    if (p->types == VALUE_STRING && !p->drops_value && size) {
        struct buf json = {0};
        json_escape(&json, text);
        parser_emit_args(p, (struct str){json.data, json.size});
        buf_release(&json);
    } else if (!p->drops_value) {
        buf_append(&p->value, text.data, text.size);
    }
    parser_consume(p, size);
}

static void end_value(struct output_parser *p)
{
    p->state = IN_PARAMETERS;
    if (p->drops_value)
        return;
    if (p->types == VALUE_STRING) {
        parser_emit_args(p, STR("\""));
        return;
    }
    struct buf json = {0};
    schema_write_value(&json, (struct str){p->value.data, p->value.size}, p->types);
    parser_emit_args(p, (struct str){json.data, json.size});
    buf_release(&json);
}

bool step_value(struct output_parser *p, bool is_last)
{
    if (p->skips_newline) {
        if (p->pending.size == 0)
            return false;
        p->skips_newline = false;
        if (p->pending.data[0] == '\n')
            parser_consume(p, 1);
    }
    size_t at, size = 0;
    enum match match = find_end_of_value(p, is_last, &at, &size);
    // One newline before the closer belongs to it, so the last one of what we have waits.
    bool has_newline = at && p->pending.data[at - 1] == '\n';
    bool cuts = has_newline && (match != MATCH_NO || !is_last);
    push_value(p, at - cuts);
    if (match != MATCH_YES)
        return false;
    parser_consume(p, cuts + size);
    end_value(p);
    return true;
}
