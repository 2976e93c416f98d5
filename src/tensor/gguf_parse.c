#include "tensor/gguf_parse.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tensor/dtype.h"
#include "tensor/name_index.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are read in place");
_Static_assert(sizeof(size_t) == 8, "sizes of files fit size_t");

#define N_VALUES_MAX    65536
#define N_TENSORS_MAX   1000000
#define KEY_SIZE_MAX    65535
#define NAME_SIZE_MAX   63 // ggml's names are 64 bytes with their NUL
#define ARRAY_ITEMS_MAX (1u << 30)

// The smallest a record can be, to bound counts before anything is allocated by them.
#define VALUE_SIZE_MIN  (8 + 4 + 1)
#define TENSOR_SIZE_MIN (8 + 4 + 4 + 8)

// Reads forward through the header; at the first failure `error` is filled and reading stops.
struct cursor {
    const unsigned char *bytes;
    size_t size, at;
    const char *file;
    struct error *error;
};

// A name from the file in printable form, cut to fit.
struct label {
    char text[72];
};

static struct label label_of(struct str name)
{
    struct label label;
    size_t n = 0, size_max = sizeof label.text - 4;
    for (size_t i = 0; i < name.size && n < size_max; i++)
        label.text[n++] = isprint((unsigned char)name.data[i]) ? name.data[i] : '?';
    strcpy(label.text + n, name.size > size_max ? "..." : "");
    return label;
}

static size_t left(const struct cursor *c)
{
    return c->size - c->at;
}

// The next `size` bytes into `out`.  `what` completes "the file ends inside ...".
static enum err read_bytes(struct cursor *c, void *out, size_t size, const char *what)
{
    if (left(c) < size)
        return fail(c->error, ERR_FORMAT, "%s: the file ends inside %s, at byte %zu", c->file, what,
                    c->size);
    memcpy(out, c->bytes + c->at, size);
    c->at += size;
    return OK;
}

static enum err read_u32(struct cursor *c, uint32_t *out, const char *what)
{
    return read_bytes(c, out, sizeof *out, what);
}

static enum err read_u64(struct cursor *c, uint64_t *out, const char *what)
{
    return read_bytes(c, out, sizeof *out, what);
}

static enum err read_name(struct cursor *c, struct str *out, size_t size_max, const char *what)
{
    uint64_t size = 0;
    enum err err = read_u64(c, &size, what);
    if (err)
        return err;
    if (size == 0 || size > size_max)
        return fail(c->error, ERR_FORMAT, "%s: %s has a name of %llu bytes (1 to %zu are possible)",
                    c->file, what, (unsigned long long)size, size_max);
    if (size > left(c))
        return fail(c->error, ERR_FORMAT, "%s: the file ends inside %s, at byte %zu", c->file, what,
                    c->size);
    *out = (struct str){(const char *)c->bytes + c->at, size};
    c->at += size;
    return OK;
}

size_t gguf_type_size(uint32_t type)
{
    static const uint8_t sizes[] = {
        [GGUF_U8] = 1,  [GGUF_I8] = 1,  [GGUF_U16] = 2, [GGUF_I16] = 2,
        [GGUF_U32] = 4, [GGUF_I32] = 4, [GGUF_F32] = 4, [GGUF_BOOL] = 1,
        [GGUF_U64] = 8, [GGUF_I64] = 8, [GGUF_F64] = 8,
    };
    return type < COUNT_OF(sizes) ? sizes[type] : 0;
}

// Walks over n_items strings, noting where each begins.
static enum err read_strings(struct cursor *c, struct gguf_value *value)
{
    struct label key = label_of(value->key);
    if (value->n_items > left(c) / 8)
        return fail(c->error, ERR_FORMAT, "%s: %s has %llu strings, but only %zu bytes follow",
                    c->file, key.text, (unsigned long long)value->n_items, left(c));
    uint64_t *string_at = NULL;
    if (value->is_array) {
        string_at = mem_try_alloc(value->n_items, sizeof *string_at);
        if (!string_at)
            return fail(c->error, ERR_MEMORY, "%s: no memory for the %llu strings of %s", c->file,
                        (unsigned long long)value->n_items, key.text);
        value->string_at = string_at;
    }
    for (uint64_t i = 0; i < value->n_items; i++) {
        if (string_at)
            string_at[i] = (uint64_t)(c->bytes + c->at - value->data);
        uint64_t size;
        if (left(c) < sizeof size)
            return fail(c->error, ERR_FORMAT, "%s: the file ends inside string %llu of %s", c->file,
                        (unsigned long long)i, key.text);
        memcpy(&size, c->bytes + c->at, sizeof size);
        c->at += sizeof size;
        if (size > left(c))
            return fail(c->error, ERR_FORMAT,
                        "%s: string %llu of %s claims %llu bytes, but only %zu follow", c->file,
                        (unsigned long long)i, key.text, (unsigned long long)size, left(c));
        c->at += size;
    }
    return OK;
}

