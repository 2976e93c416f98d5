#include "chat/jinja_scope.h"
#include "base/memory.h"
#include "chat/jinja_builtin.h"

#include <string.h>

enum load { LOADED_PARAMETER, LOADED_UNSET, LOADED_CONTEXT, LOADED_OUTER };

struct symbol {
    const struct jstr *name;
    uint32_t slot;
    enum load load;
    struct place outer; // LOADED_OUTER
    bool stored;
};

// Slots of one scope, shared by the copies that branches make of its symbols.
struct slots {
    struct slot_name {
        const struct jstr *name;
        uint32_t slot;
    } * items;
    size_t n_items, capacity;
};

struct symbols {
    struct symbols *parent;
    struct symbol *items;
    size_t n_items, capacity;
    struct slots *slots;
    struct function *function;
    unsigned function_depth;
};

struct resolver {
    struct jinja_run *run;
    struct jinja_template *template;
    bool soft;        // inside `if`, unknown filters fail only when reached
    bool in_loop;     // break and continue have something to end
    unsigned n_loops; // enclosing for statements, of all functions
};

// ---- symbols of one scope ----

static struct symbols *symbols_new(struct resolver *r, struct symbols *parent,
                                   struct function *function)
{
    struct symbols *symbols = jinja_new(r->run, struct symbols, 1);
    symbols->parent = parent;
    symbols->slots = jinja_new(r->run, struct slots, 1);
    symbols->function = function ? function : parent->function;
    symbols->function_depth = !parent ? 0 : parent->function_depth + (function != NULL);
    return symbols;
}

static struct symbols *symbols_copy(struct resolver *r, const struct symbols *symbols)
{
    struct symbols *copy = jinja_new(r->run, struct symbols, 1);
    *copy = *symbols;
    copy->items = jinja_new(r->run, struct symbol, symbols->capacity);
    if (symbols->n_items)
        memcpy(copy->items, symbols->items, symbols->n_items * sizeof *copy->items);
    jinja_step(r->run, symbols->n_items / 4);
    return copy;
}

static bool same_name(const struct jstr *a, const struct jstr *b)
{
    return a == b || str_equal(jstr_bytes(a), jstr_bytes(b));
}

static struct symbol *find_own(struct resolver *r, const struct symbols *symbols,
                               const struct jstr *name)
{
    jinja_step(r->run, symbols->n_items / 2);
    for (size_t i = 0; i < symbols->n_items; i++)
        if (same_name(symbols->items[i].name, name))
            return &symbols->items[i];
    return NULL;
}

// The place of a name as seen from `symbols`; false when no scope knows it yet.
static bool find_place(struct resolver *r, const struct symbols *symbols, const struct jstr *name,
                       struct place *place)
{
    for (const struct symbols *s = symbols; s; s = s->parent) {
        struct symbol *symbol = find_own(r, s, name);
        if (symbol) {
            *place = (struct place){symbols->function_depth - s->function_depth, symbol->slot};
            return true;
        }
    }
    return false;
}

static uint32_t slot_of(struct resolver *r, struct symbols *symbols, const struct jstr *name)
{
    struct slots *slots = symbols->slots;
    jinja_step(r->run, slots->n_items / 2);
    for (size_t i = 0; i < slots->n_items; i++)
        if (same_name(slots->items[i].name, name))
            return slots->items[i].slot;
    if (slots->n_items == slots->capacity)
        slots->items = jinja_grow(r->run, slots->items, slots->n_items, &slots->capacity,
                                  sizeof *slots->items);
    uint32_t slot = symbols->function->n_slots++;
    slots->items[slots->n_items++] = (struct slot_name){name, slot};
    return slot;
}

