#include "sample/regex.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum op { OP_EMPTY, OP_EPSILON, OP_SET, OP_CONCAT, OP_REPEAT, OP_OR, OP_AND, OP_NOT };

struct node {
    uint8_t op;
    bool is_nullable;
    bool needs_search;
    // SET: i_set.  CONCAT: a then b.  REPEAT: a, min, max.  NOT: a.
    // OR, AND: kids [a, a + b) of pool->kids, ascending and distinct.
    uint32_t a, b, max;
};

struct regex_pool {
    struct node *nodes;
    size_t n_nodes, nodes_capacity, n_nodes_max;
    struct byte_set *sets;
    size_t n_sets, sets_capacity;
    uint32_t *kids;
    size_t n_kids, kids_capacity;
    uint32_t *table; // open addressing, node index + 1
    size_t table_size;
    bool is_full;
};

static const struct byte_set all_bytes = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

static uint64_t node_hash(const struct regex_pool *pool, const struct node *node)
{
    uint64_t h = mix(node->op, node->max);
    if (node->op == OP_OR || node->op == OP_AND) {
        for (uint32_t i = 0; i < node->b; i++)
            h = mix(h, pool->kids[node->a + i]);
        return h;
    }
    if (node->op == OP_SET) {
        for (int i = 0; i < 4; i++)
            h = mix(h, pool->sets[node->a].bits[i]);
        return h;
    }
    return mix(mix(h, node->a), node->b);
}

static bool node_equal(const struct regex_pool *pool, const struct node *x, const struct node *y)
{
    if (x->op != y->op || x->max != y->max)
        return false;
    if (x->op == OP_OR || x->op == OP_AND)
        return x->b == y->b &&
               !memcmp(pool->kids + x->a, pool->kids + y->a, x->b * sizeof(uint32_t));
    if (x->op == OP_SET)
        return !memcmp(&pool->sets[x->a], &pool->sets[y->a], sizeof(struct byte_set));
    return x->a == y->a && x->b == y->b;
}

static void table_insert(struct regex_pool *pool, regex_id id)
{
    size_t i = node_hash(pool, &pool->nodes[id]) & (pool->table_size - 1);
    while (pool->table[i])
        i = (i + 1) & (pool->table_size - 1);
    pool->table[i] = id + 1;
}

static void table_grow(struct regex_pool *pool)
{
    free(pool->table);
    pool->table_size = pool->table_size ? pool->table_size * 2 : 1024;
    pool->table = mem_new(uint32_t, pool->table_size);
    for (size_t id = 0; id < pool->n_nodes; id++)
        table_insert(pool, (regex_id)id);
}

static regex_id node_find(const struct regex_pool *pool, const struct node *node, bool *is_found)
{
    size_t i = node_hash(pool, node) & (pool->table_size - 1);
    for (; pool->table[i]; i = (i + 1) & (pool->table_size - 1)) {
        regex_id id = pool->table[i] - 1;
        if (node_equal(pool, &pool->nodes[id], node)) {
            *is_found = true;
            return id;
        }
    }
    *is_found = false;
    return REGEX_EMPTY;
}

static regex_id node_add(struct regex_pool *pool, const struct node *node)
{
    if (pool->n_nodes >= pool->n_nodes_max) {
        pool->is_full = true;
        return REGEX_EMPTY;
    }
    if ((pool->n_nodes + 1) * 2 > pool->table_size)
        table_grow(pool);
    if (pool->n_nodes == pool->nodes_capacity) {
        pool->nodes_capacity = pool->nodes_capacity ? pool->nodes_capacity * 2 : 256;
        pool->nodes = mem_resize(pool->nodes, pool->nodes_capacity, sizeof(struct node));
    }
    pool->nodes[pool->n_nodes] = *node;
    table_insert(pool, (regex_id)pool->n_nodes);
    return (regex_id)pool->n_nodes++;
}

static regex_id node_intern(struct regex_pool *pool, const struct node *node)
{
    bool is_found;
    regex_id id = node_find(pool, node, &is_found);
    return is_found ? id : node_add(pool, node);
}

static int compare_ids(const void *a, const void *b)
{
    regex_id x = *(const regex_id *)a, y = *(const regex_id *)b;
    return x < y ? -1 : x > y;
}

static void kids_reserve(struct regex_pool *pool, size_t n)
{
    if (pool->n_kids + n <= pool->kids_capacity)
        return;
    while (pool->n_kids + n > pool->kids_capacity)
        pool->kids_capacity = pool->kids_capacity ? pool->kids_capacity * 2 : 1024;
    pool->kids = mem_resize(pool->kids, pool->kids_capacity, sizeof(uint32_t));
}

