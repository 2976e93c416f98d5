// From a request's tools and answer form to a constraint, compiled once for requests that are alike.
#include <stdlib.h>

#include "api/json.h"
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

// llama-server's `grammar`; one that makes no sense is the client's mistake.
static struct constraint *grammar_constraint(struct host *host, struct str grammar,
                                             const struct constraint_options *options,
                                             struct error *error)
{
    struct constraint *constraint = NULL;
    struct error why;
    enum err err = constraint_open_gbnf(&constraint, host->vocabulary, grammar, options, &why);
    if (err)
        fail(error, err == ERR_MEMORY ? err : ERR_ARGUMENT, "grammar: %s", why.text);
    return constraint;
}

// NULL with the error set when the request's grammar makes no sense, and without when nothing binds it.
static struct constraint *compile(struct host *host, const struct api_request *request,
                                  const struct constraint_options *options, struct error *error)
{
    const struct conversation *c = &request->conversation;
    if (c->answer.form == ANSWER_SCHEMA)
        return constraint_open_schema(host->vocabulary, json_text(c->answer.schema), options);
    if (c->answer.form == ANSWER_JSON)
        return constraint_open_json_object(host->vocabulary, options);
    if (json_str(request->sampling.grammar).size)
        return grammar_constraint(host, json_str(request->sampling.grammar), options, error);
    return c->n_tools ? tools_constraint(host, c, options) : NULL;
}

// Everything that compile() looks at.
static struct digest_key key_of(const struct api_request *request,
                                const struct constraint_options *options)
{
    const struct conversation *c = &request->conversation;
    const char kind[] = {(char)('0' + (int)c->answer.form), (char)('0' + (int)c->tool_choice.kind),
                         c->tool_choice.is_single ? '1' : '0'};
    struct digest *digest = digest_open();
    digest_add(digest, (struct str){kind, sizeof kind});
    digest_add(digest, str_of(options->free_until));
    digest_add(digest, str_of(options->free_opener));
    digest_add(digest, json_str(request->sampling.grammar));
    digest_add(digest, c->tool_choice.name);
    if (c->answer.form == ANSWER_SCHEMA) {
        digest_add(digest, json_text(c->answer.schema));
        return digest_close(digest);
    }
    for (size_t i = 0; i < c->n_tools; i++) {
        digest_add(digest, c->tools[i].name);
        digest_add(digest, json_text(c->tools[i].schema));
    }
    return digest_close(digest);
}

static void tell_relaxation(void *context, const struct relaxation *relaxation)
{
    host_say(context, "schema: %s: %s, so it is not enforced there",
             relaxation->pointer && *relaxation->pointer ? relaxation->pointer : "/",
             relaxation->cause);
}

static bool is_free(const struct api_request *request)
{
    const struct conversation *c = &request->conversation;
    return c->answer.form == ANSWER_FREE && !json_str(request->sampling.grammar).size &&
           c->n_tools == 0;
}

// Compiled, or found; for constraint_close().
static struct constraint *find_or_compile(struct host *host, const struct api_request *request,
                                          enum answer_place place, struct error *error)
{
    const char *close = chat_model_think_close(host->chat);
    struct constraint_options options = {.size_max = CONSTRAINT_SIZE_MAX};
    if (is_free(request))
        return NULL;
    if (*close && place != PLACE_ANSWER)
        options.free_until = close;
    if (*close && place == PLACE_START)
        options.free_opener = chat_model_think_open(host->chat);
    struct digest_key key = key_of(request, &options);
    struct constraint *constraint = constraint_cache_find(&host->constraints, &key);
    if (!constraint) {
        constraint = compile(host, request, &options, error);
        if (constraint)
            constraint_cache_add(&host->constraints, &key, constraint);
    }
    return constraint;
}

enum err host_check_grammar(struct host *host, const struct api_request *request,
                            enum answer_place place, struct error *error)
{
    struct error why = {0};
    if (!json_str(request->sampling.grammar).size)
        return OK;
    constraint_close(find_or_compile(host, request, place, &why));
    return why.code ? fail(error, why.code, "%s", why.text) : OK;
}

struct constraint_state *host_constrain(struct host *host, const struct api_request *request,
                                        enum answer_place place)
{
    struct error error;
    struct constraint *constraint = find_or_compile(host, request, place, &error);
    if (!constraint)
        return NULL;
    constraint_cache_tell(&host->constraints, tell_relaxation, host);
    struct constraint_state *state = constraint_state_open(constraint);
    constraint_close(constraint); // the state shares it
    return state;
}