static struct symbol *define(struct resolver *r, struct symbols *symbols, const struct jstr *name,
                             enum load load)
{
    struct symbol *symbol = find_own(r, symbols, name);
    if (!symbol) {
        if (symbols->n_items == symbols->capacity)
            symbols->items = jinja_grow(r->run, symbols->items, symbols->n_items,
                                        &symbols->capacity, sizeof *symbols->items);
        symbol = &symbols->items[symbols->n_items++];
        *symbol = (struct symbol){.name = name, .slot = slot_of(r, symbols, name)};
    }
    symbol->load = load;
    return symbol;
}

static void symbols_load(struct resolver *r, struct symbols *symbols, const struct jstr *name)
{
    struct place place;
    if (!find_place(r, symbols, name, &place))
        define(r, symbols, name, LOADED_CONTEXT);
}

// The outer variable of that name, as the scope itself would address it.
static bool find_outer(struct resolver *r, const struct symbols *symbols, const struct jstr *name,
                       struct place *place)
{
    if (!symbols->parent || !find_place(r, symbols->parent, name, place))
        return false;
    place->n_out += symbols->function_depth - symbols->parent->function_depth;
    return true;
}

static void symbols_store(struct resolver *r, struct symbols *symbols, const struct jstr *name)
{
    struct symbol *symbol = find_own(r, symbols, name);
    struct place outer;
    if (!symbol) {
        bool has_outer = find_outer(r, symbols, name, &outer);
        symbol = define(r, symbols, name, has_outer ? LOADED_OUTER : LOADED_UNSET);
        if (has_outer)
            symbol->outer = outer;
    }
    symbol->stored = true;
}

static uint32_t declare_parameter(struct resolver *r, struct symbols *symbols,
                                  const struct jstr *name)
{
    struct symbol *symbol = define(r, symbols, name, LOADED_PARAMETER);
    symbol->stored = true;
    return symbol->slot;
}

// Takes over what the three branches of an `if` did: a variable that only some of them assign keeps
// its value from outside in the others.
static void merge_branches(struct resolver *r, struct symbols *symbols,
                           struct symbols *const branches[3])
{
    struct symbols *before = symbols_copy(r, symbols);
    for (int b = 0; b < 3; b++)
        for (size_t i = 0; i < branches[b]->n_items; i++) {
            const struct symbol *from = &branches[b]->items[i];
            struct symbol *to = define(r, symbols, from->name, from->load);
            to->outer = from->outer;
            to->stored |= from->stored;
        }
    for (size_t i = 0; i < symbols->n_items; i++) {
        struct symbol *symbol = &symbols->items[i];
        struct symbol *old = find_own(r, before, symbol->name);
        int n_stored = 0;
        for (int b = 0; b < 3; b++) {
            struct symbol *own = find_own(r, branches[b], symbol->name);
            n_stored += own && own->stored;
        }
        if (n_stored == 0 || n_stored == 3 || (old && old->stored))
            continue;
        bool has_outer = find_outer(r, symbols, symbol->name, &symbol->outer);
        symbol->load = has_outer ? LOADED_OUTER : LOADED_CONTEXT;
    }
}

// ---- what a statement does to the names of its scope ----

static void collect(struct resolver *r, struct symbols *symbols, const struct node *node);

static void collect_all(struct resolver *r, struct symbols *symbols, const struct nodes *nodes)
{
    for (size_t i = 0; i < nodes->n_items; i++)
        collect(r, symbols, nodes->items[i]);
}

static void collect_if(struct resolver *r, struct symbols *symbols, const struct node *node)
{
    collect(r, symbols, node->a);
    const struct nodes *bodies[3] = {&node->items, &node->elifs, &node->others};
    struct symbols *branches[3];
    for (int i = 0; i < 3; i++) {
        branches[i] = symbols_copy(r, symbols);
        collect_all(r, branches[i], bodies[i]);
    }
    merge_branches(r, symbols, branches);
}

static void collect_args(struct resolver *r, struct symbols *symbols, const struct call_args *args)
{
    collect_all(r, symbols, &args->positional);
    for (size_t i = 0; i < args->n_keywords; i++)
        collect(r, symbols, args->keywords[i].value);
    collect(r, symbols, args->star);
    collect(r, symbols, args->star_star);
}

