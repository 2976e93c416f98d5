#include "chat/jinja_lex.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    enum op op;
} operators[] = {
    // longer ones first
    {"//", OP_FLOORDIV}, {"**", OP_POW},   {"==", OP_EQ},      {"!=", OP_NE},      {">=", OP_GE},
    {"<=", OP_LE},       {"+", OP_ADD},    {"-", OP_SUB},      {"/", OP_DIV},      {"*", OP_MUL},
    {"%", OP_MOD},       {"~", OP_TILDE},  {"[", OP_LBRACKET}, {"]", OP_RBRACKET}, {"(", OP_LPAREN},
    {")", OP_RPAREN},    {"{", OP_LBRACE}, {"}", OP_RBRACE},   {">", OP_GT},       {"<", OP_LT},
    {"=", OP_ASSIGN},    {".", OP_DOT},    {":", OP_COLON},    {"|", OP_PIPE},     {",", OP_COMMA},
    {";", OP_SEMICOLON},
};

const char *operator_text(enum op op)
{
    for (size_t i = 0; i < COUNT_OF(operators); i++)
        if (operators[i].op == op)
            return operators[i].text;
    return "";
}

void lexer_init(struct lexer *lexer, struct jinja_run *run, struct str source)
{
    char *copy = jinja_alloc(run, source.size + 1, 1);
    size_t n = 0;
    for (size_t i = 0; i < source.size; i++) {
        if (source.data[i] == '\r') {
            copy[n++] = '\n';
            if (i + 1 < source.size && source.data[i + 1] == '\n')
                i++;
        } else {
            copy[n++] = source.data[i];
        }
    }
    if (n && copy[n - 1] == '\n')
        n--;
    *lexer = (struct lexer){
        .run = run, .source = {copy, n}, .line = 1, .line_starts = true, .state = LEX_DATA};
}

// ---- text ----

static bool at_text(const struct lexer *lexer, size_t at, const char *text)
{
    return str_starts(str_slice(lexer->source, at, lexer->source.size), str_of(text));
}

static void advance(struct lexer *lexer, size_t to)
{
    for (size_t i = lexer->at; i < to; i++)
        lexer->line += lexer->source.data[i] == '\n';
    if (to > lexer->at)
        lexer->line_starts = lexer->source.data[to - 1] == '\n';
    lexer->at = to;
}

static size_t skip_space(const struct lexer *lexer, size_t at)
{
    while (at < lexer->source.size) {
        uint32_t c;
        size_t size = char_read(lexer->source.data + at, lexer->source.size - at, &c);
        if (!char_is(c, CHAR_SPACE))
            break;
        at += size;
    }
    return at;
}

// The end of `text` without the white space at its end.
static size_t strip_end(struct str text)
{
    size_t kept = 0, i = 0;
    while (i < text.size) {
        uint32_t c;
        i += char_read(text.data + i, text.size - i, &c);
        if (!char_is(c, CHAR_SPACE))
            kept = i;
    }
    return kept;
}

// Text in front of a tag that begins with `sign`, as the white space rules leave it.
static struct str strip_before_tag(const struct lexer *lexer, struct str text, char sign,
                                   bool is_variable)
{
    if (sign == '-')
        return str_slice(text, 0, strip_end(text));
    if (sign == '+' || is_variable)
        return text;
    size_t line_start = text.size;
    while (line_start > 0 && text.data[line_start - 1] != '\n')
        line_start--;
    if (line_start == 0 && !lexer->line_starts)
        return text;
    struct str rest = str_slice(text, line_start, text.size);
    return strip_end(rest) == 0 ? str_slice(text, 0, line_start) : text;
}

// Where a tag's end (such as "%}") that begins at `at` leads to, with its sign and what it swallows;
// SIZE_MAX when there is none.
static size_t tag_end(const struct lexer *lexer, size_t at, const char *end, bool trims)
{
    bool minus = at_text(lexer, at, "-") && at_text(lexer, at + 1, end);
    bool plus = trims && at_text(lexer, at, "+") && at_text(lexer, at + 1, end);
    if (minus)
        return skip_space(lexer, at + 3);
    if (plus)
        return at + 3;
    if (!at_text(lexer, at, end))
        return SIZE_MAX;
    return at + 2 + (trims && at_text(lexer, at + 2, "\n"));
}

static char sign_at(const struct lexer *lexer, size_t at)
{
    if (at_text(lexer, at, "-"))
        return '-';
    return at_text(lexer, at, "+") ? '+' : 0;
}

