// The commands as a person meets them: the binary itself, on small random models.
#include <json-c/json.h>
#include <math.h>
#include <sys/wait.h>

#include "model/synthetic.h"
#include "tests/engine/cache_folder.h"
#include "tests/support/folder.h"
#include "tests/support/model_rig.h"
#include "tests/test.h"

static struct folder folder;
static char model[512];

static int set_up(void **state)
{
    (void)state;
    struct error error;
    struct synthetic_options options = {.recipe = "Q4_K_M", .seed = 5, .n_layers = 4, .mtp = true};
    folder_make(&folder);
    snprintf(model, sizeof model, "%s", folder_file(&folder, "tiny.gguf"));
    return synthetic_write(model, "tiny-qwen35moe", &options, &error) != OK;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

// Runs `hearth ARGUMENTS` through the shell; what it printed on both streams, and its exit code.
static char *hearth(int *code, const char *format, ...) __attribute__((format(printf, 2, 3)));
static char *hearth(int *code, const char *format, ...)
{
    static char output[1 << 20];
    char arguments[4096], command[8192];
    const char *binary = getenv("HEARTH");
    va_list args;
    va_start(args, format);
    vsnprintf(arguments, sizeof arguments, format, args);
    va_end(args);
    snprintf(command, sizeof command, "%s %s 2>&1", binary ? binary : "build/hearth", arguments);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t n = fread(output, 1, sizeof output - 1, pipe);
    output[n] = 0;
    int status = pclose(pipe);
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return output;
}

// Both kinds of build are right; which one this is, `inspect` says.
TEST(commands, without_a_model_named_the_built_in_one_is_used_or_a_sentence_asks_for_one)
{
    (void)state;
    int code;
    bool has_built_in = strncmp(hearth(&code, "inspect"), "ember: ", 7) == 0;
    assert_int_equal(code, has_built_in ? 0 : 2);
    char *text = hearth(&code, "run -p hello -n 2 --temp 0");
    assert_int_equal(code, has_built_in ? 0 : 2);
    assert_int_equal(strstr(text, "which model? -m FILE") != NULL, !has_built_in);
    // The server says which model it has before it finds that the host is none.
    text = hearth(&code, "serve --port 0 --host no.such.host.invalid");
    assert_int_not_equal(code, 0);
    assert_int_equal(strstr(text, "model: ember, built in") != NULL, has_built_in);
    assert_int_equal(strstr(text, "which model? -m FILE") != NULL, !has_built_in);
}

TEST(commands, help_lists_every_command)
{
    (void)state;
    int code;
    char *text = hearth(&code, "--help");
    assert_int_equal(code, 0);
    static const char *const names[] = {"run", "inspect", "bench", "eval"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_non_null(strstr(text, names[i]));
        char *own = hearth(&code, "%s --help", names[i]);
        assert_int_equal(code, 0);
        assert_non_null(strstr(own, "--model"));
        text = hearth(&code, "--help");
    }
}

TEST(commands, mistakes_get_a_sentence_and_an_exit_code)
{
    (void)state;
    int code;
    assert_non_null(strstr(hearth(&code, "inspect /nonexistent.gguf"), "/nonexistent.gguf"));
    assert_int_equal(code, 1);
    assert_non_null(strstr(hearth(&code, "bench --no-such-option"), "--no-such-option"));
    assert_int_equal(code, 2);
    assert_non_null(strstr(hearth(&code, "frobnicate"), "frobnicate"));
    assert_int_equal(code, 2);
    assert_non_null(
        strstr(hearth(&code, "eval -m %s --logprobs --tokens 1,99999999", model), "99999999"));
    assert_int_equal(code, 1 + 1); // the command line named a token that does not exist
    assert_non_null(
        strstr(hearth(&code, "eval -m %s --logprobs --tokens 1 --cpu mmx", model), "mmx"));
    assert_int_equal(code, 2);
}

TEST(commands, inspect_tells_shape_types_and_memory)
{
    (void)state;
    int code;
    char *text = hearth(&code, "inspect %s -c 4096", model);
    assert_int_equal(code, 0);
    assert_non_null(strstr(text, "qwen35moe: 4 layers (3 DeltaNet, 1 attention) and 1 MTP block"));
    assert_non_null(strstr(text, "every tensor is there"));
    assert_non_null(strstr(text, "Q4_K"));
    assert_non_null(strstr(text, "tokens x 512 bytes")); // 2 heads x 64 x (K + V) x 2 bytes
    text = hearth(&code, "inspect %s --tokens 'the<|im_end|>'", model);
    assert_int_equal(code, 0);
    assert_non_null(strstr(text, "<|im_end|>'  control"));
}

TEST(commands, eval_prints_the_models_log_probabilities)
{
    (void)state;
    int code;
    struct rig rig;
    static const token_id tokens[] = {3, 14, 15, 92, 65};
    rig_open(&rig, model, &(struct rig_options){.k_type = DTYPE_F16, .v_type = DTYPE_F16});
    float *logits = malloc((size_t)5 * rig.n_vocab * sizeof *logits);
    rig_reset(&rig, 0);
    rig_run(&rig, 0, tokens, 5, 5, logits);
    char *text = hearth(
        &code, "eval -m %s --logprobs --tokens 3,14,15,92,65 --positions 1,-1 --top 5", model);
    assert_int_equal(code, 0);
    json_object *root = json_tokener_parse(text), *after;
    assert_non_null(root);
    assert_true(json_object_object_get_ex(root, "logprobs_after", &after));
    assert_int_equal(json_object_object_length(after), 2);
    json_object_object_foreach(after, key, list)
    {
        float *row = logits + (size_t)atoi(key) * rig.n_vocab;
        log_softmax(row, rig.n_vocab);
        assert_int_equal(json_object_array_length(list), 5);
        for (size_t i = 0; i < 5; i++) {
            json_object *pair = json_object_array_get_idx(list, i);
            int id = json_object_get_int(json_object_array_get_idx(pair, 0));
            double logp = json_object_get_double(json_object_array_get_idx(pair, 1));
            assert_true(fabs(logp - row[id]) < 1e-5);
        }
    }
    json_object_put(root);
    free(logits);
    rig_close(&rig);
}

TEST(commands, the_logits_hash_does_not_depend_on_threads_or_batches)
{
    (void)state;
    int code;
    char first[64];
    const char *tokens = "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20";
    snprintf(first, sizeof first, "%s",
             hearth(&code, "eval -m %s --logits-hash --tokens %s", model, tokens));
    assert_int_equal(code, 0);
    assert_int_equal(strlen(first), 17);
    assert_string_equal(
        first, hearth(&code, "eval -m %s --logits-hash --tokens %s -b 3 -t 1", model, tokens));
    assert_string_equal(
        first, hearth(&code, "eval -m %s --logits-hash --tokens %s --no-mmap", model, tokens));
    assert_string_not_equal(
        first, hearth(&code, "eval -m %s --logits-hash --tokens %s,21", model, tokens));
}

TEST(commands, greedy_completion_repeats_itself)
{
    (void)state;
    int code;
    char first[4096];
    snprintf(first, sizeof first, "%s",
             hearth(&code, "run -m %s -p 'once upon' -n 12 --temp 0 -q --ignore-eos", model));
    assert_int_equal(code, 0);
    assert_true(strlen(first) > 6);
    assert_string_equal(
        first,
        hearth(&code, "run -m %s -p 'once upon' -n 12 --temp 0 -q --ignore-eos -t 1", model));
}

// What the timings say of a prompt: its tokens, and how many of them the disk had.
static void from_disk(const char *text, unsigned *n_prompt, unsigned *n_disk)
{
    text = strstr(text, "prompt ");
    assert_non_null(text);
    assert_int_equal(sscanf(text, "prompt %u tokens (%*u reused, %u from disk)", n_prompt, n_disk),
                     2);
}

TEST(commands, a_prompt_that_was_read_once_is_not_computed_again)
{
    (void)state;
    int code;
    unsigned n_prompt, n_disk;
    struct cache_folder cache;
    struct buf text = {0};
    for (int i = 0; i < 300; i++)
        buf_printf(&text, "word %d ", i);
    const char *prompt = folder_write(&folder, "prompt.txt", &text);
    buf_release(&text);
    cache_folder_make(&cache);
    static const char run[] = "run -m %s -f %s --cache-dir %s -n 4 --temp 0 --ignore-eos %s";
    char *out = hearth(&code, run, model, prompt, cache.path, "--no-disk-cache");
    char *first = strdup(out);
    from_disk(out, &n_prompt, &n_disk);
    assert_int_equal(code, 0);
    assert_int_equal(cache_folder_visit(&cache, NULL, NULL), 0);
    out = hearth(&code, run, model, prompt, cache.path, "");
    from_disk(out, &n_prompt, &n_disk);
    assert_int_equal(n_disk, 0);
    out = hearth(&code, run, model, prompt, cache.path, "");
    from_disk(out, &n_prompt, &n_disk);
    assert_int_equal(n_disk, n_prompt - 1);
    // The same answer, and the same logits.
    assert_memory_equal(out, first, (size_t)(strstr(first, "\nprompt ") - first));
    assert_string_equal(strstr(out, "logits "), strstr(first, "logits "));
    free(first);
    out = hearth(&code, "cache list --cache-dir %s", cache.path);
    assert_non_null(strstr(out, "tip"));
    out = hearth(&code, "cache clear --cache-dir %s", cache.path);
    assert_int_equal(code, 0);
    cache_folder_remove(&cache);
}

TEST(commands, a_chat_computes_only_what_is_new)
{
    (void)state;
    int code;
    char *text = hearth(&code, "run -m %s -n 8 --temp 0 < /dev/null", model);
    assert_int_equal(code, 0);
    char script[512];
    snprintf(script, sizeof script, "%s", folder_file(&folder, "script.txt"));
    FILE *file = fopen(script, "w");
    fputs("hello\nand more\n/quit\n", file);
    fclose(file);
    text = hearth(&code, "run -m %s -n 8 --temp 0 < %s", model, script);
    assert_int_equal(code, 0);
    unsigned n_prompt[2], n_answer[2], n_reused[2];
    for (int i = 0; i < 2; i++) {
        text = strchr(text, '[');
        while (text && sscanf(text, "[%u + %u tokens, %u reused", &n_prompt[i], &n_answer[i],
                              &n_reused[i]) != 3)
            text = strchr(text + 1, '[');
        assert_non_null(text);
        text++;
    }
    assert_int_equal(n_reused[0], 0);
    // all of the first turn but the token whose logits gave its last one
    assert_true(n_reused[1] + 1 >= n_prompt[0] + n_answer[0] - 1);
    assert_true(n_reused[1] < n_prompt[1]);
}

TEST(commands, bench_measures_beside_the_bounds)
{
    (void)state;
    int code;
    char *text = hearth(&code, "bench --synthetic tiny-qwen2:Q8_0 -p 32 -n 4 -d 0,64 -r 1 -o json");
    assert_int_equal(code, 0);
    json_object *root = json_tokener_parse(strchr(text, '{')), *results, *bound;
    assert_non_null(root);
    assert_true(json_object_object_get_ex(root, "results", &results));
    assert_int_equal(json_object_array_length(results), 2);
    assert_true(json_object_object_get_ex(root, "bytes_per_s", &bound));
    assert_true(json_object_get_double(bound) > 1e8);
    json_object_put(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IS(commands, help_lists_every_command),
        IS(commands, without_a_model_named_the_built_in_one_is_used_or_a_sentence_asks_for_one),
        IS(commands, mistakes_get_a_sentence_and_an_exit_code),
        IS(commands, inspect_tells_shape_types_and_memory),
        IS(commands, eval_prints_the_models_log_probabilities),
        IS(commands, the_logits_hash_does_not_depend_on_threads_or_batches),
        IS(commands, greedy_completion_repeats_itself),
        IS(commands, a_prompt_that_was_read_once_is_not_computed_again),
        IS(commands, a_chat_computes_only_what_is_new),
        IS(commands, bench_measures_beside_the_bounds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
