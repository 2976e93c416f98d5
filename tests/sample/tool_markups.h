// tool_markups.h - three written forms of tool calls that several tests share.
#ifndef HEARTH_TESTS_SAMPLE_TOOL_MARKUPS_H
#define HEARTH_TESTS_SAMPLE_TOOL_MARKUPS_H

#include "sample/tool_markup.h"

static const struct tool_markup xml = {.form = TOOL_FORM_XML,
                                       .list_open = "",
                                       .opener = "<tool_call>",
                                       .name_prefix = "\n<function=",
                                       .name_suffix = ">\n",
                                       .parameter_prefix = "<parameter=",
                                       .parameter_suffix = ">\n",
                                       .value_suffix = "\n</parameter>\n",
                                       .string_quote = "",
                                       .arguments_suffix = "</function>\n",
                                       .closer = "</tool_call>",
                                       .separator = "\n",
                                       .text_separator = "\n\n",
                                       .list_close = ""};
static const struct tool_markup hermes = {.form = TOOL_FORM_JSON,
                                          .list_open = "",
                                          .opener = "<tool_call>",
                                          .name_prefix = "\n{\"name\": \"",
                                          .name_suffix = "\", \"arguments\": ",
                                          .parameter_prefix = "",
                                          .parameter_suffix = "",
                                          .value_suffix = "",
                                          .string_quote = "",
                                          .arguments_suffix = "}\n",
                                          .closer = "</tool_call>",
                                          .separator = "\n",
                                          .text_separator = "\n",
                                          .list_close = "",
                                          .name_key = "name",
                                          .arguments_key = "arguments"};
static const struct tool_markup braces = {.form = TOOL_FORM_BRACES,
                                          .list_open = "",
                                          .opener = "<|tool_call>",
                                          .name_prefix = "call:",
                                          .name_suffix = "",
                                          .parameter_prefix = "",
                                          .parameter_suffix = "",
                                          .value_suffix = "",
                                          .string_quote = "<|\"|>",
                                          .arguments_suffix = "",
                                          .closer = "<tool_call|>",
                                          .separator = "",
                                          .text_separator = "",
                                          .list_close = ""};

#endif
