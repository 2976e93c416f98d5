#include "sample/schema_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define SCHEMA_DEPTH_MAX 500
#define SCHEMA_SIZE_MAX  (2 * MIB)
#define RELAXATIONS_MAX  200

// ---- places ----

static uint64_t demands_hash(const struct demand *demands, size_t n)
{
    uint64_t h = n;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ (uint64_t)(uintptr_t)demands[i].json ^ demands[i].kind) *
            UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 31;
    }
    return h;
}

static int compare_demands(const void *a, const void *b)
{
    const struct demand *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    uintptr_t p = (uintptr_t)x->json, q = (uintptr_t)y->json;
    return p < q ? -1 : p > q;
}

static bool demands_equal(const struct demand *a, const struct demand *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (compare_demands(&a[i], &b[i]))
            return false;
    return true;
}

static void table_insert(struct schema_store *store, value_ref ref)
{
    const struct place *place = &store->places[ref];
    size_t at = demands_hash(store->demands + place->first_demand, place->n_demands) &
                (store->place_table_size - 1);
    while (store->place_table[at])
        at = (at + 1) & (store->place_table_size - 1);
    store->place_table[at] = ref + 1;
}

static bool is_trivial(struct demand demand)
{
    return demand.kind == DEMAND_SCHEMA && ((json_object_is_type(demand.json, json_type_boolean) &&
                                             !schema_is_false(demand.json)) ||
                                            (json_object_is_type(demand.json, json_type_object) &&
                                             json_object_object_length(demand.json) == 0));
}

value_ref schema_place(struct schema_store *store, const struct demand *demands, size_t n_given)
{
    struct demand few[16] = {{0}};
    struct demand *sorted = n_given <= COUNT_OF(few) ? few : mem_new(struct demand, n_given);
    size_t n = 0, n_distinct = 0;
    for (size_t i = 0; i < n_given; i++)
        if (!is_trivial(demands[i]))
            sorted[n++] = demands[i];
    if (n)
        qsort(sorted, n, sizeof *sorted, compare_demands);
    for (size_t i = 0; i < n; i++)
        if (!n_distinct || compare_demands(&sorted[n_distinct - 1], &sorted[i]))
            sorted[n_distinct++] = sorted[i];
    n = n_distinct;
    if ((store->n_places + 1) * 2 > store->place_table_size) {
        store->place_table_size = store->place_table_size ? store->place_table_size * 2 : 256;
        free(store->place_table);
        store->place_table = mem_new(uint32_t, store->place_table_size);
        for (size_t i = 0; i < store->n_places; i++)
            table_insert(store, (value_ref)i);
    }
    value_ref ref = SPEC_NONE;
    size_t at = demands_hash(sorted, n) & (store->place_table_size - 1);
    for (; store->place_table[at]; at = (at + 1) & (store->place_table_size - 1)) {
        const struct place *place = &store->places[store->place_table[at] - 1];
        if (place->n_demands == n &&
            demands_equal(store->demands + place->first_demand, sorted, n)) {
            ref = store->place_table[at] - 1;
            break;
        }
    }
    if (ref == SPEC_NONE) {
        ref = (value_ref)store->n_places;
        STORE_GROW(store->places, store->n_places, store->places_capacity, 64);
        store->places[store->n_places++] =
            (struct place){.first_demand = (uint32_t)store->n_demands, .n_demands = (uint32_t)n};
        while (store->n_demands + n > store->demands_capacity) {
            store->demands_capacity = store->demands_capacity ? store->demands_capacity * 2 : 128;
            store->demands =
                mem_resize(store->demands, store->demands_capacity, sizeof *store->demands);
        }
        if (n)
            memcpy(store->demands + store->n_demands, sorted, n * sizeof *sorted);
        store->n_demands += n;
        store->place_table[at] = ref + 1;
    }
    if (sorted != few)
        free(sorted);
    return ref;
}

void schema_demand_add(struct demand_list *list, enum demand_kind kind, struct json_object *json)
{
    STORE_GROW(list->items, list->n, list->capacity, 8);
    list->items[list->n++] = (struct demand){kind, json};
}

