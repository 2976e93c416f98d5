// Random walks over the masks: a call that closes is one that its schema accepts, whatever was
// sampled on the way; a call that was cut is never complete.
#include <json-c/json.h>

#include "base/rng.h"
#include "sample/tool_constraint.h"
#include "tests/sample/tool_markups.h"
#include "tests/sample/validator.h"
#include "tests/sample/vocabulary.h"

struct tool_set {
    struct constraint_tool tools[64];
    size_t n;
};

struct walk {
    struct constraint_vocabulary *vocabulary;
    const struct tool_markup *markup;
    const struct tool_set *set;
    struct rng rng;
    size_t n_closed, n_cut;
};

static const struct constraint_tool *tool_named(const struct tool_set *set, struct str name)
{
    for (size_t t = 0; t < set->n; t++)
        if (str_equal(set->tools[t].name, name))
            return &set->tools[t];
    return NULL;
}

static void check_arguments(const struct constraint_tool *tool, struct json_object *arguments,
                            const char *text)
{
    if (!json_object_is_type(arguments, json_type_object) ||
        (tool->schema && !validate(&(struct validator){tool->schema}, tool->schema, arguments)))
        fail_msg("%.*s is not satisfied by %s", (int)tool->name.size, tool->name.data, text);
}

static void check_json_call(const struct walk *walk, const char *text)
{
    const char *start = strchr(text, '{');
    struct json_tokener *tokener = json_tokener_new_ex(1000);
    struct json_object *call = json_tokener_parse_ex(tokener, start, (int)strlen(start));
    if (!call)
        fail_msg("not JSON: %s", text);
    const struct constraint_tool *tool =
        tool_named(walk->set, str_of(json_object_get_string(member(call, "name"))));
    assert_non_null(tool);
    check_arguments(tool, member(call, "arguments"), text);
    json_object_put(call);
    json_tokener_free(tokener);
}

// Where the schema allows a string, a raw value is one; else it is JSON.
static struct json_object *raw_value(const struct constraint_tool *tool, const char *name,
                                     struct str raw)
{
    struct json_object *schema = member(member(tool->schema, "properties"), name);
    struct json_object *string = json_object_new_string_len(raw.data, (int)raw.size);
    if (!schema || validate(&(struct validator){tool->schema}, schema, string))
        return string;
    struct json_tokener *tokener = json_tokener_new_ex(1000);
    struct json_object *value = json_tokener_parse_ex(tokener, raw.data, (int)raw.size);
    if (!value) // a number at the end of the input waits for more
        value = json_tokener_parse_ex(tokener, "", 1);
    json_tokener_free(tokener);
    json_object_put(string);
    return value;
}

static void check_xml_call(const struct walk *walk, const char *text)
{
    const char *name = strstr(text, "<function=") + 10, *name_end = strchr(name, '>');
    const struct constraint_tool *tool =
        tool_named(walk->set, (struct str){name, (size_t)(name_end - name)});
    assert_non_null(tool);
    struct json_object *arguments = json_object_new_object();
    const char *at = name_end + 2;
    while (!strncmp(at, "<parameter=", 11)) {
        const char *key = at + 11, *key_end = strchr(key, '>');
        const char *value = key_end + 2, *value_end = strstr(value, "\n</parameter>\n");
        char copy[256] = {0};
        memcpy(copy, key, (size_t)(key_end - key) < sizeof copy ? (size_t)(key_end - key) : 0);
        assert_non_null(value_end);
        assert_false(json_object_object_get_ex(arguments, copy, NULL));
        json_object_object_add(
            arguments, copy,
            raw_value(tool, copy, (struct str){value, (size_t)(value_end - value)}));
        at = value_end + 14;
    }
    if (strcmp(at, "</function>\n</tool_call>"))
        fail_msg("does not end: %s", text);
    check_arguments(tool, arguments, text);
    json_object_put(arguments);
}

// The token that a closing path takes: the shortest text that leads out.
static bool take_closing(struct walk *walk, struct constraint_state *state, const uint64_t *mask,
                         token_id *id)
{
    static const char closing[] = "\"}]\n<>/";
    for (size_t i = 0; i < sizeof closing - 1; i++) {
        token_id c = (token_id)closing[(i + rng_below(&walk->rng, 3)) % (sizeof closing - 1)];
        if (mask_has(mask, c)) {
            *id = c;
            return true;
        }
    }
    (void)state;
    return false;
}

static token_id pick(struct walk *walk, const uint64_t *mask, const char *text)
{
    token_id ids[TEST_N_TOKENS];
    size_t n = 0;
    for (token_id id = 1; id < TEST_N_TOKENS; id++) // no NUL: json-c texts end there
        if (mask_has(mask, id))
            ids[n++] = id;
    if (!n)
        fail_msg("nothing may follow %s", text);
    return ids[rng_below(&walk->rng, n)];
}

