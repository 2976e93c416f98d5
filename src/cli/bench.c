// bench.c - how fast does a model run here, beside what the machine allows?
#include "base/memory.h"
#include "base/os.h"
#include "base/rng.h"
#include "cli/bench_session.h"
#include "cli/bench_streams.h"
#include "cli/commands.h"
#include "cli/loading.h"
#include "model/synthetic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTHS_MAX = 16, REPEATS_MAX = 32 };

struct bench_options {
    struct loading_options loading; // first
    const char *synthetic, *depths, *output;
    uint32_t n_layers, n_prompt, n_generate, n_repeats;
};

static const struct option bench_table[] = {
    LOADING_OPTIONS_ROWS,
    {"--synthetic", NULL, "SHAPE[:TYPE]", OPTION_TEXT, offsetof(struct bench_options, synthetic),
     "random weights in the shape of a published model, e.g. qwen3.6-35b-a3b:UD-Q4_K_M"},
    {"--layers", NULL, "N", OPTION_U32, offsetof(struct bench_options, n_layers),
     "only so many layers of a synthetic model"},
    {"--n-prompt", "-p", "N", OPTION_U32, offsetof(struct bench_options, n_prompt),
     "prompt tokens to time (default 512)"},
    {"--n-gen", "-n", "N", OPTION_U32, offsetof(struct bench_options, n_generate),
     "tokens to generate (default 128)"},
    {"--depths", "-d", "LIST", OPTION_TEXT, offsetof(struct bench_options, depths),
     "tokens of context before either (default 0)"},
    {"--repeats", "-r", "N", OPTION_U32, offsetof(struct bench_options, n_repeats),
     "runs of each, the median counts (default 3)"},
    {"--output", "-o", "json|md", OPTION_TEXT, offsetof(struct bench_options, output),
     "as JSON or a Markdown table (default md)"},
};

struct figures {
    uint32_t depth;
    double prefill, decode; // tokens per second, medians
};

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, uint32_t n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static enum err run_tokens(struct loaded *loaded, const token_id *tokens, uint32_t n, uint32_t step,
                           struct error *error)
{
    const float *logits;
    for (uint32_t i = 0; i < n; i += step) {
        uint32_t n_step = n - i < step ? n - i : step;
        enum err err = loaded_step(loaded, tokens + i, n_step, 1, &logits, error);
        if (err)
            return err;
    }
    return OK;
}

// Times n tokens in steps, at a depth; the KV cache is cut back afterwards by position, which leaves a
// recurrent state further on: its cost does not depend on what it holds.
static enum err time_tokens(double *rate, struct loaded *loaded, const token_id *tokens, uint32_t n,
                            uint32_t step, uint32_t depth, struct error *error)
{
    loaded->position = depth;
    uint64_t start = os_time_ns();
    enum err err = run_tokens(loaded, tokens, n, step, error);
    *rate = n / ((double)(os_time_ns() - start) * 1e-9);
    return err;
}

static enum err bench_depth(struct figures *figures, struct loaded *loaded,
                            const struct bench_options *o, const token_id *tokens,
                            struct error *error)
{
    double prefill[REPEATS_MAX], decode[REPEATS_MAX], unused;
    loaded_reset(loaded);
    enum err err = run_tokens(loaded, tokens, figures->depth, loaded->n_batch, error);
    if (!err && o->n_prompt && figures->depth == 0) // once for the page faults
        err = time_tokens(&unused, loaded, tokens, o->n_prompt, loaded->n_batch, 0, error);
    for (uint32_t i = 0; i < o->n_repeats && !err; i++) {
        if (o->n_prompt)
            err = time_tokens(&prefill[i], loaded, tokens, o->n_prompt, loaded->n_batch,
                              figures->depth, error);
        if (!err && o->n_generate)
            err = time_tokens(&decode[i], loaded, tokens, o->n_generate, 1, figures->depth, error);
    }
    figures->prefill = o->n_prompt && !err ? median(prefill, o->n_repeats) : 0;
    figures->decode = o->n_generate && !err ? median(decode, o->n_repeats) : 0;
    return err;
}

