#include "chat/jinja_eval.h"
#include "base/memory.h"

// ---- variables and output ----

struct activation *activation_new(struct jinja_run *run, const struct function *function,
                                  struct activation *outer)
{
    struct activation *act =
        jinja_alloc(run, 1, sizeof *act + function->n_slots * sizeof act->slots[0]);
    jinja_step(run, 1 + function->n_slots / 8);
    act->outer = outer;
    return act;
}

struct jv *activation_place(struct activation *act, struct place place)
{
    for (uint32_t i = 0; i < place.n_out; i++)
        act = act->outer;
    return &act->slots[place.slot];
}

void scope_enter(struct jinja_run *run, struct activation *act, const struct scope *scope)
{
    jinja_step(run, scope->n_loads / 4);
    for (size_t i = 0; i < scope->n_loads; i++) {
        const struct scope_load *load = &scope->loads[i];
        struct jv value = {0};
        if (load->from == LOAD_CONTEXT)
            value = run->context[load->i_context];
        else if (load->from == LOAD_OUTER)
            value = *activation_place(act, load->place);
        act->slots[load->slot] = value;
    }
}

void scope_leave(struct activation *act, const struct scope *scope)
{
    for (size_t i = 0; i < scope->n_slots; i++)
        act->slots[scope->slots[i]] = (struct jv){0};
}

static void assign_tuple(struct jinja_run *run, struct activation *act, const struct nodes *targets,
                         struct jv value)
{
    struct jwalk walk = jwalk_start(run, value);
    struct jv list = jv_list(run, JV_LIST, targets->n_items), item;
    while (jwalk_next(run, &walk, &item)) {
        if (list.list->n_items == targets->n_items)
            jinja_fail(run, ERR_FORMAT, "too many values to unpack (expected %zu)",
                       targets->n_items);
        jlist_append(run, list.list, item);
    }
    if (list.list->n_items < targets->n_items)
        jinja_fail(run, ERR_FORMAT, "not enough values to unpack (expected %zu, got %zu)",
                   targets->n_items, list.list->n_items);
    for (size_t i = 0; i < targets->n_items; i++)
        jinja_assign(run, act, targets->items[i], list.list->items[i]);
}

void jinja_assign(struct jinja_run *run, struct activation *act, const struct node *target,
                  struct jv value)
{
    if (target->kind == N_NAME) {
        *activation_place(act, target->place) = value;
    } else if (target->kind == N_NSREF) {
        struct jv *space = activation_place(act, target->a->place);
        if (space->type != JV_NAMESPACE)
            jinja_fail(run, ERR_FORMAT, "cannot assign attribute on non-namespace object");
        jdict_set(run, space->dict, jv_string(target->name), value);
    } else {
        assign_tuple(run, act, &target->items, value);
    }
}

struct jstr_room *output_capture(struct jinja_run *run)
{
    struct jstr_room *before = run->output;
    run->output = jroom_new(run, 128);
    return before;
}

struct jv output_release(struct jinja_run *run, struct jstr_room *before)
{
    struct jv text = jv_string(jroom_string(run, run->output));
    run->output = before;
    return text;
}

void output_write(struct jinja_run *run, struct jv v)
{
    jv_write(run, run->output, v);
    if (run->output->size > run->size_output_max)
        jinja_fail(run, ERR_LIMIT, "the output is longer than %zu bytes", run->size_output_max);
}

// ---- expressions ----

