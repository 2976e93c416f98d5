// Causal depthwise convolution and SiLU over each sequence's rows.  A channel per invocation; its
// last n_taps - 1 inputs stay in the state.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "activations.glsl"
#include "states.glsl"

layout(local_size_x_id = 0) in;
layout(binding = 0) writeonly buffer Out { float result[]; };
layout(binding = 1) readonly buffer U { float u[]; }; // [n_rows][n_channels], as is the result
layout(binding = 2) readonly buffer Weight { float weight[]; }; // [n_channels][n_taps]
layout(binding = 3) buffer States { float states[]; };
layout(binding = 4) readonly buffer Sequences { sequence sequences[]; };
layout(push_constant) uniform Push
{
    uint n_channels, n_taps, state_stride;
};

// The window's inputs and then the rows' are one series; output t ends at its element n_taps - 1 + t.
float series(uint window, uint rows, uint i)
{
    return i < n_taps - 1 ? states[window + i * n_channels]
                          : u[rows + (i - (n_taps - 1)) * n_channels];
}

void main()
{
    uint channel = gl_GlobalInvocationID.x;
    if (channel >= n_channels)
        return;
    sequence s = sequences[gl_WorkGroupID.y];
    uint window = s.i_state * state_stride + channel, rows = s.first_row * n_channels + channel;
    for (uint t = 0; t < s.n_rows; t++) {
        float sum = 0.0;
        for (uint tap = 0; tap < n_taps; tap++)
            sum = fma(weight[channel * n_taps + tap], series(window, rows, t + tap), sum);
        result[rows + t * n_channels] = activate(ACT_SILU, sum);
    }
    for (uint i = 0; i < n_taps - 1; i++) // oldest first: each is read before it is overwritten
        states[window + i * n_channels] = series(window, rows, s.n_rows + i);
}
