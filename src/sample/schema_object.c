// Objects of a leaf: which demands hold for which name.
#include "sample/schema_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define PATTERNS_MAX 4 // name patterns whose combinations are told apart

// ---- names ----

struct name_pattern {
    struct json_object *schema; // whose patternProperties it is from
    const char *text;
    struct json_object *value; // the schema for matching names; NULL: of a schema to be failed
    regex_id regex;            // over the name, without quotes
    dfa_state start;
};

struct names { // while one object is built
    struct schema_store *store;
    const struct leaf *leaf;
    struct name_pattern *patterns;
    size_t n_patterns, patterns_capacity;
    const char **known; // property names, each once
    size_t n_known, known_capacity;
    uint32_t *table; // open addressing, index + 1
    size_t table_size;
    const struct note *witnesses; // properties that are asked for: any of some name ...
    const struct note *valued;    // ... or one of them with a value of its own
    regex_id allowed;             // by propertyNames; any_text when there is none
    dfa_state allowed_start;
};

static uint32_t name_hash(const char *name)
{
    uint32_t h = 2166136261u;
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 16777619u;
    return h;
}

// The index of a known name; adds it when asked, else SPEC_NONE for a new one.
static uint32_t name_index(struct names *names, const char *name, bool adds)
{
    if (names->n_known * 2 >= names->table_size && adds) {
        names->table_size = names->table_size ? names->table_size * 2 : 32;
        free(names->table);
        names->table = mem_new(uint32_t, names->table_size);
        for (size_t k = 0; k < names->n_known; k++) {
            size_t at = name_hash(names->known[k]) & (names->table_size - 1);
            while (names->table[at])
                at = (at + 1) & (names->table_size - 1);
            names->table[at] = (uint32_t)k + 1;
        }
    }
    if (!names->table_size)
        return SPEC_NONE;
    size_t at = name_hash(name) & (names->table_size - 1);
    for (; names->table[at]; at = (at + 1) & (names->table_size - 1))
        if (!strcmp(names->known[names->table[at] - 1], name))
            return names->table[at] - 1;
    if (!adds)
        return SPEC_NONE;
    STORE_GROW(names->known, names->n_known, names->known_capacity, 16);
    names->known[names->n_known] = name;
    names->table[at] = (uint32_t)++names->n_known;
    return (uint32_t)names->n_known - 1;
}

static void collect_names(struct names *names)
{
    const struct leaf *leaf = names->leaf;
    // Notes are newest first; the schema's own order is the other way round.
    const struct note *sources[64];
    size_t n_sources = 0;
    for (const struct note *note = leaf->objects; note; note = note->next)
        if (n_sources < COUNT_OF(sources))
            sources[n_sources++] = note;
    while (n_sources-- > 0) {
        struct json_object *properties = schema_get(sources[n_sources]->json, "properties");
        if (!json_object_is_type(properties, json_type_object))
            continue;
        json_object_object_foreach(properties, name, schema)
        {
            (void)schema;
            name_index(names, name, true);
        }
    }
    for (const struct note *note = leaf->object_value; note; note = note->next) {
        json_object_object_foreach(note->json, name, value)
        {
            (void)value;
            name_index(names, name, true);
        }
    }
    const struct note *lists[] = {leaf->required, leaf->lacks, leaf->property_nots};
    for (size_t l = 0; l < COUNT_OF(lists); l++)
        for (const struct note *note = lists[l]; note; note = note->next)
            name_index(names, note->name, true);
    for (const struct note *note = names->witnesses; note; note = note->next) {
        struct json_object *failed = schema_get(note->owner, "properties");
        if (!json_object_is_type(failed, json_type_object))
            continue;
        json_object_object_foreach(failed, name, value)
        {
            (void)value;
            name_index(names, name, true);
        }
    }
    for (const struct note *note = leaf->implications; note; note = note->next) {
        name_index(names, note->name, true);
        if (json_object_is_type(note->json, json_type_string))
            name_index(names, json_object_get_string(note->json), true);
    }
}