struct jargs eval_args(struct jinja_run *run, struct activation *act, const struct call_args *args,
                       struct jv caller)
{
    struct jargs out = {0};
    struct jv positional = jv_list(run, JV_LIST, args->positional.n_items), item;
    for (size_t i = 0; i < args->positional.n_items; i++)
        jlist_append(run, positional.list, jinja_eval(run, act, args->positional.items[i]));
    size_t n_keywords = args->n_keywords + (caller.type != JV_MISSING);
    struct jkeyword *keywords = n_keywords ? jinja_new(run, struct jkeyword, n_keywords) : NULL;
    for (size_t i = 0; i < args->n_keywords; i++)
        keywords[i] = (struct jkeyword){args->keywords[i].name,
                                        jinja_eval(run, act, args->keywords[i].value)};
    if (caller.type != JV_MISSING)
        keywords[n_keywords - 1] =
            (struct jkeyword){jstr_wrap(run, STR("caller"), SPAN_MARKUP), caller};
    if (args->star) {
        struct jwalk walk = jwalk_start(run, jinja_eval(run, act, args->star));
        while (jwalk_next(run, &walk, &item))
            jlist_append(run, positional.list, item);
    }
    if (args->star_star) {
        struct jv more = jinja_eval(run, act, args->star_star);
        if (more.type != JV_DICT)
            jinja_fail(run, ERR_FORMAT, "argument after ** must be a mapping, not %s",
                       jv_type_name(more));
        size_t n_more = more.dict->n_pairs;
        struct jkeyword *all = jinja_new(run, struct jkeyword, n_keywords + n_more);
        jinja_step(run, n_more);
        for (size_t i = 0; i < n_keywords; i++)
            all[i] = keywords[i];
        for (size_t i = 0; i < n_more; i++) {
            struct jpair *pair = &more.dict->pairs[i];
            if (pair->key.type != JV_STRING)
                jinja_fail(run, ERR_FORMAT, "keywords must be strings");
            for (size_t k = 0; k < n_keywords; k++)
                if (str_equal(jstr_bytes(all[k].name), jstr_bytes(pair->key.string)))
                    jinja_fail(run, ERR_FORMAT, "multiple values for a keyword argument");
            all[n_keywords + i] = (struct jkeyword){pair->key.string, pair->value};
        }
        keywords = all;
        n_keywords += n_more;
    }
    out.items = positional.list->items;
    out.n_items = positional.list->n_items;
    out.keywords = keywords;
    out.n_keywords = n_keywords;
    return out;
}

static bool compare(struct jinja_run *run, enum compare_operator op, struct jv a, struct jv b)
{
    switch (op) {
    case CMP_EQ:
        return jv_equal(run, a, b);
    case CMP_NE:
        return !jv_equal(run, a, b);
    case CMP_LT:
        return jv_compare(run, a, b, "<") == -1;
    case CMP_GT:
        return jv_compare(run, a, b, ">") == 1;
    case CMP_LE: {
        int order = jv_compare(run, a, b, "<=");
        return order == -1 || order == 0;
    }
    case CMP_GE: {
        int order = jv_compare(run, a, b, ">=");
        return order == 1 || order == 0;
    }
    case CMP_IN:
        return jv_contains(run, b, a);
    case CMP_NOT_IN:
        return !jv_contains(run, b, a);
    }
    return false;
}

static struct jv eval_compare(struct jinja_run *run, struct activation *act,
                              const struct node *node)
{
    struct jv left = jinja_eval(run, act, node->a);
    for (size_t i = 0; i < node->items.n_items; i++) {
        const struct node *operand = node->items.items[i];
        struct jv right = jinja_eval(run, act, operand->a);
        if (!compare(run, operand->op, left, right))
            return jv_bool(false);
        left = right;
    }
    return jv_bool(true);
}

static struct jv eval_items(struct jinja_run *run, struct activation *act, const struct node *node)
{
    struct jv list = jv_list(run, node->kind == N_TUPLE ? JV_TUPLE : JV_LIST, node->items.n_items);
    for (size_t i = 0; i < node->items.n_items; i++)
        jlist_append(run, list.list, jinja_eval(run, act, node->items.items[i]));
    return list;
}

static struct jv eval_dict(struct jinja_run *run, struct activation *act, const struct node *node)
{
    struct jv dict = jv_dict(run);
    for (size_t i = 0; i + 1 < node->items.n_items; i += 2) {
        struct jv key = jinja_eval(run, act, node->items.items[i]);
        jdict_set(run, dict.dict, key, jinja_eval(run, act, node->items.items[i + 1]));
    }
    return dict;
}

static struct jv eval_concat(struct jinja_run *run, struct activation *act, const struct node *node)
{
    const struct jstr *text = jv_to_string(run, jinja_eval(run, act, node->items.items[0]));
    for (size_t i = 1; i < node->items.n_items; i++)
        text =
            jstr_concat(run, text, jv_to_string(run, jinja_eval(run, act, node->items.items[i])));
    return jv_string(text);
}

