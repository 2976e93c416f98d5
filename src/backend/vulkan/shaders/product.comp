// y = W x + bias, OUT_TILE weight rows and X_TILE activation rows a workgroup.
//
// Lane l sums the groups of four values l, l + LANES, ... of every pair of rows, and the lanes' sums
// are added in order, whatever X_TILE is: a row's result does not depend on its company.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "formats.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint LANES = 1;
layout(constant_id = 1) const uint OUT_TILE = 1;
layout(constant_id = 2) const uint X_TILE = 1;
layout(binding = 0) buffer Y { float y[]; };
layout(binding = 1) readonly buffer Weights { uint weights[]; };
layout(binding = 2) readonly buffer X { vec4 x[]; };
layout(binding = 3) readonly buffer Bias { float bias[]; };
// With experts and X_TILE 1: of each row of y.  With more: of each tile, three words: its expert, and
// where its rows begin in `order` and how many they are.
layout(binding = 4) readonly buffer Experts { uint experts[]; };
layout(binding = 5) readonly buffer Order { uint order[]; };
layout(push_constant) uniform Push
{
    uint n_in, n_out, n_rows;
    uint first;         // value of the weight buffer where expert 0 begins
    uint expert_stride; // values from one expert to the next
    uint rows_per_x;    // this many rows of y share one row of x
    uint has_experts;   // 0: a plain matrix
    uint has_bias, adds;
};

struct tile {
    uint expert, first, n_rows;
};

tile find_tile(uint i)
{
    if (has_experts == 0)
        return tile(0, i * X_TILE, min(X_TILE, n_rows - i * X_TILE));
    if (X_TILE == 1)
        return tile(experts[i], i, 1);
    return tile(experts[i * 3], experts[i * 3 + 1], experts[i * 3 + 2]);
}

// The row of y that stands at t in a tile; past the end, the last.
uint row_of(tile rows, uint t)
{
    uint i = rows.first + min(t, rows.n_rows - 1);
    return has_experts != 0 && X_TILE > 1 ? order[i] : i;
}

const uint RESULTS = OUT_TILE * X_TILE; // at most LANES
shared float sums[LANES][RESULTS + 1];  // a word more, so that rows begin in different banks

void main()
{
    uint lane = gl_LocalInvocationID.x;
    uint out_row = gl_WorkGroupID.x * OUT_TILE;
    tile rows = find_tile(gl_WorkGroupID.y);
    if (rows.n_rows == 0)
        return;
    uint w_row[OUT_TILE], x_row[X_TILE];
    float sum[OUT_TILE][X_TILE];
    [[unroll]] for (uint o = 0; o < OUT_TILE; o++) // past the end, the last row again
        w_row[o] = first + rows.expert * expert_stride + min(out_row + o, n_out - 1) * n_in;
    [[unroll]] for (uint t = 0; t < X_TILE; t++) {
        x_row[t] = row_of(rows, t) / rows_per_x * n_in;
        [[unroll]] for (uint o = 0; o < OUT_TILE; o++)
            sum[o][t] = 0.0;
    }
    for (uint i = lane * 4; i < n_in; i += LANES * 4) {
        vec4 w[OUT_TILE];
        [[unroll]] for (uint o = 0; o < OUT_TILE; o++)
            w[o] = LOAD4(weights, w_row[o] + i);
        [[unroll]] for (uint t = 0; t < X_TILE; t++) {
            vec4 v = x[(x_row[t] + i) / 4];
            [[unroll]] for (uint o = 0; o < OUT_TILE; o++)
                sum[o][t] = fma(w[o].w, v.w,
                                fma(w[o].z, v.z, fma(w[o].y, v.y, fma(w[o].x, v.x, sum[o][t]))));
        }
    }
    [[unroll]] for (uint o = 0; o < OUT_TILE; o++)
        [[unroll]] for (uint t = 0; t < X_TILE; t++)
            sums[lane][o * X_TILE + t] = sum[o][t];
    barrier();
    out_row += lane / X_TILE;
    if (lane >= RESULTS || lane % X_TILE >= rows.n_rows || out_row >= n_out)
        return;
    float result = 0.0;
    for (uint l = 0; l < LANES; l++)
        result += sums[l][lane];
    if (has_bias != 0)
        result += bias[out_row];
    uint at = row_of(rows, lane % X_TILE) * n_out + out_row;
    y[at] = adds != 0 ? y[at] + result : result;
}
