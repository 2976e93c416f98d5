// Tool calls as families write them: what is free, what is forced, what ends them.
#include <json-c/json.h>

#include "sample/tool_constraint.h"
#include "tests/sample/tool_markups.h"
#include "tests/sample/vocabulary.h"

static const struct tool_markup lists = {.form = TOOL_FORM_JSON,
                                         .list_open = "[CALLS]",
                                         .opener = "[CALL]",
                                         .name_prefix = "function:",
                                         .name_suffix = "\n```json\n",
                                         .parameter_prefix = "",
                                         .parameter_suffix = "",
                                         .value_suffix = "",
                                         .string_quote = "",
                                         .arguments_suffix = "\n```",
                                         .closer = "[END]",
                                         .separator = "\n",
                                         .text_separator = "",
                                         .list_close = "[DONE]"};
static const struct tool_markup bare = {.form = TOOL_FORM_JSON,
                                        .list_open = "",
                                        .opener = "",
                                        .name_prefix = "{\"name\": \"",
                                        .name_suffix = "\", \"parameters\": ",
                                        .parameter_prefix = "",
                                        .parameter_suffix = "",
                                        .value_suffix = "",
                                        .string_quote = "",
                                        .arguments_suffix = "}",
                                        .closer = "",
                                        .separator = "; ",
                                        .text_separator = "\n",
                                        .list_close = "",
                                        .name_key = "name",
                                        .arguments_key = "parameters"};

static const char write_schema[] =
    "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\",\"pattern\":\"^/\"},"
    "\"content\":{\"type\":\"string\"},\"mode\":{\"enum\":[\"a\",\"w\"]},\"n\":{\"type\":"
    "\"integer\"}},"
    "\"required\":[\"path\",\"content\"]}";

struct setup {
    const struct tool_markup *markup;
    struct tool_constraint_options options;
};

static void check(const struct setup *setup, const char *const *valid, const char *const *invalid)
{
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct json_object *schema = json_tokener_parse(write_schema);
    const struct constraint_tool tools[] = {{STR("write"), schema}, {STR("write_all"), NULL}};
    struct constraint *constraint =
        constraint_open_tools(vocabulary, setup->markup, tools, 2, &setup->options);
    for (; *valid; valid++)
        if (!test_accepts(constraint, *valid, strlen(*valid)))
            fail_msg("rejects %s", *valid);
    for (; *invalid; invalid++)
        if (test_accepts(constraint, *invalid, strlen(*invalid)))
            fail_msg("accepts %s", *invalid);
    constraint_close(constraint);
    json_object_put(schema);
    constraint_vocabulary_close(vocabulary);
}

#define XML_OPEN  "<tool_call>\n<function=write>\n"
#define XML_CLOSE "</function>\n</tool_call>"
#define PATH      "<parameter=path>\n/a\n</parameter>\n"
#define CONTENT   "<parameter=content>\nx</parameter>\n \"\\ <tool_call>\n\n</parameter>\n"
#define CALL      XML_OPEN PATH CONTENT XML_CLOSE

TEST(tool_constraint, xml_calls_have_declared_names_and_all_required_parameters)
{
    (void)state;
    check(&(struct setup){.markup = &xml},
          (const char *[]){
              "", "just text <tool_ <b>", "text first\n\n" CALL, CALL "\n" CALL,
              XML_OPEN CONTENT PATH XML_CLOSE,
              XML_OPEN PATH CONTENT "<parameter=n>\n12\n</parameter>\n" XML_CLOSE,
              XML_OPEN PATH CONTENT "<parameter=mode>\nw\n</parameter>\n" XML_CLOSE,
              "<tool_call>\n<function=write_all>\n<parameter=x>\ny\n</parameter>\n" XML_CLOSE,
              NULL},
          (const char *[]){"<tool_call>", "<tool_call>\n<function=read>\n", XML_OPEN PATH XML_CLOSE,
                           XML_OPEN PATH PATH CONTENT XML_CLOSE,
                           XML_OPEN PATH CONTENT "<parameter=n>\nx\n</parameter>\n" XML_CLOSE,
                           XML_OPEN PATH CONTENT "<parameter=mode>\nr\n</parameter>\n" XML_CLOSE,
                           XML_OPEN PATH CONTENT "<parameter=other>\nr\n</parameter>\n" XML_CLOSE,
                           XML_OPEN "<parameter=path>\na\n</parameter>\n" CONTENT XML_CLOSE,
                           CALL "more text", XML_OPEN PATH CONTENT, NULL});
}

