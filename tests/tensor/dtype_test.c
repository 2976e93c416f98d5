#include <math.h>

#include "base/memory.h"
#include "base/rng.h"
#include "tensor/blocks.h"
#include "tensor/dtype.h"
#include "tensor/half.h"
#include "tensor/iq_tables.h"
#include "tests/test.h"

#define UNUSED (void)state

static bool is_nan16(uint16_t half)
{
    return (half & 0x7fff) > 0x7c00;
}

TEST(half, every_f16_survives_the_way_through_float)
{
    UNUSED;
    for (uint32_t half = 0; half < 0x10000; half++) {
        float value = f16_to_f32((uint16_t)half);
        assert_int_equal(f32_bits(value), f32_bits(f16_to_f32_plain((uint16_t)half)));
        uint16_t quiet = is_nan16((uint16_t)half) ? 0x0200 : 0;
        assert_int_equal(f32_to_f16(value), half | quiet);
        assert_int_equal(f32_to_f16_plain(value), half | quiet);
    }
}

TEST(half, narrowing_rounds_to_nearest_even)
{
    UNUSED;
    static const struct {
        float value;
        uint16_t half;
    } cases[] = {
        {0.0f, 0x0000},          {-0.0f, 0x8000},         {1.0f, 0x3c00},
        {-2.0f, 0xc000},         {65504.0f, 0x7bff},      {65519.996f, 0x7bff},
        {65520.0f, 0x7c00},      {1e30f, 0x7c00},         {-1e30f, 0xfc00},
        {0x1p-14f, 0x0400},      {0x1p-24f, 0x0001},      {0x1p-25f, 0x0000},
        {0x1.8p-24f, 0x0002},    {0x1.000002p-25f, 1},    {0x1.002p0f, 0x3c00},
        {0x1.006p0f, 0x3c02},    {0x1.002002p0f, 0x3c01}, {0x1.ffep-15f, 0x0400},
        {-0x1.ff8p-15f, 0x83ff}, {0x1p-149f, 0x0000},     {0x1.ffep15f, 0x7c00},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(f32_to_f16_plain(cases[i].value), cases[i].half);
        assert_int_equal(f32_to_f16(cases[i].value), cases[i].half);
    }
    assert_true(is_nan16(f32_to_f16(f32_from_bits(0x7f800001))));
    assert_int_equal(f32_to_f16_plain(f32_from_bits(0xff800001)), 0xfe00);
}

// Between two neighbours the nearer wins, and on the middle the even one: for all pairs.
TEST(half, narrowing_picks_the_nearer_neighbour_everywhere)
{
    UNUSED;
    for (uint32_t half = 0; half < 0x7bff; half++) {
        float low = f16_to_f32((uint16_t)half), high = f16_to_f32((uint16_t)(half + 1));
        float middle = low + (high - low) / 2;
        uint32_t bits = f32_bits(middle);
        assert_int_equal(f32_to_f16_plain(middle), half + (half & 1));
        assert_int_equal(f32_to_f16_plain(f32_from_bits(bits - 1)), half);
        assert_int_equal(f32_to_f16_plain(f32_from_bits(bits + 1)), half + 1);
    }
}

TEST(half, bf16_rounds_to_nearest_even)
{
    UNUSED;
    assert_int_equal(f32_to_bf16(1.0f), 0x3f80);
    assert_int_equal(f32_to_bf16(f32_from_bits(0x3f808000)), 0x3f80);
    assert_int_equal(f32_to_bf16(f32_from_bits(0x3f818000)), 0x3f82);
    assert_int_equal(f32_to_bf16(f32_from_bits(0x3f808001)), 0x3f81);
    assert_int_equal(f32_to_bf16(f32_from_bits(0x7f7fffff)), 0x7f80);
    assert_int_equal(f32_to_bf16(f32_from_bits(0x7f800001)), 0x7fc0);
    assert_int_equal(f32_to_bf16(f32_from_bits(0xffffffff)), 0xffff);
    assert_int_equal(f32_bits(bf16_to_f32(0xc0a5)), 0xc0a50000);
}

