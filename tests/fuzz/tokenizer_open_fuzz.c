// A vocabulary from any file opens or is refused with a sentence, and one that opens can be used.
#include <stdlib.h>

#include "base/buf.h"
#include "text/detokenize.h"
#include "text/tokenizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gguf *gguf = NULL;
    struct tokenizer *tokenizer = NULL;
    struct error error = {0};
    if (gguf_open_memory(&gguf, data, size, "fuzz", &error))
        return 0;
    if (tokenizer_open(&tokenizer, gguf, &error) == OK) {
        struct token_list ids = {0};
        struct buf text = {0};
        struct detokenizer d;
        tokenizer_encode(tokenizer, &ids, STR("Hello <|end|>\n\n caf\u00E9 \xFF 123"), true);
        detokenizer_init(&d, tokenizer, true);
        for (size_t i = 0; i < ids.n_ids; i++) {
            if (ids.ids[i] < 0 || (size_t)ids.ids[i] >= tokenizer_n_tokens(tokenizer))
                abort();
            detokenizer_push(&d, &text, ids.ids[i]);
        }
        for (size_t i = 0; i < tokenizer_n_tokens(tokenizer); i++)
            detokenizer_push(&d, &text, (token_id)i);
        detokenizer_finish(&d, &text);
        buf_release(&text);
        token_list_release(&ids);
    } else if (!error.text[0]) {
        abort();
    }
    tokenizer_close(tokenizer);
    gguf_close(gguf);
    return 0;
}
