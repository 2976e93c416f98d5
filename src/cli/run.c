// run.c - generate in the terminal: a completion of a prompt, or a chat.
#include "base/buf.h"
#include "base/memory.h"
#include "cli/chat.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/run_options.h"
#include "cli/stack.h"
#include "sample/family_defaults.h"
#include "text/detokenize.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option run_table[] = {
    LOADING_OPTIONS_ROWS,
    {"--ctx-size", "-c", "N", OPTION_U32, offsetof(struct loading_options, n_context),
     "tokens of context (default: the model's, at most 32768)"},
    {"--prompt", "-p", "TEXT", OPTION_TEXT, offsetof(struct run_options, prompt),
     "complete this text; without it: chat"},
    {"--file", "-f", "FILE", OPTION_TEXT, offsetof(struct run_options, prompt_file),
     "complete the text of a file ('-': stdin)"},
    {"--n-predict", "-n", "N", OPTION_U32, offsetof(struct run_options, n_predict),
     "tokens to generate at most (default: until the model ends or the context is full)"},
    {"--special", NULL, NULL, OPTION_FLAG, offsetof(struct run_options, special),
     "recognise control tokens written in the prompt"},
    {"--temp", NULL, "T", OPTION_F32, offsetof(struct run_options, temperature),
     "temperature; 0 is greedy (default: the model's own recommendation, as for the next ones)"},
    {"--top-k", NULL, "K", OPTION_F32, offsetof(struct run_options, top_k),
     "only the K most likely"},
    {"--top-p", NULL, "P", OPTION_F32, offsetof(struct run_options, top_p),
     "only the most likely that together reach P"},
    {"--min-p", NULL, "P", OPTION_F32, offsetof(struct run_options, min_p),
     "only those at least P times as likely as the most likely"},
    {"--repeat-penalty", NULL, "X", OPTION_F32, offsetof(struct run_options, repeat_penalty),
     "makes what was said less likely; 1 is off"},
    {"--seed", NULL, "N", OPTION_U64, offsetof(struct run_options, seed),
     "seed of the random numbers (default: from the clock)"},
    {"--ignore-eos", NULL, NULL, OPTION_FLAG, offsetof(struct run_options, ignore_eos),
     "do not stop at an end token"},
    {"--tools", NULL, NULL, OPTION_FLAG, offsetof(struct run_options, tools),
     "the model may run shell commands here; each is asked about first"},
    {"--yes", NULL, NULL, OPTION_FLAG, offsetof(struct run_options, yes),
     "with --tools: run them without asking"},
    DISK_CACHE_OPTIONS_ROWS(struct run_options, disk),
    {"--quiet", "-q", NULL, OPTION_FLAG, offsetof(struct run_options, quiet),
     "no timings at the end"},
};

static enum err read_prompt(struct buf *prompt, const struct run_options *o, struct error *error)
{
    if (o->prompt) {
        buf_append_text(prompt, o->prompt);
        return OK;
    }
    bool is_stdin = strcmp(o->prompt_file, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(o->prompt_file, "rb");
    if (!file)
        return fail(error, ERR_NOT_FOUND, "cannot open %s", o->prompt_file);
    char block[65536];
    size_t n;
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        buf_append(prompt, block, n);
    if (!is_stdin)
        fclose(file);
    return OK;
}

static void print_timings(const struct request_stats *s)
{
    double prefill = (double)s->prefill_ns * 1e-9, decode = (double)s->decode_ns * 1e-9;
    fprintf(stderr,
            "\nprompt %u tokens (%u reused, %u from disk): %.2f s, %.1f tokens/s; answer %u "
            "tokens: %.2f s, "
            "%.1f tokens/s; logits %016llx\n",
            s->n_prompt, s->n_reused, s->n_from_disk, prefill,
            prefill > 0 ? s->n_computed / prefill : 0.0, s->n_generated, decode,
            decode > 0 ? s->n_generated / decode : 0.0, (unsigned long long)s->logits_hash);
}

// Writes the answer as it comes; Ctrl-C cancels it.
static enum err stream_answer(struct stack *stack, struct request *request, struct error *error)
{
    struct detokenizer detokenizer;
    struct buf text = {0};
    struct event event;
    enum err err = OK;
    detokenizer_init(&detokenizer, stack->tokenizer, false);
    for (;;) {
        if (interrupt_seen())
            request_cancel(request);
        if (!request_next(request, &event, 100))
            continue;
        if (event.kind == EVENT_TOKEN && !event.is_end) {
            detokenizer_push(&detokenizer, &text, event.token);
            fwrite(text.data, 1, text.size, stdout);
            fflush(stdout);
            buf_reset(&text);
        }
        if (event.kind == EVENT_STOP)
            break;
    }
    detokenizer_finish(&detokenizer, &text);
    if (text.size)
        fwrite(text.data, 1, text.size, stdout);
    putchar('\n');
    if (event.stop == STOP_ERROR)
        err = fail(error, event.error, "the engine stopped: %s", err_name(event.error));
    buf_release(&text);
    return err;
}

static enum err complete(struct stack *stack, const struct run_options *o, struct error *error)
{
    struct buf prompt = {0};
    struct token_list tokens = {0};
    struct request *request = NULL;
    enum err err = read_prompt(&prompt, o, error);
    if (err)
        goto done;
    if (tokenizer_adds_bos(stack->tokenizer))
        token_list_append(&tokens, tokenizer_bos(stack->tokenizer));
    tokenizer_encode(stack->tokenizer, &tokens, (struct str){prompt.data, prompt.size}, o->special);
    struct generation generation = {
        .tokens = tokens.ids,
        .n_tokens = tokens.n_ids,
        .max_tokens = o->n_predict,
        .ignores_end = o->ignore_eos,
    };
    sampling_defaults(&generation.sampling, "", false, stack->gguf);
    run_options_apply(o, &generation.sampling);
    err = engine_submit(stack->engine, &request, &generation, NULL, NULL, error);
    if (!err)
        err = stream_answer(stack, request, error);
    if (!err && !o->quiet) {
        struct request_stats stats;
        request_stats(request, &stats);
        print_timings(&stats);
    }
done:
    if (request)
        request_close(request);
    token_list_release(&tokens);
    buf_release(&prompt);
    return err;
}

int run_command(int argc, char **argv)
{
    struct run_options o;
    struct arguments arguments;
    struct error error;
    bool wants_help;
    run_options_defaults(&o);
    enum err err = options_parse(run_table, COUNT_OF(run_table), &o, argc, argv, &arguments,
                                 &wants_help, &error);
    if (!err && wants_help) {
        printf("hearth run - generate in the terminal\n\n"
               "  hearth run [-m FILE]                                chat\n"
               "  hearth run --tools                                  chat that may run commands\n"
               "  hearth run -m FILE -p 'Once upon a time' -n 100     complete a text\n\n");
        options_print(run_table, COUNT_OF(run_table));
        return EXIT_FINE;
    }
    if (!err && arguments.n && !o.loading.model)
        o.loading.model = arguments.items[0];
    struct stack stack = {0};
    if (!err)
        err = stack_open(&stack, &o.loading, 1, &o.disk, &error);
    if (!err) {
        interrupt_catch();
        err =
            o.prompt || o.prompt_file ? complete(&stack, &o, &error) : chat_run(&stack, &o, &error);
    }
    stack_close(&stack);
    return err ? report_error("run", &error) : EXIT_FINE;
}
