// Arrays of a leaf: which demands hold for which item.
#include "sample/schema_store.h"

#include <stdlib.h>

#include "base/memory.h"
#include "sample/language.h"

#define ITEMS_MAX     2000 // places of their own in one array
#define DIFFERENT_MAX 64   // items that are looked for where they must differ

struct item_rules schema_item_rules(struct json_object *schema)
{
    struct json_object *prefix = schema_get(schema, "prefixItems");
    struct json_object *items = schema_get(schema, "items");
    struct item_rules rules = {prefix, items, 0};
    if (json_object_is_type(items, json_type_array)) // drafts up to 2019-09
        rules = (struct item_rules){items, schema_get(schema, "additionalItems"), 0};
    if (json_object_is_type(rules.prefix, json_type_array))
        rules.n_prefix = json_object_array_length(rules.prefix);
    return rules;
}

static void demand_item(struct demand_list *list, const struct leaf *leaf, size_t i)
{
    for (const struct note *note = leaf->arrays; note; note = note->next) {
        struct item_rules rules = schema_item_rules(note->json);
        if (i < rules.n_prefix)
            schema_demand_add(list, DEMAND_SCHEMA, json_object_array_get_idx(rules.prefix, i));
        else if (rules.rest)
            schema_demand_add(list, DEMAND_SCHEMA, rules.rest);
    }
    for (const struct note *note = leaf->item_nots; note; note = note->next)
        if (i == note->min)
            schema_demand_add(list, DEMAND_NOT, note->json);
    for (const struct note *note = leaf->array_value; note; note = note->next)
        if (i < json_object_array_length(note->json))
            schema_demand_add(list, DEMAND_VALUE, json_object_array_get_idx(note->json, i));
        else
            schema_demand_add(list, DEMAND_CANNOT_EXIST, NULL);
}

static void demand_unevaluated_item(struct schema_store *store, struct demand_list *list,
                                    const struct leaf *leaf, size_t i, bool is_found)
{
    static const char keyword[] = "unevaluatedItems";
    for (const struct note *note = leaf->unevaluated; note && !leaf->evaluates_unknown;
         note = note->next) {
        struct json_object *schema = schema_get(note->json, keyword);
        const struct schema_document *document = schema_document_of(store, note->json);
        bool counts_found = false;
        for (const struct note *c = leaf->contains; c && document && document->draft >= 2020;
             c = c->next)
            counts_found = counts_found || schema_is_within(c->scope, note->scope);
        bool is_evaluated =
            !schema || schema_has_inner(leaf, note, keyword) || (counts_found && is_found);
        // What a second `contains` matches is not known.
        is_evaluated = is_evaluated || (counts_found && leaf->contains->next);
        for (const struct note *array = leaf->arrays; array && !is_evaluated; array = array->next) {
            struct item_rules rules = schema_item_rules(array->json);
            is_evaluated =
                schema_is_within(array->scope, note->scope) && (i < rules.n_prefix || rules.rest);
        }
        if (!is_evaluated)
            schema_demand_add(list, DEMAND_SCHEMA, schema);
    }
}

// The place of item i; `found`: as one that `contains` counts.
static value_ref item_place(struct schema_store *store, const struct leaf *leaf, size_t i,
                            bool found)
{
    struct demand_list list = {0};
    const struct note *contains = leaf->contains;
    demand_item(&list, leaf, i);
    bool is_counted = contains && i >= contains->from;
    if (found && !is_counted)
        schema_demand_add(&list, DEMAND_CANNOT_EXIST, NULL);
    // Items that are not counted may match too, unless there is an upper bound.
    if (is_counted && found)
        schema_demand_add(&list, contains->is_negated ? DEMAND_NOT : DEMAND_SCHEMA, contains->json);
    else if (is_counted && contains->max != SPEC_NO_LIMIT)
        schema_demand_add(&list, contains->is_negated ? DEMAND_SCHEMA : DEMAND_NOT, contains->json);
    demand_unevaluated_item(store, &list, leaf, i, is_counted && found);
    value_ref ref = schema_demands_take(store, &list);
    free(list.items);
    return ref;
}

// How many texts of the language there are, as far as that is below `n`.
static size_t count_texts(struct language language, uint32_t state, size_t n)
{
    size_t n_found = 0;
    while (n_found < n && language_has_more_than(&language, state, n_found))
        n_found++;
    return n_found;
}

