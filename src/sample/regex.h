// regex.h - which byte strings are meant, as expressions that can be derived.
//
// A pool of regular expressions over bytes with intersection and complement.  Equal expressions have
// equal ids (hash-consing under the laws below), so the derivatives of one expression are finitely
// many and an automaton is built by numbering them: regex_dfa.h.  Derivatives after Brzozowski
// (1964) and Owens, Reppy, Turon (2009); counted repeats stay counted, x{2,500} is one node.
//
// A pool has a ceiling.  Past it every constructor answers REGEX_EMPTY and regex_pool_is_full() says
// so: the caller then gives up the expression, not the request.  One owner at a time.
#ifndef HEARTH_SAMPLE_REGEX_H
#define HEARTH_SAMPLE_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct regex_pool;
typedef uint32_t regex_id;

#define REGEX_EMPTY    ((regex_id)0) // no string at all
#define REGEX_EPSILON  ((regex_id)1) // the empty string only
#define REGEX_ANYTHING ((regex_id)2) // every string of bytes
#define REGEX_NO_LIMIT UINT32_MAX    // for the `max` of a repeat

struct byte_set {
    uint64_t bits[4];
};
static inline void byte_set_add_range(struct byte_set *set, unsigned from, unsigned to)
{
    for (unsigned b = from; b <= to; b++)
        set->bits[b >> 6] |= UINT64_C(1) << (b & 63);
}
static inline bool byte_set_has(const struct byte_set *set, unsigned b)
{
    return set->bits[b >> 6] >> (b & 63) & 1;
}

struct regex_pool *regex_pool_open(size_t n_nodes_max);
void regex_pool_close(struct regex_pool *pool);
bool regex_pool_is_full(const struct regex_pool *pool);
// Makes room for `n` more nodes, also in a full pool.
void regex_pool_raise(struct regex_pool *pool, size_t n);
size_t regex_pool_n_nodes(const struct regex_pool *pool);

regex_id regex_bytes(struct regex_pool *pool, const struct byte_set *set);
regex_id regex_byte_range(struct regex_pool *pool, unsigned from, unsigned to);
regex_id regex_literal(struct regex_pool *pool, struct str text);
// Any of `n` texts, sorted by bytes: one node for each common beginning.
regex_id regex_literals(struct regex_pool *pool, const struct str *sorted, size_t n);
regex_id regex_concat(struct regex_pool *pool, regex_id a, regex_id b);
regex_id regex_or(struct regex_pool *pool, const regex_id *kids, size_t n);
regex_id regex_or2(struct regex_pool *pool, regex_id a, regex_id b);
regex_id regex_and(struct regex_pool *pool, const regex_id *kids, size_t n);
regex_id regex_and2(struct regex_pool *pool, regex_id a, regex_id b);
regex_id regex_not(struct regex_pool *pool, regex_id a);
regex_id regex_repeat(struct regex_pool *pool, regex_id a, uint32_t min, uint32_t max);

bool regex_is_nullable(const struct regex_pool *pool, regex_id a); // holds the empty string
// Without intersection and complement anything but REGEX_EMPTY holds a string; with them it must be
// searched for.
bool regex_needs_search(const struct regex_pool *pool, regex_id a);

// What may follow `byte` in strings of `a`.  `same` is set to bytes that lead to the same place.
regex_id regex_derive(struct regex_pool *pool, regex_id a, unsigned byte, struct byte_set *same);

// Any bytes up to and including the first text that `mark` accepts.
regex_id regex_until(struct regex_pool *pool, regex_id mark);

// The same strings as far as the next `n` characters tell: counts from `n` up to anything are not
// told apart.  What it accepts is not what `a` accepts.
regex_id regex_forget_counts(struct regex_pool *pool, regex_id a, uint32_t n);

// When `a` is x{min,max} followed by `tail`, its parts; REGEX_EPSILON when nothing follows.
bool regex_split_repeat(const struct regex_pool *pool, regex_id a, regex_id *x, uint32_t *min,
                        uint32_t *max, regex_id *tail);

#endif
