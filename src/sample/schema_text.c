// Strings of a schema: patterns, and how a text is spelled in JSON.
#include "sample/schema_store.h"

#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

static bool pattern_find(const struct schema_store *store, const void *key, regex_id *out,
                         bool *is_relaxed)
{
    for (size_t i = 0; i < store->n_patterns; i++)
        if (store->patterns[i].key == key && store->patterns[i].form == store->form) {
            *out = store->patterns[i].regex;
            *is_relaxed = store->patterns[i].is_relaxed;
            return true;
        }
    return false;
}

static void pattern_remember(struct schema_store *store, const void *key, regex_id regex,
                             bool is_relaxed)
{
    STORE_GROW(store->patterns, store->n_patterns, store->patterns_capacity, 16);
    size_t i = store->n_patterns++;
    store->patterns[i].key = key;
    store->patterns[i].form = store->form;
    store->patterns[i].regex = regex;
    store->patterns[i].is_relaxed = is_relaxed;
}

regex_id schema_any_text(struct schema_store *store)
{
    return regex_repeat(store->pool, charset_any(store->pool, store->form), 0, REGEX_NO_LIMIT);
}

regex_id schema_pattern(struct schema_store *store, struct json_object *where, const char *keyword,
                        const char *text, size_t size, bool *is_relaxed)
{
    const struct pattern_options options = {.form = store->form};
    struct error error;
    const char *relaxed;
    regex_id regex;
    if (pattern_find(store, text, &regex, is_relaxed))
        return regex;
    *is_relaxed = false;
    if (pattern_compile(store->pool, &regex, (struct str){text, size}, &options, &relaxed,
                        &error)) {
        schema_relax(store, where, keyword, error.text);
        regex = schema_any_text(store);
        *is_relaxed = true;
    } else if (relaxed) {
        schema_relax(store, where, keyword, relaxed);
        *is_relaxed = true;
    }
    pattern_remember(store, text, regex, *is_relaxed);
    return regex;
}

regex_id schema_whole_pattern(struct schema_store *store, struct json_object *where,
                              const char *keyword, const char *text)
{
    const struct pattern_options options = {.form = store->form, .is_anchored = true};
    struct error error;
    const char *relaxed;
    regex_id regex;
    bool is_relaxed;
    if (pattern_find(store, text, &regex, &is_relaxed))
        return regex;
    if (pattern_compile(store->pool, &regex, str_of(text), &options, &relaxed, &error)) {
        schema_relax(store, where, keyword, error.text);
        regex = schema_any_text(store);
    }
    pattern_remember(store, text, regex, false);
    return regex;
}

static void spell_escape(struct buf *out, uint32_t c)
{
    if (c >= 0x10000) {
        spell_escape(out, 0xd800 + ((c - 0x10000) >> 10));
        spell_escape(out, 0xdc00 + ((c - 0x10000) & 1023));
    } else {
        buf_printf(out, "\\u%04x", c);
    }
}

static void spell(struct buf *out, struct str text, bool is_ascii)
{
    static const char codes[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    for (size_t at = 0; at < text.size;) {
        size_t before = at;
        uint32_t c = utf8_next(text, &at);
        const char *code = c && c < 0x80 ? strchr(codes, (int)c) : NULL;
        if (code) {
            buf_append_byte(out, '\\');
            buf_append_byte(out, letters[code - codes]);
        } else if (c < 0x20 || (is_ascii && c >= 0x7f)) {
            spell_escape(out, c);
        } else if (c == 0xfffd && at == before + 1) {
            buf_append_text(out, "\xef\xbf\xbd");
        } else {
            buf_append(out, text.data + before, at - before);
        }
    }
}

size_t schema_spell(struct schema_store *store, struct str text, const char *opening,
                    const char *closing, struct str *out)
{
    size_t n = 0;
    for (int is_ascii = 0; is_ascii < 2; is_ascii++) {
        struct buf spelled = {0};
        buf_append_text(&spelled, opening);
        if (store->form == TEXT_RAW)
            buf_append(&spelled, text.data, text.size);
        else
            spell(&spelled, text, is_ascii);
        buf_append_text(&spelled, closing);
        const char *copy =
            arena_copy(&store->arena, spelled.data ? spelled.data : "", spelled.size);
        struct str one = {copy, copy ? spelled.size : 0};
        buf_release(&spelled);
        if (copy && (!n || !str_equal(out[0], one)))
            out[n++] = one;
    }
    return n;
}

bool schema_json_equal(struct json_object *a, struct json_object *b)
{
    bool a_is_number = schema_type_bits(a) & (TYPE_INTEGER | TYPE_FRACTION);
    if (a_is_number && schema_type_bits(b) & (TYPE_INTEGER | TYPE_FRACTION))
        return json_object_get_double(a) == json_object_get_double(b);
    return json_object_equal(a, b);
}
