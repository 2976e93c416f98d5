#include "tests/chat/transcript.h"

#include <json-c/json.h>

#include "base/memory.h"
#include "base/rng.h"
#include "chat/json_scan.h"
#include "chat/output_parser_schema.h"

static const char read_schema[] =
    "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
    "\"limit\":{\"type\":\"integer\"},\"deep\":{\"type\":\"boolean\"},"
    "\"list\":{\"type\":\"array\"},\"map\":{\"$ref\":\"#/$defs/m\"},"
    "\"maybe\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]},"
    "\"either\":{\"type\":[\"string\",\"number\"]},\"mode\":{\"enum\":[\"a\",\"1\"]},"
    "\"any\":{}},\"$defs\":{\"m\":{\"type\":\"object\"}}}";

struct tools {
    struct tool_def defs[2];
    struct json_object *schema;
};

static struct tools tools_open(void)
{
    struct tools tools = {.schema = json_tokener_parse(read_schema)};
    tools.defs[0] = (struct tool_def){.name = STR("Read"), .schema = tools.schema};
    tools.defs[1] = (struct tool_def){.name = STR("Bash")};
    return tools;
}

// A token of the vocabulary this test pretends to have.
static const char *const marks[] = {"<think>",      "</think>",     "<tool_call>", "</tool_call>",
                                    "<|tool_call>", "<tool_call|>", "<|\"|>",      "<|channel>",
                                    "<channel|>",   "[TOOL_CALLS]"};

struct run {
    const char *dialect;
    bool thinks, has_tokens, has_tools;
    const char *stop;
    enum chat_stop why;
};

// Pieces of `size` bytes (0: everything at once), markup tokens always whole.
static void feed(struct output_parser *parser, struct str text, size_t size, bool has_tokens)
{
    size_t at = 0, start = 0;
    bool goes_on = true;
    while (at < text.size && goes_on) {
        size_t n_mark = 0;
        for (size_t i = 0; i < COUNT_OF(marks) && has_tokens; i++)
            if (str_starts(str_slice(text, at, text.size), str_of(marks[i])))
                n_mark = strlen(marks[i]);
        if (n_mark || (size && at - start == size)) {
            goes_on = output_parser_push(parser, str_slice(text, start, at), false);
            start = at;
        }
        if (n_mark) {
            goes_on = goes_on && output_parser_push(parser, str_slice(text, at, at + n_mark), true);
            start = at += n_mark;
        } else {
            at++;
        }
    }
    output_parser_push(parser, str_slice(text, start, at), false);
}

static void parse(struct transcript *t, struct str text, const struct run *run, size_t piece)
{
    struct tools tools = tools_open();
    struct str stop = str_of(run->stop);
    struct output_parser *parser =
        output_parser_open(&(struct output_parser_options){.dialect = dialect_find(run->dialect),
                                                           .tools = tools.defs,
                                                           .n_tools = run->has_tools ? 2 : 0,
                                                           .stop_sequences = &stop,
                                                           .n_stop_sequences = run->stop != NULL,
                                                           .starts_in_thinking = run->thinks,
                                                           .token_marks = run->has_tokens ? ~0u : 0,
                                                           .sink = transcript_sink,
                                                           .context = t});
    feed(parser, text, piece, run->has_tokens);
    output_parser_finish(parser, run->why ? run->why : CHAT_STOP_END_TURN);
    output_parser_close(parser);
    json_object_put(tools.schema);
}

// The same events for the whole text, for single bytes and for every piece length up to 9, with the
// marks as tokens and as text where the case does not say.
static void check(const struct run *run, const char *text, const char *expected)
{
    for (size_t piece = 0; piece < 10; piece++) {
        struct transcript t = {0};
        parse(&t, str_of(text), run, piece);
        if (strcmp(t.out.data + 1, expected) != 0)
            fail_msg("dialect %s, pieces of %zu\n%s\nexpected\n%s\ngot\n%s", run->dialect, piece,
                     text, expected, t.out.data + 1);
        transcript_release(&t);
    }
}

#define QWEN(...)                                                                                  \
    (&(struct run){.dialect = "qwen3.5", .has_tokens = true, .has_tools = true, __VA_ARGS__})
#define XML(...) (&(struct run){.dialect = "qwen3-coder", .has_tools = true, __VA_ARGS__})
#define JSON(...)                                                                                  \
    (&(struct run){.dialect = "qwen3", .has_tokens = true, .has_tools = true, __VA_ARGS__})
