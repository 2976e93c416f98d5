// K or V of every row and head to their place: [page][head][token][head_dim] of a layer.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "formats.glsl"
#include "rows.glsl"

layout(local_size_x_id = 0) in;
layout(binding = 0) buffer Cache { uint cache[]; };
layout(binding = 1) readonly buffer X { vec4 x[]; }; // [n_rows][n_heads * head_dim]
layout(binding = 2) readonly buffer Rows { uvec4 rows[]; };
layout(binding = 3) readonly buffer Pages { uint pages[]; };
layout(push_constant) uniform Push
{
    uint n_heads, head_dim, i_group;
};

void main()
{
    uint n_cols = n_heads * head_dim, i = gl_GlobalInvocationID.x * 4;
    if (i >= n_cols)
        return;
    uvec4 row = rows[gl_WorkGroupID.y];
    uint page = pages[row_table(row, i_group) + row_position(row) / KV_PAGE_TOKENS];
    uint token = row_position(row) % KV_PAGE_TOKENS, head = i / head_dim;
    uint at = ((page * n_heads + head) * KV_PAGE_TOKENS + token) * head_dim + i % head_dim;
    vec4 values = x[(gl_WorkGroupID.y * n_cols + i) / 4];
    STORE4(cache, at, values);
}
