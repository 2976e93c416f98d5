#include "engine/session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/spill.h"

enum {
    GROUP_FULL = 0,
    GROUP_WINDOW = 1,
    GROWTH_TOKENS = 512, // promised at a time behind what was promised at first
    BRANCH_TOKENS = 512, // work that makes a snapshot between boundaries worth its bytes
    TRUNK_TAIL_TOKENS = 512,
};

static bool has_group(const struct session *session, uint32_t i_group)
{
    return kv_cache_n_groups(session->memory->kv) > i_group;
}

// ---- pages ----

// Holds a page of the tree as the sequence's own.
static void hold_page(struct session *session, uint32_t i_group, uint32_t page)
{
    struct kv_cache *kv = session->memory->kv;
    bool is_new = kv_cache_n_holders(kv, i_group, page, KV_SEQUENCE) == 0;
    kv_cache_hold(kv, i_group, page, KV_SEQUENCE);
    session->n_reserved -= i_group == GROUP_FULL && is_new;
}

static uint32_t take_page(struct session *session, uint32_t i_group)
{
    uint32_t page = prefix_tree_take_page(session->memory->tree, i_group);
    assert(page != PAGE_NONE);
    session->n_reserved -= i_group == GROUP_FULL;
    return page;
}

static void drop_page(struct session *session, uint32_t i_group, uint32_t i)
{
    uint32_t *page = &session->pages[i_group][i];
    if (*page != PAGE_NONE)
        kv_cache_drop(session->memory->kv, i_group, *page, KV_SEQUENCE);
    *page = PAGE_NONE;
}

// Lets a page go because another takes its place; if it was this sequence's alone, the promise for
// it comes back.
static void return_page(struct session *session, uint32_t i_group, uint32_t page)
{
    struct kv_cache *kv = session->memory->kv;
    bool was_alone = kv_cache_n_holders(kv, i_group, page, KV_SEQUENCE) == 1;
    kv_cache_drop(kv, i_group, page, KV_SEQUENCE);
    if (i_group == GROUP_FULL && was_alone && kv_cache_reserve(kv, 1))
        session->n_reserved++;
}

// Replaces the shared page at the end of the table, filled up to n_tokens, by a copy to write in.
static void own_last_page(struct session *session, uint32_t i_group, uint32_t n_tokens)
{
    uint32_t n_rows = n_tokens % KV_PAGE_TOKENS;
    if (n_rows == 0)
        return;
    uint32_t *last = &session->pages[i_group][n_tokens / KV_PAGE_TOKENS];
    uint32_t copy = take_page(session, i_group); // while the original is held
    backend_copy_page(session->memory->backend, i_group, copy, *last, n_rows);
    return_page(session, i_group, *last);
    *last = copy;
}

static void attach_full_pages(struct session *session, const struct prefix_match *match)
{
    uint32_t n_pages = kv_pages_for(match->n_usable), *pages = session->pages[GROUP_FULL];
    uint32_t *found = mem_new(uint32_t, n_pages);
    prefix_tree_pages(session->memory->tree, match, found);
    // A page filled to its end has the same content wherever it was computed; one that this session
    // was filling itself is replaced.
    if (session->n_computed % KV_PAGE_TOKENS)
        return_page(session, GROUP_FULL, pages[--session->n_pages[GROUP_FULL]]);
    for (uint32_t i = session->n_pages[GROUP_FULL]; i < n_pages; i++) {
        pages[i] = found[i];
        hold_page(session, GROUP_FULL, found[i]);
    }
    session->n_pages[GROUP_FULL] = n_pages;
    free(found);
}

static void attach_window_pages(struct session *session, const struct prefix_match *match)
{
    const struct snapshot *snapshot = match->snapshot;
    for (uint32_t i = 0; i < session->n_pages[GROUP_WINDOW]; i++)
        drop_page(session, GROUP_WINDOW, i);
    uint32_t n_pages = kv_pages_for(match->n_usable);
    session->n_pages[GROUP_WINDOW] = n_pages;
    for (uint32_t i = 0; i < n_pages; i++) {
        uint32_t *page = &session->pages[GROUP_WINDOW][i];
        *page = i < snapshot->i_page ? PAGE_NONE : snapshot->pages[i - snapshot->i_page];
        if (*page != PAGE_NONE)
            hold_page(session, GROUP_WINDOW, *page);
    }
}

// Lets pages go that no later token of this sequence sees.
static void trim_window(struct session *session)
{
    uint32_t start = snapshots_window_start(session->memory->snapshots, session->n_computed);
    for (uint32_t i = start / KV_PAGE_TOKENS; i-- > 0;) {
        if (session->pages[GROUP_WINDOW][i] == PAGE_NONE)
            break; // and so are those below
        drop_page(session, GROUP_WINDOW, i);
    }
}

