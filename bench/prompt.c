// How long does a request wait for its prompt?  Rendering and tokenizing a coding client's request.
//
//     build/bench/prompt TEMPLATE.jinja VOCABULARY.gguf REQUEST.json [N]
//
// REQUEST.json is a body for /v1/messages, or a recording with that under "body".  Prints the best
// and the median of N runs (20) in milliseconds, for reading, rendering and tokenizing.
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/dialect.h"
#include "base/memory.h"
#include "base/os.h"
#include "chat/prompt.h"

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "cannot open %s\n", path);
        exit(1);
    }
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *text = mem_alloc(*size + 1, 1);
    if (fread(text, 1, *size, file) != *size)
        exit(1);
    fclose(file);
    return text;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void report(const char *what, double *ms, size_t n)
{
    qsort(ms, n, sizeof *ms, compare);
    printf("%-28s best %8.2f ms   median %8.2f ms\n", what, ms[0], ms[n / 2]);
}

static double ms_since(uint64_t start)
{
    return (double)(os_time_ns() - start) / 1e6;
}

static void die(const struct error *error)
{
    fprintf(stderr, "%s\n", error->text);
    exit(1);
}

// The body in the form a client sends it.
static struct str body_of(const char *path, struct json_object **file)
{
    size_t size;
    char *text = read_file(path, &size);
    struct json_object *body;
    *file = json_tokener_parse(text);
    free(text);
    if (!json_object_object_get_ex(*file, "body", &body))
        body = *file;
    return str_of(json_object_to_json_string_ext(body, JSON_C_TO_STRING_PLAIN));
}

static void run(const struct prompt_writer *with_ids, const struct prompt_writer *without,
                struct str body, size_t n)
{
    double *reading = mem_new(double, n), *rendering = mem_new(double, n),
           *all = mem_new(double, n);
    struct prompt prompt = {0};
    struct error error;
    for (size_t i = 0; i < n; i++) {
        struct api_request request;
        uint64_t start = os_time_ns();
        api_request_init(&request);
        if (api_request_parse(&request, body, &error) || api_anthropic.read(&request, &error))
            die(&error);
        reading[i] = ms_since(start);
        start = os_time_ns();
        if (prompt_render(without, &prompt, &request.conversation, &(struct prompt_options){0},
                          &error))
            die(&error);
        rendering[i] = ms_since(start);
        start = os_time_ns();
        if (prompt_render(with_ids, &prompt, &request.conversation, &(struct prompt_options){0},
                          &error))
            die(&error);
        all[i] = ms_since(start);
        api_request_release(&request);
    }
    printf("body %zu bytes, prompt %zu bytes, %zu tokens\n", body.size, prompt.spans.text.size,
           prompt.ids.n_ids);
    report("reading the JSON", reading, n);
    report("rendering", rendering, n);
    report("rendering and tokenizing", all, n);
    prompt_release(&prompt);
    free(reading);
    free(rendering);
    free(all);
}

int main(int argc, char **argv)
{
    struct error error;
    struct gguf *gguf;
    struct tokenizer *tokenizer;
    struct prompt_writer *with_ids, *without;
    struct json_object *file;
    size_t size;
    if (argc < 4) {
        fprintf(stderr, "usage: prompt TEMPLATE.jinja VOCABULARY.gguf REQUEST.json [N]\n");
        return 2;
    }
    char *text = read_file(argv[1], &size);
    struct prompt_source source = {.chat_template = {text, size}};
    if (gguf_open(&gguf, argv[2], NULL, &error) || tokenizer_open(&tokenizer, gguf, &error) ||
        prompt_writer_open(&without, &source, &error))
        die(&error);
    source.tokenizer = tokenizer;
    if (prompt_writer_open(&with_ids, &source, &error))
        die(&error);
    struct str body = body_of(argv[3], &file);
    run(with_ids, without, body, argc > 4 ? strtoul(argv[4], NULL, 10) : 20);
    json_object_put(file);
    prompt_writer_close(with_ids);
    prompt_writer_close(without);
    tokenizer_close(tokenizer);
    gguf_close(gguf);
    free(text);
    return 0;
}
