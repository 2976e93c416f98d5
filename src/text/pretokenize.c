#include "text/pretokenize.h"

#include "base/memory.h"
#include "text/unicode.h"

// What an expression finds at one place: the end of its match or, when it does not match, the next
// place where it might.
struct match {
    bool found;
    size_t end;
};

typedef struct match split_stage(const struct split_rule *rule, struct str text, size_t at);

struct split_rule {
    const char *name;
    split_stage *stages[SPLIT_STAGES_MAX]; // NULL ends the list
    unsigned letters;                      // classes that make a word, in the modern expression
    unsigned n_digits_max;                 // in a piece of number, in modern expressions
    bool takes_contractions;               // into the word before them, in the cased expression
    bool takes_whole_words, adds_bos;
};

#define L UNICODE_LETTER
#define M UNICODE_MARK
#define N UNICODE_NUMBER
#define P UNICODE_PUNCTUATION
#define S UNICODE_SYMBOL
#define W UNICODE_SPACE

static struct match found(size_t end)
{
    return (struct match){true, end};
}

static struct match none(size_t next)
{
    return (struct match){false, next};
}

static bool is(struct unicode_char c, unsigned classes)
{
    return c.classes & classes;
}

// A character (not the end of the text) of none of these classes.
static bool is_other(struct unicode_char c, unsigned classes)
{
    return c.size && !(c.classes & classes);
}

static bool is_newline(struct unicode_char c)
{
    return c.code == '\r' || c.code == '\n';
}

static size_t skip_class(struct str text, size_t at, unsigned classes)
{
    struct unicode_char c;
    while (is(c = unicode_at(text, at), classes))
        at += c.size;
    return at;
}

static size_t skip_other(struct str text, size_t at, unsigned classes)
{
    struct unicode_char c;
    while (is_other(c = unicode_at(text, at), classes))
        at += c.size;
    return at;
}

static size_t skip_newlines(struct str text, size_t at)
{
    while (at < text.size && (text.data[at] == '\r' || text.data[at] == '\n'))
        at++;
    return at;
}

// ---- parts that several expressions share ----

// 's 't 'm 'd 're 've 'll: the size of one at `at`, or 0.  Capitals count where the case is folded.
static size_t contraction(struct str text, size_t at, bool folds_case)
{
    if (at + 1 >= text.size || text.data[at] != '\'')
        return 0;
    unsigned fold = folds_case ? 0x20 : 0;
    char a = (char)(text.data[at + 1] | fold);
    char b = at + 2 < text.size ? (char)(text.data[at + 2] | fold) : 0;
    if (a == 's' || a == 't' || a == 'm' || a == 'd')
        return 2;
    return ((a == 'r' || a == 'v') && b == 'e') || (a == 'l' && b == 'l') ? 3 : 0;
}

// \s+(?!\S)|\s+ at white space: a run leaves its last character to the word that follows it.
static size_t space_end(struct str text, size_t at)
{
    size_t end = at, last = at;
    struct unicode_char c;
    while (is(c = unicode_at(text, end), W)) {
        last = end;
        end += c.size;
    }
    return end < text.size && last > at ? last : end;
}

// The same after \s*[\r\n]+: a run with line ends goes as far as the last of them.
static size_t space_or_lines_end(struct str text, size_t at)
{
    size_t end = at, last = at, lines = at;
    struct unicode_char c;
    while (is(c = unicode_at(text, end), W)) {
        last = end;
        end += c.size;
        if (is_newline(c))
            lines = end;
    }
    if (lines > at)
        return lines;
    return end < text.size && last > at ? last : end;
}

// \p{N}{1,n} behind its first.
static size_t numbers_end(const struct split_rule *rule, struct str text, size_t at)
{
    struct unicode_char c;
    for (unsigned i = 1; i < rule->n_digits_max && is(c = unicode_at(text, at), N); i++)
        at += c.size;
    return at;
}

// ---- one expression each ----

// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n]*
// |\s*[\r\n]+|\s+(?!\S)|\s+     with \p{L} also \p{M} where the rule says so
static struct match match_modern(const struct split_rule *rule, struct str text, size_t at)
{
    struct unicode_char c = unicode_at(text, at);
    size_t next = at + c.size, size = contraction(text, at, true);
    if (size)
        return found(at + size);
    if (is(c, rule->letters) ||
        (!is_newline(c) && !is(c, N) && is(unicode_at(text, next), rule->letters)))
        return found(skip_class(text, next, rule->letters));
    if (is(c, N))
        return found(numbers_end(rule, text, next));
    size_t from = c.code == ' ' ? next : at;
    if (is_other(unicode_at(text, from), W | N | rule->letters))
        return found(skip_newlines(text, skip_other(text, from, W | N | rule->letters)));
    return found(space_or_lines_end(text, at));
}

// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
static struct match match_gpt2(const struct split_rule *rule, struct str text, size_t at)
{
    (void)rule;
    size_t size = contraction(text, at, false);
    if (size)
        return found(at + size);
    size_t from = text.data[at] == ' ' ? at + 1 : at;
    struct unicode_char c = unicode_at(text, from);
    if (is(c, L | N))
        return found(skip_class(text, from, c.classes & (L | N)));
    if (is_other(c, W))
        return found(skip_other(text, from, W | L | N));
    return found(space_end(text, at));
}

// The end of a word of [^a-z]*[^A-Z]+ or else [^a-z]+[^A-Z]*, all of them letters: capitals, then
// others, where letters outside ASCII count as both.
static size_t cased_word_end(struct str text, size_t at)
{
    size_t end = at, last_other = 0; // last_other: where a letter that is not A-Z ends
    struct unicode_char c;
    while (is(c = unicode_at(text, end), L) && !(c.code >= 'a' && c.code <= 'z')) {
        end += c.size;
        if (c.code >= 128)
            last_other = end;
    }
    if (c.code < 'a' || c.code > 'z') // capitals with no small letter behind them
        return last_other ? last_other : end;
    while (is(c = unicode_at(text, end), L) && !(c.code >= 'A' && c.code <= 'Z'))
        end += c.size;
    return end;
}

// [^\r\n\p{L}\p{N}]?(capitals* others+|capitals+ others*)|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n/]*
// |\s*[\r\n]+|\s+(?!\S)|\s+     with a contraction after a word where the rule says so.  As in
// llama.cpp, upper and lower case are told apart in ASCII only.
static struct match match_cased(const struct split_rule *rule, struct str text, size_t at)
{
    struct unicode_char c = unicode_at(text, at);
    size_t next = at + c.size;
    bool is_word = is(c, L);
    if (is_word || (!is_newline(c) && !is(c, N) && is(unicode_at(text, next), L))) {
        size_t end = cased_word_end(text, is_word ? at : next);
        return found(end + (rule->takes_contractions ? contraction(text, end, true) : 0));
    }
    if (is(c, N))
        return found(numbers_end(rule, text, next));
    size_t end = skip_other(text, c.code == ' ' ? next : at, W | N | L);
    if (end > (c.code == ' ' ? next : at)) {
        while (end < text.size && strchr("\r\n/", text.data[end]) && text.data[end])
            end++;
        return found(end);
    }
    return found(space_or_lines_end(text, at));
}

// [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+
// | ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
static struct match match_deepseek_v3(const struct split_rule *rule, struct str text, size_t at)
{
    (void)rule;
    struct unicode_char c = unicode_at(text, at), after = unicode_at(text, at + c.size);
    if (c.code < 128 && is(c, P | S) && after.code < 128 && is(after, L)) {
        size_t end = at + 1;
        while (end < text.size && (after = unicode_at(text, end)).code < 128 && is(after, L))
            end++;
        return found(end);
    }
    if (is(c, L | M) || (!is_newline(c) && !is(c, P | S) && is(after, L | M)))
        return found(skip_class(text, at + c.size, L | M));
    size_t from = c.code == ' ' ? at + 1 : at;
    if (is(unicode_at(text, from), P | S))
        return found(skip_newlines(text, skip_class(text, from, P | S)));
    if (is(c, W))
        return found(space_or_lines_end(text, at));
    return none(at + c.size);
}

// \p{N}
static struct match match_digit(const struct split_rule *rule, struct str text, size_t at)
{
    (void)rule;
    struct unicode_char c = unicode_at(text, at);
    return (struct match){is(c, N), at + c.size};
}

