// Methods of str.
#include "base/memory.h"
#include "chat/jinja_builtin.h"

static int64_t count_or(struct jinja_run *run, struct jv v, int64_t missing)
{
    return jv_given(v) ? jinja_need_int(run, v) : missing;
}

// ---- case ----

JINJA_FUNCTION(method_upper)
{
    (void)args, (void)call;
    return jinja_change_case(run, self, CASE_UPPER);
}

JINJA_FUNCTION(method_lower)
{
    (void)args, (void)call;
    return jinja_change_case(run, self, CASE_LOWER);
}

// The first character in title case and the rest in lower case, joined again.
JINJA_FUNCTION(method_capitalize)
{
    (void)args, (void)call;
    const struct jstr *s = self.string;
    if (s->size == 0)
        return self;
    size_t first = char_size(s->data, s->size);
    struct jv head = jinja_change_case(run, jv_string(jstr_slice(run, s, 0, first)), CASE_TITLE);
    struct jv lower = jinja_change_case(run, self, CASE_LOWER);
    uint32_t to[3], c;
    char bytes[4];
    size_t skipped = 0; // of the lowered text: what the first character became there
    char_read(s->data, s->size, &c);
    for (size_t i = 0, n = char_to(c, CASE_LOWER, to); i < n; i++)
        skipped += char_write(bytes, to[i]);
    const struct jstr *rest = jstr_slice(run, lower.string, skipped, lower.string->size);
    return jv_like(self, jstr_concat(run, head.string, rest));
}

// Builds a string character by character from the text itself and from it in lower case, where a
// sigma depends on its neighbours.
struct case_walk {
    const struct jstr *s, *low;
    size_t at, at_low;
    size_t size, size_low; // of the character at hand
    uint32_t c;
};

static bool case_walk_next(struct case_walk *walk)
{
    uint32_t to[3];
    char bytes[4];
    walk->at += walk->size;
    walk->at_low += walk->size_low;
    if (walk->at >= walk->s->size)
        return false;
    walk->size = char_read(walk->s->data + walk->at, walk->s->size - walk->at, &walk->c);
    walk->size_low = 0;
    for (size_t i = 0, n = char_to(walk->c, CASE_LOWER, to); i < n; i++)
        walk->size_low += char_write(bytes, to[i]);
    return true;
}

static void case_walk_put(struct jinja_run *run, const struct case_walk *walk,
                          struct jstr_room *room, enum char_case wanted)
{
    if (wanted == CASE_LOWER) {
        jroom_append_part(run, room, walk->low, walk->at_low, walk->at_low + walk->size_low);
    } else {
        struct jv one = jv_string(jstr_slice(run, walk->s, walk->at, walk->at + walk->size));
        jroom_append_string(run, room, jinja_change_case(run, one, wanted).string);
    }
}

JINJA_FUNCTION(method_title)
{
    (void)args, (void)call;
    struct case_walk walk = {.s = self.string,
                             .low = jinja_change_case(run, self, CASE_LOWER).string};
    struct jstr_room *room = jroom_new(run, self.string->size);
    bool in_word = false;
    while (case_walk_next(&walk)) {
        case_walk_put(run, &walk, room, in_word ? CASE_LOWER : CASE_TITLE);
        in_word = char_is(walk.c, CHAR_UPPER) || char_is(walk.c, CHAR_LOWER) ||
                  char_is(walk.c, CHAR_TITLE);
    }
    return jv_like(self, jroom_string(run, room));
}

JINJA_FUNCTION(method_swapcase)
{
    (void)args, (void)call;
    struct case_walk walk = {.s = self.string,
                             .low = jinja_change_case(run, self, CASE_LOWER).string};
    struct jstr_room *room = jroom_new(run, self.string->size);
    while (case_walk_next(&walk)) {
        if (char_is(walk.c, CHAR_UPPER) || char_is(walk.c, CHAR_LOWER))
            case_walk_put(run, &walk, room, char_is(walk.c, CHAR_UPPER) ? CASE_LOWER : CASE_UPPER);
        else
            jroom_append_part(run, room, walk.s, walk.at, walk.at + walk.size);
    }
    return jv_like(self, jroom_string(run, room));
}

