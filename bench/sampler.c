// sampler [N_VOCAB]: what choosing one token costs, in microseconds, for each way of choosing.
//
// Logits are normally distributed with deviation 3, which keeps far more tokens near the best one
// than a model does: a bad case for everything that truncates.
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/os.h"
#include "base/rng.h"
#include "sample/sampler.h"

static const struct {
    const char *name;
    struct sampling sampling;
    enum { ALL, REAL_TOKENS, HALF, FEW } mask;
} ways[] = {
    {"greedy", {.temperature = 0}, ALL},
    {"greedy, padding masked", {.temperature = 0}, REAL_TOKENS},
    {"greedy, half masked", {.temperature = 0}, HALF},
    {"greedy, 10 allowed", {.temperature = 0}, FEW},
    {"top_k 20, top_p 0.95", {.temperature = 0.6f, .top_k = 20, .top_p = 0.95f}, REAL_TOKENS},
    {"top_k 1000, top_p 0.95", {.temperature = 0.6f, .top_k = 1000, .top_p = 0.95f}, REAL_TOKENS},
    {"top_p 0.95", {.temperature = 0.6f, .top_p = 0.95f}, REAL_TOKENS},
    {"top_p 0.9999", {.temperature = 1, .top_p = 0.9999f}, REAL_TOKENS},
    {"min_p 0.05", {.temperature = 1, .top_p = 1, .min_p = 0.05f}, REAL_TOKENS},
    {"temperature alone", {.temperature = 1, .top_p = 1}, REAL_TOKENS},
    {"repetition 1.05 over 64",
     {.temperature = 0.7f, .top_k = 20, .top_p = 0.8f, .repeat_penalty = 1.05f},
     REAL_TOKENS},
    {"DRY over 4096",
     {.temperature = 0.7f,
      .top_k = 20,
      .top_p = 0.8f,
      .dry_multiplier = 0.8f,
      .dry_base = 1.75f,
      .dry_allowed_length = 2,
      .dry_last_n = 4096},
     REAL_TOKENS},
    {"loop detector", {.temperature = 0, .detects_loops = true}, ALL},
    {"greedy, 20 logprobs", {.temperature = 0, .logprobs = true, .n_logprobs = 20}, ALL},
};

#define N_ROWS  4
#define N_STEPS 200

static void fill_mask(uint64_t *mask, uint32_t n_vocab, int kind)
{
    for (uint32_t i = 0; i < n_vocab; i++) {
        bool allowed = kind == REAL_TOKENS ? i < n_vocab - 240
                       : kind == HALF      ? i % 2 == 0
                                           : i % (n_vocab / 10) == 5;
        uint64_t bit = (uint64_t)1 << (i % 64);
        mask[i / 64] = allowed ? mask[i / 64] | bit : mask[i / 64] & ~bit;
    }
}

int main(int argc, char **argv)
{
    uint32_t n_vocab = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 248320;
    if (n_vocab < 1000)
        n_vocab = 1000;
    float *logits = mem_alloc((size_t)N_ROWS * n_vocab, sizeof *logits);
    uint64_t *mask = mem_alloc(n_vocab / 64 + 1, sizeof *mask);
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < (size_t)N_ROWS * n_vocab; i++)
        logits[i] = 3 * rng_normal(&rng);
    printf("%u tokens, microseconds a step: best and median of %d\n", n_vocab, N_STEPS);
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct sampler *sampler = NULL;
        struct error error;
        if (sampler_open(&sampler, n_vocab, &ways[i].sampling, &error)) {
            fprintf(stderr, "%s\n", error.text);
            return 1;
        }
        fill_mask(mask, n_vocab, ways[i].mask);
        double times[N_STEPS];
        for (int step = 0; step < N_STEPS; step++) {
            struct sample sample;
            uint64_t start = os_time_ns();
            sampler_sample(sampler, logits + (size_t)(step % N_ROWS) * n_vocab,
                           ways[i].mask == ALL ? NULL : mask, &sample);
            sampler_accept(sampler, sample.token);
            double time = (double)(os_time_ns() - start) * 1e-3;
            int at = step; // kept in order
            for (; at > 0 && times[at - 1] > time; at--)
                times[at] = times[at - 1];
            times[at] = time;
        }
        printf("%-26s %8.1f %8.1f\n", ways[i].name, times[0], times[N_STEPS / 2]);
        sampler_close(sampler);
    }
    free(mask);
    free(logits);
    return 0;
}
