// inspect.c - what is in a model file, what it needs, and what of it we cannot use.
#include "base/memory.h"
#include "base/os.h"
#include "cli/built_in.h"
#include "cli/commands.h"
#include "cli/loading.h"
#include "engine/ledger.h"
#include "model/weights.h"
#include "text/tokenizer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct inspect_options {
    struct loading_options loading; // first
    const char *tokens;
    uint32_t n_parallel;
    bool tensors;
};

static const struct option inspect_table[] = {
    LOADING_OPTIONS_ROWS,
    {"--ctx-size", "-c", "N", OPTION_U32, offsetof(struct loading_options, n_context),
     "tokens of context to plan for (default 32768)"},
    {"--parallel", "-np", "N", OPTION_U32, offsetof(struct inspect_options, n_parallel),
     "sequences at a time to plan for (default 1)"},
    {"--tensors", NULL, NULL, OPTION_FLAG, offsetof(struct inspect_options, tensors),
     "list every tensor"},
    {"--tokens", NULL, "TEXT", OPTION_TEXT, offsetof(struct inspect_options, tokens),
     "show how this text is cut into tokens (control tokens recognised)"},
};

static void print_size(char *out, size_t size, uint64_t bytes)
{
    if (bytes < MIB)
        snprintf(out, size, "%.1f KiB", (double)bytes / KIB);
    else if (bytes < GIB)
        snprintf(out, size, "%.1f MiB", (double)bytes / MIB);
    else
        snprintf(out, size, "%.2f GiB", (double)bytes / GIB);
}

static void print_text(struct str text, size_t n_max)
{
    for (size_t i = 0; i < text.size && i < n_max; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '\n')
            printf("\\n");
        else if (c < 32 || c == 127)
            printf("\\x%02x", c);
        else
            putchar(c);
    }
    if (text.size > n_max)
        printf("... (%zu bytes)", text.size);
}

static void print_item(const struct gguf_value *value, uint64_t i)
{
    int64_t number;
    float real;
    struct str text;
    if (value->type == GGUF_STRING && gguf_item_str(value, i, &text))
        print_text(text, value->is_array ? 24 : 100);
    else if (value->type == GGUF_BOOL && gguf_item_i64(value, i, &number))
        printf("%s", number ? "true" : "false");
    else if (gguf_item_i64(value, i, &number))
        printf("%" PRId64, number);
    else if (gguf_item_f32(value, i, &real))
        printf("%g", (double)real);
    else
        printf("?");
}

static void print_metadata(const struct gguf *gguf)
{
    printf("\nmetadata (%zu keys)\n", gguf_n_values(gguf));
    for (size_t i = 0; i < gguf_n_values(gguf); i++) {
        const struct gguf_value *value = gguf_value_at(gguf, i);
        printf("  %-46.*s ", (int)value->key.size, value->key.data);
        if (!value->is_array) {
            print_item(value, 0);
        } else {
            printf("[");
            for (uint64_t k = 0; k < value->n_items && k < 4; k++) {
                printf("%s", k ? ", " : "");
                print_item(value, k);
            }
            printf(value->n_items > 4 ? ", ...] %" PRIu64 " items" : "]", value->n_items);
        }
        printf("\n");
    }
}

static void print_types(const struct gguf *gguf)
{
    struct total {
        size_t n;
        uint64_t bytes;
    } totals[DTYPE_COUNT] = {0};
    uint64_t all = 0;
    printf("\ntensors (%zu)\n", gguf_n_tensors(gguf));
    for (size_t i = 0; i < gguf_n_tensors(gguf); i++) {
        const struct gguf_tensor *tensor = gguf_tensor_at(gguf, i);
        all += tensor->size;
        if (tensor->dtype < DTYPE_COUNT) {
            totals[tensor->dtype].n++;
            totals[tensor->dtype].bytes += tensor->size;
        }
    }
    for (uint32_t t = 0; t < DTYPE_COUNT; t++) {
        char size[32];
        if (!totals[t].n)
            continue;
        print_size(size, sizeof size, totals[t].bytes);
        printf("  %-10s %5zu tensors %12s %5.1f %%\n", dtype_name(t), totals[t].n, size,
               all ? (double)totals[t].bytes * 100 / (double)all : 0.0);
    }
}

