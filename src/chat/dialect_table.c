#include "chat/dialect_table.h"
#include "base/memory.h"

#include <string.h>

// Markup that several rows share.  Spellings are those of the published chat templates.
#define CHATML_SYSTEM                                                                              \
    {                                                                                              \
        "<|im_start|>system\n", "<|im_end|>\n"                                                     \
    }
#define CHATML_USER                                                                                \
    {                                                                                              \
        "<|im_start|>user\n", "<|im_end|>\n"                                                       \
    }
#define CHATML_ASSISTANT                                                                           \
    {                                                                                              \
        "<|im_start|>assistant\n", "<|im_end|>\n"                                                  \
    }
#define CHATML_STOPS                                                                               \
    {                                                                                              \
        "<|im_end|>", "<|endoftext|>"                                                              \
    }

#define QWEN_RESULTS                                                                               \
    {                                                                                              \
        "<|im_start|>user", "<|im_end|>\n"                                                         \
    }
#define QWEN_RESULT                                                                                \
    {                                                                                              \
        "\n<tool_response>\n", "\n</tool_response>"                                                \
    }

#define THINK_TAGS                                                                                 \
    .think_open = "<think>", .think_close = "</think>",                                            \
    .thinking = {"<think>\n", "\n</think>\n\n"}, .thinking_off = "<think>\n\n</think>\n\n"

// A row of tool markup leaves no string NULL.
#define NO_PARAMETERS .parameter_prefix = "", .parameter_suffix = "", .value_suffix = ""
#define JSON_FIELDS   NO_PARAMETERS, .string_quote = ""

#define HERMES_TOOLS                                                                               \
    .form = TOOL_FORM_JSON, .list_open = "", .opener = "<tool_call>",                              \
    .name_prefix = "\n{\"name\": \"", .name_suffix = "\", \"arguments\": ", JSON_FIELDS,           \
    .arguments_suffix = "}\n", .closer = "</tool_call>", .separator = "\n",                        \
    .text_separator = "\n", .list_close = "", .name_key = "name", .arguments_key = "arguments"

#define XML_TOOLS                                                                                  \
    .form = TOOL_FORM_XML, .list_open = "", .opener = "<tool_call>",                               \
    .name_prefix = "\n<function=", .name_suffix = ">\n",                                           \
    .parameter_prefix = "<parameter=", .parameter_suffix = ">\n",                                  \
    .value_suffix = "\n</parameter>\n", .string_quote = "", .arguments_suffix = "</function>\n",   \
    .closer = "</tool_call>", .separator = "\n", .list_close = ""

#define LLAMA_TURN(role)                                                                           \
    {                                                                                              \
        "<|start_header_id|>" role "<|end_header_id|>\n\n", "<|eot_id|>"                           \
    }

