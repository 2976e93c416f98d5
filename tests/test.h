// test.h - the few words our tests add to cmocka.
//
// A test is TEST(module, sentence) with a sentence that is true when it passes; a file ends with
// one RUN_TESTS list, so the array is in sight.
#ifndef HEARTH_TESTS_TEST_H
#define HEARTH_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail // ours is in base/error.h; tests say fail_msg()
#undef fail_msg
#define fail_msg(...)                                                                              \
    do {                                                                                           \
        print_error(__VA_ARGS__);                                                                  \
        print_error("\n");                                                                         \
        _fail(__FILE__, __LINE__);                                                                 \
    } while (0)

#define TEST(module, sentence) static void module##__##sentence(void **state)
#define IS(module, sentence)   cmocka_unit_test(module##__##sentence)

#define RUN_TESTS(...)                                                                             \
    int main(void)                                                                                 \
    {                                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        return cmocka_run_group_tests(tests, NULL, NULL);                                          \
    }

// Folder of reference data that is not part of the project, or NULL: then say so with skip().
static inline const char *test_data_folder(void)
{
    const char *folder = getenv("HEARTH_TEST_DATA");
    if (!folder)
        folder = "../shared";
    char path[4096];
    snprintf(path, sizeof path, "%s/README.md", folder);
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    fclose(file);
    return folder;
}

// Skips the running test, saying why, when the reference data is absent.
#define NEED_DATA(folder)                                                                          \
    const char *folder = test_data_folder();                                                       \
    (void)state;                                                                                   \
    if (!folder) {                                                                                 \
        print_message("skipped: no reference data (set HEARTH_TEST_DATA)\n");                      \
        skip();                                                                                    \
    }

// A whole file as NUL-terminated bytes for free(), failing the test when it cannot be read.
static inline char *test_read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s", path);
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    char *bytes = malloc((size_t)length + 1);
    if (fread(bytes, 1, (size_t)length, file) != (size_t)length)
        fail_msg("cannot read %s", path);
    fclose(file);
    bytes[length] = 0;
    if (size)
        *size = (size_t)length;
    return bytes;
}

#endif
