// Attention of one head of one row over its stored keys, page by page with an online softmax.
//
// Invocation j scores key j of a page; then invocation c sums values 4 c .. 4 c + 3 of the output
// over the page's keys.  Pages lie at absolute positions, so the order of every sum depends on the
// row's position alone.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "formats.glsl"
#include "rows.glsl"
#include "activations.glsl"

const uint LANES = KV_PAGE_TOKENS, HEAD_DIM_MAX = 4 * LANES;
layout(local_size_x = LANES) in;
#include "reduce.glsl"
layout(binding = 0) writeonly buffer Out { vec4 result[]; };
layout(binding = 1) readonly buffer Q { vec4 q[]; };
layout(binding = 2) readonly buffer K { uint k[]; };
layout(binding = 3) readonly buffer V { uint v[]; };
layout(binding = 4) readonly buffer Rows { uvec4 rows[]; };
layout(binding = 5) readonly buffer Pages { uint pages[]; };
layout(push_constant) uniform Push
{
    uint n_heads, n_kv_heads, head_dim;
    uint gated, window, i_group;
    float scale;
};
const float LOWEST = -3.0e38; // in place of an infinity, which a device may treat as it likes

shared vec4 query[HEAD_DIM_MAX / 4];
shared float share[LANES];

float score_key(uint at)
{
    vec4 sum = vec4(0);
    for (uint i = 0; i < head_dim; i += 4)
        sum = fma(query[i / 4], LOAD4(k, at + i), sum);
    return scale * ((sum.x + sum.y) + (sum.z + sum.w));
}

void main()
{
    uint lane = gl_LocalInvocationID.x, head = gl_WorkGroupID.x, i_row = gl_WorkGroupID.y;
    uint q_at = (i_row * n_heads + head) * head_dim * (gated != 0 ? 2 : 1);
    if (lane * 4 < head_dim)
        query[lane] = q[q_at / 4 + lane];
    barrier();
    uvec4 row = rows[i_row];
    uint position = row_position(row), kv_head = head / (n_heads / n_kv_heads);
    uint oldest = window != 0 && position + 1 > window ? position + 1 - window : 0;
    float most = LOWEST, total = 0.0;
    vec4 sum = vec4(0);
    for (uint i_page = oldest / LANES; i_page <= position / LANES; i_page++) {
        uint base = i_page * LANES, key = base + lane;
        uint page = pages[row_table(row, i_group) + i_page];
        uint keys = (page * n_kv_heads + kv_head) * LANES * head_dim;
        bool visible = key >= oldest && key <= position;
        float score = visible ? score_key(keys + lane * head_dim) : LOWEST;
        float most_now = max(most, reduce_max(score));
        float rescale = total == 0.0 ? 0.0 : exp(most - most_now);
        share[lane] = visible ? exp(score - most_now) : 0.0;
        total = total * rescale + reduce_sum(share[lane]);
        most = most_now;
        if (lane * 4 < head_dim) {
            sum *= rescale;
            uint begin = max(oldest, base) - base, end = min(position + 1 - base, LANES);
            for (uint j = begin; j < end; j++) // keys past `end` may never have been written
                sum = fma(vec4(share[j]), LOAD4(v, keys + j * head_dim + lane * 4), sum);
        }
        barrier();
    }
    if (lane * 4 >= head_dim)
        return;
    sum /= total;
    if (gated != 0) {
        vec4 gate = q[(q_at + head_dim) / 4 + lane];
        sum *= vec4(sigmoid(gate.x), sigmoid(gate.y), sigmoid(gate.z), sigmoid(gate.w));
    }
    result[(i_row * n_heads + head) * head_dim / 4 + lane] = sum;
}
