#include "chat/jinja_value.h"
#include "base/memory.h"

#include <string.h>

enum { DICT_INDEXED_FROM = 9 };

struct jv jv_literal(struct jinja_run *run, const char *text)
{
    return jv_string(jstr_wrap(run, str_of(text), SPAN_MARKUP));
}

struct jv jv_undefined_hint(struct jinja_run *run, const char *sentence)
{
    return (struct jv){.type = JV_UNDEFINED,
                       .reason = UNDEFINED_HINT,
                       .string = jstr_wrap(run, str_of(sentence), SPAN_MARKUP)};
}

struct jv jv_list(struct jinja_run *run, enum jv_type type, size_t capacity)
{
    struct jlist *list = jinja_new(run, struct jlist, 1);
    if (capacity)
        list->items = jinja_new(run, struct jv, capacity);
    list->capacity = capacity;
    return (struct jv){.type = (unsigned char)type, .list = list};
}

struct jv jv_pair(struct jinja_run *run, struct jv first, struct jv second)
{
    struct jv pair = jv_list(run, JV_TUPLE, 2);
    pair.list->items[0] = first;
    pair.list->items[1] = second;
    pair.list->n_items = 2;
    return pair;
}

void jlist_append(struct jinja_run *run, struct jlist *list, struct jv item)
{
    if (list->n_items == list->capacity) {
        jinja_step(run, list->n_items / 4);
        list->items =
            jinja_grow(run, list->items, list->n_items, &list->capacity, sizeof *list->items);
    }
    list->items[list->n_items++] = item;
}

struct jv jv_dict(struct jinja_run *run)
{
    return (struct jv){.type = JV_DICT, .dict = jinja_new(run, struct jdict, 1)};
}

// ---- dictionaries ----

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
    return x ^ x >> 32;
}

static uint64_t hash_bytes(const char *bytes, size_t size)
{
    uint64_t hash = size, word;
    for (; size >= 8; bytes += 8, size -= 8) {
        memcpy(&word, bytes, 8);
        hash = mix(hash ^ word);
    }
    word = 0;
    if (size)
        memcpy(&word, bytes, size);
    return mix(hash ^ word);
}

// Equal keys have equal hashes: True, 1 and 1.0 are one key.
static uint64_t hash_value(struct jinja_run *run, struct jv v)
{
    switch (v.type) {
    case JV_STRING:
    case JV_BIG:
        jinja_step_bytes(run, v.string->size);
        return hash_bytes(v.string->data, v.string->size);
    case JV_BOOL:
    case JV_INT:
        return mix((uint64_t)jv_integer(v));
    case JV_FLOAT:
        if (v.number >= -9.2e18 && v.number <= 9.2e18 && v.number == (double)(int64_t)v.number)
            return mix((uint64_t)(int64_t)v.number);
        return hash_bytes((const char *)&v.number, sizeof v.number);
    case JV_TUPLE: {
        uint64_t hash = 7;
        jinja_enter(run);
        for (size_t i = 0; i < v.list->n_items; i++)
            hash = mix(hash ^ hash_value(run, v.list->items[i]));
        jinja_leave(run);
        return hash;
    }
    case JV_NONE:
    case JV_UNDEFINED:
    case JV_MISSING:
        return mix(v.type);
    case JV_LIST:
    case JV_DICT:
    case JV_ITEMS:
    case JV_KEYS:
        jinja_fail(run, ERR_FORMAT, "unhashable type: '%s'", jv_type_name(v));
    default:
        return mix((uint64_t)(uintptr_t)v.any);
    }
}

void jv_need_hashable(struct jinja_run *run, struct jv key)
{
    if (key.type != JV_STRING)
        hash_value(run, key);
}

static bool key_equal(struct jinja_run *run, struct jv a, struct jv b)
{
    if (a.type == JV_STRING && b.type == JV_STRING)
        return str_equal(jstr_bytes(a.string), jstr_bytes(b.string));
    return jv_equal(run, a, b);
}

