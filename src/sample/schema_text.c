// Strings of a schema: patterns, formats, and how a text is spelled in JSON.
#include "sample/schema_store.h"

#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

// What the formats of the JSON Schema drafts accept (RFC 3339, 4122, 5321, 1123, 3986, 4291),
// as whole-text patterns.  A format that is not here says nothing.
#define LEAP_YEAR "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
#define DATE                                                                                       \
    "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)" \
    "|02-(?:0[1-9]|1\\d|2[0-8]))|" LEAP_YEAR "-02-29)"
#define TIME                                                                                       \
    "(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?(?:[zZ]|[+-](?:[01]\\d|2[0-3]):[0-5]"  \
    "\\d)"
#define OCTET     "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"
#define IPV4      OCTET "(?:\\." OCTET "){3}"
#define H16       "[0-9a-fA-F]{1,4}"
#define LS32      "(?:" H16 ":" H16 "|" IPV4 ")"
#define LABEL     "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
#define HOST      LABEL "(?:\\." LABEL ")*"
#define URI_CHARS "(?:[A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=-]|%[0-9a-fA-F]{2})"
#define ATOM      "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"

static const struct {
    const char *name, *pattern;
} formats[] = {
    {"date", DATE},
    {"time", TIME},
    {"date-time", DATE "[tT ]" TIME},
    {"duration",
     "P(?:\\d+W|(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)(?:T(?:\\d+H(?:\\d+M(?:"
     "\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S))?|T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S))"},
    {"uuid", "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"},
    {"email", ATOM "(?:\\." ATOM ")*@" HOST},
    {"hostname", HOST},
    {"ipv4", IPV4},
    {"ipv6", "(?:" H16 ":){6}" LS32 "|::(?:" H16 ":){5}" LS32 "|(?:" H16 ")?::(?:" H16 ":){4}" LS32
             "|(?:(?:" H16 ":){0,1}" H16 ")?::(?:" H16 ":){3}" LS32 "|(?:(?:" H16 ":){0,2}" H16
             ")?::(?:" H16 ":){2}" LS32 "|(?:(?:" H16 ":){0,3}" H16 ")?::" H16 ":" LS32
             "|(?:(?:" H16 ":){0,4}" H16 ")?::" LS32 "|(?:(?:" H16 ":){0,5}" H16 ")?::" H16
             "|(?:(?:" H16 ":){0,6}" H16 ")?::"},
    {"uri", "[a-zA-Z][a-zA-Z0-9+.-]*:" URI_CHARS "+"},
    {"iri", "[a-zA-Z][a-zA-Z0-9+.-]*:[^\\s<>\"{}|\\\\^`]+"},
    {"idn-email", "[^\\s@]+@[^\\s@]+"},
    {"relative-json-pointer", "(?:0|[1-9]\\d*)(?:#|(?:/(?:[^~/]|~[01])*)*)"},
    {"uri-reference", URI_CHARS "*"},
    {"json-pointer", "(?:/(?:[^~/]|~[01])*)*"},
};

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

static regex_id anything(struct schema_store *store)
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
        regex = anything(store);
        *is_relaxed = true;
    } else if (relaxed) {
        schema_relax(store, where, keyword, relaxed);
        *is_relaxed = true;
    }
    pattern_remember(store, text, regex, *is_relaxed);
    return regex;
}

regex_id schema_format(struct schema_store *store, struct json_object *where, const char *format,
                       bool *is_relaxed)
{
    const struct pattern_options options = {.form = store->form, .is_anchored = true};
    regex_id regex;
    *is_relaxed = false;
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        struct error error;
        const char *relaxed;
        if (strcmp(formats[i].name, format))
            continue;
        if (pattern_find(store, formats[i].pattern, &regex, is_relaxed))
            return regex;
        if (pattern_compile(store->pool, &regex, str_of(formats[i].pattern), &options, &relaxed,
                            &error)) {
            schema_relax(store, where, "format", error.text);
            regex = anything(store);
        }
        pattern_remember(store, formats[i].pattern, regex, false);
        return regex;
    }
    return anything(store); // names of one's own are annotations
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