static void walk_once(struct walk *walk, struct constraint *constraint, size_t n_tokens_max)
{
    struct constraint_state *state = constraint_state_open(constraint);
    struct buf text = {0};
    const struct token_trie *trie = constraint_vocabulary_trie(walk->vocabulary);
    bool is_closed = false;
    for (size_t i = 0; i < n_tokens_max && !is_closed; i++) {
        uint64_t mask[(TEST_N_TOKENS + 63) / 64];
        token_id id;
        constraint_state_mask(state, mask);
        if (mask_has(mask, TEST_END)) {
            is_closed = true;
            break;
        }
        if (rng_uniform(&walk->rng) >= 0.05 + (i > 200 ? 0.6 : 0) ||
            !take_closing(walk, state, mask, &id))
            id = pick(walk, mask, text.data);
        if (!constraint_state_accept(state, id))
            fail_msg("token %d was in the mask after %s", id, text.data);
        struct str bytes = token_trie_bytes(trie, id);
        buf_append(&text, bytes.data, bytes.size);
    }
    if (is_closed) {
        walk->n_closed++;
        if (walk->markup == &xml)
            check_xml_call(walk, text.data);
        else
            check_json_call(walk, text.data);
    } else {
        walk->n_cut++;
        assert_false(constraint_state_can_end(state));
        assert_false(constraint_state_accept(state, TEST_END));
    }
    buf_release(&text);
    constraint_state_close(state);
}

static void walk_tools(const struct tool_set *set, size_t n_walks, uint64_t seed)
{
    struct walk walk = {.set = set, .vocabulary = test_vocabulary()};
    const struct tool_markup *markups[] = {&hermes, &xml};
    rng_seed(&walk.rng, seed);
    for (size_t m = 0; m < COUNT_OF(markups); m++) {
        walk.markup = markups[m];
        for (size_t t = 0; t < set->n; t++) {
            const struct tool_constraint_options options = {.choice = CONSTRAINT_CHOICE_NAMED,
                                                            .named = set->tools[t].name,
                                                            .disable_parallel = true};
            struct constraint *constraint =
                constraint_open_tools(walk.vocabulary, walk.markup, set->tools, set->n, &options);
            for (size_t i = 0; i < n_walks; i++)
                walk_once(&walk, constraint, 1500);
            constraint_close(constraint);
        }
        if (!walk.n_closed)
            fail_msg("no walk closed, seed %llu", (unsigned long long)seed);
        print_message("%zu calls closed, %zu cut, all as they should (seed %llu)\n", walk.n_closed,
                      walk.n_cut, (unsigned long long)seed);
    }
    constraint_vocabulary_close(walk.vocabulary);
}

TEST(tool_walk, every_call_that_closes_follows_its_schema)
{
    (void)state;
    static const char *const schemas[] = {
        "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},\"line\":{\"type\":"
        "\"integer\","
        "\"minimum\":1},\"mode\":{\"enum\":[\"r\",\"w\"]}},\"required\":[\"path\"]}",
        "{\"type\":\"object\",\"properties\":{\"edits\":{\"type\":\"array\",\"minItems\":1,"
        "\"maxItems\":3,"
        "\"items\":{\"type\":\"object\",\"properties\":{\"old\":{\"type\":\"string\",\"minLength\":"
        "1},"
        "\"all\":{\"type\":\"boolean\"}},\"required\":[\"old\",\"all\"],\"additionalProperties\":"
        "false}}},"
        "\"required\":[\"edits\"]}",
        "{\"type\":\"object\",\"properties\":{\"u\":{\"anyOf\":[{\"type\":\"number\",\"maximum\":5}"
        ","
        "{\"type\":\"null\"},{\"const\":\"all\"}]},\"v\":{\"type\":\"string\",\"pattern\":\"^[a-c]{"
        "2,4}$\"}},"
        "\"required\":[\"v\",\"u\"],\"additionalProperties\":false}",
    };
    struct tool_set set = {.n = COUNT_OF(schemas)};
    static const char *const names[] = {"read", "edit_all", "use"};
    for (size_t t = 0; t < set.n; t++)
        set.tools[t] = (struct constraint_tool){str_of(names[t]), json_tokener_parse(schemas[t])};
    walk_tools(&set, 60, 1);
    for (size_t t = 0; t < set.n; t++)
        json_object_put(set.tools[t].schema);
}

static void add_tool(struct tool_set *set, struct json_object *tool)
{
    struct json_object *function = member(tool, "function") ? member(tool, "function") : tool;
    struct json_object *name = member(function, "name");
    struct json_object *schema = member(function, "input_schema");
    schema = schema ? schema : member(function, "parameters");
    if (name && schema && set->n < COUNT_OF(set->tools))
        set->tools[set->n++] =
            (struct constraint_tool){str_of(json_object_get_string(name)), schema};
}

TEST(tool_walk, recorded_tool_sets_of_the_clients)
{
    NEED_DATA(folder);
    static const char *const files[] = {
        "claude-code-2.1.197/interactive/02-prompt1.json",
        "opencode-1.18.33/multi-run/02-first-run-turn1.json",
        "codex-0.169.0/compaction/01-last-before-compaction.json",
    };
    for (size_t f = 0; f < COUNT_OF(files); f++) {
        char path[1024];
        size_t size;
        snprintf(path, sizeof path, "%s/wire/captures/%s", folder, files[f]);
        char *text = test_read_file(path, &size);
        struct json_object *capture = json_tokener_parse(text);
        struct json_object *tools = member(member(capture, "body"), "tools");
        struct tool_set set = {0};
        for (size_t t = 0; t < json_object_array_length(tools); t++)
            add_tool(&set, json_object_array_get_idx(tools, t));
        assert_true(set.n > 3);
        walk_tools(&set, 12, 100 + f);
        json_object_put(capture);
        free(text);
    }
}

RUN_TESTS(IS(tool_walk, every_call_that_closes_follows_its_schema),
          IS(tool_walk, recorded_tool_sets_of_the_clients))
