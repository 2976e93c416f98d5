// callwalk VOCAB.gguf FILE... [--walks N] [--schemas N] [--dialect NAME] [--close P] [--seed S]
// callwalk VOCAB.gguf REQUEST... --recorded 1
//
// Random walks over the masks of tool calls: is whatever can be sampled a call that its schema
// accepts?  FILE is a recorded request, {"url", "body"}, read as the server reads it (its tools are one
// set, once), or a file of schemas, a line each, {"name", "schema"}: each is a set of one tool.  A walk
// demands a call, draws a token among the allowed ones, all alike, and with probability P closes what
// is open; its tokens go through the output parser, as a server's do.
//
// Prints one JSON object a line: {"set", "tool", "schema"} once for each tool, then {"set", "tool",
// "dialect", "arguments"} for each call that was reported as whole, and {"set", "relaxed"} behind a set
// of which something is not enforced.  callwalk.mjs validates them.
// What must hold by itself is checked here: there is always a token; what the mask allows is taken;
// an answer that was cut ends in no whole call that the constraint does not know to be one.  The
// exit status is 1 where one of these does not hold.
//
// --recorded: the calls that stand in the recorded conversations, as each family's prompt writes them,
// must be taken token by token, each once; those with parameters that no schema names are left out.
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/dialect.h"
#include "base/buf.h"
#include "base/memory.h"
#include "base/rng.h"
#include "chat/dialect_table.h"
#include "chat/turn.h"
#include "engine/vocabulary.h"
#include "sample/tool_constraint.h"

#define TOOLS_MAX  128
#define TOKENS_MAX 700 // of one walk; then it is cut
#define PATIENCE   250 // tokens after which everything is closed as soon as it can be

struct options {
    const char *paths[256];
    size_t n_paths, n_walks, n_schemas;
    const char *dialect;
    double close;
    uint64_t seed, is_recorded;
};

struct tool_set {
    const char *name;
    struct tool_def *tools;
    struct constraint_tool constrained[TOOLS_MAX];
    size_t n;
};

struct dialect { // a vocabulary marked for one family
    const char *name;
    struct tokenizer *tokenizer;
    struct chat_model *model;
    struct constraint_vocabulary *vocabulary;
    uint64_t *mask;
};

struct run {
    const struct options *options;
    struct dialect dialects[32];
    size_t n_dialects;
    struct rng rng;
    char **seen; // texts of the tools that were walked
    size_t n_seen;
    size_t n_walks, n_closed, n_cut, n_calls, n_failures, n_tokens;
};

struct answer { // what the parser made of one walk
    const struct tool_set *set;
    const char *dialect;
    struct buf arguments;
    char tool[256];
    size_t n_whole;
    bool is_cut, is_open;
};

static struct json_object *member(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;
    if (json_object_is_type(object, json_type_object))
        json_object_object_get_ex(object, key, &value);
    return value;
}

// ---- what is printed ----

