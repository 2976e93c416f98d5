#include "cli/serve_models.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/memory.h"

struct search {
    char owner[128], model[128], quant[64];
    const char *file;
    char *found; // the best so far
    int rank;    // of it
};

static bool split_repo(struct search *search, const char *repo)
{
    const char *slash = strchr(repo, '/');
    const char *colon = slash ? strchr(slash, ':') : NULL;
    if (!slash || slash == repo || !slash[1])
        return false;
    size_t n_model = colon ? (size_t)(colon - slash - 1) : strlen(slash + 1);
    snprintf(search->owner, sizeof search->owner, "%.*s", (int)(slash - repo), repo);
    snprintf(search->model, sizeof search->model, "%.*s", (int)n_model, slash + 1);
    snprintf(search->quant, sizeof search->quant, "%s", colon ? colon + 1 : "");
    return true;
}

static bool holds(const char *text, const char *part)
{
    size_t n = strlen(part);
    for (; *text; text++)
        if (strncasecmp(text, part, n) == 0)
            return true;
    return n == 0;
}

// How well a file name fits; 0: not at all.  Later parts of a split file and projectors do not.
static int rank_of(const struct search *search, const char *name)
{
    size_t size = strlen(name);
    if (size < 5 || strcasecmp(name + size - 5, ".gguf") != 0 || holds(name, "mmproj"))
        return 0;
    if (holds(name, "-of-") && !holds(name, "-00001-of-"))
        return 0;
    if (search->file)
        return strcmp(name, search->file) == 0 || holds(name, search->file) ? 3 : 0;
    if (search->quant[0])
        return holds(name, search->quant) ? 3 : 0;
    return holds(name, "Q4_K_M") ? 2 : 1;
}

static void visit_file(struct search *search, const char *folder, const char *name)
{
    int rank = rank_of(search, name);
    if (rank <= search->rank)
        return;
    struct buf path = {0};
    buf_printf(&path, "%s/%s", folder, name);
    free(search->found);
    search->found = buf_take(&path);
    search->rank = rank;
}

// `prefix`: what names must begin with.  Folders inside are searched too, as many levels as given.
static void visit_folder(struct search *search, const char *path, const char *prefix, int n_levels)
{
    DIR *folder = opendir(path);
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        if (strncasecmp(entry->d_name, prefix, strlen(prefix)) == 0)
            visit_file(search, path, entry->d_name);
        if (n_levels > 0) {
            struct buf inner = {0};
            buf_printf(&inner, "%s/%s", path, entry->d_name);
            visit_folder(search, inner.data, prefix, n_levels - 1);
            buf_release(&inner);
        }
    }
    closedir(folder);
}

static const char *home(void)
{
    const char *folder = getenv("HOME");
    return folder ? folder : ".";
}

// llama.cpp keeps "owner_model_file.gguf" in one folder.
static void search_llama_cache(struct search *search)
{
    struct buf folder = {0};
    char prefix[300];
    const char *own = getenv("LLAMA_CACHE"), *xdg = getenv("XDG_CACHE_HOME");
    if (own)
        buf_append_text(&folder, own);
    else if (xdg)
        buf_printf(&folder, "%s/llama.cpp", xdg);
    else
        buf_printf(&folder, "%s/.cache/llama.cpp", home());
    snprintf(prefix, sizeof prefix, "%s_%s_", search->owner, search->model);
    visit_folder(search, folder.data, prefix, 0);
    buf_release(&folder);
}

// The Hugging Face tools keep hub/models--owner--model/snapshots/COMMIT/file.gguf.
static void search_hub_cache(struct search *search)
{
    struct buf folder = {0};
    const char *hub = getenv("HF_HUB_CACHE"), *hf = getenv("HF_HOME");
    if (hub)
        buf_append_text(&folder, hub);
    else if (hf)
        buf_printf(&folder, "%s/hub", hf);
    else
        buf_printf(&folder, "%s/.cache/huggingface/hub", home());
    buf_printf(&folder, "/models--%s--%s/snapshots", search->owner, search->model);
    visit_folder(search, folder.data, "", 2);
    buf_release(&folder);
}

enum err serve_find_model(char **out, const char *repo, const char *file, struct error *error)
{
    struct search search = {.file = file};
    *out = NULL;
    if (!split_repo(&search, repo))
        return fail(error, ERR_ARGUMENT, "-hf takes USER/MODEL[:QUANT], not '%s'", repo);
    search_llama_cache(&search);
    search_hub_cache(&search);
    if (search.found) {
        *out = search.found;
        return OK;
    }
    const char *wanted = file ? file : search.quant[0] ? search.quant : "Q4_K_M";
    return fail(error, ERR_NOT_FOUND,
                "%s/%s is in no cache of this machine; download its %s file "
                "(%s%s) and start with -m FILE",
                search.owner, search.model, wanted, file ? "" : "a .gguf whose name holds ",
                wanted);
}
