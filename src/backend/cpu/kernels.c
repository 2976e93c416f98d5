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

#if defined(__x86_64__)
static void fill_avx2(struct kernels *kernels)
{
    kernels->name = "avx2";
    fill_products_32_avx2(kernels);
    fill_products_k_avx2(kernels);
    fill_products_iq_avx2(kernels);
    fill_floats_avx2(kernels);
    fill_elementwise_avx2(kernels);
    fill_sequence_avx2(kernels);
}
#endif

#if defined(__aarch64__)
static void fill_neon(struct kernels *kernels)
{
    kernels->name = "neon";
    fill_products_neon(kernels);
    fill_floats_neon(kernels);
    fill_elementwise_neon(kernels);
    fill_sequence_neon(kernels);
}
#endif

// Each layer overrides entries of those before it; the first is complete and defines the results.
static const struct {
    unsigned needs; // bits of enum cpu_feature
    void (*fill)(struct kernels *kernels);
} layers[] = {
    {0, fill_scalar},
#if defined(__x86_64__)
    {CPU_AVX2 | CPU_FMA | CPU_F16C, fill_avx2},
#endif
#if defined(__aarch64__)
    {CPU_NEON | CPU_DOTPROD, fill_neon},
#endif
};

void kernels_select(struct kernels *kernels, unsigned features)
{
    for (size_t i = 0; i < COUNT_OF(layers); i++)
        if ((features & layers[i].needs) == layers[i].needs)
            layers[i].fill(kernels);
}
