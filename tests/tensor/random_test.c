#include "tensor/random.h"

#include <math.h>

#include "base/memory.h"
#include "tests/test.h"

#define UNUSED (void)state

enum { N = 65536 };

TEST(random, blocks_have_the_wanted_deviation_in_every_format)
{
    UNUSED;
    static _Alignas(64) unsigned char blocks[N * 4];
    static float values[N];
    static const float deviations[] = {1.0f, 0.02f, 0.125f};
    for (uint32_t id = 0; id < DTYPE_COUNT; id++) {
        const struct dtype_info *info = dtype_find(id);
        for (size_t k = 0; info && k < COUNT_OF(deviations); k++) {
            struct rng rng;
            rng_seed(&rng, id);
            random_blocks((enum dtype)id, blocks, N / info->block_elements, deviations[k], &rng);
            info->dequantize(values, blocks, N);
            double sum = 0, squares = 0;
            for (int i = 0; i < N; i++) {
                sum += (double)values[i];
                squares += (double)values[i] * (double)values[i];
            }
            double mean = sum / N / (double)deviations[k];
            double deviation = sqrt(squares / N) / (double)deviations[k];
            if (!(fabs(mean) < 0.03 && deviation > 0.9 && deviation < 1.1))
                fail_msg("%s: mean %.3f, deviation %.3f of 1", info->name, mean, deviation);
        }
    }
}

TEST(random, blocks_depend_on_the_seed_alone)
{
    UNUSED;
    unsigned char a[1000], b[1000];
    for (uint32_t id = 0; id < DTYPE_COUNT; id++) {
        const struct dtype_info *info = dtype_find(id);
        if (!info)
            continue;
        size_t size = 3 * (size_t)info->block_size;
        struct rng rng;
        rng_seed(&rng, 5);
        memset(a, 0, size);
        random_blocks((enum dtype)id, a, 3, 1, &rng);
        rng_seed(&rng, 5);
        memset(b, 0xff, size);
        random_blocks((enum dtype)id, b, 3, 1, &rng);
        assert_memory_equal(a, b, size);
        random_blocks((enum dtype)id, b, 3, 1, &rng);
        assert_memory_not_equal(a, b, size);
    }
}

TEST(random, floats_stay_within_their_spread)
{
    UNUSED;
    float values[1000];
    struct rng rng;
    rng_seed(&rng, 1);
    random_floats(values, 1000, 2, 0.5f, &rng);
    float min = values[0], max = values[0];
    for (int i = 0; i < 1000; i++) {
        min = fminf(min, values[i]);
        max = fmaxf(max, values[i]);
    }
    assert_true(min >= 1.5f && min < 1.55f && max < 2.5f && max > 2.45f);
}

RUN_TESTS(IS(random, blocks_have_the_wanted_deviation_in_every_format),
          IS(random, blocks_depend_on_the_seed_alone), IS(random, floats_stay_within_their_spread))
