// disk_cache.h - where a command keeps prompt states, and of which model they are.
#ifndef HEARTH_CLI_DISK_CACHE_H
#define HEARTH_CLI_DISK_CACHE_H

#include "engine/store.h"
#include "tensor/gguf_read.h"

enum { DISK_CACHE_PATH = 1024 };
#define DISK_CACHE_DEFAULT UINT32_MAX

struct disk_cache_options {
    const char *folder;    // NULL: HEARTH_CACHE_DIR, or hearth in the user's cache folder
    uint32_t size_max_mib; // DISK_CACHE_DEFAULT: what store_open() thinks right; 0: nothing on disk
    bool is_off;
};

// The rows of commands that may keep states, for a struct with such a member.
#define DISK_CACHE_OPTIONS_ROWS(type, member)                                                      \
    {"--cache-dir",                                                                                \
     NULL,                                                                                         \
     "FOLDER",                                                                                     \
     OPTION_TEXT,                                                                                  \
     offsetof(type, member.folder),                                                                \
     "folder where states outlive the command (default: hearth in the user's cache folder)"},      \
        {"--cache-disk",                                                                           \
         NULL,                                                                                     \
         "MIB",                                                                                    \
         OPTION_U32,                                                                               \
         offsetof(type, member.size_max_mib),                                                      \
         "MiB the folder may hold (default: a fifth of what is free, at most 32 GiB)"},            \
    {                                                                                              \
        "--no-disk-cache", NULL, NULL, OPTION_FLAG, offsetof(type, member.is_off),                 \
            "keep nothing on disk"                                                                 \
    }

// The folder, whether it is there or not; false when there is no place for one, or no wish.
bool disk_cache_folder(char path[DISK_CACHE_PATH], const struct disk_cache_options *options);

// What an engine needs to share states with servers that run the same file; `model_path` NULL is the
// built-in model.  The strings are borrowed.  Reads a little of every tensor.
void disk_cache_store(struct store_options *store, const struct disk_cache_options *options,
                      const char *folder, const char *model_path, const struct gguf *gguf);

#endif