static enum err read_items(struct cursor *c, struct gguf_value *value)
{
    value->data = c->bytes + c->at;
    if (value->type == GGUF_STRING)
        return read_strings(c, value);
    size_t item_size = gguf_type_size(value->type);
    if (value->n_items > left(c) / item_size)
        return fail(c->error, ERR_FORMAT, "%s: %s has %llu items of %zu bytes, but only %zu follow",
                    c->file, label_of(value->key).text, (unsigned long long)value->n_items,
                    item_size, left(c));
    c->at += value->n_items * item_size;
    return OK;
}

static enum err read_value(struct cursor *c, struct gguf_value *value, size_t i)
{
    char what[32];
    snprintf(what, sizeof what, "key %zu", i);
    uint32_t type;
    enum err err = read_name(c, &value->key, KEY_SIZE_MAX, what);
    if (!err)
        err = read_u32(c, &type, what);
    value->n_items = 1;
    value->is_array = !err && type == GGUF_ARRAY;
    if (value->is_array) {
        err = read_u32(c, &type, what);
        if (!err)
            err = read_u64(c, &value->n_items, what);
    }
    if (err)
        return err;
    if (type == GGUF_ARRAY)
        return fail(c->error, ERR_UNSUPPORTED, "%s: %s is an array of arrays", c->file,
                    label_of(value->key).text);
    if (type != GGUF_STRING && gguf_type_size(type) == 0)
        return fail(c->error, ERR_FORMAT, "%s: %s has the unknown value type %u", c->file,
                    label_of(value->key).text, type);
    if (value->n_items > ARRAY_ITEMS_MAX)
        return fail(c->error, ERR_FORMAT, "%s: %s is an array of %llu items (at most %u)", c->file,
                    label_of(value->key).text, (unsigned long long)value->n_items, ARRAY_ITEMS_MAX);
    value->type = (enum gguf_type)type;
    return read_items(c, value);
}

static enum err read_values(struct cursor *c, struct gguf_part *part, size_t n_values,
                            struct name_index *keys)
{
    part->values = mem_try_alloc(n_values, sizeof *part->values);
    if (!part->values || !name_index_init(keys, part->values, sizeof *part->values, n_values))
        return fail(c->error, ERR_MEMORY, "%s: no memory for %zu keys", c->file, n_values);
    for (size_t i = 0; i < n_values; i++) {
        part->n_values = i + 1; // so that release frees what this one holds
        enum err err = read_value(c, &part->values[i], i);
        if (err)
            return err;
        if (!name_index_add(keys, i))
            return fail(c->error, ERR_FORMAT, "%s: the key %s appears twice", c->file,
                        label_of(part->values[i].key).text);
    }
    return OK;
}

static enum err find_alignment(struct cursor *c, const struct name_index *keys, uint64_t *alignment)
{
    const struct gguf_value *value = name_index_find(keys, STR("general.alignment"));
    *alignment = GGUF_ALIGNMENT_DEFAULT;
    if (!value)
        return OK;
    bool negative;
    if (value->is_array || !gguf_item_integer(value, 0, &negative, alignment) || negative)
        return fail(c->error, ERR_FORMAT, "%s: general.alignment is not a positive integer",
                    c->file);
    if (*alignment < GGUF_ALIGNMENT_MIN || *alignment > GGUF_ALIGNMENT_MAX ||
        (*alignment & (*alignment - 1)))
        return fail(c->error, ERR_FORMAT,
                    "%s: general.alignment is %llu, not a power of two from %d to %d", c->file,
                    (unsigned long long)*alignment, GGUF_ALIGNMENT_MIN, GGUF_ALIGNMENT_MAX);
    return OK;
}

// The byte size of a tensor from its shape and format; 0 when the format is unknown.
static enum err size_tensor(struct cursor *c, struct gguf_tensor *tensor)
{
    struct label name = label_of(tensor->name);
    uint64_t n_elements = 1;
    for (uint32_t d = 0; d < tensor->n_dims; d++) {
        uint64_t ne = tensor->ne[d];
        if (ne == 0 || ne > INT64_MAX || __builtin_mul_overflow(n_elements, ne, &n_elements) ||
            n_elements > INT64_MAX)
            return fail(c->error, ERR_FORMAT,
                        "%s: tensor %s has the impossible shape %llu x %llu x %llu x %llu", c->file,
                        name.text, (unsigned long long)tensor->ne[0],
                        (unsigned long long)tensor->ne[1], (unsigned long long)tensor->ne[2],
                        (unsigned long long)tensor->ne[3]);
    }
    if (tensor->dtype == DTYPE_Q8_K)
        return fail(c->error, ERR_FORMAT,
                    "%s: tensor %s is stored as Q8_K, a format for activations only", c->file,
                    name.text);
    const struct dtype_info *info = dtype_find(tensor->dtype);
    if (!info)
        return OK;
    if (tensor->ne[0] % info->block_elements)
        return fail(c->error, ERR_FORMAT,
                    "%s: tensor %s has rows of %llu values, no multiple of the %u in a block of %s",
                    c->file, name.text, (unsigned long long)tensor->ne[0], info->block_elements,
                    info->name);
    if (!size_mul(n_elements / info->block_elements, info->block_size, &tensor->size))
        return fail(c->error, ERR_FORMAT, "%s: tensor %s has %llu values, too many", c->file,
                    name.text, (unsigned long long)n_elements);
    return OK;
}

