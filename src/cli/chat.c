#include "cli/chat.h"
#include "base/arena.h"
#include "base/memory.h"
#include "chat/turn.h"
#include "cli/chat_line.h"
#include "cli/chat_tools.h"
#include "cli/interrupt.h"
#include "sample/family_defaults.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    MESSAGES_MAX = 4096,
    CALLS_MAX = 16,  // in one answer
    ROUNDS_MAX = 25, // of calls for one message
};

struct call {
    struct str id, name; // in the arena
    struct buf arguments;
    bool is_whole;
};

struct chat {
    struct stack *stack;
    const struct run_options *options;
    struct chat_model *model;
    struct chat_tools *tools;      // NULL: the model can only talk
    struct arena arena;            // messages, until /new
    struct json_object *arguments; // of all calls in the messages, an array
    struct message messages[MESSAGES_MAX];
    size_t n_messages;
    enum thinking_mode thinking;
    bool colors;

    // The answer being printed.
    struct buf text, thought;
    char signature[128];
    bool in_thinking;
    struct call calls[CALLS_MAX];
    size_t n_calls;
};

static void dim(const struct chat *chat, bool on)
{
    if (chat->colors)
        fputs(on ? "\033[2m" : "\033[0m", stdout);
}

static struct str keep(struct chat *chat, const void *bytes, size_t size)
{
    const char *copy = arena_copy(&chat->arena, bytes ? bytes : "", size);
    return copy ? (struct str){copy, size} : (struct str){0};
}

// With tools, calls are collected; without, they are only shown: a model may try all the same.
static void on_call(struct chat *chat, const struct chat_event *event)
{
    struct call *call = chat->n_calls ? &chat->calls[chat->n_calls - 1] : NULL;
    switch (event->kind) {
    case CHAT_EVENT_CALL_START:
        if (!chat->tools)
            printf("[calls %.*s ", (int)event->name.size, event->name.data);
        else if (chat->n_calls < CALLS_MAX)
            chat->calls[chat->n_calls++] = (struct call){
                .id = keep(chat, event->id.data, event->id.size),
                .name = keep(chat, event->name.data, event->name.size),
            };
        break;
    case CHAT_EVENT_CALL_ARGS:
        if (!chat->tools)
            fwrite(event->text.data, 1, event->text.size, stdout);
        else if (call && !call->is_whole)
            buf_append(&call->arguments, event->text.data, event->text.size);
        break;
    default:
        if (!chat->tools)
            printf("]");
        else if (call)
            call->is_whole |= event->kind == CHAT_EVENT_CALL_END;
    }
}

static void on_event(void *context, const struct chat_event *event)
{
    struct chat *chat = context;
    switch (event->kind) {
    case CHAT_EVENT_THINKING:
        if (!chat->in_thinking)
            dim(chat, true);
        chat->in_thinking = true;
        buf_append(&chat->thought, event->text.data, event->text.size);
        fwrite(event->text.data, 1, event->text.size, stdout);
        break;
    case CHAT_EVENT_THINKING_END:
        snprintf(chat->signature, sizeof chat->signature, "%.*s", (int)event->id.size,
                 event->id.data);
        dim(chat, false);
        if (chat->thought.size)
            fputs("\n\n", stdout);
        chat->in_thinking = false;
        break;
    case CHAT_EVENT_TEXT:
        buf_append(&chat->text, event->text.data, event->text.size);
        fwrite(event->text.data, 1, event->text.size, stdout);
        break;
    case CHAT_EVENT_CALL_START:
    case CHAT_EVENT_CALL_ARGS:
    case CHAT_EVENT_CALL_END:
    case CHAT_EVENT_CALL_CUT:
        on_call(chat, event);
        break;
    case CHAT_EVENT_STOP:
        dim(chat, false);
        break;
    }
    fflush(stdout);
}

static bool add_message(struct chat *chat, enum role role, const struct content *items, size_t n)
{
    struct content *copy = arena_new(&chat->arena, struct content, n);
    if (!copy || chat->n_messages == MESSAGES_MAX)
        return false;
    memcpy(copy, items, n * sizeof *copy);
    chat->messages[chat->n_messages++] = (struct message){role, copy, n};
    return true;
}

static void forget_all(struct chat *chat)
{
    arena_release(&chat->arena);
    arena_init(&chat->arena, 256 * MIB);
    json_object_put(chat->arguments);
    chat->arguments = json_object_new_array();
    chat->n_messages = 0;
}

