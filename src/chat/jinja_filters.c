// Filters on sequences and mappings.
#include "base/memory.h"
#include "chat/jinja_ast.h"
#include "chat/jinja_builtin.h"

// ---- keys: attributes of items, and case ----

// The item's attribute by a path such as "function.name" or "0.id"; `missing` stands for what is
// undefined on the way, unless it is none itself.
static struct jv get_path(struct jinja_run *run, struct jv item, struct jv path, struct jv missing)
{
    if (!jv_given(path) || path.type == JV_NONE)
        return item;
    struct jv parts = jv_list(run, JV_LIST, 1);
    if (path.type == JV_STRING)
        parts = jinja_split(run, path, jv_literal(run, "."), -1, false);
    else
        jlist_append(run, parts.list, path);
    for (size_t i = 0; i < parts.list->n_items; i++) {
        struct jv part = parts.list->items[i];
        int64_t number = 0;
        bool digits = part.type == JV_STRING && part.string->size > 0, too_big;
        for (size_t k = 0; digits && k < part.string->size; k++)
            digits = part.string->data[k] >= '0' && part.string->data[k] <= '9';
        if (digits && jinja_parse_int(jstr_bytes(part.string), 10, &number, &too_big) && !too_big)
            part = jv_int(number);
        item = jv_getitem(run, item, part);
        if (item.type == JV_UNDEFINED && jv_given(missing) && missing.type != JV_NONE)
            item = missing;
    }
    return item;
}

static struct jv fold_case(struct jinja_run *run, struct jv v, bool case_sensitive)
{
    return v.type == JV_STRING && !case_sensitive ? jinja_change_case(run, v, CASE_LOWER) : v;
}

struct keyed {
    struct jv key, item;
};

// A stable merge sort by `<` of the keys, or `>` where reversed.
static void sort_keyed(struct jinja_run *run, struct keyed *items, struct keyed *scratch, size_t n,
                       bool reverse)
{
    if (n < 2)
        return;
    size_t half = n / 2, a = 0, b = half;
    sort_keyed(run, items, scratch, half, reverse);
    sort_keyed(run, items + half, scratch, n - half, reverse);
    for (size_t i = 0; i < n; i++) {
        bool take_b = a == half;
        if (a < half && b < n)
            take_b = reverse ? jv_less(run, items[a].key, items[b].key, "<")
                             : jv_less(run, items[b].key, items[a].key, "<");
        scratch[i] = take_b ? items[b++] : items[a++];
    }
    for (size_t i = 0; i < n; i++)
        items[i] = scratch[i];
}

static struct keyed *key_items(struct jinja_run *run, const struct jlist *list, struct jv path,
                               struct jv missing, bool case_sensitive)
{
    struct keyed *items = jinja_new(run, struct keyed, list->n_items);
    for (size_t i = 0; i < list->n_items; i++) {
        struct jv key = get_path(run, list->items[i], path, missing);
        items[i] = (struct keyed){fold_case(run, key, case_sensitive), list->items[i]};
    }
    return items;
}

// ---- sorting and grouping ----

static struct jv split_paths(struct jinja_run *run, struct jv attribute)
{
    if (attribute.type == JV_STRING)
        return jinja_split(run, attribute, jv_literal(run, ","), -1, false);
    struct jv list = jv_list(run, JV_LIST, 1);
    jlist_append(run, list.list, jv_given(attribute) ? attribute : jv_none());
    return list;
}

JINJA_FUNCTION(filter_sort)
{
    (void)call;
    struct jv list = jv_to_list(run, self, JV_LIST), paths = split_paths(run, args[2]);
    size_t n = list.list->n_items;
    struct keyed *items = jinja_new(run, struct keyed, n),
                 *scratch = jinja_new(run, struct keyed, n);
    for (size_t i = 0; i < n; i++) {
        struct jv keys = jv_list(run, JV_LIST, paths.list->n_items);
        for (size_t k = 0; k < paths.list->n_items; k++) {
            struct jv key =
                get_path(run, list.list->items[i], paths.list->items[k], (struct jv){0});
            jlist_append(run, keys.list, fold_case(run, key, jv_is_true(run, args[1])));
        }
        items[i] = (struct keyed){keys, list.list->items[i]};
    }
    sort_keyed(run, items, scratch, n, jv_is_true(run, args[0]));
    for (size_t i = 0; i < n; i++)
        list.list->items[i] = items[i].item;
    return list;
}

