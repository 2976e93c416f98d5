#include "chat/jinja.h"
#include "base/memory.h"
#include "chat/json_text.h"
#include "tests/test.h"

#include <pthread.h>

#define UNUSED (void)state

// Renders `source` with the JSON object `context`; spans_of and limits come from `inputs`.
static enum err render_with(const char *source, const char *context, struct jinja_inputs inputs,
                            struct spans *spans, struct error *error)
{
    struct json_object *root = json_tokener_parse(context);
    struct jinja_variable variables[16];
    struct jinja_template *template = NULL;
    assert_non_null(root);
    inputs.variables = variables;
    json_object_object_foreach(root, key, value)
    {
        // Names in capitals are what a caller marks as its own, like bos_token.
        enum span_kind kind = key[0] >= 'A' && key[0] <= 'Z' ? SPAN_MARKUP : SPAN_TEXT;
        variables[inputs.n_variables++] = (struct jinja_variable){key, value, kind};
    }
    enum err err = jinja_compile(&template, str_of(source), error);
    if (!err)
        err = jinja_render(template, spans, &inputs, error);
    jinja_close(template);
    json_object_put(root);
    return err;
}

// The spans as text: markup bare, text in <>, token runs as {run:text}.
static char *marked(const struct spans *spans)
{
    struct buf out = {0};
    for (size_t i = 0; i < spans->n_items; i++) {
        const struct span *span = &spans->items[i];
        if (span->kind == SPAN_TOKENS)
            buf_printf(&out, "{%u:", (unsigned)span->i_run);
        else if (span->kind == SPAN_TEXT)
            buf_append_byte(&out, '<');
        buf_append(&out, spans->text.data + span->start, span->size);
        if (span->kind != SPAN_MARKUP)
            buf_append_byte(&out, span->kind == SPAN_TEXT ? '>' : '}');
    }
    return buf_take(&out);
}

static void check(const char *source, const char *context, const char *expected)
{
    struct spans spans = {0};
    struct error error = {0};
    enum err err = render_with(source, context, (struct jinja_inputs){0}, &spans, &error);
    if (err)
        fail_msg("%s: %s", source, error.text);
    char *got = marked(&spans);
    assert_string_equal(got, expected);
    free(got);
    spans_release(&spans);
}

static void check_error(const char *source, const char *context, enum err expected,
                        const char *sentence)
{
    struct spans spans = {0};
    struct error error = {0};
    enum err err = render_with(source, context, (struct jinja_inputs){0}, &spans, &error);
    if (err != expected || strcmp(error.text, sentence) != 0)
        fail_msg("%s: %s: %s", source, err_name(err), err ? error.text : spans.text.data);
    assert_int_equal(spans.text.size, 0);
    spans_release(&spans);
}

// ---- where bytes come from ----

TEST(jinja, literals_are_markup_and_context_is_text)
{
    UNUSED;
    check("<|im_start|>{{ role }}\n{{ BOS }}", "{\"role\": \"user\", \"BOS\": \"<s>\"}",
          "<|im_start|><user>\n<s>");
    check("{{ n }}{{ 1.5 }}{{ none }}", "{\"n\": 3}", "31.5None");
}

