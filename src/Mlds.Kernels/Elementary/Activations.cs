namespace Mlds.Kernels.Elementary;

/// <summary>
/// exp, sigmoid, tanh and log of arithmetic v1: polynomials and quotients of our own, made of float32 operations that every processor
/// rounds alike. Plain code for one number; <see cref="ActivationLanes{TLanes, TVector}"/> does the same operations on vectors, to the
/// same bits.
/// </summary>
/// <remarks>
/// The coefficients are minimax fits (reference/fit_activations.py). Errors, measured over all float32 inputs
/// (docs/results/activation-errors.json): see docs/decisions/0001 §4.
/// </remarks>
public static class Activations
{
    /// <summary>exp and sigmoid take x between ±40; beyond, it is held there: σ(−40) = 4.2e−18 and σ(40) = 1.</summary>
    internal const float ExpLimit = 40f;

    internal const float Log2E = 1.44269504f;

    /// <summary>1.5·2^23: adding it rounds to an integer, which then stands in the low bits.</summary>
    internal const float RoundingShift = 12582912f;

    // 2^f ≈ 1 + f·(E1 + f·(E2 + …)) on [−1/2, 1/2], relative error 9.2e-8.
    internal const float E1 = 0.6931469774775203f;
    internal const float E2 = 0.24022241922915968f;
    internal const float E3 = 0.055507338723249894f;
    internal const float E4 = 0.009671523280116265f;
    internal const float E5 = 0.0013264713434611344f;

    /// <summary>
    /// tanh takes x between ±8: far enough that it is right to 2.3e-7 beyond, near enough that no rounding carries it past ±1.
    /// </summary>
    internal const float TanhLimit = 8f;

    // tanh x ≈ x·(1 + s·(P1 + …)) / (1 + s·(Q1 + …)), s = x², relative error 6.5e-9 before rounding.
    internal const float P1 = 0.134444983f;
    internal const float P2 = 0.00357159836f;
    internal const float P3 = 2.18946676e-05f;
    internal const float P4 = 1.52304262e-08f;
    internal const float Q1 = 0.467778256f;
    internal const float Q2 = 0.0261644442f;
    internal const float Q3 = 0.000341129257f;
    internal const float Q4 = 8.52244995e-07f;

    // log(1 + f) ≈ f + f²·(L0 + f·(L1 + …)) on [√½ − 1, √2 − 1], relative error 4.1e-9.
    const float L0 = -0.499999883f;
    const float L1 = 0.333333257f;
    const float L2 = -0.250015831f;
    const float L3 = 0.200019746f;
    const float L4 = -0.166090814f;
    const float L5 = 0.141818142f;
    const float L6 = -0.13242985f;
    const float L7 = 0.129044942f;
    const float L8 = -0.076218563f;

    /// <summary>The upper bits of log 2: multiplied by any exponent it is exact.</summary>
    const float Log2High = 0.693359375f;

    /// <summary>log 2 − <see cref="Log2High"/>.</summary>
    const float Log2Low = -2.12194440e-4f;

    /// <summary>e^x for x in [−40, 40]; x beyond is held at the limit.</summary>
    public static float Exp(float x)
    {
        x = Clamp(x, ExpLimit);
        var shifted = Fma(x, Log2E, RoundingShift);
        var f = Fma(x, Log2E, RoundingShift - shifted);
        var p = Fma(f, E5, E4);
        p = Fma(p, f, E3);
        p = Fma(p, f, E2);
        p = Fma(p, f, E1);
        p = Fma(p, f, 1f);
        return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(p) + (BitConverter.SingleToInt32Bits(shifted) << 23));
    }

    /// <summary>
    /// σ(x) = 1 / (1 + e^−x) of two numbers with one division: both denominators are divided by their product. This is how the gates r and
    /// z are always computed.
    /// </summary>
    public static (float R, float Z) Sigmoids(float r, float z)
    {
        var a = 1f + Exp(-r);
        var b = 1f + Exp(-z);
        var inverse = 1f / (a * b);
        return (b * inverse, a * inverse);
    }

    /// <summary>σ(x) with a division of its own; another rounding than that of <see cref="Sigmoids"/>.</summary>
    public static float Sigmoid(float x) => 1f / (1f + Exp(-x));

    /// <summary>tanh x; odd to the bit and always within ±1.</summary>
    public static float Tanh(float x)
    {
        x = Clamp(x, TanhLimit);
        var s = x * x;
        var p = Fma(s, P4, P3);
        p = Fma(p, s, P2);
        p = Fma(p, s, P1);
        p = Fma(p, s, 1f);
        var q = Fma(s, Q4, Q3);
        q = Fma(q, s, Q2);
        q = Fma(q, s, Q1);
        q = Fma(q, s, 1f);
        return x * p / q;
    }

    /// <summary>The natural logarithm; −∞ of 0, NaN below it.</summary>
    public static float Log(float x)
    {
        if (!(x > 0f)) return x == 0f ? float.NegativeInfinity : float.NaN;
        if (float.IsPositiveInfinity(x)) return x;
        var exponent = 0;
        if (x < 1.17549435e-38f) (x, exponent) = (x * 8388608f, -23);
        // What has the exponent of √½ or more becomes 1 + f, f between √½ − 1 and √2 − 1.
        var bits = BitConverter.SingleToInt32Bits(x) - BitConverter.SingleToInt32Bits(0.70710677f);
        exponent += bits >> 23;
        var f = BitConverter.Int32BitsToSingle((bits & 0x7FFFFF) + BitConverter.SingleToInt32Bits(0.70710677f)) - 1f;
        var p = Fma(f, L8, L7);
        p = Fma(p, f, L6);
        p = Fma(p, f, L5);
        p = Fma(p, f, L4);
        p = Fma(p, f, L3);
        p = Fma(p, f, L2);
        p = Fma(p, f, L1);
        p = Fma(p, f, L0);
        var sum = Fma(exponent, Log2Low, Fma(p, f * f, f));
        return Fma(exponent, Log2High, sum);
    }

    /// <summary>x between ±limit; a NaN stays one.</summary>
    static float Clamp(float x, float limit)
    {
        var below = limit < x ? limit : x;
        return -limit > below ? -limit : below;
    }

    static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
}
