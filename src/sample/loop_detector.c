#include "sample/loop_detector.h"

static bool is_loop(uint32_t n_matched, uint32_t period)
{
    // The first round matches nothing, so a tail of n tokens has n - period matches.
    uint32_t n_tokens = n_matched + period;
    return n_tokens >= LOOP_REPEATS_MIN * period && n_tokens >= LOOP_TOKENS_MIN;
}

void loop_detector_push(struct loop_detector *detector, token_id token)
{
    size_t n_known = detector->n_tokens < LOOP_PERIOD_MAX ? detector->n_tokens : LOOP_PERIOD_MAX;
    const token_id *end = detector->latest + LOOP_PERIOD_MAX + detector->at; // one past the newest
    detector->period = 0;
    for (uint32_t period = 1; period <= n_known; period++) {
        uint32_t n = end[-(ptrdiff_t)period] == token ? detector->n_matched[period] + 1 : 0;
        detector->n_matched[period] = n;
        if (!detector->period && is_loop(n, period))
            detector->period = period;
    }
    detector->latest[detector->at] = detector->latest[detector->at + LOOP_PERIOD_MAX] = token;
    detector->at = (detector->at + 1) % LOOP_PERIOD_MAX;
    detector->n_tokens++;
}

bool loop_detector_found(const struct loop_detector *detector)
{
    return detector->period != 0;
}
