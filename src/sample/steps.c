#include "sample/steps.h"

#include "base/memory.h"

static const struct {
    char letter;
    const char *names[5]; // the first is the one that is shown
} steps[SAMPLING_N_STEPS] = {
    [STEP_PENALTIES] = {'e', {"penalties"}},
    [STEP_DRY] = {'d', {"dry"}},
    [STEP_TOP_N_SIGMA] = {'s', {"top_n_sigma", "top-n-sigma"}},
    [STEP_TOP_K] = {'k', {"top_k", "top-k"}},
    [STEP_TYPICAL_P] = {'y', {"typ_p", "typical_p", "typical-p", "typical", "typ-p"}},
    [STEP_TOP_P] = {'p', {"top_p", "top-p", "nucleus"}},
    [STEP_MIN_P] = {'m', {"min_p", "min-p"}},
    [STEP_XTC] = {'x', {"xtc"}},
    [STEP_TEMPERATURE] = {'t', {"temperature", "temp"}},
};

const char *sampling_step_name(enum sampling_step step)
{
    return steps[step].names[0];
}

struct sampling_order sampling_order_default(void)
{
    struct sampling_order order = {.n = SAMPLING_N_STEPS};
    for (uint8_t i = 0; i < SAMPLING_N_STEPS; i++)
        order.steps[i] = i;
    return order;
}

static enum err add(struct sampling_order *order, size_t step, struct error *error)
{
    if (order->n == SAMPLING_STEPS_MAX)
        return fail(error, ERR_ARGUMENT, "samplers: more than %d", SAMPLING_STEPS_MAX);
    order->steps[order->n++] = (uint8_t)step;
    return OK;
}

enum err sampling_order_add(struct sampling_order *order, struct str name, struct error *error)
{
    for (size_t i = 0; i < SAMPLING_N_STEPS; i++)
        for (size_t j = 0; j < COUNT_OF(steps[i].names) && steps[i].names[j]; j++)
            if (str_is(name, steps[i].names[j]))
                return add(order, i, error);
    return OK;
}

enum err sampling_order_add_letters(struct sampling_order *order, struct str letters,
                                    struct error *error)
{
    enum err err = OK;
    for (size_t at = 0; at < letters.size && !err; at++)
        for (size_t i = 0; i < SAMPLING_N_STEPS && !err; i++)
            if (letters.data[at] == steps[i].letter)
                err = add(order, i, error);
    return err;
}
