// host.h - the model side of the server: one model file, loaded, asleep or on its way.
//
// Opens the file's header at once, so that a wrong path or an unknown architecture ends the program,
// and loads the rest on a thread of its own, so that the server listens within a second.  A model that
// nobody has used for a while can be put to sleep; the next request wakes it.
//
// The files host*.c and constraint_cache.c are the only ones of server/ that know tokens.
#ifndef HEARTH_SERVER_HOST_H
#define HEARTH_SERVER_HOST_H

#include "chat/chat.h"
#include "server/model_side.h"
#include "tensor/dtype.h"

struct host;

enum reasoning_policy {
    REASONING_AUTO, // as the request says; silence: the template's default
    REASONING_ON,   // always, whatever the request says
    REASONING_OFF,  // never
};

struct host_config {
    const char *model_path; // or what to call a model in memory
    const void *bytes; // of a model in memory, 8-byte aligned, to use in place of a file; or NULL
    size_t size;
    const char *synthetic;     // SHAPE[:TYPE] of a model of random weights, in place of a file
    const char *name;          // NULL: the file's name without ".gguf"
    const char *backend;       // "cpu", "vulkan"; NULL: vulkan where there is one, else cpu
    bool wants_gpu;            // say so when there is none
    bool wants_full_windows;   // say that there is no need
    unsigned cpu_features;     // bits of enum cpu_feature to use; UINT_MAX: all
    unsigned n_threads;        // 0: one per core
    uint32_t n_context;        // 0: what the model was trained for, or as much as fits
    uint32_t n_parallel;       // 0: 4
    uint32_t n_batch;          // 0: 512
    uint32_t n_queue_max;      // 0: 64
    enum dtype k_type, v_type; // of the cache
    uint64_t cache_size_max;   // bytes for what is remembered of recurrent states; 0: 2 GiB
    const char *cache_folder;  // where states outlive the server; NULL: nowhere
    uint64_t disk_size_max;    // bytes in it; 0: by what is free
    bool locks_memory, reads_file;
    bool forgets;     // nothing is reused from one request to the next
    unsigned sleep_s; // 0: never

    const char *chat_template;              // text instead of the file's; or NULL
    const char *dialect;                    // of the chat dialect table; NULL: detected
    struct json_object *template_arguments; // chat_template_kwargs for every request, or NULL
    enum reasoning_policy reasoning;
    size_t n_thinking_max;         // budget where the client names none; 0: none
    struct sampling_wish sampling; // in front of the model's own defaults, behind the request's

    const char *script; // a file of answers instead of sampling; see host_script.h
    void (*log)(void *context, const char *line);
    void *log_context;
    // Called from the loader's thread when the model cannot be loaded; may be NULL.
    void (*failed)(void *context, const struct error *error);
    void *failed_context;
};

enum err host_open(struct host **out, const struct host_config *config, struct error *error);
void host_close(struct host *host);
struct model_side host_side(struct host *host);

// Puts the model to sleep now, as if it had been idle; false while somebody holds it.
bool host_sleep(struct host *host);

// ---- for replays, which know what the answer was ----
// All tokens of a run so far, and those of its prompt.  The run's.
const token_id *host_run_tokens(const struct run *run, size_t *n_ids);
const token_id *host_run_prompt(const struct run *run, size_t *n_ids);
// The answer, in place of what would be sampled; before the start.  The ids are copied.
void host_run_force(struct run *run, const token_id *ids, size_t n_ids);

#endif
