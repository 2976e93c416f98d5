#include "engine/spill.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/os.h"

enum {
    GROUP_FULL = 0,
    GROUP_WINDOW = 1,
    ENTRIES_MAX = 32,
    QUIET_MS = 2000,
    STRIDE = 4096,    // tokens that are not lost even if a conversation never rests
    BUSY_SHARE = 40,  // of the time goes into copying while others compute
    BUSY_READ_MS = 8, // for copying in what was read, in one round
    GAIN_MIN = 16,    // tokens; less is computed as fast as it is read
    BUFFER_WAIT_MS = 200,
};

struct spill_entry { // a sequence that is to be written
    token_id *tokens;
    uint32_t n_tokens;
    enum snapshot_kind kind;
    uint64_t noted_ns;
    struct store_chain chain; // made when it is first looked at
    uint32_t n_on_disk;       // of its tokens when it was
    bool is_urgent;           // the tree is short of room
};

struct spill {
    struct store *store;
    struct session_memory *memory;
    uint32_t n_tokens_min;
    uint64_t quiet_ns;
    struct spill_entry entries[ENTRIES_MAX];
    size_t n_entries;
    uint64_t copy_after_ns; // the share of time is used up until then
    uint64_t n_spared;      // by the tree, when it was last asked

    struct session *reader; // whose files are being read; NULL
    struct store_match match;
};

// ---- life ----

struct spill *spill_open(struct store *store, struct session_memory *memory,
                         const struct store_options *options)
{
    struct spill *spill = mem_new(struct spill, 1);
    spill->store = store;
    spill->memory = memory;
    spill->n_tokens_min = options->n_tokens_min ? options->n_tokens_min : STORE_CHUNK_TOKENS;
    spill->quiet_ns = (options->quiet_ms ? options->quiet_ms : QUIET_MS) * UINT64_C(1000000);
    return spill;
}

void spill_stats(struct spill *spill, struct store_stats *stats)
{
    store_stats(spill->store, stats);
}

static void remove_entry(struct spill *spill, struct spill_entry *entry)
{
    prefix_tree_await(spill->memory->tree, entry->tokens, entry->n_tokens, false);
    free(entry->tokens);
    store_chain_release(&entry->chain);
    *entry = spill->entries[--spill->n_entries];
}

// ---- what is to be written ----

static bool is_prefix(const struct spill_entry *entry, const token_id *tokens, uint32_t n_tokens)
{
    return entry->n_tokens <= n_tokens &&
           memcmp(entry->tokens, tokens, entry->n_tokens * sizeof *tokens) == 0;
}

// Ends of the same conversation that a longer one makes dispensable: all but the last, which is what
// is left when a client repeats the answer in other words.
static void drop_superseded(struct spill *spill, const token_id *tokens, uint32_t n_tokens)
{
    uint32_t n_last = 0;
    for (size_t i = 0; i < spill->n_entries; i++) {
        const struct spill_entry *entry = &spill->entries[i];
        if (entry->kind != SNAPSHOT_TRUNK && entry->n_tokens > n_last &&
            is_prefix(entry, tokens, n_tokens))
            n_last = entry->n_tokens;
    }
    for (size_t i = spill->n_entries; i-- > 0;) {
        struct spill_entry *entry = &spill->entries[i];
        if (entry->kind != SNAPSHOT_TRUNK && entry->n_tokens != n_last &&
            is_prefix(entry, tokens, n_tokens))
            remove_entry(spill, entry);
    }
}

static struct spill_entry *oldest_entry(struct spill *spill)
{
    struct spill_entry *oldest = &spill->entries[0];
    for (size_t i = 1; i < spill->n_entries; i++)
        if (spill->entries[i].noted_ns < oldest->noted_ns)
            oldest = &spill->entries[i];
    return oldest;
}

void spill_note(struct spill *spill, const token_id *tokens, uint32_t n_tokens,
                enum snapshot_kind kind)
{
    if (n_tokens < spill->n_tokens_min || !store_can_write(spill->store))
        return;
    for (size_t i = 0; i < spill->n_entries; i++) {
        struct spill_entry *entry = &spill->entries[i];
        if (entry->n_tokens != n_tokens || !is_prefix(entry, tokens, n_tokens))
            continue;
        if (kind < entry->kind)
            entry->kind = kind;
        return;
    }
    drop_superseded(spill, tokens, n_tokens);
    if (spill->n_entries == ENTRIES_MAX)
        remove_entry(spill, oldest_entry(spill));
    struct spill_entry *entry = &spill->entries[spill->n_entries++];
    *entry = (struct spill_entry){.n_tokens = n_tokens, .kind = kind, .noted_ns = os_time_ns()};
    entry->tokens = mem_new(token_id, n_tokens);
    memcpy(entry->tokens, tokens, n_tokens * sizeof *tokens);
    prefix_tree_await(spill->memory->tree, tokens, n_tokens, true);
}

