// number_spec.h - which numbers are meant, read digit by digit.
//
// Bounds, integers, multiples and excluded values, over the text of a JSON number.  A prefix is live
// when some continuation is a number of the set, so bounds never lead into a dead end.  Numbers
// without any of these are a plain regular expression and need nothing from here.
//
// Each prefix met is kept with its successors; prefixes are few, since only digits lead on.
#ifndef HEARTH_SAMPLE_NUMBER_SPEC_H
#define HEARTH_SAMPLE_NUMBER_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct number_spec {
    bool takes_integers, takes_fractions; // integers; numbers that are none
    bool has_min, has_max, excludes_min, excludes_max;
    double min, max;
    // Multiples of `factor` / 10^factor_decimals; factor 0: any number.
    uint64_t factor;
    unsigned factor_decimals;
    double *excluded; // single values that are not meant
    size_t n_excluded;
    uint32_t start; // the node before the first character, 0: not made yet
};

#define NUMBER_TEXT_MAX 40 // longer prefixes lead nowhere

struct number_node {
    uint32_t i_spec;
    uint8_t size;
    bool accepts;
    char text[NUMBER_TEXT_MAX];
    uint32_t next[16]; // by character; 0: dead, UINT32_MAX: not yet known
};

struct number_table { // zero is empty
    struct number_spec *specs;
    size_t n_specs, specs_capacity;
    struct number_node *nodes; // nodes[0] is dead
    size_t n_nodes, nodes_capacity;
};

void number_table_release(struct number_table *table);
// Takes over `spec.excluded`.
uint32_t number_table_add(struct number_table *table, const struct number_spec *spec);

// The node before the first character, and the one after another; 0 is dead.
uint32_t number_start(struct number_table *table, uint32_t i_spec);
uint32_t number_step(struct number_table *table, uint32_t node, unsigned byte);

// Forgets the nodes when there are more than `n_max`; they must not be in use.
void number_table_forget(struct number_table *table, size_t n_max);

bool number_spec_takes(const struct number_spec *spec, struct str text);
bool number_spec_is_empty(const struct number_spec *spec);
// Narrows to multiples of a decimal like "5" or "0.01"; false when that cannot be decided.
bool number_spec_multiple_of(struct number_spec *spec, struct str decimal);

#endif
