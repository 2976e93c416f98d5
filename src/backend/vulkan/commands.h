// commands.h - recording work for the device, and waiting for it.
//
// One command buffer is recorded at a time: a step's, or that of a transfer between steps.  Work
// recorded after a barrier sees all that was recorded before it; work between two barriers may run
// at once.  The first failure is kept: from then on nothing is recorded, and each run reports it.
#ifndef HEARTH_BACKEND_VULKAN_COMMANDS_H
#define HEARTH_BACKEND_VULKAN_COMMANDS_H

#include "backend/vulkan/memory.h"
#include "backend/vulkan/pipelines.h"

struct commands {
    const struct device *device;
    VkCommandPool pool;
    VkCommandBuffer buffer;
    VkFence fence;
    VkDescriptorPool *set_pools; // filled one after the other, emptied by commands_begin()
    size_t n_set_pools, i_set_pool;
    VkResult result; // the first failure
    bool is_recording;
};

enum err commands_open(struct commands *commands, const struct device *device, struct error *error);
void commands_close(struct commands *commands);

void commands_begin(struct commands *commands);
void commands_barrier(struct commands *commands);
void commands_copy(struct commands *commands, const struct region *to, const struct region *from);
void commands_zero(struct commands *commands, const struct region *region);

struct dispatch {
    enum op op;
    enum dtype dtype;
    const struct region *buffers[BINDINGS_MAX]; // by binding; NULL: nothing is read there
    const void *push;
    uint32_t push_size;
    uint32_t n_groups[3]; // 0 stands for 1
};
void commands_dispatch(struct commands *commands, const struct pipelines *pipelines,
                       const struct dispatch *dispatch);

// Runs what was recorded and waits for it.
enum err commands_run(struct commands *commands, struct error *error);

#endif
