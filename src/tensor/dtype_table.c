#include "tensor/dtype.h"

#include <assert.h>
#include <strings.h>

#include "base/memory.h"
#include "tensor/blocks.h"
#include "tensor/dequant.h"
#include "tensor/quant.h"

#define PLAIN(text, type, function)                                                                \
    {                                                                                              \
        text, 1, sizeof(type), dequantize_##function, quantize_##function                          \
    }
#define BLOCKS(text, n, function)                                                                  \
    {                                                                                              \
        text, n, sizeof(struct block_##function), dequantize_##function, quantize_##function       \
    }
#define READ_ONLY(text, n, function)                                                               \
    {                                                                                              \
        text, n, sizeof(struct block_##function), dequantize_##function, NULL                      \
    }

static const struct dtype_info dtypes[DTYPE_COUNT] = {
    [DTYPE_F32] = PLAIN("F32", float, f32),
    [DTYPE_F16] = PLAIN("F16", uint16_t, f16),
    [DTYPE_BF16] = PLAIN("BF16", uint16_t, bf16),
    [DTYPE_Q4_0] = BLOCKS("Q4_0", QK_LEGACY, q4_0),
    [DTYPE_Q4_1] = BLOCKS("Q4_1", QK_LEGACY, q4_1),
    [DTYPE_Q5_0] = BLOCKS("Q5_0", QK_LEGACY, q5_0),
    [DTYPE_Q5_1] = BLOCKS("Q5_1", QK_LEGACY, q5_1),
    [DTYPE_Q8_0] = BLOCKS("Q8_0", QK_LEGACY, q8_0),
    [DTYPE_IQ4_NL] = BLOCKS("IQ4_NL", QK_LEGACY, iq4_nl),
    [DTYPE_MXFP4] = BLOCKS("MXFP4", QK_LEGACY, mxfp4),
    [DTYPE_Q2_K] = BLOCKS("Q2_K", QK_SUPER, q2_k),
    [DTYPE_Q3_K] = BLOCKS("Q3_K", QK_SUPER, q3_k),
    [DTYPE_Q4_K] = BLOCKS("Q4_K", QK_SUPER, q4_k),
    [DTYPE_Q5_K] = BLOCKS("Q5_K", QK_SUPER, q5_k),
    [DTYPE_Q6_K] = BLOCKS("Q6_K", QK_SUPER, q6_k),
    [DTYPE_Q8_K] = BLOCKS("Q8_K", QK_SUPER, q8_k),
    [DTYPE_IQ4_XS] = BLOCKS("IQ4_XS", QK_SUPER, iq4_xs),
    [DTYPE_IQ2_XXS] = READ_ONLY("IQ2_XXS", QK_SUPER, iq2_xxs),
    [DTYPE_IQ2_XS] = READ_ONLY("IQ2_XS", QK_SUPER, iq2_xs),
    [DTYPE_IQ2_S] = READ_ONLY("IQ2_S", QK_SUPER, iq2_s),
    [DTYPE_IQ3_XXS] = READ_ONLY("IQ3_XXS", QK_SUPER, iq3_xxs),
    [DTYPE_IQ3_S] = READ_ONLY("IQ3_S", QK_SUPER, iq3_s),
    [DTYPE_IQ1_S] = READ_ONLY("IQ1_S", QK_SUPER, iq1_s),
    [DTYPE_IQ1_M] = READ_ONLY("IQ1_M", QK_SUPER, iq1_m),
};

// Formats we can only name, so that an error says more than a number.
static const struct {
    uint32_t id;
    const char *name;
} others[] = {
    {4, "Q4_2 (retired)"},
    {5, "Q4_3 (retired)"},
    {9, "Q8_1 (never in a file)"},
    {24, "I8"},
    {25, "I16"},
    {26, "I32"},
    {27, "I64"},
    {28, "F64"},
    {31, "Q4_0_4_4 (retired)"},
    {32, "Q4_0_4_8 (retired)"},
    {33, "Q4_0_8_8 (retired)"},
    {34, "TQ1_0"},
    {35, "TQ2_0"},
    {36, "IQ4_NL_4_4 (retired)"},
    {37, "IQ4_NL_4_8 (retired)"},
    {38, "IQ4_NL_8_8 (retired)"},
    {40, "NVFP4"},
    {41, "Q1_0"},
    {42, "Q2_0"},
    {133, "Q6_0 (ik_llama.cpp)"},
    {134, "IQ1_BN (ik_llama.cpp)"},
    {135, "IQ2_BN (ik_llama.cpp)"},
    {137, "IQ2_K (ik_llama.cpp)"},
    {138, "IQ3_K (ik_llama.cpp)"},
    {139, "IQ4_K (ik_llama.cpp)"},
    {140, "IQ5_K (ik_llama.cpp)"},
    {141, "IQ6_K (ik_llama.cpp)"},
    {144, "IQ4_KS (ik_llama.cpp)"},
    {145, "IQ2_KS (ik_llama.cpp)"},
    {146, "IQ4_KSS (ik_llama.cpp)"},
    {152, "IQ5_KS (ik_llama.cpp)"},
    {153, "IQ2_KT (ik_llama.cpp)"},
    {154, "IQ3_KT (ik_llama.cpp)"},
    {155, "IQ4_KT (ik_llama.cpp)"},
    {156, "IQ3_KS (ik_llama.cpp)"},
    {157, "IQ2_KL (ik_llama.cpp)"},
    {158, "IQ1_KT (ik_llama.cpp)"},
};

const struct dtype_info *dtype_find(uint32_t id)
{
    return id < DTYPE_COUNT && dtypes[id].name ? &dtypes[id] : NULL;
}

const struct dtype_info *dtype_get(enum dtype dtype)
{
    const struct dtype_info *info = dtype_find((uint32_t)dtype);
    assert(info);
    return info;
}

const char *dtype_name(uint32_t id)
{
    if (dtype_find(id))
        return dtypes[id].name;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (others[i].id == id)
            return others[i].name;
    return id >= 97 && id < 512 ? "a format of ik_llama.cpp" : "an unknown format";
}

int dtype_from_name(const char *name)
{
    for (int id = 0; id < DTYPE_COUNT; id++)
        if (dtypes[id].name && strcasecmp(dtypes[id].name, name) == 0)
            return id;
    return -1;
}
