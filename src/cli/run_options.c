#include "cli/run_options.h"
#include "base/os.h"

#include <stdlib.h>

void run_options_defaults(struct run_options *o)
{
    *o = (struct run_options){.disk = {.size_max_mib = DISK_CACHE_DEFAULT,
                                       .is_off = getenv("HEARTH_NO_DISK_CACHE") != NULL},
                              .temperature = -1,
                              .top_k = -1,
                              .top_p = -1,
                              .min_p = -1,
                              .repeat_penalty = -1};
    loading_defaults(&o->loading);
    o->loading.n_context = 0;
}

void run_options_apply(const struct run_options *o, struct sampling *sampling)
{
    if (o->temperature >= 0)
        sampling->temperature = o->temperature;
    if (o->top_k >= 0)
        sampling->top_k = (uint32_t)o->top_k;
    if (o->top_p >= 0)
        sampling->top_p = o->top_p;
    if (o->min_p >= 0)
        sampling->min_p = o->min_p;
    if (o->repeat_penalty >= 0)
        sampling->repeat_penalty = o->repeat_penalty;
    sampling->seed = o->seed ? o->seed : os_time_ns();
}
