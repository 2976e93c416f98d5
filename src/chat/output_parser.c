#include "chat/output_parser_state.h"
#include "base/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

struct str parser_pending(const struct output_parser *p)
{
    return (struct str){p->pending.data, p->pending.size};
}

const char *parser_without_space(const char *markup)
{
    while (str_is_space(*markup))
        markup++;
    return markup;
}

size_t parser_skip_space(const struct output_parser *p, size_t at)
{
    while (at < p->pending.size && str_is_space(p->pending.data[at]))
        at++;
    return at;
}

enum match parser_match(const struct output_parser *p, size_t at, struct str literal)
{
    size_t n = p->pending.size - at;
    size_t n_compared = n < literal.size ? n : literal.size;
    if (n_compared && memcmp(p->pending.data + at, literal.data, n_compared) != 0)
        return MATCH_NO;
    return n_compared == literal.size ? MATCH_YES : MATCH_PART;
}

void parser_consume(struct output_parser *p, size_t size)
{
    buf_consume(&p->pending, size);
    buf_consume(&p->marks, size);
    p->no_opener_to -= size < p->no_opener_to ? size : p->no_opener_to;
}

const struct tool_def *parser_find_tool(const struct output_parser *p, struct str name)
{
    for (size_t i = 0; i < p->options.n_tools; i++)
        if (str_equal(p->options.tools[i].name, name))
            return &p->options.tools[i];
    return NULL;
}

// ---- events ----

static void send(struct output_parser *p, const struct chat_event *event)
{
    p->has_answered = true;
    p->options.sink(p->options.context, event);
}

// A name nobody can guess or repeat: 24 characters of 62.
static void make_id(struct output_parser *p, char *out, size_t size, const char *prefix)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    int n = snprintf(out, size, "%.32s", prefix);
    for (size_t i = 0; i < 24; i++)
        out[(size_t)n + i] = letters[rng_below(&p->rng, 62)];
    out[n + 24] = 0;
}

static void emit_prose(struct output_parser *p, size_t size)
{
    struct str text = str_slice(parser_pending(p), 0, size);
    if (size == 0)
        return;
    p->has_text |= p->state == IN_TEXT;
    send(p, &(struct chat_event){
                .kind = p->state == IN_TEXT ? CHAT_EVENT_TEXT : CHAT_EVENT_THINKING, .text = text});
    parser_consume(p, size);
}

static void end_thinking(struct output_parser *p)
{
    char signature[64];
    make_id(p, signature, sizeof signature, "");
    send(p, &(struct chat_event){.kind = CHAT_EVENT_THINKING_END, .id = str_of(signature)});
}

void parser_start_call(struct output_parser *p, struct str name, size_t end)
{
    if (p->back == IN_THINKING)
        end_thinking(p);
    make_id(p, p->call_id, sizeof p->call_id,
            p->options.id_prefix ? p->options.id_prefix : "call_");
    p->tool = parser_find_tool(p, name);
    p->in_call = true;
    buf_reset(&p->args);
    buf_reset(&p->keys);
    p->n_params = 0;
    p->has_begun = false;
    send(p, &(struct chat_event){.kind = CHAT_EVENT_CALL_START,
                                 .id = str_of(p->call_id),
                                 .name = name,
                                 .i_call = p->n_calls});
    p->back = IN_TEXT;
    parser_consume(p, end);
}

void parser_emit_args(struct output_parser *p, struct str json)
{
    if (json.size == 0)
        return;
    buf_append(&p->args, json.data, json.size);
    send(p, &(struct chat_event){.kind = CHAT_EVENT_CALL_ARGS,
                                 .id = str_of(p->call_id),
                                 .text = json,
                                 .i_call = p->n_calls});
}

static void close_call(struct output_parser *p, bool is_whole)
{
    send(p, &(struct chat_event){.kind = is_whole ? CHAT_EVENT_CALL_END : CHAT_EVENT_CALL_CUT,
                                 .id = str_of(p->call_id),
                                 .i_call = p->n_calls});
    p->in_call = false;
    p->n_calls++;
    p->n_whole += is_whole;
}

void parser_end_call(struct output_parser *p)
{
    struct str args = {p->args.data, p->args.size};
    close_call(p, args.size && args.data[0] == '{' && json_is_valid(args));
    p->state = p->options.is_single_call ? IN_NOTHING : IN_TAIL;
}

void parser_refuse_opener(struct output_parser *p)
{
    p->state = p->back;
    p->no_opener_to = p->opener_at + 1;
}

// ---- prose: text and thinking ----

