// jinja_value.h - the values a template computes with, behaving like Python's.
//
// Private to chat/jinja_*.  A value is 16 bytes and passed by value; what it points to lives in the
// run's arena (or the template's, for constants) and is shared, never copied.
#ifndef HEARTH_CHAT_JINJA_VALUE_H
#define HEARTH_CHAT_JINJA_VALUE_H

#include "chat/jinja_string.h"

enum jv_type {
    JV_MISSING, // no value: an unset variable, an argument not given.  Never seen by templates
    JV_UNDEFINED,
    JV_NONE,
    JV_BOOL,
    JV_INT,
    JV_BIG, // an integer of the context that needs more than 64 bits: it can only be written
    JV_FLOAT,
    JV_STRING,
    JV_LIST,
    JV_TUPLE,
    JV_ITEMS, // dict.items(), keys() and values(): sequences without indexing
    JV_KEYS,
    JV_VALUES,
    JV_ITERATOR, // what map, select and the like return: can be walked once
    JV_RANGE,
    JV_DICT,
    JV_NAMESPACE, // has a dict
    JV_FUNCTION,
    JV_MACRO,
    JV_LOOP,
    JV_CYCLER, // has a list
    JV_JOINER, // has a list of one: the separator
};

struct jv {
    unsigned char type;
    unsigned char html;   // JV_STRING: Markup, which escapes what is added to it
    unsigned char reason; // JV_UNDEFINED: enum undefined_reason
    unsigned char of;     // JV_UNDEFINED: type of the object that lacks it
    union {
        bool boolean;
        int64_t integer;
        double number;
        const struct jstr *string; // JV_STRING, JV_BIG; JV_UNDEFINED: its name, or NULL
        struct jlist *list;
        struct jrange *range;
        struct jdict *dict;
        struct jfunction *function;
        struct jmacro *macro;
        struct jloop *loop;
        const void *any;
    };
};

enum undefined_reason {
    UNDEFINED_NAME,      // string: the variable
    UNDEFINED_ATTRIBUTE, // string: the attribute
    UNDEFINED_ELEMENT,
    UNDEFINED_UNSAFE, // string: an attribute that templates may not have
    UNDEFINED_HINT,   // string: the sentence
};

struct jlist {
    struct jv *items;
    size_t n_items, capacity;
    size_t i_next; // JV_ITERATOR: what was taken already; JV_CYCLER: position; JV_JOINER: used
    bool is_group; // JV_TUPLE: made by groupby, with .grouper and .list
};

struct jrange {
    int64_t start, stop, step;
    size_t n_items;
};

struct jpair {
    struct jv key, value;
    uint64_t hash; // once there is an index
};
struct jdict {
    struct jpair *pairs; // in order of insertion
    size_t n_pairs, capacity;
    uint32_t *index; // open addressing, 0 is empty, else 1 + number of the pair; from 9 pairs on
    size_t index_size;
};

// Making values.
static inline struct jv jv_none(void)
{
    return (struct jv){.type = JV_NONE};
}
static inline struct jv jv_bool(bool boolean)
{
    return (struct jv){.type = JV_BOOL, .boolean = boolean};
}
static inline struct jv jv_int(int64_t integer)
{
    return (struct jv){.type = JV_INT, .integer = integer};
}
static inline struct jv jv_float(double number)
{
    return (struct jv){.type = JV_FLOAT, .number = number};
}
static inline struct jv jv_string(const struct jstr *string)
{
    return (struct jv){.type = JV_STRING, .string = string};
}
static inline struct jv jv_like(struct jv v, const struct jstr *string) // Markup where v is
{
    return (struct jv){.type = JV_STRING, .html = v.html, .string = string};
}
struct jv jv_literal(struct jinja_run *run, const char *text); // markup
struct jv jv_undefined_hint(struct jinja_run *run, const char *sentence);
struct jv jv_list(struct jinja_run *run, enum jv_type type, size_t capacity);
struct jv jv_pair(struct jinja_run *run, struct jv first, struct jv second); // a tuple
struct jv jv_dict(struct jinja_run *run);

void jlist_append(struct jinja_run *run, struct jlist *list, struct jv item);
void jdict_set(struct jinja_run *run, struct jdict *dict, struct jv key, struct jv value);
// NULL when there is none; fails for keys that have no hash.
const struct jv *jdict_find(struct jinja_run *run, const struct jdict *dict, struct jv key);
const struct jv *jdict_find_text(struct jinja_run *run, const struct jdict *dict, struct str key);

void jv_need_hashable(struct jinja_run *run, struct jv key); // fails for lists and dicts

// Asking.
const char *jv_type_name(struct jv v); // Python's: "str", "dict", "NoneType"
bool jv_truth(struct jinja_run *run, struct jv v);
static inline bool jv_is_true(struct jinja_run *run, struct jv v) // given and true
{
    return v.type != JV_MISSING && jv_truth(run, v);
}
bool jv_equal(struct jinja_run *run, struct jv a, struct jv b);
int jv_compare(struct jinja_run *run, struct jv a, struct jv b, const char *op);
bool jv_less(struct jinja_run *run, struct jv a, struct jv b, const char *op);
bool jv_same(struct jv a, struct jv b); // Python's `is`
bool jv_contains(struct jinja_run *run, struct jv container, struct jv item);
bool jv_has_length(struct jv v);
int64_t jv_length(struct jinja_run *run, struct jv v);
static inline bool jv_given(struct jv v) // as an argument
{
    return v.type != JV_MISSING;
}
static inline bool jv_is_integer(struct jv v) // bool counts, as in Python
{
    return v.type == JV_INT || v.type == JV_BOOL;
}
static inline bool jv_is_number(struct jv v)
{
    return jv_is_integer(v) || v.type == JV_FLOAT;
}
static inline int64_t jv_integer(struct jv v)
{
    return v.type == JV_BOOL ? v.boolean : v.integer;
}
static inline double jv_number(struct jv v)
{
    return v.type == JV_FLOAT ? v.number : (double)jv_integer(v);
}
_Noreturn void jv_fail_undefined(struct jinja_run *run, struct jv v);

// Walking.
struct jwalk {
    struct jv over;
    size_t i; // item, pair or byte
};
bool jv_is_iterable(struct jv v);
struct jwalk jwalk_start(struct jinja_run *run, struct jv over); // fails for what is not iterable
bool jwalk_next(struct jinja_run *run, struct jwalk *walk, struct jv *item);
struct jv jv_to_list(struct jinja_run *run, struct jv v, enum jv_type type);

// Writing: Python's str() and repr().
const struct jstr *jv_to_string(struct jinja_run *run, struct jv v);
const struct jstr *jv_repr(struct jinja_run *run, struct jv v);
void jv_write(struct jinja_run *run, struct jstr_room *room, struct jv v); // str(v) at its end

struct json_style {
    bool ascii;                    // ensure_ascii
    bool sorted;                   // sort_keys
    const struct jstr *indent;     // of one level; NULL: all on one line
    struct str between, after_key; // the separators
};
const struct jstr *jv_to_json(struct jinja_run *run, struct jv v, const struct json_style *style);

#endif
