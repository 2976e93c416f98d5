// bench_session.c - what do recorded agent sessions cost with this model, turn by turn?
#include "cli/bench_session.h"
#include "base/memory.h"
#include "base/os.h"
#include "cli/commands.h"
#include "cli/loading.h"
#include "server/replay.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BOUND = 256 }; // tokens that an appended turn may compute beside the new ones

struct session_options {
    struct loading_options loading; // first
    const char *synthetic, *dialect, *template_file, *between, *folder, *output;
    uint32_t n_parallel, n_free_tokens, n_text_max, n_tools_max, cache_ram_mib;
    bool session, alternates, splits_tokens;
};

#define FIELD(name) offsetof(struct session_options, name)

static const struct option session_table[] = {
    LOADING_OPTIONS_ROWS,
    {"--session", NULL, NULL, OPTION_FLAG, FIELD(session),
     "replay recorded sessions: each argument is a folder of requests, or one file"},
    {"--ctx-size", "-c", "N", OPTION_U32, offsetof(struct loading_options, n_context),
     "context of a conversation (default 65536, or the model's)"},
    {"--parallel", "-np", "N", OPTION_U32, FIELD(n_parallel), "places (default 4)"},
    {"--cache-ram", NULL, "MIB", OPTION_U32, FIELD(cache_ram_mib),
     "RAM for recurrent snapshots (default 1536)"},
    {"--synthetic", NULL, "SHAPE[:TYPE]", OPTION_TEXT, FIELD(synthetic),
     "a model of random weights in place of a file, e.g. tiny-qwen35moe"},
    {"--dialect", NULL, "NAME", OPTION_TEXT, FIELD(dialect), "how the model's family writes"},
    {"--chat-template-file", NULL, "FILE", OPTION_TEXT, FIELD(template_file),
     "in place of the model's own"},
    {"--cache-dir", NULL, "FOLDER", OPTION_TEXT, FIELD(folder),
     "where states outlive the model (default: nowhere)"},
    {"--alternate", NULL, NULL, OPTION_FLAG, FIELD(alternates),
     "sessions take turns, instead of one after the other"},
    {"--between", NULL, "WHAT", OPTION_TEXT, FIELD(between),
     "before each request: unload (as when idle) or restart"},
    {"--split-tokens", NULL, NULL, OPTION_FLAG, FIELD(splits_tokens),
     "answers in other tokens than a tokenizer's, as models sometimes give"},
    {"--cut", NULL, "BYTES", OPTION_U32, FIELD(n_text_max),
     "shorten longer texts of system prompts and tools, for small models"},
    {"--tools", NULL, "N", OPTION_U32, FIELD(n_tools_max),
     "keep only the first tools of each request, likewise"},
    {"--free", NULL, "N", OPTION_U32, FIELD(n_free_tokens),
     "length of answers that the recordings do not know (default 8)"},
    {"--output", "-o", "json|md", OPTION_TEXT, FIELD(output),
     "as JSON or a Markdown table (default md)"},
};

static enum err read_whole(struct buf *out, const char *path, struct error *error)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return fail(error, ERR_IO, "cannot open %s", path);
    char bytes[4096];
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        buf_append(out, bytes, n);
    fclose(file);
    return OK;
}

static const char *kind_name(enum replay_kind kind)
{
    static const char *const names[] = {
        [REPLAY_NEW] = "new", [REPLAY_APPEND] = "append", [REPLAY_FORK] = "fork"};
    return names[kind];
}

static bool is_over_bound(const struct replay_turn *turn)
{
    return turn->kind == REPLAY_APPEND && turn->n_computed > turn->n_new + BOUND;
}

static void print_md(const struct replay_turn *turn, size_t i)
{
    if (i == 0)
        printf("| request | kind | prompt | reused | from disk | computed | new | answer | first "
               "token, ms |\n"
               "|---|---|---|---|---|---|---|---|---|\n");
    printf("| %s | %s | %zu | %zu | %zu | %zu%s | %zu | %zu%s | %.0f |", turn->name,
           kind_name(turn->kind), turn->n_prompt, turn->n_reused, turn->n_from_disk,
           turn->n_computed, is_over_bound(turn) ? " (!)" : "", turn->n_new, turn->n_generated,
           turn->is_forced ? "" : " free", turn->first_token_ms);
    if (turn->remembered[0])
        printf(" differs at %zu: %s -> %s", turn->first_difference, turn->remembered, turn->found);
    printf("\n");
    fflush(stdout);
}

static void print_json(const struct replay_turn *turn)
{
    struct buf line = {0};
    json_print(
        &line,
        "{'request':%s,'session':%z,'kind':%s,'prompt':%z,'reused':%z,'from_disk':%z,'computed':%z,"
        "'new':%z,'generated':%z,'is_forced':%b,'first_token_ms':%f}",
        turn->name, turn->i_session, kind_name(turn->kind), turn->n_prompt, turn->n_reused,
        turn->n_from_disk, turn->n_computed, turn->n_new, turn->n_generated, turn->is_forced,
        turn->first_token_ms);
    printf("%s\n", line.data);
    fflush(stdout);
    buf_release(&line);
}

