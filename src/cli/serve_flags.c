#include "cli/serve_flags.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum flag_kind {
    SET,          // bool, true
    CLEAR,        // bool, false
    INTEGER,      // int64_t
    NUMBER,       // double
    TEXT,         // const char *
    LIST,         // struct serve_list
    IGNORE,       // nothing, without a value
    IGNORE_VALUE, // nothing, with a value
    IGNORE_TWO,   // nothing, with two values
};

struct flag {
    const char *names; // separated by spaces
    const char *env;   // or NULL
    enum flag_kind kind;
    size_t offset;
    const char *help; // or NULL: not worth a line of help
    const char *note; // said when it is given; or NULL
};

#define AT(member) offsetof(struct serve_options, member)

static const char no_gpu_split[] = "all of the model runs on one device";
static const char no_draft[] = "speculative decoding with a second model is not supported";
static const char no_media[] = "this build reads text only";
static const char no_rope[] = "RoPE scaling is taken from the model file";
static const char no_sampler[] = "this sampler is not supported, the parameter has no effect";
static const char no_affinity[] = "threads are placed by the operating system";
static const char no_ui[] = "there is no web UI";
static const char no_adapter[] = "LoRA adapters and control vectors are not supported";
static const char no_router[] = "one server runs one model";

static const struct flag flags[] = {
    // ---- the model ----
    {"-m --model", "LLAMA_ARG_MODEL", TEXT, AT(model),
     "model file (GGUF); without it: the built-in one", NULL},
    {"--synthetic", NULL, TEXT, AT(synthetic),
     "SHAPE[:TYPE]: random weights in the shape of a model, in place of a file", NULL},
    {"-hf -hfr --hf-repo", "LLAMA_ARG_HF_REPO", TEXT, AT(hf_repo),
     "USER/MODEL[:QUANT], looked for in local caches", NULL},
    {"-hff --hf-file", "LLAMA_ARG_HF_FILE", TEXT, AT(hf_file), "file of that repository", NULL},
    {"-a --alias", "LLAMA_ARG_ALIAS", TEXT, AT(alias), "name that clients are told", NULL},
    {"--backend", NULL, TEXT, AT(backend), "cpu (default) or vulkan, an experiment so far", NULL},
    {"--cpu", NULL, TEXT, AT(cpu), "highest kernels: auto, scalar, avx2, avx512 or neon", NULL},
    {"-ngl --gpu-layers --n-gpu-layers", "LLAMA_ARG_N_GPU_LAYERS", TEXT, AT(gpu_layers),
     "0: run on the CPU; anything else: on the GPU, if there is one", NULL},
    {"-t --threads", "LLAMA_ARG_THREADS", INTEGER, AT(n_threads), "threads (default: one per core)",
     NULL},
    {"-c --ctx-size", "LLAMA_ARG_CTX_SIZE", INTEGER, AT(n_context),
     "tokens of one conversation; 0: the model's own, or what fits", NULL},
    {"-b --batch-size", "LLAMA_ARG_BATCH", INTEGER, AT(n_batch), "most tokens of a prompt at once",
     NULL},
    {"-ub --ubatch-size", "LLAMA_ARG_UBATCH", INTEGER, AT(n_ubatch),
     "the same; the smaller of the two counts", NULL},
    {"-np --parallel", "LLAMA_ARG_N_PARALLEL", INTEGER, AT(n_parallel),
     "conversations at a time (default: 4)", NULL},
    {"-fa --flash-attn", "LLAMA_ARG_FLASH_ATTN", TEXT, AT(flash_attention), NULL,
     "attention is always computed blockwise, whatever is asked"},
    {"-ctk --cache-type-k", "LLAMA_ARG_CACHE_TYPE_K", TEXT, AT(cache_type_k),
     "K cache: f32, f16 (default), q8_0, q5_0 or q4_0", NULL},
    {"-ctv --cache-type-v", "LLAMA_ARG_CACHE_TYPE_V", TEXT, AT(cache_type_v), "V cache, likewise",
     NULL},
    {"--mlock", "LLAMA_ARG_MLOCK", SET, AT(locks_memory), "keep the weights in RAM", NULL},
    {"--no-mmap", "LLAMA_ARG_NO_MMAP", SET, AT(no_mmap), "read the file instead of mapping it",
     NULL},
    {"--mmap", NULL, CLEAR, AT(no_mmap), NULL, NULL},
    {"-lm --load-mode", "LLAMA_ARG_LOAD_MODE", TEXT, AT(load_mode),
     "auto or mmap, none, mlock, mmap+mlock: both in one word", NULL},
    {"--sleep-idle-seconds", "LLAMA_ARG_SLEEP_IDLE_SECONDS", INTEGER, AT(sleep_idle_s),
     "unload the model after so long without a request; -1: never", NULL},
    {"--keep", NULL, INTEGER, AT(sleep_s), "the same", NULL},
    // ---- what is remembered ----
    {"-cram --cache-ram", "LLAMA_ARG_CACHE_RAM", INTEGER, AT(cache_ram_mib),
     "MiB for remembered states beside the KV pages (default: an eighth of the memory, at most "
     "2048)",
     NULL},
    {"--cache-prompt", "LLAMA_ARG_CACHE_PROMPT", CLEAR, AT(no_cache), NULL, NULL},
    {"--no-cache-prompt", NULL, SET, AT(no_cache), "forget each answer's own text", NULL},
    {"--cache-dir", "HEARTH_CACHE_DIR", TEXT, AT(cache_folder),
     "folder where states outlive the server (default: hearth in the user's cache folder)", NULL},
    {"--cache-disk", "HEARTH_CACHE_DISK", INTEGER, AT(cache_disk_mib),
     "MiB the folder may hold (default: a fifth of what is free, at most 32 GiB)", NULL},
    {"--no-disk-cache", "HEARTH_NO_DISK_CACHE", SET, AT(no_disk_cache), "keep nothing on disk",
     NULL},
    {"--cache-idle-slots --no-cache-idle-slots", "LLAMA_ARG_CACHE_IDLE_SLOTS", IGNORE, 0, NULL,
     "what idle conversations computed always stays as long as there is room"},
    {"-kvu --kv-unified -no-kvu --no-kv-unified", "LLAMA_ARG_KV_UNIFIED", IGNORE, 0, NULL,
     "all conversations always share one pool of pages"},
    {"--kv-unified-per-slot", NULL, IGNORE_VALUE, 0, NULL, "-c is the limit of a conversation"},
    {"--swa-full", "LLAMA_ARG_SWA_FULL", SET, AT(swa_full), NULL, NULL},
    {"--no-context-shift", NULL, IGNORE, 0, NULL, "context is never shifted"},
    {"--context-shift", "LLAMA_ARG_CONTEXT_SHIFT", IGNORE, 0, NULL,
     "context shift is not supported: a full context ends the answer"},
    {"--cache-reuse", "LLAMA_ARG_CACHE_REUSE", IGNORE_VALUE, 0, NULL,
     "only whole prefixes are reused"},
    {"-ctxcp --ctx-checkpoints --swa-checkpoints", "LLAMA_ARG_CTX_CHECKPOINTS", IGNORE_VALUE, 0,
     NULL, "states are kept by size: see --cache-ram"},
    {"-cms --checkpoint-min-step --slot-prompt-similarity -sps --slot-save-path", NULL,
     IGNORE_VALUE, 0, NULL, "the cache is one tree over all conversations and needs no tuning"},
    // ---- conversations ----
    {"--jinja --no-jinja", "LLAMA_ARG_JINJA", IGNORE, 0, NULL,
     "the file's chat template is always used"},
    {"--chat-template", "LLAMA_ARG_CHAT_TEMPLATE", TEXT, AT(chat_template),
     "template text in place of the file's", NULL},
    {"--chat-template-file", "LLAMA_ARG_CHAT_TEMPLATE_FILE", TEXT, AT(chat_template_file),
     "the same, from a file", NULL},
    {"--chat-template-kwargs", "LLAMA_ARG_CHAT_TEMPLATE_KWARGS", TEXT, AT(template_arguments),
     "JSON object of more variables for the template", NULL},
    {"--dialect", NULL, TEXT, AT(dialect), "family of the conversation (default: detected)", NULL},
    {"-rea --reasoning", "LLAMA_ARG_REASONING", TEXT, AT(reasoning),
     "on, off, auto (as the request says) or a budget in tokens", NULL},
    {"--reasoning-budget", "LLAMA_ARG_THINK_BUDGET", INTEGER, AT(n_thinking_max),
     "most tokens of thinking; 0: none, -1: no limit", NULL},
    {"--reasoning-effort", "LLAMA_ARG_REASONING_EFFORT", TEXT, AT(reasoning_effort), NULL,
     "the request's own effort counts"},
    {"--reasoning-format", "LLAMA_ARG_THINK", TEXT, AT(reasoning_format), NULL,
     "thinking is always told apart from the answer"},
    {"--reasoning-budget-message", NULL, IGNORE_VALUE, 0, NULL,
     "what ends thinking is the family's own"},
    {"--reasoning-preserve --no-reasoning-preserve", NULL, IGNORE, 0, NULL,
     "earlier thinking stays where the family allows it"},
    {"-sp --special", NULL, IGNORE, 0, NULL, "control tokens are never part of an answer"},
    {"--prefill-assistant --no-prefill-assistant", NULL, IGNORE, 0, NULL,
     "a last assistant message is always the beginning of the answer"},
    // ---- sampling, where the request says nothing ----
    {"-n --predict --n-predict", "LLAMA_ARG_N_PREDICT", INTEGER, AT(n_predict),
     "most tokens of an answer; -1: as many as fit", NULL},
    {"-s --seed", NULL, INTEGER, AT(seed), "of the random numbers; -1: another each time", NULL},
    {"--temp --temperature", "LLAMA_ARG_TEMPERATURE", NUMBER, AT(temperature),
     "0: always the likeliest", NULL},
    {"--top-k", "LLAMA_ARG_TOP_K", INTEGER, AT(top_k), "sample from the k likeliest; 0: all", NULL},
    {"--top-p", "LLAMA_ARG_TOP_P", NUMBER, AT(top_p), "sample from this much probability", NULL},
    {"--min-p", "LLAMA_ARG_MIN_P", NUMBER, AT(min_p), "least probability beside the best", NULL},
    {"--repeat-penalty", "LLAMA_ARG_REPEAT_PENALTY", NUMBER, AT(repeat_penalty), "1: none", NULL},
    {"--repeat-last-n", NULL, INTEGER, AT(repeat_last_n), "tokens that penalties look back", NULL},
    {"--presence-penalty", "LLAMA_ARG_PRESENCE_PENALTY", NUMBER, AT(presence_penalty), "0: none",
     NULL},
    {"--frequency-penalty", "LLAMA_ARG_FREQUENCY_PENALTY", NUMBER, AT(frequency_penalty), "0: none",
     NULL},
    {"--typical --typical-p", NULL, NUMBER, AT(typical_p), "the most typical of this share; 1: all",
     NULL},
    {"--top-nsigma --top-n-sigma", NULL, NUMBER, AT(top_n_sigma),
     "standard deviations below the likeliest; -1: all", NULL},
    {"--xtc-probability", NULL, NUMBER, AT(xtc_probability), "how often top choices go; 0: never",
     NULL},
    {"--xtc-threshold", NULL, NUMBER, AT(xtc_threshold), "what a top choice is (default: 0.1)",
     NULL},
    {"--dry-multiplier", NULL, NUMBER, AT(dry_multiplier), "against repetitions; 0: none", NULL},
    {"--dry-base", NULL, NUMBER, AT(dry_base), "growth of that (default: 1.75)", NULL},
    {"--dry-allowed-length", NULL, INTEGER, AT(dry_allowed_length), "free of it (default: 2)",
     NULL},
    {"--dry-penalty-last-n", NULL, INTEGER, AT(dry_last_n), "tokens it looks back", NULL},
    {"--dry-sequence-breaker", NULL, LIST, AT(dry_breakers),
     "text that ends a repetition; may come several times", NULL},
    {"-l --logit-bias", NULL, LIST, AT(logit_biases),
     "TOKEN+BIAS or TOKEN-BIAS; may come several times", NULL},
    {"--dynatemp-range", NULL, NUMBER, AT(dynatemp_range),
     "the temperature follows the entropy by so much up and down; 0: fixed", NULL},
    {"--dynatemp-exp", NULL, NUMBER, AT(dynatemp_exponent), "how it does (default: 1)", NULL},
    {"--mirostat", NULL, INTEGER, AT(mirostat),
     "hold the surprise of an answer, in place of truncation; 1, 2, or 0: do not", NULL},
    {"--mirostat-ent", NULL, NUMBER, AT(mirostat_tau), "at so many bits a token (default: 5)",
     NULL},
    {"--mirostat-lr", NULL, NUMBER, AT(mirostat_eta), "learning so fast (default: 0.1)", NULL},
    {"--samplers", NULL, TEXT, AT(samplers),
     "their order, \";\" between: "
     "penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature",
     NULL},
    {"--sampler-seq --sampling-seq", NULL, TEXT, AT(sampler_letters),
     "the same in letters: edskypmxt", NULL},
    {"--adaptive-target --adaptive-decay", NULL, IGNORE_VALUE, 0, NULL, no_sampler},
    {"--grammar --grammar-file -j --json-schema -jf --json-schema-file -r --reverse-prompt", NULL,
     IGNORE_VALUE, 0, NULL, "requests say so themselves"},
    {"--ignore-eos", NULL, IGNORE, 0, NULL, "requests say so themselves"},
    // ---- the server ----
    {"--host", "LLAMA_ARG_HOST", TEXT, AT(host), "address to listen on (default: 127.0.0.1)", NULL},
    {"--port", "LLAMA_ARG_PORT", INTEGER, AT(port), "port (default: 8080)", NULL},
    {"--api-key", "LLAMA_API_KEY", TEXT, AT(api_key),
     "key that requests must bring; commas between "
     "several",
     NULL},
    {"--api-key-file", "LLAMA_ARG_API_KEY_FILE", TEXT, AT(api_key_file), "keys, one a line", NULL},
    {"--allowed-hosts", NULL, TEXT, AT(allowed_hosts),
     "more names that requests may call this machine, commas between", NULL},
    {"--cors-origins", "LLAMA_ARG_CORS_ORIGINS", TEXT, AT(cors_origins),
     "pages that may ask, commas between (default: none)", NULL},
    {"-to --timeout", "LLAMA_ARG_TIMEOUT", INTEGER, AT(timeout_s),
     "seconds for a whole request to arrive, and for a reader to stand still", NULL},
    {"--sse-ping-interval", "LLAMA_ARG_SSE_PING_INTERVAL", INTEGER, AT(ping_s),
     "seconds between signs of life before the first token (default: 10)", NULL},
    {"--queue", NULL, INTEGER, AT(n_queue_max), "requests that may wait (default: 64)", NULL},
    {"--drain", NULL, INTEGER, AT(drain_s), "seconds for answers to end after SIGTERM", NULL},
    {"--no-slots", NULL, SET, AT(no_slots), "do not answer GET /slots", NULL},
    {"--slots", "LLAMA_ARG_ENDPOINT_SLOTS", CLEAR, AT(no_slots), NULL, NULL},
    {"--metrics", "LLAMA_ARG_ENDPOINT_METRICS", IGNORE, 0, NULL, "GET /metrics is always there"},
    {"--props", "LLAMA_ARG_ENDPOINT_PROPS", IGNORE, 0, NULL,
     "properties cannot be changed while running"},
    {"--threads-http", "LLAMA_ARG_THREADS_HTTP", IGNORE_VALUE, 0, NULL,
     "each request has its own thread"},
    {"-cb --cont-batching -nocb --no-cont-batching", "LLAMA_ARG_CONT_BATCHING", IGNORE, 0, NULL,
     "conversations always share steps"},
    {"--webui --no-webui --ui --no-ui --ui-mcp-proxy --webui-mcp-proxy --no-ui-mcp-proxy "
     "--no-webui-mcp-proxy -ag --agent -no-ag --no-agent",
     NULL, IGNORE, 0, NULL, no_ui},
    {"--path --ui-config --webui-config --ui-config-file --webui-config-file --tools "
     "--tools-runtime --mcp-servers-config --mcp-servers-json --media-path",
     NULL, IGNORE_VALUE, 0, NULL, no_ui},
    {"--api-prefix --tags --cors-methods --cors-headers", NULL, IGNORE_VALUE, 0, NULL,
     "not supported"},
    {"--cors-credentials --no-cors-credentials --reuse-port", NULL, IGNORE, 0, NULL,
     "not supported"},
    {"--ssl-key-file --ssl-cert-file", NULL, IGNORE_VALUE, 0, NULL,
     "built without SSL support: put a proxy in front"},
    {"--embedding --embeddings --rerank --reranking --spm-infill", NULL, IGNORE, 0, NULL,
     "this server generates text and does nothing else"},
    {"--pooling --embd-normalize", NULL, IGNORE_VALUE, 0, NULL,
     "this server generates text and does nothing else"},
    {"--models-dir --models-preset --models-max", NULL, IGNORE_VALUE, 0, NULL, no_router},
    {"--models-autoload --no-models-autoload", NULL, IGNORE, 0, NULL, no_router},
    // ---- the log ----
    {"--log-disable", NULL, SET, AT(no_log), "no log", NULL},
    {"--log-file", "LLAMA_ARG_LOG_FILE", TEXT, AT(log_file), "log to a file", NULL},
    {"--no-log-timestamps", NULL, SET, AT(no_timestamps), "lines without the time", NULL},
    {"--log-timestamps", "LLAMA_ARG_LOG_TIMESTAMPS", CLEAR, AT(no_timestamps), NULL, NULL},
    {"-lv --verbosity --log-verbosity", "LLAMA_ARG_LOG_VERBOSITY", INTEGER, AT(verbosity), NULL,
     NULL},
    {"-v --verbose --log-verbose --log-prefix --no-log-prefix --log-jsonl --no-log-jsonl "
     "--verbose-prompt",
     NULL, IGNORE, 0, NULL, "one line per request; bodies go to --trace"},
    {"--log-colors", "LLAMA_ARG_LOG_COLORS", IGNORE_VALUE, 0, NULL, "the log has no colours"},
    {"--welcome", NULL, SET, AT(wants_welcome), "tell on stdout how to connect clients", NULL},
    {"--no-live-line", NULL, SET, AT(no_live_line),
     "no line at the bottom of a terminal that tells how the server is doing", NULL},
    {"--trace", NULL, TEXT, AT(trace), "write requests and answers to a file, as JSON lines", NULL},
    {"--replay", NULL, TEXT, AT(replay), "answers from a file in place of sampling, for tests",
     NULL},
    // ---- llama-server's, with nothing to do here ----
    {"-tb --threads-batch", NULL, IGNORE_VALUE, 0, NULL, "-t counts for prompts too"},
    {"-C --cpu-mask -Cr --cpu-range --cpu-strict --prio --poll -Cb --cpu-mask-batch -Crb "
     "--cpu-range-batch --cpu-strict-batch --prio-batch --poll-batch --numa",
     NULL, IGNORE_VALUE, 0, NULL, no_affinity},
    {"-dev --device -ot --override-tensor -ncmoe --n-cpu-moe --moe-cache-mib -ncffn --n-cpu-ffn "
     "-sm --split-mode -ts --tensor-split -mg --main-gpu --rpc",
     NULL, IGNORE_VALUE, 0, NULL, no_gpu_split},
    {"-cmoe --cpu-moe -kvo --kv-offload -nkvo --no-kv-offload --op-offload --no-op-offload "
     "--no-host",
     NULL, IGNORE, 0, NULL, no_gpu_split},
    {"-fit --fit -fitt --fit-target -fitc --fit-ctx", NULL, IGNORE_VALUE, 0, NULL,
     "what does not fit is said at the start; -c 0 takes what fits"},
    {"--rope-scaling --rope-scale --rope-freq-base --rope-freq-scale --yarn-orig-ctx "
     "--yarn-ext-factor --yarn-attn-factor --yarn-beta-slow --yarn-beta-fast",
     NULL, IGNORE_VALUE, 0, NULL, no_rope},
    {"-md --model-draft --draft --draft-n --draft-max --draft-min --draft-n-min --draft-p-min "
     "--spec-type -ngld --gpu-layers-draft -cd --ctx-size-draft -ctkd --cache-type-k-draft -ctvd "
     "--cache-type-v-draft -devd --device-draft --spec-draft-model --spec-draft-n-max "
     "--spec-draft-n-min -lcs --lookup-cache-static -lcd --lookup-cache-dynamic",
     NULL, IGNORE_VALUE, 0, NULL, no_draft},
    {"-mm --mmproj -mmu --mmproj-url --image-min-tokens --image-max-tokens -mmdev "
     "--mmproj-device --mtmd-batch-max-tokens",
     NULL, IGNORE_VALUE, 0, NULL, no_media},
    {"--no-mmproj --mmproj-auto --no-mmproj-auto --mmproj-offload --no-mmproj-offload", NULL,
     IGNORE, 0, NULL, no_media},
    {"--lora --lora-scaled --control-vector --control-vector-scaled", NULL, IGNORE_VALUE, 0, NULL,
     no_adapter},
    {"--control-vector-layer-range", NULL, IGNORE_TWO, 0, NULL, no_adapter},
    {"-mu --model-url -dr --docker-repo -hft --hf-token", NULL, IGNORE_VALUE, 0, NULL,
     "this server downloads nothing"},
    {"--offline", NULL, IGNORE, 0, NULL, NULL},
    {"-dt --defrag-thold --override-kv -lzm --lazy-mode", NULL, IGNORE_VALUE, 0, NULL,
     "not supported"},
    {"--warmup --no-warmup --perf --no-perf -e --escape --no-escape --repack -nr --no-repack "
     "--check-tensors --direct-io -dio --no-direct-io -ndio -bs --backend-sampling",
     NULL, IGNORE, 0, NULL, "nothing to switch here"},
    {"-h --help --usage", NULL, SET, AT(wants_help), "this text", NULL},
    {"--version", NULL, SET, AT(wants_version), "the version", NULL},
};

