#include "server/host.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/memory.h"
#include "base/os.h"
#include "base/thread.h"
#include "engine/ledger.h"
#include "engine/store_folder.h"
#include "model/synthetic.h"
#include "sample/token_trie.h"
#include "sample/tool_markup.h"
#include "server/host_sampling.h"
#include "server/host_state.h"
#include "text/detokenize.h"

#ifndef HEARTH_VERSION
#define HEARTH_VERSION "0.1"
#endif

enum { SLEEP_CHECK_MS = 500 };

void host_say(struct host *host, const char *format, ...)
{
    char line[1000];
    va_list arguments;
    if (!host->config.log)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    host->config.log(host->config.log_context, line);
}

// ---- the file ----

static char *get_text(const struct gguf *gguf, const char *key)
{
    struct str text;
    struct buf copy = {0};
    if (!gguf_get_str(gguf, key, &text))
        return NULL;
    buf_append(&copy, text.data, text.size);
    return buf_take(&copy);
}

static char *token_text(const struct tokenizer *tokenizer, token_id id)
{
    struct buf copy = {0};
    if (id == TOKEN_NONE)
        return NULL;
    struct str text = tokenizer_bytes(tokenizer, id);
    buf_append(&copy, text.data, text.size);
    return buf_take(&copy);
}

static char *name_of_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = mem_copy_string(slash ? slash + 1 : path);
    size_t size = strlen(name);
    if (size > 5 && strcmp(name + size - 5, ".gguf") == 0)
        name[size - 5] = 0;
    return name;
}

static enum token_role role_of(const struct host *host, token_id id)
{
    const struct tokenizer *tokenizer = host->tokenizer;
    if (tokenizer_is_end(tokenizer, id))
        return TOKEN_ROLE_END;
    if (!tokenizer_is_samplable(tokenizer, id))
        return TOKEN_ROLE_UNUSED;
    switch (tokenizer_kind(tokenizer, id)) {
    case TOKEN_CONTROL:
        return TOKEN_ROLE_CONTROL;
    case TOKEN_USER_DEFINED:
        return TOKEN_ROLE_MARK;
    case TOKEN_UNUSED:
    case TOKEN_UNKNOWN:
        return TOKEN_ROLE_UNUSED;
    default:
        return TOKEN_ROLE_TEXT;
    }
}

static enum err open_vocabulary(struct host *host, struct error *error)
{
    size_t n = tokenizer_n_tokens(host->tokenizer);
    struct buf blob = {0};
    uint32_t *offsets = mem_new(uint32_t, n + 1);
    uint8_t *roles = mem_new(uint8_t, n);
    for (size_t i = 0; i < n; i++) {
        struct str text = tokenizer_bytes(host->tokenizer, (token_id)i);
        offsets[i] = (uint32_t)blob.size;
        roles[i] = (uint8_t)role_of(host, (token_id)i);
        buf_append(&blob, text.data, text.size);
    }
    offsets[n] = (uint32_t)blob.size;
    struct token_vocabulary vocabulary = {
        .blob = blob.data ? blob.data : "", .offsets = offsets, .roles = roles, .n_tokens = n};
    enum err err = constraint_vocabulary_open(&host->vocabulary, &vocabulary, error);
    buf_release(&blob);
    free(offsets);
    free(roles);
    return err;
}

static enum err open_chat(struct host *host, struct error *error)
{
    const char *chat_template = host->config.chat_template;
    host->chat_template = chat_template ? mem_copy_string(chat_template)
                                        : get_text(host->gguf, "tokenizer.chat_template");
    host->architecture = get_text(host->gguf, "general.architecture");
    struct chat_model_source source = {
        .tokenizer = host->tokenizer,
        .chat_template = str_of(host->chat_template),
        .architecture = str_of(host->architecture),
        .dialect = host->config.dialect,
    };
    enum err err = chat_model_open(&host->chat, &source, error);
    if (!err && chat_model_note(host->chat)[0])
        host_say(host, "chat: %s", chat_model_note(host->chat));
    return err;
}