// ---- one file ----

static void copy_pages(struct spill *spill, uint32_t i_group, const uint32_t *pages, uint32_t n,
                       unsigned char **to)
{
    size_t size = (size_t)store_shape(spill->store)->page_size[i_group];
    for (uint32_t i = 0; i < n; i++, *to += size)
        backend_save_page(spill->memory->backend, i_group, pages[i], *to);
}

static void copy_payload(struct spill *spill, struct store_block *block,
                         const struct prefix_match *match, const uint32_t *pages)
{
    const struct store_header *header = &block->header;
    unsigned char *to = block->payload;
    if (header->n_pages[GROUP_FULL])
        copy_pages(spill, GROUP_FULL, pages + header->file.n_start / KV_PAGE_TOKENS,
                   header->n_pages[GROUP_FULL], &to);
    if (header->n_pages[GROUP_WINDOW]) {
        assert(match->snapshot->i_page == header->i_window_page);
        copy_pages(spill, GROUP_WINDOW, match->snapshot->pages, header->n_pages[GROUP_WINDOW], &to);
    }
    if (header->shape.state_size)
        backend_save_state(spill->memory->backend, match->snapshot->i_state, to);
}

// The next file that an entry needs and the disk has not; false when there is none.
static bool next_file(struct spill *spill, const struct spill_entry *entry, uint32_t n_usable,
                      struct store_file *file)
{
    const struct store_shape *shape = store_shape(spill->store);
    const struct store_chain *chain = &entry->chain;
    uint32_t n_chunks = n_usable / STORE_CHUNK_TOKENS;
    for (uint32_t i = 0; shape->page_size[GROUP_FULL] && i < n_chunks; i++)
        if (!store_has(spill->store, &chain->keys[i + 1])) {
            *file = (struct store_file){.kind = STORE_CHUNK,
                                        .key = chain->keys[i + 1],
                                        .parent = chain->keys[i],
                                        .n_start = i * STORE_CHUNK_TOKENS,
                                        .n_tokens = (i + 1) * STORE_CHUNK_TOKENS};
            return true;
        }
    uint32_t n_tail = n_usable % STORE_CHUNK_TOKENS;
    if (n_tail == 0 && shape->state_size == 0 && shape->page_size[GROUP_WINDOW] == 0)
        return false;
    *file = (struct store_file){.kind = STORE_TRUNK + (enum store_kind)entry->kind,
                                .parent = chain->keys[n_chunks],
                                .n_start = n_usable - n_tail,
                                .n_tokens = n_usable};
    store_key_state(&file->key, &file->parent, entry->tokens + file->n_start, n_tail);
    return !store_has(spill->store, &file->key);
}

enum progress {
    ENTRY_DONE,   // or lost
    FILE_STARTED, // and there may be more
    NO_BUFFER,
};

// Writes one more file of the entry.  *payload_size is that of the file that finds no buffer.
static enum progress write_next(struct spill *spill, const struct spill_entry *entry,
                                uint64_t *payload_size)
{
    struct prefix_match match;
    struct store_file file;
    prefix_tree_find(spill->memory->tree, &match, entry->tokens, entry->n_tokens, entry->n_tokens);
    bool is_there = match.n_usable == entry->n_tokens;
    if (!is_there && (snapshots_are_needed(spill->memory->snapshots) || match.n_usable == 0))
        return ENTRY_DONE; // forgotten meanwhile
    if (!next_file(spill, entry, match.n_usable, &file))
        return ENTRY_DONE;
    struct store_header header;
    store_header_make(&header, store_shape(spill->store), &file, entry->tokens);
    *payload_size = header.payload_size;
    struct store_block *block = store_begin(spill->store, &header);
    if (!block)
        return NO_BUFFER;
    uint32_t *pages = mem_new(uint32_t, kv_pages_for(match.n_usable) + 1);
    prefix_tree_pages(spill->memory->tree, &match, pages);
    copy_payload(spill, block, &match, pages);
    free(pages);
    store_write(spill->store, block);
    return FILE_STARTED;
}

// ---- when ----

static void look_up(struct spill *spill, struct spill_entry *entry)
{
    if (entry->chain.keys)
        return;
    store_chain_make(&entry->chain, &store_shape(spill->store)->model, entry->tokens,
                     entry->n_tokens);
    struct store_match match;
    store_find(spill->store, &match, &entry->chain, entry->tokens, entry->n_tokens);
    entry->n_on_disk = match.n_tokens;
}

// When an entry should be written: 0 is at once.
static uint64_t due_ns(const struct spill *spill, const struct spill_entry *entry)
{
    if (entry->n_on_disk == entry->n_tokens) // nothing to write
        return 0;
    if (entry->is_urgent || entry->kind == SNAPSHOT_TRUNK ||
        entry->n_tokens - entry->n_on_disk >= STRIDE)
        return 0;
    return entry->noted_ns + spill->quiet_ns;
}