// ---- strip, pad ----

JINJA_FUNCTION(method_strip)
{
    (void)call;
    return jinja_strip(run, self, args[0], true, true);
}

JINJA_FUNCTION(method_lstrip)
{
    (void)call;
    return jinja_strip(run, self, args[0], true, false);
}

JINJA_FUNCTION(method_rstrip)
{
    (void)call;
    return jinja_strip(run, self, args[0], false, true);
}

JINJA_FUNCTION(method_ljust)
{
    (void)call;
    return jinja_pad(run, self, jinja_need_int(run, args[0]), args[1], -1);
}

JINJA_FUNCTION(method_rjust)
{
    (void)call;
    return jinja_pad(run, self, jinja_need_int(run, args[0]), args[1], 1);
}

JINJA_FUNCTION(method_center)
{
    (void)call;
    return jinja_pad(run, self, jinja_need_int(run, args[0]), args[1], 0);
}

JINJA_FUNCTION(method_zfill)
{
    (void)call;
    const struct jstr *s = self.string;
    int64_t width = jinja_need_int(run, args[0]);
    struct jv zero = jv_literal(run, "0");
    bool has_sign = s->size && (s->data[0] == '+' || s->data[0] == '-');
    struct jv digits = jv_like(self, jstr_slice(run, s, has_sign, s->size));
    digits = jinja_pad(run, digits, width < INT64_MIN + 1 ? 0 : width - has_sign, zero, 1);
    return has_sign ? jv_like(self, jstr_concat(run, jstr_slice(run, s, 0, 1), digits.string))
                    : digits;
}

JINJA_FUNCTION(method_expandtabs)
{
    (void)call;
    const struct jstr *s = self.string;
    int64_t tab = count_or(run, args[0], 8), column = 0;
    struct jstr_room *room = jroom_new(run, s->size);
    for (size_t i = 0; i < s->size;) {
        size_t size = char_size(s->data + i, s->size - i);
        char c = s->data[i];
        if (c == '\t') {
            for (int64_t n = tab > 0 ? tab - column % tab : 0; n > 0;
                 n--, column++, jinja_step(run, 1))
                jroom_append(run, room, jstr_kind_changed(s, i), 0, STR(" "));
        } else {
            jroom_append_part(run, room, s, i, i + size);
            column = c == '\n' || c == '\r' ? 0 : column + 1;
        }
        i += size;
    }
    return jv_like(self, jroom_string(run, room));
}

// ---- search ----

// The bytes that s.find(x, start, end) looks at; false: nothing can be there.
static bool search_range(struct jinja_run *run, struct jv self, struct jv start, struct jv end,
                         size_t *from, size_t *to)
{
    int64_t n = (int64_t)jstr_n_chars(run, self.string);
    int64_t first = jv_given(start) && start.type != JV_NONE ? jinja_need_int(run, start) : 0;
    int64_t last = jv_given(end) && end.type != JV_NONE ? jinja_need_int(run, end) : n;
    first = first < -n ? 0 : first < 0 ? first + n : first;
    last = last < -n ? 0 : last < 0 ? last + n : last > n ? n : last;
    if (first > last)
        return false;
    *from = jstr_offset(run, self.string, (size_t)first);
    *to = jstr_offset(run, self.string, (size_t)last);
    return true;
}

// Character number of the first or last occurrence, or -1.
static int64_t find_in(struct jinja_run *run, struct jv self, const struct jv *args, bool last)
{
    struct str part = jstr_bytes(jinja_need_string(run, args[0], "argument 1"));
    size_t from, to;
    if (!search_range(run, self, args[1], args[2], &from, &to))
        return -1;
    struct str in = {self.string->data + from, to - from};
    size_t at = last ? jstr_find_last(run, in, part, in.size) : jstr_find(run, in, part, 0);
    if (at == SIZE_MAX)
        return -1;
    jinja_step_bytes(run, from + at);
    return (int64_t)char_count(self.string->data, from + at);
}