// Whether `name` is one of the words of `names`.
static bool has_name(const char *names, const char *name, size_t size)
{
    while (*names) {
        size_t n = strcspn(names, " ");
        if (n == size && memcmp(names, name, size) == 0)
            return true;
        names += n + (names[n] == ' ');
    }
    return false;
}

static const struct flag *find_flag(const char *name, size_t size)
{
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (has_name(flags[i].names, name, size))
            return &flags[i];
    return NULL;
}

static enum err store(const struct flag *flag, const char *name, const char *value,
                      struct serve_options *options, struct error *error)
{
    void *place = (char *)options + flag->offset;
    char *end = NULL;
    switch (flag->kind) {
    case SET:
    case CLEAR:
        *(bool *)place = flag->kind == SET;
        break;
    case INTEGER:
        *(int64_t *)place = strtoll(value, &end, 10);
        break;
    case NUMBER:
        *(double *)place = strtod(value, &end);
        break;
    case TEXT:
        *(const char **)place = value;
        break;
    case LIST:
        if (((struct serve_list *)place)->n == SERVE_LIST_MAX)
            return fail(error, ERR_ARGUMENT, "%s comes more than %d times", name, SERVE_LIST_MAX);
        ((struct serve_list *)place)->items[((struct serve_list *)place)->n++] = value;
        break;
    case IGNORE:
    case IGNORE_VALUE:
    case IGNORE_TWO:
        break;
    }
    if (end && (*end || end == value))
        return fail(error, ERR_ARGUMENT, "%s takes a %snumber, not '%s'", name,
                    flag->kind == INTEGER ? "whole " : "", value);
    return OK;
}