static void add_pattern(struct names *names, struct json_object *schema, const char *text,
                        struct json_object *value)
{
    struct schema_store *store = names->store;
    struct json_object *patterns = schema_get(schema, "patternProperties");
    bool is_relaxed;
    STORE_GROW(names->patterns, names->n_patterns, names->patterns_capacity, 4);
    struct name_pattern *pattern = &names->patterns[names->n_patterns++];
    *pattern = (struct name_pattern){schema, text, value, REGEX_EMPTY, DFA_DEAD};
    pattern->regex = schema_pattern(store, patterns, text, text, strlen(text), &is_relaxed);
    pattern->start = dfa_start(&store->dfa, pattern->regex, DFA_DEAD, 0);
}

static void collect_patterns(struct names *names)
{
    for (const struct note *note = names->leaf->objects; note; note = note->next) {
        struct json_object *patterns = schema_get(note->json, "patternProperties");
        if (!json_object_is_type(patterns, json_type_object))
            continue;
        json_object_object_foreach(patterns, text, value)
            add_pattern(names, note->json, text, value);
    }
    for (const struct note *note = names->witnesses; note; note = note->next) {
        struct json_object *failed = schema_get(note->owner, "patternProperties");
        if (!json_object_is_type(failed, json_type_object))
            continue;
        json_object_object_foreach(failed, text, value)
        {
            (void)value;
            if (!note->name || !strcmp(note->name, text))
                add_pattern(names, note->owner, text, NULL);
        }
    }
}

static void collect_name_schemas(struct names *names)
{
    struct schema_store *store = names->store;
    names->allowed = store->any_text;
    for (const struct note *note = names->leaf->name_schemas; note; note = note->next) {
        struct demand demand = {DEMAND_SCHEMA, note->json};
        bool is_only_text;
        // Names are strings: what the schema says of strings, as text between quotes.
        regex_id text = schema_text(store, schema_place(store, &demand, 1), store->has_bare_names,
                                    &is_only_text);
        names->allowed = names->allowed == store->any_text
                             ? text
                             : regex_and2(store->pool, names->allowed, text);
    }
    names->allowed_start = dfa_start(&store->dfa, names->allowed, store->free_string, 0);
}

static bool value_has(struct json_object *object, const char *name, struct json_object **value)
{
    return json_object_object_get_ex(object, name, value);
}

// Whether the schema's own properties or patterns know the name.
static bool is_covered(const struct names *names, struct json_object *schema, const char *name,
                       unsigned matched)
{
    struct json_object *properties = schema_get(schema, "properties"), *value;
    if (name && json_object_is_type(properties, json_type_object) &&
        value_has(properties, name, &value))
        return true;
    for (size_t p = 0; p < names->n_patterns; p++)
        if (names->patterns[p].schema == schema && matched >> p & 1)
            return true;
    return false;
}

static void demand_unevaluated_name(const struct names *names, struct demand_list *list,
                                    const char *name, unsigned matched)
{
    static const char keyword[] = "unevaluatedProperties";
    const struct leaf *leaf = names->leaf;
    for (const struct note *note = leaf->unevaluated; note && !leaf->evaluates_unknown;
         note = note->next) {
        struct json_object *schema = schema_get(note->json, keyword);
        bool is_evaluated = !schema || schema_has_inner(leaf, note, keyword);
        for (const struct note *object = leaf->objects; object && !is_evaluated;
             object = object->next)
            is_evaluated = schema_is_within(object->scope, note->scope) &&
                           (schema_get(object->json, "additionalProperties") ||
                            is_covered(names, object->json, name, matched));
        if (!is_evaluated)
            schema_demand_add(list, DEMAND_SCHEMA, schema);
    }
}

