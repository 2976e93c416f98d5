#include "engine/store_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/checksum.h"
#include "base/memory.h"

static const char magic[8] = {'h', 'e', 'a', 'r', 't', 'h', 'K', 'V'};
static const char *const kind_names[STORE_KINDS] = {"chunk", "trunk", "message", "tip"};

// Where each field stands; see the header file.
enum field {
    AT_MAGIC = 0,
    AT_VERSION = 8,
    AT_KIND = 12,
    AT_MODEL = 16,
    AT_KEY = 32,
    AT_PARENT = 48,
    AT_START = 64,
    AT_END = 68,
    AT_N_PAGES = 72,
    AT_WINDOW_PAGE = 80,
    AT_PAGE_SIZE = 88,
    AT_STATE_SIZE = 104,
    AT_WRITTEN = 112,
    AT_PAYLOAD_SIZE = 120,
    AT_PAYLOAD_SUM = 128,
    AT_NAME = 136,
    AT_TOKENS = 200,
    AT_SUM = STORE_BLOCK - 8,
};

// ---- integers ----

static void put(unsigned char *at, uint64_t number, int size)
{
    for (int i = 0; i < size; i++)
        at[i] = (unsigned char)(number >> 8 * i);
}

static uint64_t get(const unsigned char *at, int size)
{
    uint64_t number = 0;
    for (int i = 0; i < size; i++)
        number |= (uint64_t)at[i] << 8 * i;
    return number;
}

static void put_u32(unsigned char *at, uint32_t number)
{
    put(at, number, 4);
}

static void put_u64(unsigned char *at, uint64_t number)
{
    put(at, number, 8);
}

static uint32_t get_u32(const unsigned char *at)
{
    return (uint32_t)get(at, 4);
}

static uint64_t get_u64(const unsigned char *at)
{
    return get(at, 8);
}

static uint32_t pages_for(uint32_t n_tokens)
{
    return n_tokens / KV_PAGE_TOKENS + (n_tokens % KV_PAGE_TOKENS != 0);
}

// ---- the first block ----

// False when the sum does not fit 64 bits.
static bool add_up(const struct store_header *header, uint64_t *size)
{
    *size = header->shape.state_size;
    for (int g = 0; g < KV_GROUPS_MAX; g++) {
        uint64_t pages;
        if (__builtin_mul_overflow(header->shape.page_size[g], header->n_pages[g], &pages) ||
            __builtin_add_overflow(*size, pages, size))
            return false;
    }
    return true;
}

void store_header_make(struct store_header *header, const struct store_shape *shape,
                       const struct store_file *file, const token_id *tokens)
{
    uint32_t n_own = file->n_tokens - file->n_start;
    *header = (struct store_header){.file = *file, .shape = *shape};
    memcpy(header->tokens, tokens + file->n_start, n_own * sizeof *tokens);
    if (shape->page_size[0])
        header->n_pages[0] = pages_for(file->n_tokens) - file->n_start / KV_PAGE_TOKENS;
    if (file->kind == STORE_CHUNK) {
        header->shape.state_size = header->shape.page_size[1] = 0;
    } else if (shape->page_size[1]) {
        // As snapshot_create(): from the first position that a query behind the last token sees.
        uint32_t n = file->n_tokens, first = n >= shape->window ? n - shape->window + 1 : 0;
        header->i_window_page = first / KV_PAGE_TOKENS;
        uint32_t end = pages_for(n);
        header->n_pages[1] = end > header->i_window_page ? end - header->i_window_page : 0;
    }
    bool fits = add_up(header, &header->payload_size);
    (void)fits; // pages and states of this size are in memory
}

