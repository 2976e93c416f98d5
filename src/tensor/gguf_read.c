#include "tensor/gguf_read.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/os.h"
#include "tensor/dtype.h"
#include "tensor/gguf_parse.h"
#include "tensor/name_index.h"

#define READ_CHUNK (16 * MIB)
// Headers are read from front to back at once; with the vocabulary they are 5 to 15 MB.
#define HEADER_PREFETCH (16 * MIB)

struct part_file {
    struct os_map map; // or, read into memory:
    unsigned char *memory;
    const unsigned char *bytes;
    size_t size;
    struct gguf_part part;
};

struct gguf {
    char *path;
    struct part_file *files;
    uint32_t n_files;
    struct gguf_tensor *tensors; // of all parts
    size_t n_tensors;
    struct name_index keys, names;
};

// ---- the parts of a split file ----

// PREFIX-00001-of-00003.gguf
#define SPLIT_SUFFIX_SIZE (sizeof "-00001-of-00003.gguf" - 1)

// The path of part i (from 0) of n, given the path of any; NULL when the name is not of that form.
static char *part_path(const char *path, uint32_t i, uint32_t n)
{
    size_t size = strlen(path);
    unsigned number, count;
    int end = 0;
    if (size < SPLIT_SUFFIX_SIZE ||
        sscanf(path + size - SPLIT_SUFFIX_SIZE, "-%5u-of-%5u.gguf%n", &number, &count, &end) != 2 ||
        end != (int)SPLIT_SUFFIX_SIZE || count != n)
        return NULL;
    char *other = mem_copy_string(path);
    snprintf(other + size - SPLIT_SUFFIX_SIZE, SPLIT_SUFFIX_SIZE + 1, "-%05u-of-%05u.gguf", i + 1,
             n);
    return other;
}

static const struct gguf_value *part_value(const struct gguf_part *part, const char *key)
{
    for (size_t i = 0; i < part->n_values; i++)
        if (str_is(part->values[i].key, key))
            return &part->values[i];
    return NULL;
}

// An unsigned integer of one part's metadata; `otherwise` when it is absent.
static uint64_t part_number(const struct gguf_part *part, const char *key, uint64_t otherwise)
{
    const struct gguf_value *value = part_value(part, key);
    bool negative;
    uint64_t number;
    return value && gguf_item_integer(value, 0, &negative, &number) && !negative ? number
                                                                                 : otherwise;
}

// ---- opening ----

static void file_release(struct part_file *file)
{
    gguf_part_release(&file->part);
    os_unmap(&file->map);
    free(file->memory);
    *file = (struct part_file){0};
}

static enum err map_part(struct part_file *file, const char *path, struct error *error)
{
    *file = (struct part_file){0};
    enum err err = os_map_file(&file->map, path, error);
    if (err)
        return err;
    file->bytes = file->map.data;
    file->size = file->map.size;
    os_prefetch(file->bytes, file->size < HEADER_PREFETCH ? file->size : HEADER_PREFETCH);
    err = gguf_part_parse(&file->part, file->bytes, file->size, path, error);
    if (err)
        file_release(file);
    return err;
}

struct reading {
    const struct gguf_options *options;
    uint64_t n_done, n_total;
};

// Replaces the mapping, already checked, by a copy in memory, and checks that again: the file may
// have changed.
static enum err read_part(struct part_file *file, const char *path, struct reading *reading,
                          struct error *error)
{
    const struct gguf_options *options = reading->options;
    enum err err = OK;
    size_t size = file->size;
    unsigned char *memory = mem_try_aligned(size);
    FILE *stream = fopen(path, "rb");
    if (!memory)
        err = fail(error, ERR_MEMORY, "%s: no memory for %zu bytes", path, size);
    else if (!stream)
        err = fail(error, ERR_IO, "%s: %s", path, strerror(errno));
    else
        setvbuf(stream, NULL, _IONBF, 0);
    for (size_t at = 0; at < size && !err;) {
        size_t chunk = size - at < READ_CHUNK ? size - at : READ_CHUNK;
        if (fread(memory + at, 1, chunk, stream) != chunk)
            err = fail(error, ERR_IO, "%s: cannot read %zu bytes at %zu: %s", path, chunk, at,
                       ferror(stream) ? strerror(errno) : "the file has become shorter");
        at += chunk;
        reading->n_done += chunk;
        if (!err && options->progress &&
            !options->progress(options->context, reading->n_done, reading->n_total))
            err = fail(error, ERR_CANCELLED, "%s: reading was cancelled", path);
    }
    if (stream)
        fclose(stream);
    file_release(file);
    file->memory = memory;
    file->bytes = memory;
    file->size = size;
    return err ? err : gguf_part_parse(&file->part, memory, size, path, error);
}

