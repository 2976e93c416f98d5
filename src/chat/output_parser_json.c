// Calls written as JSON: {"name": NAME, "arguments": {...}}, or the arguments alone.
//
// Until the name is known nothing is passed on or consumed, since it may not be a call at all.
// Afterwards the arguments go out as they come.
#include "chat/output_parser_state.h"

#include <json-c/json.h>
#include <stdlib.h>

static struct str range_of(const struct output_parser *p, struct str_range range)
{
    return str_slice(parser_pending(p), range.from, range.to);
}

static bool is_arguments_key(struct str key)
{
    return str_is(key, "arguments") || str_is(key, "parameters");
}

static bool is_envelope_key(struct str key)
{
    return is_arguments_key(key) || str_is(key, "name") || str_is(key, "type") ||
           str_is(key, "function") || str_is(key, "id");
}

static void enter_arguments(struct output_parser *p, size_t end)
{
    struct str name = range_of(p, p->name);
    parser_start_call(p, name, end);
    p->base_depth = 1;
    p->state = IN_ARGUMENTS;
}

// Arguments that were written as a string of JSON, or as null.
static void emit_odd_arguments(struct output_parser *p, struct str text)
{
    if (str_is(text, "null")) {
        parser_emit_args(p, STR("{}"));
        return;
    }
    struct buf copy = {0}; // json-c wants the NUL
    buf_append(&copy, text.data, text.size);
    struct json_object *value = json_is_valid(text) ? json_tokener_parse(copy.data) : NULL;
    if (json_object_is_type(value, json_type_string))
        text =
            (struct str){json_object_get_string(value), (size_t)json_object_get_string_len(value)};
    parser_emit_args(p, text);
    json_object_put(value);
    buf_release(&copy);
}

// The value at hand, under `key`, ended before `end` (a number already earlier; none is looked at).
static void note_value(struct output_parser *p, size_t end)
{
    struct str key = range_of(p, p->key);
    struct str_range value = {p->value_at, end};
    if (str_is(key, "name") && end - value.from > 2 && p->pending.data[value.from] == '"')
        p->name = (struct str_range){value.from + 1, end - 1};
    if (is_arguments_key(key))
        p->arguments = value;
}

static bool refuses_name(const struct output_parser *p)
{
    return p->needs_tool && p->name.to && !parser_find_tool(p, range_of(p, p->name));
}

// The arguments came before the name: what was kept goes out at once.
static void replay_arguments(struct output_parser *p, size_t end)
{
    struct buf json = {0};
    struct str arguments = range_of(p, p->arguments);
    buf_append(&json, arguments.data, arguments.size);
    enter_arguments(p, end);
    if (json.size == 0)
        parser_emit_args(p, STR("{}"));
    else if (json.data[0] == '{')
        parser_emit_args(p, (struct str){json.data, json.size});
    else
        emit_odd_arguments(p, (struct str){json.data, json.size});
    buf_release(&json);
    p->state = IN_REST;
}

// One byte of the envelope at depth 1 changed the scanner from `before`.  True: the matter is decided.
static bool follow_envelope(struct output_parser *p, const struct json_scan *before, size_t at)
{
    const struct json_scan *now = &p->scan;
    if (before->depth == 1 && now->depth == 1 && !json_scan_in_string(before) &&
        json_scan_in_string(now) && now->is_key)
        p->key_at = at + 1;
    if (before->depth == 1 && json_scan_in_string(before) && before->is_key &&
        !json_scan_in_string(now)) {
        p->key = (struct str_range){p->key_at, at};
        if (p->is_loose && !is_envelope_key(range_of(p, p->key))) {
            parser_refuse_opener(p);
            return true;
        }
    }
    if (before->depth == 1 && json_scan_wants_value(before) && !json_scan_wants_value(now)) {
        p->value_at = at;
        if (p->name.to && is_arguments_key(range_of(p, p->key))) {
            p->scan = *before; // the value's first byte is read again, as an argument
            enter_arguments(p, at);
            return true;
        }
    }
    bool was_after = before->depth == 1 && json_scan_after_value(before);
    if (now->depth == 1 && json_scan_after_value(now) && !was_after)
        note_value(p, at + 1);
    return false;
}

static bool end_envelope(struct output_parser *p)
{
    bool is_call = p->name.to &&
                   (p->arguments.to || !p->is_loose || parser_find_tool(p, range_of(p, p->name)));
    if (is_call)
        replay_arguments(p, p->scan_at);
    else
        parser_refuse_opener(p);
    if (p->state == IN_REST)
        parser_end_call(p);
    return true;
}