#define LLAMA(...) (&(struct run){.dialect = "llama3", .has_tools = true, __VA_ARGS__})

TEST(output_parser, splits_thinking_from_text)
{
    (void)state;
    check(QWEN(.thinks = true), "Hm.\nSo.\n</think>\n\nHello, world.",
          "think|Hm.\\nSo.\nthought\ntext|Hello, world.\nstop|end");
    check(JSON(.thinks = false), "<think>\nHm.\n</think>\n\nHi",
          "think|Hm.\nthought\ntext|Hi\nstop|end");
    check(QWEN(.thinks = false), "Hello\n", "text|Hello\\n\nstop|end");
    check(QWEN(.thinks = true), "never ends", "think|never ends\nthought\nstop|end");
    check(QWEN(.thinks = true), "\n\n</think>\n\n", "thought\nstop|end");
}

TEST(output_parser, reads_parameters_by_the_schema)
{
    (void)state;
    check(
        XML(.thinks = false),
        "I look.\n\n<tool_call>\n<function=Read>\n<parameter=limit>\n5\n</parameter>\n"
        "<parameter=path>\na \"b\"\n</parameter>\n<parameter=deep>\nTrue\n</parameter>\n"
        "<parameter=list>\n[1, {\"x\": 2}]\n</parameter>\n<parameter=map>\n{'k': "
        "'v'}\n</parameter>\n"
        "<parameter=maybe>\nnull\n</parameter>\n<parameter=either>\n7\n</parameter>\n"
        "<parameter=mode>\n1\n</parameter>\n<parameter=any>\nfalse\n</parameter>\n"
        "</function>\n</tool_call>",
        "text|I look.\ncall|Read|{\"limit\":5,\"path\":\"a \\\\\"b\\\\\"\",\"deep\":true,"
        "\"list\":[1, {\"x\": 2}],\"map\":{\"k\":\"v\"},\"maybe\":null,\"either\":7,\"mode\":\"1\","
        "\"any\":false}|whole\nstop|calls");
    check(XML(.thinks = false),
          "<tool_call><function=Read><parameter=limit>lots</parameter>"
          "<parameter=maybe>\nnullify\n</parameter></function></tool_call>",
          "call|Read|{\"limit\":\"lots\",\"maybe\":\"nullify\"}|whole\nstop|calls");
}

TEST(output_parser, keeps_a_string_parameter_byte_for_byte)
{
    (void)state;
    check(XML(.thinks = false),
          "<tool_call>\n<function=Read>\n<parameter=path>\n\n  "
          "x\n\n</parameter>\n</function>\n</tool_call>",
          "call|Read|{\"path\":\"\\\\n  x\\\\n\"}|whole\nstop|calls");
    check(XML(.thinks = false),
          "<tool_call>\n<function=Read>\n<parameter=path>\n</parameter>\n</function>\n</tool_call>",
          "call|Read|{\"path\":\"\"}|whole\nstop|calls");
}

TEST(output_parser, lets_a_value_speak_of_markup)
{
    (void)state;
    check(
        QWEN(.thinks = false),
        "<tool_call>\n<function=Read>\n<parameter=path>\nuse </parameter> or <tool_call>, </think>"
        " and </function> or </tool_call>.\n</parameter>\n</function>\n</tool_call>",
        "call|Read|{\"path\":\"use </parameter> or <tool_call>, </think>"
        " and </function> or </tool_call>.\"}|whole\nstop|calls");
}

TEST(output_parser, reads_several_calls)
{
    (void)state;
    check(QWEN(.thinks = true),
          "both</think>\n\n<tool_call>\n<function=Bash>\n</function>\n</tool_call>\n<tool_call>\n"
          "<function=Bash>\n<parameter=c>\nls\n</parameter>\n</function>\n</tool_call>",
          "think|both\nthought\ncall|Bash|{}|whole\ncall|Bash|{\"c\":\"ls\"}|whole\nstop|calls");
    check(JSON(.thinks = false),
          "A\n<tool_call>\n{\"name\": \"Bash\", \"arguments\": {\"c\": \"l\\ns\"}}\n</tool_call>\n"
          "<tool_call>\n{\"name\":\"Read\",\"arguments\":{}}\n</tool_call>\nB",
          "text|A\ncall|Bash|{\"c\": \"l\\\\ns\"}|whole\ncall|Read|{}|whole\ntext|B\nstop|calls");
}