JINJA_FUNCTION(filter_dictsort)
{
    (void)call;
    bool by_value = jv_given(args[1]) && args[1].type == JV_STRING &&
                    str_is(jstr_bytes(args[1].string), "value");
    bool by_key = !jv_given(args[1]) ||
                  (args[1].type == JV_STRING && str_is(jstr_bytes(args[1].string), "key"));
    if (!by_key && !by_value)
        jinja_fail(run, ERR_FORMAT, "You can only sort by either \"key\" or \"value\"");
    if (self.type == JV_UNDEFINED)
        jv_fail_undefined(run, self);
    if (self.type != JV_DICT)
        jinja_fail(run, ERR_FORMAT, "dictsort needs a dict, not %s", jv_type_name(self));
    size_t n = self.dict->n_pairs;
    struct keyed *items = jinja_new(run, struct keyed, n),
                 *scratch = jinja_new(run, struct keyed, n);
    for (size_t i = 0; i < n; i++) {
        const struct jpair *pair = &self.dict->pairs[i];
        items[i] = (struct keyed){
            fold_case(run, by_value ? pair->value : pair->key, jv_is_true(run, args[0])),
            jv_pair(run, pair->key, pair->value)};
    }
    sort_keyed(run, items, scratch, n, jv_is_true(run, args[2]));
    struct jv list = jv_list(run, JV_LIST, n);
    for (size_t i = 0; i < n; i++)
        jlist_append(run, list.list, items[i].item);
    return list;
}

JINJA_FUNCTION(filter_groupby)
{
    (void)call;
    bool case_sensitive = jv_is_true(run, args[2]);
    struct jv list = jv_to_list(run, self, JV_LIST), groups = jv_list(run, JV_LIST, 0);
    size_t n = list.list->n_items;
    struct keyed *items = key_items(run, list.list, args[0], args[1], case_sensitive);
    sort_keyed(run, items, jinja_new(run, struct keyed, n), n, false);
    for (size_t i = 0; i < n;) {
        struct jv members = jv_list(run, JV_LIST, 0), first = items[i].key;
        struct jv grouper = get_path(run, items[i].item, args[0], args[1]);
        for (; i < n && jv_equal(run, items[i].key, first); i++)
            jlist_append(run, members.list, items[i].item);
        struct jv group = jv_pair(run, grouper, members);
        group.list->is_group = true;
        jlist_append(run, groups.list, group);
    }
    return groups;
}

JINJA_FUNCTION(filter_unique)
{
    (void)call;
    struct jv list = jv_to_list(run, self, JV_LIST), seen = jv_dict(run);
    struct jv kept = jv_list(run, JV_ITERATOR, 0);
    struct keyed *items =
        key_items(run, list.list, args[1], (struct jv){0}, jv_is_true(run, args[0]));
    for (size_t i = 0; i < list.list->n_items; i++) {
        if (jdict_find(run, seen.dict, items[i].key))
            continue;
        jdict_set(run, seen.dict, items[i].key, jv_none());
        jlist_append(run, kept.list, items[i].item);
    }
    return kept;
}

static struct jv extreme(struct jinja_run *run, struct jv self, const struct jv *args,
                         bool greatest)
{
    struct jv list = jv_to_list(run, self, JV_LIST);
    struct keyed *items =
        key_items(run, list.list, args[1], (struct jv){0}, jv_is_true(run, args[0]));
    if (!list.list->n_items)
        return jv_undefined_hint(run, "No aggregated item, sequence was empty.");
    size_t best = 0;
    for (size_t i = 1; i < list.list->n_items; i++)
        if (greatest ? jv_compare(run, items[i].key, items[best].key, ">") == 1
                     : jv_less(run, items[i].key, items[best].key, "<"))
            best = i;
    return items[best].item;
}

JINJA_FUNCTION(filter_min)
{
    (void)call;
    return extreme(run, self, args, false);
}

JINJA_FUNCTION(filter_max)
{
    (void)call;
    return extreme(run, self, args, true);
}

JINJA_FUNCTION(filter_sum)
{
    (void)call;
    struct jwalk walk = jwalk_start(run, self);
    struct jv sum = jv_given(args[1]) ? args[1] : jv_int(0), item;
    if (sum.type == JV_STRING)
        jinja_fail(run, ERR_FORMAT, "sum() can't sum strings [use ''.join(seq) instead]");
    while (jwalk_next(run, &walk, &item))
        sum = jv_arithmetic(run, N_ADD, sum, get_path(run, item, args[0], (struct jv){0}));
    return sum;
}

