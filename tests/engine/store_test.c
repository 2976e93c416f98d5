// The disk cache as a folder of files: what comes back, and what does not.
#include "engine/store.h"
#include "engine/store_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <utime.h>

#include "tests/engine/store_rig.h"
#include "tests/test.h"

enum { N_TOKENS = 1000 };

static const struct store_options plain = {.size_max = 1 * GIB, .no_sync = true};

// What most tests begin with, and how it ends: a folder, a store to be opened there, and a sequence.
struct scene {
    struct cache_folder folder;
    struct store_rig rig;
    token_id tokens[N_TOKENS];
};

static int set_up(void **state)
{
    struct scene *s = *state = mem_new(struct scene, 1);
    cache_folder_make(&s->folder);
    rig_tokens(s->tokens, N_TOKENS, 1);
    return 0;
}

// With the sequence in the folder.
static int set_up_full(void **state)
{
    set_up(state);
    struct scene *s = *state;
    store_rig_open(&s->rig, s->folder.path, &plain);
    assert_true(rig_write(&s->rig, s->tokens, N_TOKENS, STORE_TIP));
    assert_true(store_wait(s->rig.store, 10000));
    store_rig_close(&s->rig);
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    cache_folder_remove(&s->folder);
    free(s);
    return 0;
}

#define IN_EMPTY(sentence) cmocka_unit_test_setup_teardown(store__##sentence, set_up, tear_down)
#define IN_FULL(sentence)  cmocka_unit_test_setup_teardown(store__##sentence, set_up_full, tear_down)

static uint32_t read_anew(const struct cache_folder *folder, const token_id *tokens,
                          uint32_t n_tokens, struct store_rig *rig)
{
    store_rig_open(rig, folder->path, &plain);
    uint32_t n = rig_read(rig, tokens, n_tokens);
    store_rig_close(rig);
    return n;
}

struct damage {
    const char *part; // of the file's name
    long offset;      // of the byte to change; from the end when negative
    long size;        // to cut to; -1: as it is
};

