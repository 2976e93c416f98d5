// The Vulkan backend against the CPU's, and against itself: a row's result depends neither on where
// a prefill was cut nor on the sequences beside it, and what is saved continues bit by bit.
#include <math.h>

#include "base/memory.h"
#include "model/synthetic.h"
#include "tensor/gguf_write.h"
#include "tests/support/driver_leaks.h"
#include "tests/support/folder.h"
#include "tests/support/model_rig.h"
#include "tests/test.h"

enum { N_TOKENS = 80 }; // two pages; more than the window of tiny-gemma3

static token_id tokens[N_TOKENS], others[N_TOKENS];

// Skips the running test, saying why, where there is no Vulkan.
static void need_vulkan(void)
{
#ifdef __SANITIZE_THREAD__
    print_message("skipped: drivers have threads that ThreadSanitizer was not built into\n");
    skip();
#endif
    struct backend *backend;
    struct error error;
    if (backend_open(&backend, "vulkan", &(struct backend_options){0}, &error)) {
        print_message("skipped: %s\n", error.text);
        skip();
    }
    backend_close(backend);
    for (uint32_t i = 0; i < N_TOKENS; i++) {
        tokens[i] = (token_id)((i * 7919 + i * i * 31) % 1000);
        others[i] = (token_id)((i * 104729 + 17) % 1000);
    }
}

static void must(enum err err, const struct error *error)
{
    if (err)
        fail_msg("%s", error->text);
}

// The same model with every weight as F32: what a float product with the stored weights means.
static void write_as_f32(const char *path, const char *from)
{
    struct gguf *gguf;
    struct error error;
    must(gguf_open(&gguf, from, &(struct gguf_options){.mode = GGUF_MAP}, &error), &error);
    struct gguf_writer *writer = gguf_writer_open();
    for (size_t i = 0; i < gguf_n_values(gguf); i++)
        gguf_writer_put_value(writer, gguf_value_at(gguf, i));
    for (size_t i = 0; i < gguf_n_tensors(gguf); i++) {
        const struct gguf_tensor *t = gguf_tensor_at(gguf, i);
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)t->name.size, t->name.data);
        gguf_writer_add_tensor(writer, name, DTYPE_F32, 4, t->ne);
    }
    must(gguf_writer_create(writer, path, &error), &error);
    for (size_t i = 0; i < gguf_n_tensors(gguf); i++) {
        const struct gguf_tensor *t = gguf_tensor_at(gguf, i);
        size_t n = (size_t)(t->ne[0] * t->ne[1] * t->ne[2] * t->ne[3]);
        float *values = mem_new(float, n);
        dtype_get(t->dtype)->dequantize(values, t->data, n);
        must(gguf_writer_append(writer, values, n * sizeof *values, &error), &error);
        free(values);
    }
    must(gguf_writer_publish(writer, &error), &error);
    gguf_writer_close(writer);
    gguf_close(gguf);
}

static void rig_make(struct rig *rig, const char *shape, const char *recipe, bool as_f32,
                     const struct rig_options *options)
{
    struct folder folder;
    struct error error;
    folder_make(&folder);
    const char *path = folder_file(&folder, "model.gguf");
    must(synthetic_write(path, shape, &(struct synthetic_options){.recipe = recipe, .seed = 5},
                         &error),
         &error);
    if (as_f32) {
        write_as_f32(folder_file(&folder, "f32.gguf"), path);
        path = folder_file(&folder, "f32.gguf");
    }
    rig_open(rig, path, options);
    folder_remove(&folder); // the open file stays readable
}

static float *new_logits(const struct rig *rig)
{
    return mem_new(float, (size_t)N_TOKENS * rig->n_vocab);
}

// ---- against the CPU ----

struct distance {
    double mean, max;
};