TEST(dtype, sizes_are_those_of_the_format)
{
    UNUSED;
    static const struct {
        const char *name;
        uint32_t id, elements, size;
    } rows[] = {
        {"F32", 0, 1, 4},         {"F16", 1, 1, 2},         {"Q4_0", 2, 32, 18},
        {"Q4_1", 3, 32, 20},      {"Q5_0", 6, 32, 22},      {"Q5_1", 7, 32, 24},
        {"Q8_0", 8, 32, 34},      {"Q2_K", 10, 256, 84},    {"Q3_K", 11, 256, 110},
        {"Q4_K", 12, 256, 144},   {"Q5_K", 13, 256, 176},   {"Q6_K", 14, 256, 210},
        {"Q8_K", 15, 256, 292},   {"IQ2_XXS", 16, 256, 66}, {"IQ2_XS", 17, 256, 74},
        {"IQ3_XXS", 18, 256, 98}, {"IQ1_S", 19, 256, 50},   {"IQ4_NL", 20, 32, 18},
        {"IQ3_S", 21, 256, 110},  {"IQ2_S", 22, 256, 82},   {"IQ4_XS", 23, 256, 136},
        {"IQ1_M", 29, 256, 56},   {"BF16", 30, 1, 2},       {"MXFP4", 39, 32, 17},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct dtype_info *info = dtype_find(rows[i].id);
        assert_non_null(info);
        assert_string_equal(info->name, rows[i].name);
        assert_int_equal(info->block_elements, rows[i].elements);
        assert_int_equal(info->block_size, rows[i].size);
        assert_int_equal(dtype_from_name(rows[i].name), rows[i].id);
        assert_int_equal(dtype_row_size(info, 512), 512 / rows[i].elements * rows[i].size);
    }
    uint32_t n_known = 0;
    for (uint32_t id = 0; id < 1000; id++)
        n_known += dtype_find(id) != NULL;
    assert_int_equal(n_known, COUNT_OF(rows));
}

TEST(dtype, unknown_formats_have_words_and_no_row)
{
    UNUSED;
    assert_null(dtype_find(137));
    assert_null(dtype_find(UINT32_MAX));
    assert_string_equal(dtype_name(137), "IQ2_K (ik_llama.cpp)");
    assert_string_equal(dtype_name(12), "Q4_K");
    assert_string_equal(dtype_name(UINT32_MAX), "an unknown format");
    assert_int_equal(dtype_from_name("iq4_xs"), DTYPE_IQ4_XS);
    assert_int_equal(dtype_from_name("q9"), -1);
}

TEST(iq_tables, signs_have_even_parity)
{
    UNUSED;
    for (uint32_t seven = 0; seven < 128; seven++) {
        assert_int_equal(iq_signs(seven) & 127, seven);
        assert_int_equal(__builtin_popcount(iq_signs(seven)) % 2, 0);
    }
}

// Fowler, Noll and Vo's FNV-1a over a whole table: a digit mistyped anywhere shows.
static uint32_t table_hash(const void *bytes, size_t size)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 16777619u;
    return hash;
}

TEST(iq_tables, hold_the_published_numbers)
{
    UNUSED;
    assert_int_equal(table_hash(iq2_xxs_grid, sizeof iq2_xxs_grid), 0x3db4a16e);
    assert_int_equal(table_hash(iq2_xs_grid, sizeof iq2_xs_grid), 0xebeb17dd);
    assert_int_equal(table_hash(iq2_s_grid, sizeof iq2_s_grid), 0x82981110);
    assert_int_equal(table_hash(iq3_xxs_grid, sizeof iq3_xxs_grid), 0x49a45035);
    assert_int_equal(table_hash(iq3_s_grid, sizeof iq3_s_grid), 0x71cc6c89);
    assert_int_equal(table_hash(iq1_grid, sizeof iq1_grid), 0x2fe8cbce);
}

