// Functions that every template knows.
#include "base/memory.h"
#include "chat/jinja_builtin.h"

#include <string.h>

enum { RANGE_ITEMS_MAX = 100000 }; // as in Jinja2's sandbox

JINJA_FUNCTION(global_range)
{
    (void)self, (void)call;
    bool one = args[1].type == JV_MISSING;
    int64_t start = one ? 0 : jinja_need_int(run, args[0]);
    int64_t stop = jinja_need_int(run, one ? args[0] : args[1]);
    int64_t step = args[2].type == JV_MISSING ? 1 : jinja_need_int(run, args[2]);
    if (step == 0)
        jinja_fail(run, ERR_FORMAT, "range() arg 3 must not be zero");
    uint64_t distance =
        step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    uint64_t by = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    uint64_t n = (step > 0 ? stop > start : stop < start) ? (distance - 1) / by + 1 : 0;
    if (n > RANGE_ITEMS_MAX)
        jinja_fail(run, ERR_LIMIT, "range() of more than %d numbers", RANGE_ITEMS_MAX);
    struct jrange *range = jinja_new(run, struct jrange, 1);
    *range = (struct jrange){start, stop, step, (size_t)n};
    return (struct jv){.type = JV_RANGE, .range = range};
}

JINJA_FUNCTION(global_dict)
{
    (void)self, (void)args;
    struct jv dict = jv_dict(run), item;
    if (call->n_items > 1)
        jinja_fail(run, ERR_FORMAT, "dict expected at most 1 argument, got %zu", call->n_items);
    if (call->n_items && call->items[0].type == JV_DICT) {
        const struct jdict *from = call->items[0].dict;
        for (size_t i = 0; i < from->n_pairs; i++)
            jdict_set(run, dict.dict, from->pairs[i].key, from->pairs[i].value);
    } else if (call->n_items) {
        struct jwalk walk = jwalk_start(run, call->items[0]);
        while (jwalk_next(run, &walk, &item)) {
            struct jv pair = jv_to_list(run, item, JV_LIST);
            if (pair.list->n_items != 2)
                jinja_fail(run, ERR_FORMAT, "dict() needs pairs");
            jdict_set(run, dict.dict, pair.list->items[0], pair.list->items[1]);
        }
    }
    for (size_t i = 0; i < call->n_keywords; i++)
        jdict_set(run, dict.dict, jv_string(call->keywords[i].name), call->keywords[i].value);
    return dict;
}

JINJA_FUNCTION(global_namespace)
{
    struct jv space = global_dict(run, self, args, call);
    space.type = JV_NAMESPACE;
    return space;
}

JINJA_FUNCTION(global_cycler)
{
    (void)self, (void)args;
    struct jv cycler = jv_list(run, JV_CYCLER, call->n_items);
    if (!call->n_items || call->n_keywords)
        jinja_fail(run, ERR_FORMAT, "at least one item has to be provided");
    for (size_t i = 0; i < call->n_items; i++)
        jlist_append(run, cycler.list, call->items[i]);
    return cycler;
}

JINJA_FUNCTION(global_joiner)
{
    (void)self, (void)call;
    struct jv joiner = jv_list(run, JV_JOINER, 1);
    jlist_append(run, joiner.list, args[0].type == JV_MISSING ? jv_literal(run, ", ") : args[0]);
    return joiner;
}

JINJA_FUNCTION(global_raise_exception)
{
    (void)self, (void)call;
    const struct jstr *message = jv_to_string(run, args[0]);
    jinja_fail(run, ERR_ARGUMENT, "%.*s", (int)(message->size > 500 ? 500 : message->size),
               message->data);
}

JINJA_FUNCTION(global_strftime_now)
{
    (void)self, (void)call;
    const struct jstr *format = jinja_need_string(run, args[0], "the format");
    char text[1024];
    char *copy = jinja_alloc(run, format->size + 2, 1);
    memcpy(copy, format->data, format->size);
    copy[format->size] = ' '; // so that nothing to write and no room differ
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    size_t size = strftime(text, sizeof text, copy, &run->now);
#pragma GCC diagnostic pop
    if (size == 0)
        jinja_fail(run, ERR_LIMIT, "a date is longer than %zu bytes", sizeof text);
    return jv_string(jstr_copy(run, (struct str){text, size - 1}, jstr_kind_changed(format, 0)));
}

static const struct jinja_builtin globals[] = {
    JINJA_ROW("range", global_range, 1, "", "", ""),
    JINJA_ANY("dict", global_dict),
    JINJA_ANY("namespace", global_namespace),
    JINJA_ANY("cycler", global_cycler),
    JINJA_ROW("joiner", global_joiner, 0, "sep"),
    JINJA_ROW("raise_exception", global_raise_exception, 1, "message"),
    JINJA_ROW("strftime_now", global_strftime_now, 1, "format"),
};

const struct jinja_builtin *jinja_global_find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(globals); i++)
        if (str_is(name, globals[i].name))
            return &globals[i];
    return NULL;
}
