// Products with weights of every format: the scalar layer against dequantised values, every other
// layer against the scalar one, bit for bit.
#include "tests/backend/kernels_data.h"

enum { N_IN = 768 };

// Activations that bring out extremes: random; all quants 127; all -127; alternating.
static void fill_activations(float *x, size_t n, int kind)
{
    for (size_t i = 0; i < n; i++)
        x[i] = kind == 0   ? random_float(-3, 3)
               : kind == 1 ? 2.5f
               : kind == 2 ? -2.5f
                           : (i % 2 ? 2.5f : -2.5f);
}

static const int fills[] = {-1, 0x00, 0xff, 0x80, 0x7f, 0x88, 0xf0};

// The same activations as doubles.
static void activation_values(double *values, enum x_format format, const void *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (format == X_Q8_32) {
            const struct x_q8_32 *block = (const struct x_q8_32 *)x + i / 32;
            values[i] = (double)block->d * block->q[i % 32];
        } else {
            const struct x_q8_256 *block = (const struct x_q8_256 *)x + i / 256;
            values[i] = (double)block->d * block->q[i % 256];
        }
}

static void check_against_values(const struct weight_format *format, int fill, int kind)
{
    struct kernels scalar;
    kernels_select(&scalar, 0);
    const struct format_kernels *f = &scalar.formats[format->dtype];
    const struct dtype_info *info = dtype_get(format->dtype);
    unsigned char *w = make_weights(format, 3, N_IN, fill);
    float x[N_IN], values[N_IN], y[3];
    double x_values[N_IN];
    fill_activations(x, N_IN, kind);
    unsigned char *x_q = make_activations(f->x_format, x, 1, N_IN);
    activation_values(x_values, f->x_format, x_q, N_IN);
    f->rows(y, w, dtype_row_size(info, N_IN), 3, x_q, N_IN);
    for (int r = 0; r < 3; r++) {
        double sum = 0, magnitude = 1e-6;
        info->dequantize(values, w + (size_t)r * dtype_row_size(info, N_IN), N_IN);
        for (int i = 0; i < N_IN; i++) {
            sum += values[i] * x_values[i];
            magnitude += fabs(values[i] * x_values[i]);
        }
        // Mins may cancel most of a value, so its rounding shows beside the result.
        if (fabs(y[r] - sum) > 4e-6 * magnitude)
            fail_msg("%s: %.9g is not %.9g", info->name, (double)y[r], sum);
    }
    free(w);
    free(x_q);
}

TEST(kernels, scalar_products_are_those_of_dequantised_values)
{
    (void)state;
    for (size_t f = 0; f < COUNT_OF(weight_formats); f++)
        for (size_t i = 0; i < COUNT_OF(fills); i++)
            for (int kind = 0; kind < 4; kind++)
                check_against_values(&weight_formats[f], fills[i], kind);
}

TEST(kernels, activations_round_half_to_even_and_keep_sums)
{
    (void)state;
    struct kernels layers[4];
    float x[256] = {127, 0.5f, 1.5f, -0.5f, -1.5f, 2.5f, -127, 126.49f};
    static const int8_t expected[8] = {127, 0, 2, 0, -2, 2, -127, 126};
    for (size_t i = layers_here(layers); i-- > 0;) {
        struct x_q8_32 q32[8];
        struct x_q8_256 q256;
        layers[i].quantize[X_Q8_32](q32, x, 256);
        layers[i].quantize[X_Q8_256](&q256, x, 256);
        assert_memory_equal(q32[0].q, expected, 8);
        assert_memory_equal(q256.q, expected, 8);
        assert_true(q32[0].d == 1 && q256.d == 1);
        assert_int_equal(q32[0].sum, 128);
        assert_int_equal(q256.sums[0], 128);
        assert_true(q32[1].d == 0 && q32[1].sum == 0 && q256.sums[15] == 0);
    }
}