static void collect(struct resolver *r, struct symbols *symbols, const struct node *node)
{
    if (!node)
        return;
    jinja_step(r->run, 1);
    jinja_enter(r->run);
    switch (node->kind) {
    case N_NAME:
        if (node->is_store)
            symbols_store(r, symbols, node->name);
        else
            symbols_load(r, symbols, node->name);
        break;
    case N_NSREF:
        symbols_load(r, symbols, node->a->name);
        break;
    case N_IF:
        collect_if(r, symbols, node);
        break;
    case N_MACRO:
        symbols_store(r, symbols, node->name);
        break;
    case N_SET:
        collect(r, symbols, node->b);
        collect(r, symbols, node->a);
        break;
    case N_SET_BLOCK:
    case N_CALL_BLOCK:
        collect(r, symbols, node->a);
        break;
    case N_FOR:
    case N_FILTER_BLOCK:
        collect(r, symbols, node->b);
        break;
    case N_WITH:
        collect_all(r, symbols, &node->elifs);
        break;
    case N_GENERATION:
        break;
    default: // expressions and output
        collect(r, symbols, node->a);
        collect(r, symbols, node->b);
        collect(r, symbols, node->c);
        collect_all(r, symbols, &node->items);
        if (node->args)
            collect_args(r, symbols, node->args);
    }
    jinja_leave(r->run);
}

// A loop's target, or one of `with`: parameters of the scope.
static void declare_target(struct resolver *r, struct symbols *symbols, const struct node *target)
{
    if (target->kind == N_NAME)
        declare_parameter(r, symbols, target->name);
    for (size_t i = 0; i < target->items.n_items; i++)
        declare_target(r, symbols, target->items.items[i]);
}

// ---- whether a body looks at a special name ----

enum use { USE_NONE, USE_READ, USE_DECLARED };

static enum use find_use(struct resolver *r, const struct node *node, const char *name);

static enum use find_use_in(struct resolver *r, const struct nodes *nodes, const char *name)
{
    enum use use = USE_NONE;
    for (size_t i = 0; i < nodes->n_items && use == USE_NONE; i++)
        use = find_use(r, nodes->items[i], name);
    return use;
}

static enum use find_use_in_args(struct resolver *r, const struct call_args *args, const char *name)
{
    enum use use = find_use_in(r, &args->positional, name);
    for (size_t i = 0; i < args->n_keywords && use == USE_NONE; i++)
        use = find_use(r, args->keywords[i].value, name);
    if (use == USE_NONE)
        use = find_use(r, args->star, name);
    return use == USE_NONE ? find_use(r, args->star_star, name) : use;
}

// The first mention of `name` in the order of the source, nested functions included.
static enum use find_use(struct resolver *r, const struct node *node, const char *name)
{
    if (!node || node->kind == N_NSREF)
        return USE_NONE;
    jinja_step(r->run, 1);
    if (node->kind == N_NAME) {
        bool same = str_is(jstr_bytes(node->name), name);
        return !same ? USE_NONE : node->is_store ? USE_DECLARED : USE_READ;
    }
    jinja_enter(r->run);
    const struct function *f = node->function;
    enum use use = USE_NONE;
    if (node->kind != N_MACRO)
        use = find_use(r, node->a, name);
    if (f) {
        const struct nodes *parts[] = {&f->params, &f->defaults, &f->body};
        for (size_t i = 0; i < COUNT_OF(parts) && use == USE_NONE; i++)
            use = find_use_in(r, parts[i], name);
    }
    bool target_first = node->kind == N_WITH;
    const struct nodes *lists[] = {target_first ? &node->others : &node->items, &node->elifs,
                                   target_first ? &node->items : &node->others};
    if (use == USE_NONE)
        use = find_use(r, node->b, name);
    for (size_t i = 0; i < COUNT_OF(lists) && use == USE_NONE; i++)
        use = find_use_in(r, lists[i], name);
    if (use == USE_NONE)
        use = find_use(r, node->c, name);
    if (use == USE_NONE && node->args)
        use = find_use_in_args(r, node->args, name);
    jinja_leave(r->run);
    return use;
}