// \p{N}{1,3}
static struct match match_three_numbers(const struct split_rule *rule, struct str text, size_t at)
{
    struct match match = match_digit(rule, text, at);
    for (int i = 1; match.found && i < 3 && is(unicode_at(text, match.end), N); i++)
        match = match_digit(rule, text, match.end);
    return match;
}

// \p{N}+
static struct match match_number(const struct split_rule *rule, struct str text, size_t at)
{
    struct match match = match_digit(rule, text, at);
    return match.found ? found(skip_class(text, match.end, N)) : match;
}

// [0-9][0-9][0-9]
static struct match match_three_digits(const struct split_rule *rule, struct str text, size_t at)
{
    (void)rule;
    size_t end = at;
    while (end < text.size && end < at + 3 && text.data[end] >= '0' && text.data[end] <= '9')
        end++;
    return end == at + 3 ? found(end) : none(at + unicode_at(text, at).size);
}

// [\r\n]
static struct match match_newline(const struct split_rule *rule, struct str text, size_t at)
{
    (void)rule;
    struct unicode_char c = unicode_at(text, at);
    return (struct match){is_newline(c), at + c.size};
}

// [^\n]+|[\n]+
static struct match match_line(const struct split_rule *rule, struct str text, size_t at)
{
    (void)rule;
    bool is_line_end = text.data[at] == '\n';
    while (at < text.size && (text.data[at] == '\n') == is_line_end)
        at++;
    return found(at);
}

// \s+$
static struct match match_space_at_end(const struct split_rule *rule, struct str text, size_t at)
{
    (void)rule;
    size_t end = skip_class(text, at, W);
    if (end > at)
        return (struct match){end == text.size, end};
    return none(at + unicode_at(text, at).size);
}

// ---- expressions that are a run of one set of characters, perhaps after one white space ----

typedef bool char_set(struct unicode_char c);

static struct match match_run(struct str text, size_t at, char_set *contains, bool takes_space)
{
    struct unicode_char c = unicode_at(text, at), after;
    size_t end = at + c.size;
    if (!contains(c) && !(takes_space && is(c, W) && contains(unicode_at(text, end))))
        return none(end);
    while (after = unicode_at(text, end), after.size && contains(after))
        end += after.size;
    return found(end);
}

#define MATCH_RUN(name, set, takes_space)                                                          \
    static struct match name(const struct split_rule *rule, struct str text, size_t at)            \
    {                                                                                              \
        (void)rule;                                                                                \
        return match_run(text, at, set, takes_space);                                              \
    }

static bool is_letter(struct unicode_char c)
{
    return is(c, L);
}
MATCH_RUN(match_letters, is_letter, true)

static bool is_punctuation(struct unicode_char c)
{
    return is(c, P);
}
MATCH_RUN(match_punctuation, is_punctuation, true)

static bool is_one_of(struct unicode_char c, const char *set)
{
    return c.code && c.code < 128 && strchr(set, (int)c.code);
}

static bool is_default_mark(struct unicode_char c)
{
    return is(c, P) || is_one_of(c, "$+<=>^~|");
}
MATCH_RUN(match_default_marks, is_default_mark, false)

static bool is_falcon_mark(struct unicode_char c)
{
    return is_default_mark(c) || c.code == '`';
}
MATCH_RUN(match_falcon_marks, is_falcon_mark, false)

