#include "backend/vulkan/commands.h"
#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

enum { SETS_PER_POOL = 256 };

// Remembers the first failure; false when there is one.
static bool works(struct commands *c, VkResult result)
{
    if (c->result == VK_SUCCESS)
        c->result = result;
    return c->result == VK_SUCCESS;
}

enum err commands_open(struct commands *c, const struct device *device, struct error *error)
{
    *c = (struct commands){.device = device};
    VkCommandPoolCreateInfo pool_info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .queueFamilyIndex = device->queue_family,
    };
    VkResult result = vkCreateCommandPool(device->logical, &pool_info, NULL, &c->pool);
    if (result == VK_SUCCESS) {
        VkCommandBufferAllocateInfo info = {
            .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
            .commandPool = c->pool,
            .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
            .commandBufferCount = 1,
        };
        result = vkAllocateCommandBuffers(device->logical, &info, &c->buffer);
    }
    if (result == VK_SUCCESS) {
        VkFenceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
        result = vkCreateFence(device->logical, &info, NULL, &c->fence);
    }
    if (result == VK_SUCCESS)
        return OK;
    commands_close(c);
    return device_fail(result, "record commands", error);
}

void commands_close(struct commands *c)
{
    if (!c->device)
        return;
    for (size_t i = 0; i < c->n_set_pools; i++)
        vkDestroyDescriptorPool(c->device->logical, c->set_pools[i], NULL);
    free(c->set_pools);
    vkDestroyFence(c->device->logical, c->fence, NULL);
    vkDestroyCommandPool(c->device->logical, c->pool, NULL);
    *c = (struct commands){0};
}

// ---- recording ----

void commands_begin(struct commands *c)
{
    assert(!c->is_recording);
    c->is_recording = true;
    for (size_t i = 0; i < c->n_set_pools; i++)
        vkResetDescriptorPool(c->device->logical, c->set_pools[i], 0);
    c->i_set_pool = 0;
    VkCommandBufferBeginInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
    };
    if (works(c, vkResetCommandPool(c->device->logical, c->pool, 0)) &&
        works(c, vkBeginCommandBuffer(c->buffer, &info)))
        commands_barrier(c); // what earlier runs wrote
}

void commands_barrier(struct commands *c)
{
    assert(c->is_recording);
    if (c->result != VK_SUCCESS)
        return;
    VkPipelineStageFlags stages =
        VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
    VkMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT |
                         VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
    };
    vkCmdPipelineBarrier(c->buffer, stages, stages, 0, 1, &barrier, 0, NULL, 0, NULL);
}

void commands_copy(struct commands *c, const struct region *to, const struct region *from)
{
    assert(c->is_recording && from->size <= to->size);
    VkBufferCopy copy = {from->offset, to->offset, from->size};
    if (c->result == VK_SUCCESS)
        vkCmdCopyBuffer(c->buffer, from->buffer, to->buffer, 1, &copy);
}

void commands_zero(struct commands *c, const struct region *region)
{
    assert(c->is_recording);
    if (c->result == VK_SUCCESS)
        vkCmdFillBuffer(c->buffer, region->buffer, region->offset, region->size, 0);
}

static VkResult add_set_pool(struct commands *c)
{
    VkDescriptorPoolSize size = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, SETS_PER_POOL * BINDINGS_MAX};
    VkDescriptorPoolCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .maxSets = SETS_PER_POOL,
        .poolSizeCount = 1,
        .pPoolSizes = &size,
    };
    c->set_pools = mem_resize(c->set_pools, c->n_set_pools + 1, sizeof *c->set_pools);
    VkResult result =
        vkCreateDescriptorPool(c->device->logical, &info, NULL, &c->set_pools[c->n_set_pools]);
    if (result == VK_SUCCESS)
        c->n_set_pools++;
    return result;
}

// A set from the pool in use, or from the next once that is full.
static VkResult take_set(struct commands *c, VkDescriptorSetLayout layout, VkDescriptorSet *set)
{
    for (;; c->i_set_pool++) {
        if (c->i_set_pool == c->n_set_pools) {
            VkResult result = add_set_pool(c);
            if (result != VK_SUCCESS)
                return result;
        }
        VkDescriptorSetAllocateInfo info = {
            .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
            .descriptorPool = c->set_pools[c->i_set_pool],
            .descriptorSetCount = 1,
            .pSetLayouts = &layout,
        };
        VkResult result = vkAllocateDescriptorSets(c->device->logical, &info, set);
        if (result != VK_ERROR_OUT_OF_POOL_MEMORY && result != VK_ERROR_FRAGMENTED_POOL)
            return result;
    }
}

static void bind_buffers(struct commands *c, const struct pipelines *pipelines,
                         const struct dispatch *dispatch, VkDescriptorSet set)
{
    VkDescriptorBufferInfo buffers[BINDINGS_MAX];
    VkWriteDescriptorSet writes[BINDINGS_MAX];
    for (uint32_t i = 0; i < BINDINGS_MAX; i++) {
        // A shader may not declare a binding that has no buffer, even if it never reads it.
        // Binding 1 stands in: every shader has one, and reads it.
        const struct region *region =
            dispatch->buffers[i] ? dispatch->buffers[i] : dispatch->buffers[1];
        buffers[i] = (VkDescriptorBufferInfo){region->buffer, region->offset, region->size};
        writes[i] = (VkWriteDescriptorSet){
            .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
            .dstSet = set,
            .dstBinding = i,
            .descriptorCount = 1,
            .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .pBufferInfo = &buffers[i],
        };
    }
    vkUpdateDescriptorSets(c->device->logical, BINDINGS_MAX, writes, 0, NULL);
    vkCmdBindDescriptorSets(c->buffer, VK_PIPELINE_BIND_POINT_COMPUTE, pipelines->layout, 0, 1,
                            &set, 0, NULL);
}

void commands_dispatch(struct commands *c, const struct pipelines *pipelines,
                       const struct dispatch *d)
{
    VkPipeline pipeline = pipelines->pipelines[d->op][d->dtype];
    VkDescriptorSet set;
    assert(c->is_recording && d->push_size <= PUSH_SIZE_MAX);
    if (c->result != VK_SUCCESS || !works(c, take_set(c, pipelines->set_layout, &set)))
        return;
    assert(pipeline);
    bind_buffers(c, pipelines, d, set);
    vkCmdBindPipeline(c->buffer, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
    vkCmdPushConstants(c->buffer, pipelines->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, d->push_size,
                       d->push);
    vkCmdDispatch(c->buffer, d->n_groups[0], d->n_groups[1] ? d->n_groups[1] : 1,
                  d->n_groups[2] ? d->n_groups[2] : 1);
}

enum err commands_run(struct commands *c, struct error *error)
{
    assert(c->is_recording);
    c->is_recording = false;
    VkMemoryBarrier to_host = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_HOST_READ_BIT,
    };
    VkSubmitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .commandBufferCount = 1,
        .pCommandBuffers = &c->buffer,
    };
    if (c->result == VK_SUCCESS)
        vkCmdPipelineBarrier(c->buffer, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT,
                             0, 1, &to_host, 0, NULL, 0, NULL);
    if (c->result != VK_SUCCESS || !works(c, vkEndCommandBuffer(c->buffer)) ||
        !works(c, vkQueueSubmit(c->device->queue, 1, &info, c->fence)) ||
        !works(c, vkWaitForFences(c->device->logical, 1, &c->fence, VK_TRUE, UINT64_MAX)) ||
        !works(c, vkResetFences(c->device->logical, 1, &c->fence)))
        return device_fail(c->result, "run a step", error);
    return OK;
}
