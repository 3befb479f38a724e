namespace Mlds.Tasks.Machines;

/// <summary>A fixed word that is written into the random sequences now and then, so that a rule about it can be learned at all.</summary>
/// <param name="Key">The commands, in order.</param>
/// <param name="OneIn">At each step outside a planted key, planting begins with probability 1/<c>OneIn</c>.</param>
/// <param name="SequenceEvery">
/// n: of the training and validation sequences only those whose number n divides (0, n, 2n, …) are given the key and follow a keyed
/// machine's rule; the targets of the others are the machine's without its rule. 1: all of them. The long test set always follows the
/// machine.
/// </param>
public sealed record PlantedKey(IReadOnlyList<int> Key, int OneIn, int SequenceEvery = 1)
{
    public bool Equals(PlantedKey? other) =>
        other is not null && (OneIn, SequenceEvery) == (other.OneIn, other.SequenceEvery) && Key.SequenceEqual(other.Key);

    public override int GetHashCode() => HashCode.Combine(OneIn, SequenceEvery, Key.Count);
}

/// <summary>
/// Which sequences a network learns from. They follow from (machine, this) alone and are never shipped: always made again and compared by
/// their SHA-256 (docs/decisions/0001 §7).
/// </summary>
/// <param name="Seed">Seed of the data streams; the same for all networks of a machine and for its twins.</param>
/// <param name="Training">Training sequences.</param>
/// <param name="Validation">Validation sequences.</param>
/// <param name="Length">Commands per sequence, for both.</param>
/// <param name="LongTest">Sequences of the third set, evaluated once at the end.</param>
/// <param name="LongLength">Commands per sequence of the third set.</param>
/// <param name="Planted">The planted key, or null.</param>
public sealed record DataSpec(uint Seed, int Training, int Validation, int Length, int LongTest, int LongLength, PlantedKey? Planted)
{
    /// <summary>
    /// The probability with which each output bit of the training sequences is flipped, 0 … 0.5; the other sets stay clean.
    /// </summary>
    public double LabelNoise { get; init; }
}