#define JSON_CALL                                                                                  \
    "<tool_call>\n{\"name\": \"write\", \"arguments\": {\"path\": \"/a\", \"content\": \"\"}}\n"   \
    "</tool_call>"

TEST(tool_constraint, json_calls_may_be_spaced_and_turned_round)
{
    (void)state;
    check(&(struct setup){.markup = &hermes},
          (const char *[]){
              "text", JSON_CALL, "so:\n" JSON_CALL "\n" JSON_CALL,
              "<tool_call>\n{ \"name\":\"write_all\",\n\"arguments\": {\"q\": [1]} }\n</tool_call>",
              "<tool_call>\n{\"arguments\": {\"q\": 1}, \"name\": \"write_all\"}\n</tool_call>",
              NULL},
          (const char *[]){
              "<tool_call>\n{\"name\": \"wri\", \"arguments\": {}}\n</tool_call>",
              "<tool_call>\n{\"name\": \"write\", \"arguments\": {}}\n</tool_call>",
              "<tool_call>\n{\"arguments\": {\"q\": 1}, \"name\": \"write\"}\n</tool_call>",
              "<tool_call>\n{\"name\": \"write_all\", \"arguments\": 1}\n</tool_call>", NULL});
}

TEST(tool_constraint, lists_of_calls_are_opened_and_closed)
{
    (void)state;
    check(&(struct setup){.markup = &lists},
          (const char *[]){"hi", "hi[CALLS][CALL]function:write_all\n```json\n{}\n```[END][DONE]",
                           "[CALLS][CALL]function:write_all\n```json\n{}\n```[END]\n"
                           "[CALL]function:write_all\n```json\n{}\n```[END][DONE]",
                           NULL},
          (const char *[]){"[CALLS]", "[CALLS][CALL]function:write_all\n```json\n{}\n```[END]",
                           NULL});
}

#define Q "<|\"|>"

TEST(tool_constraint, braces_have_bare_names_and_marked_strings)
{
    (void)state;
    check(&(struct setup){.markup = &braces},
          (const char *[]){
              "hi",
              "<|tool_call>call:write{path:" Q "/a" Q ",content:" Q "x \"y\" {<" Q "}<tool_call|>",
              "<|tool_call>call:write{content:" Q Q ",mode:" Q "w" Q ",n:3,path:" Q "/" Q
              "}<tool_call|>",
              "<|tool_call>call:write_all{a:[{b_c:" Q "\n" Q "},true],d:null}<tool_call|>"
              "<|tool_call>call:write_all{}<tool_call|>",
              NULL},
          (const char *[]){
              "<|tool_call>call:write{path:" Q "/a" Q "}<tool_call|>", "<|tool_call>call:wri{",
              "<|tool_call>call:write{path:" Q "a" Q ",content:" Q Q "}<tool_call|>",
              "<|tool_call>call:write{path:" Q "/" Q ",content:" Q Q ",n:" Q "3" Q "}<tool_call|>",
              "<|tool_call>call:write{path:" Q "/" Q ",content:" Q Q ",z:1}<tool_call|>",
              "<|tool_call>call:write_all{\"a\":1}<tool_call|>", NULL});
}

TEST(tool_constraint, calls_without_an_opener_stand_at_the_beginning)
{
    (void)state;
    check(&(struct setup){.markup = &bare},
          (const char *[]){"hi {\"name\": \"x", "{\"name\": \"write_all\", \"parameters\": {}}",
                           "{\"name\": \"write_all\", \"parameters\": {}}; "
                           "{\"name\": \"write_all\", \"parameters\": {}}",
                           "{\"na", NULL},
          (const char *[]){"{\"name\": \"x\"}", "{\"name\": \"write\", \"parameters\": {}}", NULL});
}