static struct jv eval_getitem(struct jinja_run *run, struct activation *act,
                              const struct node *node)
{
    struct jv object = jinja_eval(run, act, node->a);
    if (node->b->kind != N_SLICE)
        return jv_getitem(run, object, jinja_eval(run, act, node->b));
    struct jv parts[3] = {{0}};
    const struct node *slice = node->b, *nodes[3] = {slice->a, slice->b, slice->c};
    for (int i = 0; i < 3; i++)
        if (nodes[i])
            parts[i] = jinja_eval(run, act, nodes[i]);
    return jv_slice(run, object, parts[0], parts[1], parts[2]);
}

static struct jv eval_filter_or_test(struct jinja_run *run, struct activation *act,
                                     const struct node *node)
{
    bool is_filter = node->kind == N_FILTER;
    struct jv value = node->a ? jinja_eval(run, act, node->a) : *run->block;
    struct jargs args = eval_args(run, act, node->args, (struct jv){0});
    run->line = node->line;
    if (!node->builtin)
        jinja_fail(run, ERR_FORMAT, "there is no %s '%.*s'", is_filter ? "filter" : "test",
                   (int)(node->name->size > 100 ? 100 : node->name->size), node->name->data);
    struct jv result = jinja_builtin_call(run, node->builtin, value, &args);
    return result;
}

static struct jv eval_call(struct jinja_run *run, struct activation *act, const struct node *node,
                           struct jv caller)
{
    struct jv callee = jinja_eval(run, act, node->a);
    struct jargs args = eval_args(run, act, node->args, caller);
    run->line = node->line;
    return jinja_call(run, callee, &args);
}

static struct jv eval_name(struct activation *act, const struct node *node)
{
    struct jv value = *activation_place(act, node->place);
    if (value.type == JV_MISSING)
        return (struct jv){.type = JV_UNDEFINED, .reason = UNDEFINED_NAME, .string = node->name};
    return value;
}

static struct jv eval_node(struct jinja_run *run, struct activation *act, const struct node *node)
{
    struct jv a;
    switch (node->kind) {
    case N_TUPLE:
    case N_LIST:
        return eval_items(run, act, node);
    case N_DICT:
        return eval_dict(run, act, node);
    case N_GETATTR:
        return jv_getattr(run, jinja_eval(run, act, node->a), node->name);
    case N_GETITEM:
        return eval_getitem(run, act, node);
    case N_CALL:
        return eval_call(run, act, node, (struct jv){0});
    case N_FILTER:
    case N_TEST:
        return eval_filter_or_test(run, act, node);
    case N_NOT:
        return jv_bool(!jv_truth(run, jinja_eval(run, act, node->a)));
    case N_NEG:
        return jv_negate(run, jinja_eval(run, act, node->a));
    case N_POS:
        return jv_arithmetic(run, N_ADD, jv_int(0), jinja_eval(run, act, node->a));
    case N_CONCAT:
        return eval_concat(run, act, node);
    case N_AND:
        a = jinja_eval(run, act, node->a);
        return jv_truth(run, a) ? jinja_eval(run, act, node->b) : a;
    case N_OR:
        a = jinja_eval(run, act, node->a);
        return jv_truth(run, a) ? a : jinja_eval(run, act, node->b);
    case N_COMPARE:
        return eval_compare(run, act, node);
    case N_COND:
        if (jv_truth(run, jinja_eval(run, act, node->a)))
            return jinja_eval(run, act, node->b);
        if (node->c)
            return jinja_eval(run, act, node->c);
        return jv_undefined_hint(run, "an inline if without else was false");
    default:
        a = jinja_eval(run, act, node->a);
        struct jv b = jinja_eval(run, act, node->b);
        run->line = node->line;
        return jv_arithmetic(run, node->kind, a, b);
    }
}

struct jv jinja_eval(struct jinja_run *run, struct activation *act, const struct node *node)
{
    jinja_step(run, 1);
    run->line = node->line;
    if (node->kind == N_CONST)
        return node->value;
    if (node->kind == N_NAME)
        return eval_name(act, node);
    jinja_enter(run);
    struct jv value = eval_node(run, act, node);
    jinja_leave(run);
    return value;
}

