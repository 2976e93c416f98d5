#include "sample/select.h"

#include <math.h>
#include <string.h>

#define BLOCK 64 // logits looked at together: the tokens of one word of the mask

// ---- going through the logits ----

// The mask's bits for tokens [64 i, 64 i + 64), none past the end.
static uint64_t allowed_bits(const uint64_t *mask, uint32_t i, uint32_t n_vocab)
{
    uint64_t bits = mask ? mask[i] : ~(uint64_t)0;
    uint32_t left = n_vocab - BLOCK * i;
    return left < BLOCK ? bits & (((uint64_t)1 << left) - 1) : bits;
}

static uint32_t n_blocks(uint32_t n_vocab)
{
    return n_vocab / BLOCK + (n_vocab % BLOCK != 0);
}

// The block's logits, minus infinity for what is not allowed: `logits` itself where all are.
static const float *masked_block(float *copy, const float *logits, uint32_t i, uint64_t bits)
{
    const float *block = logits + (size_t)BLOCK * i;
    if (bits == ~(uint64_t)0)
        return block;
    for (uint32_t k = 0; k < BLOCK; k++)
        copy[k] = bits >> k & 1 ? block[k] : -INFINITY;
    return copy;
}

// The greatest of a block, in lanes that the compiler turns into vectors.
static float block_best(const float *block)
{
    float lanes[16];
    for (uint32_t k = 0; k < 16; k++)
        lanes[k] = -INFINITY;
    for (uint32_t row = 0; row < BLOCK; row += 16)
        for (uint32_t k = 0; k < 16; k++)
            lanes[k] = block[row + k] > lanes[k] ? block[row + k] : lanes[k];
    float best = lanes[0];
    for (uint32_t k = 1; k < 16; k++)
        best = lanes[k] > best ? lanes[k] : best;
    return best;
}

token_id select_best(const float *logits, uint32_t n_vocab, const uint64_t *mask)
{
    float best = -INFINITY, copy[BLOCK];
    token_id token = TOKEN_NONE;
    for (uint32_t i = 0; i < n_blocks(n_vocab); i++) {
        uint64_t bits = allowed_bits(mask, i, n_vocab);
        if (!bits)
            continue;
        const float *block = masked_block(copy, logits, i, bits);
        if (!(block_best(block) > best))
            continue;
        for (uint32_t k = 0; k < BLOCK; k++) {
            if (block[k] > best) {
                best = block[k];
                token = (token_id)(BLOCK * i + k);
            }
        }
    }
    return token;
}

// ---- the k best, in a heap whose top is the worst of them ----

static bool is_worse(struct candidate a, struct candidate b)
{
    return a.logit < b.logit || (a.logit == b.logit && a.token > b.token);
}

static void sift_down(struct candidate *heap, uint32_t n, uint32_t i, struct candidate item)
{
    for (uint32_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && is_worse(heap[child + 1], heap[child]))
            child++;
        if (!is_worse(heap[child], item))
            break;
        heap[i] = heap[child];
    }
    heap[i] = item;
}

struct best_k {
    struct candidate *heap;
    uint32_t n, k;
    float threshold; // what a logit must exceed to be taken
};

static void take(struct best_k *best, float logit, uint32_t id)
{
    struct candidate item = {logit, (token_id)id};
    if (best->n < best->k) {
        best->heap[best->n++] = item;
        if (best->n < best->k)
            return;
        for (uint32_t i = best->n / 2; i-- > 0;)
            sift_down(best->heap, best->n, i, best->heap[i]);
    } else {
        sift_down(best->heap, best->n, 0, item);
    }
    best->threshold = best->heap[0].logit;
}

static void sort_best_first(struct candidate *items, uint32_t n)
{
    for (uint32_t i = n / 2; i-- > 0;)
        sift_down(items, n, i, items[i]);
    for (uint32_t end = n; end > 1;) { // the worst goes last
        struct candidate worst = items[0];
        end--;
        sift_down(items, end, 0, items[end]);
        items[end] = worst;
    }
}

