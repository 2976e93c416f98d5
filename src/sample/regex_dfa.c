#include "sample/regex_dfa.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define SEARCH_STATES_MAX     3000 // of one search for an accepted string
#define SEARCHES_GIVEN_UP_MAX 4    // after so many, further expressions count as not empty

static dfa_state find(const struct dfa *dfa, regex_id regex)
{
    return regex < dfa->by_regex_size && dfa->by_regex[regex] ? dfa->by_regex[regex] - 1
                                                              : DFA_UNKNOWN;
}

static void remember(struct dfa *dfa, regex_id regex, dfa_state state)
{
    if (regex >= dfa->by_regex_size) {
        size_t size = dfa->by_regex_size ? dfa->by_regex_size : 256;
        while (size <= regex)
            size *= 2;
        dfa->by_regex = mem_resize(dfa->by_regex, size, sizeof(uint32_t));
        memset(dfa->by_regex + dfa->by_regex_size, 0,
               (size - dfa->by_regex_size) * sizeof(uint32_t));
        dfa->by_regex_size = size;
    }
    dfa->by_regex[regex] = state + 1;
}

// The expressions that follow `regex`, each once; *n_out of them in `out` (at most 256).
static void successors(struct dfa *dfa, regex_id regex, regex_id *out, size_t *n_out)
{
    struct byte_set seen = {{0}};
    *n_out = 0;
    for (unsigned b = 0; b < 256; b++) {
        if (byte_set_has(&seen, b))
            continue;
        struct byte_set same;
        regex_id next = regex_derive(dfa->pool, regex, b, &same);
        for (int w = 0; w < 4; w++)
            seen.bits[w] |= same.bits[w];
        if (next != REGEX_EMPTY)
            out[(*n_out)++] = next;
    }
}

struct search {
    struct {
        regex_id regex;
        uint32_t parent;
    } * nodes;
    size_t n, capacity;
    uint32_t *table; // open addressing, index + 1
    size_t table_size;
};

static bool search_add(struct search *search, regex_id regex, uint32_t parent)
{
    size_t i = regex * UINT64_C(0x9e3779b97f4a7c15) >> 40 & (search->table_size - 1);
    for (; search->table[i]; i = (i + 1) & (search->table_size - 1))
        if (search->nodes[search->table[i] - 1].regex == regex)
            return false;
    search->nodes[search->n].regex = regex;
    search->nodes[search->n].parent = parent;
    search->table[i] = (uint32_t)++search->n;
    return true;
}

// Decides whether `regex` accepts anything: breadth first until a nullable expression, or one that
// needs no search, or a state already known to lead somewhere.
static bool is_live(struct dfa *dfa, regex_id regex)
{
    if (regex == REGEX_EMPTY)
        return false;
    if (!regex_needs_search(dfa->pool, regex) || regex_is_nullable(dfa->pool, regex))
        return true;
    if (dfa->n_undecided >= SEARCHES_GIVEN_UP_MAX)
        return true;
    struct search search = {.capacity = SEARCH_STATES_MAX + 257, .table_size = 8192};
    search.nodes = mem_alloc(search.capacity, sizeof *search.nodes);
    search.table = mem_new(uint32_t, search.table_size);
    search_add(&search, regex, 0);
    regex_id *next = mem_new(regex_id, 256);
    bool live = false;
    size_t i;
    for (i = 0; i < search.n && i < SEARCH_STATES_MAX && !live; i++) {
        size_t n_next;
        successors(dfa, search.nodes[i].regex, next, &n_next);
        for (size_t k = 0; k < n_next && !live && search.n < search.capacity; k++) {
            dfa_state known = find(dfa, next[k]);
            if (known == DFA_DEAD)
                continue;
            live = known != DFA_UNKNOWN || !regex_needs_search(dfa->pool, next[k]) ||
                   regex_is_nullable(dfa->pool, next[k]);
            search_add(&search, next[k], (uint32_t)i);
        }
    }
    if (!live && regex_pool_is_full(dfa->pool))
        live = true;
    else if (!live && i < search.n) {
        dfa->n_undecided++;
        live = true;
    }
    if (!live) // then nothing that was reached leads anywhere
        for (size_t k = 0; k < search.n; k++)
            remember(dfa, search.nodes[k].regex, DFA_DEAD);
    free(next);
    free(search.nodes);
    free(search.table);
    return live;
}

void dfa_init(struct dfa *dfa, struct regex_pool *pool, size_t n_nodes_max)
{
    *dfa = (struct dfa){.pool = pool, .n_nodes_max = n_nodes_max};
    dfa->capacity = 64;
    dfa->nodes = mem_new(struct dfa_node, dfa->capacity);
    dfa->n_nodes = 1;
    remember(dfa, REGEX_EMPTY, DFA_DEAD);
}