TEST(output_parser, takes_json_envelopes_in_any_order)
{
    (void)state;
    const char *expected = "call|Bash|{\"c\": [1,2]}|whole\nstop|calls";
    check(JSON(.thinks = false),
          "<tool_call>{\"arguments\":{\"c\": [1,2]},\"name\":\"Bash\"}</tool_call>", expected);
    check(JSON(.thinks = false),
          "<tool_call>\n{ \"id\" : 3, \"name\" : \"Bash\" , \"parameters\" : {\"c\": [1,2]} , "
          "\"x\":{} }\n"
          "</tool_call>",
          expected);
    check(JSON(.thinks = false),
          "<tool_call>{\"name\":\"Bash\",\"arguments\":\"{\\\"c\\\": [1,2]}\"}</tool_call>",
          expected);
    check(JSON(.thinks = false), "<tool_call>{\"name\":\"Bash\"}</tool_call>",
          "call|Bash|{}|whole\nstop|calls");
    check(JSON(.thinks = false), "<tool_call>{\"name\":\"Bash\",\"arguments\":null}</tool_call>",
          "call|Bash|{}|whole\nstop|calls");
}

TEST(output_parser, ends_thinking_at_a_call)
{
    (void)state;
    check(QWEN(.thinks = true), "I go.\n<tool_call>\n<function=Bash>\n</function>\n</tool_call>",
          "think|I go.\nthought\ncall|Bash|{}|whole\nstop|calls");
    check(QWEN(.thinks = true), "like <tool_call>\n<function=Nope>\n?</think>Hi",
          "think|like <tool_call>\\n<function=Nope>\\n?\nthought\ntext|Hi\nstop|end");
}

TEST(output_parser, never_presents_a_cut_call_as_whole)
{
    (void)state;
    check(QWEN(.why = CHAT_STOP_MAX_TOKENS), "<tool_call>\n<function=Bash>\n<parameter=c>\nls -",
          "call|Bash|{\"c\":|cut\nstop|max");
    check(QWEN(.why = CHAT_STOP_MAX_TOKENS),
          "<tool_call>\n<function=Read>\n<parameter=path>\nls -\n",
          "call|Read|{\"path\":\"ls -\\\\n|cut\nstop|max");
    check(QWEN(.why = CHAT_STOP_MAX_TOKENS),
          "<tool_call>\n<function=Bash>\n<parameter=c>\nls\n</parameter>\n",
          "call|Bash|{\"c\":\"ls\"|cut\nstop|max");
    check(QWEN(.thinks = false), "<tool_call>\n<function=Bash>\n</function>",
          "call|Bash|{}|whole\nstop|calls");
    check(JSON(.why = CHAT_STOP_MAX_TOKENS), "<tool_call>{\"name\":\"Bash\",\"arguments\":{\"c\":1",
          "call|Bash|{\"c\":1|cut\nstop|max");
    check(QWEN(.why = CHAT_STOP_MAX_TOKENS), "x <tool_call>\n<functi",
          "text|x <tool_call>\\n<functi\nstop|max");
}

TEST(output_parser, reports_arguments_that_are_not_json_as_unfinished)
{
    (void)state;
    check(JSON(.thinks = false),
          "<tool_call>{\"name\":\"Bash\",\"arguments\":{\"c\":oops}}</tool_call>",
          "call|Bash|{\"c\":oops}}|cut\nstop|end");
    check(JSON(.thinks = false), "<tool_call>{\"name\":\"Bash\",\"arguments\":[1]}</tool_call>",
          "call|Bash|[1]}|cut\nstop|end");
}

TEST(output_parser, passes_undeclared_tools_on)
{
    (void)state;
    check(
        QWEN(.thinks = false),
        "<tool_call>\n<function=Other>\n<parameter=n>\n1\n</parameter>\n</function>\n</tool_call>",
        "call|Other|{\"n\":1}|whole\nstop|calls");
}

