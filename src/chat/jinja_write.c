// Values as text: Python's str() and repr(), and json.dumps.
#include "chat/jinja_eval.h"
#include "base/memory.h"
#include "chat/json_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put(struct jinja_run *run, struct jstr_room *room, struct str text)
{
    jroom_append(run, room, SPAN_TEXT, 0, text);
}

// Bytes [from, to) of a string inside data: text, except for whole token runs.
static void put_part(struct jinja_run *run, struct jstr_room *room, const struct jstr *s,
                     size_t from, size_t to)
{
    if (!jstr_has_runs(s)) {
        put(run, room, (struct str){s->data + from, to - from});
        return;
    }
    struct jstr_room *part = jroom_new(run, to - from);
    jroom_append_part(run, part, s, from, to);
    const struct jstr *kept = jroom_string(run, part);
    struct jstr_piece whole = {kept->size, kept->i_run, kept->kind};
    const struct jstr_piece *pieces = kept->pieces ? kept->pieces : &whole;
    size_t start = 0;
    for (size_t i = 0; i < (kept->pieces ? kept->n_pieces : 1); i++) {
        bool is_run = pieces[i].kind == SPAN_TOKENS;
        jroom_append(run, room, is_run ? SPAN_TOKENS : SPAN_TEXT, is_run ? pieces[i].i_run : 0,
                     (struct str){kept->data + start, pieces[i].end - start});
        start = pieces[i].end;
    }
}

// Python's choice: single quotes unless only they occur inside.
static char repr_quote(const struct jstr *s)
{
    bool single = s->size && memchr(s->data, '\'', s->size);
    bool twice = s->size && memchr(s->data, '"', s->size);
    return single && !twice ? '"' : '\'';
}

