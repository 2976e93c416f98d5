// penalties.h - make what was generated lately less likely.
//
// Two of them.  The plain ones look at which tokens occurred and how often (repetition, presence,
// frequency).  DRY looks at sequences: a token that would continue a repetition is penalised the
// more, the longer the repetition already is, so that names and idioms may recur but paragraphs may
// not.  Both remember a window of the latest tokens and change logits in place.
#ifndef HEARTH_SAMPLE_PENALTIES_H
#define HEARTH_SAMPLE_PENALTIES_H

#include "sample/sampler.h"

struct token_window { // the latest tokens, oldest overwritten
    token_id *tokens;
    uint32_t size, n, at; // at: where the next one goes
};

struct penalties { // zero when there are none
    struct token_window window;
    int32_t *counts; // [n_vocab] how often each is in the window
};

enum err penalties_init(struct penalties *penalties, uint32_t n_vocab,
                        const struct sampling *sampling, struct error *error);
void penalties_release(struct penalties *penalties);
void penalties_reset(struct penalties *penalties);
void penalties_accept(struct penalties *penalties, token_id token);
void penalties_apply(struct penalties *penalties, const struct sampling *sampling, float *logits);

struct dry { // zero when there is none
    struct token_window window;
    token_id *breakers; // ascending
    size_t n_breakers;
    uint32_t n_since_breaker; // tokens
    token_id *backwards;      // [window.size] the window, newest first
    uint32_t *matches;        // [window.size] how far each place matches the end
    uint16_t *lengths;        // [n_vocab] the longest repetition each token would continue
};

enum err dry_init(struct dry *dry, uint32_t n_vocab, const struct sampling *sampling,
                  struct error *error);
void dry_release(struct dry *dry);
void dry_reset(struct dry *dry);
void dry_accept(struct dry *dry, token_id token);
void dry_apply(struct dry *dry, const struct sampling *sampling, float *logits);

#endif