static void say(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "%s\n", line);
}

static enum err between(struct host **host, const struct host_config *config, const char *what,
                        struct error *error)
{
    if (!what || !*host)
        return *host ? OK : host_open(host, config, error);
    if (strcmp(what, "unload") == 0) {
        host_sleep(*host);
        return OK;
    }
    host_close(*host);
    *host = NULL;
    return host_open(host, config, error);
}

static enum err replay_all(struct recordings *recordings, const struct host_config *config,
                           const struct session_options *o, struct error *error)
{
    struct replay_options options = {.n_free_tokens = o->n_free_tokens,
                                     .splits_tokens = o->splits_tokens};
    struct replay *replay = replay_open(recordings, &options);
    struct host *host = NULL;
    struct replay_turn turn;
    size_t n_appends = 0, n_over = 0, n_computed = 0, n_prompt = 0;
    enum err err = OK;
    bool is_json = o->output && strcmp(o->output, "json") == 0;
    for (size_t i = 0; i < recordings->n && !err; i++) {
        err = between(&host, config, o->between, error);
        if (err || !replay_next(replay, host, &turn, &err, error))
            break;
        if (is_json)
            print_json(&turn);
        else
            print_md(&turn, i);
        n_appends += turn.kind == REPLAY_APPEND;
        n_over += is_over_bound(&turn);
        n_computed += turn.n_computed;
        n_prompt += turn.n_prompt;
    }
    if (!err && !is_json)
        printf("\n%zu requests, %zu of them go on where another ended; %zu of these computed more "
               "than their new tokens and %d.\n%zu of %zu prompt tokens were computed.\n",
               recordings->n, n_appends, n_over, BOUND, n_computed, n_prompt);
    replay_close(replay);
    host_close(host);
    return err;
}

static enum err run(const struct session_options *o, const struct arguments *arguments,
                    struct error *error)
{
    struct recordings recordings = {0};
    struct recording_options cuts = {o->n_text_max, o->n_tools_max};
    struct buf template = {0};
    enum err err = OK;
    if (o->between && strcmp(o->between, "unload") != 0 && strcmp(o->between, "restart") != 0)
        return fail(error, ERR_ARGUMENT, "--between takes unload or restart, not '%s'", o->between);
    struct host_config config = {
        .model_path = o->loading.model,
        .synthetic = o->synthetic,
        .backend = o->loading.backend,
        .cpu_features = UINT_MAX,
        .n_threads = o->loading.n_threads,
        .n_context = o->loading.n_context,
        .n_parallel = o->n_parallel,
        .n_batch = o->loading.n_batch,
        .k_type = o->loading.k_type,
        .v_type = o->loading.v_type,
        .cache_size_max = (uint64_t)o->cache_ram_mib * MIB,
        .reads_file = o->loading.no_mmap,
        .locks_memory = o->loading.mlock,
        .cache_folder = o->folder,
        .dialect = o->dialect,
        .log = say,
    };
    if (o->template_file)
        err = read_whole(&template, o->template_file, error);
    config.chat_template = template.data;
    for (int i = 0; i < arguments->n && !err; i++)
        err = recordings_read(&recordings, arguments->items[i], (size_t)i, &cuts, error);
    if (!err && o->alternates)
        recordings_alternate(&recordings);
    if (!err)
        err = replay_all(&recordings, &config, o, error);
    recordings_release(&recordings);
    buf_release(&template);
    return err;
}

int bench_session(int argc, char **argv)
{
    struct session_options o = {0};
    struct arguments arguments;
    struct error error;
    bool wants_help;
    loading_defaults(&o.loading);
    o.loading.n_context = 65536;
    enum err err = options_parse(session_table, COUNT_OF(session_table), &o, argc, argv, &arguments,
                                 &wants_help, &error);
    if (!err && wants_help) {
        printf("hearth bench --session - what recorded agent sessions cost, turn by turn\n\n"
               "  hearth bench --session -m FILE FOLDER...\n\n");
        options_print(session_table, COUNT_OF(session_table));
        return EXIT_FINE;
    }
    if (!err && !o.loading.model && !o.synthetic)
        err = fail(&error, ERR_ARGUMENT, "which model? (-m FILE or --synthetic SHAPE)");
    if (!err && arguments.n == 0)
        err = fail(&error, ERR_ARGUMENT, "which sessions? (folders or files of requests)");
    if (!err)
        err = run(&o, &arguments, &error);
    return err ? report_error("bench", &error) : EXIT_FINE;
}