// The letters of deepseek-llm's expression, as its tokenizer.json lists them.
static const struct {
    uint32_t first, last;
} deepseek_letters[] = {
    // clang-format off
    {0x0041, 0x005A}, {0x0061, 0x007A}, {0x00B5, 0x00B5}, {0x00C0, 0x00D6}, {0x00D8, 0x00F6},
    {0x00F8, 0x01BA}, {0x01BC, 0x01BF}, {0x01C4, 0x0293}, {0x0295, 0x02AF}, {0x0370, 0x0373},
    {0x0376, 0x0377}, {0x037B, 0x037D}, {0x037F, 0x037F}, {0x0386, 0x0386}, {0x0388, 0x038A},
    {0x038C, 0x038C}, {0x038E, 0x03A1}, {0x03A3, 0x03F5}, {0x03F7, 0x0481}, {0x048A, 0x052F},
    {0x0531, 0x0556}, {0x10A0, 0x10C5}, {0x13A0, 0x13F5}, {0x13F8, 0x13FD}, {0x1C90, 0x1CBA},
    {0x1CBD, 0x1CBF}, {0x1D00, 0x1D2B}, {0x1D6B, 0x1D77}, {0x1D79, 0x1D9A}, {0x1E00, 0x1F15},
    {0x1F18, 0x1F1D}, {0x1F20, 0x1F45}, {0x1F48, 0x1F4D}, {0x1F50, 0x1F57}, {0x1F59, 0x1F59},
    {0x1F5B, 0x1F5B}, {0x1F5D, 0x1F5D}, {0x1F5F, 0x1F7D}, {0x1F80, 0x1FB4}, {0x1FB6, 0x1FBC},
    {0x1FBE, 0x1FBE}, {0x1FC2, 0x1FC4}, {0x1FC6, 0x1FCC}, {0x1FD0, 0x1FD3}, {0x1FD6, 0x1FDB},
    {0x1FE0, 0x1FEC}, {0x1FF2, 0x1FF4}, {0x1FF6, 0x1FFC}, {0x2102, 0x2102}, {0x2107, 0x2107},
    {0x210A, 0x2113}, {0x2115, 0x2115}, {0x2119, 0x211D}, {0x2124, 0x2124}, {0x2126, 0x2126},
    {0x2128, 0x2128}, {0x212A, 0x212D}, {0x212F, 0x2134}, {0x2139, 0x2139}, {0x213C, 0x213F},
    {0x2145, 0x2149}, {0x214E, 0x214E}, {0x2183, 0x2184}, {0x2C00, 0x2C7B}, {0x2C7E, 0x2CE4},
    {0x2CEB, 0x2CEE}, {0x2CF2, 0x2CF3}, {0xA640, 0xA66D}, {0xA680, 0xA69B}, {0xA722, 0xA76F},
    {0xA771, 0xA787}, {0xA78B, 0xA78E}, {0xAB70, 0xABBF}, {0xFB00, 0xFB06}, {0xFB13, 0xFB17},
    {0xFF21, 0xFF3A}, {0xFF41, 0xFF5A}, {0x10400, 0x1044F}, {0x104B0, 0x104D3},
    {0x104D8, 0x104FB}, {0x10C80, 0x10CB2}, {0x10CC0, 0x10CF2}, {0x118A0, 0x118DF},
    {0x1E900, 0x1E943},
    // clang-format on
};

static bool is_deepseek_letter(struct unicode_char c)
{
    if (c.code < 128)
        return is(c, L);
    for (size_t i = 0; i < COUNT_OF(deepseek_letters) && deepseek_letters[i].first <= c.code; i++)
        if (c.code <= deepseek_letters[i].last)
            return true;
    return false;
}
MATCH_RUN(match_deepseek_letters, is_deepseek_letter, true)

// [!-/:-~\uFF01-\uFF0F\uFF1A-\uFF5E\u2018-\u201F\u3000-\u3002], where :-~ has the letters in it
static bool is_deepseek_mark(struct unicode_char c)
{
    uint32_t x = c.code;
    return (x >= '!' && x <= '/') || (x >= ':' && x <= '~') || (x >= 0xFF01 && x <= 0xFF0F) ||
           (x >= 0xFF1A && x <= 0xFF5E) || (x >= 0x2018 && x <= 0x201F) ||
           (x >= 0x3000 && x <= 0x3002);
}
MATCH_RUN(match_deepseek_marks, is_deepseek_mark, true)

static bool is_deepseek_asian(struct unicode_char c)
{
    return (c.code >= 0x0800 && c.code <= 0x9FA5) || (c.code >= 0xAC00 && c.code <= 0xD7FF);
}
MATCH_RUN(match_deepseek_asian, is_deepseek_asian, false)

static bool is_han_or_kana(struct unicode_char c)
{
    return (c.code >= 0x4E00 && c.code <= 0x9FA5) || (c.code >= 0x3040 && c.code <= 0x30FF);
}
MATCH_RUN(match_han_and_kana, is_han_or_kana, false)