TEST(tool_constraint, choices_demand_or_forbid_calls)
{
    (void)state;
    check(&(struct setup){&xml, {.choice = CONSTRAINT_CHOICE_NONE}},
          (const char *[]){"", "a <tool>", NULL}, (const char *[]){CALL, "<tool_call>", NULL});
    check(&(struct setup){&xml, {.choice = CONSTRAINT_CHOICE_ANY}},
          (const char *[]){CALL, CALL "\n" CALL, NULL},
          (const char *[]){"", "text", "text" CALL, NULL});
    check(&(struct setup){&xml, {.choice = CONSTRAINT_CHOICE_ANY, .disable_parallel = true}},
          (const char *[]){CALL, NULL}, (const char *[]){CALL "\n" CALL, NULL});
    check(&(struct setup){&hermes, {.choice = CONSTRAINT_CHOICE_NAMED, .named = STR("write_all")}},
          (const char *[]){
              "<tool_call>\n{\"name\": \"write_all\", \"arguments\": {}}\n</tool_call>", NULL},
          (const char *[]){JSON_CALL, NULL});
    check(&(struct setup){&xml,
                          {.choice = CONSTRAINT_CHOICE_ANY, .base = {.free_until = "</think>"}}},
          (const char *[]){"so {\"</think>\n\n" CALL, NULL},
          (const char *[]){CALL, "</think>", NULL});
    check(&(struct setup){&xml,
                          {.choice = CONSTRAINT_CHOICE_ANY,
                           .base = {.free_until = "</think>", .free_opener = "<think>"}}},
          (const char *[]){"<think>hm</think>\n\n" CALL, CALL, NULL},
          (const char *[]){"hm" CALL, NULL});
}

TEST(tool_constraint, the_name_of_a_lone_tool_is_forced)
{
    (void)state;
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    const struct constraint_tool tools[] = {{STR("write_all"), NULL}};
    struct constraint *constraint =
        constraint_open_tools(vocabulary, &xml, tools, 1,
                              &(struct tool_constraint_options){.choice = CONSTRAINT_CHOICE_AUTO});
    struct constraint_state *text = constraint_state_open(constraint);
    struct buf forced = {0};
    assert_int_equal(constraint_state_forced(text, &forced), 0);
    assert_true(constraint_state_accept_bytes(text, STR("I write <tool_call>")));
    assert_false(constraint_state_can_end(text));
    constraint_state_forced(text, &forced);
    assert_string_equal(forced.data, "\n<function=write_all>\n<");
    buf_release(&forced);
    constraint_state_close(text);
    constraint_close(constraint);
    constraint_vocabulary_close(vocabulary);
}

TEST(tool_constraint, a_mark_that_is_a_token_opens_a_call_and_its_characters_do_not)
{
    (void)state;
    static const char blob[] = "abcdefghijklmnopqrstuvwxyz<>/=_\n<tool_call>";
    uint32_t offsets[34];
    uint8_t roles[33] = {0};
    for (uint32_t i = 0; i < 33; i++)
        offsets[i] = i;
    offsets[33] = sizeof blob - 1;
    roles[32] = TOKEN_ROLE_MARK;
    struct constraint_vocabulary *vocabulary;
    assert_int_equal(constraint_vocabulary_open(
                         &vocabulary, &(struct token_vocabulary){blob, offsets, roles, 33}, NULL),
                     OK);
    const struct constraint_tool tools[] = {{STR("w"), NULL}};
    struct constraint *constraint =
        constraint_open_tools(vocabulary, &xml, tools, 1,
                              &(struct tool_constraint_options){.choice = CONSTRAINT_CHOICE_AUTO});
    struct constraint_state *text = constraint_state_open(constraint);
    assert_true(constraint_state_accept_bytes(text, STR("<tool_call>x")));
    assert_true(constraint_state_can_end(text));
    assert_true(constraint_state_accept(text, 32));
    assert_false(constraint_state_can_end(text));
    uint64_t mask;
    constraint_state_mask(text, &mask);
    assert_true(mask == UINT64_C(1) << 31); // the line end before <function=
    constraint_state_close(text);
    constraint_close(constraint);
    constraint_vocabulary_close(vocabulary);
}

// What a reader who takes white space lightly sees as an end is not written inside a value.
TEST(tool_constraint, raw_values_hold_nothing_that_reads_as_the_end_of_the_call)
{
    (void)state;
#define VALUE(text) XML_OPEN PATH "<parameter=content>\n" text "\n</parameter>\n" XML_CLOSE
    check(&(struct setup){.markup = &xml, .options = {.choice = CONSTRAINT_CHOICE_ANY}},
          (const char *[]){VALUE("a </parameter> b"), VALUE("</function>x</tool_call>"),
                           VALUE("<tool_call>\n<function=write>"), NULL},
          (const char *[]){VALUE("</function>\n</tool_call>"), VALUE("</parameter></function>"),
                           VALUE("x</parameter>\n\n<parameter=y>"), NULL});
}