// ---- writing the result into the tree ----

static uint32_t context_name(struct resolver *r, const struct jstr *name)
{
    struct jinja_template *t = r->template;
    jinja_step(r->run, t->n_context_names / 2);
    for (size_t i = 0; i < t->n_context_names; i++)
        if (same_name(t->context_names[i], name))
            return (uint32_t)i;
    if (t->n_context_names == t->capacity_context_names)
        t->context_names = jinja_grow(r->run, t->context_names, t->n_context_names,
                                      &t->capacity_context_names, sizeof *t->context_names);
    t->context_names[t->n_context_names++] = name;
    return (uint32_t)t->n_context_names - 1;
}

static void finish_scope(struct resolver *r, const struct symbols *symbols, struct scope *scope)
{
    scope->loads = jinja_new(r->run, struct scope_load, symbols->n_items);
    scope->slots = jinja_new(r->run, uint32_t, symbols->n_items);
    for (size_t i = 0; i < symbols->n_items; i++) {
        const struct symbol *symbol = &symbols->items[i];
        scope->slots[scope->n_slots++] = symbol->slot;
        if (symbol->load == LOADED_PARAMETER)
            continue;
        struct scope_load *load = &scope->loads[scope->n_loads++];
        load->slot = symbol->slot;
        load->from = symbol->load == LOADED_UNSET     ? LOAD_UNSET
                     : symbol->load == LOADED_CONTEXT ? LOAD_CONTEXT
                                                      : LOAD_OUTER;
        if (symbol->load == LOADED_CONTEXT)
            load->i_context = context_name(r, symbol->name);
        load->place = symbol->outer;
    }
}

static void resolve(struct resolver *r, struct symbols *symbols, struct node *node);

static void resolve_all(struct resolver *r, struct symbols *symbols, const struct nodes *nodes)
{
    for (size_t i = 0; i < nodes->n_items; i++)
        resolve(r, symbols, nodes->items[i]);
}

static void resolve_body(struct resolver *r, struct symbols *symbols, const struct nodes *body,
                         struct scope *scope)
{
    bool soft = r->soft;
    r->soft = false;
    finish_scope(r, symbols, scope);
    resolve_all(r, symbols, body);
    r->soft = soft;
}

static void resolve_args(struct resolver *r, struct symbols *symbols, struct call_args *args)
{
    resolve_all(r, symbols, &args->positional);
    for (size_t i = 0; i < args->n_keywords; i++)
        resolve(r, symbols, args->keywords[i].value);
    resolve(r, symbols, args->star);
    resolve(r, symbols, args->star_star);
}

// "caller", "kwargs" and "varargs" become parameters where the body reads them.
static bool take_special(struct resolver *r, struct symbols *symbols, struct function *function,
                         const char *name, uint32_t *slot)
{
    for (size_t i = 0; i < function->params.n_items; i++) {
        if (!str_is(jstr_bytes(function->params.items[i]->name), name))
            continue;
        bool has_default = i + function->defaults.n_items >= function->params.n_items;
        if (strcmp(name, "caller") == 0 && !has_default &&
            find_use_in(r, &function->body, name) == USE_READ)
            jinja_fail(r->run, ERR_FORMAT, "the parameter 'caller' needs a default");
        return false;
    }
    if (find_use_in(r, &function->body, name) != USE_READ)
        return false;
    *slot = declare_parameter(r, symbols, jstr_wrap(r->run, str_of(name), SPAN_MARKUP));
    return true;
}