void dfa_release(struct dfa *dfa)
{
    for (size_t i = 0; i < dfa->n_nodes; i++)
        free(dfa->nodes[i].row);
    free(dfa->nodes);
    free(dfa->by_regex);
    *dfa = (struct dfa){0};
}

// DFA_UNKNOWN when there is no room for another state.
static dfa_state state_add(struct dfa *dfa, regex_id regex, unsigned flags)
{
    dfa_state known = find(dfa, regex);
    if (known != DFA_UNKNOWN) {
        if (known != DFA_DEAD)
            dfa->nodes[known].flags |= (uint8_t)flags;
        return known;
    }
    if (!is_live(dfa, regex)) {
        remember(dfa, regex, DFA_DEAD);
        return DFA_DEAD;
    }
    if (dfa->n_nodes >= dfa->n_nodes_max)
        return DFA_UNKNOWN;
    if (dfa->n_nodes == dfa->capacity) {
        dfa->capacity *= 2;
        dfa->nodes = mem_resize(dfa->nodes, dfa->capacity, sizeof(struct dfa_node));
    }
    struct dfa_node *node = &dfa->nodes[dfa->n_nodes];
    *node = (struct dfa_node){.regex = regex, .flags = (uint8_t)flags};
    if (regex_is_nullable(dfa->pool, regex))
        node->flags |= DFA_ACCEPTS;
    if (regex == REGEX_EPSILON)
        node->flags |= DFA_FINAL;
    remember(dfa, regex, (dfa_state)dfa->n_nodes);
    return (dfa_state)dfa->n_nodes++;
}

dfa_state dfa_start(struct dfa *dfa, regex_id regex, dfa_state fallback, unsigned flags)
{
    // Past the pool's ceiling REGEX_EMPTY may stand for something that found no room.
    dfa_state state = DFA_UNKNOWN;
    if (!regex_pool_is_full(dfa->pool))
        state = state_add(dfa, regex, flags);
    else if (regex != REGEX_EMPTY)
        state = find(dfa, regex);
    if (state == DFA_UNKNOWN) {
        dfa->is_relaxed = true;
        return fallback;
    }
    if (state != DFA_DEAD && !dfa->nodes[state].fallback)
        dfa->nodes[state].fallback = fallback;
    return state;
}

// A whole character of a JSON string: the next state is again between two characters.
static bool is_plain(unsigned byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

dfa_state dfa_step_slow(struct dfa *dfa, dfa_state state, unsigned byte)
{
    if (state == DFA_DEAD)
        return DFA_DEAD;
    struct dfa_node node = dfa->nodes[state];
    if (!node.row) {
        node.row = mem_new(uint32_t, 256);
        memset(node.row, 0xff, 256 * sizeof(uint32_t));
        dfa->nodes[state].row = node.row;
    }
    bool has_fallback = node.fallback && node.fallback != state;
    dfa_state aside = has_fallback ? dfa_step(dfa, node.fallback, byte) : DFA_DEAD;
    struct byte_set same;
    regex_id next = regex_derive(dfa->pool, node.regex, byte, &same);
    // A full pool derives too little: then go on in what accepts more.
    dfa_state to = regex_pool_is_full(dfa->pool)
                       ? DFA_UNKNOWN
                       : state_add(dfa, next, is_plain(byte) ? node.flags & DFA_OPEN : 0);
    if (to == DFA_UNKNOWN) {
        dfa->is_relaxed = true;
        node.row[byte] = aside;
        return aside;
    }
    if (to != DFA_DEAD && to != aside && !dfa->nodes[to].fallback)
        dfa->nodes[to].fallback = aside;
    for (unsigned b = 0; b < 256; b++)
        if (byte_set_has(&same, b) &&
            (!has_fallback || to == DFA_DEAD || dfa_step(dfa, node.fallback, b) == aside))
            node.row[b] = to;
    return to;
}

void dfa_expand(struct dfa *dfa, dfa_state state)
{
    // States are numbered as they are found, so those reached from here follow the present ones.
    size_t first_new = dfa->n_nodes;
    for (unsigned b = 0; b < 256; b++)
        dfa_step(dfa, state, b);
    for (size_t i = first_new; i < dfa->n_nodes; i++)
        for (unsigned b = 0; b < 256; b++)
            dfa_step(dfa, (dfa_state)i, b);
}

bool dfa_matches(struct dfa *dfa, dfa_state state, struct str text)
{
    for (size_t i = 0; i < text.size && state != DFA_DEAD; i++)
        state = dfa_step(dfa, state, (unsigned char)text.data[i]);
    return dfa_flags(dfa, state) & DFA_ACCEPTS;
}
