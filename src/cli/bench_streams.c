// bench_streams.c - what do requests that share the engine cost each other?
//
// --streams: tokens per second of 1, 2, ... answers at a time, each at the same depth.  The counts take
// turns, so that whatever else the machine does falls on all of them.
// --interrupt: a long prompt is being read.  How long does a short request wait, beyond what it takes
// alone, and how long at most does a running answer pause?
#include "cli/bench_streams.h"
#include "base/memory.h"
#include "base/os.h"
#include "base/rng.h"
#include "cli/built_in.h"
#include "cli/commands.h"
#include "cli/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { COUNTS_MAX = 8, STREAMS_MAX = 64, REPEATS_MAX = 32, TIMEOUT_MS = 600000 };

struct streams_options {
    struct loading_options loading; // first
    const char *counts, *depths;
    uint32_t n_generate, n_repeats, n_interrupt, n_short;
};

#define FIELD(name) offsetof(struct streams_options, name)

static const struct option streams_table[] = {
    LOADING_OPTIONS_ROWS,
    {"--streams", NULL, "LIST", OPTION_TEXT, FIELD(counts), "answers at a time, e.g. 1,4"},
    {"--interrupt", NULL, "N", OPTION_U32, FIELD(n_interrupt),
     "a short request and a running answer beside a prompt of N tokens"},
    {"--short", NULL, "N", OPTION_U32, FIELD(n_short), "tokens of the short one (default 256)"},
    {"--depths", "-d", "N", OPTION_TEXT, FIELD(depths), "context of each answer (default 1024)"},
    {"--n-gen", "-n", "N", OPTION_U32, FIELD(n_generate), "tokens of each (default 32)"},
    {"--repeats", "-r", "N", OPTION_U32, FIELD(n_repeats), "runs, the median counts (default 3)"},
};

// ---- requests of random tokens ----

struct asker {
    struct stack *stack;
    struct rng rng;
};

static enum err submit(struct asker *asker, struct request **request, uint32_t n_prompt,
                       uint32_t n_answer, struct error *error)
{
    token_id *tokens = mem_new(token_id, n_prompt);
    size_t n_vocab = tokenizer_n_tokens(asker->stack->tokenizer);
    for (uint32_t i = 0; i < n_prompt; i++)
        tokens[i] = (token_id)rng_below(&asker->rng, n_vocab);
    struct generation generation = {
        .tokens = tokens, .n_tokens = n_prompt, .max_tokens = n_answer, .ignores_end = true};
    enum err err = engine_submit(asker->stack->engine, request, &generation, NULL, NULL, error);
    free(tokens);
    return err;
}

// The next token's time; 0 when the answer is over.
static uint64_t next_token_ns(struct request *request)
{
    struct event event;
    while (request_next(request, &event, TIMEOUT_MS))
        if (event.kind == EVENT_TOKEN)
            return os_time_ns();
        else if (event.kind == EVENT_STOP)
            break;
    return 0;
}

static double seconds(uint64_t ns)
{
    return (double)ns * 1e-9;
}

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec * 1e-6;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

// ---- several answers at a time ----

struct rate {
    double tokens_per_s, cpu_ms_per_token;
};

// From the moment when all have their first token.  They decode in step, so the last one to begin is
// the last to finish.
static enum err time_streams(struct asker *asker, struct rate *rate, uint32_t n_streams,
                             uint32_t depth, uint32_t n_generate, struct error *error)
{
    struct request *requests[STREAMS_MAX] = {0};
    struct request_stats before, after;
    uint64_t n_tokens = 0, start_ns, end_ns = 0;
    enum err err = OK;
    for (uint32_t i = 0; i < n_streams && !err; i++)
        err = submit(asker, &requests[i], depth, n_generate * 64, error);
    for (uint32_t i = 0; i < n_streams && !err; i++)
        next_token_ns(requests[i]);
    start_ns = os_time_ns();
    double cpu = cpu_seconds();
    uint32_t n_at_start[STREAMS_MAX];
    for (uint32_t i = 0; i < n_streams && !err; i++) {
        request_stats(requests[i], &before);
        n_at_start[i] = before.n_generated;
    }
    while (!err && n_tokens < (uint64_t)n_generate) { // of the last one to begin
        end_ns = next_token_ns(requests[n_streams - 1]);
        n_tokens += end_ns != 0;
        if (end_ns == 0)
            break;
    }
    cpu = cpu_seconds() - cpu;
    n_tokens = 0;
    for (uint32_t i = 0; i < n_streams && !err; i++) {
        request_stats(requests[i], &after);
        n_tokens += after.n_generated - n_at_start[i];
    }
    for (uint32_t i = 0; i < n_streams; i++)
        request_close(requests[i]);
    if (!err && n_tokens)
        *rate = (struct rate){(double)n_tokens / seconds(end_ns - start_ns),
                              cpu * 1e3 / (double)n_tokens};
    return err;
}

