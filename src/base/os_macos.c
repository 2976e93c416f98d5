#if defined(__APPLE__)
#include "base/os.h"
#include "base/thread.h"

#include <fcntl.h>
#include <mach-o/dyld.h>
#include <mach/mach.h>
#include <malloc/malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysctl.h>
#include <unistd.h>

static uint64_t sysctl_number(const char *name)
{
    uint64_t value = 0;
    size_t size = sizeof value;
    if (sysctlbyname(name, &value, &size, NULL, 0) != 0)
        return 0;
    return size == 4 ? *(uint32_t *)&value : value;
}

unsigned os_n_cores(void)
{
    uint64_t fast = sysctl_number("hw.perflevel0.physicalcpu");
    uint64_t all = sysctl_number("hw.physicalcpu");
    return (unsigned)(fast ? fast : all ? all : 1);
}

size_t os_memory_total(void)
{
    return (size_t)sysctl_number("hw.memsize");
}

size_t os_memory_available(void)
{
    vm_statistics64_data_t stats;
    mach_msg_type_number_t count = HOST_VM_INFO64_COUNT;
    if (host_statistics64(mach_host_self(), HOST_VM_INFO64, (host_info64_t)&stats, &count))
        return 0;
    size_t pages = stats.free_count + stats.inactive_count + stats.purgeable_count;
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

size_t os_memory_peak(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (size_t)usage.ru_maxrss : 0; // bytes on macOS
}

size_t os_memory_resident(void)
{
    mach_task_basic_info_data_t info;
    mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
    if (task_info(mach_task_self(), MACH_TASK_BASIC_INFO, (task_info_t)&info, &count))
        return 0;
    return info.resident_size;
}

unsigned os_cpu_features(void)
{
    unsigned features = 0;
#if defined(__aarch64__)
    features |= CPU_NEON;
    features |= sysctl_number("hw.optional.arm.FEAT_DotProd") ? CPU_DOTPROD : 0;
    features |= sysctl_number("hw.optional.arm.FEAT_I8MM") ? CPU_I8MM : 0;
    features |= sysctl_number("hw.optional.arm.FEAT_FP16") ? CPU_FP16 : 0;
#elif defined(__x86_64__)
    __builtin_cpu_init();
    features |= __builtin_cpu_supports("avx2") ? CPU_AVX2 | CPU_F16C : 0;
    features |= __builtin_cpu_supports("fma") ? CPU_FMA : 0;
#endif
    return features;
}

uint64_t os_program_stamp(void)
{
    char path[4096];
    uint32_t size = sizeof path;
    struct stat info;
    if (_NSGetExecutablePath(path, &size) != 0 || stat(path, &info) != 0)
        return 0;
    return (uint64_t)info.st_size << 40 ^ (uint64_t)info.st_mtimespec.tv_sec << 30 ^
           (uint64_t)info.st_mtimespec.tv_nsec;
}

bool os_cache_folder(char *path, size_t size)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int n = -1;
    if (xdg && xdg[0] == '/')
        n = snprintf(path, size, "%s", xdg);
    else if (home && home[0])
        n = snprintf(path, size, "%s/Library/Caches", home);
    return n > 0 && (size_t)n < size;
}

int64_t os_modified_ns(const struct stat *info)
{
    return (int64_t)info->st_mtimespec.tv_sec * 1000000000 + info->st_mtimespec.tv_nsec;
}

void os_file_forget(int fd)
{
    fcntl(fd, F_NOCACHE, 1);
}

void os_file_bypass(int fd, bool bypasses)
{
    fcntl(fd, F_NOCACHE, bypasses);
}

void cond_init(pthread_cond_t *cond)
{
    pthread_cond_init(cond, NULL);
}

bool cond_wait_ms(pthread_cond_t *cond, pthread_mutex_t *mutex, unsigned timeout_ms)
{
    struct timespec timeout = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000};
    return pthread_cond_timedwait_relative_np(cond, mutex, &timeout) == 0;
}

void *os_reserve(size_t size)
{
    void *memory = mmap(NULL, size ? size : 1, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void os_decommit(void *memory, size_t size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)memory + page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)memory + size) & ~(page - 1);
    // Fresh zero pages over the old ones, for madvise() would leave their content.
    if (end > start)
        mmap((void *)start, end - start, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

void os_trim_memory(void)
{
    malloc_zone_pressure_relief(NULL, 0);
}
#else
typedef int this_file_is_for_macos;
#endif
