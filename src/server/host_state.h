// host_state.h - what the host's files share.  For them only.
#ifndef HEARTH_SERVER_HOST_STATE_H
#define HEARTH_SERVER_HOST_STATE_H

#include <pthread.h>

#include "chat/turn.h"
#include "engine/engine.h"
#include "engine/store.h"
#include "sample/constraint.h"
#include "server/constraint_cache.h"
#include "server/host.h"
#include "server/host_script.h"

struct host {
    struct host_config config;
    char *name;
    int64_t created_s;

    // From open to close.
    struct gguf *gguf;
    void *bytes; // of a synthetic model
    struct hyperparams *hyperparams;
    struct tokenizer *tokenizer;
    struct chat_model *chat;
    struct constraint_vocabulary *vocabulary;
    char *chat_template, *architecture, *bos_text, *eos_text;
    struct engine_config engine_config;
    struct store_options disk;
    struct host_script *script;
    bool keeps_answers; // on disk, or has tried
    struct constraint_cache constraints;

    // While the model is awake.
    struct backend *backend;
    struct model *model;
    struct engine *engine;

    pthread_t loader;
    bool has_loader;
    pthread_mutex_t lock; // of what follows
    pthread_cond_t changed;
    enum model_state state;
    struct error why; // MODEL_FAILED, or why it could not be woken
    bool is_wanted;   // asleep, and somebody wants it back
    size_t n_holds;
    uint64_t idle_ns; // since when nobody has held it
    bool is_closing;
    struct engine_stats past; // of engines that went to sleep
};

void host_say(struct host *host, const char *format, ...) __attribute__((format(printf, 2, 3)));

// ---- host_file.c: open for as long as the host is ----
enum err host_open_file(struct host *host, struct error *error);
void host_close_file(struct host *host);

// ---- host_load.c ----
// Sizes by the ledger; refuses what cannot fit.
enum err host_plan(struct host *host, struct error *error);
enum err host_start_loading(struct host *host, struct error *error);
void host_stop_loading(struct host *host);                  // and unloads
enum model_state host_state(void *self, struct error *why); // for host_side(), like the next two
enum err host_hold(void *self, unsigned timeout_ms, bool *is_held, struct error *error);
void host_release(void *self);

enum answer_place { // where a generation begins
    PLACE_ANSWER,   // in the answer itself
    PLACE_THINKING, // in thinking, which ends with its mark
    PLACE_START,    // before either: the model may open thinking
};

// What the answer may be, for a run of the request; NULL when it is free.
struct constraint_state *host_constrain(struct host *host, const struct api_request *request,
                                        enum answer_place place);

// ---- runs, for host_side() ----
enum err host_prepare(void *self, struct run **out, const struct api_request *request,
                      size_t i_choice, struct error *error);
size_t host_n_prompt(const struct run *run);
void host_put_run_text(const struct run *run, struct buf *out, bool is_answer);
enum err host_start(struct run *run, size_t max_tokens, struct error *error);
enum run_state host_step(struct run *run, struct reply *reply, unsigned timeout_ms,
                         struct error *error);
void host_tell_run(const struct run *run, struct run_numbers *numbers);
void host_set_background(struct run *run, bool is_background);
void host_close_run(struct run *run);
struct chat_turn_options host_turn_options(struct host *host, const struct api_request *request);

#endif
