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
        static struct note spare; // written, never read: the leaf is given up
        return &spare;
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

static struct json_object *behind_reference(struct expansion *x, struct json_object *schema)
{
    for (int i = 0; i < 8; i++) {
        struct json_object *reference = schema_get(schema, "$ref");
        struct json_object *target = reference ? schema_resolve(x->store, schema, reference) : NULL;
        if (!target)
            break;
        schema = target;
    }
    return schema;
}

static bool is_required(struct json_object *schema, const char *name)
{
    struct json_object *list = schema_get(schema, "required");
    for (size_t i = 0;
         json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
        struct json_object *one = json_object_array_get_idx(list, i);
        if (json_object_is_type(one, json_type_string) &&
            !strcmp(json_object_get_string(one), name))
            return true;
    }
    return false;
}

static bool lists_meet(struct json_object *a, struct json_object *b)
{
    for (size_t i = 0; i < json_object_array_length(a); i++)
        for (size_t k = 0; k < json_object_array_length(b); k++)
            if (schema_json_equal(json_object_array_get_idx(a, i), json_object_array_get_idx(b, k)))
                return true;
    return false;
}

// Whether objects of `a` have a name that `b` does not let in.
static bool needs_forbidden(struct json_object *a, struct json_object *b)
{
    struct json_object *list = schema_get(a, "required");
    struct json_object *properties = schema_get(b, "properties"), *found;
    bool is_closed = schema_is_false(schema_get(b, "additionalProperties")) &&
                     !schema_get(b, "patternProperties");
    for (size_t i = 0;
         json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
        struct json_object *name = json_object_array_get_idx(list, i);
        if (!json_object_is_type(name, json_type_string))
            continue;
        bool is_known = json_object_is_type(properties, json_type_object) &&
                        json_object_object_get_ex(properties, json_object_get_string(name), &found);
        if (is_known ? schema_is_false(found) : is_closed)
            return true;
    }
    return false;
}

// Whether two options obviously have no value of `types` in common: other types, other constants, a
// property that one needs and the other forbids.
static bool are_apart(struct expansion *x, struct json_object *a, struct json_object *b,
                      unsigned types, int depth)
{
    a = behind_reference(x, a);
    b = behind_reference(x, b);
    if (!json_object_is_type(a, json_type_object) || !json_object_is_type(b, json_type_object))
        return schema_is_false(a) || schema_is_false(b);
    struct json_object *type_a = schema_get(a, "type"), *type_b = schema_get(b, "type");
    types &= type_a ? schema_types_of(x, a, type_a) : TYPE_ANY;
    types &= type_b ? schema_types_of(x, b, type_b) : TYPE_ANY;
    if (!types)
        return true;
    struct json_object *const_a = schema_get(a, "const"), *const_b = schema_get(b, "const");
    if (const_a && const_b)
        return !schema_json_equal(const_a, const_b);
    struct json_object *enum_a = schema_get(a, "enum"), *enum_b = schema_get(b, "enum");
    if (json_object_is_type(enum_a, json_type_array) &&
        json_object_is_type(enum_b, json_type_array) &&
        json_object_array_length(enum_a) * json_object_array_length(enum_b) < 10000)
        return !lists_meet(enum_a, enum_b);
    struct json_object *properties = schema_get(a, "properties");
    struct json_object *others = schema_get(b, "properties");
    bool is_object = !(types & ~(unsigned)TYPE_OBJECT);
    if (is_object && (needs_forbidden(a, b) || needs_forbidden(b, a)))
        return true;
    if (depth >= 2 || !is_object || !json_object_is_type(properties, json_type_object) ||
        !json_object_is_type(others, json_type_object))
        return false;
    json_object_object_foreach(properties, name, schema)
    {
        struct json_object *other = schema_get(others, name);
        if (other && is_required(a, name) && is_required(b, name) &&
            are_apart(x, schema, other, TYPE_ANY, depth + 1))
            return true;
    }
    return false;
}

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
            if (k == i || are_apart(x, option, other, leaf->types, 0))
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

// Whether an object would need a name that it must not have.
static bool is_contradictory(const struct leaf *leaf)
{
    for (const struct note *lack = leaf->lacks; lack; lack = lack->next)
        for (const struct note *need = leaf->required; need; need = need->next)
            if (!strcmp(lack->name, need->name))
                return true;
    return false;
}

void schema_follow(struct expansion *x, struct leaf leaf)
{
    x->store->n_steps++;
    if (leaf.types & TYPE_OBJECT && is_contradictory(&leaf))
        leaf.types &= ~(unsigned)TYPE_OBJECT;
    if (x->is_full || !leaf.types)
        return;
    if (++x->n_steps > STEPS_MAX || x->n_leaves >= x->n_leaves_max) {
        x->is_full = true;
        return;
    }
    struct branch *branch = leaf.branches;
    if (!branch) {
        x->n_leaves++;
        x->leaf(x->store, x->ref, &leaf);
        return;
    }
    leaf.branches = branch->next;
    const struct scope *outer = x->scope;
    x->scope = branch->scope;
    switch (branch->kind) {
    case BRANCH_ANY_OF:
    case BRANCH_ONE_OF:
        follow_options(x, &leaf, branch->json, branch->kind == BRANCH_ONE_OF);
        break;
    case BRANCH_NOT:
        schema_follow_not(x, &leaf, branch->json);
        break;
    case BRANCH_IF:
        follow_if(x, &leaf, branch->json);
        break;
    case BRANCH_ENUM:
        follow_enum(x, &leaf, branch->json);
        break;
    case BRANCH_DEPENDS:
        follow_dependency(x, &leaf, branch->name, branch->json);
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
