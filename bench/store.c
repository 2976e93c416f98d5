// store.c - what keeping states on disk costs, and how fast they come back.
//
//   build/bench/store [FOLDER]         both parts; FOLDER (default: /var/tmp) says which disk
//   build/bench/store [FOLDER] disk    30,000 tokens of Qwen3.6-35B-A3B's caches, saved and loaded
//                                      through the engine's own path, beside reading one file
//   build/bench/store [FOLDER] cost    tokens per second while another conversation is being saved,
//                                      beside the same without a disk, ten pairs
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/os.h"
#include "base/thread.h"
#include "engine/spill.h"
#include "model/synthetic.h"

enum {
    N_TOKENS = 30000,
    N_ROUNDS = 5,
    BLOCK = 4 * 1024 * 1024,
    N_PAIRS = 10,
    N_PROMPT = 1024,
    N_ANSWER = 64,
};

#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct error error;                                                                        \
        if (call) {                                                                                \
            fprintf(stderr, "%s\n", error.text);                                                   \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static double seconds_since(uint64_t start_ns)
{
    return (double)(os_time_ns() - start_ns) * 1e-9;
}

// Of all threads, in the program and in the kernel for it.
static double processor_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static void clear(const char *folder)
{
    char path[4096];
    struct store_listing listing;
    store_folder_list(&listing, folder, NULL);
    for (size_t i = 0; i < listing.n_entries; i++) {
        store_folder_path(path, sizeof path, folder, &listing.entries[i]);
        unlink(path);
        *strrchr(path, '/') = 0;
        rmdir(path);
    }
    store_listing_release(&listing);
}

// ---- part 1: the disk ----

struct rig {
    struct backend *backend;
    struct cache_spec spec;
    struct session_memory memory;
    pthread_mutex_t lock; // of what follows
    pthread_cond_t changed;
    bool has_news;
};

static void wake(void *context)
{
    struct rig *rig = context;
    pthread_mutex_lock(&rig->lock);
    rig->has_news = true;
    pthread_cond_signal(&rig->changed);
    pthread_mutex_unlock(&rig->lock);
}

static void wait_for_news(struct rig *rig)
{
    pthread_mutex_lock(&rig->lock);
    while (!rig->has_news)
        pthread_cond_wait(&rig->changed, &rig->lock);
    rig->has_news = false;
    pthread_mutex_unlock(&rig->lock);
}

// The caches of Qwen3.6-35B-A3B: 10 layers of full attention, 30 recurrent ones.
static const struct cache_spec shape = {
    .k_type = DTYPE_F16,
    .v_type = DTYPE_F16,
    .n_groups = 1,
    .groups = {{.n_layers = 10,
                .n_kv_heads = 2,
                .head_dim = 256,
                .n_pages_max = N_TOKENS / KV_PAGE_TOKENS + 4}},
    .n_state_layers = 30,
    .n_conv_channels = 8192,
    .n_conv_floats = 8192 * 3,
    .n_s_floats = 32 * 128 * 128,
    .n_states_max = 2,
    .n_rows_max = 1,
    .n_model = 2048,
    .n_cols_max = 8192,
    .n_ff = 512,
    .n_heads = 16,
    .n_v_heads_state = 32,
};

static void rig_open(struct rig *rig, const char *folder)
{
    struct backend_options options = {.n_threads = 1, .cpu_features = UINT_MAX};
    *rig = (struct rig){.spec = shape};
    pthread_mutex_init(&rig->lock, NULL);
    cond_init(&rig->changed);
    MUST(backend_open(&rig->backend, "cpu", &options, &error));
    MUST(backend_open_cache(rig->backend, &rig->spec, &error));
    struct session_memory *m = &rig->memory;
    m->backend = rig->backend;
    m->kv = kv_cache_open(m->backend, &rig->spec);
    m->snapshots = snapshots_open(m->backend, m->kv, &rig->spec, 0);
    m->tree = prefix_tree_open(m->kv, m->snapshots);
    struct store *store;
    struct store_options disk = {.folder = folder, .size_max = 16 * GIB, .quiet_ms = 1};
    MUST(store_open(&store, &disk, &rig->spec, 0, rig->backend, wake, rig, &error));
    m->spill = spill_open(store, m, &disk);
}

static void rig_close(struct rig *rig)
{
    spill_close(rig->memory.spill, UINT_MAX);
    prefix_tree_close(rig->memory.tree);
    snapshots_close(rig->memory.snapshots);
    kv_cache_close(rig->memory.kv);
    backend_close(rig->backend);
    pthread_mutex_destroy(&rig->lock);
    pthread_cond_destroy(&rig->changed);
}

static void fill(unsigned char *bytes, size_t size, uint64_t seed)
{
    for (size_t i = 0; i + 8 <= size; i += 8) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        memcpy(bytes + i, &seed, 8);
    }
}

