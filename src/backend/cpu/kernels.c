#include "backend/cpu/kernels.h"

#include "backend/cpu/kernels/layers.h"
#include "base/memory.h"
#include "base/os.h"

static void fill_scalar(struct kernels *kernels)
{
    *kernels = (struct kernels){.name = "scalar"};
    fill_products_scalar(kernels);
    fill_elementwise_scalar(kernels);
    fill_sequence_scalar(kernels);
}

// Each layer overrides entries of those before it; the first is complete and defines the results.
static const struct {
    unsigned needs; // bits of enum cpu_feature
    void (*fill)(struct kernels *kernels);
} layers[] = {
    {0, fill_scalar},
};

void kernels_select(struct kernels *kernels, unsigned features)
{
    for (size_t i = 0; i < COUNT_OF(layers); i++)
        if ((features & layers[i].needs) == layers[i].needs)
            layers[i].fill(kernels);
}
