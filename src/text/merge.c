#include "text/merge.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "text/unicode.h"

#define SCAN_MAX 24 // up to so many symbols, looking through the list beats keeping a heap

static void reserve(struct merger *merger, size_t n_symbols)
{
    assert(n_symbols < UINT32_MAX);
    if (n_symbols <= merger->capacity)
        return;
    size_t capacity = round_up(n_symbols + n_symbols / 2, 64);
    merger->symbols = mem_resize(merger->symbols, capacity, sizeof *merger->symbols);
    merger->capacity = capacity;
}

static void append(struct merger *merger, size_t start, size_t size, token_id id)
{
    uint32_t i = (uint32_t)merger->n_symbols++;
    merger->symbols[i] = (struct symbol){.start = (uint32_t)start,
                                         .size = (uint32_t)size,
                                         .previous = i - 1, // MERGE_END for the first
                                         .next = i + 1,
                                         .rank = MERGE_NEVER,
                                         .joined = TOKEN_NONE,
                                         .id = id};
}

static void end_symbols(struct merger *merger)
{
    if (merger->n_symbols)
        merger->symbols[merger->n_symbols - 1].next = MERGE_END;
}

void merger_start_bytes(struct merger *merger, const struct vocab *vocab, struct str word)
{
    reserve(merger, word.size);
    merger->n_symbols = 0;
    for (size_t i = 0; i < word.size; i++)
        append(merger, i, 1, vocab->byte_ids[(unsigned char)word.data[i]]);
    end_symbols(merger);
}

void merger_start_characters(struct merger *merger, const struct vocab *vocab, struct str word)
{
    reserve(merger, word.size);
    merger->n_symbols = 0;
    for (size_t at = 0, size; at < word.size; at += size) {
        size = unicode_at(word, at).size;
        append(merger, at, size, vocab_find_normal(vocab, str_slice(word, at, at + size)));
    }
    end_symbols(merger);
}

// ---- the heap ----

static void heap_push(struct merger *merger, uint64_t entry)
{
    if (merger->n_heap == merger->heap_capacity) {
        merger->heap_capacity = merger->heap_capacity ? 2 * merger->heap_capacity : 256;
        merger->heap = mem_resize(merger->heap, merger->heap_capacity, sizeof *merger->heap);
    }
    size_t i = merger->n_heap++;
    for (; i > 0 && merger->heap[(i - 1) / 2] > entry; i = (i - 1) / 2)
        merger->heap[i] = merger->heap[(i - 1) / 2];
    merger->heap[i] = entry;
}

static uint64_t heap_pop(struct merger *merger)
{
    uint64_t top = merger->heap[0], last = merger->heap[--merger->n_heap];
    size_t i = 0, n = merger->n_heap;
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && merger->heap[child + 1] < merger->heap[child])
            child++;
        if (merger->heap[child] >= last)
            break;
        merger->heap[i] = merger->heap[child];
    }
    merger->heap[i] = last;
    return top;
}

// ---- joining ----

struct run {
    struct merger *merger;
    join_rule *rule;
    const void *context;
    bool has_heap;
};

static void rank_pair(struct run *run, uint32_t left)
{
    struct symbol *symbol = &run->merger->symbols[left];
    struct join join = {MERGE_NEVER, TOKEN_NONE};
    if (symbol->next != MERGE_END)
        join = run->rule(run->context, symbol, &run->merger->symbols[symbol->next]);
    symbol->rank = join.rank;
    symbol->joined = join.id;
    if (run->has_heap && join.rank != MERGE_NEVER)
        heap_push(run->merger, (uint64_t)join.rank << 32 | left);
}

static void join_pair(struct run *run, uint32_t left)
{
    struct symbol *symbols = run->merger->symbols, *symbol = &symbols[left];
    struct symbol *gone = &symbols[symbol->next];
    symbol->id = symbol->joined;
    symbol->size += gone->size;
    symbol->next = gone->next;
    gone->rank = MERGE_NEVER; // so that its heap entries no longer hold
    if (symbol->next != MERGE_END)
        symbols[symbol->next].previous = left;
    rank_pair(run, left);
    if (symbol->previous != MERGE_END)
        rank_pair(run, symbol->previous);
}

static uint32_t find_best(const struct symbol *symbols)
{
    uint32_t best = MERGE_END, rank = MERGE_NEVER;
    for (uint32_t i = 0; i != MERGE_END; i = symbols[i].next) {
        if (symbols[i].rank < rank) {
            rank = symbols[i].rank;
            best = i;
        }
    }
    return best;
}

void merger_run(struct merger *merger, join_rule *rule, const void *context)
{
    struct run run = {merger, rule, context, merger->n_symbols > SCAN_MAX};
    if (merger->n_symbols < 2)
        return;
    merger->n_heap = 0;
    for (uint32_t i = 0; i < merger->n_symbols; i++)
        rank_pair(&run, i);
    if (!run.has_heap) {
        for (uint32_t best; (best = find_best(merger->symbols)) != MERGE_END;)
            join_pair(&run, best);
        return;
    }
    while (merger->n_heap > 0) {
        uint64_t entry = heap_pop(merger);
        uint32_t left = (uint32_t)entry;
        if (merger->symbols[left].rank == entry >> 32) // else the pair is no more
            join_pair(&run, left);
    }
}

void merger_emit(const struct merger *merger, const struct vocab *vocab, struct str word,
                 struct token_list *out)
{
    if (merger->n_symbols == 0)
        return;
    for (uint32_t i = 0; i != MERGE_END; i = merger->symbols[i].next) {
        const struct symbol *symbol = &merger->symbols[i];
        if (symbol->id != TOKEN_NONE) {
            token_list_append(out, symbol->id);
            continue;
        }
        bool is_unknown = false;
        for (uint32_t k = symbol->start; k < symbol->start + symbol->size; k++) {
            token_id id = vocab->byte_ids[(unsigned char)word.data[k]];
            if (id != TOKEN_NONE)
                token_list_append(out, id);
            else
                is_unknown = true;
        }
        if (is_unknown && vocab->unknown != TOKEN_NONE)
            token_list_append(out, vocab->unknown);
    }
}

void merger_release(struct merger *merger)
{
    free(merger->symbols);
    free(merger->heap);
    *merger = (struct merger){0};
}
