// formats: how fast blocks of every format are made at random, quantised and read back, by the scalar
// functions that define them; and how fast a file opens.  One core; best of three.
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/os.h"
#include "model/synthetic.h"
#include "tensor/gguf_read.h"
#include "tensor/random.h"

enum { N_VALUES = 1 << 18, N_RUNS = 3 };

struct timing {
    double make, quantize, dequantize; // seconds for N_VALUES
};

static double least(double best, uint64_t start)
{
    double seconds = (double)(os_time_ns() - start) * 1e-9;
    return seconds < best ? seconds : best;
}

static struct timing time_format(enum dtype dtype, void *blocks, const float *values, float *back)
{
    const struct dtype_info *info = dtype_get(dtype);
    struct timing timing = {1e9, 1e9, 1e9};
    struct rng rng;
    rng_seed(&rng, 1);
    for (int run = 0; run < N_RUNS; run++) {
        uint64_t start = os_time_ns();
        random_blocks(dtype, blocks, N_VALUES / info->block_elements, 0.02f, &rng);
        timing.make = least(timing.make, start);
        start = os_time_ns();
        info->dequantize(back, blocks, N_VALUES);
        timing.dequantize = least(timing.dequantize, start);
        start = os_time_ns();
        if (info->quantize)
            info->quantize(blocks, values, N_VALUES);
        timing.quantize = least(timing.quantize, start);
    }
    return timing;
}

static void time_formats(void)
{
    float *values = mem_alloc(N_VALUES, sizeof *values), *back = mem_alloc(N_VALUES, sizeof *back);
    void *blocks = mem_alloc(N_VALUES, sizeof(float));
    struct rng rng;
    rng_seed(&rng, 2);
    random_blocks(DTYPE_F32, values, N_VALUES, 0.02f, &rng);
    printf("%-8s %14s %22s %22s\n", "format", "random MB/s", "quantise Mvalues/s",
           "dequantise Mvalues/s");
    for (uint32_t id = 0; id < DTYPE_COUNT; id++) {
        const struct dtype_info *info = dtype_find(id);
        if (!info)
            continue;
        struct timing timing = time_format((enum dtype)id, blocks, values, back);
        double megabytes = (double)dtype_row_size(info, N_VALUES) * 1e-6;
        printf("%-8s %14.0f %22.1f %22.1f\n", info->name, megabytes / timing.make,
               info->quantize ? N_VALUES * 1e-6 / timing.quantize : 0,
               N_VALUES * 1e-6 / timing.dequantize);
    }
    free(values);
    free(back);
    free(blocks);
}

// Opening a file with the vocabulary and the tensor list of a large model.
static void time_opening(void)
{
    struct synthetic_options options = {.recipe = "IQ1_S", .n_layers = 1, .n_vocab = 248320};
    struct error error;
    void *bytes;
    size_t size;
    if (synthetic_make(&bytes, &size, "tiny-qwen35moe", &options, &error)) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    double best = 1e9, best_fingerprint = 1e9;
    for (int run = 0; run < N_RUNS; run++) {
        struct gguf *gguf;
        uint64_t start = os_time_ns();
        if (gguf_open_memory(&gguf, bytes, size, "synthetic", &error))
            exit(1);
        best = least(best, start);
        start = os_time_ns();
        gguf_fingerprint(gguf);
        best_fingerprint = least(best_fingerprint, start);
        gguf_close(gguf);
    }
    printf("opening a file with %u tokens: %.2f ms; its fingerprint: %.2f ms\n", options.n_vocab,
           best * 1e3, best_fingerprint * 1e3);
    free(bytes);
}

int main(void)
{
    time_formats();
    time_opening();
    return 0;
}