// Random blocks of every format (the same on every machine) have these values: the hashes were taken
// when the functions agreed with the reference blocks below, bit for bit.
TEST(dtype, values_of_fixed_random_blocks_are_known)
{
    UNUSED;
    static const struct {
        enum dtype dtype;
        uint32_t hash;
    } rows[] = {
        {DTYPE_F16, 0xc691ca28},     {DTYPE_BF16, 0x7b244726},   {DTYPE_Q4_0, 0x55038b70},
        {DTYPE_Q4_1, 0x015bf341},    {DTYPE_Q5_0, 0x63eabfed},   {DTYPE_Q5_1, 0x3fa86940},
        {DTYPE_Q8_0, 0x29d8c074},    {DTYPE_IQ4_NL, 0x2440ccf6}, {DTYPE_MXFP4, 0xd82658b1},
        {DTYPE_Q2_K, 0xd28756d9},    {DTYPE_Q3_K, 0xe5e57b0c},   {DTYPE_Q4_K, 0x5bb42660},
        {DTYPE_Q5_K, 0x87f0a4e6},    {DTYPE_Q6_K, 0x10279736},   {DTYPE_IQ4_XS, 0x2c0574b8},
        {DTYPE_IQ2_XXS, 0xb8737ef7}, {DTYPE_IQ2_XS, 0x3fef293a}, {DTYPE_IQ2_S, 0xf332c0cf},
        {DTYPE_IQ3_XXS, 0x7d44631a}, {DTYPE_IQ3_S, 0x2eed76e1},  {DTYPE_IQ1_S, 0x45aec4f8},
        {DTYPE_IQ1_M, 0xcf423094},
    };
    for (size_t r = 0; r < COUNT_OF(rows); r++) {
        const struct dtype_info *info = dtype_get(rows[r].dtype);
        struct rng rng;
        rng_seed(&rng, 1000 + (uint64_t)rows[r].dtype);
        enum { N = 8192 };
        _Alignas(16) static unsigned char blocks[4 * N];
        static float values[N];
        static uint32_t bits[N];
        for (size_t i = 0; i < sizeof blocks; i++)
            blocks[i] = (unsigned char)rng_next(&rng);
        info->dequantize(values, blocks, N);
        for (int i = 0; i < N; i++) // all NaN count as one
            bits[i] = values[i] == values[i] ? f32_bits(values[i]) : 0x7fc00000;
        uint32_t hash = table_hash(bits, sizeof bits);
        if (hash != rows[r].hash)
            fail_msg("%s: %08x instead of %08x", info->name, hash, rows[r].hash);
    }
}

// Reads the next hexadecimal number at *text, or false at the end of the line.
static bool next_word(const char **text, uint32_t *word)
{
    char *end;
    *word = (uint32_t)strtoul(*text, &end, 16);
    bool found = end != *text;
    *text = end;
    return found;
}

static size_t bytes_from_hex(unsigned char *bytes, size_t size_max, const char *hex)
{
    size_t size = 0;
    unsigned byte;
    for (; size < size_max && sscanf(hex, "%2x", &byte) == 1; hex += 2)
        bytes[size++] = (unsigned char)byte;
    return size;
}

TEST(dtype, dequantizes_reference_blocks_bit_for_bit)
{
    NEED_DATA(folder);
    char path[4096], name[32];
    snprintf(path, sizeof path, "%s/data/quant-vectors.txt", folder);
    char *text = test_read_file(path, NULL), *rest = text, *line;
    const struct dtype_info *info = NULL;
    _Alignas(16) unsigned char block[300];
    size_t n_blocks = 0;
    while ((line = strtok_r(rest, "\n", &rest))) {
        uint32_t id, word;
        if (sscanf(line, "type %31s %u", name, &id) == 2)
            info = dtype_find(id);
        if (!info)
            continue; // NVFP4
        if (strncmp(line, "b ", 2) == 0)
            assert_int_equal(bytes_from_hex(block, sizeof block, line + 2), info->block_size);
        if (strncmp(line, "f ", 2) == 0) {
            float values[256];
            info->dequantize(values, block, info->block_elements);
            const char *at = line + 2;
            for (uint32_t i = 0; i < info->block_elements; i++) {
                assert_true(next_word(&at, &word));
                if (f32_bits(values[i]) != word)
                    fail_msg("%s value %u: %08x instead of %08x", name, i, f32_bits(values[i]),
                             word);
            }
            n_blocks++;
        }
    }
    assert_int_equal(n_blocks, 81);
    free(text);
}

