// cache.c - hearth cache: what is kept on disk, and less of it.
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/os.h"
#include "cli/commands.h"
#include "cli/disk_cache.h"
#include "cli/loading.h"
#include "cli/options.h"
#include "engine/store_folder.h"

struct cache_options {
    const char *folder, *max_size;
};

static const struct option cache_table[] = {
    {"--cache-dir", NULL, "FOLDER", OPTION_TEXT, offsetof(struct cache_options, folder),
     "the folder (default: hearth in the user's cache folder)"},
    {"--max-size", NULL, "SIZE", OPTION_TEXT, offsetof(struct cache_options, max_size),
     "prune: what may stay, such as 500M or 8G (default: what a server would keep)"},
};

// ---- words for numbers ----

static const char *size_words(char text[32], uint64_t size)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double n = (double)size;
    size_t i = 0;
    for (; n >= 1000 && i + 1 < COUNT_OF(units); i++)
        n /= 1024;
    snprintf(text, 32, i ? "%.1f %s" : "%.0f %s", n, units[i]);
    return text;
}

static const char *age_words(char text[32], int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    size_t i = 0;
    seconds = seconds < 0 ? 0 : seconds;
    while (i + 1 < COUNT_OF(units) && seconds < units[i].seconds)
        i++;
    snprintf(text, 32, "%lld %s", (long long)(seconds / units[i].seconds), units[i].unit);
    return text;
}

// "500M", "8G", "1.5T", or bytes.
static enum err parse_size(uint64_t *size, const char *text, struct error *error)
{
    static const char letters[] = "kmgt";
    char *end;
    double number = strtod(text, &end);
    const char *letter = *end ? strchr(letters, tolower((unsigned char)*end)) : NULL;
    bool is_whole =
        end[0] == 0 ||
        (letter && (end[1] == 0 || strcmp(end + 1, "iB") == 0 || strcmp(end + 1, "B") == 0));
    for (long i = letter ? letter - letters + 1 : 0; i > 0; i--)
        number *= 1024;
    if (end == text || !is_whole || !(number >= 0 && number < 9e18))
        return fail(error, ERR_ARGUMENT, "--max-size takes a size such as 500M or 8G, not '%s'",
                    text);
    *size = (uint64_t)number;
    return OK;
}

// ---- list ----

static bool read_header(const char *folder, const struct store_entry *entry,
                        struct store_header *header)
{
    char path[4096];
    unsigned char block[STORE_BLOCK];
    if (!store_folder_path(path, sizeof path, folder, entry))
        return false;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, block, sizeof block);
    close(fd);
    return n > 0 && store_header_read(header, block, (size_t)n, NULL) == OK;
}

// An age below 0 is unknown.
static void print_line(const char *model, const char *kind, uint32_t n_tokens, uint64_t size,
                       int64_t age_s, int64_t used_s)
{
    char tokens[16], bytes[32], age[32], used[32];
    snprintf(tokens, sizeof tokens, "%u", n_tokens);
    printf("%-32.32s %-8s %9s %11s %9s %9s\n", model, kind, n_tokens ? tokens : "",
           size_words(bytes, size), age_s < 0 ? "" : age_words(age, age_s),
           age_words(used, used_s));
}

// The files of one model: a line for each state, and one for the pages they share.
static void list_model(const char *folder, const struct store_entry *entries, size_t n)
{
    struct store_header header;
    int64_t now_s = time(NULL), oldest_s = now_s, used_s = 0;
    uint64_t size = 0;
    char name[STORE_MODEL_NAME] = "";
    size_t n_chunks = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_good = read_header(folder, &entries[i], &header);
        int64_t used_at_s = entries[i].used_ns / 1000000000;
        int64_t written_s = is_good ? header.written_s : used_at_s;
        if (is_good && !name[0])
            snprintf(name, sizeof name, "%s", header.shape.name);
        if (entries[i].file.kind != STORE_CHUNK) {
            print_line(name, is_good ? store_kind_name(entries[i].file.kind) : "damaged",
                       entries[i].file.n_tokens, entries[i].size, now_s - written_s,
                       now_s - used_at_s);
            continue;
        }
        oldest_s = written_s < oldest_s ? written_s : oldest_s;
        used_s = used_at_s > used_s ? used_at_s : used_s;
        size += entries[i].size;
        n_chunks++;
    }
    if (n_chunks)
        print_line(name, "pages", (uint32_t)n_chunks * STORE_CHUNK_TOKENS, size, now_s - oldest_s,
                   now_s - used_s);
}

