// How long a coding agent's request takes to become a prompt.
//
//   bench/jinja [REQUEST.json TEMPLATE.jinja [ROUNDS]]
//
// REQUEST is a recorded Anthropic request ({"body": {...}} or the body itself).  Without arguments a
// request of the same size is made up and rendered with a small template of the usual shape.
#include "base/os.h"
#include "chat/jinja.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char builtin_template[] =
    "{%- if tools %}<|im_start|>system\n# Tools\n<tools>"
    "{%- for tool in tools %}\n{{ tool | tojson }}{%- endfor %}\n</tools><|im_end|>\n{%- endif %}\n"
    "{%- for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{- message.content | trim }}"
    "{%- for call in message.tool_calls or [] %}\n<tool_call>\n<function={{ call.function.name "
    "}}>\n"
    "{%- for key, value in call.function.arguments | items %}\n<parameter={{ key }}>\n"
    "{{ value if value is string else value | tojson }}\n</parameter>{%- endfor %}\n</function>\n"
    "</tool_call>{%- endfor %}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    if (!file) {
        perror(path);
        exit(1);
    }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    text = calloc(1, (size_t)size + 1);
    if (fread(text, 1, (size_t)size, file) != (size_t)size)
        exit(1);
    fclose(file);
    return text;
}

static struct json_object *get(struct json_object *object, const char *key)
{
    return json_object_object_get(object, key);
}

// The text of a content that is a string or a list of blocks.
static struct json_object *text_of(struct json_object *content)
{
    if (json_object_get_type(content) != json_type_array)
        return json_object_get(content);
    struct buf text = {0};
    for (size_t i = 0; i < json_object_array_length(content); i++) {
        const char *part =
            json_object_get_string(get(json_object_array_get_idx(content, i), "text"));
        buf_append_text(&text, part ? part : "");
    }
    struct json_object *string =
        json_object_new_string_len(text.data ? text.data : "", (int)text.size);
    buf_release(&text);
    return string;
}

static struct json_object *message(const char *role, struct json_object *content)
{
    struct json_object *object = json_object_new_object();
    json_object_object_add(object, "role", json_object_new_string(role));
    json_object_object_add(object, "content", content);
    return object;
}

static void add_message(struct json_object *messages, struct json_object *from)
{
    struct json_object *content = get(from, "content"), *calls = json_object_new_array();
    const char *role = json_object_get_string(get(from, "role"));
    bool is_list = json_object_get_type(content) == json_type_array, has_text = !is_list;
    for (size_t i = 0; is_list && i < json_object_array_length(content); i++) {
        struct json_object *block = json_object_array_get_idx(content, i);
        const char *type = json_object_get_string(get(block, "type"));
        if (strcmp(type, "tool_result") == 0) {
            json_object_array_add(messages, message("tool", text_of(get(block, "content"))));
        } else if (strcmp(type, "tool_use") == 0) {
            struct json_object *call = json_object_new_object(),
                               *function = json_object_new_object();
            json_object_object_add(function, "name", json_object_get(get(block, "name")));
            json_object_object_add(function, "arguments", json_object_get(get(block, "input")));
            json_object_object_add(call, "function", function);
            json_object_array_add(calls, call);
        } else {
            has_text = true;
        }
    }
    if (!has_text && !json_object_array_length(calls)) {
        json_object_put(calls);
        return;
    }
    // A system message in the middle is one that this template refuses.
    struct json_object *made = message(strcmp(role, "system") ? role : "user", text_of(content));
    json_object_object_add(made, "tool_calls", calls);
    json_object_array_add(messages, made);
}

static struct json_object *map_tools(struct json_object *tools)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(tools); i++) {
        struct json_object *tool = json_object_array_get_idx(tools, i);
        struct json_object *made = json_object_new_object(), *function = json_object_new_object();
        json_object_object_add(made, "type", json_object_new_string("function"));
        json_object_object_add(function, "name", json_object_get(get(tool, "name")));
        json_object_object_add(function, "description", json_object_get(get(tool, "description")));
        json_object_object_add(function, "parameters", json_object_get(get(tool, "input_schema")));
        json_object_object_add(made, "function", function);
        json_object_array_add(list, made);
    }
    return list;
}

static struct json_object *made_up_body(void)
{
    struct buf json = {0};
    buf_append_text(&json, "{\"system\": \"Be brief.\", \"tools\": [");
    for (int i = 0; i < 25; i++) {
        buf_printf(&json, "%s{\"name\": \"tool_%d\", \"description\": \"", i ? "," : "", i);
        for (int k = 0; k < 60; k++)
            buf_append_text(&json, "Does \\\"this\\\" and that.\\n");
        buf_append_text(&json, "\", \"input_schema\": {\"type\": \"object\", \"properties\": {");
        for (int k = 0; k < 8; k++)
            buf_printf(&json, "%s\"p%d\": {\"type\": \"string\", \"description\": \"what\"}",
                       k ? "," : "", k);
        buf_append_text(&json, "}}}");
    }
    buf_append_text(&json, "], \"messages\": [");
    for (int i = 0; i < 40; i++)
        buf_printf(&json, "%s{\"role\": \"%s\", \"content\": \"%01000d\"}", i ? "," : "",
                   i % 2 ? "assistant" : "user", i);
    buf_append_text(&json, "]}");
    struct json_object *body = json_tokener_parse(json.data);
    buf_release(&json);
    return body;
}

int main(int argc, char **argv)
{
    char *source = argc > 2 ? read_file(argv[2]) : NULL,
         *text = argc > 2 ? read_file(argv[1]) : NULL;
    struct json_object *request = text ? json_tokener_parse(text) : made_up_body();
    struct json_object *body = get(request, "body") ? get(request, "body") : request;
    struct json_object *messages = json_object_new_array(), *tools = map_tools(get(body, "tools"));
    int n_rounds = argc > 3 ? atoi(argv[3]) : 50;
    json_object_array_add(messages, message("system", text_of(get(body, "system"))));
    for (size_t i = 0; i < json_object_array_length(get(body, "messages")); i++)
        add_message(messages, json_object_array_get_idx(get(body, "messages"), i));
    struct jinja_variable variables[] = {
        {"messages", messages, SPAN_TEXT},
        {"tools", tools, SPAN_TEXT},
        {"add_generation_prompt", json_object_new_boolean(1), SPAN_TEXT},
    };
    struct jinja_inputs inputs = {.variables = variables, .n_variables = 3};
    struct jinja_template *template;
    struct error error = {0};
    struct spans spans = {0};
    uint64_t start = os_time_ns(), best = UINT64_MAX, total = 0;
    if (jinja_compile(&template, str_of(source ? source : builtin_template), &error)) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    double compile_ms = (double)(os_time_ns() - start) / 1e6;
    for (int i = 0; i < n_rounds; i++) {
        spans_reset(&spans);
        start = os_time_ns();
        if (jinja_render(template, &spans, &inputs, &error)) {
            fprintf(stderr, "%s\n", error.text);
            return 1;
        }
        uint64_t taken = os_time_ns() - start;
        best = taken < best ? taken : best;
        total += taken;
    }
    printf("jinja: %zu bytes in %zu spans, compile %.2f ms, render best %.2f ms, mean %.2f ms\n",
           spans.text.size, spans.n_items, compile_ms, (double)best / 1e6,
           (double)total / 1e6 / n_rounds);
    jinja_close(template);
    spans_release(&spans);
    json_object_put(variables[2].value);
    json_object_put(messages);
    json_object_put(tools);
    json_object_put(request);
    free(source);
    free(text);
    return 0;
}
