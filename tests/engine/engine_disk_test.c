// The engine with a disk cache, over the hashing model: every answer is the one computed from nothing.
#include "engine/engine.h"

#include "base/os.h"
#include "engine/store.h"
#include "tests/engine/cache_folder.h"
#include "tests/engine/fake_model.h"
#include "tests/test.h"

enum { N_PROMPT = 600, N_ANSWER = 8 };

static const struct fake_config kinds[] = {
    {.has_full = true},
    {.has_states = true},
    {.has_full = true, .has_states = true},
    {.has_full = true, .window = 70},
};

struct rig {
    struct fake_config fake;
    struct engine_config config;
    struct store_options disk;
    struct model *model;
    struct engine *engine;
    char line[600]; // the last of the log
    unsigned n_lines;
};

static void keep_line(void *context, const char *line)
{
    struct rig *rig = context;
    snprintf(rig->line, sizeof rig->line, "%s", line);
    rig->n_lines++;
}

static void open_engine(struct rig *rig)
{
    struct hyperparams hyperparams;
    struct model_options options = {.k_type = DTYPE_F16, .v_type = DTYPE_F16};
    struct error error;
    fake_hyperparams(&hyperparams, rig->fake);
    engine_model_options(&hyperparams, &rig->config, &options);
    rig->model = fake_open(rig->fake, &options);
    assert_int_equal(engine_open(&rig->engine, rig->model, NULL, &rig->config, &error), OK);
}

static void close_engine(struct rig *rig)
{
    engine_close(rig->engine);
    assert_int_equal(rig->model->n_violations, 0);
    fake_close(rig->model);
}

static void open_rig(struct rig *rig, struct fake_config fake, const char *folder)
{
    *rig = (struct rig){.fake = fake};
    rig->disk = (struct store_options){.folder = folder,
                                       .n_tokens_min = 20,
                                       .quiet_ms = 1,
                                       .no_sync = true,
                                       .log = keep_line,
                                       .log_context = rig};
    rig->config = (struct engine_config){.n_context = 2000,
                                         .n_parallel = 3,
                                         .n_queue_max = 100,
                                         .n_batch = 64,
                                         .n_cache_tokens = 6000,
                                         .snapshot_size_max = 64 * KIB,
                                         .disk = &rig->disk};
    open_engine(rig);
}

static void open_again(struct rig *rig)
{
    close_engine(rig);
    open_engine(rig);
}

static void fill(token_id *tokens, uint32_t n, uint32_t parts_at, uint64_t seed)
{
    for (uint32_t i = 0; i < n; i++)
        tokens[i] = (token_id)(fake_mix(i, i < parts_at ? 0 : seed) % FAKE_VOCAB);
}

static struct request *submit(struct rig *rig, const token_id *tokens, uint32_t n)
{
    struct request *request;
    struct error error;
    uint32_t boundaries[] = {n / 3, n - 40};
    struct generation generation = {.tokens = tokens,
                                    .n_tokens = n,
                                    .boundaries = boundaries,
                                    .n_boundaries = 2,
                                    .max_tokens = N_ANSWER,
                                    .ignores_end = true};
    if (engine_submit(rig->engine, &request, &generation, NULL, NULL, &error))
        fail_msg("%s", error.text);
    return request;
}

// Appends the answer to the tokens, each of which must be the one that follows from nothing.
static struct request_stats finish(struct rig *rig, struct request *request, token_id *tokens,
                                   uint32_t n)
{
    struct event event = {0};
    struct request_stats stats;
    float logits[FAKE_VOCAB];
    while (event.kind != EVENT_STOP) {
        assert_true(request_next(request, &event, 60000));
        if (event.kind != EVENT_TOKEN)
            continue;
        token_id best = 0;
        fake_fill_logits(logits, fake_cold(rig->fake, tokens, n));
        for (token_id v = 1; v < FAKE_VOCAB; v++)
            best = logits[v] > logits[best] ? v : best;
        assert_int_equal(event.token, best);
        tokens[n++] = event.token;
    }
    assert_int_equal(event.stop, STOP_LENGTH);
    request_stats(request, &stats);
    request_close(request);
    return stats;
}

static struct request_stats ask(struct rig *rig, token_id *tokens, uint32_t n)
{
    return finish(rig, submit(rig, tokens, n), tokens, n);
}

