// Norms of parts of rows: whole rows, or each head of a row.  y may be x.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint LANES = 1;
#include "reduce.glsl"
layout(binding = 0) buffer Y { float y[]; };
layout(binding = 1) readonly buffer X { float x[]; };
layout(binding = 2) readonly buffer Weight { float weight[]; };
layout(push_constant) uniform Push
{
    uint n, row_stride, head_stride;
    uint mode;
    float eps;
};
const uint MODE_NORM = 0; // y = x * weight / sqrt(mean(x^2) + eps)
const uint MODE_ADD = 1;  // y += that
const uint MODE_UNIT = 2; // y = x / max(|x|, eps)

void main()
{
    uint at = gl_WorkGroupID.y * row_stride + gl_WorkGroupID.x * head_stride;
    float square = 0.0;
    for (uint i = gl_LocalInvocationID.x; i < n; i += LANES)
        square = fma(x[at + i], x[at + i], square);
    square = reduce_sum(square);
    float factor = mode == MODE_UNIT ? 1.0 / max(sqrt(square), eps)
                                     : 1.0 / sqrt(square / float(n) + eps);
    for (uint i = gl_LocalInvocationID.x; i < n; i += LANES) {
        float normed = x[at + i] * factor;
        if (mode != MODE_UNIT)
            normed *= weight[i];
        y[at + i] = mode == MODE_ADD ? y[at + i] + normed : normed;
    }
}
