// driver_leaks.h - for tests that open a Vulkan device, once in a program.
//
// Mesa's software driver leaks 128 bytes with each device and is unloaded before the leak checker
// looks, so that no suppression can name it: under AddressSanitizer these programs do not ask.
#ifndef HEARTH_TESTS_SUPPORT_DRIVER_LEAKS_H
#define HEARTH_TESTS_SUPPORT_DRIVER_LEAKS_H

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

#endif