TEST(output_parser, leaves_lookalikes_alone)
{
    (void)state;
    const char *text =
        "The tag <tool_call> opens; <think> does not; <tool_call>\n{\"x\":1}; <function=Bash> too.";
    struct buf expected = {0};
    buf_append_text(&expected, "text|");
    transcript_words(&expected, str_of(text));
    buf_append_text(&expected, "\nstop|end");
    check(XML(.thinks = false), text, expected.data);
    check(&(struct run){.dialect = "qwen3", .has_tools = true}, text, expected.data);
    check(&(struct run){.dialect = "qwen3"}, text, expected.data);
    buf_release(&expected);
    // Without tools there are no calls, however well they are written.
    check(&(struct run){.dialect = "qwen3.5", .has_tokens = true},
          "<tool_call>\n<function=Bash>\n</function>\n</tool_call>",
          "text|<tool_call>\\n<function=Bash>\\n</function>\\n</tool_call>\nstop|end");
    // Where the vocabulary has the tag as a token, its characters are only characters.
    check(&(struct run){.dialect = "gemma4", .has_tokens = true, .has_tools = true},
          "<|tool call>call:Bash{}", "text|<|tool call>call:Bash{}\nstop|end");
}

TEST(output_parser, accepts_a_call_without_its_outer_tag)
{
    (void)state;
    check(XML(.thinks = false),
          "Go.\n<function=Bash>\n<parameter=c>\nls\n</parameter>\n</function>\n</tool_call>",
          "text|Go.\ncall|Bash|{\"c\":\"ls\"}|whole\nstop|calls");
    check(XML(.thinks = false), "<function=Nope>\n</function>",
          "text|<function=Nope>\\n</function>\nstop|end");
}

TEST(output_parser, finds_stop_sequences_across_pieces)
{
    (void)state;
    check(QWEN(.stop = "END"), "one ENE two\nEND three", "text|one ENE two\\n\nstop|sequence");
    check(QWEN(.stop = "END", .thinks = true), "END?</think>a\n\nEND",
          "think|END?\nthought\ntext|a\\n\\n\nstop|sequence");
    check(QWEN(.stop = "END"), "almost EN", "text|almost EN\nstop|end");
    check(QWEN(.stop = "\n\n"), "a\n\n\nb", "text|a\nstop|sequence");
}

TEST(output_parser, reads_bare_json_calls)
{
    (void)state;
    check(LLAMA(.thinks = false), "{\"name\": \"Bash\", \"parameters\": {\"c\": \"ls\"}}",
          "call|Bash|{\"c\": \"ls\"}|whole\nstop|calls");
    check(LLAMA(.thinks = false),
          "{\"type\": \"function\", \"name\": \"Bash\", \"parameters\": {}}; "
          "{\"name\": \"Read\", \"parameters\": {}}",
          "call|Bash|{}|whole\ncall|Read|{}|whole\nstop|calls");
    check(LLAMA(.thinks = false), "<|python_tag|>{\"name\": \"Bash\", \"parameters\": {}}",
          "call|Bash|{}|whole\nstop|calls");
    check(LLAMA(.thinks = false), "I look.\n{\"name\": \"Bash\", \"parameters\": {}}",
          "text|I look.\ncall|Bash|{}|whole\nstop|calls");
    check(LLAMA(.thinks = false), "So:\n{\n  \"x\": 1\n}",
          "text|So:\\n{\\n  \"x\": 1\\n}\nstop|end");
    check(LLAMA(.thinks = false), "{\"answer\": 42}", "text|{\"answer\": 42}\nstop|end");
    check(LLAMA(.thinks = false), "{\"name\": \"Nobody\", \"parameters\": {}}",
          "call|Nobody|{}|whole\nstop|calls");
    check(LLAMA(.thinks = false), "{\"name\": \"Nobody\"}",
          "text|{\"name\": \"Nobody\"}\nstop|end");
}

TEST(output_parser, reads_the_other_families)
{
    (void)state;
    check(&(struct run){.dialect = "gemma4", .has_tokens = true, .has_tools = true},
          "<|channel>thought\nHm.\n<channel|><|tool_call>call:Read{path:<|\"|>a\"b{<|\"|>,limit:5,"
          "list:[1,<|\"|>x<|\"|>],map:{k:true}}<tool_call|><|tool_call>call:Bash{}<tool_call|>",
          "think|Hm.\nthought\ncall|Read|{\"path\":\"a\\\\\"b{\",\"limit\":5,\"list\":[1,\"x\"],"
          "\"map\":{\"k\":true}}|whole\ncall|Bash|{}|whole\nstop|calls");
    check(&(struct run){.dialect = "deepseek-r1", .thinks = true, .has_tools = true},
          "Hm\n</think>\n\n<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>Bash\n"
          "```json\n{\"c\": "
          "1}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>Read\n"
          "```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
          "think|Hm\nthought\ncall|Bash|{\"c\": 1}|whole\ncall|Read|{}|whole\nstop|calls");
    check(&(struct run){.dialect = "mistral", .has_tokens = true, .has_tools = true},
          "[TOOL_CALLS]Bash[ARGS]{\"c\": 1}[TOOL_CALLS]Read[ARGS]{}",
          "call|Bash|{\"c\": 1}|whole\ncall|Read|{}|whole\nstop|calls");
    check(&(struct run){.dialect = "mistral", .has_tokens = true, .has_tools = true},
          "[TOOL_CALLS] [{\"name\": \"Bash\", \"arguments\": {\"c\": 1}}, {\"name\": \"Read\", "
          "\"arguments\": {}}]",
          "call|Bash|{\"c\": 1}|whole\ncall|Read|{}|whole\nstop|calls");
}

