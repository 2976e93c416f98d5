// steps.h - the steps of sampling by the names that llama.cpp's users know.
//
// {"samplers": ["top_k", "temperature"]} and --samplers "top_k;temperature" name them in words,
// --sampler-seq "kt" and {"samplers": "kt"} in letters.
#ifndef HEARTH_SAMPLE_STEPS_H
#define HEARTH_SAMPLE_STEPS_H

#include "base/str.h"
#include "sample/sampler.h"

const char *sampling_step_name(enum sampling_step step);

// The order with every step in it.
struct sampling_order sampling_order_default(void);

// Appends the step of that name, in any of its spellings.  ERR_ARGUMENT beyond SAMPLING_STEPS_MAX.
// What names no step here is left out, as llama.cpp does.
enum err sampling_order_add(struct sampling_order *order, struct str name, struct error *error);

// Appends a step for each letter.
enum err sampling_order_add_letters(struct sampling_order *order, struct str letters,
                                    struct error *error);

#endif
