#include "text/word_cache.h"

#include <stdlib.h>

#include "base/memory.h"

#define TEXT_SIZE_MIN 256 // shorter texts repeat too little
#define N_WORDS_MAX   8192
#define WORD_SIZE_MAX 64

void word_cache_init(struct word_cache *cache, size_t text_size)
{
    *cache = (struct word_cache){0};
    if (text_size < TEXT_SIZE_MIN)
        return;
    size_t n = 64;
    while (n < N_WORDS_MAX && n < text_size / 8)
        n *= 2;
    cache->words = mem_new(struct cached_word, n);
    cache->mask = n - 1;
}

void word_cache_release(struct word_cache *cache)
{
    free(cache->words);
    *cache = (struct word_cache){0};
}

struct cached_word *word_cache_find(const struct word_cache *cache, struct str text,
                                    struct str word)
{
    if (!cache->words || word.size < 2 || word.size > WORD_SIZE_MAX)
        return NULL;
    struct cached_word *place = &cache->words[vocab_hash(word) & cache->mask];
    struct str known = {text.data + place->start, place->size};
    if (!str_equal(known, word))
        place->size = 0;
    return place;
}