// ---- statements ----

static void exec_output(struct jinja_run *run, struct activation *act, const struct node *node)
{
    for (size_t i = 0; i < node->items.n_items; i++)
        output_write(run, jinja_eval(run, act, node->items.items[i]));
}

static enum flow exec_if(struct jinja_run *run, struct activation *act, const struct node *node)
{
    if (jv_truth(run, jinja_eval(run, act, node->a)))
        return jinja_exec(run, act, &node->items);
    for (size_t i = 0; i < node->elifs.n_items; i++) {
        const struct node *elif = node->elifs.items[i];
        if (jv_truth(run, jinja_eval(run, act, elif->a)))
            return jinja_exec(run, act, &elif->items);
    }
    return jinja_exec(run, act, &node->others);
}

static enum flow exec_with(struct jinja_run *run, struct activation *act, const struct node *node)
{
    struct jv values = jv_list(run, JV_LIST, node->elifs.n_items);
    scope_enter(run, act, node->scope);
    for (size_t i = 0; i < node->elifs.n_items; i++) {
        jlist_append(run, values.list, jinja_eval(run, act, node->elifs.items[i]));
        jinja_assign(run, act, node->others.items[i], values.list->items[i]);
    }
    enum flow flow = jinja_exec(run, act, &node->items);
    scope_leave(act, node->scope);
    return flow;
}

// The body of {% set x %} or {% filter f %}, captured and filtered.  A break or continue inside
// drops what was captured.
static enum flow exec_capture(struct jinja_run *run, struct activation *act,
                              const struct node *node)
{
    scope_enter(run, act, node->scope);
    struct jstr_room *before = output_capture(run);
    enum flow flow = jinja_exec(run, act, &node->items);
    struct jv text = output_release(run, before);
    if (flow == FLOW_ON) {
        if (node->b) {
            struct jv captured = text, *outer = run->block;
            run->block = &captured;
            text = jinja_eval(run, act, node->b);
            run->block = outer;
        }
        if (node->kind == N_SET_BLOCK)
            jinja_assign(run, act, node->a, text);
        else
            output_write(run, text);
    }
    scope_leave(act, node->scope);
    return flow;
}

static struct jv macro_of(struct jinja_run *run, struct activation *act, const struct node *node)
{
    struct jmacro *macro = jinja_new(run, struct jmacro, 1);
    *macro = (struct jmacro){node->function, act};
    return (struct jv){.type = JV_MACRO, .macro = macro};
}

static enum flow exec_statement(struct jinja_run *run, struct activation *act,
                                const struct node *node)
{
    struct jargs none = {0};
    jinja_step(run, 1);
    run->line = node->line;
    switch (node->kind) {
    case N_OUTPUT:
        exec_output(run, act, node);
        return FLOW_ON;
    case N_SET:
        jinja_assign(run, act, node->a, jinja_eval(run, act, node->b));
        return FLOW_ON;
    case N_IF:
        return exec_if(run, act, node);
    case N_FOR:
        return loop_exec(run, act, node);
    case N_MACRO:
        *activation_place(act, node->a->place) = macro_of(run, act, node);
        return FLOW_ON;
    case N_CALL_BLOCK:
        output_write(run, eval_call(run, act, node->a, macro_of(run, act, node)));
        return FLOW_ON;
    case N_GENERATION:
        output_write(run, jinja_call(run, macro_of(run, act, node), &none));
        return FLOW_ON;
    case N_SET_BLOCK:
    case N_FILTER_BLOCK:
        return exec_capture(run, act, node);
    case N_WITH:
        return exec_with(run, act, node);
    case N_BREAK:
        return FLOW_BREAK;
    case N_CONTINUE:
        return FLOW_CONTINUE;
    default:
        return FLOW_ON;
    }
}

enum flow jinja_exec(struct jinja_run *run, struct activation *act, const struct nodes *body)
{
    enum flow flow = FLOW_ON;
    jinja_enter(run);
    for (size_t i = 0; i < body->n_items && flow == FLOW_ON; i++)
        flow = exec_statement(run, act, body->items[i]);
    jinja_leave(run);
    return flow;
}
