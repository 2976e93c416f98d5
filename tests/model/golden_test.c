// Log-probabilities against an independent float64 implementation (tools/reference.py of the reference
// data): tiny random models of every architecture and format, regenerated with its numpy script.
#include <json-c/json.h>
#include <math.h>
#include <sys/stat.h>

#include "tests/support/driver_leaks.h"
#include "tests/support/model_rig.h"
#include "tests/test.h"

// Lines appear as they are made: the whole run takes a while.
#define report(...) (printf(__VA_ARGS__), fflush(stdout))

struct distance {
    double sum;
    int n, n_top1, n_positions;
};

static json_object *golden_file(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/golden/%s", folder, name);
    json_object *root = json_object_from_file(path);
    if (!root)
        fail_msg("cannot read %s", path);
    return root;
}

static const char *text_of(json_object *object, const char *key)
{
    return json_object_get_string(json_object_object_get(object, key));
}

// Makes the case's model in build/golden unless it is there; false when numpy is missing.
static bool make_model(const char *folder, json_object *c, char *path, size_t size)
{
    mkdir("build", 0777);
    mkdir("build/golden", 0777);
    const char *file = text_of(c, "file"), *generator = text_of(c, "generator");
    snprintf(path, size, "build/golden/%s", file);
    struct stat info;
    if (stat(path, &info) == 0)
        return true;
    // "synth_gguf.py PRESET FILE options..." becomes a command writing to a file of our own
    const char *options = strstr(generator, file) + strlen(file);
    char preset[64], command[8192];
    if (sscanf(generator, "synth_gguf.py %63s", preset) != 1)
        fail_msg("unexpected generator line: %s", generator);
    snprintf(command, sizeof command,
             "/usr/bin/env python3 %s/tools/synth_gguf.py %s %s.part %s >/dev/null 2>&1 && mv "
             "%s.part %s",
             folder, preset, path, options, path, path);
    return system(command) == 0;
}

static uint32_t read_tokens(json_object *array, token_id **tokens)
{
    uint32_t n = (uint32_t)json_object_array_length(array);
    *tokens = calloc(n, sizeof **tokens);
    for (uint32_t i = 0; i < n; i++)
        (*tokens)[i] = json_object_get_int(json_object_array_get_idx(array, i));
    return n;
}

// |dlogp| over the ten best entries at every position the golden file lists.
static void compare(struct distance *d, json_object *positions, const float *logits, int row_shift,
                    uint32_t n_vocab)
{
    float *row = malloc(n_vocab * sizeof *row);
    json_object_object_foreach(positions, key, entries)
    {
        memcpy(row, logits + (size_t)(atoi(key) + row_shift) * n_vocab, n_vocab * sizeof *row);
        log_softmax(row, n_vocab);
        uint32_t best = 0;
        for (uint32_t i = 1; i < n_vocab; i++)
            best = row[i] > row[best] ? i : best;
        for (size_t i = 0; i < 10 && i < json_object_array_length(entries); i++) {
            json_object *entry = json_object_array_get_idx(entries, i);
            json_object *logp = json_object_array_get_idx(entry, 1);
            int token = json_object_get_int(json_object_array_get_idx(entry, 0));
            if (i == 0)
                d->n_top1 += (uint32_t)token == best;
            if (!logp)
                continue;
            d->sum += fabs(row[token] - json_object_get_double(logp));
            d->n++;
        }
        d->n_positions++;
    }
    free(row);
}

struct case_options {
    const char *backend; // NULL: "cpu"
    enum dtype kv;
    bool drafts;
    uint32_t n_tokens_max; // longer sequences are left out; 0: none are
};

