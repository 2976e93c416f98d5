// Published vocabularies against the ids their own tokenizers give.
#include <json-c/json.h>

#include "base/buf.h"
#include "base/memory.h"
#include "tests/test.h"
#include "tests/text/small_vocab.h"

static const char *const vocabularies[][2] = {
    // vocabulary file                cases
    {"gpt-2", "gpt-2"},
    {"falcon", "falcon"},
    {"starcoder", "starcoder"},
    {"mpt", "mpt"},
    {"deepseek-llm", "deepseek-llm"},
    {"deepseek-coder", "deepseek-coder"},
    {"qwen2-built", "qwen2"},
    {"llama-bpe-built", "llama-bpe"},
    {"llama-spm", "llama-spm"},
};

struct loaded {
    struct gguf *gguf;
    struct tokenizer *tokenizer;
};

static struct loaded load(const char *folder, const char *name)
{
    char path[4096];
    struct loaded loaded = {0};
    struct error error = {0};
    struct gguf_options options = {.mode = GGUF_HEADER_ONLY};
    snprintf(path, sizeof path, "%s/data/vocab/ggml-vocab-%s.gguf", folder, name);
    if (gguf_open(&loaded.gguf, path, &options, &error) ||
        tokenizer_open(&loaded.tokenizer, loaded.gguf, &error))
        fail_msg("%s: %s", path, error.text);
    return loaded;
}

static void unload(struct loaded *loaded)
{
    tokenizer_close(loaded->tokenizer);
    gguf_close(loaded->gguf);
}

static void print_ids(const char *label, const token_id *ids, size_t n_ids)
{
    print_error("%s:", label);
    for (size_t i = 0; i < n_ids; i++)
        print_error(" %d", ids[i]);
    print_error("\n");
}

static size_t n_differing(const char *name, size_t i_case, struct str text,
                          const struct token_list *got, const struct token_list *want)
{
    if (got->n_ids == want->n_ids &&
        (got->n_ids == 0 || memcmp(got->ids, want->ids, got->n_ids * sizeof *got->ids) == 0))
        return 0;
    print_error("%s case %zu: \"%.*s\"\n", name, i_case, (int)text.size, text.data);
    print_ids("got ", got->ids, got->n_ids);
    print_ids("want", want->ids, want->n_ids);
    return 1;
}

// One line of ids, separated by spaces; returns what follows it.
static const char *parse_ids(const char *line, struct token_list *out)
{
    while (*line && *line != '\n') {
        char *end;
        long id = strtol(line, &end, 10);
        if (end == line) {
            line++;
            continue;
        }
        token_list_append(out, (token_id)id);
        line = end;
    }
    return *line ? line + 1 : line;
}

static size_t run_cases(const char *folder, const char *file, const char *cases,
                        const struct tokenizer *tokenizer)
{
    static const char separator[] = "\n__ggml_vocab_test__\n";
    char path[4096];
    size_t size, n_bad = 0, n_cases = 0;
    snprintf(path, sizeof path, "%s/data/vocab/ggml-vocab-%s.gguf.inp", folder, cases);
    char *inputs = test_read_file(path, &size), *at = inputs;
    snprintf(path, sizeof path, "%s/data/vocab/ggml-vocab-%s.gguf.out", folder, cases);
    char *outputs = test_read_file(path, NULL);
    for (const char *line = outputs; *line;) {
        char *end = strstr(at, separator);
        struct str text = {at, end ? (size_t)(end - at) : strlen(at)};
        struct token_list got = {0}, want = {0};
        line = parse_ids(line, &want);
        tokenizer_encode(tokenizer, &got, text, false);
        n_bad += n_differing(file, n_cases++, text, &got, &want);
        struct buf back = text_of(tokenizer, got.ids, got.n_ids, false);
        if (!str_equal((struct str){back.data, back.size}, text)) {
            print_error("%s case %zu comes back as \"%s\"\n", file, n_cases - 1, back.data);
            n_bad++;
        }
        buf_release(&back);
        token_list_release(&got);
        token_list_release(&want);
        at = end ? end + sizeof separator - 1 : inputs + size;
    }
    free(inputs);
    free(outputs);
    assert_true(n_cases >= 40);
    return n_bad;
}

