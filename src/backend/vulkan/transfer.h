// transfer.h - bytes between the host and device memory, through staging buffers of a fixed size.
//
// For weights, pages, states and logits, between steps; each call waits until the bytes are there.
#ifndef HEARTH_BACKEND_VULKAN_TRANSFER_H
#define HEARTH_BACKEND_VULKAN_TRANSFER_H

#include "backend/vulkan/commands.h"

struct transfer {
    struct commands *commands;
    struct region up, down;
};

enum err transfer_open(struct transfer *transfer, struct memory *memory, struct commands *commands,
                       struct error *error);

// Several regions, one after the other, to or from `bytes`.
enum err transfer_upload(struct transfer *transfer, const struct region *to, size_t n_regions,
                         const void *bytes, struct error *error);
enum err transfer_download(struct transfer *transfer, void *bytes, const struct region *from,
                           size_t n_regions, struct error *error);

#endif
