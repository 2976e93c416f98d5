// tokenize VOCABULARY.gguf [TEXT...]: how fast a vocabulary loads, and encodes and gives back texts.
//
// Besides the files given, times what could be slow: runs of one letter, of spaces, one endless
// word, random bytes.  One core; best of three.
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/os.h"
#include "base/rng.h"
#include "text/detokenize.h"
#include "text/tokenizer.h"

static double milliseconds_since(uint64_t start)
{
    return (double)(os_time_ns() - start) * 1e-6;
}

static void measure(const struct tokenizer *tokenizer, const char *name, struct str text)
{
    struct token_list tokens = {0};
    struct buf back = {0};
    double best = 1e30, best_back = 1e30;
    for (int i = 0; i < 3; i++) {
        tokens.n_ids = 0;
        uint64_t start = os_time_ns();
        tokenizer_encode(tokenizer, &tokens, text, true);
        double ms = milliseconds_since(start);
        best = ms < best ? ms : best;
        buf_reset(&back);
        struct detokenizer d;
        detokenizer_init(&d, tokenizer, true);
        start = os_time_ns();
        for (size_t k = 0; k < tokens.n_ids; k++)
            detokenizer_push(&d, &back, tokens.ids[k]);
        detokenizer_finish(&d, &back);
        ms = milliseconds_since(start);
        best_back = ms < best_back ? ms : best_back;
    }
    double megabytes = (double)text.size * 1e-6;
    printf("%-24s %8.2f MB %9zu tokens  encode %8.2f ms %7.1f MB/s  decode %7.1f MB/s\n", name,
           megabytes, tokens.n_ids, best, megabytes / best * 1e3, megabytes / best_back * 1e3);
    buf_release(&back);
    token_list_release(&tokens);
}

static void measure_awkward(const struct tokenizer *tokenizer)
{
    static const struct {
        const char *name, *alphabet;
    } texts[] = {
        {"one letter", "a"},          {"spaces", " "},
        {"newlines", "\n"},           {"one word", "etaoinshrdlu"},
        {"punctuation", "()[]{};,."}, {"digits", "0123456789"},
        {"any bytes", NULL},
    };
    struct rng rng;
    rng_seed(&rng, 1);
    char *bytes = mem_alloc(MIB, 1);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        size_t n = texts[i].alphabet ? strlen(texts[i].alphabet) : 256;
        for (size_t k = 0; k < MIB; k++) {
            uint64_t r = rng_below(&rng, n);
            bytes[k] = texts[i].alphabet ? texts[i].alphabet[r] : (char)r;
        }
        measure(tokenizer, texts[i].name, (struct str){bytes, MIB});
    }
    free(bytes);
}

static void measure_file(const struct tokenizer *tokenizer, const char *path)
{
    struct os_map map;
    struct error error;
    const char *name = strrchr(path, '/');
    if (os_map_file(&map, path, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return;
    }
    measure(tokenizer, name ? name + 1 : path, (struct str){map.data, map.size});
    os_unmap(&map);
}

int main(int argc, char **argv)
{
    struct gguf *gguf = NULL;
    struct tokenizer *tokenizer = NULL;
    struct error error = {0};
    struct gguf_options options = {.mode = GGUF_HEADER_ONLY};
    if (argc < 2) {
        fprintf(stderr, "usage: %s VOCABULARY.gguf [TEXT...]\n", argv[0]);
        return 2;
    }
    uint64_t start = os_time_ns();
    enum err err = gguf_open(&gguf, argv[1], &options, &error);
    double opened = milliseconds_since(start);
    start = os_time_ns();
    if (!err)
        err = tokenizer_open(&tokenizer, gguf, &error);
    if (err) {
        fprintf(stderr, "%s\n", error.text);
        gguf_close(gguf);
        return 1;
    }
    printf("%zu tokens: file %.1f ms, tokenizer %.1f ms\n", tokenizer_n_tokens(tokenizer), opened,
           milliseconds_since(start));
    for (int i = 2; i < argc; i++)
        measure_file(tokenizer, argv[i]);
    measure_awkward(tokenizer);
    tokenizer_close(tokenizer);
    gguf_close(gguf);
    return 0;
}
