// rows.glsl - where each row of the batch belongs, as step.c uploads it.
const uint KV_PAGE_TOKENS = 64;

// A row is its position, and per KV group where its sequence's page table begins.
uint row_position(uvec4 row)
{
    return row.x;
}

uint row_table(uvec4 row, uint i_group)
{
    return row[1 + i_group];
}