// What holds for the value of `name` (NULL: of any name that matches exactly the patterns whose
// bits are set).
static value_ref name_place(struct names *names, const char *name, unsigned matched, bool is_found)
{
    struct demand_list list = {0};
    const struct leaf *leaf = names->leaf;
    for (const struct note *note = leaf->objects; note; note = note->next) {
        struct json_object *schema = schema_get(note->json, "properties"), *value = NULL;
        if (name && json_object_is_type(schema, json_type_object) &&
            value_has(schema, name, &value))
            schema_demand_add(&list, DEMAND_SCHEMA, value);
        for (size_t p = 0; p < names->n_patterns; p++)
            if (names->patterns[p].schema == note->json && names->patterns[p].value &&
                matched >> p & 1)
                schema_demand_add(&list, DEMAND_SCHEMA, names->patterns[p].value);
        struct json_object *additional = schema_get(note->json, "additionalProperties");
        if (additional && !is_covered(names, note->json, name, matched))
            schema_demand_add(&list, DEMAND_SCHEMA, additional);
    }
    demand_unevaluated_name(names, &list, name, matched);
    for (const struct note *note = leaf->object_value; note; note = note->next) {
        struct json_object *value = NULL;
        if (name && value_has(note->json, name, &value))
            schema_demand_add(&list, DEMAND_VALUE, value);
        else
            schema_demand_add(&list, DEMAND_CANNOT_EXIST, NULL);
    }
    for (const struct note *note = leaf->property_nots; name && note; note = note->next)
        if (!strcmp(note->name, name))
            schema_demand_add(&list, DEMAND_NOT, note->json);
    for (const struct note *note = leaf->lacks; name && note; note = note->next)
        if (!strcmp(note->name, name))
            schema_demand_add(&list, DEMAND_CANNOT_EXIST, NULL);
    if (is_found)
        schema_demand_add(&list, DEMAND_NOT, names->valued->json);
    value_ref ref = schema_demands_take(names->store, &list);
    free(list.items);
    return ref;
}

// Whether a property of this name is among those that `witness` asks for.
static bool is_asked_for(const struct names *names, const struct note *witness, const char *name,
                         unsigned matched)
{
    if (!witness->name)
        return !is_covered(names, witness->owner, name, matched);
    for (size_t p = 0; p < names->n_patterns; p++)
        if (names->patterns[p].schema == witness->owner && !names->patterns[p].value &&
            !strcmp(names->patterns[p].text, witness->name))
            return matched >> p & 1;
    return false;
}

static uint8_t name_marks(const struct names *names, const char *name, unsigned matched)
{
    unsigned marks = 0, bit = 1;
    for (const struct note *note = names->witnesses; note; note = note->next) {
        if (note == names->valued)
            continue;
        marks |= is_asked_for(names, note, name, matched) ? bit : 0;
        bit <<= 1;
    }
    return (uint8_t)marks;
}

static value_ref found_place(struct names *names, const char *name, unsigned matched)
{
    if (!names->valued || !is_asked_for(names, names->valued, name, matched))
        return SPEC_NONE;
    return name_place(names, name, matched, true);
}

// Which of the leaf's negations are kept: those that ask for a name, and one that asks for a value.
static void choose_witnesses(struct names *names, struct object_spec *object)
{
    struct schema_store *store = names->store;
    const struct leaf *leaf = names->leaf;
    struct note *kept = NULL;
    unsigned bit = 1;
    for (const struct note *note = leaf->witness; note; note = note->next) {
        bool needs_value = !schema_is_false(note->json);
        // With a bound on the properties, room would have to be kept free for these.
        if (leaf->max_properties != SPEC_NO_LIMIT || bit == MARK_VALUE ||
            (needs_value && names->valued)) {
            schema_relax(store, note->owner, NULL, "negations that ask for several properties");
            continue;
        }
        struct note *copy = arena_new(&store->scratch, struct note, 1);
        if (!copy)
            return;
        *copy = *note;
        copy->next = kept;
        kept = copy;
        names->valued = needs_value ? kept : names->valued;
        object->needs |= (uint8_t)(needs_value ? MARK_VALUE : bit);
        bit <<= !needs_value;
    }
    names->witnesses = kept;
}

static bool cannot_exist(const struct schema_store *store, value_ref ref)
{
    const struct place *place = &store->places[ref];
    for (uint32_t i = 0; i < place->n_demands; i++) {
        struct demand demand = store->demands[place->first_demand + i];
        if (demand.kind == DEMAND_CANNOT_EXIST ||
            (demand.kind == DEMAND_SCHEMA && schema_is_false(demand.json)))
            return true;
    }
    return false;
}

static unsigned matching(struct names *names, struct str spelled)
{
    unsigned matched = 0;
    for (size_t p = 0; p < names->n_patterns && p < 32; p++)
        if (dfa_matches(&names->store->dfa, names->patterns[p].start, spelled))
            matched |= 1u << p;
    return matched;
}