// Puts N_TOKENS into the tree as if they had been computed.
static void remember(struct rig *rig, const token_id *tokens)
{
    struct session_memory *m = &rig->memory;
    uint32_t n_pages = kv_pages_for(N_TOKENS), *pages = mem_new(uint32_t, n_pages);
    size_t page_size = backend_page_size(m->backend, 0), size = backend_state_size(m->backend);
    unsigned char *bytes = malloc(size > page_size ? size : page_size);
    kv_cache_reserve(m->kv, n_pages);
    for (uint32_t i = 0; i < n_pages; i++) {
        pages[i] = prefix_tree_take_page(m->tree, 0);
        fill(bytes, page_size, i);
        backend_restore_page(m->backend, 0, pages[i], bytes);
    }
    uint32_t i_state = prefix_tree_take_state(m->tree);
    fill(bytes, size, n_pages);
    backend_restore_state(m->backend, i_state, bytes);
    struct snapshot *snapshot =
        snapshot_create(m->snapshots, SNAPSHOT_TIP, N_TOKENS, i_state, NULL);
    prefix_tree_insert(m->tree, tokens, N_TOKENS, pages, snapshot);
    for (uint32_t i = 0; i < n_pages; i++)
        kv_cache_drop(m->kv, 0, pages[i], KV_SEQUENCE);
    spill_note(m->spill, tokens, N_TOKENS, SNAPSHOT_TIP);
    free(bytes);
    free(pages);
}

static void check(struct rig *rig, const struct session *session)
{
    size_t page_size = backend_page_size(rig->backend, 0), size = backend_state_size(rig->backend);
    unsigned char *got = malloc(size), *expected = malloc(size);
    bool is_right = session->n_computed == N_TOKENS;
    for (uint32_t i = 0; is_right && i < kv_pages_for(N_TOKENS); i++) {
        fill(expected, page_size, i);
        backend_save_page(rig->backend, 0, session->pages[0][i], got);
        is_right = memcmp(got, expected, page_size) == 0;
    }
    fill(expected, size, kv_pages_for(N_TOKENS));
    backend_save_state(rig->backend, session->i_state, got);
    if (!is_right || memcmp(got, expected, size) != 0) {
        fprintf(stderr, "what came back is not what was saved\n");
        exit(1);
    }
    free(got);
    free(expected);
}

struct took {
    double s, processor_s;
};

// Until the session could go on.
static struct took load(const char *folder, token_id *tokens)
{
    struct rig rig;
    struct session session;
    rig_open(&rig, folder);
    struct session_options options = {.tokens = tokens,
                                      .n_tokens = N_TOKENS + 1,
                                      .n_tokens_max = N_TOKENS + 64,
                                      .n_tokens_reserved = N_TOKENS + 1,
                                      .reuses = true};
    double processor_s = processor_seconds();
    uint64_t start_ns = os_time_ns();
    session_open(&session, &rig.memory, &options);
    while (spill_read(rig.memory.spill, &session, false) == SPILL_WAITS)
        wait_for_news(&rig);
    struct took took = {seconds_since(start_ns), processor_seconds() - processor_s};
    check(&rig, &session);
    session_close(&session, false);
    rig_close(&rig);
    return took;
}

