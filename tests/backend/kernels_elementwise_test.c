// Norms, gates, sums, the short convolution and row conversions: the scalar layer against doubles,
// every other layer against the scalar one, bit for bit.
#include "tests/backend/kernels_data.h"

#include "backend/cpu/kernels/exp.h"

static const size_t sizes[] = {1, 3, 7, 8, 9, 31, 32, 33, 40, 64, 100, 127, 128, 255, 256, 2048};

static void check_close(double expected, double value, double tolerance, const char *what)
{
    if (!(fabs(value - expected) <= tolerance * (fabs(expected) + 1e-30)))
        fail_msg("%s: %.9g is not %.9g", what, value, expected);
}

TEST(kernels, exp_is_right_to_one_unit_in_the_last_place)
{
    (void)state;
    double worst = 0;
    for (int i = 0; i < 2000000; i++) {
        float x = -87 + 175 * (float)i / 2000000;
        double error = fabs(exp_f32(x) / exp(x) - 1);
        worst = error > worst ? error : worst;
    }
    if (worst > 1.2e-7)
        fail_msg("relative error %.3g", worst);
    assert_true(exp_f32(0) == 1);
    assert_true(exp_f32(-INFINITY) == 0 && exp_f32(-88) == 0);
    assert_true(exp_f32(INFINITY) == exp_f32(88) && isfinite(exp_f32(88)));
    assert_true(isnan(exp_f32(NAN)));
}

TEST(kernels, norm_and_gates_are_close_to_double_arithmetic)
{
    (void)state;
    struct kernels k;
    kernels_select(&k, 0);
    float x[300], w[300], up[300], y[300];
    fill_random(x, 300, -4, 4);
    fill_random(w, 300, -2, 2);
    fill_random(up, 300, -2, 2);
    double squares = 0;
    for (int i = 0; i < 300; i++)
        squares += (double)x[i] * x[i];
    k.norm(y, x, w, 300, 1e-5f);
    for (int i = 0; i < 300; i++)
        check_close(x[i] * w[i] / sqrt(squares / 300 + 1e-5), y[i], 1e-6, "norm");
    k.norm(y, x, NULL, 300, 1e-5f);
    check_close(x[7] / sqrt(squares / 300 + 1e-5), y[7], 1e-6, "norm without weights");
    k.gate(y, x, up, 300, ACT_SILU);
    for (int i = 0; i < 300; i++)
        check_close(x[i] / (1 + exp(-x[i])) * up[i], y[i], 1e-6, "silu");
    k.gate(y, x, up, 300, ACT_GELU_TANH);
    for (int i = 0; i < 300; i++) {
        double u = sqrt(2 / M_PI) * (x[i] + 0.044715 * pow(x[i], 3));
        check_close(0.5 * x[i] * (1 + tanh(u)) * up[i], y[i], 4e-6, "gelu");
    }
    memcpy(y, up, sizeof y);
    k.gate_sigmoid(y, x, 300);
    for (int i = 0; i < 300; i++)
        check_close(up[i] / (1 + exp(-x[i])), y[i], 1e-6, "sigmoid");
}

TEST(kernels, convolution_follows_its_formula)
{
    (void)state;
    struct kernels k;
    kernels_select(&k, 0);
    // One channel, three taps: inputs 1 2 | 3 4, weights 0.5 -1 2.
    float window[2] = {1, 2}, u[2] = {3, 4}, out[2];
    static const float weight[3] = {0.5f, -1, 2};
    k.conv_silu(out, 1, u, 1, 2, 1, window, 1, weight, 3);
    check_close(4.5 / (1 + exp(-4.5)), out[0], 1e-6, "first");
    check_close(6 / (1 + exp(-6.0)), out[1], 1e-6, "second");
    assert_true(window[0] == 3 && window[1] == 4);
}

TEST(kernels, elementwise_layers_give_the_scalar_bits)
{
    (void)state;
    struct kernels layers[4];
    size_t n_layers = layers_here(layers);
    static float x[2048], w[2048], y[2][2048];
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        size_t n = sizes[i];
        fill_random(x, n, -30, 30);
        fill_random(w, n, -2, 2);
        x[0] = i % 3 == 0 ? 1000 : i % 3 == 1 ? -1000 : 0;
        for (size_t l = 1; l < n_layers; l++) {
            const struct kernels *a = &layers[0], *b = &layers[l];
#define SAME(what, call_a, call_b)                                                                 \
    memcpy(y[0], w, n * sizeof *w);                                                                \
    memcpy(y[1], w, n * sizeof *w);                                                                \
    call_a;                                                                                        \
    call_b;                                                                                        \
    check_same_bits(y[0], y[1], n, what)
            SAME("norm", a->norm(y[0], x, w, n, 1e-6f), b->norm(y[1], x, w, n, 1e-6f));
            SAME("norm without weights", a->norm(y[0], x, NULL, n, 1e-6f),
                 b->norm(y[1], x, NULL, n, 1e-6f));
            SAME("add", a->add(y[0], x, n), b->add(y[1], x, n));
            SAME("add_scaled", a->add_scaled(y[0], x, 0.3f, n), b->add_scaled(y[1], x, 0.3f, n));
            SAME("silu", a->gate(y[0], x, w, n, ACT_SILU), b->gate(y[1], x, w, n, ACT_SILU));
            SAME("gelu", a->gate(y[0], x, w, n, ACT_GELU_TANH),
                 b->gate(y[1], x, w, n, ACT_GELU_TANH));
            SAME("sigmoid", a->gate_sigmoid(y[0], x, n), b->gate_sigmoid(y[1], x, n));
#undef SAME
        }
    }
}