// ---- one item ----

JINJA_FUNCTION(filter_first)
{
    (void)args, (void)call;
    struct jwalk walk = jwalk_start(run, self);
    struct jv item;
    return jwalk_next(run, &walk, &item)
               ? item
               : jv_undefined_hint(run, "No first item, sequence was empty.");
}

JINJA_FUNCTION(filter_last)
{
    (void)args, (void)call;
    if (!jv_has_length(self))
        jinja_fail(run, ERR_FORMAT, "'%s' object is not reversible", jv_type_name(self));
    struct jv list = jv_to_list(run, self, JV_LIST);
    return list.list->n_items ? list.list->items[list.list->n_items - 1]
                              : jv_undefined_hint(run, "No last item, sequence was empty.");
}

JINJA_FUNCTION(filter_length)
{
    (void)args, (void)call;
    return jv_int(jv_length(run, self));
}

JINJA_FUNCTION(filter_attr)
{
    (void)call;
    const struct jstr *name = jinja_need_string(run, args[0], "attribute name");
    struct jv found = jv_getattr(run, self, name);
    // Unlike a dot, the filter does not look into dicts.
    if (self.type == JV_DICT && found.type != JV_FUNCTION)
        return (struct jv){
            .type = JV_UNDEFINED, .reason = UNDEFINED_ATTRIBUTE, .of = JV_DICT, .string = name};
    return found;
}

// ---- whole sequences ----

JINJA_FUNCTION(filter_list)
{
    (void)args, (void)call;
    return jv_to_list(run, self, JV_LIST);
}

JINJA_FUNCTION(filter_reverse)
{
    (void)args, (void)call;
    if (self.type == JV_STRING)
        return jv_slice(run, self, jv_none(), jv_none(), jv_int(-1));
    struct jv list = jv_to_list(run, self, JV_LIST);
    struct jv reversed =
        jv_list(run, self.type == JV_ITERATOR ? JV_LIST : JV_ITERATOR, list.list->n_items);
    for (size_t i = list.list->n_items; i > 0; i--)
        jlist_append(run, reversed.list, list.list->items[i - 1]);
    return reversed;
}

JINJA_FUNCTION(filter_items)
{
    (void)args, (void)call;
    if (self.type != JV_UNDEFINED && self.type != JV_DICT)
        jinja_fail(run, ERR_FORMAT, "Can only get item pairs from a mapping.");
    struct jv pairs = jv_list(run, JV_ITERATOR, 0);
    for (size_t i = 0; self.type == JV_DICT && i < self.dict->n_pairs; i++)
        jlist_append(run, pairs.list,
                     jv_pair(run, self.dict->pairs[i].key, self.dict->pairs[i].value));
    return pairs;
}

JINJA_FUNCTION(filter_batch)
{
    (void)call;
    int64_t size = jinja_need_int(run, args[0]);
    struct jwalk walk = jwalk_start(run, self);
    struct jv batches = jv_list(run, JV_ITERATOR, 0), batch = jv_list(run, JV_LIST, 0), item;
    while (jwalk_next(run, &walk, &item)) {
        if ((int64_t)batch.list->n_items == size) {
            jlist_append(run, batches.list, batch);
            batch = jv_list(run, JV_LIST, 0);
        }
        jlist_append(run, batch.list, item);
    }
    if (!batch.list->n_items)
        return batches;
    while (jv_given(args[1]) && args[1].type != JV_NONE && (int64_t)batch.list->n_items < size) {
        jinja_step(run, 1);
        jlist_append(run, batch.list, args[1]);
    }
    jlist_append(run, batches.list, batch);
    return batches;
}

JINJA_FUNCTION(filter_slice)
{
    (void)call;
    struct jv list = jv_to_list(run, self, JV_LIST), slices = jv_list(run, JV_ITERATOR, 0);
    int64_t n = (int64_t)list.list->n_items, n_slices = jinja_need_int(run, args[0]);
    if (n_slices == 0)
        jinja_fail(run, ERR_FORMAT, "division by zero");
    int64_t at = 0;
    for (int64_t i = 0; i < n_slices; i++) {
        int64_t size = n / n_slices + (i < n % n_slices);
        struct jv slice = jv_list(run, JV_LIST, (size_t)size + 1);
        jinja_step(run, 1);
        for (int64_t k = 0; k < size; k++)
            jlist_append(run, slice.list, list.list->items[at++]);
        if (jv_given(args[1]) && args[1].type != JV_NONE && i >= n % n_slices)
            jlist_append(run, slice.list, args[1]);
        jlist_append(run, slices.list, slice);
    }
    return slices;
}

