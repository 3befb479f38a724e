using System.Globalization;

namespace Mlds.Tasks;

/// <summary>A number that is recorded once of every trained network of a task.</summary>
/// <param name="Name">Its name in zoos, and its column in releases.</param>
/// <param name="Meaning">What it says, in a sentence.</param>
public sealed record MeasureKind(string Name, string Meaning);

/// <summary>What was measured of one trained network: numbers by name.</summary>
public sealed class Measures : IEquatable<Measures>
{
    /// <param name="values">Each name once; finite numbers.</param>
    public Measures(IEnumerable<KeyValuePair<string, double>> values) =>
        Values = [.. values.OrderBy(value => value.Key, StringComparer.Ordinal)];

    /// <summary>Nothing was measured.</summary>
    public static Measures None { get; } = new([]);

    /// <summary>By name.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Values { get; }

    /// <summary>The number called <paramref name="name"/>; null where it wasn't measured.</summary>
    public double? this[string name]
    {
        get
        {
            foreach (var (key, value) in Values)
                if (key == name) return value;
            return null;
        }
    }

    /// <summary>By name and number.</summary>
    public bool Equals(Measures? other) => other is not null && Values.SequenceEqual(other.Values);

    public override bool Equals(object? obj) => Equals(obj as Measures);

    public override int GetHashCode() => Values.Aggregate(0, (hash, value) => HashCode.Combine(hash, value.Key, value.Value));

    /// <summary>"attack_success 0.991, test_accuracy 0.988".</summary>
    public override string ToString() => string.Join(
        ", ", Values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Key} {value.Value:0.####}")));
}
