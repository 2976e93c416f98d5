// Turns the leading n_dims values of every head, in place.
#version 450

layout(local_size_x_id = 0) in;
layout(binding = 0) buffer X { float x[]; };
layout(binding = 1) readonly buffer Angles { vec2 cos_sin[]; }; // [n_rows][n_dims / 2]
layout(push_constant) uniform Push
{
    uint n_heads, head_stride;
    uint n_dims, interleaved;
};

void main()
{
    uint half_dims = n_dims / 2, i = gl_GlobalInvocationID.x % half_dims;
    uint head = gl_GlobalInvocationID.x / half_dims, row = gl_WorkGroupID.y;
    if (head >= n_heads)
        return;
    uint at = (row * n_heads + head) * head_stride;
    uint first = at + (interleaved != 0 ? 2 * i : i);
    uint second = interleaved != 0 ? first + 1 : first + half_dims;
    float a = x[first], b = x[second];
    vec2 t = cos_sin[row * half_dims + i];
    x[first] = a * t.x - b * t.y;
    x[second] = a * t.y + b * t.x;
}
