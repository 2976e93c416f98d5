// The formats of the JSON Schema drafts, as whole-text patterns.
#include "sample/schema_store.h"

#include <string.h>

#include "base/memory.h"

// RFC 3339.  A leap second ends a day in UTC; elsewhere its hour and minute are not looked at.
#define LEAP_YEAR "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
#define DATE                                                                                       \
    "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)" \
    "|02-(?:0[1-9]|1\\d|2[0-8]))|" LEAP_YEAR "-02-29)"
#define HOUR   "(?:[01]\\d|2[0-3])"
#define PART   "(?:\\.\\d+)?"
#define OFFSET "[+-]" HOUR ":[0-5]\\d"
#define TIME                                                                                       \
    "(?:" HOUR ":[0-5]\\d:[0-5]\\d" PART "(?:[zZ]|" OFFSET ")|23:59:60" PART "(?:[zZ]|[+-]00:00)"  \
    "|" HOUR ":[0-5]\\d:60" PART "(?![+-]00:00)" OFFSET ")"

// RFC 4291, 1123, 5321.
#define OCTET "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"
#define IPV4  OCTET "(?:\\." OCTET "){3}"
#define H16   "[0-9a-fA-F]{1,4}"
#define LS32  "(?:" H16 ":" H16 "|" IPV4 ")"
#define IPV6                                                                                       \
    "(?:(?:" H16 ":){6}" LS32 "|::(?:" H16 ":){5}" LS32 "|(?:" H16 ")?::(?:" H16 ":){4}" LS32      \
    "|(?:(?:" H16 ":){0,1}" H16 ")?::(?:" H16 ":){3}" LS32 "|(?:(?:" H16 ":){0,2}" H16             \
    ")?::(?:" H16 ":){2}" LS32 "|(?:(?:" H16 ":){0,3}" H16 ")?::" H16 ":" LS32 "|(?:(?:" H16       \
    ":){0,4}" H16 ")?::" LS32 "|(?:(?:" H16 ":){0,5}" H16 ")?::" H16 "|(?:(?:" H16 ":){0,6}" H16   \
    ")?::)"
#define LABEL "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
#define HOST  LABEL "(?:\\." LABEL ")*"
#define IDN_LABEL                                                                                  \
    "(?:[a-zA-Z0-9]|[^\\x00-\\x7f])(?:(?:[a-zA-Z0-9-]|[^\\x00-\\x7f])*(?:[a-zA-Z0-9]|[^\\x00-"     \
    "\\x7f]))?"
#define ATOM "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
// An everyday address: RFC 5321 also knows names in quotes, domains without a dot and numbers in brackets,
// which what receives addresses mostly does not take.
#define EMAIL ATOM "(?:\\." ATOM ")*@" LABEL "(?:\\." LABEL ")+"

// RFC 3986 and, where characters above ASCII are allowed too, 3987.
#define URI_HOST(plain)                                                                            \
    "(?:\\[(?:" IPV6 "|[vV][0-9a-fA-F]+\\.[A-Za-z0-9._~!$&'()*+,;=:-]+)\\]|(?:[" plain "]|%[0-9a"  \
    "-fA-F]{2})*)"
#define URI_AUTHORITY(plain) "(?:(?:[" plain ":]|%[0-9a-fA-F]{2})*@)?" URI_HOST(plain) "(?::\\d*)?"
#define URI_CHAR(plain)      "(?:[" plain ":@]|%[0-9a-fA-F]{2})"
#define URI_SEGMENTS(plain)  "(?:/" URI_CHAR(plain) "*)*"
#define URI_ROOTED(plain)    "/(?:" URI_CHAR(plain) "+" URI_SEGMENTS(plain) ")?"
#define URI_TAIL(plain)      "(?:\\?(?:" URI_CHAR(plain) "|[/?])*)?(?:#(?:" URI_CHAR(plain) "|[/?])*)?"
// An empty path is no URI that anybody writes.
#define URI(plain)                                                                                 \
    "[a-zA-Z][a-zA-Z0-9+.-]*:(?://" URI_AUTHORITY(plain) URI_SEGMENTS(plain) "|" URI_ROOTED(       \
        plain) "|" URI_CHAR(plain) "+" URI_SEGMENTS(plain) ")" URI_TAIL(plain)
