// measure.c - the machine's bounds with this backend's threads: memory bandwidth and integer peak.
#include "backend/cpu/cpu.h"
#include "backend/cpu/peak.h"
#include "base/os.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 20, N_CHUNKS = 384, TRIES = 4, PEAK_ROUNDS = 1 << 20 };

struct read_job {
    const unsigned char *memory;
    _Atomic uint64_t sum;
};

static void read_chunk(void *context, uint32_t i_task, unsigned i_thread)
{
    (void)i_thread;
    struct read_job *job = context;
    const uint64_t *words = (const uint64_t *)(job->memory + (size_t)i_task * CHUNK);
    uint64_t sums[8] = {0};
    for (size_t i = 0; i < CHUNK / 8; i += 8)
        for (int k = 0; k < 8; k++)
            sums[k] += words[i + (size_t)k];
    for (int k = 0; k < 8; k++)
        job->sum += sums[k];
}

struct peak_job {
    uint64_t (*rounds)(uint64_t);
    _Atomic uint64_t n;
};

static void peak_task(void *context, uint32_t i_task, unsigned i_thread)
{
    (void)i_task, (void)i_thread;
    struct peak_job *job = context;
    job->n += job->rounds(PEAK_ROUNDS);
}

static uint64_t (*peak_of(const struct cpu *cpu))(uint64_t)
{
#if defined(__x86_64__)
    if (strcmp(cpu->kernels.name, "scalar") != 0)
        return peak_rounds_avx2;
#elif defined(__aarch64__)
    if (strcmp(cpu->kernels.name, "scalar") != 0)
        return peak_rounds_neon;
#endif
    (void)cpu;
    return peak_rounds_scalar;
}

enum err cpu_measure(struct backend *backend, struct backend_bounds *bounds, struct error *error)
{
    struct cpu *cpu = cpu_of(backend);
    unsigned n_threads = pool_n_threads(cpu->pool);
    struct read_job job = {.memory = mem_try_aligned((size_t)CHUNK * N_CHUNKS)};
    if (!job.memory)
        return fail(error, ERR_MEMORY, "no memory to measure with");
    memset((void *)job.memory, 1, (size_t)CHUNK * N_CHUNKS);
    *bounds = (struct backend_bounds){0};
    for (int i = 0; i < TRIES; i++) {
        uint64_t start = os_time_ns();
        pool_run(cpu->pool, read_chunk, &job, N_CHUNKS);
        double rate = (double)CHUNK * N_CHUNKS / ((double)(os_time_ns() - start) * 1e-9);
        bounds->bytes_per_s = rate > bounds->bytes_per_s ? rate : bounds->bytes_per_s;

        struct peak_job peak = {.rounds = peak_of(cpu)};
        start = os_time_ns();
        pool_run(cpu->pool, peak_task, &peak, n_threads * 4);
        rate = (double)peak.n / ((double)(os_time_ns() - start) * 1e-9);
        bounds->multiply_adds_per_s =
            rate > bounds->multiply_adds_per_s ? rate : bounds->multiply_adds_per_s;
    }
    free((void *)job.memory);
    return OK;
}
