// What Python's str can do, on strings with provenance.
#include "base/memory.h"
#include "chat/jinja_builtin.h"

#include <string.h>

const struct jstr *jinja_need_string(struct jinja_run *run, struct jv v, const char *what)
{
    if (v.type == JV_UNDEFINED)
        jv_fail_undefined(run, v);
    if (v.type != JV_STRING)
        jinja_fail(run, ERR_FORMAT, "%s must be str, not %s", what, jv_type_name(v));
    return v.string;
}

// ---- case ----

static bool is_cased(uint32_t c)
{
    return char_is(c, CHAR_UPPER) || char_is(c, CHAR_LOWER) || char_is(c, CHAR_TITLE);
}

// Where the character in front of `at` begins.
static size_t step_back(const struct jstr *s, size_t at)
{
    size_t start = at - 1;
    while (start > 0 && at - start < 4 && ((unsigned char)s->data[start] & 0xc0) == 0x80)
        start--;
    return char_size(s->data + start, at - start) == at - start ? start : at - 1;
}

// A sigma at the end of a word has a form of its own.
static bool sigma_ends_word(const struct jstr *s, size_t at, size_t size)
{
    uint32_t c = 0;
    bool found = false;
    for (size_t i = at; i > 0 && !found;) {
        i = step_back(s, i);
        char_read(s->data + i, s->size - i, &c);
        found = !char_is(c, CHAR_IGNORED);
    }
    if (!found || !is_cased(c))
        return false;
    found = false;
    for (size_t i = at + size; i < s->size && !found;) {
        i += char_read(s->data + i, s->size - i, &c);
        found = !char_is(c, CHAR_IGNORED);
    }
    return !found || !is_cased(c);
}

// Appends the character at `at` in another case; what changes is no longer part of a token run.
static size_t append_case(struct jinja_run *run, struct jstr_room *room, const struct jstr *s,
                          size_t at, enum char_case wanted)
{
    uint32_t c, to[3];
    char bytes[12];
    size_t size = char_read(s->data + at, s->size - at, &c), n = 0;
    size_t n_chars = char_to(c, wanted, to);
    if (c == 0x3a3 && wanted == CASE_LOWER && sigma_ends_word(s, at, size))
        to[0] = 0x3c2;
    for (size_t i = 0; i < n_chars; i++)
        n += char_write(bytes + n, to[i]);
    jroom_append(run, room, jstr_kind_changed(s, at), 0, (struct str){bytes, n});
    return size;
}

// Case of bytes [from, to), appended; runs of ASCII of one kind go at once.
static void append_case_range(struct jinja_run *run, struct jstr_room *room, const struct jstr *s,
                              size_t from, size_t to, enum char_case wanted)
{
    while (from < to) {
        size_t n = 0;
        char block[256];
        while (!s->pieces && from + n < to && n < sizeof block &&
               (unsigned char)s->data[from + n] < 0x80) {
            char c = s->data[from + n];
            bool change = wanted == CASE_LOWER ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z';
            block[n++] = change ? (char)(c ^ 0x20) : c;
        }
        if (n) {
            jroom_append(run, room, jstr_kind_changed(s, from), 0, (struct str){block, n});
            from += n;
        } else {
            from += append_case(run, room, s, from, wanted);
            jinja_step(run, 1);
        }
    }
}

struct jv jinja_change_case(struct jinja_run *run, struct jv v, enum char_case wanted)
{
    const struct jstr *s = v.string;
    struct jstr_room *room = jroom_new(run, s->size);
    append_case_range(run, room, s, 0, s->size, wanted);
    const struct jstr *changed = jroom_string(run, room);
    // Nothing changed: then token runs stay what they are.
    if (jstr_has_runs(s) && str_equal(jstr_bytes(s), jstr_bytes(changed)))
        changed = s;
    return jv_like(v, changed);
}

bool jinja_is_case(struct jinja_run *run, const struct jstr *s, enum char_class wanted)
{
    bool found = false;
    enum char_class other = wanted == CHAR_UPPER ? CHAR_LOWER : CHAR_UPPER;
    jinja_step_bytes(run, s->size);
    for (size_t i = 0; i < s->size;) {
        uint32_t c;
        i += char_read(s->data + i, s->size - i, &c);
        if (char_is(c, other) || char_is(c, CHAR_TITLE))
            return false;
        found |= char_is(c, wanted);
    }
    return found;
}

// ---- strip ----

static bool in_set(const struct jstr *chars, const char *bytes, size_t size)
{
    for (size_t i = 0; i < chars->size;) {
        size_t n = char_size(chars->data + i, chars->size - i);
        if (n == size && memcmp(chars->data + i, bytes, n) == 0)
            return true;
        i += n;
    }
    return false;
}

static bool is_stripped(const struct jstr *s, size_t at, size_t size, const struct jstr *chars)
{
    uint32_t c;
    if (chars)
        return in_set(chars, s->data + at, size);
    char_read(s->data + at, size, &c);
    return char_is(c, CHAR_SPACE);
}