TEST(tokenizer, gives_the_published_ids_for_every_vocabulary)
{
    NEED_DATA(folder);
    size_t n_bad = 0;
    for (size_t i = 0; i < COUNT_OF(vocabularies); i++) {
        struct loaded loaded = load(folder, vocabularies[i][0]);
        n_bad += run_cases(folder, vocabularies[i][0], vocabularies[i][1], loaded.tokenizer);
        unload(&loaded);
    }
    assert_int_equal(n_bad, 0);
}

// ---- cases from Hugging Face's tokenizers ----

static size_t run_json_cases(const struct tokenizer *tokenizer, const char *name,
                             struct json_object *cases)
{
    size_t n_bad = 0;
    for (size_t i = 0; i < json_object_array_length(cases); i++) {
        struct json_object *one = json_object_array_get_idx(cases, i);
        struct json_object *text = json_object_object_get(one, "text");
        struct json_object *ids = json_object_object_get(one, "ids");
        struct token_list got = {0}, want = {0};
        for (size_t k = 0; k < json_object_array_length(ids); k++)
            token_list_append(&want,
                              (token_id)json_object_get_int(json_object_array_get_idx(ids, k)));
        if (want.n_ids && want.ids[0] == tokenizer_bos(tokenizer) && tokenizer_adds_bos(tokenizer))
            token_list_append(&got, tokenizer_bos(tokenizer));
        struct str bytes = {json_object_get_string(text), (size_t)json_object_get_string_len(text)};
        tokenizer_encode(tokenizer, &got, bytes, true);
        n_bad += n_differing(name, i, bytes, &got, &want);
        token_list_release(&got);
        token_list_release(&want);
    }
    return n_bad;
}

TEST(tokenizer, agrees_with_hugging_face)
{
    static const char *const names[][2] = {{"gpt2", "gpt-2"},
                                           {"llama2", "llama-spm"},
                                           {"llama3.2", "llama-bpe-built"},
                                           {"falcon", "falcon"}};
    NEED_DATA(folder);
    char path[4096];
    size_t n_bad = 0;
    snprintf(path, sizeof path, "%s/data/tokenizers/hf-cases.json", folder);
    struct json_object *all = json_object_from_file(path);
    assert_non_null(all);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct loaded loaded = load(folder, names[i][1]);
        n_bad +=
            run_json_cases(loaded.tokenizer, names[i][0], json_object_object_get(all, names[i][0]));
        unload(&loaded);
    }
    json_object_put(all);
    assert_int_equal(n_bad, 0);
}

TEST(tokenizer, knows_what_is_special_in_qwen)
{
    NEED_DATA(folder);
    struct loaded loaded = load(folder, "qwen2-built");
    const struct tokenizer *t = loaded.tokenizer;
    assert_int_equal(tokenizer_find(t, STR("<|im_start|>")), 151644);
    assert_true(tokenizer_is_end(t, 151645) && tokenizer_is_end(t, 151643));
    assert_false(tokenizer_is_end(t, 151644));
    assert_true(tokenizer_is_samplable(t, 151668) && !tokenizer_is_samplable(t, 151700));
    assert_false(tokenizer_adds_bos(t));
    struct token_list text = {0}, markup = {0};
    tokenizer_encode(t, &text, STR("<|im_start|>user"), false);
    tokenizer_encode(t, &markup, STR("<|im_start|>user"), true);
    assert_int_equal(markup.n_ids, 2);
    assert_int_equal(markup.ids[0], 151644);
    for (size_t i = 0; i < text.n_ids; i++)
        assert_true(text.ids[i] < 151643);
    token_list_release(&text);
    token_list_release(&markup);
    unload(&loaded);
}

RUN_TESTS(IS(tokenizer, gives_the_published_ids_for_every_vocabulary),
          IS(tokenizer, agrees_with_hugging_face), IS(tokenizer, knows_what_is_special_in_qwen))
