#include "base/memory.h"
#include "chat/jinja_builtin.h"
#include "chat/jinja_eval.h"

// Methods that would change what the caller gave; Jinja2's sandbox hides them, too.
static bool is_unsafe(enum jv_type type, struct str name)
{
    static const struct {
        enum jv_type type;
        const char *name;
    } rows[] = {
        {JV_DICT, "clear"},      {JV_DICT, "pop"},     {JV_DICT, "popitem"},
        {JV_DICT, "setdefault"}, {JV_DICT, "update"},  {JV_LIST, "sort"},
        {JV_LIST, "remove"},     {JV_LIST, "reverse"}, {JV_LIST, "clear"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].type == type && str_is(name, rows[i].name))
            return true;
    return false;
}

static struct jv undefined_of(struct jv v, enum undefined_reason reason, const struct jstr *name)
{
    return (struct jv){
        .type = JV_UNDEFINED, .reason = (unsigned char)reason, .of = v.type, .string = name};
}

// Attributes that are no methods: JV_MISSING when there is none.
static struct jv plain_attribute(struct jinja_run *run, struct jv v, struct str name)
{
    if (v.type == JV_NAMESPACE) {
        const struct jv *value = jdict_find_text(run, v.dict, name);
        return value ? *value : (struct jv){0};
    }
    if (v.type == JV_TUPLE && v.list->is_group && str_is(name, "grouper"))
        return v.list->items[0];
    if (v.type == JV_TUPLE && v.list->is_group && str_is(name, "list"))
        return v.list->items[1];
    if (v.type == JV_MACRO && str_is(name, "name"))
        return v.macro->function->name ? jv_string(v.macro->function->name) : jv_none();
    if (v.type == JV_CYCLER && str_is(name, "current"))
        return v.list->items[v.list->i_next];
    if (v.type == JV_RANGE && str_is(name, "start"))
        return jv_int(v.range->start);
    if (v.type == JV_RANGE && str_is(name, "stop"))
        return jv_int(v.range->stop);
    if (v.type == JV_RANGE && str_is(name, "step"))
        return jv_int(v.range->step);
    return (struct jv){0};
}

// What Python's getattr finds; JV_MISSING when there is nothing.
static struct jv attribute(struct jinja_run *run, struct jv v, const struct jstr *name)
{
    struct str text = jstr_bytes(name);
    struct jv found = plain_attribute(run, v, text);
    if (found.type != JV_MISSING || v.type == JV_NAMESPACE)
        return found;
    if (v.type == JV_LOOP)
        return jinja_loop_attribute(run, v, name);
    const struct jinja_builtin *method = jinja_method(v.type, text);
    if (method)
        return jv_function(run, method, v);
    if (is_unsafe(v.type, text))
        return undefined_of(v, UNDEFINED_UNSAFE, name);
    return found;
}

struct jv jv_getattr(struct jinja_run *run, struct jv v, const struct jstr *name)
{
    if (v.type == JV_UNDEFINED)
        jv_fail_undefined(run, v);
    struct jv found = attribute(run, v, name);
    if (found.type != JV_MISSING)
        return found;
    if (v.type == JV_DICT) {
        const struct jv *value = jdict_find(run, v.dict, jv_string(name));
        if (value)
            return *value;
    }
    return undefined_of(v, UNDEFINED_ATTRIBUTE, name);
}

static bool is_hashable(struct jv v)
{
    if (v.type == JV_TUPLE) {
        for (size_t i = 0; i < v.list->n_items; i++)
            if (!is_hashable(v.list->items[i]))
                return false;
        return true;
    }
    return v.type != JV_LIST && v.type != JV_DICT && v.type != JV_ITEMS && v.type != JV_KEYS;
}

// v[i] of a sequence; JV_MISSING past its ends.
static struct jv element(struct jinja_run *run, struct jv v, int64_t i)
{
    bool is_list = v.type == JV_LIST || v.type == JV_TUPLE;
    if (!is_list && v.type != JV_STRING && v.type != JV_RANGE)
        return (struct jv){0};
    int64_t n = jv_length(run, v);
    i = i < 0 ? i + n : i;
    if (i < 0 || i >= n)
        return (struct jv){0};
    if (is_list)
        return v.list->items[i];
    if (v.type == JV_RANGE)
        return jv_int(v.range->start + i * v.range->step);
    struct jv c = jv_string(jstr_slice_chars(run, v.string, (size_t)i, (size_t)i + 1));
    c.html = v.html;
    return c;
}

