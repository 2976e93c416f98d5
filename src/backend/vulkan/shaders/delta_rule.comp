// The delta rule over each sequence's rows: an invocation keeps one row of a head's S in registers.
//     s = decay * S[j]; r = beta * (v[j] - s.k); S[j] = s + k r; out[j] = S[j].q
// S lies transposed in memory, so that neighbours load neighbouring words.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "activations.glsl"
#include "states.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint LANES = 1;
layout(constant_id = 1) const uint DIM = 1;
layout(binding = 0) writeonly buffer Out { float result[]; }; // [n_rows][n_v_heads][DIM]
layout(binding = 1) readonly buffer C { float c[]; };         // [n_rows][Q | K | V], q and k unit
layout(binding = 2) readonly buffer Alpha { float alpha[]; }; // [n_rows][n_v_heads], as beta
layout(binding = 3) readonly buffer Beta { float beta[]; };
layout(binding = 4) readonly buffer Dt { float dt[]; }; // [n_v_heads], as A
layout(binding = 5) readonly buffer A { float a[]; };
layout(binding = 6) buffer States { float states[]; };
layout(binding = 7) readonly buffer Sequences { sequence sequences[]; };
layout(push_constant) uniform Push
{
    uint n_k_heads, n_v_heads;
    uint state_stride, s_first; // floats between states; where S begins in one
};

shared float q[DIM], k[DIM];

float softplus(float x)
{
    return x > 20.0 ? x : log(1.0 + exp(x));
}

void main()
{
    uint lane = gl_LocalInvocationID.x, head = gl_WorkGroupID.y, k_head = head % n_k_heads;
    uint j = gl_WorkGroupID.x * LANES + lane;
    sequence of = sequences[gl_WorkGroupID.z];
    uint channels = (2 * n_k_heads + n_v_heads) * DIM;
    uint at = of.i_state * state_stride + s_first + head * DIM * DIM + j;
    float q_scale = 1.0 / sqrt(float(DIM));
    float s[DIM];
    for (uint i = 0; i < DIM; i++)
        s[i] = states[at + i * DIM];
    for (uint row = of.first_row; row < of.first_row + of.n_rows; row++) {
        for (uint i = lane; i < DIM; i += LANES) {
            q[i] = c[row * channels + k_head * DIM + i] * q_scale;
            k[i] = c[row * channels + (n_k_heads + k_head) * DIM + i];
        }
        barrier();
        float decay = exp(a[head] * softplus(alpha[row * n_v_heads + head] + dt[head]));
        float v = c[row * channels + (2 * n_k_heads + head) * DIM + j], sum = 0.0;
        for (uint i = 0; i < DIM; i++) {
            s[i] *= decay;
            sum = fma(s[i], k[i], sum);
        }
        float r = sigmoid(beta[row * n_v_heads + head]) * (v - sum);
        sum = 0.0;
        for (uint i = 0; i < DIM; i++) {
            s[i] = fma(k[i], r, s[i]);
            sum = fma(s[i], q[i], sum);
        }
        result[(row * n_v_heads + head) * DIM + j] = sum;
        barrier();
    }
    for (uint i = 0; i < DIM; i++)
        states[at + i * DIM] = s[i];
}