// Feeds tokens to the turn until it or the engine is done.
static enum chat_stop follow(struct chat *chat, struct chat_turn *turn, struct request *request)
{
    struct event event;
    enum chat_stop why = CHAT_STOP_MAX_TOKENS;
    for (;;) {
        if (interrupt_seen()) {
            request_cancel(request);
            why = CHAT_STOP_CANCELLED;
        }
        if (!request_next(request, &event, 100))
            continue;
        if (event.kind == EVENT_TOKEN && why != CHAT_STOP_CANCELLED &&
            !chat_turn_push(turn, event.token)) {
            request_cancel(request);
            why = CHAT_STOP_END_TURN;
        }
        if (event.kind == EVENT_STOP)
            return event.stop == STOP_END && why == CHAT_STOP_MAX_TOKENS ? CHAT_STOP_END_TURN : why;
    }
    (void)chat;
}

static enum err submit(struct chat *chat, struct chat_turn *turn, struct request **request,
                       struct error *error)
{
    struct chat_prompt_view view = chat_turn_prompt(turn);
    uint32_t *boundaries = mem_new(uint32_t, view.n_turn_starts + 1);
    for (size_t i = 0; i < view.n_turn_starts; i++)
        boundaries[i] = (uint32_t)view.turn_starts[i];
    struct generation generation = {
        .tokens = view.ids,
        .n_tokens = view.n_ids,
        .boundaries = boundaries,
        .n_boundaries = view.n_turn_starts,
        .max_tokens = chat->options->n_predict,
    };
    sampling_defaults(&generation.sampling, chat_model_sampling(chat->model), view.opens_thinking,
                      chat->stack->gguf);
    run_options_apply(chat->options, &generation.sampling);
    enum err err = engine_submit(chat->stack->engine, request, &generation, NULL, NULL, error);
    free(boundaries);
    return err;
}

// The answer as the conversation will hold it, with those of its calls that are whole.
static void remember_answer(struct chat *chat)
{
    struct content items[2 + CALLS_MAX];
    size_t n = 0, n_calls = 0;
    if (chat->thought.size)
        items[n++] = (struct content){
            .kind = CONTENT_THINKING,
            .text = keep(chat, chat->thought.data, chat->thought.size),
            .id = keep(chat, chat->signature, strlen(chat->signature)),
        };
    items[n++] = (struct content){.kind = CONTENT_TEXT,
                                  .text = keep(chat, chat->text.data, chat->text.size)};
    for (size_t i = 0; i < chat->n_calls; i++) {
        struct call *call = &chat->calls[i];
        struct json_object *arguments =
            call->is_whole ? json_tokener_parse(call->arguments.data) : NULL;
        buf_release(&call->arguments);
        if (!arguments) {
            printf("[began a call of %.*s]", (int)call->name.size, call->name.data);
            continue;
        }
        json_object_array_add(chat->arguments, arguments);
        items[n++] = (struct content){
            .kind = CONTENT_TOOL_CALL, .id = call->id, .name = call->name, .arguments = arguments};
        chat->calls[n_calls++] = *call;
    }
    chat->n_calls = n_calls;
    add_message(chat, ROLE_ASSISTANT, items, n);
}

// Performs the calls of the newest message and adds their results.  False: there is no more room.
static bool run_calls(struct chat *chat)
{
    const struct message *message = &chat->messages[chat->n_messages - 1];
    struct content results[CALLS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < message->n_items; i++) {
        const struct content *item = &message->items[i];
        struct buf text = {0};
        if (item->kind != CONTENT_TOOL_CALL)
            continue;
        bool has_failed = chat_tools_run(chat->tools, &text, item->name, item->arguments);
        struct content output = {.kind = CONTENT_TEXT, .text = keep(chat, text.data, text.size)};
        results[n] = (struct content){.kind = CONTENT_TOOL_RESULT,
                                      .id = item->id,
                                      .is_error = has_failed,
                                      .items = arena_new(&chat->arena, struct content, 1),
                                      .n_items = 1};
        buf_release(&text);
        if (!results[n].items)
            return false;
        results[n++].items[0] = output;
    }
    return add_message(chat, ROLE_TOOL, results, n);
}