// What the tree had to spare is not left to rest.
static void hurry(struct spill *spill)
{
    uint64_t n_spared = prefix_tree_n_spared(spill->memory->tree);
    for (size_t i = 0; i < spill->n_entries; i++)
        spill->entries[i].is_urgent |= n_spared != spill->n_spared;
    spill->n_spared = n_spared;
}

// The entry to work on: trunks first, then the one that has waited longest.
static struct spill_entry *choose(struct spill *spill)
{
    struct spill_entry *best = NULL;
    for (size_t i = 0; i < spill->n_entries; i++) {
        struct spill_entry *entry = &spill->entries[i];
        look_up(spill, entry);
        if (!best || due_ns(spill, entry) < due_ns(spill, best))
            best = entry;
    }
    return best;
}

static unsigned ms_until(uint64_t at_ns, uint64_t now_ns)
{
    return at_ns > now_ns ? (unsigned)((at_ns - now_ns) / 1000000) + 1 : 0;
}

unsigned spill_step(struct spill *spill, bool is_busy)
{
    if (spill->n_entries && !store_can_write(spill->store))
        while (spill->n_entries)
            remove_entry(spill, &spill->entries[0]);
    uint64_t start_ns = os_time_ns(), payload_size;
    hurry(spill);
    struct spill_entry *entry = choose(spill);
    if (!entry)
        return SPILL_IDLE;
    if (is_busy && start_ns < spill->copy_after_ns)
        return ms_until(spill->copy_after_ns, start_ns);
    if (due_ns(spill, entry) > start_ns)
        return ms_until(due_ns(spill, entry), start_ns);
    switch (write_next(spill, entry, &payload_size)) {
    case ENTRY_DONE:
        remove_entry(spill, entry);
        break;
    case NO_BUFFER:
        return SPILL_IDLE; // the store wakes the engine when there is one
    case FILE_STARTED:
        break;
    }
    uint64_t now_ns = os_time_ns();
    spill->copy_after_ns = now_ns + (now_ns - start_ns) * BUSY_SHARE;
    return 0;
}

void spill_close(struct spill *spill, unsigned timeout_ms)
{
    if (!spill)
        return;
    uint64_t end_ns = os_time_ns() + (uint64_t)timeout_ms * 1000000, payload_size;
    struct spill_entry *entry;
    assert(!spill->reader);
    while ((entry = choose(spill)) && os_time_ns() < end_ns && store_can_write(spill->store)) {
        enum progress progress = write_next(spill, entry, &payload_size);
        if (progress == ENTRY_DONE)
            remove_entry(spill, entry);
        else if (progress == NO_BUFFER)
            store_wait_buffer(spill->store, payload_size, BUFFER_WAIT_MS);
    }
    store_wait(spill->store, ms_until(end_ns, os_time_ns()));
    while (spill->n_entries)
        remove_entry(spill, &spill->entries[0]);
    store_close(spill->store);
    free(spill);
}

// ---- reading ----

static void restore_pages(struct spill *spill, uint32_t i_group, const uint32_t *pages, uint32_t n,
                          const unsigned char **from)
{
    size_t size = (size_t)store_shape(spill->store)->page_size[i_group];
    for (uint32_t i = 0; i < n; i++, *from += size)
        backend_restore_page(spill->memory->backend, i_group, pages[i], *from);
}

// Pages that are full already may be shared, and are left alone.
static void restore_full_pages(struct spill *spill, const struct session *session,
                               const struct store_header *header, const unsigned char **from)
{
    uint32_t i_first = header->file.n_start / KV_PAGE_TOKENS;
    uint32_t n_own = session->n_computed / KV_PAGE_TOKENS, n_pages = header->n_pages[GROUP_FULL];
    uint32_t n_skipped = n_own <= i_first            ? 0
                         : n_own - i_first < n_pages ? n_own - i_first
                                                     : n_pages;
    *from += n_skipped * header->shape.page_size[GROUP_FULL];
    restore_pages(spill, GROUP_FULL, session->pages[GROUP_FULL] + i_first + n_skipped,
                  n_pages - n_skipped, from);
}

// On a reader's thread.  The session waits, and its pages are nobody else's.
static void place_chunk(void *context, const struct store_block *block)
{
    struct spill *spill = context;
    const unsigned char *from = block->payload;
    restore_full_pages(spill, spill->reader, &block->header, &from);
}

