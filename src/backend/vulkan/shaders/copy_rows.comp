// Row r of y, from column y_first on, = row r (or rows[r]) of x.
#version 450

layout(local_size_x_id = 0) in;
layout(binding = 0) writeonly buffer Y { float y[]; };
layout(binding = 1) readonly buffer X { float x[]; };
layout(binding = 2) readonly buffer Rows { uint rows[]; };
layout(push_constant) uniform Push
{
    uint n_cols, y_stride, y_first;
    uint has_rows;
};

void main()
{
    uint i = gl_GlobalInvocationID.x, row = gl_WorkGroupID.y;
    uint from = has_rows != 0 ? rows[row] : row;
    if (i < n_cols)
        y[row * y_stride + y_first + i] = x[from * n_cols + i];
}
