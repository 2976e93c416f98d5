// y[row] = scale * row tokens[row] of the table.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "formats.glsl"

layout(local_size_x_id = 0) in;
layout(binding = 0) writeonly buffer Y { vec4 y[]; };
layout(binding = 1) readonly buffer Table { uint table[]; };
layout(binding = 2) readonly buffer Tokens { uint tokens[]; };
layout(push_constant) uniform Push
{
    uint n_cols;
    float scale;
};

void main()
{
    uint i = gl_GlobalInvocationID.x * 4, row = gl_WorkGroupID.y;
    if (i < n_cols)
        y[(row * n_cols + i) / 4] = scale * LOAD4(table, tokens[row] * n_cols + i);
}
