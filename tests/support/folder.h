// folder.h - an empty folder for a test to write into.
//
// folder_remove() deletes the files the test named and then the folder, which fails the test when
// anything else was left in it.
#ifndef HEARTH_TESTS_SUPPORT_FOLDER_H
#define HEARTH_TESTS_SUPPORT_FOLDER_H

#include <dirent.h>
#include <unistd.h>

#include "base/buf.h"
#include "tests/test.h"

enum { FOLDER_FILES_MAX = 16 };

struct folder {
    char path[256];
    char files[FOLDER_FILES_MAX][512]; // full paths
    size_t n_files;
};

static inline void folder_make(struct folder *folder)
{
    const char *parent = getenv("TMPDIR");
    *folder = (struct folder){0};
    snprintf(folder->path, sizeof folder->path, "%s/hearth-test-XXXXXX", parent ? parent : "/tmp");
    assert_non_null(mkdtemp(folder->path));
}

// The full path of a file called `name`, which belongs to the folder and need not exist.
static inline const char *folder_file(struct folder *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    for (size_t i = 0; i < folder->n_files; i++)
        if (strcmp(folder->files[i], path) == 0)
            return folder->files[i];
    assert_true(folder->n_files < FOLDER_FILES_MAX);
    return strcpy(folder->files[folder->n_files++], path);
}

static inline const char *folder_write(struct folder *folder, const char *name,
                                       const struct buf *buf)
{
    const char *path = folder_file(folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(buf->data, 1, buf->size, file), buf->size);
    fclose(file);
    return path;
}

static inline void folder_remove(struct folder *folder)
{
    for (size_t i = 0; i < folder->n_files; i++)
        remove(folder->files[i]);
    assert_int_equal(rmdir(folder->path), 0);
}

// Whatever is in it, folders included.
static inline void folder_remove_all(const char *path)
{
    DIR *folder = opendir(path);
    for (struct dirent *item; folder && (item = readdir(folder));) {
        struct buf inner = {0};
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
            continue;
        buf_printf(&inner, "%s/%s", path, item->d_name);
        if (unlink(inner.data) != 0)
            folder_remove_all(inner.data);
        buf_release(&inner);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
}

#endif