uint32_t select_top_k(struct candidate *out, const float *logits, uint32_t n_vocab,
                      const uint64_t *mask, uint32_t k)
{
    struct best_k best = {out, 0, k, -INFINITY};
    float copy[BLOCK];
    if (k == 0)
        return 0;
    for (uint32_t i = 0; i < n_blocks(n_vocab); i++) {
        uint64_t bits = allowed_bits(mask, i, n_vocab);
        if (!bits)
            continue;
        const float *block = masked_block(copy, logits, i, bits);
        if (!(block_best(block) > best.threshold))
            continue;
        for (uint32_t j = 0; j < BLOCK; j++)
            if (block[j] > best.threshold)
                take(&best, block[j], BLOCK * i + j);
    }
    sort_best_first(out, best.n);
    return best.n;
}

uint32_t select_near(struct candidate *out, const float *logits, uint32_t n_vocab,
                     const uint64_t *mask, float depth)
{
    token_id best = select_best(logits, n_vocab, mask);
    if (best == TOKEN_NONE)
        return 0;
    float least = logits[best] - depth, copy[BLOCK];
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_blocks(n_vocab); i++) {
        uint64_t bits = allowed_bits(mask, i, n_vocab);
        const float *block = masked_block(copy, logits, i, bits);
        if (!bits || !(block_best(block) >= least))
            continue;
        for (uint32_t k = 0; k < BLOCK; k++)
            if (block[k] >= least && block[k] > -INFINITY)
                out[n++] = (struct candidate){block[k], (token_id)(BLOCK * i + k)};
    }
    return n;
}

// ---- probabilities ----

// exp(x) for -87 <= x <= 0, to about one part in 10^7.  Without branches or calls, so that loops over
// it become vectors: x = n ln 2 + r, a Taylor series in r, and 2^n as exponent bits.
static inline float exp_negative(float x)
{
    float shifted = x * 1.44269504f + 12582912.0f; // 1.5 * 2^23: what remains is the integer n
    float n = shifted - 12582912.0f;
    float r = x - n * 0.693145752f - n * 1.42860677e-6f; // ln 2 in two parts
    float series = 1.0f / 120 + r * (1.0f / 720);
    series = 1.0f + r * (1.0f + r * (0.5f + r * (1.0f / 6 + r * (1.0f / 24 + r * series))));
    union {
        float number;
        uint32_t bits;
    } power = {shifted};
    power.bits = (power.bits << 23) + (127u << 23); // n is in the lowest bits
    return series * power.number;
}

// exp((logit - best) * scale) of a block, exp(-87) where it would be less.  Equal to the best is 1
// even when both are infinite: no comparison holds for the difference then.
static void block_weights(float *weights, const float *block, float best, float scale)
{
    float x[BLOCK], y[BLOCK]; // a loop each, as compilers mix no choices into arithmetic
    for (uint32_t k = 0; k < BLOCK; k++)
        x[k] = (block[k] - best) * scale;
    for (uint32_t k = 0; k < BLOCK; k++)
        y[k] = x[k] < 0.0f ? x[k] : 0.0f;
    for (uint32_t k = 0; k < BLOCK; k++)
        x[k] = y[k] > -87.0f ? y[k] : -87.0f;
    for (uint32_t k = 0; k < BLOCK; k++)
        weights[k] = exp_negative(x[k]);
}

static double sum_of(const float *weights)
{
    double lanes[4] = {0};
    for (uint32_t row = 0; row < BLOCK; row += 4)
        for (uint32_t k = 0; k < 4; k++)
            lanes[k] += (double)weights[row + k];
    return lanes[0] + lanes[1] + (lanes[2] + lanes[3]);
}

// Logits are counted into buckets by how far they are below the best; the last bucket is all the
// rest.  Its tokens weigh less than 10^-6 of the best one together, unless there are very many.
#define N_BUCKETS         1024
#define BUCKETS_PER_LOGIT 40.0f

static inline float depth_in_buckets(float logit, float best)
{
    float depth = (best - logit) * BUCKETS_PER_LOGIT;
    depth = depth > 0.0f ? depth : 0.0f;
    return depth < N_BUCKETS - 1 ? depth : N_BUCKETS - 1;
}

