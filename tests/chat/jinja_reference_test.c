// The engine against Python's Jinja2: tests/chat/jinja_reference.py renders, we compare.
#include "chat/jinja.h"
#include "base/buf.h"
#include "tests/test.h"

#include <json-c/json.h>

struct tally {
    int n_equal, n_raised, n_wrong, n_limited;
};

static void set_variables(struct jinja_inputs *inputs, struct jinja_variable *variables,
                          size_t n_max, struct json_object *context)
{
    inputs->variables = variables;
    json_object_object_foreach(context, key, value)
    {
        assert_true(inputs->n_variables < n_max);
        variables[inputs->n_variables++] = (struct jinja_variable){key, value, SPAN_TEXT};
    }
}

static const char *text_of(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;
    return json_object_object_get_ex(object, key, &value) ? json_object_get_string(value) : NULL;
}

static void report(struct tally *tally, const char *name, const char *expected, const char *got)
{
    if (++tally->n_wrong <= 40)
        print_message("%s\n  expected: %.2000s\n  got:      %.2000s\n", name, expected, got);
}

static void check_case(struct tally *tally, struct json_object *test, const char *source,
                       struct json_object *context)
{
    const char *name = text_of(test, "name");
    const char *output = text_of(test, "output"), *raises = text_of(test, "raises");
    bool by_template = json_object_get_boolean(json_object_object_get(test, "by_template"));
    struct jinja_variable variables[64];
    struct jinja_inputs inputs = {.now = {.tm_year = 126,
                                          .tm_mon = 2,
                                          .tm_mday = 9,
                                          .tm_hour = 14,
                                          .tm_min = 5,
                                          .tm_sec = 7,
                                          .tm_wday = 1,
                                          .tm_yday = 67}};
    struct jinja_template *template = NULL;
    struct spans spans = {0};
    struct error error = {0};
    set_variables(&inputs, variables, 64, context);
    enum err err = jinja_compile(&template, str_of(source), &error);
    if (!err)
        err = jinja_render(template, &spans, &inputs, &error);
    const char *got = err ? error.text : spans.text.data ? spans.text.data : "";
    if (err == ERR_LIMIT || err == ERR_UNSUPPORTED)
        tally->n_limited++; // big integers and the like: refused, never wrong
    else if (raises && !err)
        report(tally, name, raises, got);
    else if (raises && by_template != (err == ERR_ARGUMENT))
        report(tally, name, raises, got);
    else if (raises && by_template && strcmp(raises, got) != 0)
        report(tally, name, raises, got);
    else if (output && (err || strcmp(output, got) != 0))
        report(tally, name, output, got);
    else if (raises)
        tally->n_raised++;
    else
        tally->n_equal++;
    spans_release(&spans);
    jinja_close(template);
}

static bool read_line(FILE *file, struct buf *line)
{
    char part[65536];
    buf_reset(line);
    while (fgets(part, sizeof part, file)) {
        buf_append_text(line, part);
        if (line->data[line->size - 1] == '\n')
            return true;
    }
    return line->size > 0;
}

// Checks each line of `file` and closes it; false when there was nothing to check.
static bool check_file(FILE *file)
{
    struct tally tally = {0};
    struct buf line = {0};
    char *source = NULL;
    struct json_object *context = NULL;
    while (read_line(file, &line)) {
        struct json_object *test = json_tokener_parse(line.data), *found;
        assert_non_null(test);
        if (text_of(test, "skip")) {
            print_message("skipped: %s\n", text_of(test, "skip"));
        } else if (text_of(test, "template")) {
            free(source);
            source = strdup(text_of(test, "template"));
        } else if (json_object_object_get_ex(test, "context", &found)) {
            json_object_put(context);
            context = json_object_get(found);
        } else {
            check_case(&tally, test, source, context);
        }
        json_object_put(test);
    }
    json_object_put(context);
    free(source);
    buf_release(&line);
    fclose(file);
    if (tally.n_equal + tally.n_wrong)
        print_message("%d equal, %d raised alike, %d past our limits, %d wrong\n", tally.n_equal,
                      tally.n_raised, tally.n_limited, tally.n_wrong);
    assert_int_equal(tally.n_wrong, 0);
    return tally.n_equal > 0;
}

TEST(jinja, renders_the_kept_snippets_as_python_did)
{
    (void)state;
    FILE *file = fopen("tests/cases/jinja/snippets.jsonl", "r");
    assert_non_null(file);
    assert_true(check_file(file));
}

// HEARTH_JINJA_RANDOM and HEARTH_JINJA_SEED ask for more or other random snippets,
// HEARTH_JINJA_CASES reads cases that were printed before.
TEST(jinja, renders_as_python_does)
{
    (void)state;
    const char *file = getenv("HEARTH_JINJA_CASES"), *folder = test_data_folder();
    const char *n = getenv("HEARTH_JINJA_RANDOM"), *seed = getenv("HEARTH_JINJA_SEED");
    char command[8192];
    snprintf(command, sizeof command,
             "python3 tests/chat/jinja_reference.py '%s%s' %s %s 2>/dev/null", folder ? folder : "",
             folder ? "/data/templates" : "", n ? n : "300", seed ? seed : "1");
    FILE *cases = file ? fopen(file, "r") : popen(command, "r");
    assert_non_null(cases);
    if (!check_file(cases))
        skip();
}

RUN_TESTS(IS(jinja, renders_the_kept_snippets_as_python_did), IS(jinja, renders_as_python_does))
