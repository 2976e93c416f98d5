#include "model/synthetic.h"

#include <math.h>

#include "base/memory.h"
#include "tensor/dtype.h"
#include "tensor/gguf_read.h"
#include "text/tokenizer.h"
#include "tests/support/folder.h"
#include "tests/test.h"

#define UNUSED (void)state

static struct gguf *make(void **bytes, const char *name, const struct synthetic_options *options)
{
    struct gguf *gguf = NULL;
    struct error error = {0};
    size_t size;
    if (synthetic_make(bytes, &size, name, options, &error) ||
        gguf_open_memory(&gguf, *bytes, size, name, &error))
        fail_msg("%s", error.text);
    return gguf;
}

// How many tensors published files have, and how large some are.
TEST(synthetic, has_the_tensors_of_published_models)
{
    UNUSED;
    static const struct {
        const char *name;
        struct synthetic_options options;
        size_t n_tensors;
        double size; // of the file; 0: not known
    } cases[] = {
        {"qwen3.6-35b-a3b", {.recipe = "UD-Q4_K_M"}, 733, 22134528992.0},
        {"qwen3.6-35b-a3b", {.mtp = true}, 753, 0},
        {"qwen3.6-27b", {0}, 851, 0},
        {"qwen3.6-27b", {.mtp = true}, 866, 0},
        {"qwen3-coder-30b-a3b", {0}, 579, 0},
        {"qwen2.5-7b", {0}, 339, 0},
        {"r1-distill-qwen-32b", {0}, 771, 0},
        {"llama-3.1-8b",
         {.rope_scaling = "llama3", .rope_factor = 8, .rope_context = 8192},
         292,
         4920739232.0},
        {"gemma-3-27b", {0}, 808, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t size;
        size_t n_tensors;
        assert_int_equal(
            synthetic_measure(&size, &n_tensors, cases[i].name, &cases[i].options, NULL), OK);
        if (n_tensors != cases[i].n_tensors ||
            (cases[i].size > 0 && fabs((double)size / cases[i].size - 1) > 0.01))
            fail_msg("%s: %zu tensors, %llu bytes", cases[i].name, n_tensors,
                     (unsigned long long)size);
    }
}

TEST(synthetic, every_tiny_shape_opens_with_finite_weights)
{
    UNUSED;
    static const char *const recipes[] = {"Q4_K_M", "UD-Q4_K_M", "F32", "IQ2_XS", "MXFP4"};
    size_t n_shapes = 0;
    for (size_t i = 0; synthetic_name_at(i); i++)
        for (size_t r = 0; r < COUNT_OF(recipes); r++) {
            const char *name = synthetic_name_at(i);
            if (strncmp(name, "tiny-", 5) != 0)
                continue;
            struct synthetic_options options = {.recipe = recipes[r], .n_vocab = 512};
            void *bytes;
            struct gguf *gguf = make(&bytes, name, &options);
            for (size_t t = 0; t < gguf_n_tensors(gguf); t++) {
                const struct gguf_tensor *tensor = gguf_tensor_at(gguf, t);
                const struct dtype_info *info = dtype_get((enum dtype)tensor->dtype);
                float values[256];
                size_t n = info->block_elements == 1 ? 1 : info->block_elements;
                info->dequantize(values, tensor->data, n);
                for (size_t k = 0; k < n; k++)
                    assert_true(isfinite(values[k]));
            }
            gguf_close(gguf);
            free(bytes);
            n_shapes++;
        }
    assert_int_equal(n_shapes, 7 * COUNT_OF(recipes));
}

TEST(synthetic, recipes_choose_types)
{
    UNUSED;
    void *bytes;
    struct synthetic_options options = {.n_layers = 8, .n_vocab = 512};
    struct gguf *gguf = make(&bytes, "tiny-qwen35moe", &options);
    static const struct {
        const char *tensor;
        enum dtype dtype;
    } expected[] = {
        {"token_embd.weight", DTYPE_Q4_K},          {"output.weight", DTYPE_Q6_K},
        {"blk.0.ffn_gate_inp.weight", DTYPE_F32},   {"blk.0.ffn_up_exps.weight", DTYPE_Q4_K},
        {"blk.3.attn_v.weight", DTYPE_Q6_K},        {"blk.1.ffn_down_exps.weight", DTYPE_Q4_K},
        {"blk.0.ffn_down_exps.weight", DTYPE_Q6_K}, {"blk.0.ssm_conv1d.weight", DTYPE_F32},
        {"blk.0.ssm_alpha.weight", DTYPE_Q8_0},     {"blk.0.attn_norm.weight", DTYPE_F32},
    };
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        const struct gguf_tensor *tensor = gguf_find_tensor(gguf, expected[i].tensor);
        if (!tensor || tensor->dtype != expected[i].dtype)
            fail_msg("%s: %s", expected[i].tensor, tensor ? dtype_name(tensor->dtype) : "absent");
    }
    gguf_close(gguf);
    free(bytes);
}

