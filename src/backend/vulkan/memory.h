// memory.h - device memory: regions cut from a few large buffers.
//
// Weights, activations and caches live as long as the backend, so a region is never given back by
// itself: memory_close() gives back all.
#ifndef HEARTH_BACKEND_VULKAN_MEMORY_H
#define HEARTH_BACKEND_VULKAN_MEMORY_H

#include "backend/vulkan/device.h"

enum memory_kind {
    MEMORY_DEVICE,   // fast for shaders
    MEMORY_UPLOAD,   // written by the host, read by the device
    MEMORY_READBACK, // written by the device, read by the host
};

struct region {
    VkBuffer buffer;
    VkDeviceSize offset, size;
    unsigned char *host; // where the host sees it; NULL for MEMORY_DEVICE
};

struct memory {
    const struct device *device;
    struct memory_block *blocks;
    size_t n_blocks;
};

void memory_open(struct memory *memory, const struct device *device);
void memory_close(struct memory *memory);

// Reserves `size` bytes (at least 1), not cleared.  ERR_LIMIT when a shader could not see them
// all at once, ERR_MEMORY when there are not so many.
enum err memory_reserve(struct memory *memory, struct region *out, enum memory_kind kind,
                        uint64_t size, struct error *error);

// `size` bytes of a region from `offset` on.
struct region region_part(const struct region *region, VkDeviceSize offset, VkDeviceSize size);

#endif
