// What a server computed helps the next one: the program itself ($HEARTH), stopped and killed.
#include <sys/wait.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include "api/json.h"
#include "engine/store_folder.h"
#include "tests/engine/cache_folder.h"
#include "tests/server/double.h"

struct life { // one server process
    pid_t child;
    struct harness h;
    char log[300];
};

static void start(struct life *life, const char *model, const char *type, const char *folder,
                  const char *log)
{
    const char *program = getenv("HEARTH");
    const char *port = NULL;
    snprintf(life->log, sizeof life->log, "%s", log);
    unlink(life->log);
    life->child = fork();
    if (life->child == 0) {
#if defined(__linux__)
        prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that fails leaves no server behind
#endif
        execl(program ? program : "build/hearth", "hearth", "serve", "--synthetic", model, "--port",
              "0", "-c", "4096", "-np", "2", "-t", "1", "-ctk", type, "-ctv", type, "--log-file",
              log, folder ? "--cache-dir" : "--no-disk-cache", folder, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 500 && !port; i++) {
        double_pause(20);
        if (access(log, R_OK) != 0)
            continue;
        char *text = test_read_file(log, NULL);
        port = strstr(text, "model loaded") ? strstr(text, "http://127.0.0.1:") : NULL;
        if (port)
            life->h.port = atoi(port + strlen("http://127.0.0.1:"));
        free(text);
    }
    if (!port)
        fail_msg("the server did not start");
}

static void stop(struct life *life, int signal)
{
    int status;
    kill(life->child, signal);
    assert_int_equal(waitpid(life->child, &status, 0), life->child);
    assert_true(signal == SIGKILL || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

// The line about a request comes after its answer.
static bool log_says(const struct life *life, const char *part)
{
    bool says = false;
    for (int i = 0; i < 250 && !says; i++) {
        char *text = test_read_file(life->log, NULL);
        says = strstr(text, part) != NULL;
        free(text);
        if (!says)
            double_pause(20);
    }
    return says;
}

struct answer {
    char text[1000];
    int n_reused, n_computed;
};

static void complete(const struct life *life, struct answer *answer, const char *prompt)
{
    struct buf body = {0};
    struct json_object *json = NULL;
    struct error error;
    buf_printf(&body, "{\"prompt\":\"%s\",\"n_predict\":24,\"temperature\":0,\"ignore_eos\":true}",
               prompt);
    char *response = client_ask(&life->h, "POST", "/completion", "", body.data);
    const char *content = strstr(response, "\r\n\r\n");
    if (!content || json_read(&json, str_of(content + 4), &error))
        fail_msg("no answer: %s", response);
    struct str text = json_str_at(json, "content");
    snprintf(answer->text, sizeof answer->text, "%.*s", (int)text.size, text.data);
    answer->n_reused = json_object_get_int(json_at(json, "timings.cache_n"));
    answer->n_computed = json_object_get_int(json_at(json, "timings.prompt_n"));
    json_object_put(json);
    free(response);
    buf_release(&body);
}

static size_t count_states(const struct cache_folder *folder)
{
    struct store_listing listing;
    size_t n = 0;
    store_folder_list(&listing, folder->path, NULL);
    for (size_t i = 0; i < listing.n_entries; i++)
        n += listing.entries[i].file.kind != STORE_CHUNK;
    store_listing_release(&listing);
    return n;
}

// What `hearth cache COMMAND` prints.
static void cache(const struct cache_folder *folder, const char *command, char *out, size_t size)
{
    char line[600];
    const char *program = getenv("HEARTH");
    snprintf(line, sizeof line, "%s cache %s --cache-dir %s", program ? program : "build/hearth",
             command, folder->path);
    FILE *pipe = popen(line, "r");
    size_t n = fread(out, 1, size - 1, pipe);
    out[n] = 0;
    assert_int_equal(pclose(pipe), 0);
}

static void check_cache_command(const struct cache_folder *folder, const char *model)
{
    char out[4000];
    cache(folder, "list", out, sizeof out);
    assert_non_null(strstr(out, model));
    assert_non_null(strstr(out, " tip "));
    assert_non_null(strstr(out, " pages "));
    size_t n_before = cache_folder_visit(folder, NULL, NULL);
    cache(folder, "prune --max-size 1T", out, sizeof out);
    assert_non_null(strstr(out, "0 files removed"));
    assert_int_equal(cache_folder_visit(folder, NULL, NULL), n_before);
    cache(folder, "clear", out, sizeof out);
    assert_int_equal(cache_folder_visit(folder, NULL, NULL), 0);
    cache(folder, "list", out, sizeof out);
    assert_non_null(strstr(out, "0 files, 0 B in "));
}

// A conversation of two turns, with another server for the second.
static void converse(const char *model, const char *type, int signal)
{
    struct cache_folder folder;
    struct life life = {0};
    struct answer first, second, cold;
    char prompt[6000] = "", log[300];
    cache_folder_make(&folder);
    snprintf(log, sizeof log, "%s/log", folder.path);
    for (int i = 0; i < 120; i++)
        sprintf(prompt + strlen(prompt), "rule %d of the house is %d; ", i, i * i % 97);

    start(&life, model, type, folder.path, log);
    complete(&life, &first, prompt);
    assert_int_equal(first.n_reused, 0);
    if (signal == SIGKILL) // what has rested for two seconds is on disk
        for (int i = 0; i < 500 && count_states(&folder) < 2; i++)
            double_pause(20);
    stop(&life, signal);

    strcat(prompt, "and then?");
    start(&life, model, type, folder.path, log);
    complete(&life, &second, prompt);
    assert_true(log_says(&life, "(disk)"));
    stop(&life, SIGTERM);
    start(&life, model, type, NULL, log);
    complete(&life, &cold, prompt);
    stop(&life, SIGTERM);

    assert_int_equal(cold.n_reused, 0);
    assert_string_equal(second.text, cold.text);
    print_message("    %s %s: %d of %d tokens from disk\n", model, type, second.n_reused,
                  cold.n_computed);
    // All but the last token of the first prompt, behind which a state was kept.
    assert_true(second.n_reused >= first.n_computed - 1);
    unlink(log);
    check_cache_command(&folder, model);
    cache_folder_remove(&folder);
}

TEST(restart, a_stopped_server_leaves_what_it_computed_to_the_next)
{
    (void)state;
    converse("tiny-qwen3", "f16", SIGTERM);
    converse("tiny-qwen35moe", "q8_0", SIGTERM);
}

TEST(restart, so_does_one_that_was_killed)
{
    (void)state;
    converse("tiny-qwen35moe", "f16", SIGKILL);
    converse("tiny-gemma3", "q8_0", SIGKILL);
}

RUN_TESTS(IS(restart, a_stopped_server_leaves_what_it_computed_to_the_next),
          IS(restart, so_does_one_that_was_killed))