struct jv jinja_strip(struct jinja_run *run, struct jv v, struct jv chars, bool left, bool right)
{
    const struct jstr *s = v.string, *set = NULL;
    if (chars.type != JV_MISSING && chars.type != JV_NONE)
        set = jinja_need_string(run, chars, "strip arg");
    size_t from = 0, to = s->size;
    while (left && from < to) {
        size_t size = char_size(s->data + from, to - from);
        if (!is_stripped(s, from, size, set))
            break;
        jinja_step(run, set ? 1 + set->size / 16 : from % 16 == 0);
        from += size;
    }
    while (right && to > from) {
        size_t start = step_back(s, to);
        if (!is_stripped(s, start, to - start, set))
            break;
        jinja_step(run, set ? 1 + set->size / 16 : to % 16 == 0);
        to = start;
    }
    return jv_like(v, jstr_slice(run, s, from, to));
}

// ---- search and replace ----

struct jv jinja_replace(struct jinja_run *run, struct jv v, const struct jstr *from,
                        const struct jstr *to, int64_t n_max)
{
    const struct jstr *s = v.string;
    struct str in = jstr_bytes(s), part = jstr_bytes(from);
    struct jstr_room *room = jroom_new(run, s->size);
    size_t done = 0, at = 0;
    int64_t n = 0;
    while (n_max < 0 || n < n_max) {
        at = jstr_find(run, in, part, at);
        if (at == SIZE_MAX)
            break;
        jinja_step(run, 1);
        jroom_append_part(run, room, s, done, at);
        jroom_append_string(run, room, to);
        done = at + part.size;
        n++;
        if (part.size == 0) { // between all characters
            if (at == s->size)
                break;
            at += char_size(s->data + at, s->size - at);
        } else {
            at = done;
        }
    }
    if (n == 0)
        return v;
    jroom_append_part(run, room, s, done, s->size);
    return jv_like(v, jroom_string(run, room));
}

struct jv jinja_escape_html(struct jinja_run *run, struct jv v)
{
    static const struct {
        char c;
        const char *escape;
    } rows[] = {{'&', "&amp;"}, {'>', "&gt;"}, {'<', "&lt;"}, {'\'', "&#39;"}, {'"', "&#34;"}};
    if (v.type == JV_STRING && v.html)
        return v;
    const struct jstr *s = jv_to_string(run, v);
    struct jstr_room *room = jroom_new(run, s->size);
    size_t done = 0;
    for (size_t i = 0; i < s->size; i++)
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
            if (s->data[i] == rows[k].c) {
                jroom_append_part(run, room, s, done, i);
                jroom_append(run, room, jstr_kind_changed(s, i), 0, str_of(rows[k].escape));
                done = i + 1;
            }
    struct jv result = jv_string(s);
    if (done) {
        jroom_append_part(run, room, s, done, s->size);
        result = jv_string(jroom_string(run, room));
    }
    jinja_step_bytes(run, s->size);
    result.html = 1;
    return result;
}

// ---- split and join ----

static void append_slice(struct jinja_run *run, struct jv list, struct jv v, size_t from, size_t to)
{
    jinja_step(run, 1);
    jlist_append(run, list.list, jv_like(v, jstr_slice(run, v.string, from, to)));
}

static bool space_at(const struct jstr *s, size_t at, size_t *size)
{
    uint32_t c;
    *size = char_read(s->data + at, s->size - at, &c);
    return char_is(c, CHAR_SPACE);
}

static size_t skip_spaces(const struct jstr *s, size_t at, bool spaces)
{
    size_t size;
    while (at < s->size && space_at(s, at, &size) == spaces)
        at += size;
    return at;
}

// Words from the left; the rest, once n_max were split off, keeps the space at its end.
static struct jv split_spaces(struct jinja_run *run, struct jv v, int64_t n_max)
{
    const struct jstr *s = v.string;
    struct jv list = jv_list(run, JV_LIST, 0);
    size_t at = skip_spaces(s, 0, true);
    for (int64_t n = 0; at < s->size; n++) {
        size_t end = n_max >= 0 && n == n_max ? s->size : skip_spaces(s, at, false);
        append_slice(run, list, v, at, end);
        at = skip_spaces(s, end, true);
    }
    jinja_step_bytes(run, s->size);
    return list;
}

// Words from the right; the rest keeps the space at its beginning.
static struct jv rsplit_spaces(struct jinja_run *run, struct jv v, int64_t n_max)
{
    struct jv words = split_spaces(run, v, -1);
    size_t n_words = words.list->n_items;
    if (n_max < 0 || (uint64_t)n_max >= n_words)
        return words;
    struct jv list = jv_list(run, JV_LIST, (size_t)n_max + 1);
    // Slices share their bytes with the string, so a word's place is known.
    const struct jstr *last = words.list->items[n_words - 1 - (size_t)n_max].string;
    append_slice(run, list, v, 0, (size_t)(last->data - v.string->data) + last->size);
    for (size_t i = n_words - (size_t)n_max; i < n_words; i++)
        jlist_append(run, list.list, words.list->items[i]);
    return list;
}