// Appends `id`, or its kids when it is itself an `op`, behind the kids in use.
static void kids_flatten(struct regex_pool *pool, enum op op, regex_id id, size_t *n)
{
    struct node node = pool->nodes[id];
    uint32_t count = node.op == op ? node.b : 1;
    kids_reserve(pool, *n + count);
    uint32_t *to = pool->kids + pool->n_kids + *n;
    if (node.op == op)
        memcpy(to, pool->kids + node.a, count * sizeof(uint32_t));
    else
        *to = id;
    *n += count;
}

// Joins the byte sets among the kids into one: union in an OR, intersection in an AND.
static void kids_join_sets(struct regex_pool *pool, enum op op, size_t *n)
{
    struct byte_set joined = {{0}};
    size_t n_sets = 0, n_kept = 0;
    uint32_t *kids = pool->kids + pool->n_kids;
    for (size_t i = 0; i < *n; i++) {
        const struct node *node = &pool->nodes[kids[i]];
        if (node->op != OP_SET)
            continue;
        const struct byte_set *set = &pool->sets[node->a];
        for (int w = 0; w < 4; w++)
            joined.bits[w] = !n_sets       ? set->bits[w]
                             : op == OP_OR ? joined.bits[w] | set->bits[w]
                                           : joined.bits[w] & set->bits[w];
        n_sets++;
    }
    if (n_sets < 2)
        return;
    for (size_t i = 0; i < *n; i++)
        if (pool->nodes[kids[i]].op != OP_SET)
            kids[n_kept++] = kids[i];
    // The new set may move the kids: hold their place while it is made.
    pool->n_kids += n_kept;
    regex_id set = regex_bytes(pool, &joined);
    pool->n_kids -= n_kept;
    kids_reserve(pool, n_kept + 1);
    pool->kids[pool->n_kids + n_kept] = set;
    *n = n_kept + 1;
}

// x{a,b}tail | x{c,d}tail is one node when the counts touch; derivatives of x{0,9}x{0,9} need it.
static void kids_join_repeats(struct regex_pool *pool, size_t *n)
{
    for (size_t i = 0; i + 1 < *n; i++) {
        regex_id x, tail, y, tail2;
        uint32_t min, max, min2, max2;
        uint32_t *kids = pool->kids + pool->n_kids;
        if (!regex_split_repeat(pool, kids[i], &x, &min, &max, &tail))
            continue;
        for (size_t j = i + 1; j < *n; j++) {
            kids = pool->kids + pool->n_kids;
            if (!regex_split_repeat(pool, kids[j], &y, &min2, &max2, &tail2) || x != y ||
                tail != tail2 || (max != REGEX_NO_LIMIT && max + 1 < min2) ||
                (max2 != REGEX_NO_LIMIT && max2 + 1 < min))
                continue;
            size_t held = *n;
            pool->n_kids += held;
            regex_id joined = regex_concat(
                pool, regex_repeat(pool, x, min < min2 ? min : min2, max > max2 ? max : max2),
                tail);
            pool->n_kids -= held;
            kids = pool->kids + pool->n_kids;
            kids[i] = joined;
            kids[j] = kids[--*n];
            if (!regex_split_repeat(pool, joined, &x, &min, &max, &tail))
                break;
            j = i;
        }
    }
}