TEST(engine_disk, the_next_engine_computes_new_tokens_only)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct cache_folder folder;
        struct rig rig;
        token_id tokens[N_PROMPT + 200];
        cache_folder_make(&folder);
        open_rig(&rig, kinds[i], folder.path);
        fill(tokens, N_PROMPT, 0, 5);
        assert_int_equal(ask(&rig, tokens, N_PROMPT).n_reused, 0);
        open_again(&rig);
        // Its answer, but for the last token, which was never computed, and a new question.
        uint32_t n_known = N_PROMPT + N_ANSWER - 1, n = N_PROMPT + N_ANSWER + 50;
        fill(tokens + N_PROMPT + N_ANSWER, 50, 0, 6);
        struct request_stats stats = ask(&rig, tokens, n);
        assert_int_equal(stats.n_reused, n_known);
        assert_int_equal(stats.n_from_disk, n_known);
        assert_int_equal(stats.first_difference, n_known);
        // From now on it is in the tree.
        tokens[n - 1] ^= 1;
        stats = ask(&rig, tokens, n);
        assert_int_equal(stats.n_from_disk, 0);
        assert_true(stats.n_reused >= n_known);
        close_engine(&rig);
        assert_int_equal(rig.n_lines, 0);
        cache_folder_remove(&folder);
    }
}

TEST(engine_disk, a_trunk_serves_conversations_that_begin_at_once_after_a_restart)
{
    (void)state;
    enum { N = 8 };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct cache_folder folder;
        struct rig rig;
        static token_id tokens[N][N_PROMPT + 200];
        struct request *requests[N];
        cache_folder_make(&folder);
        open_rig(&rig, kinds[i], folder.path);
        fill(tokens[0], N_PROMPT, 400, 1);
        ask(&rig, tokens[0], N_PROMPT);
        open_again(&rig);
        for (uint32_t k = 0; k < N; k++) {
            fill(tokens[k], N_PROMPT, 400, 2 + k);
            requests[k] = submit(&rig, tokens[k], N_PROMPT);
        }
        uint32_t n_from_disk = 0, n_reused = 0;
        for (uint32_t k = 0; k < N; k++) {
            struct request_stats stats = finish(&rig, requests[k], tokens[k], N_PROMPT);
            n_from_disk += stats.n_from_disk;
            n_reused += stats.n_reused;
        }
        // A third of the prompt is the trunk; it is read once and shared.
        assert_true(n_from_disk >= 200 && n_from_disk < 2 * 400);
        assert_true(n_reused >= N * 200);
        close_engine(&rig);
        cache_folder_remove(&folder);
    }
}

TEST(engine_disk, cancelling_in_the_middle_of_reading_harms_nothing)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct cache_folder folder;
        struct rig rig;
        token_id tokens[2][N_PROMPT + 200];
        cache_folder_make(&folder);
        open_rig(&rig, kinds[i], folder.path);
        fill(tokens[0], N_PROMPT, 400, 1);
        fill(tokens[1], N_PROMPT, 400, 2);
        ask(&rig, tokens[0], N_PROMPT);
        ask(&rig, tokens[1], N_PROMPT);
        for (unsigned round = 0; round < 12; round++) {
            open_again(&rig);
            struct request *request = submit(&rig, tokens[0], N_PROMPT + N_ANSWER);
            struct request *other = submit(&rig, tokens[1], N_PROMPT);
            usleep(round * 40);
            request_cancel(request);
            request_close(request);
            finish(&rig, other, tokens[1], N_PROMPT);
        }
        assert_true(ask(&rig, tokens[0], N_PROMPT).n_reused > 0);
        close_engine(&rig);
        cache_folder_remove(&folder);
    }
}

TEST(engine_disk, a_conversation_that_rests_is_written_without_being_asked)
{
    (void)state;
    struct cache_folder folder;
    struct rig rig;
    token_id tokens[N_PROMPT + 200];
    cache_folder_make(&folder);
    open_rig(&rig, kinds[2], folder.path);
    fill(tokens, N_PROMPT, 0, 1);
    ask(&rig, tokens, N_PROMPT);
    // Two whole chunks, the trunk, the end of the prompt or answer and what lies before it.
    for (int i = 0; i < 500 && cache_folder_visit(&folder, NULL, NULL) < 5; i++)
        usleep(10000);
    assert_int_equal(cache_folder_visit(&folder, NULL, NULL), 5);
    close_engine(&rig);
    assert_int_equal(cache_folder_visit(&folder, NULL, NULL), 5);
    cache_folder_remove(&folder);
}

