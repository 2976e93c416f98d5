// kv_cache.h - which KV page is whose?
//
// A page holds KV_PAGE_TOKENS tokens of every layer of one group (full attention, or sliding
// window); the backend owns its bytes, this file its number.  A page is held by running sequences
// and by what the engine remembers (the prefix tree), both counted; with the last holder it is free.
//
// Pages are written in order of position and only by the sequence that took them; the rows behind
// what a holder knows to be written are not its business.  So a page that is partly filled can be
// remembered, and read by others, while its writer goes on; who wants to continue it otherwise takes
// a copy (kv_cache_take_copy).
//
// Group 0 is handed out on reservation: a sequence reserves all it may ever need before it starts.
// As everything that no sequence holds can be forgotten, a reserved page can always be taken.
//
// Engine thread only.  Small bookkeeping, so opening cannot fail.
#ifndef HEARTH_ENGINE_KV_CACHE_H
#define HEARTH_ENGINE_KV_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/backend.h"

struct kv_cache;

enum kv_holder {
    KV_SEQUENCE, // a running sequence
    KV_MEMORY,   // the prefix tree or a snapshot: may be forgotten when pages run short
    KV_HOLDERS,
};

// `backend` must outlive the cache; its caches are those of `spec`.
struct kv_cache *kv_cache_open(struct backend *backend, const struct cache_spec *spec);
void kv_cache_close(struct kv_cache *cache); // every page must be free

static inline uint32_t kv_pages_for(uint32_t n_tokens)
{
    return n_tokens / KV_PAGE_TOKENS + (n_tokens % KV_PAGE_TOKENS != 0);
}

uint32_t kv_cache_n_groups(const struct kv_cache *cache);
uint32_t kv_cache_n_total(const struct kv_cache *cache, uint32_t i_group);
uint32_t kv_cache_n_free(const struct kv_cache *cache, uint32_t i_group);

// Promises n more pages of group 0 to sequences; false when so many could not be had even after
// forgetting everything.  A page that no sequence held uses one promised page up when a sequence
// takes or holds it; one that another sequence holds already costs nothing.
bool kv_cache_reserve(struct kv_cache *cache, uint32_t n);
void kv_cache_unreserve(struct kv_cache *cache, uint32_t n);
uint32_t kv_cache_n_reserved(const struct kv_cache *cache);

// A free page for a sequence, or PAGE_NONE when something must be forgotten first.
uint32_t kv_cache_take(struct kv_cache *cache, uint32_t i_group);
// The same with the first n_tokens tokens of page `from`.
uint32_t kv_cache_take_copy(struct kv_cache *cache, uint32_t i_group, uint32_t from,
                            uint32_t n_tokens);

// One holder more, or less.  The last one to let go frees the page.
void kv_cache_hold(struct kv_cache *cache, uint32_t i_group, uint32_t page, enum kv_holder holder);
void kv_cache_drop(struct kv_cache *cache, uint32_t i_group, uint32_t page, enum kv_holder holder);
uint32_t kv_cache_n_holders(const struct kv_cache *cache, uint32_t i_group, uint32_t page,
                            enum kv_holder holder);

#endif
