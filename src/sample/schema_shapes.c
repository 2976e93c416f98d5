// The shapes of a leaf: what each type that is left may look like.
#include "sample/schema_store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define LITERAL_SIZE_MAX  60000 // of one text in a list
#define LENGTH_BESIDE_MAX 256   // of strings that also follow a pattern
#define LENGTH_RAW_MAX    4096  // of strings outside JSON

void schema_add_shape(struct schema_store *store, value_ref ref, enum shape_kind kind, uint32_t i)
{
    struct value_spec *spec = &store->places[ref].spec;
    for (size_t s = 0; s < spec->n_shapes; s++)
        if (spec->shapes[s].kind == kind && spec->shapes[s].i == i)
            return;
    spec->shapes = mem_resize(spec->shapes, spec->n_shapes + 1, sizeof *spec->shapes);
    spec->shapes[spec->n_shapes++] = (struct shape){kind, i};
}

// ---- literals ----

struct literal_list {
    struct {
        struct str text;
        uint32_t owner;
    } * items;
    size_t n, capacity;
    uint32_t n_owners;
};

static int compare_literals(const void *a, const void *b)
{
    const struct str *x = a, *y = b; // the text comes first in an item
    return str_compare(*x, *y);
}

static void list_add(struct literal_list *list, struct str text, uint32_t owner)
{
    STORE_GROW(list->items, list->n, list->capacity, 16);
    list->items[list->n].text = text;
    list->items[list->n++].owner = owner;
}

// SPEC_NONE when there is no room for them.
static uint32_t literals_add(struct schema_store *store, struct literal_list *list)
{
    if (list->n)
        qsort(list->items, list->n, sizeof *list->items, compare_literals);
    struct literal_set set = {.n_owners = list->n_owners};
    size_t n_wanted = list->n;
    set.texts = arena_new(&store->arena, struct str, list->n + 1);
    set.owners = arena_new(&store->arena, uint32_t, list->n + 1);
    for (size_t i = 0; set.texts && set.owners && i < list->n; i++) {
        if (set.n_texts && str_equal(set.texts[set.n_texts - 1], list->items[i].text))
            continue;
        set.texts[set.n_texts] = list->items[i].text;
        set.owners[set.n_texts++] = list->items[i].owner;
    }
    free(list->items);
    if (n_wanted && !set.n_texts)
        return SPEC_NONE;
    STORE_GROW(store->literals, store->n_literals, store->literals_capacity, 16);
    store->literals[store->n_literals] = set;
    return (uint32_t)store->n_literals++;
}

void schema_merge_literals(struct schema_store *store, struct value_spec *spec)
{
    struct literal_list list = {0};
    size_t n_sets = 0, n_kept = 0;
    for (size_t s = 0; s < spec->n_shapes; s++)
        n_sets += spec->shapes[s].kind == SHAPE_LITERALS;
    if (n_sets < 2)
        return;
    for (size_t s = 0; s < spec->n_shapes; s++) {
        if (spec->shapes[s].kind != SHAPE_LITERALS)
            continue;
        struct literal_set set = store->literals[spec->shapes[s].i];
        for (size_t i = 0; i < set.n_texts; i++)
            list_add(&list, set.texts[i], list.n_owners + set.owners[i]);
        list.n_owners += (uint32_t)set.n_owners;
    }
    uint32_t merged = literals_add(store, &list);
    if (merged == SPEC_NONE)
        return;
    for (size_t s = 0; s < spec->n_shapes; s++)
        if (spec->shapes[s].kind != SHAPE_LITERALS)
            spec->shapes[n_kept++] = spec->shapes[s];
    spec->shapes[n_kept++] = (struct shape){SHAPE_LITERALS, merged};
    spec->n_shapes = n_kept;
}

static bool note_has(const struct note *note, struct json_object *value)
{
    if (note->max == 1)
        return schema_json_equal(note->json, value);
    for (size_t i = 0; i < json_object_array_length(note->json); i++)
        if (schema_json_equal(json_object_array_get_idx(note->json, i), value))
            return true;
    return false;
}

