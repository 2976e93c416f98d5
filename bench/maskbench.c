// maskbench DATA.jsonl VOCAB.gguf [--pad N] [--only NAME] [--tokens FILE] [--verbose] [--slow US]
//
// --verbose also tells relaxations, and masks that took more than US (1000).
// --pad makes the vocabulary N tokens large with words joined of its words.  --tokens writes the
// vocabulary and the instances' tokens to FILE, for peer-llguidance.py.
//
// How many schemas does the constraint get right, and what does a mask cost?  Each line of DATA is
// {"name", "schema", "tests": [{"valid", "data"}]}.  Instances are written as Python's json.dumps
// does, tokenised, and taken token by token: before each token its mask is computed, and the token
// must be in it.  A schema passes when all its valid instances are accepted to the end and all
// invalid ones are not.
//
// One time is one mask plus taking the token; each schema starts cold; one thread.  Times are of the
// processor (CLOCK_THREAD_CPUTIME_ID), so that other programs on the machine do not count.
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/os.h"
#include "sample/charset.h"
#include "sample/constraint.h"
#include "text/tokenizer.h"

struct times { // nanoseconds
    uint64_t *values;
    size_t n, capacity;
};

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void times_add(struct times *times, uint64_t value)
{
    if (times->n == times->capacity) {
        times->capacity = times->capacity ? times->capacity * 2 : 4096;
        times->values = mem_resize(times->values, times->capacity, sizeof(uint64_t));
    }
    times->values[times->n++] = value;
}