TEST(kernels, activations_beyond_floats_stay_visible)
{
    (void)state;
    struct kernels layers[4];
    for (size_t i = layers_here(layers); i-- > 0;) {
        float x[32] = {1, -INFINITY}, y[32] = {2, NAN, 3}, tiny[32] = {1e-38f, -2e-37f};
        struct x_q8_32 q;
        layers[i].quantize[X_Q8_32](&q, x, 32);
        assert_true(isinf(q.d) && q.q[0] == 0 && q.q[1] == 0 && q.sum == 0);
        layers[i].quantize[X_Q8_32](&q, y, 32);
        assert_true(isnan(q.d) && q.q[0] == 0 && q.q[1] == 0 && q.sum == 0);
        layers[i].quantize[X_Q8_32](&q, tiny, 32);
        assert_true(q.d == 0 && q.q[1] == 0 && q.sum == 0);
    }
}

TEST(kernels, every_layer_quantises_activations_alike)
{
    (void)state;
    struct kernels layers[4];
    size_t n_layers = layers_here(layers);
    for (int round = 0; round < 200; round++) {
        float x[512], scale = ldexpf(1, (int)(random_u32() % 250) - 125);
        unsigned char a[16 * sizeof(struct x_q8_32)], b[sizeof a];
        fill_random(x, 512, -scale, scale);
        for (int f = X_Q8_32; f < X_FORMAT_COUNT; f++)
            for (size_t i = 1; i < n_layers; i++) {
                layers[0].quantize[f](a, x, 512);
                layers[i].quantize[f](b, x, 512);
                assert_memory_equal(a, b, x_row_size(f, 512));
            }
    }
}

static void check_layers_agree(struct kernels *layers, size_t n_layers,
                               const struct weight_format *format, int fill, int kind,
                               size_t n_rows, size_t n_in)
{
    const struct dtype_info *info = dtype_get(format->dtype);
    unsigned char *w = make_weights(format, n_rows, n_in, fill);
    float *x = malloc(n_in * sizeof *x), *y = malloc(2 * n_rows * sizeof *y);
    fill_activations(x, n_in, kind);
    enum x_format x_format = layers[0].formats[format->dtype].x_format;
    unsigned char *x_q = make_activations(x_format, x, 1, n_in);
    for (size_t i = 0; i < n_layers; i++) {
        const struct format_kernels *f = &layers[i].formats[format->dtype];
        assert_int_equal(f->x_format, x_format);
        f->rows(y + (i > 0) * n_rows, w, dtype_row_size(info, n_in), n_rows, x_q, n_in);
        if (i > 0)
            check_same_bits(y, y + n_rows, n_rows, info->name);
    }
    free(w);
    free(x);
    free(x_q);
    free(y);
}

TEST(kernels, every_layer_gives_the_scalar_bits)
{
    (void)state;
    struct kernels layers[4];
    size_t n_layers = layers_here(layers);
    print_message("layers:");
    for (size_t i = 0; i < n_layers; i++)
        print_message(" %s", layers[i].name);
    print_message("\n");
    for (size_t f = 0; f < COUNT_OF(weight_formats); f++) {
        size_t block = dtype_get(weight_formats[f].dtype)->block_elements;
        for (size_t i = 0; i < COUNT_OF(fills); i++)
            for (int kind = 0; kind < 4; kind++)
                check_layers_agree(layers, n_layers, &weight_formats[f], fills[i], kind, 9, N_IN);
        for (size_t n_rows = 1; n_rows < 20; n_rows++)
            check_layers_agree(layers, n_layers, &weight_formats[f], -1, 0, n_rows, 3 * block);
        check_layers_agree(layers, n_layers, &weight_formats[f], -1, 0, 37, block);
    }
}

// tile() over n_x activation rows against rows() one by one.
static void check_tile(const struct kernels *kernels, const struct weight_format *format, int fill,
                       size_t n_rows, size_t n_x, size_t n_in)
{
    const struct format_kernels *f = &kernels->formats[format->dtype];
    size_t row_size = dtype_row_size(dtype_get(format->dtype), n_in);
    size_t x_size = x_row_size(f->x_format, n_in), stride = n_rows + 3;
    unsigned char *w = make_weights(format, n_rows, n_in, fill);
    float *x = malloc(n_x * n_in * sizeof *x), *y = malloc((n_x + 1) * stride * sizeof *y);
    for (size_t i = 0; i < n_x; i++)
        fill_activations(x + i * n_in, n_in, fill < 0 ? 0 : (int)(i % 4));
    unsigned char *x_q = make_activations(f->x_format, x, n_x, n_in);
    for (size_t i = 0; i < n_x * stride; i++)
        y[i] = -1.5f;
    f->tile(y, stride, w, row_size, n_rows, x_q, x_size, n_x, n_in);
    for (size_t i = 0; i < n_x; i++) {
        f->rows(y + n_x * stride, w, row_size, n_rows, x_q + i * x_size, n_in);
        check_same_bits(y + n_x * stride, y + i * stride, n_rows, dtype_get(format->dtype)->name);
        for (size_t j = n_rows; j < stride; j++) // nothing is written between the rows
            assert_true(y[i * stride + j] == -1.5f);
    }
    free(w);
    free(x);
    free(y);
    free(x_q);
}

