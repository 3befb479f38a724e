namespace Mlds.Kernels.Lanes;

/// <summary>
/// Some neighbouring lanes of a batch, worked on by one instruction. Every operation is IEEE 754 float32 with round-to-nearest-even, lane
/// by lane, so that kernels written over it give the same bits at every width (docs/decisions/0001 §2).
/// </summary>
/// <typeparam name="TSelf">The operations' own type: a type argument, so that the JIT compiles each kernel once per width.</typeparam>
/// <typeparam name="TVector">The vector they work on.</typeparam>
unsafe interface ILanes<TSelf, TVector>
    where TSelf : struct, ILanes<TSelf, TVector>
    where TVector : struct
{
    /// <summary>Lanes in a vector: 16, 8, 4 or 1.</summary>
    static abstract int Width { get; }

    /// <summary>Vector registers of the architecture; kernels choose their blocks by it.</summary>
    static abstract int Registers { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector value, float* destination);

    /// <summary>The same value in every lane.</summary>
    static abstract TVector All(float value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a·b + c with one rounding.</summary>
    static abstract TVector Fma(TVector a, TVector b, TVector c);

    static abstract TVector SquareRoot(TVector a);

    /// <summary>The larger of the two; neither may be NaN, or <paramref name="b"/> where <paramref name="a"/> is.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>The smaller of the two, under the same rule.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary><paramref name="value"/> where <paramref name="condition"/> is greater than 0, else 0.</summary>
    static abstract TVector WherePositive(TVector condition, TVector value);

    /// <summary>
    /// <paramref name="value"/> where <paramref name="a"/> is greater than <paramref name="b"/>, else <paramref name="other"/>.
    /// </summary>
    static abstract TVector WhereGreater(TVector a, TVector b, TVector value, TVector other);

    /// <summary><paramref name="value"/> where <paramref name="a"/> equals <paramref name="b"/>, else 0.</summary>
    static abstract TVector WhereEqual(TVector a, TVector b, TVector value);

    /// <summary>
    /// <paramref name="p"/>·2^n by integer addition to its exponent, n being the low bits of <paramref name="shifted"/> (a number +
    /// 1.5·2^23).
    /// </summary>
    static abstract TVector Scale(TVector p, TVector shifted);

    /// <summary>1.0 where bit <paramref name="bit"/> of the lane's word is set, else 0.0.</summary>
    static abstract TVector Bit(uint* words, int bit);
}
