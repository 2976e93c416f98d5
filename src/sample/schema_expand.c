// Multiplies the demands of a place out into leaves.  A leaf collects what each keyword says
// (schema_keyword.c); where a keyword offers a choice (anyOf, if, a negation), a branch is noted and
// each option is followed in turn on a copy of the leaf.  Lists are shared tails, so a copy is a
// struct assignment.
#include "sample/schema_expand.h"

#include <string.h>

#include "base/memory.h"

#define LEAVES_MAX      512     // alternatives of one place; past it, choices are left out
#define STORE_STEPS_MAX 3000000 // of all places; past it none is multiplied out
#define ONE_OF_MAX      12      // options up to which each excludes the others
#define OPTION_SETS_MAX 5       // options of anyOf of which all combinations are told apart

struct note *schema_note_add(struct expansion *x, struct note **list, struct json_object *json,
                             const char *name)
{
    struct note *note = arena_new(&x->store->scratch, struct note, 1);
    if (!note) {
        x->is_full = true;
        return &x->store->spare; // the leaf is given up
    }
    *note = (struct note){.next = *list, .json = json, .name = name, .scope = x->scope};
    *list = note;
    return note;
}

void schema_branch_add(struct expansion *x, struct leaf *leaf, enum branch_kind kind,
                       struct json_object *json, const char *name)
{
    struct branch *branch = arena_new(&x->store->scratch, struct branch, 1);
    if (!branch) {
        x->is_full = true;
        return;
    }
    *branch = (struct branch){leaf->branches, kind, json, name, x->scope};
    leaf->branches = branch;
}

// ---- choices ----

// Where it matters what was evaluated, options are taken together as well: each set of them, for a
// value that follows all in the set.
static void follow_option_sets(struct expansion *x, const struct leaf *leaf,
                               struct json_object *list)
{
    size_t n = json_object_array_length(list);
    for (size_t set = 1; set < (size_t)1 << n && !x->is_full; set++) {
        struct leaf next = *leaf;
        for (size_t i = 0; i < n; i++)
            if (set >> i & 1)
                schema_take(x, &next, json_object_array_get_idx(list, i));
        schema_follow(x, next);
    }
}

static void follow_options(struct expansion *x, const struct leaf *leaf, struct json_object *list,
                           bool is_one_of)
{
    size_t n = json_object_array_length(list);
    struct leaf open = *leaf;
    if (x->scope && !is_one_of && n > 1) {
        if (n <= OPTION_SETS_MAX) {
            follow_option_sets(x, leaf, list);
            return;
        }
        schema_relax(x->store, leaf->seen ? leaf->seen->json : NULL, NULL,
                     "what many options of anyOf evaluate");
        open.unevaluated = NULL;
        leaf = &open;
    }
    bool excludes = is_one_of && !x->is_plain && n <= ONE_OF_MAX;
    for (size_t i = 0; i < n && !x->is_full; i++) {
        struct json_object *option = json_object_array_get_idx(list, i);
        struct leaf next = *leaf;
        schema_take(x, &next, option);
        for (size_t k = 0; excludes && k < n; k++) {
            struct json_object *other = json_object_array_get_idx(list, k);
            if (k == i || schema_are_apart(x, option, other, leaf->types, 0))
                continue;
            schema_branch_add(x, &next, BRANCH_NOT, other, NULL);
        }
        schema_follow(x, next);
    }
}

static void follow_enum(struct expansion *x, const struct leaf *leaf, struct json_object *list)
{
    struct leaf next = *leaf;
    next.types &= TYPE_SCALAR;
    schema_note_add(x, &next.enums, list, NULL);
    schema_follow(x, next);
    for (size_t i = 0; i < json_object_array_length(list) && !x->is_full; i++) {
        struct json_object *value = json_object_array_get_idx(list, i);
        if (schema_type_bits(value) & TYPE_SCALAR)
            continue;
        next = *leaf;
        schema_take_value(x, &next, value);
        schema_follow(x, next);
    }
}

static void follow_if(struct expansion *x, const struct leaf *leaf, struct json_object *schema)
{
    struct json_object *condition = schema_get(schema, "if");
    struct json_object *when_true = schema_get(schema, "then");
    struct json_object *when_false = schema_get(schema, "else");
    struct leaf next = *leaf;
    schema_take(x, &next, condition);
    if (when_true)
        schema_take(x, &next, when_true);
    schema_follow(x, next);
    next = *leaf;
    schema_branch_add(x, &next, BRANCH_NOT, condition, NULL);
    if (when_false)
        schema_take(x, &next, when_false);
    schema_follow(x, next);
}

static void follow_dependency(struct expansion *x, const struct leaf *leaf, const char *name,
                              struct json_object *schema)
{
    struct leaf next = *leaf;
    schema_note_add(x, &next.lacks, NULL, name); // says something about objects only
    schema_follow(x, next);
    next = *leaf;
    next.types &= TYPE_OBJECT;
    schema_note_add(x, &next.required, NULL, name);
    schema_take(x, &next, schema);
    schema_follow(x, next);
}