static enum err open_synthetic(struct host *host, struct error *error)
{
    char name[100];
    size_t size;
    snprintf(name, sizeof name, "%s", host->config.synthetic);
    char *colon = strchr(name, ':');
    struct synthetic_options options = {.seed = 1, .recipe = colon ? colon + 1 : NULL};
    if (colon)
        *colon = 0;
    enum err err = synthetic_make(&host->bytes, &size, name, &options, error);
    if (!err)
        err = gguf_open_memory(&host->gguf, host->bytes, size, name, error);
    if (!err)
        err = hyperparams_read(host->hyperparams, host->gguf, error);
    return err;
}

static enum err open_bytes(struct host *host, struct error *error)
{
    const struct host_config *config = &host->config;
    enum err err =
        gguf_open_memory(&host->gguf, config->bytes, config->size, config->model_path, error);
    if (!err)
        err = hyperparams_read(host->hyperparams, host->gguf, error);
    return err;
}

static enum err open_file(struct host *host, struct error *error)
{
    struct gguf_options options = {.mode = host->config.reads_file ? GGUF_READ : GGUF_MAP,
                                   .lock = host->config.locks_memory};
    enum err err = gguf_open(&host->gguf, host->config.model_path, &options, error);
    if (err && options.lock) { // a limit of the system's is a pity, not an end
        host_say(host, "warning: failed to mlock the model: %s", error->text);
        options.lock = false;
        err = gguf_open(&host->gguf, host->config.model_path, &options, error);
    }
    if (!err)
        err = hyperparams_read(host->hyperparams, host->gguf, error);
    return err;
}

static void settle_disk(struct host *host)
{
    const struct host_config *config = &host->config;
    struct stat info;
    bool is_file = !config->synthetic && stat(config->model_path, &info) == 0;
    if (!config->cache_folder)
        return;
    host->disk = (struct store_options){
        .folder = config->cache_folder,
        .size_max = config->disk_size_max,
        .model = {.name = host->name,
                  .file_size = gguf_file_size(host->gguf),
                  .file_time_s = is_file ? info.st_mtime : 0},
        .log = config->log,
        .log_context = config->log_context,
    };
    host->engine_config.disk = &host->disk;
}

static void settle_sizes(struct host *host)
{
    const struct host_config *config = &host->config;
    struct engine_config *engine = &host->engine_config;
    uint32_t n_train = host->hyperparams->n_context_train;
    *engine = (struct engine_config){
        .n_context = config->n_context ? config->n_context : n_train,
        .n_parallel = config->n_parallel ? config->n_parallel : 4,
        .n_queue_max = config->n_queue_max ? config->n_queue_max : 64,
        .n_batch = config->n_batch ? config->n_batch : 512,
        .snapshot_size_max = config->cache_size_max ? config->cache_size_max : 1536 * MIB,
    };
    if (n_train && engine->n_context > n_train) {
        host_say(host, "n_ctx (%u) > n_ctx_train (%u): capped", engine->n_context, n_train);
        engine->n_context = n_train;
    }
    if (config->wants_full_windows)
        host_say(host, host->hyperparams->window
                           ? "swa_full: windows are restored from remembered pages, a full-size "
                             "cache is not needed"
                           : "swa_full is not supported by this model, it will be disabled");
}

