// mirostat.h - hold an answer at a surprise that was asked for (Basu et al., 2021).
//
// After each token the surprise that was allowed, mu, moves against what the token's surprise was too
// much or too little.  The paper's own way estimates how steep the distribution is and keeps the
// top_k that mu then stands for; its successor keeps what surprises by mu at most.
#ifndef HEARTH_SAMPLE_MIROSTAT_H
#define HEARTH_SAMPLE_MIROSTAT_H

#include "sample/chain.h"

struct mirostat {
    float mu;       // bits
    token_id token; // drawn last, until accepted
    float surprise; // of it
};

void mirostat_reset(struct mirostat *mirostat, const struct sampling *sampling);
token_id mirostat_draw(struct mirostat *mirostat, struct chain *chain);
void mirostat_accept(struct mirostat *mirostat, const struct sampling *sampling, token_id token);

#endif
