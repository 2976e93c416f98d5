// The n_used largest router logits of a row, with softmax over themselves times `scale`.
//
// Logits are in one total order, larger first and then lower index; each round finds the first
// that comes after the one found before.
#version 450

layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint LANES = 1;
const uint USED_MAX = 64;
layout(binding = 0) writeonly buffer Chosen { uint chosen[]; }; // [n_rows][n_used], as share
layout(binding = 1) writeonly buffer Share { float share[]; };
layout(binding = 2) readonly buffer Logits { float logits[]; }; // [n_rows][n_experts]
layout(push_constant) uniform Push
{
    uint n_experts, n_used;
    float scale;
};

struct candidate {
    float logit;
    uint index;
};
shared candidate best[LANES];
shared float weight[USED_MAX];
const float LOWEST = -3.0e38;

bool is_before(candidate a, candidate b)
{
    return a.logit > b.logit || (a.logit == b.logit && a.index < b.index);
}

candidate first_after(candidate last, uint row, bool is_first)
{
    uint lane = gl_LocalInvocationID.x;
    candidate mine = candidate(LOWEST, n_experts - 1);
    for (uint e = lane; e < n_experts; e += LANES) {
        candidate other = candidate(logits[row * n_experts + e], e);
        if ((is_first || is_before(last, other)) && is_before(other, mine))
            mine = other;
    }
    best[lane] = mine;
    barrier();
    for (uint n = LANES / 2; n > 0; n /= 2) {
        if (lane < n && is_before(best[lane + n], best[lane]))
            best[lane] = best[lane + n];
        barrier();
    }
    candidate result = best[0];
    barrier();
    return result;
}

void main()
{
    uint row = gl_WorkGroupID.x;
    float most = 0.0, total = 0.0;
    candidate last = candidate(0.0, 0);
    for (uint i = 0; i < n_used; i++) {
        last = first_after(last, row, i == 0);
        if (i == 0)
            most = last.logit;
        float w = exp(last.logit - most);
        total += w;
        if (gl_LocalInvocationID.x == 0) {
            chosen[row * n_used + i] = last.index;
            weight[i] = w;
        }
    }
    if (gl_LocalInvocationID.x == 0)
        for (uint i = 0; i < n_used; i++)
            share[row * n_used + i] = weight[i] / total * scale;
}
