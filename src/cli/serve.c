// hearth serve - the HTTP server, from the command line to the last drained answer.
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/fields.h"
#include "api/json.h"
#include "base/memory.h"
#include "base/os.h"
#include "cli/built_in.h"
#include "cli/commands.h"
#include "cli/disk_cache.h"
#include "cli/live_line.h"
#include "cli/serve_flags.h"
#include "cli/serve_models.h"
#include "cli/serve_sampling.h"
#include "cli/welcome.h"
#include "server/host.h"
#include "server/server.h"

enum { LIST_MAX = 64, PARALLEL_DEFAULT = 4 };

struct log {
    FILE *file; // NULL: no log
    bool no_time;
    struct live_line *live; // NULL: none
};

struct list { // texts between commas, or lines of a file
    char *text;
    const char *items[LIST_MAX];
    size_t n;
};

struct serve {
    struct serve_options options;
    struct log log;
    FILE *trace;
    char *model_path, *template_text;
    char cache_folder[DISK_CACHE_PATH]; // empty: nothing is kept on disk
    bool is_built_in;                   // the model
    struct json_object *template_arguments;
    struct serve_sampling sampling;
    struct list keys, hosts, origins;
    struct buf notes; // on flags, line by line, until the log is open
    struct host *host;
    struct model_side side;
    struct server *server;
    pthread_mutex_t lock; // of what follows, and of `server` while it is opened
    bool has_failed;
    struct error failure;
};

// ---- the log ----

static void say(void *context, const char *line)
{
    struct log *log = context;
    char stamp[40] = "";
    if (!log->file)
        return;
    if (!log->no_time) {
        time_t now = time(NULL);
        struct tm local;
        localtime_r(&now, &local);
        strftime(stamp, sizeof stamp, "%H:%M:%S ", &local);
    }
    struct buf whole = {0};
    buf_printf(&whole, "%s%s\n", stamp, line);
    live_line_say(log->live, log->file, whole.data);
    buf_release(&whole);
}