bool step_envelope(struct output_parser *p, bool is_last)
{
    while (p->scan_at < p->pending.size) {
        size_t at = p->scan_at++;
        unsigned char c = (unsigned char)p->pending.data[at];
        if (json_scan_in_string(&p->scan) && c < 0x20)
            continue; // a raw newline in a string, which models do write
        struct json_scan before = p->scan;
        enum json_scan_result result = json_scan_push(&p->scan, c);
        if (result == JSON_SCAN_BAD) {
            parser_refuse_opener(p);
            return true;
        }
        if (follow_envelope(p, &before, at))
            return true;
        if (refuses_name(p)) {
            parser_refuse_opener(p);
            return true;
        }
        if (result == JSON_SCAN_DONE)
            return end_envelope(p);
        if (p->name.to && p->arguments.to) {
            replay_arguments(p, p->scan_at);
            return true;
        }
    }
    if (is_last)
        parser_refuse_opener(p);
    return is_last;
}

enum argument_end {
    GOES_ON,
    ENDED,  // with this byte
    BROKEN, // before this byte, which no JSON continues with
};

static enum argument_end push_argument(struct output_parser *p, struct buf *out, unsigned char c)
{
    if (json_scan_in_string(&p->scan) && c < 0x20) { // a raw newline: written as it should be
        json_escape(out, (struct str){(const char *)&c, 1});
        return GOES_ON;
    }
    enum json_scan_result result = json_scan_push(&p->scan, c);
    if (result == JSON_SCAN_BAD)
        return BROKEN;
    buf_append_byte(out, c);
    bool is_value_end = json_scan_after_value(&p->scan) && p->scan.depth == p->base_depth;
    return result == JSON_SCAN_DONE || is_value_end ? ENDED : GOES_ON;
}

// White space in front, and what kind of value comes.  False: nothing there yet.
static bool begin_arguments(struct output_parser *p)
{
    parser_consume(p, parser_skip_space(p, 0));
    if (p->pending.size == 0)
        return false;
    char c = p->pending.data[0];
    p->is_odd = c == '"' || c == 'n';
    p->has_begun = true;
    buf_reset(&p->value);
    if (c != '{' && !p->is_odd)
        p->state = IN_BROKEN;
    return true;
}

bool step_arguments(struct output_parser *p, bool is_last)
{
    (void)is_last;
    if (!p->has_begun)
        return begin_arguments(p);
    struct buf out = {0};
    enum argument_end end = GOES_ON;
    size_t at = 0;
    while (end == GOES_ON && at < p->pending.size)
        end = push_argument(p, &out, (unsigned char)p->pending.data[at++]);
    if (p->is_odd)
        buf_append(&p->value, out.data, out.size);
    else
        parser_emit_args(p, (struct str){out.data, out.size});
    buf_release(&out);
    parser_consume(p, at - (end == BROKEN));
    if (end == ENDED && p->is_odd)
        emit_odd_arguments(p, (struct str){p->value.data, p->value.size});
    if (end == BROKEN)
        p->state = IN_BROKEN;
    else if (end == ENDED && p->base_depth)
        p->state = IN_REST;
    else if (end == ENDED)
        parser_end_call(p);
    return end != GOES_ON;
}

bool step_rest(struct output_parser *p, bool is_last)
{
    (void)is_last; // cut here, all of the arguments were seen
    size_t at = 0;
    enum json_scan_result result = JSON_SCAN_MORE;
    while (result == JSON_SCAN_MORE && at < p->pending.size)
        result = json_scan_push(&p->scan, (unsigned char)p->pending.data[at++]);
    parser_consume(p, at - (result == JSON_SCAN_BAD));
    if (result == JSON_SCAN_MORE && !is_last)
        return false;
    parser_end_call(p);
    return true;
}

bool step_broken(struct output_parser *p, bool is_last)
{
    struct str closer = str_of(p->markup->closer);
    size_t at = closer.size ? str_find(parser_pending(p), closer, 0) : STR_NONE;
    size_t end = at != STR_NONE ? at : p->pending.size;
    if (at == STR_NONE && closer.size && !is_last) { // hold back what may become the closer
        end = p->pending.size - (p->pending.size < closer.size ? p->pending.size : closer.size - 1);
        while (end < p->pending.size && parser_match(p, end, closer) != MATCH_PART)
            end++;
    }
    parser_emit_args(p, str_slice(parser_pending(p), 0, end));
    parser_consume(p, end);
    if (at == STR_NONE)
        return false;
    parser_end_call(p);
    return true;
}
