#include "server/constraint_cache.h"

enum { RELAXATIONS_MAX = 64 }; // that are told of one constraint

void constraint_cache_init(struct constraint_cache *cache)
{
    *cache = (struct constraint_cache){0};
    pthread_mutex_init(&cache->lock, NULL);
}

void constraint_cache_release(struct constraint_cache *cache)
{
    for (size_t i = 0; i < COUNT_OF(cache->slots); i++)
        constraint_close(cache->slots[i].constraint);
    pthread_mutex_destroy(&cache->lock);
}

static struct cached_constraint *find_slot(struct constraint_cache *cache,
                                           const struct digest_key *key)
{
    for (size_t i = 0; i < COUNT_OF(cache->slots); i++)
        if (cache->slots[i].constraint && digest_equal(&cache->slots[i].key, key))
            return &cache->slots[i];
    return NULL;
}

static struct cached_constraint *oldest_slot(struct constraint_cache *cache)
{
    struct cached_constraint *oldest = &cache->slots[0];
    for (size_t i = 1; i < COUNT_OF(cache->slots); i++)
        if (cache->slots[i].used < oldest->used)
            oldest = &cache->slots[i];
    return oldest;
}

struct constraint *constraint_cache_find(struct constraint_cache *cache,
                                         const struct digest_key *key)
{
    struct constraint *found = NULL;
    pthread_mutex_lock(&cache->lock);
    struct cached_constraint *slot = find_slot(cache, key);
    if (slot) {
        slot->used = ++cache->clock;
        found = constraint_share(slot->constraint);
    }
    pthread_mutex_unlock(&cache->lock);
    return found;
}

void constraint_cache_add(struct constraint_cache *cache, const struct digest_key *key,
                          struct constraint *constraint)
{
    struct constraint *old = NULL;
    pthread_mutex_lock(&cache->lock);
    if (!find_slot(cache, key)) {
        struct cached_constraint *slot = oldest_slot(cache);
        old = slot->constraint;
        *slot = (struct cached_constraint){
            .key = *key, .constraint = constraint_share(constraint), .used = ++cache->clock};
    }
    pthread_mutex_unlock(&cache->lock);
    constraint_close(old);
}

void constraint_cache_tell(struct constraint_cache *cache,
                           void (*tell)(void *context, const struct relaxation *relaxation),
                           void *context)
{
    struct relaxation relaxations[RELAXATIONS_MAX];
    pthread_mutex_lock(&cache->lock);
    for (size_t i = 0; i < COUNT_OF(cache->slots); i++) {
        struct cached_constraint *slot = &cache->slots[i];
        if (!slot->constraint)
            continue;
        size_t n = constraint_relaxations(slot->constraint, relaxations, RELAXATIONS_MAX);
        n = n < RELAXATIONS_MAX ? n : RELAXATIONS_MAX;
        for (; slot->n_told < n; slot->n_told++)
            tell(context, &relaxations[slot->n_told]);
    }
    pthread_mutex_unlock(&cache->lock);
}
