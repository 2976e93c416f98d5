// Recorded sessions on a tiny hybrid model: each turn that goes on where another ended computes its new
// tokens and at most 256 more, whatever happened in between.
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "server/replay.h"
#include "tests/support/folder.h"
#include "tests/test.h"

enum { BOUND = 256, N_SESSIONS_MAX = 8 };

enum between { NOTHING, UNLOAD, RESTART };

struct play {
    const char *sessions[N_SESSIONS_MAX]; // folders
    struct recording_options cuts;
    struct replay_options options;
    const char *template_text;
    const char *cache_folder;
    bool alternates;
    enum between between;
    size_t n_snapshots; // that RAM holds; 0: many
};

struct outcome {
    size_t n_turns, n_appends, n_from_disk, n_computed, n_prompt;
};

static void keep_quiet(void *context, const char *line)
{
    (void)context;
    (void)line;
}

static void open_host(struct host **host, const struct play *play)
{
    struct host_config config = {
        .synthetic = "tiny-qwen35moe",
        .name = "tiny",
        .backend = "cpu",
        .cpu_features = UINT_MAX,
        .n_threads = 2,
        .n_context = 16384,
        .k_type = DTYPE_F16,
        .v_type = DTYPE_F16,
        .dialect = "qwen3.5",
        .chat_template = play->template_text,
        .cache_folder = play->cache_folder,
        .cache_size_max = play->n_snapshots * 217088,
        .log = keep_quiet,
    };
    struct error error;
    if (host_open(host, &config, &error))
        fail_msg("%s", error.text);
}

static void go_between(struct host **host, const struct play *play)
{
    if (play->between == UNLOAD)
        assert_true(host_sleep(*host));
    if (play->between == RESTART) {
        host_close(*host);
        open_host(host, play);
    }
}

static void expect_bound(const struct replay_turn *turn)
{
    if (turn->kind == REPLAY_APPEND && turn->n_computed > turn->n_new + BOUND)
        fail_msg("%s: computed %zu of %zu tokens, %zu are new; differs at %zu: %s -> %s",
                 turn->name, turn->n_computed, turn->n_prompt, turn->n_new, turn->first_difference,
                 turn->remembered, turn->found);
    if (turn->kind == REPLAY_FORK)
        print_message("             %s: a fork of %zu tokens goes on at %zu\n", turn->name,
                      turn->n_prompt, turn->n_reused);
}

static struct outcome play_sessions(const struct play *play)
{
    struct outcome outcome = {0};
    struct recordings recordings = {0};
    struct error error;
    enum err err;
    for (size_t i = 0; i < N_SESSIONS_MAX && play->sessions[i]; i++)
        if (recordings_read(&recordings, play->sessions[i], i, &play->cuts, &error))
            fail_msg("%s", error.text);
    if (play->alternates)
        recordings_alternate(&recordings);
    struct host *host;
    open_host(&host, play);
    struct replay *replay = replay_open(&recordings, &play->options);
    struct replay_turn turn;
    while (replay_next(replay, host, &turn, &err, &error)) {
        expect_bound(&turn);
        outcome.n_turns++;
        outcome.n_appends += turn.kind == REPLAY_APPEND;
        outcome.n_from_disk += turn.n_from_disk;
        outcome.n_computed += turn.n_computed;
        outcome.n_prompt += turn.n_prompt;
        go_between(&host, play);
    }
    if (err)
        fail_msg("%s", error.text);
    replay_close(replay);
    host_close(host);
    recordings_release(&recordings);
    return outcome;
}

static const char *const own[] = {"tests/cases/sessions/asker", "tests/cases/sessions/mender"};

TEST(replay, our_sessions_compute_only_what_is_new)
{
    (void)state;
    struct play play = {.sessions = {own[0], own[1]}, .options.splits_tokens = true};
    struct outcome outcome = play_sessions(&play);
    assert_int_equal(outcome.n_turns, 19);
    assert_int_equal(outcome.n_appends, 14);
    assert_in_range(outcome.n_computed, 1, outcome.n_prompt / 5);
}

