#include "text/special.h"

#include <stdlib.h>

#include "base/memory.h"

static int compare_texts(const void *a, const void *b)
{
    const struct special *x = a, *y = b;
    int order = str_compare(x->text, y->text);
    return order ? order : x->id < y->id ? -1 : x->id > y->id;
}

static void set_start(struct specials *specials, unsigned pair)
{
    specials->starts[pair / 64] |= (uint64_t)1 << (pair % 64);
}

static void note_start(struct specials *specials, struct str text)
{
    unsigned first = (unsigned char)text.data[0];
    if (text.size > 1) {
        set_start(specials, first << 8 | (unsigned char)text.data[1]);
        return;
    }
    for (unsigned second = 0; second < 256; second++)
        set_start(specials, first << 8 | second);
}

static bool is_special(const struct vocab *vocab, token_id id)
{
    size_t size = vocab_bytes(vocab, id).size;
    unsigned char kind = vocab->kinds[id];
    return size > 0 && size <= SPECIAL_SIZE_MAX &&
           (kind == TOKEN_CONTROL || kind == TOKEN_UNKNOWN || kind == TOKEN_USER_DEFINED);
}

// Sorts, and drops all but the first of several with one text.
static void put_in_order(struct specials *specials)
{
    if (specials->n_items == 0)
        return;
    qsort(specials->items, specials->n_items, sizeof *specials->items, compare_texts);
    size_t n = 1;
    for (size_t i = 1; i < specials->n_items; i++)
        if (!str_equal(specials->items[i].text, specials->items[n - 1].text))
            specials->items[n++] = specials->items[i];
    specials->n_items = n;
}

void specials_init(struct specials *specials, const struct vocab *vocab)
{
    *specials = (struct specials){0};
    size_t n = 0;
    for (size_t i = 0; i < vocab->n_tokens; i++)
        n += is_special(vocab, (token_id)i);
    specials->items = mem_new(struct special, n + 1);
    for (size_t i = 0; i < vocab->n_tokens; i++) {
        if (!is_special(vocab, (token_id)i))
            continue;
        struct str text = vocab_bytes(vocab, (token_id)i);
        bool needs_markup = vocab->kinds[i] != TOKEN_USER_DEFINED;
        specials->items[specials->n_items++] = (struct special){text, (token_id)i, needs_markup};
        note_start(specials, text);
    }
    put_in_order(specials);
}

void specials_mark(struct specials *specials, const struct vocab *vocab, token_id id)
{
    struct special wanted = {.text = vocab_bytes(vocab, id), .id = id};
    for (size_t i = 0; i < specials->n_items; i++)
        if (str_equal(specials->items[i].text, wanted.text))
            specials->items[i].needs_markup = true;
}

// The first item of [low, high) whose byte at `depth` is at least `byte`.
static size_t lower_bound(const struct specials *specials, size_t low, size_t high, size_t depth,
                          unsigned byte)
{
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((unsigned char)specials->items[middle].text.data[depth] < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

token_id specials_find(const struct specials *specials, struct str text, size_t at,
                       size_t markup_end, size_t *size)
{
    token_id best = TOKEN_NONE;
    size_t low = 0, high = specials->n_items; // those that begin with the first `depth` bytes
    for (size_t depth = 0; low < high; depth++) {
        const struct special *item = &specials->items[low];
        if (item->text.size == depth) { // the shortest sorts first
            if (!item->needs_markup || at + depth <= markup_end) {
                best = item->id;
                *size = depth;
            }
            low++;
        }
        if (at + depth == text.size)
            break;
        unsigned byte = (unsigned char)text.data[at + depth];
        low = lower_bound(specials, low, high, depth, byte);
        high = lower_bound(specials, low, high, depth, byte + 1);
    }
    return best;
}

void specials_release(struct specials *specials)
{
    free(specials->items);
    *specials = (struct specials){0};
}
