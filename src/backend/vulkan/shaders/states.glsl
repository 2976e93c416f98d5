// states.glsl - the sequences of a batch, as step.c uploads them.
struct sequence {
    uint first_row, n_rows, i_state, unused;
};
