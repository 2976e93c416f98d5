#include "sample/token_mask.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

// ---- tokens that stay inside a text ----

#define SUBTREE_TRIES 40  // of one mask
#define SUBTREE_MIN   400 // nodes from which it is worth looking whether all below is accepted
#define CLOSURE_MAX   256 // states looked at to see whether all text of some kinds is accepted

struct closure {
    struct dfa *dfa;
    struct {
        dfa_state state;
        uint8_t n_owed, low, high; // bytes of a character still to come, bounds of the next one
        uint16_t next;             // in the same bucket, + 1
    } items[CLOSURE_MAX];
    uint16_t buckets[CLOSURE_MAX]; // index + 1
    size_t n;
    bool is_full;
};

static void closure_add(struct closure *c, dfa_state state, uint8_t n_owed, uint8_t low,
                        uint8_t high)
{
    uint16_t *bucket = &c->buckets[(state * 5 + n_owed) % CLOSURE_MAX];
    for (size_t i = *bucket; i; i = c->items[i - 1].next)
        if (c->items[i - 1].state == state && c->items[i - 1].n_owed == n_owed &&
            c->items[i - 1].low == low && c->items[i - 1].high == high)
            return;
    if (c->n == CLOSURE_MAX) {
        c->is_full = true;
        return;
    }
    c->items[c->n].state = state;
    c->items[c->n].n_owed = n_owed;
    c->items[c->n].low = low;
    c->items[c->n].high = high;
    c->items[c->n].next = *bucket;
    *bucket = (uint16_t)++c->n;
}

static void close_ascii(struct closure *c, dfa_state state, const uint32_t *byte_kinds,
                        uint32_t *kinds)
{
    for (unsigned b = 0; b < 0x80; b++) {
        if (!(*kinds & byte_kinds[b]))
            continue;
        dfa_state next = dfa_step(c->dfa, state, b);
        if (next == DFA_DEAD)
            *kinds &= ~byte_kinds[b];
        else
            closure_add(c, next, 0, 0, 0);
    }
}

static void close_high(struct closure *c, dfa_state state, uint32_t *kinds)
{
    static const struct {
        uint8_t from, to, n_owed, low, high;
    } leads[] = {{0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf},
                 {0xe1, 0xec, 2, 0x80, 0xbf}, {0xed, 0xed, 2, 0x80, 0x9f},
                 {0xee, 0xef, 2, 0x80, 0xbf}, {0xf0, 0xf0, 3, 0x90, 0xbf},
                 {0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f}};
    // Where any byte is text, there are no characters to tell apart.
    if (*kinds & KIND_BROKEN) {
        for (unsigned b = 0x80; b < 0x100; b++) {
            dfa_state next = dfa_step(c->dfa, state, b);
            if (next == DFA_DEAD) {
                *kinds &= ~(uint32_t)KIND_BROKEN;
                break;
            }
            closure_add(c, next, 0, 0, 0);
        }
        if (*kinds & KIND_BROKEN)
            return;
    }
    for (size_t l = 0; l < COUNT_OF(leads) && *kinds & KIND_HIGH; l++)
        for (unsigned b = leads[l].from; b <= leads[l].to; b++) {
            dfa_state next = dfa_step(c->dfa, state, b);
            if (next == DFA_DEAD)
                *kinds &= ~(uint32_t)KIND_HIGH;
            else
                closure_add(c, next, leads[l].n_owed, leads[l].low, leads[l].high);
        }
}

