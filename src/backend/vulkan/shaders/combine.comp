// y (+)= the outputs of a row's experts, each times its share, in the order they were chosen; then
// the shared expert's, times sigmoid of its gate.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "activations.glsl"

layout(local_size_x_id = 0) in;
layout(binding = 0) buffer Y { float y[]; };
layout(binding = 1) readonly buffer Outputs { float outputs[]; }; // [n_rows][n_used][n_cols]
layout(binding = 2) readonly buffer Share { float share[]; };     // [n_rows][n_used]
layout(binding = 3) readonly buffer SharedOutput { float shared_output[]; }; // [n_rows][n_cols]
layout(binding = 4) readonly buffer SharedGate { float shared_gate[]; };     // [n_rows]
layout(push_constant) uniform Push
{
    uint n_cols, n_used;
    uint has_shared, adds;
};

void main()
{
    uint i = gl_GlobalInvocationID.x, row = gl_WorkGroupID.y, at = row * n_cols + i;
    if (i >= n_cols)
        return;
    float sum = adds != 0 ? y[at] : 0.0;
    for (uint slot = row * n_used; slot < (row + 1) * n_used; slot++)
        sum = fma(outputs[slot * n_cols + i], share[slot], sum);
    if (has_shared != 0)
        sum = fma(shared_output[at], sigmoid(shared_gate[row]), sum);
    y[at] = sum;
}