TEST(output_parser, gives_every_call_its_own_id)
{
    (void)state;
    struct tools tools = tools_open();
    struct transcript t = {0};
    struct output_parser_options options = {.dialect = dialect_find("qwen3.5"),
                                            .tools = tools.defs,
                                            .n_tools = 2,
                                            .is_single_call = true,
                                            .sink = transcript_sink,
                                            .context = &t};
    struct output_parser *parser = output_parser_open(&options);
    const char *call = "<tool_call>\n<function=Bash>\n</function>\n</tool_call>";
    assert_false(output_parser_push(parser, str_of(call), false));
    assert_false(output_parser_push(parser, str_of(call), false));
    assert_int_equal(output_parser_finish(parser, CHAT_STOP_END_TURN), CHAT_STOP_TOOL_CALLS);
    assert_string_equal(t.out.data, "\ncall|Bash|{}|whole\nstop|calls");
    output_parser_close(parser);
    transcript_release(&t);
    json_object_put(tools.schema);
}

// ---- transcripts nobody wrote: whatever comes, cuts change nothing and whole calls are JSON ----

static const char *const snippets[] = {
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
    "\n",
    " ",
    "<function=Bash>",
    "<function=Read>",
    "<function=X>",
    "</function>",
    "<parameter=path>",
    "<parameter=limit>",
    "</parameter>",
    "{\"name\": \"Bash\", \"arguments\": ",
    "{\"c\": 1}",
    "}",
    "{",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "word",
    "é",
    "12",
    "true",
    "null",
    "\\u00e9",
    "END",
    "EN",
    "<|tool_call>call:Bash{",
    "<|\"|>",
    "<tool_call|>",
    "path:",
    "<|channel>thought\n",
    "<channel|>",
    "[TOOL_CALLS]",
    "Bash[ARGS]",
    "<｜tool▁call▁begin｜>function<｜tool▁sep｜>Bash\n```json\n",
    "\n```<｜tool▁call▁end｜>",
    "<|python_tag|>",
    "; ",
    "<",
    "{\"name\": \"Read\", \"parameters\": {\"path\": \"x\"}}",
};

static void random_text(struct rng *rng, struct buf *out)
{
    buf_reset(out);
    size_t n = 1 + rng_below(rng, 30);
    for (size_t i = 0; i < n; i++)
        buf_append_text(out, snippets[rng_below(rng, COUNT_OF(snippets))]);
}

static void check_whole_calls(const struct buf *transcript)
{
    struct str text = {transcript->data, transcript->size};
    for (size_t at = 0; (at = str_find(text, STR("\ncall|"), at)) != STR_NONE; at++) {
        size_t end = str_find(text, STR("\n"), at + 1);
        struct str line = str_slice(text, at, end);
        if (!str_ends(line, STR("|whole")))
            continue;
        size_t from = str_find(line, STR("|"), str_find(line, STR("|"), 0) + 1) + 1;
        struct str words = str_slice(line, from, line.size - strlen("|whole"));
        struct buf json = {0};
        for (size_t i = 0; i < words.size; i++) {
            bool is_escape = words.data[i] == '\\' && i + 1 < words.size;
            buf_append_byte(&json, !is_escape               ? words.data[i]
                                   : words.data[++i] == 'n' ? '\n'
                                                            : '\\');
        }
        if (!json_is_valid((struct str){json.data, json.size}))
            fail_msg("not JSON: %s", json.data);
        buf_release(&json);
    }
}