JINJA_FUNCTION(filter_join)
{
    (void)call;
    struct jv separator = jv_given(args[0]) ? args[0] : jv_literal(run, "");
    struct jv items = self, item;
    if (jv_given(args[1]) && args[1].type != JV_NONE) {
        struct jwalk walk = jwalk_start(run, self);
        items = jv_list(run, JV_LIST, 0);
        while (jwalk_next(run, &walk, &item))
            jlist_append(run, items.list, get_path(run, item, args[1], (struct jv){0}));
    }
    return jinja_join(run, jv_string(jv_to_string(run, separator)), items, false);
}

// ---- map, select, reject ----

// The call's arguments behind the first n.
static struct jargs args_behind(const struct jargs *call, size_t n)
{
    struct jargs rest = *call;
    rest.items = call->n_items > n ? call->items + n : NULL;
    rest.n_items = call->n_items > n ? call->n_items - n : 0;
    return rest;
}

static struct jv map_attribute(struct jinja_run *run, struct jv self, const struct jargs *call)
{
    struct jv path = {0}, missing = {0}, mapped = jv_list(run, JV_ITERATOR, 0), item;
    for (size_t i = 0; i < call->n_keywords; i++) {
        struct str name = jstr_bytes(call->keywords[i].name);
        if (str_is(name, "attribute"))
            path = call->keywords[i].value;
        else if (str_is(name, "default"))
            missing = call->keywords[i].value;
        else
            jinja_fail(run, ERR_FORMAT, "map got an unexpected keyword argument");
    }
    if (!jv_given(path))
        jinja_fail(run, ERR_FORMAT, "map requires a filter argument");
    struct jwalk walk = jwalk_start(run, self);
    while (jwalk_next(run, &walk, &item))
        jlist_append(run, mapped.list, get_path(run, item, path, missing));
    return mapped;
}

JINJA_FUNCTION(filter_map)
{
    (void)args;
    struct jv mapped = jv_list(run, JV_ITERATOR, 0), item;
    if (!jv_truth(run, self))
        return mapped;
    if (!call->n_items)
        return map_attribute(run, self, call);
    const struct jstr *name = jinja_need_string(run, call->items[0], "a filter's name");
    const struct jinja_builtin *filter = jinja_filter_find(jstr_bytes(name));
    if (!filter)
        jinja_fail(run, ERR_FORMAT, "there is no filter '%.*s'", (int)(name->size % 100),
                   name->data);
    struct jargs rest = args_behind(call, 1);
    struct jwalk walk = jwalk_start(run, self);
    while (jwalk_next(run, &walk, &item))
        jlist_append(run, mapped.list, jinja_builtin_call(run, filter, item, &rest));
    return mapped;
}

static struct jv select_items(struct jinja_run *run, struct jv self, const struct jargs *call,
                              bool by_attribute, bool wanted)
{
    struct jv kept = jv_list(run, JV_ITERATOR, 0), path = {0}, item;
    const struct jinja_builtin *test = NULL;
    size_t n_own = by_attribute;
    if (!jv_truth(run, self))
        return kept;
    if (by_attribute) {
        if (!call->n_items)
            jinja_fail(run, ERR_FORMAT, "Missing parameter for attribute name");
        path = call->items[0];
    }
    if (call->n_items > n_own) {
        const struct jstr *name = jinja_need_string(run, call->items[n_own], "a test's name");
        test = jinja_test_find(jstr_bytes(name));
        if (!test)
            jinja_fail(run, ERR_FORMAT, "there is no test '%.*s'", (int)(name->size % 100),
                       name->data);
    }
    struct jargs rest = args_behind(call, n_own + 1);
    struct jwalk walk = jwalk_start(run, self);
    while (jwalk_next(run, &walk, &item)) {
        struct jv v = by_attribute ? get_path(run, item, path, (struct jv){0}) : item;
        if (test)
            v = jinja_builtin_call(run, test, v, &rest);
        if (jv_truth(run, v) == wanted)
            jlist_append(run, kept.list, item);
    }
    return kept;
}

