#include "chat/prompt_write.h"
#include "base/memory.h"
#include "chat/json_text.h"
#include "chat/turn_meaning.h"
#include "chat/white_space.h"

#include <stdlib.h>
#include <strings.h>

static void markup(struct spans *out, const char *text)
{
    if (text)
        spans_append(out, SPAN_MARKUP, 0, str_of(text));
}

static void words(struct spans *out, struct str text)
{
    spans_append(out, SPAN_TEXT, 0, text);
}

static void json_words(struct spans *out, struct json_object *value)
{
    struct buf json = {0};
    json_text_append(&json, value);
    words(out, (struct str){json.data, json.size});
    buf_release(&json);
}

static struct str content_of(const struct chat_dialect *d, struct str text)
{
    return d->traits & DIALECT_TRIMS_CONTENT ? str_trim(text) : text;
}

// ---- tools ----

static struct json_object *json_string(struct str text)
{
    return json_object_new_string_len(text.data ? text.data : "", (int)text.size);
}

struct json_object *tool_to_json(const struct tool_def *tool)
{
    struct json_object *function = json_object_new_object(), *outer = json_object_new_object();
    json_object_object_add(function, "name", json_string(tool->name));
    if (tool->description.size)
        json_object_object_add(function, "description", json_string(tool->description));
    if (tool->schema)
        json_object_object_add(function, "parameters", json_object_get(tool->schema));
    json_object_object_add(outer, "type", json_object_new_string("function"));
    json_object_object_add(outer, "function", function);
    return outer;
}

static void write_form(struct spans *out, const struct tool_markup *m)
{
    markup(out, m->list_open);
    markup(out, m->opener);
    markup(out, m->name_prefix);
    words(out, STR("tool_name"));
    markup(out, m->name_suffix);
    if (m->form == TOOL_FORM_XML) {
        markup(out, m->parameter_prefix);
        words(out, STR("parameter_name"));
        markup(out, m->parameter_suffix);
        words(out, STR("value"));
        markup(out, m->value_suffix);
    } else {
        words(out, STR("{\"parameter_name\": \"value\"}"));
    }
    markup(out, m->arguments_suffix);
    markup(out, m->closer);
    markup(out, m->list_close);
}

void write_tools(struct spans *out, const struct chat_dialect *d, const struct tool_def *tools,
                 size_t n_tools)
{
    words(out, STR("# Tools\n\nThese tools can be called; each line describes one as JSON.\n"));
    for (size_t i = 0; i < n_tools; i++) {
        if (tools[i].is_deferred)
            continue;
        struct json_object *json = tool_to_json(&tools[i]);
        json_words(out, json);
        words(out, STR("\n"));
        json_object_put(json);
    }
    words(out, STR("\nTo call a tool, write exactly this form, once for each call, and stop:\n\n"));
    write_form(out, &d->tools);
    words(out, STR("\n"));
}

// ---- calls ----

// A value that is no string.  Python's words for the three names, where a template prints those.
static void write_scalar(struct spans *out, struct json_object *value, bool is_python)
{
    if (is_python && !value)
        words(out, STR("None"));
    else if (is_python && json_object_is_type(value, json_type_boolean))
        words(out, json_object_get_boolean(value) ? STR("True") : STR("False"));
    else
        json_words(out, value);
}

static void write_xml_arguments(struct spans *out, const struct tool_markup *m,
                                struct json_object *arguments, bool is_python)
{
    json_object_object_foreach(arguments, key, value)
    {
        markup(out, m->parameter_prefix);
        words(out, str_of(key));
        markup(out, m->parameter_suffix);
        if (json_object_is_type(value, json_type_string))
            words(out, (struct str){json_object_get_string(value),
                                    (size_t)json_object_get_string_len(value)});
        else
            write_scalar(out, value, is_python);
        markup(out, m->value_suffix);
    }
}

static void write_braces_value(struct spans *out, const struct tool_markup *m,
                               struct json_object *value);

