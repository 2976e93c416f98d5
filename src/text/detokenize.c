#include "text/detokenize.h"

#include "text/unicode.h"

static void give_up_held(struct detokenizer *d, struct buf *out)
{
    if (d->n_held)
        buf_append(out, "\xEF\xBF\xBD", 3); // U+FFFD
    d->n_held = 0;
}

static void push_byte(struct detokenizer *d, struct buf *out, unsigned char byte)
{
    if (d->n_held && !utf8_continues(d->held, d->n_held, byte))
        give_up_held(d, out);
    d->held[d->n_held++] = byte;
    unsigned size = utf8_size(d->held[0]);
    if (size == 0) {
        give_up_held(d, out);
    } else if (d->n_held == size) {
        buf_append(out, d->held, size);
        d->n_held = 0;
    }
}

static void push_bytes(struct detokenizer *d, struct buf *out, struct str bytes)
{
    for (size_t i = 0; i < bytes.size;) {
        size_t n = 0; // a run of ASCII goes out at once
        while (!d->n_held && i + n < bytes.size && (unsigned char)bytes.data[i + n] < 0x80)
            n++;
        if (n)
            buf_append(out, bytes.data + i, n);
        else
            push_byte(d, out, (unsigned char)bytes.data[i++]);
        i += n;
    }
}

static bool is_shown(const struct detokenizer *d, token_id id)
{
    switch (tokenizer_kind(d->tokenizer, id)) {
    case TOKEN_CONTROL:
    case TOKEN_UNKNOWN:
        return d->shows_control;
    case TOKEN_UNUSED:
        return false;
    default:
        return true;
    }
}

void detokenizer_init(struct detokenizer *d, const struct tokenizer *tokenizer, bool shows_control)
{
    *d = (struct detokenizer){
        .tokenizer = tokenizer, .shows_control = shows_control, .at_start = true};
}

void detokenizer_push(struct detokenizer *d, struct buf *out, token_id id)
{
    struct str bytes = tokenizer_bytes(d->tokenizer, id);
    if (!is_shown(d, id) || bytes.size == 0)
        return;
    enum token_kind kind = tokenizer_kind(d->tokenizer, id);
    bool is_text = kind == TOKEN_NORMAL || kind == TOKEN_BYTE;
    if (d->at_start && is_text && tokenizer_adds_space(d->tokenizer) && bytes.data[0] == ' ')
        bytes = str_slice(bytes, 1, bytes.size);
    if (kind != TOKEN_CONTROL) // a shown BOS does not count as a beginning
        d->at_start = false;
    push_bytes(d, out, bytes);
}

void detokenizer_finish(struct detokenizer *d, struct buf *out)
{
    give_up_held(d, out);
}