static regex_id node_set(struct regex_pool *pool, enum op op, const regex_id *ids, size_t n_ids)
{
    const regex_id zero = op == OP_OR ? REGEX_ANYTHING : REGEX_EMPTY; // absorbs everything
    const regex_id one = op == OP_OR ? REGEX_EMPTY : REGEX_ANYTHING;  // changes nothing
    size_t n = 0;
    if (pool->is_full)
        return REGEX_EMPTY;
    for (size_t i = 0; i < n_ids; i++) {
        if (ids[i] == zero)
            return zero;
        if (ids[i] != one)
            kids_flatten(pool, op, ids[i], &n);
    }
    kids_join_sets(pool, op, &n);
    if (op == OP_OR && n > 1)
        kids_join_repeats(pool, &n);
    uint32_t *kids = pool->kids + pool->n_kids;
    if (n)
        qsort(kids, n, sizeof(uint32_t), compare_ids);
    size_t n_distinct = 0;
    for (size_t i = 0; i < n; i++)
        if (kids[i] == zero)
            return zero;
        else if (kids[i] != one && (!n_distinct || kids[n_distinct - 1] != kids[i]))
            kids[n_distinct++] = kids[i];
    if (n_distinct < 2)
        return n_distinct ? kids[0] : one;
    struct node node = {.op = (uint8_t)op, .a = (uint32_t)pool->n_kids, .b = (uint32_t)n_distinct};
    node.is_nullable = op == OP_AND;
    node.needs_search = op == OP_AND;
    for (size_t i = 0; i < n_distinct; i++) {
        const struct node *kid = &pool->nodes[kids[i]];
        node.is_nullable = op == OP_OR ? node.is_nullable || kid->is_nullable
                                       : node.is_nullable && kid->is_nullable;
        node.needs_search = node.needs_search || kid->needs_search;
    }
    bool is_found;
    regex_id id = node_find(pool, &node, &is_found);
    if (is_found)
        return id;
    if (pool->n_kids + n_distinct > 16 * pool->n_nodes_max) {
        pool->is_full = true;
        return REGEX_EMPTY;
    }
    pool->n_kids += n_distinct;
    return node_add(pool, &node);
}

static regex_id literals_below(struct regex_pool *pool, const struct str *sorted, size_t n,
                               size_t depth)
{
    // A single text, or the common beginning of all, needs no branches.
    size_t common = depth;
    while (common < sorted[0].size && common < sorted[n - 1].size &&
           sorted[0].data[common] == sorted[n - 1].data[common])
        common++;
    regex_id beginning = regex_literal(pool, str_slice(sorted[0], depth, common));
    if (n == 1)
        return beginning;
    regex_id branches = sorted[0].size == common ? REGEX_EPSILON : REGEX_EMPTY;
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        if (sorted[i].size == common) {
            i++;
            continue;
        }
        while (end < n && sorted[end].data[common] == sorted[i].data[common])
            end++;
        branches = regex_or2(pool, branches, literals_below(pool, sorted + i, end - i, common));
        i = end;
    }
    return regex_concat(pool, beginning, branches);
}

static regex_id derive(struct regex_pool *pool, regex_id id, unsigned byte, struct byte_set *same);

static regex_id derive_kids(struct regex_pool *pool, struct node node, unsigned byte,
                            struct byte_set *same)
{
    regex_id few[16] = {REGEX_EMPTY};
    regex_id *derived = node.b <= COUNT_OF(few) ? few : mem_new(regex_id, node.b);
    for (uint32_t i = 0; i < node.b; i++)
        derived[i] = derive(pool, pool->kids[node.a + i], byte, same);
    regex_id id = node_set(pool, node.op, derived, node.b);
    if (derived != few)
        free(derived);
    return id;
}

static regex_id derive(struct regex_pool *pool, regex_id id, unsigned byte, struct byte_set *same)
{
    struct node node = pool->nodes[id];
    switch ((enum op)node.op) {
    case OP_EMPTY:
    case OP_EPSILON:
        return REGEX_EMPTY;
    case OP_SET: {
        bool has = byte_set_has(&pool->sets[node.a], byte);
        for (int w = 0; w < 4; w++)
            same->bits[w] &= has ? pool->sets[node.a].bits[w] : ~pool->sets[node.a].bits[w];
        return has ? REGEX_EPSILON : REGEX_EMPTY;
    }
    case OP_CONCAT: {
        regex_id first = regex_concat(pool, derive(pool, node.a, byte, same), node.b);
        if (!pool->nodes[node.a].is_nullable)
            return first;
        return regex_or2(pool, first, derive(pool, node.b, byte, same));
    }
    case OP_REPEAT: {
        regex_id first = derive(pool, node.a, byte, same);
        uint32_t min = node.b ? node.b - 1 : 0;
        uint32_t max = node.max == REGEX_NO_LIMIT ? node.max : node.max - 1;
        return regex_concat(pool, first, regex_repeat(pool, node.a, min, max));
    }
    case OP_OR:
    case OP_AND:
        return derive_kids(pool, node, byte, same);
    case OP_NOT:
        return regex_not(pool, derive(pool, node.a, byte, same));
    }
    return REGEX_EMPTY;
}