static struct distance case_distance(const char *path, json_object *c,
                                     const struct case_options *options)
{
    struct distance d = {0};
    struct rig rig;
    bool drafts = options->drafts;
    rig_open(&rig, path,
             &(struct rig_options){.backend = options->backend,
                                   .k_type = options->kv,
                                   .v_type = options->kv,
                                   .n_rows_max = drafts ? 640 : 512,
                                   .drafts = drafts});
    json_object *sequences = json_object_object_get(c, "sequences");
    for (size_t i = 0; i < json_object_array_length(sequences); i++) {
        json_object *sequence = json_object_array_get_idx(sequences, i);
        token_id *tokens;
        uint32_t n = read_tokens(json_object_object_get(sequence, "tokens"), &tokens);
        float *logits = malloc((size_t)n * rig.n_vocab * sizeof *logits);
        json_object *expected =
            json_object_object_get(sequence, drafts ? "mtp_logprobs_after" : "logprobs_after");
        if (drafts && n <= rig.options.n_rows_max) {
            rig_drafts(&rig, tokens, n, logits);
            compare(&d, expected, logits, -1, rig.n_vocab); // row p - 1 belongs to position p
        } else if (!drafts && (!options->n_tokens_max || n <= options->n_tokens_max)) {
            rig_reset(&rig, 0);
            rig_run(&rig, 0, tokens, n, 64, logits);
            compare(&d, expected, logits, 0, rig.n_vocab);
        }
        free(logits);
        free(tokens);
    }
    rig_close(&rig);
    return d;
}

// HEARTH_GOLDEN=TEXT runs the cases whose file name holds TEXT.
static bool is_wanted(const char *file)
{
    const char *wanted = getenv("HEARTH_GOLDEN");
    return !wanted || strstr(file, wanted);
}

static double bound_of(const char *file, double llama)
{
    return strstr(file, ".F32.") ? 0.003 : strstr(file, ".F16.") ? 0.01 : 1.5 * llama + 0.02;
}

TEST(golden, log_probabilities_are_as_near_as_the_bounds_ask)
{
    NEED_DATA(folder);
    json_object *root = golden_file(folder, "reference-f32-seed11.json");
    json_object *cases = json_object_object_get(root, "cases");
    int n_bad = 0;
    for (size_t i = 0; i < json_object_array_length(cases); i++) {
        json_object *c = json_object_array_get_idx(cases, i);
        const char *file = text_of(c, "file");
        char path[512];
        if (!is_wanted(file))
            continue;
        if (!make_model(folder, c, path, sizeof path)) {
            report("skipped: python3 with numpy is needed for %s\n", file);
            json_object_put(root);
            skip();
        }
        json_object *theirs = json_object_object_get(c, "llama_cpp_distance");
        double llama = json_object_get_double(json_object_object_get(theirs, "mean"));
        double bound = bound_of(file, llama);
        struct distance d = case_distance(path, c, &(struct case_options){.kv = DTYPE_F16});
        struct distance q8 = case_distance(path, c, &(struct case_options){.kv = DTYPE_Q8_0});
        double mean = d.sum / d.n, mean_q8 = q8.sum / q8.n;
        bool bad = !(mean <= bound) || !(mean_q8 <= bound + 0.03);
        report("%-36s mean %.6f (bound %.4f, llama.cpp %.6f) top1 %d/%d, q8_0 KV %.6f%s\n", file,
               mean, bound, llama, d.n_top1, d.n_positions, mean_q8, bad ? "  TOO FAR" : "");
        n_bad += bad;
        if (strstr(file, ".mtp.")) {
            struct distance m =
                case_distance(path, c, &(struct case_options){.kv = DTYPE_F16, .drafts = true});
            report("%-36s mean %.6f over %d draft positions\n", "  its MTP block", m.sum / m.n,
                   m.n_positions);
            n_bad += !(m.n > 0 && m.sum / m.n <= 0.003);
        }
    }
    json_object_put(root);
    assert_int_equal(n_bad, 0);
}