TEST(replay, also_in_turns_with_few_snapshots)
{
    (void)state;
    struct play play = {.sessions = {own[0], own[1]},
                        .options.splits_tokens = true,
                        .alternates = true,
                        .n_snapshots = 10};
    assert_int_equal(play_sessions(&play).n_appends, 14);
}

// What was answered must be known again, too: the answers' tokens are not those of a tokenizer.
TEST(replay, also_after_an_unload_or_a_restart_before_each_turn)
{
    (void)state;
    for (enum between between = UNLOAD; between <= RESTART; between++) {
        struct folder folder;
        folder_make(&folder);
        struct play play = {.sessions = {own[0], own[1]},
                            .options.splits_tokens = true,
                            .alternates = true,
                            .between = between,
                            .cache_folder = folder.path};
        struct outcome outcome = play_sessions(&play);
        assert_int_equal(outcome.n_appends, 14);
        assert_true(outcome.n_from_disk > outcome.n_prompt / 2);
        folder_remove_all(folder.path);
    }
}

// ---- what the real clients sent ----

static char *read_template(void)
{
    static char text[64 * 1024];
    char path[1000];
    if (!test_data_folder())
        return NULL;
    snprintf(path, sizeof path, "%s/data/templates/Qwen3.6-reconstructed.jinja",
             test_data_folder());
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

static const struct {
    const char *folder;
    size_t n_appends;
} captures[] = {
    {"claude-code-2.1.197/multi-turn", 3},
    {"claude-code-2.1.197/interactive", 6},
    {"claude-code-2.1.197/thinking", 6},
    {"claude-code-2.1.197/subagent", 3},
    {"claude-code-2.1.197/tool-errors", 30},
    {"opencode-1.18.33/multi-run", 9},
    {"codex-0.169.0/resume", 4},
    {"codex-0.169.0/compaction", 3},
};

// Sanitizers make all of them minutes; two go through the same code.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const size_t n_captures = 2;
#else
static const size_t n_captures = COUNT_OF(captures);
#endif

// With few tools and short texts, because tiny models have few merges; `hearth bench --session` has no
// such limit.
static void play_captures(bool alternates, enum between between, const char *cache_folder)
{
    static char paths[COUNT_OF(captures)][1000];
    struct play play = {.cuts = {.n_text_max = 40, .n_tools_max = 2},
                        .options.splits_tokens = true,
                        .template_text = read_template(),
                        .alternates = alternates,
                        .between = between,
                        .cache_folder = cache_folder};
    size_t n_appends = 0;
    struct stat info;
    if (!play.template_text)
        skip();
    for (size_t i = 0; i < n_captures; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/wire/captures/%s", test_data_folder(),
                 captures[i].folder);
        play.sessions[i] = paths[i];
        n_appends += captures[i].n_appends;
    }
    if (stat(paths[0], &info) != 0)
        skip();
    assert_int_equal(play_sessions(&play).n_appends, n_appends);
}

TEST(replay, recordings_of_real_clients_compute_only_what_is_new)
{
    (void)state;
    play_captures(false, NOTHING, NULL);
}

TEST(replay, recordings_of_real_clients_in_turns_do_so_too)
{
    (void)state;
    play_captures(true, NOTHING, NULL);
}

TEST(replay, recordings_of_real_clients_go_on_after_restarts)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    play_captures(true, RESTART, folder.path);
    folder_remove_all(folder.path);
}

RUN_TESTS(IS(replay, our_sessions_compute_only_what_is_new),
          IS(replay, also_in_turns_with_few_snapshots),
          IS(replay, also_after_an_unload_or_a_restart_before_each_turn),
          IS(replay, recordings_of_real_clients_compute_only_what_is_new),
          IS(replay, recordings_of_real_clients_in_turns_do_so_too),
          IS(replay, recordings_of_real_clients_go_on_after_restarts))
