// Continuing from the cache against computing from nothing, with the real forward pass on tiny models
// of every architecture.  HEARTH_OPERATIONS sets how many requests each model gets.
#include "engine/engine.h"

#include <limits.h>

#include "base/memory.h"
#include "base/rng.h"
#include "engine/store.h"
#include "model/synthetic.h"
#include "tests/engine/cache_folder.h"
#include "tests/test.h"

enum { N_CONVERSATIONS = 64, N_TOKENS_MAX = 320, N_AT_ONCE = 4, N_ANSWER = 6 };

struct side { // one engine with its own model
    struct backend *backend;
    struct model *model;
    struct engine *engine;
};

struct world {
    void *bytes;
    struct gguf *gguf;
    struct tokenizer *tokenizer;
    struct side warm, cold;
    struct rng rng;
    token_id tokens[N_CONVERSATIONS][N_TOKENS_MAX];
    uint32_t n_tokens[N_CONVERSATIONS];
    uint32_t n_vocab;
    uint64_t n_reused, n_computed, n_compared, n_from_disk;
    enum dtype cache_type;
    struct engine_config config; // of the warm side
    struct store_options disk;
};

#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct error error;                                                                        \
        if (call)                                                                                  \
            fail_msg("%s", error.text);                                                            \
    } while (0)

static void open_side(struct world *w, struct side *side, const struct engine_config *config)
{
    struct backend_options backend_options = {.n_threads = 2, .cpu_features = UINT_MAX};
    struct model_options options = {.k_type = w->cache_type, .v_type = w->cache_type};
    struct hyperparams *hyperparams = mem_new(struct hyperparams, 1);
    MUST(hyperparams_read(hyperparams, w->gguf, &error));
    engine_model_options(hyperparams, config, &options);
    free(hyperparams);
    MUST(backend_open(&side->backend, "cpu", &backend_options, &error));
    MUST(model_open(&side->model, w->gguf, side->backend, &options, &error));
    MUST(engine_open(&side->engine, side->model, w->tokenizer, config, &error));
}

static void close_side(struct side *side)
{
    engine_close(side->engine);
    model_close(side->model);
    backend_close(side->backend);
}

// With a folder the warm side keeps states on disk.
static void open_world(struct world *w, const char *name, const char *recipe, enum dtype cache_type,
                       const char *folder)
{
    struct synthetic_options options = {.recipe = recipe, .seed = 11};
    size_t size;
    MUST(synthetic_make(&w->bytes, &size, name, &options, &error));
    MUST(gguf_open_memory(&w->gguf, w->bytes, size, name, &error));
    MUST(tokenizer_open(&w->tokenizer, w->gguf, &error));
    struct engine_config config = {.n_context = N_TOKENS_MAX + 16,
                                   .n_parallel = N_AT_ONCE,
                                   .n_queue_max = 64,
                                   .n_batch = 96,
                                   .n_cache_tokens = 1500,
                                   .snapshot_size_max = 4 * MIB};
    w->cache_type = cache_type;
    w->config = config;
    w->disk = (struct store_options){
        .folder = folder, .n_tokens_min = 20, .quiet_ms = 1, .no_sync = true};
    if (folder)
        w->config.disk = &w->disk;
    open_side(w, &w->warm, &w->config);
    config.n_parallel = 1;
    config.snapshot_size_max = 0;
    open_side(w, &w->cold, &config);
    w->n_vocab = (uint32_t)tokenizer_n_tokens(w->tokenizer);
    rng_seed(&w->rng, 21);
}

static void close_world(struct world *w)
{
    close_side(&w->warm);
    close_side(&w->cold);
    tokenizer_close(w->tokenizer);
    gguf_close(w->gguf);
    free(w->bytes);
}

static uint32_t below(struct world *w, uint32_t n)
{
    return (uint32_t)rng_below(&w->rng, n);
}

// Extends, forks, edits, cuts or drops a conversation.
static void change(struct world *w, uint32_t i)
{
    uint32_t *n = &w->n_tokens[i], kind = below(w, 8), j = below(w, N_CONVERSATIONS);
    if (kind == 0)
        *n = 0;
    if (kind == 1) {
        memcpy(w->tokens[i], w->tokens[j], sizeof w->tokens[i]);
        *n = w->n_tokens[j];
    }
    if (kind == 2 && *n > 1) {
        uint32_t at = below(w, *n);
        w->tokens[i][at] = (token_id)below(w, w->n_vocab);
        *n = at + 1;
    }
    if (kind == 3)
        *n = below(w, *n + 1);
    uint32_t n_new = 1 + below(w, 90);
    if (*n + n_new + N_ANSWER > N_TOKENS_MAX)
        *n = 70;
    for (; n_new > 0; n_new--) { // the beginning is everybody's
        uint32_t n_kinds = *n < 70 ? 1 : w->n_vocab;
        w->tokens[i][(*n)++] = (token_id)below(w, n_kinds);
    }
}

struct answer {
    token_id tokens[N_ANSWER];
    uint32_t n_tokens;
    enum stop_reason stop;
    struct request_stats stats;
};