static void block_buckets(int32_t *buckets, const float *block, float best)
{
    for (uint32_t k = 0; k < BLOCK; k++)
        buckets[k] = (int32_t)depth_in_buckets(block[k], best);
}

struct edge {
    int32_t bucket; // where the share is reached
    double above;   // the weight of all buckets before it
    double wanted;  // the weight to reach
};

static struct edge find_edge(const float *logits, uint32_t n_vocab, const uint64_t *mask,
                             float best, float top_p)
{
    double masses[N_BUCKETS] = {0}, total = 0;
    float weights[BLOCK], copy[BLOCK];
    int32_t buckets[BLOCK];
    for (uint32_t i = 0; i < n_blocks(n_vocab); i++) {
        uint64_t bits = allowed_bits(mask, i, n_vocab);
        if (!bits)
            continue;
        const float *block = masked_block(copy, logits, i, bits);
        block_weights(weights, block, best, 1);
        block_buckets(buckets, block, best);
        for (uint32_t k = 0; k < BLOCK; k++)
            masses[buckets[k]] += (double)weights[k];
    }
    for (uint32_t i = 0; i < N_BUCKETS; i++)
        total += masses[i];
    struct edge edge = {0, 0, (double)top_p * total};
    while (edge.bucket < N_BUCKETS - 1 && edge.above + masses[edge.bucket] < edge.wanted)
        edge.above += masses[edge.bucket++];
    return edge;
}

// Moves candidates of buckets before the edge to the front; returns how many.
static uint32_t put_edge_last(struct candidate *candidates, uint32_t n, float best, int32_t edge)
{
    uint32_t n_above = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct candidate item = candidates[i];
        if (depth_in_buckets(item.logit, best) >= (float)edge)
            continue;
        candidates[i] = candidates[n_above];
        candidates[n_above++] = item;
    }
    return n_above;
}

// Sorting a vocabulary takes tens of milliseconds.  Here what lies above the bucket where the share
// is reached is in, whatever its order, and only that one bucket is sorted.
uint32_t select_top_p(struct candidate *out, const float *logits, uint32_t n_vocab,
                      const uint64_t *mask, float top_p)
{
    token_id first = select_best(logits, n_vocab, mask);
    if (first == TOKEN_NONE)
        return 0;
    float best = logits[first], copy[BLOCK];
    int32_t buckets[BLOCK];
    struct edge edge = find_edge(logits, n_vocab, mask, best, top_p);
    uint32_t n = 0;
    float near = best - (float)(edge.bucket + 2) / BUCKETS_PER_LOGIT; // a bucket more, for rounding
    for (uint32_t i = 0; i < n_blocks(n_vocab); i++) {
        uint64_t bits = allowed_bits(mask, i, n_vocab);
        const float *block = masked_block(copy, logits, i, bits);
        if (!bits || (edge.bucket < N_BUCKETS - 1 && !(block_best(block) >= near)))
            continue;
        block_buckets(buckets, block, best);
        for (uint32_t k = 0; k < BLOCK; k++)
            if (buckets[k] <= edge.bucket && block[k] > -INFINITY)
                out[n++] = (struct candidate){block[k], (token_id)(BLOCK * i + k)};
    }
    uint32_t n_kept = put_edge_last(out, n, best, edge.bucket);
    sort_best_first(out + n_kept, n - n_kept);
    for (double sum = edge.above; n_kept < n && (n_kept == 0 || sum < edge.wanted); n_kept++)
        sum += exp((double)(out[n_kept].logit < best ? out[n_kept].logit - best : 0.0f));
    return n_kept;
}

// ---- candidates ----

static float best_logit(const struct candidate *candidates, uint32_t n)
{
    float best = candidates[0].logit;
    for (uint32_t i = 1; i < n; i++)
        best = candidates[i].logit > best ? candidates[i].logit : best;
    return best;
}

