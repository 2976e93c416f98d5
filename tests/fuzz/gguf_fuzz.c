// Any bytes as a GGUF file: opening must refuse or give only what can be read in full.
#include <stdlib.h>

#include "tensor/dtype.h"
#include "tests/tensor/gguf_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

// Dequantises each tensor's first and last row block.
static void decode_ends(const struct gguf_tensor *tensor)
{
    const struct dtype_info *info = dtype_find(tensor->dtype);
    if (!tensor->data || !info)
        return;
    float values[256];
    const unsigned char *data = tensor->data;
    info->dequantize(values, data, info->block_elements);
    info->dequantize(values, data + tensor->size - info->block_size, info->block_elements);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct gguf *gguf;
    struct error error;
    void *copy = malloc(size ? size : 1); // aligned, and of this very size
    memcpy(copy, bytes, size);
    if (gguf_open_memory(&gguf, copy, size, "fuzz", &error) == OK) {
        walk(gguf);
        for (size_t i = 0; i < gguf_n_tensors(gguf); i++)
            decode_ends(gguf_tensor_at(gguf, i));
        gguf_close(gguf);
    }
    free(copy);
    return 0;
}