static void reverse_items(struct jlist *list, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct jv item = list->items[i];
        list->items[i] = list->items[n - 1 - i];
        list->items[n - 1 - i] = item;
    }
}

struct jv jinja_split(struct jinja_run *run, struct jv v, struct jv separator, int64_t n_max,
                      bool from_right)
{
    if (separator.type == JV_MISSING || separator.type == JV_NONE)
        return from_right ? rsplit_spaces(run, v, n_max) : split_spaces(run, v, n_max);
    struct str part = jstr_bytes(jinja_need_string(run, separator, "separator"));
    struct str in = jstr_bytes(v.string);
    if (part.size == 0)
        jinja_fail(run, ERR_FORMAT, "empty separator");
    struct jv list = jv_list(run, JV_LIST, 0);
    size_t from = 0, to = in.size;
    for (int64_t n = 0; n_max < 0 || n < n_max; n++) {
        size_t at = from_right ? jstr_find_last(run, in, part, to) : jstr_find(run, in, part, from);
        if (at == SIZE_MAX)
            break;
        if (from_right) {
            append_slice(run, list, v, at + part.size, to);
            to = at;
        } else {
            append_slice(run, list, v, from, at);
            from = at + part.size;
        }
    }
    append_slice(run, list, v, from, to);
    if (from_right)
        reverse_items(list.list, list.list->n_items);
    return list;
}

struct jv jinja_splitlines(struct jinja_run *run, struct jv v, bool keep_ends)
{
    const struct jstr *s = v.string;
    struct jv list = jv_list(run, JV_LIST, 0);
    size_t from = 0;
    for (size_t i = 0; i < s->size;) {
        uint32_t c;
        size_t size = char_read(s->data + i, s->size - i, &c);
        bool ends = (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 ||
                    c == 0x2028 || c == 0x2029;
        size_t next = i + size;
        if (c == '\r' && next < s->size && s->data[next] == '\n')
            next++;
        if (ends) {
            append_slice(run, list, v, from, keep_ends ? next : i);
            from = next;
        }
        i = next;
    }
    if (from < s->size)
        append_slice(run, list, v, from, s->size);
    jinja_step_bytes(run, s->size);
    return list;
}

// strict: str.join, where all items must be strings; else the filter, where str() makes them so.
struct jv jinja_join(struct jinja_run *run, struct jv separator, struct jv items, bool strict)
{
    struct jwalk walk = jwalk_start(run, items);
    struct jstr_room *room = jroom_new(run, 128);
    struct jv item;
    for (size_t n = 0; jwalk_next(run, &walk, &item); n++) {
        if (strict && item.type != JV_STRING)
            jinja_fail(run, ERR_FORMAT, "sequence item %zu: expected str instance, %s found", n,
                       jv_type_name(item));
        if (n)
            jroom_append_string(run, room, separator.string);
        if (strict && separator.html)
            item = jinja_escape_html(run, item);
        jv_write(run, room, item);
    }
    struct jv joined = jv_string(jroom_string(run, room));
    joined.html = strict && separator.html;
    return joined;
}

// ---- filling ----

// side: -1 text left, 1 text right, 0 centred as str.center does it.
struct jv jinja_pad(struct jinja_run *run, struct jv v, int64_t width, struct jv fill, int side)
{
    const struct jstr *filler = jstr_wrap(run, STR(" "), SPAN_MARKUP);
    if (fill.type != JV_MISSING)
        filler = jinja_need_string(run, fill, "fill character");
    if (jstr_n_chars(run, filler) != 1)
        jinja_fail(run, ERR_FORMAT, "The fill character must be exactly one character long");
    int64_t n = (int64_t)jstr_n_chars(run, v.string), missing = width - n;
    if (missing <= 0)
        return v;
    int64_t before = side < 0 ? 0 : side > 0 ? missing : missing / 2 + (missing & width & 1);
    struct jstr_room *room = jroom_new(run, v.string->size);
    for (int64_t i = 0; i < before; i++, jinja_step(run, 1))
        jroom_append_string(run, room, filler);
    jroom_append_string(run, room, v.string);
    for (int64_t i = before; i < missing; i++, jinja_step(run, 1))
        jroom_append_string(run, room, filler);
    return jv_like(v, jroom_string(run, room));
}

struct jv jinja_repeat_string(struct jinja_run *run, struct jv v, int64_t n)
{
    size_t total;
    if (n <= 0 || v.string->size == 0)
        return jv_like(v, jstr_wrap(run, STR(""), SPAN_MARKUP));
    if (n == 1)
        return v;
    if (!size_mul((size_t)n, v.string->size, &total) || total > run->arena->size_max)
        jinja_fail(run, ERR_LIMIT, "a repeated string is too long");
    struct jstr_room *room = jroom_new(run, total);
    for (int64_t i = 0; i < n; i++, jinja_step(run, 1))
        jroom_append_string(run, room, v.string);
    return jv_like(v, jroom_string(run, room));
}
