using System.Globalization;
using Mlds.Networks;
using Mlds.Zoos;

namespace Mlds.Analysis.Loading;

/// <summary>Which networks of a zoo or a release an analysis reads.</summary>
/// <param name="Where">Values of factors that they must have; empty for all.</param>
/// <param name="MostPerMachine">
/// Networks of each machine and outcome at most, or null for all: those of seeds that most machines have, then of low ones, so that twins
/// stay together.
/// </param>
/// <param name="Check">
/// Called before any weight is read, with the shapes there are and the networks of each, the one that questions are asked of first. It may
/// throw.
/// </param>
public sealed record NetworksToRead(
    IReadOnlyList<KeyValuePair<string, string>> Where,
    int? MostPerMachine = null,
    Action<IReadOnlyList<(WeightLayout Layout, long Networks)>>? Check = null)
{
    /// <summary>All networks.</summary>
    public static NetworksToRead All { get; } = new([]);

    /// <summary>Those of <paramref name="networks"/> that are within <see cref="MostPerMachine"/>, in the same order.</summary>
    internal StoredNetwork[] Of(StoredNetwork[] networks)
    {
        if (MostPerMachine is not { } most) return networks;
        var shared = networks.CountBy(network => network.Seed).ToDictionary();
        var kept = networks.GroupBy(network => (network.Machine, network.Outcome))
            .SelectMany(group => group.OrderByDescending(network => shared[network.Seed]).ThenBy(network => network.Seed).Take(most))
            .Select(network => network.RecipeId).ToHashSet();
        return [.. networks.Where(network => kept.Contains(network.RecipeId))];
    }

    /// <summary>Says that only <paramref name="read"/> of <paramref name="there"/> networks were read; null where all were.</summary>
    internal string? Sentence(int read, int there) => read == there
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{there - read} of {there} networks weren't read: at most {MostPerMachine:N0} of a machine were asked for.");
}
