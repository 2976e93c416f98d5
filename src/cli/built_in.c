#include "cli/built_in.h"

#include "tensor/gguf_read.h"

extern const unsigned char built_in_begin[], built_in_end[]; // built_in_bytes.S

const void *built_in_bytes(size_t *size)
{
    *size = (size_t)(built_in_end - built_in_begin);
    return *size ? built_in_begin : NULL;
}

enum err built_in_check(struct error *error)
{
    size_t size;
    if (built_in_bytes(&size))
        return OK;
    return fail(error, ERR_ARGUMENT,
                "which model? -m FILE (this program was built without one of its own)");
}

enum err built_in_open(struct gguf **out, struct error *error)
{
    size_t size;
    const void *bytes = built_in_bytes(&size);
    enum err err = built_in_check(error);
    return err ? err : gguf_open_memory(out, bytes, size, BUILT_IN_NAME, error);
}
