// Calls: macros, loops that call themselves, and what a loop knows about itself.
#include "chat/jinja_eval.h"

#include <stdio.h>
#include <string.h>

// ---- macros ----

static bool take_keyword(struct jargs *rest, const struct jstr *name, struct jv *value)
{
    for (size_t i = 0; i < rest->n_keywords; i++) {
        if (!str_equal(jstr_bytes(rest->keywords[i].name), jstr_bytes(name)))
            continue;
        *value = rest->keywords[i].value;
        rest->n_keywords--;
        memmove(&rest->keywords[i], &rest->keywords[i + 1],
                (rest->n_keywords - i) * sizeof rest->keywords[0]);
        return true;
    }
    return false;
}

// `caller`, `kwargs` and `varargs`, where the body reads them, and complaints about what is left.
static void bind_special(struct jinja_run *run, const struct function *f, struct activation *act,
                         struct jargs *rest, size_t n_taken)
{
    struct jstr caller = {.data = "caller", .size = 6, .kind = SPAN_MARKUP};
    if (f->takes_caller) {
        struct jv value;
        if (!take_keyword(rest, &caller, &value) || value.type == JV_NONE)
            value = jv_undefined_hint(run, "No caller defined");
        act->slots[f->caller_slot] = value;
    }
    if (f->takes_kwargs) {
        struct jv kwargs = jv_dict(run);
        for (size_t i = 0; i < rest->n_keywords; i++)
            jdict_set(run, kwargs.dict, jv_string(rest->keywords[i].name), rest->keywords[i].value);
        act->slots[f->kwargs_slot] = kwargs;
    } else if (rest->n_keywords) {
        jinja_fail(run, ERR_FORMAT, "a macro takes no keyword argument '%.*s'",
                   (int)(rest->keywords[0].name->size % 100), rest->keywords[0].name->data);
    }
    if (f->takes_varargs) {
        struct jv varargs = jv_list(run, JV_TUPLE, rest->n_items - n_taken);
        for (size_t i = n_taken; i < rest->n_items; i++)
            jlist_append(run, varargs.list, rest->items[i]);
        act->slots[f->varargs_slot] = varargs;
    } else if (rest->n_items > n_taken) {
        jinja_fail(run, ERR_FORMAT, "a macro takes not more than %zu argument(s)",
                   f->params.n_items);
    }
}

static struct jv default_of(struct jinja_run *run, const struct function *f, struct activation *act,
                            size_t i)
{
    size_t n_without = f->params.n_items - f->defaults.n_items;
    if (i >= n_without)
        return jinja_eval(run, act, f->defaults.items[i - n_without]);
    const struct jstr *name = f->params.items[i]->name;
    char sentence[160];
    int size = snprintf(sentence, sizeof sentence, "parameter '%.*s' was not provided",
                        (int)(name->size > 100 ? 100 : name->size), name->data);
    struct jv undefined = jv_undefined_hint(run, "");
    undefined.string = jstr_copy(run, (struct str){sentence, (size_t)size}, SPAN_MARKUP);
    return undefined;
}

static struct jv macro_call(struct jinja_run *run, const struct jmacro *macro,
                            const struct jargs *args)
{
    const struct function *f = macro->function;
    struct activation *act = activation_new(run, f, macro->outer);
    struct jargs rest = *args;
    jinja_enter(run);
    if (args->n_keywords) {
        rest.keywords = jinja_new(run, struct jkeyword, args->n_keywords);
        memcpy(rest.keywords, args->keywords, args->n_keywords * sizeof *args->keywords);
    }
    size_t n_taken = args->n_items < f->params.n_items ? args->n_items : f->params.n_items;
    for (size_t i = 0; i < f->params.n_items; i++) {
        struct jv *slot = &act->slots[f->params.items[i]->place.slot];
        if (i < n_taken)
            *slot = args->items[i];
        else
            take_keyword(&rest, f->params.items[i]->name, slot);
    }
    bind_special(run, f, act, &rest, n_taken);
    struct jstr_room *before = output_capture(run);
    scope_enter(run, act, &f->scope);
    for (size_t i = 0; i < f->params.n_items; i++) {
        struct jv *slot = &act->slots[f->params.items[i]->place.slot];
        if (slot->type == JV_MISSING)
            *slot = default_of(run, f, act, i);
    }
    jinja_exec(run, act, &f->body);
    struct jv text = output_release(run, before);
    jinja_leave(run);
    return text;
}