// The weights of up to BLOCK candidates from `at` on; 0 past the end.
static void candidate_weights(float *weights, const struct candidate *candidates, uint32_t n,
                              uint32_t at, float best, float scale)
{
    float block[BLOCK];
    uint32_t n_here = n - at < BLOCK ? n - at : BLOCK;
    for (uint32_t k = 0; k < BLOCK; k++)
        block[k] = k < n_here ? candidates[at + k].logit : -INFINITY;
    block_weights(weights, block, best, scale);
    for (uint32_t k = n_here; k < BLOCK; k++)
        weights[k] = 0;
}

static double total_weight(const struct candidate *candidates, uint32_t n, float best, float scale)
{
    double total = 0;
    float weights[BLOCK];
    for (uint32_t at = 0; at < n; at += BLOCK) {
        candidate_weights(weights, candidates, n, at, best, scale);
        total += sum_of(weights);
    }
    return total;
}

uint32_t keep_top_p(const struct candidate *sorted, uint32_t n, float top_p)
{
    if (n < 2 || top_p >= 1)
        return n;
    double wanted = (double)top_p * total_weight(sorted, n, sorted[0].logit, 1), sum = 0;
    float weights[BLOCK];
    for (uint32_t i = 0; i < n; i++) {
        if (i % BLOCK == 0)
            candidate_weights(weights, sorted, n, i, sorted[0].logit, 1);
        sum += (double)weights[i % BLOCK];
        if (sum >= wanted)
            return i + 1;
    }
    return n;
}

uint32_t keep_above(struct candidate *candidates, uint32_t n, float least)
{
    uint32_t n_kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (candidates[i].logit >= least)
            candidates[n_kept++] = candidates[i];
    return n_kept;
}

uint32_t keep_min_p(struct candidate *candidates, uint32_t n, float min_p)
{
    if (n < 2 || min_p <= 0)
        return n;
    return keep_above(candidates, n, best_logit(candidates, n) + logf(min_p));
}

// Standard deviations are taken of depths below the best: small numbers, whose squares stay exact.
struct deviation {
    double sum, squares;
    size_t n;
};

static void add_depth(struct deviation *deviation, double depth)
{
    if (!(depth < HUGE_VAL))
        return;
    deviation->sum += depth;
    deviation->squares += depth * depth;
    deviation->n++;
}

static float floor_below(float best, const struct deviation *deviation, float n_sigma)
{
    if (deviation->n == 0)
        return -INFINITY;
    double mean = deviation->sum / (double)deviation->n;
    double variance = deviation->squares / (double)deviation->n - mean * mean;
    return best - n_sigma * (float)sqrt(variance > 0 ? variance : 0);
}

float sigma_floor(const float *logits, uint32_t n_vocab, const uint64_t *mask, float n_sigma)
{
    struct deviation deviation = {0};
    token_id best = select_best(logits, n_vocab, mask);
    if (best == TOKEN_NONE)
        return -INFINITY;
    for (uint32_t i = 0; i < n_vocab; i++)
        if (!mask || mask[i / BLOCK] >> (i % BLOCK) & 1)
            add_depth(&deviation, (double)logits[best] - (double)logits[i]);
    return floor_below(logits[best], &deviation, n_sigma);
}

float sigma_floor_of(const struct candidate *candidates, uint32_t n, float n_sigma)
{
    struct deviation deviation = {0};
    if (n == 0)
        return -INFINITY;
    float best = best_logit(candidates, n);
    for (uint32_t i = 0; i < n; i++)
        add_depth(&deviation, (double)best - (double)candidates[i].logit);
    return floor_below(best, &deviation, n_sigma);
}

// ---- a distribution as a whole ----

// `entropy` gathers the sum of weight * depth until the end.
static void weigh_block(struct weighing *out, const float *block, float scale)
{
    float weights[BLOCK], best = (float)out->best;
    block_weights(weights, block, best, scale);
    for (uint32_t k = 0; k < BLOCK; k++) {
        if (!(block[k] > -INFINITY))
            continue;
        out->n++;
        out->total += (double)weights[k];
        if (block[k] < best)
            out->entropy += (double)weights[k] * (double)((best - block[k]) * scale);
    }
}