static void dict_reindex(struct jinja_run *run, struct jdict *dict)
{
    dict->index_size = dict->index_size ? dict->index_size * 2 : 32;
    dict->index = jinja_new(run, uint32_t, dict->index_size);
    jinja_step(run, dict->n_pairs);
    for (size_t i = 0; i < dict->n_pairs; i++) {
        struct jpair *pair = &dict->pairs[i];
        if (dict->index_size == 32)
            pair->hash = hash_value(run, pair->key);
        size_t slot = pair->hash & (dict->index_size - 1);
        while (dict->index[slot])
            slot = (slot + 1) & (dict->index_size - 1);
        dict->index[slot] = (uint32_t)i + 1;
    }
}

static struct jpair *dict_lookup(struct jinja_run *run, const struct jdict *dict, struct jv key)
{
    if (!dict->index) {
        for (size_t i = 0; i < dict->n_pairs; i++)
            if (key_equal(run, dict->pairs[i].key, key))
                return &dict->pairs[i];
        return NULL;
    }
    uint64_t hash = hash_value(run, key);
    size_t slot = hash & (dict->index_size - 1);
    for (; dict->index[slot]; slot = (slot + 1) & (dict->index_size - 1)) {
        struct jpair *pair = &dict->pairs[dict->index[slot] - 1];
        jinja_step(run, 1); // so that keys made to collide run into the limit
        if (pair->hash == hash && key_equal(run, pair->key, key))
            return pair;
    }
    return NULL;
}

const struct jv *jdict_find(struct jinja_run *run, const struct jdict *dict, struct jv key)
{
    if (!dict->index)
        jv_need_hashable(run, key);
    struct jpair *pair = dict_lookup(run, dict, key);
    return pair ? &pair->value : NULL;
}

const struct jv *jdict_find_text(struct jinja_run *run, const struct jdict *dict, struct str key)
{
    struct jstr string = {.data = key.data, .size = key.size, .kind = SPAN_TEXT};
    return jdict_find(run, dict, jv_string(&string));
}

void jdict_set(struct jinja_run *run, struct jdict *dict, struct jv key, struct jv value)
{
    if (!dict->index)
        jv_need_hashable(run, key);
    struct jpair *pair = dict_lookup(run, dict, key);
    if (pair) {
        pair->value = value;
        return;
    }
    if (dict->n_pairs == UINT32_MAX - 1)
        jinja_fail(run, ERR_LIMIT, "a dict is too big");
    if (dict->n_pairs == dict->capacity)
        dict->pairs =
            jinja_grow(run, dict->pairs, dict->n_pairs, &dict->capacity, sizeof *dict->pairs);
    dict->pairs[dict->n_pairs++] = (struct jpair){.key = key, .value = value};
    if (dict->index)
        dict->pairs[dict->n_pairs - 1].hash = hash_value(run, key);
    if (dict->n_pairs >= DICT_INDEXED_FROM && dict->n_pairs * 2 > dict->index_size) {
        dict_reindex(run, dict);
    } else if (dict->index) {
        size_t slot = dict->pairs[dict->n_pairs - 1].hash & (dict->index_size - 1);
        while (dict->index[slot])
            slot = (slot + 1) & (dict->index_size - 1);
        dict->index[slot] = (uint32_t)dict->n_pairs;
    }
}

// ---- asking ----

const char *jv_type_name(struct jv v)
{
    static const char *const names[] = {
        [JV_MISSING] = "missing",
        [JV_UNDEFINED] = "Undefined",
        [JV_NONE] = "NoneType",
        [JV_BOOL] = "bool",
        [JV_INT] = "int",
        [JV_BIG] = "int",
        [JV_FLOAT] = "float",
        [JV_STRING] = "str",
        [JV_LIST] = "list",
        [JV_TUPLE] = "tuple",
        [JV_ITEMS] = "dict_items",
        [JV_KEYS] = "dict_keys",
        [JV_VALUES] = "dict_values",
        [JV_ITERATOR] = "generator",
        [JV_RANGE] = "range",
        [JV_DICT] = "dict",
        [JV_NAMESPACE] = "Namespace",
        [JV_FUNCTION] = "function",
        [JV_MACRO] = "Macro",
        [JV_LOOP] = "LoopContext",
        [JV_CYCLER] = "Cycler",
        [JV_JOINER] = "Joiner",
    };
    return v.type == JV_STRING && v.html ? "Markup" : names[v.type];
}

