// Files of the disk cache: a first block of any bytes, and any file name, are read or refused.  What is
// read is within the bounds that readers rely on, and writes as the block it came from.
#include <stdlib.h>
#include <string.h>

#include "base/checksum.h"
#include "engine/store_file.h"

static void read_block(const unsigned char *block, size_t size)
{
    struct store_header header;
    struct error error;
    unsigned char again[STORE_BLOCK];
    if (store_header_read(&header, block, size, &error))
        return;
    const struct store_file *file = &header.file;
    uint64_t sum = header.shape.state_size;
    for (int g = 0; g < KV_GROUPS_MAX; g++)
        sum += header.shape.page_size[g] * header.n_pages[g];
    if (file->kind >= STORE_KINDS || file->n_tokens < file->n_start ||
        file->n_tokens - file->n_start > STORE_CHUNK_TOKENS || sum != header.payload_size ||
        memchr(header.shape.name, 0, sizeof header.shape.name) == NULL)
        abort();
    store_header_write(&header, again);
    struct store_header copy;
    if (store_header_read(&copy, again, sizeof again, &error) ||
        !store_header_agrees(&copy, &header))
        abort();
}

static void read_name(const unsigned char *bytes, size_t size)
{
    char name[300], again[STORE_NAME_MAX];
    struct store_file file = {0}, copy = {0};
    size = size < sizeof name - 1 ? size : sizeof name - 1;
    memcpy(name, bytes, size);
    name[size] = 0;
    if (!store_name_parse(&file, name))
        return;
    store_name_print(&file, again);
    if (!store_name_parse(&copy, again) || !store_key_equal(&copy.key, &file.key) ||
        !store_key_equal(&copy.parent, &file.parent) || copy.n_tokens != file.n_tokens ||
        copy.kind != file.kind)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_block(data, size);
    read_name(data, size);
    // The same with a right checksum, or no fuzzer would get past it.
    unsigned char block[STORE_BLOCK] = {0};
    memcpy(block, data, size < sizeof block ? size : sizeof block);
    uint64_t sum = checksum(block, STORE_BLOCK - 8);
    for (int i = 0; i < 8; i++)
        block[STORE_BLOCK - 8 + i] = (unsigned char)(sum >> 8 * i);
    read_block(block, sizeof block);
    return 0;
}