static enum err answer_once(struct chat *chat, struct error *error)
{
    struct conversation conversation = {
        .messages = chat->messages,
        .n_messages = chat->n_messages,
        .thinking = {.mode = chat->thinking},
    };
    if (chat->tools)
        conversation.tools = chat_tools_defs(chat->tools, &conversation.n_tools);
    time_t now = time(NULL);
    struct chat_turn_options options = {.sink = on_event, .context = chat};
    localtime_r(&now, &options.now);
    struct chat_turn *turn = NULL;
    struct request *request = NULL;
    buf_reset(&chat->text);
    buf_reset(&chat->thought);
    chat->signature[0] = 0;
    chat->in_thinking = false;
    chat->n_calls = 0;
    interrupt_reset();
    enum err err = chat_turn_open(&turn, chat->model, &conversation, &options, error);
    if (!err)
        err = submit(chat, turn, &request, error);
    if (!err) {
        chat_turn_finish(turn, follow(chat, turn, request));
        remember_answer(chat);
        putchar('\n');
        if (!chat->options->quiet) {
            struct request_stats stats;
            request_stats(request, &stats);
            double seconds = (double)stats.decode_ns * 1e-9;
            dim(chat, true);
            printf("[%u + %u tokens, %u reused, %.1f tokens/s]", stats.n_prompt, stats.n_generated,
                   stats.n_reused, seconds > 0 ? stats.n_generated / seconds : 0.0);
            dim(chat, false);
            putchar('\n');
        }
    }
    if (request)
        request_close(request);
    chat_turn_close(turn);
    return err;
}

// One message of the person's: answers and calls in turn, until an answer calls nothing.
static enum err answer(struct chat *chat, struct error *error)
{
    for (int i = 0; i < ROUNDS_MAX; i++) {
        enum err err = answer_once(chat, error);
        if (err || chat->n_calls == 0 || interrupt_seen())
            return err;
        if (!run_calls(chat))
            return fail(error, ERR_LIMIT, "this conversation is too long to remember");
        if (interrupt_seen())
            return OK;
    }
    return fail(error, ERR_LIMIT, "no end after %d rounds of commands", ROUNDS_MAX);
}

// ---- commands ----

static void set_system(struct chat *chat, struct str text)
{
    forget_all(chat);
    struct content item = {.kind = CONTENT_TEXT, .text = keep(chat, text.data, text.size)};
    if (text.size)
        add_message(chat, ROLE_SYSTEM, &item, 1);
    printf(text.size ? "A new conversation with these instructions.\n" : "A new conversation.\n");
}

static void set_thinking(struct chat *chat, struct str text)
{
    if (str_is(text, "on"))
        chat->thinking = THINKING_ON;
    else if (str_is(text, "off"))
        chat->thinking = THINKING_OFF;
    else if (str_is(text, "auto"))
        chat->thinking = THINKING_DEFAULT;
    else
        printf("/think takes on, off or auto\n");
}

static void save(struct chat *chat, struct str name)
{
    static const char *const roles[] = {"system", "user", "assistant", "tool"};
    char path[1024];
    snprintf(path, sizeof path, "%.*s", (int)name.size, name.data);
    FILE *file = name.size ? fopen(path, "w") : NULL;
    if (!file) {
        printf("cannot write '%s'\n", path);
        return;
    }
    for (size_t i = 0; i < chat->n_messages; i++)
        for (size_t k = 0; k < chat->messages[i].n_items; k++) {
            const struct content *item = &chat->messages[i].items[k];
            fprintf(file, "## %s%s\n\n%.*s\n\n", roles[chat->messages[i].role],
                    item->kind == CONTENT_THINKING ? ", thinking" : "", (int)item->text.size,
                    item->text.data ? item->text.data : "");
        }
    printf(fclose(file) == 0 ? "saved to %s\n" : "could not write all of %s\n", path);
}

// A file's text becomes the message.
static void load_file(struct chat *chat, struct str name)
{
    char path[1024], block[65536];
    snprintf(path, sizeof path, "%.*s", (int)name.size, name.data);
    FILE *file = fopen(path, "rb");
    struct buf text = {0};
    size_t n;
    if (!file) {
        printf("cannot open '%s'\n", path);
        return;
    }
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        buf_append(&text, block, n);
    fclose(file);
    struct content item = {.kind = CONTENT_TEXT, .text = keep(chat, text.data, text.size)};
    struct error error;
    add_message(chat, ROLE_USER, &item, 1);
    buf_release(&text);
    if (answer(chat, &error))
        printf("%s\n", error.text);
}

static void new_conversation(struct chat *chat, struct str text)
{
    (void)text;
    set_system(chat, (struct str){0});
}