void jv_fail_undefined(struct jinja_run *run, struct jv v)
{
    struct str name = v.string ? jstr_bytes(v.string) : STR("?");
    int size = name.size > 200 ? 200 : (int)name.size;
    const char *of = jv_type_name((struct jv){.type = v.of});
    switch ((enum undefined_reason)v.reason) {
    case UNDEFINED_NAME:
        jinja_fail(run, ERR_FORMAT, "'%.*s' is undefined", size, name.data);
    case UNDEFINED_ATTRIBUTE:
        jinja_fail(run, ERR_FORMAT, "a %s has no attribute '%.*s'", of, size, name.data);
    case UNDEFINED_UNSAFE:
        jinja_fail(run, ERR_FORMAT, "'%.*s' of a %s is not for templates", size, name.data, of);
    case UNDEFINED_HINT:
        jinja_fail(run, ERR_FORMAT, "%.*s", size, name.data);
    case UNDEFINED_ELEMENT:
        break;
    }
    jinja_fail(run, ERR_FORMAT, "a %s has no such element", of);
}

bool jv_truth(struct jinja_run *run, struct jv v)
{
    switch (v.type) {
    case JV_MISSING:
    case JV_UNDEFINED:
    case JV_NONE:
        return false;
    case JV_BOOL:
        return v.boolean;
    case JV_INT:
        return v.integer != 0;
    case JV_FLOAT:
        return v.number != 0;
    case JV_STRING:
        return v.string->size > 0;
    default:
        return !jv_has_length(v) || jv_length(run, v) > 0;
    }
}

// a ? b as -1, 0, 1, exactly; 2 when one is not a number.
static int compare_mixed(int64_t a, double b)
{
    if (b != b)
        return 2;
    if (b >= 9223372036854775808.0)
        return -1;
    if (b < -9223372036854775808.0)
        return 1;
    int64_t whole = (int64_t)b;
    if (a != whole)
        return a < whole ? -1 : 1;
    double rest = b - (double)whole;
    return rest > 0 ? -1 : rest < 0 ? 1 : 0;
}

static int compare_numbers(struct jv a, struct jv b)
{
    if (a.type == JV_FLOAT && b.type == JV_FLOAT)
        return a.number < b.number ? -1 : a.number > b.number ? 1 : a.number == b.number ? 0 : 2;
    if (a.type == JV_FLOAT) {
        int order = compare_mixed(jv_integer(b), a.number);
        return order == 2 ? 2 : -order;
    }
    if (b.type == JV_FLOAT)
        return compare_mixed(jv_integer(a), b.number);
    int64_t x = jv_integer(a), y = jv_integer(b);
    return x < y ? -1 : x > y;
}

static bool lists_equal(struct jinja_run *run, const struct jlist *a, const struct jlist *b)
{
    if (a->n_items != b->n_items)
        return false;
    for (size_t i = 0; i < a->n_items; i++)
        if (!jv_equal(run, a->items[i], b->items[i]))
            return false;
    return true;
}

static bool dicts_equal(struct jinja_run *run, const struct jdict *a, const struct jdict *b)
{
    if (a->n_pairs != b->n_pairs)
        return false;
    for (size_t i = 0; i < a->n_pairs; i++) {
        const struct jv *other = jdict_find(run, b, a->pairs[i].key);
        if (!other || !jv_equal(run, a->pairs[i].value, *other))
            return false;
    }
    return true;
}

// dict.keys() and dict.items() compare as sets.
static bool views_equal(struct jinja_run *run, struct jv a, struct jv b)
{
    if (a.list->n_items != b.list->n_items)
        return false;
    for (size_t i = 0; i < a.list->n_items; i++)
        if (!jv_contains(run, b, a.list->items[i]))
            return false;
    return true;
}