// Sum over 32-blocks of x^2 times squared error, the measure that IQ4_NL's scale search minimises.
static double weighted_error(const struct dtype_info *info, const void *blocks, const float *values)
{
    float back[256];
    double sum = 0;
    info->dequantize(back, blocks, 256);
    for (int i = 0; i < 256; i++) {
        double x = (double)values[i], error = x - (double)back[i];
        sum += x * x * error * error;
    }
    return sum;
}

TEST(dtype, quantizes_reference_values_bit_for_bit)
{
    NEED_DATA(folder);
    char path[4096], name[32];
    snprintf(path, sizeof path, "%s/data/quant-vectors.txt", folder);
    char *text = test_read_file(path, NULL), *rest = text, *line;
    float values[256];
    size_t n_checked = 0;
    while ((line = strtok_r(rest, "\n", &rest))) {
        if (strncmp(line, "x ", 2) == 0) {
            const char *at = line + 2;
            for (int i = 0; i < 256; i++) {
                uint32_t word;
                assert_true(next_word(&at, &word));
                values[i] = f32_from_bits(word);
            }
        }
        if (sscanf(line, "q %31s", name) != 1)
            continue;
        const struct dtype_info *info = dtype_find((uint32_t)dtype_from_name(name));
        if (!info || !info->quantize)
            continue;
        unsigned char expected[300], blocks[300];
        size_t size = dtype_row_size(info, 256);
        assert_int_equal(bytes_from_hex(expected, sizeof expected, line + 3 + strlen(name)), size);
        info->quantize(blocks, values, 256);
        n_checked++;
        if (info == dtype_get(DTYPE_IQ4_NL)) { // the reference makes no search here; we do
            if (weighted_error(info, blocks, values) > weighted_error(info, expected, values))
                fail_msg("IQ4_NL: worse than the reference");
            continue;
        }
        for (size_t i = 0; i < size; i++)
            if (blocks[i] != expected[i])
                fail_msg("%s byte %zu: %02x instead of %02x", name, i, blocks[i], expected[i]);
    }
    assert_int_equal(n_checked, 4 * 14);
    free(text);
}

// The same values on every machine: sums of four uniform numbers, so nearly normal, deviation 0.58.
static void fixed_values(float *values, int n, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    for (int i = 0; i < n; i++) {
        uint64_t bits = rng_next(&rng);
        int sum = (int)(bits & 0xffff) + (int)(bits >> 16 & 0xffff) + (int)(bits >> 32 & 0xffff) +
                  (int)(bits >> 48);
        values[i] = (float)(sum - 131070) * 0x1p-16f;
    }
}