void store_header_write(const struct store_header *header, unsigned char block[STORE_BLOCK])
{
    const struct store_file *file = &header->file;
    memset(block, 0, STORE_BLOCK);
    memcpy(block + AT_MAGIC, magic, sizeof magic);
    put_u32(block + AT_VERSION, STORE_VERSION);
    put_u32(block + AT_KIND, file->kind);
    memcpy(block + AT_MODEL, header->shape.model.bytes, STORE_KEY_SIZE);
    memcpy(block + AT_KEY, file->key.bytes, STORE_KEY_SIZE);
    memcpy(block + AT_PARENT, file->parent.bytes, STORE_KEY_SIZE);
    put_u32(block + AT_START, file->n_start);
    put_u32(block + AT_END, file->n_tokens);
    for (int g = 0; g < KV_GROUPS_MAX; g++) {
        put_u32(block + AT_N_PAGES + 4 * g, header->n_pages[g]);
        put_u64(block + AT_PAGE_SIZE + 8 * g, header->shape.page_size[g]);
    }
    put_u32(block + AT_WINDOW_PAGE, header->i_window_page);
    put_u64(block + AT_STATE_SIZE, header->shape.state_size);
    put_u64(block + AT_WRITTEN, (uint64_t)header->written_s);
    put_u64(block + AT_PAYLOAD_SIZE, header->payload_size);
    put_u64(block + AT_PAYLOAD_SUM, header->payload_sum);
    memcpy(block + AT_NAME, header->shape.name, STORE_MODEL_NAME - 1);
    for (uint32_t i = 0; i < file->n_tokens - file->n_start; i++)
        put_u32(block + AT_TOKENS + 4 * i, (uint32_t)header->tokens[i]);
    put_u64(block + AT_SUM, checksum(block, AT_SUM));
}

// What follows from other fields, or lies within bounds, does.
static enum err check_fields(const struct store_header *header, struct error *error)
{
    const struct store_file *file = &header->file;
    uint64_t size;
    if (file->n_tokens < file->n_start || file->n_tokens - file->n_start > STORE_CHUNK_TOKENS)
        return fail(error, ERR_FORMAT, "it holds tokens %u to %u, more than a chunk", file->n_start,
                    file->n_tokens);
    if (!add_up(header, &size) || size != header->payload_size)
        return fail(error, ERR_FORMAT, "its pages and states do not add up to %llu bytes",
                    (unsigned long long)header->payload_size);
    return OK;
}

enum err store_header_read(struct store_header *header, const void *block, size_t size,
                           struct error *error)
{
    const unsigned char *bytes = block;
    *header = (struct store_header){0};
    if (size < STORE_BLOCK)
        return fail(error, ERR_FORMAT, "it has %zu bytes, less than its first block", size);
    if (memcmp(bytes + AT_MAGIC, magic, sizeof magic) != 0)
        return fail(error, ERR_FORMAT, "it does not begin as such a file does");
    if (get_u32(bytes + AT_VERSION) != STORE_VERSION)
        return fail(error, ERR_FORMAT, "it has version %u, not %u", get_u32(bytes + AT_VERSION),
                    STORE_VERSION);
    if (get_u64(bytes + AT_SUM) != checksum(bytes, AT_SUM))
        return fail(error, ERR_FORMAT, "the checksum of its first block is wrong");
    uint32_t kind = get_u32(bytes + AT_KIND);
    if (kind >= STORE_KINDS)
        return fail(error, ERR_FORMAT, "it is of kind %u", kind);
    struct store_file *file = &header->file;
    file->kind = (enum store_kind)kind;
    memcpy(header->shape.model.bytes, bytes + AT_MODEL, STORE_KEY_SIZE);
    memcpy(file->key.bytes, bytes + AT_KEY, STORE_KEY_SIZE);
    memcpy(file->parent.bytes, bytes + AT_PARENT, STORE_KEY_SIZE);
    file->n_start = get_u32(bytes + AT_START);
    file->n_tokens = get_u32(bytes + AT_END);
    for (int g = 0; g < KV_GROUPS_MAX; g++) {
        header->n_pages[g] = get_u32(bytes + AT_N_PAGES + 4 * g);
        header->shape.page_size[g] = get_u64(bytes + AT_PAGE_SIZE + 8 * g);
    }
    header->i_window_page = get_u32(bytes + AT_WINDOW_PAGE);
    header->shape.state_size = get_u64(bytes + AT_STATE_SIZE);
    header->written_s = (int64_t)get_u64(bytes + AT_WRITTEN);
    header->payload_size = get_u64(bytes + AT_PAYLOAD_SIZE);
    header->payload_sum = get_u64(bytes + AT_PAYLOAD_SUM);
    memcpy(header->shape.name, bytes + AT_NAME, STORE_MODEL_NAME - 1);
    enum err err = check_fields(header, error);
    for (uint32_t i = 0; !err && i < file->n_tokens - file->n_start; i++)
        header->tokens[i] = (token_id)get_u32(bytes + AT_TOKENS + 4 * i);
    return err;
}