struct regex_pool *regex_pool_open(size_t n_nodes_max)
{
    struct regex_pool *pool = mem_new(struct regex_pool, 1);
    pool->n_nodes_max = n_nodes_max < 16 ? 16 : n_nodes_max;
    table_grow(pool);
    node_add(pool, &(struct node){.op = OP_EMPTY});
    node_add(pool, &(struct node){.op = OP_EPSILON, .is_nullable = true});
    // REGEX_ANYTHING is node 2; the set that it repeats comes right after it.
    node_add(pool,
             &(struct node){.op = OP_REPEAT, .a = 3, .max = REGEX_NO_LIMIT, .is_nullable = true});
    regex_id any_byte = regex_bytes(pool, &all_bytes);
    assert(any_byte == 3);
    (void)any_byte;
    return pool;
}

void regex_pool_close(struct regex_pool *pool)
{
    if (!pool)
        return;
    free(pool->nodes);
    free(pool->sets);
    free(pool->kids);
    free(pool->table);
    free(pool);
}

bool regex_pool_is_full(const struct regex_pool *pool)
{
    return pool->is_full;
}

void regex_pool_raise(struct regex_pool *pool, size_t n)
{
    pool->n_nodes_max = (pool->n_nodes > pool->n_nodes_max ? pool->n_nodes : pool->n_nodes_max) + n;
    pool->is_full = false;
}

size_t regex_pool_n_nodes(const struct regex_pool *pool)
{
    return pool->n_nodes;
}

regex_id regex_bytes(struct regex_pool *pool, const struct byte_set *set)
{
    if (!(set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3]))
        return REGEX_EMPTY;
    if (pool->n_sets == pool->sets_capacity) {
        pool->sets_capacity = pool->sets_capacity ? pool->sets_capacity * 2 : 64;
        pool->sets = mem_resize(pool->sets, pool->sets_capacity, sizeof(struct byte_set));
    }
    pool->sets[pool->n_sets] = *set;
    struct node node = {.op = OP_SET, .a = (uint32_t)pool->n_sets};
    size_t n_before = pool->n_nodes;
    regex_id id = node_intern(pool, &node);
    if (pool->n_nodes > n_before)
        pool->n_sets++;
    return id;
}

regex_id regex_byte_range(struct regex_pool *pool, unsigned from, unsigned to)
{
    struct byte_set set = {{0}};
    byte_set_add_range(&set, from, to);
    return regex_bytes(pool, &set);
}

regex_id regex_literal(struct regex_pool *pool, struct str text)
{
    regex_id id = REGEX_EPSILON;
    for (size_t i = text.size; i-- > 0;) {
        unsigned b = (unsigned char)text.data[i];
        id = regex_concat(pool, regex_byte_range(pool, b, b), id);
    }
    return id;
}

regex_id regex_literals(struct regex_pool *pool, const struct str *sorted, size_t n)
{
    return n ? literals_below(pool, sorted, n, 0) : REGEX_EMPTY;
}

static regex_id concat_two(struct regex_pool *pool, regex_id a, regex_id b)
{
    struct node node = {.op = OP_CONCAT, .a = a, .b = b};
    node.is_nullable = pool->nodes[a].is_nullable && pool->nodes[b].is_nullable;
    node.needs_search = pool->nodes[a].needs_search || pool->nodes[b].needs_search;
    return node_intern(pool, &node);
}

regex_id regex_concat(struct regex_pool *pool, regex_id a, regex_id b)
{
    if (a == REGEX_EMPTY || b == REGEX_EMPTY)
        return REGEX_EMPTY;
    if (a == REGEX_EPSILON)
        return b;
    if (b == REGEX_EPSILON || (a == REGEX_ANYTHING && b == REGEX_ANYTHING))
        return a;
    if (pool->nodes[a].op != OP_CONCAT)
        return concat_two(pool, a, b);
    // Right-nested, so that equal strings of parts are equal nodes.
    size_t n = 0, capacity = 16;
    regex_id *parts = mem_new(regex_id, capacity);
    for (; pool->nodes[a].op == OP_CONCAT; a = pool->nodes[a].b) {
        if (n + 2 > capacity)
            parts = mem_resize(parts, capacity *= 2, sizeof *parts);
        parts[n++] = pool->nodes[a].a;
    }
    b = concat_two(pool, a, b);
    while (n > 0 && b != REGEX_EMPTY)
        b = concat_two(pool, parts[--n], b);
    free(parts);
    return b;
}

regex_id regex_or(struct regex_pool *pool, const regex_id *kids, size_t n)
{
    return node_set(pool, OP_OR, kids, n);
}

regex_id regex_or2(struct regex_pool *pool, regex_id a, regex_id b)
{
    return a == b ? a : node_set(pool, OP_OR, (regex_id[]){a, b}, 2);
}