static void restore(struct spill *spill, struct session *session, const struct store_block *block)
{
    const struct store_header *header = &block->header;
    const unsigned char *from = block->payload;
    if (header->n_pages[GROUP_FULL])
        restore_full_pages(spill, session, header, &from);
    if (header->n_pages[GROUP_WINDOW]) {
        session_place_window(session, header->i_window_page, header->n_pages[GROUP_WINDOW]);
        restore_pages(spill, GROUP_WINDOW, session->pages[GROUP_WINDOW] + header->i_window_page,
                      header->n_pages[GROUP_WINDOW], &from);
    }
    if (header->shape.state_size)
        backend_restore_state(spill->memory->backend, session->i_state, from);
}

// Looks the session's tokens up and starts to read; false when the disk has nothing more.
static bool begin(struct spill *spill, struct session *session)
{
    struct store_chain chain;
    session_catch_up(session); // what another sequence has just read is in the tree
    if (session_n_pending(session) < 2)
        return false;
    uint32_t n_max = session->n_tokens - 1; // the last one's logits are wanted
    store_chain_make(&chain, &store_shape(spill->store)->model, session->tokens, n_max);
    store_find(spill->store, &spill->match, &chain, session->tokens, n_max);
    struct store_match *match = &spill->match;
    // Where people would like to know what the disk has instead, of which the tree knows nothing.
    match->has_other &= match->other.n_start >= session->first_difference;
    bool is_worth_it = match->n_tokens >= session->n_computed + GAIN_MIN;
    if (!is_worth_it)
        *match = (struct store_match){.has_other = match->has_other, .other = match->other};
    if (is_worth_it || match->has_other) {
        session_place_pages(session, match->n_tokens);
        spill->reader = session;
        struct store_placer placer = {place_chunk, spill};
        uint32_t i_chunk = is_worth_it ? session->n_computed / STORE_CHUNK_TOKENS : 0;
        store_read(spill->store, match, &chain, session->tokens, session->n_tokens, i_chunk,
                   backend_restores_anywhere(spill->memory->backend) ? &placer : NULL);
    }
    store_chain_release(&chain);
    return spill->reader != NULL;
}

// The session goes on behind n_tokens if that is more than it had.
static void go_on(struct spill *spill, struct session *session, uint32_t n_tokens)
{
    enum snapshot_kind kind = SNAPSHOT_TIP;
    if (spill->match.has_state && n_tokens == spill->match.n_tokens)
        kind = (enum snapshot_kind)(spill->match.state.kind - STORE_TRUNK);
    if (n_tokens > session->n_computed)
        session_restored(session, n_tokens, kind);
    else
        session_return_pages(session);
}

// Ends the reading.  The session goes on behind n_tokens, or where it was.
static void finish(struct spill *spill, struct session *session, uint32_t n_tokens)
{
    token_id other[ENGINE_DIFFERENCE_TOKENS];
    uint32_t n_known, n_other = store_other(spill->store, &n_known, other, COUNT_OF(other));
    store_read_stop(spill->store);
    spill->reader = NULL;
    go_on(spill, session, n_tokens);
    session_differs(session, n_known, other, n_other);
}

// Whether this is the last file of the match.
static bool is_last(const struct spill *spill, const struct store_file *file)
{
    return spill->match.has_state ? file->kind != STORE_CHUNK
                                  : file->n_tokens == spill->match.n_tokens;
}

// Puts a file in its place.  With the last one the session goes on behind it at once, since its state
// is that of the new position from here on; the reading is over when also what the disk has instead
// has been looked at, which may be later.
static void take_block(struct spill *spill, struct session *session, struct store_block *block)
{
    restore(spill, session, block);
    if (is_last(spill, &block->header.file))
        go_on(spill, session, spill->match.n_tokens);
    store_release(spill->store, block);
}

enum spill_reading spill_read(struct spill *spill, struct session *session, bool is_busy)
{
    if (spill->reader && spill->reader != session)
        return SPILL_WAITS;
    if (!spill->reader && !begin(spill, session))
        return SPILL_FINISHED;
    uint64_t end_ns = os_time_ns() + BUSY_READ_MS * UINT64_C(1000000);
    struct store_block *block;
    do {
        switch (store_read_next(spill->store, &block)) {
        case STORE_READY:
            take_block(spill, session, block);
            break;
        case STORE_WAITING:
            return SPILL_WAITS;
        case STORE_END:
            finish(spill, session, spill->match.n_tokens);
            return SPILL_FINISHED;
        case STORE_BROKEN:
            // Pages alone are of use where no state is needed.  And perhaps there is something
            // shorter: the bad file is known no more.
            finish(spill, session,
                   snapshots_are_needed(spill->memory->snapshots) ? 0 : store_n_read(spill->store));
            return begin(spill, session) ? SPILL_WAITS : SPILL_FINISHED;
        }
    } while (!is_busy || os_time_ns() < end_ns);
    return SPILL_WAITS;
}

void spill_forget(struct spill *spill, const struct session *session)
{
    if (spill->reader != session)
        return;
    store_read_stop(spill->store);
    spill->reader = NULL;
}
