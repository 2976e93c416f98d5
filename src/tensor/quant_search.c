#include "tensor/quant_search.h"

#include <assert.h>
#include <math.h>
#include <string.h>

float signed_extreme(const float *values, int n)
{
    float extreme = 0, magnitude = 0;
    for (int i = 0; i < n; i++)
        if (fabsf(values[i]) > magnitude) {
            magnitude = fabsf(values[i]);
            extreme = values[i];
        }
    return extreme;
}

// ---- scale and minimum ----

struct line {
    float scale, offset; // value = scale * level + offset, offset <= 0
};

// The line through the levels with the least weighted squared error; false when there is none.
static bool fit_line(struct line *line, const uint8_t *levels, const float *values,
                     const float *weights, int n)
{
    float w1 = 0, wx = 0, wq = 0, wqq = 0, wqx = 0;
    for (int i = 0; i < n; i++) {
        float w = weights[i], q = (float)levels[i];
        w1 += w;
        wx += w * values[i];
        wq += w * q;
        wqq += w * q * q;
        wqx += w * q * values[i];
    }
    float determinant = w1 * wqq - wq * wq;
    if (!(determinant > 0))
        return false;
    line->scale = (w1 * wqx - wx * wq) / determinant;
    line->offset = (wqq * wx - wq * wqx) / determinant;
    if (line->offset > 0) {
        line->offset = 0;
        line->scale = wqx / wqq;
    }
    return true;
}

static float line_error(struct line line, const uint8_t *levels, const float *values,
                        const float *weights, int n, bool absolute)
{
    float sum = 0;
    for (int i = 0; i < n; i++) {
        float error = line.scale * (float)levels[i] + line.offset - values[i];
        sum += weights[i] * (absolute ? fabsf(error) : error * error);
    }
    return sum;
}

float search_range(const struct range_search *search, uint8_t *levels, float *min,
                   const float *values, const float *weights, int n)
{
    assert(n <= QUANT_GROUP_MAX);
    float low = values[0] < 0 ? values[0] : 0, high = values[0];
    for (int i = 1; i < n; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    *min = -low;
    if (!(high > low)) {
        memset(levels, 0, (size_t)n);
        return 0;
    }
    float inverse = (float)search->max / (high - low);
    for (int i = 0; i < n; i++)
        levels[i] = (uint8_t)round_within(inverse * (values[i] - low), 0, search->max);
    struct line best = {1 / inverse, low};
    float best_error = line_error(best, levels, values, weights, n, search->absolute);
    for (int k = 0; k <= search->n_steps; k++) {
        uint8_t tried[QUANT_GROUP_MAX];
        struct line line;
        inverse = (search->first + search->step * (float)k + (float)search->max) / (high - low);
        for (int i = 0; i < n; i++)
            tried[i] = (uint8_t)round_within(inverse * (values[i] - low), 0, search->max);
        if (!fit_line(&line, tried, values, weights, n))
            continue;
        float error = line_error(line, tried, values, weights, n, search->absolute);
        if (error < best_error) {
            best = line;
            best_error = error;
            low = line.offset; // the next tries start from the minimum found
            memcpy(levels, tried, (size_t)n);
        }
    }
    *min = -best.offset;
    return best.scale;
}

// ---- scale alone ----

// Sums of x * q and q * q weighted by x^2: the best scale is their ratio, and the larger
// xq^2 / qq, the smaller the error that remains.
struct products {
    float xq, qq;
};

static void add_product(struct products *sums, float x, int level, float sign)
{
    float w = x * x, q = (float)level;
    sums->xq += sign * (w * x * q);
    sums->qq += sign * (w * q * q);
}

static struct products round_all(int8_t *levels, float inverse, int half, const float *values,
                                 int n)
{
    struct products sums = {0};
    for (int i = 0; i < n; i++) {
        levels[i] = (int8_t)round_within(inverse * values[i], -half, half - 1);
        add_product(&sums, values[i], levels[i], 1);
    }
    return sums;
}

static void store_levels(uint8_t *levels, const int8_t *centred, int half, int n)
{
    for (int i = 0; i < n; i++)
        levels[i] = (uint8_t)(centred[i] + half);
}

float search_symmetric(int half, uint8_t *levels, const float *values, int n)
{
    assert(n <= QUANT_GROUP_MAX);
    int8_t tried[QUANT_GROUP_MAX] = {0};
    float extreme = signed_extreme(values, n);
    if (!(fabsf(extreme) >= QUANT_NEGLIGIBLE)) {
        memset(levels, 0, (size_t)n);
        return 0;
    }
    struct products sums = round_all(tried, (float)-half / extreme, half, values, n);
    store_levels(levels, tried, half, n);
    float scale = sums.qq > 0 ? sums.xq / sums.qq : 0, best = scale * sums.xq;
    for (int k = -9; k <= 9; k++) {
        if (k == 0)
            continue;
        sums = round_all(tried, -((float)half + 0.1f * (float)k) / extreme, half, values, n);
        if (sums.qq > 0 && sums.xq * sums.xq > best * sums.qq) {
            store_levels(levels, tried, half, n);
            scale = sums.xq / sums.qq;
            best = scale * sums.xq;
        }
    }
    return scale;
}

float descend_symmetric(int half, uint8_t *levels, const float *values, int n)
{
    assert(n <= QUANT_GROUP_MAX);
    enum { N_SWEEPS = 5 };
    int8_t current[QUANT_GROUP_MAX] = {0};
    float extreme = signed_extreme(values, n);
    if (!(fabsf(extreme) >= QUANT_NEGLIGIBLE)) {
        memset(levels, 0, (size_t)n);
        return 0;
    }
    struct products sums = round_all(current, (float)-half / extreme, half, values, n);
    bool changed = true;
    for (int sweep = 0; sweep < N_SWEEPS && changed; sweep++) {
        changed = false;
        for (int i = 0; i < n; i++) {
            struct products others = sums;
            add_product(&others, values[i], current[i], -1);
            if (!(others.xq > 0))
                continue;
            int level = round_within(values[i] * others.qq / others.xq, -half, half - 1);
            add_product(&others, values[i], level, 1);
            if (level != current[i] && others.qq > 0 &&
                others.xq * others.xq * sums.qq > sums.xq * sums.xq * others.qq) {
                current[i] = (int8_t)level;
                sums = others;
                changed = true;
            }
        }
    }
    store_levels(levels, current, half, n);
    return sums.qq > 0 ? sums.xq / sums.qq : 0;
}
