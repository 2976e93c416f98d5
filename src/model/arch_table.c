#include "model/arch_table.h"
#include "base/memory.h"

static const struct arch archs[] = {
    {
        .name = "llama",
        .traits = ARCH_OPTIONAL_BIAS | ARCH_MAYBE_MOE,
        .rope_interleaved = true,
        .ffn_norm = "ffn_norm",
    },
    {
        .name = "qwen2",
        .traits = ARCH_QKV_BIAS,
        .ffn_norm = "ffn_norm",
    },
    {
        .name = "qwen3",
        .traits = ARCH_QK_NORM,
        .ffn_norm = "ffn_norm",
    },
    {
        .name = "qwen3moe",
        .traits = ARCH_QK_NORM | ARCH_MOE,
        .ffn_norm = "ffn_norm",
    },
    {
        .name = "qwen35",
        .traits = ARCH_QK_NORM | ARCH_HYBRID,
        .ffn_norm = "post_attention_norm",
    },
    {
        .name = "qwen35moe",
        .traits = ARCH_QK_NORM | ARCH_HYBRID | ARCH_MOE | ARCH_SHARED_EXPERT,
        .ffn_norm = "post_attention_norm",
    },
    {
        .name = "gemma3",
        .traits = ARCH_QK_NORM | ARCH_POST_NORM | ARCH_SCALED_EMBEDDING | ARCH_SLIDING,
        .activation = ACT_GELU_TANH,
        .ffn_norm = "ffn_norm",
    },
};

const struct arch *arch_find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(archs); i++)
        if (str_is(name, archs[i].name))
            return &archs[i];
    return NULL;
}

const struct arch *arch_at(unsigned i)
{
    return i < COUNT_OF(archs) ? &archs[i] : NULL;
}
