namespace Mlds.Analysis.Data;

/// <summary>
/// Random numbers for splits, restarts, bootstraps and forests: the same numbers for the same seed on every machine and runtime.
/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
/// </summary>
/// <remarks>
/// A mutable class: make one for each independent job from (seed, stream), so that no result depends on the order of threads.
/// </remarks>
public sealed class SeededRandom
{
    const ulong Golden = 0x9E3779B97F4A7C15;

    ulong _state;

    /// <param name="seed">The analysis' seed.</param>
    /// <param name="stream">Which of the many independent streams of that seed.</param>
    public SeededRandom(ulong seed, ulong stream = 0) => _state = Mix(seed + Golden) ^ Mix((stream * Golden) + 0x632BE59BD9B4E019);

    /// <summary>A stream number from words and numbers, by FNV-1a.</summary>
    public static ulong Stream(string name, params ReadOnlySpan<int> numbers)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var letter in name) hash = (hash ^ letter) * 0x100000001B3;
        foreach (var number in numbers) hash = (hash ^ (uint)number) * 0x100000001B3;
        return hash;
    }

    public ulong NextUInt64() => Mix(_state += Golden);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>
    /// Uniform in 0 … <paramref name="below"/> − 1 (Lemire's multiplication; bias below 2⁻³² for the small ranges used here).
    /// </summary>
    public int Next(int below) => (int)(((NextUInt64() >> 32) * (ulong)below) >> 32);

    /// <summary>Standard normal (Box and Muller).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