static int compare_times(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static double times_at(const struct times *times, double share)
{
    return times->n ? (double)times->values[(size_t)(share * (double)(times->n - 1))] / 1000 : 0;
}

static void times_print(const char *name, struct times *times)
{
    double sum = 0;
    if (times->n)
        qsort(times->values, times->n, sizeof(uint64_t), compare_times);
    for (size_t i = 0; i < times->n; i++)
        sum += (double)times->values[i] / 1000;
    printf("%s us: n %zu avg %.1f p50 %.1f p90 %.1f p99 %.1f max %.1f\n", name, times->n,
           times->n ? sum / (double)times->n : 0, times_at(times, 0.5), times_at(times, 0.9),
           times_at(times, 0.99), times_at(times, 1));
}

// ---- json.dumps ----

static void write_string(struct buf *out, struct json_object *string)
{
    static const char codes[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    struct str text = {json_object_get_string(string), (size_t)json_object_get_string_len(string)};
    buf_append_byte(out, '"');
    for (size_t at = 0; at < text.size;) {
        uint32_t c = utf8_next(text, &at);
        const char *code = c && c < 0x80 ? strchr(codes, (int)c) : NULL;
        if (code)
            buf_printf(out, "\\%c", letters[code - codes]);
        else if (c >= 0x10000)
            buf_printf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                       0xdc00 + ((c - 0x10000) & 1023));
        else if (c < 0x20 || c > 0x7e)
            buf_printf(out, "\\u%04x", c);
        else
            buf_append_byte(out, (int)c);
    }
    buf_append_byte(out, '"');
}

static void write_json(struct buf *out, struct json_object *value)
{
    bool is_first = true;
    switch (json_object_get_type(value)) {
    case json_type_object:
        buf_append_byte(out, '{');
        json_object_object_foreach(value, name, member)
        {
            struct json_object *key = json_object_new_string(name);
            buf_append_text(out, is_first ? "" : ", ");
            write_string(out, key);
            json_object_put(key);
            buf_append_text(out, ": ");
            write_json(out, member);
            is_first = false;
        }
        buf_append_byte(out, '}');
        break;
    case json_type_array:
        buf_append_byte(out, '[');
        for (size_t i = 0; i < json_object_array_length(value); i++) {
            buf_append_text(out, i ? ", " : "");
            write_json(out, json_object_array_get_idx(value, i));
        }
        buf_append_byte(out, ']');
        break;
    case json_type_string:
        write_string(out, value);
        break;
    case json_type_null:
        buf_append_text(out, "null");
        break;
    default:
        buf_append_text(out, json_object_to_json_string(value));
        break;
    }
}

// ---- the vocabulary ----

// Appends the first token from `at` on that is a word or a part of one, with or without a blank.
static void append_word(struct buf *blob, const struct tokenizer *tokenizer, size_t at)
{
    for (;; at++) {
        token_id id = (token_id)(at % tokenizer_n_tokens(tokenizer));
        struct str bytes = tokenizer_bytes(tokenizer, id);
        bool is_word = bytes.size > 1 && tokenizer_kind(tokenizer, id) == TOKEN_NORMAL;
        for (size_t i = 0; i < bytes.size && is_word;) {
            uint32_t c = utf8_next(bytes, &i);
            is_word = (c >= 0x80 && c != 0xfffd) || (c >= 'a' && c <= 'z') ||
                      (c >= 'A' && c <= 'Z') || (c == ' ' && i == 1);
        }
        if (is_word) {
            buf_append(blob, bytes.data, bytes.size);
            return;
        }
    }
}

static struct constraint_vocabulary *vocabulary_of(const struct tokenizer *tokenizer, size_t n_pad)
{
    size_t n = tokenizer_n_tokens(tokenizer), n_all = n_pad > n ? n_pad : n;
    struct buf blob = {0};
    uint32_t *offsets = mem_new(uint32_t, n_all + 1);
    uint8_t *roles = mem_new(uint8_t, n_all);
    for (size_t id = 0; id < n_all; id++) {
        offsets[id] = (uint32_t)blob.size;
        if (id >= n) { // a larger vocabulary knows more words, not more punctuation
            append_word(&blob, tokenizer, id * 7919);
            append_word(&blob, tokenizer, id * 104729);
            continue;
        }
        struct str bytes = tokenizer_bytes(tokenizer, (token_id)id);
        buf_append(&blob, bytes.data, bytes.size);
        roles[id] = tokenizer_is_end(tokenizer, (token_id)id)                  ? TOKEN_ROLE_END
                    : !tokenizer_is_samplable(tokenizer, (token_id)id)         ? TOKEN_ROLE_UNUSED
                    : tokenizer_kind(tokenizer, (token_id)id) == TOKEN_CONTROL ? TOKEN_ROLE_CONTROL
                                                                               : TOKEN_ROLE_TEXT;
    }
    offsets[n_all] = (uint32_t)blob.size;
    struct token_vocabulary source = {blob.data, offsets, roles, n_all};
    struct constraint_vocabulary *vocabulary = NULL;
    struct error error;
    if (constraint_vocabulary_open(&vocabulary, &source, &error))
        fprintf(stderr, "maskbench: %s\n", error.text);
    buf_release(&blob);
    free(offsets);
    free(roles);
    return vocabulary;
}

// ---- for another program ----

// The first line of the file: the bytes of each token in hexadecimal, "" for what is no text.
static void dump_vocabulary(FILE *out, const struct constraint_vocabulary *vocabulary)
{
    const struct token_trie *trie = constraint_vocabulary_trie(vocabulary);
    fputs("{\"vocabulary\": [", out);
    for (size_t id = 0; id < trie->n_tokens; id++) {
        struct str bytes = token_trie_bytes(trie, (token_id)id);
        fputs(id ? ", \"" : "\"", out);
        for (size_t i = 0; i < bytes.size && trie->roles[id] == TOKEN_ROLE_TEXT; i++)
            fprintf(out, "%02x", (unsigned char)bytes.data[i]);
        fputs("\"", out);
    }
    fputs("]}\n", out);
}

static void dump_tokens(FILE *out, const struct token_list *tokens, bool is_valid, bool is_first)
{
    fprintf(out, "%s{\"valid\": %s, \"tokens\": [", is_first ? "" : ", ",
            is_valid ? "true" : "false");
    for (size_t i = 0; i < tokens->n_ids; i++)
        fprintf(out, "%s%d", i ? ", " : "", (int)tokens->ids[i]);
    fputs("]}", out);
}

// ---- the run ----

struct bench {
    const struct tokenizer *tokenizer;
    const struct constraint_vocabulary *vocabulary;
    uint64_t *mask;
    struct times masks, compiles;
    size_t n_schemas, n_passed, n_relaxed, n_relaxations;
    size_t n_valid, n_valid_rejected, n_invalid, n_invalid_accepted, n_untold;
    bool is_verbose;
    uint64_t slow_us; // masks that are told when verbose
    FILE *tokens;     // or NULL
};

// Whether the instance is accepted; the times of its masks are kept when it is a valid one.
static bool run_instance(struct bench *bench, struct constraint *constraint, const char *name,
                         struct json_object *data, bool is_valid, bool is_first)
{
    struct buf text = {0};
    struct token_list tokens = {0};
    write_json(&text, data);
    tokenizer_encode(bench->tokenizer, &tokens, (struct str){text.data, text.size}, false);
    if (bench->tokens)
        dump_tokens(bench->tokens, &tokens, is_valid, is_first);
    struct constraint_state *state = constraint_state_open(constraint);
    bool is_accepted = true;
    size_t done = 0;
    for (size_t i = 0; i < tokens.n_ids && is_accepted; i++) {
        uint64_t start = now_ns();
        constraint_state_mask(state, bench->mask);
        bool is_allowed = bench->mask[tokens.ids[i] / 64] >> (tokens.ids[i] % 64) & 1;
        is_accepted = constraint_state_accept(state, tokens.ids[i]);
        uint64_t time = now_ns() - start;
        if (is_valid)
            times_add(&bench->masks, time);
        if (is_valid && bench->is_verbose && time > bench->slow_us * 1000)
            printf("  slow %.0f us in %s at: %.*s\n", (double)time / 1000, name,
                   (int)(done > 60 ? 60 : done), text.data + (done > 60 ? done - 60 : 0));
        if (is_allowed != is_accepted)
            printf("  MASK AND STATE DISAGREE in %s at byte %zu\n", name, done);
        if (!is_accepted && is_valid)
            printf("  valid rejected: %s at: %.*s <|> %.*s\n", name, (int)(done > 80 ? 80 : done),
                   text.data + (done > 80 ? done - 80 : 0),
                   (int)(text.size - done > 40 ? 40 : text.size - done), text.data + done);
        done += tokenizer_bytes(bench->tokenizer, tokens.ids[i]).size;
    }
    if (is_accepted && !constraint_state_can_end(state)) {
        is_accepted = false;
        if (is_valid)
            printf("  valid rejected: %s at its end\n", name);
    }
    constraint_state_close(state);
    token_list_release(&tokens);
    buf_release(&text);
    return is_accepted;
}

static void run_schema(struct bench *bench, struct json_object *line)
{
    struct json_object *name_json, *schema, *tests;
    if (!json_object_object_get_ex(line, "name", &name_json) ||
        !json_object_object_get_ex(line, "schema", &schema) ||
        !json_object_object_get_ex(line, "tests", &tests))
        return;
    const char *name = json_object_get_string(name_json);
    const char *text = json_object_to_json_string_ext(schema, JSON_C_TO_STRING_PLAIN);
    uint64_t start = now_ns();
    struct constraint *constraint = constraint_open_schema(bench->vocabulary, str_of(text), NULL);
    uint64_t time = now_ns() - start;
    times_add(&bench->compiles, time);
    if (bench->is_verbose && time > 5000000)
        printf("  slow compile %.0f us: %s\n", (double)time / 1000, name);
    bool has_passed = true;
    struct buf accepted = {0}; // numbers of tests
    size_t n_accepted = 0;
    if (bench->tokens)
        fprintf(bench->tokens, "{\"schema\": %s, \"tests\": [", text);
    for (size_t i = 0; i < json_object_array_length(tests); i++) {
        struct json_object *test = json_object_array_get_idx(tests, i), *data = NULL, *valid = NULL;
        json_object_object_get_ex(test, "data", &data);
        json_object_object_get_ex(test, "valid", &valid);
        bool is_valid = json_object_get_boolean(valid);
        bool is_accepted = run_instance(bench, constraint, name, data, is_valid, i == 0);
        has_passed = has_passed && is_valid == is_accepted;
        bench->n_valid += is_valid;
        bench->n_invalid += !is_valid;
        bench->n_valid_rejected += is_valid && !is_accepted;
        if (!is_valid && is_accepted)
            buf_printf(&accepted, " %zu", i);
        n_accepted += !is_valid && is_accepted;
    }
    if (bench->tokens)
        fputs("]}\n", bench->tokens);
    struct relaxation relaxations[8];
    size_t n = constraint_relaxations(constraint, relaxations, COUNT_OF(relaxations));
    for (size_t i = 0; bench->is_verbose && i < n && i < COUNT_OF(relaxations); i++)
        printf("  relaxed: %s %s: %s\n", name, relaxations[i].pointer, relaxations[i].cause);
    if (n_accepted)
        printf("  invalid accepted: %s, tests%s%s\n", name, accepted.data,
               n ? " (the schema is relaxed)" : "");
    bench->n_untold += n ? 0 : n_accepted;
    bench->n_invalid_accepted += n_accepted;
    buf_release(&accepted);
    bench->n_relaxed += n > 0;
    bench->n_relaxations += n;
    bench->n_schemas++;
    bench->n_passed += has_passed;
    constraint_close(constraint);
}

static void print_results(struct bench *bench)
{
    printf("schemas %zu passing %zu (%.2f %%)\n", bench->n_schemas, bench->n_passed,
           100.0 * (double)bench->n_passed / (double)(bench->n_schemas ? bench->n_schemas : 1));
    printf("relaxations %zu in %zu schemas\n", bench->n_relaxations, bench->n_relaxed);
    printf("valid %zu rejected %zu (%.2f %%)\n", bench->n_valid, bench->n_valid_rejected,
           100.0 * (double)bench->n_valid_rejected / (double)(bench->n_valid ? bench->n_valid : 1));
    printf("invalid %zu accepted %zu (%.2f %%), %zu where nothing is relaxed\n", bench->n_invalid,
           bench->n_invalid_accepted,
           100.0 * (double)bench->n_invalid_accepted /
               (double)(bench->n_invalid ? bench->n_invalid : 1),
           bench->n_untold);
    times_print("mask", &bench->masks);
    times_print("compile", &bench->compiles);
    printf("vocabulary %zu tokens, peak memory %.0f MiB\n",
           constraint_vocabulary_n_tokens(bench->vocabulary), (double)os_memory_peak() / MIB);
}

int main(int argc, char **argv)
{
    struct bench bench = {.slow_us = 1000};
    size_t n_pad = 0;
    const char *only = NULL, *paths[2] = {NULL, NULL};
    size_t n_paths = 0;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--pad") && i + 1 < argc)
            n_pad = strtoul(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--only") && i + 1 < argc)
            only = argv[++i];
        else if (!strcmp(argv[i], "--tokens") && i + 1 < argc)
            bench.tokens = fopen(argv[++i], "w");
        else if (!strcmp(argv[i], "--slow") && i + 1 < argc)
            bench.slow_us = strtoul(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--verbose"))
            bench.is_verbose = true;
        else if (n_paths < 2)
            paths[n_paths++] = argv[i];
    }
    if (n_paths < 2) {
        fprintf(stderr,
                "usage: maskbench DATA.jsonl VOCAB.gguf [--pad N] [--only NAME] [--tokens FILE] "
                "[--verbose] [--slow US]\n");
        return 2;
    }
    struct error error;
    struct gguf *gguf = NULL;
    struct tokenizer *tokenizer = NULL;
    if (gguf_open(&gguf, paths[1], GGUF_MAP, &error) || tokenizer_open(&tokenizer, gguf, &error)) {
        fprintf(stderr, "maskbench: %s\n", error.text);
        return 1;
    }
    FILE *file = fopen(paths[0], "r");
    if (!file) {
        fprintf(stderr, "maskbench: cannot open %s\n", paths[0]);
        return 1;
    }
    struct constraint_vocabulary *vocabulary = vocabulary_of(tokenizer, n_pad);
    bench.tokenizer = tokenizer;
    bench.vocabulary = vocabulary;
    bench.mask = mem_new(uint64_t, constraint_vocabulary_n_tokens(vocabulary) / 64 + 1);
    char *line = NULL;
    size_t capacity = 0;
    if (bench.tokens)
        dump_vocabulary(bench.tokens, vocabulary);
    while (getline(&line, &capacity, file) > 0) {
        struct json_tokener *tokener = json_tokener_new_ex(500);
        struct json_object *json = json_tokener_parse_ex(tokener, line, -1);
        struct json_object *name = NULL;
        json_object_object_get_ex(json, "name", &name);
        if (json && (!only || (name && !strcmp(json_object_get_string(name), only))))
            run_schema(&bench, json);
        json_object_put(json);
        json_tokener_free(tokener);
    }
    print_results(&bench);
    free(line);
    fclose(file);
    if (bench.tokens)
        fclose(bench.tokens);
    free(bench.mask);
    free(bench.masks.values);
    free(bench.compiles.values);
    constraint_vocabulary_close(vocabulary);
    tokenizer_close(tokenizer);
    gguf_close(gguf);
    return 0;
}
