// expected.h - what a test made, against the file that says what it should be.
#ifndef HEARTH_TESTS_API_EXPECTED_H
#define HEARTH_TESTS_API_EXPECTED_H

#include "base/buf.h"
#include "tests/test.h"

// Files are rewritten when HEARTH_TEST_WRITE is set; look at the difference before keeping it.
static inline void compare_file(const char *path, const struct buf *actual)
{
    if (getenv("HEARTH_TEST_WRITE")) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fwrite(actual->data, 1, actual->size, file);
        fclose(file);
    }
    char *expected = test_read_file(path, NULL);
    if (strcmp(expected, actual->data) != 0)
        fail_msg("%s differs; now:\n%s", path, actual->data);
    free(expected);
}

#endif