static void resolve_function(struct resolver *r, struct symbols *outer, struct function *f)
{
    struct symbols *symbols = symbols_new(r, outer, f);
    bool in_loop = r->in_loop;
    for (size_t i = 0; i < f->params.n_items; i++)
        declare_parameter(r, symbols, f->params.items[i]->name);
    collect_all(r, symbols, &f->defaults);
    collect_all(r, symbols, &f->body);
    f->takes_caller = take_special(r, symbols, f, "caller", &f->caller_slot);
    f->takes_kwargs = take_special(r, symbols, f, "kwargs", &f->kwargs_slot);
    f->takes_varargs = take_special(r, symbols, f, "varargs", &f->varargs_slot);
    r->in_loop = false;
    for (size_t i = 0; i < f->params.n_items; i++)
        find_place(r, symbols, f->params.items[i]->name, &f->params.items[i]->place);
    bool soft = r->soft;
    r->soft = false;
    resolve_all(r, symbols, &f->defaults);
    r->soft = soft;
    resolve_body(r, symbols, &f->body, &f->scope);
    r->in_loop = in_loop;
}

// A copy of a loop's target for the condition, which has variables of its own.
static struct node *copy_target(struct resolver *r, const struct node *target)
{
    struct node *copy = jinja_new(r->run, struct node, 1);
    *copy = *target;
    copy->items = (struct nodes){jinja_new(r->run, struct node *, target->items.n_items),
                                 target->items.n_items, target->items.n_items};
    for (size_t i = 0; i < target->items.n_items; i++)
        copy->items.items[i] = copy_target(r, target->items.items[i]);
    return copy;
}

static void resolve_for(struct resolver *r, struct symbols *symbols, struct node *node)
{
    struct loop *loop = node->loop;
    bool in_loop = r->in_loop;
    resolve(r, symbols, node->b);
    if (loop->recursive)
        loop->function = jinja_new(r->run, struct function, 1);
    struct symbols *body = symbols_new(r, symbols, loop->function);
    struct symbols *other = symbols_new(r, symbols, NULL), *test = symbols_new(r, symbols, NULL);
    if (loop->recursive) { // the else branch runs in the loop's function, too
        other->function = loop->function;
        other->function_depth = body->function_depth;
    }
    const struct jstr *name = jstr_wrap(r->run, STR("loop"), SPAN_MARKUP);
    loop->extended = loop->recursive || find_use_in(r, &node->items, "loop") == USE_READ;
    if (loop->extended)
        loop->loop_place.slot = declare_parameter(r, body, name);
    declare_target(r, body, node->a);
    collect_all(r, body, &node->items);
    collect_all(r, other, &node->others);
    r->n_loops++;
    r->in_loop = true;
    resolve(r, body, node->a);
    resolve_body(r, body, &node->items, &loop->body_scope);
    r->in_loop = in_loop && !loop->recursive;
    resolve_body(r, other, &node->others, &loop->else_scope);
    r->in_loop = in_loop;
    if (node->c) {
        loop->test_target = copy_target(r, node->a);
        declare_target(r, test, node->a);
        collect(r, test, node->c);
        finish_scope(r, test, &loop->test_scope);
        resolve(r, test, loop->test_target);
        bool soft = r->soft;
        r->soft = false;
        resolve(r, test, node->c);
        r->soft = soft;
    }
    r->n_loops--;
}

static void resolve_with(struct resolver *r, struct symbols *symbols, struct node *node)
{
    struct symbols *inner = symbols_new(r, symbols, NULL);
    resolve_all(r, symbols, &node->elifs);
    for (size_t i = 0; i < node->others.n_items; i++)
        declare_target(r, inner, node->others.items[i]);
    collect_all(r, inner, &node->items);
    node->scope = jinja_new(r->run, struct scope, 1);
    unsigned n_loops = r->n_loops;
    r->n_loops = 0; // its targets may be called loop
    resolve_all(r, inner, &node->others);
    r->n_loops = n_loops;
    resolve_body(r, inner, &node->items, node->scope);
}

