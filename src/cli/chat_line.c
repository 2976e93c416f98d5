#include "cli/chat_line.h"

#include <editline/readline.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HISTORY_LINES = 1000, PASTE_WAIT_MS = 15 };

// $XDG_STATE_HOME/hearth/history, or ~/.local/state/hearth/history; the folders are made on the way.
static void find_history(char *path, size_t size)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char folder[900];
    if (state && *state)
        snprintf(folder, sizeof folder, "%s/hearth", state);
    else if (home && *home)
        snprintf(folder, sizeof folder, "%s/.local/state/hearth", home);
    else
        return;
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(folder, 0700);
        *slash = '/';
    }
    mkdir(folder, 0700);
    snprintf(path, size, "%s/history", folder);
}

void chat_line_open(struct chat_line *line)
{
    *line = (struct chat_line){.is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)};
    if (!line->is_terminal)
        return;
    using_history();
    stifle_history(HISTORY_LINES);
    find_history(line->history, sizeof line->history);
    if (line->history[0])
        read_history(line->history);
}

void chat_line_close(struct chat_line *line)
{
    if (line->is_terminal && line->history[0])
        write_history(line->history);
}

static bool more_is_waiting(void)
{
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&fd, 1, PASTE_WAIT_MS) > 0;
}

static bool append_line(struct buf *message, char *text)
{
    if (!text)
        return false;
    if (message->size)
        buf_append_byte(message, '\n');
    buf_append_text(message, text);
    free(text);
    return true;
}

static bool read_terminal(struct buf *message, const char *prompt)
{
    char *first = readline(prompt);
    if (!first)
        return false;
    if (strcmp(first, "\"\"\"") == 0) {
        free(first);
        for (;;) {
            char *text = readline("... ");
            bool is_end = text && strcmp(text, "\"\"\"") == 0;
            if (is_end)
                free(text);
            if (is_end || !append_line(message, text))
                break;
        }
    } else {
        append_line(message, first);
        while (more_is_waiting() && append_line(message, readline("")))
            ;
    }
    if (message->size)
        add_history(message->data);
    return true;
}

bool chat_line_read(struct chat_line *line, struct buf *message, const char *prompt)
{
    buf_reset(message);
    if (line->is_terminal)
        return read_terminal(message, prompt);
    int c, n = 0;
    while ((c = getchar()) != EOF && c != '\n') {
        buf_append_byte(message, c);
        n++;
    }
    return c != EOF || n > 0;
}