value_ref schema_demands_take(struct schema_store *store, struct demand_list *list)
{
    value_ref ref = schema_place(store, list->items, list->n);
    list->n = 0;
    return ref;
}

void schema_relax(struct schema_store *store, struct json_object *where, const char *keyword,
                  const char *cause)
{
    if (store->n_relaxations >= RELAXATIONS_MAX)
        return;
    char *pointer = schema_pointer(store, where, keyword);
    for (size_t i = 0; i < store->n_relaxations; i++)
        if (!strcmp(store->relaxations[i].pointer, pointer) &&
            !strcmp(store->relaxations[i].cause, cause)) {
            free(pointer);
            return;
        }
    store->relaxations =
        mem_resize(store->relaxations, store->n_relaxations + 1, sizeof *store->relaxations);
    store->relaxations[store->n_relaxations].pointer = pointer;
    store->relaxations[store->n_relaxations++].cause = mem_copy_string(cause);
}

// ---- values ----

static void scratch_reset(struct schema_store *store)
{
    size_t size_max = store->scratch.size_max;
    arena_release(&store->scratch);
    arena_init(&store->scratch, size_max);
}

void schema_work_out(struct schema_store *store, value_ref ref)
{
    struct place *place = &store->places[ref];
    if (place->is_expanded)
        return;
    place->is_expanded = true; // also while it is being done: a place inside itself is empty
    bool is_outermost = store->scratch.size_used == 0;
    schema_expand(store, ref, schema_leaf_shapes);
    struct value_spec spec = store->places[ref].spec;
    schema_merge_literals(store, &spec);
    store->places[ref].spec = spec;
    if (is_outermost)
        scratch_reset(store);
}

// ---- the store ----

struct schema_store *schema_store_open(size_t size_max)
{
    // Exponents that a double has.
    static const char number[] = "-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?"
                                 "(?:[eE][+-]?(?:[0-9]{1,2}|[012][0-9]{2}|30[0-7]))?";
    static const char integer[] = "-?(?:0|[1-9][0-9]*)";
    const struct pattern_options options = {.form = TEXT_RAW, .is_anchored = true};
    struct schema_store *store = mem_new(struct schema_store, 1);
    // A node of an expression takes about 48 bytes with its table, a state 1 KiB with its row.
    store->demands_capacity = 128;
    store->demands = mem_new(struct demand, store->demands_capacity);
    store->pool = regex_pool_open(size_max / 4 / 48);
    dfa_init(&store->dfa, store->pool, size_max / 2 / 1100);
    arena_init(&store->arena, size_max);
    arena_init(&store->scratch, size_max / 4);
    store->quote_text = "\"";
    store->form = TEXT_JSON;
    regex_id any = charset_any(store->pool, TEXT_JSON), regex;
    const char *relaxed;
    store->any_character = any;
    store->any_text = regex_repeat(store->pool, any, 0, REGEX_NO_LIMIT);
    store->quote = regex_byte_range(store->pool, '"', '"');
    regex_id inside = regex_concat(store->pool, store->any_text, store->quote);
    store->free_string = dfa_start(&store->dfa, inside, DFA_DEAD, DFA_OPEN);
    dfa_state whole =
        dfa_start(&store->dfa, regex_concat(store->pool, store->quote, inside), DFA_DEAD, 0);
    dfa_expand(&store->dfa, store->free_string);
    dfa_expand(&store->dfa, whole);
    pattern_compile(store->pool, &regex, str_of(number), &options, &relaxed, NULL);
    store->free_number = dfa_start(&store->dfa, regex, DFA_DEAD, 0);
    dfa_expand(&store->dfa, store->free_number);
    pattern_compile(store->pool, &regex, str_of(integer), &options, &relaxed, NULL);
    store->free_integer = dfa_start(&store->dfa, regex, DFA_DEAD, 0);
    dfa_expand(&store->dfa, store->free_integer);
    return store;
}

