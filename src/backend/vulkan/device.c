#include "backend/vulkan/device.h"
#include "base/memory.h"

#include <stdlib.h>

static const char *result_name(VkResult result)
{
    switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY:
        return "out of host memory";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        return "out of device memory";
    case VK_ERROR_DEVICE_LOST:
        return "the device was lost";
    case VK_ERROR_INCOMPATIBLE_DRIVER:
        return "no driver is installed";
    default:
        return "a driver error";
    }
}

enum err device_fail(VkResult result, const char *what, struct error *error)
{
    bool is_memory =
        result == VK_ERROR_OUT_OF_HOST_MEMORY || result == VK_ERROR_OUT_OF_DEVICE_MEMORY;
    return fail(error, is_memory ? ERR_MEMORY : ERR_IO, "the Vulkan device cannot %s: %s (%d)",
                what, result_name(result), result);
}

static enum err open_instance(struct device *device, struct error *error)
{
    if (volkInitialize() != VK_SUCCESS)
        return fail(error, ERR_UNSUPPORTED, "there is no Vulkan loader on this machine");
    VkApplicationInfo application = {
        .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
        .pApplicationName = "hearth",
        .apiVersion = VK_API_VERSION_1_2,
    };
    VkInstanceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pApplicationInfo = &application,
    };
    VkResult result = vkCreateInstance(&info, NULL, &device->instance);
    if (result != VK_SUCCESS)
        return fail(error, ERR_UNSUPPORTED, "Vulkan does not start: %s (%d)", result_name(result),
                    result);
    volkLoadInstance(device->instance);
    return OK;
}

// A queue family that computes, or UINT32_MAX.
static uint32_t compute_family(VkPhysicalDevice physical)
{
    VkQueueFamilyProperties families[16];
    uint32_t n = COUNT_OF(families);
    vkGetPhysicalDeviceQueueFamilyProperties(physical, &n, families);
    for (uint32_t i = 0; i < n; i++)
        if (families[i].queueFlags & VK_QUEUE_COMPUTE_BIT)
            return i;
    return UINT32_MAX;
}

// How much we want a device; 0: it does not do.
static int device_rank(VkPhysicalDevice physical)
{
    static const struct {
        VkPhysicalDeviceType type;
        int rank;
    } ranks[] = {
        {VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU, 4},
        {VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU, 3},
        {VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU, 2},
        {VK_PHYSICAL_DEVICE_TYPE_CPU, 1},
    };
    VkPhysicalDeviceProperties properties;
    vkGetPhysicalDeviceProperties(physical, &properties);
    if (properties.apiVersion < VK_API_VERSION_1_2 || compute_family(physical) == UINT32_MAX ||
        properties.limits.maxPerStageDescriptorStorageBuffers < BINDINGS_MAX)
        return 0;
    for (size_t i = 0; i < COUNT_OF(ranks); i++)
        if (ranks[i].type == properties.deviceType)
            return ranks[i].rank;
    return 0;
}

static enum err choose_physical(struct device *device, struct error *error)
{
    VkPhysicalDevice found[16];
    uint32_t n = COUNT_OF(found);
    VkResult result = vkEnumeratePhysicalDevices(device->instance, &n, found);
    if (result != VK_SUCCESS && result != VK_INCOMPLETE)
        n = 0;
    int best = 0;
    for (uint32_t i = 0; i < n; i++) {
        int rank = device_rank(found[i]);
        if (rank > best) {
            best = rank;
            device->physical = found[i];
        }
    }
    if (best == 0)
        return fail(error, ERR_UNSUPPORTED,
                    "no Vulkan driver offers a device with compute and Vulkan 1.2 (%u devices)", n);
    device->queue_family = compute_family(device->physical);
    vkGetPhysicalDeviceProperties(device->physical, &device->properties);
    vkGetPhysicalDeviceMemoryProperties(device->physical, &device->memory);
    return OK;
}

static enum err open_logical(struct device *device, struct error *error)
{
    float priority = 1.0f;
    VkDeviceQueueCreateInfo queue = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueFamilyIndex = device->queue_family,
        .queueCount = 1,
        .pQueuePriorities = &priority,
    };
    VkDeviceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .queueCreateInfoCount = 1,
        .pQueueCreateInfos = &queue,
    };
    VkResult result = vkCreateDevice(device->physical, &info, NULL, &device->logical);
    if (result != VK_SUCCESS)
        return device_fail(result, "be opened", error);
    vkGetDeviceQueue(device->logical, device->queue_family, 0, &device->queue);
    return OK;
}

enum err device_open(struct device *device, struct error *error)
{
    *device = (struct device){0};
    enum err err = open_instance(device, error);
    if (!err)
        err = choose_physical(device, error);
    if (!err)
        err = open_logical(device, error);
    if (err)
        device_close(device);
    return err;
}

void device_close(struct device *device)
{
    if (device->logical)
        vkDestroyDevice(device->logical, NULL);
    if (device->instance)
        vkDestroyInstance(device->instance, NULL);
    *device = (struct device){0};
}