static struct str text_of(struct json_object *value)
{
    return (struct str){json_object_get_string(value), (size_t)json_object_get_string_len(value)};
}

// Whether one of the allowed scalars also follows what else the leaf says.
static bool literal_fits(struct schema_store *store, const struct leaf *leaf,
                         struct json_object *value, dfa_state *text_start)
{
    unsigned type = schema_type_bits(value);
    if (!(type & leaf->types & TYPE_SCALAR))
        return false;
    for (const struct note *note = leaf->enums->next; note; note = note->next)
        if (!note_has(note, value))
            return false;
    for (const struct note *note = leaf->not_values; note; note = note->next)
        if (schema_json_equal(note->json, value))
            return false;
    if (type & (TYPE_INTEGER | TYPE_FRACTION)) {
        struct number_spec spec = leaf->number;
        spec.takes_integers = spec.takes_fractions = true;
        return number_spec_takes(&spec, str_of(json_object_to_json_string(value)));
    }
    if (type != TYPE_STRING || (!leaf->patterns && !leaf->formats && !leaf->min_length &&
                                leaf->max_length == SPEC_NO_LIMIT))
        return true;
    if (*text_start == DFA_UNKNOWN)
        *text_start = dfa_start(&store->dfa, schema_leaf_text(store, leaf), DFA_DEAD, 0);
    struct str spelled[2];
    return schema_spell(store, text_of(value), "", "", spelled) &&
           dfa_matches(&store->dfa, *text_start, spelled[0]);
}

// As the schema writes it; an integer that it writes 2.0 may also be 2.
static size_t spell_scalar(struct schema_store *store, struct json_object *value, struct str *out)
{
    char integer[32];
    const char *texts[] = {json_object_to_json_string(value), integer};
    double number = json_object_get_double(value);
    bool is_integer = json_object_is_type(value, json_type_double) && floor(number) == number &&
                      fabs(number) < 1e15;
    if (is_integer)
        snprintf(integer, sizeof integer, "%.0f", number);
    size_t n = is_integer && strcmp(texts[0], integer) != 0 ? 2 : 1;
    for (size_t i = 0; i < n; i++)
        out[i] =
            (struct str){arena_copy(&store->arena, texts[i], strlen(texts[i])), strlen(texts[i])};
    return n;
}

uint32_t schema_leaf_literals(struct schema_store *store, const struct leaf *leaf)
{
    struct literal_list list = {0};
    dfa_state text_start = DFA_UNKNOWN;
    const struct note *from = leaf->enums;
    size_t n = from->max == 1 ? 1 : json_object_array_length(from->json);
    for (size_t i = 0; i < n; i++) {
        struct json_object *value =
            from->max == 1 ? from->json : json_object_array_get_idx(from->json, i);
        if (!literal_fits(store, leaf, value, &text_start) ||
            (store->is_bare_text && store->form == TEXT_JSON &&
             !json_object_is_type(value, json_type_string)))
            continue;
        struct str spelled[2] = {{NULL, 0}, {NULL, 0}};
        size_t n_spelled = 1;
        if (json_object_is_type(value, json_type_string)) {
            const char *quote = store->is_bare_text ? "" : store->quote_text;
            n_spelled = schema_spell(store, text_of(value), quote, quote, spelled);
        } else {
            n_spelled = spell_scalar(store, value, spelled);
        }
        if (!n_spelled || !spelled[0].data || spelled[0].size > LITERAL_SIZE_MAX) {
            free(list.items);
            return SPEC_NONE;
        }
        for (size_t s = 0; s < n_spelled; s++)
            list_add(&list, spelled[s], list.n_owners);
        list.n_owners++;
    }
    return literals_add(store, &list);
}

