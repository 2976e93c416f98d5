// Calls written as call:NAME{key:value,...} with strings between quote marks of the family's own.
//
// Rewritten to JSON byte by byte; the JSON recogniser watches what goes out and knows where a key
// may stand.
#include "chat/output_parser_state.h"

// True when the recogniser takes the bytes; they are then part of `out`.
static bool put(struct output_parser *p, struct buf *out, struct str json, bool *is_end)
{
    for (size_t i = 0; i < json.size; i++) {
        enum json_scan_result result = json_scan_push(&p->scan, (unsigned char)json.data[i]);
        if (result == JSON_SCAN_BAD)
            return false;
        *is_end = result == JSON_SCAN_DONE;
    }
    return buf_append(out, json.data, json.size);
}

static bool put_escaped(struct output_parser *p, struct buf *out, char c, bool *is_end)
{
    struct buf json = {0};
    json_escape(&json, (struct str){&c, 1});
    bool is_good = put(p, out, (struct str){json.data, json.size}, is_end);
    buf_release(&json);
    return is_good;
}

static bool put_byte(struct output_parser *p, struct buf *out, char c, bool *is_end)
{
    if (p->in_quotes)
        return put_escaped(p, out, c, is_end);
    if (p->in_key && c == ':') {
        p->in_key = false;
        return put(p, out, STR("\":"), is_end);
    }
    if (p->in_key)
        return put_escaped(p, out, c, is_end);
    if (json_scan_wants_key(&p->scan) && c != '}' && !str_is_space(c)) {
        p->in_key = true;
        return put(p, out, STR("\""), is_end) && put_escaped(p, out, c, is_end);
    }
    return put(p, out, (struct str){&c, 1}, is_end);
}

bool step_braces(struct output_parser *p, bool is_last)
{
    struct str quote = str_of(p->markup->string_quote);
    bool needs_token = p->options.token_marks & MARK_QUOTE;
    struct buf out = {0};
    bool is_end = false, is_good = true;
    size_t at = 0;
    while (is_good && !is_end && at < p->pending.size) {
        enum match match =
            needs_token && p->marks.data[at] != 1 ? MATCH_NO : parser_match(p, at, quote);
        if (match == MATCH_PART && !is_last)
            break;
        if (match == MATCH_YES && !p->in_key) {
            p->in_quotes = !p->in_quotes;
            is_good = put(p, &out, STR("\""), &is_end);
            at += is_good ? quote.size : 0;
            continue;
        }
        is_good = put_byte(p, &out, p->pending.data[at], &is_end);
        at += is_good;
    }
    parser_emit_args(p, (struct str){out.data, out.size});
    buf_release(&out);
    parser_consume(p, at);
    if (!is_good)
        p->state = IN_BROKEN;
    if (is_end)
        parser_end_call(p);
    return !is_good || is_end;
}
