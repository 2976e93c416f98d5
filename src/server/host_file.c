// What a model's file gives before its weights are loaded: tokenizer, conversation, vocabulary.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/synthetic.h"
#include "engine/vocabulary.h"
#include "server/host_state.h"

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

enum err host_open_file(struct host *host, struct error *error)
{
    const struct host_config *config = &host->config;
    host->hyperparams = mem_new(struct hyperparams, 1);
    if (config->synthetic)
        host->config.model_path = config->synthetic;
    host->name =
        config->name ? mem_copy_string(config->name) : name_of_path(host->config.model_path);
    enum err err = config->bytes       ? open_bytes(host, error)
                   : config->synthetic ? open_synthetic(host, error)
                                       : open_file(host, error);
    if (!err)
        err = tokenizer_open(&host->tokenizer, host->gguf, error);
    if (!err)
        err = open_chat(host, error);
    if (!err)
        err = vocabulary_open(&host->vocabulary, host->tokenizer, error);
    if (err)
        return err;
    host->bos_text = token_text(host->tokenizer, tokenizer_bos(host->tokenizer));
    host->eos_text = token_text(host->tokenizer, tokenizer_eos(host->tokenizer));
    return OK;
}

void host_close_file(struct host *host)
{
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
}
