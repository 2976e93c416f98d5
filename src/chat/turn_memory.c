#include "chat/turn_memory.h"
#include "base/memory.h"
#include "chat/turn_meaning.h"

#include <pthread.h>
#include <stdlib.h>

#define N_BUCKETS 4096

struct key_link {
    struct key_link *next;
    uint64_t key;
    struct entry *entry;
};

// One allocation: what the turn points to lies behind the keys.  So it takes what it is counted as,
// and there may be a hundred thousand of them.
struct entry {
    struct entry *older, *newer; // by last use
    struct sampled_turn turn;
    size_t size, n_keys;
    struct key_link keys[];
};

struct turn_memory {
    pthread_mutex_t lock;
    struct key_link *buckets[N_BUCKETS];
    struct entry *oldest, *newest;
    size_t size, size_max, n_turns, n_found, n_missed;
};

// FNV-1a; equal keys are compared in full afterwards, so only speed depends on it.
static uint64_t hash(char kind, const void *bytes, size_t size)
{
    uint64_t h = 0xcbf29ce484222325u ^ (unsigned char)kind;
    for (size_t i = 0; i < size; i++)
        h = (h ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    return h;
}

static uint64_t hash_text(char kind, struct str text)
{
    return hash(kind, text.data, text.size);
}

// ---- the list by use ----

static void unlink_use(struct turn_memory *m, struct entry *entry)
{
    *(entry->older ? &entry->older->newer : &m->oldest) = entry->newer;
    *(entry->newer ? &entry->newer->older : &m->newest) = entry->older;
    entry->older = entry->newer = NULL;
}

static void link_newest(struct turn_memory *m, struct entry *entry)
{
    entry->older = m->newest;
    *(m->newest ? &m->newest->newer : &m->oldest) = entry;
    m->newest = entry;
}

// ---- keys ----

static void link_key(struct turn_memory *m, struct entry *entry, uint64_t key)
{
    struct key_link *link = &entry->keys[entry->n_keys++];
    *link = (struct key_link){m->buckets[key % N_BUCKETS], key, entry};
    m->buckets[key % N_BUCKETS] = link;
}

static void unlink_key(struct turn_memory *m, struct key_link *link)
{
    struct key_link **at = &m->buckets[link->key % N_BUCKETS];
    while (*at != link)
        at = &(*at)->next;
    *at = link->next;
}

static void drop(struct turn_memory *m, struct entry *entry)
{
    for (size_t i = 0; i < entry->n_keys; i++)
        unlink_key(m, &entry->keys[i]);
    unlink_use(m, entry);
    m->size -= entry->size;
    m->n_turns--;
    free(entry);
}

// ---- copies ----

static size_t n_keys_max(const struct sampled_turn *turn)
{
    return turn->n_calls + 2; // each call's id, the signature, the digest
}

static size_t size_of(const struct sampled_turn *turn)
{
    size_t size = sizeof(struct entry) + n_keys_max(turn) * sizeof(struct key_link) +
                  turn->n_calls * sizeof(struct sampled_call) + turn->n_ids * sizeof(token_id) +
                  turn->opening.size + turn->thinking.size + turn->signature.size + turn->text.size;
    for (size_t i = 0; i < turn->n_calls; i++)
        size += turn->calls[i].id.size + turn->calls[i].name.size + turn->calls[i].arguments.size;
    return size;
}

static void *keep(char **at, const void *bytes, size_t size)
{
    void *copy = *at;
    if (size)
        memcpy(copy, bytes, size);
    *at += size;
    return copy;
}

static struct str keep_text(char **at, struct str text)
{
    return (struct str){keep(at, text.data, text.size), text.size};
}

static struct entry *copy_turn(const struct sampled_turn *turn)
{
    size_t size = size_of(turn);
    struct entry *entry = mem_alloc(1, size);
    entry->size = size;
    entry->turn = *turn;
    char *at =
        (char *)(entry->keys + n_keys_max(turn)); // calls, then ids, then texts: by alignment
    struct sampled_call *calls = keep(&at, turn->calls, turn->n_calls * sizeof *calls);
    entry->turn.calls = calls;
    entry->turn.ids = keep(&at, turn->ids, turn->n_ids * sizeof *turn->ids);
    for (size_t i = 0; i < turn->n_calls; i++)
        calls[i] = (struct sampled_call){keep_text(&at, turn->calls[i].id),
                                         keep_text(&at, turn->calls[i].name),
                                         keep_text(&at, turn->calls[i].arguments)};
    entry->turn.opening = keep_text(&at, turn->opening);
    entry->turn.thinking = keep_text(&at, turn->thinking);
    entry->turn.signature = keep_text(&at, turn->signature);
    entry->turn.text = keep_text(&at, turn->text);
    return entry;
}

// ---- looking ----

static struct entry *find_under(const struct turn_memory *m, uint64_t key, const struct turn *turn)
{
    for (struct key_link *link = m->buckets[key % N_BUCKETS]; link; link = link->next)
        if (link->key == key && meaning_same_turn(&link->entry->turn, turn))
            return link->entry;
    return NULL;
}

// Two conversations may hold the same words, so here the digest is compared in full; ids and
// signatures cannot be guessed and are part of the meaning.
static struct entry *find_under_digest(const struct turn_memory *m, const struct turn *turn)
{
    uint64_t key = hash('d', turn->digest, TURN_DIGEST_SIZE);
    for (struct key_link *link = m->buckets[key % N_BUCKETS]; link; link = link->next) {
        const struct sampled_turn *known = &link->entry->turn;
        if (link->key == key && memcmp(known->digest, turn->digest, TURN_DIGEST_SIZE) == 0 &&
            meaning_same_turn(known, turn))
            return link->entry;
    }
    return NULL;
}

static struct entry *find_entry(const struct turn_memory *m, const struct turn *turn)
{
    if (turn->n_calls) // every call's id is in meaning_same_turn(), so one key is enough
        return find_under(m, hash_text('c', turn->calls[0].id), turn);
    struct entry *entry = NULL;
    if (turn->signature.size)
        entry = find_under(m, hash_text('s', turn->signature), turn);
    if (entry && !str_equal(entry->turn.signature, turn->signature))
        entry = NULL;
    return entry ? entry : find_under_digest(m, turn);
}

struct turn_memory *turn_memory_open(size_t size_max)
{
    struct turn_memory *m = mem_new(struct turn_memory, 1);
    m->size_max = size_max;
    pthread_mutex_init(&m->lock, NULL);
    return m;
}

void turn_memory_close(struct turn_memory *m)
{
    if (!m)
        return;
    while (m->oldest)
        drop(m, m->oldest);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

void turn_memory_add(struct turn_memory *m, const struct sampled_turn *sampled)
{
    if (sampled->n_ids == 0 || size_of(sampled) > m->size_max)
        return;
    struct entry *entry = copy_turn(sampled);
    pthread_mutex_lock(&m->lock);
    while (m->size + entry->size > m->size_max)
        drop(m, m->oldest);
    link_newest(m, entry);
    m->size += entry->size;
    m->n_turns++;
    for (size_t i = 0; i < sampled->n_calls; i++)
        link_key(m, entry, hash_text('c', sampled->calls[i].id));
    if (sampled->signature.size)
        link_key(m, entry, hash_text('s', sampled->signature));
    link_key(m, entry, hash('d', sampled->digest, TURN_DIGEST_SIZE));
    pthread_mutex_unlock(&m->lock);
}

bool turn_memory_find(struct turn_memory *m, const struct turn *turn, struct token_list *ids,
                      struct buf *opening)
{
    pthread_mutex_lock(&m->lock);
    struct entry *entry = find_entry(m, turn);
    if (entry) {
        unlink_use(m, entry);
        link_newest(m, entry);
        token_list_append_all(ids, entry->turn.ids, entry->turn.n_ids);
        buf_append(opening, entry->turn.opening.data, entry->turn.opening.size);
    }
    m->n_found += entry != NULL;
    m->n_missed += entry == NULL;
    pthread_mutex_unlock(&m->lock);
    return entry != NULL;
}

struct turn_memory_stats turn_memory_stats(struct turn_memory *m)
{
    pthread_mutex_lock(&m->lock);
    struct turn_memory_stats stats = {m->n_turns, m->size, m->n_found, m->n_missed};
    pthread_mutex_unlock(&m->lock);
    return stats;
}