// Where "{% WORD %}" that begins at `at` ends, or SIZE_MAX.  Only endraw trims the newline.
static size_t word_tag(const struct lexer *lexer, size_t at, const char *word, bool is_end)
{
    if (!at_text(lexer, at, "{%"))
        return SIZE_MAX;
    at = skip_space(lexer, at + 2 + (sign_at(lexer, at + 2) != 0));
    if (!at_text(lexer, at, word))
        return SIZE_MAX;
    at = skip_space(lexer, at + strlen(word));
    if (is_end)
        return tag_end(lexer, at, "%}", true);
    if (at_text(lexer, at, "-%}"))
        return skip_space(lexer, at + 3);
    return at_text(lexer, at, "%}") ? at + 2 : SIZE_MAX;
}

// Finds the next place of "{%", "{{" or "{#", or of "{%" alone.
static size_t find_tag(const struct lexer *lexer, size_t at, bool only_blocks)
{
    while (at + 1 < lexer->source.size) {
        const char *brace = memchr(lexer->source.data + at, '{', lexer->source.size - at - 1);
        if (!brace)
            break;
        at = (size_t)(brace - lexer->source.data);
        char next = lexer->source.data[at + 1];
        if (next == '%' || (!only_blocks && (next == '{' || next == '#')))
            return at;
        at++;
    }
    return lexer->source.size;
}

static void skip_comment(struct lexer *lexer, size_t at)
{
    for (size_t i = at; i + 1 < lexer->source.size; i++) {
        size_t end = tag_end(lexer, i, "#}", true);
        if (end != SIZE_MAX) {
            advance(lexer, end);
            return;
        }
    }
    jinja_fail(lexer->run, ERR_FORMAT, "a comment does not end");
}

// Reads the inside of {% raw %} behind its tag.
static void lex_raw(struct lexer *lexer, size_t begin, struct token *token)
{
    advance(lexer, begin);
    for (size_t i = begin; (i = find_tag(lexer, i, true)) < lexer->source.size; i++) {
        size_t end = word_tag(lexer, i, "endraw", true);
        if (end == SIZE_MAX)
            continue;
        struct str text = str_slice(lexer->source, begin, i);
        token->text = strip_before_tag(lexer, text, sign_at(lexer, i + 2), false);
        token->kind = T_DATA;
        advance(lexer, end);
        return;
    }
    jinja_fail(lexer->run, ERR_FORMAT, "{%% raw %%} does not end");
}

// Outside of tags.  Returns whether there is a token; comments and empty text are none.
static bool lex_data(struct lexer *lexer, struct token *token)
{
    size_t begin = lexer->at, tag = find_tag(lexer, begin, false);
    if (tag > begin) {
        struct str text = str_slice(lexer->source, begin, tag);
        token->kind = T_DATA;
        if (tag < lexer->source.size)
            text = strip_before_tag(lexer, text, sign_at(lexer, tag + 2),
                                    lexer->source.data[tag + 1] == '{');
        token->text = text;
        advance(lexer, tag);
        return text.size > 0;
    }
    if (tag == lexer->source.size) {
        token->kind = T_END;
        return true;
    }
    size_t raw = word_tag(lexer, tag, "raw", false);
    if (raw != SIZE_MAX) {
        lex_raw(lexer, raw, token);
        return token->text.size > 0;
    }
    char type = lexer->source.data[tag + 1];
    size_t inside = tag + 2 + (sign_at(lexer, tag + 2) != 0);
    if (type == '#') {
        skip_comment(lexer, inside);
        return false;
    }
    advance(lexer, inside);
    lexer->state = type == '%' ? LEX_BLOCK : LEX_VARIABLE;
    token->kind = type == '%' ? T_BLOCK_BEGIN : T_VARIABLE_BEGIN;
    return true;
}

// ---- inside of tags ----

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// Digits of a base with single underscores between them; from `at` to the returned place.
static size_t skip_digits(const struct lexer *lexer, size_t at, int base)
{
    size_t end = at;
    for (size_t i = at; i < lexer->source.size; i++) {
        int c = lexer->source.data[i] | 0x20;
        if (c == ('_' | 0x20) && lexer->source.data[i] == '_') {
            if (i > at && lexer->source.data[i - 1] == '_')
                break;
            continue;
        }
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
        if (digit >= base)
            break;
        end = i + 1;
    }
    return end;
}

// Number of bytes of a float at the lexer's place, or 0.
static size_t float_size(const struct lexer *lexer)
{
    const char *s = lexer->source.data;
    size_t at = lexer->at, size = lexer->source.size;
    if (at > 0 && s[at - 1] == '.')
        return 0;
    size_t i = skip_digits(lexer, at, 10);
    if (!is_digit(s[at]))
        return 0;
    bool fraction = i + 1 < size && s[i] == '.' && is_digit(s[i + 1]);
    if (fraction)
        i = skip_digits(lexer, i + 1, 10);
    if (i < size && (s[i] == 'e' || s[i] == 'E')) {
        size_t digits = i + 1 + (i + 1 < size && (s[i + 1] == '+' || s[i + 1] == '-'));
        if (digits < size && is_digit(s[digits]))
            return skip_digits(lexer, digits, 10) - at;
    }
    return fraction ? i - at : 0;
}