// ---- continuing from the tree ----

// Takes over what was found.  Everything of it is held before something is taken, because taking may
// make the tree forget.
static void attach(struct session *session, const struct prefix_match *match)
{
    uint32_t n_usable = match->n_usable;
    if (session->i_state != STATE_NONE)
        backend_copy_state(session->memory->backend, session->i_state, match->snapshot->i_state);
    if (has_group(session, GROUP_FULL))
        attach_full_pages(session, match);
    if (has_group(session, GROUP_WINDOW))
        attach_window_pages(session, match);
    for (uint32_t i = 0; i < kv_cache_n_groups(session->memory->kv); i++)
        own_last_page(session, i, n_usable);
    session->n_reused += n_usable - session->n_computed;
    session->n_computed = n_usable;
    if (has_group(session, GROUP_WINDOW))
        trim_window(session);
}

// Promises that sharing made unnecessary go back.
static void trim_reservation(struct session *session)
{
    if (!has_group(session, GROUP_FULL))
        return;
    uint32_t n_needed = kv_pages_for(session->n_tokens_reserved) - session->n_pages[GROUP_FULL];
    if (session->n_reserved > n_needed + 1) { // one spare, for copying a partly filled page
        kv_cache_unreserve(session->memory->kv, session->n_reserved - n_needed - 1);
        session->n_reserved = n_needed + 1;
    }
}

static void skip_passed_marks(struct session *session)
{
    while (session->i_mark < session->n_marks &&
           session->marks[session->i_mark].n_tokens <= session->n_computed)
        session->i_mark++;
}

void session_catch_up(struct session *session)
{
    if (!session->reuses || session_n_pending(session) < 2)
        return;
    struct prefix_match match;
    prefix_tree_find(session->memory->tree, &match, session->tokens, session->n_tokens,
                     session->n_tokens - 1);
    if (match.n_usable <= session->n_computed)
        return;
    attach(session, &match);
    trim_reservation(session);
    skip_passed_marks(session);
}

// ---- opening ----

// How many of the pages found are in running sequences already, and so cost nothing.
static uint32_t count_shared(struct session *session, const struct prefix_match *match)
{
    uint32_t n_full = match->n_usable / KV_PAGE_TOKENS, n_shared = 0;
    uint32_t *found = mem_new(uint32_t, kv_pages_for(match->n_usable));
    prefix_tree_pages(session->memory->tree, match, found);
    for (uint32_t i = 0; i < n_full; i++)
        n_shared += kv_cache_n_holders(session->memory->kv, GROUP_FULL, found[i], KV_SEQUENCE) > 0;
    free(found);
    return n_shared;
}

// Keeps the marks ascending; a position is marked once.
static void add_mark(struct session *session, uint32_t n_tokens, enum snapshot_kind kind)
{
    size_t i = session->n_marks;
    while (i > 0 && session->marks[i - 1].n_tokens > n_tokens)
        i--;
    if (i > 0 && session->marks[i - 1].n_tokens == n_tokens)
        return;
    memmove(session->marks + i + 1, session->marks + i,
            (session->n_marks++ - i) * sizeof *session->marks);
    session->marks[i] = (struct session_mark){n_tokens, kind};
}

// Marks the last whole page before `n_tokens`, when that saves somebody enough work.
static void add_mark_before(struct session *session, uint32_t n_tokens, uint32_t n_trunk,
                            uint32_t n_last)
{
    uint32_t at = n_tokens / KV_PAGE_TOKENS * KV_PAGE_TOKENS;
    if (at >= session->n_computed + BRANCH_TOKENS && at < n_last)
        add_mark(session, at, at < n_trunk ? SNAPSHOT_TRUNK : SNAPSHOT_MESSAGE);
}

// Besides those of the boundaries: where this prompt parts from what is remembered, for where two part
// a third may; and a little before the end of the system prompt, where clients write what changes
// from day to day.
static void choose_marks(struct session *session, const struct session_options *options,
                         uint32_t n_known)
{
    uint32_t n_last = options->n_tokens - 1; // here the same prompt can be asked again
    uint32_t n_trunk = options->n_boundaries ? options->boundaries[0] : 0;
    uint32_t *chosen = mem_new(uint32_t, options->n_boundaries);
    size_t n_chosen = snapshots_choose(chosen, options->n_snapshots_max, options->boundaries,
                                       options->n_boundaries, session->n_computed, n_last);
    session->marks = mem_new(struct session_mark, n_chosen + 3);
    for (size_t i = 0; i < n_chosen; i++)
        add_mark(session, chosen[i], chosen[i] == n_trunk ? SNAPSHOT_TRUNK : SNAPSHOT_MESSAGE);
    if (snapshots_are_needed(session->memory->snapshots)) {
        add_mark_before(session, n_known, n_trunk, n_last);
        if (n_trunk > TRUNK_TAIL_TOKENS)
            add_mark_before(session, n_trunk - TRUNK_TAIL_TOKENS, n_trunk, n_last);
    }
    if (n_last > session->n_computed)
        add_mark(session, n_last, SNAPSHOT_TIP);
    free(chosen);
}

