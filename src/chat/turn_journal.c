// A record: magic, size of what follows, checksum of what follows; then the ids, the digest, five
// texts and the calls' texts, each with its size in front.  Little-endian, like everything this runs on.
#include "chat/turn_journal.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/memory.h"
#include "base/os.h"

enum { RECORD_SIZE_MAX = 64 << 20, CALLS_MAX = 4096 };

static const char magic[8] = "HEARTHa1"; // "a": answers; the number rises when the form changes

struct head {
    char magic[8];
    uint64_t size, checksum;
};

struct turn_journal {
    char *path;
    int fd;
    size_t size, size_max;
    pthread_mutex_t lock;
};

// ---- writing ----

static void put_bytes(struct buf *out, const void *bytes, size_t size)
{
    uint32_t n = (uint32_t)size;
    buf_append(out, &n, sizeof n);
    buf_append(out, bytes, size);
}

static void put_str(struct buf *out, struct str text)
{
    put_bytes(out, text.data, text.size);
}

static void put_record(struct buf *out, const struct sampled_turn *turn)
{
    struct buf body = {0};
    put_bytes(&body, turn->ids, turn->n_ids * sizeof *turn->ids);
    put_bytes(&body, turn->digest, sizeof turn->digest);
    put_str(&body, turn->opening);
    put_str(&body, turn->thinking);
    put_str(&body, turn->signature);
    put_str(&body, turn->text);
    for (size_t i = 0; i < turn->n_calls; i++) {
        put_str(&body, turn->calls[i].id);
        put_str(&body, turn->calls[i].name);
        put_str(&body, turn->calls[i].arguments);
    }
    struct head head = {.size = body.size, .checksum = checksum(body.data, body.size)};
    memcpy(head.magic, magic, sizeof magic);
    buf_append(out, &head, sizeof head);
    buf_append(out, body.data, body.size);
    buf_release(&body);
}