static struct request *submit(struct world *w, struct side *side, uint32_t i, bool reuses)
{
    uint32_t boundaries[] = {70, w->n_tokens[i] / 2, w->n_tokens[i] - 10};
    struct generation generation = {
        .tokens = w->tokens[i],
        .n_tokens = w->n_tokens[i],
        .boundaries = boundaries,
        .n_boundaries = 3,
        .max_tokens = N_ANSWER,
        .prompt_logprobs = !reuses,
        .ignores_end = true,
    };
    struct request *request;
    MUST(engine_submit(side->engine, &request, &generation, NULL, NULL, &error));
    return request;
}

static void finish(struct request *request, struct answer *answer)
{
    struct event event = {0};
    *answer = (struct answer){0};
    while (event.kind != EVENT_STOP) {
        if (!request_next(request, &event, 60000))
            fail_msg("no event for a minute");
        if (event.kind == EVENT_TOKEN && !event.is_prompt)
            answer->tokens[answer->n_tokens++] = event.token;
    }
    answer->stop = event.stop;
    request_stats(request, &answer->stats);
    request_close(request);
}

static void compare(struct world *w, uint32_t i, const struct answer *warm)
{
    struct answer cold;
    finish(submit(w, &w->cold, i, false), &cold);
    assert_int_equal(cold.stats.n_reused, 0);
    assert_int_equal(warm->n_tokens, N_ANSWER);
    assert_memory_equal(warm->tokens, cold.tokens, sizeof cold.tokens);
    assert_true(warm->stats.logits_hash == cold.stats.logits_hash);
    w->n_compared++;
    w->n_reused += warm->stats.n_reused;
    w->n_computed += warm->stats.n_computed;
    w->n_from_disk += warm->stats.n_from_disk;
}

static void converse(const char *name, const char *recipe, enum dtype cache_type,
                     const char *folder)
{
    const char *wanted = getenv("HEARTH_OPERATIONS");
    int n_rounds = (wanted ? atoi(wanted) : 48) / N_AT_ONCE;
    struct world *w = mem_new(struct world, 1);
    open_world(w, name, recipe, cache_type, folder);
    for (int round = 0; round < n_rounds; round++) {
        if (folder && round % 3 == 2) {
            close_side(&w->warm);
            open_side(w, &w->warm, &w->config);
        }
        struct request *requests[N_AT_ONCE];
        struct answer answers[N_AT_ONCE];
        uint32_t who[N_AT_ONCE];
        for (int k = 0; k < N_AT_ONCE; k++) {
            // Few are live at a time, and others come back later.
            who[k] = (uint32_t)k +
                     N_AT_ONCE * below(w, 1 + (uint32_t)round % (N_CONVERSATIONS / N_AT_ONCE));
            change(w, who[k]);
            requests[k] = submit(w, &w->warm, who[k], true);
            if (below(w, 8) == 0)
                request_cancel(requests[k]);
        }
        for (int k = 0; k < N_AT_ONCE; k++)
            finish(requests[k], &answers[k]);
        for (int k = 0; k < N_AT_ONCE; k++) {
            uint32_t i = who[k];
            if (answers[k].stop == STOP_CANCELLED)
                continue;
            assert_int_equal(answers[k].stop, STOP_LENGTH);
            compare(w, i, &answers[k]);
            memcpy(w->tokens[i] + w->n_tokens[i], answers[k].tokens, sizeof answers[k].tokens);
            w->n_tokens[i] += N_ANSWER;
        }
    }
    print_message(
        "    %s: %u answers compared, %u tokens reused, %u of them from disk, %u computed\n", name,
        (unsigned)w->n_compared, (unsigned)w->n_reused, (unsigned)w->n_from_disk,
        (unsigned)w->n_computed);
    assert_true((w->n_from_disk > 0) == (folder != NULL));
    assert_true(w->n_reused > w->n_computed / 4);
    close_world(w);
    free(w);
}

TEST(engine_model, continues_exactly_on_every_architecture)
{
    (void)state;
    const char *name;
    int n_models = 0;
    for (size_t i = 0; (name = synthetic_name_at(i)); i++) {
        if (strncmp(name, "tiny-", 5) != 0)
            continue;
        converse(name, "Q8_0", DTYPE_F16, NULL);
        n_models++;
    }
    assert_true(n_models >= 5);
}

// Closed and opened again every third round.
TEST(engine_model, continues_exactly_from_disk)
{
    (void)state;
    static const struct {
        const char *name, *recipe;
        enum dtype cache_type;
    } cases[] = {
        {"tiny-qwen35moe", "F32", DTYPE_F32},  {"tiny-qwen35moe", "Q4_K_M", DTYPE_F16},
        {"tiny-qwen35", "Q4_K_M", DTYPE_Q8_0}, {"tiny-qwen3", "F32", DTYPE_F16},
        {"tiny-llama", "Q4_K_M", DTYPE_Q4_0},  {"tiny-qwen3moe", "Q8_0", DTYPE_Q5_0},
        {"tiny-gemma3", "Q8_0", DTYPE_Q8_0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct cache_folder folder;
        cache_folder_make(&folder);
        converse(cases[i].name, cases[i].recipe, cases[i].cache_type, folder.path);
        cache_folder_remove(&folder);
    }
}

RUN_TESTS(IS(engine_model, continues_exactly_on_every_architecture),
          IS(engine_model, continues_exactly_from_disk))