struct jv jinja_call(struct jinja_run *run, struct jv callee, const struct jargs *args)
{
    switch (callee.type) {
    case JV_FUNCTION:
        return jinja_builtin_call(run, callee.function->builtin, callee.function->self, args);
    case JV_MACRO:
        return macro_call(run, callee.macro, args);
    case JV_LOOP:
        return loop_call(run, callee.loop, args);
    case JV_JOINER: {
        if (args->n_items || args->n_keywords)
            jinja_fail(run, ERR_FORMAT, "a joiner takes no arguments");
        bool first = callee.list->i_next == 0;
        callee.list->i_next = 1;
        return first ? jv_literal(run, "") : callee.list->items[0];
    }
    case JV_UNDEFINED:
        jv_fail_undefined(run, callee);
    default:
        jinja_fail(run, ERR_FORMAT, "'%s' object is not callable", jv_type_name(callee));
    }
}

// ---- loops ----

static bool loop_pull(struct jinja_run *run, struct jloop *loop, struct jv *item)
{
    while (jwalk_next(run, &loop->walk, item)) {
        if (!loop->node->c || loop->length >= 0)
            return true; // once the length is known, what remains has passed the condition
        jinja_assign(run, loop->outer, loop->node->loop->test_target, *item);
        if (jv_truth(run, jinja_eval(run, loop->outer, loop->node->c)))
            return true;
    }
    return false;
}

static bool loop_next(struct jinja_run *run, struct jloop *loop)
{
    struct jv item;
    if (loop->after.type != JV_MISSING) {
        item = loop->after;
        loop->after = (struct jv){0};
    } else if (!loop_pull(run, loop, &item)) {
        return false;
    }
    loop->index0++;
    loop->previous = loop->current;
    loop->current = item;
    return true;
}

static bool loop_peek(struct jinja_run *run, struct jloop *loop)
{
    if (loop->after.type == JV_MISSING && !loop_pull(run, loop, &loop->after)) {
        loop->after = (struct jv){0};
        return false;
    }
    return true;
}

int64_t jinja_loop_length(struct jinja_run *run, struct jloop *loop)
{
    if (loop->length >= 0)
        return loop->length;
    if (!loop->node->c && jv_has_length(loop->walk.over)) {
        loop->length = jv_length(run, loop->walk.over);
        return loop->length;
    }
    struct jv rest = jv_list(run, JV_LIST, 0), item;
    while (loop_pull(run, loop, &item))
        jlist_append(run, rest.list, item);
    loop->walk = jwalk_start(run, rest);
    loop->length =
        (int64_t)rest.list->n_items + loop->index0 + 1 + (loop->after.type != JV_MISSING);
    return loop->length;
}

// Runs the loop's body for each item, then perhaps the else branch.  `act` holds the body's
// variables, `loop->outer` those around the statement.
static enum flow loop_run(struct jinja_run *run, struct activation *act, struct jloop *loop)
{
    const struct node *node = loop->node;
    bool ran = false;
    enum flow flow = FLOW_ON;
    if (node->c)
        scope_enter(run, loop->outer, &node->loop->test_scope);
    while (flow != FLOW_BREAK && loop_next(run, loop)) {
        if (node->loop->extended)
            act->slots[node->loop->loop_place.slot] = (struct jv){.type = JV_LOOP, .loop = loop};
        jinja_assign(run, act, node->a, loop->current);
        scope_enter(run, act, &node->loop->body_scope);
        flow = jinja_exec(run, act, &node->items);
        // As in Jinja2, an iteration that was cut short does not count here.
        ran |= flow == FLOW_ON;
    }
    scope_leave(act, &node->loop->body_scope);
    if (ran || !node->others.n_items)
        return FLOW_ON;
    scope_enter(run, act, &node->loop->else_scope);
    flow = jinja_exec(run, act, &node->others);
    scope_leave(act, &node->loop->else_scope);
    return flow;
}