// The same for the values of a place.
static size_t count_different(struct schema_store *store, const struct value_spec *item, size_t n)
{
    size_t n_found = 0;
    for (size_t s = 0; s < item->n_shapes && n_found < n; s++) {
        uint32_t i = item->shapes[s].i;
        switch (item->shapes[s].kind) {
        case SHAPE_TEXT:
            n_found += count_texts((struct language){.dfa = &store->dfa}, i, n);
            break;
        case SHAPE_NUMBER:
            i = number_start(&store->numbers, i);
            n_found += count_texts((struct language){.numbers = &store->numbers}, i, n);
            break;
        case SHAPE_LITERALS:
            n_found += store->literals[i].n_owners;
            break;
        case SHAPE_ARRAY:
        case SHAPE_OBJECT:
            return n;
        }
    }
    return n_found < n ? n_found : n;
}

static void array_unique(struct schema_store *store, const struct leaf *leaf,
                         struct array_spec *array)
{
    if (!leaf->unique || array->max <= 1)
        return;
    const struct value_spec *item = NULL;
    if (!array->n_items && store->places[array->rest].is_expanded)
        item = &store->places[array->rest].spec;
    else if (!array->n_items && store->places[array->rest].existence != EXISTENCE_ASKED)
        item = schema_value(store, array->rest);
    if (item && item->n_shapes == 1 && item->shapes[0].kind == SHAPE_LITERALS) {
        array->unique = item->shapes[0].i;
        uint32_t n = (uint32_t)store->literals[array->unique].n_owners;
        array->max = n < array->max ? n : array->max;
        return;
    }
    array->is_unique = true;
    size_t n = array->min < DIFFERENT_MAX ? array->min : DIFFERENT_MAX;
    if (item && n > 1 && count_different(store, item, n) < n)
        array->max = 0; // there are not enough of them
}

// How many items have places of their own; narrows the bounds to what constants allow.
static size_t count_items(struct schema_store *store, const struct leaf *leaf,
                          struct array_spec *array)
{
    size_t n = leaf->contains ? leaf->contains->from : 0;
    for (const struct note *note = leaf->arrays; note; note = note->next) {
        struct item_rules rules = schema_item_rules(note->json);
        n = rules.n_prefix > n ? rules.n_prefix : n;
    }
    for (const struct note *note = leaf->item_nots; note; note = note->next)
        n = note->min + 1u > n ? note->min + 1u : n;
    for (const struct note *note = leaf->array_value; note; note = note->next) {
        uint32_t size = (uint32_t)json_object_array_length(note->json);
        n = size > n ? size : n;
        array->min = size > array->min ? size : array->min;
        array->max = size < array->max ? size : array->max;
    }
    if (n <= ITEMS_MAX)
        return n;
    schema_relax(store, leaf->seen ? leaf->seen->json : NULL, NULL, "too many single items");
    return ITEMS_MAX;
}

void schema_leaf_array(struct schema_store *store, value_ref ref, struct leaf *leaf)
{
    const struct note *contains = leaf->contains;
    struct array_spec array = {.min = leaf->min_items,
                               .max = leaf->max_items,
                               .max_found = SPEC_NO_LIMIT,
                               .unique = SPEC_NONE};
    size_t n = count_items(store, leaf, &array);
    if (contains && contains->next)
        schema_relax(store, contains->next->json, NULL, "more than one contains");
    array.n_items = n;
    array.items = arena_new(&store->arena, value_ref, n + 1);
    array.items_found = contains ? arena_new(&store->arena, value_ref, n + 1) : NULL;
    if (!array.items || (contains && !array.items_found) || array.max < array.min)
        return;
    for (size_t i = 0; i <= n; i++) {
        value_ref item = item_place(store, leaf, i, false);
        value_ref found = contains ? item_place(store, leaf, i, true) : item;
        array.items[i] = item;
        if (array.items_found)
            array.items_found[i] = found;
        array.rest = item;
        array.rest_found = found;
    }
    if (contains) {
        array.min_found = contains->min;
        array.max_found = contains->max;
        uint32_t least = contains->min ? contains->from + contains->min : 0;
        array.min = least > array.min ? least : array.min;
    }
    array_unique(store, leaf, &array);
    if (array.max < array.min)
        return;
    STORE_GROW(store->arrays, store->n_arrays, store->arrays_capacity, 16);
    store->arrays[store->n_arrays] = array;
    schema_add_shape(store, ref, SHAPE_ARRAY, (uint32_t)store->n_arrays++);
}
