#include "engine/kv_cache.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

struct page_pool {
    uint32_t n_total, n_free;
    uint32_t *free_pages;              // [n_free] a stack: the page freed last is taken first
    uint32_t (*n_holders)[KV_HOLDERS]; // [n_total]
    uint32_t n_in_sequences;           // pages that at least one sequence holds
};

struct kv_cache {
    struct backend *backend;
    uint32_t n_groups;
    struct page_pool pools[KV_GROUPS_MAX];
    uint32_t n_reserved; // pages of group 0 promised and not taken yet
};

static struct page_pool *pool_of(struct kv_cache *cache, uint32_t i_group)
{
    assert(i_group < cache->n_groups);
    return &cache->pools[i_group];
}

static const struct page_pool *pool_at(const struct kv_cache *cache, uint32_t i_group)
{
    assert(i_group < cache->n_groups);
    return &cache->pools[i_group];
}

static void pool_init(struct page_pool *pool, uint32_t n_pages)
{
    pool->n_total = pool->n_free = n_pages;
    pool->free_pages = mem_new(uint32_t, n_pages);
    pool->n_holders = mem_alloc(n_pages, sizeof *pool->n_holders);
    for (uint32_t i = 0; i < n_pages; i++)
        pool->free_pages[i] = n_pages - 1 - i;
}

struct kv_cache *kv_cache_open(struct backend *backend, const struct cache_spec *spec)
{
    struct kv_cache *cache = mem_new(struct kv_cache, 1);
    cache->backend = backend;
    cache->n_groups = spec->n_groups;
    for (uint32_t i = 0; i < spec->n_groups; i++)
        pool_init(&cache->pools[i], spec->groups[i].n_pages_max);
    return cache;
}

void kv_cache_close(struct kv_cache *cache)
{
    if (!cache)
        return;
    for (uint32_t i = 0; i < cache->n_groups; i++) {
        assert(cache->pools[i].n_free == cache->pools[i].n_total);
        free(cache->pools[i].free_pages);
        free(cache->pools[i].n_holders);
    }
    free(cache);
}

uint32_t kv_cache_n_groups(const struct kv_cache *cache)
{
    return cache->n_groups;
}

uint32_t kv_cache_n_total(const struct kv_cache *cache, uint32_t i_group)
{
    return pool_at(cache, i_group)->n_total;
}

uint32_t kv_cache_n_free(const struct kv_cache *cache, uint32_t i_group)
{
    return pool_at(cache, i_group)->n_free;
}

bool kv_cache_reserve(struct kv_cache *cache, uint32_t n)
{
    if (cache->n_groups == 0)
        return true;
    const struct page_pool *pool = &cache->pools[0];
    if (n > pool->n_total - pool->n_in_sequences - cache->n_reserved)
        return false;
    cache->n_reserved += n;
    return true;
}

void kv_cache_unreserve(struct kv_cache *cache, uint32_t n)
{
    assert(n <= cache->n_reserved);
    cache->n_reserved -= n;
}

uint32_t kv_cache_n_reserved(const struct kv_cache *cache)
{
    return cache->n_reserved;
}

uint32_t kv_cache_take(struct kv_cache *cache, uint32_t i_group)
{
    struct page_pool *pool = pool_of(cache, i_group);
    if (pool->n_free == 0)
        return PAGE_NONE;
    uint32_t page = pool->free_pages[--pool->n_free];
    kv_cache_hold(cache, i_group, page, KV_SEQUENCE);
    return page;
}

uint32_t kv_cache_take_copy(struct kv_cache *cache, uint32_t i_group, uint32_t from,
                            uint32_t n_tokens)
{
    assert(n_tokens <= KV_PAGE_TOKENS);
    uint32_t page = kv_cache_take(cache, i_group);
    if (page != PAGE_NONE)
        backend_copy_page(cache->backend, i_group, page, from, n_tokens);
    return page;
}

void kv_cache_hold(struct kv_cache *cache, uint32_t i_group, uint32_t page, enum kv_holder holder)
{
    struct page_pool *pool = pool_of(cache, i_group);
    assert(page < pool->n_total);
    pool->n_holders[page][holder]++;
    if (holder == KV_MEMORY)
        return;
    if (pool->n_holders[page][KV_SEQUENCE] > 1)
        return;
    pool->n_in_sequences++;
    if (i_group == 0) {
        assert(cache->n_reserved > 0); // sequences reserve before they hold
        cache->n_reserved--;
    }
}

void kv_cache_drop(struct kv_cache *cache, uint32_t i_group, uint32_t page, enum kv_holder holder)
{
    struct page_pool *pool = pool_of(cache, i_group);
    assert(page < pool->n_total && pool->n_holders[page][holder] > 0);
    uint32_t n_left = --pool->n_holders[page][holder];
    if (holder == KV_SEQUENCE && n_left == 0)
        pool->n_in_sequences--;
    if (pool->n_holders[page][KV_SEQUENCE] || pool->n_holders[page][KV_MEMORY])
        return;
    pool->free_pages[pool->n_free++] = page;
    backend_release_page(cache->backend, i_group, page);
}

uint32_t kv_cache_n_holders(const struct kv_cache *cache, uint32_t i_group, uint32_t page,
                            enum kv_holder holder)
{
    const struct page_pool *pool = pool_at(cache, i_group);
    assert(page < pool->n_total);
    return pool->n_holders[page][holder];
}
