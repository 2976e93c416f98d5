#if defined(__linux__)
#define _GNU_SOURCE
#include "base/os.h"
#include "base/thread.h"

#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

unsigned os_n_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (unsigned)CPU_COUNT(&set);
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}

// The value in bytes of a "Name:   123 kB" line of a /proc file, or 0.
static size_t proc_kilobytes(const char *path, const char *name)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    char line[256];
    unsigned long long value = 0;
    size_t length = strlen(name);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            value = strtoull(line + length + 1, NULL, 10) * 1024;
            break;
        }
    fclose(file);
    return (size_t)value;
}

// The number in a one-line file ("max" and an absent file count as no limit).
static size_t number_in(const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return SIZE_MAX;
    unsigned long long value;
    int n = fscanf(file, "%llu", &value);
    fclose(file);
    return n == 1 ? (size_t)value : SIZE_MAX;
}

size_t os_memory_total(void)
{
    size_t total = proc_kilobytes("/proc/meminfo", "MemTotal");
    size_t cgroup = number_in("/sys/fs/cgroup/memory.max");
    return cgroup < total ? cgroup : total;
}

size_t os_memory_available(void)
{
    size_t available = proc_kilobytes("/proc/meminfo", "MemAvailable");
    size_t cgroup = number_in("/sys/fs/cgroup/memory.max");
    if (cgroup != SIZE_MAX) {
        size_t used = number_in("/sys/fs/cgroup/memory.current");
        size_t left = used < cgroup ? cgroup - used : 0;
        if (left < available)
            return left;
    }
    return available;
}

size_t os_memory_peak(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (size_t)usage.ru_maxrss * 1024 : 0;
}

size_t os_memory_resident(void)
{
    return proc_kilobytes("/proc/self/status", "VmRSS");
}

unsigned os_cpu_features(void)
{
    unsigned features = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    features |= __builtin_cpu_supports("avx2") ? CPU_AVX2 : 0;
    features |= __builtin_cpu_supports("fma") ? CPU_FMA : 0;
    // F16C came before AVX2 on every processor; __builtin_cpu_supports does not know its name in
    // older compilers.
    features |= __builtin_cpu_supports("avx2") ? CPU_F16C : 0;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        features |= CPU_AVX512;
    features |= __builtin_cpu_supports("avx512vnni") ? CPU_VNNI : 0;
#elif defined(__aarch64__)
    unsigned long capabilities = getauxval(AT_HWCAP), more = getauxval(AT_HWCAP2);
    features |= CPU_NEON;
    features |= capabilities & HWCAP_ASIMDDP ? CPU_DOTPROD : 0;
    features |= capabilities & HWCAP_ASIMDHP ? CPU_FP16 : 0;
    features |= more & HWCAP2_I8MM ? CPU_I8MM : 0;
#endif
    return features;
}

uint64_t os_program_stamp(void)
{
    struct stat info;
    if (stat("/proc/self/exe", &info) != 0)
        return 0;
    return (uint64_t)info.st_size << 40 ^ (uint64_t)info.st_mtim.tv_sec << 30 ^
           (uint64_t)info.st_mtim.tv_nsec;
}

bool os_cache_folder(char *path, size_t size)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int n = -1;
    if (xdg && xdg[0] == '/')
        n = snprintf(path, size, "%s", xdg);
    else if (home && home[0])
        n = snprintf(path, size, "%s/.cache", home);
    return n > 0 && (size_t)n < size;
}

int64_t os_modified_ns(const struct stat *info)
{
    return (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec;
}

void os_file_forget(int fd)
{
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

void os_file_bypass(int fd, bool bypasses)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0) // a file system that cannot do it refuses the flag
        fcntl(fd, F_SETFL, bypasses ? flags | O_DIRECT : flags & ~O_DIRECT);
}

void cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

bool cond_wait_ms(pthread_cond_t *cond, pthread_mutex_t *mutex, unsigned timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    return pthread_cond_timedwait(cond, mutex, &until) == 0;
}

// Huge pages where the system has them: committing memory 4 KiB at a time takes two to three times as
// long as clearing it, and what is reserved here is large and used for long.
void *os_reserve(size_t size)
{
    void *memory = mmap(NULL, size ? size : 1, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    madvise(memory, size, MADV_HUGEPAGE);
    return memory;
}

void os_decommit(void *memory, size_t size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)memory + page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)memory + size) & ~(page - 1);
    if (end > start)
        madvise((void *)start, end - start, MADV_DONTNEED);
}

void os_trim_memory(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
#else
typedef int this_file_is_for_linux;
#endif