// What a model has answered, in all chats.  The file does not say which model it is.
static void list_answers(const struct store_entry *entry)
{
    char model[32];
    int64_t used_s = time(NULL) - entry->used_ns / 1000000000;
    snprintf(model, sizeof model, "model %016" PRIx64, entry->fingerprint);
    print_line(model, "answers", 0, entry->size, -1, used_s);
}

static void list(const char *folder)
{
    struct store_listing listing;
    char bytes[32], room[32];
    store_folder_list(&listing, folder, NULL);
    if (listing.n_entries)
        printf("%-32s %-8s %9s %11s %9s %9s\n", "MODEL", "KIND", "TOKENS", "SIZE", "AGE",
               "LAST USE");
    for (size_t i = 0, n; i < listing.n_entries; i += n) {
        const struct store_entry *first = &listing.entries[i];
        n = 1;
        if (first->is_answers) {
            list_answers(first);
            continue;
        }
        while (i + n < listing.n_entries && store_key_equal(&first[n].model, &first->model))
            n++;
        list_model(folder, first, n);
    }
    printf("%zu files, %s in %s; %s of the disk are free\n", listing.n_entries,
           size_words(bytes, listing.size), folder, size_words(room, os_disk_free(folder)));
    store_listing_release(&listing);
}

// ---- less ----

static void prune(const char *folder, uint64_t size_max)
{
    size_t n_removed;
    char left[32], most[32];
    uint64_t size = store_folder_prune(folder, size_max, &n_removed);
    printf("%zu files removed; %s of at most %s are left\n", n_removed, size_words(left, size),
           size_words(most, size_max));
}

// Folders, now empty, go as well.
static void clear(const char *folder)
{
    char path[4400];
    prune(folder, 0);
    DIR *open_folder = opendir(folder);
    for (struct dirent *item; open_folder && (item = readdir(open_folder));) {
        struct store_key key;
        bool is_model =
            strlen(item->d_name) == STORE_KEY_TEXT - 1 && store_key_parse(&key, item->d_name);
        snprintf(path, sizeof path, "%s/%s", folder, item->d_name);
        if (is_model)
            rmdir(path);
    }
    if (open_folder)
        closedir(open_folder);
}

static enum err run(const struct cache_options *o, const struct arguments *arguments,
                    struct error *error)
{
    char folder[DISK_CACHE_PATH];
    uint64_t size_max = 0;
    struct disk_cache_options where = {.folder = o->folder, .size_max_mib = DISK_CACHE_DEFAULT};
    const char *what = arguments->n == 1 ? arguments->items[0] : "";
    enum err err = OK;
    if (!disk_cache_folder(folder, &where))
        err = fail(error, ERR_NOT_FOUND, "there is no home for a cache: say --cache-dir");
    if (!err && o->max_size)
        err = parse_size(&size_max, o->max_size, error);
    if (err)
        return err;
    if (strcmp(what, "list") == 0)
        list(folder);
    else if (strcmp(what, "prune") == 0)
        prune(folder, o->max_size ? size_max : store_folder_default_size(folder));
    else if (strcmp(what, "clear") == 0)
        clear(folder);
    else
        return fail(error, ERR_ARGUMENT, "say list, prune or clear");
    return OK;
}

int cache_command(int argc, char **argv)
{
    struct cache_options o = {0};
    struct arguments arguments = {0};
    struct error error;
    bool wants_help;
    enum err err = options_parse(cache_table, COUNT_OF(cache_table), &o, argc, argv, &arguments,
                                 &wants_help, &error);
    if (!err && wants_help) {
        printf("hearth cache - prompt states that servers keep on disk\n\n"
               "  hearth cache list                   what there is, and when it was last used\n"
               "  hearth cache prune [--max-size 8G]  the least useful goes until the rest fits\n"
               "  hearth cache clear                  everything goes\n\n"
               "Servers may run meanwhile: what is gone is computed again.\n\n");
        options_print(cache_table, COUNT_OF(cache_table));
        return EXIT_FINE;
    }
    if (!err)
        err = run(&o, &arguments, &error);
    return err ? report_error("cache", &error) : EXIT_FINE;
}