// Those of `kinds` that lead on from `state` for ever; `needs_all`: or 0 as soon as one does not.
static uint32_t try_closing(struct dfa *dfa, dfa_state state, const uint32_t *byte_kinds,
                            uint32_t kinds, bool needs_all)
{
    const uint32_t wanted = kinds;
    struct closure c = {.dfa = dfa};
    closure_add(&c, state, 0, 0, 0);
    for (size_t i = 0; i < c.n && kinds && !c.is_full; i++) {
        dfa_state at = c.items[i].state;
        uint8_t n_owed = c.items[i].n_owed;
        if (!n_owed) {
            close_ascii(&c, at, byte_kinds, &kinds);
            close_high(&c, at, &kinds);
        }
        for (unsigned b = c.items[i].low; n_owed && kinds & KIND_HIGH && b <= c.items[i].high;
             b++) {
            dfa_state next = dfa_step(dfa, at, b);
            if (next == DFA_DEAD)
                kinds &= ~(uint32_t)KIND_HIGH;
            else
                closure_add(&c, next, (uint8_t)(n_owed - 1), 0x80, 0xbf);
        }
        if (needs_all && kinds != wanted)
            return 0;
    }
    return c.is_full ? 0 : kinds;
}

// The kinds of characters of which every text leads on from `state`; a subset of the truth.
static uint32_t closed_kinds(struct dfa *dfa, dfa_state state, const uint32_t *byte_kinds)
{
    if (dfa_flags(dfa, state) & DFA_OPEN)
        return KIND_STRING_SAFE;
    // In JSON strings quotes and backslashes lead away; starting without them keeps the rest.
    dfa_state quoted = dfa_step(dfa, state, '"');
    bool is_raw = quoted != DFA_DEAD && !(dfa_flags(dfa, quoted) & DFA_FINAL);
    uint32_t kinds =
        try_closing(dfa, state, byte_kinds, is_raw ? KIND_ALL : KIND_STRING_SAFE, false);
    if (kinds)
        return kinds;
    // Too many states: try with what stays in this one.
    kinds = KIND_ALL & ~(uint32_t)KIND_BROKEN;
    for (unsigned b = 0; b < 0x80; b++)
        if (dfa_step(dfa, state, b) != state)
            kinds &= ~byte_kinds[b];
    return kinds & ~(uint32_t)KIND_HIGH ? try_closing(dfa, state, byte_kinds, kinds, false) : 0;
}

// For "at most n more characters, then the quote": the prepared sets by length.
static bool add_by_length(const struct mask_cache *cache, const struct dfa *dfa,
                          const struct token_trie *trie, dfa_state state, uint64_t *mask)
{
    regex_id x, tail;
    uint32_t min, max;
    if (!regex_split_repeat(dfa->pool, dfa->nodes[state].regex, &x, &min, &max, &tail) ||
        max == REGEX_NO_LIMIT || x != cache->any_character || tail != cache->quote)
        return false;
    mask_or(mask, trie->lengths[max < TRIE_LENGTHS ? max : TRIE_LENGTHS], trie->n_words);
    for (size_t i = 0; max > TRIE_LENGTHS && i < trie->n_long; i++)
        if (trie->long_tokens[i].n_characters <= max)
            mask_set(mask, trie->long_tokens[i].id);
    return true;
}

// Adds the largest prepared set within `kinds`; returns the kinds it is made of.
static uint32_t add_slice(const struct token_trie *trie, uint32_t kinds, uint64_t *mask)
{
    for (size_t s = 0; s < trie->n_slices; s++)
        if (!(trie->slices[s].kinds & ~kinds)) {
            mask_or(mask, trie->slices[s].mask, trie->n_words);
            return trie->slices[s].kinds;
        }
    return 0;
}

static void add_exit(struct text_mask *mask, size_t *capacity, size_t node)
{
    if (mask->n_exits == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 64;
        mask->exits = mem_resize(mask->exits, *capacity, sizeof(uint32_t));
    }
    mask->exits[mask->n_exits++] = (uint32_t)node;
}

