// A token's logits depend on the tokens before it and on nothing else: not on where a prefill was cut,
// which other sequences shared its batch, how many threads ran, or a detour through save and restore.
// Bit for bit, on every architecture.
#include <sys/stat.h>

#include "base/rng.h"
#include "model/synthetic.h"
#include "tests/support/folder.h"
#include "tests/support/model_rig.h"
#include "tests/test.h"

enum { N_TOKENS = 200 };

struct shape {
    const char *name, *recipe;
    enum dtype kv;
};

// Every block kind, weight formats of both block sizes, and a quantised cache.
static const struct shape shapes[] = {
    {"tiny-qwen35moe", "UD-Q4_K_M", DTYPE_F16}, {"tiny-qwen35", "Q4_K_M", DTYPE_Q8_0},
    {"tiny-qwen3moe", "Q5_K_M", DTYPE_F16},     {"tiny-gemma3", "Q8_0", DTYPE_F16},
    {"tiny-qwen2", "F32", DTYPE_F32},           {"tiny-llama", "IQ4_XS", DTYPE_Q4_0},
    {"tiny-qwen3", "F16", DTYPE_Q5_0},
};
enum { N_SHAPES = sizeof shapes / sizeof shapes[0] };

static struct folder folder;
static token_id tokens[N_TOKENS], others[N_TOKENS];

static void model_path(char *path, size_t size, const struct shape *shape)
{
    char name[128];
    snprintf(name, sizeof name, "%s.%s.gguf", shape->name, shape->recipe);
    snprintf(path, size, "%s", folder_file(&folder, name));
}

