// word_cache.h - the words of a text that were just encoded, so that "the" is merged once.
//
// Belongs to one call: it remembers where in the text a word stood and where its tokens are in the
// list, and owns no bytes.  A place is simply taken over by the next word that hashes to it.
#ifndef HEARTH_TEXT_WORD_CACHE_H
#define HEARTH_TEXT_WORD_CACHE_H

#include "text/vocab.h"

struct cached_word {
    uint32_t start; // in the text
    uint32_t i_ids; // in the list
    uint16_t size, n_ids;
};

struct word_cache {
    struct cached_word *words; // NULL: short texts have none
    size_t mask;
};

void word_cache_init(struct word_cache *cache, size_t text_size);
void word_cache_release(struct word_cache *cache);

// The place for a word: with its tokens when the size is not 0.  NULL when it is not worth it.
struct cached_word *word_cache_find(const struct word_cache *cache, struct str text,
                                    struct str word);

#endif