static void print_tensors(const struct gguf *gguf)
{
    for (size_t i = 0; i < gguf_n_tensors(gguf); i++) {
        const struct gguf_tensor *t = gguf_tensor_at(gguf, i);
        char size[32];
        print_size(size, sizeof size, t->size);
        printf("  %-44.*s %-8s %" PRIu64, (int)t->name.size, t->name.data, dtype_name(t->dtype),
               t->ne[0]);
        for (uint32_t d = 1; d < t->n_dims; d++)
            printf(" x %" PRIu64, t->ne[d]);
        printf("  %s\n", size);
    }
}

static void print_unsupported(const struct gguf *gguf)
{
    for (size_t i = 0; i < gguf_n_tensors(gguf); i++) {
        const struct gguf_tensor *t = gguf_tensor_at(gguf, i);
        if (!dtype_find(t->dtype))
            printf("  unsupported: tensor %.*s is stored as %s (type %u)\n", (int)t->name.size,
                   t->name.data, dtype_name(t->dtype), t->dtype);
    }
}

// The same table that `serve` checks before it starts, without snapshots to remember.
static void print_memory(const struct gguf *gguf, const struct hyperparams *h,
                         const struct inspect_options *o)
{
    const struct loading_options *l = &o->loading;
    struct engine_config config = {
        .n_context = l->n_context,
        .n_parallel = o->n_parallel,
        .n_queue_max = 1,
        .n_batch = l->n_batch,
        .n_cache_tokens = l->n_context * o->n_parallel,
    };
    struct ledger_input input = {
        .hyperparams = h,
        .weights_size = gguf_file_size(gguf),
        .config = &config,
        .types = {.k_type = l->k_type, .v_type = l->v_type},
        .n_threads = l->n_threads ? l->n_threads : os_n_cores(),
        .memory_total = os_memory_total(),
    };
    struct ledger ledger;
    struct buf table = {0};
    ledger_plan(&ledger, &input);
    ledger_print(&ledger, &table);
    printf("\nmemory for %u sequence%s of %u tokens, K %s and V %s\n%s", o->n_parallel,
           o->n_parallel == 1 ? "" : "s", l->n_context, dtype_name(l->k_type),
           dtype_name(l->v_type), table.data);
    if (!ledger_fits(&ledger))
        printf("does not fit; %u tokens would\n", ledger.n_context_fit);
    buf_release(&table);
}

static void print_model(const struct hyperparams *h)
{
    printf("\nmodel\n  %s: %u layers", h->arch->name, h->n_layers);
    uint32_t n_recurrent = 0, n_sliding = 0;
    for (uint32_t i = 0; i < h->n_layers; i++) {
        n_recurrent += h->is_recurrent[i];
        n_sliding += h->is_sliding[i];
    }
    if (n_recurrent)
        printf(" (%u DeltaNet, %u attention)", n_recurrent, h->n_layers - n_recurrent);
    if (n_sliding)
        printf(" (%u with a window of %u, %u full)", n_sliding, h->window, h->n_layers - n_sliding);
    if (h->n_mtp)
        printf(" and %u MTP block%s", h->n_mtp, h->n_mtp == 1 ? "" : "s");
    printf(", width %u, vocabulary %u, trained on %u tokens of context\n", h->n_model, h->n_vocab,
           h->n_context_train);
    printf("  %u heads of %u over %u KV heads", h->n_heads, h->head_dim, h->n_kv_heads);
    if (h->n_experts)
        printf("; %u experts of %u, %u used%s", h->n_experts, h->n_ff_expert, h->n_experts_used,
               h->n_ff_shared ? " and a shared one" : "");
    else
        printf("; FFN of %u", h->n_ff);
    printf("\n");
}