static void say_format(struct log *log, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say_format(struct log *log, const char *format, ...)
{
    char line[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    say(log, line);
}

static void keep_note(void *context, const char *line)
{
    struct buf *notes = context;
    buf_append_text(notes, line);
    buf_append_byte(notes, '\n');
}

static void say_notes(struct serve *serve)
{
    struct str rest = {serve->notes.data, serve->notes.size};
    while (rest.size) {
        size_t end = str_find(rest, STR("\n"), 0);
        say_format(&serve->log, "%.*s", (int)end, rest.data);
        rest = str_slice(rest, end + 1, rest.size);
    }
}

// ---- texts and lists ----

static enum err read_text(char **out, const char *path, struct error *error)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return fail(error, ERR_IO, "cannot open %s", path);
    struct buf text = {.size_max = 4 * MIB};
    char bytes[4096];
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        buf_append(&text, bytes, n);
    fclose(file);
    if (!text.data)
        buf_append_text(&text, "");
    *out = buf_take(&text);
    return OK;
}

// Takes `text` apart at the separators; lines that begin with # are comments.
static void split_list(struct list *list, char *text, const char *separators)
{
    char *rest = NULL;
    list->text = text;
    for (char *item = strtok_r(text, separators, &rest); item && list->n < LIST_MAX;
         item = strtok_r(NULL, separators, &rest)) {
        item += strspn(item, " \t\r");
        size_t size = strcspn(item, "\r");
        item[size] = 0;
        if (*item && *item != '#')
            list->items[list->n++] = item;
    }
}

static enum err read_keys(struct serve *serve, struct error *error)
{
    const struct serve_options *o = &serve->options;
    char *text = NULL;
    if (o->api_key_file) {
        enum err err = read_text(&text, o->api_key_file, error);
        if (err)
            return err;
        split_list(&serve->keys, text, "\n");
        if (serve->keys.n == 0)
            return fail(error, ERR_ARGUMENT, "%s holds no key", o->api_key_file);
    } else if (o->api_key) {
        split_list(&serve->keys, mem_copy_string(o->api_key), ",");
    }
    return OK;
}

// The model could not be loaded: the server, if it is there already, has nothing to serve.
static void load_failed(void *context, const struct error *error)
{
    struct serve *serve = context;
    pthread_mutex_lock(&serve->lock);
    serve->has_failed = true;
    serve->failure = *error;
    if (serve->server)
        server_stop(serve->server);
    pthread_mutex_unlock(&serve->lock);
}

// ---- from flags to configurations ----

static int64_t number_or(int64_t value, int64_t otherwise)
{
    return value == SERVE_UNSET ? otherwise : value;
}

static uint32_t count_or(int64_t value, uint32_t otherwise)
{
    if (value == SERVE_UNSET || value < 0)
        return otherwise;
    return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static enum err set_cache_type(enum dtype *out, const char *flag, const char *name,
                               struct error *error)
{
    int dtype = name ? dtype_from_name(name) : DTYPE_F16;
    if (dtype < 0)
        return fail(error, ERR_ARGUMENT, "%s: unsupported cache type: %s", flag, name);
    *out = (enum dtype)dtype;
    return OK;
}

// on, off, auto, or a budget.
static enum err set_reasoning(struct host_config *host, const struct serve_options *o,
                              struct error *error)
{
    int64_t budget = number_or(o->n_thinking_max, -1);
    const char *word = o->reasoning ? o->reasoning : "auto";
    char *end;
    if (strcmp(word, "on") == 0) {
        host->reasoning = REASONING_ON;
    } else if (strcmp(word, "off") == 0) {
        host->reasoning = REASONING_OFF;
    } else if (strcmp(word, "auto") != 0) {
        budget = strtoll(word, &end, 10);
        if (*end || end == word)
            return fail(error, ERR_ARGUMENT,
                        "--reasoning takes on, off, auto or a number of tokens, not '%s'", word);
    }
    if (budget == 0)
        host->reasoning = REASONING_OFF;
    host->n_thinking_max = budget > 0 ? (size_t)budget : 0;
    return OK;
}

static enum err set_cpu(struct host_config *host, const char *name, struct error *error)
{
    static const struct {
        const char *name;
        unsigned features;
    } levels[] = {{"auto", UINT32_MAX},
                  {"scalar", 0},
                  {"avx2", CPU_AVX2 | CPU_FMA | CPU_F16C},
                  {"avx512", CPU_AVX2 | CPU_FMA | CPU_F16C | CPU_AVX512 | CPU_VNNI},
                  {"neon", CPU_NEON | CPU_DOTPROD | CPU_FP16}};
    for (size_t i = 0; i < COUNT_OF(levels); i++)
        if (strcmp(name ? name : "auto", levels[i].name) == 0) {
            host->cpu_features = levels[i].features;
            return OK;
        }
    return fail(error, ERR_ARGUMENT, "--cpu takes auto, scalar, avx2, avx512 or neon, not '%s'",
                name);
}

static enum err read_template(struct serve *serve, struct error *error)
{
    const struct serve_options *o = &serve->options;
    if (o->chat_template_file) {
        enum err err = read_text(&serve->template_text, o->chat_template_file, error);
        if (err)
            return err;
    }
    if (!o->template_arguments)
        return OK;
    enum err err = json_read(&serve->template_arguments, str_of(o->template_arguments), error);
    if (!err && !json_is(serve->template_arguments, json_type_object))
        err = fail(error, ERR_ARGUMENT, "it must be a JSON object");
    return err ? fail_within(error, "--chat-template-kwargs") : OK;
}

// An eighth of the memory for snapshots of recurrent states, at most 2 GiB: a small model is welcome on a
// small machine.
static uint64_t snapshots_default(void)
{
    uint64_t share = os_memory_total() / 8;
    return share < 2 * GIB ? share : 2 * GIB;
}

// Where states outlive the server.
static void find_cache_folder(struct serve *serve)
{
    const struct serve_options *o = &serve->options;
    struct disk_cache_options options = {
        .folder = o->cache_folder,
        .size_max_mib = DISK_CACHE_DEFAULT,
        .is_off = o->no_disk_cache || o->no_cache || number_or(o->cache_disk_mib, 1) == 0,
    };
    if (!disk_cache_folder(serve->cache_folder, &options))
        serve->cache_folder[0] = 0;
}

static enum err open_host(struct serve *serve, struct error *error)
{
    const struct serve_options *o = &serve->options;
    uint32_t n_batch = count_or(o->n_batch, 512), n_ubatch = count_or(o->n_ubatch, 512);
    int64_t sleep_s = number_or(o->sleep_idle_s, number_or(o->sleep_s, 0));
    int64_t cache_ram = number_or(o->cache_ram_mib, -1);
    const char *mode = o->load_mode ? o->load_mode : "auto";
    int64_t cache_disk = number_or(o->cache_disk_mib, 0);
    find_cache_folder(serve);
    struct host_config host = {
        .model_path = serve->model_path,
        .synthetic = o->model ? NULL : o->synthetic,
        .name = o->alias,
        .backend = o->backend,
        .n_threads = count_or(o->n_threads, 0),
        .n_context = count_or(o->n_context, 0),
        .n_parallel = count_or(o->n_parallel, PARALLEL_DEFAULT),
        .n_batch = n_batch < n_ubatch || o->n_ubatch == SERVE_UNSET ? n_batch : n_ubatch,
        .n_queue_max = count_or(o->n_queue_max, 0),
        .cache_folder = serve->cache_folder[0] ? serve->cache_folder : NULL,
        .disk_size_max = cache_disk > 0 ? (uint64_t)cache_disk * MIB : 0,
        .cache_size_max = cache_ram > 0 ? (uint64_t)cache_ram * MIB : 1,
        .locks_memory = o->locks_memory || strstr(mode, "mlock"),
        .reads_file = o->no_mmap || strcmp(mode, "none") == 0 || strcmp(mode, "mlock") == 0,
        .forgets = o->no_cache,
        .sleep_s = sleep_s > 0 ? (unsigned)sleep_s : 0,
        .chat_template = serve->template_text ? serve->template_text : o->chat_template,
        .dialect = o->dialect,
        .template_arguments = serve->template_arguments,
        .sampling = serve->sampling.wish,
        .script = o->replay,
        .log = say,
        .log_context = &serve->log,
        .failed = load_failed,
        .failed_context = serve,
    };
    if (serve->is_built_in)
        host.bytes = built_in_bytes(&host.size);
    host.wants_full_windows = o->swa_full;
    host.wants_gpu = o->gpu_layers && strcmp(o->gpu_layers, "0") != 0;
    if (cache_ram < 0)
        host.cache_size_max = snapshots_default();
    enum err err = set_cache_type(&host.k_type, "--cache-type-k", o->cache_type_k, error);
    if (!err)
        err = set_cache_type(&host.v_type, "--cache-type-v", o->cache_type_v, error);
    if (!err)
        err = set_reasoning(&host, o, error);
    if (!err)
        err = set_cpu(&host, o->cpu, error);
    if (!err)
        err = host_open(&serve->host, &host, error);
    return err;
}

static void welcome(struct serve *serve, const char *host)
{
    struct model_facts model;
    struct server_facts server;
    serve->side.tell(serve->side.self, &model, &server);
    struct welcome text = {
        .host = host,
        .port = server_port(serve->server),
        .model = model.name,
        .n_context = model.n_context,
        .is_built_in = serve->is_built_in,
        .wants_key = serve->keys.n > 0,
    };
    welcome_print(stdout, &text);
}

static enum err open_server(struct serve *serve, struct error *error)
{
    const struct serve_options *o = &serve->options;
    serve->side = host_side(serve->host);
    struct server_config config = {
        .host = o->host ? o->host : "127.0.0.1",
        .port = (int)number_or(o->port, 8080),
        .security = {.keys = serve->keys.items,
                     .n_keys = serve->keys.n,
                     .hosts = serve->hosts.items,
                     .n_hosts = serve->hosts.n,
                     .origins = serve->origins.items,
                     .n_origins = serve->origins.n},
        .model = &serve->side,
        .beat_ms = count_or(o->ping_s, 0) * 1000,
        .timeout_s = count_or(o->timeout_s, 0),
        .drain_s = count_or(o->drain_s, 0),
        .n_predict = count_or(o->n_predict, 0),
        .hides_slots = o->no_slots,
        .takes_signals = true,
        .log = say,
        .log_context = &serve->log,
        .trace = serve->trace,
    };
    if (config.port < 0 || config.port > 65535)
        return fail(error, ERR_ARGUMENT, "--port takes 0 to 65535, not %d", config.port);
    pthread_mutex_lock(&serve->lock);
    enum err err = server_open(&serve->server, &config, error);
    if (!err && serve->has_failed)
        server_stop(serve->server);
    pthread_mutex_unlock(&serve->lock);
    if (err == ERR_IO) {
        struct error why = *error;
        fail(error, err, "%s; --port (make run PORT=...) takes another", why.text);
    }
    if (!err)
        say_format(&serve->log, "listening on http://%s:%d", config.host,
                   server_port(serve->server));
    if (!err && o->wants_welcome)
        welcome(serve, config.host);
    return err;
}

static enum err open_files(struct serve *serve, struct error *error)
{
    const struct serve_options *o = &serve->options;
    if (o->log_file && !(serve->log.file = fopen(o->log_file, "a")))
        return fail(error, ERR_IO, "cannot write %s", o->log_file);
    if (o->trace && !(serve->trace = fopen(o->trace, "a")))
        return fail(error, ERR_IO, "cannot write %s", o->trace);
    const char *path = o->model ? o->model : o->synthetic;
    if (path) {
        serve->model_path = mem_copy_string(path);
        return OK;
    }
    if (o->hf_repo)
        return serve_find_model(&serve->model_path, o->hf_repo, o->hf_file, error);
    serve->is_built_in = true;
    serve->model_path = mem_copy_string(BUILT_IN_NAME);
    return built_in_check(error);
}

// What became of the flags, in words.
static void say_settings(struct serve *serve)
{
    const struct serve_options *o = &serve->options;
    struct log *log = &serve->log;
    say_notes(serve);
    say_format(log, "model: %s%s", serve->model_path, serve->is_built_in ? ", built in" : "");
    if (number_or(o->sleep_idle_s, number_or(o->sleep_s, 0)) > 0)
        say_format(log, "the model is unloaded after %lld s without a request",
                   (long long)number_or(o->sleep_idle_s, o->sleep_s));
    if (o->n_ubatch != SERVE_UNSET && o->n_batch != SERVE_UNSET && o->n_ubatch != o->n_batch)
        say_format(log, "prompts are read %lld tokens at a time",
                   (long long)(o->n_ubatch < o->n_batch ? o->n_ubatch : o->n_batch));
    if (o->replay)
        say_format(log, "answers come from %s: nothing is sampled", o->replay);
    if (o->reasoning)
        say_format(log, "reasoning: %s", o->reasoning);
    if (serve->keys.n)
        say_format(log, "%zu API key%s", serve->keys.n, serve->keys.n == 1 ? "" : "s");
}

static enum err open_all(struct serve *serve, struct error *error)
{
    const struct serve_options *o = &serve->options;
    serve->log.no_time = o->no_timestamps;
    serve->log.live = o->no_live_line ? NULL : live_line_open(stderr);
    if (o->no_log || o->verbosity == 0)
        serve->log.file = NULL;
    if (o->allowed_hosts)
        split_list(&serve->hosts, mem_copy_string(o->allowed_hosts), ",");
    if (o->cors_origins)
        split_list(&serve->origins, mem_copy_string(o->cors_origins), ",");
    enum err err = open_files(serve, error);
    if (!err)
        err = read_keys(serve, error);
    if (!err)
        err = read_template(serve, error);
    if (!err)
        err = serve_sampling_read(&serve->sampling, o, error);
    if (!err)
        say_settings(serve);
    if (!err)
        err = open_host(serve, error);
    if (!err)
        err = open_server(serve, error);
    return err;
}

static void close_all(struct serve *serve)
{
    server_close(serve->server);
    host_close(serve->host);
    if (serve->trace)
        fclose(serve->trace);
    if (serve->options.log_file && serve->log.file)
        fclose(serve->log.file);
    free(serve->model_path);
    free(serve->template_text);
    buf_release(&serve->notes);
    free(serve->keys.text);
    free(serve->hosts.text);
    free(serve->origins.text);
    json_object_put(serve->template_arguments);
    pthread_mutex_destroy(&serve->lock);
}

static void print_about(const struct serve_options *options)
{
    if (options->wants_help) {
        printf("usage: hearth serve [-m FILE] [FLAG...]\n\n");
        serve_flags_print(stdout);
    } else {
        printf("hearth\n");
    }
}

int serve_command(int argc, char **argv)
{
    struct serve serve = {.log = {.file = stderr}};
    pthread_mutex_init(&serve.lock, NULL);
    struct error error;
    enum err err = serve_flags_parse(&serve.options, argc, argv, keep_note, &serve.notes, &error);
    if (!err && (serve.options.wants_help || serve.options.wants_version)) {
        print_about(&serve.options);
        close_all(&serve);
        return EXIT_FINE;
    }
    signal(SIGXFSZ, SIG_IGN); // a limit on the size of files is a full disk, not an end
    if (!err)
        err = open_all(&serve, &error);
    if (!err) {
        live_line_watch(serve.log.live, &serve.side);
        server_run(serve.server);
        say(&serve.log, "stopped");
        pthread_mutex_lock(&serve.lock);
        if (serve.has_failed)
            err = (error = serve.failure).code;
        pthread_mutex_unlock(&serve.lock);
    }
    live_line_close(serve.log.live);
    serve.log.live = NULL;
    close_all(&serve); // what still loads may have something to say
    if (err)
        fprintf(stderr, "hearth serve: %s\n", error.text);
    if (err)
        return err == ERR_ARGUMENT ? EXIT_USAGE : EXIT_FAILED;
    return EXIT_FINE;
}