static void print_commands(struct chat *chat, struct str text);

static const struct chat_command {
    const char *name, *help;
    void (*run)(struct chat *chat, struct str text);
} chat_commands[] = {
    {"/help", "this list", print_commands},
    {"/think", "on, off or auto: thinking before the answer", set_thinking},
    {"/system", "TEXT: instructions; begins a new conversation", set_system},
    {"/new", "forgets the conversation", new_conversation},
    {"/file", "PATH: sends a file as the message", load_file},
    {"/save", "PATH: writes the conversation to a file", save},
    {"/quit", "leaves (so does Ctrl-D)", NULL},
};

static void print_commands(struct chat *chat, struct str text)
{
    (void)chat, (void)text;
    for (size_t i = 0; i < COUNT_OF(chat_commands); i++)
        printf("  %-8s %s\n", chat_commands[i].name, chat_commands[i].help);
    printf("  \"\"\"      begins and ends a message of several lines\n");
}

// False: leave.
static bool run_chat_command(struct chat *chat, struct str line)
{
    size_t n = 0;
    while (n < line.size && line.data[n] != ' ')
        n++;
    struct str name = str_slice(line, 0, n), rest = str_slice(line, n, line.size);
    while (rest.size && rest.data[0] == ' ')
        rest = str_slice(rest, 1, rest.size);
    for (size_t i = 0; i < COUNT_OF(chat_commands); i++)
        if (str_is(name, chat_commands[i].name)) {
            if (!chat_commands[i].run)
                return false;
            chat_commands[i].run(chat, rest);
            return true;
        }
    printf("no command %.*s; /help lists them\n", (int)name.size, name.data);
    return true;
}

static void talk(struct chat *chat)
{
    struct chat_line line;
    struct buf message = {0};
    struct error error;
    chat_line_open(&line);
    if (line.is_terminal)
        printf("%s, %u tokens of context. /help lists commands, Ctrl-D leaves.\n",
               chat_model_dialect(chat->model), chat->stack->n_context);
    while (chat_line_read(&line, &message, "> ")) {
        if (message.size == 0)
            continue;
        struct str text = {message.data, message.size};
        if (text.data[0] == '/' && !memchr(text.data, '\n', text.size)) {
            if (!run_chat_command(chat, text))
                break;
            continue;
        }
        struct content item = {.kind = CONTENT_TEXT, .text = keep(chat, text.data, text.size)};
        size_t n_before = chat->n_messages;
        if (!add_message(chat, ROLE_USER, &item, 1)) {
            printf("this conversation is too long to remember; /new begins another\n");
            continue;
        }
        if (answer(chat, &error)) {
            printf("%s\n", error.text);
            chat->n_messages = n_before; // it got no answer and is not part of the conversation
        }
    }
    chat_line_close(&line);
    buf_release(&message);
}

// Beside the states, which are found again only by what was answered.
static void keep_answers(struct chat *chat)
{
    char path[DISK_CACHE_PATH + 64];
    struct error ignored;
    const struct store_options *disk = &chat->stack->disk;
    if (disk->folder &&
        store_folder_answers_path(path, sizeof path, disk->folder, disk->model.fingerprint))
        chat_model_keep(chat->model, path, &ignored); // else they are kept until the end
}

enum err chat_run(struct stack *stack, const struct run_options *options, struct error *error)
{
    struct chat *chat = mem_new(struct chat, 1);
    struct chat_model_source source = {.tokenizer = stack->tokenizer};
    gguf_get_str(stack->gguf, "tokenizer.chat_template", &source.chat_template);
    gguf_get_str(stack->gguf, "general.architecture", &source.architecture);
    chat->stack = stack;
    chat->options = options;
    chat->colors = isatty(STDOUT_FILENO);
    arena_init(&chat->arena, 256 * MIB);
    chat->arguments = json_object_new_array();
    if (options->tools)
        chat->tools = chat_tools_open(options->yes);
    enum err err = chat_model_open(&chat->model, &source, error);
    if (!err && chat_model_note(chat->model)[0])
        fprintf(stderr, "%s\n", chat_model_note(chat->model));
    if (!err)
        keep_answers(chat);
    if (!err)
        talk(chat);
    chat_model_close(chat->model);
    chat_tools_close(chat->tools);
    json_object_put(chat->arguments);
    arena_release(&chat->arena);
    buf_release(&chat->text);
    buf_release(&chat->thought);
    free(chat);
    return err;
}
