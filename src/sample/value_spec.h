// value_spec.h - what may stand where a JSON value is expected, ready to be walked byte by byte.
//
// A place for a value is named by a value_ref.  What it means is worked out when a text first gets
// there (json_schema.h), as a list of alternatives, each with one shape: a text that an automaton or
// a list of literals reads, a bounded number, an array, an object.
#ifndef HEARTH_SAMPLE_VALUE_SPEC_H
#define HEARTH_SAMPLE_VALUE_SPEC_H

#include "base/str.h"
#include "sample/number_spec.h"
#include "sample/regex_dfa.h"

typedef uint32_t value_ref;

// Texts of which one must be written, sorted by bytes.  Several may have one owner: the spellings of
// a property's name.
struct literal_set {
    struct str *texts; // as they stand in JSON text
    uint32_t *owners;
    size_t n_texts, n_owners;
};

enum shape_kind {
    SHAPE_TEXT,     // i: dfa_state before the first byte
    SHAPE_LITERALS, // i: literal set
    SHAPE_NUMBER,   // i: spec in the number table
    SHAPE_ARRAY,    // i: array spec
    SHAPE_OBJECT,   // i: object spec
};

struct shape {
    enum shape_kind kind;
    uint32_t i;
};

struct value_spec {
    struct shape *shapes;
    size_t n_shapes;
};

#define SPEC_NO_LIMIT UINT32_MAX
#define SPEC_NONE     UINT32_MAX
#define MARK_VALUE    0x80 // of object_spec.needs: a property with a value of its own

struct array_spec {
    value_ref *items; // the first n_items places; `rest` for all further ones
    // Where `contains` counts: the same places, for items that match it.  NULL: not counted.
    value_ref *items_found;
    size_t n_items;
    value_ref rest, rest_found;
    uint32_t min, max;             // items
    uint32_t min_found, max_found; // of them matching `contains`
    uint32_t unique;               // literal set of which each is used once, or SPEC_NONE
    bool is_unique;                // items of other kinds differ, as they are written
};

struct object_other {       // names that are no known property
    dfa_state start;        // after the opening quote; reads the closing one
    value_ref value, found; // as in object_spec
    uint8_t marks;
};

struct object_spec {
    struct literal_set names; // after the opening quote, with the closing one; owner: property
    value_ref *values;        // of each property
    // Properties that are asked for (by negations), one for each bit of `needs`: any property that has
    // the bit among its marks is one; the last bit needs a value of its own as well, SPEC_NONE where
    // there is none.
    uint8_t needs, *marks;
    value_ref *values_found;
    const char **bare_names;      // of each property, as the schema writes it
    uint64_t *required, *allowed; // bits; `allowed` is filled when an object is first opened
    size_t n_properties, n_required, n_words;
    struct {
        uint32_t if_present, then_required;
    } * implications;
    size_t n_implications;
    struct object_other *others;
    size_t n_others;
    uint32_t min, max; // properties
    bool is_prepared;  // `allowed` and `others` are checked: no name leads to an empty value
};

// The texts in [*low, *high) agree in their first `depth` bytes; keeps those that go on with `byte`.
static inline bool literal_narrow(const struct literal_set *set, uint32_t *low, uint32_t *high,
                                  size_t depth, unsigned byte)
{
    uint32_t from = *low, to = *high;
    while (from < to) { // first text whose next byte is not below
        uint32_t middle = from + (to - from) / 2;
        struct str text = set->texts[middle];
        if (text.size <= depth || (unsigned char)text.data[depth] < byte)
            from = middle + 1;
        else
            to = middle;
    }
    *low = from;
    to = *high;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if ((unsigned char)set->texts[middle].data[depth] <= byte)
            from = middle + 1;
        else
            to = middle;
    }
    *high = from;
    return *low < *high;
}

#endif