static struct jloop loop_start(struct jinja_run *run, const struct node *node, struct jv over,
                               struct activation *outer, int64_t depth0)
{
    return (struct jloop){.node = node,
                          .outer = outer,
                          .walk = jwalk_start(run, over),
                          .index0 = -1,
                          .length = -1,
                          .depth0 = depth0};
}

enum flow loop_exec(struct jinja_run *run, struct activation *act, const struct node *node)
{
    struct jloop plain = loop_start(run, node, jinja_eval(run, act, node->b), act, 0);
    if (!node->loop->extended)
        return loop_run(run, act, &plain);
    struct jloop *loop = jinja_new(run, struct jloop, 1);
    *loop = plain;
    if (!node->loop->recursive)
        return loop_run(run, act, loop);
    loop_run(run, activation_new(run, node->loop->function, act), loop);
    return FLOW_ON;
}

struct jv loop_call(struct jinja_run *run, struct jloop *loop, const struct jargs *args)
{
    if (!loop->node->loop->recursive)
        jinja_fail(run, ERR_FORMAT,
                   "the loop must have the 'recursive' marker to be called recursively");
    if (args->n_items != 1 || args->n_keywords)
        jinja_fail(run, ERR_FORMAT, "loop() takes one argument");
    struct jloop *inner = jinja_new(run, struct jloop, 1);
    *inner = loop_start(run, loop->node, args->items[0], loop->outer, loop->depth0 + 1);
    jinja_enter(run);
    struct jstr_room *before = output_capture(run);
    loop_run(run, activation_new(run, loop->node->loop->function, loop->outer), inner);
    struct jv text = output_release(run, before);
    jinja_leave(run);
    return text;
}

static struct jv loop_cycle(struct jinja_run *run, struct jv self, const struct jv *args,
                            const struct jargs *call)
{
    (void)args;
    if (!call->n_items || call->n_keywords)
        jinja_fail(run, ERR_FORMAT, "no items for cycling given");
    return call->items[(size_t)self.loop->index0 % call->n_items];
}

static struct jv loop_changed(struct jinja_run *run, struct jv self, const struct jv *args,
                              const struct jargs *call)
{
    (void)args;
    struct jv now = jv_list(run, JV_TUPLE, call->n_items);
    for (size_t i = 0; i < call->n_items; i++)
        jlist_append(run, now.list, call->items[i]);
    bool same =
        self.loop->last_changed.type != JV_MISSING && jv_equal(run, self.loop->last_changed, now);
    self.loop->last_changed = now;
    return jv_bool(!same);
}

struct jv jinja_loop_attribute(struct jinja_run *run, struct jv v, const struct jstr *name)
{
    static const struct jinja_builtin cycle = JINJA_ANY("cycle", loop_cycle);
    static const struct jinja_builtin changed = JINJA_ANY("changed", loop_changed);
    struct jloop *loop = v.loop;
    struct str s = jstr_bytes(name);
    if (str_is(s, "index"))
        return jv_int(loop->index0 + 1);
    if (str_is(s, "index0"))
        return jv_int(loop->index0);
    if (str_is(s, "first"))
        return jv_bool(loop->index0 == 0);
    if (str_is(s, "last"))
        return jv_bool(!loop_peek(run, loop));
    if (str_is(s, "length"))
        return jv_int(jinja_loop_length(run, loop));
    if (str_is(s, "revindex"))
        return jv_int(jinja_loop_length(run, loop) - loop->index0);
    if (str_is(s, "revindex0"))
        return jv_int(jinja_loop_length(run, loop) - loop->index0 - 1);
    if (str_is(s, "previtem"))
        return loop->index0 > 0 ? loop->previous
                                : jv_undefined_hint(run, "there is no previous item");
    if (str_is(s, "nextitem"))
        return loop_peek(run, loop) ? loop->after : jv_undefined_hint(run, "there is no next item");
    if (str_is(s, "depth"))
        return jv_int(loop->depth0 + 1);
    if (str_is(s, "depth0"))
        return jv_int(loop->depth0);
    if (str_is(s, "cycle"))
        return jv_function(run, &cycle, v);
    if (str_is(s, "changed"))
        return jv_function(run, &changed, v);
    return (struct jv){
        .type = JV_UNDEFINED, .reason = UNDEFINED_ATTRIBUTE, .of = JV_LOOP, .string = name};
}
