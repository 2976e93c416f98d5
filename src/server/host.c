#include "server/host.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/thread.h"
#include "sample/tool_markup.h"
#include "server/host_sampling.h"
#include "server/host_state.h"

#ifndef HEARTH_VERSION
#define HEARTH_VERSION "0.1"
#endif

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

// ---- telling ----

// With the lock held.
static struct slot_facts slot_of(const struct host *host, const struct request_stats *stats)
{
    struct slot_facts slot = {
        .number = stats->number,
        .n_prompt = stats->n_prompt,
        .n_reused = stats->n_reused,
        .n_computed = stats->n_computed,
        .n_generated = stats->n_generated,
    };
    const struct live_run *live = host->live;
    while (live && live->number != stats->number)
        live = live->next;
    if (live) {
        slot.n_generated += live->n_before;
        slot.has_settings = true;
        slot.settings = live->settings;
        slot.has_newline = live->has_newline;
    }
    return slot;
}

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
    if (host->state == MODEL_READY) {
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
        .n_disk_tokens = host->past.n_disk_tokens + stats.n_disk_tokens,
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
        server->slots[i] = slot_of(host, &slots[i]);
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
    host->created_s = (int64_t)time(NULL);
    pthread_mutex_init(&host->lock, NULL);
    cond_init(&host->changed);
    constraint_cache_init(&host->constraints);
    enum err err = host_open_file(host, error);
    if (!err && config->script)
        err = host_script_open(&host->script, config->script, error);
    if (!err)
        err = host_plan(host, error);
    if (!err)
        err = host_start_loading(host, error);
    if (err) {
        host_close(host);
        return err;
    }
    *out = host;
    return OK;
}

void host_close(struct host *host)
{
    if (!host)
        return;
    host_stop_loading(host);
    host_script_close(host->script);
    constraint_cache_release(&host->constraints);
    host_close_file(host);
    pthread_mutex_destroy(&host->lock);
    pthread_cond_destroy(&host->changed);
    free(host);
}