// Refuses what cannot fit; a context that nobody asked for shrinks to what does.
static enum err check_memory(struct host *host, struct error *error)
{
    struct ledger ledger;
    struct engine_config *engine = &host->engine_config;
    struct ledger_input input = {
        .hyperparams = host->hyperparams,
        .weights_size = gguf_file_size(host->gguf),
        .config = engine,
        .types = {.k_type = host->config.k_type, .v_type = host->config.v_type},
        .n_threads = host->config.n_threads,
        .memory_total = os_memory_total(),
        .constraints_size = CONSTRAINT_CACHE_SLOTS * CONSTRAINT_SIZE_MAX,
    };
    ledger_plan(&ledger, &input);
    if (!ledger_fits(&ledger) && host->config.n_context == 0 && ledger.n_context_fit) {
        host_say(host, "n_ctx = %u: the model's own %u tokens do not fit", ledger.n_context_fit,
                 engine->n_context);
        engine->n_context = ledger.n_context_fit;
        ledger_plan(&ledger, &input);
    }
    engine->n_cache_tokens = ledger.n_cache_tokens_fit;
    ledger_plan(&ledger, &input); // with all that may be remembered
    struct buf table = {0};
    ledger_print(&ledger, &table);
    char *rest = NULL;
    for (char *line = strtok_r(table.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        host_say(host, "%s", line);
    buf_release(&table);
    return ledger_check(&ledger, error);
}

// ---- loading and sleeping ----

static enum err open_backend(struct host *host, struct error *error)
{
    struct backend_options options = {host->config.n_threads, host->config.cpu_features};
    if (host->config.backend)
        return backend_open(&host->backend, host->config.backend, &options, error);
    // Vulkan computes with few weight formats so far, so it runs only where it is asked for by name.
    if (host->config.wants_gpu)
        host_say(host,
                 "warning: no usable GPU found, --gpu-layers option will be ignored (GPUs are "
                 "an experiment so far: --backend vulkan)");
    return backend_open(&host->backend, "cpu", &options, error);
}

static void unload(struct host *host)
{
    if (host->engine) {
        struct engine_stats stats;
        engine_stats(host->engine, &stats);
        host->past.n_prompt_tokens += stats.n_prompt_tokens;
        host->past.n_reused_tokens += stats.n_reused_tokens;
        host->past.n_generated_tokens += stats.n_generated_tokens;
        host->past.prefill_ns += stats.prefill_ns;
        host->past.decode_ns += stats.decode_ns;
        host->past.n_steps += stats.n_steps;
        host->past.n_steps_shared += stats.n_steps_shared;
        if (stats.n_tokens_max > host->past.n_tokens_max)
            host->past.n_tokens_max = stats.n_tokens_max;
    }
    engine_close(host->engine);
    model_close(host->model);
    backend_close(host->backend);
    host->engine = NULL;
    host->model = NULL;
    host->backend = NULL;
}

// What was answered lies beside the states; without it they would not be found again.
static void keep_answers(struct host *host)
{
    char path[1000];
    struct error error;
    if (host->keeps_answers || host->config.forgets)
        return;
    host->keeps_answers = true;
    int n = snprintf(path, sizeof path, "%s/answers-%016llx", host->config.cache_folder,
                     (unsigned long long)host->disk.model.fingerprint);
    if (n >= (int)sizeof path || store_folder_make(host->config.cache_folder, NULL, &error) ||
        chat_model_keep(host->chat, path, &error))
        host_say(host, "warning: answers are not kept over a restart");
}

static enum err load(struct host *host, struct error *error)
{
    uint64_t start = os_time_ns();
    if (host->engine_config
            .disk) // reads a little of every tensor, so it has no place before listening
        host->disk.model.fingerprint = gguf_fingerprint(host->gguf);
    if (host->engine_config.disk)
        keep_answers(host);
    struct model_options options = {.k_type = host->config.k_type, .v_type = host->config.v_type};
    engine_model_options(host->hyperparams, &host->engine_config, &options);
    enum err err = open_backend(host, error);
    if (!err)
        err = model_open(&host->model, host->gguf, host->backend, &options, error);
    if (!err)
        err = engine_open(&host->engine, host->model, host->tokenizer, &host->engine_config, error);
    if (err)
        unload(host);
    else
        host_say(host, "model loaded in %.1f s: %s, n_ctx = %u, n_parallel = %u",
                 (double)(os_time_ns() - start) / 1e9, backend_description(host->backend),
                 host->engine_config.n_context, host->engine_config.n_parallel);
    return err;
}

static void set_state(struct host *host, enum model_state state)
{
    host->state = state;
    host->idle_ns = os_time_ns();
    pthread_cond_broadcast(&host->changed);
}

// With the lock held.
static bool wants_sleep(const struct host *host)
{
    uint64_t idle_s = (os_time_ns() - host->idle_ns) / 1000000000;
    return host->config.sleep_s && host->state == MODEL_READY && host->n_holds == 0 &&
           idle_s >= host->config.sleep_s;
}

// With the lock held, which is free while loading, so that others can still be told what is going on.
static void load_now(struct host *host, enum model_state otherwise)
{
    struct error error = {0};
    pthread_mutex_unlock(&host->lock);
    enum err err = load(host, &error);
    pthread_mutex_lock(&host->lock);
    host->why = error;
    host->is_wanted = false;
    set_state(host, err ? otherwise : MODEL_READY);
}

// The loader's thread: loads, then watches for idleness and for somebody who wants the model back.
static void *load_and_watch(void *context)
{
    struct host *host = context;
    pthread_mutex_lock(&host->lock);
    load_now(host, MODEL_FAILED);
    bool has_failed = host->state == MODEL_FAILED;
    if (has_failed && host->config.failed)
        host->config.failed(host->config.failed_context, &host->why);
    while (!host->is_closing && !has_failed) {
        if (host->state == MODEL_ASLEEP && host->is_wanted) {
            load_now(host, MODEL_ASLEEP);
        } else if (wants_sleep(host)) {
            unload(host);
            set_state(host, MODEL_ASLEEP);
            host_say(host, "idle for %u s: model unloaded", host->config.sleep_s);
        } else if (host->config.sleep_s) {
            cond_wait_ms(&host->changed, &host->lock, SLEEP_CHECK_MS);
        } else { // only host_sleep() puts it to sleep
            pthread_cond_wait(&host->changed, &host->lock);
        }
    }
    pthread_mutex_unlock(&host->lock);
    return NULL;
}

static enum model_state host_state(void *self, struct error *why)
{
    struct host *host = self;
    pthread_mutex_lock(&host->lock);
    enum model_state state = host->state;
    if (state == MODEL_FAILED && why)
        *why = host->why;
    pthread_mutex_unlock(&host->lock);
    return state;
}

static enum err host_hold(void *self, unsigned timeout_ms, bool *is_held, struct error *error)
{
    struct host *host = self;
    enum err err = OK;
    pthread_mutex_lock(&host->lock);
    bool is_asleep = host->state == MODEL_ASLEEP;
    if (is_asleep && !host->is_wanted && host->why.code == OK) {
        host->is_wanted = true;
        pthread_cond_broadcast(&host->changed);
    }
    if (timeout_ms && (host->is_wanted || host->state == MODEL_LOADING))
        cond_wait_ms(&host->changed, &host->lock, timeout_ms);
    *is_held = host->state == MODEL_READY;
    host->n_holds += *is_held;
    if (!*is_held && !host->is_wanted && host->why.code) {
        err = fail(error, host->why.code, "%s", host->why.text);
        if (host->state == MODEL_ASLEEP)
            host->why = (struct error){0}; // the next one tries again
    }
    pthread_mutex_unlock(&host->lock);
    return err;
}

static void host_release(void *self)
{
    struct host *host = self;
    pthread_mutex_lock(&host->lock);
    host->n_holds--;
    host->idle_ns = os_time_ns();
    pthread_mutex_unlock(&host->lock);
}

bool host_sleep(struct host *host)
{
    pthread_mutex_lock(&host->lock);
    bool may = host->state == MODEL_READY && host->n_holds == 0;
    if (may) {
        unload(host);
        set_state(host, MODEL_ASLEEP);
    }
    pthread_mutex_unlock(&host->lock);
    return may;
}

// ---- telling ----

static void host_tell(void *self, struct model_facts *model, struct server_facts *server)
{
    struct host *host = self;
    uint64_t n_params = 0;
    for (size_t i = 0; i < gguf_n_tensors(host->gguf); i++) {
        const struct gguf_tensor *tensor = gguf_tensor_at(host->gguf, i);
        n_params += tensor->ne[0] * tensor->ne[1] * tensor->ne[2] * tensor->ne[3];
    }
    pthread_mutex_lock(&host->lock);
    struct engine_stats stats = {0};
    struct request_stats slots[SLOTS_SHOWN_MAX];
    size_t n_slots = 0;
    if (host->engine && host->state == MODEL_READY) {
        engine_stats(host->engine, &stats);
        n_slots = engine_slots(host->engine, slots, SLOTS_SHOWN_MAX);
    }
    *model = (struct model_facts){
        .name = host->name,
        .path = host->config.model_path,
        .architecture = host->architecture ? host->architecture : "",
        .chat_template = host->chat_template,
        .bos_text = host->bos_text,
        .eos_text = host->eos_text,
        .created_s = host->created_s,
        .n_context = host->engine_config.n_context,
        .n_context_train = host->hyperparams->n_context_train,
        .n_vocab = tokenizer_n_tokens(host->tokenizer),
        .n_embd = host->hyperparams->n_model,
        .n_params = n_params,
        .size = gguf_file_size(host->gguf),
        .n_parallel = host->engine_config.n_parallel,
        .thinks = chat_model_think_close(host->chat)[0] != 0,
        .calls_tools = chat_model_tools(host->chat)->form != TOOL_FORM_NONE,
        .is_asleep = host->state == MODEL_ASLEEP,
        .version = "hearth " HEARTH_VERSION,
    };
    host_sampling_tell(host, &model->sampling);
    *server = (struct server_facts){
        .n_prompt_tokens = host->past.n_prompt_tokens + stats.n_prompt_tokens,
        .n_reused_tokens = host->past.n_reused_tokens + stats.n_reused_tokens,
        .n_generated_tokens = host->past.n_generated_tokens + stats.n_generated_tokens,
        .n_steps = host->past.n_steps + stats.n_steps,
        .n_steps_shared = host->past.n_steps_shared + stats.n_steps_shared,
        .n_tokens_max = stats.n_tokens_max > host->past.n_tokens_max ? stats.n_tokens_max
                                                                     : host->past.n_tokens_max,
        .prompt_s = (double)(host->past.prefill_ns + stats.prefill_ns) / 1e9,
        .generated_s = (double)(host->past.decode_ns + stats.decode_ns) / 1e9,
        .n_running = stats.n_running,
        .n_waiting = stats.n_waiting,
        .n_slots = n_slots,
        .n_cache_pages = stats.n_pages_used,
        .n_cache_pages_max = stats.n_pages_total,
        .state_size = stats.state_size_used,
    };
    for (size_t i = 0; i < n_slots; i++)
        server->slots[i] = (struct slot_facts){slots[i].n_prompt, slots[i].n_reused,
                                               slots[i].n_computed, slots[i].n_generated};
    pthread_mutex_unlock(&host->lock);
}

static enum err host_tokenize(void *self, struct token_list *out, struct str text,
                              bool adds_special, bool parses_special, struct error *error)
{
    struct host *host = self;
    (void)error;
    token_id bos = tokenizer_bos(host->tokenizer);
    if (adds_special && tokenizer_adds_bos(host->tokenizer) && bos != TOKEN_NONE)
        token_list_append(out, bos);
    tokenizer_encode(host->tokenizer, out, text, parses_special);
    return OK;
}

static void host_put_token_text(void *self, struct buf *out, token_id id)
{
    struct host *host = self;
    if (id < 0 || (size_t)id >= tokenizer_n_tokens(host->tokenizer))
        return;
    struct str text = tokenizer_bytes(host->tokenizer, id);
    buf_append(out, text.data, text.size);
}

static enum err host_put_prompt(void *self, struct buf *out, const struct api_request *request,
                                struct error *error)
{
    struct host *host = self;
    struct chat_turn *turn = NULL;
    struct chat_turn_options options = host_turn_options(host, request);
    enum err err = chat_turn_open(&turn, host->chat, &request->conversation, &options, error);
    if (err)
        return err;
    struct str text = chat_turn_text(turn);
    buf_append(out, text.data, text.size);
    chat_turn_close(turn);
    return OK;
}

struct model_side host_side(struct host *host)
{
    return (struct model_side){
        .self = host,
        .state = host_state,
        .hold = host_hold,
        .release = host_release,
        .tell = host_tell,
        .tokenize = host_tokenize,
        .put_token_text = host_put_token_text,
        .put_prompt = host_put_prompt,
        .prepare = host_prepare,
        .n_prompt = host_n_prompt,
        .put_run_text = host_put_run_text,
        .start = host_start,
        .step = host_step,
        .tell_run = host_tell_run,
        .set_background = host_set_background,
        .close = host_close_run,
    };
}

// ---- life ----

enum err host_open(struct host **out, const struct host_config *config, struct error *error)
{
    struct host *host = mem_new(struct host, 1);
    host->config = *config;
    host->hyperparams = mem_new(struct hyperparams, 1);
    if (config->synthetic)
        host->config.model_path = config->synthetic;
    host->name =
        config->name ? mem_copy_string(config->name) : name_of_path(host->config.model_path);
    host->created_s = (int64_t)time(NULL);
    pthread_mutex_init(&host->lock, NULL);
    cond_init(&host->changed);
    constraint_cache_init(&host->constraints);
    enum err err = config->bytes       ? open_bytes(host, error)
                   : config->synthetic ? open_synthetic(host, error)
                                       : open_file(host, error);
    if (!err)
        err = tokenizer_open(&host->tokenizer, host->gguf, error);
    if (!err)
        err = open_chat(host, error);
    if (!err)
        err = open_vocabulary(host, error);
    if (!err && config->script)
        err = host_script_open(&host->script, config->script, error);
    if (err) {
        host_close(host);
        return err;
    }
    host->bos_text = token_text(host->tokenizer, tokenizer_bos(host->tokenizer));
    host->eos_text = token_text(host->tokenizer, tokenizer_eos(host->tokenizer));
    settle_sizes(host);
    settle_disk(host);
    err = check_memory(host, error);
    if (err) {
        host_close(host);
        return err;
    }
    host->has_loader = pthread_create(&host->loader, NULL, load_and_watch, host) == 0;
    if (!host->has_loader) {
        host_close(host);
        return fail(error, ERR_MEMORY, "cannot start a thread");
    }
    *out = host;
    return OK;
}

void host_close(struct host *host)
{
    if (!host)
        return;
    pthread_mutex_lock(&host->lock);
    host->is_closing = true;
    pthread_cond_broadcast(&host->changed);
    pthread_mutex_unlock(&host->lock);
    if (host->has_loader)
        pthread_join(host->loader, NULL);
    unload(host);
    host_script_close(host->script);
    constraint_cache_release(&host->constraints);
    constraint_vocabulary_close(host->vocabulary);
    chat_model_close(host->chat);
    tokenizer_close(host->tokenizer);
    gguf_close(host->gguf);
    free(host->bytes);
    free(host->hyperparams);
    free(host->name);
    free(host->chat_template);
    free(host->architecture);
    free(host->bos_text);
    free(host->eos_text);
    pthread_mutex_destroy(&host->lock);
    pthread_cond_destroy(&host->changed);
    free(host);
}