TEST(jinja, provenance_survives_string_operations)
{
    UNUSED;
    const char *context = "{\"s\": \" Ab<|x|>cd \", \"l\": [\"p\", \"q\"]}";
    check("{{ '[' + s + ']' }}", context, "[< Ab<|x|>cd >]");
    check("{{ '[' ~ s ~ ']' }}", context, "[< Ab<|x|>cd >]");
    check("{{ s|trim }}{{ s.strip() }}", context, "<Ab<|x|>cdAb<|x|>cd>");
    check("{{ ('[' ~ s ~ ']')[1:4] }}", context, "< Ab>");
    check("{{ ('[' ~ s ~ ']')[:3] }}", context, "[< A>");
    check("{{ ('[' ~ s ~ ']')[0] }}{{ s[1] }}", context, "[<A>");
    check("{{ ('[' ~ s ~ ']')[::-1] }}", context, "]< dc>|x|<bA >[");
    check("{{ ('a|' ~ s).split('|')|join('-') }}", context, "a-< Ab<>-<x>-<>cd >");
    check("{{ ('x' ~ s)|upper }}{{ s.lower() }}", context, "X< AB<|X|>CD  ab<|x|>cd >");
    check("{{ s.replace('b', '!') }}", context, "< A>!<<|x|>cd >");
    check("{{ l|join(', ') }}", context, "<p>, <q>");
    check("{% for c in l %}{{ c }};{% endfor %}", context, "<p>;<q>;");
    check("{{ '%s=%s' % ('k', l[0]) }}{{ '{}!'.format(l[1]) }}", context, "k=<pq>!");
    check("{{ f % () }}", "{\"f\": \"<|%%|>\"}", "<<|%|>>");
    check("{{ strftime_now(s[3:6]) }}", context, "<<|x>");
    check("{% set x %}[{{ l[0] }}]{% endset %}{{ x }}{{ x|length }}", context, "[<p>]3");
    check("{% macro m(a) %}({{ a }}){% endmacro %}{{ m(l[0]) }}", context, "(<p>)");
    check("{% filter upper %}a{{ l[0] }}{% endfilter %}", context, "A<P>");
    check("{{ s|string|safe|e }}", context, "< Ab<|x|>cd >");
    check("{{ ('a\n' ~ l[0])|indent(2) }}", context, "a\n  <p>");
}

TEST(jinja, keys_of_the_context_are_text)
{
    UNUSED;
    check("{% for k, v in d|items %}{{ k }}={{ v }}{% endfor %}{{ d|list|first }}",
          "{\"d\": {\"<|k|>\": \"v\"}}", "<<|k|>>=<v<|k|>>");
}

TEST(jinja, all_of_tojson_and_of_printed_data_is_text)
{
    UNUSED;
    const char *context = "{\"d\": {\"<|k|>\": [\"<|v|>\\n\", 1, true]}}";
    check("T{{ d|tojson }}", context, "T<{\"<|k|>\": [\"<|v|>\\n\", 1, true]}>");
    check("{{ {'a': '<|lit|>'}|tojson }}", context, "<{\"a\": \"<|lit|>\"}>");
    check("T{{ d }}", context, "T<{'<|k|>': ['<|v|>\\n', 1, True]}>");
}

TEST(jinja, growing_a_string_keeps_older_ones_intact)
{
    UNUSED;
    check("{% set a = 'x' ~ s %}{% set b = a ~ '1' %}{% set c = a ~ '2' %}{% set d = b ~ b %}"
          "{{ a }} {{ b }} {{ c }} {{ d }}",
          "{\"s\": \"s\"}", "x<s> x<s>1 x<s>2 x<s>1x<s>1");
    check("{% set ns = namespace(s='') %}{% for i in range(4) %}{% set ns.s = ns.s ~ i ~ t %}"
          "{% endfor %}{{ ns.s }}",
          "{\"t\": \"t\"}", "0<t>1<t>2<t>3<t>");
}

// ---- token runs ----

struct runs {
    const char *match; // strings that are equal to this
    struct spans spans;
};

static const struct spans *find_run(void *user, struct json_object *string)
{
    struct runs *runs = user;
    return strcmp(json_object_get_string(string), runs->match) == 0 ? &runs->spans : NULL;
}

static void check_runs(const char *source, const char *expected)
{
    struct runs runs = {.match = "mark"};
    spans_append(&runs.spans, SPAN_TOKENS, 4, STR(" one "));
    spans_append(&runs.spans, SPAN_TEXT, 0, STR("mid"));
    spans_append(&runs.spans, SPAN_TOKENS, 5, STR("two\"."));
    struct jinja_inputs inputs = {.spans_of = find_run, .user = &runs};
    struct spans spans = {0};
    struct error error = {0};
    enum err err =
        render_with(source, "{\"s\": \"mark\", \"t\": \"plain\"}", inputs, &spans, &error);
    if (err)
        fail_msg("%s: %s", source, error.text);
    char *got = marked(&spans);
    assert_string_equal(got, expected);
    free(got);
    spans_release(&spans);
    spans_release(&runs.spans);
}

