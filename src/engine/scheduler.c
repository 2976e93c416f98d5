#include "engine/scheduler.h"

enum {
    OLDEST_EVERY = 4, // turns
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

size_t schedule_prefill(const struct schedule_item *items, size_t n_items, uint64_t turn)
{
    bool oldest_first = turn % OLDEST_EVERY == OLDEST_EVERY - 1;
    size_t best = SCHEDULE_NONE;
    for (size_t i = 0; i < n_items; i++) {
        bool better = best == SCHEDULE_NONE || items[i].priority > items[best].priority;
        if (!better && items[i].priority == items[best].priority)
            better = oldest_first ? items[i].number < items[best].number
                                  : has_less_left(&items[i], &items[best]);
        if (better)
            best = i;
    }
    return best;
}

static void smooth(double *average, double sample)
{
    *average = *average > 0 ? 0.5 * *average + 0.5 * sample : sample;
}

void pace_observe(struct pace *pace, uint32_t n_decode, uint32_t n_prefill, uint64_t step_ns)
{
    if (n_prefill == 0) {
        smooth(&pace->decode_ns, (double)step_ns);
        return;
    }
    double own_ns = (double)step_ns - (n_decode ? pace->decode_ns : 0);
    // Decode may have become cheaper than remembered; then what is left says little, but not nothing.
    double least_ns = 0.25 * (double)step_ns;
    smooth(&pace->row_ns, (own_ns > least_ns ? own_ns : least_ns) / n_prefill);
}

uint32_t pace_rows(const struct pace *pace, uint32_t n_decode, uint64_t step_ns,
                   uint32_t n_rows_max)
{
    double n_rows = FIRST_ROWS;
    if (pace->row_ns > 0)
        n_rows = ((double)step_ns - (n_decode ? pace->decode_ns : 0)) / pace->row_ns;
    if (n_rows < ROWS_MIN)
        n_rows = ROWS_MIN;
    if (n_rows > n_rows_max)
        n_rows = n_rows_max;
    return n_rows < 1 ? 1 : (uint32_t)n_rows;
}