static struct jv parse_number(struct lexer *lexer, struct str text, int base, bool is_float)
{
    char *digits = jinja_alloc(lexer->run, text.size + 1, 1);
    size_t n = 0;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != '_')
            digits[n++] = text.data[i];
    if (is_float)
        return jv_float(strtod(digits, NULL));
    errno = 0;
    long long value = strtoll(digits, NULL, base);
    if (errno == ERANGE)
        jinja_fail(lexer->run, ERR_LIMIT, "the number %.*s needs more than 64 bits",
                   (int)(n > 40 ? 40 : n), digits);
    return jv_int(value);
}

static bool lex_number(struct lexer *lexer, struct token *token)
{
    static const struct {
        char letter;
        int base;
    } prefixes[] = {{'b', 2}, {'o', 8}, {'x', 16}};
    const char *s = lexer->source.data + lexer->at;
    size_t left = lexer->source.size - lexer->at, size = float_size(lexer);
    if (!is_digit(*s))
        return false;
    token->kind = T_CONST;
    token->text = (struct str){s, size};
    if (size) {
        token->value = parse_number(lexer, token->text, 10, true);
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(prefixes) && s[0] == '0' && left > 2; i++) {
        if ((s[1] | 0x20) != prefixes[i].letter)
            continue;
        size_t digits = lexer->at + 2 + (s[2] == '_');
        size_t end = skip_digits(lexer, digits, prefixes[i].base);
        if (end == digits)
            break;
        token->text.size = end - lexer->at;
        token->value = parse_number(lexer, str_slice(token->text, 2, token->text.size),
                                    prefixes[i].base, false);
        return true;
    }
    // A leading zero makes a number of zeros only.
    token->text.size = skip_digits(lexer, lexer->at, s[0] == '0' ? 1 : 10) - lexer->at;
    token->value = parse_number(lexer, token->text, 10, false);
    return true;
}

// The character of an escape with `n_digits` hexadecimal digits.
static uint32_t read_hex(struct lexer *lexer, struct str text, size_t *i, size_t n_digits)
{
    uint32_t c = 0;
    for (size_t n = 0; n < n_digits; n++, (*i)++) {
        int digit = *i < text.size ? text.data[*i] | 0x20 : 0;
        bool is_letter = digit >= 'a' && digit <= 'f';
        if (!is_letter && (*i >= text.size || !is_digit(text.data[*i])))
            jinja_fail(lexer->run, ERR_FORMAT, "a string has a truncated escape");
        c = c * 16 + (uint32_t)(is_letter ? digit - 'a' + 10 : text.data[*i] - '0');
    }
    if (c >= 0x110000)
        jinja_fail(lexer->run, ERR_FORMAT, "a string has an escape past U+10FFFF");
    return c;
}

// Reads the escape behind a backslash at text[*i]; false: it is none and stays as it is.
static bool read_escape(struct lexer *lexer, struct str text, size_t *i, uint32_t *c)
{
    static const char letters[] = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v";
    char letter = text.data[*i];
    for (size_t k = 0; k + 1 < sizeof letters; k += 2)
        if (letters[k] == letter) {
            *c = (unsigned char)letters[k + 1];
            (*i)++;
            return true;
        }
    if (letter >= '0' && letter <= '7') {
        *c = 0;
        for (int n = 0; n < 3 && *i < text.size && text.data[*i] >= '0' && text.data[*i] <= '7';
             n++)
            *c = *c * 8 + (uint32_t)(text.data[(*i)++] - '0');
        return true;
    }
    if (letter == 'N')
        jinja_fail(lexer->run, ERR_FORMAT, "escapes by character name are not supported");
    size_t n_digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    if (!n_digits)
        return false;
    (*i)++;
    *c = read_hex(lexer, text, i, n_digits);
    // Halves of a character above U+FFFF, written as two escapes.
    if (*c >= 0xd800 && *c < 0xdc00 && *i + 6 <= text.size && text.data[*i] == '\\' &&
        text.data[*i + 1] == 'u') {
        size_t after = *i + 2;
        uint32_t low = read_hex(lexer, text, &after, 4);
        if (low >= 0xdc00 && low < 0xe000) {
            *c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
            *i = after;
        }
    }
    if (*c >= 0xd800 && *c < 0xe000)
        *c = 0xfffd;
    return true;
}