// All strings but finitely many: what any string may go on with, less what leads to one of those.
static struct text_mask *open_text_mask(const struct mask_cache *cache, struct dfa *dfa,
                                        const struct token_trie *trie, dfa_state state)
{
    const struct text_mask *any = cache->free_string;
    struct text_mask *text = mem_new(struct text_mask, 1);
    dfa_state *states = mem_new(dfa_state, 2 * (trie->depth_max + 1));
    dfa_state *free_states = states + trie->depth_max + 1;
    size_t n_kept = 0, at = 0;
    text->mask = mem_new(uint64_t, trie->n_words + 1);
    text->exits = mem_new(uint32_t, any->n_exits + 1);
    memcpy(text->mask, any->mask, trie->n_words * sizeof(uint64_t));
    states[0] = state;
    free_states[0] = cache->free_string_state;
    for (size_t i = 1; i < trie->n_nodes;) {
        const struct trie_node *node = &trie->nodes[i];
        dfa_state next = dfa_step(dfa, states[node->depth - 1], node->byte);
        dfa_state next_free = dfa_step(dfa, free_states[node->depth - 1], node->byte);
        if (next != next_free && next != DFA_DEAD) {
            states[node->depth] = next;
            free_states[node->depth] = next_free;
            i++;
            continue;
        }
        if (next != next_free) { // one of the excluded strings: nothing below is left
            for (size_t t = node->token_first; t < trie->nodes[node->skip].token_first; t++)
                text->mask[(size_t)trie->order[t] >> 6] &=
                    ~(UINT64_C(1) << ((size_t)trie->order[t] & 63));
            for (; at < any->n_exits && any->exits[at] < i; at++)
                text->exits[n_kept++] = any->exits[at];
            while (at < any->n_exits && any->exits[at] < node->skip)
                at++;
        }
        i = node->skip;
    }
    while (at < any->n_exits)
        text->exits[n_kept++] = any->exits[at++];
    text->n_exits = n_kept;
    free(states);
    return text;
}

struct text_mask *text_mask_open(const struct mask_cache *cache, struct dfa *dfa,
                                 const struct token_trie *trie, dfa_state state)
{
    uint32_t byte_kinds[256];
    for (unsigned b = 0; b < 256; b++)
        byte_kinds[b] = token_trie_byte_kind(b);
    struct text_mask *text = mem_new(struct text_mask, 1);
    text->mask = mem_new(uint64_t, trie->n_words + 1);
    // Tokens of these kinds are all accepted; of those in `done`, all that are have been added.
    uint32_t kinds = 0, done = KIND_STRING_SAFE;
    if (!add_by_length(cache, dfa, trie, state, text->mask)) {
        kinds = closed_kinds(dfa, state, byte_kinds);
        done = add_slice(trie, kinds, text->mask);
    }
    dfa_state *states = mem_new(dfa_state, trie->depth_max + 1);
    states[0] = state;
    size_t capacity = 0, n_tries = 0;
    for (size_t i = 1; i < trie->n_nodes;) {
        const struct trie_node *node = &trie->nodes[i];
        if (!(node->kinds & ~done) || !(node->kinds & ~kinds)) {
            if (node->kinds & ~done)
                mask_add_nodes(text->mask, trie, i, node->skip);
            i = node->skip;
            continue;
        }
        dfa_state next = dfa_step(dfa, states[node->depth - 1], node->byte);
        if (next == DFA_DEAD) {
            i = node->skip;
            continue;
        }
        states[node->depth] = next;
        if (node->skip - i > SUBTREE_MIN && n_tries++ < SUBTREE_TRIES &&
            try_closing(dfa, next, byte_kinds, node->kinds_below, true)) {
            mask_add_nodes(text->mask, trie, i, node->skip);
            i = node->skip;
            continue;
        }
        mask_add_nodes(text->mask, trie, i, i + 1);
        if (dfa_flags(dfa, next) & DFA_ACCEPTS && node->skip > i + 1)
            add_exit(text, &capacity, i);
        i = dfa_flags(dfa, next) & DFA_FINAL ? node->skip : i + 1;
    }
    free(states);
    return text;
}

void text_mask_close(struct text_mask *mask)
{
    if (!mask)
        return;
    free(mask->mask);
    free(mask->exits);
    free(mask);
}

// ---- the cache ----

static void cache_evict(struct mask_cache *cache, size_t keep)
{
    for (size_t i = 0; i < cache->n_states; i++) {
        if (i == keep)
            continue;
        text_mask_close(cache->by_state[i]);
        cache->by_state[i] = NULL;
    }
    cache->size = 0;
}