// The order is the order of detection: a row comes before those whose marks it includes.
static const struct chat_dialect dialects[] = {
    {.name = "qwen3.5", // 3.5, 3.6 and 3.8; their templates differ in when old thinking stays
     .template_has = {"<function=", "<think>", "<|im_start|>"},
     .architectures = {"qwen35", "qwen35moe", "qwen3next"},
     .system = CHATML_SYSTEM,
     .user = CHATML_USER,
     .assistant = CHATML_ASSISTANT,
     .results = QWEN_RESULTS,
     .result = QWEN_RESULT,
     .thinking_on = "<think>\n",
     THINK_TAGS,
     .traits = DIALECT_TRIMS_CONTENT | DIALECT_PROMPT_OPENS_THINKING | DIALECT_KEEPS_OLD_THINKING,
     .tools = {XML_TOOLS, .text_separator = "\n\n"},
     .stops = CHATML_STOPS,
     .sampling = "qwen3.5"},
    {.name = "qwen3-coder",
     .template_has = {"<function=", "<|im_start|>"},
     .system = CHATML_SYSTEM,
     .user = CHATML_USER,
     .assistant = CHATML_ASSISTANT,
     .results = {"<|im_start|>user\n", "<|im_end|>\n"},
     .result = {"<tool_response>\n", "\n</tool_response>\n"},
     .tools = {XML_TOOLS, .text_separator = "\n\n"},
     .stops = CHATML_STOPS,
     .sampling = "qwen3-coder"},
    {.name = "qwen3",
     .template_has = {"\"arguments\": ", "<think>", "enable_thinking"},
     .template_lacks = {"<｜Assistant｜>", "assistant\\n<think>"},
     .architectures = {"qwen3", "qwen3moe"},
     .system = CHATML_SYSTEM,
     .user = CHATML_USER,
     .assistant = CHATML_ASSISTANT,
     .results = QWEN_RESULTS,
     .result = QWEN_RESULT,
     .thinking_on = "",
     THINK_TAGS,
     .traits = DIALECT_KEEPS_OLD_THINKING,
     .tools = {HERMES_TOOLS},
     .stops = CHATML_STOPS,
     .sampling = "qwen3"},
    {.name = "qwq",
     .template_has = {"\"arguments\": ", "<|im_start|>assistant\\n<think>"},
     .system = CHATML_SYSTEM,
     .user = CHATML_USER,
     .assistant = CHATML_ASSISTANT,
     .results = QWEN_RESULTS,
     .result = QWEN_RESULT,
     .thinking_on = "<think>\n",
     THINK_TAGS,
     .traits = DIALECT_PROMPT_OPENS_THINKING,
     .tools = {HERMES_TOOLS},
     .stops = CHATML_STOPS,
     .sampling = "qwq"},
    {.name = "qwen2.5",
     .template_has = {"\"arguments\": ", "<tool_call>", "<|im_start|>"},
     .architectures = {"qwen2", "qwen2moe"},
     .system = CHATML_SYSTEM,
     .user = CHATML_USER,
     .assistant = CHATML_ASSISTANT,
     .results = QWEN_RESULTS,
     .result = QWEN_RESULT,
     .tools = {HERMES_TOOLS},
     .stops = CHATML_STOPS,
     .sampling = "qwen2.5"},
    {.name = "deepseek-r1",
     .template_has = {"<｜Assistant｜>"},
     .user = {"<｜User｜>", ""},
     .assistant = {"<｜Assistant｜>", "<｜end▁of▁sentence｜>"},
     .results = {"<｜tool▁outputs▁begin｜>", "<｜tool▁outputs▁end｜>"},
     .result = {"<｜tool▁output▁begin｜>", "<｜tool▁output▁end｜>"},
     .result_separator = "\n",
     .thinking_on = "<think>\n",
     .thinking_off = "<think>\n</think>",
     .think_open = "<think>",
     .think_close = "</think>",
     .thinking = {"<think>\n", "\n</think>\n\n"},
     .traits = DIALECT_PROMPT_OPENS_THINKING | DIALECT_STARTS_WITH_BOS,
     .tools = {.form = TOOL_FORM_JSON,
               .list_open = "<｜tool▁calls▁begin｜>",
               .opener = "<｜tool▁call▁begin｜>",
               .name_prefix = "function<｜tool▁sep｜>",
               .name_suffix = "\n```json\n",
               JSON_FIELDS,
               .arguments_suffix = "\n```",
               .closer = "<｜tool▁call▁end｜>",
               .separator = "\n",
               .text_separator = "",
               .list_close = "<｜tool▁calls▁end｜>"},
     .stops = {"<｜end▁of▁sentence｜>"},
     .sampling = "deepseek-r1"},
    {.name = "llama3",
     .template_has = {"<|start_header_id|>"},
     .architectures = {"llama"},
     .system = LLAMA_TURN("system"),
     .user = LLAMA_TURN("user"),
     .assistant = LLAMA_TURN("assistant"),
     .results = {"", ""},
     .result = LLAMA_TURN("ipython"),
     .traits = DIALECT_TRIMS_CONTENT | DIALECT_BARE_JSON_CALLS | DIALECT_STARTS_WITH_BOS,
     .tools = {.form = TOOL_FORM_JSON,
               .list_open = "",
               .opener = "",
               .name_prefix = "{\"name\": \"",
               .name_suffix = "\", \"parameters\": ",
               JSON_FIELDS,
               .arguments_suffix = "}",
               .closer = "",
               .separator = "; ",
               .text_separator = "\n",
               .list_close = "",
               .name_key = "name",
               .arguments_key = "parameters"},
     .stops = {"<|eot_id|>", "<|eom_id|>", "<|end_of_text|>"},
     .sampling = "llama3"},
    {.name = "mistral",
     .template_has = {"[INST]"},
     .architectures = {"mistral", "mistral3"},
     .user = {"[INST]", "[/INST]"},
     .assistant = {"", "</s>"},
     .results = {"", ""},
     .result = {"[TOOL_RESULTS]", "[/TOOL_RESULTS]"},
     .traits = DIALECT_ALTERNATES | DIALECT_STARTS_WITH_BOS,
     .tools = {.form = TOOL_FORM_JSON,
               .list_open = "",
               .opener = "[TOOL_CALLS]",
               .name_prefix = "",
               .name_suffix = "[ARGS]",
               JSON_FIELDS,
               .arguments_suffix = "",
               .closer = "",
               .separator = "",
               .text_separator = "",
               .list_close = ""},
     .stops = {"</s>"},
     .sampling = "mistral"},
    {.name = "gemma4",
     .template_has = {"<|turn>", "<|tool_call>"},
     .architectures = {"gemma4"},
     .system = {"<|turn>system\n", "<turn|>\n"},
     .user = {"<|turn>user\n", "<turn|>\n"},
     .assistant = {"<|turn>model\n", "<turn|>\n"},
     .results = {"", ""},
     .result = {"<|tool_response>", "<tool_response|>"},
     .think_open = "<|channel>thought\n",
     .think_close = "<channel|>",
     .thinking_on = "",
     .thinking_off = "<|channel>thought\n<channel|>",
     .thinking = {"<|channel>thought\n", "\n<channel|>"},
     .traits = DIALECT_TRIMS_CONTENT | DIALECT_RESULTS_IN_TURN | DIALECT_STARTS_WITH_BOS,
     .tools = {.form = TOOL_FORM_BRACES,
               .list_open = "",
               .opener = "<|tool_call>",
               .name_prefix = "call:",
               .name_suffix = "",
               NO_PARAMETERS,
               .string_quote = "<|\"|>",
               .arguments_suffix = "",
               .closer = "<tool_call|>",
               .separator = "",
               .text_separator = "",
               .list_close = ""},
     .stops = {"<turn|>", "<|tool_response>", "<eos>"},
     .sampling = "gemma4"},
    {.name = "gemma3", // also Gemma 2; neither was given a way to call tools, so ours is Hermes'
     .template_has = {"<start_of_turn>"},
     .architectures = {"gemma3", "gemma2", "gemma"},
     .user = {"<start_of_turn>user\n", "<end_of_turn>\n"},
     .assistant = {"<start_of_turn>model\n", "<end_of_turn>\n"},
     .results = {"<start_of_turn>user", "<end_of_turn>\n"},
     .result = QWEN_RESULT,
     .traits = DIALECT_TRIMS_CONTENT | DIALECT_ALTERNATES | DIALECT_STARTS_WITH_BOS,
     .tools = {HERMES_TOOLS},
     .stops = {"<end_of_turn>", "<eos>"},
     .sampling = "gemma3"},
    {.name = "chatml", // last: what any other file gets
     .system = CHATML_SYSTEM,
     .user = CHATML_USER,
     .assistant = CHATML_ASSISTANT,
     .results = QWEN_RESULTS,
     .result = QWEN_RESULT,
     .tools = {HERMES_TOOLS},
     .stops = {"<|im_end|>", "<|endoftext|>", "</s>", "<|end|>", "<|eot_id|>"},
     .sampling = "default"},
};

