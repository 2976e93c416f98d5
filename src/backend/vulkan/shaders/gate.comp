// y = activation(gate) * up, value by value.  y may be gate or up.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "activations.glsl"

layout(local_size_x_id = 0) in;
layout(binding = 0) writeonly buffer Y { float y[]; };
layout(binding = 1) readonly buffer Gate { float gate[]; };
layout(binding = 2) readonly buffer Up { float up[]; };
layout(push_constant) uniform Push
{
    uint n_cols, activation;
};

void main()
{
    uint i = gl_GlobalInvocationID.x, at = gl_WorkGroupID.y * n_cols + i;
    if (i < n_cols)
        y[at] = activate(activation, gate[at]) * up[at];
}
