// spans.h - a prompt that remembers where each byte came from.
//
// Rendered prompts are bytes plus a list of spans that cover them in order.  Provenance survives the
// template engine, so that the tokenizer can parse control tokens in markup and nowhere else, and so
// that what the model itself sampled goes back as exactly the ids it sampled.
#ifndef HEARTH_CHAT_SPANS_H
#define HEARTH_CHAT_SPANS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum span_kind {
    SPAN_MARKUP, // written by a template or by us
    SPAN_TEXT,   // from people, files and tools: never parsed for control tokens
    SPAN_TOKENS, // stands for a run of token ids; its bytes are their text
};

struct span {
    enum span_kind kind;
    uint32_t i_run;     // SPAN_TOKENS: which run of the caller's; else 0
    size_t start, size; // bytes of spans.text
};

struct spans {
    struct buf text;
    struct span *items; // contiguous, none empty, neighbours of one kind merged (except token runs)
    size_t n_items, capacity;
};

void spans_append(struct spans *spans, enum span_kind kind, uint32_t i_run, struct str text);
void spans_append_all(struct spans *spans, const struct spans *other);
void spans_reset(struct spans *spans);
void spans_release(struct spans *spans);

#endif
