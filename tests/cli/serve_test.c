// The command line of `hearth serve`, through the program itself: $HEARTH, as the test runner sets it.
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "tests/test.h"

// The program's path; skips where the runner built none.
static const char *program(void)
{
    const char *path = getenv("HEARTH");
    if (!path || access(path, X_OK) != 0) {
        print_message("skipped: no program (set HEARTH)\n");
        skip();
    }
    return path;
}

// Runs to the end; what it wrote is the caller's.
static int run(const char *arguments, struct buf *out)
{
    struct buf command = {0};
    buf_printf(&command, "%s serve %s 2>&1", program(), arguments);
    FILE *pipe = popen(command.data, "r");
    char bytes[1000];
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, pipe)) > 0;)
        buf_append(out, bytes, n);
    buf_release(&command);
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect(const char *arguments, int code, const char *part)
{
    struct buf out = {0};
    int got = run(arguments, &out);
    if (got != code || !out.data || !strstr(out.data, part))
        fail_msg("serve %s: exit code %d, not %d:\n%s", arguments, got, code,
                 out.data ? out.data : "");
    buf_release(&out);
}

TEST(serve, mistakes_are_named_and_end_at_once)
{
    (void)state;
    expect("--help", 0, "--ctx-size");
    expect("--no-such-flag", 2, "unknown flag --no-such-flag");
    expect("model.gguf", 2, "the model is given with -m");
    expect("--port", 2, "--port needs a value");
    expect("--port many", 2, "--port takes a whole number, not 'many'");
    expect("-m /nowhere.gguf", 1, "/nowhere.gguf");
    expect("--synthetic tiny-qwen3 -ctk q3_k_x", 2, "unsupported cache type: q3_k_x");
    expect("--synthetic tiny-qwen3 --reasoning much", 2, "--reasoning takes on, off, auto");
    expect("--synthetic tiny-qwen3 --host 0.0.0.0 --port 0", 2, "give a key with --api-key");
    expect("-hf nobody/nothing:Q8_0", 1, "download its Q8_0 file");
}

// Starts with these arguments and waits for a line of the log.
static pid_t start(const char *const *arguments, const char *log, const char *line)
{
    pid_t child = fork();
    if (child == 0) {
        execv(program(), (char *const *)(void *)(uintptr_t)arguments);
        _exit(127);
    }
    for (int i = 0; i < 500; i++) {
        const struct timespec pause = {0, 20000000};
        nanosleep(&pause, NULL);
        if (access(log, R_OK) != 0)
            continue;
        char *text = test_read_file(log, NULL);
        bool is_there = strstr(text, line) != NULL;
        free(text);
        if (is_there)
            return child;
    }
    kill(child, SIGKILL);
    fail_msg("the log never said %s", line);
    return child;
}

TEST(serve, llama_servers_flags_start_a_server_that_drains_on_sigterm)
{
    (void)state;
    char log[100];
    snprintf(log, sizeof log, "/tmp/hearth-serve-%d.log", (int)getpid());
    unlink(log);
    const char *const arguments[] = {"hearth",
                                     "serve",
                                     "--synthetic",
                                     "tiny-qwen3",
                                     "--port",
                                     "0",
                                     "-ngl",
                                     "999",
                                     "-t",
                                     "6",
                                     "-c",
                                     "65536",
                                     "-b",
                                     "1024",
                                     "-ub",
                                     "1024",
                                     "--parallel",
                                     "1",
                                     "-fa",
                                     "on",
                                     "--jinja",
                                     "--keep",
                                     "1024",
                                     "--cache-type-k",
                                     "q8_0",
                                     "--cache-type-v",
                                     "q8_0",
                                     "--swa-full",
                                     "--no-context-shift",
                                     "--reasoning",
                                     "off",
                                     "--mlock",
                                     "--no-mmap",
                                     "--log-file",
                                     log,
                                     NULL};
    pid_t child = start(arguments, log, "model loaded");
    char *text = test_read_file(log, NULL);
    assert_non_null(strstr(text, "listening on http://127.0.0.1:"));
    free(text);
    kill(child, SIGTERM);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    unlink(log);
}

TEST(serve, the_environment_means_the_same_as_flags_and_flags_win)
{
    (void)state;
    setenv("LLAMA_ARG_PORT", "99999", 1);
    expect("--synthetic tiny-qwen3", 2, "--port takes 0 to 65535, not 99999");
    setenv("LLAMA_ARG_PORT", "many", 1);
    expect("--help", 2, "LLAMA_ARG_PORT takes a whole number");
    unsetenv("LLAMA_ARG_PORT");
}

RUN_TESTS(IS(serve, mistakes_are_named_and_end_at_once),
          IS(serve, llama_servers_flags_start_a_server_that_drains_on_sigterm),
          IS(serve, the_environment_means_the_same_as_flags_and_flags_win))
