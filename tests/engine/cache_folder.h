// cache_folder.h - a folder for a disk cache that a test makes and removes with all that is in it.
#ifndef HEARTH_TESTS_CACHE_FOLDER_H
#define HEARTH_TESTS_CACHE_FOLDER_H

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/os.h"
#include "tests/test.h"

struct cache_folder {
    char path[256];
};

static inline void cache_folder_make(struct cache_folder *folder)
{
    // In memory where there is room: many small files on a busy disk take minutes.
    const char *parent = getenv("TMPDIR"), *shared = "/dev/shm";
    if (!parent)
        parent = os_disk_free(shared) > 1 * GIB ? shared : "/tmp";
    snprintf(folder->path, sizeof folder->path, "%s/hearth-cache-XXXXXX", parent);
    assert_non_null(mkdtemp(folder->path));
}

// Calls `visit` with the full path of each file in the folders inside; returns how many there are.
static inline size_t cache_folder_visit(const struct cache_folder *folder,
                                        void (*visit)(const char *path, void *context),
                                        void *context)
{
    size_t n = 0;
    char path[1024];
    DIR *outer = opendir(folder->path);
    for (struct dirent *model; outer && (model = readdir(outer));) {
        if (model->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder->path, model->d_name);
        DIR *inner = opendir(path);
        for (struct dirent *file; inner && (file = readdir(inner));) {
            if (strcmp(file->d_name, ".") == 0 || strcmp(file->d_name, "..") == 0)
                continue;
            snprintf(path, sizeof path, "%s/%s/%s", folder->path, model->d_name, file->d_name);
            if (visit)
                visit(path, context);
            n++;
        }
        if (inner)
            closedir(inner);
    }
    if (outer)
        closedir(outer);
    return n;
}

static inline void cache_folder_unlink(const char *path, void *context)
{
    (void)context;
    unlink(path);
}

static inline void cache_folder_remove(struct cache_folder *folder)
{
    char path[1024];
    cache_folder_visit(folder, cache_folder_unlink, NULL);
    DIR *outer = opendir(folder->path);
    for (struct dirent *model; outer && (model = readdir(outer));) {
        if (model->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder->path, model->d_name);
        remove(path); // a model's folder, now empty, or a file beside them
    }
    if (outer)
        closedir(outer);
    assert_int_equal(rmdir(folder->path), 0);
}

#endif
