#include "sample/family_defaults.h"

#include <string.h>

#include "base/memory.h"

struct values {
    float temperature;
    uint32_t top_k;
    float top_p, min_p, repeat_penalty;
};

struct family {
    const char *name;
    struct values thinking, plain;
};

// clang-format off
static const struct family families[] = {
    // llama.cpp's own defaults, but for a temperature of 0.8.
    {"default",     {0.7f, 40, 0.95f, 0.05f, 1},     {0.7f, 40, 0.95f, 0.05f, 1}},
    // Cards of Qwen3.5 and 3.6: "precise coding tasks" (general ones: temperature 1).  Without
    // thinking they add a presence penalty of 1.5, which is left out: code repeats its names.
    {"qwen3.5",     {0.6f, 20, 0.95f, 0, 1},         {0.7f, 20, 0.8f, 0, 1}},
    {"qwen3",       {0.6f, 20, 0.95f, 0, 1},         {0.7f, 20, 0.8f, 0, 1}},
    {"qwen3-coder", {0.7f, 20, 0.8f, 0, 1.05f},      {0.7f, 20, 0.8f, 0, 1.05f}},
    {"qwq",         {0.6f, 40, 0.95f, 0, 1},         {0.6f, 40, 0.95f, 0, 1}},
    {"qwen2.5",     {0.7f, 20, 0.8f, 0, 1.05f},      {0.7f, 20, 0.8f, 0, 1.05f}},
    // Card of DeepSeek-R1: 0.5 to 0.7, recommending 0.6, against endless repetition.
    {"deepseek-r1", {0.6f, 0, 0.95f, 0, 1},          {0.6f, 0, 0.95f, 0, 1}},
    // generation_config.json of Llama 3.1 to 3.3.
    {"llama3",      {0.6f, 0, 0.9f, 0, 1},           {0.6f, 0, 0.9f, 0, 1}},
    // Cards of Mistral Small 3.x and Devstral.
    {"mistral",     {0.15f, 0, 1, 0, 1},             {0.15f, 0, 1, 0, 1}},
    // generation_config.json of Gemma 3 and 4.
    {"gemma3",      {1, 64, 0.95f, 0, 1},            {1, 64, 0.95f, 0, 1}},
    {"gemma4",      {1, 64, 0.95f, 0, 1},            {1, 64, 0.95f, 0, 1}},
};
// clang-format on

static void read_float(const struct gguf *gguf, const char *key, float least, float most,
                       float *out)
{
    float value;
    if (gguf_get_f32(gguf, key, &value) && value >= least && value <= most)
        *out = value;
}

static void read_count(const struct gguf *gguf, const char *key, uint32_t most, uint32_t *out)
{
    uint32_t value;
    if (gguf_get_u32(gguf, key, &value) && value <= most)
        *out = value;
}

void sampling_defaults(struct sampling *out, const char *family, bool thinks,
                       const struct gguf *gguf)
{
    const struct family *row = &families[0];
    for (size_t i = 0; i < COUNT_OF(families); i++)
        if (family && strcmp(families[i].name, family) == 0)
            row = &families[i];
    const struct values *values = thinks ? &row->thinking : &row->plain;
    *out = (struct sampling){
        .temperature = values->temperature,
        .top_k = values->top_k,
        .top_p = values->top_p,
        .min_p = values->min_p,
        .repeat_penalty = values->repeat_penalty,
        .detects_loops = true,
    };
    if (!gguf)
        return;
    // What makes no sense in a file is as if it were not there.
    read_float(gguf, "general.sampling.temp", 0, 100, &out->temperature);
    read_float(gguf, "general.sampling.top_p", 0, 1, &out->top_p);
    read_float(gguf, "general.sampling.min_p", 0, 1, &out->min_p);
    read_float(gguf, "general.sampling.penalty_repeat", 0, 100, &out->repeat_penalty);
    read_count(gguf, "general.sampling.top_k", INT32_MAX, &out->top_k);
    read_count(gguf, "general.sampling.penalty_last_n", SAMPLING_LAST_N_MAX, &out->penalty_last_n);
}