static int compare_keys(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

// Keys stand in alphabetical order, as the family's template sorts them.
static void write_braces_object(struct spans *out, const struct tool_markup *m,
                                struct json_object *object)
{
    size_t n = 0;
    const char **keys = mem_new(const char *, (size_t)json_object_object_length(object) + 1);
    json_object_object_foreach(object, key, value)
    {
        (void)value;
        keys[n++] = key;
    }
    qsort(keys, n, sizeof *keys, compare_keys);
    markup(out, "{");
    for (size_t i = 0; i < n; i++) {
        markup(out, i ? "," : "");
        words(out, str_of(keys[i]));
        markup(out, ":");
        write_braces_value(out, m, json_object_object_get(object, keys[i]));
    }
    markup(out, "}");
    free(keys);
}

static void write_braces_value(struct spans *out, const struct tool_markup *m,
                               struct json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_string:
        markup(out, m->string_quote);
        words(out, (struct str){json_object_get_string(value),
                                (size_t)json_object_get_string_len(value)});
        markup(out, m->string_quote);
        break;
    case json_type_object:
        write_braces_object(out, m, value);
        break;
    case json_type_array:
        markup(out, "[");
        for (size_t i = 0; i < json_object_array_length(value); i++) {
            markup(out, i ? "," : "");
            write_braces_value(out, m, json_object_array_get_idx(value, i));
        }
        markup(out, "]");
        break;
    default:
        json_words(out, value);
    }
}

static void write_call(struct spans *out, const struct tool_markup *m, const struct turn_call *call,
                       bool is_python)
{
    struct json_object *arguments = meaning_arguments(call);
    markup(out, m->opener);
    markup(out, m->name_prefix);
    words(out, call->name);
    markup(out, m->name_suffix);
    if (m->form == TOOL_FORM_XML)
        write_xml_arguments(out, m, arguments, is_python);
    else if (m->form == TOOL_FORM_BRACES)
        write_braces_object(out, m, arguments);
    else
        json_words(out, arguments);
    markup(out, m->arguments_suffix);
    markup(out, m->closer);
    json_object_put(arguments);
}

// ---- turns ----

void write_answer(struct spans *out, const struct chat_dialect *d, const struct turn *turn,
                  unsigned flags)
{
    const struct tool_markup *m = &d->tools;
    struct str text = content_of(d, turn->text);
    if (flags & WRITE_THINKING && d->thinking.open) {
        markup(out, d->thinking.open);
        words(out, str_trim(turn->thinking));
        markup(out, d->thinking.close);
    }
    words(out, text);
    if (turn->n_calls == 0)
        return;
    markup(out, text.size ? m->text_separator : "");
    markup(out, m->list_open);
    for (size_t i = 0; i < turn->n_calls; i++) {
        markup(out, i ? m->separator : "");
        write_call(out, m, &turn->calls[i], flags & WRITE_PYTHON_VALUES);
    }
    markup(out, m->list_close);
}

static void write_results(struct spans *out, const struct chat_dialect *d, const struct turn *turn)
{
    bool shares = d->traits & DIALECT_RESULTS_IN_TURN;
    markup(out, d->results.open);
    for (size_t i = 0; i < turn->n_results; i++) {
        const struct turn_result *result = &turn->results[i];
        markup(out, i ? d->result_separator : "");
        markup(out, i || !shares ? d->result.open : ""); // else the answer before ends with it
        if (shares) {
            markup(out, "response:");
            words(out, result->name.size ? result->name : STR("unknown"));
            markup(out, "{value:");
            markup(out, d->tools.string_quote);
        }
        words(out, shares ? result->text : content_of(d, result->text));
        if (shares) {
            markup(out, d->tools.string_quote);
            markup(out, "}");
        }
        markup(out, d->result.close);
    }
    markup(out, d->results.close);
}

static void write_words(struct spans *out, const struct chat_dialect *d, const struct affix *around,
                        struct str text)
{
    markup(out, around->open);
    words(out, content_of(d, text));
    markup(out, around->close);
}

void write_turn(struct spans *out, const struct chat_dialect *d, const struct turn *turn,
                unsigned flags)
{
    switch (turn->kind) {
    case TURN_SYSTEM:
        write_words(out, d, d->system.open ? &d->system : &d->user, turn->text);
        break;
    case TURN_USER:
        write_words(out, d, &d->user, turn->text);
        break;
    case TURN_RESULTS:
        write_results(out, d, turn);
        break;
    case TURN_ASSISTANT:
        markup(out, d->assistant.open);
        write_answer(out, d, turn, flags);
        markup(out, d->assistant.close);
        break;
    }
}

void write_opening(struct spans *out, const struct chat_dialect *d, bool thinks)
{
    markup(out, d->assistant.open);
    markup(out, thinks ? d->thinking_on : d->thinking_off);
}