TEST(kernels, norm_may_write_where_it_reads)
{
    (void)state;
    struct kernels layers[4];
    float x[77], y[77], w[77];
    fill_random(x, 77, -1, 1);
    fill_random(w, 77, -1, 1);
    for (size_t i = layers_here(layers); i-- > 0;) {
        float in_place[77];
        memcpy(in_place, x, sizeof x);
        layers[i].norm(y, x, w, 77, 1e-6f);
        layers[i].norm(in_place, in_place, w, 77, 1e-6f);
        check_same_bits(y, in_place, 77, "norm");
        memcpy(in_place, x, sizeof x);
        layers[i].gate(y, x, w, 77, ACT_SILU);
        layers[i].gate(in_place, in_place, w, 77, ACT_SILU);
        check_same_bits(y, in_place, 77, "gate");
    }
}

struct conv_run {
    float out[20][61], window[5][61];
};

static void run_conv(struct conv_run *run, const struct kernels *k, const float *u,
                     const float *weight, size_t n_channels, size_t taps, size_t n_at_once)
{
    for (size_t t = 0; t < 20; t += n_at_once) {
        size_t n = 20 - t < n_at_once ? 20 - t : n_at_once;
        k->conv_silu(run->out[t], 61, u + t * 61, 61, n, n_channels, run->window[0], 61, weight,
                     taps);
    }
}

TEST(kernels, convolution_is_the_same_in_every_layer_and_cut)
{
    (void)state;
    struct kernels layers[4];
    size_t n_layers = layers_here(layers);
    static float u[20 * 61], weight[61 * 6];
    static struct conv_run start, a, b;
    for (size_t taps = 2; taps <= 6; taps++)
        for (size_t n_channels = 1; n_channels <= 61; n_channels += 6) {
            fill_random(u, COUNT_OF(u), -2, 2);
            fill_random(weight, COUNT_OF(weight), -1, 1);
            fill_random(start.window[0], 5 * 61, -2, 2);
            a = start;
            run_conv(&a, &layers[0], u, weight, n_channels, taps, 20);
            for (size_t l = 0; l < n_layers; l++)
                for (size_t n = 1; n <= 20; n += 1 + n / 3) {
                    b = start;
                    run_conv(&b, &layers[l], u, weight, n_channels, taps, n);
                    check_same_bits(a.out[0], b.out[0], 20 * 61, "out");
                    check_same_bits(a.window[0], b.window[0], 5 * 61, "window");
                }
        }
}

// Conversions keep the bits of the dtype table.
TEST(kernels, row_conversions_are_those_of_the_formats)
{
    (void)state;
    struct kernels layers[4];
    size_t n_layers = layers_here(layers);
    for (uint32_t id = 0; id < DTYPE_COUNT; id++) {
        const struct dtype_info *info = dtype_find(id);
        for (size_t l = 0; info && l < n_layers; l++)
            for (size_t n = info->block_elements; n <= 512; n += info->block_elements) {
                if (info->block_elements == 1 && n > 80)
                    break;
                float x[512], y[512], z[512];
                unsigned char a[4096], b[4096];
                fill_random(x, n, -3, 3);
                x[0] = n % 3 == 0 ? 70000 : 1e-6f;
                if (info->quantize) {
                    info->quantize(a, x, n);
                    layers[l].quantize_kv[id](b, x, n);
                    assert_memory_equal(a, b, dtype_row_size(info, n));
                } else {
                    for (size_t i = 0; i < dtype_row_size(info, n); i++)
                        a[i] = (unsigned char)(random_u32() & 0x3b);
                }
                info->dequantize(y, a, n);
                layers[l].dequantize[id](z, a, n);
                check_same_bits(y, z, n, info->name);
            }
    }
}

RUN_TESTS(IS(kernels, exp_is_right_to_one_unit_in_the_last_place),
          IS(kernels, norm_and_gates_are_close_to_double_arithmetic),
          IS(kernels, convolution_follows_its_formula),
          IS(kernels, elementwise_layers_give_the_scalar_bits),
          IS(kernels, norm_may_write_where_it_reads),
          IS(kernels, convolution_is_the_same_in_every_layer_and_cut),
          IS(kernels, row_conversions_are_those_of_the_formats))