static enum err bench_counts(struct asker *asker, const struct streams_options *o,
                             const int64_t *counts, size_t n_counts, uint32_t depth,
                             struct error *error)
{
    double rates[COUNTS_MAX][REPEATS_MAX], cpus[COUNTS_MAX][REPEATS_MAX], first = 0;
    enum err err = OK;
    for (uint32_t r = 0; r < o->n_repeats && !err; r++)
        for (size_t i = 0; i < n_counts && !err; i++) {
            struct rate rate = {0};
            err = time_streams(asker, &rate, (uint32_t)counts[i], depth, o->n_generate, error);
            rates[i][r] = rate.tokens_per_s;
            cpus[i][r] = rate.cpu_ms_per_token;
        }
    if (err)
        return err;
    printf("| answers at a time | tokens/s together | x | CPU ms per token |\n|---|---|---|---|\n");
    for (size_t i = 0; i < n_counts; i++) {
        double rate = median(rates[i], o->n_repeats);
        first = i ? first : rate;
        printf("| %lld | %.2f | %.2f | %.1f |\n", (long long)counts[i], rate, rate / first,
               median(cpus[i], o->n_repeats));
    }
    return OK;
}

// ---- a short request and a running answer beside a long prompt ----

static enum err time_short(struct asker *asker, double *wait_s, uint32_t n_short,
                           struct error *error)
{
    struct request *request;
    uint64_t start_ns = os_time_ns();
    enum err err = submit(asker, &request, n_short, 2, error);
    if (err)
        return err;
    *wait_s = seconds(next_token_ns(request) - start_ns);
    request_close(request);
    return OK;
}

// Reads a request's events for so long, or until there are no more.
static void pass_ms(struct request *request, unsigned time_ms)
{
    struct event event = {0};
    uint64_t now_ns, end_ns = os_time_ns() + (uint64_t)time_ms * 1000000;
    while (event.kind != EVENT_STOP && (now_ns = os_time_ns()) < end_ns)
        request_next(request, &event, (unsigned)((end_ns - now_ns) / 1000000) + 1);
}

// Longest pause of an answer of n_generate tokens that runs while the long prompt is read.
static enum err time_pause(struct asker *asker, double *pause_s, uint32_t depth,
                           uint32_t n_generate, struct error *error)
{
    struct request *answer;
    enum err err = submit(asker, &answer, depth, 1 << 20, error);
    if (err)
        return err;
    uint64_t before_ns = next_token_ns(answer), now_ns;
    for (uint32_t i = 0; i < n_generate && (now_ns = next_token_ns(answer)); i++) {
        double gap = seconds(now_ns - before_ns);
        *pause_s = gap > *pause_s ? gap : *pause_s;
        before_ns = now_ns;
    }
    request_close(answer);
    return OK;
}