static void print_md(const struct loaded *loaded, const char *name, const struct figures *figures,
                     size_t n, const struct bench_options *o, const struct backend_bounds *bounds)
{
    double bytes = (double)model_bytes_per_token(loaded->model);
    double products = (double)model_products_per_token(loaded->model);
    printf("%s, %s, K %s, V %s\n\n", name, backend_description(loaded->backend),
           dtype_name(o->loading.k_type), dtype_name(o->loading.v_type));
    printf("| depth | prefill %u, tokens/s | decode %u, tokens/s |\n|---|---|---|\n", o->n_prompt,
           o->n_generate);
    for (size_t i = 0; i < n; i++)
        printf("| %u | %.2f | %.2f |\n", figures[i].depth, figures[i].prefill, figures[i].decode);
    if (bounds->bytes_per_s > 0)
        printf(
            "| bound | %.1f: %.2f G multiply-adds per token at %.0f G/s | %.1f: %.3f GB per token "
            "at %.1f GB/s |\n",
            bounds->multiply_adds_per_s / products, products * 1e-9,
            bounds->multiply_adds_per_s * 1e-9, bounds->bytes_per_s / bytes, bytes * 1e-9,
            bounds->bytes_per_s * 1e-9);
    printf("\nmemory peak %.2f GiB\n", (double)os_memory_peak() / GIB);
}

static void print_json(const struct loaded *loaded, const char *name, const struct figures *figures,
                       size_t n, const struct bench_options *o, const struct backend_bounds *bounds)
{
    printf("{\"model\":\"%s\",\"backend\":\"%s\",\"n_prompt\":%u,\"n_generate\":%u,\"results\":[",
           name, backend_description(loaded->backend), o->n_prompt, o->n_generate);
    for (size_t i = 0; i < n; i++)
        printf("%s{\"depth\":%u,\"prefill_tokens_per_s\":%.3f,\"decode_tokens_per_s\":%.3f}",
               i ? "," : "", figures[i].depth, figures[i].prefill, figures[i].decode);
    printf("],\"bytes_per_token\":%llu,\"products_per_token\":%llu,\"bytes_per_s\":%.0f,"
           "\"multiply_adds_per_s\":%.0f,\"memory_peak\":%zu}\n",
           (unsigned long long)model_bytes_per_token(loaded->model),
           (unsigned long long)model_products_per_token(loaded->model), bounds->bytes_per_s,
           bounds->multiply_adds_per_s, os_memory_peak());
}

static enum err open_synthetic(struct loaded *loaded, const struct bench_options *o,
                               struct error *error)
{
    char name[128];
    snprintf(name, sizeof name, "%s", o->synthetic);
    char *recipe = strchr(name, ':');
    if (recipe)
        *recipe++ = 0;
    struct synthetic_options options = {.recipe = recipe, .seed = 1, .n_layers = o->n_layers};
    uint64_t size;
    size_t made, n_tensors;
    enum err err = synthetic_measure(&size, &n_tensors, name, &options, error);
    if (err) {
        fprintf(stderr, "shapes:");
        for (size_t i = 0; synthetic_name_at(i); i++)
            fprintf(stderr, " %s", synthetic_name_at(i));
        fprintf(stderr, "\n");
        return err;
    }
    if (size > os_memory_available())
        return fail(error, ERR_MEMORY,
                    "%s needs %.1f GiB and %.1f GiB are available: try fewer --layers",
                    o->synthetic, (double)size / GIB, (double)os_memory_available() / GIB);
    fprintf(stderr, "making %.2f GiB of random weights\n", (double)size / GIB);
    err = synthetic_make(&loaded->memory, &made, name, &options, error);
    if (!err)
        err = gguf_open_memory(&loaded->gguf, loaded->memory, made, o->synthetic, error);
    return err;
}

