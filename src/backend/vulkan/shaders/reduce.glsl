// reduce.glsl - sums and maxima over a workgroup of LANES invocations (a power of two).
//
// A fixed tree, so the result depends on the values alone.  Every invocation must call them.
shared float reduced[LANES];

#define REDUCE(name, OPERATION)                                                                    \
    float name(float value)                                                                        \
    {                                                                                              \
        uint lane = gl_LocalInvocationID.x;                                                        \
        reduced[lane] = value;                                                                     \
        barrier();                                                                                 \
        for (uint n = LANES / 2; n > 0; n /= 2) {                                                  \
            if (lane < n)                                                                          \
                reduced[lane] = OPERATION(reduced[lane], reduced[lane + n]);                       \
            barrier();                                                                             \
        }                                                                                          \
        float result = reduced[0];                                                                 \
        barrier();                                                                                 \
        return result;                                                                             \
    }
#define ADD(a, b) (a + b)
REDUCE(reduce_sum, ADD)
REDUCE(reduce_max, max)
