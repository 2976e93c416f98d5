// reports.h - log-probabilities of tokens, as the dialects write them.
#ifndef HEARTH_API_REPORTS_H
#define HEARTH_API_REPORTS_H

#include "api/reply.h"

// {"token","logprob","bytes","top_logprobs"}, comma-separated, of reports [from, to); llama-server's
// own form also tells ids.
void reports_put(struct buf *out, const struct choice *choice, size_t from, size_t to,
                 bool with_ids);
// The columns of the old completions: {"tokens","token_logprobs","top_logprobs","text_offset"}.
void reports_put_columns(struct buf *out, const struct choice *choice, size_t from, size_t to);

// Tokens per second and milliseconds, as llama-server tells them: {"prompt_n":...}.
void timings_put(struct buf *out, const struct usage *usage);

#endif