// The error each format makes, and its very bits: hashes were taken when the functions agreed with
// the reference quantisations above.
TEST(dtype, quantizing_fixed_values_loses_little_and_is_known)
{
    UNUSED;
    static const struct {
        enum dtype dtype;
        double error; // root mean square, relative to the values'
        uint32_t hash;
    } rows[] = {
        {DTYPE_F32, 0, 0x5149f166},       {DTYPE_F16, 0.0003, 0x14641981},
        {DTYPE_BF16, 0.002, 0x7fee945e},  {DTYPE_Q8_K, 0.007, 0x1ed2ab5b},
        {DTYPE_Q8_0, 0.006, 0xcf53e503},  {DTYPE_Q6_K, 0.02, 0xe7b32a15},
        {DTYPE_Q5_1, 0.04, 0xa82464c8},   {DTYPE_Q5_0, 0.043, 0x4a49bdf5},
        {DTYPE_Q5_K, 0.04, 0xca181223},   {DTYPE_Q4_1, 0.08, 0x46094c4b},
        {DTYPE_Q4_0, 0.09, 0x6b4f4bc7},   {DTYPE_Q4_K, 0.08, 0x5082b672},
        {DTYPE_IQ4_NL, 0.08, 0x28fdf749}, {DTYPE_IQ4_XS, 0.08, 0x46d1cd06},
        {DTYPE_MXFP4, 0.12, 0xdee3b2f5},  {DTYPE_Q3_K, 0.16, 0x707db342},
        {DTYPE_Q2_K, 0.3, 0x37714983},
    };
    enum { N = 4096 };
    static float values[N], back[N];
    static _Alignas(16) unsigned char blocks[4 * N];
    fixed_values(values, N, 7);
    for (size_t r = 0; r < COUNT_OF(rows); r++) {
        const struct dtype_info *info = dtype_get(rows[r].dtype);
        info->quantize(blocks, values, N);
        info->dequantize(back, blocks, N);
        double errors = 0, squares = 0;
        for (int i = 0; i < N; i++) {
            double error = (double)back[i] - (double)values[i];
            errors += error * error;
            squares += (double)values[i] * (double)values[i];
        }
        if (!(sqrt(errors / squares) <= rows[r].error))
            fail_msg("%s: relative error %.4f", info->name, sqrt(errors / squares));
        uint32_t hash = table_hash(blocks, dtype_row_size(info, N));
        if (hash != rows[r].hash)
            fail_msg("%s: %08x instead of %08x", info->name, hash, rows[r].hash);
    }
}

TEST(dtype, q8_0_rounds_halves_away_from_zero)
{
    UNUSED;
    float values[32] = {127,   0.5f, -0.5f, 0x1.fffffep-2f, -0x1.fffffep-2f, 1.5f, 2.5f,
                        -2.5f, 0.4f, 99.5f, -126.5f,        126.49999f,      -127};
    static const int8_t levels[32] = {127, 1, -1, 0, 0, 2, 3, -3, 0, 100, -127, 126, -127};
    struct block_q8_0 block;
    dtype_get(DTYPE_Q8_0)->quantize(&block, values, 32);
    assert_memory_equal(block.qs, levels, 32);
}

TEST(dtype, quantizing_what_is_not_finite_stays_in_range)
{
    UNUSED;
    float values[256] = {0};
    values[3] = f32_from_bits(0x7fc00000);
    values[77] = f32_from_bits(0xff800000);
    values[200] = 3e38f;
    for (uint32_t id = 0; id < DTYPE_COUNT; id++) {
        const struct dtype_info *info = dtype_find(id);
        if (!info || !info->quantize)
            continue;
        _Alignas(16) unsigned char blocks[4 * 256];
        info->quantize(blocks, values, 256); // under UBSan: no conversion out of range
    }
    float zeros[256] = {0}, back[256];
    _Alignas(16) unsigned char blocks[4 * 256];
    for (uint32_t id = 0; id < DTYPE_COUNT; id++) {
        const struct dtype_info *info = dtype_find(id);
        if (!info || !info->quantize)
            continue;
        info->quantize(blocks, zeros, 256);
        info->dequantize(back, blocks, 256);
        for (int i = 0; i < 256; i++)
            assert_true(back[i] == 0);
    }
}

RUN_TESTS(IS(half, every_f16_survives_the_way_through_float),
          IS(half, narrowing_rounds_to_nearest_even),
          IS(half, narrowing_picks_the_nearer_neighbour_everywhere),
          IS(half, bf16_rounds_to_nearest_even), IS(dtype, sizes_are_those_of_the_format),
          IS(dtype, unknown_formats_have_words_and_no_row), IS(iq_tables, signs_have_even_parity),
          IS(iq_tables, hold_the_published_numbers),
          IS(dtype, values_of_fixed_random_blocks_are_known),
          IS(dtype, dequantizes_reference_blocks_bit_for_bit),
          IS(dtype, quantizes_reference_values_bit_for_bit),
          IS(dtype, quantizing_fixed_values_loses_little_and_is_known),
          IS(dtype, q8_0_rounds_halves_away_from_zero),
          IS(dtype, quantizing_what_is_not_finite_stays_in_range))
