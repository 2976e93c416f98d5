// Times the products of every weight format on one thread: rows (decoding) in GB/s of weights, and tile
// (prefill) in 10^9 multiply-adds a second, beside what memory and the multipliers could do.
//
//     build/bench/kernels [-l LAYER] [-n N_X] [FORMAT...]
//
// LAYER is "scalar" or "best" (the default); N_X is the number of activation rows of a tile (128).
// Pin it: taskset -c 0 build/bench/kernels
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/cpu/kernels.h"
#include "backend/cpu/peak.h"
#include "base/memory.h"
#include "base/os.h"
#include "tensor/half.h"

enum {
    N_IN = 2048,
    N_X_MAX = 1024, // of a tile
    N_TILE_ROWS = 256,
    WEIGHTS_SIZE = 160 << 20, // far beyond any cache, for rows
    TRIES = 5,
};

// Processor time of this thread: other programs on the machine disturb it least.
static uint64_t time_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint32_t random_u32(void)
{
    static uint64_t seed = 1;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 32);
}

// Bytes whose f16 fields are finite wherever they lie: the second byte of any pair is below 0x3c.
static void fill_weights(unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += 4) {
        uint32_t word = random_u32() & 0x3b3b3b3b;
        memcpy(bytes + i, &word, 4);
    }
}

struct bench {
    const struct kernels *kernels;
    unsigned char *weights; // [WEIGHTS_SIZE]
    float *x, *y;           // [N_X_MAX][N_IN], [N_X_MAX][N_TILE_ROWS]
    unsigned char *x_q;
    size_t n_x; // of a tile
};

static void rows_once(const struct bench *b, enum dtype dtype, size_t row_size, size_t n_rows)
{
    const struct format_kernels *f = &b->kernels->formats[dtype];
    for (size_t r = 0; r < n_rows; r += 64)
        f->rows(b->y, b->weights + r * row_size, row_size, 64, b->x_q, N_IN);
}

static void tile_once(const struct bench *b, enum dtype dtype, size_t row_size, size_t n_rows,
                      size_t n_x)
{
    const struct format_kernels *f = &b->kernels->formats[dtype];
    for (size_t r = 0; r < n_rows; r += N_TILE_ROWS)
        f->tile(b->y, N_TILE_ROWS, b->weights + r * row_size, row_size, N_TILE_ROWS, b->x_q,
                x_row_size(f->x_format, N_IN), n_x, N_IN);
}

static double best_rows(const struct bench *b, enum dtype dtype, size_t row_size, size_t n_rows)
{
    double best = INFINITY;
    for (int i = 0; i < TRIES; i++) {
        uint64_t start = time_ns();
        rows_once(b, dtype, row_size, n_rows);
        best = fmin(best, (double)(time_ns() - start));
    }
    return best;
}

static double best_tile(const struct bench *b, enum dtype dtype, size_t row_size, size_t n_rows,
                        size_t n_x)
{
    double best = INFINITY;
    for (int i = 0; i < TRIES; i++) {
        uint64_t start = time_ns();
        tile_once(b, dtype, row_size, n_rows, n_x);
        best = fmin(best, (double)(time_ns() - start));
    }
    return best;
}

static void bench_format(const struct bench *b, enum dtype dtype)
{
    enum x_format x_format = b->kernels->formats[dtype].x_format;
    size_t row_size = dtype_row_size(dtype_get(dtype), N_IN);
    for (size_t i = 0; dtype == DTYPE_MXFP4 && i + 17 <= WEIGHTS_SIZE; i += 17)
        b->weights[i] = 122; // a scale near 1: with subnormal numbers everything is slow
    for (size_t i = 0; i < b->n_x; i++)
        b->kernels->quantize[x_format](b->x_q + i * x_row_size(x_format, N_IN), b->x + i * N_IN,
                                       N_IN);
    bool slow = strcmp(b->kernels->name, "scalar") == 0;
    size_t n_rows = (WEIGHTS_SIZE >> (slow ? 5 : 0)) / row_size / N_TILE_ROWS * N_TILE_ROWS;
    double bytes = (double)(n_rows * row_size), macs = (double)N_TILE_ROWS * N_IN;
    printf("%-8s %6.1f GB/s", dtype_name(dtype), bytes / best_rows(b, dtype, row_size, n_rows));
    for (size_t n_x = 2; n_x <= 8; n_x *= 2)
        printf(" %6.1f", bytes / best_tile(b, dtype, row_size, n_rows, n_x));
    size_t n_x = slow ? 1 : b->n_x;
    printf("  %7.1f GMAC/s\n",
           macs * (double)n_x / best_tile(b, dtype, row_size, N_TILE_ROWS, n_x));
    fflush(stdout);
}

