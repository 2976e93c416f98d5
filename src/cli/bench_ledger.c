// bench_ledger.c - is what the ledger says what the process takes?
//
// Uses everything that was planned - a full step, all pages, states and weights - and compares the
// resident peak with the plan.  What is left to the system is no part of either.
#include "base/memory.h"
#include "base/os.h"
#include "base/rng.h"
#include "cli/bench_streams.h"
#include "cli/commands.h"
#include "cli/stack.h"
#include "model/synthetic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT = 96, LONG = 1024, PROMPTS_MAX = 4096, TIMEOUT_MS = 600000 };

struct ledger_options {
    struct loading_options loading; // first
    uint32_t n_parallel, n_layers;
    const char *synthetic;
    bool ledger;
};

static const struct option ledger_table[] = {
    LOADING_OPTIONS_ROWS,
    {"--ledger", NULL, NULL, OPTION_FLAG, offsetof(struct ledger_options, ledger),
     "compare the planned with the resident memory"},
    {"--synthetic", NULL, "SHAPE[:TYPE]", OPTION_TEXT, offsetof(struct ledger_options, synthetic),
     "write random weights to the file first"},
    {"--layers", NULL, "N", OPTION_U32, offsetof(struct ledger_options, n_layers),
     "only so many layers of a synthetic model"},
    {"--ctx-size", "-c", "N", OPTION_U32, offsetof(struct loading_options, n_context),
     "context (default 2048)"},
    {"--parallel", "-np", "N", OPTION_U32, offsetof(struct ledger_options, n_parallel),
     "places (default 2)"},
};

static enum err ask(struct stack *stack, struct rng *rng, uint32_t n_tokens, bool is_scored,
                    struct error *error)
{
    struct request *request;
    struct event event = {0};
    token_id *tokens = mem_new(token_id, n_tokens);
    size_t n_vocab = tokenizer_n_tokens(stack->tokenizer);
    for (uint32_t i = 0; i < n_tokens; i++)
        tokens[i] = (token_id)rng_below(rng, n_vocab);
    struct generation generation = {
        .tokens = tokens,
        .n_tokens = n_tokens,
        .max_tokens = 2,
        .ignores_end = true,
        .prompt_logprobs = is_scored,
    };
    enum err err = engine_submit(stack->engine, &request, &generation, NULL, NULL, error);
    free(tokens);
    if (err)
        return err;
    while (event.kind != EVENT_STOP && request_next(request, &event, TIMEOUT_MS)) {}
    request_close(request);
    return event.stop == STOP_ERROR ? fail(error, event.error, "a step failed") : OK;
}

// The largest steps, by rows and by logits; then prompts that have nothing in common, until no page and
// no state is left untouched.
static enum err fill(struct stack *stack, struct error *error)
{
    struct rng rng;
    struct engine_stats stats, before = {0};
    rng_seed(&rng, 1);
    uint32_t n_long = stack->n_context > LONG + 8 ? LONG : stack->n_context / 2;
    enum err err = ask(stack, &rng, n_long, false, error);
    if (!err)
        err = ask(stack, &rng, SHORT, true, error);
    for (unsigned i = 0, n_same = 0; i < PROMPTS_MAX && n_same < 4 && !err; i++) {
        err = ask(stack, &rng, SHORT, false, error);
        engine_stats(stack->engine, &stats);
        bool is_full = stats.n_pages_used <= before.n_pages_used &&
                       stats.state_size_used <= before.state_size_used;
        n_same = is_full ? n_same + 1 : 0;
        before = stats;
    }
    return err;
}

// Every page of the weights: a few random tokens use few rows of the embedding.
static unsigned touch_weights(const struct gguf *gguf)
{
    unsigned sum = 0;
    for (size_t i = 0; i < gguf_n_tensors(gguf); i++) {
        const struct gguf_tensor *tensor = gguf_tensor_at(gguf, i);
        const volatile unsigned char *bytes = tensor->data;
        for (size_t at = 0; bytes && at < tensor->size; at += 4096)
            sum += bytes[at];
    }
    return sum;
}

static uint64_t planned_size(const struct ledger *ledger)
{
    uint64_t size = 0;
    for (size_t i = 0; i < ledger->n_lines; i++)
        size += ledger->lines[i].is_ours ? ledger->lines[i].size : 0;
    return size;
}

static enum err write_synthetic(const struct ledger_options *o, struct error *error)
{
    char name[128];
    snprintf(name, sizeof name, "%s", o->synthetic);
    char *recipe = strchr(name, ':');
    if (recipe)
        *recipe++ = 0;
    struct synthetic_options options = {.recipe = recipe, .seed = 1, .n_layers = o->n_layers};
    return synthetic_write(o->loading.model, name, &options, error);
}

static enum err run(struct ledger_options *o, struct error *error)
{
    struct stack stack = {0};
    size_t at_start = os_memory_peak();
    enum err err = o->synthetic ? write_synthetic(o, error) : OK;
    if (!err)
        err = stack_open(&stack, &o->loading, o->n_parallel, NULL, error);
    if (!err)
        err = fill(&stack, error);
    if (!err) {
        touch_weights(stack.gguf);
        struct buf table = {0};
        double planned = (double)planned_size(&stack.ledger), taken = (double)os_memory_peak();
        ledger_print(&stack.ledger, &table);
        printf("%s\n%-28s %10.1f MiB\n%-28s %10.1f MiB  %.1f at the program's start\n"
               "%-28s %10.1f %%\n",
               table.data, "planned for this process", planned / MIB, "resident peak", taken / MIB,
               (double)at_start / MIB, "taken beyond the plan", (taken / planned - 1) * 100);
        buf_release(&table);
    }
    stack_close(&stack);
    return err;
}

int bench_ledger(int argc, char **argv)
{
    struct ledger_options o = {.n_parallel = 2};
    struct arguments arguments;
    struct error error;
    bool wants_help;
    loading_defaults(&o.loading);
    o.loading.n_context = 2048;
    o.loading.wait_ms_max = TIMEOUT_MS; // steps as large as they may become
    enum err err = options_parse(ledger_table, COUNT_OF(ledger_table), &o, argc, argv, &arguments,
                                 &wants_help, &error);
    if (!err && wants_help) {
        printf(
            "hearth bench --ledger - the memory that was planned and the memory that was taken\n\n"
            "  hearth bench [-m FILE] --ledger\n"
            "  hearth bench -m NEW-FILE --ledger --synthetic qwen3-8b --layers 4\n\n");
        options_print(ledger_table, COUNT_OF(ledger_table));
        return EXIT_FINE;
    }
    if (!err && o.synthetic && !o.loading.model)
        err = fail(&error, ERR_ARGUMENT, "which file shall hold the synthetic model? (-m FILE)");
    if (!err)
        err = run(&o, &error);
    return err ? report_error("bench", &error) : EXIT_FINE;
}
