#include "cli/chat_tools.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"

enum { RESULT_MAX = 32 * KIB }; // of a command's output; the rest is counted

struct chat_tools {
    struct tool_def bash;
    bool runs_unasked;
};

static const char bash_schema[] =
    "{\"type\":\"object\",\"properties\":{\"command\":{\"type\":\"string\","
    "\"description\":\"The command to run\"}},\"required\":[\"command\"]}";

struct chat_tools *chat_tools_open(bool runs_unasked)
{
    struct chat_tools *tools = mem_new(struct chat_tools, 1);
    tools->runs_unasked = runs_unasked;
    tools->bash = (struct tool_def){
        .name = STR("Bash"),
        .description = STR("Runs a shell command in the current folder and gives its output."),
        .schema = json_tokener_parse(bash_schema),
    };
    return tools;
}

void chat_tools_close(struct chat_tools *tools)
{
    if (!tools)
        return;
    json_object_put(tools->bash.schema);
    free(tools);
}

struct tool_def *chat_tools_defs(struct chat_tools *tools, size_t *n)
{
    *n = 1;
    return &tools->bash;
}

// A command is the model's words: what would move the cursor or hide something is shown as '?'.
static void show_command(const char *command)
{
    fputs("  $ ", stdout);
    for (; *command; command++) {
        unsigned char c = (unsigned char)*command;
        if (c == '\n')
            fputs("\n    ", stdout);
        else
            putchar((c < 0x20 && c != '\t') || c == 0x7f ? '?' : c);
    }
    putchar('\n');
    fflush(stdout);
}

static bool person_agrees(const struct chat_tools *tools)
{
    char reply[64];
    if (tools->runs_unasked)
        return true;
    if (!isatty(STDIN_FILENO)) {
        printf("  (not run: nobody to ask, and no --yes)\n");
        return false;
    }
    printf("  run it? [y/N] ");
    fflush(stdout);
    return fgets(reply, sizeof reply, stdin) && (reply[0] == 'y' || reply[0] == 'Y');
}

// The shell, with its output in `from`; it reads nothing.
static pid_t start_shell(const char *command, int *from)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    *from = ends[0];
    if (child < 0)
        close(ends[0]);
    return child;
}

static size_t read_output(struct buf *output, int from)
{
    char bytes[4096];
    size_t n_left_out = 0;
    for (;;) {
        ssize_t n = read(from, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) // Ctrl-C ends the command, which closes its end
            continue;
        if (n <= 0)
            return n_left_out;
        size_t room = RESULT_MAX - output->size, size = (size_t)n < room ? (size_t)n : room;
        buf_append(output, bytes, size);
        n_left_out += (size_t)n - size;
    }
}

static bool run_shell(struct buf *result, const char *command)
{
    int from, status = 0;
    struct buf output = {0};
    pid_t child = start_shell(command, &from);
    if (child < 0) {
        buf_printf(result, "cannot start a shell: %s", strerror(errno));
        return true;
    }
    size_t n_left_out = read_output(&output, from);
    close(from);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    bool has_failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    if (WIFSIGNALED(status))
        buf_printf(result, "Ended by signal %d\n", WTERMSIG(status));
    else if (has_failed)
        buf_printf(result, "Exit code %d\n", WEXITSTATUS(status));
    while (output.size && output.data[output.size - 1] == '\n')
        output.size--;
    buf_append(result, output.data, output.size);
    if (n_left_out)
        buf_printf(result, "\n... (%zu bytes more)", n_left_out);
    if (result->size == 0)
        buf_append_text(result, "(no output)");
    buf_release(&output);
    return has_failed;
}

bool chat_tools_run(struct chat_tools *tools, struct buf *result, struct str name,
                    struct json_object *arguments)
{
    struct json_object *command = NULL;
    if (!str_equal(name, tools->bash.name)) {
        buf_printf(result, "There is no tool %.*s", (int)name.size, name.data);
        return true;
    }
    if (!json_object_object_get_ex(arguments, "command", &command) ||
        !json_object_is_type(command, json_type_string)) {
        buf_append_text(result, "Bash needs a command");
        return true;
    }
    show_command(json_object_get_string(command));
    if (!person_agrees(tools)) {
        buf_append_text(result, "The user does not want this command to be run.");
        return true;
    }
    bool has_failed = run_shell(result, json_object_get_string(command));
    printf("    %.*s\n", (int)result->size, result->data);
    return has_failed;
}