// Alone before and after, so that a machine that slows down or recovers is seen; beside the long
// prompt at times that have nothing to do with its chunks.
static enum err bench_interrupt(struct asker *asker, const struct streams_options *o,
                                uint32_t depth, struct error *error)
{
    struct request *prompt = NULL;
    struct request_stats stats = {0};
    double alone[2 * REPEATS_MAX], beside[REPEATS_MAX], pause_s = 0;
    size_t n = o->n_repeats;
    enum err err = OK;
    for (uint32_t r = 0; r < n && !err; r++)
        err = time_short(asker, &alone[r], o->n_short, error);
    if (!err)
        err = submit(asker, &prompt, o->n_interrupt, 1, error);
    for (uint32_t r = 0; r < n && !err; r++) {
        pass_ms(prompt, 1000 + (unsigned)rng_below(&asker->rng, 1000));
        err = time_short(asker, &beside[r], o->n_short, error);
    }
    if (!err)
        err = time_pause(asker, &pause_s, depth, o->n_generate, error);
    if (prompt)
        request_stats(prompt, &stats);
    request_close(prompt);
    for (uint32_t r = 0; r < n && !err; r++)
        err = time_short(asker, &alone[n + r], o->n_short, error);
    if (err)
        return err;
    double wait_alone = median(alone, 2 * n), wait = median(beside, n); // and sorts them
    printf("first token of %u tokens: alone %.2f s (%.2f to %.2f)\n"
           "beside a prompt of %u tokens: %.2f s, %.2f s more (longest %.2f s, %.2f s more)\n",
           o->n_short, wait_alone, alone[0], alone[2 * n - 1], o->n_interrupt, wait,
           wait - wait_alone, beside[n - 1], beside[n - 1] - wait_alone);
    printf("longest pause of a running answer beside it: %.0f ms in %u tokens\n", pause_s * 1e3,
           o->n_generate);
    printf("%u of its tokens were read by then%s\n", stats.n_computed,
           stats.n_computed + 1 >= o->n_interrupt ? ", all: take a longer one" : "");
    return OK;
}

static enum err run(struct streams_options *o, struct error *error)
{
    struct stack stack;
    int64_t counts[COUNTS_MAX] = {0}, depths[1] = {1024};
    size_t n_counts = 0, n_depths = 1;
    uint32_t n_parallel = 3;
    if ((o->counts && !parse_numbers(o->counts, counts, COUNTS_MAX, &n_counts)) ||
        !parse_numbers(o->depths, depths, 1, &n_depths) || n_depths != 1)
        return fail(error, ERR_ARGUMENT, "--streams takes numbers, --depths one");
    if (o->n_repeats < 1 || o->n_repeats > REPEATS_MAX)
        return fail(error, ERR_ARGUMENT, "--repeats takes 1 to %d", REPEATS_MAX);
    for (size_t i = 0; i < n_counts; i++) {
        if (counts[i] < 1 || counts[i] > STREAMS_MAX)
            return fail(error, ERR_ARGUMENT, "--streams takes 1 to %d", STREAMS_MAX);
        n_parallel = (uint32_t)counts[i] > n_parallel ? (uint32_t)counts[i] : n_parallel;
    }
    uint32_t depth = (uint32_t)depths[0];
    uint32_t longest = depth > o->n_interrupt ? depth : o->n_interrupt;
    o->loading.n_context = longest + o->n_generate * 64 + 64;
    enum err err = stack_open(&stack, &o->loading, n_parallel, NULL, error);
    if (!err) {
        struct asker asker = {.stack = &stack};
        rng_seed(&asker.rng, 1);
        printf("%s, %s\n\n", o->loading.model ? o->loading.model : BUILT_IN_NAME,
               backend_description(stack.backend));
        if (n_counts)
            err = bench_counts(&asker, o, counts, n_counts, depth, error);
        if (!err && o->n_interrupt)
            err = bench_interrupt(&asker, o, depth, error);
    }
    stack_close(&stack);
    return err;
}

int bench_streams(int argc, char **argv)
{
    struct streams_options o = {.depths = "1024", .n_generate = 32, .n_repeats = 3, .n_short = 256};
    struct arguments arguments;
    struct error error;
    bool wants_help;
    loading_defaults(&o.loading);
    enum err err = options_parse(streams_table, COUNT_OF(streams_table), &o, argc, argv, &arguments,
                                 &wants_help, &error);
    if (!err && wants_help) {
        printf("hearth bench --streams, --interrupt - what requests cost each other\n\n"
               "  hearth bench [-m FILE] --streams 1,4 -d 1024\n"
               "  hearth bench [-m FILE] --interrupt 30000\n\n");
        options_print(streams_table, COUNT_OF(streams_table));
        return EXIT_FINE;
    }
    if (!err)
        err = run(&o, &error);
    return err ? report_error("bench", &error) : EXIT_FINE;
}
