// loader.c - the Vulkan loader's entry points, found at run time: a machine without Vulkan runs the
// same binary.
#define VOLK_IMPLEMENTATION
#include <volk.h>
