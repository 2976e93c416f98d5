// quant_search.h - which scale (and minimum) represents these few values best?
//
// The searches of the K formats: try several scales near the obvious one, solve least squares for
// the levels each gives, keep the best.  Sums run in order, so results do not depend on the build.
#ifndef HEARTH_TENSOR_QUANT_SEARCH_H
#define HEARTH_TENSOR_QUANT_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#define QUANT_GROUP_MAX  32     // values in a search
#define QUANT_NEGLIGIBLE 1e-15f // groups below this are zero

// x rounded to the nearest whole number, ties to even, within low..high; NaN gives low.
static inline int round_within(float x, int low, int high)
{
    x = x > (float)low ? x : (float)low;
    x = x < (float)high ? x : (float)high;
    const float whole = 0x1.8p23f; // floats around it have no fraction, so adding it rounds
    return (int)(x + whole - whole);
}

// The value of largest magnitude, with its sign; the first of equals.  0 when all are.
float signed_extreme(const float *values, int n);

struct range_search {
    int max;           // levels 0..max; value = scale * level - min with min >= 0
    float first, step; // inverse scales tried: (max + first + step * k) / range, k = 0..n_steps
    int n_steps;
    bool absolute; // compares sums of |error| instead of squared error
};

// Returns the scale; levels[n], *min.  weights[n] says how much each value's error counts.
float search_range(const struct range_search *search, uint8_t *levels, float *min,
                   const float *values, const float *weights, int n);

// Levels 0..2 * half - 1 that stand for -half..half - 1; tries 19 scales, errors weighted by x^2.
float search_symmetric(int half, uint8_t *levels, const float *values, int n);

// The same range of levels, found by changing one level at a time while that helps.
float descend_symmetric(int half, uint8_t *levels, const float *values, int n);

#endif
