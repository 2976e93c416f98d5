// Pairs (row, slot) ordered by the expert they chose, and cut into tiles of one expert each.
//
// One workgroup.  The order among an expert's pairs is whatever the atomics make it: a pair's product
// does not depend on its neighbours.
#version 450

layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint LANES = 1;
layout(constant_id = 1) const uint EXPERTS_MAX = 1;
layout(binding = 0) writeonly buffer Tiles { uint tiles[]; }; // [n_tiles] expert, first, n_rows
layout(binding = 1) writeonly buffer Order { uint order[]; }; // [n_pairs]
layout(binding = 2) readonly buffer Chosen { uint chosen[]; }; // [n_pairs]
layout(push_constant) uniform Push
{
    uint n_experts, n_pairs;
    uint tile_rows, n_tiles;
};

shared uint count[EXPERTS_MAX], next[EXPERTS_MAX]; // pairs of an expert; where its next one goes

void put_tile(uint i, uint expert, uint first, uint n_rows)
{
    tiles[i * 3] = expert;
    tiles[i * 3 + 1] = first;
    tiles[i * 3 + 2] = n_rows;
}

void cut_tiles()
{
    uint i = 0, first = 0;
    for (uint e = 0; e < n_experts; e++) {
        next[e] = first;
        for (uint k = 0; k < count[e]; k += tile_rows)
            put_tile(i++, e, first + k, min(tile_rows, count[e] - k));
        first += count[e];
    }
    for (; i < n_tiles; i++)
        put_tile(i, 0, 0, 0);
}

void main()
{
    uint lane = gl_LocalInvocationID.x;
    for (uint e = lane; e < n_experts; e += LANES)
        count[e] = 0;
    barrier();
    for (uint pair = lane; pair < n_pairs; pair += LANES)
        atomicAdd(count[chosen[pair]], 1);
    barrier();
    if (lane == 0)
        cut_tiles();
    barrier();
    for (uint pair = lane; pair < n_pairs; pair += LANES)
        order[atomicAdd(next[chosen[pair]], 1)] = pair;
}