// Takes the branch that is followed next off the leaf: negations come last, when most is known.
static struct branch take_branch(struct expansion *x, struct leaf *leaf)
{
    struct branch *chosen = leaf->branches;
    while (chosen && chosen->kind == BRANCH_NOT)
        chosen = chosen->next;
    chosen = chosen ? chosen : leaf->branches;
    struct branch taken = *chosen, *rest = chosen->next, *old = leaf->branches;
    for (; old != chosen; old = old->next) {
        struct branch *copy = arena_new(&x->store->scratch, struct branch, 1);
        if (!copy) {
            x->is_full = true;
            break;
        }
        *copy = *old;
        copy->next = rest;
        rest = copy;
    }
    leaf->branches = rest;
    return taken;
}

void schema_follow(struct expansion *x, struct leaf leaf)
{
    x->store->n_steps++;
    if (leaf.types & TYPE_OBJECT && schema_is_contradictory(x, &leaf))
        leaf.types &= ~(unsigned)TYPE_OBJECT;
    if (x->is_full || !leaf.types)
        return;
    if (++x->n_steps > STEPS_MAX || x->n_leaves >= x->n_leaves_max) {
        x->is_full = true;
        return;
    }
    if (!leaf.branches) {
        x->n_leaves++;
        x->leaf(x->store, x->ref, &leaf);
        return;
    }
    struct branch branch = take_branch(x, &leaf);
    const struct scope *outer = x->scope;
    x->scope = branch.scope;
    switch (branch.kind) {
    case BRANCH_ANY_OF:
    case BRANCH_ONE_OF:
        follow_options(x, &leaf, branch.json, branch.kind == BRANCH_ONE_OF);
        break;
    case BRANCH_NOT:
        schema_follow_not(x, &leaf, branch.json);
        break;
    case BRANCH_IF:
        follow_if(x, &leaf, branch.json);
        break;
    case BRANCH_ENUM:
        follow_enum(x, &leaf, branch.json);
        break;
    case BRANCH_DEPENDS:
        follow_dependency(x, &leaf, branch.name, branch.json);
        break;
    }
    x->scope = outer;
}

// The leaf before any choice: what all alternatives have in common.
static struct leaf first_leaf(struct expansion *x)
{
    struct leaf leaf = {
        .types = TYPE_ANY,
        .max_length = SPEC_NO_LIMIT,
        .max_items = SPEC_NO_LIMIT,
        .max_properties = SPEC_NO_LIMIT,
    };
    struct place place = x->store->places[x->ref];
    for (uint32_t i = 0; i < place.n_demands; i++) {
        struct demand demand = x->store->demands[place.first_demand + i];
        switch (demand.kind) {
        case DEMAND_SCHEMA:
            schema_take(x, &leaf, demand.json);
            break;
        case DEMAND_NOT:
            schema_branch_add(x, &leaf, BRANCH_NOT, demand.json, NULL);
            break;
        case DEMAND_VALUE:
            schema_take_value(x, &leaf, demand.json);
            break;
        case DEMAND_CANNOT_EXIST:
            leaf.types = 0;
            break;
        }
    }
    return leaf;
}

static void ignore_leaf(struct schema_store *store, value_ref ref, struct leaf *leaf)
{
    (void)store;
    (void)ref;
    (void)leaf;
}

void schema_expand(struct schema_store *store, value_ref ref,
                   void (*leaf)(struct schema_store *store, value_ref ref, struct leaf *leaf))
{
    // Counted first: only a place that fits gets its shapes.  Three attempts: exactly; without
    // what excludes alternatives from each other; and without the choices.
    static const size_t leaves_max[] = {64, LEAVES_MAX};
    for (int attempt = 0; attempt < 2 && store->n_steps < STORE_STEPS_MAX; attempt++) {
        struct expansion x = {.store = store,
                              .ref = ref,
                              .leaf = ignore_leaf,
                              .n_leaves_max = leaves_max[attempt],
                              .is_plain = attempt > 0};
        struct leaf first = first_leaf(&x);
        if (first.branches)
            schema_follow(&x, first);
        if (x.is_full)
            continue;
        x = (struct expansion){.store = store,
                               .ref = ref,
                               .leaf = leaf,
                               .n_leaves_max = LEAVES_MAX,
                               .is_plain = attempt > 0};
        schema_follow(&x, first_leaf(&x));
        return;
    }
    struct expansion x = {.store = store, .ref = ref, .leaf = leaf, .n_leaves_max = 1};
    struct leaf first = first_leaf(&x);
    struct place place = store->places[ref];
    schema_relax(store, place.n_demands ? store->demands[place.first_demand].json : NULL, NULL,
                 "too many alternatives");
    first.branches = NULL;
    x.is_full = false;
    x.n_steps = 0;
    schema_follow(&x, first);
}

bool schema_is_within(const struct scope *scope, const struct scope *outer)
{
    while (scope && scope != outer)
        scope = scope->parent;
    return scope == outer;
}

bool schema_has_inner(const struct leaf *leaf, const struct note *note, const char *keyword)
{
    for (const struct note *other = leaf->unevaluated; other; other = other->next)
        if (other->scope != note->scope && schema_is_within(other->scope, note->scope) &&
            schema_get(other->json, keyword))
            return true;
    return false;
}