JINJA_FUNCTION(method_find)
{
    (void)call;
    return jv_int(find_in(run, self, args, false));
}

JINJA_FUNCTION(method_rfind)
{
    (void)call;
    return jv_int(find_in(run, self, args, true));
}

JINJA_FUNCTION(method_index)
{
    (void)call;
    int64_t at = find_in(run, self, args, false);
    if (at < 0)
        jinja_fail(run, ERR_FORMAT, "substring not found");
    return jv_int(at);
}

JINJA_FUNCTION(method_rindex)
{
    (void)call;
    int64_t at = find_in(run, self, args, true);
    if (at < 0)
        jinja_fail(run, ERR_FORMAT, "substring not found");
    return jv_int(at);
}

JINJA_FUNCTION(method_count)
{
    (void)call;
    struct str part = jstr_bytes(jinja_need_string(run, args[0], "argument 1"));
    size_t from, to;
    if (!search_range(run, self, args[1], args[2], &from, &to))
        return jv_int(0);
    struct str in = {self.string->data + from, to - from};
    if (part.size == 0)
        return jv_int((int64_t)char_count(in.data, in.size) + 1);
    int64_t n = 0;
    for (size_t at = 0; (at = jstr_find(run, in, part, at)) != SIZE_MAX; at += part.size)
        n++;
    return jv_int(n);
}

static bool has_affix(struct jinja_run *run, struct jv affix, struct str in, bool at_end)
{
    struct str part = jstr_bytes(jinja_need_string(run, affix, "the prefix or suffix"));
    jinja_step_bytes(run, part.size);
    return at_end ? str_ends(in, part) : str_starts(in, part);
}

static struct jv starts_or_ends(struct jinja_run *run, struct jv self, const struct jv *args,
                                bool at_end)
{
    size_t from, to;
    if (args[0].type != JV_TUPLE)
        jinja_need_string(run, args[0], at_end ? "endswith first arg" : "startswith first arg");
    if (!search_range(run, self, args[1], args[2], &from, &to))
        return jv_bool(false);
    struct str in = {self.string->data + from, to - from};
    if (args[0].type != JV_TUPLE)
        return jv_bool(has_affix(run, args[0], in, at_end));
    for (size_t i = 0; i < args[0].list->n_items; i++)
        if (has_affix(run, args[0].list->items[i], in, at_end))
            return jv_bool(true);
    return jv_bool(false);
}

JINJA_FUNCTION(method_startswith)
{
    (void)call;
    return starts_or_ends(run, self, args, false);
}

JINJA_FUNCTION(method_endswith)
{
    (void)call;
    return starts_or_ends(run, self, args, true);
}

JINJA_FUNCTION(method_removeprefix)
{
    (void)call;
    const struct jstr *s = self.string, *part = jinja_need_string(run, args[0], "the prefix");
    if (!str_starts(jstr_bytes(s), jstr_bytes(part)))
        return self;
    return jv_like(self, jstr_slice(run, s, part->size, s->size));
}

JINJA_FUNCTION(method_removesuffix)
{
    (void)call;
    const struct jstr *s = self.string, *part = jinja_need_string(run, args[0], "the suffix");
    if (!str_ends(jstr_bytes(s), jstr_bytes(part)))
        return self;
    return jv_like(self, jstr_slice(run, s, 0, s->size - part->size));
}

JINJA_FUNCTION(method_replace)
{
    (void)call;
    struct jv to = args[1];
    jinja_need_string(run, to, "replace() argument 2");
    if (self.html)
        to = jinja_escape_html(run, to);
    return jinja_replace(run, self, jinja_need_string(run, args[0], "replace() argument 1"),
                         to.string, count_or(run, args[2], -1));
}

// ---- split and join ----

JINJA_FUNCTION(method_split)
{
    (void)call;
    return jinja_split(run, self, args[0], count_or(run, args[1], -1), false);
}

JINJA_FUNCTION(method_rsplit)
{
    (void)call;
    return jinja_split(run, self, args[0], count_or(run, args[1], -1), true);
}

