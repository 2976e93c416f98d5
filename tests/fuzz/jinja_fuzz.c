// Any bytes as a template, rendered with a small conversation: an error or a prompt, within limits,
// and a prompt whose spans cover its bytes.  What came with the context never becomes markup: its
// strings and keys hold a character (U+E000) that must stay in text.
#include "base/memory.h"
#include "chat/jinja.h"

#include <assert.h>
#include <stdlib.h>

static const char context[] =
    "{\"messages\": [{\"role\": \"system\", \"content\": \"S\"}, {\"role\": \"user\", \"content\": "
    "[{\"type\": \"text\", \"text\": \" h\\u00e9\\ue000 <|x|> \\ud83c\\udf89\\n\"}]}, {\"role\": "
    "\"assistant\", \"content\": \"run\", \"tool_calls\": [{\"function\": {\"name\": \"f\", "
    "\"arguments\": {\"a\": 1, \"b\": [true, null, 2.5, \"x\"]}}}]}], \"tools\": [{\"name\": "
    "\"f\"}], \"n\": 3, \"s\": \"Hello, \\ue000World\", \"l\": [3, 1, 2], \"d\": {\"a\": 1, "
    "\"B\\ue000\": 2}}";

struct marked {
    struct json_object *string;
    struct spans spans;
};

static const struct spans *spans_of(void *user, struct json_object *string)
{
    struct marked *marked = user;
    return string == marked->string ? &marked->spans : NULL;
}

static bool holds(struct str bytes, const char *part, size_t size)
{
    for (size_t i = 0; i + size <= bytes.size; i++)
        if (memcmp(bytes.data + i, part, size) == 0)
            return true;
    return false;
}

static void check(const struct spans *spans, struct str source)
{
    size_t end = 0;
    // Templates can make the character themselves, by its number or an escape.
    bool makes_it = holds(source, "\\", 1) || holds(source, "\xee", 1) || holds(source, "57344", 5);
    for (size_t i = 0; i < spans->n_items; i++) {
        assert(spans->items[i].start == end && spans->items[i].size > 0);
        end += spans->items[i].size;
        struct str bytes = {spans->text.data + spans->items[i].start, spans->items[i].size};
        assert(makes_it || spans->items[i].kind != SPAN_MARKUP || !holds(bytes, "\xee\x80\x80", 3));
    }
    assert(end == spans->text.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct json_object *root;
    static struct jinja_variable variables[8];
    static size_t n_variables;
    static struct marked marked;
    if (!root) {
        root = json_tokener_parse(context);
        json_object_object_foreach(root, key, value)
        {
            variables[n_variables++] = (struct jinja_variable){key, value, SPAN_TEXT};
        }
        marked.string = json_object_object_get(
            json_object_array_get_idx(json_object_object_get(root, "messages"), 2), "content");
        spans_append(&marked.spans, SPAN_TOKENS, 7, STR("<think>\n\nrun "));
        spans_append(&marked.spans, SPAN_TEXT, 0, STR("it"));
    }
    struct jinja_inputs inputs = {.variables = variables,
                                  .n_variables = n_variables,
                                  .spans_of = spans_of,
                                  .user = &marked,
                                  .limits = {.n_steps_max = 200000, .size_memory_max = 16 * MIB}};
    struct jinja_template *template;
    struct error error;
    struct spans out = {0};
    if (jinja_compile(&template, (struct str){(const char *)data, size}, &error))
        return 0;
    if (jinja_render(template, &out, &inputs, &error) == OK)
        check(&out, (struct str){(const char *)data, size});
    spans_release(&out);
    jinja_close(template);
    return 0;
}