static void finish_weighing(struct weighing *out)
{
    out->entropy = out->total > 0 ? log(out->total) + out->entropy / out->total : 0;
}

void weigh_logits(struct weighing *out, const float *logits, uint32_t n_vocab, const uint64_t *mask,
                  float temperature)
{
    float copy[BLOCK];
    token_id best = select_best(logits, n_vocab, mask);
    *out = (struct weighing){0};
    if (best == TOKEN_NONE)
        return;
    out->best = (double)logits[best];
    for (uint32_t i = 0; i < n_blocks(n_vocab); i++) {
        uint64_t bits = allowed_bits(mask, i, n_vocab);
        if (bits)
            weigh_block(out, masked_block(copy, logits, i, bits), 1 / temperature);
    }
    finish_weighing(out);
}

void weigh_candidates(struct weighing *out, const struct candidate *candidates, uint32_t n,
                      float temperature)
{
    float block[BLOCK];
    *out = (struct weighing){0};
    if (n == 0)
        return;
    out->best = (double)best_logit(candidates, n);
    for (uint32_t at = 0; at < n; at += BLOCK) {
        for (uint32_t k = 0; k < BLOCK; k++)
            block[k] = at + k < n ? candidates[at + k].logit : -INFINITY;
        weigh_block(out, block, 1 / temperature);
    }
    finish_weighing(out);
}

// ---- what looks at an order ----

void sort_candidates(struct candidate *candidates, uint32_t n)
{
    sort_best_first(candidates, n);
}

// Surprises ascend, so the most typical candidates are a window around the expected surprise.  It
// grows at the side whose next candidate is nearer to that.
uint32_t keep_typical(struct candidate *sorted, uint32_t n, float typical_p)
{
    if (n < 2)
        return n;
    double best = (double)sorted[0].logit, total = 0, expected = 0;
    for (uint32_t i = 0; i < n; i++)
        total += exp((double)sorted[i].logit - best);
    for (uint32_t i = 0; i < n; i++) {
        double surprise = best + log(total) - (double)sorted[i].logit;
        expected += surprise < HUGE_VAL ? exp(-surprise) * surprise : 0;
    }
    double center = best + log(total) - expected; // as a logit
    uint32_t end = 0;
    while (end < n && (double)sorted[end].logit > center)
        end++;
    uint32_t start = end;
    for (double share = 0; (start == end || share <= (double)typical_p) && end - start < n;) {
        bool is_above = end == n || (start > 0 && (double)sorted[start - 1].logit - center <=
                                                      center - (double)sorted[end].logit);
        const struct candidate *next = &sorted[is_above ? --start : end++];
        share += exp((double)next->logit - best) / total;
    }
    memmove(sorted, sorted + start, (end - start) * sizeof *sorted);
    return end - start;
}

uint32_t drop_top_choices(struct candidate *sorted, uint32_t n, float threshold)
{
    double total = n ? total_weight(sorted, n, sorted[0].logit, 1) : 0;
    uint32_t n_above = 0;
    while (n_above < n &&
           exp((double)(sorted[n_above].logit - sorted[0].logit)) >= (double)threshold * total)
        n_above++;
    if (n_above < 2)
        return n;
    memmove(sorted, sorted + n_above - 1, (n - n_above + 1) * sizeof *sorted);
    return n - n_above + 1;
}

uint32_t draw(const struct candidate *candidates, uint32_t n, float temperature, double u)
{
    float best = best_logit(candidates, n), scale = 1 / temperature, weights[BLOCK];
    double wanted = u * total_weight(candidates, n, best, scale), sum = 0;
    for (uint32_t at = 0; at < n; at += BLOCK) {
        candidate_weights(weights, candidates, n, at, best, scale);
        double here = sum_of(weights);
        if (sum + here <= wanted) {
            sum += here;
            continue;
        }
        for (uint32_t k = 0; k < BLOCK && at + k < n; k++) {
            sum += (double)weights[k];
            if (wanted < sum)
                return at + k;
        }
    }
    return n - 1; // rounding took the rest
}
