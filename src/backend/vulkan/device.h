// device.h - the GPU: instance, device and one queue.
//
// The best device of the machine is taken: discrete before integrated before a software driver.
// Nothing beyond core Vulkan 1.2 and no optional feature is asked for.  Entry points are loaded
// through the instance, so they serve every device, and two backends in one process do not disturb
// each other.
#ifndef HEARTH_BACKEND_VULKAN_DEVICE_H
#define HEARTH_BACKEND_VULKAN_DEVICE_H

#include <volk.h>

#include "base/error.h"

enum { BINDINGS_MAX = 8 }; // storage buffers of a shader

struct device {
    VkInstance instance;
    VkPhysicalDevice physical;
    VkDevice logical;
    VkQueue queue;
    uint32_t queue_family; // computes, and therefore copies
    VkPhysicalDeviceProperties properties;
    VkPhysicalDeviceMemoryProperties memory;
};

// ERR_UNSUPPORTED when there is no loader, no driver or no device that can compute.
enum err device_open(struct device *device, struct error *error);
void device_close(struct device *device);

// Turns a failed call into an error: "the Vulkan device cannot WHAT: out of device memory".
enum err device_fail(VkResult result, const char *what, struct error *error);

#endif
