// activations.glsl - as in ops.h, written so that large inputs give 0 or x and never a NaN.
const uint ACT_SILU = 0, ACT_GELU_TANH = 1;

float sigmoid(float x)
{
    return 1.0 / (1.0 + exp(clamp(-x, -80.0, 80.0)));
}

float activate(uint activation, float x)
{
    if (activation == ACT_SILU)
        return x * sigmoid(x);
    // tanh(y) = 2 sigmoid(2 y) - 1
    return x * sigmoid(2.0 * 0.7978845608028654 * (x + 0.044715 * x * x * x));
}