// ---- the object ----

struct spelled_name {
    struct str text;
    uint32_t owner;
};

static int compare_names(const void *a, const void *b)
{
    const struct spelled_name *x = a, *y = b;
    return str_compare(x->text, y->text);
}

static bool fill_properties(struct names *names, struct object_spec *object)
{
    struct schema_store *store = names->store;
    size_t n = names->n_known;
    object->n_properties = n;
    object->n_words = (n + 63) / 64;
    object->values = arena_new(&store->arena, value_ref, n + 1);
    object->values_found = arena_new(&store->arena, value_ref, n + 1);
    object->marks = arena_new(&store->arena, uint8_t, n + 1);
    object->required = arena_new(&store->arena, uint64_t, object->n_words + 1);
    object->allowed = arena_new(&store->arena, uint64_t, object->n_words + 1);
    object->names.texts = arena_new(&store->arena, struct str, 2 * n + 1);
    object->names.owners = arena_new(&store->arena, uint32_t, 2 * n + 1);
    object->names.n_owners = n;
    object->bare_names = arena_new(&store->arena, const char *, n + 1);
    if (!object->bare_names || !object->values || !object->values_found || !object->marks ||
        !object->required || !object->allowed || !object->names.texts || !object->names.owners)
        return false;
    struct spelled_name *spelled = mem_new(struct spelled_name, 2 * n + 1);
    size_t n_spelled = 0;
    for (size_t p = 0; p < n; p++) {
        struct str forms[2];
        object->bare_names[p] = names->known[p];
        size_t n_forms = schema_spell(store, str_of(names->known[p]), "",
                                      store->has_bare_names ? ":" : "\"", forms);
        for (size_t f = 0; f < n_forms; f++)
            spelled[n_spelled++] = (struct spelled_name){forms[f], (uint32_t)p};
        struct str bare = str_slice(forms[0], 0, n_forms ? forms[0].size - 1 : 0);
        unsigned matched = matching(names, bare);
        object->values_found[p] = found_place(names, names->known[p], matched);
        object->marks[p] = name_marks(names, names->known[p], matched);
        object->values[p] = name_place(names, names->known[p], matched, false);
        bool is_allowed = n_forms && !cannot_exist(store, object->values[p]) &&
                          (names->allowed == store->any_text ||
                           dfa_matches(&store->dfa, names->allowed_start, bare));
        if (is_allowed)
            object->allowed[p / 64] |= UINT64_C(1) << (p % 64);
    }
    if (n_spelled)
        qsort(spelled, n_spelled, sizeof *spelled, compare_names);
    for (size_t i = 0; i < n_spelled; i++) {
        object->names.texts[i] = spelled[i].text;
        object->names.owners[i] = spelled[i].owner;
    }
    object->names.n_texts = n_spelled;
    free(spelled);
    return true;
}

static bool has_bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

// False when a required property cannot be there.
static bool fill_required(struct names *names, struct object_spec *object)
{
    for (const struct note *note = names->leaf->required; note; note = note->next) {
        uint32_t p = name_index(names, note->name, false);
        if (!has_bit(object->allowed, p))
            return false;
        if (!has_bit(object->required, p))
            object->n_required++;
        object->required[p / 64] |= UINT64_C(1) << (p % 64);
    }
    for (const struct note *note = names->leaf->object_value; note; note = note->next) {
        json_object_object_foreach(note->json, name, value)
        {
            (void)value;
            uint32_t p = name_index(names, name, false);
            if (!has_bit(object->allowed, p))
                return false;
            if (!has_bit(object->required, p))
                object->n_required++;
            object->required[p / 64] |= UINT64_C(1) << (p % 64);
        }
    }
    return true;
}

