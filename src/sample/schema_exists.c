// Does a finite value exist?  Places, names and items for which none does are never offered.
#include "sample/schema_store.h"

#include "base/memory.h"

#define EXISTENCE_STEPS_MAX 200000
#define EXISTENCE_DEPTH_MAX 2000 // values that need each other inside; bounds the stack

static bool exists(struct schema_store *store, value_ref ref);

// Whether `needed` more items that `contains` counts can come from item `count` on.
static bool can_find(struct schema_store *store, const struct array_spec *array, uint32_t count,
                     uint32_t needed)
{
    uint32_t n = 0;
    for (; count < array->n_items && count < array->max && n < needed; count++) {
        if (exists(store, array->items_found[count]))
            n++;
        else if (!exists(store, array->items[count]))
            return false; // and nothing behind it
    }
    return n >= needed || (array->max > count && array->max - count >= needed - n &&
                           exists(store, array->rest_found));
}

static bool array_exists(struct schema_store *store, uint32_t i)
{
    const struct array_spec array = store->arrays[i];
    if (array.min > array.max)
        return false;
    for (uint32_t k = 0; k < array.min; k++) {
        if (!exists(store, k < array.n_items ? array.items[k] : array.rest) &&
            (!array.items_found ||
             !exists(store, k < array.n_items ? array.items_found[k] : array.rest_found)))
            return false;
        if (k >= array.n_items)
            break;
    }
    return !array.items_found || can_find(store, &array, 0, array.min_found);
}

// Whether a property can be the one that `bit` asks for.
static bool object_finds(struct schema_store *store, const struct object_spec *object, uint8_t bit)
{
    for (size_t k = 0; k < object->n_others; k++) {
        struct object_other other = object->others[k];
        if (bit == MARK_VALUE ? other.found != SPEC_NONE && exists(store, other.found)
                              : other.marks & bit && exists(store, other.value))
            return true;
    }
    for (size_t p = 0; p < object->n_properties; p++)
        if (object->allowed[p / 64] >> (p % 64) & 1 &&
            (bit == MARK_VALUE
                 ? object->values_found[p] != SPEC_NONE && exists(store, object->values_found[p])
                 : object->marks[p] & bit && exists(store, object->values[p])))
            return true;
    return false;
}

static bool object_exists(struct schema_store *store, uint32_t i)
{
    const struct object_spec object = store->objects[i];
    size_t n_possible = 0;
    for (size_t p = 0; p < object.n_properties; p++) {
        if (object.required[p / 64] >> (p % 64) & 1 && !exists(store, object.values[p]))
            return false;
        n_possible += object.allowed[p / 64] >> (p % 64) & 1;
    }
    for (unsigned bit = 1; bit <= MARK_VALUE; bit <<= 1)
        if (object.needs & bit && !object_finds(store, &object, (uint8_t)bit))
            return false;
    return object.n_others || n_possible >= object.min;
}

static bool shape_exists(struct schema_store *store, struct shape shape)
{
    switch (shape.kind) {
    case SHAPE_TEXT:
        return shape.i != DFA_DEAD;
    case SHAPE_LITERALS:
        return store->literals[shape.i].n_texts > 0;
    case SHAPE_NUMBER:
        return true; // empty ones were left out
    case SHAPE_ARRAY:
        return array_exists(store, shape.i);
    case SHAPE_OBJECT:
        return object_exists(store, shape.i);
    }
    return false;
}

// Lets the place, which is not worked out yet, be any value.
static void open_place(struct schema_store *store, value_ref ref)
{
    value_ref any = schema_anything(store);
    schema_work_out(store, any);
    schema_relax_all(store, ref, "values nested too deeply");
    for (size_t s = 0; s < store->places[any].spec.n_shapes; s++) {
        struct shape shape = store->places[any].spec.shapes[s];
        schema_add_shape(store, ref, shape.kind, shape.i);
    }
    store->places[ref].is_expanded = true;
}

