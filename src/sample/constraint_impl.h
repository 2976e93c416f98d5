// constraint_impl.h - what the constructors of constraints share; not for users of constraint.h.
#ifndef HEARTH_SAMPLE_CONSTRAINT_IMPL_H
#define HEARTH_SAMPLE_CONSTRAINT_IMPL_H

#include <pthread.h>

#include "sample/constraint.h"
#include "sample/token_mask.h"

struct constraint_vocabulary {
    struct token_trie *trie;
    struct text_mask *free_string; // inside any JSON string
};

struct constraint {
    const struct constraint_vocabulary *vocabulary;
    pthread_mutex_t lock; // guards all below
    size_t n_owners, n_states;
    struct schema_store *store;
    struct grammar grammar;
    uint32_t start_rule;
    struct mask_cache cache;
    bool has_told_limit;
};

struct constraint *constraint_new(const struct constraint_vocabulary *vocabulary,
                                  const struct constraint_options *options);
// Adds an alternative of the start rule, behind what the options let come first.
void constraint_add_start(struct constraint *constraint, const struct constraint_options *options,
                          const struct symbol *symbols, size_t n);
// A dialect's markup.  Where it contains marks that are tokens of their own (TOKEN_ROLE_MARK), those
// tokens are meant: only they when `is_strict`, else also their characters.
// The bytes that stand for a mark: its token's code where it is one, else its characters.
struct str constraint_mark_bytes(struct constraint *constraint, const char *mark);
regex_id constraint_markup(struct constraint *constraint, const char *text, bool is_strict);

#endif