// Maps all parts; gguf->path becomes the first part's.
static enum err map_parts(struct gguf *gguf, const char *path, struct error *error)
{
    gguf->files = mem_new(struct part_file, 1);
    gguf->n_files = 1;
    gguf->path = mem_copy_string(path);
    enum err err = map_part(&gguf->files[0], path, error);
    if (err)
        return err;
    uint64_t n_parts = part_number(&gguf->files[0].part, "split.count", 0);
    if (n_parts <= 1)
        return OK;
    char *first = n_parts > 99999 ? NULL : part_path(path, 0, (uint32_t)n_parts);
    if (!first)
        return fail(error, ERR_FORMAT,
                    "%s is one of %llu parts, but its name does not end in -00001-of-%05llu.gguf",
                    path, (unsigned long long)n_parts, (unsigned long long)n_parts);
    free(gguf->path);
    gguf->path = first;
    file_release(&gguf->files[0]);
    gguf->files = mem_resize(gguf->files, n_parts, sizeof *gguf->files);
    for (gguf->n_files = 0; gguf->n_files < n_parts && !err;) {
        char *part = part_path(first, gguf->n_files, (uint32_t)n_parts);
        err = map_part(&gguf->files[gguf->n_files++], part, error);
        free(part);
    }
    return err;
}

// What all parts say about the split must agree.
static enum err check_split(const struct gguf *gguf, struct error *error)
{
    size_t n_tensors = 0;
    for (uint32_t i = 0; i < gguf->n_files; i++) {
        const struct gguf_part *part = &gguf->files[i].part;
        uint64_t number = part_number(part, "split.no", UINT64_MAX);
        uint64_t count = part_number(part, "split.count", 0);
        if (gguf->n_files > 1 && (number != i || count != gguf->n_files))
            return fail(error, ERR_FORMAT,
                        "%s: file %u of %u says it is number %lld of %llu (from 0)", gguf->path,
                        i + 1, gguf->n_files, (long long)number, (unsigned long long)count);
        n_tensors += part->n_tensors;
    }
    uint64_t total = part_number(&gguf->files[0].part, "split.tensors.count", n_tensors);
    if (gguf->n_files > 1 && total != n_tensors)
        return fail(error, ERR_FORMAT, "%s: its %u parts have %zu tensors instead of %llu",
                    gguf->path, gguf->n_files, n_tensors, (unsigned long long)total);
    return OK;
}

// Builds the lists over all parts and their indices.
static enum err index_parts(struct gguf *gguf, bool with_data, struct error *error)
{
    for (uint32_t p = 0; p < gguf->n_files; p++)
        gguf->n_tensors += gguf->files[p].part.n_tensors;
    const struct gguf_part *first = &gguf->files[0].part;
    gguf->tensors = mem_try_alloc(gguf->n_tensors, sizeof *gguf->tensors);
    if (!gguf->tensors ||
        !name_index_init(&gguf->names, gguf->tensors, sizeof *gguf->tensors, gguf->n_tensors) ||
        !name_index_init(&gguf->keys, first->values, sizeof *first->values, first->n_values))
        return fail(error, ERR_MEMORY, "%s: no memory for its %zu tensors", gguf->path,
                    gguf->n_tensors);
    for (size_t i = 0; i < first->n_values; i++)
        name_index_add(&gguf->keys, i);
    size_t n = 0;
    for (uint32_t p = 0; p < gguf->n_files; p++)
        for (size_t i = 0; i < gguf->files[p].part.n_tensors; i++, n++) {
            struct gguf_tensor *tensor = &gguf->tensors[n];
            *tensor = gguf->files[p].part.tensors[i];
            tensor->i_part = p;
            if (!with_data)
                tensor->data = NULL;
            if (!name_index_add(&gguf->names, n))
                return fail(error, ERR_FORMAT, "%s: the tensor %.*s is in two parts", gguf->path,
                            (int)tensor->name.size, tensor->name.data);
        }
    return OK;
}