// A value that needs itself inside does not exist: being asked again while the answer is open counts
// as "no", and an answer that rests on this is kept only where the question began.
static bool exists(struct schema_store *store, value_ref ref)
{
    if (store->n_nested >= EXISTENCE_DEPTH_MAX && !store->places[ref].is_expanded)
        open_place(store, ref);
    schema_work_out(store, ref);
    uint8_t known = store->places[ref].existence;
    if (known == EXISTENCE_YES || known == EXISTENCE_NO)
        return known == EXISTENCE_YES;
    if (known == EXISTENCE_ASKED) {
        store->n_assumed++;
        return false;
    }
    if (++store->n_steps > EXISTENCE_STEPS_MAX)
        return true;
    store->places[ref].existence = EXISTENCE_ASKED;
    unsigned n_assumed = store->n_assumed;
    bool found = false;
    store->n_nested++;
    for (size_t s = 0; s < store->places[ref].spec.n_shapes && !found; s++)
        found = shape_exists(store, store->places[ref].spec.shapes[s]);
    store->n_nested--;
    bool is_certain = found || store->n_assumed == n_assumed;
    store->places[ref].existence = found        ? EXISTENCE_YES
                                   : is_certain ? EXISTENCE_NO
                                                : EXISTENCE_UNKNOWN;
    return found;
}

const struct value_spec *schema_value(struct schema_store *store, value_ref ref)
{
    schema_work_out(store, ref);
    if (store->places[ref].is_pruned)
        return &store->places[ref].spec;
    store->places[ref].is_pruned = true;
    size_t n_kept = 0;
    for (size_t s = 0; s < store->places[ref].spec.n_shapes; s++) {
        struct shape shape = store->places[ref].spec.shapes[s];
        if (shape_exists(store, shape))
            store->places[ref].spec.shapes[n_kept++] = shape;
    }
    store->places[ref].spec.n_shapes = n_kept;
    return &store->places[ref].spec;
}

bool schema_value_exists(struct schema_store *store, value_ref ref)
{
    return exists(store, ref);
}

void schema_prune_implications(struct object_spec *object)
{
    for (bool has_changed = true; has_changed;) {
        has_changed = false;
        for (size_t i = 0; i < object->n_implications; i++) {
            uint32_t p = object->implications[i].if_present;
            uint32_t q = object->implications[i].then_required;
            uint64_t bit = UINT64_C(1) << (p % 64);
            if (!(object->allowed[p / 64] & bit) || object->allowed[q / 64] >> (q % 64) & 1)
                continue;
            object->allowed[p / 64] &= ~bit;
            has_changed = true;
        }
    }
}

// Leaves out what no value exists for; objects may move while values are worked out.
struct object_spec *schema_object(struct schema_store *store, uint32_t i)
{
    if (store->objects[i].is_prepared)
        return &store->objects[i];
    store->objects[i].is_prepared = true;
    const struct object_spec object = store->objects[i];
    for (size_t p = 0; p < object.n_properties; p++) {
        value_ref *found = &object.values_found[p];
        if (*found != SPEC_NONE && !exists(store, *found))
            *found = SPEC_NONE;
        if (object.allowed[p / 64] >> (p % 64) & 1 && !exists(store, object.values[p]))
            object.allowed[p / 64] &= ~(UINT64_C(1) << (p % 64));
    }
    schema_prune_implications(&store->objects[i]);
    size_t n_kept = 0;
    for (size_t k = 0; k < object.n_others; k++) {
        struct object_other other = object.others[k];
        if (other.found != SPEC_NONE && !exists(store, other.found))
            other.found = SPEC_NONE;
        if (exists(store, other.value))
            object.others[n_kept++] = other;
    }
    store->objects[i].n_others = n_kept;
    return &store->objects[i];
}

bool schema_array_can_find(struct schema_store *store, uint32_t i, uint32_t count, uint32_t needed)
{
    const struct array_spec array = store->arrays[i];
    return can_find(store, &array, count, needed);
}
