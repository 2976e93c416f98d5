#include "engine/snapshots.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { GROUP_WINDOW = 1 };

struct snapshots {
    struct backend *backend;
    struct kv_cache *kv;
    uint32_t window; // 0: no layer slides
    uint32_t n_states, n_free;
    uint32_t *free_states; // [n_free] a stack
    uint64_t state_size;
};

struct snapshots *snapshots_open(struct backend *backend, struct kv_cache *kv,
                                 const struct cache_spec *spec, uint32_t window)
{
    struct snapshots *snapshots = mem_new(struct snapshots, 1);
    snapshots->backend = backend;
    snapshots->kv = kv;
    snapshots->window = spec->n_groups > GROUP_WINDOW ? window : 0;
    if (spec->n_state_layers == 0)
        return snapshots;
    snapshots->n_states = snapshots->n_free = spec->n_states_max;
    snapshots->free_states = mem_new(uint32_t, spec->n_states_max);
    for (uint32_t i = 0; i < spec->n_states_max; i++)
        snapshots->free_states[i] = spec->n_states_max - 1 - i;
    snapshots->state_size = backend_state_size(backend);
    return snapshots;
}

void snapshots_close(struct snapshots *snapshots)
{
    if (!snapshots)
        return;
    assert(snapshots->n_free == snapshots->n_states);
    free(snapshots->free_states);
    free(snapshots);
}

bool snapshots_have_states(const struct snapshots *snapshots)
{
    return snapshots->n_states > 0;
}

bool snapshots_are_needed(const struct snapshots *snapshots)
{
    return snapshots_have_states(snapshots) || snapshots->window > 0;
}

uint32_t snapshots_n_free(const struct snapshots *snapshots)
{
    return snapshots->n_free;
}

uint64_t snapshots_size_used(const struct snapshots *snapshots)
{
    return (snapshots->n_states - snapshots->n_free) * snapshots->state_size;
}

uint32_t snapshots_take_state(struct snapshots *snapshots)
{
    return snapshots->n_free ? snapshots->free_states[--snapshots->n_free] : STATE_NONE;
}

void snapshots_release_state(struct snapshots *snapshots, uint32_t i_state)
{
    if (i_state == STATE_NONE)
        return;
    assert(i_state < snapshots->n_states && snapshots->n_free < snapshots->n_states);
    snapshots->free_states[snapshots->n_free++] = i_state;
    backend_release_state(snapshots->backend, i_state);
}

uint32_t snapshots_window_start(const struct snapshots *snapshots, uint32_t n_tokens)
{
    uint32_t window = snapshots->window;
    return window > 0 && n_tokens >= window ? n_tokens - window + 1 : 0;
}

struct snapshot *snapshot_create(struct snapshots *snapshots, enum snapshot_kind kind,
                                 uint32_t n_tokens, uint32_t i_state, const uint32_t *window_pages)
{
    uint32_t i_page = 0, n_pages = 0;
    if (snapshots->window) {
        i_page = snapshots_window_start(snapshots, n_tokens) / KV_PAGE_TOKENS;
        uint32_t i_end = kv_pages_for(n_tokens);
        n_pages = i_end > i_page ? i_end - i_page : 0;
    }
    struct snapshot *snapshot = mem_alloc(1, sizeof *snapshot + n_pages * sizeof(uint32_t));
    snapshot->n_tokens = n_tokens;
    snapshot->kind = kind;
    snapshot->i_state = i_state;
    snapshot->i_page = i_page;
    snapshot->n_pages = n_pages;
    for (uint32_t i = 0; i < n_pages; i++) {
        snapshot->pages[i] = window_pages[i_page + i];
        kv_cache_hold(snapshots->kv, GROUP_WINDOW, snapshot->pages[i], KV_MEMORY);
    }
    return snapshot;
}

void snapshot_discard(struct snapshots *snapshots, struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    for (uint32_t i = 0; i < snapshot->n_pages; i++)
        kv_cache_drop(snapshots->kv, GROUP_WINDOW, snapshot->pages[i], KV_MEMORY);
    snapshots_release_state(snapshots, snapshot->i_state);
    free(snapshot);
}

// Whether boundary i is one of the last two below `end`.
static bool is_last_or_before(size_t i, size_t end)
{
    return i + 2 >= end;
}

size_t snapshots_choose(uint32_t *marks, size_t n_max, const uint32_t *boundaries,
                        size_t n_boundaries, uint32_t n_reused, uint32_t n_tokens)
{
    size_t first = 0, end = n_boundaries, n = 0;
    while (first < end && boundaries[first] <= n_reused)
        first++;
    while (end > first && boundaries[end - 1] >= n_tokens)
        end--;
    if (first == end || n_max == 0)
        return 0;
    // The first boundary of all is the trunk; it takes one place when it is still to come.
    bool has_trunk = first == 0;
    size_t n_rest = n_max - has_trunk;
    // From the end backwards: each kept one lies at least a third of its distance from the end
    // before the next kept one.
    uint32_t next_kept = n_tokens;
    for (size_t i = end; i-- > first + has_trunk && n < n_rest;) {
        uint32_t to_end = n_tokens - boundaries[i], gap = next_kept - boundaries[i];
        if (gap == 0 || (!is_last_or_before(i, end) && (uint64_t)gap * 3 < to_end))
            continue;
        marks[n++] = next_kept = boundaries[i];
    }
    if (has_trunk && next_kept != boundaries[0])
        marks[n++] = boundaries[0];
    for (size_t i = 0; i < n / 2; i++) {
        uint32_t swapped = marks[i];
        marks[i] = marks[n - 1 - i];
        marks[n - 1 - i] = swapped;
    }
    return n;
}
