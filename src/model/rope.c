#include "model/rope.h"

#include <math.h>

static const double two_pi = 6.283185307179586;

// The pair (as a fraction) that makes `turns` full turns within the original context.
static double pair_of_turns(const struct hyperparams *h, double theta, double turns)
{
    return h->rope_dims * log(h->rope_context_original / (two_pi * turns)) / (2 * log(theta));
}

static float apply_yarn(double *frequency, const struct hyperparams *h, double theta)
{
    double low = floor(pair_of_turns(h, theta, h->yarn_beta_fast));
    double high = ceil(pair_of_turns(h, theta, h->yarn_beta_slow));
    low = low > 0 ? low : 0;
    high = high < h->rope_dims - 1 ? high : h->rope_dims - 1;
    double width = high - low > 0.001 ? high - low : 0.001;
    for (uint32_t i = 0; i < h->rope_dims / 2; i++) {
        double place = (i - low) / width;
        place = place < 0 ? 0 : place > 1 ? 1 : place;
        double kept = (1 - place) * h->yarn_ext_factor; // fast pairs are left alone
        frequency[i] *= (1 - kept) / h->rope_factor + kept;
    }
    return h->rope_attn_factor * (float)(1 + 0.1 * log(h->rope_factor));
}

float rope_frequencies(double *frequency, const struct hyperparams *h, bool is_local,
                       const float *divisors)
{
    double theta = is_local ? h->rope_theta_local : h->rope_theta;
    for (uint32_t i = 0; i < h->rope_dims / 2; i++) {
        frequency[i] = pow(theta, -2.0 * i / h->rope_dims);
        if (divisors)
            frequency[i] /= divisors[i];
    }
    if (is_local)
        return 1.0f;
    if (h->rope_scaling == ROPE_SCALING_YARN)
        return apply_yarn(frequency, h, theta);
    if (h->rope_scaling == ROPE_SCALING_LINEAR)
        for (uint32_t i = 0; i < h->rope_dims / 2; i++)
            frequency[i] /= h->rope_factor;
    return 1.0f;
}
