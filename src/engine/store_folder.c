#include "engine/store_folder.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/os.h"

enum {
    SIZE_SHARE = 5,
    PATH_SIZE = 4096,
    STALE_S = 600, // unfinished files older than this belong to nobody any more
};

static const uint64_t default_size_max = 32 * (uint64_t)GIB;

// So much older counts a state that a conversation has left behind, and so much younger one at the end
// of system prompt and tools, from which conversations start that do not exist yet.
enum { DAY_S = 86400 };
static const int64_t superseded_ns = 3 * DAY_S * INT64_C(1000000000);
static const int64_t trunk_ns = 7 * DAY_S * INT64_C(1000000000);

// ---- listing ----

static void add_entry(struct store_listing *listing, const struct store_entry *entry)
{
    if (listing->n_entries == listing->capacity) {
        listing->capacity = listing->capacity * 2 + 64;
        listing->entries =
            mem_resize(listing->entries, listing->capacity, sizeof *listing->entries);
    }
    listing->entries[listing->n_entries++] = *entry;
    listing->size += entry->size;
}

static bool is_unfinished(const char *name)
{
    return strncmp(name, ".new-", 5) == 0;
}

static void list_model(struct store_listing *listing, const char *folder,
                       const struct store_key *model, bool removes_stale)
{
    char text[STORE_KEY_TEXT], path[PATH_SIZE];
    store_key_print(model, text);
    int length = snprintf(path, sizeof path, "%s/%s", folder, text);
    DIR *open_folder = length > 0 && length < PATH_SIZE - STORE_NAME_MAX ? opendir(path) : NULL;
    if (!open_folder)
        return;
    for (struct dirent *item; (item = readdir(open_folder));) {
        struct store_entry entry = {.model = *model};
        struct stat info;
        bool is_ours = store_name_parse(&entry.file, item->d_name);
        if (!is_ours && !is_unfinished(item->d_name))
            continue;
        snprintf(path + length, sizeof path - (size_t)length, "/%.*s", STORE_NAME_MAX,
                 item->d_name);
        if (lstat(path, &info) != 0 || !S_ISREG(info.st_mode))
            continue;
        if (!is_ours) {
            if (removes_stale && time(NULL) - info.st_mtime > STALE_S)
                unlink(path);
            continue;
        }
        entry.size = (uint64_t)info.st_size;
        entry.used_ns = entry.worth_ns = os_modified_ns(&info);
        add_entry(listing, &entry);
    }
    closedir(open_folder);
}

// "answers-0123456789abcdef"; with ".part" behind it, it is being rewritten.
static bool parse_answers(uint64_t *fingerprint, bool *is_part, const char *name)
{
    char expected[STORE_NAME_MAX];
    if (sscanf(name, "answers-%16" SCNx64, fingerprint) != 1)
        return false;
    int n = snprintf(expected, sizeof expected, "answers-%016" PRIx64, *fingerprint);
    if (strncmp(name, expected, (size_t)n) != 0)
        return false;
    *is_part = strcmp(name + n, ".part") == 0;
    return *is_part || name[n] == 0;
}