static bool trigger_counts(const struct output_parser *p, const struct trigger *trigger, size_t at)
{
    switch (trigger->kind) {
    case TRIGGER_STOP:
        return p->state == IN_TEXT;
    case TRIGGER_THINK_OPEN: // written with ordinary tokens it counts only at the very beginning
        return p->state == IN_TEXT &&
               (trigger->needs_token || (!p->has_answered && parser_skip_space(p, 0) == at));
    case TRIGGER_THINK_CLOSE: // a stray one is dropped if it is a token, else it is text
        return p->state == IN_THINKING || trigger->needs_token;
    case TRIGGER_LIST:
        return p->options.n_tools > 0;
    default:
        return p->options.n_tools > 0 && at >= p->no_opener_to;
    }
}

static enum match match_trigger(const struct output_parser *p, const struct trigger *trigger,
                                size_t at)
{
    if (trigger->text.size == 0 || (trigger->needs_token && p->marks.data[at] != 1) ||
        p->pending.data[at] != trigger->text.data[0] || !trigger_counts(p, trigger, at))
        return MATCH_NO;
    return parser_match(p, at, trigger->text);
}

// The first place where a trigger stands (*hit) or may begin (*hit NULL); the end when there is none.
static size_t find_trigger(const struct output_parser *p, bool is_last, const struct trigger **hit)
{
    *hit = NULL;
    for (size_t at = 0; at < p->pending.size; at++) {
        bool may_begin = false;
        for (size_t i = 0; i < p->n_triggers; i++) {
            enum match match = match_trigger(p, &p->triggers[i], at);
            may_begin |= match == MATCH_PART;
            if (match == MATCH_YES) {
                *hit = &p->triggers[i];
                return at;
            }
        }
        if (may_begin && !is_last)
            return at;
    }
    return p->pending.size;
}

static size_t trim_end(const struct output_parser *p, size_t end)
{
    while (end && str_is_space(p->pending.data[end - 1]))
        end--;
    return end;
}

// The trigger stands at `at`, behind white space that belongs to the markup.
static void pull_trigger(struct output_parser *p, const struct trigger *trigger, size_t at)
{
    switch (trigger->kind) {
    case TRIGGER_THINK_OPEN:
        p->state = IN_THINKING;
        break;
    case TRIGGER_THINK_CLOSE:
        if (p->state == IN_THINKING)
            end_thinking(p);
        p->state = IN_TEXT;
        break;
    case TRIGGER_OPENER:
    case TRIGGER_LOOSE_CALL:
        p->opener_at = at;
        p->opener_size = trigger->kind == TRIGGER_OPENER ? trigger->text.size : 0;
        p->is_loose = trigger->kind == TRIGGER_LOOSE_CALL || p->state == IN_THINKING;
        p->needs_tool = p->is_loose;
        p->back = p->state;
        p->state = IN_HEAD;
        return; // nothing is consumed: it may turn out to be prose
    default:
        break;
    }
    p->skips_space = true;
    parser_consume(p, at + trigger->text.size);
}

static void stop_at(struct output_parser *p, size_t at, struct str sequence)
{
    emit_prose(p, at);
    p->stop = sequence;
    p->state = IN_NOTHING;
}

// An answer that begins with { may be a call (Llama 3).
static bool begin_bare_call(struct output_parser *p)
{
    size_t at = parser_skip_space(p, 0);
    if (!(p->options.dialect->traits & DIALECT_BARE_JSON_CALLS) || p->state != IN_TEXT ||
        p->has_answered || !p->options.n_tools || at < p->no_opener_to || at == p->pending.size ||
        p->pending.data[at] != '{')
        return false;
    p->opener_at = at;
    p->opener_size = 0;
    p->is_loose = true;
    p->needs_tool = false;
    p->back = IN_TEXT;
    p->state = IN_HEAD;
    return true;
}

static void drop_space(struct output_parser *p)
{
    size_t n = parser_skip_space(p, 0);
    p->skips_space = n == p->pending.size;
    parser_consume(p, n);
}

static bool step_prose(struct output_parser *p, bool is_last)
{
    if (p->skips_space)
        drop_space(p);
    if (begin_bare_call(p))
        return true;
    const struct trigger *hit;
    size_t at = find_trigger(p, is_last, &hit);
    if (hit && hit->kind == TRIGGER_STOP) {
        stop_at(p, at, hit->text);
        return false;
    }
    // White space before markup belongs to the markup, so it waits until something follows.
    size_t end = trim_end(p, at);
    if (is_last && !hit && p->state == IN_TEXT && (end || p->has_text || !p->has_answered))
        end = at;
    emit_prose(p, end);
    if (hit)
        pull_trigger(p, hit, at - end);
    return hit != NULL;
}

// ---- the machine ----

