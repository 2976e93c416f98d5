// guide_worker.h - the masks of a step's answers, computed while the model computes their logits.
//
// What may come next is known as soon as the last token is; only the choice needs the logits.  One thread
// of its own prepares the guides (guide_prepare) between start and wait; until then they are its own.
// Called from the engine thread only.
#ifndef HEARTH_ENGINE_GUIDE_WORKER_H
#define HEARTH_ENGINE_GUIDE_WORKER_H

#include <stddef.h>

#include "engine/guide.h"

struct guide_worker;

// NULL when there is no thread to be had: start and wait then do nothing, and each mask is computed
// when it is asked for.
struct guide_worker *guide_worker_open(void);
void guide_worker_close(struct guide_worker *worker);

// Begins with [n_guides] guides; the list is borrowed until wait returns.  None is free of cost.
void guide_worker_start(struct guide_worker *worker, struct guide *const *guides, size_t n_guides);
// Until all of them are prepared.
void guide_worker_wait(struct guide_worker *worker);

#endif