regex_id regex_and(struct regex_pool *pool, const regex_id *kids, size_t n)
{
    return node_set(pool, OP_AND, kids, n);
}

regex_id regex_and2(struct regex_pool *pool, regex_id a, regex_id b)
{
    return a == b ? a : node_set(pool, OP_AND, (regex_id[]){a, b}, 2);
}

regex_id regex_not(struct regex_pool *pool, regex_id a)
{
    if (pool->is_full)
        return REGEX_EMPTY;
    if (a == REGEX_EMPTY)
        return REGEX_ANYTHING;
    if (a == REGEX_ANYTHING)
        return REGEX_EMPTY;
    if (pool->nodes[a].op == OP_NOT)
        return pool->nodes[a].a;
    struct node node = {.op = OP_NOT, .a = a, .needs_search = true};
    node.is_nullable = !pool->nodes[a].is_nullable;
    return node_intern(pool, &node);
}

regex_id regex_repeat(struct regex_pool *pool, regex_id a, uint32_t min, uint32_t max)
{
    if (max == 0 || a == REGEX_EPSILON)
        return REGEX_EPSILON;
    if (a == REGEX_EMPTY)
        return min ? REGEX_EMPTY : REGEX_EPSILON;
    struct node inner = pool->nodes[a];
    if (inner.is_nullable)
        min = 0;
    if (max == 1 && (min == 1 || inner.is_nullable))
        return a;
    // (x{p,q}){a,b} counts every number from pa to qb when p is 0 or 1.
    if (inner.op == OP_REPEAT && inner.b <= 1) {
        uint64_t most = max == REGEX_NO_LIMIT || inner.max == REGEX_NO_LIMIT
                            ? REGEX_NO_LIMIT
                            : (uint64_t)max * inner.max;
        if (most <= REGEX_NO_LIMIT)
            return regex_repeat(pool, inner.a, min * inner.b, (uint32_t)most);
    }
    struct node node = {.op = OP_REPEAT, .a = a, .b = min, .max = max};
    node.is_nullable = min == 0;
    node.needs_search = inner.needs_search;
    return node_intern(pool, &node);
}

bool regex_is_nullable(const struct regex_pool *pool, regex_id a)
{
    return pool->nodes[a].is_nullable;
}

bool regex_needs_search(const struct regex_pool *pool, regex_id a)
{
    return pool->nodes[a].needs_search;
}

regex_id regex_derive(struct regex_pool *pool, regex_id a, unsigned byte, struct byte_set *same)
{
    *same = all_bytes;
    return derive(pool, a, byte, same);
}

bool regex_split_repeat(const struct regex_pool *pool, regex_id a, regex_id *x, uint32_t *min,
                        uint32_t *max, regex_id *tail)
{
    const struct node *node = &pool->nodes[a];
    *tail = REGEX_EPSILON;
    if (node->op == OP_CONCAT) {
        *tail = node->b;
        node = &pool->nodes[node->a];
    }
    if (node->op != OP_REPEAT)
        return false;
    *x = node->a;
    *min = node->b;
    *max = node->max;
    return true;
}

regex_id regex_forget_counts(struct regex_pool *pool, regex_id a, uint32_t n)
{
    const struct node node = pool->nodes[a];
    if (node.op == OP_REPEAT) {
        uint32_t max = node.max != REGEX_NO_LIMIT && node.max >= n ? REGEX_NO_LIMIT : node.max;
        return regex_repeat(pool, node.a, node.b > n ? n : node.b, max);
    }
    if (node.op == OP_CONCAT)
        return regex_concat(pool, regex_forget_counts(pool, node.a, n), node.b);
    if (node.op != OP_AND)
        return a;
    regex_id few[8];
    if (node.b > COUNT_OF(few))
        return a;
    for (uint32_t i = 0; i < node.b; i++)
        few[i] = regex_forget_counts(pool, pool->kids[node.a + i], n);
    return regex_and(pool, few, node.b);
}

regex_id regex_until(struct regex_pool *pool, regex_id mark)
{
    // Any text, the mark, and the mark nowhere earlier.
    regex_id with_mark = regex_concat(pool, REGEX_ANYTHING, mark);
    regex_id any_byte = regex_byte_range(pool, 0, 255);
    regex_id earlier = regex_concat(pool, with_mark, regex_concat(pool, any_byte, REGEX_ANYTHING));
    return regex_and2(pool, with_mark, regex_not(pool, earlier));
}
