// os_posix.c - the parts of os.h that Linux and macOS share.
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

uint64_t os_time_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t os_disk_free(const char *path)
{
    struct statvfs info;
    return statvfs(path, &info) == 0 ? (uint64_t)info.f_bavail * info.f_frsize : 0;
}

enum err os_map_file(struct os_map *map, const char *path, struct error *error)
{
    *map = (struct os_map){0};
    enum err err = OK;
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(error, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", path,
                    strerror(errno));
    if (fstat(fd, &info) != 0) {
        err = fail(error, ERR_IO, "%s: %s", path, strerror(errno));
        goto done;
    }
    if (!S_ISREG(info.st_mode)) {
        err = fail(error, ERR_ARGUMENT, "%s is not a regular file", path);
        goto done;
    }
    if (info.st_size == 0) {
        err = fail(error, ERR_FORMAT, "%s is empty", path);
        goto done;
    }
    void *data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED) {
        err = fail(error, ERR_IO, "%s: cannot map %lld bytes: %s", path, (long long)info.st_size,
                   strerror(errno));
        goto done;
    }
    *map = (struct os_map){data, (size_t)info.st_size};
done:
    close(fd);
    return err;
}

void os_unmap(struct os_map *map)
{
    if (map->data)
        munmap((void *)map->data, map->size);
    *map = (struct os_map){0};
}

enum err os_lock_memory(const void *data, size_t size, struct error *error)
{
    if (mlock(data, size) == 0)
        return OK;
    int reason = errno;
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        return fail(error, ERR_LIMIT,
                    "cannot lock %zu bytes in RAM: %s (the limit, ulimit -l, is %llu bytes)", size,
                    strerror(reason), (unsigned long long)limit.rlim_cur);
    return fail(error, ERR_IO, "cannot lock %zu bytes in RAM: %s", size, strerror(reason));
}

void os_prefetch(const void *data, size_t size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)data & ~(page - 1);
    posix_madvise((void *)start, size + ((uintptr_t)data - start), POSIX_MADV_WILLNEED);
}

void os_unreserve(void *memory, size_t size)
{
    if (memory)
        munmap(memory, size ? size : 1);
}
