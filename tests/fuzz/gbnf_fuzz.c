// Any bytes as a grammar in llama.cpp's notation, and a walk over its masks.
#include "tests/fuzz/constraint_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// A grammar may have rules that no text satisfies, so that a walk can end nowhere: only what the
// masks promise is held here, not that there is always a way on.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    walk_open_vocabulary();
    size_t n_choices = data[0] < size ? data[0] : size - 1;
    struct str grammar = {(const char *)data + 1, size - 1 - n_choices};
    const struct constraint_options options = {.size_max = 8 * MIB};
    struct constraint *constraint;
    if (constraint_open_gbnf(&constraint, walk_vocabulary, grammar, &options, NULL))
        return 0;
    struct constraint_state *state = constraint_state_open(constraint);
    for (size_t i = 0; i < n_choices; i++) {
        uint64_t mask[WALK_WORDS] = {0};
        constraint_state_mask(state, mask);
        size_t n_allowed = walk_n_allowed(mask);
        if (!n_allowed)
            break;
        walk_check(constraint_state_accept(
            state, walk_pick(mask, data[size - n_choices + i] % n_allowed)));
    }
    constraint_state_close(state);
    constraint_close(constraint);
    return 0;
}
