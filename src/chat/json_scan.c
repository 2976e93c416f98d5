#include "chat/json_scan.h"
#include "chat/white_space.h"

enum state {
    AT_VALUE,          // a value must come
    AT_VALUE_OR_CLOSE, // after [
    AT_KEY,            // after a comma in an object
    AT_KEY_OR_CLOSE,   // after {
    AT_COLON,
    AFTER_VALUE, // comma or close
    IN_STRING,
    IN_ESCAPE,
    IN_HEX,
    IN_LITERAL,
    NUM_MINUS,    // after -
    NUM_ZERO,     // after a leading 0
    NUM_INT,      // in the integer part
    NUM_POINT,    // after the point, no digit yet
    NUM_FRACTION, // in the fraction
    NUM_E,        // after e
    NUM_E_SIGN,   // after e+
    NUM_EXPONENT, // in the exponent
    FINISHED,
};

static const char *const literals[] = {"true", "false", "null"};

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool top_is_object(const struct json_scan *s)
{
    unsigned i = s->depth - 1u;
    return s->is_object[i / 8] >> (i % 8) & 1;
}

static enum json_scan_result go(struct json_scan *s, enum state state)
{
    s->state = (uint8_t)state;
    return JSON_SCAN_MORE;
}

// A value just ended with the byte at hand.
static enum json_scan_result end_value(struct json_scan *s)
{
    if (s->depth)
        return go(s, AFTER_VALUE);
    s->state = FINISHED;
    return JSON_SCAN_DONE;
}

static enum json_scan_result open_container(struct json_scan *s, bool is_object)
{
    if (s->depth == JSON_SCAN_DEPTH_MAX)
        return JSON_SCAN_BAD;
    uint8_t bit = (uint8_t)(1u << (s->depth % 8));
    if (is_object)
        s->is_object[s->depth / 8] |= bit;
    else
        s->is_object[s->depth / 8] &= (uint8_t)~bit;
    s->depth++;
    return go(s, is_object ? AT_KEY_OR_CLOSE : AT_VALUE_OR_CLOSE);
}

static enum json_scan_result close_container(struct json_scan *s, unsigned char c)
{
    if (top_is_object(s) != (c == '}'))
        return JSON_SCAN_BAD;
    s->depth--;
    return end_value(s);
}

static enum json_scan_result begin_string(struct json_scan *s, bool is_key)
{
    s->is_key = is_key;
    return go(s, IN_STRING);
}

static enum json_scan_result begin_value(struct json_scan *s, unsigned char c)
{
    if (str_is_space((char)c))
        return JSON_SCAN_MORE;
    switch (c) {
    case '"':
        return begin_string(s, false);
    case '{':
    case '[':
        return open_container(s, c == '{');
    case '-':
        return go(s, NUM_MINUS);
    case '0':
        return go(s, NUM_ZERO);
    case 't':
    case 'f':
    case 'n':
        s->literal = c == 't' ? 0 : c == 'f' ? 1 : 2;
        s->n_left = 1;
        return go(s, IN_LITERAL);
    default:
        return is_digit(c) ? go(s, NUM_INT) : JSON_SCAN_BAD;
    }
}

static enum json_scan_result after_value(struct json_scan *s, unsigned char c)
{
    if (str_is_space((char)c))
        return JSON_SCAN_MORE;
    if (c == ',')
        return go(s, top_is_object(s) ? AT_KEY : AT_VALUE);
    return c == '}' || c == ']' ? close_container(s, c) : JSON_SCAN_BAD;
}

static enum json_scan_result in_string(struct json_scan *s, unsigned char c)
{
    if (c == '\\')
        return go(s, IN_ESCAPE);
    if (c < 0x20)
        return JSON_SCAN_BAD;
    if (c != '"')
        return JSON_SCAN_MORE;
    return s->is_key ? go(s, AT_COLON) : end_value(s);
}

static enum json_scan_result in_escape(struct json_scan *s, unsigned char c)
{
    if (c == 'u') {
        s->n_left = 4;
        return go(s, IN_HEX);
    }
    return c && strchr("\"\\/bfnrt", c) ? go(s, IN_STRING) : JSON_SCAN_BAD;
}