TEST(kernels, tiles_equal_rows_bit_for_bit)
{
    (void)state;
    struct kernels layers[4];
    for (size_t i = layers_here(layers); i-- > 0;)
        for (size_t f = 0; f < COUNT_OF(weight_formats); f++) {
            const struct weight_format *format = &weight_formats[f];
            size_t block = dtype_get(format->dtype)->block_elements;
            for (size_t n_x = 1; n_x <= 40; n_x++)
                check_tile(&layers[i], format, -1, 1 + random_u32() % 35, n_x, 3 * block);
            for (size_t n_rows = 1; n_rows < 35; n_rows++)
                check_tile(&layers[i], format, -1, n_rows, 1 + random_u32() % 20, block);
            for (size_t j = 1; j < COUNT_OF(fills); j++)
                check_tile(&layers[i], format, fills[j], 17, 13, 2 * block);
            check_tile(&layers[i], format, -1, 33, 21, 5120);
        }
}

// Float weights have tails: any number of values.
static void check_floats(struct kernels *layers, size_t n_layers, enum dtype dtype, size_t n_rows,
                         size_t n_x, size_t n)
{
    size_t row_size = dtype_row_size(dtype_get(dtype), n);
    float *values = malloc(n_rows * n * sizeof *values), *x = malloc(n_x * n * sizeof *x);
    float *y = malloc(n_x * n_rows * sizeof *y), *one = malloc(n_rows * sizeof *one);
    unsigned char *w = malloc(n_rows * row_size + 1);
    fill_random(values, n_rows * n, -1, 1);
    fill_random(x, n_x * n, -1, 1);
    dtype_get(dtype)->quantize(w, values, n_rows * n);
    dtype_get(dtype)->dequantize(values, w, n_rows * n);
    for (size_t i = 0; i < n_layers; i++) {
        const struct format_kernels *f = &layers[i].formats[dtype];
        f->tile(y, n_rows, w, row_size, n_rows, x, n * sizeof *x, n_x, n);
        for (size_t j = 0; j < n_x; j++) {
            f->rows(one, w, row_size, n_rows, x + j * n, n);
            check_same_bits(one, y + j * n_rows, n_rows, "tile");
            layers[0].formats[dtype].rows(one, w, row_size, n_rows, x + j * n, n);
            check_same_bits(one, y + j * n_rows, n_rows, layers[i].name);
        }
        double sum = 0;
        for (size_t j = 0; j < n; j++)
            sum += (double)values[j] * x[j];
        assert_true(fabs(sum - y[0]) < 1e-5 * sqrt((double)n));
    }
    free(values);
    free(x);
    free(y);
    free(one);
    free(w);
}

TEST(kernels, float_weights_have_one_definition_too)
{
    (void)state;
    struct kernels layers[4];
    size_t n_layers = layers_here(layers);
    static const enum dtype dtypes[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16};
    for (size_t d = 0; d < COUNT_OF(dtypes); d++) {
        for (size_t n = 1; n < 80; n += n < 8 ? 1 : 7)
            check_floats(layers, n_layers, dtypes[d], 1 + n % 5, 1 + n % 9, n);
        check_floats(layers, n_layers, dtypes[d], 19, 11, 2048);
    }
}

RUN_TESTS(IS(kernels, scalar_products_are_those_of_dequantised_values),
          IS(kernels, activations_round_half_to_even_and_keep_sums),
          IS(kernels, activations_beyond_floats_stay_visible),
          IS(kernels, every_layer_quantises_activations_alike),
          IS(kernels, every_layer_gives_the_scalar_bits), IS(kernels, tiles_equal_rows_bit_for_bit),
          IS(kernels, float_weights_have_one_definition_too))