static struct distance distance_of(float *a, float *b, uint32_t n_rows, uint32_t n_vocab)
{
    struct distance d = {0};
    for (uint32_t r = 0; r < n_rows; r++) {
        log_softmax(a + (size_t)r * n_vocab, n_vocab);
        log_softmax(b + (size_t)r * n_vocab, n_vocab);
        for (uint32_t i = 0; i < n_vocab; i++) {
            double delta = fabs(a[(size_t)r * n_vocab + i] - b[(size_t)r * n_vocab + i]);
            assert_true(isfinite(delta));
            d.mean += delta / ((double)n_rows * n_vocab);
            d.max = delta > d.max ? delta : d.max;
        }
    }
    return d;
}

static float *run_once(const char *backend, const char *shape, const char *recipe, bool as_f32,
                       enum dtype kv, uint32_t *n_vocab)
{
    struct rig rig;
    rig_make(&rig, shape, recipe, as_f32,
             &(struct rig_options){.backend = backend, .k_type = kv, .v_type = kv});
    float *logits = new_logits(&rig);
    *n_vocab = rig.n_vocab;
    rig_reset(&rig, 0);
    rig_run(&rig, 0, tokens, N_TOKENS, 64, logits);
    rig_close(&rig);
    return logits;
}

static struct distance distance_from_cpu(const char *shape, const char *recipe, bool as_f32,
                                         enum dtype kv)
{
    uint32_t n_vocab;
    float *cpu = run_once("cpu", shape, recipe, as_f32, kv, &n_vocab);
    float *vulkan = run_once("vulkan", shape, recipe, false, kv, &n_vocab);
    struct distance d = distance_of(cpu, vulkan, N_TOKENS, n_vocab);
    print_message("%-16s %-5s |dlogp| mean %.7f, max %.7f\n", shape, recipe, d.mean, d.max);
    free(cpu);
    free(vulkan);
    return d;
}

TEST(vulkan, float_weights_give_the_logits_of_the_cpu)
{
    static const char *const shapes[] = {"tiny-qwen3", "tiny-qwen2", "tiny-llama", "tiny-gemma3",
                                         "tiny-qwen35moe"};
    (void)state;
    need_vulkan();
    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        assert_true(distance_from_cpu(shapes[i], "F32", false, DTYPE_F32).max <= 1e-4);
}

TEST(vulkan, stored_weights_are_multiplied_as_the_floats_they_stand_for)
{
    (void)state;
    need_vulkan();
    assert_true(distance_from_cpu("tiny-qwen3", "F16", true, DTYPE_F32).max <= 1e-4);
    assert_true(distance_from_cpu("tiny-qwen3", "Q8_0", true, DTYPE_F32).max <= 1e-4);
    assert_true(distance_from_cpu("tiny-qwen35moe", "Q8_0", true, DTYPE_F32).max <= 1e-4);
}

// An f32 score that differs in its last bit may round to another f16 key, hence the wider bound.
TEST(vulkan, f16_pages_give_the_logits_of_the_cpu)
{
    (void)state;
    need_vulkan();
    assert_true(distance_from_cpu("tiny-qwen3", "F32", false, DTYPE_F16).max <= 1e-3);
}

// The CPU rounds activations to 8 bits before a product with such weights.
TEST(vulkan, q8_0_weights_are_an_activation_rounding_from_the_cpu)
{
    (void)state;
    need_vulkan();
    struct distance d = distance_from_cpu("tiny-qwen3", "Q8_0", false, DTYPE_F16);
    assert_true(d.mean > 1e-4 && d.mean <= 0.02);
}

// ---- against itself ----

static void assert_same_rows(const struct rig *rig, const float *a, const float *b, uint32_t n_rows)
{
    assert_memory_equal(a, b, (size_t)n_rows * rig->n_vocab * sizeof *a);
}

