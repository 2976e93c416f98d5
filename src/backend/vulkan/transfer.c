#include "backend/vulkan/transfer.h"
#include "base/memory.h"

#include <string.h>

enum { STAGING_SIZE = 16 * 1024 * 1024 };

enum err transfer_open(struct transfer *t, struct memory *memory, struct commands *commands,
                       struct error *error)
{
    *t = (struct transfer){.commands = commands};
    enum err err = memory_reserve(memory, &t->up, MEMORY_UPLOAD, STAGING_SIZE, error);
    return err ? err : memory_reserve(memory, &t->down, MEMORY_READBACK, STAGING_SIZE, error);
}

// Where the next staging load begins: a byte of a region.
struct cursor {
    const struct region *regions;
    size_t n_regions, i_region;
    VkDeviceSize offset;
};

// Records copies of as much as fits in the staging buffer; returns its size.
static size_t record_load(struct transfer *t, struct cursor *at, bool is_upload)
{
    const struct region *staging = is_upload ? &t->up : &t->down;
    size_t filled = 0;
    while (at->i_region < at->n_regions && filled < STAGING_SIZE) {
        const struct region *region = &at->regions[at->i_region];
        VkDeviceSize size = region->size - at->offset;
        size = size < STAGING_SIZE - filled ? size : STAGING_SIZE - filled;
        struct region there = region_part(region, at->offset, size);
        struct region here = region_part(staging, filled, size);
        commands_copy(t->commands, is_upload ? &there : &here, is_upload ? &here : &there);
        filled += size;
        at->offset += size;
        if (at->offset == region->size) {
            at->i_region++;
            at->offset = 0;
        }
    }
    return filled;
}

enum err transfer_upload(struct transfer *t, const struct region *to, size_t n_regions,
                         const void *bytes, struct error *error)
{
    struct cursor at = {to, n_regions, 0, 0};
    const char *from = bytes;
    while (at.i_region < n_regions) {
        commands_begin(t->commands);
        size_t size = record_load(t, &at, true);
        memcpy(t->up.host, from, size);
        enum err err = commands_run(t->commands, error);
        if (err)
            return err;
        from += size;
    }
    return OK;
}

enum err transfer_download(struct transfer *t, void *bytes, const struct region *from,
                           size_t n_regions, struct error *error)
{
    struct cursor at = {from, n_regions, 0, 0};
    char *to = bytes;
    while (at.i_region < n_regions) {
        commands_begin(t->commands);
        size_t size = record_load(t, &at, false);
        enum err err = commands_run(t->commands, error);
        if (err)
            return err;
        memcpy(to, t->down.host, size);
        to += size;
    }
    return OK;
}