static enum err read_parts(struct gguf *gguf, const struct gguf_options *options,
                           struct error *error)
{
    struct reading reading = {.options = options, .n_total = gguf_file_size(gguf)};
    enum err err = OK;
    for (uint32_t i = 0; i < gguf->n_files && !err; i++) {
        char *path = gguf->n_files > 1 ? part_path(gguf->path, i, gguf->n_files)
                                       : mem_copy_string(gguf->path);
        err = read_part(&gguf->files[i], path, &reading, error);
        free(path);
    }
    return err;
}

static enum err lock_parts(const struct gguf *gguf, struct error *error)
{
    enum err err = OK;
    for (uint32_t i = 0; i < gguf->n_files && !err; i++)
        err = os_lock_memory(gguf->files[i].bytes, gguf->files[i].size, error);
    return err ? fail_within(error, gguf->path) : OK;
}

enum err gguf_open(struct gguf **out, const char *path, const struct gguf_options *options,
                   struct error *error)
{
    static const struct gguf_options defaults = {.mode = GGUF_MAP};
    options = options ? options : &defaults;
    *out = NULL;
    struct gguf *gguf = mem_new(struct gguf, 1);
    enum err err = map_parts(gguf, path, error);
    if (!err)
        err = check_split(gguf, error);
    if (!err && options->mode == GGUF_READ) {
        err = read_parts(gguf, options, error);
        if (!err)
            err = check_split(gguf, error);
    }
    if (!err)
        err = index_parts(gguf, options->mode != GGUF_HEADER_ONLY, error);
    if (!err && options->lock && options->mode != GGUF_HEADER_ONLY)
        err = lock_parts(gguf, error);
    if (err)
        gguf_close(gguf);
    else
        *out = gguf;
    return err;
}

enum err gguf_open_memory(struct gguf **out, const void *bytes, size_t size, const char *name,
                          struct error *error)
{
    *out = NULL;
    struct gguf *gguf = mem_new(struct gguf, 1);
    gguf->path = mem_copy_string(name);
    gguf->files = mem_new(struct part_file, 1);
    gguf->n_files = 1;
    gguf->files[0].bytes = bytes;
    gguf->files[0].size = size;
    enum err err = gguf_part_parse(&gguf->files[0].part, bytes, size, name, error);
    uint64_t n_parts = err ? 0 : part_number(&gguf->files[0].part, "split.count", 0);
    if (n_parts > 1)
        err = fail(error, ERR_UNSUPPORTED, "%s is one of %llu parts; the others are not here", name,
                   (unsigned long long)n_parts);
    if (!err)
        err = index_parts(gguf, true, error);
    if (err)
        gguf_close(gguf);
    else
        *out = gguf;
    return err;
}

void gguf_close(struct gguf *gguf)
{
    if (!gguf)
        return;
    for (uint32_t i = 0; i < gguf->n_files; i++)
        file_release(&gguf->files[i]);
    name_index_release(&gguf->keys);
    name_index_release(&gguf->names);
    free(gguf->tensors);
    free(gguf->files);
    free(gguf->path);
    free(gguf);
}

// ---- what is in it ----

size_t gguf_n_values(const struct gguf *gguf)
{
    return gguf->files[0].part.n_values;
}

size_t gguf_n_tensors(const struct gguf *gguf)
{
    return gguf->n_tensors;
}

const struct gguf_value *gguf_value_at(const struct gguf *gguf, size_t i)
{
    return i < gguf_n_values(gguf) ? &gguf->files[0].part.values[i] : NULL;
}

const struct gguf_tensor *gguf_tensor_at(const struct gguf *gguf, size_t i)
{
    return i < gguf->n_tensors ? &gguf->tensors[i] : NULL;
}

const struct gguf_value *gguf_find(const struct gguf *gguf, const char *key)
{
    return name_index_find(&gguf->keys, str_of(key));
}

const struct gguf_tensor *gguf_find_tensor(const struct gguf *gguf, const char *name)
{
    return name_index_find(&gguf->names, str_of(name));
}

const char *gguf_path(const struct gguf *gguf)
{
    return gguf->path;
}