static struct jv unescape(struct lexer *lexer, struct str text)
{
    struct jstr *string = jstr_wrap(lexer->run, text, SPAN_MARKUP);
    if (text.size && memchr(text.data, '\\', text.size)) {
        char *out = jinja_alloc(lexer->run, text.size + 4, 1);
        size_t n = 0;
        for (size_t i = 0; i < text.size;) {
            uint32_t c = 0;
            if (text.data[i] != '\\') {
                out[n++] = text.data[i++];
            } else if (++i < text.size && text.data[i] == '\n') {
                i++;
            } else if (read_escape(lexer, text, &i, &c)) {
                n += char_write(out + n, c);
            } else {
                out[n++] = '\\';
            }
        }
        string->data = out;
        string->size = n;
    }
    jstr_n_chars(lexer->run, string); // threads share it from now on
    return jv_string(string);
}

static bool lex_string(struct lexer *lexer, struct token *token)
{
    const char *s = lexer->source.data;
    char quote = s[lexer->at];
    if (quote != '"' && quote != '\'')
        return false;
    size_t i = lexer->at + 1;
    while (i < lexer->source.size && s[i] != quote)
        i += s[i] == '\\' ? 2 : 1;
    if (i >= lexer->source.size)
        return false;
    token->kind = T_CONST;
    token->text = str_slice(lexer->source, lexer->at, i + 1);
    token->value = unescape(lexer, str_slice(lexer->source, lexer->at + 1, i));
    return true;
}

static bool lex_name(struct lexer *lexer, struct token *token)
{
    size_t i = lexer->at;
    while (i < lexer->source.size) {
        uint32_t c;
        size_t size = char_read(lexer->source.data + i, lexer->source.size - i, &c);
        if (!char_is_word(c))
            break;
        i += size;
    }
    token->kind = T_NAME;
    token->text = str_slice(lexer->source, lexer->at, i);
    return i > lexer->at;
}

static void track_brackets(struct lexer *lexer, char c)
{
    char close = c == '(' ? ')' : c == '[' ? ']' : c == '{' ? '}' : 0;
    if (close) {
        if (lexer->n_open == LEX_NESTING_MAX)
            jinja_fail(lexer->run, ERR_LIMIT, "brackets are nested too deep");
        lexer->open[lexer->n_open++] = close;
    } else if (c == ')' || c == ']' || c == '}') {
        if (!lexer->n_open)
            jinja_fail(lexer->run, ERR_FORMAT, "unexpected '%c'", c);
        if (lexer->open[--lexer->n_open] != c)
            jinja_fail(lexer->run, ERR_FORMAT, "unexpected '%c', expected '%c'", c,
                       lexer->open[lexer->n_open]);
    }
}

static bool lex_operator(struct lexer *lexer, struct token *token)
{
    for (size_t i = 0; i < COUNT_OF(operators); i++) {
        if (!at_text(lexer, lexer->at, operators[i].text))
            continue;
        size_t size = strlen(operators[i].text);
        token->kind = T_OPERATOR;
        token->op = operators[i].op;
        token->text = str_slice(lexer->source, lexer->at, lexer->at + size);
        if (size == 1)
            track_brackets(lexer, operators[i].text[0]);
        return true;
    }
    return false;
}

static void lex_tag(struct lexer *lexer, struct token *token)
{
    bool is_block = lexer->state == LEX_BLOCK;
    if (lexer->n_open == 0) {
        size_t end = tag_end(lexer, lexer->at, is_block ? "%}" : "}}", is_block);
        if (end != SIZE_MAX) {
            token->kind = is_block ? T_BLOCK_END : T_VARIABLE_END;
            advance(lexer, end);
            lexer->state = LEX_DATA;
            return;
        }
    }
    if (!lex_number(lexer, token) && !lex_name(lexer, token) && !lex_string(lexer, token) &&
        !lex_operator(lexer, token))
        jinja_fail(lexer->run, ERR_FORMAT, "unexpected character '%.*s'",
                   (int)char_size(lexer->source.data + lexer->at, lexer->source.size - lexer->at),
                   lexer->source.data + lexer->at);
    advance(lexer, lexer->at + token->text.size);
}

void lexer_next(struct lexer *lexer, struct token *token)
{
    for (;;) {
        *token = (struct token){.line = lexer->line};
        lexer->run->line = lexer->line;
        jinja_step(lexer->run, 1);
        if (lexer->state == LEX_DATA) {
            if (lex_data(lexer, token))
                return;
            continue;
        }
        size_t at = skip_space(lexer, lexer->at);
        bool spaced = at > lexer->at;
        advance(lexer, at);
        if (spaced)
            continue; // the next token's line may be another
        if (lexer->at == lexer->source.size) {
            token->kind = T_END;
            return;
        }
        lex_tag(lexer, token);
        return;
    }
}
