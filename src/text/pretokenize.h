// pretokenize.h - where may a token end?  The words that merges never cross.
//
// A vocabulary was trained on text cut into words by regular expressions; its file names them
// (tokenizer.ggml.pre).  Here each is written out as a function over characters, so that any text
// is cut in one pass.  Some rules are several expressions, each applied within the pieces of the
// one before.  Nothing is dropped: words are contiguous and cover the text.
#ifndef HEARTH_TEXT_PRETOKENIZE_H
#define HEARTH_TEXT_PRETOKENIZE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define SPLIT_STAGES_MAX 6

struct split_rule; // one row of the table

// The rule a file names, or NULL when we do not know it.
const struct split_rule *split_rule_find(struct str pre);
const struct split_rule *split_rule_default(void);
bool split_rule_takes_whole_words(const struct split_rule *rule); // a word that is a token is one
bool split_rule_adds_bos(const struct split_rule *rule);          // unless the file says otherwise

struct splitter {
    const struct split_rule *rule;
    struct str text;
    size_t at;
    size_t ends[SPLIT_STAGES_MAX]; // of each stage's current piece
};

void splitter_init(struct splitter *splitter, const struct split_rule *rule, struct str text);
bool splitter_next(struct splitter *splitter, struct str *word); // false at the end

#endif