static void check_chunks(const char *shape, const char *recipe, enum dtype kv)
{
    enum { N_PREFIX = 56 };
    struct rig rig;
    rig_make(&rig, shape, recipe, false,
             &(struct rig_options){.backend = "vulkan", .k_type = kv, .v_type = kv});
    float *whole = new_logits(&rig), *cut = new_logits(&rig);
    rig_reset(&rig, 0);
    rig_run(&rig, 0, tokens, N_TOKENS, 64, whole);
    rig_reset(&rig, 0);
    rig_run(&rig, 0, tokens, N_TOKENS, 7, cut);
    assert_same_rows(&rig, whole, cut, N_TOKENS);
    rig_reset(&rig, 0); // and one by one from the end of a page into the next
    rig_run(&rig, 0, tokens, N_PREFIX, N_PREFIX, cut);
    rig_run(&rig, 0, tokens + N_PREFIX, N_TOKENS - N_PREFIX, 1,
            cut + (size_t)N_PREFIX * rig.n_vocab);
    assert_same_rows(&rig, whole, cut, N_TOKENS);
    free(whole);
    free(cut);
    rig_close(&rig);
}

TEST(vulkan, where_a_prefill_is_cut_does_not_matter)
{
    (void)state;
    need_vulkan();
    check_chunks("tiny-qwen3", "Q8_0", DTYPE_F16);
    check_chunks("tiny-gemma3", "F32", DTYPE_F32);
    check_chunks("tiny-qwen35moe", "Q8_0", DTYPE_F16);
}

TEST(vulkan, sequences_in_one_batch_do_not_see_each_other)
{
    (void)state;
    need_vulkan();
    struct rig rig;
    rig_make(&rig, "tiny-qwen35moe", "F32", false,
             &(struct rig_options){.backend = "vulkan", .n_slots = 2});
    float *first = new_logits(&rig), *second = new_logits(&rig), *both = new_logits(&rig);
    rig_reset(&rig, 0);
    rig_reset(&rig, 1);
    rig_run(&rig, 0, tokens, 40, 40, first);
    rig_run(&rig, 1, others, 40, 40, second);
    rig_reset(&rig, 0);
    rig_reset(&rig, 1);
    // second's first 30 tokens come with 9 of the first, its last 10 with the other 31
    const token_id *early[] = {others, tokens}, *late[] = {tokens + 9, others + 30};
    const uint32_t early_slots[] = {1, 0}, early_n[] = {30, 9};
    const uint32_t late_slots[] = {0, 1}, late_n[] = {31, 10};
    rig_step(&rig, early_slots, early, early_n, 2, both);
    assert_same_rows(&rig, both, second, 30);
    assert_same_rows(&rig, both + (size_t)30 * rig.n_vocab, first, 9);
    rig_step(&rig, late_slots, late, late_n, 2, both);
    assert_same_rows(&rig, both, first + (size_t)9 * rig.n_vocab, 31);
    assert_same_rows(&rig, both + (size_t)31 * rig.n_vocab, second + (size_t)30 * rig.n_vocab, 10);
    free(first);
    free(second);
    free(both);
    rig_close(&rig);
}