// Shapes and formats checked as at loading, without touching the weights.
static void print_whether_loadable(struct gguf *gguf, const struct hyperparams *h)
{
    struct backend *backend = NULL;
    struct weights weights = {0};
    struct error error;
    struct backend_options options = {1, 0};
    enum err err = backend_open(&backend, "cpu", &options, &error);
    if (!err)
        err = weights_open(&weights, gguf, h, h->n_mtp > 0, backend, &error);
    if (err)
        printf("  cannot be loaded: %s\n", error.text);
    else
        printf("  every tensor is there, of the right shape and in a supported format\n");
    weights_close(&weights);
    backend_close(backend);
}

static enum err print_tokens(const struct gguf *gguf, const char *text, struct error *error)
{
    struct tokenizer *tokenizer;
    enum err err = tokenizer_open(&tokenizer, gguf, error);
    if (err)
        return err;
    struct token_list list = {0};
    tokenizer_encode(tokenizer, &list, str_of(text), true);
    printf("%zu tokens\n", list.n_ids);
    for (size_t i = 0; i < list.n_ids; i++) {
        printf("%8d  '", list.ids[i]);
        print_text(tokenizer_bytes(tokenizer, list.ids[i]), 80);
        printf("'%s\n", tokenizer_kind(tokenizer, list.ids[i]) == TOKEN_CONTROL ? "  control" : "");
    }
    token_list_release(&list);
    tokenizer_close(tokenizer);
    return OK;
}

static void print_help(void)
{
    printf("hearth inspect - what is in a model file, and what it needs\n\n"
           "  hearth inspect FILE [-c 65536] [--tensors]\n"
           "  hearth inspect FILE --tokens 'some text'\n\n");
    options_print(inspect_table, COUNT_OF(inspect_table));
}

static void print_all(struct gguf *gguf, const struct inspect_options *o)
{
    char size[32];
    struct hyperparams *h = mem_new(struct hyperparams, 1);
    struct error error;
    print_size(size, sizeof size, gguf_file_size(gguf));
    printf("%s: %s", gguf_path(gguf), size);
    printf(gguf_n_parts(gguf) > 1 ? " in %u parts\n" : "\n", gguf_n_parts(gguf));
    print_metadata(gguf);
    print_types(gguf);
    if (o->tensors)
        print_tensors(gguf);
    print_unsupported(gguf);
    if (hyperparams_read(h, gguf, &error)) {
        printf("\ncannot be run: %s\n", error.text);
    } else {
        print_model(h);
        print_whether_loadable(gguf, h);
        print_memory(gguf, h, o);
    }
    free(h);
}

int inspect_command(int argc, char **argv)
{
    struct inspect_options o = {.n_parallel = 1};
    struct arguments arguments;
    struct error error;
    bool wants_help;
    loading_defaults(&o.loading);
    o.loading.n_context = 32768;
    enum err err = options_parse(inspect_table, COUNT_OF(inspect_table), &o, argc, argv, &arguments,
                                 &wants_help, &error);
    if (!err && wants_help) {
        print_help();
        return EXIT_FINE;
    }
    if (!err && arguments.n)
        o.loading.model = arguments.items[0];
    struct gguf *gguf = NULL;
    if (!err && !o.loading.model)
        err = built_in_open(&gguf, &error);
    else if (!err)
        err = gguf_open(&gguf, o.loading.model, &(struct gguf_options){.mode = GGUF_HEADER_ONLY},
                        &error);
    if (!err && o.tokens)
        err = print_tokens(gguf, o.tokens, &error);
    else if (!err)
        print_all(gguf, &o);
    gguf_close(gguf);
    return err ? report_error("inspect", &error) : EXIT_FINE;
}