static bool is_no(const char *value)
{
    static const char *const words[] = {"0", "false", "off", "disabled", "no"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcmp(words[i], value) == 0)
            return true;
    return false;
}

static enum err read_environment(struct serve_options *options, struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        const char *value = flags[i].env ? getenv(flags[i].env) : NULL;
        bool is_switch = flags[i].kind == SET || flags[i].kind == CLEAR;
        if (!value || (is_switch && is_no(value)))
            continue;
        enum err err = store(&flags[i], flags[i].env, value, options, error);
        if (err)
            return err;
    }
    return OK;
}

static void say_note(const char *name, const struct flag *flag, serve_say_fn say, void *context)
{
    char line[300];
    if (!flag->note || !say)
        return;
    snprintf(line, sizeof line, "%s: %s", name, flag->note);
    say(context, line);
}

// How many arguments a flag takes.  --flash-attn and --reasoning may stand alone, as they once did.
static int n_values(const struct flag *flag, const char *next)
{
    bool is_alone = !next || next[0] == '-';
    switch (flag->kind) {
    case SET:
    case CLEAR:
    case IGNORE:
        return 0;
    case IGNORE_TWO:
        return 2;
    case TEXT:
        return flag->offset == AT(flash_attention) && is_alone ? 0 : 1;
    default:
        return 1;
    }
}