// ---- the rules, first of all the one for names we do not know ----

#define STAGES(...) .stages = {__VA_ARGS__}
#define MODERN(letters_, n_digits)                                                                 \
    STAGES(match_modern), .letters = (letters_), .n_digits_max = (n_digits)
#define LLAMA3 MODERN(L, 3), .takes_whole_words = true, .adds_bos = true

static const struct split_rule rules[] = {
    {"default", STAGES(match_default_marks, match_gpt2, match_number, match_three_digits)},
    {"qwen2", MODERN(L, 1)},
    {"qwen35", MODERN(L | M, 1)},
    {"deepseek-r1-qwen", MODERN(L, 1)},
    {"stablelm2", MODERN(L, 1)},
    {"megrez", MODERN(L, 1)},
    {"llama-bpe", LLAMA3},
    {"llama3", LLAMA3},
    {"llama-v3", LLAMA3},
    {"pixtral", LLAMA3},
    {"falcon3", LLAMA3},
    {"dbrx", MODERN(L, 3)},
    {"smaug-bpe", MODERN(L, 3)},
    {"glm4", MODERN(L, 3)},
    {"chatglm-bpe", MODERN(L, 3)},
    {"tekken", STAGES(match_cased), .n_digits_max = 1, .takes_whole_words = true, .adds_bos = true},
    {"gpt-4o", STAGES(match_cased), .n_digits_max = 3, .takes_contractions = true},
    {"llama4", STAGES(match_cased), .n_digits_max = 3, .takes_contractions = true},
    {"deepseek-llm", STAGES(match_newline, match_deepseek_letters, match_deepseek_marks,
                            match_space_at_end, match_deepseek_asian, match_number)},
    {"deepseek-coder",
     STAGES(match_newline, match_letters, match_punctuation, match_deepseek_asian, match_digit)},
    {"deepseek-v3", STAGES(match_three_numbers, match_han_and_kana, match_deepseek_v3)},
    {"falcon", STAGES(match_falcon_marks, match_gpt2, match_three_digits)},
    {"gpt-2", STAGES(match_gpt2)},
    {"mpt", STAGES(match_gpt2)},
    {"olmo", STAGES(match_gpt2)},
    {"phi-2", STAGES(match_gpt2)},
    {"starcoder", STAGES(match_digit, match_gpt2)},
    {"refact", STAGES(match_digit, match_gpt2)},
    {"command-r", STAGES(match_digit, match_gpt2)},
    {"smollm", STAGES(match_digit, match_gpt2)},
    {"gemma4", STAGES(match_line)},
};

const struct split_rule *split_rule_find(struct str pre)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (str_is(pre, rules[i].name))
            return &rules[i];
    return NULL;
}

const struct split_rule *split_rule_default(void)
{
    return &rules[0];
}

bool split_rule_takes_whole_words(const struct split_rule *rule)
{
    return rule->takes_whole_words;
}

bool split_rule_adds_bos(const struct split_rule *rule)
{
    return rule->adds_bos;
}

void splitter_init(struct splitter *splitter, const struct split_rule *rule, struct str text)
{
    *splitter = (struct splitter){.rule = rule, .text = text};
}

// The end of the piece that begins at `at`: a match, or what lies before the next one.
static size_t piece_end(const struct split_rule *rule, split_stage *stage, struct str text,
                        size_t at)
{
    struct match match = stage(rule, text, at);
    if (match.found)
        return match.end;
    while (match.end < text.size) {
        struct match next = stage(rule, text, match.end);
        if (next.found)
            break;
        match.end = next.end;
    }
    return match.end;
}

bool splitter_next(struct splitter *splitter, struct str *word)
{
    struct str piece = splitter->text;
    size_t at = splitter->at;
    if (at >= piece.size)
        return false;
    for (int i = 0; i < SPLIT_STAGES_MAX && splitter->rule->stages[i]; i++) {
        if (splitter->ends[i] <= at)
            splitter->ends[i] = piece_end(splitter->rule, splitter->rule->stages[i], piece, at);
        piece.size = splitter->ends[i];
    }
    splitter->at = piece.size;
    *word = str_slice(splitter->text, at, piece.size);
    return true;
}