TEST(tool_constraint, raw_parameters_keep_to_what_is_said_of_their_object)
{
    (void)state;
    static const char schema_text[] =
        "{\"properties\":{\"a\":{},\"b\":{},\"c\":{}},\"minProperties\":1,\"maxProperties\":2,"
        "\"dependentRequired\":{\"a\":[\"b\"]},\"additionalProperties\":false}";
#define P(name)    "<parameter=" name ">\n1\n</parameter>\n"
#define USE(inner) "<tool_call>\n<function=use>\n" inner XML_CLOSE
    static const char *const valid[] = {USE(P("b")), USE(P("a") P("b")), USE(P("b") P("a")),
                                        USE(P("c") P("b"))};
    static const char *const invalid[] = {USE(""), USE(P("a")), USE(P("a") P("c")),
                                          USE(P("a") P("b") P("c"))};
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct json_object *schema = json_tokener_parse(schema_text);
    const struct constraint_tool tools[] = {{STR("use"), schema}};
    struct constraint *constraint =
        constraint_open_tools(vocabulary, &xml, tools, 1,
                              &(struct tool_constraint_options){.choice = CONSTRAINT_CHOICE_ANY});
    for (size_t i = 0; i < COUNT_OF(valid); i++)
        if (!test_accepts(constraint, valid[i], strlen(valid[i])))
            fail_msg("rejects %s", valid[i]);
    for (size_t i = 0; i < COUNT_OF(invalid); i++)
        if (test_accepts(constraint, invalid[i], strlen(invalid[i])))
            fail_msg("accepts %s", invalid[i]);
    constraint_close(constraint);
    json_object_put(schema);
    constraint_vocabulary_close(vocabulary);
}

TEST(tool_constraint, single_bytes_cannot_spell_the_code_of_a_mark)
{
    (void)state;
    static const char blob[] = "<\xff\x80\n<tool_call>";
    const uint32_t offsets[] = {0, 1, 2, 3, 4, sizeof blob - 1};
    const uint8_t roles[] = {0, 0, 0, 0, TOKEN_ROLE_MARK};
    struct constraint_vocabulary *vocabulary;
    assert_int_equal(constraint_vocabulary_open(
                         &vocabulary, &(struct token_vocabulary){blob, offsets, roles, 5}, NULL),
                     OK);
    const struct constraint_tool tools[] = {{STR("w"), NULL}};
    struct constraint *constraint =
        constraint_open_tools(vocabulary, &xml, tools, 1,
                              &(struct tool_constraint_options){.choice = CONSTRAINT_CHOICE_ANY});
    struct constraint_state *text = constraint_state_open(constraint);
    uint64_t mask;
    constraint_state_mask(text, &mask);
    assert_true(mask_has(&mask, 4));
    assert_false(mask_has(&mask, 1));
    assert_false(constraint_state_accept(text, 1));
    constraint_state_close(text);
    constraint_close(constraint);
    constraint_vocabulary_close(vocabulary);
}

RUN_TESTS(IS(tool_constraint, raw_values_hold_nothing_that_reads_as_the_end_of_the_call),
          IS(tool_constraint, raw_parameters_keep_to_what_is_said_of_their_object),
          IS(tool_constraint, single_bytes_cannot_spell_the_code_of_a_mark),
          IS(tool_constraint, xml_calls_have_declared_names_and_all_required_parameters),
          IS(tool_constraint, json_calls_may_be_spaced_and_turned_round),
          IS(tool_constraint, lists_of_calls_are_opened_and_closed),
          IS(tool_constraint, braces_have_bare_names_and_marked_strings),
          IS(tool_constraint, calls_without_an_opener_stand_at_the_beginning),
          IS(tool_constraint, choices_demand_or_forbid_calls),
          IS(tool_constraint, the_name_of_a_lone_tool_is_forced),
          IS(tool_constraint, a_mark_that_is_a_token_opens_a_call_and_its_characters_do_not))