static void leaf_constants(struct schema_store *store, value_ref ref, const struct leaf *leaf)
{
    static const struct {
        unsigned type;
        const char *text;
    } constants[] = {{TYPE_NULL, "null"}, {TYPE_TRUE, "true"}, {TYPE_FALSE, "false"}};
    struct literal_list list = {0};
    for (size_t i = 0; i < COUNT_OF(constants); i++)
        if (leaf->types & constants[i].type)
            list_add(&list, str_of(constants[i].text), list.n_owners++);
    uint32_t literals = list.n ? literals_add(store, &list) : SPEC_NONE;
    if (literals != SPEC_NONE)
        schema_add_shape(store, ref, SHAPE_LITERALS, literals);
}

// ---- strings ----

static struct json_object *text_source(const struct leaf *leaf)
{
    return leaf->patterns  ? leaf->patterns->json
           : leaf->formats ? leaf->formats->json
           : leaf->seen    ? leaf->seen->json
                           : NULL;
}

// What stands between the quotes.
regex_id schema_leaf_text(struct schema_store *store, const struct leaf *leaf)
{
    struct regex_pool *pool = store->pool;
    regex_id any = charset_any(pool, store->form);
    uint32_t min = leaf->min_length, max = leaf->max_length;
    // Beside a pattern each count of characters is a state of its own for each state of the pattern.
    if ((leaf->patterns || leaf->formats) && max != SPEC_NO_LIMIT && max > LENGTH_BESIDE_MAX) {
        schema_relax(store, text_source(leaf), NULL, "a large maxLength beside a pattern");
        max = SPEC_NO_LIMIT;
    }
    if (store->form == TEXT_RAW && max != SPEC_NO_LIMIT && max > LENGTH_RAW_MAX) {
        schema_relax(store, text_source(leaf), NULL, "a large maxLength of a raw text");
        max = SPEC_NO_LIMIT;
    }
    if ((leaf->patterns || leaf->formats) && min > LENGTH_BESIDE_MAX) {
        schema_relax(store, text_source(leaf), NULL, "a large minLength beside a pattern");
        min = 0;
    }
    regex_id text = regex_repeat(pool, any, min, max);
    if (leaf->max_length < leaf->min_length)
        return REGEX_EMPTY;
    regex_id free_text = regex_repeat(pool, any, 0, REGEX_NO_LIMIT);
    bool is_relaxed;
    for (const struct note *note = leaf->patterns; note; note = note->next) {
        regex_id pattern =
            schema_pattern(store, note->json, NULL, json_object_get_string(note->json),
                           (size_t)json_object_get_string_len(note->json), &is_relaxed);
        if (note->is_negated)
            pattern =
                is_relaxed ? free_text : regex_and2(pool, regex_not(pool, pattern), free_text);
        text = pattern == free_text ? text
               : text == free_text  ? pattern
                                    : regex_and2(pool, text, pattern);
    }
    for (const struct note *note = leaf->formats; note; note = note->next) {
        regex_id format = schema_format(store, note->json, note->name);
        if (note->is_negated)
            format = regex_and2(pool, regex_not(pool, format), free_text);
        text = format == free_text ? text
               : text == free_text ? format
                                   : regex_and2(pool, text, format);
    }
    for (const struct note *note = leaf->not_values; note; note = note->next)
        if (json_object_is_type(note->json, json_type_string)) {
            regex_id value = charset_text_regex(pool, text_of(note->json), store->form);
            text = regex_and2(pool, text, regex_not(pool, value));
        }
    return text;
}