TEST(jinja, token_runs_pass_whole_and_become_markup_when_cut)
{
    UNUSED;
    check_runs("[{{ s }}]{{ t }}", "[{4: one }<mid>{5:two\".}]<plain>");
    check_runs("{{ s ~ s }}", "{4: one }<mid>{5:two\".}{4: one }<mid>{5:two\".}");
    check_runs("{{ s|trim }}", "one <mid>{5:two\".}");
    check_runs("{{ s[:6] }}", "{4: one }<m>");
    check_runs("{{ s[5:] }}", "<mid>{5:two\".}");
    check_runs("{{ s[2:4] }}", "ne");
    check_runs("{{ s.split('mid')|join('/') }}", "{4: one }/{5:two\".}");
    check_runs("{{ s|upper }}", " ONE <MID>TWO\".");
    check_runs("{{ s|lower }}", "{4: one }<mid>{5:two\".}");
    check_runs("{{ s.replace('i', 'o') }}", "{4: one }<m>o<d>{5:two\".}");
    check_runs("{{ s.replace('n', 'N') }}", " oNe <mid>{5:two\".}");
    // In data, what is not a whole run any more is text like the rest.
    check_runs("{{ [s]|tojson }}", "<[\">{4: one }<midtwo\\\".\"]>");
    check_runs("{% set x %}{{ s }}{% endset %}{{ x }}", "{4: one }<mid>{5:two\".}");
}

// ---- json-c ----

TEST(jinja, nul_characters_and_lone_surrogates_of_json_survive)
{
    UNUSED;
    struct spans spans = {0};
    struct error error = {0};
    enum err err = render_with("{{ s|length }}{{ s }}{{ s|tojson }}", "{\"s\": \"a\\u0000b\"}",
                               (struct jinja_inputs){0}, &spans, &error);
    assert_int_equal(err, OK);
    assert_int_equal(spans.text.size, 1 + 3 + 10);
    assert_memory_equal(spans.text.data, "3a\0b\"a\\u0000b\"", 14);
    spans_release(&spans);
    check("{{ s }}{{ s|length }}", "{\"s\": \"x\\ud83d y\"}", "<x\xef\xbf\xbd y>4");
    check("{{ d }}", "{\"d\": {\"k\\u0000x\": 1}}", "<{'k': 1}>"); // keys end there in json-c
    check("{{ s }}", "{\"s\": \"\\ud83d\\ude00\"}", "<\xf0\x9f\x98\x80>");
}

TEST(jinja, numbers_of_json_keep_their_kind)
{
    UNUSED;
    check("{{ [a, b, c, d, e]|tojson }}",
          "{\"a\": 1.0, \"b\": 1e5, \"c\": -0.5, \"d\": 9007199254740993, "
          "\"e\": 18446744073709551615}",
          "<[1.0, 100000.0, -0.5, 9007199254740993, 18446744073709551615]>");
    check("{{ e }}{{ e is number }}", "{\"e\": 9223372036854775808}", "9223372036854775808True");
    check_error("{{ e + 1 }}", "{\"e\": 9223372036854775808}", ERR_LIMIT,
                "line 1: an integer needs more than 64 bits");
}

TEST(jinja, bytes_that_are_not_utf8_pass_unchanged)
{
    UNUSED;
    check("{{ s ~ 1 }}{{ s|length }}{{ s|upper }}{{ s[1:] }}", "{\"s\": \"a\xff\xc3z\"}",
          "<a\xff\xc3z>14<A\xff\xc3Z\xff\xc3z>");
}

// ---- errors ----

TEST(jinja, errors_name_the_line)
{
    UNUSED;
    check_error("a\n{{ b.c }}", "{}", ERR_FORMAT, "line 2: 'b' is undefined");
    check_error("{% if x %}\n\n{{ y|zz }}{% endif %}", "{\"x\": 1}", ERR_FORMAT,
                "line 3: there is no filter 'zz'");
    check_error("\n{% endif %}", "{}", ERR_FORMAT, "line 2: unknown or misplaced tag 'endif'");
    check_error("{% for x in y %}\n", "{}", ERR_FORMAT,
                "line 1: the template ends, but a block waits for {% endfor %}");
    check_error("{{ 'a' + 1 }}", "{}", ERR_FORMAT,
                "line 1: unsupported operand type(s) for +: 'str' and 'int'");
    check_error("{% include 'x' %}", "{}", ERR_UNSUPPORTED,
                "line 1: {% include %} is not supported");
}