#define URI_RELATIVE(plain)                                                                        \
    "(?://" URI_AUTHORITY(plain) URI_SEGMENTS(plain) "|" URI_ROOTED(                               \
        plain) "|(?:[" plain "@]|%[0-9a-fA-F]{2})+" URI_SEGMENTS(plain) "|)" URI_TAIL(plain)
#define ASCII_PLAIN "A-Za-z0-9._~!$&'()*+,;=\\-"
#define PLAIN       ASCII_PLAIN "\\u00a0-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\uffef\\u{10000}-\\u{10ffff}"

// RFC 6570.
#define VARIABLE "(?:\\w|%[0-9a-fA-F]{2})(?:\\.?(?:\\w|%[0-9a-fA-F]{2}))*(?::[1-9]\\d{0,3}|\\*)?"

static const struct {
    const char *name, *pattern;
    enum format_trust trust;
    uint32_t n_max; // characters; 0: any number
} formats[] = {
    {"date", DATE, FORMAT_EXACT, 0},
    {"time", TIME, FORMAT_ABOUT, 0},
    {"date-time", DATE "[tT ]" TIME, FORMAT_ABOUT, 0},
    {"duration",
     "P(?:\\d+W|(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)(?:T(?:\\d+H(?:\\d+M(?:"
     "\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S))?|T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S))",
     FORMAT_ABOUT, 0},
    {"uuid", "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
     FORMAT_EXACT, 0},
    {"email", EMAIL, FORMAT_ABOUT, 0},
    {"idn-email", "[^\\s@]+@[^\\s@]+", FORMAT_ABOUT, 0},
    {"hostname", HOST, FORMAT_ABOUT, 253},
    {"idn-hostname", IDN_LABEL "(?:[.\\u3002\\uff0e\\uff61]" IDN_LABEL ")*", FORMAT_ABOUT, 0},
    {"ipv4", IPV4, FORMAT_EXACT, 0},
    {"ipv6", IPV6, FORMAT_EXACT, 0},
    {"uri", URI(ASCII_PLAIN), FORMAT_ABOUT, 0},
    {"uri-reference", URI(ASCII_PLAIN) "|" URI_RELATIVE(ASCII_PLAIN), FORMAT_ABOUT, 0},
    {"iri", URI(PLAIN), FORMAT_ABOUT, 0},
    {"iri-reference", URI(PLAIN) "|" URI_RELATIVE(PLAIN), FORMAT_ABOUT, 0},
    {"uri-template",
     "(?:[^\\x00-\\x20\"%<>\\\\^`{|}\\x7f]|%[0-9a-fA-F]{2}|\\{[+#./;?&=,!@|]?" VARIABLE
     "(?:," VARIABLE ")*\\})*",
     FORMAT_ABOUT, 0},
    {"json-pointer", "(?:/(?:[^~/]|~[01])*)*", FORMAT_EXACT, 0},
    {"relative-json-pointer", "(?:0|[1-9]\\d*)(?:#|(?:/(?:[^~/]|~[01])*)*)", FORMAT_ABOUT, 0},
};

static regex_id bounded(struct schema_store *store, uint32_t n_max, regex_id regex)
{
    regex_id any = charset_any(store->pool, store->form);
    return n_max ? regex_and2(store->pool, regex, regex_repeat(store->pool, any, 0, n_max)) : regex;
}

regex_id schema_format(struct schema_store *store, struct json_object *where, const char *format)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (!strcmp(formats[i].name, format))
            return bounded(store, formats[i].n_max,
                           schema_whole_pattern(store, where, "format", formats[i].pattern));
    return schema_any_text(store); // names of one's own are annotations
}

enum format_trust schema_format_trust(const char *format)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (!strcmp(formats[i].name, format))
            return formats[i].trust;
    return FORMAT_UNKNOWN;
}