bool jv_equal(struct jinja_run *run, struct jv a, struct jv b)
{
    jinja_step(run, 1);
    if (jv_is_number(a) && jv_is_number(b))
        return compare_numbers(a, b) == 0;
    if (a.type != b.type)
        return false;
    bool equal;
    switch (a.type) {
    case JV_NONE:
    case JV_UNDEFINED:
    case JV_MISSING:
        return true;
    case JV_STRING:
    case JV_BIG:
        jinja_step_bytes(run, a.string->size);
        return str_equal(jstr_bytes(a.string), jstr_bytes(b.string));
    case JV_RANGE:
        return a.range->n_items == b.range->n_items &&
               (a.range->n_items == 0 ||
                (a.range->start == b.range->start &&
                 (a.range->n_items == 1 || a.range->step == b.range->step)));
    case JV_LIST:
    case JV_TUPLE:
    case JV_DICT:
    case JV_KEYS:
    case JV_ITEMS:
        if (a.any == b.any)
            return true;
        jinja_enter(run);
        equal = a.type == JV_DICT    ? dicts_equal(run, a.dict, b.dict)
                : a.type >= JV_ITEMS ? views_equal(run, a, b)
                                     : lists_equal(run, a.list, b.list);
        jinja_leave(run);
        return equal;
    default:
        return a.any == b.any;
    }
}

_Noreturn static void fail_order(struct jinja_run *run, struct jv a, struct jv b, const char *op)
{
    jinja_fail(run, ERR_FORMAT, "'%s' not supported between instances of '%s' and '%s'", op,
               jv_type_name(a), jv_type_name(b));
}

// -1, 0, 1, or 2 where nothing is less (not a number).
int jv_compare(struct jinja_run *run, struct jv a, struct jv b, const char *op)
{
    jinja_step(run, 1);
    if (a.type == JV_UNDEFINED)
        jv_fail_undefined(run, a);
    if (b.type == JV_UNDEFINED)
        jv_fail_undefined(run, b);
    if (jv_is_number(a) && jv_is_number(b))
        return compare_numbers(a, b);
    if (a.type == JV_BIG || b.type == JV_BIG)
        jinja_fail(run, ERR_LIMIT, "an integer needs more than 64 bits");
    if (a.type != b.type)
        fail_order(run, a, b, op);
    if (a.type == JV_STRING) {
        // UTF-8 sorts like the code points it encodes.
        size_t n = a.string->size < b.string->size ? a.string->size : b.string->size;
        jinja_step_bytes(run, n);
        int order = n ? memcmp(a.string->data, b.string->data, n) : 0;
        if (order)
            return order < 0 ? -1 : 1;
        return a.string->size < b.string->size ? -1 : a.string->size > b.string->size;
    }
    if (a.type != JV_LIST && a.type != JV_TUPLE)
        fail_order(run, a, b, op);
    size_t n = a.list->n_items < b.list->n_items ? a.list->n_items : b.list->n_items;
    jinja_enter(run);
    int order = a.list->n_items < b.list->n_items ? -1 : a.list->n_items > b.list->n_items;
    for (size_t i = 0; i < n; i++)
        if (!jv_equal(run, a.list->items[i], b.list->items[i])) {
            order = jv_compare(run, a.list->items[i], b.list->items[i], op);
            break;
        }
    jinja_leave(run);
    return order;
}

bool jv_less(struct jinja_run *run, struct jv a, struct jv b, const char *op)
{
    return jv_compare(run, a, b, op) == -1;
}

bool jv_same(struct jv a, struct jv b)
{
    if (a.type != b.type)
        return false;
    switch (a.type) {
    case JV_NONE:
        return true;
    case JV_BOOL:
        return a.boolean == b.boolean;
    case JV_INT:
        return a.integer == b.integer;
    case JV_FLOAT:
        return a.number == b.number;
    case JV_STRING: // CPython keeps one object for each short literal; equality is nearest
        return str_equal(jstr_bytes(a.string), jstr_bytes(b.string));
    default:
        return a.any == b.any;
    }
}

static bool range_contains(const struct jrange *range, int64_t x)
{
    int64_t offset;
    if (range->n_items == 0 || __builtin_sub_overflow(x, range->start, &offset))
        return false;
    return offset % range->step == 0 && offset / range->step >= 0 &&
           (uint64_t)(offset / range->step) < range->n_items;
}

