#include "engine/session.h"
#include "base/rng.h"
#include "engine/spill.h"
#include "tests/engine/cache_folder.h"
#include "tests/engine/fake_model.h"
#include "tests/test.h"

enum { N_CONVERSATIONS = 64, N_OPERATIONS = 2000, N_SESSIONS = 3, N_TOKENS_MAX = 420 };

struct conversation {
    token_id tokens[N_TOKENS_MAX];
    uint32_t n_tokens;
};

struct world {
    struct fake_config config;
    struct model *model;
    struct session_memory memory;
    struct rng rng;
    struct conversation conversations[N_CONVERSATIONS];
    struct session sessions[N_SESSIONS];
    uint32_t owner[N_SESSIONS];    // conversation
    uint32_t n_answer[N_SESSIONS]; // tokens still to sample
    uint64_t n_computed, n_reused, n_from_disk, n_checked, n_stalled;
    struct model_options options;
    const char *folder; // of the disk cache; NULL: there is none
};

static void no_wake(void *context)
{
    (void)context;
}

static void open_memory(struct world *w)
{
    struct session_memory *m = &w->memory;
    w->model = fake_open(w->config, &w->options);
    m->backend = &w->model->backend;
    m->kv = kv_cache_open(m->backend, &w->model->spec);
    m->snapshots = snapshots_open(m->backend, m->kv, &w->model->spec, w->config.window);
    m->tree = prefix_tree_open(m->kv, m->snapshots);
    if (!w->folder)
        return;
    struct store *store;
    struct store_options options = {
        .folder = w->folder, .n_tokens_min = 20, .quiet_ms = 1, .no_sync = true};
    struct error error;
    if (store_open(&store, &options, &w->model->spec, w->config.window, m->backend, no_wake, NULL,
                   &error))
        fail_msg("%s", error.text);
    m->spill = spill_open(store, m, &options);
}

static void close_memory(struct world *w)
{
    for (int i = 0; i < N_SESSIONS; i++)
        session_close(&w->sessions[i], w->folder != NULL);
    prefix_tree_check(w->memory.tree);
    spill_close(w->memory.spill, 10000);
    w->memory.spill = NULL;
    prefix_tree_close(w->memory.tree);
    snapshots_close(w->memory.snapshots);
    kv_cache_close(w->memory.kv);
    assert_int_equal(w->model->n_violations, 0);
    fake_close(w->model);
}

static void open_world(struct world *w, struct fake_config config, uint32_t n_pages,
                       uint32_t n_states, const char *folder)
{
    // The window of a running sequence may take: its own pages, those of one step, one in hand.
    uint32_t n_window_pages = N_SESSIONS * (kv_pages_for(config.window) + 3 + 3) + 6;
    *w = (struct world){.config = config, .folder = folder};
    w->options = (struct model_options){.n_pages_max = {n_pages, n_window_pages},
                                        .n_states_max = n_states,
                                        .n_rows_max = 128,
                                        .n_outputs_max = 1};
    open_memory(w);
    rng_seed(&w->rng, 5);
}

static uint32_t below(struct world *w, uint32_t n)
{
    return (uint32_t)rng_below(&w->rng, n);
}

static void run_rows(struct world *w, struct session *session, uint32_t n_rows)
{
    session_extend(session, n_rows);
    struct batch_sequence sequence = {
        .n_rows = n_rows, .position = session->n_computed, .i_state = session->i_state};
    for (uint32_t g = 0; g < KV_GROUPS_MAX; g++)
        sequence.pages[g] = session->pages[g];
    struct batch batch = {session->tokens + session->n_computed, n_rows, &sequence, 1};
    uint32_t last = n_rows - 1;
    const float *logits;
    assert_int_equal(model_forward(w->model, &batch, &last, 1, &logits, NULL), OK);
    w->n_computed += n_rows;
    session_advance(session, n_rows);
}

static void check_logits(struct world *w, const struct session *session)
{
    float expected[FAKE_VOCAB];
    fake_fill_logits(expected, fake_cold(w->config, session->tokens, session->n_tokens));
    assert_memory_equal(w->model->logits, expected, sizeof expected);
    w->n_checked++;
}

