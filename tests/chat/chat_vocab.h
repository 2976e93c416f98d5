// chat_vocab.h - a vocabulary of our own for any dialect: bytes, a few merges, and the row's marks.
//
// What stands in <...> in the row is one token: tags of thinking and tools user-defined, as in most
// files, the rest control tokens.
#ifndef HEARTH_TESTS_CHAT_VOCAB_H
#define HEARTH_TESTS_CHAT_VOCAB_H

#include "base/memory.h"
#include "chat/dialect_table.h"
#include "tests/test.h"
#include "tests/text/small_vocab.h"

struct chat_vocab {
    struct small small;
    struct small_token tokens[64];
    char texts[64][64];
    size_t n_tokens;
};

static inline void chat_vocab_mark(struct chat_vocab *v, const char *text, size_t size, int kind)
{
    if (size >= sizeof v->texts[0] || v->n_tokens + 1 >= COUNT_OF(v->tokens))
        return;
    for (size_t i = 0; i < v->n_tokens; i++)
        if (strlen(v->texts[i]) == size && !memcmp(v->texts[i], text, size))
            return;
    memcpy(v->texts[v->n_tokens], text, size);
    v->tokens[v->n_tokens] = (struct small_token){v->texts[v->n_tokens], kind, 0};
    v->n_tokens++;
}

static inline void chat_vocab_marks(struct chat_vocab *v, const char *text, int kind)
{
    for (const char *open = text; open && (open = strchr(open, '<')); open++) {
        const char *close = strchr(open, '>');
        // <function= and <parameter= are not tokens anywhere; they have no end of their own.
        if (close && !memchr(open, '\n', (size_t)(close - open)) &&
            !memchr(open, '=', (size_t)(close - open)) && strncmp(open, "</function", 10) &&
            strncmp(open, "</parameter", 11))
            chat_vocab_mark(v, open, (size_t)(close - open) + 1, kind);
    }
}

static inline void chat_vocab_open(struct chat_vocab *v, const struct chat_dialect *d)
{
    static const char *const merges[] = {"t h", "th e", "i n", "e r", "a n", "Ġ t", "o n",
                                         "r e", "Ċ Ċ",  "s t", "e n", "Ġ a", "< /", NULL};
    *v = (struct chat_vocab){0};
    for (size_t i = 0; i < COUNT_OF(d->stops) && d->stops[i]; i++)
        chat_vocab_marks(v, d->stops[i], TOKEN_CONTROL);
    const char *const control[] = {d->system.open,  d->system.close,   d->user.open,
                                   d->user.close,   d->assistant.open, d->assistant.close,
                                   d->results.open, d->results.close};
    const char *const tags[] = {d->result.open,  d->result.close,     d->think_open,
                                d->think_close,  d->tools.list_open,  d->tools.opener,
                                d->tools.closer, d->tools.list_close, d->tools.string_quote};
    for (size_t i = 0; i < COUNT_OF(control); i++)
        chat_vocab_marks(v, control[i], TOKEN_CONTROL);
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        chat_vocab_marks(v, tags[i], TOKEN_USER_DEFINED);
    struct small_vocab vocab = {.model = "gpt2",
                                .pre = "qwen2",
                                .merges = merges,
                                .tokens = v->tokens,
                                .bos = -1,
                                .eos = -1};
    struct error error = {0};
    if (small_open(&v->small, &vocab, &error))
        fail_msg("%s", error.text);
}

static inline void chat_vocab_close(struct chat_vocab *v)
{
    small_close(&v->small);
}

#endif