static struct jv partition(struct jinja_run *run, struct jv self, struct jv separator, bool last)
{
    struct str part = jstr_bytes(jinja_need_string(run, separator, "separator"));
    const struct jstr *s = self.string;
    if (part.size == 0)
        jinja_fail(run, ERR_FORMAT, "empty separator");
    size_t at = last ? jstr_find_last(run, jstr_bytes(s), part, s->size)
                     : jstr_find(run, jstr_bytes(s), part, 0);
    struct jv tuple = jv_list(run, JV_TUPLE, 3), empty = jv_like(self, jstr_slice(run, s, 0, 0));
    struct jv parts[3] = {self, empty, empty};
    if (at == SIZE_MAX && last) {
        parts[0] = empty;
        parts[2] = self;
    } else if (at != SIZE_MAX) {
        parts[0] = jv_like(self, jstr_slice(run, s, 0, at));
        parts[1] = jv_like(self, jstr_slice(run, s, at, at + part.size));
        parts[2] = jv_like(self, jstr_slice(run, s, at + part.size, s->size));
    }
    for (int i = 0; i < 3; i++)
        jlist_append(run, tuple.list, parts[i]);
    return tuple;
}

JINJA_FUNCTION(method_partition)
{
    (void)call;
    return partition(run, self, args[0], false);
}

JINJA_FUNCTION(method_rpartition)
{
    (void)call;
    return partition(run, self, args[0], true);
}

JINJA_FUNCTION(method_splitlines)
{
    (void)call;
    return jinja_splitlines(run, self, jv_given(args[0]) && jv_truth(run, args[0]));
}

JINJA_FUNCTION(method_join)
{
    (void)call;
    return jinja_join(run, self, args[0], true);
}

JINJA_FUNCTION(method_format)
{
    (void)args;
    return jinja_str_format(run, self, call);
}

// ---- classes ----

static bool all_are(struct jinja_run *run, const struct jstr *s, bool (*test)(uint32_t c))
{
    jinja_step_bytes(run, s->size);
    for (size_t i = 0; i < s->size;) {
        uint32_t c;
        i += char_read(s->data + i, s->size - i, &c);
        if (!test(c))
            return false;
    }
    return true;
}

static bool is_alpha(uint32_t c)
{
    return char_is(c, CHAR_ALPHA);
}
static bool is_decimal(uint32_t c)
{
    return char_is(c, CHAR_DECIMAL);
}
static bool is_digit(uint32_t c)
{
    return char_is(c, CHAR_DIGIT);
}
static bool is_numeric(uint32_t c)
{
    return char_is(c, CHAR_NUMERIC);
}
static bool is_alnum(uint32_t c)
{
    return char_is(c, CHAR_ALPHA) || char_is(c, CHAR_NUMERIC);
}
static bool is_space(uint32_t c)
{
    return char_is(c, CHAR_SPACE);
}
static bool is_printable(uint32_t c)
{
    return !char_is(c, CHAR_HIDDEN);
}
static bool is_ascii(uint32_t c)
{
    return c < 0x80;
}

#define CLASS_METHOD(name, test, empty)                                                            \
    JINJA_FUNCTION(name)                                                                           \
    {                                                                                              \
        (void)args, (void)call;                                                                    \
        return jv_bool(self.string->size ? all_are(run, self.string, test) : (empty));             \
    }
CLASS_METHOD(method_isalpha, is_alpha, false)
CLASS_METHOD(method_isdecimal, is_decimal, false)
CLASS_METHOD(method_isdigit, is_digit, false)
CLASS_METHOD(method_isnumeric, is_numeric, false)
CLASS_METHOD(method_isalnum, is_alnum, false)
CLASS_METHOD(method_isspace, is_space, false)
CLASS_METHOD(method_isprintable, is_printable, true)
CLASS_METHOD(method_isascii, is_ascii, true)

JINJA_FUNCTION(method_islower)
{
    (void)args, (void)call;
    return jv_bool(jinja_is_case(run, self.string, CHAR_LOWER));
}

