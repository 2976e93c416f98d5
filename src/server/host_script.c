#include "server/host_script.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/memory.h"

struct scripted {
    struct str wanted;
    struct scripted_answer answer;
    bool is_toolless; // only for requests without tools
    bool is_taken;
};

struct host_script {
    struct buf text;
    struct scripted *items;
    size_t n_items;
    pthread_mutex_t lock;
};

static struct str trim(struct str text)
{
    while (text.size && strchr(" \n\r\t", text.data[0]))
        text = str_slice(text, 1, text.size);
    while (text.size && strchr(" \n\r\t", text.data[text.size - 1]))
        text.size--;
    return text;
}

static bool is_head(struct str text)
{
    return str_starts(text, STR("== ")) || str_starts(text, STR("==\n")) ||
           str_starts(text, STR("=- "));
}

// Takes the lines of settings away from the answer's text.
static enum err take_settings(struct scripted_answer *answer, struct error *error)
{
    struct str *text = &answer->text;
    while (str_starts(*text, STR("=:"))) {
        const char *line_end = memchr(text->data, '\n', text->size);
        size_t size = line_end ? (size_t)(line_end - text->data) + 1 : text->size;
        char line[80], name[16];
        unsigned value;
        snprintf(line, sizeof line, "%.*s", (int)(size < 79 ? size : 79), text->data);
        if (sscanf(line, "=: %15s %u", name, &value) != 2)
            return fail(error, ERR_FORMAT, "no setting: %.70s", line);
        uint64_t *setting = strcmp(name, "wait_s") == 0    ? &answer->wait_s
                            : strcmp(name, "wait_at") == 0 ? &answer->wait_at
                            : strcmp(name, "pace_ms") == 0 ? &answer->pace_ms
                                                           : NULL;
        if (!setting)
            return fail(error, ERR_FORMAT, "no setting: %s", name);
        *setting = value;
        *text = str_slice(*text, size, text->size);
    }
    *text = trim(*text);
    return OK;
}

static enum err split(struct host_script *script, struct error *error)
{
    struct str rest = {script->text.data ? script->text.data : "", script->text.size};
    while (is_head(rest)) {
        const char *line_end = memchr(rest.data, '\n', rest.size);
        size_t head = line_end ? (size_t)(line_end - rest.data) + 1 : rest.size;
        size_t end = head;
        while (end < rest.size &&
               !(rest.data[end - 1] == '\n' && is_head(str_slice(rest, end, rest.size))))
            end++;
        script->items = mem_resize(script->items, script->n_items + 1, sizeof *script->items);
        struct scripted *item = &script->items[script->n_items++];
        *item = (struct scripted){.wanted = trim(str_slice(rest, 2, head)),
                                  .answer.text = str_slice(rest, head, end),
                                  .is_toolless = rest.data[1] == '-'};
        enum err err = take_settings(&item->answer, error);
        if (err)
            return err;
        rest = str_slice(rest, end, rest.size);
    }
    return script->n_items ? OK : fail(error, ERR_FORMAT, "answers begin with a line of \"==\"");
}

enum err host_script_open(struct host_script **out, const char *path, struct error *error)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return fail(error, ERR_IO, "cannot open %s", path);
    struct host_script *script = mem_new(struct host_script, 1);
    char bytes[4096];
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        buf_append(&script->text, bytes, n);
    fclose(file);
    pthread_mutex_init(&script->lock, NULL);
    struct error why;
    enum err err = split(script, &why);
    if (err) {
        host_script_close(script);
        return fail(error, err, "%s: %s", path, why.text);
    }
    *out = script;
    return OK;
}

void host_script_close(struct host_script *script)
{
    if (!script)
        return;
    buf_release(&script->text);
    free(script->items);
    pthread_mutex_destroy(&script->lock);
    free(script);
}

static bool content_holds(const struct content *content, struct str part)
{
    if (str_find(content->text, part, 0) != STR_NONE)
        return true;
    for (size_t i = 0; i < content->n_items; i++)
        if (content_holds(&content->items[i], part))
            return true;
    return false;
}

// The newest message that is not the system's.
static bool newest_holds(const struct conversation *c, struct str part)
{
    size_t i = c->n_messages;
    while (i > 0 && c->messages[i - 1].role == ROLE_SYSTEM)
        i--;
    if (i == 0)
        return part.size == 0;
    const struct message *message = &c->messages[i - 1];
    for (size_t j = 0; j < message->n_items; j++)
        if (content_holds(&message->items[j], part))
            return true;
    return part.size == 0;
}

struct scripted_answer host_script_take(struct host_script *script,
                                        const struct conversation *conversation)
{
    struct scripted_answer answer = {.text = STR("OK")};
    pthread_mutex_lock(&script->lock);
    for (size_t i = 0; i < script->n_items; i++) {
        struct scripted *item = &script->items[i];
        if (!newest_holds(conversation, item->wanted) ||
            (item->is_toolless && conversation->n_tools))
            continue;
        answer = item->answer;
        if (!item->is_taken) {
            item->is_taken = true;
            break;
        }
    }
    pthread_mutex_unlock(&script->lock);
    return answer;
}
