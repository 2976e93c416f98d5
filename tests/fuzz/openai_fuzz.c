// Bodies of OpenAI's chat and raw completions and of llama-server's own, as bytes from anyone.
#include "tests/fuzz/api_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_dialect(&dialect_chat, data, size);
    fuzz_dialect(&dialect_completions, data, size);
    return fuzz_dialect(&dialect_llama, data, size);
}