void schema_store_use_braces(struct schema_store *store, struct str quote)
{
    store->form = TEXT_RAW;
    store->has_bare_names = true;
    store->quote_text = arena_copy(&store->arena, quote.data, quote.size);
    store->quote = regex_literal(store->pool, quote);
    store->any_character = charset_any(store->pool, TEXT_RAW);
    store->any_text = regex_repeat(store->pool, store->any_character, 0, REGEX_NO_LIMIT);
    regex_id inside = regex_and2(store->pool, regex_until(store->pool, store->quote),
                                 regex_concat(store->pool, store->any_text, store->quote));
    store->free_string = dfa_start(&store->dfa, inside, DFA_DEAD, 0);
    dfa_expand(&store->dfa, store->free_string);
}

bool schema_has_bare_names(const struct schema_store *store)
{
    return store->has_bare_names;
}

void schema_store_close(struct schema_store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < store->n_documents; i++)
        json_object_put(store->documents[i].root);
    schema_names_release(store);
    for (size_t i = 0; i < store->n_places; i++)
        free(store->places[i].spec.shapes);
    for (size_t i = 0; i < store->n_relaxations; i++) {
        free(store->relaxations[i].pointer);
        free((char *)store->relaxations[i].cause);
    }
    number_table_release(&store->numbers);
    dfa_release(&store->dfa);
    regex_pool_close(store->pool);
    arena_release(&store->arena);
    arena_release(&store->scratch);
    free(store->documents);
    free(store->demands);
    free(store->places);
    free(store->place_table);
    free(store->arrays);
    free(store->objects);
    free(store->literals);
    free(store->relaxations);
    free(store->patterns);
    free(store);
}

static int draft_of(struct json_object *schema)
{
    static const struct {
        const char *part;
        int draft;
    } drafts[] = {
        {"draft-03", 4}, {"draft-04", 4}, {"draft-06", 6}, {"draft-07", 7}, {"2019-09", 2019}};
    struct json_object *name = schema_get(schema, "$schema");
    const char *text =
        json_object_is_type(name, json_type_string) ? json_object_get_string(name) : "";
    for (size_t i = 0; i < COUNT_OF(drafts); i++)
        if (strstr(text, drafts[i].part))
            return drafts[i].draft;
    return 2020;
}

// Takes over `root`.
static value_ref add_root(struct schema_store *store, struct json_object *root)
{
    store->documents =
        mem_resize(store->documents, store->n_documents + 1, sizeof *store->documents);
    store->documents[store->n_documents++] =
        (struct schema_document){.root = root,
                                 .draft = draft_of(root),
                                 .is_draft_sure = schema_get(root, "$schema") != NULL};
    schema_mark(store, (uint32_t)store->n_documents - 1);
    if (!json_object_is_type(root, json_type_object) &&
        !json_object_is_type(root, json_type_boolean))
        schema_relax(store, root, NULL, "a schema is an object");
    return schema_place(store, &(struct demand){DEMAND_SCHEMA, root}, 1);
}

value_ref schema_add(struct schema_store *store, struct json_object *schema)
{
    struct json_object *copy = NULL;
    if (!schema || json_object_deep_copy(schema, &copy, NULL))
        return schema_anything(store);
    return add_root(store, copy);
}

value_ref schema_add_text(struct schema_store *store, struct str schema)
{
    struct json_tokener *tokener = json_tokener_new_ex(SCHEMA_DEPTH_MAX);
    struct json_object *root = NULL;
    if (schema.size <= SCHEMA_SIZE_MAX)
        root = json_tokener_parse_ex(tokener, schema.data, (int)schema.size);
    json_tokener_free(tokener);
    if (root)
        return add_root(store, root);
    schema_relax(store, NULL, NULL,
                 schema.size > SCHEMA_SIZE_MAX ? "larger than 2 MiB"
                                               : "not JSON, or nested too deeply");
    return schema_anything(store);
}

value_ref schema_anything(struct schema_store *store)
{
    return schema_place(store, NULL, 0);
}