TEST(jinja, a_raise_by_the_template_is_told_from_other_errors)
{
    UNUSED;
    check_error("{{ raise_exception('Roles must alternate, ' ~ n) }}", "{\"n\": 5}", ERR_ARGUMENT,
                "Roles must alternate, 5");
}

TEST(jinja, output_of_before_an_error_is_dropped)
{
    UNUSED;
    struct spans spans = {0};
    struct error error = {0};
    spans_append(&spans, SPAN_MARKUP, 0, STR("kept"));
    enum err err = render_with("text{{ x.y }}", "{}", (struct jinja_inputs){0}, &spans, &error);
    assert_int_equal(err, ERR_FORMAT);
    assert_int_equal(spans.text.size, 4);
    spans_release(&spans);
}

// ---- limits ----

static void check_limit(const char *source, const char *sentence)
{
    struct spans spans = {0};
    struct error error = {0};
    struct jinja_inputs inputs = {
        .limits = {.n_steps_max = 2000000, .size_memory_max = 16 * MIB, .size_output_max = MIB}};
    enum err err = render_with(source, "{\"s\": \"abc\"}", inputs, &spans, &error);
    if (err != ERR_LIMIT || !strstr(error.text, sentence))
        fail_msg("%s: %s: %s", source, err_name(err), err ? error.text : "rendered");
    spans_release(&spans);
}