// One file of as many bytes, written and forgotten by the system.
static void write_plain(const char *path, uint64_t size)
{
    unsigned char *bytes = malloc(BLOCK);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    fill(bytes, BLOCK, 1);
    for (uint64_t at = 0; at < size; at += BLOCK)
        if (write(fd, bytes, BLOCK) != BLOCK)
            exit(1);
    fsync(fd);
    os_file_forget(fd);
    close(fd);
    free(bytes);
}

static struct took read_plain(const char *path, uint64_t size)
{
    unsigned char *bytes = malloc(BLOCK);
    memset(bytes, 1, BLOCK);
    double processor_s = processor_seconds();
    uint64_t start_ns = os_time_ns();
    int fd = open(path, O_RDONLY);
    for (uint64_t at = 0; at < size; at += BLOCK)
        if (read(fd, bytes, BLOCK) != BLOCK)
            exit(1);
    struct took took = {seconds_since(start_ns), processor_seconds() - processor_s};
    os_file_forget(fd);
    close(fd);
    free(bytes);
    return took;
}

static void measure_disk(const char *folder)
{
    struct rig rig;
    char path[5000];
    double ratios[N_ROUNDS], loads[N_ROUNDS], plains[N_ROUNDS];
    token_id *tokens = mem_new(token_id, N_TOKENS + 1);
    for (uint32_t i = 0; i <= N_TOKENS; i++)
        tokens[i] = (token_id)(i * 2654435761u % 150000);
    rig_open(&rig, folder);
    remember(&rig, tokens);
    uint64_t start_ns = os_time_ns();
    rig_close(&rig);
    double save_s = seconds_since(start_ns);
    struct store_listing listing;
    store_folder_list(&listing, folder, NULL);
    uint64_t size = listing.size / BLOCK * BLOCK;
    printf("%u tokens of Qwen3.6-35B-A3B: %zu files, %.1f MiB; saved and synced at %.0f MiB/s\n",
           N_TOKENS, listing.n_entries, (double)listing.size / (double)MIB,
           (double)listing.size / (double)MIB / save_s);
    store_listing_release(&listing);
    snprintf(path, sizeof path, "%s/plain", folder);
    write_plain(path, size);
    for (int i = 0; i < N_ROUNDS; i++) {
        struct took plain = read_plain(path, size), state = load(folder, tokens);
        plains[i] = (double)size / (double)MIB / plain.s;
        loads[i] = (double)size / (double)MIB / state.s;
        ratios[i] = loads[i] / plains[i];
        printf("  one file %7.0f MiB/s, %.2f s of processors   state %7.0f MiB/s, %.2f s   %.2f\n",
               plains[i], plain.processor_s, loads[i], state.processor_s, ratios[i]);
    }
    printf("median     %7.0f MiB/s         %7.0f MiB/s   %.2f (at least 0.5 is wanted)\n",
           median(plains, N_ROUNDS), median(loads, N_ROUNDS), median(ratios, N_ROUNDS));
    unlink(path);
    clear(folder);
    free(tokens);
}

// ---- part 2: the cost ----

struct host { // one engine on the model
    struct backend *backend;
    struct model *model;
    struct engine *engine;
    struct store_options disk;
};

static void host_open(struct host *host, struct gguf *gguf, const struct tokenizer *tokenizer,
                      const char *folder)
{
    struct hyperparams *hyperparams = mem_new(struct hyperparams, 1);
    struct backend_options backend_options = {.cpu_features = UINT_MAX};
    struct model_options options = {.k_type = DTYPE_F16, .v_type = DTYPE_F16};
    host->disk = (struct store_options){.folder = folder, .size_max = 16 * GIB, .quiet_ms = 1};
    struct engine_config config = {.n_context = 8192,
                                   .n_parallel = 2,
                                   .n_queue_max = 4,
                                   .n_cache_tokens = 16384,
                                   .snapshot_size_max = 256 * MIB,
                                   .disk = folder ? &host->disk : NULL};
    MUST(hyperparams_read(hyperparams, gguf, &error));
    engine_model_options(hyperparams, &config, &options);
    MUST(backend_open(&host->backend, "cpu", &backend_options, &error));
    MUST(model_open(&host->model, gguf, host->backend, &options, &error));
    MUST(engine_open(&host->engine, host->model, tokenizer, &config, &error));
    free(hyperparams);
}