enum err serve_flags_parse(struct serve_options *options, int argc, char **argv, serve_say_fn say,
                           void *context, struct error *error)
{
    *options = (struct serve_options){0};
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        void *place = (char *)options + flags[i].offset;
        if (flags[i].kind == INTEGER)
            *(int64_t *)place = SERVE_UNSET;
        else if (flags[i].kind == NUMBER)
            *(double *)place = NAN;
    }
    enum err err = read_environment(options, error);
    for (int i = 1; i < argc && !err; i++) {
        const char *name = argv[i];
        const char *equals = name[0] == '-' && name[1] == '-' ? strchr(name, '=') : NULL;
        const struct flag *flag = find_flag(name, equals ? (size_t)(equals - name) : strlen(name));
        if (!flag && name[0] != '-')
            return fail(error, ERR_ARGUMENT, "'%s' is no flag: the model is given with -m", name);
        if (!flag)
            return fail(error, ERR_ARGUMENT, "unknown flag %s", name);
        int n = n_values(flag, i + 1 < argc ? argv[i + 1] : NULL);
        const char *value = equals ? equals + 1 : n ? argv[i + 1] : "";
        if (!equals && i + n >= argc)
            return fail(error, ERR_ARGUMENT, "%s needs a value", name);
        err = store(flag, name, value, options, error);
        if (!err)
            say_note(name, flag, say, context);
        i += equals ? 0 : n;
    }
    return err;
}

void serve_flags_print(FILE *out)
{
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        if (!flags[i].help)
            continue;
        char names[100];
        snprintf(names, sizeof names, "%s", flags[i].names);
        for (char *c = names; *c; c++)
            if (*c == ' ')
                *c = '|';
        fprintf(out, "  %-36s %s\n", names, flags[i].help);
    }
    fprintf(out,
            "\nOther flags of llama-server are taken and, where they do nothing here, said so.\n"
            "Its LLAMA_ARG_* variables mean the same as the flags.\n");
}
