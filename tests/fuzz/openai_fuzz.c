// Bodies of OpenAI's chat and raw completions and of llama-server's own, as bytes from anyone.
#include "tests/fuzz/api_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_dialect(&api_chat, data, size);
    fuzz_dialect(&api_completions, data, size);
    return fuzz_dialect(&api_llama, data, size);
}