// What memory gives one thread that only reads.
static double memory_speed(const unsigned char *bytes, size_t size)
{
    double best = INFINITY;
    volatile uint64_t keep = 0;
    for (int i = 0; i < TRIES; i++) {
        uint64_t start = time_ns(), sums[8] = {0};
        for (size_t at = 0; at < size; at += 64) {
            __builtin_prefetch(bytes + at + 4096);
            for (size_t j = 0; j < 8; j++) {
                uint64_t word;
                memcpy(&word, bytes + at + 8 * j, 8);
                sums[j] += word;
            }
        }
        for (size_t j = 0; j < 8; j++)
            keep += sums[j];
        best = fmin(best, (double)(time_ns() - start));
    }
    return (double)size / best;
}

// Multiply-adds of bytes that the registers could do, in 10^9 a second.
static double multiply_speed(const char *layer)
{
    uint64_t (*rounds)(uint64_t) = peak_rounds_scalar;
#if defined(__x86_64__)
    if (strcmp(layer, "avx2") == 0)
        rounds = peak_rounds_avx2;
#elif defined(__aarch64__)
    if (strcmp(layer, "neon") == 0)
        rounds = peak_rounds_neon;
#endif
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        uint64_t start = time_ns(), n = rounds(1 << 20);
        best = fmax(best, (double)n / (double)(time_ns() - start));
    }
    return best;
}

int main(int argc, char **argv)
{
    struct kernels kernels;
    struct bench bench = {.kernels = &kernels, .n_x = 128};
    unsigned features = os_cpu_features();
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2)
        if (strcmp(argv[i], "-l") == 0 && strcmp(argv[i + 1], "scalar") == 0)
            features = 0;
        else if (strcmp(argv[i], "-n") == 0)
            bench.n_x = (size_t)strtoul(argv[i + 1], NULL, 10);
    if (bench.n_x < 8 || bench.n_x > N_X_MAX)
        bench.n_x = 128;
    kernels_select(&kernels, features);

    bench.weights = malloc(WEIGHTS_SIZE + 8192);
    bench.x = malloc((size_t)N_X_MAX * N_IN * sizeof(float));
    bench.y = malloc((size_t)N_X_MAX * N_TILE_ROWS * sizeof(float));
    bench.x_q = malloc((size_t)N_X_MAX * N_IN * sizeof(float));
    for (size_t j = 0; j < (size_t)N_X_MAX * N_IN; j++)
        bench.x[j] = (float)(random_u32() >> 8) * 0x1p-23f - 1;
    fill_weights(bench.weights, WEIGHTS_SIZE);

    printf("layer %s, one thread, %d columns\n"
           "bounds: memory reads %.1f GB/s, byte multiply-adds %.0f GMAC/s\n",
           kernels.name, N_IN, memory_speed(bench.weights, WEIGHTS_SIZE),
           multiply_speed(kernels.name));
    printf("format        rows   tile of 2      4      8   tile of %zu\n", bench.n_x);
    for (uint32_t dtype = 0; dtype < DTYPE_COUNT; dtype++) {
        bool wanted = i >= argc;
        for (int j = i; j < argc; j++)
            wanted |= dtype_from_name(argv[j]) == (int)dtype;
        if (wanted && kernels.formats[dtype].rows)
            bench_format(&bench, (enum dtype)dtype);
    }
    return 0;
}
