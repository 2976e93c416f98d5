// Any bytes as a pattern over the whole text, and a walk over its masks.
#include "tests/fuzz/constraint_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    walk_open_vocabulary();
    size_t n_choices = data[0] < size ? data[0] : size - 1;
    struct str pattern = {(const char *)data + 1, size - 1 - n_choices};
    const struct constraint_options options = {.size_max = 8 * MIB};
    struct constraint *constraint;
    if (!constraint_open_regex(&constraint, walk_vocabulary, pattern, &options, NULL))
        walk_constraint(constraint, data + size - n_choices, n_choices);
    return 0;
}