void mask_cache_release(struct mask_cache *cache)
{
    cache_evict(cache, SIZE_MAX);
    free(cache->by_state);
    *cache = (struct mask_cache){0};
}

const struct text_mask *mask_cache_find(struct mask_cache *cache, struct dfa *dfa,
                                        const struct token_trie *trie, dfa_state state)
{
    // No token is longer than the tree is deep: higher counts make no difference to a mask.
    regex_id regex =
        regex_forget_counts(dfa->pool, dfa->nodes[state].regex, (uint32_t)trie->depth_max + 1);
    if (regex != dfa->nodes[state].regex && !regex_pool_is_full(dfa->pool)) {
        dfa_state same = dfa_start(dfa, regex, dfa->nodes[state].fallback, 0);
        state = same == DFA_DEAD ? state : same;
    }
    if (cache->free_string && state == cache->free_string_state)
        return cache->free_string;
    if (state >= cache->n_states) {
        size_t n = cache->n_states ? cache->n_states : 256;
        while (n <= state)
            n *= 2;
        cache->by_state = mem_resize(cache->by_state, n, sizeof *cache->by_state);
        memset(cache->by_state + cache->n_states, 0,
               (n - cache->n_states) * sizeof *cache->by_state);
        cache->n_states = n;
    }
    if (!cache->by_state[state]) {
        if (cache->size > cache->size_max)
            cache_evict(cache, SIZE_MAX);
        bool is_open = cache->free_string && dfa_flags(dfa, state) & DFA_OPEN;
        struct text_mask *mask = is_open ? open_text_mask(cache, dfa, trie, state)
                                         : text_mask_open(cache, dfa, trie, state);
        cache->by_state[state] = mask;
        cache->size += trie->n_words * 8 + mask->n_exits * 4;
    }
    return cache->by_state[state];
}

// ---- walking the tree with threads ----

struct level {                // of one walk, by depth
    size_t first, n;          // threads
    struct machine_mark mark; // in use when these threads were made
};

struct walk {
    struct machine *machine;
    const struct token_trie *trie;
    uint64_t *mask;
    struct level *levels;
    dfa_state *states;
    size_t text_size; // of the machine, at the root
};

static void walk_threads(struct walk *walk, size_t node, size_t first, size_t n);

// The text of the machine ends with node `i`, where it keeps one.
static void note_byte(struct walk *walk, size_t i)
{
    struct machine *m = walk->machine;
    if (!m->keeps_text)
        return;
    const struct trie_node *node = &walk->trie->nodes[i];
    m->text_size = walk->text_size + node->depth;
    machine_note_byte(m, m->text_size - 1, node->byte);
}

// The same for the whole way from the root to node `i`.
static void note_way(struct walk *walk, size_t i)
{
    struct machine *m = walk->machine;
    const struct token_trie *trie = walk->trie;
    if (!m->keeps_text)
        return;
    // The first token at or below the node begins with the way to it.
    struct str bytes = token_trie_bytes(trie, trie->order[trie->nodes[i].token_first]);
    for (size_t d = 0; d < trie->nodes[i].depth; d++)
        machine_note_byte(m, walk->text_size + d, (unsigned char)bytes.data[d]);
    m->text_size = walk->text_size + trie->nodes[i].depth;
}