TEST(jinja, hostile_templates_end_at_a_limit)
{
    UNUSED;
    check_limit("{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
                "too many steps");
    check_limit("{{ range(10**9)|list }}", "range() of more than");
    check_limit("{% set ns = namespace(x=s) %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}"
                "{% endfor %}",
                "memory");
    check_limit("{{ 'x' * 10**12 }}", "too long");
    check_limit("{{ [0] * 10**12 }}", "memory");
    check_limit("{% for i in range(90000) %}0123456789012345{% endfor %}", "output is longer");
    check_limit("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "levels deep");
    check_limit("{% set ns = namespace(x=[]) %}{% for i in range(5000) %}{% set ns.x = [ns.x] %}"
                "{% endfor %}{{ ns.x|tojson }}",
                "levels deep");
    check_limit("{% set x = [] %}{% set y = x.append(x) %}{{ x }}", "levels deep");
    check_limit("{{ 2 ** 64 }}", "64 bits");
    check_limit("{{ 9223372036854775807 + 1 }}", "64 bits");
    check_limit("{{ '%0999999999d' % 1 }}", "wider than");
    check_limit("{{ s.center(10**10) }}", "");
    check_limit("{{ s|indent(10**10) }}", "too long");
    check_limit("{{ (s * 1000000).split('b')|length }}", "");
    check_limit("{% set x = [1] %}{% for i in x %}{% set _ = x.append(1) %}{% endfor %}", "");
}

TEST(jinja, nesting_of_the_source_is_bounded)
{
    UNUSED;
    static const struct {
        const char *open, *close;
        const char *middle;
    } rows[] = {{"(", ")", "1"}, {"[", "]", "1"},   {"-", "", "1"},           {"not ", "", "1"},
                {"", "+1", "1"}, {"", "|abs", "1"}, {"1 if 1 else ", "", "1"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf source = {0};
        struct error error = {0};
        struct spans spans = {0};
        buf_append_text(&source, "{{ ");
        for (int k = 0; k < 20000; k++)
            buf_append_text(&source, rows[i].open);
        buf_append_text(&source, rows[i].middle);
        for (int k = 0; k < 20000; k++)
            buf_append_text(&source, rows[i].close);
        buf_append_text(&source, " }}");
        enum err err = render_with(source.data, "{}", (struct jinja_inputs){0}, &spans, &error);
        assert_int_equal(err, ERR_LIMIT);
        buf_release(&source);
    }
}

TEST(jinja, compiling_is_bounded)
{
    UNUSED;
    struct buf source = {0};
    struct error error = {0};
    struct jinja_template *template;
    for (int i = 0; i < 100000; i++) // each name is looked up among all before it
        buf_printf(&source, "{{n%d}}", i);
    assert_int_equal(jinja_compile(&template, (struct str){source.data, source.size}, &error),
                     ERR_LIMIT);
    for (int i = 0; i < 40000; i++)
        buf_printf(&source, "%30d", i);
    assert_int_equal(jinja_compile(&template, (struct str){source.data, source.size}, &error),
                     ERR_LIMIT);
    assert_non_null(strstr(error.text, "longer than"));
    buf_release(&source);
}

TEST(jinja, allocation_failures_are_reported)
{
    UNUSED;
    for (uint64_t n = 1; n < 6; n++) {
        struct jinja_template *template;
        struct error error = {0};
        struct spans spans = {0};
        struct jinja_inputs inputs = {0};
        struct str source = STR("{% for i in range(40000) %}{{ i }},{% endfor %}");
        assert_int_equal(jinja_compile(&template, source, &error), OK);
        mem_fail_after(n);
        enum err err = jinja_render(template, &spans, &inputs, &error);
        mem_fail_after(0);
        assert_int_equal(err, ERR_MEMORY);
        assert_int_equal(spans.text.size, 0);
        jinja_close(template);
    }
    struct jinja_template *template;
    mem_fail_after(1);
    assert_int_equal(jinja_compile(&template, STR("{{ x }}"), NULL), ERR_MEMORY);
    mem_fail_after(0);
    assert_null(template);
}

// ---- using it ----

TEST(jinja, tells_which_variables_a_template_reads)
{
    UNUSED;
    struct jinja_template *template;
    struct error error;
    struct str source = STR("{% set mine = 1 %}{{ mine }}{% if tools %}{{ m.content }}{% endif %}"
                            "{% macro f(x) %}{{ x }}{{ deep }}{% endmacro %}");
    assert_int_equal(jinja_compile(&template, source, &error), OK);
    assert_true(jinja_reads(template, "tools"));
    assert_true(jinja_reads(template, "m"));
    assert_true(jinja_reads(template, "deep"));
    assert_false(jinja_reads(template, "mine"));
    assert_false(jinja_reads(template, "x"));
    assert_false(jinja_reads(template, "content"));
    jinja_close(template);
}

static const char shared_source[] =
    "{% macro m(x) %}[{{ x|upper }}{{ 'é'|length }}]{% endmacro %}"
    "{% for i in l %}{{ m(i) }}{{ loop.index }}{{ d|tojson }}{% set y = 'a' ~ i ~ 'é' %}{{ y[-1] }}"
    "{% endfor %}";
static const char shared_expected[] = "[<P>1]1<{\"k\": \"v\"}>é[<Q>1]2<{\"k\": \"v\"}>é";

static void *render_often(void *shared)
{
    struct json_object *root = json_tokener_parse("{\"l\": [\"p\", \"q\"], \"d\": {\"k\": \"v\"}}");
    struct jinja_variable variables[2];
    size_t n = 0, n_wrong = 0;
    json_object_object_foreach(root, key, value)
    {
        variables[n++] = (struct jinja_variable){key, value, SPAN_TEXT};
    }
    struct jinja_inputs inputs = {.variables = variables, .n_variables = n};
    for (int i = 0; i < 500; i++) {
        struct spans spans = {0};
        struct error error;
        n_wrong += jinja_render(shared, &spans, &inputs, &error) != OK;
        char *got = marked(&spans);
        n_wrong += strcmp(got, shared_expected) != 0;
        free(got);
        spans_release(&spans);
    }
    json_object_put(root);
    return (void *)(uintptr_t)n_wrong;
}

TEST(jinja, one_template_renders_in_several_threads_at_once)
{
    UNUSED;
    struct jinja_template *template;
    struct error error;
    pthread_t threads[4];
    assert_int_equal(jinja_compile(&template, str_of(shared_source), &error), OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, render_often, template), 0);
    for (int i = 0; i < 4; i++) {
        void *n_wrong;
        pthread_join(threads[i], &n_wrong);
        assert_null(n_wrong);
    }
    jinja_close(template);
}

// Connection threads have small stacks (512 KiB where the system decides); the limits must hold there.
static void *recurse_deep(void *unused)
{
    (void)unused;
    static const char *const sources[] = {
        "{% macro m(n) %}{% if true %}{% for i in [1] %}{{ '' ~ ((m(n + 1))|upper) }}{% endfor %}"
        "{% endif %}{% endmacro %}{{ m(0) }}",
        "{% for x in [1] recursive %}{{ loop([x]) }}{% endfor %}",
        "{% set ns = namespace(x=[]) %}{% for i in range(5000) %}{% set ns.x = [ns.x] %}"
        "{% endfor %}{{ ns.x|string|length }}"};
    size_t n_wrong = 0;
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        struct jinja_template *template;
        struct jinja_inputs inputs = {0};
        struct spans spans = {0};
        n_wrong += jinja_compile(&template, str_of(sources[i]), NULL) != OK;
        n_wrong += jinja_render(template, &spans, &inputs, NULL) != ERR_LIMIT;
        jinja_close(template);
    }
    struct buf source = {0};
    struct jinja_template *template;
    buf_append_text(&source, "{{ ");
    for (int i = 0; i < 10000; i++)
        buf_append_text(&source, i % 2 ? "[" : "(");
    n_wrong += jinja_compile(&template, (struct str){source.data, source.size}, NULL) != ERR_LIMIT;
    buf_release(&source);
    return (void *)(uintptr_t)n_wrong;
}