bool store_header_agrees(const struct store_header *found, const struct store_header *expected)
{
    const struct store_file *a = &found->file, *b = &expected->file;
    bool agrees = (a->kind == STORE_CHUNK) == (b->kind == STORE_CHUNK);
    agrees &= store_key_equal(&found->shape.model, &expected->shape.model);
    agrees &= store_key_equal(&a->key, &b->key) && store_key_equal(&a->parent, &b->parent);
    agrees &= a->n_start == b->n_start && a->n_tokens == b->n_tokens;
    for (int g = 0; g < KV_GROUPS_MAX; g++) {
        agrees &= found->n_pages[g] == expected->n_pages[g];
        agrees &= found->shape.page_size[g] == expected->shape.page_size[g];
    }
    agrees &= found->i_window_page == expected->i_window_page;
    agrees &= found->shape.state_size == expected->shape.state_size;
    agrees &= found->payload_size == expected->payload_size;
    return agrees && memcmp(found->tokens, expected->tokens, sizeof found->tokens) == 0;
}

// ---- sizes ----

uint64_t store_chunk_size(const struct store_shape *shape)
{
    return STORE_BLOCK + shape->page_size[0] * STORE_CHUNK_PAGES;
}

uint64_t store_state_size_max(const struct store_shape *shape)
{
    uint64_t n_window_pages = shape->window ? pages_for(shape->window) + 1 : 0;
    return store_chunk_size(shape) + shape->page_size[1] * n_window_pages + shape->state_size;
}

// ---- names ----

const char *store_kind_name(enum store_kind kind)
{
    return kind_names[kind];
}

void store_name_print(const struct store_file *file, char name[STORE_NAME_MAX])
{
    char key[STORE_KEY_TEXT], parent[STORE_KEY_TEXT];
    store_key_print(&file->key, key);
    store_key_print(&file->parent, parent);
    snprintf(name, STORE_NAME_MAX, "%s-%u-%s-%s.kv", kind_names[file->kind], file->n_tokens, key,
             parent);
}

bool store_name_parse(struct store_file *file, const char *name)
{
    size_t i_kind = 0, n_kind;
    while (i_kind < STORE_KINDS &&
           (n_kind = strlen(kind_names[i_kind]),
            strncmp(name, kind_names[i_kind], n_kind) || name[n_kind] != '-'))
        i_kind++;
    if (i_kind == STORE_KINDS || name[n_kind + 1] < '0' || name[n_kind + 1] > '9')
        return false;
    char *end;
    unsigned long long n_tokens = strtoull(name + n_kind + 1, &end, 10);
    enum { DIGITS = STORE_KEY_TEXT - 1 };
    if (n_tokens > UINT32_MAX || *end != '-' || strlen(end) != 2 + 2 * DIGITS + 3 ||
        end[1 + DIGITS] != '-' || strcmp(end + 2 + 2 * DIGITS, ".kv") != 0)
        return false;
    file->kind = (enum store_kind)i_kind;
    file->n_tokens = (uint32_t)n_tokens;
    return store_key_parse(&file->key, end + 1) && store_key_parse(&file->parent, end + 2 + DIGITS);
}