bool session_open(struct session *session, struct session_memory *memory,
                  const struct session_options *options)
{
    assert(options->n_tokens > 0 && options->n_tokens <= options->n_tokens_reserved);
    assert(options->n_tokens_reserved <= options->n_tokens_max);
    *session = (struct session){
        .memory = memory,
        .n_tokens_max = options->n_tokens_max,
        .n_tokens_reserved = options->n_tokens_reserved,
        .i_state = STATE_NONE,
        .reuses = options->reuses,
    };
    // Before looking: taking may make the tree forget what would be found.
    if (snapshots_have_states(memory->snapshots)) {
        session->i_state = prefix_tree_take_state(memory->tree);
        if (session->i_state == STATE_NONE) {
            *session = (struct session){0};
            return false;
        }
    }
    struct prefix_match match;
    prefix_tree_find(memory->tree, &match, options->tokens, options->n_tokens,
                     options->reuses ? options->n_tokens - 1 : 0);
    if (has_group(session, GROUP_FULL)) {
        uint32_t n_needed =
            kv_pages_for(options->n_tokens_reserved) + 1 - count_shared(session, &match);
        if (!kv_cache_reserve(memory->kv, n_needed)) {
            snapshots_release_state(memory->snapshots, session->i_state);
            *session = (struct session){0};
            return false;
        }
        session->n_reserved = n_needed;
    }
    prefix_tree_use(memory->tree, &match);
    session->tokens = mem_new(token_id, options->n_tokens_max);
    memcpy(session->tokens, options->tokens, options->n_tokens * sizeof(token_id));
    session->n_tokens = session->n_prompt = options->n_tokens;
    session->first_difference = match.n_known;
    session->n_other =
        prefix_tree_other(memory->tree, &match, session->other, ENGINE_DIFFERENCE_TOKENS);
    for (uint32_t i = 0; i < kv_cache_n_groups(memory->kv); i++)
        session->pages[i] = mem_new(uint32_t, kv_pages_for(options->n_tokens_max));
    if (match.n_usable > 0)
        attach(session, &match);
    else if (session->i_state != STATE_NONE)
        backend_reset_state(memory->backend, session->i_state);
    trim_reservation(session);
    choose_marks(session, options, match.n_known);
    session->awaits_disk = memory->spill && options->reuses;
    return true;
}

// ---- leaving something in the tree ----

static void remember(struct session *session, enum snapshot_kind kind, uint32_t i_state)
{
    struct snapshots *snapshots = session->memory->snapshots;
    struct snapshot *snapshot = NULL;
    if (snapshots_are_needed(snapshots)) {
        snapshot = snapshot_create(snapshots, kind, session->n_computed, i_state,
                                   session->pages[GROUP_WINDOW]);
        snapshot->n_prompt = session->n_prompt;
    }
    prefix_tree_insert(session->memory->tree, session->tokens, session->n_computed,
                       session->pages[GROUP_FULL], snapshot);
    if (session->memory->spill)
        spill_note(session->memory->spill, session->tokens, session->n_computed, kind);
}

// Leaves a snapshot at the present position, where there is a state to be had for it.
static void take_snapshot(struct session *session, enum snapshot_kind kind)
{
    uint32_t i_state = STATE_NONE;
    if (session->i_state != STATE_NONE) {
        i_state = prefix_tree_take_state(session->memory->tree);
        if (i_state == STATE_NONE)
            return;
        backend_copy_state(session->memory->backend, i_state, session->i_state);
    }
    remember(session, kind, i_state);
}

void session_close(struct session *session, bool remembers)
{
    if (!session->memory)
        return;
    if (session->memory->spill)
        spill_forget(session->memory->spill, session);
    if (remembers && session->n_computed > 0) {
        remember(session, SNAPSHOT_TIP, session->i_state);
        session->i_state = STATE_NONE; // it is the snapshot's now
    }
    snapshots_release_state(session->memory->snapshots, session->i_state);
    for (uint32_t g = 0; g < kv_cache_n_groups(session->memory->kv); g++) {
        for (uint32_t i = 0; i < session->n_pages[g]; i++)
            drop_page(session, g, i);
        free(session->pages[g]);
    }
    kv_cache_unreserve(session->memory->kv, session->n_reserved);
    free(session->tokens);
    free(session->marks);
    *session = (struct session){0};
}

// ---- steps ----

void session_append(struct session *session, token_id token)
{
    assert(session->n_tokens < session->n_tokens_max);
    session->tokens[session->n_tokens++] = token;
}

