#include "tensor/gguf_write.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/memory.h"
#include "tensor/gguf_parse.h"

struct planned_tensor {
    uint64_t offset, size; // offset within the data section
};

struct gguf_writer {
    struct buf values, tensors; // records as they will be in the file
    uint64_t n_values;
    struct planned_tensor *plan;
    size_t n_tensors, n_tensors_max;
    uint64_t data_size; // padding included
    struct buf header;  // empty until the layout is asked for

    char *path, *temporary;
    FILE *file;
    size_t i_tensor; // being written
    uint64_t n_done; // bytes of it
};

// ---- records ----

static void put_u32(struct buf *buf, uint32_t value)
{
    buf_append(buf, &value, sizeof value);
}

static void put_u64(struct buf *buf, uint64_t value)
{
    buf_append(buf, &value, sizeof value);
}

static void put_str(struct buf *buf, struct str text)
{
    put_u64(buf, text.size);
    buf_append(buf, text.data, text.size);
}

static void put_padding(struct buf *buf)
{
    while (buf->size % GGUF_ALIGNMENT_DEFAULT)
        buf_append_byte(buf, 0);
}

static void begin_value(struct gguf_writer *writer, struct str key, enum gguf_type type)
{
    assert(!writer->header.size && key.size);
    put_str(&writer->values, key);
    put_u32(&writer->values, type);
    writer->n_values++;
}

static void begin_array(struct gguf_writer *writer, struct str key, enum gguf_type type,
                        uint64_t n_items)
{
    begin_value(writer, key, GGUF_ARRAY);
    put_u32(&writer->values, type);
    put_u64(&writer->values, n_items);
}

static void finish_header(struct gguf_writer *writer)
{
    struct buf *header = &writer->header;
    if (header->size)
        return;
    put_u32(header, GGUF_MAGIC);
    put_u32(header, GGUF_VERSION_MAX);
    put_u64(header, writer->n_tensors);
    put_u64(header, writer->n_values);
    buf_append(header, writer->values.data, writer->values.size);
    buf_append(header, writer->tensors.data, writer->tensors.size);
    put_padding(header);
}

struct gguf_writer *gguf_writer_open(void)
{
    return mem_new(struct gguf_writer, 1);
}

void gguf_writer_close(struct gguf_writer *writer)
{
    if (!writer)
        return;
    if (writer->file) {
        fclose(writer->file);
        unlink(writer->temporary);
    }
    buf_release(&writer->values);
    buf_release(&writer->tensors);
    buf_release(&writer->header);
    free(writer->plan);
    free(writer->path);
    free(writer->temporary);
    free(writer);
}

// ---- keys ----

void gguf_writer_put_number(struct gguf_writer *writer, const char *key, enum gguf_type type,
                            const void *value)
{
    assert(gguf_type_size(type));
    begin_value(writer, str_of(key), type);
    buf_append(&writer->values, value, gguf_type_size(type));
}

void gguf_writer_put_u32(struct gguf_writer *writer, const char *key, uint32_t value)
{
    gguf_writer_put_number(writer, key, GGUF_U32, &value);
}

void gguf_writer_put_f32(struct gguf_writer *writer, const char *key, float value)
{
    gguf_writer_put_number(writer, key, GGUF_F32, &value);
}

void gguf_writer_put_bool(struct gguf_writer *writer, const char *key, bool value)
{
    gguf_writer_put_number(writer, key, GGUF_BOOL, &(uint8_t){value});
}

void gguf_writer_put_str(struct gguf_writer *writer, const char *key, struct str value)
{
    begin_value(writer, str_of(key), GGUF_STRING);
    put_str(&writer->values, value);
}

void gguf_writer_put_array(struct gguf_writer *writer, const char *key, enum gguf_type type,
                           const void *items, size_t n_items)
{
    assert(gguf_type_size(type));
    begin_array(writer, str_of(key), type, n_items);
    buf_append(&writer->values, items, n_items * gguf_type_size(type));
}

void gguf_writer_put_strings(struct gguf_writer *writer, const char *key, const struct str *items,
                             size_t n_items)
{
    begin_array(writer, str_of(key), GGUF_STRING, n_items);
    for (size_t i = 0; i < n_items; i++)
        put_str(&writer->values, items[i]);
}

void gguf_writer_put_value(struct gguf_writer *writer, const struct gguf_value *value)
{
    if (str_is(value->key, "general.alignment") || str_starts(value->key, STR("split.")))
        return;
    if (value->is_array)
        begin_array(writer, value->key, value->type, value->n_items);
    else
        begin_value(writer, value->key, value->type);
    if (value->type != GGUF_STRING)
        buf_append(&writer->values, value->data, value->n_items * gguf_type_size(value->type));
    struct str text;
    for (uint64_t i = 0; gguf_item_str(value, i, &text); i++)
        put_str(&writer->values, text);
}