// Makes the conversation longer, shorter, different or somebody else's.
static void change(struct world *w, struct conversation *c)
{
    uint32_t kind = below(w, 10);
    if (kind == 0)
        c->n_tokens = 0;
    if (kind == 1)
        *c = w->conversations[below(w, N_CONVERSATIONS)];
    if (kind == 2 && c->n_tokens > 1) {
        uint32_t at = below(w, c->n_tokens);
        c->tokens[at] ^= 1;
        c->n_tokens = at + 1;
    }
    if (kind == 3)
        c->n_tokens = below(w, c->n_tokens + 1);
    uint32_t n_new = kind == 4 ? 0 : 1 + below(w, below(w, 4) ? 30 : 150);
    if (c->n_tokens + n_new + 92 > N_TOKENS_MAX)
        c->n_tokens = 100;
    for (n_new += c->n_tokens + n_new == 0; n_new > 0; n_new--) {
        // Few different tokens at the start, so that conversations share trunks.
        uint32_t n_kinds = c->n_tokens < 40 ? 1 : c->n_tokens < 90 ? 2 : FAKE_VOCAB;
        c->tokens[c->n_tokens++] = (token_id)below(w, n_kinds);
    }
}

static void start(struct world *w, int i)
{
    w->owner[i] = below(w, N_CONVERSATIONS);
    struct conversation *c = &w->conversations[w->owner[i]];
    change(w, c);
    uint32_t boundaries[] = {c->n_tokens / 4, c->n_tokens / 2, c->n_tokens - c->n_tokens / 8};
    w->n_answer[i] = below(w, below(w, 4) ? 20 : 90);
    struct session_options options = {.tokens = c->tokens,
                                      .n_tokens = c->n_tokens,
                                      .n_tokens_max = c->n_tokens + w->n_answer[i] + 1,
                                      .n_tokens_reserved = c->n_tokens + below(w, 2),
                                      .boundaries = boundaries,
                                      .n_boundaries = 3,
                                      .n_snapshots_max = 3,
                                      .reuses = below(w, 20) > 0};
    if (session_open(&w->sessions[i], &w->memory, &options)) {
        w->n_reused += w->sessions[i].n_reused;
        return;
    }
    bool is_alone = true;
    for (int k = 0; k < N_SESSIONS; k++)
        is_alone &= w->sessions[k].memory == NULL;
    assert_false(is_alone); // alone, every one of these fits
}

// Waits for what the disk has; the others could go on meanwhile, and sometimes do.
static bool is_ready(struct world *w, int i)
{
    struct session *session = &w->sessions[i];
    if (!session->awaits_disk)
        return true;
    uint32_t n_before = session->n_from_disk;
    session->awaits_disk = spill_read(w->memory.spill, session, below(w, 2)) == SPILL_WAITS;
    w->n_from_disk += session->n_from_disk - n_before;
    if (session->awaits_disk)
        usleep(20);
    return !session->awaits_disk;
}

// One step of a session: some rows of its prompt, or a token of its answer.
static void step(struct world *w, int i)
{
    struct session *session = &w->sessions[i];
    if (w->memory.spill)
        spill_step(w->memory.spill, below(w, 2));
    if (below(w, 60) == 0) { // cancelled, perhaps while it is read
        session_close(session, below(w, 4) > 0);
        return;
    }
    if (!is_ready(w, i))
        return;
    session_catch_up(session);
    uint32_t n_rows = session_cut(session, 1 + below(w, 128));
    if (!session_make_room(session, n_rows)) { // the others hold all there is: goes on later
        w->n_stalled++;
        if (below(w, 3) == 0)
            session_close(session, true);
        return;
    }
    run_rows(w, session, n_rows);
    if (below(w, 40) == 0) { // cancelled
        session_close(session, below(w, 4) > 0);
        return;
    }
    if (session_n_pending(session) > 0)
        return;
    check_logits(w, session);
    if (w->n_answer[i]-- == 0) {
        struct conversation *c = &w->conversations[w->owner[i]];
        c->n_tokens = session->n_tokens;
        memcpy(c->tokens, session->tokens, c->n_tokens * sizeof *c->tokens);
        session_close(session, true);
        return;
    }
    session_append(session, (token_id)below(w, FAKE_VOCAB));
}

// Removes, cuts or changes some of the files, as disks and people do.
static void spoil(const char *path, void *context)
{
    struct world *w = context;
    struct stat info;
    if (below(w, 10) > 0 || stat(path, &info) != 0 || info.st_size == 0)
        return;
    uint32_t at = below(w, (uint32_t)info.st_size), kind = below(w, 3);
    int failed = kind == 0 ? unlink(path) : kind == 1 ? truncate(path, at) : 0;
    FILE *file = kind == 2 ? fopen(path, "r+b") : NULL;
    if (file) {
        fseek(file, at, SEEK_SET);
        int byte = fgetc(file);
        fseek(file, at, SEEK_SET);
        fputc(byte ^ 1 << below(w, 8), file);
        fclose(file);
    }
    assert_int_equal(failed, 0);
}

