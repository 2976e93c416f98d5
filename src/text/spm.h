// spm.h - SentencePiece: two neighbours merge when together they are a token, best score first.
//
// Does not change after spm_init.
#ifndef HEARTH_TEXT_SPM_H
#define HEARTH_TEXT_SPM_H

#include "text/merge.h"

struct spm {
    const struct vocab *vocab;
    uint32_t *ranks; // [n_tokens] the scores in an order that integers have: lower joins earlier
    size_t size_max; // of any token, bytes
    bool has_words;  // no token has a space behind something else, so no merge crosses one there
};

enum err spm_init(struct spm *spm, const struct vocab *vocab, const struct gguf *gguf,
                  struct error *error);
void spm_release(struct spm *spm);

// The size of the first stretch of `text` that merges cannot cross.
size_t spm_word_size(const struct spm *spm, struct str text);

void spm_encode(const struct spm *spm, struct merger *merger, struct token_list *out,
                struct str word);

#endif
