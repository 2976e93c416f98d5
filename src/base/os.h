// os.h - the little that differs between operating systems.
//
// os_linux.c and os_macos.c each implement all of it; os_posix.c holds what they share.
// Everything else in the tree is plain C11 and POSIX.
#ifndef HEARTH_BASE_OS_H
#define HEARTH_BASE_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

// ---- time ----
uint64_t os_time_ns(void); // monotonic

// ---- the machine ----
unsigned os_n_cores(void);        // cores that can do arithmetic: performance cores on a Mac
size_t os_memory_total(void);     // bytes of RAM, or the container's limit where lower
size_t os_memory_available(void); // bytes that could be allocated now without swapping
size_t os_memory_peak(void);      // resident peak of this process, bytes
size_t os_memory_resident(void);  // resident now, bytes

enum cpu_feature {
    CPU_AVX2 = 1 << 0,
    CPU_FMA = 1 << 1,
    CPU_F16C = 1 << 2,
    CPU_AVX512 = 1 << 3, // F, BW, DQ and VL
    CPU_VNNI = 1 << 4,   // AVX512-VNNI
    CPU_NEON = 1 << 5,
    CPU_DOTPROD = 1 << 6,
    CPU_I8MM = 1 << 7,
    CPU_FP16 = 1 << 8, // half-precision arithmetic on Arm
};
unsigned os_cpu_features(void); // bits of enum cpu_feature that this machine can run

// ---- files on disk ----
uint64_t os_program_stamp(void); // differs between builds of this program
// The folder for what can be made again: XDG_CACHE_HOME, ~/.cache or ~/Library/Caches.  False when
// there is no home.
bool os_cache_folder(char *path, size_t size);
struct stat;
int64_t os_modified_ns(const struct stat *info); // when the file was last written, since 1970
uint64_t os_disk_free(const char *path); // bytes for us on the disk of an existing path; 0: unknown
// Advice: a file's bytes need not stay in the system's cache.
void os_file_forget(int fd);
// Reads go past the system's cache where it lets them, from offsets and into memory that are multiples
// of 4096 bytes, of which the size is one too; any other read may then fail with EINVAL.
void os_file_bypass(int fd, bool bypasses);

// ---- whole files in memory ----
struct os_map {
    const void *data;
    size_t size;
};
enum err os_map_file(struct os_map *map, const char *path, struct error *error); // read-only
void os_unmap(struct os_map *map);
// Keeps the bytes in RAM.  Fails, naming the limit, when the system does not allow it.
enum err os_lock_memory(const void *data, size_t size, struct error *error);
// Address space whose memory is committed when it is first touched and reads as zero; NULL when the
// system refuses.  os_decommit gives pages back (they read as zero again).
void *os_reserve(size_t size);
void os_unreserve(void *memory, size_t size);
void os_decommit(void *memory, size_t size);
// Gives back what was freed and the allocator kept for later.  For after something unusually large.
void os_trim_memory(void);
// Advice that these bytes are needed soon; never fails.
void os_prefetch(const void *data, size_t size);

#endif
