// Methods of dicts, lists and the small objects.
#include "base/memory.h"
#include "chat/jinja_builtin.h"

#include <math.h>

// ---- dict ----

JINJA_FUNCTION(dict_get)
{
    (void)call;
    const struct jv *value = jdict_find(run, self.dict, args[0]);
    return value ? *value : jv_given(args[1]) ? args[1] : jv_none();
}

static struct jv view(struct jinja_run *run, const struct jdict *dict, enum jv_type type)
{
    struct jv list = jv_list(run, type, dict->n_pairs);
    jinja_step(run, dict->n_pairs);
    for (size_t i = 0; i < dict->n_pairs; i++) {
        const struct jpair *pair = &dict->pairs[i];
        jlist_append(run, list.list,
                     type == JV_ITEMS  ? jv_pair(run, pair->key, pair->value)
                     : type == JV_KEYS ? pair->key
                                       : pair->value);
    }
    return list;
}

JINJA_FUNCTION(dict_items)
{
    (void)args, (void)call;
    return view(run, self.dict, JV_ITEMS);
}

JINJA_FUNCTION(dict_keys)
{
    (void)args, (void)call;
    return view(run, self.dict, JV_KEYS);
}

JINJA_FUNCTION(dict_values)
{
    (void)args, (void)call;
    return view(run, self.dict, JV_VALUES);
}

JINJA_FUNCTION(dict_copy)
{
    (void)args, (void)call;
    struct jv copy = jv_dict(run);
    for (size_t i = 0; i < self.dict->n_pairs; i++)
        jdict_set(run, copy.dict, self.dict->pairs[i].key, self.dict->pairs[i].value);
    return copy;
}

// ---- list and tuple ----

JINJA_FUNCTION(list_append)
{
    (void)call;
    jlist_append(run, self.list, args[0]);
    return jv_none();
}

JINJA_FUNCTION(list_extend)
{
    (void)call;
    struct jv more = jv_to_list(run, args[0], JV_LIST);
    for (size_t i = 0; i < more.list->n_items; i++)
        jlist_append(run, self.list, more.list->items[i]);
    return jv_none();
}

JINJA_FUNCTION(list_insert)
{
    (void)call;
    int64_t at = jinja_need_int(run, args[0]), n = (int64_t)self.list->n_items;
    at = at < -n ? 0 : at < 0 ? at + n : at > n ? n : at;
    jlist_append(run, self.list, args[1]);
    jinja_step(run, (uint64_t)n / 4);
    for (int64_t i = n; i > at; i--)
        self.list->items[i] = self.list->items[i - 1];
    self.list->items[at] = args[1];
    return jv_none();
}

JINJA_FUNCTION(list_pop)
{
    (void)call;
    int64_t at = jv_given(args[0]) ? jinja_need_int(run, args[0]) : -1;
    int64_t n = (int64_t)self.list->n_items;
    at = at < 0 ? at + n : at;
    if (at < 0 || at >= n)
        jinja_fail(run, ERR_FORMAT, "pop index out of range");
    struct jv item = self.list->items[at];
    for (int64_t i = at; i + 1 < n; i++)
        self.list->items[i] = self.list->items[i + 1];
    self.list->n_items--;
    return item;
}

JINJA_FUNCTION(list_copy)
{
    (void)args, (void)call;
    return jv_to_list(run, self, JV_LIST);
}

JINJA_FUNCTION(list_count)
{
    (void)call;
    int64_t n = 0;
    struct jwalk walk = jwalk_start(run, self);
    struct jv item;
    while (jwalk_next(run, &walk, &item))
        n += jv_equal(run, item, args[0]);
    return jv_int(n);
}

JINJA_FUNCTION(list_index)
{
    (void)call;
    int64_t n = jv_length(run, self), from = 0, to = n;
    if (jv_given(args[1]))
        from = jinja_need_int(run, args[1]);
    if (jv_given(args[2]))
        to = jinja_need_int(run, args[2]);
    from = from < 0 ? (from + n < 0 ? 0 : from + n) : from;
    to = to < 0 ? to + n : to > n ? n : to;
    struct jwalk walk = jwalk_start(run, self);
    struct jv item;
    for (int64_t i = 0; jwalk_next(run, &walk, &item); i++)
        if (i >= from && i < to && jv_equal(run, item, args[0]))
            return jv_int(i);
    jinja_fail(run, ERR_FORMAT, "the value is not in the %s", jv_type_name(self));
}

// ---- cycler, float ----

JINJA_FUNCTION(cycler_next)
{
    (void)run, (void)args, (void)call;
    struct jv item = self.list->items[self.list->i_next];
    self.list->i_next = (self.list->i_next + 1) % self.list->n_items;
    return item;
}

JINJA_FUNCTION(cycler_reset)
{
    (void)run, (void)args, (void)call;
    self.list->i_next = 0;
    return jv_none();
}

JINJA_FUNCTION(float_is_integer)
{
    (void)run, (void)args, (void)call;
    return jv_bool(isfinite(self.number) && self.number == floor(self.number));
}

static const struct {
    enum jv_type type;
    struct jinja_builtin method;
} methods[] = {
    {JV_DICT, JINJA_ROW("get", dict_get, 1, "", "")},
    {JV_DICT, JINJA_ROW("items", dict_items, 0, NULL)},
    {JV_DICT, JINJA_ROW("keys", dict_keys, 0, NULL)},
    {JV_DICT, JINJA_ROW("values", dict_values, 0, NULL)},
    {JV_DICT, JINJA_ROW("copy", dict_copy, 0, NULL)},
    {JV_LIST, JINJA_ROW("append", list_append, 1, "")},
    {JV_LIST, JINJA_ROW("extend", list_extend, 1, "")},
    {JV_LIST, JINJA_ROW("insert", list_insert, 2, "", "")},
    {JV_LIST, JINJA_ROW("pop", list_pop, 0, "")},
    {JV_LIST, JINJA_ROW("copy", list_copy, 0, NULL)},
    {JV_LIST, JINJA_ROW("count", list_count, 1, "")},
    {JV_LIST, JINJA_ROW("index", list_index, 1, "", "", "")},
    {JV_TUPLE, JINJA_ROW("count", list_count, 1, "")},
    {JV_TUPLE, JINJA_ROW("index", list_index, 1, "", "", "")},
    {JV_RANGE, JINJA_ROW("count", list_count, 1, "")},
    {JV_RANGE, JINJA_ROW("index", list_index, 1, "")},
    {JV_CYCLER, JINJA_ROW("next", cycler_next, 0, NULL)},
    {JV_CYCLER, JINJA_ROW("reset", cycler_reset, 0, NULL)},
    {JV_FLOAT, JINJA_ROW("is_integer", float_is_integer, 0, NULL)},
};

const struct jinja_builtin *jinja_method(enum jv_type type, struct str name)
{
    if (type == JV_STRING)
        return jinja_str_method(name);
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (methods[i].type == type && str_is(name, methods[i].method.name))
            return &methods[i].method;
    return NULL;
}