// The schema of any object, added once.
static struct json_object *object_root(struct schema_store *store)
{
    if (!store->object_root) {
        store->object_root = json_object_new_object();
        json_object_object_add(store->object_root, "type", json_object_new_string("object"));
        add_root(store, store->object_root);
    }
    return store->object_root;
}

value_ref schema_any_object(struct schema_store *store)
{
    return schema_place(store, &(struct demand){DEMAND_SCHEMA, object_root(store)}, 1);
}

value_ref schema_add_arguments(struct schema_store *store, struct json_object *schema)
{
    static const char *const openers[] = {"additionalProperties",
                                          "patternProperties",
                                          "allOf",
                                          "anyOf",
                                          "oneOf",
                                          "$ref",
                                          "if",
                                          "propertyNames",
                                          "unevaluatedProperties",
                                          "dependentSchemas",
                                          "dependencies",
                                          "minProperties"};
    struct json_object *copy = NULL;
    if (!schema || json_object_deep_copy(schema, &copy, NULL))
        return schema_any_object(store);
    bool is_plain = schema_get(copy, "properties") != NULL;
    for (size_t i = 0; i < COUNT_OF(openers); i++)
        is_plain = is_plain && !schema_get(copy, openers[i]);
    if (is_plain)
        json_object_object_add(copy, "additionalProperties", json_object_new_boolean(false));
    value_ref own = add_root(store, copy);
    struct demand demands[] = {{DEMAND_SCHEMA, copy}, {DEMAND_SCHEMA, object_root(store)}};
    value_ref ref = schema_place(store, demands, 2);
    if (schema_value_exists(store, ref))
        return ref;
    schema_relax_all(store, own, "no object satisfies this schema");
    return schema_any_object(store);
}

const struct array_spec *schema_array(const struct schema_store *store, uint32_t i)
{
    return &store->arrays[i];
}

const struct literal_set *schema_literals(const struct schema_store *store, uint32_t i)
{
    return &store->literals[i];
}

struct dfa *schema_dfa(struct schema_store *store)
{
    return &store->dfa;
}

struct number_table *schema_numbers(struct schema_store *store)
{
    return &store->numbers;
}

struct regex_pool *schema_pool(struct schema_store *store)
{
    return store->pool;
}

regex_id schema_text(struct schema_store *store, value_ref ref, bool is_raw, bool *is_only_text)
{
    enum text_form form = store->form;
    bool is_outermost = store->scratch.size_used == 0;
    regex_id outer = store->text;
    unsigned outer_types = store->other_types;
    bool was_bare = store->is_bare_text;
    store->is_bare_text = true;
    store->form = is_raw ? TEXT_RAW : TEXT_JSON;
    store->text = REGEX_EMPTY;
    store->other_types = 0;
    schema_expand(store, ref, schema_collect_text);
    regex_id text = store->text;
    *is_only_text = !store->other_types;
    store->form = form;
    store->is_bare_text = was_bare;
    store->text = outer;
    store->other_types = outer_types;
    if (is_outermost)
        scratch_reset(store);
    return text;
}

regex_id schema_any_character(const struct schema_store *store)
{
    return store->any_character;
}

regex_id schema_quote(const struct schema_store *store)
{
    return store->quote;
}

dfa_state schema_free_string(const struct schema_store *store)
{
    return store->free_string;
}

const struct object_spec *schema_only_object(struct schema_store *store, value_ref ref)
{
    const struct value_spec *value = schema_value(store, ref);
    if (value->n_shapes != 1 || value->shapes[0].kind != SHAPE_OBJECT)
        return NULL;
    return schema_object(store, value->shapes[0].i);
}

void schema_relax_all(struct schema_store *store, value_ref ref, const char *cause)
{
    struct json_object *where = NULL;
    if (ref != SPEC_NONE && store->places[ref].n_demands)
        where = store->demands[store->places[ref].first_demand].json;
    schema_relax(store, where, NULL, cause);
}

const struct relaxation *schema_relaxations(const struct schema_store *store, size_t *n)
{
    *n = store->n_relaxations;
    return store->relaxations;
}

size_t schema_n_steps(const struct schema_store *store)
{
    return store->n_steps;
}