static enum err run(const struct bench_options *given, struct error *error)
{
    struct bench_options o = *given;
    struct loaded loaded = {0};
    struct figures figures[DEPTHS_MAX];
    int64_t depths[DEPTHS_MAX];
    size_t n_depths;
    if (!parse_numbers(o.depths, depths, DEPTHS_MAX, &n_depths) || n_depths == 0)
        return fail(error, ERR_ARGUMENT, "--depths takes up to %d comma-separated numbers",
                    DEPTHS_MAX);
    if (o.n_repeats < 1 || o.n_repeats > REPEATS_MAX)
        return fail(error, ERR_ARGUMENT, "--repeats takes 1 to %d", REPEATS_MAX);
    bool is_json = o.output && strcmp(o.output, "json") == 0;
    if (o.output && !is_json && strcmp(o.output, "md") != 0)
        return fail(error, ERR_ARGUMENT, "--output takes json or md, not '%s'", o.output);
    uint32_t longest = o.n_prompt > o.n_generate ? o.n_prompt : o.n_generate, deepest = 0;
    for (size_t i = 0; i < n_depths; i++) {
        if (depths[i] < 0 || depths[i] > 1 << 24)
            return fail(error, ERR_ARGUMENT, "a depth of %lld", (long long)depths[i]);
        figures[i] = (struct figures){.depth = (uint32_t)depths[i]};
        deepest = figures[i].depth > deepest ? figures[i].depth : deepest;
    }
    o.loading.n_context = deepest + longest + 1;
    token_id *tokens = NULL;
    struct backend_bounds bounds = {0};
    struct error ignored;
    enum err err = o.synthetic ? open_synthetic(&loaded, &o, error) : OK;
    if (!err)
        err = loading_open(&loaded, &o.loading, 1, error);
    if (err)
        goto done;
    if (backend_measure(loaded.backend, &bounds, &ignored))
        bounds = (struct backend_bounds){0};
    struct rng rng;
    rng_seed(&rng, 1);
    tokens = mem_new(token_id, o.loading.n_context);
    for (uint32_t i = 0; i < o.loading.n_context; i++)
        tokens[i] = (token_id)rng_below(&rng, loaded.n_vocab);
    for (size_t i = 0; i < n_depths && !err; i++)
        err = bench_depth(&figures[i], &loaded, &o, tokens, error);
    if (!err)
        (is_json ? print_json : print_md)(&loaded, gguf_path(loaded.gguf), figures, n_depths, &o,
                                          &bounds);
done:
    free(tokens);
    loading_close(&loaded);
    return err;
}

int bench_command(int argc, char **argv)
{
    static const struct {
        const char *option;
        int (*run)(int argc, char **argv);
    } others[] = {{"--session", bench_session},
                  {"--streams", bench_streams},
                  {"--interrupt", bench_streams},
                  {"--ledger", bench_ledger}};
    for (int i = 1; i < argc; i++)
        for (size_t k = 0; k < COUNT_OF(others); k++)
            if (strncmp(argv[i], others[k].option, strlen(others[k].option)) == 0)
                return others[k].run(argc, argv);
    struct bench_options o = {.depths = "0", .n_prompt = 512, .n_generate = 128, .n_repeats = 3};
    struct arguments arguments;
    struct error error;
    bool wants_help;
    loading_defaults(&o.loading);
    enum err err = options_parse(bench_table, COUNT_OF(bench_table), &o, argc, argv, &arguments,
                                 &wants_help, &error);
    if (!err && wants_help) {
        printf("hearth bench - how fast a model runs here, beside what the machine allows\n\n"
               "  hearth bench -m FILE -p 512 -n 128 -d 0,4096\n"
               "  hearth bench --synthetic qwen3.6-35b-a3b:UD-Q4_K_M --layers 12\n"
               "  hearth bench --session ... replays recorded sessions (--session --help)\n"
               "  hearth bench --streams ... several answers at a time (--streams --help)\n\n");
        options_print(bench_table, COUNT_OF(bench_table));
        return EXIT_FINE;
    }
    if (!err && arguments.n && !o.loading.model)
        o.loading.model = arguments.items[0];
    if (!err)
        err = run(&o, &error);
    return err ? report_error("bench", &error) : EXIT_FINE;
}