struct jv jv_getitem(struct jinja_run *run, struct jv v, struct jv key)
{
    if (v.type == JV_UNDEFINED)
        jv_fail_undefined(run, v);
    if (v.type == JV_DICT && is_hashable(key)) {
        const struct jv *value = jdict_find(run, v.dict, key);
        if (value)
            return *value;
    }
    if (jv_is_integer(key)) {
        struct jv item = element(run, v, jv_integer(key));
        if (item.type != JV_MISSING)
            return item;
    }
    if (key.type != JV_STRING)
        return undefined_of(v, UNDEFINED_ELEMENT, NULL);
    struct jv found = attribute(run, v, key.string);
    return found.type != JV_MISSING ? found : undefined_of(v, UNDEFINED_ATTRIBUTE, key.string);
}

// ---- slices ----

static bool is_given(struct jv v)
{
    return v.type != JV_MISSING && v.type != JV_NONE;
}

static int64_t slice_index(struct jinja_run *run, struct jv v, int64_t missing, int64_t n,
                           int64_t low, int64_t high)
{
    if (!is_given(v))
        return missing;
    if (!jv_is_integer(v))
        jinja_fail(run, ERR_FORMAT, "slice indices must be integers or None");
    int64_t i = jv_integer(v);
    if (i < 0)
        i = i < -n ? low : i + n;
    return i < low ? low : i > high ? high : i;
}

static struct jv slice_string(struct jinja_run *run, struct jv v, int64_t start, int64_t step,
                              int64_t n)
{
    struct jv result;
    if (step == 1) {
        result = jv_string(
            jstr_slice_chars(run, v.string, (size_t)start, (size_t)(start + (n > 0 ? n : 0))));
    } else {
        struct jstr_room *room = jroom_new(run, 64);
        for (int64_t i = 0; i < n; i++, start += step)
            jroom_append_string(run, room,
                                jstr_slice_chars(run, v.string, (size_t)start, (size_t)start + 1));
        result = jv_string(jroom_string(run, room));
    }
    result.html = v.html;
    return result;
}

struct jv jv_slice(struct jinja_run *run, struct jv v, struct jv start, struct jv stop,
                   struct jv step)
{
    if (v.type == JV_UNDEFINED)
        jv_fail_undefined(run, v);
    if (v.type != JV_STRING && v.type != JV_LIST && v.type != JV_TUPLE && v.type != JV_RANGE)
        jinja_fail(run, ERR_FORMAT, "'%s' object cannot be sliced", jv_type_name(v));
    int64_t n = jv_length(run, v), by = 1;
    if (is_given(step) && !jv_is_integer(step))
        jinja_fail(run, ERR_FORMAT, "slice indices must be integers or None");
    if (is_given(step))
        by = jv_integer(step);
    if (by == 0)
        jinja_fail(run, ERR_FORMAT, "slice step cannot be zero");
    by = by < -n - 1 ? -n - 1 : by > n + 1 ? n + 1 : by; // further is past the ends, too
    bool down = by < 0;
    int64_t low = down ? -1 : 0, high = down ? n - 1 : n;
    int64_t from = slice_index(run, start, down ? high : low, n, low, high);
    int64_t to = slice_index(run, stop, down ? low : high, n, low, high);
    int64_t count = down ? (from - to - by - 1) / -by : (to - from + by - 1) / by;
    count = count < 0 ? 0 : count;
    if (v.type == JV_STRING)
        return slice_string(run, v, from, by, count);
    jinja_step(run, (uint64_t)count / 4);
    if (v.type == JV_RANGE) {
        struct jrange *range = jinja_new(run, struct jrange, 1);
        *range = (struct jrange){.start = v.range->start + from * v.range->step,
                                 .stop = v.range->start + to * v.range->step,
                                 .step = v.range->step * by,
                                 .n_items = (size_t)count};
        return (struct jv){.type = JV_RANGE, .range = range};
    }
    struct jv list = jv_list(run, v.type, (size_t)count);
    for (int64_t i = 0; i < count; i++, from += by)
        jlist_append(run, list.list, v.list->items[from]);
    return list;
}