static bool step(struct output_parser *p, bool is_last)
{
    switch (p->state) {
    case IN_TEXT:
    case IN_THINKING:
        return step_prose(p, is_last);
    case IN_HEAD:
        return step_head(p, is_last);
    case IN_ENVELOPE:
        return step_envelope(p, is_last);
    case IN_ARGUMENTS:
        return step_arguments(p, is_last);
    case IN_REST:
        return step_rest(p, is_last);
    case IN_PARAMETERS:
        return step_parameters(p, is_last);
    case IN_VALUE:
        return step_value(p, is_last);
    case IN_BRACES:
        return step_braces(p, is_last);
    case IN_BROKEN:
        return step_broken(p, is_last);
    case IN_TAIL:
        return step_tail(p, is_last);
    case IN_NOTHING:
        break;
    }
    return false;
}

static void add_trigger(struct output_parser *p, enum trigger_kind kind, const char *text,
                        bool needs_token)
{
    if (text && *text)
        p->triggers[p->n_triggers++] = (struct trigger){str_of(text), kind, needs_token};
}

static void fill_triggers(struct output_parser *p)
{
    const struct output_parser_options *o = &p->options;
    const struct chat_dialect *d = o->dialect;
    p->triggers = mem_new(struct trigger, 8 + o->n_stop_sequences);
    add_trigger(p, TRIGGER_THINK_OPEN, d->think_open, o->token_marks & MARK_THINK_OPEN);
    add_trigger(p, TRIGGER_THINK_CLOSE, d->think_close, o->token_marks & MARK_THINK_CLOSE);
    for (size_t i = 0; i < o->n_stop_sequences; i++)
        if (o->stop_sequences[i].size)
            p->triggers[p->n_triggers++] =
                (struct trigger){o->stop_sequences[i], TRIGGER_STOP, false};
    if (d->tools.form == TOOL_FORM_NONE)
        return;
    add_trigger(p, TRIGGER_OPENER, d->tools.opener, o->token_marks & MARK_CALL_OPENER);
    add_trigger(p, TRIGGER_LIST, d->tools.list_open, o->token_marks & MARK_LIST);
    add_trigger(p, TRIGGER_LIST, d->tools.list_close, o->token_marks & MARK_LIST);
    if (d->tools.form == TOOL_FORM_XML)
        add_trigger(p, TRIGGER_LOOSE_CALL, parser_without_space(d->tools.name_prefix), false);
    if (d->traits & DIALECT_BARE_JSON_CALLS) {
        add_trigger(p, TRIGGER_OPENER, "<|python_tag|>", false);
        add_trigger(p, TRIGGER_LOOSE_CALL, "\n{", false); // behind words, on a line of its own
    }
}

struct output_parser *output_parser_open(const struct output_parser_options *options)
{
    struct output_parser *p = mem_new(struct output_parser, 1);
    p->options = *options;
    p->markup = &options->dialect->tools;
    p->state = options->starts_in_thinking ? IN_THINKING : IN_TEXT;
    p->skips_space = options->starts_in_thinking;
    rng_seed(&p->rng, options->id_seed);
    fill_triggers(p);
    return p;
}

void output_parser_close(struct output_parser *p)
{
    if (!p)
        return;
    free(p->triggers);
    buf_release(&p->pending);
    buf_release(&p->marks);
    buf_release(&p->args);
    buf_release(&p->keys);
    buf_release(&p->value);
    free(p);
}

bool output_parser_push(struct output_parser *p, struct str bytes, bool is_markup)
{
    if (p->state == IN_NOTHING)
        return false;
    buf_append(&p->pending, bytes.data, bytes.size);
    for (size_t i = 0; i < bytes.size; i++)
        buf_append_byte(&p->marks, !is_markup ? 0 : i ? 2 : 1);
    while (step(p, false))
        continue;
    return p->state != IN_NOTHING;
}

bool output_parser_in_thinking(const struct output_parser *p)
{
    return p->state == IN_THINKING;
}

bool output_parser_in_call(const struct output_parser *p)
{
    return p->in_call;
}

enum chat_stop output_parser_finish(struct output_parser *p, enum chat_stop why)
{
    bool is_stopped = p->state == IN_NOTHING;
    while (step(p, true))
        continue;
    if (p->state == IN_THINKING)
        end_thinking(p);
    if (p->in_call)
        close_call(p, false);
    if (p->stop.size)
        why = CHAT_STOP_SEQUENCE;
    else if (p->n_whole && (why == CHAT_STOP_END_TURN || is_stopped))
        why = CHAT_STOP_TOOL_CALLS;
    p->state = IN_NOTHING;
    send(p, &(struct chat_event){.kind = CHAT_EVENT_STOP, .stop = why, .text = p->stop});
    return why;
}