bool jv_contains(struct jinja_run *run, struct jv container, struct jv item)
{
    if (container.type == JV_STRING) {
        if (item.type != JV_STRING)
            jinja_fail(run, ERR_FORMAT, "'in <string>' requires string as left operand, not %s",
                       jv_type_name(item));
        return jstr_find(run, jstr_bytes(container.string), jstr_bytes(item.string), 0) != SIZE_MAX;
    }
    if (container.type == JV_DICT)
        return jdict_find(run, container.dict, item) != NULL;
    if (container.type == JV_RANGE && jv_is_integer(item))
        return range_contains(container.range, jv_integer(item));
    if (!jv_is_iterable(container))
        jinja_fail(run, ERR_FORMAT, "argument of type '%s' is not iterable",
                   jv_type_name(container));
    struct jwalk walk = jwalk_start(run, container);
    struct jv candidate;
    while (jwalk_next(run, &walk, &candidate))
        if (jv_same(candidate, item) || jv_equal(run, candidate, item))
            return true;
    return false;
}

bool jv_has_length(struct jv v)
{
    switch (v.type) {
    case JV_UNDEFINED:
    case JV_STRING:
    case JV_LIST:
    case JV_TUPLE:
    case JV_ITEMS:
    case JV_KEYS:
    case JV_VALUES:
    case JV_RANGE:
    case JV_DICT:
        return true;
    default:
        return false;
    }
}

int64_t jv_length(struct jinja_run *run, struct jv v)
{
    switch (v.type) {
    case JV_UNDEFINED:
        return 0;
    case JV_STRING:
        return (int64_t)jstr_n_chars(run, v.string);
    case JV_LIST:
    case JV_TUPLE:
    case JV_ITEMS:
    case JV_KEYS:
    case JV_VALUES:
        return (int64_t)v.list->n_items;
    case JV_RANGE:
        return (int64_t)v.range->n_items;
    case JV_DICT:
        return (int64_t)v.dict->n_pairs;
    default:
        jinja_fail(run, ERR_FORMAT, "object of type '%s' has no len()", jv_type_name(v));
    }
}

// ---- walking ----

bool jv_is_iterable(struct jv v)
{
    return jv_has_length(v) || v.type == JV_ITERATOR;
}

struct jwalk jwalk_start(struct jinja_run *run, struct jv over)
{
    if (!jv_is_iterable(over))
        jinja_fail(run, ERR_FORMAT, "'%s' object is not iterable", jv_type_name(over));
    return (struct jwalk){.over = over};
}

bool jwalk_next(struct jinja_run *run, struct jwalk *walk, struct jv *item)
{
    struct jv over = walk->over;
    jinja_step(run, 1);
    switch (over.type) {
    case JV_STRING: {
        if (walk->i >= over.string->size)
            return false;
        size_t size = char_size(over.string->data + walk->i, over.string->size - walk->i);
        *item = jv_string(jstr_slice(run, over.string, walk->i, walk->i + size));
        walk->i += size;
        return true;
    }
    case JV_ITERATOR:
        if (over.list->i_next >= over.list->n_items)
            return false;
        *item = over.list->items[over.list->i_next++];
        return true;
    case JV_RANGE:
        if (walk->i >= over.range->n_items)
            return false;
        *item = jv_int(over.range->start + (int64_t)walk->i++ * over.range->step);
        return true;
    case JV_DICT:
        if (walk->i >= over.dict->n_pairs)
            return false;
        *item = over.dict->pairs[walk->i++].key;
        return true;
    case JV_UNDEFINED:
        return false;
    default:
        if (walk->i >= over.list->n_items)
            return false;
        *item = over.list->items[walk->i++];
        return true;
    }
}

struct jv jv_to_list(struct jinja_run *run, struct jv v, enum jv_type type)
{
    struct jwalk walk = jwalk_start(run, v);
    struct jv list = jv_list(run, type, jv_has_length(v) ? (size_t)jv_length(run, v) : 0), item;
    while (jwalk_next(run, &walk, &item))
        jlist_append(run, list.list, item);
    return list;
}
