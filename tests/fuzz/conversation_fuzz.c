// Any request body as a conversation, rendered with strict templates and without: it must not fail
// for what it contains, spans must cover the text, and no word of the client may become markup.
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/dialect.h"
#include "base/memory.h"
#include "chat/prompt.h"

static struct prompt_writer *open_writer(const char *path, const char *dialect)
{
    struct prompt_writer *writer;
    char text[8192] = "";
    FILE *file = path ? fopen(path, "rb") : NULL;
    size_t size = file ? fread(text, 1, sizeof text, file) : 0;
    if (file)
        fclose(file);
    assert(!path || size); // run from the top of the tree
    struct prompt_source source = {.chat_template = {text, size}, .dialect = dialect_find(dialect)};
    assert(prompt_writer_open(&writer, &source, NULL) == OK);
    return writer;
}

// Every word of the fuzzer's carries this letter, no template and no row does.
#define CLIENT "\xc2\xa4"

static void check_spans(const struct prompt *prompt)
{
    size_t at = 0;
    for (size_t i = 0; i < prompt->spans.n_items; i++) {
        const struct span *span = &prompt->spans.items[i];
        assert(span->start == at && span->size > 0);
        at += span->size;
        struct str text = {prompt->spans.text.data + span->start, span->size};
        assert(span->kind == SPAN_TEXT || str_find(text, STR(CLIENT), 0) == STR_NONE);
    }
    assert(at == prompt->spans.text.size);
}

static void check(const struct prompt_writer *writer, const struct conversation *c, unsigned flags)
{
    struct prompt prompt = {0}, again = {0};
    struct prompt_options options = {.history = flags & 3 ? HISTORY_KEEP : HISTORY_DROP,
                                     .thinking = flags & 4 ? THINKING_OFF : THINKING_DEFAULT,
                                     .continues_answer = flags & 8};
    enum err err = prompt_render(writer, &prompt, c, &options, NULL);
    assert(err == OK || err == ERR_LIMIT || err == ERR_MEMORY);
    if (!err) {
        check_spans(&prompt);
        assert(prompt_render(writer, &again, c, &options, NULL) == OK);
        assert(str_equal((struct str){prompt.spans.text.data, prompt.spans.text.size},
                         (struct str){again.spans.text.data, again.spans.text.size}));
    }
    prompt_release(&prompt);
    prompt_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct prompt_writer *writers[6];
    if (!writers[0]) {
        writers[0] = open_writer("tests/cases/chat/strict.jinja", "qwen3.5");
        writers[1] = open_writer("tests/cases/chat/alternating.jinja", "gemma3");
        writers[2] = open_writer(NULL, "qwen3.5");
        writers[3] = open_writer(NULL, "llama3");
        writers[4] = open_writer(NULL, "gemma4");
        writers[5] = open_writer(NULL, "deepseek-r1");
    }
    if (size < 2 || size > 20000)
        return 0;
    struct api_request request;
    api_request_init(&request);
    struct str body = {(const char *)data + 2, size - 2};
    static const struct api_dialect *const dialects[] = {&api_anthropic, &api_chat, &api_responses};
    const struct api_dialect *dialect = dialects[data[1] % 3];
    if (api_request_parse(&request, body, NULL) == OK && dialect->read(&request, NULL) == OK)
        check(writers[data[0] % COUNT_OF(writers)], &request.conversation, data[1] >> 4);
    api_request_release(&request);
    return 0;
}