// Walks below `node`, where `thread` is in a text, with the automaton alone until the text ends.
static void walk_text(struct walk *walk, size_t i_node, struct thread thread)
{
    struct machine *m = walk->machine;
    struct dfa *dfa = schema_dfa(m->store);
    const struct trie_node *nodes = walk->trie->nodes;
    dfa_state *states = walk->states;
    size_t end = nodes[i_node].skip;
    states[nodes[i_node].depth] = thread.i;
    for (size_t i = i_node + 1; i < end;) {
        dfa_state next = dfa_step(dfa, states[nodes[i].depth - 1], nodes[i].byte);
        if (next == DFA_DEAD) {
            i = nodes[i].skip;
            continue;
        }
        states[nodes[i].depth] = next;
        note_byte(walk, i);
        mask_add_nodes(walk->mask, walk->trie, i, i + 1);
        unsigned flags = dfa_flags(dfa, next);
        if (flags & DFA_ACCEPTS && nodes[i].skip > i + 1) {
            const struct machine_mark mark = machine_mark(m);
            thread.i = next;
            machine_complete(m, thread);
            walk_threads(walk, i, mark.n_threads, m->n_threads - mark.n_threads);
            machine_cut(m, mark);
        }
        i = flags & DFA_FINAL ? nodes[i].skip : i + 1;
    }
}

static bool is_text(const struct thread *thread)
{
    return thread->kind == THREAD_TEXT || thread->kind == THREAD_OTHER_NAME ||
           thread->kind == THREAD_OTHER_OPENING;
}

// Walks below `node`, where the threads [first, first + n) stand.
static void walk_threads(struct walk *walk, size_t i_node, size_t first, size_t n)
{
    struct machine *m = walk->machine;
    const struct trie_node *nodes = walk->trie->nodes;
    struct level *levels = walk->levels;
    size_t end = nodes[i_node].skip;
    levels[nodes[i_node].depth] = (struct level){first, n, machine_mark(m)};
    for (size_t i = i_node + 1; i < end && n;) {
        struct level above = levels[nodes[i].depth - 1];
        machine_cut(m, above.mark);
        m->n_threads = above.first + above.n;
        m->text_size = walk->text_size + nodes[i].depth - 1;
        size_t here = m->n_threads;
        machine_step(m, above.first, above.n, nodes[i].byte);
        size_t n_here = m->n_threads - here;
        if (!n_here) {
            i = nodes[i].skip;
            continue;
        }
        mask_add_nodes(walk->mask, walk->trie, i, i + 1);
        if (nodes[i].skip == i + 1) {
            i++;
            continue;
        }
        levels[nodes[i].depth] = (struct level){here, n_here, machine_mark(m)};
        if (n_here == 1 && is_text(&m->threads[here]) && !machine_is_tracked(m, m->threads[here])) {
            // The levels below are free for what follows the text; this one is done after it.
            walk_text(walk, i, m->threads[here]);
            i = nodes[i].skip;
            continue;
        }
        i++;
    }
}

static void add_threads(struct walk *walk, struct mask_cache *cache, size_t first, size_t n,
                        int depth);

// Whether nothing but the end of an earlier item is to be watched for: in a tracked text, all states
// on the way to such an end lead to more texts than there are items.
static bool is_roomy(struct walk *walk, struct thread thread)
{
    struct machine *m = walk->machine;
    struct dfa *dfa = schema_dfa(m->store);
    struct str rest;
    for (size_t i = 0; machine_rival(m, thread, &i, &rest);) {
        dfa_state state = thread.i;
        for (size_t k = 0; k < rest.size && state != DFA_DEAD; k++) {
            if (!machine_has_room(m, state))
                return false;
            state = dfa_step(dfa, state, (unsigned char)rest.data[k]);
        }
    }
    return true;
}

// Adds what stays inside the text, without the tokens that would end it as an earlier item.
static void add_inside(struct walk *walk, const uint64_t *inside, struct thread thread)
{
    struct machine *m = walk->machine;
    const struct token_trie *trie = walk->trie;
    struct str rest;
    size_t i = 0;
    if (!machine_is_tracked(m, thread) || !machine_rival(m, thread, &i, &rest)) {
        mask_or(walk->mask, inside, trie->n_words);
        return;
    }
    uint64_t *copy = mem_alloc(trie->n_words, sizeof *copy);
    memcpy(copy, inside, trie->n_words * sizeof *copy);
    for (i = 0; machine_rival(m, thread, &i, &rest);) {
        size_t node = 0, k = 0;
        dfa_state state = thread.i;
        for (; k < rest.size && (k == 0 || node); k++) {
            node = token_trie_child(trie, node, (unsigned char)rest.data[k]);
            state = dfa_step(schema_dfa(m->store), state, (unsigned char)rest.data[k]);
        }
        // A text that may go on is no item yet.
        if (k < rest.size || !node || !(dfa_flags(schema_dfa(m->store), state) & DFA_FINAL))
            continue;
        for (size_t t = trie->nodes[node].token_first; t < trie->nodes[node + 1].token_first; t++)
            copy[(size_t)trie->order[t] >> 6] &= ~(UINT64_C(1) << ((size_t)trie->order[t] & 63));
    }
    mask_or(walk->mask, copy, trie->n_words);
    free(copy);
}

