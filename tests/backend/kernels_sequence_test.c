// Attention over pages and the delta rule: the scalar layer against doubles, every other layer
// against the scalar one, and results that do not depend on who shares the call.
#include "tests/backend/kernels_data.h"

enum { N_Q = 13, DIM_MAX = 256, PAGES = 3 };

// A short sequence: keys and values of three pages, and N_Q query rows with their own limits.
struct scene {
    size_t dim;
    float k[PAGES][KV_PAGE_TOKENS][DIM_MAX], v[PAGES][KV_PAGE_TOKENS][DIM_MAX];
    float q[N_Q][DIM_MAX];
    uint32_t first[N_Q], end[N_Q]; // in keys of the sequence
};

static struct scene scene;

static void make_scene(size_t dim, float spread)
{
    scene.dim = dim;
    for (int page = 0; page < PAGES; page++) {
        fill_random(scene.k[page][0], KV_PAGE_TOKENS * dim, -spread, spread);
        fill_random(scene.v[page][0], KV_PAGE_TOKENS * dim, -1, 1);
    }
    for (int i = 0; i < N_Q; i++) {
        fill_random(scene.q[i], dim, -1, 1);
        // In pairs and fours with equal limits, as the heads of one token are; some with windows.
        scene.end[i] = i % 4 ? scene.end[i - 1] : 1 + random_u32() % (PAGES * KV_PAGE_TOKENS);
        scene.first[i] = i % 4 ? scene.first[i - 1] : i % 8 ? 0 : random_u32() % scene.end[i];
    }
}

static uint32_t within_page(uint32_t key, uint32_t page)
{
    uint32_t start = page * KV_PAGE_TOKENS;
    return key < start ? 0 : key - start > KV_PAGE_TOKENS ? KV_PAGE_TOKENS : key - start;
}

// Rows [first, end) of the scene, in one call for each page.
static void attend(const struct kernels *kernels, struct attend_row *rows, float (*o)[DIM_MAX],
                   int first, int end)
{
    for (int i = first; i < end; i++)
        rows[i] = (struct attend_row){.q = scene.q[i], .o = o[i], .max = -INFINITY};
    for (uint32_t page = 0; page < PAGES; page++) {
        for (int i = first; i < end; i++) {
            rows[i].first = within_page(scene.first[i], page);
            rows[i].end = within_page(scene.end[i], page);
        }
        // Keys and values are [KV_PAGE_TOKENS][dim] in a page.
        kernels->attend_page(rows + first, (size_t)(end - first), scene.k[page][0],
                             scene.v[page][0], scene.dim, 0.125f);
    }
}

static void check_against_doubles(const struct attend_row *row, int i)
{
    double scores[PAGES * KV_PAGE_TOKENS], max = -1e300, sum = 0, o[DIM_MAX] = {0};
    for (uint32_t j = scene.first[i]; j < scene.end[i]; j++) {
        const float *k = scene.k[j / 64][0] + j % 64 * scene.dim;
        scores[j] = 0;
        for (size_t c = 0; c < scene.dim; c++)
            scores[j] += 0.125 * k[c] * scene.q[i][c];
        max = fmax(max, scores[j]);
    }
    for (uint32_t j = scene.first[i]; j < scene.end[i]; j++) {
        const float *v = scene.v[j / 64][0] + j % 64 * scene.dim;
        sum += exp(scores[j] - max);
        for (size_t c = 0; c < scene.dim; c++)
            o[c] += exp(scores[j] - max) * v[c];
    }
    for (size_t c = 0; c < scene.dim; c++)
        if (fabs(row->o[c] / row->sum - o[c] / sum) > 2e-5)
            fail_msg("row %d: %.9g is not %.9g", i, (double)(row->o[c] / row->sum), o[c] / sum);
}

TEST(kernels, attention_over_pages_is_softmax_attention)
{
    (void)state;
    struct kernels scalar;
    kernels_select(&scalar, 0);
    for (int round = 0; round < 4; round++) {
        make_scene(round % 2 ? 128 : 80, round < 2 ? 1 : 20);
        struct attend_row rows[N_Q];
        static float o[N_Q][DIM_MAX];
        attend(&scalar, rows, o, 0, N_Q);
        for (int i = 0; i < N_Q; i++)
            check_against_doubles(&rows[i], i);
    }
}

TEST(kernels, attention_is_the_same_in_every_layer_and_company)
{
    (void)state;
    struct kernels layers[4];
    size_t n_layers = layers_here(layers);
    static const size_t dims[] = {8, 64, 80, 96, 128, 256};
    for (size_t d = 0; d < 4 * COUNT_OF(dims); d++) {
        make_scene(dims[d / 4], d % 2 ? 1 : 20);
        struct attend_row rows[2][N_Q];
        static float o[2][N_Q][DIM_MAX];
        attend(&layers[0], rows[0], o[0], 0, N_Q);
        for (size_t l = 0; l < n_layers; l++)
            for (int at_once = 1; at_once <= N_Q; at_once++) {
                memset(o[1], 0xff, sizeof o[1]); // a new row's output is not read
                for (int i = 0; i < N_Q; i += at_once)
                    attend(&layers[l], rows[1], o[1], i, i + at_once < N_Q ? i + at_once : N_Q);
                for (int i = 0; i < N_Q; i++) {
                    check_same_bits(o[0][i], o[1][i], scene.dim, "output");
                    check_same_bits(&rows[0][i].sum, &rows[1][i].sum, 1, "sum");
                    check_same_bits(&rows[0][i].max, &rows[1][i].max, 1, "max");
                }
            }
    }
}