// With a folder, everything is closed and opened again now and then.
static void converse_on(const struct cache_folder *folder, struct fake_config config,
                        uint32_t n_pages, uint32_t n_states)
{
    struct world *w = mem_new(struct world, 1);
    open_world(w, config, n_pages, n_states, folder ? folder->path : NULL);
    const char *wanted = getenv("HEARTH_OPERATIONS");
    int n_operations = wanted ? atoi(wanted) : folder ? N_OPERATIONS / 4 : N_OPERATIONS;
    for (int n = 0; n < n_operations;) {
        int i = (int)below(w, N_SESSIONS);
        if (w->sessions[i].memory) {
            step(w, i);
        } else {
            start(w, i);
            n++;
            if (folder && below(w, 40) == 0) {
                close_memory(w);
                if (below(w, 3) == 0)
                    cache_folder_visit(folder, spoil, w);
                open_memory(w);
            }
        }
        if (n % 50 == 0)
            prefix_tree_check(w->memory.tree);
        assert_int_equal(w->model->n_violations, 0);
    }
    print_message(
        "    %u computed, %u reused, %u from disk, %u logits compared, %u times stalled\n",
        (unsigned)w->n_computed, (unsigned)w->n_reused, (unsigned)w->n_from_disk,
        (unsigned)w->n_checked, (unsigned)w->n_stalled);
    assert_true(w->n_checked > (unsigned)n_operations / 2 && w->n_reused > (unsigned)n_operations);
    assert_true(!folder || w->n_from_disk > (unsigned)n_operations);
    close_memory(w);
    free(w);
}

static void converse(struct fake_config config, uint32_t n_pages, uint32_t n_states)
{
    converse_on(NULL, config, n_pages, n_states);
}

static void converse_with_disk(struct fake_config config, uint32_t n_pages, uint32_t n_states)
{
    struct cache_folder folder;
    cache_folder_make(&folder);
    converse_on(&folder, config, n_pages, n_states);
    cache_folder_remove(&folder);
}

TEST(session, continues_plain_attention_exactly_as_from_nothing)
{
    (void)state;
    converse((struct fake_config){.has_full = true}, 12, 0);
}

TEST(session, continues_plain_attention_exactly_with_room_for_everything)
{
    (void)state;
    converse((struct fake_config){.has_full = true}, 2000, 0);
}

TEST(session, continues_recurrent_states_exactly_as_from_nothing)
{
    (void)state;
    converse((struct fake_config){.has_states = true}, 0, 12);
}

TEST(session, continues_hybrids_exactly_as_from_nothing)
{
    (void)state;
    converse((struct fake_config){.has_full = true, .has_states = true}, 14, 8);
}

TEST(session, continues_hybrids_with_hardly_a_state_to_spare)
{
    (void)state;
    converse((struct fake_config){.has_full = true, .has_states = true}, 200, N_SESSIONS + 1);
}

TEST(session, continues_sliding_windows_exactly_as_from_nothing)
{
    (void)state;
    converse((struct fake_config){.has_full = true, .window = 70}, 24, 0);
}

TEST(session, continues_plain_attention_from_disk_exactly)
{
    (void)state;
    converse_with_disk((struct fake_config){.has_full = true}, 24, 0);
}

TEST(session, continues_recurrent_states_from_disk_exactly)
{
    (void)state;
    converse_with_disk((struct fake_config){.has_states = true}, 0, 12);
}

TEST(session, continues_hybrids_from_disk_exactly)
{
    (void)state;
    converse_with_disk((struct fake_config){.has_full = true, .has_states = true}, 40, 12);
}

TEST(session, continues_sliding_windows_from_disk_exactly)
{
    (void)state;
    converse_with_disk((struct fake_config){.has_full = true, .window = 70}, 40, 0);
}

RUN_TESTS(IS(session, continues_plain_attention_exactly_as_from_nothing),
          IS(session, continues_plain_attention_exactly_with_room_for_everything),
          IS(session, continues_recurrent_states_exactly_as_from_nothing),
          IS(session, continues_hybrids_exactly_as_from_nothing),
          IS(session, continues_hybrids_with_hardly_a_state_to_spare),
          IS(session, continues_sliding_windows_exactly_as_from_nothing),
          IS(session, continues_plain_attention_from_disk_exactly),
          IS(session, continues_recurrent_states_from_disk_exactly),
          IS(session, continues_hybrids_from_disk_exactly),
          IS(session, continues_sliding_windows_from_disk_exactly))