static void check_random(const char *dialect, struct rng *rng, bool has_tokens)
{
    struct run run = {.dialect = dialect,
                      .has_tokens = has_tokens,
                      .has_tools = rng_below(rng, 8) > 0,
                      .thinks = rng_below(rng, 3) == 0,
                      .stop = rng_below(rng, 4) ? NULL : "END"};
    struct buf text = {0};
    random_text(rng, &text);
    struct transcript whole = {0}, cut = {0};
    parse(&whole, (struct str){text.data, text.size}, &run, 0);
    parse(&cut, (struct str){text.data, text.size}, &run, 1 + rng_below(rng, 3));
    if (strcmp(whole.out.data, cut.out.data) != 0)
        fail_msg("dialect %s, tokens %d, thinks %d, tools %d, stop %s\n%s\nwhole:%s\ncut:%s",
                 dialect, has_tokens, run.thinks, run.has_tools, run.stop ? run.stop : "",
                 text.data, whole.out.data, cut.out.data);
    check_whole_calls(&whole.out);
    transcript_release(&whole);
    transcript_release(&cut);
    buf_release(&text);
}

TEST(output_parser, means_the_same_wherever_the_text_is_cut)
{
    (void)state;
    const char *wanted = getenv("HEARTH_TRANSCRIPTS"); // per dialect; a soak run sets 100000
    size_t n = wanted ? strtoul(wanted, NULL, 10) : 3000;
    struct rng rng;
    rng_seed(&rng, 7);
    for (size_t i_dialect = 0; dialect_at(i_dialect); i_dialect++)
        for (size_t i = 0; i < n; i++)
            check_random(dialect_at(i_dialect)->name, &rng, i & 1);
}

TEST(json_scan, accepts_json_and_nothing_else)
{
    (void)state;
    static const char *const good[] = {"{}",
                                       "[]",
                                       " [1, -0.5e+3, 0] ",
                                       "\"\\u00e9\\n\"",
                                       "12",
                                       "-0",
                                       "true",
                                       "null ",
                                       "{\"a\":{\"b\":[{}]},\"c\":\"\"}",
                                       "1E5"};
    static const char *const bad[] = {"",        "{",      "[1,]",      "{\"a\":}", "{a:1}",
                                      "01",      "1.",     "-",         "1e",       "tru",
                                      "nul l",   "\"\n\"", "'x'",       "{} {}",    "[1}",
                                      "\"\\x\"", "NaN",    "{\"a\" 1}", "{,}",      "[1 2]"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        if (!json_is_valid(str_of(good[i])))
            fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (json_is_valid(str_of(bad[i])))
            fail_msg("accepted: %s", bad[i]);
}

TEST(output_parser_schema, survives_schemas_that_refer_to_themselves)
{
    (void)state;
    struct tool_def tool = {
        .schema = json_tokener_parse("{\"properties\":{\"a\":{\"$ref\":\"#/properties/a\"},"
                                     "\"b\":{\"allOf\":[{\"$ref\":\"#/properties/b\"},{\"$ref\":"
                                     "\"#/properties/b\"},{\"$ref\":\"#/properties/b\"}]}},"
                                     "\"additionalProperties\":{\"type\":\"number\"}}")};
    assert_int_equal(schema_parameter_types(&tool, STR("a")), VALUE_ANY);
    assert_int_equal(schema_parameter_types(&tool, STR("b")), VALUE_ANY);
    assert_int_equal(schema_parameter_types(&tool, STR("other")), VALUE_NUMBER);
    json_object_put(tool.schema);
}

RUN_TESTS(IS(output_parser, splits_thinking_from_text),
          IS(output_parser, reads_parameters_by_the_schema),
          IS(output_parser, keeps_a_string_parameter_byte_for_byte),
          IS(output_parser, lets_a_value_speak_of_markup), IS(output_parser, reads_several_calls),
          IS(output_parser, takes_json_envelopes_in_any_order),
          IS(output_parser, ends_thinking_at_a_call),
          IS(output_parser, never_presents_a_cut_call_as_whole),
          IS(output_parser, reports_arguments_that_are_not_json_as_unfinished),
          IS(output_parser, passes_undeclared_tools_on), IS(output_parser, leaves_lookalikes_alone),
          IS(output_parser, accepts_a_call_without_its_outer_tag),
          IS(output_parser, finds_stop_sequences_across_pieces),
          IS(output_parser, reads_bare_json_calls), IS(output_parser, reads_the_other_families),
          IS(output_parser, gives_every_call_its_own_id),
          IS(output_parser, means_the_same_wherever_the_text_is_cut),
          IS(json_scan, accepts_json_and_nothing_else),
          IS(output_parser_schema, survives_schemas_that_refer_to_themselves))
