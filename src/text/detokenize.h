// detokenize.h - tokens to text, a token at a time, never half a character.
//
// Bytes that may still become a UTF-8 character are held back (at most three).  Bytes that never
// can are replaced by U+FFFD, one per maximal invalid prefix.  One per stream; no locking.
#ifndef HEARTH_TEXT_DETOKENIZE_H
#define HEARTH_TEXT_DETOKENIZE_H

#include "base/buf.h"
#include "text/tokenizer.h"

struct detokenizer {
    const struct tokenizer *tokenizer;
    bool shows_control; // write control tokens as their text; otherwise they give nothing
    bool at_start;      // SentencePiece: drop the one leading space
    unsigned char held[4];
    size_t n_held;
};

void detokenizer_init(struct detokenizer *d, const struct tokenizer *tokenizer, bool shows_control);
void detokenizer_push(struct detokenizer *d, struct buf *out, token_id id);
void detokenizer_finish(struct detokenizer *d, struct buf *out); // flushes what is held as U+FFFD

#endif
