// facts.h - what a server tells about itself and its model: lists of models, properties, counters.
//
// Anthropic's and OpenAI's clients ask for models; tools made for llama-server ask for the rest.
#ifndef HEARTH_API_FACTS_H
#define HEARTH_API_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/llama_settings.h"
#include "base/buf.h"

struct model_facts {
    const char *name; // the alias, or the file's name
    const char *path;
    const char *architecture;
    const char *chat_template; // NULL: none
    const char *bos_text, *eos_text;
    int64_t created_s; // Unix time
    size_t n_context;  // per conversation
    size_t n_context_train, n_vocab, n_embd;
    uint64_t n_params, size; // size in bytes
    size_t n_parallel;
    bool thinks, calls_tools;
    bool is_asleep; // not loaded, because nobody asked for a while
    const char *version;
    struct sampling_wish sampling; // where a request says nothing; every field is set
};

enum { SLOTS_SHOWN_MAX = 64 };

struct slot_facts {  // a request that is being answered
    uint64_t number; // counts requests
    size_t n_prompt, n_reused, n_computed, n_generated;
    bool has_settings; // what follows is known
    struct llama_settings settings;
    bool has_newline; // in the answer so far
};

struct server_facts { // counters since the start; times in seconds
    uint64_t n_prompt_tokens, n_reused_tokens, n_generated_tokens;
    uint64_t n_disk_tokens; // of those reused
    double prompt_s, generated_s;
    size_t n_running, n_waiting;
    uint64_t n_steps, n_steps_shared; // of the model; the sum of how many answers were in each
    size_t n_tokens_max;              // of the longest conversation there was
    uint64_t n_requests;
    struct slot_facts slots[SLOTS_SHOWN_MAX]; // [n_slots]
    size_t n_slots;
    size_t n_cache_pages, n_cache_pages_max; // KV pages in use, remembered ones included
    uint64_t state_size;                     // bytes of recurrent states in use
};

// GET /v1/models and /v1/models/{id}; the id may be anything, like the model of a request.
void facts_put_models_anthropic(struct buf *out, const struct model_facts *model);
void facts_put_models_openai(struct buf *out, const struct model_facts *model);
void facts_put_model_anthropic(struct buf *out, const struct model_facts *model, const char *id);
void facts_put_model_openai(struct buf *out, const struct model_facts *model, const char *id);

// llama-server's GET /props, /slots and /metrics (the last is Prometheus text).
void facts_put_props(struct buf *out, const struct model_facts *model);
void facts_put_slots(struct buf *out, const struct model_facts *model,
                     const struct server_facts *server);
void facts_put_metrics(struct buf *out, const struct server_facts *server);

#endif