static void damage_file(const char *path, void *context)
{
    const struct damage *damage = context;
    if (!strstr(path, damage->part))
        return;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    if (damage->size >= 0) {
        assert_int_equal(ftruncate(fd, damage->size), 0);
    } else {
        unsigned char byte;
        off_t at = lseek(fd, damage->offset, damage->offset < 0 ? SEEK_END : SEEK_SET);
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= (unsigned char)(1u << (at % 8));
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    close(fd);
}

// ---- what comes back ----

TEST(store, what_was_written_comes_back_in_another_process_life)
{
    struct scene *s = *state;
    assert_int_equal(cache_folder_visit(&s->folder, NULL, NULL), 4);
    assert_int_equal(read_anew(&s->folder, s->tokens, N_TOKENS, &s->rig), N_TOKENS);
    assert_int_equal(s->rig.n_lines, 0);
    assert_int_equal(s->rig.n_placed, N_TOKENS / STORE_CHUNK_TOKENS * STORE_CHUNK_TOKENS);
}

TEST(store, where_the_engine_must_copy_chunks_it_gets_them_in_order)
{
    struct scene *s = *state;
    store_rig_open(&s->rig, s->folder.path, &plain);
    s->rig.places = false;
    assert_int_equal(rig_read(&s->rig, s->tokens, N_TOKENS), N_TOKENS); // which checks the order
    assert_int_equal(s->rig.n_placed, 0);
    // And as far as they are good.
    cache_folder_visit(&s->folder, damage_file, &(struct damage){"/chunk-768-", 5000, -1});
    assert_int_equal(rig_read(&s->rig, s->tokens, N_TOKENS), 0);
    assert_non_null(strstr(s->rig.last_line, "dropped"));
    store_rig_close(&s->rig);
}

TEST(store, the_longest_prefix_of_exactly_these_tokens_is_found)
{
    struct scene *s = *state;
    token_id other[N_TOKENS];
    store_rig_open(&s->rig, s->folder.path, &plain);
    rig_write(&s->rig, s->tokens, 700, STORE_MESSAGE);
    rig_write(&s->rig, s->tokens, 300, STORE_TRUNK);
    store_wait(s->rig.store, 10000);
    assert_int_equal(rig_read(&s->rig, s->tokens, N_TOKENS), N_TOKENS);
    assert_int_equal(rig_read(&s->rig, s->tokens, N_TOKENS - 1), 700);
    assert_int_equal(rig_read(&s->rig, s->tokens, 699), 300);
    assert_int_equal(rig_read(&s->rig, s->tokens, 299), 0);
    // One other token anywhere, and only what lies before it is used.
    const struct {
        uint32_t at, n_usable;
    } cases[] = {{999, 700}, {700, 700}, {699, 300}, {300, 300}, {299, 0}, {0, 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        memcpy(other, s->tokens, sizeof other);
        other[cases[i].at] ^= 1;
        assert_int_equal(rig_read(&s->rig, other, N_TOKENS), cases[i].n_usable);
    }
    store_rig_close(&s->rig);
}

TEST(store, another_model_type_or_rope_finds_nothing)
{
    struct scene *s = *state;
    struct store_key keys[12];
    store_rig_open(&s->rig, s->folder.path, &plain);
    double frequency[32] = {1.0, 0.5};
    struct rope_spec rope = {.n_dims = 64, .frequency = frequency, .magnitude = 1.0f};
    struct store_model model = {"a", 1, 2, 3};
    struct cache_spec spec = s->rig.spec;
    spec.ropes[0] = rope;
    size_t n = 0;
    store_key_model(&keys[n++], &model, &spec, &s->rig.backend);
    model.fingerprint++;
    store_key_model(&keys[n++], &model, &spec, &s->rig.backend);
    model.file_size++;
    store_key_model(&keys[n++], &model, &spec, &s->rig.backend);
    model.file_time_s++;
    store_key_model(&keys[n++], &model, &spec, &s->rig.backend);
    spec.k_type = DTYPE_Q8_0;
    store_key_model(&keys[n++], &model, &spec, &s->rig.backend);
    spec.v_type = DTYPE_Q8_0;
    store_key_model(&keys[n++], &model, &spec, &s->rig.backend);
    spec.groups[1].head_dim++;
    store_key_model(&keys[n++], &model, &spec, &s->rig.backend);
    spec.n_s_floats++;
    store_key_model(&keys[n++], &model, &spec, &s->rig.backend);
    frequency[1] = 0.25;
    store_key_model(&keys[n++], &model, &spec, &s->rig.backend);
    spec.ropes[0].magnitude = 1.1f;
    store_key_model(&keys[n++], &model, &spec, &s->rig.backend);
    spec.ropes[0].interleaved = true;
    store_key_model(&keys[n++], &model, &spec, &s->rig.backend);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            assert_false(store_key_equal(&keys[i], &keys[k]));
    model.name = "b"; // the same file under another name is the same model
    store_key_model(&keys[n], &model, &spec, &s->rig.backend);
    assert_true(store_key_equal(&keys[n], &keys[n - 1]));
    store_rig_close(&s->rig);
}

static void check_mode(const char *path, void *context)
{
    struct stat info;
    (void)context;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

TEST(store, nobody_else_may_read_its_files)
{
    struct cache_folder folder;
    struct store_rig rig;
    struct stat info;
    token_id tokens[N_TOKENS];
    char path[400];
    (void)state;
    cache_folder_make(&folder);
    snprintf(path, sizeof path, "%s/inner", folder.path);
    rig_tokens(tokens, N_TOKENS, 1);
    mode_t before = umask(0);
    store_rig_open(&rig, path, &plain);
    rig_write(&rig, tokens, N_TOKENS, STORE_TIP);
    store_rig_close(&rig);
    umask(before);
    struct cache_folder inner;
    memcpy(inner.path, path, sizeof inner.path);
    assert_int_equal(cache_folder_visit(&inner, check_mode, NULL), 4);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    cache_folder_remove(&inner);
    rmdir(folder.path);
}

// ---- damage ----

// Damages the file, and expects that nothing of it is served and that it is gone, with a line.
static void expect_dropped(const struct cache_folder *folder, const token_id *tokens,
                           struct damage damage)
{
    struct store_rig rig;
    size_t n_before = cache_folder_visit(folder, NULL, NULL);
    cache_folder_visit(folder, damage_file, &damage);
    uint32_t n = read_anew(folder, tokens, N_TOKENS, &rig);
    if (n != 0 || rig.n_lines != 1 || !strstr(rig.last_line, "dropped"))
        fail_msg("%s at %ld, cut to %ld: %u tokens, %u lines: %s", damage.part, damage.offset,
                 damage.size, n, rig.n_lines, rig.last_line);
    assert_int_equal(cache_folder_visit(folder, NULL, NULL), n_before - 1);
    // What was computed in its place is written again, and all is well.
    store_rig_open(&rig, folder->path, &plain);
    assert_true(rig_write(&rig, tokens, N_TOKENS, STORE_TIP));
    assert_true(store_wait(rig.store, 10000));
    assert_int_equal(rig_read(&rig, tokens, N_TOKENS), N_TOKENS);
    store_rig_close(&rig);
}

TEST(store, a_flipped_bit_anywhere_drops_the_file)
{
    struct scene *s = *state;
    static const long places[] = {0,    7,    8,    12,   16,   31,  32,  47,  48,   64,
                                  68,   72,   76,   80,   84,   88,  96,  104, 112,  120,
                                  128,  135,  136,  199,  200,  203, 700, 900, 2000, 4087,
                                  4088, 4095, 4096, 4500, 6000, -1,  -64, -500};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        expect_dropped(&s->folder, s->tokens, (struct damage){"/tip-", places[i], -1});
        expect_dropped(&s->folder, s->tokens, (struct damage){"/chunk-512-", places[i], -1});
    }
}

TEST(store, a_torn_or_grown_file_is_dropped)
{
    struct scene *s = *state;
    static const long sizes[] = {0, 1, 7, 199, 200, 4095, 4096, 4097, 5000, 8095, 8097, 100000};
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        expect_dropped(&s->folder, s->tokens, (struct damage){"/chunk-256-", 0, sizes[i]});
}

struct pair {
    char from[1024], to[1024];
};

static void find_pair(const char *path, void *context)
{
    struct pair *pair = context;
    if (strstr(path, "/chunk-256-"))
        snprintf(strstr(pair->from, "/chunk") ? pair->to : pair->from, sizeof pair->to, "%s", path);
}

// Whole, unaltered, and somebody else's.
TEST(store, a_file_under_another_ones_name_is_dropped)
{
    struct scene *s = *state;
    struct pair pair = {0};
    token_id other[N_TOKENS];
    store_rig_open(&s->rig, s->folder.path, &plain);
    rig_tokens(other, N_TOKENS, 2);
    rig_write(&s->rig, other, N_TOKENS, STORE_TIP);
    store_rig_close(&s->rig);
    cache_folder_visit(&s->folder, find_pair, &pair);
    assert_int_equal(rename(pair.from, pair.to), 0);
    store_rig_open(&s->rig, s->folder.path, &plain);
    uint32_t n = rig_read(&s->rig, s->tokens, N_TOKENS) + rig_read(&s->rig, other, N_TOKENS);
    assert_int_equal(n, 0);
    assert_int_equal(s->rig.n_lines, 1);
    assert_non_null(strstr(s->rig.last_line, "something else than its name says"));
    store_rig_close(&s->rig);
}

TEST(store, links_folders_and_strange_names_are_passed_over)
{
    struct scene *s = *state;
    struct pair pair = {0};
    char path[1200];
    cache_folder_visit(&s->folder, find_pair, &pair);
    char *slash = strrchr(pair.from, '/');
    static const char *const names[] = {
        "x",
        "chunk-",
        "chunk-1-2-3.kv",
        "tip-99999999999999999999-00-00.kv",
        "trunk--1-00000000000000000000000000000000-00000000000000000000000000000000.kv",
        "tip-5-0000000000000000000000000000000g-00000000000000000000000000000000.kv"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%.*s/%s", (int)(slash - pair.from), pair.from, names[i]);
        close(open(path, O_CREAT | O_WRONLY, 0600));
    }
    // A link to a good file in its place: as foreign as any other content.
    snprintf(path, sizeof path, "%s.moved", pair.from);
    assert_int_equal(rename(pair.from, path), 0);
    assert_int_equal(symlink(path, pair.from), 0);
    assert_int_equal(read_anew(&s->folder, s->tokens, N_TOKENS, &s->rig), 0);
    assert_int_equal(s->rig.n_lines, 0);
}

// ---- a failing disk ----

static _Atomic long n_bytes_left; // until writes fail

static ssize_t write_until_full(int fd, const void *bytes, size_t size)
{
    long left = atomic_load(&n_bytes_left);
    if (left == 0) {
        errno = ENOSPC;
        return -1;
    }
    size_t n = (size_t)left < size ? (size_t)left : size;
    atomic_fetch_sub(&n_bytes_left, (long)n);
    return write(fd, bytes, n);
}

TEST(store, a_full_disk_is_told_once_and_leaves_nothing_behind)
{
    (void)state;
    token_id tokens[N_TOKENS];
    rig_tokens(tokens, N_TOKENS, 1);
    for (long left = 0; left < 40000; left += 1234) {
        struct cache_folder folder;
        struct store_rig rig;
        struct store_options options = {.size_max = 1 * GIB, .write = write_until_full};
        cache_folder_make(&folder);
        atomic_store(&n_bytes_left, left);
        store_rig_open(&rig, folder.path, &options);
        rig_write(&rig, tokens, N_TOKENS, STORE_TIP);
        store_wait(rig.store, 10000);
        bool failed = !store_can_write(rig.store);
        store_rig_close(&rig); // and then everything has been told
        assert_int_equal(rig.n_lines, failed);
        if (failed)
            assert_non_null(strstr(rig.last_line, "No space left on device"));
        // What is there is whole.
        uint32_t n = read_anew(&folder, tokens, N_TOKENS, &rig);
        assert_int_equal(n, failed ? 0 : N_TOKENS);
        assert_int_equal(rig.n_lines, 0);
        cache_folder_remove(&folder);
    }
}

// Runs in a child; its exit code is the number of what went wrong.
static int write_to_limited_files(const char *path)
{
    struct store_rig rig;
    struct rlimit limit = {6000, 6000};
    token_id tokens[N_TOKENS];
    rig_tokens(tokens, N_TOKENS, 1);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    struct error error;
    if (store_rig_try(&rig, path, &plain, &error))
        return 1;
    rig_write(&rig, tokens, N_TOKENS, STORE_TIP);
    store_wait(rig.store, 10000);
    int wrong = store_can_write(rig.store) ? 2 : 0;
    store_rig_close(&rig);
    return rig.n_lines == 1 ? wrong : 3;
}

static int write_where_nothing_may_be_written(const char *path)
{
    struct store_rig rig;
    token_id tokens[N_TOKENS], other[N_TOKENS];
    rig_tokens(tokens, N_TOKENS, 1);
    rig_tokens(other, N_TOKENS, 2);
    if (geteuid() == 0 && (setgid(65534) || setuid(65534))) // root may write anywhere
        return 1;
    struct error error;
    if (store_rig_try(&rig, path, &plain, &error))
        return 2;
    if (rig_read(&rig, tokens, N_TOKENS) != N_TOKENS)
        return 3;
    rig_write(&rig, other, N_TOKENS, STORE_TIP);
    store_wait(rig.store, 10000);
    int wrong = rig_read(&rig, tokens, N_TOKENS) != N_TOKENS ? 4 : 0;
    store_rig_close(&rig);
    return rig.n_lines == 1 ? wrong : 5;
}

static int read_without_descriptors(const char *path)
{
    struct store_rig rig;
    struct rlimit limit = {3, 3}; // those that every program has
    token_id tokens[N_TOKENS];
    struct error error;
    rig_tokens(tokens, N_TOKENS, 1);
    if (store_rig_try(&rig, path, &plain, &error))
        return 1;
    setrlimit(RLIMIT_NOFILE, &limit);
    uint32_t n = rig_read(&rig, tokens, N_TOKENS);
    store_rig_close(&rig);
    return n != 0 ? 2 : strstr(rig.lines, "cannot be read") ? 0 : 3;
}

static int in_a_child(int (*run)(const char *path), const char *path)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(run(path));
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

TEST(store, a_limit_on_file_sizes_is_a_full_disk)
{
    struct scene *s = *state;
    assert_int_equal(in_a_child(write_to_limited_files, s->folder.path), 0);
    assert_int_equal(cache_folder_visit(&s->folder, NULL, NULL), 0);
}

TEST(store, a_file_that_cannot_be_read_now_stays_for_later)
{
    struct scene *s = *state;
    assert_int_equal(in_a_child(read_without_descriptors, s->folder.path), 0);
    assert_int_equal(read_anew(&s->folder, s->tokens, N_TOKENS, &s->rig), N_TOKENS);
}

static void open_to_all(const char *path, void *context)
{
    (void)context;
    chmod(path, 0444);
    char *folder = strdup(path);
    *strrchr(folder, '/') = 0;
    chmod(folder, 0555);
    free(folder);
}

static void close_again(const char *path, void *context)
{
    (void)context;
    char *folder = strdup(path);
    *strrchr(folder, '/') = 0;
    chmod(folder, 0700);
    free(folder);
}

TEST(store, a_read_only_folder_is_read)
{
    struct scene *s = *state;
    cache_folder_visit(&s->folder, open_to_all, NULL);
    chmod(s->folder.path, 0555);
    assert_int_equal(in_a_child(write_where_nothing_may_be_written, s->folder.path), 0);
    chmod(s->folder.path, 0700);
    cache_folder_visit(&s->folder, close_again, NULL);
}

TEST(store, a_folder_that_cannot_be_made_is_an_error)
{
    struct store_rig rig;
    struct error error;
    (void)state;
    assert_int_equal(store_rig_try(&rig, "/dev/null/cache", &plain, &error), ERR_IO);
    assert_null(rig.store);
}

// ---- kill -9 ----

static ssize_t write_until_killed(int fd, const void *bytes, size_t size)
{
    long left = atomic_load(&n_bytes_left);
    if ((size_t)left <= size) {
        ssize_t ignored = write(fd, bytes, (size_t)left);
        (void)ignored;
        kill(getpid(), SIGKILL);
    }
    atomic_fetch_sub(&n_bytes_left, (long)size);
    return write(fd, bytes, size);
}

static int write_and_die(const char *path)
{
    struct store_rig rig;
    struct store_options options = {.size_max = 1 * GIB, .write = write_until_killed};
    token_id tokens[N_TOKENS];
    struct error error;
    rig_tokens(tokens, N_TOKENS, 1);
    if (store_rig_try(&rig, path, &options, &error))
        return 1;
    rig_write(&rig, tokens, N_TOKENS, STORE_TIP);
    store_wait(rig.store, 10000);
    return 2; // alive
}

static void make_old(const char *path, void *context)
{
    struct utimbuf times = {1, 1};
    if (strstr(path, "/.new-"))
        ++*(int *)context, utime(path, &times);
}

TEST(store, a_process_killed_while_writing_harms_nothing)
{
    (void)state;
    token_id tokens[N_TOKENS];
    rig_tokens(tokens, N_TOKENS, 1);
    for (long left = 0; left < 30000; left += 2500) {
        struct cache_folder folder;
        struct store_rig rig;
        int n_unfinished = 0;
        cache_folder_make(&folder);
        atomic_store(&n_bytes_left, left);
        assert_int_equal(in_a_child(write_and_die, folder.path), 100 + SIGKILL);
        assert_int_equal(read_anew(&folder, tokens, N_TOKENS, &rig),
                         0); // the state was to come last
        assert_int_equal(rig.n_lines, 0);
        // The next one goes on where it was, and sweeps up later.
        cache_folder_visit(&folder, make_old, &n_unfinished);
        assert_int_equal(n_unfinished, 1);
        store_rig_open(&rig, folder.path, &plain);
        assert_true(rig_write(&rig, tokens, N_TOKENS, STORE_TIP));
        store_wait(rig.store, 10000);
        assert_int_equal(rig_read(&rig, tokens, N_TOKENS), N_TOKENS);
        store_rig_close(&rig);
        n_unfinished = 0;
        cache_folder_visit(&folder, make_old, &n_unfinished);
        assert_int_equal(n_unfinished, 0);
        cache_folder_remove(&folder);
    }
}

// ---- several at once ----

enum { N_SEQUENCES = 12, N_ROUNDS = 60 };

static int work_on_shared_folder(const char *path)
{
    struct store_rig rig;
    token_id tokens[N_TOKENS];
    struct error error;
    // So small that each removes what the others have just written.
    struct store_options options = {.size_max = 150000};
    unsigned random = (unsigned)getpid();
    for (int life = 0; life < 3; life++) {
        if (store_rig_try(&rig, path, &options, &error))
            return 1;
        for (int round = 0; round < N_ROUNDS / 3; round++) {
            random = random * 1664525u + 1013904223u;
            uint32_t n = 300 + 100 * (random >> 28);
            n = n > N_TOKENS ? N_TOKENS : n;
            rig_tokens(tokens, N_TOKENS, random >> 16 & 3);
            if (random >> 20 & 1)
                rig_write(&rig, tokens, n, STORE_TIP);
            else
                rig_read(&rig, tokens, n); // a wrong byte ends the process
        }
        store_wait(rig.store, 10000);
        for (char *line = rig.lines; *line; line = strchr(line, '\n') + 1)
            if (strncmp(line, "disk cache: ", 12) != 0 || !strstr(line, "files removed"))
                return 2;
        store_rig_close(&rig);
    }
    return 0;
}

TEST(store, several_programs_share_a_folder)
{
    struct scene *s = *state;
    pid_t children[3];
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(work_on_shared_folder(s->folder.path));
    }
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        int status;
        waitpid(children[i], &status, 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

TEST(store, what_another_program_writes_is_found_while_running)
{
    struct scene *s = *state;
    struct store_rig first, second;
    struct store_options options = {.size_max = 1 * GIB, .look_ms = 5};
    store_rig_open(&first, s->folder.path, &options);
    store_rig_open(&second, s->folder.path, &plain);
    rig_write(&second, s->tokens, N_TOKENS, STORE_TIP);
    store_rig_close(&second);
    uint32_t n = 0;
    for (int i = 0; i < 1000 && n < N_TOKENS; i++) {
        usleep(5000);
        n = rig_read(&first, s->tokens, N_TOKENS);
    }
    assert_int_equal(n, N_TOKENS);
    store_rig_close(&first);
}

// ---- the budget ----

static void set_age(const struct cache_folder *folder, const char *part, long days)
{
    struct store_listing listing;
    store_folder_list(&listing, folder->path, NULL);
    for (size_t i = 0; i < listing.n_entries; i++) {
        char path[1000];
        struct utimbuf times;
        times.actime = times.modtime = time(NULL) - days * 86400;
        store_folder_path(path, sizeof path, folder->path, &listing.entries[i]);
        if (strstr(path, part))
            utime(path, &times);
    }
    store_listing_release(&listing);
}

TEST(store, the_oldest_goes_first_and_a_trunk_outlives_its_branches)
{
    struct scene *s = *state;
    token_id branch[N_TOKENS];
    memcpy(branch, s->tokens, sizeof branch);
    for (uint32_t i = 600; i < N_TOKENS; i++)
        branch[i] ^= 1;
    set_age(&s->folder, "", 10); // also the trunk's chunks
    store_rig_open(&s->rig, s->folder.path, &plain);
    rig_write(&s->rig, branch, 900, STORE_TIP);
    store_rig_close(&s->rig);
    struct store_listing listing;
    store_folder_list(&listing, s->folder.path, NULL);
    assert_int_equal(listing.n_entries, 4 + 2);
    uint64_t size = listing.size;
    store_listing_release(&listing);
    size_t n_removed;
    store_folder_prune(s->folder.path, size - 1, &n_removed);
    assert_int_equal(n_removed, 1);
    assert_int_equal(read_anew(&s->folder, branch, N_TOKENS, &s->rig), 900);
    assert_int_equal(read_anew(&s->folder, s->tokens, N_TOKENS, &s->rig), 0); // its state went
    store_folder_prune(s->folder.path, 0, &n_removed);
    assert_int_equal(n_removed, 5);
}

TEST(store, a_state_left_behind_goes_before_one_that_is_a_little_older)
{
    struct scene *s = *state;
    token_id other[N_TOKENS];
    store_rig_open(&s->rig, s->folder.path, &plain);
    rig_tokens(other, N_TOKENS, 2);
    rig_write(&s->rig, other, 300, STORE_TIP); // of another conversation, two days old
    store_wait(s->rig.store, 10000);
    set_age(&s->folder, "-300-", 2);
    // New, but the conversation has gone on to 1000; the same, but a trunk.
    rig_write(&s->rig, s->tokens, 280, STORE_MESSAGE);
    rig_write(&s->rig, s->tokens, 290, STORE_TRUNK);
    store_rig_close(&s->rig);
    struct store_listing listing;
    store_folder_list(&listing, s->folder.path, NULL);
    uint64_t size = listing.size;
    store_listing_release(&listing);
    store_folder_prune(s->folder.path, size - 1, NULL);
    assert_int_equal(read_anew(&s->folder, s->tokens, 289, &s->rig), 0);
    assert_int_equal(read_anew(&s->folder, s->tokens, 290, &s->rig), 290);
    assert_int_equal(read_anew(&s->folder, other, 300, &s->rig), 300);
}

TEST(store, a_folder_that_was_cleared_is_made_again)
{
    struct scene *s = *state;
    struct store_listing listing;
    char path[1000];
    store_rig_open(&s->rig, s->folder.path, &plain);
    store_folder_list(&listing, s->folder.path, NULL);
    store_folder_path(path, sizeof path, s->folder.path, &listing.entries[0]);
    store_listing_release(&listing);
    store_folder_prune(s->folder.path, 0, NULL);
    *strrchr(path, '/') = 0;
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rig_read(&s->rig, s->tokens, N_TOKENS), 0); // finds out that they are gone
    while (rig_read(&s->rig, s->tokens, N_TOKENS) == 0)
        assert_true(rig_write(&s->rig, s->tokens, N_TOKENS, STORE_TIP) &&
                    store_wait(s->rig.store, 10000));
    store_rig_close(&s->rig);
    assert_int_equal(s->rig.n_lines, 0);
}

static void make_answers(const struct cache_folder *folder, const char *name, size_t size)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    close(fd);
}

TEST(store, answers_count_and_go_when_nothing_of_their_time_is_left)
{
    struct scene *s = *state;
    struct store_listing listing;
    size_t n_removed;
    store_folder_list(&listing, s->folder.path, NULL);
    uint64_t states_size = listing.size;
    store_listing_release(&listing);
    make_answers(&s->folder, "answers-0123456789abcdef", 1000);
    make_answers(&s->folder, "answers-1123456789abcdef", 500);
    make_answers(&s->folder, "answers-0123456789abcdef.part", 10); // being written
    make_answers(&s->folder, "answers-0x23456789abcdef", 10);      // somebody else's
    set_age(&s->folder, "/answers-1", 30);
    set_age(&s->folder, "/tip-", 3);
    store_folder_list(&listing, s->folder.path, NULL);
    assert_int_equal(listing.size, states_size + 1500);
    assert_int_equal(listing.n_entries, 4 + 2);
    assert_true(listing.entries[0].is_answers);
    assert_int_equal(listing.entries[0].fingerprint, 0x0123456789abcdef);
    assert_int_equal(listing.entries[1].fingerprint, 0x1123456789abcdef);
    store_listing_release(&listing);
    store_folder_prune(s->folder.path, states_size + 1499, &n_removed); // the month-old ones
    assert_int_equal(n_removed, 1);
    store_folder_prune(s->folder.path, 1000, &n_removed); // all states
    assert_int_equal(n_removed, 4);
    store_folder_prune(s->folder.path, 999, &n_removed);
    assert_int_equal(n_removed, 1);
    make_answers(&s->folder, "answers-2123456789abcdef", 0);
    store_folder_prune(s->folder.path, 0, &n_removed);
    assert_int_equal(n_removed, 1);
}

TEST(store, a_running_store_keeps_its_budget)
{
    struct scene *s = *state;
    struct store_options options = {.size_max = 200000};
    store_rig_open(&s->rig, s->folder.path, &options);
    for (uint32_t seed = 0; seed < 20; seed++) {
        usleep(5000); // file systems tell times this near apart from each other
        rig_tokens(s->tokens, N_TOKENS, seed);
        assert_true(rig_write(&s->rig, s->tokens, N_TOKENS, STORE_TIP));
    }
    store_wait(s->rig.store, 10000);
    assert_int_equal(rig_read(&s->rig, s->tokens, N_TOKENS), N_TOKENS);
    store_rig_close(&s->rig);
    struct store_listing listing;
    store_folder_list(&listing, s->folder.path, NULL);
    assert_true(listing.size <= options.size_max && listing.size > options.size_max / 2);
    store_listing_release(&listing);
}

RUN_TESTS(IN_FULL(what_was_written_comes_back_in_another_process_life),
          IN_FULL(where_the_engine_must_copy_chunks_it_gets_them_in_order),
          IN_FULL(the_longest_prefix_of_exactly_these_tokens_is_found),
          IN_EMPTY(another_model_type_or_rope_finds_nothing),
          IS(store, nobody_else_may_read_its_files), IN_FULL(a_flipped_bit_anywhere_drops_the_file),
          IN_FULL(a_torn_or_grown_file_is_dropped),
          IN_FULL(a_file_under_another_ones_name_is_dropped),
          IN_FULL(links_folders_and_strange_names_are_passed_over),
          IS(store, a_full_disk_is_told_once_and_leaves_nothing_behind),
          IN_EMPTY(a_limit_on_file_sizes_is_a_full_disk), IN_FULL(a_read_only_folder_is_read),
          IN_FULL(a_file_that_cannot_be_read_now_stays_for_later),
          IS(store, a_folder_that_cannot_be_made_is_an_error),
          IS(store, a_process_killed_while_writing_harms_nothing),
          IN_EMPTY(several_programs_share_a_folder),
          IN_EMPTY(what_another_program_writes_is_found_while_running),
          IN_FULL(the_oldest_goes_first_and_a_trunk_outlives_its_branches),
          IN_FULL(a_state_left_behind_goes_before_one_that_is_a_little_older),
          IN_FULL(a_folder_that_was_cleared_is_made_again),
          IN_FULL(answers_count_and_go_when_nothing_of_their_time_is_left),
          IN_EMPTY(a_running_store_keeps_its_budget))