// The GPU multiplies weights as floats, so the bound is that of float files for Q8_0 as well.
TEST(golden, log_probabilities_on_vulkan_are_near_too)
{
    static const char *const files[] = {"tiny-qwen3.F32.", "tiny-qwen35moe.F32.s",
                                        "tiny-qwen35moe.Q8_0."};
    NEED_DATA(folder);
    struct backend *probe;
    struct error error;
    if (backend_open(&probe, "vulkan", &(struct backend_options){0}, &error)) {
        report("skipped: %s\n", error.text);
        skip();
    }
    backend_close(probe);
    json_object *root = golden_file(folder, "reference-f32-seed11.json");
    json_object *cases = json_object_object_get(root, "cases");
    for (size_t i = 0; i < json_object_array_length(cases); i++)
        for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
            json_object *c = json_object_array_get_idx(cases, i);
            const char *file = text_of(c, "file");
            char path[512];
            if (!strstr(file, files[k]) || !is_wanted(file))
                continue;
            if (!make_model(folder, c, path, sizeof path)) {
                report("skipped: python3 with numpy is needed for %s\n", file);
                json_object_put(root);
                skip();
            }
            struct distance d = case_distance(
                path, c,
                &(struct case_options){.backend = "vulkan", .kv = DTYPE_F32, .n_tokens_max = 200});
            report("%-36s vulkan: mean %.6f, top1 %d/%d\n", file, d.sum / d.n, d.n_top1,
                   d.n_positions);
            assert_true(d.sum / d.n <= 0.003);
        }
    json_object_put(root);
}

// Greedy continuations of llama.cpp, equal until the reference's two best are within 0.02.
TEST(golden, greedy_continuations_agree_on_float_files)
{
    NEED_DATA(folder);
    json_object *root = golden_file(folder, "llama.cpp-v0.5.0-seed11.json");
    json_object *reference = golden_file(folder, "reference-f32-seed11.json");
    json_object *cases = json_object_object_get(root, "cases");
    json_object *reference_cases = json_object_object_get(reference, "cases");
    int n_compared = 0;
    for (size_t i = 0; i < json_object_array_length(cases); i++) {
        json_object *c = json_object_array_get_idx(cases, i);
        const char *file = text_of(c, "file");
        if (!strstr(file, ".F32.") || !is_wanted(file))
            continue;
        json_object *with_generator = NULL;
        for (size_t k = 0; k < json_object_array_length(reference_cases); k++) {
            json_object *r = json_object_array_get_idx(reference_cases, k);
            if (strcmp(text_of(r, "file"), file) == 0)
                with_generator = r;
        }
        assert_non_null(with_generator);
        char path[512];
        if (!make_model(folder, with_generator, path, sizeof path)) {
            report("skipped: python3 with numpy is needed\n");
            skip();
        }
        struct rig rig;
        rig_open(&rig, path, &(struct rig_options){.k_type = DTYPE_F16, .v_type = DTYPE_F16});
        float *row = malloc(rig.n_vocab * sizeof *row);
        json_object *sequences = json_object_object_get(c, "sequences");
        for (size_t k = 0; k < json_object_array_length(sequences); k++) {
            json_object *sequence = json_object_array_get_idx(sequences, k);
            token_id *tokens, *greedy;
            uint32_t n = read_tokens(json_object_object_get(sequence, "tokens"), &tokens);
            uint32_t n_greedy = read_tokens(json_object_object_get(sequence, "greedy"), &greedy);
            rig_reset(&rig, 0);
            if (n > 1)
                rig_run(&rig, 0, tokens, n - 1, 512, NULL);
            token_id next = tokens[n - 1];
            for (uint32_t t = 0; t < n_greedy; t++) {
                rig_run(&rig, 0, &next, 1, 1, row);
                uint32_t best = 0, second = 1;
                for (uint32_t v = 0; v < rig.n_vocab; v++)
                    if (row[v] > row[best] || v == 0)
                        second = v ? best : second, best = v;
                    else if (v != best && (row[v] > row[second] || second == best))
                        second = v;
                if (row[best] - row[second] < 0.02f)
                    break;
                if ((token_id)best != greedy[t])
                    fail_msg("%s, sequence %zu, token %u: %u, llama.cpp has %d", file, k, t, best,
                             greedy[t]);
                n_compared++;
                next = greedy[t];
            }
            free(tokens);
            free(greedy);
        }
        free(row);
        rig_close(&rig);
    }
    report("%d tokens compared\n", n_compared);
    assert_true(n_compared > 50 || getenv("HEARTH_GOLDEN"));
    json_object_put(root);
    json_object_put(reference);
}

RUN_TESTS(IS(golden, log_probabilities_are_as_near_as_the_bounds_ask),
          IS(golden, log_probabilities_on_vulkan_are_near_too),
          IS(golden, greedy_continuations_agree_on_float_files))