static void host_close(struct host *host)
{
    engine_close(host->engine);
    model_close(host->model);
    backend_close(host->backend);
}

static struct request_stats generate(struct host *host, uint32_t seed, uint32_t n_prompt,
                                     uint32_t n_answer)
{
    token_id *tokens = mem_new(token_id, n_prompt);
    for (uint32_t i = 0; i < n_prompt; i++)
        tokens[i] = (token_id)(((uint64_t)i * 2654435761u + seed * 40503u) % 256);
    uint32_t boundaries[] = {n_prompt / 2, n_prompt - 200};
    struct generation generation = {.tokens = tokens,
                                    .n_tokens = n_prompt,
                                    .boundaries = boundaries,
                                    .n_boundaries = n_prompt > 1000 ? 2 : 0,
                                    .max_tokens = n_answer,
                                    .ignores_end = true};
    struct request *request;
    struct event event = {0};
    struct request_stats stats;
    MUST(engine_submit(host->engine, &request, &generation, NULL, NULL, &error));
    while (event.kind != EVENT_STOP)
        request_next(request, &event, 1000);
    request_stats(request, &stats);
    request_close(request);
    free(tokens);
    return stats;
}

// Tokens per second of an answer given while what a long prompt before it left is written.
static double decode_rate(struct host *host, uint32_t seed)
{
    generate(host, seed, N_PROMPT, 1);
    struct request_stats stats = generate(host, seed + 1, 16, N_ANSWER);
    return stats.n_generated / ((double)stats.decode_ns * 1e-9);
}

static void measure_cost(const char *folder)
{
    struct synthetic_options options = {
        .recipe = "UD-Q4_K_M", .seed = 3, .n_layers = 4, .n_vocab = 4096};
    void *bytes;
    size_t size;
    struct gguf *gguf;
    struct tokenizer *tokenizer;
    struct host with, without;
    double ratios[N_PAIRS], costs[N_PAIRS];
    MUST(synthetic_make(&bytes, &size, "qwen3.6-35b-a3b", &options, &error));
    MUST(gguf_open_memory(&gguf, bytes, size, "synthetic", &error));
    MUST(tokenizer_open(&tokenizer, gguf, &error));
    host_open(&with, gguf, tokenizer, folder);
    host_open(&without, gguf, tokenizer, NULL);
    printf("4 layers of Qwen3.6-35B-A3B: an answer of %u tokens while %u tokens are saved\n",
           N_ANSWER, N_PROMPT);
    for (uint32_t i = 0; i < N_PAIRS; i++) {
        double rates[2];
        for (uint32_t k = 0; k < 2; k++) { // which one is first alternates
            bool has_disk = (i + k) % 2;
            rates[has_disk] = decode_rate(has_disk ? &with : &without, 2 * i);
        }
        ratios[i] = rates[1] / rates[0];
        costs[i] = 100 * (1 - ratios[i]);
        printf("  without %6.2f t/s   with %6.2f t/s   cost %5.1f %%\n", rates[0], rates[1],
               costs[i]);
    }
    printf("median cost %.1f %% (less than 5 is wanted)\n", median(costs, N_PAIRS));
    host_close(&with);
    host_close(&without);
    struct store_listing listing;
    store_folder_list(&listing, folder, NULL);
    printf("saved: %zu files, %.1f MiB\n", listing.n_entries, (double)listing.size / (double)MIB);
    store_listing_release(&listing);
    clear(folder);
    tokenizer_close(tokenizer);
    gguf_close(gguf);
    free(bytes);
}

int main(int argc, char **argv)
{
    char folder[4096];
    const char *part = argc > 2 ? argv[2] : "";
    snprintf(folder, sizeof folder, "%s/hearth-bench-XXXXXX", argc > 1 ? argv[1] : "/var/tmp");
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!mkdtemp(folder)) {
        perror(folder);
        return 1;
    }
    if (strcmp(part, "cost") != 0)
        measure_disk(folder);
    if (strcmp(part, "disk") != 0)
        measure_cost(folder);
    rmdir(folder);
    return 0;
}
