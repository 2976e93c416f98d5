// bpe.h - byte-level BPE: which pair of tokens merges into which, and how early.
//
// The merges of a file as one hash table over pairs of token ids; a merge that names a text that is
// no token can never happen and is left out.  Also serves Gemma 4, whose symbols are characters.
// Does not change after bpe_init.
#ifndef HEARTH_TEXT_BPE_H
#define HEARTH_TEXT_BPE_H

#include "text/merge.h"

struct bpe_pair {
    token_id left, right; // left is TOKEN_NONE where the table is empty
    token_id merged;
    uint32_t rank;
};

struct bpe {
    const struct vocab *vocab;
    struct bpe_pair *pairs;
    unsigned shift; // 64 - log2 of the table's size
    size_t mask;
    bool takes_whole_words; // a word that is a token is that token, whatever the merges say
};

enum err bpe_init(struct bpe *bpe, const struct vocab *vocab, const struct gguf *gguf,
                  bool takes_whole_words, struct error *error);
void bpe_release(struct bpe *bpe);

void bpe_encode(const struct bpe *bpe, struct merger *merger, struct token_list *out,
                struct str word);

#endif
