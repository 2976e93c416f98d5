#include "chat/prompt_template.h"
#include "base/memory.h"
#include "chat/jinja.h"
#include "chat/prompt_write.h"
#include "chat/turn_meaning.h"

#include <stdlib.h>

// What a placeholder's bytes are, so that no trim or test of a template takes it for nothing.
#define PLACEHOLDER "@"

struct prompt_template {
    struct jinja_template *jinja;
    const struct chat_dialect *dialect;
    struct str bos, eos; // in `texts`
    struct buf texts;
    bool wants_xhigh; // "high" is called so
    struct template_traits traits;
};

// ---- the variables ----

static struct json_object *string_of(struct str text)
{
    return json_object_new_string_len(text.data ? text.data : "", (int)text.size);
}

static void add_string(struct json_object *object, const char *key, struct str text)
{
    json_object_object_add(object, key, string_of(text));
}

// Roles are ours, so they are markup; jinja asks for the spans of each string of the context.
static const struct spans *role_spans(const char *role)
{
    static const struct span whole[] = {
        {SPAN_MARKUP, 0, 0, 4}, {SPAN_MARKUP, 0, 0, 6}, {SPAN_MARKUP, 0, 0, 9}};
    static const struct spans roles[] = {
        {.text = {.data = (char *)"user", .size = 4},
         .items = (struct span *)&whole[0],
         .n_items = 1},
        {.text = {.data = (char *)"system", .size = 6},
         .items = (struct span *)&whole[1],
         .n_items = 1},
        {.text = {.data = (char *)"assistant", .size = 9},
         .items = (struct span *)&whole[2],
         .n_items = 1},
        {.text = {.data = (char *)"tool", .size = 4},
         .items = (struct span *)&whole[0],
         .n_items = 1},
    };
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        if (strcmp(roles[i].text.data, role) == 0)
            return &roles[i];
    return NULL;
}

static struct json_object *string_with_spans(struct str text, const struct spans *spans)
{
    struct json_object *string = string_of(text);
    json_object_set_userdata(string, (void *)spans, NULL);
    return string;
}

static const struct spans *spans_of(void *user, struct json_object *string)
{
    (void)user;
    return json_object_get_userdata(string);
}

static struct json_object *new_message(const char *role)
{
    struct json_object *message = json_object_new_object();
    json_object_object_add(message, "role", string_with_spans(str_of(role), role_spans(role)));
    return message;
}

static struct json_object *call_to_json(const struct turn_call *call)
{
    struct json_object *json = json_object_new_object(), *function = json_object_new_object();
    add_string(function, "name", call->name);
    json_object_object_add(function, "arguments", meaning_arguments(call));
    add_string(json, "id", call->id);
    add_string(json, "type", STR("function"));
    json_object_object_add(json, "function", function);
    return json;
}

static void add_assistant(const struct prompt_template *t, struct json_object *messages,
                          const struct turn *turn)
{
    struct json_object *message = new_message("assistant");
    if (t->traits.wants_null && turn->n_calls && turn->text.size == 0)
        json_object_object_add(message, "content", NULL);
    else
        add_string(message, "content", turn->text);
    add_string(message, "reasoning_content", turn->thinking);
    if (turn->n_calls) {
        struct json_object *calls = json_object_new_array();
        for (size_t i = 0; i < turn->n_calls; i++)
            json_object_array_add(calls, call_to_json(&turn->calls[i]));
        json_object_object_add(message, "tool_calls", calls);
    }
    json_object_array_add(messages, message);
}

static void add_results(struct json_object *messages, const struct turn *turn)
{
    for (size_t i = 0; i < turn->n_results; i++) {
        struct json_object *message = new_message("tool");
        add_string(message, "content", turn->results[i].text);
        add_string(message, "tool_call_id", turn->results[i].id);
        if (turn->results[i].name.size)
            add_string(message, "name", turn->results[i].name);
        json_object_array_add(messages, message);
    }
}

static void add_placeholder(struct json_object *messages, const struct spans *spans)
{
    struct json_object *message = new_message("assistant");
    json_object_object_add(message, "content", string_with_spans(STR(PLACEHOLDER), spans));
    add_string(message, "reasoning_content", STR(""));
    json_object_array_add(messages, message);
}