static size_t repr_escape(char out[12], uint32_t c, char quote)
{
    if (c == '\\' || c == (unsigned char)quote)
        return (size_t)snprintf(out, 12, "\\%c", (char)c);
    if (c == '\n' || c == '\r' || c == '\t')
        return (size_t)snprintf(out, 12, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
    if (c >= CHAR_STRAY)
        return (size_t)snprintf(out, 12, "\\udc%02x", (unsigned)(c - CHAR_STRAY));
    const char *format = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
    return (size_t)snprintf(out, 12, format, (unsigned)c);
}

static void put_repr_string(struct jinja_run *run, struct jstr_room *room, const struct jstr *s)
{
    char quote = repr_quote(s), escape[12];
    size_t plain = 0, i = 0;
    put(run, room, (struct str){&quote, 1});
    while (i < s->size) {
        uint32_t c;
        size_t size = char_read(s->data + i, s->size - i, &c);
        bool hidden = c < 0x7f ? c < 0x20 : char_is(c, CHAR_HIDDEN);
        if (hidden || c == '\\' || c == (unsigned char)quote) {
            put_part(run, room, s, plain, i);
            put(run, room, (struct str){escape, repr_escape(escape, c, quote)});
            plain = i + size;
        }
        i += size;
    }
    put_part(run, room, s, plain, s->size);
    put(run, room, (struct str){&quote, 1});
}

// Numbers, booleans and None, into `out`; 0 for everything else.
static size_t format_scalar(char out[JSON_TEXT_FLOAT_MAX], struct jv v)
{
    switch (v.type) {
    case JV_NONE:
        return (size_t)snprintf(out, JSON_TEXT_FLOAT_MAX, "None");
    case JV_BOOL:
        return (size_t)snprintf(out, JSON_TEXT_FLOAT_MAX, v.boolean ? "True" : "False");
    case JV_INT:
        return (size_t)snprintf(out, JSON_TEXT_FLOAT_MAX, "%" PRId64, v.integer);
    case JV_FLOAT:
        return json_text_float_repr(out, v.number);
    default:
        return 0;
    }
}

// Things that have no value of their own; Python prints an address for most of them.
static void put_repr_object(struct jinja_run *run, struct jstr_room *room, struct jv v)
{
    char text[64];
    if (v.type == JV_MACRO) {
        const struct jstr *name = v.macro->function->name;
        put(run, room, name ? STR("<Macro '") : STR("<Macro anonymous>"));
        if (name) {
            put(run, room, jstr_bytes(name));
            put(run, room, STR("'>"));
        }
        return;
    }
    snprintf(text, sizeof text, "<%s object>", jv_type_name(v));
    if (v.type == JV_LOOP)
        snprintf(text, sizeof text, "<LoopContext %" PRId64 "/%" PRId64 ">", v.loop->index0 + 1,
                 jinja_loop_length(run, v.loop));
    put(run, room, str_of(text));
}

static void put_repr(struct jinja_run *run, struct jstr_room *room, struct jv v);

static void put_repr_items(struct jinja_run *run, struct jstr_room *room, const struct jlist *list,
                           const char *open, const char *close)
{
    put(run, room, str_of(open));
    for (size_t i = 0; i < list->n_items; i++) {
        if (i)
            put(run, room, STR(", "));
        put_repr(run, room, list->items[i]);
    }
    put(run, room, str_of(close));
}

static void put_repr_dict(struct jinja_run *run, struct jstr_room *room, const struct jdict *dict)
{
    put(run, room, STR("{"));
    for (size_t i = 0; i < dict->n_pairs; i++) {
        if (i)
            put(run, room, STR(", "));
        put_repr(run, room, dict->pairs[i].key);
        put(run, room, STR(": "));
        put_repr(run, room, dict->pairs[i].value);
    }
    put(run, room, STR("}"));
}

static void put_repr_range(struct jinja_run *run, struct jstr_room *room,
                           const struct jrange *range)
{
    char text[80];
    int size = range->step == 1
                   ? snprintf(text, sizeof text, "range(%" PRId64 ", %" PRId64 ")", range->start,
                              range->stop)
                   : snprintf(text, sizeof text, "range(%" PRId64 ", %" PRId64 ", %" PRId64 ")",
                              range->start, range->stop, range->step);
    put(run, room, (struct str){text, (size_t)size});
}

static void put_repr(struct jinja_run *run, struct jstr_room *room, struct jv v)
{
    char scalar[JSON_TEXT_FLOAT_MAX];
    jinja_step(run, 1);
    jinja_enter(run);
    switch (v.type) {
    case JV_STRING:
        if (v.html)
            put(run, room, STR("Markup("));
        put_repr_string(run, room, v.string);
        if (v.html)
            put(run, room, STR(")"));
        break;
    case JV_BIG:
        put(run, room, jstr_bytes(v.string));
        break;
    case JV_LIST:
        put_repr_items(run, room, v.list, "[", "]");
        break;
    case JV_TUPLE:
        put_repr_items(run, room, v.list, "(", v.list->n_items == 1 ? ",)" : ")");
        break;
    case JV_ITEMS:
        put_repr_items(run, room, v.list, "dict_items([", "])");
        break;
    case JV_KEYS:
        put_repr_items(run, room, v.list, "dict_keys([", "])");
        break;
    case JV_VALUES:
        put_repr_items(run, room, v.list, "dict_values([", "])");
        break;
    case JV_DICT:
        put_repr_dict(run, room, v.dict);
        break;
    case JV_NAMESPACE:
        put(run, room, STR("<Namespace "));
        put_repr_dict(run, room, v.dict);
        put(run, room, STR(">"));
        break;
    case JV_RANGE:
        put_repr_range(run, room, v.range);
        break;
    case JV_UNDEFINED:
        put(run, room, STR("Undefined"));
        break;
    default: {
        size_t size = format_scalar(scalar, v);
        if (size)
            put(run, room, (struct str){scalar, size});
        else
            put_repr_object(run, room, v);
    }
    }
    jinja_leave(run);
}

const struct jstr *jv_repr(struct jinja_run *run, struct jv v)
{
    struct jstr_room *room = jroom_new(run, 64);
    put_repr(run, room, v);
    return jroom_string(run, room);
}

const struct jstr *jv_to_string(struct jinja_run *run, struct jv v)
{
    char scalar[JSON_TEXT_FLOAT_MAX];
    if (v.type == JV_STRING || v.type == JV_BIG)
        return v.string;
    if (v.type == JV_UNDEFINED)
        return jstr_wrap(run, STR(""), SPAN_MARKUP);
    size_t size = format_scalar(scalar, v);
    if (size)
        return jstr_copy(run, (struct str){scalar, size}, SPAN_MARKUP);
    return jv_repr(run, v);
}

void jv_write(struct jinja_run *run, struct jstr_room *room, struct jv v)
{
    char scalar[JSON_TEXT_FLOAT_MAX];
    size_t size = format_scalar(scalar, v);
    if (size)
        jroom_append(run, room, SPAN_MARKUP, 0, (struct str){scalar, size});
    else
        jroom_append_string(run, room, jv_to_string(run, v));
}

// ---- JSON ----

struct json_writer {
    struct jinja_run *run;
    struct jstr_room *room;
    const struct json_style *style;
};

static void json_string(struct json_writer *w, const struct jstr *s)
{
    char escape[JSON_TEXT_ESCAPE_MAX];
    size_t i = 0;
    put(w->run, w->room, STR("\""));
    while (i < s->size) {
        struct str rest = {s->data + i, s->size - i};
        size_t n = json_text_plain(rest, w->style->ascii);
        put_part(w->run, w->room, s, i, i + n);
        i += n;
        if (i == s->size)
            break;
        rest = str_slice(rest, n, rest.size);
        put(w->run, w->room, (struct str){escape, json_text_escape(escape, rest, &n)});
        i += n;
    }
    put(w->run, w->room, STR("\""));
}

static void json_newline(struct json_writer *w, unsigned level)
{
    if (!w->style->indent)
        return;
    put(w->run, w->room, STR("\n"));
    for (unsigned i = 0; i < level; i++)
        put(w->run, w->room, jstr_bytes(w->style->indent));
}

static void json_value(struct json_writer *w, struct jv v, unsigned level);

static void json_key(struct json_writer *w, struct jv key)
{
    if (key.type == JV_STRING) {
        json_string(w, key.string);
        return;
    }
    if (!jv_is_number(key) && key.type != JV_NONE && key.type != JV_BIG)
        jinja_fail(w->run, ERR_FORMAT, "keys must be str, int, float, bool or None, not %s",
                   jv_type_name(key));
    put(w->run, w->room, STR("\""));
    json_value(w, key, 0);
    put(w->run, w->room, STR("\""));
}

// The dict's pairs by key, in the order of Python's sorted(); insertion keeps it short.
static struct jpair *sorted_pairs(struct json_writer *w, const struct jdict *dict)
{
    struct jpair *pairs = jinja_new(w->run, struct jpair, dict->n_pairs);
    for (size_t i = 0; i < dict->n_pairs; i++) {
        size_t at = i;
        for (; at > 0 && jv_less(w->run, dict->pairs[i].key, pairs[at - 1].key, "<"); at--)
            pairs[at] = pairs[at - 1];
        pairs[at] = dict->pairs[i];
    }
    return pairs;
}

static void json_dict(struct json_writer *w, const struct jdict *dict, unsigned level)
{
    const struct jpair *pairs = w->style->sorted ? sorted_pairs(w, dict) : dict->pairs;
    put(w->run, w->room, STR("{"));
    for (size_t i = 0; i < dict->n_pairs; i++) {
        if (i)
            put(w->run, w->room, w->style->between);
        json_newline(w, level + 1);
        json_key(w, pairs[i].key);
        put(w->run, w->room, w->style->after_key);
        json_value(w, pairs[i].value, level + 1);
    }
    if (dict->n_pairs)
        json_newline(w, level);
    put(w->run, w->room, STR("}"));
}

static void json_list(struct json_writer *w, const struct jlist *list, unsigned level)
{
    put(w->run, w->room, STR("["));
    for (size_t i = 0; i < list->n_items; i++) {
        if (i)
            put(w->run, w->room, w->style->between);
        json_newline(w, level + 1);
        json_value(w, list->items[i], level + 1);
    }
    if (list->n_items)
        json_newline(w, level);
    put(w->run, w->room, STR("]"));
}

static void json_value(struct json_writer *w, struct jv v, unsigned level)
{
    char scalar[JSON_TEXT_FLOAT_MAX];
    jinja_step(w->run, 1);
    jinja_enter(w->run);
    switch (v.type) {
    case JV_STRING:
        json_string(w, v.string);
        break;
    case JV_LIST:
    case JV_TUPLE:
        json_list(w, v.list, level);
        break;
    case JV_DICT:
        json_dict(w, v.dict, level);
        break;
    case JV_NONE:
        put(w->run, w->room, STR("null"));
        break;
    case JV_BOOL:
        put(w->run, w->room, v.boolean ? STR("true") : STR("false"));
        break;
    case JV_BIG:
        put(w->run, w->room, jstr_bytes(v.string));
        break;
    case JV_FLOAT:
        put(w->run, w->room, (struct str){scalar, json_text_float(scalar, v.number)});
        break;
    case JV_INT:
        put(w->run, w->room, (struct str){scalar, format_scalar(scalar, v)});
        break;
    default:
        jinja_fail(w->run, ERR_FORMAT, "Object of type %s is not JSON serializable",
                   jv_type_name(v));
    }
    jinja_leave(w->run);
}

const struct jstr *jv_to_json(struct jinja_run *run, struct jv v, const struct json_style *style)
{
    struct json_writer writer = {run, jroom_new(run, 256), style};
    json_value(&writer, v, 0);
    return jroom_string(run, writer.room);
}