static bool text_has(struct str text, const char *needle)
{
    return str_find(text, str_of(needle), 0) != STR_NONE;
}

static bool template_matches(const struct chat_dialect *row, struct str chat_template)
{
    if (!row->template_has[0])
        return false;
    for (size_t i = 0; i < COUNT_OF(row->template_has) && row->template_has[i]; i++)
        if (!text_has(chat_template, row->template_has[i]))
            return false;
    for (size_t i = 0; i < COUNT_OF(row->template_lacks) && row->template_lacks[i]; i++)
        if (text_has(chat_template, row->template_lacks[i]))
            return false;
    return true;
}

static bool architecture_matches(const struct chat_dialect *row, struct str architecture)
{
    for (size_t i = 0; i < COUNT_OF(row->architectures) && row->architectures[i]; i++)
        if (str_is(architecture, row->architectures[i]))
            return true;
    return false;
}

const struct chat_dialect *dialect_detect(struct str chat_template, struct str architecture)
{
    for (size_t i = 0; i < COUNT_OF(dialects); i++)
        if (template_matches(&dialects[i], chat_template))
            return &dialects[i];
    for (size_t i = 0; i < COUNT_OF(dialects) && !chat_template.size; i++)
        if (architecture_matches(&dialects[i], architecture))
            return &dialects[i];
    return &dialects[COUNT_OF(dialects) - 1];
}

const struct chat_dialect *dialect_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(dialects); i++)
        if (strcmp(dialects[i].name, name) == 0)
            return &dialects[i];
    return NULL;
}

const struct chat_dialect *dialect_at(size_t i)
{
    return i < COUNT_OF(dialects) ? &dialects[i] : NULL;
}