JINJA_FUNCTION(filter_select)
{
    (void)args;
    return select_items(run, self, call, false, true);
}

JINJA_FUNCTION(filter_reject)
{
    (void)args;
    return select_items(run, self, call, false, false);
}

JINJA_FUNCTION(filter_selectattr)
{
    (void)args;
    return select_items(run, self, call, true, true);
}

JINJA_FUNCTION(filter_rejectattr)
{
    (void)args;
    return select_items(run, self, call, true, false);
}

JINJA_FUNCTION(filter_default)
{
    (void)call;
    bool missing = self.type == JV_UNDEFINED || (jv_is_true(run, args[1]) && !jv_truth(run, self));
    return !missing ? self : jv_given(args[0]) ? args[0] : jv_literal(run, "");
}

// ---- JSON ----

static struct str separator_text(struct jinja_run *run, struct jv pair, size_t i)
{
    return jstr_bytes(jinja_need_string(run, pair.list->items[i], "a separator"));
}

JINJA_FUNCTION(filter_tojson)
{
    (void)call;
    struct jv indent = args[1], separators = args[2];
    bool has_indent = jv_given(indent) && indent.type != JV_NONE;
    struct json_style style = {.ascii = jv_is_true(run, args[0]),
                               .sorted = jv_is_true(run, args[3]),
                               .between = has_indent ? STR(",") : STR(", "),
                               .after_key = STR(": ")};
    if (has_indent) {
        style.indent = indent.string;
        if (indent.type != JV_STRING) {
            int64_t n = jinja_need_int(run, indent);
            style.indent =
                jinja_pad(run, jv_literal(run, ""), n > 1024 ? 1024 : n, (struct jv){0}, 1).string;
        }
    }
    if (jv_given(separators) && separators.type != JV_NONE) {
        struct jv pair = jv_to_list(run, separators, JV_LIST);
        if (pair.list->n_items != 2)
            jinja_fail(run, ERR_FORMAT, "separators must be a pair");
        style.between = separator_text(run, pair, 0);
        style.after_key = separator_text(run, pair, 1);
    }
    return jv_string(jv_to_json(run, self, &style));
}

static const struct jinja_builtin filters[] = {
    JINJA_ROW("attr", filter_attr, 1, "name"),
    JINJA_ROW("batch", filter_batch, 1, "linecount", "fill_with"),
    JINJA_ROW("count", filter_length, 0, NULL),
    JINJA_ROW("d", filter_default, 0, "default_value", "boolean"),
    JINJA_ROW("default", filter_default, 0, "default_value", "boolean"),
    JINJA_ROW("dictsort", filter_dictsort, 0, "case_sensitive", "by", "reverse"),
    JINJA_ROW("first", filter_first, 0, NULL),
    JINJA_ROW("groupby", filter_groupby, 1, "attribute", "default", "case_sensitive"),
    JINJA_ROW("items", filter_items, 0, NULL),
    JINJA_ROW("join", filter_join, 0, "d", "attribute"),
    JINJA_ROW("last", filter_last, 0, NULL),
    JINJA_ROW("length", filter_length, 0, NULL),
    JINJA_ROW("list", filter_list, 0, NULL),
    JINJA_ANY("map", filter_map),
    JINJA_ROW("max", filter_max, 0, "case_sensitive", "attribute"),
    JINJA_ROW("min", filter_min, 0, "case_sensitive", "attribute"),
    JINJA_ANY("reject", filter_reject),
    JINJA_ANY("rejectattr", filter_rejectattr),
    JINJA_ROW("reverse", filter_reverse, 0, NULL),
    JINJA_ANY("select", filter_select),
    JINJA_ANY("selectattr", filter_selectattr),
    JINJA_ROW("slice", filter_slice, 1, "slices", "fill_with"),
    JINJA_ROW("sort", filter_sort, 0, "reverse", "case_sensitive", "attribute"),
    JINJA_ROW("sum", filter_sum, 0, "attribute", "start"),
    JINJA_ROW("tojson", filter_tojson, 0, "ensure_ascii", "indent", "separators", "sort_keys"),
    JINJA_ROW("unique", filter_unique, 0, "case_sensitive", "attribute"),
};

const struct jinja_builtin *jinja_filter_find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(filters); i++)
        if (str_is(name, filters[i].name))
            return &filters[i];
    return jinja_text_filter_find(name);
}