static enum err read_tensor(struct cursor *c, struct gguf_tensor *tensor, size_t i)
{
    char what[32];
    snprintf(what, sizeof what, "tensor %zu", i);
    enum err err = read_name(c, &tensor->name, NAME_SIZE_MAX, what);
    if (!err)
        err = read_u32(c, &tensor->n_dims, what);
    if (err)
        return err;
    if (tensor->n_dims > 4)
        return fail(c->error, ERR_FORMAT, "%s: tensor %s has %u dimensions (at most 4)", c->file,
                    label_of(tensor->name).text, tensor->n_dims);
    for (uint32_t d = 0; d < 4 && !err; d++) {
        tensor->ne[d] = 1;
        if (d < tensor->n_dims)
            err = read_u64(c, &tensor->ne[d], what);
    }
    if (!err)
        err = read_u32(c, &tensor->dtype, what);
    if (!err)
        err = read_u64(c, &tensor->offset, what);
    return err ? err : size_tensor(c, tensor);
}

static enum err read_tensors(struct cursor *c, struct gguf_part *part, size_t n_tensors)
{
    struct name_index names = {0};
    enum err err = OK;
    part->tensors = mem_try_alloc(n_tensors, sizeof *part->tensors);
    if (!part->tensors || !name_index_init(&names, part->tensors, sizeof *part->tensors, n_tensors))
        err = fail(c->error, ERR_MEMORY, "%s: no memory for %zu tensors", c->file, n_tensors);
    for (size_t i = 0; i < n_tensors && !err; i++) {
        err = read_tensor(c, &part->tensors[i], i);
        if (!err && !name_index_add(&names, i))
            err = fail(c->error, ERR_FORMAT, "%s: the tensor %s appears twice", c->file,
                       label_of(part->tensors[i].name).text);
    }
    part->n_tensors = err ? 0 : n_tensors;
    name_index_release(&names);
    return err;
}

// Turns an offset within the data section into one within the file, and checks that the bytes are.
static enum err place_tensor(struct cursor *c, struct gguf_tensor *tensor, uint64_t data_start,
                             uint64_t alignment)
{
    if (tensor->offset % alignment)
        return fail(c->error, ERR_FORMAT, "%s: tensor %s begins at %llu, no multiple of %llu",
                    c->file, label_of(tensor->name).text, (unsigned long long)tensor->offset,
                    (unsigned long long)alignment);
    uint64_t end;
    if (__builtin_add_overflow(tensor->offset, data_start, &tensor->offset) ||
        __builtin_add_overflow(tensor->offset, tensor->size, &end) || end > c->size)
        return fail(c->error, ERR_FORMAT,
                    "%s: tensor %s needs %llu bytes at %llu, but the file has %zu: is it complete?",
                    c->file, label_of(tensor->name).text, (unsigned long long)tensor->size,
                    (unsigned long long)tensor->offset, c->size);
    tensor->data = tensor->size ? c->bytes + tensor->offset : NULL;
    return OK;
}