TEST(jinja, depth_limits_fit_a_small_stack)
{
    UNUSED;
    pthread_attr_t attributes;
    pthread_t thread;
    void *n_wrong;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    size_t stack_size = 8 * MIB; // instrumented frames are several times bigger
#else
    size_t stack_size = 512 * KIB;
#endif
    pthread_attr_init(&attributes);
    assert_int_equal(pthread_attr_setstacksize(&attributes, stack_size), 0);
    assert_int_equal(pthread_create(&thread, &attributes, recurse_deep, NULL), 0);
    pthread_join(thread, &n_wrong);
    assert_null(n_wrong);
    pthread_attr_destroy(&attributes);
}

// ---- json_text.h ----

TEST(json_text, writes_what_python_writes)
{
    UNUSED;
    struct buf out = {0};
    struct json_object *value =
        json_tokener_parse("{\"a\": [1, 2.0, -3e-7, 1e22, true, null, "
                           "\"\\\"\\\\\\n\\u0001\\u007f\\u00e9/\"], \"b\": {}}");
    json_text_append(&out, value);
    assert_string_equal(out.data, "{\"a\": [1, 2.0, -3e-07, 1e+22, true, null, "
                                  "\"\\\"\\\\\\n\\u0001\x7f\xc3\xa9/\"], \"b\": {}}");
    json_object_put(value);
    buf_release(&out);
}

TEST(json_text, floats_are_the_shortest_that_read_back)
{
    UNUSED;
    static const struct {
        double number;
        const char *text;
    } rows[] = {
        {0.1, "0.1"},
        {1.0, "1.0"},
        {-0.0, "-0.0"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {123456.789, "123456.789"},
        {0.0001, "0.0001"},
        {0.00001, "1e-05"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {0.1 + 0.2, "0.30000000000000004"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {100.0, "100.0"},
        {1e-7 * 3, "3e-07"},
        {5.684341886080802e-14, "5.684341886080802e-14"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[JSON_TEXT_FLOAT_MAX + 1] = {0};
        text[json_text_float_repr(text, rows[i].number)] = 0;
        assert_string_equal(text, rows[i].text);
    }
}

RUN_TESTS(IS(jinja, literals_are_markup_and_context_is_text),
          IS(jinja, provenance_survives_string_operations), IS(jinja, keys_of_the_context_are_text),
          IS(jinja, all_of_tojson_and_of_printed_data_is_text),
          IS(jinja, growing_a_string_keeps_older_ones_intact),
          IS(jinja, token_runs_pass_whole_and_become_markup_when_cut),
          IS(jinja, nul_characters_and_lone_surrogates_of_json_survive),
          IS(jinja, numbers_of_json_keep_their_kind),
          IS(jinja, bytes_that_are_not_utf8_pass_unchanged), IS(jinja, errors_name_the_line),
          IS(jinja, a_raise_by_the_template_is_told_from_other_errors),
          IS(jinja, output_of_before_an_error_is_dropped),
          IS(jinja, hostile_templates_end_at_a_limit), IS(jinja, nesting_of_the_source_is_bounded),
          IS(jinja, compiling_is_bounded), IS(jinja, allocation_failures_are_reported),
          IS(jinja, tells_which_variables_a_template_reads),
          IS(jinja, one_template_renders_in_several_threads_at_once),
          IS(jinja, depth_limits_fit_a_small_stack), IS(json_text, writes_what_python_writes),
          IS(json_text, floats_are_the_shortest_that_read_back))
