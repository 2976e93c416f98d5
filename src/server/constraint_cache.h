// constraint_cache.h - compiled constraints by what they were compiled from.
//
// A conversation sends the same tools with every request, and its subagents theirs; compiling them
// again would also forget the masks that were worked out.  Few are kept, the one used longest ago
// makes room; answers that still follow it share it.  Any thread.
#ifndef HEARTH_SERVER_CONSTRAINT_CACHE_H
#define HEARTH_SERVER_CONSTRAINT_CACHE_H

#include <pthread.h>
#include <stdint.h>

#include "base/memory.h"
#include "sample/constraint.h"
#include "server/digest.h"

#define CONSTRAINT_CACHE_SLOTS 8
#define CONSTRAINT_SIZE_MAX    (24 * MIB) // of each, about: constraint_options.size_max

struct constraint_cache {
    struct cached_constraint {
        struct digest_key key;
        struct constraint *constraint; // NULL: a free slot
        uint64_t used;                 // larger is later
        size_t n_told;                 // relaxations that were told
    } slots[CONSTRAINT_CACHE_SLOTS];
    uint64_t clock;
    pthread_mutex_t lock;
};

void constraint_cache_init(struct constraint_cache *cache);
void constraint_cache_release(struct constraint_cache *cache);

// The caller closes what it gets.  NULL when there is none.
struct constraint *constraint_cache_find(struct constraint_cache *cache,
                                         const struct digest_key *key);
// Keeps a share of `constraint`, unless another thread came first with the same.
void constraint_cache_add(struct constraint_cache *cache, const struct digest_key *key,
                          struct constraint *constraint);

// Calls `tell` once for each relaxation there has been; they appear as texts get to them.
void constraint_cache_tell(struct constraint_cache *cache,
                           void (*tell)(void *context, const struct relaxation *relaxation),
                           void *context);

#endif