// {% filter %} and {% set %} with a body.
static void resolve_capture(struct resolver *r, struct symbols *symbols, struct node *node)
{
    struct symbols *inner = symbols_new(r, symbols, NULL);
    collect_all(r, inner, &node->items);
    collect(r, inner, node->b);
    node->scope = jinja_new(r->run, struct scope, 1);
    resolve_body(r, inner, &node->items, node->scope);
    bool soft = r->soft;
    r->soft = false;
    resolve(r, inner, node->b);
    r->soft = soft;
    resolve(r, symbols, node->a);
}

static void resolve_if(struct resolver *r, struct symbols *symbols, struct node *node)
{
    bool soft = r->soft;
    r->soft = true;
    resolve(r, symbols, node->a);
    resolve_all(r, symbols, &node->items);
    resolve_all(r, symbols, &node->elifs);
    resolve_all(r, symbols, &node->others);
    r->soft = soft;
}

static void resolve_name(struct resolver *r, struct symbols *symbols, struct node *node)
{
    if (node->is_store && r->n_loops && str_is(jstr_bytes(node->name), "loop"))
        jinja_fail(r->run, ERR_FORMAT, "cannot assign to 'loop' inside of a loop");
    if (!find_place(r, symbols, node->name, &node->place)) {
        // Only a {% set %} block's filter can mention a name that nothing collected.
        define(r, symbols, node->name, LOADED_UNSET);
        find_place(r, symbols, node->name, &node->place);
    }
}

static void resolve_builtin(struct resolver *r, struct node *node)
{
    struct str name = jstr_bytes(node->name);
    bool is_filter = node->kind == N_FILTER;
    node->builtin = is_filter ? jinja_filter_find(name) : jinja_test_find(name);
    if (!node->builtin && !r->soft)
        jinja_fail(r->run, ERR_FORMAT, "there is no %s '%.*s'", is_filter ? "filter" : "test",
                   (int)(name.size > 100 ? 100 : name.size), name.data);
}

static void resolve(struct resolver *r, struct symbols *symbols, struct node *node)
{
    if (!node)
        return;
    jinja_step(r->run, 1);
    jinja_enter(r->run);
    r->run->line = node->line;
    bool soft = r->soft;
    switch (node->kind) {
    case N_NAME:
        resolve_name(r, symbols, node);
        break;
    case N_IF:
        resolve_if(r, symbols, node);
        break;
    case N_FOR:
        resolve_for(r, symbols, node);
        break;
    case N_WITH:
        resolve_with(r, symbols, node);
        break;
    case N_SET_BLOCK:
    case N_FILTER_BLOCK:
        resolve_capture(r, symbols, node);
        break;
    case N_MACRO:
        resolve_function(r, symbols, node->function);
        find_place(r, symbols, node->name, &node->a->place);
        break;
    case N_CALL_BLOCK:
    case N_GENERATION:
        resolve_function(r, symbols, node->function);
        resolve(r, symbols, node->a);
        break;
    case N_BREAK:
    case N_CONTINUE:
        if (!r->in_loop)
            jinja_fail(r->run, ERR_FORMAT, "'%s' outside of a loop",
                       node->kind == N_BREAK ? "break" : "continue");
        break;
    default:
        if (node->kind == N_FILTER || node->kind == N_TEST)
            resolve_builtin(r, node);
        if (node->kind == N_COND)
            r->soft = true;
        resolve(r, symbols, node->a);
        resolve(r, symbols, node->b);
        resolve(r, symbols, node->c);
        resolve_all(r, symbols, &node->items);
        if (node->args)
            resolve_args(r, symbols, node->args);
        r->soft = soft;
    }
    jinja_leave(r->run);
}

void jinja_resolve(struct jinja_run *run, struct jinja_template *template)
{
    struct resolver r = {.run = run, .template = template};
    struct symbols *symbols = symbols_new(&r, NULL, &template->root);
    collect_all(&r, symbols, &template->root.body);
    resolve_body(&r, symbols, &template->root.body, &template->root.scope);
}