TEST(vulkan, saved_and_copied_pages_and_states_continue_bit_by_bit)
{
    enum { N_FIRST = 70, N_MORE = N_TOKENS - N_FIRST };
    (void)state;
    need_vulkan();
    struct rig rig;
    rig_make(&rig, "tiny-qwen35moe", "Q8_0", false,
             &(struct rig_options){
                 .backend = "vulkan", .k_type = DTYPE_F16, .v_type = DTYPE_F16, .n_slots = 3});
    struct backend *backend = rig.backend;
    size_t page_size = backend_page_size(backend, 0);
    char *saved[2] = {malloc(page_size), malloc(page_size)};
    char *saved_state = malloc(backend_state_size(backend));
    float *expected = new_logits(&rig), *got = new_logits(&rig);
    rig_reset(&rig, 0);
    rig_run(&rig, 0, tokens, N_FIRST, 64, NULL);
    for (int i = 0; i < 2; i++) {
        backend_save_page(backend, 0, rig.pages[0][i], saved[i]);
        backend_copy_page(backend, 0, rig.pages[KV_GROUPS_MAX][i], rig.pages[0][i],
                          i ? N_FIRST - KV_PAGE_TOKENS : KV_PAGE_TOKENS);
    }
    backend_save_state(backend, 0, saved_state);
    backend_copy_state(backend, 1, 0);
    rig_run(&rig, 0, tokens + N_FIRST, N_MORE, N_MORE, expected);

    rig.position[1] = N_FIRST; // slot 1 goes on from the copies
    rig_run(&rig, 1, tokens + N_FIRST, N_MORE, N_MORE, got);
    assert_same_rows(&rig, expected, got, N_MORE);

    rig_reset(&rig, 2); // slot 2 has another past, and goes on from what was saved
    rig_run(&rig, 2, others, N_TOKENS, 64, NULL);
    for (int i = 0; i < 2; i++)
        backend_restore_page(backend, 0, rig.pages[2 * KV_GROUPS_MAX][i], saved[i]);
    backend_restore_state(backend, 2, saved_state);
    rig.position[2] = N_FIRST;
    rig_run(&rig, 2, tokens + N_FIRST, N_MORE, N_MORE, got);
    assert_same_rows(&rig, expected, got, N_MORE);

    for (int i = 0; i < 2; i++)
        free(saved[i]);
    free(saved_state);
    free(expected);
    free(got);
    rig_close(&rig);
}

TEST(vulkan, drafts_are_those_of_the_cpu)
{
    enum { N = 20 };
    (void)state;
    need_vulkan();
    struct folder folder;
    struct error error;
    float *logits[2];
    uint32_t n_vocab = 0;
    folder_make(&folder);
    const char *path = folder_file(&folder, "model.gguf");
    struct synthetic_options options = {.recipe = "F32", .seed = 5, .mtp = true};
    must(synthetic_write(path, "tiny-qwen35moe", &options, &error), &error);
    for (int i = 0; i < 2; i++) {
        struct rig rig;
        rig_open(&rig, path,
                 &(struct rig_options){.backend = i ? "vulkan" : "cpu", .drafts = true});
        logits[i] = new_logits(&rig);
        n_vocab = rig.n_vocab;
        rig_drafts(&rig, tokens, N, logits[i]);
        rig_close(&rig);
    }
    assert_true(distance_of(logits[0], logits[1], N - 1, n_vocab).max <= 1e-4);
    free(logits[0]);
    free(logits[1]);
    folder_remove(&folder);
}

TEST(vulkan, a_format_without_shaders_is_named)
{
    (void)state;
    need_vulkan();
    struct backend *backend;
    struct error error;
    unsigned char bytes[144] = {0};
    struct weight weight = {.dtype = DTYPE_Q4_K, .n_in = 256, .n_out = 1, .n_experts = 1};
    weight.expert_size = sizeof bytes;
    weight.data = bytes;
    must(backend_open(&backend, "vulkan", &(struct backend_options){0}, &error), &error);
    assert_int_equal(backend_load_weight(backend, &weight, &error), ERR_UNSUPPORTED);
    assert_non_null(strstr(error.text, "Q4_K"));
    backend_close(backend);
}

RUN_TESTS(IS(vulkan, float_weights_give_the_logits_of_the_cpu),
          IS(vulkan, stored_weights_are_multiplied_as_the_floats_they_stand_for),
          IS(vulkan, f16_pages_give_the_logits_of_the_cpu),
          IS(vulkan, q8_0_weights_are_an_activation_rounding_from_the_cpu),
          IS(vulkan, where_a_prefill_is_cut_does_not_matter),
          IS(vulkan, sequences_in_one_batch_do_not_see_each_other),
          IS(vulkan, saved_and_copied_pages_and_states_continue_bit_by_bit),
          IS(vulkan, drafts_are_those_of_the_cpu), IS(vulkan, a_format_without_shaders_is_named))
