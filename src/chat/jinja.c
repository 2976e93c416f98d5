#include "chat/jinja.h"
#include "base/memory.h"
#include "chat/jinja_eval.h"
#include "chat/jinja_parse.h"
#include "chat/jinja_scope.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SOURCE_SIZE_MAX = 1024 * 1024,
    COMPILE_DEPTH_MAX = 500,
    COMPILE_STEPS_MAX = 30 * 1000 * 1000,
};
static const size_t compile_memory_max = 256 * MIB;

static const struct jinja_limits default_limits = {
    .n_steps_max = 100 * 1000 * 1000,
    .size_memory_max = 512 * MIB,
    .size_output_max = 64 * MIB,
    .depth_max = 600,
};

// The setjmp stands in a function whose locals do not change behind it.
static enum err compile(struct jinja_run *run, struct jinja_template *template, struct str source)
{
    if (setjmp(run->escape))
        return run->err;
    jinja_parse(run, source, &template->root);
    jinja_resolve(run, template);
    return OK;
}

enum err jinja_compile(struct jinja_template **out, struct str source, struct error *error)
{
    struct jinja_template *template = mem_new(struct jinja_template, 1);
    *out = NULL;
    if (source.size > SOURCE_SIZE_MAX) {
        free(template);
        return fail(error, ERR_LIMIT, "a template of %zu bytes is longer than %d", source.size,
                    SOURCE_SIZE_MAX);
    }
    arena_init(&template->arena, compile_memory_max);
    struct jinja_run run = {.error = error,
                            .arena = &template->arena,
                            .n_steps_left = COMPILE_STEPS_MAX,
                            .depth_max = COMPILE_DEPTH_MAX};
    enum err err = compile(&run, template, source);
    if (err)
        jinja_close(template);
    else
        *out = template;
    return err;
}

void jinja_close(struct jinja_template *template)
{
    if (!template)
        return;
    arena_release(&template->arena);
    free(template);
}

bool jinja_reads(const struct jinja_template *template, const char *variable)
{
    for (size_t i = 0; i < template->n_context_names; i++)
        if (str_is(jstr_bytes(template->context_names[i]), variable))
            return true;
    return false;
}

// ---- the context ----

struct context_reader {
    struct jinja_run *run;
    const struct jinja_inputs *inputs;
    enum span_kind kind;
};

static struct jv read_string(struct context_reader *reader, struct json_object *json)
{
    const struct spans *spans = NULL;
    if (reader->inputs->spans_of)
        spans = reader->inputs->spans_of(reader->inputs->user, json);
    if (!spans) {
        struct str bytes = {json_object_get_string(json), (size_t)json_object_get_string_len(json)};
        return jv_string(jstr_wrap(reader->run, bytes, reader->kind));
    }
    struct jstr_room *room = jroom_new(reader->run, spans->text.size);
    for (size_t i = 0; i < spans->n_items; i++)
        jroom_append(reader->run, room, spans->items[i].kind, spans->items[i].i_run,
                     (struct str){spans->text.data + spans->items[i].start, spans->items[i].size});
    return jv_string(jroom_string(reader->run, room));
}

static struct jv read_integer(struct context_reader *reader, struct json_object *json)
{
    uint64_t big = json_object_get_uint64(json);
    int64_t value = json_object_get_int64(json);
    if (value >= 0 && big > INT64_MAX) {
        char text[32];
        snprintf(text, sizeof text, "%" PRIu64, big);
        return (struct jv){.type = JV_BIG,
                           .string = jstr_copy(reader->run, str_of(text), SPAN_MARKUP)};
    }
    return jv_int(value);
}

static struct jv read_json(struct context_reader *reader, struct json_object *json)
{
    struct jinja_run *run = reader->run;
    struct jv v = jv_none();
    jinja_step(run, 1);
    jinja_enter(run);
    switch (json_object_get_type(json)) {
    case json_type_null:
        break;
    case json_type_boolean:
        v = jv_bool(json_object_get_boolean(json));
        break;
    case json_type_int:
        v = read_integer(reader, json);
        break;
    case json_type_double:
        v = jv_float(json_object_get_double(json));
        break;
    case json_type_string:
        v = read_string(reader, json);
        break;
    case json_type_array: {
        size_t n = json_object_array_length(json);
        v = jv_list(run, JV_LIST, n);
        for (size_t i = 0; i < n; i++)
            jlist_append(run, v.list, read_json(reader, json_object_array_get_idx(json, i)));
        break;
    }
    case json_type_object:
        v = jv_dict(run);
        json_object_object_foreach(json, key, value)
        {
            struct jv name = jv_string(jstr_wrap(run, str_of(key), reader->kind));
            jdict_set(run, v.dict, name, read_json(reader, value));
        }
        break;
    }
    jinja_leave(run);
    return v;
}

// Only what the template mentions is read.
static void read_context(struct jinja_run *run, const struct jinja_template *template,
                         const struct jinja_inputs *inputs)
{
    run->context = jinja_new(run, struct jv, template->n_context_names);
    for (size_t i = 0; i < template->n_context_names; i++) {
        struct str name = jstr_bytes(template->context_names[i]);
        const struct jinja_builtin *global = jinja_global_find(name);
        if (global)
            run->context[i] = jv_function(run, global, (struct jv){0});
        for (size_t k = inputs->n_variables; k > 0; k--) {
            const struct jinja_variable *variable = &inputs->variables[k - 1];
            if (!str_is(name, variable->name))
                continue;
            struct context_reader reader = {run, inputs, variable->kind};
            run->context[i] = read_json(&reader, variable->value);
            break;
        }
    }
}

// ---- rendering ----

static void append_room(struct spans *out, const struct jstr_room *room)
{
    size_t start = 0;
    for (size_t i = 0; i < room->n_pieces; i++) {
        const struct jstr_piece *piece = &room->pieces[i];
        spans_append(out, piece->kind, piece->i_run,
                     (struct str){room->data + start, piece->end - start});
        start = piece->end;
    }
}

static enum err render(struct jinja_run *run, const struct jinja_inputs *inputs, struct spans *out)
{
    if (setjmp(run->escape))
        return run->err;
    const struct jinja_template *template = run->template;
    read_context(run, template, inputs);
    run->output = jroom_new(run, 4096);
    struct activation *root = activation_new(run, &template->root, NULL);
    scope_enter(run, root, &template->root.scope);
    jinja_exec(run, root, &template->root.body);
    append_room(out, run->output);
    return OK;
}

enum err jinja_render(const struct jinja_template *template, struct spans *out,
                      const struct jinja_inputs *inputs, struct error *error)
{
    const struct jinja_limits *given = &inputs->limits, *standard = &default_limits;
    struct arena arena;
    arena_init(&arena, given->size_memory_max ? given->size_memory_max : standard->size_memory_max);
    struct jinja_run run = {
        .error = error,
        .arena = &arena,
        .n_steps_left = given->n_steps_max ? given->n_steps_max : standard->n_steps_max,
        .depth_max = given->depth_max ? given->depth_max : standard->depth_max,
        .template = template,
        .size_output_max =
            given->size_output_max ? given->size_output_max : standard->size_output_max,
        .now = inputs->now,
    };
    enum err err = render(&run, inputs, out);
    arena_release(&arena);
    return err;
}