static int set_up(void **state)
{
    (void)state;
    struct error error;
    struct rng rng;
    folder_make(&folder);
    for (int i = 0; i < N_SHAPES; i++) {
        char path[512];
        model_path(path, sizeof path, &shapes[i]);
        struct synthetic_options options = {.recipe = shapes[i].recipe,
                                            .seed = 7,
                                            .n_layers = strstr(shapes[i].name, "gemma") ? 6 : 4};
        if (synthetic_write(path, shapes[i].name, &options, &error)) {
            print_error("%s\n", error.text);
            return 1;
        }
    }
    rng_seed(&rng, 3);
    for (int i = 0; i < N_TOKENS; i++) {
        tokens[i] = (token_id)rng_below(&rng, 900);
        others[i] = (token_id)rng_below(&rng, 900);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

// All logits of `tokens`, run in steps of `chunk`; [N_TOKENS, n_vocab] for free().
static float *logits_of(const struct shape *shape, uint32_t chunk, unsigned n_threads,
                        uint32_t *n_vocab)
{
    char path[512];
    struct rig rig;
    model_path(path, sizeof path, shape);
    rig_open(
        &rig, path,
        &(struct rig_options){.k_type = shape->kv, .v_type = shape->kv, .n_threads = n_threads});
    float *logits = malloc((size_t)N_TOKENS * rig.n_vocab * sizeof *logits);
    rig_reset(&rig, 0);
    rig_run(&rig, 0, tokens, N_TOKENS, chunk, logits);
    *n_vocab = rig.n_vocab;
    rig_close(&rig);
    return logits;
}

static void assert_same(const struct shape *shape, const char *what, const float *a, const float *b,
                        size_t n_rows, uint32_t n_vocab)
{
    for (size_t r = 0; r < n_rows; r++)
        if (memcmp(a + r * n_vocab, b + r * n_vocab, n_vocab * sizeof *a) != 0)
            fail_msg("%s %s: %s: row %zu differs", shape->name, shape->recipe, what, r);
}

TEST(invariance, a_prefill_may_be_cut_anywhere)
{
    (void)state;
    static const uint32_t chunks[] = {1, 7, 64, 512};
    for (int i = 0; i < N_SHAPES; i++) {
        uint32_t n_vocab;
        float *whole = logits_of(&shapes[i], 512, 2, &n_vocab);
        for (size_t c = 0; c < 3; c++) {
            float *cut = logits_of(&shapes[i], chunks[c], 2, &n_vocab);
            assert_same(&shapes[i], "chunks", whole, cut, N_TOKENS, n_vocab);
            free(cut);
        }
        free(whole);
    }
}

TEST(invariance, threads_do_not_change_a_bit)
{
    (void)state;
    for (int i = 0; i < N_SHAPES; i++) {
        uint32_t n_vocab;
        float *two = logits_of(&shapes[i], 33, 2, &n_vocab);
        static const unsigned n_threads[] = {1, 3};
        for (int t = 0; t < 2; t++) {
            float *other = logits_of(&shapes[i], 33, n_threads[t], &n_vocab);
            assert_same(&shapes[i], "threads", two, other, N_TOKENS, n_vocab);
            free(other);
        }
        free(two);
    }
}

TEST(invariance, company_in_the_batch_does_not_matter)
{
    (void)state;
    for (int i = 0; i < N_SHAPES; i++) {
        uint32_t n_vocab;
        float *alone = logits_of(&shapes[i], 512, 2, &n_vocab);
        char path[512];
        struct rig rig;
        model_path(path, sizeof path, &shapes[i]);
        rig_open(
            &rig, path,
            &(struct rig_options){.k_type = shapes[i].kv, .v_type = shapes[i].kv, .n_slots = 3});
        float *logits = malloc((size_t)512 * n_vocab * sizeof *logits);
        for (uint32_t s = 0; s < 3; s++)
            rig_reset(&rig, s);
        // Sequence 1 is ours; the others come and go with steps of other lengths.
        for (uint32_t at = 0, step = 1; at < N_TOKENS; step = step % 9 + 1) {
            uint32_t n = N_TOKENS - at < step ? N_TOKENS - at : step, m = (step * 5) % 7 + 1;
            if (rig.position[0] + m > N_TOKENS)
                rig_reset(&rig, 0);
            if (rig.position[2] + 1 > N_TOKENS)
                rig_reset(&rig, 2);
            const uint32_t slots[] = {0, 1, 2}, lengths[] = {m, n, 1};
            const token_id *rows[] = {others + rig.position[0], tokens + at,
                                      others + rig.position[2]};
            rig_step(&rig, slots, rows, lengths, 3, logits);
            assert_same(&shapes[i], "company", alone + (size_t)at * n_vocab,
                        logits + (size_t)m * n_vocab, n, n_vocab);
            at += n;
        }
        rig_close(&rig);
        free(logits);
        free(alone);
    }
}

// After every position of a short run: save pages and state, run on in another sequence from the
// restored copy, and compare with having gone on directly.
TEST(invariance, a_saved_state_continues_as_if_nothing_had_happened)
{
    (void)state;
    enum { N_SHORT = 70, N_MORE = 5 };
    for (int i = 0; i < N_SHAPES; i++) {
        uint32_t n_vocab;
        float *whole = logits_of(&shapes[i], 512, 2, &n_vocab);
        char path[512];
        struct rig rig;
        model_path(path, sizeof path, &shapes[i]);
        rig_open(
            &rig, path,
            &(struct rig_options){
                .k_type = shapes[i].kv, .v_type = shapes[i].kv, .n_slots = 2, .n_context = 256});
        float *logits = malloc((size_t)N_MORE * n_vocab * sizeof *logits);
        size_t state_size = backend_state_size(rig.backend);
        void *saved_state = malloc(state_size + 1);
        int n_groups = model_caches(rig.model)->n_groups;
        rig_reset(&rig, 0);
        for (uint32_t at = 1; at < N_SHORT; at++) {
            rig_run(&rig, 0, tokens + at - 1, 1, 1, NULL);
            for (int g = 0; g < n_groups; g++)
                for (uint32_t p = 0; p <= at / KV_PAGE_TOKENS; p++) {
                    void *page = malloc(backend_page_size(rig.backend, (uint32_t)g));
                    backend_save_page(rig.backend, (uint32_t)g, rig.pages[g][p], page);
                    backend_restore_page(rig.backend, (uint32_t)g, rig.pages[KV_GROUPS_MAX + g][p],
                                         page);
                    free(page);
                }
            if (state_size && at % 2) {
                backend_save_state(rig.backend, 0, saved_state);
                backend_restore_state(rig.backend, 1, saved_state);
            } else if (state_size) {
                backend_copy_state(rig.backend, 1, 0);
            }
            rig.position[1] = at;
            rig_run(&rig, 1, tokens + at, N_MORE, N_MORE, logits);
            assert_same(&shapes[i], "restore", whole + (size_t)at * n_vocab, logits, N_MORE,
                        n_vocab);
        }
        free(saved_state);
        free(logits);
        rig_close(&rig);
        free(whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IS(invariance, a_prefill_may_be_cut_anywhere),
        IS(invariance, threads_do_not_change_a_bit),
        IS(invariance, company_in_the_batch_does_not_matter),
        IS(invariance, a_saved_state_continues_as_if_nothing_had_happened),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
