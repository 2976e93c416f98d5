// Is what follows an opener a call, and what follows a call?
#include "chat/output_parser_state.h"
#include "base/memory.h"

#define NAME_SIZE_MAX 256

// A name up to `terminator`, on one line.  MATCH_PART: not all of it is there.
static enum match read_name(const struct output_parser *p, size_t *at, struct str terminator,
                            struct str *name)
{
    struct str text = parser_pending(p);
    size_t end = *at;
    while (end < text.size && end - *at <= NAME_SIZE_MAX) {
        enum match match = parser_match(p, end, terminator);
        if (match == MATCH_PART)
            return MATCH_PART;
        if (match == MATCH_YES) {
            *name = str_slice(text, *at, end);
            *at = end + terminator.size;
            return name->size ? MATCH_YES : MATCH_NO;
        }
        if (text.data[end] == '\n' || text.data[end] == '<')
            return MATCH_NO;
        end++;
    }
    return end < text.size ? MATCH_NO : MATCH_PART;
}

// The same where white space may stand between the name and the terminator.
static enum match read_spaced_name(const struct output_parser *p, size_t *at, struct str terminator,
                                   struct str *name)
{
    struct str text = parser_pending(p);
    size_t end = *at;
    while (end < text.size && !str_is_space(text.data[end]) &&
           parser_match(p, end, terminator) != MATCH_YES)
        end++;
    if (end == *at || end - *at > NAME_SIZE_MAX)
        return end == text.size && end - *at <= NAME_SIZE_MAX ? MATCH_PART : MATCH_NO;
    size_t behind = parser_skip_space(p, end);
    enum match match = behind == text.size ? MATCH_PART : parser_match(p, behind, terminator);
    *name = str_slice(text, *at, end);
    *at = behind + terminator.size;
    return match;
}

static enum match match_literal(const struct output_parser *p, size_t *at, struct str literal)
{
    enum match match = parser_match(p, *at, literal);
    if (match == MATCH_YES)
        *at += literal.size;
    return match;
}

static enum match match_either(const struct output_parser *p, size_t at, struct str a, struct str b)
{
    enum match first = parser_match(p, at, a), second = parser_match(p, at, b);
    return first > second ? first : second;
}

static enum match read_xml_head(struct output_parser *p)
{
    size_t at = parser_skip_space(p, p->opener_at + p->opener_size);
    struct str name;
    enum match match = match_literal(p, &at, str_of(parser_without_space(p->markup->name_prefix)));
    if (match == MATCH_YES)
        match = read_name(p, &at, STR(">"), &name);
    // Without the opener it takes more to believe in a call.
    if (match == MATCH_YES && p->opener_size == 0)
        match = match_either(p, parser_skip_space(p, at), str_of(p->markup->parameter_prefix),
                             STR("</function>"));
    if (match != MATCH_YES)
        return match;
    if (p->needs_tool && !parser_find_tool(p, name))
        return MATCH_NO;
    parser_start_call(p, name, at);
    p->state = IN_PARAMETERS;
    return MATCH_YES;
}

static enum match enter_envelope(struct output_parser *p, size_t at)
{
    p->scan = (struct json_scan){0};
    p->scan_at = at;
    p->key = p->name = p->arguments = (struct str_range){0, 0};
    p->state = IN_ENVELOPE;
    return MATCH_YES;
}

static enum match read_json_head(struct output_parser *p)
{
    size_t at = parser_skip_space(p, p->opener_at + p->opener_size);
    if (at == p->pending.size)
        return MATCH_PART;
    if (p->pending.data[at] == '[' && p->opener_size) // a list of envelopes
        at = parser_skip_space(p, at + 1);
    if (at == p->pending.size)
        return MATCH_PART;
    if (p->pending.data[at] == '{')
        return enter_envelope(p, at);
    if (p->markup->name_key)
        return MATCH_NO;
    struct str name;
    enum match match = match_literal(p, &at, str_of(p->markup->name_prefix));
    if (match == MATCH_YES)
        match = read_name(p, &at, str_of(p->markup->name_suffix), &name);
    if (match != MATCH_YES)
        return match;
    if (p->needs_tool && !parser_find_tool(p, name))
        return MATCH_NO;
    parser_start_call(p, name, at);
    p->scan = (struct json_scan){0};
    p->base_depth = 0;
    p->state = IN_ARGUMENTS;
    return MATCH_YES;
}

static enum match read_braces_head(struct output_parser *p)
{
    size_t at = parser_skip_space(p, p->opener_at + p->opener_size);
    struct str name;
    enum match match = match_literal(p, &at, str_of(p->markup->name_prefix));
    if (match == MATCH_YES)
        match = read_spaced_name(p, &at, STR("{"), &name);
    if (match != MATCH_YES)
        return match;
    if (p->needs_tool && !parser_find_tool(p, name))
        return MATCH_NO;
    parser_start_call(p, name, at - 1);
    p->scan = (struct json_scan){0};
    p->in_quotes = p->in_key = false;
    p->state = IN_BRACES;
    return MATCH_YES;
}

bool step_head(struct output_parser *p, bool is_last)
{
    enum match match = MATCH_NO;
    switch (p->markup->form) {
    case TOOL_FORM_XML:
        match = read_xml_head(p);
        break;
    case TOOL_FORM_JSON:
        match = read_json_head(p);
        break;
    case TOOL_FORM_BRACES:
        match = read_braces_head(p);
        break;
    case TOOL_FORM_NONE:
        break;
    }
    if (match == MATCH_NO || (match == MATCH_PART && is_last)) {
        parser_refuse_opener(p);
        return true;
    }
    return match == MATCH_YES;
}

// Drops closers, separators and white space; whatever else comes is text again, or the next call.
bool step_tail(struct output_parser *p, bool is_last)
{
    const struct tool_markup *m = p->markup;
    const char *const literals[] = {parser_without_space(m->arguments_suffix), m->closer,
                                    m->list_close};
    parser_consume(p, parser_skip_space(p, 0));
    if (p->pending.size == 0)
        return false;
    bool may_begin = false;
    for (size_t i = 0; i < COUNT_OF(literals); i++) {
        enum match match = *literals[i] ? parser_match(p, 0, str_of(literals[i])) : MATCH_NO;
        if (match == MATCH_YES) {
            parser_consume(p, strlen(literals[i]));
            return true;
        }
        may_begin |= match == MATCH_PART;
    }
    if (may_begin && !is_last)
        return false;
    char c = p->pending.data[0];
    bool is_list = m->form == TOOL_FORM_JSON && (!*m->opener || !m->name_key);
    if (is_list && (c == ',' || c == ';' || c == ']')) {
        parser_consume(p, 1);
        return true;
    }
    p->state = p->back = IN_TEXT;
    p->skips_space = true;
    if (is_list && c == '{') {
        p->opener_at = p->opener_size = 0;
        p->is_loose = true;
        p->needs_tool = false;
        p->state = IN_HEAD;
    }
    return true;
}
