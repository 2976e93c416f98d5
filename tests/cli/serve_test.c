// The command line of `hearth serve`, through the program itself: $HEARTH, as the test runner sets it.
#define _XOPEN_SOURCE 700 // pseudo-terminals
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "tests/support/program.h"

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
    assert_non_null(strstr(text, "--jinja: the file's chat template is always used"));
    assert_non_null(strstr(text, "swa_full is not supported by this model, it will be disabled"));
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

// ---- the live line ----

enum { N_REQUESTS = 50 };          // of each thread
#define DONE "GET /v1/models 200 " // in the log

// Starts a server whose standard error is a terminal of this test's; gives the terminal's other end.
static pid_t start_on_terminal(int *terminal, char *log, size_t size)
{
    *terminal = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(*terminal >= 0 && grantpt(*terminal) == 0 && unlockpt(*terminal) == 0);
    const char *name = ptsname(*terminal);
    program();
    pid_t child = fork();
    if (child == 0) {
        int own = open(name, O_RDWR | O_NOCTTY);
        dup2(own, STDERR_FILENO);
        setenv("TERM", "xterm", 1);
        execl(program(), "hearth", "serve", "--synthetic", "tiny-qwen3", "--port", "0",
              (char *)NULL);
        _exit(127);
    }
    size_t n = 0;
    for (ssize_t got; n + 1 < size; n += (size_t)got) {
        got = read(*terminal, log + n, size - n - 1);
        assert_true(got > 0);
        log[n + (size_t)got] = 0;
        if (strstr(log, " running, "))
            break;
    }
    return child;
}

// One request, to the end of its answer.
static void request(int port)
{
    static const char text[] = "GET /v1/models HTTP/1.0\r\n\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    char answer[1000];
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)(void *)&address, sizeof address), 0);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    while (read(fd, answer, sizeof answer) > 0)
        continue;
    close(fd);
}

static void *make_requests(void *context)
{
    for (int i = 0; i < N_REQUESTS; i++)
        request(*(int *)context);
    return NULL;
}

static int count(const char *text, const char *part)
{
    int n = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

// What a terminal would show of one line: what stands behind the last wipe.
static const char *shown(const char *line)
{
    for (const char *at; (at = strstr(line, "\r\033[K"));)
        line = at + strlen("\r\033[K");
    return line;
}

TEST(serve, log_lines_and_the_live_line_do_not_tear_each_other)
{
    (void)state;
    enum { N_THREADS = 4, SIZE = 1 << 20 };
    char *log = malloc(SIZE), *rest = NULL;
    int terminal, port = 0, status = 0;
    pthread_t threads[N_THREADS];
    pid_t child = start_on_terminal(&terminal, log, SIZE);
    const char *listening = strstr(log, "listening on http://127.0.0.1:");
    assert_non_null(listening);
    assert_int_equal(sscanf(listening, "listening on http://127.0.0.1:%d", &port), 1);
    for (int i = 0; i < N_THREADS; i++)
        pthread_create(&threads[i], NULL, make_requests, &port);
    // The terminal must be read meanwhile, or the server waits for it.
    for (size_t n = strlen(log); count(log, DONE) < N_THREADS * N_REQUESTS;) {
        ssize_t got = read(terminal, log + n, SIZE - n - 1);
        assert_true(got > 0);
        n += (size_t)got;
        log[n] = 0;
    }
    for (int i = 0; i < N_THREADS; i++)
        pthread_join(threads[i], NULL);
    kill(child, SIGTERM);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    int n_whole = 0;
    log[strrchr(log, '\n') - log] = 0; // what stands below is the live line
    for (char *line = strtok_r(log, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        int hour, minute, second;
        const char *text = shown(line);
        assert_int_equal(sscanf(text, "%2d:%2d:%2d ", &hour, &minute, &second), 3);
        assert_null(strstr(text, " running, "));
        n_whole += count(text, DONE);
    }
    assert_int_equal(n_whole, N_THREADS * N_REQUESTS);
    close(terminal);
    free(log);
}

RUN_TESTS(IS(serve, mistakes_are_named_and_end_at_once),
          IS(serve, llama_servers_flags_start_a_server_that_drains_on_sigterm),
          IS(serve, the_environment_means_the_same_as_flags_and_flags_win),
          IS(serve, log_lines_and_the_live_line_do_not_tear_each_other))