static enum json_scan_result in_hex(struct json_scan *s, unsigned char c)
{
    if (!(is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
        return JSON_SCAN_BAD;
    return --s->n_left ? JSON_SCAN_MORE : go(s, IN_STRING);
}

static enum json_scan_result in_literal(struct json_scan *s, unsigned char c)
{
    const char *word = literals[s->literal];
    if (c != (unsigned char)word[s->n_left])
        return JSON_SCAN_BAD;
    return word[++s->n_left] ? JSON_SCAN_MORE : end_value(s);
}

// The number may be complete and `c` something else.
static enum json_scan_result past_number(struct json_scan *s, unsigned char c)
{
    if (s->depth == 0) {
        s->state = FINISHED;
        return JSON_SCAN_PAST;
    }
    struct json_scan before = *s;
    s->state = AFTER_VALUE;
    enum json_scan_result result = after_value(s, c);
    if (result == JSON_SCAN_BAD)
        *s = before;
    return result;
}

static enum json_scan_result in_number(struct json_scan *s, unsigned char c)
{
    bool digit = is_digit(c), e = c == 'e' || c == 'E';
    switch (s->state) {
    case NUM_MINUS:
        return digit ? go(s, c == '0' ? NUM_ZERO : NUM_INT) : JSON_SCAN_BAD;
    case NUM_POINT:
        return digit ? go(s, NUM_FRACTION) : JSON_SCAN_BAD;
    case NUM_E:
        if (c == '+' || c == '-')
            return go(s, NUM_E_SIGN);
        return digit ? go(s, NUM_EXPONENT) : JSON_SCAN_BAD;
    case NUM_E_SIGN:
        return digit ? go(s, NUM_EXPONENT) : JSON_SCAN_BAD;
    case NUM_ZERO:
    case NUM_INT:
        if (c == '.')
            return go(s, NUM_POINT);
        if (digit)
            return s->state == NUM_INT ? JSON_SCAN_MORE : JSON_SCAN_BAD;
        return e ? go(s, NUM_E) : past_number(s, c);
    case NUM_FRACTION:
        if (digit)
            return JSON_SCAN_MORE;
        return e ? go(s, NUM_E) : past_number(s, c);
    default:
        return digit ? JSON_SCAN_MORE : past_number(s, c);
    }
}

enum json_scan_result json_scan_push(struct json_scan *s, unsigned char c)
{
    switch (s->state) {
    case AT_VALUE:
        return begin_value(s, c);
    case AT_VALUE_OR_CLOSE:
        return c == ']' ? close_container(s, c) : begin_value(s, c);
    case AT_KEY:
    case AT_KEY_OR_CLOSE:
        if (str_is_space((char)c))
            return JSON_SCAN_MORE;
        if (c == '}' && s->state == AT_KEY_OR_CLOSE)
            return close_container(s, c);
        return c == '"' ? begin_string(s, true) : JSON_SCAN_BAD;
    case AT_COLON:
        if (str_is_space((char)c))
            return JSON_SCAN_MORE;
        return c == ':' ? go(s, AT_VALUE) : JSON_SCAN_BAD;
    case AFTER_VALUE:
        return after_value(s, c);
    case IN_STRING:
        return in_string(s, c);
    case IN_ESCAPE:
        return in_escape(s, c);
    case IN_HEX:
        return in_hex(s, c);
    case IN_LITERAL:
        return in_literal(s, c);
    case FINISHED:
        return JSON_SCAN_BAD;
    default:
        return in_number(s, c);
    }
}

bool json_scan_in_string(const struct json_scan *s)
{
    return s->state == IN_STRING || s->state == IN_ESCAPE || s->state == IN_HEX;
}

bool json_scan_wants_key(const struct json_scan *s)
{
    return s->state == AT_KEY || s->state == AT_KEY_OR_CLOSE;
}

bool json_scan_wants_value(const struct json_scan *s)
{
    return s->state == AT_VALUE;
}

bool json_scan_after_value(const struct json_scan *s)
{
    return s->state == AFTER_VALUE;
}

bool json_is_valid(struct str text)
{
    struct json_scan scan = {0};
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (scan.state == FINISHED) {
            if (!str_is_space((char)c))
                return false;
            continue;
        }
        enum json_scan_result result = json_scan_push(&scan, c);
        if (result == JSON_SCAN_BAD || (result == JSON_SCAN_PAST && !str_is_space((char)c)))
            return false;
    }
    return scan.state == FINISHED ||
           (scan.depth == 0 && json_scan_push(&scan, ' ') == JSON_SCAN_PAST);
}