// ---- tensors and layout ----

size_t gguf_writer_add_tensor(struct gguf_writer *writer, const char *name, enum dtype dtype,
                              uint32_t n_dims, const uint64_t *ne)
{
    const struct dtype_info *info = dtype_get(dtype);
    assert(!writer->header.size && n_dims >= 1 && n_dims <= 4 && ne[0] % info->block_elements == 0);
    struct planned_tensor tensor = {writer->data_size, info->block_size};
    put_str(&writer->tensors, str_of(name));
    put_u32(&writer->tensors, n_dims);
    for (uint32_t d = 0; d < n_dims; d++) {
        put_u64(&writer->tensors, ne[d]);
        tensor.size *= d ? ne[d] : ne[0] / info->block_elements;
    }
    put_u32(&writer->tensors, dtype);
    put_u64(&writer->tensors, tensor.offset);
    writer->data_size = round_up(tensor.offset + tensor.size, GGUF_ALIGNMENT_DEFAULT);
    if (writer->n_tensors == writer->n_tensors_max) {
        writer->n_tensors_max = writer->n_tensors_max ? 2 * writer->n_tensors_max : 64;
        writer->plan = mem_resize(writer->plan, writer->n_tensors_max, sizeof *writer->plan);
    }
    writer->plan[writer->n_tensors] = tensor;
    return writer->n_tensors++;
}

struct str gguf_writer_header(struct gguf_writer *writer)
{
    finish_header(writer);
    return (struct str){writer->header.data, writer->header.size};
}

uint64_t gguf_writer_file_size(struct gguf_writer *writer)
{
    return gguf_writer_header(writer).size + writer->data_size;
}

uint64_t gguf_writer_offset(struct gguf_writer *writer, size_t i)
{
    assert(i < writer->n_tensors);
    return gguf_writer_header(writer).size + writer->plan[i].offset;
}

uint64_t gguf_writer_tensor_size(const struct gguf_writer *writer, size_t i)
{
    assert(i < writer->n_tensors);
    return writer->plan[i].size;
}

// ---- a file ----

static enum err write_bytes(struct gguf_writer *writer, const void *bytes, size_t size,
                            struct error *error)
{
    if (size && fwrite(bytes, 1, size, writer->file) != size)
        return fail(error, ERR_IO, "%s: cannot write: %s", writer->path, strerror(errno));
    return OK;
}

// The directory entry is only safe once the directory itself is synced.
static void sync_folder(const char *path)
{
    char *folder = mem_copy_string(path), *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = 0;
    int fd = open(slash ? folder : ".", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

enum err gguf_writer_create(struct gguf_writer *writer, const char *path, struct error *error)
{
    assert(!writer->file);
    writer->path = mem_copy_string(path);
    struct buf name = {0};
    buf_printf(&name, "%s.%ld.part", path, (long)getpid());
    writer->temporary = buf_take(&name);
    int fd = open(writer->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    writer->file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!writer->file)
        return fail(error, ERR_IO, "%s: %s", writer->temporary, strerror(errno));
    struct str header = gguf_writer_header(writer);
    return write_bytes(writer, header.data, header.size, error);
}

enum err gguf_writer_append(struct gguf_writer *writer, const void *bytes, size_t size,
                            struct error *error)
{
    static const char zeros[GGUF_ALIGNMENT_DEFAULT];
    const char *at = bytes;
    enum err err = OK;
    while (size && !err) {
        assert(writer->i_tensor < writer->n_tensors);
        uint64_t left = writer->plan[writer->i_tensor].size - writer->n_done;
        size_t portion = size < left ? size : left;
        err = write_bytes(writer, at, portion, error);
        at += portion;
        size -= portion;
        writer->n_done += portion;
        if (!err && portion == left) {
            err = write_bytes(writer, zeros, -writer->n_done % GGUF_ALIGNMENT_DEFAULT, error);
            writer->i_tensor++;
            writer->n_done = 0;
        }
    }
    return err;
}

enum err gguf_writer_publish(struct gguf_writer *writer, struct error *error)
{
    assert(writer->file && writer->i_tensor == writer->n_tensors);
    bool written = fflush(writer->file) == 0 && fsync(fileno(writer->file)) == 0;
    int reason = errno;
    if (fclose(writer->file) != 0 && written) {
        written = false;
        reason = errno;
    }
    writer->file = NULL;
    if (written && rename(writer->temporary, writer->path) != 0) {
        written = false;
        reason = errno;
    }
    if (!written) {
        unlink(writer->temporary);
        return fail(error, ERR_IO, "%s: cannot write: %s", writer->path, strerror(reason));
    }
    sync_folder(writer->path);
    return OK;
}
