#include "backend/vulkan/memory.h"
#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

enum { REGION_ALIGN = 256 }; // no device asks for more between storage buffers

static const VkDeviceSize block_size = 64 * 1024 * 1024;

struct memory_block {
    enum memory_kind kind;
    VkBuffer buffer;
    VkDeviceMemory memory;
    VkDeviceSize size, used;
    unsigned char *host;
};

// Wanted properties per kind, best first.  The last row of a kind exists on every device.
static const struct {
    enum memory_kind kind;
    VkMemoryPropertyFlags flags;
} preferences[] = {
    {MEMORY_DEVICE, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT},
    {MEMORY_DEVICE, 0},
    {MEMORY_UPLOAD, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT},
    {MEMORY_READBACK, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT |
                          VK_MEMORY_PROPERTY_HOST_CACHED_BIT},
    {MEMORY_READBACK, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT},
};

// Takes the first type of the wanted kind that has the room; VK_ERROR_OUT_OF_DEVICE_MEMORY if none.
static VkResult allocate(const struct device *device, struct memory_block *block)
{
    VkMemoryRequirements needs;
    vkGetBufferMemoryRequirements(device->logical, block->buffer, &needs);
    for (size_t p = 0; p < COUNT_OF(preferences); p++)
        for (uint32_t i = 0; i < device->memory.memoryTypeCount; i++) {
            VkMemoryPropertyFlags flags = preferences[p].flags;
            if (preferences[p].kind != block->kind || !(needs.memoryTypeBits & 1u << i) ||
                (device->memory.memoryTypes[i].propertyFlags & flags) != flags)
                continue;
            VkMemoryAllocateInfo info = {
                .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                .allocationSize = needs.size,
                .memoryTypeIndex = i,
            };
            if (vkAllocateMemory(device->logical, &info, NULL, &block->memory) == VK_SUCCESS)
                return VK_SUCCESS;
        }
    return VK_ERROR_OUT_OF_DEVICE_MEMORY;
}

static VkResult open_block(const struct device *device, struct memory_block *block)
{
    VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = block->size,
        .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                 VK_BUFFER_USAGE_TRANSFER_DST_BIT,
        .sharingMode = VK_SHARING_MODE_EXCLUSIVE,
    };
    VkResult result = vkCreateBuffer(device->logical, &info, NULL, &block->buffer);
    if (result == VK_SUCCESS)
        result = allocate(device, block);
    if (result == VK_SUCCESS)
        result = vkBindBufferMemory(device->logical, block->buffer, block->memory, 0);
    if (result == VK_SUCCESS && block->kind != MEMORY_DEVICE) {
        void *host;
        result = vkMapMemory(device->logical, block->memory, 0, VK_WHOLE_SIZE, 0, &host);
        block->host = host;
    }
    return result;
}

static void close_block(const struct device *device, struct memory_block *block)
{
    if (block->buffer)
        vkDestroyBuffer(device->logical, block->buffer, NULL);
    if (block->memory)
        vkFreeMemory(device->logical, block->memory, NULL);
}

static struct memory_block *find_block(struct memory *memory, enum memory_kind kind,
                                       VkDeviceSize size)
{
    for (size_t i = 0; i < memory->n_blocks; i++)
        if (memory->blocks[i].kind == kind &&
            memory->blocks[i].size - memory->blocks[i].used >= size)
            return &memory->blocks[i];
    return NULL;
}

void memory_open(struct memory *memory, const struct device *device)
{
    *memory = (struct memory){.device = device};
}

void memory_close(struct memory *memory)
{
    for (size_t i = 0; i < memory->n_blocks; i++)
        close_block(memory->device, &memory->blocks[i]);
    free(memory->blocks);
    *memory = (struct memory){0};
}

enum err memory_reserve(struct memory *memory, struct region *out, enum memory_kind kind,
                        uint64_t size, struct error *error)
{
    const VkPhysicalDeviceLimits *limits = &memory->device->properties.limits;
    assert(size > 0);
    VkDeviceSize whole = round_up(size, REGION_ALIGN);
    if (whole > limits->maxStorageBufferRange)
        return fail(error, ERR_LIMIT,
                    "a shader of this device sees %u bytes at once, and %llu are needed",
                    limits->maxStorageBufferRange, (unsigned long long)size);
    struct memory_block *block = find_block(memory, kind, whole);
    if (!block) {
        struct memory_block fresh = {.kind = kind, .size = whole > block_size ? whole : block_size};
        VkResult result = open_block(memory->device, &fresh);
        if (result != VK_SUCCESS) {
            close_block(memory->device, &fresh);
            return device_fail(result, "reserve memory", error);
        }
        memory->blocks = mem_resize(memory->blocks, memory->n_blocks + 1, sizeof *memory->blocks);
        block = &memory->blocks[memory->n_blocks++];
        *block = fresh;
    }
    *out = (struct region){block->buffer, block->used, whole,
                           block->host ? block->host + block->used : NULL};
    block->used += whole;
    return OK;
}

struct region region_part(const struct region *region, VkDeviceSize offset, VkDeviceSize size)
{
    assert(offset + size <= region->size);
    return (struct region){region->buffer, region->offset + offset, size,
                           region->host ? region->host + offset : NULL};
}
