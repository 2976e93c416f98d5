// cmocka.h - the few words of cmocka that the kernel tests use, for targets cmocka is not installed for
// (tools/test-neon.sh).  Everywhere else the real one is used.
#ifndef HEARTH_TESTS_CMOCKA_CMOCKA_H
#define HEARTH_TESTS_CMOCKA_CMOCKA_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
};

static jmp_buf cmocka_return; // 1: failed, 2: skipped

#define cmocka_unit_test(function)                                                                 \
    {                                                                                              \
#function, function                                                                        \
    }
#define print_error(...)   fprintf(stderr, __VA_ARGS__)
#define print_message(...) printf(__VA_ARGS__)

static inline _Noreturn void _fail(const char *file, int line)
{
    fprintf(stderr, "%s:%d: failed\n", file, line);
    longjmp(cmocka_return, 1);
}
static inline _Noreturn void skip(void)
{
    longjmp(cmocka_return, 2);
}

#define assert_true(condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            print_error("%s\n", #condition);                                                       \
            _fail(__FILE__, __LINE__);                                                             \
        }                                                                                          \
    } while (0)
#define assert_int_equal(a, b)            assert_true((long long)(a) == (long long)(b))
#define assert_memory_equal(a, b, n_size) assert_true(memcmp(a, b, n_size) == 0)

static inline int cmocka_run(const struct CMUnitTest *tests, size_t n_tests)
{
    int n_failed = 0;
    for (size_t i = 0; i < n_tests; i++) {
        void *state = NULL;
        int result = setjmp(cmocka_return);
        if (result == 0)
            tests[i].run(&state);
        printf("[ %s ] %s\n",
               result == 0   ? "      OK"
               : result == 2 ? " SKIPPED"
                             : "  FAILED",
               tests[i].name);
        n_failed += result == 1;
    }
    return n_failed;
}
#define cmocka_run_group_tests(tests, setup, teardown)                                             \
    cmocka_run(tests, sizeof(tests) / sizeof((tests)[0]))

#endif
