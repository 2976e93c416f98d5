// From a request's tools and answer form to a constraint.
#include <stdlib.h>

#include "base/memory.h"
#include "sample/tool_constraint.h"
#include "server/host_state.h"

static struct constraint *tools_constraint(struct host *host, const struct conversation *c,
                                           const struct constraint_options *options)
{
    static const enum constraint_choice choices[] = {
        [TOOL_CHOICE_AUTO] = CONSTRAINT_CHOICE_AUTO,
        [TOOL_CHOICE_NONE] = CONSTRAINT_CHOICE_NONE,
        [TOOL_CHOICE_REQUIRED] = CONSTRAINT_CHOICE_ANY,
        [TOOL_CHOICE_NAMED] = CONSTRAINT_CHOICE_NAMED,
    };
    struct constraint_tool *tools = mem_new(struct constraint_tool, c->n_tools);
    for (size_t i = 0; i < c->n_tools; i++)
        tools[i] = (struct constraint_tool){c->tools[i].name, c->tools[i].schema};
    struct tool_constraint_options tool_options = {
        .choice = choices[c->tool_choice.kind],
        .named = c->tool_choice.name,
        .disable_parallel = c->tool_choice.is_single,
        .base = *options,
    };
    struct constraint *constraint = constraint_open_tools(
        host->vocabulary, chat_model_tools(host->chat), tools, c->n_tools, &tool_options);
    free(tools);
    return constraint;
}

// llama-server's `grammar`.  One that makes no sense is told in the log and constrains nothing.
static struct constraint *grammar_constraint(struct host *host, struct str grammar,
                                             const struct constraint_options *options)
{
    struct constraint *constraint = NULL;
    struct error error;
    if (constraint_open_gbnf(&constraint, host->vocabulary, grammar, options, &error))
        host_say(host, "grammar: %s", error.text);
    return constraint;
}

struct constraint_state *host_constrain(struct host *host, const struct api_request *request,
                                        bool opens_thinking)
{
    const struct conversation *c = &request->conversation;
    const char *think_close = chat_model_think_close(host->chat);
    struct constraint_options options = {0};
    struct constraint *constraint = NULL;
    if (opens_thinking && *think_close)
        options.free_until = think_close;
    if (c->answer.form == ANSWER_SCHEMA)
        constraint =
            constraint_open_schema(host->vocabulary, json_text(c->answer.schema), &options);
    else if (c->answer.form == ANSWER_JSON)
        constraint = constraint_open_json_object(host->vocabulary, &options);
    else if (json_str(request->sampling.grammar).size)
        constraint = grammar_constraint(host, json_str(request->sampling.grammar), &options);
    else if (c->n_tools)
        constraint = tools_constraint(host, c, &options);
    if (!constraint)
        return NULL;
    struct constraint_state *state = constraint_state_open(constraint);
    constraint_close(constraint); // the state shares it
    return state;
}