JINJA_FUNCTION(method_isupper)
{
    (void)args, (void)call;
    return jv_bool(jinja_is_case(run, self.string, CHAR_UPPER));
}

// Capitals begin words and nothing else does.
JINJA_FUNCTION(method_istitle)
{
    (void)args, (void)call;
    const struct jstr *s = self.string;
    bool in_word = false, found = false;
    jinja_step_bytes(run, s->size);
    for (size_t i = 0; i < s->size;) {
        uint32_t c;
        i += char_read(s->data + i, s->size - i, &c);
        bool capital = char_is(c, CHAR_UPPER) || char_is(c, CHAR_TITLE);
        bool small = char_is(c, CHAR_LOWER);
        if ((capital && in_word) || (small && !in_word))
            return jv_bool(false);
        in_word = capital || small;
        found |= in_word;
    }
    return jv_bool(found);
}

static const struct jinja_builtin methods[] = {
    JINJA_ROW("upper", method_upper, 0, NULL),
    JINJA_ROW("lower", method_lower, 0, NULL),
    JINJA_ROW("capitalize", method_capitalize, 0, NULL),
    JINJA_ROW("title", method_title, 0, NULL),
    JINJA_ROW("swapcase", method_swapcase, 0, NULL),
    JINJA_ROW("strip", method_strip, 0, ""),
    JINJA_ROW("lstrip", method_lstrip, 0, ""),
    JINJA_ROW("rstrip", method_rstrip, 0, ""),
    JINJA_ROW("ljust", method_ljust, 1, "", ""),
    JINJA_ROW("rjust", method_rjust, 1, "", ""),
    JINJA_ROW("center", method_center, 1, "", ""),
    JINJA_ROW("zfill", method_zfill, 1, ""),
    JINJA_ROW("expandtabs", method_expandtabs, 0, "tabsize"),
    JINJA_ROW("find", method_find, 1, "", "", ""),
    JINJA_ROW("rfind", method_rfind, 1, "", "", ""),
    JINJA_ROW("index", method_index, 1, "", "", ""),
    JINJA_ROW("rindex", method_rindex, 1, "", "", ""),
    JINJA_ROW("count", method_count, 1, "", "", ""),
    JINJA_ROW("startswith", method_startswith, 1, "", "", ""),
    JINJA_ROW("endswith", method_endswith, 1, "", "", ""),
    JINJA_ROW("removeprefix", method_removeprefix, 1, ""),
    JINJA_ROW("removesuffix", method_removesuffix, 1, ""),
    JINJA_ROW("replace", method_replace, 2, "", "", ""),
    JINJA_ROW("split", method_split, 0, "sep", "maxsplit"),
    JINJA_ROW("rsplit", method_rsplit, 0, "sep", "maxsplit"),
    JINJA_ROW("partition", method_partition, 1, ""),
    JINJA_ROW("rpartition", method_rpartition, 1, ""),
    JINJA_ROW("splitlines", method_splitlines, 0, "keepends"),
    JINJA_ROW("join", method_join, 1, ""),
    JINJA_ANY("format", method_format),
    JINJA_ROW("isalpha", method_isalpha, 0, NULL),
    JINJA_ROW("isdecimal", method_isdecimal, 0, NULL),
    JINJA_ROW("isdigit", method_isdigit, 0, NULL),
    JINJA_ROW("isnumeric", method_isnumeric, 0, NULL),
    JINJA_ROW("isalnum", method_isalnum, 0, NULL),
    JINJA_ROW("isspace", method_isspace, 0, NULL),
    JINJA_ROW("isprintable", method_isprintable, 0, NULL),
    JINJA_ROW("isascii", method_isascii, 0, NULL),
    JINJA_ROW("islower", method_islower, 0, NULL),
    JINJA_ROW("isupper", method_isupper, 0, NULL),
    JINJA_ROW("istitle", method_istitle, 0, NULL),
};

const struct jinja_builtin *jinja_str_method(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (str_is(name, methods[i].name))
            return &methods[i];
    return NULL;
}