static void list_answers(struct store_listing *listing, const char *folder, const char *name,
                         bool removes_stale)
{
    struct store_entry entry = {.is_answers = true};
    char path[PATH_SIZE];
    struct stat info;
    bool is_part;
    if (!parse_answers(&entry.fingerprint, &is_part, name) ||
        snprintf(path, sizeof path, "%s/%s", folder, name) >= PATH_SIZE ||
        lstat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return;
    if (is_part) {
        if (removes_stale && time(NULL) - info.st_mtime > STALE_S)
            unlink(path);
        return;
    }
    entry.size = (uint64_t)info.st_size;
    entry.used_ns = entry.worth_ns = os_modified_ns(&info);
    add_entry(listing, &entry);
}

static int compare_places(const void *a, const void *b)
{
    const struct store_entry *x = a, *y = b;
    if (x->is_answers || y->is_answers)
        return x->is_answers != y->is_answers    ? y->is_answers - x->is_answers
               : x->fingerprint < y->fingerprint ? -1
                                                 : x->fingerprint > y->fingerprint;
    int models = memcmp(x->model.bytes, y->model.bytes, STORE_KEY_SIZE);
    if (models)
        return models;
    if (x->file.n_tokens != y->file.n_tokens)
        return x->file.n_tokens < y->file.n_tokens ? -1 : 1;
    if (x->file.kind != y->file.kind) // a state may end where its chunk does, and builds on it
        return x->file.kind < y->file.kind ? -1 : 1;
    return memcmp(x->file.key.bytes, y->file.key.bytes, STORE_KEY_SIZE);
}

static void list_all(struct store_listing *listing, const char *folder,
                     const struct store_key *model, bool removes_stale)
{
    *listing = (struct store_listing){0};
    DIR *open_folder = model ? NULL : opendir(folder);
    if (model)
        list_model(listing, folder, model, removes_stale);
    for (struct dirent *item; open_folder && (item = readdir(open_folder));) {
        struct store_key key;
        if (strlen(item->d_name) == STORE_KEY_TEXT - 1 && store_key_parse(&key, item->d_name))
            list_model(listing, folder, &key, removes_stale);
        else
            list_answers(listing, folder, item->d_name, removes_stale);
    }
    if (open_folder)
        closedir(open_folder);
    if (listing->n_entries)
        qsort(listing->entries, listing->n_entries, sizeof *listing->entries, compare_places);
}

void store_folder_list(struct store_listing *listing, const char *folder,
                       const struct store_key *model)
{
    list_all(listing, folder, model, false);
}

void store_listing_release(struct store_listing *listing)
{
    free(listing->entries);
    *listing = (struct store_listing){0};
}

// ---- paths ----

bool store_folder_answers_path(char *path, size_t size, const char *folder, uint64_t fingerprint)
{
    int n = snprintf(path, size, "%s/answers-%016" PRIx64, folder, fingerprint);
    return n > 0 && (size_t)n < size;
}

bool store_folder_path(char *path, size_t size, const char *folder, const struct store_entry *entry)
{
    char text[STORE_KEY_TEXT], name[STORE_NAME_MAX];
    if (entry->is_answers)
        return store_folder_answers_path(path, size, folder, entry->fingerprint);
    store_key_print(&entry->model, text);
    store_name_print(&entry->file, name);
    int n = snprintf(path, size, "%s/%s/%s", folder, text, name);
    return n > 0 && (size_t)n < size;
}

// Makes a folder and those above it; what is there already stays as it is.
static bool make_folders(char *path)
{
    for (char *c = path + 1; *c; c++)
        if (*c == '/') {
            *c = 0;
            bool is_there = mkdir(path, 0700) == 0 || errno == EEXIST || errno == EROFS ||
                            errno == EACCES || errno == EISDIR;
            *c = '/';
            if (!is_there)
                return false;
        }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

enum err store_folder_make(const char *folder, const struct store_key *model, struct error *error)
{
    char path[PATH_SIZE], text[STORE_KEY_TEXT] = "";
    if (model)
        store_key_print(model, text);
    int n = snprintf(path, sizeof path, "%s%s%s", folder, model ? "/" : "", text);
    if (n <= 0 || n >= PATH_SIZE)
        return fail(error, ERR_ARGUMENT, "the cache folder's path is too long");
    return make_folders(path) ? OK : fail(error, ERR_IO, "%s: %s", path, strerror(errno));
}

// ---- what goes first ----

static int compare_keys(const void *a, const void *b)
{
    const struct store_entry *x = *(struct store_entry *const *)a;
    const struct store_entry *y = *(struct store_entry *const *)b;
    return memcmp(x->file.key.bytes, y->file.key.bytes, STORE_KEY_SIZE);
}

static int compare_with_key(const void *key, const void *item)
{
    const struct store_entry *entry = *(struct store_entry *const *)item;
    return memcmp(key, entry->file.key.bytes, STORE_KEY_SIZE);
}

static struct store_entry *find_key(struct store_entry **by_key, size_t n,
                                    const struct store_key *key)
{
    struct store_entry **found = bsearch(key, by_key, n, sizeof *by_key, compare_with_key);
    return found ? *found : NULL;
}

// Whether a conversation went on from here and left a state further on.
static bool is_superseded(const struct store_entry *entry, const struct store_entry *parent)
{
    return parent && parent->leads_to_states && entry->file.kind != STORE_CHUNK;
}

// A chunk is worth as much as the best of what builds on it, so a trunk outlives its branches; a state
// whose conversation has left others behind it counts as older than it is, unless it is a trunk.  Answers
// count as young as a trunk written when the last of them was given.
// From the longest to the shortest, so that each is settled before what it builds on.
static void weigh(struct store_listing *listing)
{
    struct store_entry **by_key = mem_new(struct store_entry *, listing->n_entries);
    for (size_t i = 0; i < listing->n_entries; i++)
        by_key[i] = &listing->entries[i];
    if (listing->n_entries)
        qsort(by_key, listing->n_entries, sizeof *by_key, compare_keys);
    for (size_t i = listing->n_entries; i-- > 0;) {
        struct store_entry *entry = &listing->entries[i];
        if (entry->is_answers) {
            entry->worth_ns += trunk_ns;
            continue;
        }
        struct store_entry *parent = find_key(by_key, listing->n_entries, &entry->file.parent);
        if (entry->file.kind == STORE_TRUNK)
            entry->worth_ns += trunk_ns;
        else if (is_superseded(entry, parent))
            entry->worth_ns -= superseded_ns;
        if (!parent)
            continue;
        parent->worth_ns = entry->worth_ns > parent->worth_ns ? entry->worth_ns : parent->worth_ns;
        // A chunk that leads to a state, or holds one at its own end, marks the chunk before it.
        if (entry->file.kind == STORE_CHUNK)
            parent->leads_to_states |= entry->leads_to_states || entry->has_states;
        else
            parent->has_states = true;
    }
    free(by_key);
}

static int compare_worth(const void *a, const void *b)
{
    const struct store_entry *x = a, *y = b;
    if (x->worth_ns != y->worth_ns)
        return x->worth_ns < y->worth_ns ? -1 : 1;
    // Of equals the one that others may build on goes last.
    return x->file.n_tokens > y->file.n_tokens ? -1 : x->file.n_tokens < y->file.n_tokens;
}

uint64_t store_folder_prune(const char *folder, uint64_t size_max, size_t *n_removed)
{
    struct store_listing listing;
    char path[PATH_SIZE];
    size_t n = 0;
    list_all(&listing, folder, NULL, true);
    uint64_t size = listing.size;
    if (size > size_max) {
        weigh(&listing);
        qsort(listing.entries, listing.n_entries, sizeof *listing.entries, compare_worth);
    }
    bool clears = size_max == 0; // empty files as well
    for (size_t i = 0; i < listing.n_entries && (clears || size > size_max); i++) {
        const struct store_entry *entry = &listing.entries[i];
        if (!store_folder_path(path, sizeof path, folder, entry))
            continue;
        if (unlink(path) != 0 && errno != ENOENT)
            continue;
        size -= entry->size;
        n++;
    }
    store_listing_release(&listing);
    if (n_removed)
        *n_removed = n;
    return size;
}

uint64_t store_folder_default_size(const char *folder)
{
    struct store_listing listing;
    store_folder_list(&listing, folder, NULL);
    uint64_t share = (os_disk_free(folder) + listing.size) / SIZE_SHARE;
    store_listing_release(&listing);
    return share < default_size_max ? share : default_size_max;
}