static void print_line(struct json_object *line)
{
    puts(json_object_to_json_string_ext(line,
                                        JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(line);
}

static void print_tool(const struct tool_set *set, const struct tool_def *tool)
{
    struct json_object *line = json_object_new_object();
    json_object_object_add(line, "set", json_object_new_string(set->name));
    json_object_object_add(line, "tool",
                           json_object_new_string_len(tool->name.data, (int)tool->name.size));
    json_object_object_add(line, "schema", json_object_get(tool->schema));
    print_line(line);
}

static void print_relaxed(const struct tool_set *set)
{
    struct json_object *line = json_object_new_object();
    json_object_object_add(line, "set", json_object_new_string(set->name));
    json_object_object_add(line, "relaxed", json_object_new_boolean(true));
    print_line(line);
}

// The arguments as they were written, on one line: json-c would write numbers its own way.
static void print_call(const struct answer *answer)
{
    struct json_object *set = json_object_new_string(answer->set->name);
    struct json_object *tool = json_object_new_string(answer->tool);
    printf("{\"set\":%s,\"dialect\":\"%s\",", json_object_to_json_string(set), answer->dialect);
    printf("\"tool\":%s,\"arguments\":", json_object_to_json_string(tool));
    for (size_t i = 0; i < answer->arguments.size; i++) // a line end in JSON is white space
        putchar(strchr("\r\n", answer->arguments.data[i]) ? ' ' : answer->arguments.data[i]);
    puts("}");
    json_object_put(set);
    json_object_put(tool);
}

static void take_event(void *context, const struct chat_event *event)
{
    struct answer *answer = context;
    switch (event->kind) {
    case CHAT_EVENT_CALL_START:
        snprintf(answer->tool, sizeof answer->tool, "%.*s", (int)event->name.size,
                 event->name.data);
        buf_reset(&answer->arguments);
        answer->is_open = true;
        break;
    case CHAT_EVENT_CALL_ARGS:
        buf_append(&answer->arguments, event->text.data, event->text.size);
        break;
    case CHAT_EVENT_CALL_END:
        answer->n_whole++;
        answer->is_open = false;
        print_call(answer);
        break;
    case CHAT_EVENT_CALL_CUT:
        answer->is_cut = true;
        answer->is_open = false;
        break;
    default:
        break;
    }
}

// ---- a walk ----

static void fail_walk(struct run *run, const struct answer *answer, const char *what,
                      const struct buf *text)
{
    size_t shown = text->size > 200 ? 200 : text->size;
    fprintf(stderr, "callwalk: %s, %s: %s after: %.*s\n", answer->set->name, answer->dialect, what,
            (int)shown, text->data + text->size - shown);
    run->n_failures++;
}

static token_id draw(struct run *run, const uint64_t *mask, size_t n_tokens)
{
    size_t n_words = (n_tokens + 63) / 64, n = 0;
    for (size_t w = 0; w < n_words; w++)
        n += (size_t)__builtin_popcountll(mask[w]);
    if (!n)
        return TOKEN_NONE;
    size_t chosen = rng_below(&run->rng, n);
    for (size_t w = 0; w < n_words; w++) {
        size_t here = (size_t)__builtin_popcountll(mask[w]);
        if (chosen >= here) {
            chosen -= here;
            continue;
        }
        uint64_t word = mask[w];
        while (chosen--)
            word &= word - 1;
        return (token_id)(w * 64 + (size_t)__builtin_ctzll(word));
    }
    return TOKEN_NONE;
}

// The first of the texts that close something here, as tokens; none: nothing is there to be closed.
static void find_closing(const struct dialect *dialect, struct constraint_state *state,
                         struct token_list *out)
{
    const struct tool_markup *m = chat_model_tools(dialect->model);
    struct buf end = {0};
    out->n_ids = 0;
    buf_printf(&end, "%s%s%s", m->arguments_suffix, m->closer, m->list_close);
    const char *texts[] = {end.data, m->value_suffix, m->string_quote, "\"", "}", "]"};
    for (size_t i = 0; i < COUNT_OF(texts) && !out->n_ids; i++) {
        if (!texts[i] || !*texts[i])
            continue;
        tokenizer_encode(dialect->tokenizer, out, str_of(texts[i]), true);
        struct constraint_state *copy = constraint_state_copy(state);
        for (size_t t = 0; t < out->n_ids; t++)
            if (!constraint_state_accept(copy, out->ids[t])) {
                out->n_ids = 0;
                break;
            }
        constraint_state_close(copy);
    }
    buf_release(&end);
}

struct walk {
    struct run *run;
    struct dialect *dialect;
    struct constraint_state *state;
    struct chat_turn *turn;
    struct answer answer;
    struct buf text;
};

// False when the walk is over.
static bool take(struct walk *walk, token_id id)
{
    struct run *run = walk->run;
    if (!constraint_state_accept(walk->state, id)) {
        fail_walk(run, &walk->answer, "a token of the mask is not taken", &walk->text);
        return false;
    }
    struct str bytes = tokenizer_bytes(walk->dialect->tokenizer, id);
    buf_append(&walk->text, bytes.data, bytes.size);
    run->n_tokens++;
    return chat_turn_push(walk->turn, id);
}

// Whether the answer came to an end by itself.
static bool follow(struct walk *walk)
{
    struct run *run = walk->run;
    struct dialect *dialect = walk->dialect;
    struct token_list closing = {0};
    bool is_closed = false;
    for (size_t i = 0; i < TOKENS_MAX; i++) {
        constraint_state_mask(walk->state, dialect->mask);
        if (constraint_state_can_end(walk->state) &&
            (constraint_state_is_complete(walk->state) || rng_uniform(&run->rng) < 0.5)) {
            is_closed = true;
            break;
        }
        if (rng_uniform(&run->rng) < (i > PATIENCE ? 0.9 : run->options->close)) {
            find_closing(dialect, walk->state, &closing);
            size_t n = 0;
            while (n < closing.n_ids && take(walk, closing.ids[n]))
                n++;
            if (closing.n_ids)
                continue;
        }
        token_id id = draw(run, dialect->mask, tokenizer_n_tokens(dialect->tokenizer));
        if (id == TOKEN_NONE) {
            fail_walk(run, &walk->answer, "there is no token", &walk->text);
            break;
        }
        if (tokenizer_is_end(dialect->tokenizer, id)) {
            is_closed = true;
            break;
        }
        if (!take(walk, id))
            break;
    }
    token_list_release(&closing);
    return is_closed;
}

static void walk_once(struct run *run, const struct tool_set *set, struct dialect *dialect,
                      struct constraint *constraint)
{
    struct content said = {.kind = CONTENT_TEXT, .text = STR("Go on.")};
    struct message message = {.role = ROLE_USER, .items = &said, .n_items = 1};
    struct conversation conversation = {.messages = &message,
                                        .n_messages = 1,
                                        .tools = set->tools,
                                        .n_tools = set->n,
                                        .thinking = {.mode = THINKING_OFF},
                                        .tool_choice = {.kind = TOOL_CHOICE_REQUIRED}};
    struct walk walk = {.run = run,
                        .dialect = dialect,
                        .state = constraint_state_open(constraint),
                        .answer = {.set = set, .dialect = dialect->name}};
    struct chat_turn_options options = {
        .forgets = true, .id_seed = ++run->n_walks, .sink = take_event, .context = &walk.answer};
    struct error error;
    if (chat_turn_open(&walk.turn, dialect->model, &conversation, &options, &error)) {
        fail_walk(run, &walk.answer, error.text, &walk.text);
    } else {
        bool is_closed = follow(&walk);
        enum chat_stop stop =
            chat_turn_finish(walk.turn, is_closed ? CHAT_STOP_END_TURN : CHAT_STOP_MAX_TOKENS);
        run->n_closed += is_closed;
        run->n_cut += !is_closed;
        run->n_calls += walk.answer.n_whole;
        if (is_closed && (stop != CHAT_STOP_TOOL_CALLS || !walk.answer.n_whole ||
                          walk.answer.is_cut || walk.answer.is_open))
            fail_walk(run, &walk.answer, "the parser sees no whole call", &walk.text);
        if (!is_closed && stop == CHAT_STOP_TOOL_CALLS && walk.answer.is_cut)
            fail_walk(run, &walk.answer, "a cut answer is presented as whole", &walk.text);
    }
    chat_turn_close(walk.turn);
    constraint_state_close(walk.state);
    buf_release(&walk.answer.arguments);
    buf_release(&walk.text);
}

static void walk_set(struct run *run, const struct tool_set *set)
{
    struct constraint *constraints[COUNT_OF(run->dialects)] = {NULL};
    const struct tool_constraint_options options = {.choice = CONSTRAINT_CHOICE_ANY};
    for (size_t t = 0; t < set->n; t++)
        print_tool(set, &set->tools[t]);
    for (size_t i = 0; i < run->options->n_walks; i++) {
        size_t d = i % run->n_dialects;
        struct dialect *dialect = &run->dialects[d];
        if (!constraints[d])
            constraints[d] =
                constraint_open_tools(dialect->vocabulary, chat_model_tools(dialect->model),
                                      set->constrained, set->n, &options);
        walk_once(run, set, dialect, constraints[d]);
    }
    bool is_relaxed = false;
    for (size_t d = 0; d < run->n_dialects; d++) {
        struct relaxation relaxation;
        is_relaxed = is_relaxed ||
                     (constraints[d] && constraint_relaxations(constraints[d], &relaxation, 1));
        constraint_close(constraints[d]);
    }
    if (is_relaxed)
        print_relaxed(set);
}

// ---- recorded calls ----

// False for what was walked before: clients send the same tools, and tell the same calls, again and
// again.
static bool is_new(struct run *run, const char *kind, const char *text)
{
    struct buf key = {0};
    buf_printf(&key, "%s %s", kind, text);
    for (size_t i = 0; i < run->n_seen; i++)
        if (!strcmp(run->seen[i], key.data)) {
            buf_release(&key);
            return false;
        }
    run->seen = mem_resize(run->seen, run->n_seen + 1, sizeof *run->seen);
    run->seen[run->n_seen++] = key.data;
    return true;
}

// The call as the family's prompt writes it, from its opener to the end of the turn; for free().
static char *render_call(const struct tool_set *set, struct dialect *dialect, struct str name,
                         struct json_object *arguments)
{
    const struct chat_dialect *row = dialect_find(dialect->name);
    const struct tool_markup *m = &row->tools;
    const char *opener = *m->list_open ? m->list_open : *m->opener ? m->opener : m->name_prefix;
    struct content said = {.kind = CONTENT_TEXT, .text = STR("Go on.")};
    struct content call = {
        .kind = CONTENT_TOOL_CALL, .id = STR("call_1"), .name = name, .arguments = arguments};
    struct message messages[] = {{ROLE_USER, &said, 1}, {ROLE_ASSISTANT, &call, 1}};
    struct conversation conversation = {
        .messages = messages, .n_messages = 1, .tools = set->tools, .n_tools = set->n};
    struct chat_turn_options options = {.forgets = true, .id_seed = 1};
    struct chat_turn *turn = NULL;
    struct error error;
    struct buf texts[2] = {{0}, {0}};
    for (size_t i = 0; i < 2; i++, conversation.n_messages++) {
        if (!chat_turn_open(&turn, dialect->model, &conversation, &options, &error)) {
            struct str text = chat_turn_text(turn);
            buf_append(&texts[i], text.data, text.size);
        }
        buf_append(&texts[i], "", 1);
        chat_turn_close(turn);
        turn = NULL;
    }
    size_t same = 0;
    while (texts[0].data[same] && texts[0].data[same] == texts[1].data[same])
        same++;
    same -= same > 40 ? 40 : same; // what comes before may have been the beginning of the opener
    const char *start = strstr(texts[1].data + same, opener);
    const char *end = start ? strstr(start, row->assistant.close) : NULL;
    char *text = end ? mem_copy_string(start) : NULL;
    if (text)
        text[end - start] = 0;
    buf_release(&texts[0]);
    buf_release(&texts[1]);
    return text;
}

static void replay_call(struct run *run, const struct tool_set *set, struct dialect *dialect,
                        struct constraint *constraint, struct str name,
                        struct json_object *arguments)
{
    char *text = render_call(set, dialect, name, arguments);
    if (text && !is_new(run, dialect->name, text)) {
        free(text);
        return;
    }
    struct token_list tokens = {0};
    struct constraint_state *state = constraint_state_open(constraint);
    size_t i = 0, at = 0;
    if (text)
        tokenizer_encode(dialect->tokenizer, &tokens, str_of(text), true);
    for (; i < tokens.n_ids; i++) {
        constraint_state_mask(state, dialect->mask);
        if (!mask_has(dialect->mask, tokens.ids[i]) ||
            !constraint_state_accept(state, tokens.ids[i]))
            break;
        at += tokenizer_bytes(dialect->tokenizer, tokens.ids[i]).size;
    }
    run->n_walks++;
    run->n_tokens += i;
    if (i && i == tokens.n_ids && constraint_state_can_end(state)) {
        run->n_closed++;
    } else {
        run->n_failures++;
        fprintf(stderr, "callwalk: %s, %s: not taken: %.*s <|> %.80s\n", set->name, dialect->name,
                (int)(at > 120 ? 120 : at), text ? text + (at > 120 ? at - 120 : 0) : "",
                text ? text + at : "(not rendered)");
    }
    constraint_state_close(state);
    token_list_release(&tokens);
    free(text);
}

// Whether the schema names each parameter of the call, or says something of others itself: only then
// may the call be written.
static bool is_declared(struct json_object *schema, struct json_object *arguments)
{
    static const char *const says_of_others[] = {"additionalProperties", "patternProperties"};
    struct json_object *properties = member(schema, "properties");
    for (size_t i = 0; i < COUNT_OF(says_of_others); i++)
        if (member(schema, says_of_others[i]))
            return true;
    json_object_object_foreach(arguments, name, value)
    {
        (void)value;
        if (properties && !json_object_object_get_ex(properties, name, NULL))
            return false;
    }
    return true;
}

static void replay_set(struct run *run, const struct tool_set *set, const struct conversation *said)
{
    const struct tool_constraint_options options = {.choice = CONSTRAINT_CHOICE_ANY};
    for (size_t d = 0; d < run->n_dialects; d++) {
        struct dialect *dialect = &run->dialects[d];
        struct constraint *constraint =
            constraint_open_tools(dialect->vocabulary, chat_model_tools(dialect->model),
                                  set->constrained, set->n, &options);
        for (size_t m = 0; m < said->n_messages; m++)
            for (size_t i = 0; i < said->messages[m].n_items; i++) {
                const struct content *item = &said->messages[m].items[i];
                if (item->kind != CONTENT_TOOL_CALL || !item->arguments)
                    continue;
                for (size_t t = 0; t < set->n; t++)
                    if (str_equal(set->tools[t].name, item->name) &&
                        is_declared(set->tools[t].schema, item->arguments))
                        replay_call(run, set, dialect, constraint, item->name, item->arguments);
            }
        constraint_close(constraint);
    }
}

// ---- sets of tools ----

static struct tool_set set_of(const char *name, struct tool_def *tools, size_t n)
{
    struct tool_set set = {.name = name, .tools = tools, .n = n > TOOLS_MAX ? TOOLS_MAX : n};
    for (size_t t = 0; t < set.n; t++)
        set.constrained[t] = (struct constraint_tool){tools[t].name, tools[t].schema};
    return set;
}

// The dialect that the server would read the request with.
static const struct api_dialect *dialect_of(struct json_object *capture)
{
    static const struct {
        const char *url;
        const struct api_dialect *dialect;
    } routes[] = {{"/messages", &api_anthropic}, {"/responses", &api_responses}};
    const char *url = json_object_get_string(member(capture, "url"));
    for (size_t i = 0; url && i < COUNT_OF(routes); i++)
        if (strstr(url, routes[i].url))
            return routes[i].dialect;
    return &api_chat;
}

static void walk_capture(struct run *run, const char *path, struct json_object *capture)
{
    struct api_request request;
    struct error error;
    struct json_object *body = member(capture, "body");
    if (!json_object_is_type(member(body, "tools"), json_type_array))
        return;
    api_request_init(&request);
    if (api_request_parse(&request, str_of(json_object_to_json_string(body)), &error) ||
        dialect_of(capture)->read(&request, &error)) {
        fprintf(stderr, "callwalk: %s: %s\n", path, error.text);
        run->n_failures++;
    } else {
        const struct conversation *said = &request.conversation;
        const struct tool_set set = set_of(path, said->tools, said->n_tools);
        if (set.n && run->options->is_recorded)
            replay_set(run, &set, said);
        else if (set.n && is_new(run, "tools", json_object_to_json_string(member(body, "tools"))))
            walk_set(run, &set);
    }
    api_request_release(&request);
}

// Of a file of schemas, the first ones that speak of an object.
static void walk_schemas(struct run *run, FILE *file)
{
    char *line = NULL;
    size_t capacity = 0, n = 0;
    while (n < run->options->n_schemas && getline(&line, &capacity, file) > 0) {
        struct json_object *json = json_tokener_parse(line);
        struct json_object *schema = member(json, "schema"), *name = member(json, "name");
        struct json_object *type = member(schema, "type");
        bool is_object = json_object_is_type(type, json_type_string)
                             ? !strcmp(json_object_get_string(type), "object")
                             : !type && (member(schema, "properties") || member(schema, "$ref"));
        if (is_object) {
            struct tool_def tool = {.name = STR("use"), .schema = schema};
            const struct tool_set set = set_of(json_object_get_string(name), &tool, 1);
            walk_set(run, &set);
            n++;
        }
        json_object_put(json);
    }
    free(line);
}

// ---- dialects ----

static enum err open_vocabulary(struct dialect *dialect, struct error *error)
{
    enum err err = vocabulary_open(&dialect->vocabulary, dialect->tokenizer, error);
    dialect->mask = mem_new(uint64_t, tokenizer_n_tokens(dialect->tokenizer) / 64 + 1);
    return err;
}

static enum err open_dialects(struct run *run, const struct gguf *gguf, struct error *error)
{
    for (size_t i = 0; dialect_at(i) && run->n_dialects < COUNT_OF(run->dialects); i++) {
        const struct chat_dialect *row = dialect_at(i);
        struct dialect *dialect = &run->dialects[run->n_dialects];
        if (row->tools.form == TOOL_FORM_NONE ||
            (run->options->dialect && strcmp(run->options->dialect, row->name) != 0))
            continue;
        run->n_dialects++;
        dialect->name = row->name;
        enum err err = tokenizer_open(&dialect->tokenizer, gguf, error);
        if (err)
            return err;
        struct chat_model_source source = {.tokenizer = dialect->tokenizer, .dialect = row->name};
        err = chat_model_open(&dialect->model, &source, error);
        err = err ? err : open_vocabulary(dialect, error);
        if (err)
            return err;
    }
    return run->n_dialects ? OK : fail(error, ERR_NOT_FOUND, "no such dialect with tools");
}

static void close_dialects(struct run *run)
{
    for (size_t d = 0; d < run->n_dialects; d++) {
        constraint_vocabulary_close(run->dialects[d].vocabulary);
        chat_model_close(run->dialects[d].model);
        tokenizer_close(run->dialects[d].tokenizer);
        free(run->dialects[d].mask);
    }
}

static bool read_options(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strncmp(argv[i], "--", 2) != 0 && options->n_paths < COUNT_OF(options->paths))
            options->paths[options->n_paths++] = argv[i];
        else if (!value)
            return false;
        else if (!strcmp(argv[i], "--walks"))
            options->n_walks = strtoul(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--schemas"))
            options->n_schemas = strtoul(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--dialect"))
            options->dialect = argv[++i];
        else if (!strcmp(argv[i], "--recorded"))
            options->is_recorded = strtoull(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--close"))
            options->close = strtod(argv[++i], NULL);
        else if (!strcmp(argv[i], "--seed"))
            options->seed = strtoull(argv[++i], NULL, 10);
        else
            return false;
    }
    return options->n_paths >= 2;
}

static bool walk_path(struct run *run, const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        fprintf(stderr, "callwalk: cannot open %s\n", path);
        return false;
    }
    size_t size = strlen(path);
    if (size > 6 && !strcmp(path + size - 6, ".jsonl")) {
        walk_schemas(run, file);
    } else {
        struct json_object *capture = json_object_from_file(path);
        walk_capture(run, path, capture);
        json_object_put(capture);
    }
    fclose(file);
    return true;
}

int main(int argc, char **argv)
{
    struct options options = {.n_walks = 50, .n_schemas = 300, .close = 0.05, .seed = 1};
    struct run run = {.options = &options};
    struct error error;
    struct gguf *gguf = NULL;
    if (!read_options(&options, argc, argv)) {
        fprintf(stderr, "usage: callwalk VOCAB.gguf FILE... [--walks N] [--schemas N] "
                        "[--dialect NAME] [--close P] [--seed S]\n");
        return 2;
    }
    rng_seed(&run.rng, options.seed);
    if (gguf_open(&gguf, options.paths[0], GGUF_MAP, &error) || open_dialects(&run, gguf, &error)) {
        fprintf(stderr, "callwalk: %s\n", error.text);
        return 1;
    }
    bool is_read = true;
    for (size_t p = 1; p < options.n_paths; p++)
        is_read = walk_path(&run, options.paths[p]) && is_read;
    fprintf(stderr,
            "%zu walks of %.0f tokens: %zu closed, %zu cut; %zu whole calls; %zu failures (seed "
            "%llu)\n",
            run.n_walks, run.n_walks ? (double)run.n_tokens / (double)run.n_walks : 0, run.n_closed,
            run.n_cut, run.n_calls, run.n_failures, (unsigned long long)options.seed);
    for (size_t i = 0; i < run.n_seen; i++)
        free(run.seen[i]);
    free(run.seen);
    close_dialects(&run);
    gguf_close(gguf);
    return run.n_failures || !is_read;
}