static void add_text_thread(struct walk *walk, struct mask_cache *cache, struct thread thread,
                            int depth)
{
    struct machine *m = walk->machine;
    const struct machine_mark mark = machine_mark(m);
    const size_t set = mark.n_threads;
    const bool is_tracked = machine_is_tracked(m, thread);
    const struct text_mask *text =
        mask_cache_find(cache, schema_dfa(m->store), walk->trie, thread.i);
    add_inside(walk, text->mask, thread);
    size_t n = 0;
    struct machine_mark behind = mark;
    for (size_t e = 0; e < text->n_exits; e++) {
        machine_cut(m, behind);
        note_way(walk, text->exits[e]);
        if (!e || is_tracked) { // there it depends on the item whether it may end
            machine_complete(m, thread);
            n = m->n_threads - set;
            behind = is_tracked ? mark : machine_mark(m);
        }
        if (n)
            walk_threads(walk, text->exits[e], set, n);
        else if (!is_tracked)
            break;
    }
    machine_cut(m, mark);
    // The text may also end right here, before the next token.
    if (machine_can_complete(m, thread) && depth < 8) {
        machine_complete(m, thread);
        add_threads(walk, cache, set, m->n_threads - set, depth + 1);
    }
    machine_cut(m, mark);
}

// Whether the thread is in a text of which a prepared mask tells the inside.
static bool has_prepared(struct walk *walk, const struct thread *thread)
{
    return is_text(thread) &&
           (!machine_is_tracked(walk->machine, *thread) || is_roomy(walk, *thread));
}

static void add_threads(struct walk *walk, struct mask_cache *cache, size_t first, size_t n,
                        int depth)
{
    struct machine *m = walk->machine;
    const struct machine_mark mark = machine_mark(m);
    const size_t set = mark.n_threads;
    for (size_t t = first; t < first + n; t++)
        if (has_prepared(walk, &m->threads[t]))
            add_text_thread(walk, cache, m->threads[t], depth);
    // The others are walked together, as one set at the end.
    size_t n_others = 0;
    for (size_t t = first; t < first + n; t++)
        n_others += !has_prepared(walk, &m->threads[t]) && m->threads[t].kind != THREAD_DONE;
    if (!n_others)
        return;
    if (m->n_threads + n_others > m->threads_capacity) {
        m->threads_capacity = (m->n_threads + n_others) * 2;
        m->threads = mem_resize(m->threads, m->threads_capacity, sizeof(struct thread));
    }
    for (size_t t = first; t < first + n; t++)
        if (!has_prepared(walk, &m->threads[t]) && m->threads[t].kind != THREAD_DONE)
            m->threads[m->n_threads++] = m->threads[t];
    walk_threads(walk, 0, set, n_others);
    machine_cut(m, mark);
}

void token_mask_add(struct machine *machine, struct mask_cache *cache,
                    const struct token_trie *trie, size_t first, size_t n, uint64_t *mask)
{
    struct walk walk = {
        .machine = machine, .trie = trie, .mask = mask, .text_size = machine->text_size};
    walk.levels = mem_new(struct level, trie->depth_max + 1);
    walk.states = mem_new(dfa_state, trie->depth_max + 1);
    add_threads(&walk, cache, first, n, 0);
    free(walk.levels);
    free(walk.states);
}