// A property whose companions cannot be there cannot be there either.  False when it is required.
static bool fill_implications(struct names *names, struct object_spec *object)
{
    size_t n = 0;
    for (const struct note *note = names->leaf->implications; note; note = note->next)
        n += json_object_is_type(note->json, json_type_string);
    object->implications = arena_alloc(&names->store->arena, n + 1, sizeof *object->implications);
    for (const struct note *note = names->leaf->implications; note && object->implications;
         note = note->next) {
        if (!json_object_is_type(note->json, json_type_string))
            continue;
        size_t i = object->n_implications++;
        object->implications[i].if_present = name_index(names, note->name, false);
        object->implications[i].then_required =
            name_index(names, json_object_get_string(note->json), false);
    }
    schema_prune_implications(object);
    for (size_t p = 0; p < object->n_properties; p++)
        if (has_bit(object->required, p) && !has_bit(object->allowed, p))
            return false;
    return true;
}

// Names that are no known property and match exactly the patterns in `matched`.
static void add_other(struct names *names, struct object_spec *object, unsigned matched,
                      bool is_exact)
{
    struct schema_store *store = names->store;
    struct regex_pool *pool = store->pool;
    value_ref value = name_place(names, NULL, matched, false);
    if (cannot_exist(store, value))
        return;
    regex_id *parts = mem_new(regex_id, names->n_patterns + 3);
    size_t n_parts = 0;
    bool is_open = names->allowed == store->any_text;
    for (size_t p = 0; p < names->n_patterns; p++) {
        bool is_in = p < 32 && (matched >> p & 1);
        if (!is_in && !is_exact && matched)
            continue;
        is_open = false;
        parts[n_parts++] =
            is_in ? names->patterns[p].regex : regex_not(pool, names->patterns[p].regex);
    }
    parts[n_parts++] = names->allowed;
    regex_id name = regex_and(pool, parts, n_parts);
    free(parts);
    regex_id text = regex_concat(pool, name, store->quote);
    if (store->has_bare_names) {
        const struct pattern_options options = {.form = TEXT_RAW, .is_anchored = true};
        const char *relaxed;
        regex_id bare;
        pattern_compile(pool, &bare, STR("[^\\s:,{}\\[\\]<>\"]+"), &options, &relaxed, NULL);
        text = regex_concat(pool, regex_and2(pool, name, bare), regex_literal(pool, STR(":")));
        is_open = false;
    }
    if (object->names.n_texts) {
        regex_id known = regex_literals(pool, object->names.texts, object->names.n_texts);
        text = regex_and2(pool, text, regex_not(pool, known));
    }
    dfa_state start = dfa_start(&store->dfa, text, store->free_string, is_open ? DFA_OPEN : 0);
    if (start == DFA_DEAD)
        return;
    object->others[object->n_others++] = (struct object_other){
        start, value, found_place(names, NULL, matched), name_marks(names, NULL, matched)};
}

static void fill_others(struct names *names, struct object_spec *object)
{
    size_t n = names->n_patterns;
    bool is_exact = n <= PATTERNS_MAX;
    size_t n_subsets = is_exact ? (size_t)1 << n : n + 1;
    object->others = arena_new(&names->store->arena, struct object_other, n_subsets);
    if (!object->others)
        return;
    if (!is_exact)
        schema_relax(names->store, names->patterns[0].schema, "patternProperties",
                     "combinations of many patterns");
    for (size_t s = 0; s < n_subsets && s <= 32; s++)
        add_other(names, object, is_exact ? (unsigned)s : s ? 1u << (s - 1) : 0, is_exact);
}

void schema_leaf_object(struct schema_store *store, value_ref ref, struct leaf *leaf)
{
    struct names names = {.store = store, .leaf = leaf};
    struct object_spec object = {.min = leaf->min_properties, .max = leaf->max_properties};
    choose_witnesses(&names, &object);
    collect_names(&names);
    collect_patterns(&names);
    collect_name_schemas(&names);
    bool is_possible = fill_properties(&names, &object) && fill_required(&names, &object) &&
                       fill_implications(&names, &object) && object.n_required <= object.max &&
                       object.min <= object.max;
    if (is_possible) {
        fill_others(&names, &object);
        STORE_GROW(store->objects, store->n_objects, store->objects_capacity, 16);
        store->objects[store->n_objects] = object;
        schema_add_shape(store, ref, SHAPE_OBJECT, (uint32_t)store->n_objects++);
    }
    free(names.patterns);
    free(names.known);
    free(names.table);
}