TEST(synthetic, seeds_make_different_weights_of_one_shape)
{
    UNUSED;
    void *bytes[3];
    size_t size[3];
    for (int i = 0; i < 3; i++) {
        struct synthetic_options options = {.recipe = "Q8_0", .seed = i == 2, .n_vocab = 512};
        assert_int_equal(synthetic_make(&bytes[i], &size[i], "tiny-llama", &options, NULL), OK);
    }
    assert_int_equal(size[0], size[2]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    assert_memory_not_equal(bytes[0], bytes[2], size[0]);
    for (int i = 0; i < 3; i++)
        free(bytes[i]);
}

TEST(synthetic, a_written_file_is_what_is_made_in_memory)
{
    UNUSED;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_file(&folder, "model.gguf");
    static const char *const recipes[] = {"Q4_K_M", "F16"};
    for (size_t r = 0; r < COUNT_OF(recipes); r++) {
        struct synthetic_options options = {.recipe = recipes[r], .seed = 3, .mtp = true};
        void *bytes;
        size_t size, written;
        assert_int_equal(synthetic_make(&bytes, &size, "tiny-qwen35", &options, NULL), OK);
        assert_int_equal(synthetic_write(path, "tiny-qwen35", &options, NULL), OK);
        char *file = test_read_file(path, &written);
        assert_int_equal(written, size);
        assert_memory_equal(file, bytes, size);
        free(file);
        free(bytes);
    }
    folder_remove(&folder);
}

TEST(synthetic, its_vocabulary_spells_any_text)
{
    UNUSED;
    for (size_t i = 0; synthetic_name_at(i); i++) {
        const char *name = synthetic_name_at(i);
        if (strncmp(name, "tiny-", 5) != 0)
            continue;
        void *bytes;
        struct gguf *gguf = make(&bytes, name, &(struct synthetic_options){.recipe = "Q8_0"});
        struct tokenizer *tokenizer;
        struct error error = {0};
        if (tokenizer_open(&tokenizer, gguf, &error))
            fail_msg("%s: %s", name, error.text);
        struct str text = STR("the cat, \xc3\xa9t\xc3\xa9 \xff\n 12");
        struct token_list ids = {0};
        char back[64];
        size_t size = 0;
        tokenizer_encode(tokenizer, &ids, text, false);
        for (size_t k = 0; k < ids.n_ids; k++) {
            struct str piece = tokenizer_bytes(tokenizer, ids.ids[k]);
            memcpy(back + size, piece.data, piece.size);
            size += piece.size;
        }
        assert_true(str_equal(text, (struct str){back, size}));
        assert_true(ids.n_ids < text.size);
        assert_int_equal(tokenizer_find(tokenizer, STR("<|im_end|>")), tokenizer_eos(tokenizer));
        token_list_release(&ids);
        tokenizer_close(tokenizer);
        gguf_close(gguf);
        free(bytes);
    }
}

TEST(synthetic, refuses_what_it_does_not_know)
{
    UNUSED;
    void *bytes;
    size_t size;
    struct error error = {0};
    assert_int_equal(synthetic_make(&bytes, &size, "gpt-5", NULL, &error), ERR_NOT_FOUND);
    assert_non_null(strstr(error.text, "gpt-5"));
    struct synthetic_options bad[] = {
        {.recipe = "Q7_K_M"}, {.recipe = "Q8_K"}, {.n_vocab = 100}, {.mtp = true}};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(synthetic_make(&bytes, &size, "tiny-llama", &bad[i], &error),
                         ERR_ARGUMENT);
        assert_null(bytes);
    }
}

RUN_TESTS(IS(synthetic, has_the_tensors_of_published_models),
          IS(synthetic, every_tiny_shape_opens_with_finite_weights),
          IS(synthetic, recipes_choose_types),
          IS(synthetic, seeds_make_different_weights_of_one_shape),
          IS(synthetic, a_written_file_is_what_is_made_in_memory),
          IS(synthetic, its_vocabulary_spells_any_text),
          IS(synthetic, refuses_what_it_does_not_know))
