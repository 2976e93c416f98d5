#include "engine/scheduler.h"

enum {
    OTHERS_SHARE = 3, // rows of others for each of the oldest prompt, where they keep coming
    FIRST_ROWS = 32,  // of the first chunk, before anything is measured
    ROWS_MIN = 8,     // smaller chunks cost more than they save
};

static bool comes_before(const struct schedule_item *a, const struct schedule_item *b)
{
    return a->priority != b->priority ? a->priority > b->priority : a->number < b->number;
}

size_t schedule_admission(const struct schedule_item *items, const bool *tried, size_t n_items)
{
    size_t best = SCHEDULE_NONE;
    for (size_t i = 0; i < n_items; i++)
        if (!tried[i] && (best == SCHEDULE_NONE || comes_before(&items[i], &items[best])))
            best = i;
    for (size_t i = 0; best != SCHEDULE_NONE && i < n_items; i++)
        if (tried[i] && items[i].n_overtaken >= OVERTAKEN_MAX &&
            comes_before(&items[i], &items[best]))
            return SCHEDULE_NONE;
    return best;
}

static bool has_less_left(const struct schedule_item *a, const struct schedule_item *b)
{
    return a->n_left != b->n_left ? a->n_left < b->n_left : a->number < b->number;
}

// The one that came first of the highest priority there is.
static size_t find_oldest(const struct schedule_item *items, size_t n_items)
{
    size_t oldest = SCHEDULE_NONE;
    for (size_t i = 0; i < n_items; i++)
        if (oldest == SCHEDULE_NONE || comes_before(&items[i], &items[oldest]))
            oldest = i;
    return oldest;
}

size_t schedule_prefill(const struct schedule_item *items, size_t n_items, uint32_t n_owed)
{
    size_t oldest = find_oldest(items, n_items), best = oldest;
    for (size_t i = 0; i < n_items && n_owed < OWED_MAX; i++)
        if (items[i].priority == items[oldest].priority && has_less_left(&items[i], &items[best]))
            best = i;
    return best;
}

uint32_t schedule_owed(const struct schedule_item *items, size_t n_items, size_t chosen,
                       uint32_t n_owed, uint32_t n_rows)
{
    if (chosen != find_oldest(items, n_items))
        return n_owed + n_rows;
    uint32_t n_paid = n_rows * OTHERS_SHARE;
    return n_owed > n_paid ? n_owed - n_paid : 0;
}

// The part of a step that does not grow with its chunk.  Remembered from decode steps, which may be long
// ago and have been disturbed: not more than half of a step counts.
static double fixed_ns(const struct pace *pace, double step_ns)
{
    return pace->decode_ns < step_ns / 2 ? pace->decode_ns : step_ns / 2;
}

void pace_observe(struct pace *pace, uint32_t n_prefill, uint64_t step_ns)
{
    double ns = (double)step_ns;
    if (n_prefill == 0) {
        pace->decode_ns = pace->decode_ns > 0 ? 0.5 * pace->decode_ns + 0.5 * ns : ns;
        return;
    }
    pace->chunks_ns = 0.5 * pace->chunks_ns + ns - fixed_ns(pace, ns);
    pace->n_rows = 0.5 * pace->n_rows + n_prefill;
    pace->row_ns = pace->chunks_ns / pace->n_rows;
}

uint32_t pace_rows(const struct pace *pace, uint64_t step_ns, uint32_t n_rows_max)
{
    double ns = (double)step_ns, n_rows = FIRST_ROWS;
    if (pace->row_ns > 0)
        n_rows = (ns - fixed_ns(pace, ns)) / pace->row_ns;
    if (n_rows < ROWS_MIN)
        n_rows = ROWS_MIN;
    if (n_rows > n_rows_max)
        n_rows = n_rows_max;
    return n_rows < 1 ? 1 : (uint32_t)n_rows;
}