TEST(engine_disk, where_a_prompt_parts_from_what_only_the_disk_knows_is_told)
{
    (void)state;
    // The conversation parts in its first chunk, in a later one, where one begins, and not at all.
    const uint32_t places[] = {10, 300, 511, 512, N_PROMPT};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct cache_folder folder;
        struct rig rig;
        token_id tokens[N_PROMPT + N_ANSWER + 1], first[N_PROMPT + N_ANSWER + 1];
        cache_folder_make(&folder);
        open_rig(&rig, kinds[2], folder.path);
        fill(first, N_PROMPT, 0, 1);
        ask(&rig, first, N_PROMPT);
        open_again(&rig);
        memcpy(tokens, first, sizeof tokens);
        if (places[i] < N_PROMPT)
            for (uint32_t k = places[i]; k < N_PROMPT; k++)
                tokens[k] = (first[k] + 1) % FAKE_VOCAB;
        struct request_stats stats = ask(&rig, tokens, N_PROMPT);
        if (places[i] == N_PROMPT) {
            assert_int_equal(stats.n_other, 0);
        } else {
            assert_int_equal(stats.first_difference, places[i]);
            assert_in_range(stats.n_other, 1, ENGINE_DIFFERENCE_TOKENS);
            assert_memory_equal(stats.other, first + places[i], stats.n_other * sizeof *first);
        }
        close_engine(&rig);
        cache_folder_remove(&folder);
    }
}

// Until a new file is there and no more come; not forever, for there may be nothing to write.
static void wait_for_files(const struct cache_folder *folder, size_t *n_files)
{
    size_t n_before = *n_files, n_same = 0;
    for (int i = 0; i < 100 && (n_same < 5 || (*n_files == n_before && i < 40)); i++) {
        usleep(10000);
        size_t n = cache_folder_visit(folder, NULL, NULL);
        n_same = n == *n_files ? n_same + 1 : 0;
        *n_files = n;
    }
}

// Nothing rests long enough to be written for that reason, and memory holds two or three conversations.
TEST(engine_disk, what_memory_has_no_room_for_is_written_first)
{
    (void)state;
    enum { N = 10 };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct cache_folder folder;
        struct rig rig;
        token_id tokens[N_PROMPT + N_ANSWER + 1];
        cache_folder_make(&folder);
        open_rig(&rig, kinds[i], folder.path);
        size_t n_files = 0;
        rig.disk.quiet_ms = 3600 * 1000;
        rig.config.n_cache_tokens = 2600;
        rig.config.snapshot_size_max = 8 * KIB;
        open_again(&rig);
        for (uint64_t seed = 1; seed <= N; seed++) {
            fill(tokens, N_PROMPT, 0, seed);
            ask(&rig, tokens, N_PROMPT);
            if (seed == 1) { // one that is written already can be forgotten at once
                open_again(&rig);
                ask(&rig, tokens, N_PROMPT);
            }
            wait_for_files(&folder, &n_files); // as long as a person reads
        }
        open_again(&rig);
        uint32_t n_lost = 0;
        for (uint64_t seed = 1; seed <= N; seed++) {
            fill(tokens, N_PROMPT, 0, seed);
            struct request_stats stats = ask(&rig, tokens, N_PROMPT);
            n_lost += stats.n_from_disk < N_PROMPT - 40;
        }
        if (n_lost)
            fail_msg("kind %zu: %u of %u conversations were forgotten", i, n_lost, N);
        close_engine(&rig);
        cache_folder_remove(&folder);
    }
}

TEST(engine_disk, without_a_usable_folder_everything_stays_in_memory)
{
    (void)state;
    struct rig rig;
    token_id tokens[N_PROMPT + 200];
    open_rig(&rig, kinds[2], "/dev/null/cache");
    assert_int_equal(rig.n_lines, 1);
    assert_non_null(strstr(rig.line, "nothing is kept on disk: /dev/null/cache"));
    fill(tokens, N_PROMPT, 0, 1);
    ask(&rig, tokens, N_PROMPT);
    assert_true(ask(&rig, tokens, N_PROMPT).n_reused > 0);
    close_engine(&rig);
}

RUN_TESTS(IS(engine_disk, the_next_engine_computes_new_tokens_only),
          IS(engine_disk, a_trunk_serves_conversations_that_begin_at_once_after_a_restart),
          IS(engine_disk, cancelling_in_the_middle_of_reading_harms_nothing),
          IS(engine_disk, a_conversation_that_rests_is_written_without_being_asked),
          IS(engine_disk, where_a_prompt_parts_from_what_only_the_disk_knows_is_told),
          IS(engine_disk, what_memory_has_no_room_for_is_written_first),
          IS(engine_disk, without_a_usable_folder_everything_stays_in_memory))
