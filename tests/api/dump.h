// dump.h - a neutral request as lines of text, for expected files.
#ifndef HEARTH_TESTS_API_DUMP_H
#define HEARTH_TESTS_API_DUMP_H

#include <math.h>

#include "api/dialect.h"
#include "api/fields.h"

static inline void dump_content(struct buf *out, const struct content *content, int depth)
{
    static const char *const words[] = {"text", "thinking", "call", "result", "media"};
    buf_printf(out, "%*s%s", depth * 2, "", words[content->kind]);
    if (content->id.size)
        json_print(out, " id=%S", content->id);
    if (content->name.size)
        json_print(out, " name=%S", content->name);
    if (content->text.size)
        json_print(out, " %S", content->text);
    if (content->arguments)
        json_print(out, " %o", content->arguments);
    buf_append_text(out, content->is_error ? " error\n" : "\n");
    for (size_t i = 0; i < content->n_items; i++)
        dump_content(out, &content->items[i], depth + 1);
}

static inline void dump_wishes(struct buf *out, const struct api_request *request)
{
    static const char *const choices[] = {"auto", "none", "required", "named"};
    static const char *const modes[] = {"default", "off", "on"};
    static const char *const forms[] = {"free", "json", "schema"};
    const struct conversation *c = &request->conversation;
    json_print(out, "model=%S stream=%b", request->model, request->is_stream);
    if (request->max_tokens != FIELD_UNSET)
        json_print(out, " max_tokens=%l", (long long)request->max_tokens);
    if (!isnan(request->sampling.temperature))
        json_print(out, " temperature=%f", request->sampling.temperature);
    if (request->sampling.top_k != FIELD_UNSET)
        json_print(out, " top_k=%l", (long long)request->sampling.top_k);
    if (request->sampling.seed != FIELD_UNSET)
        json_print(out, " seed=%l", (long long)request->sampling.seed);
    if (request->wants_logprobs)
        json_print(out, " logprobs=%l", (long long)request->n_top);
    buf_printf(out, "\ntool_choice=%s", choices[c->tool_choice.kind]);
    if (c->tool_choice.name.size)
        json_print(out, " %S", c->tool_choice.name);
    buf_printf(out, "%s\nthinking=%s", c->tool_choice.is_single ? " single" : "",
               modes[c->thinking.mode]);
    if (c->thinking.n_tokens_max)
        buf_printf(out, " budget=%zu", c->thinking.n_tokens_max);
    if (c->thinking.effort.size)
        json_print(out, " effort=%S", c->thinking.effort);
    buf_printf(out, "\nanswer=%s", forms[c->answer.form]);
    if (c->answer.schema)
        json_print(out, " %o", c->answer.schema);
    buf_append_text(out, "\n");
    for (size_t i = 0; i < c->n_stop_sequences; i++)
        json_print(out, "stop %S\n", c->stop_sequences[i]);
}

static inline void dump_request(struct buf *out, const struct api_request *request)
{
    static const char *const roles[] = {"system", "user", "assistant", "tool"};
    const struct conversation *c = &request->conversation;
    dump_wishes(out, request);
    for (size_t i = 0; i < c->n_tools; i++) {
        json_print(out, "tool %S %S %o%J\n", c->tools[i].name, c->tools[i].description,
                   c->tools[i].schema, c->tools[i].is_deferred ? STR(" deferred") : STR(""));
        const struct tool_alias *alias = api_request_alias(request, c->tools[i].name);
        if (alias)
            json_print(out, "  is %S of %S freeform=%b\n", alias->client_name,
                       alias->client_namespace, alias->is_freeform);
    }
    for (size_t i = 0; i < request->n_prompts; i++) {
        json_print(out, "prompt %S", request->prompts[i].text);
        for (size_t j = 0; j < request->prompts[i].n_ids; j++)
            buf_printf(out, " %d", request->prompts[i].ids[j]);
        buf_append_text(out, "\n");
    }
    for (size_t i = 0; i < c->n_messages; i++) {
        buf_printf(out, "%s\n", roles[c->messages[i].role]);
        for (size_t j = 0; j < c->messages[i].n_items; j++)
            dump_content(out, &c->messages[i].items[j], 1);
    }
}

#endif
