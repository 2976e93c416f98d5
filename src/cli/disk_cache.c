#include "cli/disk_cache.h"
#include "base/memory.h"
#include "base/os.h"
#include "cli/built_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void say(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "%s\n", line);
}

bool disk_cache_folder(char path[DISK_CACHE_PATH], const struct disk_cache_options *options)
{
    static const char name[] = "/hearth";
    const char *named = options->folder ? options->folder : getenv("HEARTH_CACHE_DIR");
    if (options->is_off || options->size_max_mib == 0)
        return false;
    if (named)
        return snprintf(path, DISK_CACHE_PATH, "%s", named) < DISK_CACHE_PATH;
    if (!os_cache_folder(path, DISK_CACHE_PATH - sizeof name))
        return false;
    strcat(path, name);
    return true;
}

void disk_cache_store(struct store_options *store, const struct disk_cache_options *options,
                      const char *folder, const char *model_path, const struct gguf *gguf)
{
    struct stat info;
    bool is_file = model_path && stat(model_path, &info) == 0;
    const char *slash = model_path ? strrchr(model_path, '/') : NULL;
    *store = (struct store_options){
        .folder = folder,
        .model = {.name = slash        ? slash + 1
                          : model_path ? model_path
                                       : BUILT_IN_NAME,
                  .fingerprint = gguf_fingerprint(gguf),
                  .file_size = gguf_file_size(gguf),
                  .file_time_s = is_file ? info.st_mtime : 0},
        .log = say,
    };
    if (options->size_max_mib != DISK_CACHE_DEFAULT)
        store->size_max = (uint64_t)options->size_max_mib * MIB;
}