static int open_to_append(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

// Begins a new file where somebody has removed the old one, to make room.  With the lock held.
static void follow_removal(struct turn_journal *journal)
{
    struct stat info;
    if (fstat(journal->fd, &info) != 0 || info.st_nlink > 0)
        return;
    int fd = open_to_append(journal->path);
    if (fd < 0)
        return;
    close(journal->fd);
    journal->fd = fd;
    journal->size = fstat(fd, &info) == 0 ? (size_t)info.st_size : 0;
}

void turn_journal_add(struct turn_journal *journal, const struct sampled_turn *sampled)
{
    struct buf record = {0};
    put_record(&record, sampled);
    pthread_mutex_lock(&journal->lock);
    follow_removal(journal);
    // In one piece, so that programs that share the file do not mix their records.
    if (journal->size + record.size <= 4 * journal->size_max &&
        write(journal->fd, record.data, record.size) == (ssize_t)record.size)
        journal->size += record.size;
    pthread_mutex_unlock(&journal->lock);
    buf_release(&record);
}

// ---- reading ----

static bool take_str(struct str *rest, struct str *out)
{
    uint32_t n;
    if (rest->size < sizeof n)
        return false;
    memcpy(&n, rest->data, sizeof n);
    if (rest->size - sizeof n < n)
        return false;
    *out = str_slice(*rest, sizeof n, sizeof n + n);
    *rest = str_slice(*rest, sizeof n + n, rest->size);
    return true;
}

// Adds one record's answer; false when it is not in the form expected.
static bool take_record(struct turn_memory *memory, size_t n_vocab, struct str rest)
{
    struct sampled_turn turn = {0};
    struct str ids, digest;
    bool is_good = take_str(&rest, &ids) && take_str(&rest, &digest) &&
                   take_str(&rest, &turn.opening) && take_str(&rest, &turn.thinking) &&
                   take_str(&rest, &turn.signature) && take_str(&rest, &turn.text);
    if (!is_good || digest.size != sizeof turn.digest || ids.size % sizeof(token_id))
        return false;
    memcpy(turn.digest, digest.data, digest.size);
    struct sampled_call *calls = NULL;
    while (is_good && rest.size && turn.n_calls < CALLS_MAX) {
        calls = mem_resize(calls, turn.n_calls + 1, sizeof *calls);
        struct sampled_call *call = &calls[turn.n_calls++];
        is_good = take_str(&rest, &call->id) && take_str(&rest, &call->name) &&
                  take_str(&rest, &call->arguments);
    }
    token_id *copy = mem_new(token_id, ids.size / sizeof(token_id) + 1); // aligned
    memcpy(copy, ids.data, ids.size);
    turn.ids = copy;
    turn.n_ids = ids.size / sizeof(token_id);
    turn.calls = calls;
    for (size_t i = 0; i < turn.n_ids; i++)
        is_good = is_good && copy[i] >= 0 && (size_t)copy[i] < n_vocab;
    if (is_good)
        turn_memory_add(memory, &turn);
    free(copy);
    free(calls);
    return is_good;
}

// The size of the whole record at the beginning of the bytes, or 0 when there is no good one.
static size_t record_size(struct str bytes)
{
    struct head head;
    if (bytes.size < sizeof head)
        return 0;
    memcpy(&head, bytes.data, sizeof head);
    if (memcmp(head.magic, magic, sizeof magic) != 0 || head.size > RECORD_SIZE_MAX ||
        head.size > bytes.size - sizeof head ||
        checksum(bytes.data + sizeof head, head.size) != head.checksum)
        return 0;
    return sizeof head + head.size;
}

// Where the next good record begins; the size of the bytes when there is none.
static size_t next_record(struct str bytes, size_t at)
{
    const struct str mark = {magic, sizeof magic};
    while (at < bytes.size && !record_size(str_slice(bytes, at, bytes.size))) {
        size_t found = str_find(bytes, mark, at + 1);
        at = found == STR_NONE ? bytes.size : found;
    }
    return at;
}

size_t turn_journal_read(struct turn_memory *memory, size_t n_vocab, struct str bytes)
{
    size_t n = 0;
    for (size_t at = 0; (at = next_record(bytes, at)) < bytes.size;) {
        size_t size = record_size(str_slice(bytes, at, bytes.size));
        n += take_record(memory, n_vocab, str_slice(bytes, at + sizeof(struct head), at + size));
        at += size;
    }
    return n;
}

// ---- the file ----

static bool write_all(int fd, struct str bytes)
{
    while (bytes.size) {
        ssize_t n = write(fd, bytes.data, bytes.size);
        if (n <= 0)
            return false;
        bytes = str_slice(bytes, (size_t)n, bytes.size);
    }
    return true;
}

// Puts the file's newest records in its place.
static void drop_old(const char *path, struct str bytes, size_t size_max)
{
    char part[1100];
    snprintf(part, sizeof part, "%s.part", path);
    size_t from = next_record(bytes, bytes.size - size_max);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    bool is_whole = write_all(fd, str_slice(bytes, from, bytes.size)) && fsync(fd) == 0;
    close(fd);
    if (!is_whole || rename(part, path) != 0)
        unlink(part);
}

static void read_file(const char *path, size_t size_max, size_t n_vocab, struct turn_memory *memory)
{
    struct os_map map;
    struct error ignored;
    if (os_map_file(&map, path, &ignored))
        return;
    // A copy: another program may append to the file meanwhile, and must not change what is checked.
    struct buf copy = {0};
    buf_append(&copy, map.data, map.size);
    os_unmap(&map);
    struct str bytes = {copy.data ? copy.data : "", copy.size};
    turn_journal_read(memory, n_vocab, bytes);
    if (bytes.size > 2 * size_max)
        drop_old(path, bytes, size_max);
    buf_release(&copy);
}

enum err turn_journal_open(struct turn_journal **out, const char *path, size_t size_max,
                           size_t n_vocab, struct turn_memory *memory, struct error *error)
{
    struct stat info;
    *out = NULL;
    read_file(path, size_max, n_vocab, memory);
    int fd = open_to_append(path);
    if (fd < 0)
        return fail(error, ERR_IO, "cannot write %s", path);
    struct turn_journal *journal = mem_new(struct turn_journal, 1);
    *journal = (struct turn_journal){.path = mem_copy_string(path), .fd = fd, .size_max = size_max};
    journal->size = fstat(fd, &info) == 0 ? (size_t)info.st_size : 0;
    pthread_mutex_init(&journal->lock, NULL);
    *out = journal;
    return OK;
}

void turn_journal_close(struct turn_journal *journal)
{
    if (!journal)
        return;
    close(journal->fd);
    free(journal->path);
    pthread_mutex_destroy(&journal->lock);
    free(journal);
}