static void leaf_string(struct schema_store *store, value_ref ref, const struct leaf *leaf)
{
    struct regex_pool *pool = store->pool;
    regex_id text = schema_leaf_text(store, leaf);
    if (regex_pool_is_full(pool)) {
        schema_relax(store, text_source(leaf), NULL, "the automata of this schema are too large");
        text = store->any_text;
    }
    regex_id inside = regex_concat(pool, text, store->quote);
    if (store->has_bare_names) // a raw string ends at the first mark
        inside = regex_and2(pool, inside, regex_until(pool, store->quote));
    // Without room the states are those of any string.
    dfa_state start = dfa_start(&store->dfa, inside, store->free_string, 0);
    if (start == DFA_DEAD)
        return;
    regex_id whole = regex_concat(pool, store->quote, inside);
    dfa_state any = dfa_start(
        &store->dfa, regex_concat(pool, store->quote, store->dfa.nodes[store->free_string].regex),
        DFA_DEAD, 0);
    schema_add_shape(store, ref, SHAPE_TEXT, dfa_start(&store->dfa, whole, any, 0));
}

// ---- numbers ----

static void leaf_number(struct schema_store *store, value_ref ref, const struct leaf *leaf)
{
    unsigned types = leaf->types & (TYPE_INTEGER | TYPE_FRACTION);
    struct number_spec spec = leaf->number;
    spec.takes_integers = types & TYPE_INTEGER;
    spec.takes_fractions = types & TYPE_FRACTION;
    size_t n_excluded = 0;
    for (const struct note *note = leaf->not_values; note; note = note->next)
        n_excluded += !json_object_is_type(note->json, json_type_string);
    bool is_bounded = spec.has_min || spec.has_max || spec.factor || n_excluded;
    if (!is_bounded && types & TYPE_INTEGER) {
        schema_add_shape(store, ref, SHAPE_TEXT,
                         types & TYPE_FRACTION ? store->free_number : store->free_integer);
        return;
    }
    if (number_spec_is_empty(&spec))
        return;
    if (n_excluded) {
        spec.excluded = mem_new(double, n_excluded);
        for (const struct note *note = leaf->not_values; note; note = note->next)
            if (!json_object_is_type(note->json, json_type_string))
                spec.excluded[spec.n_excluded++] = json_object_get_double(note->json);
    }
    schema_add_shape(store, ref, SHAPE_NUMBER, number_table_add(&store->numbers, &spec));
}

void schema_leaf_shapes(struct schema_store *store, value_ref ref, struct leaf *leaf)
{
    if (leaf->enums) {
        uint32_t literals = schema_leaf_literals(store, leaf);
        if (literals != SPEC_NONE) {
            if (store->literals[literals].n_texts)
                schema_add_shape(store, ref, SHAPE_LITERALS, literals);
            return;
        }
        schema_relax(store, leaf->enums->json, NULL, "constants that are too many or too long");
        leaf->enums = NULL;
    }
    leaf_constants(store, ref, leaf);
    if (leaf->types & TYPE_STRING)
        leaf_string(store, ref, leaf);
    if (leaf->types & (TYPE_INTEGER | TYPE_FRACTION))
        leaf_number(store, ref, leaf);
    if (leaf->types & TYPE_ARRAY)
        schema_leaf_array(store, ref, leaf);
    if (leaf->types & TYPE_OBJECT)
        schema_leaf_object(store, ref, leaf);
}

void schema_collect_text(struct schema_store *store, value_ref ref, struct leaf *leaf)
{
    (void)ref;
    unsigned others = leaf->types & ~(unsigned)TYPE_STRING;
    regex_id text = REGEX_EMPTY;
    uint32_t literals = leaf->enums ? schema_leaf_literals(store, leaf) : SPEC_NONE;
    if (literals != SPEC_NONE) {
        const struct literal_set set = store->literals[literals];
        struct str *bare = mem_new(struct str, set.n_texts + 1);
        size_t n = 0;
        others = store->form == TEXT_RAW ? 0 : others; // numbers are raw texts as well
        for (size_t i = 0; i < set.n_texts; i++)
            bare[n++] = set.texts[i];
        text = regex_literals(store->pool, bare, n);
        free(bare);
    } else if (leaf->types & TYPE_STRING) {
        text = schema_leaf_text(store, leaf);
    }
    store->text = regex_or2(store->pool, store->text, text);
    store->other_types |= others;
}