uint32_t session_cut(const struct session *session, uint32_t n_rows)
{
    uint32_t n_to_end = session_n_pending(session);
    if (session->i_mark < session->n_marks)
        n_to_end = session->marks[session->i_mark].n_tokens - session->n_computed;
    if (n_rows >= n_to_end)
        return n_to_end;
    uint32_t n_to_page = KV_PAGE_TOKENS - session->n_computed % KV_PAGE_TOKENS;
    if (n_rows >= n_to_page)
        return n_rows - (session->n_computed + n_rows) % KV_PAGE_TOKENS;
    uint32_t n_whole = n_to_page < n_to_end ? n_to_page : n_to_end;
    uint32_t n_parts = (n_whole + n_rows - 1) / n_rows;
    return (n_whole + n_parts - 1) / n_parts;
}

bool session_make_room(struct session *session, uint32_t n_rows)
{
    uint32_t n_needed = session->n_computed + n_rows, n_before = session->n_tokens_reserved;
    if (n_needed <= n_before || !has_group(session, GROUP_FULL))
        return true;
    uint32_t n_left = session->n_tokens_max - n_needed;
    uint32_t n_wanted = n_needed + (n_left < GROWTH_TOKENS ? n_left : GROWTH_TOKENS);
    uint32_t n_pages = kv_pages_for(n_wanted) - kv_pages_for(n_before);
    if (!kv_cache_reserve(session->memory->kv, n_pages)) {
        n_wanted = n_needed;
        n_pages = kv_pages_for(n_wanted) - kv_pages_for(n_before);
        if (!kv_cache_reserve(session->memory->kv, n_pages))
            return false;
    }
    session->n_reserved += n_pages;
    session->n_tokens_reserved = n_wanted;
    return true;
}

void session_extend(struct session *session, uint32_t n_rows)
{
    assert(n_rows <= session_n_pending(session));
    uint32_t n_pages = kv_pages_for(session->n_computed + n_rows);
    for (uint32_t g = 0; g < kv_cache_n_groups(session->memory->kv); g++)
        while (session->n_pages[g] < n_pages)
            session->pages[g][session->n_pages[g]++] = take_page(session, g);
}

void session_advance(struct session *session, uint32_t n_rows)
{
    session->n_computed += n_rows;
    if (has_group(session, GROUP_WINDOW))
        trim_window(session);
    if (session->i_mark < session->n_marks &&
        session->marks[session->i_mark].n_tokens == session->n_computed)
        take_snapshot(session, session->marks[session->i_mark++].kind);
}

// ---- from disk ----

void session_place_pages(struct session *session, uint32_t n_tokens)
{
    assert(n_tokens < session->n_tokens);
    while (has_group(session, GROUP_FULL) && session->n_pages[GROUP_FULL] < kv_pages_for(n_tokens))
        session->pages[GROUP_FULL][session->n_pages[GROUP_FULL]++] = take_page(session, GROUP_FULL);
}

void session_place_window(struct session *session, uint32_t i_page, uint32_t n_pages)
{
    uint32_t *pages = session->pages[GROUP_WINDOW];
    for (uint32_t i = 0; i < session->n_pages[GROUP_WINDOW]; i++)
        drop_page(session, GROUP_WINDOW, i);
    session->n_pages[GROUP_WINDOW] = i_page + n_pages;
    for (uint32_t i = 0; i < i_page + n_pages; i++)
        pages[i] = i < i_page ? PAGE_NONE : take_page(session, GROUP_WINDOW);
}

void session_differs(struct session *session, uint32_t n_known, const token_id *other,
                     uint32_t n_other)
{
    if (n_known < session->first_difference || n_other == 0)
        return;
    session->first_difference = n_known;
    session->n_other = n_other < ENGINE_DIFFERENCE_TOKENS ? n_other : ENGINE_DIFFERENCE_TOKENS;
    memcpy(session->other, other, session->n_other * sizeof *other);
}

void session_return_pages(struct session *session)
{
    uint32_t *n_pages = &session->n_pages[GROUP_FULL];
    while (has_group(session, GROUP_FULL) && *n_pages > kv_pages_for(session->n_computed))
        return_page(session, GROUP_FULL, session->pages[GROUP_FULL][--*n_pages]);
}

void session_restored(struct session *session, uint32_t n_tokens, enum snapshot_kind kind)
{
    assert(n_tokens > session->n_computed && n_tokens < session->n_tokens);
    session->n_reused += n_tokens - session->n_computed;
    session->n_from_disk += n_tokens - session->n_computed;
    session->n_computed = n_tokens;
    if (session->first_difference < n_tokens) {
        session->first_difference = n_tokens;
        session->n_other = 0; // session_differs() tells
    }
    session_return_pages(session); // of files behind a broken one
    skip_passed_marks(session);
    take_snapshot(session, kind);
}