static int compare_offsets(const void *a, const void *b)
{
    const struct gguf_tensor *x = *(const struct gguf_tensor *const *)a;
    const struct gguf_tensor *y = *(const struct gguf_tensor *const *)b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

// Files list tensors in the order of their data, so this is rarely needed.
static enum err check_overlap_sorted(struct cursor *c, const struct gguf_part *part)
{
    const struct gguf_tensor **order = mem_try_alloc(part->n_tensors, sizeof *order);
    if (!order)
        return fail(c->error, ERR_MEMORY, "%s: no memory for %zu tensors", c->file,
                    part->n_tensors);
    size_t n = 0;
    for (size_t i = 0; i < part->n_tensors; i++)
        if (part->tensors[i].size)
            order[n++] = &part->tensors[i];
    qsort(order, n, sizeof *order, compare_offsets);
    enum err err = OK;
    for (size_t i = 1; i < n && !err; i++)
        if (order[i]->offset < order[i - 1]->offset + order[i - 1]->size)
            err = fail(c->error, ERR_FORMAT, "%s: tensor %s overlaps tensor %s, at byte %llu",
                       c->file, label_of(order[i]->name).text, label_of(order[i - 1]->name).text,
                       (unsigned long long)order[i]->offset);
    free(order);
    return err;
}

static enum err place_tensors(struct cursor *c, struct gguf_part *part, uint64_t alignment)
{
    bool in_order = true;
    uint64_t end = 0;
    for (size_t i = 0; i < part->n_tensors; i++) {
        struct gguf_tensor *tensor = &part->tensors[i];
        enum err err = place_tensor(c, tensor, part->data_start, alignment);
        if (err)
            return err;
        in_order &= tensor->offset >= end;
        end = tensor->offset + tensor->size;
    }
    return in_order ? OK : check_overlap_sorted(c, part);
}

static enum err read_head(struct cursor *c, uint64_t *n_values, uint64_t *n_tensors)
{
    uint32_t magic, version;
    if (left(c) < sizeof magic || memcmp(c->bytes, "GGUF", sizeof magic) != 0)
        return fail(c->error, ERR_FORMAT, "%s is not a GGUF file (it does not begin with \"GGUF\")",
                    c->file);
    enum err err = read_u32(c, &magic, "its first 24 bytes");
    if (!err)
        err = read_u32(c, &version, "its first 24 bytes");
    if (!err)
        err = read_u64(c, n_tensors, "its first 24 bytes");
    if (!err)
        err = read_u64(c, n_values, "its first 24 bytes");
    if (err)
        return err;
    if ((version & 0xffff) == 0)
        return fail(c->error, ERR_UNSUPPORTED, "%s is a big-endian GGUF file", c->file);
    if (version < GGUF_VERSION_MIN || version > GGUF_VERSION_MAX)
        return fail(c->error, ERR_UNSUPPORTED, "%s has GGUF version %u (known are %d to %d)",
                    c->file, version, GGUF_VERSION_MIN, GGUF_VERSION_MAX);
    if (*n_values > N_VALUES_MAX || *n_values > left(c) / VALUE_SIZE_MIN)
        return fail(c->error, ERR_FORMAT, "%s: %llu keys do not fit a file of %zu bytes", c->file,
                    (unsigned long long)*n_values, c->size);
    if (*n_tensors > N_TENSORS_MAX || *n_tensors > left(c) / TENSOR_SIZE_MIN)
        return fail(c->error, ERR_FORMAT, "%s: %llu tensors do not fit a file of %zu bytes",
                    c->file, (unsigned long long)*n_tensors, c->size);
    return OK;
}

bool gguf_item_integer(const struct gguf_value *value, uint64_t i, bool *negative,
                       uint64_t *magnitude)
{
    size_t size = gguf_type_size(value->type);
    if (size == 0 || value->type == GGUF_F32 || value->type == GGUF_F64 || i >= value->n_items)
        return false;
    uint64_t bits = 0; // the low bytes come first
    memcpy(&bits, value->data + i * size, size);
    bool has_sign = value->type == GGUF_I8 || value->type == GGUF_I16 || value->type == GGUF_I32 ||
                    value->type == GGUF_I64;
    *negative = has_sign && bits >> (8 * size - 1);
    *magnitude = *negative ? (~bits + 1) & UINT64_MAX >> (64 - 8 * size) : bits;
    if (value->type == GGUF_BOOL)
        *magnitude = bits != 0;
    return true;
}

enum err gguf_part_parse(struct gguf_part *part, const unsigned char *bytes, size_t size,
                         const char *name, struct error *error)
{
    enum { SHOWN_MAX = 200 }; // of a long path its end, so that the rest of a sentence fits
    assert((uintptr_t)bytes % 8 == 0);
    *part = (struct gguf_part){0};
    if (strlen(name) > SHOWN_MAX)
        name += strlen(name) - SHOWN_MAX;
    struct cursor c = {.bytes = bytes, .size = size, .file = name, .error = error};
    struct name_index keys = {0};
    uint64_t n_values, n_tensors, alignment;
    enum err err = read_head(&c, &n_values, &n_tensors);
    if (!err)
        err = read_values(&c, part, n_values, &keys);
    if (!err)
        err = find_alignment(&c, &keys, &alignment);
    if (!err)
        err = read_tensors(&c, part, n_tensors);
    if (!err) {
        part->header_size = c.at;
        part->data_start = round_up(c.at, alignment);
        err = place_tensors(&c, part, alignment);
    }
    name_index_release(&keys);
    if (err)
        gguf_part_release(part);
    return err;
}

void gguf_part_release(struct gguf_part *part)
{
    for (size_t i = 0; i < part->n_values; i++)
        free((void *)part->values[i].string_at);
    free(part->values);
    free(part->tensors);
    *part = (struct gguf_part){0};
}