TEST(kernels, keys_that_no_row_sees_are_not_read)
{
    (void)state;
    struct kernels layers[4];
    for (size_t l = layers_here(layers); l-- > 0;) {
        make_scene(64, 1);
        float *k = scene.k[0][0], *v = scene.v[0][0];
        for (size_t j = 0; j < KV_PAGE_TOKENS; j++)
            for (size_t c = 0; c < 64 && (j < 5 || j >= 11); c++)
                k[j * 64 + c] = v[j * 64 + c] = NAN;
        struct attend_row rows[2];
        float o[2][64];
        for (int i = 0; i < 2; i++)
            rows[i] = (struct attend_row){
                .q = scene.q[i], .o = o[i], .max = -INFINITY, .first = 5, .end = 11};
        layers[l].attend_page(rows, 2, scene.k[0][0], scene.v[0][0], 64, 0.125f);
        for (int c = 0; c < 64; c++)
            assert_true(isfinite(o[0][c]) && isfinite(o[1][c]));
        assert_true(isfinite(rows[1].sum) && rows[1].sum >= 1);
    }
}

enum { TOKENS = 9 };

struct delta_scene {
    float q[TOKENS][DIM_MAX], k[TOKENS][DIM_MAX], v[TOKENS][DIM_MAX];
    float decay[TOKENS][3], beta[TOKENS][3];
};
struct delta_state {
    float s[DIM_MAX * DIM_MAX], out[TOKENS][DIM_MAX];
};

static struct delta_scene delta;
static struct delta_state first_state, state_a, state_b;

static void make_delta(size_t dim)
{
    fill_random(delta.q[0], TOKENS * DIM_MAX, -0.3f, 0.3f);
    fill_random(delta.k[0], TOKENS * DIM_MAX, -0.1f, 0.1f);
    fill_random(delta.v[0], TOKENS * DIM_MAX, -2, 2);
    fill_random(delta.decay[0], TOKENS * 3, 0.5f, 1);
    fill_random(delta.beta[0], TOKENS * 3, 0, 1);
    fill_random(first_state.s, dim * dim, -1, 1);
}

static void run_delta(struct delta_state *run, const struct kernels *kernels, size_t dim,
                      size_t n_rows_at_once, size_t n_at_once)
{
    for (size_t j = 0; j < dim; j += n_rows_at_once)
        for (size_t t = 0; t < TOKENS; t += n_at_once)
            kernels->delta_rows(run->s + j * dim,
                                dim - j < n_rows_at_once ? dim - j : n_rows_at_once, dim,
                                delta.q[t], delta.k[t], DIM_MAX, delta.v[t] + j, DIM_MAX,
                                delta.decay[t], delta.beta[t], 3, run->out[t] + j, DIM_MAX,
                                TOKENS - t < n_at_once ? TOKENS - t : n_at_once);
}

TEST(kernels, delta_rows_follow_the_delta_rule)
{
    (void)state;
    struct kernels scalar;
    kernels_select(&scalar, 0);
    enum { DIM = 32 };
    make_delta(DIM);
    state_a = first_state;
    run_delta(&state_a, &scalar, DIM, DIM, TOKENS);
    double s[DIM];
    for (int j = 0; j < DIM; j++) {
        for (int i = 0; i < DIM; i++)
            s[i] = first_state.s[j * DIM + i];
        for (int t = 0; t < TOKENS; t++) {
            double recalled = 0, out = 0;
            for (int i = 0; i < DIM; i++)
                recalled += (s[i] *= delta.decay[t][0]) * delta.k[t][i];
            for (int i = 0; i < DIM; i++) {
                s[i] += delta.k[t][i] * delta.beta[t][0] * (delta.v[t][j] - recalled);
                out += s[i] * delta.q[t][i];
            }
            if (fabs(out - state_a.out[t][j]) > 1e-5)
                fail_msg("row %d, token %d: %.9g is not %.9g", j, t, (double)state_a.out[t][j],
                         out);
        }
    }
}

TEST(kernels, delta_rows_are_the_same_in_every_layer_and_cut)
{
    (void)state;
    struct kernels layers[4];
    size_t n_layers = layers_here(layers);
    static const size_t dims[] = {8, 16, 64, 128, 256};
    for (size_t d = 0; d < COUNT_OF(dims); d++) {
        make_delta(dims[d]);
        state_a = first_state;
        run_delta(&state_a, &layers[0], dims[d], dims[d], TOKENS);
        for (size_t l = 0; l < n_layers; l++)
            for (size_t n = 1; n <= TOKENS; n += 2)
                for (size_t rows = 1; rows <= dims[d]; rows = rows * 3 + 1) {
                    state_b = first_state;
                    run_delta(&state_b, &layers[l], dims[d], rows, n);
                    check_same_bits(state_a.s, state_b.s, dims[d] * dims[d], "state");
                    for (int t = 0; t < TOKENS; t++)
                        check_same_bits(state_a.out[t], state_b.out[t], dims[d], "out");
                }
    }
}

RUN_TESTS(IS(kernels, attention_over_pages_is_softmax_attention),
          IS(kernels, attention_is_the_same_in_every_layer_and_company),
          IS(kernels, keys_that_no_row_sees_are_not_read),
          IS(kernels, delta_rows_follow_the_delta_rule),
          IS(kernels, delta_rows_are_the_same_in_every_layer_and_cut))
