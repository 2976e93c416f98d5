// Any bytes as a JSON Schema, and a walk over its masks.  The first byte says how many of the last
// bytes choose the tokens.
#include "tests/fuzz/constraint_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    walk_open_vocabulary();
    size_t n_choices = data[0] < size ? data[0] : size - 1;
    struct str schema = {(const char *)data + 1, size - 1 - n_choices};
    const struct constraint_options options = {.size_max = 8 * MIB};
    walk_constraint(constraint_open_schema(walk_vocabulary, schema, &options),
                    data + size - n_choices, n_choices);
    return 0;
}