static void add_turn(const struct prompt_template *t, struct json_object *messages,
                     const struct turn *turn)
{
    if (turn->kind == TURN_ASSISTANT) {
        add_assistant(t, messages, turn);
    } else if (turn->kind == TURN_RESULTS) {
        add_results(messages, turn);
    } else {
        struct json_object *message = new_message(turn->kind == TURN_SYSTEM ? "system" : "user");
        add_string(message, "content", turn->text);
        json_object_array_add(messages, message);
    }
}

static struct json_object *tools_to_json(const struct template_job *job)
{
    struct json_object *tools = NULL;
    for (size_t i = 0; i < job->n_tools; i++) {
        if (job->tools[i].is_deferred)
            continue;
        if (!tools)
            tools = json_object_new_array();
        json_object_array_add(tools, tool_to_json(&job->tools[i]));
    }
    return tools;
}

// Clients and templates count effort differently; the nearest of the template's words.
static struct str effort_of(const struct prompt_template *t, struct str effort)
{
    static const struct {
        const char *said, *plain, *x;
    } rows[] = {
        {"minimal", "low", "low"},      {"none", "low", "low"},    {"low", "low", "low"},
        {"medium", "medium", "medium"}, {"high", "high", "xhigh"}, {"xhigh", "high", "xhigh"},
        {"max", "high", "xhigh"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (str_is(effort, rows[i].said))
            return str_of(t->wants_xhigh ? rows[i].x : rows[i].plain);
    return (struct str){0};
}

#define N_VARIABLES_MAX 40

struct variables {
    struct jinja_variable items[N_VARIABLES_MAX];
    size_t n_items;
};

static void add_variable(struct variables *v, const char *name, struct json_object *value,
                         enum span_kind kind)
{
    v->items[v->n_items++] = (struct jinja_variable){name, value, kind};
}

static void fill_variables(const struct prompt_template *t, struct variables *v,
                           struct json_object *messages, const struct template_job *job)
{
    struct json_object *tools = tools_to_json(job);
    struct str effort = effort_of(t, job->effort);
    add_variable(v, "messages", messages, SPAN_TEXT);
    if (tools)
        add_variable(v, "tools", tools, SPAN_TEXT);
    add_variable(v, "bos_token", string_of(t->bos), SPAN_MARKUP);
    add_variable(v, "eos_token", string_of(t->eos), SPAN_MARKUP);
    add_variable(v, "add_generation_prompt", json_object_new_boolean(job->adds_opening),
                 SPAN_MARKUP);
    if (job->thinking != THINKING_DEFAULT)
        add_variable(v, "enable_thinking", json_object_new_boolean(job->thinking == THINKING_ON),
                     SPAN_MARKUP);
    if (t->traits.reads_preserve)
        add_variable(v, "preserve_thinking", json_object_new_boolean(job->keeps_thinking),
                     SPAN_MARKUP);
    if (effort.size)
        add_variable(v, "reasoning_effort", string_of(effort), SPAN_MARKUP);
    if (!json_object_is_type(job->arguments, json_type_object))
        return;
    json_object_object_foreach(job->arguments, key, value)
    {
        if (v->n_items < N_VARIABLES_MAX)
            add_variable(v, key, json_object_get(value), SPAN_TEXT);
    }
}

// ---- rendering ----

static enum err check_placeholders(const struct spans *out, size_t from,
                                   const struct template_job *job, struct error *error)
{
    size_t n_wanted = 0, n_seen = 0;
    uint32_t next = 0;
    for (size_t i = 0; i < job->n_turns && job->is_placeholder; i++)
        n_wanted += job->is_placeholder[i];
    for (size_t i = from; i < out->n_items; i++) {
        if (out->items[i].kind != SPAN_TOKENS)
            continue;
        if (out->items[i].i_run < next || out->items[i].size != strlen(PLACEHOLDER))
            return fail(error, ERR_UNSUPPORTED, "the chat template moves turns");
        next = out->items[i].i_run + 1;
        n_seen++;
    }
    if (n_seen != n_wanted)
        return fail(error, ERR_UNSUPPORTED, "the chat template shows %zu of %zu turns", n_seen,
                    n_wanted);
    return OK;
}

enum err prompt_template_render(const struct prompt_template *t, struct spans *out,
                                const struct template_job *job, struct error *error)
{
    struct spans *marks = mem_new(struct spans, job->n_turns + 1);
    struct span *items = mem_new(struct span, job->n_turns + 1);
    struct json_object *messages = json_object_new_array();
    for (size_t i = 0; i < job->n_turns; i++) {
        if (!job->is_placeholder || !job->is_placeholder[i]) {
            add_turn(t, messages, &job->turns[i]);
            continue;
        }
        items[i] = (struct span){SPAN_TOKENS, (uint32_t)i, 0, strlen(PLACEHOLDER)};
        marks[i] =
            (struct spans){.text = {.data = (char *)PLACEHOLDER, .size = strlen(PLACEHOLDER)},
                           .items = &items[i],
                           .n_items = 1};
        add_placeholder(messages, &marks[i]);
    }
    struct variables v = {0};
    fill_variables(t, &v, messages, job);
    size_t n_before = out->n_items;
    enum err err = jinja_render(
        t->jinja, out,
        &(struct jinja_inputs){
            .variables = v.items, .n_variables = v.n_items, .spans_of = spans_of, .now = job->now},
        error);
    if (!err)
        err = check_placeholders(out, n_before, job, error);
    for (size_t i = 0; i < v.n_items; i++)
        json_object_put(v.items[i].value);
    free(marks);
    free(items);
    return err;
}

// ---- looking at what a template does ----

#define USER(words)                                                                                \
    {                                                                                              \
        .kind = TURN_USER, .text = STR(words)                                                      \
    }
#define SYSTEM(words)                                                                              \
    {                                                                                              \
        .kind = TURN_SYSTEM, .text = STR(words)                                                    \
    }
#define ANSWER(words)                                                                              \
    {                                                                                              \
        .kind = TURN_ASSISTANT, .text = STR(words)                                                 \
    }

// True when the turns render and all of `wanted` stand in the result in this order, once each.
static bool shows(const struct prompt_template *t, const struct turn *turns, size_t n_turns,
                  const struct tool_def *tool, const char *const *wanted)
{
    struct spans out = {0};
    struct template_job job = {.turns = turns,
                               .n_turns = n_turns,
                               .tools = tool,
                               .n_tools = tool != NULL,
                               .adds_opening = true,
                               .now = {.tm_mday = 1, .tm_year = 100}};
    bool is_good = prompt_template_render(t, &out, &job, NULL) == OK;
    struct str text = {out.text.data, out.text.size};
    size_t at = 0;
    for (size_t i = 0; is_good && wanted[i]; i++) {
        at = str_find(text, str_of(wanted[i]), at);
        is_good = at != STR_NONE && str_find(text, str_of(wanted[i]), at + 1) == STR_NONE;
    }
    spans_release(&out);
    return is_good;
}

#define SHOWS(t, tool, turns, ...)                                                                 \
    shows((t), (turns), COUNT_OF(turns), (tool), (const char *const[]){__VA_ARGS__, NULL})

// The markup that the template puts between a user's words and an assistant's.
static bool opens_as_the_row(const struct prompt_template *t)
{
    const struct turn turns[] = {USER("Probe-one"), ANSWER("Probe-two"), USER("Probe-three")};
    struct spans out = {0};
    struct template_job job = {
        .turns = turns, .n_turns = COUNT_OF(turns), .now = {.tm_mday = 1, .tm_year = 100}};
    bool is_known = prompt_template_render(t, &out, &job, NULL) == OK;
    struct str text = {out.text.data, out.text.size}, open = str_of(t->dialect->assistant.open);
    size_t one = str_find(text, STR("Probe-one"), 0), two = str_find(text, STR("Probe-two"), 0);
    is_known =
        is_known && one < two && two != STR_NONE && (!open.size || str_find(text, open, one) < two);
    spans_release(&out);
    return is_known;
}

static bool thinking_matters(const struct prompt_template *t)
{
    const struct turn turns[] = {USER("Probe-one")};
    struct spans on = {0}, off = {0};
    struct template_job job = {.turns = turns,
                               .n_turns = 1,
                               .thinking = THINKING_ON,
                               .adds_opening = true,
                               .now = {.tm_mday = 1, .tm_year = 100}};
    bool is_good = prompt_template_render(t, &on, &job, NULL) == OK;
    job.thinking = THINKING_OFF;
    is_good = is_good && prompt_template_render(t, &off, &job, NULL) == OK;
    bool matters = is_good && !str_equal((struct str){on.text.data, on.text.size},
                                         (struct str){off.text.data, off.text.size});
    spans_release(&on);
    spans_release(&off);
    return matters;
}

static void look(struct prompt_template *t)
{
    struct template_traits *traits = &t->traits;
    const struct turn system[] = {SYSTEM("Probe-zero"), USER("Probe-one")};
    const struct turn inside[] = {SYSTEM("Probe-zero"), USER("Probe-one"), ANSWER("Probe-two"),
                                  SYSTEM("Probe-three"), USER("Probe-four")};
    const struct turn twice[] = {USER("Probe-one"), USER("Probe-two")};
    struct json_object *arguments = json_object_new_object();
    struct turn_call calls[] = {{STR("aaaaaaaa1"), STR("Probe-tool"), arguments, {0}},
                                {STR("aaaaaaaa2"), STR("Probe-tool"), arguments, {0}}};
    struct turn_result results[] = {
        {STR("aaaaaaaa1"), STR("Probe-tool"), STR("Probe-two"), false},
        {STR("aaaaaaaa2"), STR("Probe-tool"), STR("Probe-three"), false}};
    struct turn calling[] = {USER("Probe-one"),
                             {.kind = TURN_ASSISTANT, .calls = calls, .n_calls = 1},
                             {.kind = TURN_RESULTS, .results = results, .n_results = 1}};
    struct tool_def tool = {
        .name = STR("Probe-called"), .description = STR("Probe-described"), .schema = arguments};
    json_object_object_add(arguments, "Probe-flag", json_object_new_boolean(true));
    traits->takes_system = SHOWS(t, NULL, system, "Probe-zero", "Probe-one");
    traits->takes_system_inside =
        SHOWS(t, NULL, inside, "Probe-zero", "Probe-one", "Probe-two", "Probe-three", "Probe-four");
    traits->takes_repeated_turns = SHOWS(t, NULL, twice, "Probe-one", "Probe-two");
    traits->shows_tools = SHOWS(t, &tool, system, "Probe-called");
    traits->wants_null = true;
    traits->wants_null =
        SHOWS(t, NULL, calling, "Probe-one", "Probe-two") && !SHOWS(t, NULL, calling, "None");
    traits->shows_results = SHOWS(t, NULL, calling, "Probe-one", "Probe-two");
    traits->shows_calls = SHOWS(t, NULL, calling, "Probe-one", "Probe-flag");
    traits->prints_python = SHOWS(t, NULL, calling, "Probe-flag", "True");
    calling[1].n_calls = calling[2].n_results = 2;
    traits->takes_parallel_calls = SHOWS(t, NULL, calling, "Probe-one", "Probe-two", "Probe-three");
    traits->is_known = opens_as_the_row(t);
    traits->reads_thinking = thinking_matters(t);
    json_object_put(arguments);
}

enum err prompt_template_open(struct prompt_template **out, struct str source,
                              const struct chat_dialect *dialect, struct str bos, struct str eos,
                              struct error *error)
{
    struct jinja_template *jinja;
    *out = NULL;
    enum err err = jinja_compile(&jinja, source, error);
    if (err)
        return err;
    struct prompt_template *t = mem_new(struct prompt_template, 1);
    t->jinja = jinja;
    t->dialect = dialect;
    buf_append(&t->texts, bos.data, bos.size);
    buf_append(&t->texts, eos.data, eos.size);
    t->bos = (struct str){t->texts.data, bos.size};
    t->eos = (struct str){t->texts.data ? t->texts.data + bos.size : NULL, eos.size};
    t->wants_xhigh = str_find(source, STR("'xhigh'"), 0) != STR_NONE;
    t->traits.reads_preserve = jinja_reads(jinja, "preserve_thinking");
    look(t);
    *out = t;
    return OK;
}

void prompt_template_close(struct prompt_template *t)
{
    if (!t)
        return;
    jinja_close(t->jinja);
    buf_release(&t->texts);
    free(t);
}

const struct template_traits *prompt_template_traits(const struct prompt_template *t)
{
    return &t->traits;
}
