// \p{name}: general categories by their first letter, a few scripts and binary properties.
#include "sample/charset.h"

#include <string.h>

#include "base/memory.h"
#include "text/unicode.h"

static const struct {
    const char *name;
    unsigned classes; // of enum unicode_class
} categories[] = {
    {"L", UNICODE_LETTER},
    {"Letter", UNICODE_LETTER},
    {"Alphabetic", UNICODE_LETTER | UNICODE_MARK},
    {"Alpha", UNICODE_LETTER | UNICODE_MARK},
    {"M", UNICODE_MARK},
    {"Mark", UNICODE_MARK},
    {"N", UNICODE_NUMBER},
    {"Number", UNICODE_NUMBER},
    {"P", UNICODE_PUNCTUATION},
    {"Punctuation", UNICODE_PUNCTUATION},
    {"S", UNICODE_SYMBOL},
    {"Symbol", UNICODE_SYMBOL},
    {"White_Space", UNICODE_SPACE},
    {"Zs", UNICODE_SPACE},
};

// Blocks of the scripts that patterns name, without their rarer extensions.
static const struct {
    const char *name;
    uint32_t ranges[6][2]; // up to the first {0, 0}
} scripts[] = {
    {"Latin",
     {{'A', 'Z'}, {'a', 'z'}, {0xaa, 0xaa}, {0xba, 0xba}, {0xc0, 0x2af}, {0x1e00, 0x1eff}}},
    {"Greek", {{0x370, 0x3ff}, {0x1f00, 0x1fff}}},
    {"Cyrillic", {{0x400, 0x52f}, {0x1c80, 0x1c8f}, {0x2de0, 0x2dff}, {0xa640, 0xa69f}}},
    {"Hebrew", {{0x591, 0x5f4}}},
    {"Arabic",
     {{0x600, 0x6ff}, {0x750, 0x77f}, {0x8a0, 0x8ff}, {0xfb50, 0xfdff}, {0xfe70, 0xfefc}}},
    {"Han",
     {{0x2e80, 0x2fd5},
      {0x3005, 0x3007},
      {0x3400, 0x4dbf},
      {0x4e00, 0x9fff},
      {0xf900, 0xfad9},
      {0x20000, 0x323af}}},
    {"Hiragana", {{0x3041, 0x309f}}},
    {"Katakana", {{0x30a0, 0x30ff}, {0x31f0, 0x31ff}, {0xff66, 0xff9f}}},
    {"Hangul", {{0x1100, 0x11ff}, {0x3130, 0x318f}, {0xac00, 0xd7a3}}},
    {"Thai", {{0xe01, 0xe5b}}},
    {"ASCII", {{0x01, 0x7f}}},
    {"Nd", {{'0', '9'}, {0x660, 0x669}, {0x6f0, 0x6f9}, {0x966, 0x96f}, {0xff10, 0xff19}}},
    {"Cc", {{0x01, 0x1f}, {0x7f, 0x9f}}},
};

static void add_classes(struct charset *set, unsigned classes)
{
    for (uint32_t c = 0; c < 0x80; c++)
        if (unicode_ascii_classes[c] & classes)
            charset_add(set, c, c);
    for (size_t i = 0; i < unicode_n_ranges; i++)
        if (unicode_ranges[i].class & classes)
            charset_add(set, unicode_ranges[i].first, unicode_ranges[i].last);
}

bool charset_add_property(struct charset *set, struct str name)
{
    static const char *const prefixes[] = {"Script=", "sc=", "Is", "General_Category=", "gc="};
    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (str_starts(name, str_of(prefixes[i])))
            name = str_slice(name, strlen(prefixes[i]), name.size);
    for (size_t i = 0; i < COUNT_OF(categories); i++)
        if (str_is(name, categories[i].name)) {
            add_classes(set, categories[i].classes);
            return true;
        }
    for (size_t i = 0; i < COUNT_OF(scripts); i++)
        if (str_is(name, scripts[i].name)) {
            for (size_t r = 0; r < COUNT_OF(scripts[i].ranges) && scripts[i].ranges[r][0]; r++)
                charset_add(set, scripts[i].ranges[r][0], scripts[i].ranges[r][1]);
            return true;
        }
    return false;
}
