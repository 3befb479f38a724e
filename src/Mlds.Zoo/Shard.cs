using System.Globalization;

namespace Mlds.Zoos;

/// <summary>
/// One of <paramref name="Count"/> equal parts of a population, for clusters: part <paramref name="Index"/>, counted from 0.
/// </summary>
public readonly record struct Shard(int Index, int Count)
{
    public const int MostShards = 100_000;

    /// <summary>The whole population.</summary>
    public static Shard All { get; } = new(0, 1);

    /// <summary>Reads <c>i/n</c>, 0 ≤ i &lt; n ≤ 100,000.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static Shard Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && index < count && count <= MostShards)
        {
            return new Shard(index, count);
        }

        throw new FormatException($"A shard is i/n with 0 ≤ i < n ≤ {MostShards}, such as 0/10 … 9/10; '{text}' is not.");
    }

    /// <summary>
    /// Whether this part has the network of <paramref name="seed"/> on the population's machine number <paramref name="machine"/>. Every
    /// machine's seeds are dealt out evenly, so that all parts cost about the same; more networks later stay in the part they'd been in.
    /// </summary>
    public bool Has(int machine, uint seed) => (machine + (long)seed) % Count == Index;

    public override string ToString() => $"{Index}/{Count}";
}