uint64_t gguf_file_size(const struct gguf *gguf)
{
    uint64_t size = 0;
    for (uint32_t i = 0; i < gguf->n_files; i++)
        size += gguf->files[i].size;
    return size;
}

uint32_t gguf_n_parts(const struct gguf *gguf)
{
    return gguf->n_files;
}

uint64_t gguf_fingerprint(const struct gguf *gguf)
{
    enum { SAMPLE = 64 }; // bytes at the beginning and in the middle of each tensor
    uint64_t hash = 0;
    for (uint32_t i = 0; i < gguf->n_files; i++)
        hash = hash_bytes(hash, gguf->files[i].bytes, gguf->files[i].part.header_size);
    for (size_t i = 0; i < gguf->n_tensors; i++) {
        const struct gguf_tensor *tensor = &gguf->tensors[i];
        const unsigned char *data = gguf->files[tensor->i_part].bytes + tensor->offset;
        size_t half = tensor->size / 2, sample = half < SAMPLE ? half : SAMPLE;
        hash = hash_bytes(hash, data, sample);
        hash = hash_bytes(hash, data + half, sample);
    }
    return hash;
}

// ---- typed access ----

// The scalar called `key`, or NULL.
static const struct gguf_value *find_scalar(const struct gguf *gguf, const char *key)
{
    const struct gguf_value *value = gguf_find(gguf, key);
    return value && !value->is_array ? value : NULL;
}

bool gguf_get_u64(const struct gguf *gguf, const char *key, uint64_t *out)
{
    const struct gguf_value *value = find_scalar(gguf, key);
    bool negative;
    uint64_t magnitude;
    if (!value || value->type == GGUF_BOOL || !gguf_item_integer(value, 0, &negative, &magnitude) ||
        negative)
        return false;
    *out = magnitude;
    return true;
}

bool gguf_get_u32(const struct gguf *gguf, const char *key, uint32_t *out)
{
    uint64_t wide;
    if (!gguf_get_u64(gguf, key, &wide) || wide > UINT32_MAX)
        return false;
    *out = (uint32_t)wide;
    return true;
}

bool gguf_get_f32(const struct gguf *gguf, const char *key, float *out)
{
    const struct gguf_value *value = find_scalar(gguf, key);
    return value && gguf_item_f32(value, 0, out);
}

bool gguf_get_bool(const struct gguf *gguf, const char *key, bool *out)
{
    const struct gguf_value *value = find_scalar(gguf, key);
    if (!value || value->type != GGUF_BOOL)
        return false;
    *out = value->data[0] != 0;
    return true;
}

bool gguf_get_str(const struct gguf *gguf, const char *key, struct str *out)
{
    const struct gguf_value *value = find_scalar(gguf, key);
    return value && gguf_item_str(value, 0, out);
}

bool gguf_item_i64(const struct gguf_value *value, uint64_t i, int64_t *out)
{
    bool negative;
    uint64_t magnitude;
    if (!gguf_item_integer(value, i, &negative, &magnitude) ||
        magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    *out = (int64_t)(negative ? ~magnitude + 1 : magnitude);
    return true;
}

bool gguf_item_f32(const struct gguf_value *value, uint64_t i, float *out)
{
    bool negative;
    uint64_t magnitude;
    if (value->type == GGUF_F32 && i < value->n_items) {
        memcpy(out, value->data + i * sizeof *out, sizeof *out);
        return true;
    }
    if (value->type == GGUF_F64 && i < value->n_items) {
        double wide;
        memcpy(&wide, value->data + i * sizeof wide, sizeof wide);
        *out = (float)wide;
        return true;
    }
    if (value->type == GGUF_BOOL || !gguf_item_integer(value, i, &negative, &magnitude))
        return false;
    *out = negative ? -(float)magnitude : (float)magnitude;
    return true;
}

bool gguf_item_str(const struct gguf_value *value, uint64_t i, struct str *out)
{
    if (value->type != GGUF_STRING || i >= value->n_items)
        return false;
    const unsigned char *at = value->data + (value->string_at ? value->string_at[i] : 0);
    uint64_t size;
    memcpy(&size, at, sizeof size);
    *out = (struct str){(const char *)at + sizeof size, size};
    return true;
}
